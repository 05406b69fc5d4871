/* Maps, and what tables say of documents without decoding them. */
#include "data/fields.h"

#include "data/json_impl.h"

static size_t map_slot(const struct str_map *m, struct str key)
{
    size_t low = 0;
    size_t high = m->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(m->items[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool str_map_get(const struct str_map *m, struct str key, struct str *ret)
{
    size_t at = map_slot(m, key);
    if (at == m->n || !str_eq(m->items[at].key, key))
        return false;
    *ret = m->items[at].value;
    return true;
}

struct str str_map_get_or(const struct str_map *m, struct str key, struct str fallback)
{
    str_map_get(m, key, &fallback);
    return fallback;
}

struct str_map str_map_with(struct arena *a, const struct str_map *m, struct str key,
                            struct str value)
{
    size_t at = map_slot(m, key);
    bool replaces = at < m->n && str_eq(m->items[at].key, key);
    size_t skip = replaces ? 1 : 0;
    struct str_map copy = {ARENA_ARRAY(a, struct str_pair, m->n + 1), m->n + 1 - skip};
    for (size_t i = 0; i < at; i++)
        copy.items[i] = m->items[i];
    copy.items[at] = (struct str_pair){key, value};
    for (size_t i = at + skip; i < m->n; i++)
        copy.items[i + 1 - skip] = m->items[i];
    return copy;
}

struct str_map str_map_without(struct arena *a, const struct str_map *m, struct str key)
{
    struct str_map copy = {ARENA_ARRAY(a, struct str_pair, m->n), 0};
    for (size_t i = 0; i < m->n; i++)
        if (!str_eq(m->items[i].key, key))
            copy.items[copy.n++] = m->items[i];
    return copy;
}

const struct field *fields_find(const struct fields *f, struct str dotted)
{
    struct str rest;
    struct str name = str_split(dotted, '.', &rest);
    for (size_t i = 0; i < f->n; i++) {
        const struct field *row = &f->rows[i];
        if (!str_eq(str_of(row->name), name))
            continue;
        if (rest.len == 0 || row->type == FIELD_MAP || row->type == FIELD_RAW)
            return row;
        bool nested = row->type == FIELD_OBJECT || row->type == FIELD_LIST;
        return nested ? fields_find(row->object, rest) : NULL;
    }
    return NULL;
}

static const struct field *row_named(const struct fields *f, struct str name)
{
    for (size_t i = 0; f && i < f->n; i++)
        if (str_eq(str_of(f->rows[i].name), name))
            return &f->rows[i];
    return NULL;
}

/* f is NULL below what no table describes. */
static yyjson_mut_val *strip(yyjson_mut_doc *doc, const struct fields *f, struct json v)
{
    enum json_kind kind = json_kind(v);
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    if (!f || (kind != JSON_OBJECT && kind != JSON_ARRAY))
        return json_thaw(doc, v);
    yyjson_mut_val *result = kind == JSON_OBJECT ? yyjson_mut_obj(doc) : yyjson_mut_arr(doc);
    while (json_next(&it, &key, &item)) {
        const struct field *row = kind == JSON_OBJECT ? row_named(f, key) : NULL;
        if (row && (row->flags & (FIELD_READ_ONLY | FIELD_INTERNAL)))
            continue;
        if (kind == JSON_OBJECT)
            json_build_add(doc, result, key, strip(doc, row ? row->object : NULL, item));
        else
            yyjson_mut_arr_append(result, strip(doc, f, item));
    }
    return result;
}

struct json fields_strip(struct arena *a, const struct fields *f, struct json v)
{
    return json_is_none(v) ? v : json_freeze(a, strip(json_builder(a), f, v));
}

static bool has_defaults(const struct fields *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct field *row = &f->rows[i];
        if (row->fallback || (row->type == FIELD_OBJECT && has_defaults(row->object)))
            return true;
    }
    return false;
}

static void put_defaults(struct json_out *o, const struct fields *f)
{
    json_begin_object(o);
    for (size_t i = 0; i < f->n; i++) {
        const struct field *row = &f->rows[i];
        bool nested = row->type == FIELD_OBJECT && has_defaults(row->object);
        if (!row->fallback && !nested)
            continue;
        json_key(o, str_of(row->name));
        if (row->fallback)
            json_put_raw(o, str_of(row->fallback));
        else
            put_defaults(o, row->object);
    }
    json_end_object(o);
}

struct json fields_defaults(struct arena *a, const struct fields *f)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct json v = {0};
    struct err e;
    put_defaults(&o, f);
    /* The text comes from the tables, which the tests check. */
    if (json_parse(a, buf_str(&b), &v, &e) < 0)
        v = (struct json){0};
    buf_fini(&b);
    return v;
}
