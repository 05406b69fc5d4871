/* Structs to documents. */
#include "data/fields_impl.h"

#include <inttypes.h>

#include "base/timefmt.h"

static bool rows_are_empty(const struct fields *f, const void *object, bool internal)
{
    for (size_t i = 0; i < f->n; i++)
        if (!fields_is_empty(&f->rows[i], fields_member(object, &f->rows[i]), internal))
            return false;
    return true;
}

/* KEEP_EMPTY does not count here: an object whose other members are absent is absent. */
bool fields_is_empty(const struct field *row, const void *member, bool internal)
{
    if ((row->flags & FIELD_INTERNAL) && !internal)
        return true;
    switch (row->type) {
    case FIELD_STR:
    case FIELD_UUID: return ((const struct str *)member)->len == 0;
    case FIELD_ENUM: return row->names[*(const int *)member][0] == '\0';
    case FIELD_INT:
    case FIELD_CPU:
    case FIELD_TIME: return *(const int64_t *)member == 0;
    case FIELD_BOOL: return !*(const bool *)member;
    case FIELD_DURATION: return ((const struct duration_val *)member)->text.len == 0;
    case FIELD_MEMORY: return ((const struct memory_val *)member)->text.len == 0;
    case FIELD_MAP: return ((const struct str_map *)member)->n == 0;
    case FIELD_STR_LIST: return ((const struct str_list *)member)->n == 0;
    case FIELD_LIST: return ((const struct list *)member)->n == 0;
    case FIELD_RAW: return json_is_none(*(const struct json *)member);
    case FIELD_OBJECT: return rows_are_empty(row->object, member, internal);
    case FIELD_CONST: return true;
    }
    return true;
}

static void encode_map(struct json_out *o, const struct str_map *map)
{
    json_begin_object(o);
    for (size_t i = 0; i < map->n; i++) {
        json_key(o, map->items[i].key);
        json_put_str(o, map->items[i].value);
    }
    json_end_object(o);
}

static void encode_str_list(struct json_out *o, const struct str_list *list)
{
    json_begin_array(o);
    for (size_t i = 0; i < list->n; i++)
        json_put_str(o, list->items[i]);
    json_end_array(o);
}

static void encode_list(struct json_out *o, const struct field *row, const struct list *list,
                        bool internal)
{
    json_begin_array(o);
    for (size_t i = 0; i < list->n; i++)
        fields_encode(o, row->object, (const char *)list->items + i * row->object->size, internal);
    json_end_array(o);
}

static void encode_time(struct json_out *o, int64_t wall_us)
{
    if (wall_us == 0) {
        json_put_null(o);
        return;
    }
    struct arena *scratch = arena_new();
    json_put_str(o, time_rfc3339(scratch, wall_us));
    arena_free(scratch);
}

static void encode_text(struct json_out *o, struct str text)
{
    if (text.len)
        json_put_str(o, text);
    else
        json_put_null(o);
}

void fields_encode_value(struct json_out *o, const struct field *row, const void *member,
                         bool internal)
{
    switch (row->type) {
    case FIELD_STR:
    case FIELD_UUID: encode_text(o, *(const struct str *)member); return;
    case FIELD_ENUM: encode_text(o, str_of(row->names[*(const int *)member])); return;
    case FIELD_INT: json_put_i64(o, *(const int64_t *)member); return;
    case FIELD_BOOL: json_put_bool(o, *(const bool *)member); return;
    case FIELD_CPU: json_put_num(o, (double)*(const int64_t *)member / 1000); return;
    case FIELD_DURATION: encode_text(o, ((const struct duration_val *)member)->text); return;
    case FIELD_MEMORY: encode_text(o, ((const struct memory_val *)member)->text); return;
    case FIELD_TIME: encode_time(o, *(const int64_t *)member); return;
    case FIELD_MAP: encode_map(o, member); return;
    case FIELD_STR_LIST: encode_str_list(o, member); return;
    case FIELD_OBJECT: fields_encode(o, row->object, member, internal); return;
    case FIELD_LIST: encode_list(o, row, member, internal); return;
    case FIELD_RAW: json_put(o, *(const struct json *)member); return;
    case FIELD_CONST: json_put_str(o, str_of(row->names[0])); return;
    }
}

void fields_encode(struct json_out *o, const struct fields *f, const void *object, bool internal)
{
    json_begin_object(o);
    for (size_t i = 0; i < f->n; i++) {
        const struct field *row = &f->rows[i];
        const void *member = fields_member(object, row);
        bool always = row->type == FIELD_CONST || (row->flags & FIELD_KEEP_EMPTY);
        if ((row->flags & FIELD_INTERNAL) && !internal)
            continue;
        if (!always && fields_is_empty(row, member, internal))
            continue;
        json_key(o, str_of(row->name));
        fields_encode_value(o, row, member, internal);
    }
    json_end_object(o);
}
