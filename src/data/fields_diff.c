/* What differs between two objects, by meaning. */
#include "data/fields_impl.h"

#include "base/limits.h"

struct differ {
    struct arena *a;
    struct field_changes *out;
    size_t room;
};

static struct str joined(struct arena *a, struct str prefix, struct str name)
{
    return prefix.len ? arena_fmt(a, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(name)) : name;
}

static void add_change(struct differ *d, struct str path, struct str from, struct str to,
                       unsigned flags)
{
    if (d->out->n == d->room) {
        size_t room = d->room ? d->room * 2 : 16;
        struct field_change *grown = ARENA_ARRAY(d->a, struct field_change, room);
        if (d->out->n)
            memcpy(grown, d->out->items, d->out->n * sizeof(*grown));
        d->out->items = grown;
        d->room = room;
    }
    d->out->items[d->out->n++] = (struct field_change){path, from, to, flags};
}

static struct str value_text(struct arena *a, const struct field *row, const void *member)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    if (fields_is_empty(row, member, true) && row->type != FIELD_INT && row->type != FIELD_BOOL)
        json_put_null(&o);
    else
        fields_encode_value(&o, row, member, true);
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}

static bool same_lists(const struct str_list *x, const struct str_list *y)
{
    if (x->n != y->n)
        return false;
    for (size_t i = 0; i < x->n; i++)
        if (!str_eq(x->items[i], y->items[i]))
            return false;
    return true;
}

static bool same_objects(struct arena *a, const struct field *row, const struct list *x,
                         const struct list *y)
{
    if (x->n != y->n)
        return false;
    for (size_t i = 0; i < x->n; i++) {
        size_t at = i * row->object->size;
        if (fields_diff(a, row->object, (const char *)x->items + at, (const char *)y->items + at).n)
            return false;
    }
    return true;
}

static bool same_durations(const struct duration_val *x, const struct duration_val *y)
{
    return x->us == y->us && (x->text.len == 0) == (y->text.len == 0);
}

static bool same_memory(const struct memory_val *x, const struct memory_val *y)
{
    return x->bytes == y->bytes && (x->text.len == 0) == (y->text.len == 0);
}

/* Objects and maps are compared member by member elsewhere. */
static bool same_value(struct arena *a, const struct field *row, const void *x, const void *y)
{
    switch (row->type) {
    case FIELD_STR: return str_eq(*(const struct str *)x, *(const struct str *)y);
    case FIELD_UUID: return str_eq_nocase(*(const struct str *)x, *(const struct str *)y);
    case FIELD_ENUM: return *(const int *)x == *(const int *)y;
    case FIELD_BOOL: return *(const bool *)x == *(const bool *)y;
    case FIELD_INT:
    case FIELD_CPU:
    case FIELD_TIME: return *(const int64_t *)x == *(const int64_t *)y;
    case FIELD_DURATION: return same_durations(x, y);
    case FIELD_MEMORY: return same_memory(x, y);
    case FIELD_STR_LIST: return same_lists(x, y);
    case FIELD_LIST: return same_objects(a, row, x, y);
    case FIELD_RAW: return json_equal(*(const struct json *)x, *(const struct json *)y);
    case FIELD_MAP:
    case FIELD_OBJECT:
    case FIELD_CONST: return true;
    }
    return true;
}

static struct str quoted(struct arena *a, const struct str_pair *entry)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    if (entry)
        json_put_str(&o, entry->value);
    else
        json_put_null(&o);
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}

/* Both are sorted: one walk over the two. */
static void diff_maps(struct differ *d, struct str path, const struct str_map *x,
                      const struct str_map *y, unsigned flags)
{
    size_t i = 0;
    size_t j = 0;
    while (i < x->n || j < y->n) {
        int order = i == x->n ? 1 : j == y->n ? -1 : str_cmp(x->items[i].key, y->items[j].key);
        struct str key = order <= 0 ? x->items[i].key : y->items[j].key;
        const struct str_pair *from = order <= 0 ? &x->items[i++] : NULL;
        const struct str_pair *to = order >= 0 ? &y->items[j++] : NULL;
        if (from && to && str_eq(from->value, to->value))
            continue;
        add_change(d, joined(d->a, path, key), quoted(d->a, from), quoted(d->a, to), flags);
    }
}

static void diff_rows(struct differ *d, const struct fields *f, const void *x, const void *y,
                      struct str prefix, unsigned outer)
{
    const unsigned inherited = FIELD_UPGRADE | FIELD_READ_ONLY | FIELD_INTERNAL | FIELD_IMMUTABLE;
    for (size_t i = 0; i < f->n; i++) {
        const struct field *row = &f->rows[i];
        const void *from = fields_member(x, row);
        const void *to = fields_member(y, row);
        unsigned flags = row->flags | (outer & inherited);
        struct str path = joined(d->a, prefix, str_of(row->name));
        if (row->type == FIELD_OBJECT)
            diff_rows(d, row->object, from, to, path, flags);
        else if (row->type == FIELD_MAP)
            diff_maps(d, path, from, to, flags);
        else if (!same_value(d->a, row, from, to))
            add_change(d, path, value_text(d->a, row, from), value_text(d->a, row, to), flags);
    }
}

struct field_changes fields_diff(struct arena *a, const struct fields *f, const void *from,
                                 const void *to)
{
    struct field_changes changes = {0};
    struct differ d = {.a = a, .out = &changes};
    diff_rows(&d, f, from, to, STR(""), 0);
    return changes;
}
