/* Label selectors: written out anew, what was read reads the same; and an object without labels meets
 * just those that only ask for what is not there. */
#include "base/buf.h"
#include "fuzz.h"
#include "model/selector.h"

static void put_values(struct buf *b, const struct str_list *values)
{
    for (size_t i = 0; i < values->n; i++) {
        buf_add(b, i ? STR(",") : STR(" ("));
        buf_add(b, values->items[i]);
    }
    buf_add_char(b, ')');
}

static void put_selector(struct buf *b, const struct selector *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct selector_term *t = &s->terms[i];
        buf_add(b, i ? STR(", ") : STR(""));
        buf_add(b, t->op == SELECTOR_ABSENT ? STR("!") : STR(""));
        buf_add(b, t->key);
        if (t->op != SELECTOR_IN && t->op != SELECTOR_NOT_IN)
            continue;
        buf_add(b, t->op == SELECTOR_IN ? STR(" in") : STR(" notin"));
        put_values(b, &t->values);
    }
}

static void must_be_the_same(const struct selector *x, const struct selector *y)
{
    FUZZ_RULE(x->n == y->n);
    for (size_t i = 0; i < x->n; i++) {
        const struct selector_term *s = &x->terms[i];
        const struct selector_term *t = &y->terms[i];
        FUZZ_RULE(s->op == t->op && str_eq(s->key, t->key) && s->values.n == t->values.n);
        for (size_t k = 0; k < s->values.n; k++)
            FUZZ_RULE(str_eq(s->values.items[k], t->values.items[k]));
    }
}

static bool asks_for_absence(const struct selector *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->terms[i].op == SELECTOR_IN || s->terms[i].op == SELECTOR_EXISTS)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str_map no_labels = {0};
    struct selector s;
    struct selector again;
    struct buf b = {0};
    struct err e = {0};
    struct arena *a = arena_new();
    if (selector_parse(a, (struct str){(const char *)bytes, n}, &s, &e) == 0) {
        put_selector(&b, &s);
        FUZZ_RULE(selector_parse(a, buf_str(&b), &again, &e) == 0);
        must_be_the_same(&s, &again);
        FUZZ_RULE(selector_matches(&s, &no_labels) == asks_for_absence(&s));
    } else {
        FUZZ_RULE(e.code == ERR_BAD_REQUEST || e.code == ERR_TOO_LARGE);
    }
    buf_fini(&b);
    arena_free(a);
    return 0;
}
