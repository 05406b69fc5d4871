/* Tables to JSON Schema 2020-12, as OpenAPI 3.1 uses it. */
#include "data/fields.h"

#include <assert.h>

#include "base/limits.h"

static void put_member(struct json_out *o, const char *key, const char *value)
{
    json_key(o, str_of(key));
    json_put_str(o, str_of(value));
}

static void put_ref(struct json_out *o, const struct fields *f)
{
    struct buf b = {0};
    buf_fmt(&b, "#/components/schemas/%s", f->name);
    json_key(o, STR("$ref"));
    json_put_str(o, buf_str(&b));
    buf_fini(&b);
}

static void put_enum(struct json_out *o, const struct field *row)
{
    put_member(o, "type", "string");
    json_key(o, STR("enum"));
    json_begin_array(o);
    for (size_t i = 0; row->names[i]; i++)
        if (row->names[i][0])
            json_put_str(o, str_of(row->names[i]));
    json_end_array(o);
}

static void put_int(struct json_out *o, const struct field *row)
{
    put_member(o, "type", "integer");
    put_member(o, "format", "int64");
    json_key(o, STR("minimum"));
    json_put_i64(o, row->min);
    if (row->max) {
        json_key(o, STR("maximum"));
        json_put_i64(o, row->max);
    }
}

static void put_cpu(struct json_out *o, const struct field *row)
{
    put_member(o, "type", "number");
    json_key(o, STR("minimum"));
    json_put_num(o, (double)row->min / 1000);
}

static void put_text(struct json_out *o, const char *format)
{
    put_member(o, "type", "string");
    if (format)
        put_member(o, "format", format);
}

static void put_items(struct json_out *o, const struct field *row)
{
    put_member(o, "type", "array");
    json_key(o, STR("maxItems"));
    json_put_i64(o, LIMIT_LIST_ENTRIES);
    json_key(o, STR("items"));
    json_begin_object(o);
    if (row->type == FIELD_LIST)
        put_ref(o, row->object);
    else
        put_text(o, NULL);
    json_end_object(o);
}

static void put_map(struct json_out *o)
{
    put_member(o, "type", "object");
    json_key(o, STR("maxProperties"));
    json_put_i64(o, LIMIT_MAP_ENTRIES);
    json_key(o, STR("additionalProperties"));
    json_begin_object(o);
    put_text(o, NULL);
    json_end_object(o);
}

static void put_type(struct json_out *o, const struct field *row)
{
    switch (row->type) {
    case FIELD_STR: put_text(o, NULL); return;
    case FIELD_UUID: put_text(o, "uuid"); return;
    case FIELD_ENUM: put_enum(o, row); return;
    case FIELD_INT: put_int(o, row); return;
    case FIELD_BOOL: put_member(o, "type", "boolean"); return;
    case FIELD_CPU: put_cpu(o, row); return;
    case FIELD_DURATION:
    case FIELD_MEMORY: put_text(o, NULL); return;
    case FIELD_TIME: put_text(o, "date-time"); return;
    case FIELD_MAP: put_map(o); return;
    case FIELD_STR_LIST:
    case FIELD_LIST: put_items(o, row); return;
    case FIELD_OBJECT: put_ref(o, row->object); return;
    case FIELD_RAW: put_member(o, "type", "object"); return;
    case FIELD_CONST: put_member(o, "const", row->names[0]); return;
    }
}

static void put_property(struct json_out *o, const struct field *row)
{
    json_key(o, str_of(row->name));
    json_begin_object(o);
    put_type(o, row);
    if (row->doc)
        put_member(o, "description", row->doc);
    if (row->fallback) {
        json_key(o, STR("default"));
        json_put_raw(o, str_of(row->fallback));
    }
    if (row->flags & FIELD_READ_ONLY) {
        json_key(o, STR("readOnly"));
        json_put_bool(o, true);
    }
    json_end_object(o);
}

static void put_required(struct json_out *o, const struct fields *f)
{
    bool any = false;
    for (size_t i = 0; i < f->n; i++) {
        if (!(f->rows[i].flags & FIELD_REQUIRED))
            continue;
        if (!any) {
            json_key(o, STR("required"));
            json_begin_array(o);
        }
        any = true;
        json_put_str(o, str_of(f->rows[i].name));
    }
    if (any)
        json_end_array(o);
}

void fields_schema(struct json_out *o, const struct fields *f)
{
    json_begin_object(o);
    put_member(o, "type", "object");
    if (f->doc)
        put_member(o, "description", f->doc);
    put_required(o, f);
    json_key(o, STR("properties"));
    json_begin_object(o);
    for (size_t i = 0; i < f->n; i++)
        if (!(f->rows[i].flags & FIELD_INTERNAL))
            put_property(o, &f->rows[i]);
    json_end_object(o);
    json_key(o, STR("additionalProperties"));
    json_put_bool(o, false);
    json_end_object(o);
}

struct seen {
    const struct fields *tables[256];
    size_t n;
};

static bool note(struct seen *seen, const struct fields *f)
{
    for (size_t i = 0; i < seen->n; i++)
        if (seen->tables[i] == f)
            return false;
    /* As many as the program has, which a test sees. */
    assert(seen->n < sizeof(seen->tables) / sizeof(seen->tables[0]));
    seen->tables[seen->n++] = f;
    return true;
}

static void put_reachable(struct json_out *o, const struct fields *f, struct seen *seen)
{
    if (!note(seen, f))
        return;
    json_key(o, str_of(f->name));
    fields_schema(o, f);
    for (size_t i = 0; i < f->n; i++)
        if (f->rows[i].object && !(f->rows[i].flags & FIELD_INTERNAL))
            put_reachable(o, f->rows[i].object, seen);
}

void fields_schemas(struct json_out *o, const struct fields *const *tables, size_t n)
{
    struct seen seen = {0};
    for (size_t i = 0; i < n; i++)
        put_reachable(o, tables[i], &seen);
}
