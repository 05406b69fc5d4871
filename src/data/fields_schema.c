/* Tables to JSON Schema 2020-12, as OpenAPI 3.1 uses it. What is written is narrower than what is
 * read: see enum schema_use. */
#include "data/fields.h"

#include <assert.h>

#include "base/limits.h"

static void put_member(struct json_out *o, const char *key, const char *value)
{
    json_key(o, str_of(key));
    json_put_str(o, str_of(value));
}

static void put_number(struct json_out *o, const char *key, int64_t value)
{
    json_key(o, str_of(key));
    json_put_i64(o, value);
}

static void put_raw(struct json_out *o, const char *key, const char *json)
{
    json_key(o, str_of(key));
    json_put_raw(o, str_of(json));
}

static struct str schema_name(struct buf *b, const struct fields *f, enum schema_use use)
{
    buf_fmt(b, "%s%s", f->name, use == SCHEMA_READ ? "Input" : "");
    return buf_str(b);
}

void fields_schema_ref(struct json_out *o, const struct fields *f, enum schema_use use)
{
    struct buf b = {0};
    buf_add(&b, STR("#/components/schemas/"));
    schema_name(&b, f, use);
    json_key(o, STR("$ref"));
    json_put_str(o, buf_str(&b));
    buf_fini(&b);
}

/* "type": the one, or a list of it and of what else is read. An absent text that is written all the
 * same is null, and to read null is to read nothing. */
static void put_types(struct json_out *o, const char *const *types, bool nullable)
{
    json_key(o, STR("type"));
    if (!nullable && !types[1]) {
        json_put_str(o, str_of(types[0]));
        return;
    }
    json_begin_array(o);
    for (; *types; types++)
        json_put_str(o, str_of(*types));
    if (nullable)
        json_put_str(o, STR("null"));
    json_end_array(o);
}

#define TYPES(...) ((const char *const[]){__VA_ARGS__, NULL})

static bool is_nullable(const struct field *row, enum schema_use use)
{
    return use == SCHEMA_READ ? !(row->flags & FIELD_REQUIRED) : row->flags & FIELD_KEEP_EMPTY;
}

static void put_text(struct json_out *o, const struct field *row, enum schema_use use)
{
    if (use == SCHEMA_READ)
        put_types(o, TYPES("string", "number", "boolean"), is_nullable(row, use));
    else
        put_types(o, TYPES("string"), is_nullable(row, use));
    if (use == SCHEMA_READ || row->max)
        put_number(o, "maxLength", row->max ? row->max : LIMIT_STRING);
    if (row->pattern)
        put_member(o, "pattern", row->pattern);
}

static void put_uuid(struct json_out *o, const struct field *row, enum schema_use use)
{
    put_types(o, TYPES("string"), is_nullable(row, use));
    if (use == SCHEMA_WRITTEN)
        put_member(o, "format", "uuid");
    else /* an empty one is none */
        put_member(o, "pattern", "^([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})?$");
}

static void put_enum(struct json_out *o, const struct field *row, enum schema_use use)
{
    bool nullable = is_nullable(row, use);
    put_types(o, TYPES("string"), nullable);
    json_key(o, STR("enum"));
    json_begin_array(o);
    for (size_t i = 0; row->names[i]; i++)
        if (row->names[i][0])
            json_put_str(o, str_of(row->names[i]));
    if (nullable)
        json_put_null(o);
    json_end_array(o);
}

static void put_int(struct json_out *o, const struct field *row, enum schema_use use)
{
    if (use == SCHEMA_READ) {
        put_types(o, TYPES("integer", "string"), is_nullable(row, use));
        put_member(o, "pattern", "^-?[0-9]+$");
    } else {
        put_types(o, TYPES("integer"), false);
    }
    put_member(o, "format", "int64");
    put_number(o, "minimum", row->min);
    if (row->max)
        put_number(o, "maximum", row->max);
}

static void put_bool(struct json_out *o, const struct field *row, enum schema_use use)
{
    if (use == SCHEMA_WRITTEN)
        put_types(o, TYPES("boolean"), false);
    else if (is_nullable(row, use))
        put_raw(o, "enum", "[true,false,\"true\",\"false\",null]");
    else
        put_raw(o, "enum", "[true,false,\"true\",\"false\"]");
}

static void put_cpu(struct json_out *o, const struct field *row, enum schema_use use)
{
    if (use == SCHEMA_READ) {
        put_types(o, TYPES("number", "string"), is_nullable(row, use));
        put_member(o, "pattern", "^\\s*([0-9]+\\.?[0-9]*|\\.[0-9]+)m?\\s*$");
    } else {
        put_types(o, TYPES("number"), false);
    }
    json_key(o, STR("minimum"));
    json_put_num(o, (double)row->min / 1000);
    if (row->max) {
        json_key(o, STR("maximum"));
        json_put_num(o, (double)row->max / 1000);
    }
    put_raw(o, "examples", "[0.5]");
}

/* A text in which a number stands first; a bare number counts seconds or bytes. */
static void put_quantity(struct json_out *o, const struct field *row, enum schema_use use,
                         const char *pattern)
{
    bool nullable = is_nullable(row, use);
    if (use == SCHEMA_WRITTEN) {
        put_types(o, TYPES("string"), nullable);
        return;
    }
    put_types(o, TYPES("string", "number"), nullable);
    put_member(o, "pattern", pattern);
    put_number(o, "minimum", 0);
}

static void put_duration(struct json_out *o, const struct field *row, enum schema_use use)
{
    put_quantity(o, row, use,
                 "^\\s*([Pp][Tt]?)?([0-9]+\\s*([Mm][Ss]|[Ss]([Ee][Cc]([Oo][Nn][Dd][Ss]?)?)?|"
                 "[Mm]([Ii][Nn]([Uu][Tt][Ee][Ss]?)?)?|[Hh]([Oo][Uu][Rr][Ss]?)?|"
                 "[Dd]([Aa][Yy][Ss]?)?)?\\s*)+$");
    put_raw(o, "examples", "[\"10m\"]");
}

static void put_memory(struct json_out *o, const struct field *row, enum schema_use use)
{
    put_quantity(o, row, use, "^\\s*([0-9]+\\.?[0-9]*|\\.[0-9]+)\\s*[KkMmGg]?\\s*$");
    put_raw(o, "examples", "[\"2G\"]");
}

static void put_time(struct json_out *o, const struct field *row, enum schema_use use)
{
    put_types(o, TYPES("string"), is_nullable(row, use));
    put_member(o, "format", "date-time");
}

static void put_items(struct json_out *o, const struct field *row, enum schema_use use)
{
    put_types(o, TYPES("array"), use == SCHEMA_READ && is_nullable(row, use));
    if (use == SCHEMA_READ)
        put_number(o, "maxItems", LIMIT_LIST_ENTRIES);
    json_key(o, STR("items"));
    json_begin_object(o);
    if (row->type == FIELD_LIST) {
        fields_schema_ref(o, row->object, use);
    } else {
        if (use == SCHEMA_READ) {
            put_types(o, TYPES("string", "number", "boolean"), false);
            put_number(o, "maxLength", LIMIT_STRING);
        } else {
            put_member(o, "type", "string");
        }
    }
    json_end_object(o);
}

static void put_map(struct json_out *o, const struct field *row, enum schema_use use)
{
    put_types(o, TYPES("object"), use == SCHEMA_READ && is_nullable(row, use));
    json_key(o, STR("additionalProperties"));
    json_begin_object(o);
    if (use == SCHEMA_WRITTEN) {
        put_member(o, "type", "string");
    } else {
        put_types(o, TYPES("string", "number", "boolean"), true);
        put_number(o, "maxLength", LIMIT_STRING);
    }
    json_end_object(o);
    if (use == SCHEMA_WRITTEN)
        return;
    put_number(o, "maxProperties", LIMIT_MAP_ENTRIES);
    json_key(o, STR("propertyNames"));
    json_begin_object(o);
    put_number(o, "maxLength", LIMIT_MAP_KEY);
    json_end_object(o);
}

static void put_object(struct json_out *o, const struct field *row, enum schema_use use)
{
    if (use == SCHEMA_WRITTEN || !is_nullable(row, use)) {
        fields_schema_ref(o, row->object, use);
        return;
    }
    json_key(o, STR("anyOf"));
    json_begin_array(o);
    json_begin_object(o);
    fields_schema_ref(o, row->object, use);
    json_end_object(o);
    json_put_raw(o, STR("{\"type\":\"null\"}"));
    json_end_array(o);
}

/* What is kept as it is stays as wide as it was read. */
static void put_document(struct json_out *o, const struct field *row)
{
    if (row->object)
        put_object(o, row, SCHEMA_READ);
    else if (row->names)
        put_types(o, row->names, !(row->flags & FIELD_REQUIRED));
}

static void put_const(struct json_out *o, const struct field *row, enum schema_use use)
{
    if (use == SCHEMA_WRITTEN)
        put_member(o, "const", row->names[0]);
    else
        put_enum(o, row, use);
}

static void put_type(struct json_out *o, const struct field *row, enum schema_use use)
{
    switch (row->type) {
    case FIELD_STR: put_text(o, row, use); return;
    case FIELD_UUID: put_uuid(o, row, use); return;
    case FIELD_ENUM: put_enum(o, row, use); return;
    case FIELD_INT: put_int(o, row, use); return;
    case FIELD_BOOL: put_bool(o, row, use); return;
    case FIELD_CPU: put_cpu(o, row, use); return;
    case FIELD_DURATION: put_duration(o, row, use); return;
    case FIELD_MEMORY: put_memory(o, row, use); return;
    case FIELD_TIME: put_time(o, row, use); return;
    case FIELD_MAP: put_map(o, row, use); return;
    case FIELD_STR_LIST:
    case FIELD_LIST: put_items(o, row, use); return;
    case FIELD_OBJECT: put_object(o, row, use); return;
    case FIELD_RAW: put_document(o, row); return;
    case FIELD_CONST: put_const(o, row, use); return;
    }
}

static void put_property(struct json_out *o, const struct field *row, enum schema_use use)
{
    bool ignored = use == SCHEMA_READ && (row->flags & FIELD_READ_ONLY);
    json_key(o, str_of(row->name));
    json_begin_object(o);
    if (!ignored)
        put_type(o, row, use);
    if (row->doc)
        put_member(o, "description", row->doc);
    if (row->fallback && use == SCHEMA_READ)
        put_raw(o, "default", row->fallback);
    if (row->flags & FIELD_READ_ONLY)
        put_raw(o, "readOnly", "true");
    json_end_object(o);
}

/* Whether the member is there in every object. */
static bool is_required(const struct field *row, enum schema_use use)
{
    bool always = row->type == FIELD_CONST || (row->flags & FIELD_KEEP_EMPTY);
    return row->flags & FIELD_REQUIRED || (always && use == SCHEMA_WRITTEN);
}

static void put_required(struct json_out *o, const struct fields *f, enum schema_use use)
{
    bool any = false;
    for (size_t i = 0; i < f->n; i++) {
        if (!is_required(&f->rows[i], use) || (f->rows[i].flags & FIELD_INTERNAL))
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

static void put_schema(struct json_out *o, const struct fields *f, enum schema_use use)
{
    json_begin_object(o);
    put_member(o, "type", "object");
    if (f->doc)
        put_member(o, "description", f->doc);
    put_required(o, f, use);
    json_key(o, STR("properties"));
    json_begin_object(o);
    for (size_t i = 0; i < f->n; i++)
        if (!(f->rows[i].flags & FIELD_INTERNAL))
            put_property(o, &f->rows[i], use);
    json_end_object(o);
    put_raw(o, "additionalProperties", "false");
    json_end_object(o);
}

/* False when it was there already. */
static bool note(struct schemas *s, const struct fields *f, enum schema_use use)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->tables[i] == f && s->uses[i] == use)
            return false;
    assert(s->n < SCHEMAS_MOST);
    s->tables[s->n] = f;
    s->uses[s->n++] = use;
    return true;
}

void fields_schemas(struct json_out *o, struct schemas *s, const struct fields *f,
                    enum schema_use use)
{
    struct buf name = {0};
    if (!note(s, f, use))
        return;
    json_key(o, schema_name(&name, f, use));
    buf_fini(&name);
    put_schema(o, f, use);
    for (size_t i = 0; i < f->n; i++) {
        const struct field *row = &f->rows[i];
        bool ignored = use == SCHEMA_READ && (row->flags & FIELD_READ_ONLY);
        if (row->object && !(row->flags & FIELD_INTERNAL) && !ignored)
            fields_schemas(o, s, row->object, row->type == FIELD_RAW ? SCHEMA_READ : use);
    }
}
