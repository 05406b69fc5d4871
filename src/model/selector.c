#include "model/selector.h"

#define TERMS_MOST  32U
#define VALUES_MOST 64U

struct scanner {
    struct str all;
    struct str rest;
    struct arena *a;
    struct err *e;
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/';
}

static int bad(struct scanner *s, const char *expected)
{
    return err_set(s->e, ERR_BAD_REQUEST, "labelSelector, character %zu: %s",
                   s->all.len - s->rest.len + 1, expected);
}

static struct str word(struct scanner *s)
{
    size_t n = 0;
    s->rest = str_trim(s->rest);
    while (n < s->rest.len && is_word(s->rest.ptr[n]))
        n++;
    struct str w = str_take(s->rest, n);
    s->rest = str_trim(str_skip(s->rest, n));
    return w;
}

static bool skip(struct scanner *s, struct str token)
{
    if (!str_starts_with(s->rest, token))
        return false;
    s->rest = str_trim(str_skip(s->rest, token.len));
    return true;
}

/* "(a,b)" */
static int values(struct scanner *s, struct str_list *ret)
{
    if (!skip(s, STR("(")))
        return bad(s, "expected (");
    struct str_list list = {ARENA_ARRAY(s->a, struct str, VALUES_MOST), 0};
    do {
        if (list.n == VALUES_MOST)
            return err_set(s->e, ERR_TOO_LARGE, "labelSelector has more than %u values in one term",
                           VALUES_MOST);
        list.items[list.n++] = word(s);
    } while (skip(s, STR(",")));
    *ret = list;
    return skip(s, STR(")")) ? 0 : bad(s, "expected , or )");
}

static void one_value(struct scanner *s, struct str_list *ret)
{
    *ret = (struct str_list){ARENA_NEW(s->a, struct str), 1};
    ret->items[0] = word(s);
}

static int term(struct scanner *s, struct selector_term *ret)
{
    bool absent = skip(s, STR("!"));
    struct selector_term t = {.key = word(s), .op = absent ? SELECTOR_ABSENT : SELECTOR_EXISTS};
    if (t.key.len == 0)
        return bad(s, "expected the key of a label");
    *ret = t;
    if (absent || s->rest.len == 0 || s->rest.ptr[0] == ',')
        return 0;
    if (skip(s, STR("!="))) {
        ret->op = SELECTOR_NOT_IN;
        one_value(s, &ret->values);
        return 0;
    }
    if (skip(s, STR("==")) || skip(s, STR("="))) {
        ret->op = SELECTOR_IN;
        one_value(s, &ret->values);
        return 0;
    }
    struct str op = word(s);
    if (!str_eq(op, STR("in")) && !str_eq(op, STR("notin")))
        return bad(s, "expected =, !=, in or notin");
    ret->op = str_eq(op, STR("in")) ? SELECTOR_IN : SELECTOR_NOT_IN;
    return values(s, &ret->values);
}

int selector_parse(struct arena *a, struct str text, struct selector *ret, struct err *e)
{
    struct scanner s = {text, str_trim(text), a, e};
    struct selector sel = {ARENA_ARRAY(a, struct selector_term, TERMS_MOST), 0};
    bool more = s.rest.len > 0;
    while (more) {
        if (sel.n == TERMS_MOST)
            return err_set(e, ERR_TOO_LARGE, "labelSelector has more than %u terms", TERMS_MOST);
        if (term(&s, &sel.terms[sel.n]) < 0)
            return -1;
        sel.n++;
        more = skip(&s, STR(","));
    }
    if (s.rest.len)
        return bad(&s, "expected a comma");
    *ret = sel;
    return 0;
}

static bool holds(const struct selector_term *t, const struct str_map *labels)
{
    struct str value;
    bool there = str_map_get(labels, t->key, &value);
    bool among = false;
    for (size_t i = 0; there && i < t->values.n; i++)
        among = among || str_eq(t->values.items[i], value);
    switch (t->op) {
    case SELECTOR_IN: return among;
    case SELECTOR_NOT_IN: return !among;
    case SELECTOR_EXISTS: return there;
    case SELECTOR_ABSENT: return !there;
    }
    return false;
}

bool selector_matches(const struct selector *s, const struct str_map *labels)
{
    for (size_t i = 0; i < s->n; i++)
        if (!holds(&s->terms[i], labels))
            return false;
    return true;
}
