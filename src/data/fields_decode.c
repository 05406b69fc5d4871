/* Documents to structs. */
#include "data/fields_impl.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"

static void pointer_to(struct buf *b, const struct place *at)
{
    if (!at)
        return;
    pointer_to(b, at->up);
    buf_add_char(b, '/');
    if (at->index) {
        buf_fmt(b, "%zu", at->index - 1);
        return;
    }
    for (size_t i = 0; i < at->key.len; i++) {
        char c = at->key.ptr[i];
        if (c == '~' || c == '/')
            buf_add(b, c == '~' ? STR("~0") : STR("~1"));
        else
            buf_add_char(b, c);
    }
}

struct str fields_pointer(struct arena *a, const struct place *at)
{
    struct buf b = {0};
    pointer_to(&b, at);
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}

int fields_fail(struct err *e, enum err_code code, const struct place *at, const char *fmt, ...)
{
    char text[400];
    struct buf pointer = {0};
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    pointer_to(&pointer, at);
    int r = err_at(e, code, buf_str(&pointer), "%s", text);
    buf_fini(&pointer);
    return r;
}

const struct field *fields_nearest(const struct fields *f, struct str name)
{
    const struct field *best = NULL;
    size_t least = name.len / 2 + 1;
    for (size_t i = 0; i < f->n; i++) {
        size_t distance = str_distance(str_of(f->rows[i].name), name);
        if (!(f->rows[i].flags & FIELD_INTERNAL) && distance < least) {
            least = distance;
            best = &f->rows[i];
        }
    }
    return best;
}

static const struct field *row_of(const struct fields *f, struct str name)
{
    for (size_t i = 0; i < f->n; i++)
        if (str_eq(str_of(f->rows[i].name), name))
            return &f->rows[i];
    return NULL;
}

struct decoder {
    struct arena *a;
    enum fields_unknown unknown;
    bool partial; /* nothing is required */
    struct err *e;
};

static int decode_object(const struct decoder *d, const struct fields *f, struct json v, char *to,
                         const struct place *at);

static int decode_list(const struct decoder *d, const struct field *row, struct json v,
                       struct list *to, const struct place *at)
{
    if (json_kind(v) != JSON_ARRAY)
        return fields_fail(d->e, ERR_INVALID, at, "%s must be a list", row->name);
    if (json_len(v) > LIMIT_LIST_ENTRIES)
        return fields_fail(d->e, ERR_TOO_LARGE, at, "%s has more than %u entries", row->name,
                           LIMIT_LIST_ENTRIES);
    char *items = arena_array(d->a, json_len(v), row->object->size);
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    size_t n = 0;
    while (json_next(&it, &key, &item)) {
        struct place here = {.up = at, .index = n + 1};
        if (decode_object(d, row->object, item, items + n * row->object->size, &here) < 0)
            return -1;
        n++;
    }
    *to = (struct list){items, n};
    return 0;
}

static int decode_row(const struct decoder *d, const struct field *row, struct json v, char *object,
                      const struct place *at)
{
    char *to = object + row->offset;
    if (json_kind(v) == JSON_NULL)
        return 0;
    if (row->type == FIELD_OBJECT)
        return decode_object(d, row->object, v, to, at);
    if (row->type == FIELD_LIST)
        return decode_list(d, row, v, (struct list *)(void *)to, at);
    return fields_decode_value(d->a, row, v, to, at, d->e);
}

static int unknown_member(const struct decoder *d, const struct fields *f, struct str name,
                          const struct place *at)
{
    if (d->unknown == UNKNOWN_IGNORE)
        return 0;
    const struct field *near = fields_nearest(f, name);
    struct str shown = str_take(name, 80);
    if (near)
        return fields_fail(d->e, ERR_UNKNOWN_FIELD, at,
                           "%s has no field \"%.*s\"; did you mean %s?", f->name, STR_ARG(shown),
                           near->name);
    return fields_fail(d->e, ERR_UNKNOWN_FIELD, at, "%s has no field \"%.*s\"", f->name,
                       STR_ARG(shown));
}

static int check_required(const struct decoder *d, const struct fields *f, struct json v,
                          const struct place *at)
{
    if (d->partial)
        return 0;
    for (size_t i = 0; i < f->n; i++) {
        struct place here = {.up = at, .key = str_of(f->rows[i].name)};
        enum json_kind kind = json_kind(json_get(v, here.key));
        if ((f->rows[i].flags & FIELD_REQUIRED) && (kind == JSON_NONE || kind == JSON_NULL))
            return fields_fail(d->e, ERR_INVALID, &here, "%s is required", f->rows[i].name);
    }
    return 0;
}

static int decode_object(const struct decoder *d, const struct fields *f, struct json v, char *to,
                         const struct place *at)
{
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    if (json_kind(v) != JSON_OBJECT)
        return fields_fail(d->e, ERR_INVALID, at, "%s must be an object", f->name);
    while (json_next(&it, &key, &item)) {
        struct place here = {.up = at, .key = key};
        const struct field *row = row_of(f, key);
        int r = row ? decode_row(d, row, item, to, &here) : unknown_member(d, f, key, &here);
        if (r < 0)
            return -1;
    }
    return check_required(d, f, v, at);
}

int fields_decode(struct arena *a, const struct fields *f, struct json v,
                  enum fields_unknown unknown, void *ret, struct err *e)
{
    struct decoder d = {a, unknown, false, e};
    memset(ret, 0, f->size);
    return decode_object(&d, f, v, ret, NULL);
}

int fields_check(const struct fields *f, struct json v, enum fields_unknown unknown, struct err *e)
{
    struct arena *scratch = arena_new();
    struct decoder d = {scratch, unknown, true, e};
    int r = decode_object(&d, f, v, arena_alloc(scratch, f->size), NULL);
    arena_free(scratch);
    return r;
}

static void collect_unknown(struct arena *a, const struct fields *f, struct json v,
                            const struct place *at, struct str_list *list)
{
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    while (json_kind(v) == JSON_OBJECT && json_next(&it, &key, &item)) {
        struct place here = {.up = at, .key = key};
        const struct field *row = row_of(f, key);
        if (row && row->type == FIELD_OBJECT)
            collect_unknown(a, row->object, item, &here, list);
        for (size_t i = 0; row && row->type == FIELD_LIST && i < json_len(item); i++) {
            struct place element = {.up = &here, .index = i + 1};
            collect_unknown(a, row->object, json_at(item, i), &element, list);
        }
        if (row || list->n == LIMIT_LIST_ENTRIES)
            continue;
        const struct field *near = fields_nearest(f, key);
        struct str pointer = fields_pointer(a, &here);
        list->items[list->n++] = near ? arena_fmt(a, "%.*s: unknown field; did you mean %s?",
                                                  STR_ARG(pointer), near->name)
                                      : arena_fmt(a, "%.*s: unknown field", STR_ARG(pointer));
    }
}

struct str_list fields_unknown_members(struct arena *a, const struct fields *f, struct json v)
{
    struct str_list list = {.items = ARENA_ARRAY(a, struct str, LIMIT_LIST_ENTRIES)};
    collect_unknown(a, f, v, NULL, &list);
    return list;
}
