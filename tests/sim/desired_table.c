/* The daemon's own table of fields, and documents made of them. */
#include "desired.h"
#include "model/deployment.h"

/* ---- the real table ---- */

static size_t walk(struct arena *a, const struct fields *f, struct str path, struct grid_row *ret,
                   size_t n)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct field *row = &f->rows[i];
        if (row->flags & (FIELD_READ_ONLY | FIELD_INTERNAL) || row->type == FIELD_CONST)
            continue;
        struct str here =
            arena_fmt(a, "%.*s%s%s", STR_ARG(path), path.len > 0 ? "." : "", row->name);
        if (ret)
            ret[n] = (struct grid_row){here, row};
        n++;
        if (row->type == FIELD_OBJECT)
            n = walk(a, row->object, here, ret, n);
    }
    return n;
}

size_t grid_walk(struct arena *a, struct grid_row *ret)
{
    const struct field *spec = fields_find(&deployment_fields, STR("spec"));
    return walk(a, spec->object, (struct str){0}, ret, 0);
}

const struct grid_field *grid_find(struct str path)
{
    for (size_t i = 0; i < n_grid_fields; i++)
        if (str_eq(str_of(grid_fields[i].path), path))
            return &grid_fields[i];
    return NULL;
}

size_t grid_values(const struct grid_field *f)
{
    size_t n = 0;
    while (n < GRID_VALUES && f->values[n].written)
        n++;
    return n;
}

/* ---- documents ---- */

struct json grid_json(struct arena *a, struct str text)
{
    struct json v = {0};
    struct err e;
    if (json_parse(a, text, &v, &e) < 0)
        return (struct json){0};
    return v;
}

static struct json written(struct arena *a, struct buf *b)
{
    struct json v = grid_json(a, arena_str(a, buf_str(b)));
    buf_fini(b);
    return v;
}

static bool is_null(struct json v)
{
    return json_kind(v) == JSON_NULL;
}

static void put_merged(struct json_out *o, struct json under, struct json over)
{
    struct str key;
    struct json item;
    if (json_kind(over) != JSON_OBJECT) {
        json_put(o, over);
        return;
    }
    if (json_kind(under) != JSON_OBJECT)
        under = (struct json){0};
    json_begin_object(o);
    for (struct json_iter it = json_each(under); json_next(&it, &key, &item);) {
        struct json change = json_get(over, key);
        if (is_null(change))
            continue;
        json_key(o, key);
        if (json_is_none(change))
            json_put(o, item);
        else
            put_merged(o, item, change);
    }
    for (struct json_iter it = json_each(over); json_next(&it, &key, &item);) {
        if (is_null(item) || !json_is_none(json_get(under, key)))
            continue;
        json_key(o, key);
        put_merged(o, (struct json){0}, item);
    }
    json_end_object(o);
}

struct json grid_merge(struct arena *a, struct json under, struct json over)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    put_merged(&o, under, over);
    return written(a, &b);
}

/* What an absent member stands for as well. */
static bool is_hollow(struct json v)
{
    struct str key;
    struct json item;
    if (json_is_none(v) || is_null(v))
        return true;
    if (json_kind(v) == JSON_ARRAY)
        return json_len(v) == 0;
    if (json_kind(v) != JSON_OBJECT)
        return false;
    for (struct json_iter it = json_each(v); json_next(&it, &key, &item);)
        if (!is_hollow(item))
            return false;
    return true;
}

static void put_full(struct json_out *o, struct json v)
{
    struct str key;
    struct json item;
    if (json_kind(v) != JSON_OBJECT) {
        json_put(o, v);
        return;
    }
    json_begin_object(o);
    for (struct json_iter it = json_each(v); json_next(&it, &key, &item);) {
        if (is_hollow(item))
            continue;
        json_key(o, key);
        put_full(o, item);
    }
    json_end_object(o);
}

static struct json full(struct arena *a, struct json v)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    if (is_hollow(v))
        return (struct json){0};
    put_full(&o, v);
    return written(a, &b);
}

bool grid_same(struct arena *a, struct json x, struct json y)
{
    struct json left = full(a, x);
    struct json right = full(a, y);
    if (json_is_none(left) || json_is_none(right))
        return json_is_none(left) && json_is_none(right);
    return json_equal(left, right);
}

struct json grid_nest(struct arena *a, struct str path, struct str value)
{
    struct buf b = {0};
    size_t depth = 0;
    while (path.len > 0) {
        struct str rest;
        struct str name = str_split(path, '.', &rest);
        buf_fmt(&b, "{\"%.*s\":", STR_ARG(name));
        path = rest;
        depth++;
    }
    buf_add(&b, value);
    while (depth-- > 0)
        buf_add_char(&b, '}');
    return written(a, &b);
}
