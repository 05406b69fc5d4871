/* See fields_get.h. */
#include "data/fields_get.h"

#include "data/fields_impl.h"

enum { TERMS_MOST = 32 };

int scalar_cmp(const struct scalar *x, const struct scalar *y)
{
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->kind == SCALAR_NUMBER)
        return (x->number > y->number) - (x->number < y->number);
    return x->kind == SCALAR_TEXT ? str_cmp(x->text, y->text) : 0;
}

/* The row that the path ends at and, when an object is given, where its value is. What is left of the
 * path behind a map's name is its key. */
static const struct field *walk(const struct fields *f, struct str path, const char **object,
                                struct str *ret_key)
{
    while (path.len) {
        struct str rest;
        struct str name = str_split(path, '.', &rest);
        const struct field *row = NULL;
        for (size_t i = 0; i < f->n && !row; i++)
            if (str_eq(str_of(f->rows[i].name), name) && !(f->rows[i].flags & FIELD_INTERNAL))
                row = &f->rows[i];
        if (!row)
            return NULL;
        if (*object)
            *object += row->offset;
        *ret_key = rest;
        if (row->type == FIELD_MAP || rest.len == 0)
            return row;
        if (row->type != FIELD_OBJECT)
            return NULL;
        f = row->object;
        path = rest;
    }
    return NULL;
}

const struct field *fields_scalar(const struct fields *f, struct str dotted)
{
    const char *no_object = NULL;
    struct str key = {0};
    const struct field *row = walk(f, dotted, &no_object, &key);
    if (!row || (row->type == FIELD_MAP) != (key.len > 0))
        return NULL;
    bool is_many = row->type == FIELD_OBJECT || row->type == FIELD_LIST ||
                   row->type == FIELD_STR_LIST || row->type == FIELD_RAW;
    return is_many ? NULL : row;
}

static struct scalar text_of(struct str s)
{
    return (struct scalar){.kind = s.len ? SCALAR_TEXT : SCALAR_ABSENT, .text = s};
}

static struct scalar number_of(int64_t n)
{
    return (struct scalar){.kind = SCALAR_NUMBER, .number = n};
}

/* A member that counts as absent when it is encoded is absent here, but for numbers and booleans, which
 * people compare with 0 and false. */
static struct scalar scalar_of(const struct field *row, const void *member, struct str key)
{
    struct str value = {0};
    switch (row->type) {
    case FIELD_STR:
    case FIELD_UUID: return text_of(*(const struct str *)member);
    case FIELD_ENUM: return text_of(str_of(row->names[*(const int *)member]));
    case FIELD_INT:
    case FIELD_CPU: return number_of(*(const int64_t *)member);
    case FIELD_BOOL: return text_of(*(const bool *)member ? STR("true") : STR("false"));
    case FIELD_DURATION:
        return fields_is_empty(row, member, false)
                   ? (struct scalar){0}
                   : number_of(((const struct duration_val *)member)->us);
    case FIELD_MEMORY:
        return fields_is_empty(row, member, false)
                   ? (struct scalar){0}
                   : number_of(((const struct memory_val *)member)->bytes);
    case FIELD_TIME:
        return *(const int64_t *)member ? number_of(*(const int64_t *)member) : (struct scalar){0};
    case FIELD_MAP: str_map_get(member, key, &value); return text_of(value);
    case FIELD_CONST: return text_of(str_of(row->names[0]));
    case FIELD_STR_LIST:
    case FIELD_OBJECT:
    case FIELD_LIST:
    case FIELD_RAW:
    default: return (struct scalar){0};
    }
}

struct scalar fields_get(const struct fields *f, const void *object, struct str dotted)
{
    const char *at = object;
    struct str key = {0};
    const struct field *row = walk(f, dotted, &at, &key);
    return row ? scalar_of(row, at, key) : (struct scalar){0};
}

/* ---- selectors ---- */

/* Takes the backslashes out. */
static struct str unescaped(struct arena *a, struct str s)
{
    char *to = arena_cstr(a, s);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len)
            i++;
        to[n++] = s.ptr[i];
    }
    return (struct str){to, n};
}

/* What is before the next comma that has no backslash before it. */
static struct str next_term(struct str s, struct str *rest)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ',')
        n += s.ptr[n] == '\\' && n + 1 < s.len ? 2 : 1;
    *rest = str_skip(s, n + 1);
    return str_take(s, n);
}

/* The text as the row reads it from a document. */
static int read_value(struct arena *a, const struct field *row, struct str text,
                      struct field_term *term, struct err *e)
{
    union {
        struct str text;
        int64_t number;
        int choice;
        bool flag;
        struct duration_val duration;
        struct memory_val memory;
    } value = {0};
    struct buf quoted = {0};
    struct json_out out = {.buf = &quoted};
    struct json v;
    struct field plain = *row;
    if (text.len == 0 || row->type == FIELD_MAP || row->type == FIELD_CONST) {
        term->value = text_of(text);
        return 0;
    }
    plain.min = INT64_MIN;
    plain.max = 0;
    json_put_str(&out, text);
    struct place at = {.key = str_of(row->name)};
    int r = json_parse(a, arena_str(a, buf_str(&quoted)), &v, e);
    buf_fini(&quoted);
    if (r < 0 || fields_decode_value(a, &plain, v, &value, &at, e) < 0)
        return err_set(e, ERR_BAD_REQUEST, "fieldSelector: %s", arena_fmt(a, "%s", e->text).ptr);
    term->value = scalar_of(row, &value, (struct str){0});
    return 0;
}

static int parse_term(struct arena *a, const struct fields *f, struct str text,
                      struct field_term *ret, struct err *e)
{
    size_t equals = str_find_char(text, '=');
    if (equals == text.len || equals == 0)
        return err_set(e, ERR_BAD_REQUEST,
                       "fieldSelector: expected path=value or path!=value, not \"%.*s\"",
                       STR_ARG(str_take(text, 100)));
    ret->differs = text.ptr[equals - 1] == '!';
    ret->path = str_trim(str_take(text, equals - ret->differs));
    struct str value = str_skip(text, equals + 1);
    if (!ret->differs && str_starts_with(value, STR("=")))
        value = str_skip(value, 1);
    const struct field *row = fields_scalar(f, ret->path);
    if (!row)
        return err_set(e, ERR_BAD_REQUEST, "fieldSelector: %s has no single value \"%.*s\"",
                       f->name, STR_ARG(str_take(ret->path, 100)));
    ret->nocase = row->type == FIELD_UUID;
    return read_value(a, row, unescaped(a, str_trim(value)), ret, e);
}

int field_selector_parse(struct arena *a, const struct fields *f, struct str text,
                         struct field_selector *ret, struct err *e)
{
    *ret = (struct field_selector){ARENA_ARRAY(a, struct field_term, TERMS_MOST), 0};
    struct str rest = str_trim(text);
    while (rest.len) {
        struct str term = next_term(rest, &rest);
        if (ret->n == TERMS_MOST)
            return err_set(e, ERR_TOO_LARGE, "fieldSelector has more than %d terms", TERMS_MOST);
        if (parse_term(a, f, term, &ret->terms[ret->n++], e) < 0)
            return -1;
    }
    return 0;
}

bool field_selector_matches(const struct field_selector *s, const struct fields *f,
                            const void *object)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct field_term *t = &s->terms[i];
        struct scalar is = fields_get(f, object, t->path);
        bool equal =
            t->nocase ? str_eq_nocase(is.text, t->value.text) : scalar_cmp(&is, &t->value) == 0;
        if (equal == t->differs)
            return false;
    }
    return true;
}
