/* Field tables: one table per kind of object drives decoding, validation, defaults, encoding, diff,
 * OpenAPI and the generated documentation, so that these can never disagree. */
#pragma once

#include "data/json.h"

struct str_list {
    struct str *items;
    size_t n;
};

struct str_pair {
    struct str key;
    struct str value;
};

/* Sorted by key, keys unique. */
struct str_map {
    struct str_pair *items;
    size_t n;
};
/* The value of a key; false (and *ret untouched) when it is not there. */
bool str_map_get(const struct str_map *m, struct str key, struct str *ret);
struct str str_map_get_or(const struct str_map *m, struct str key, struct str fallback);
/* A copy in `a` with the key set (replaced or added); slices are shared. */
struct str_map str_map_with(struct arena *a, const struct str_map *m, struct str key,
                            struct str value);

/* What the user wrote, and what it means. */
struct duration_val {
    struct str text;
    int64_t us;
};
struct memory_val {
    struct str text;
    int64_t bytes;
};

/* "1G", "1.5g", "2048m", "1000": decimal suffixes in either case, as VVP reads them. False when it
 * is none of these or over 10^15 bytes. */
bool memory_parse(struct str s, int64_t *ret_bytes);

/* A copy in `a` without the key; slices are shared. */
struct str_map str_map_without(struct arena *a, const struct str_map *m, struct str key);

struct list {
    void *items;
    size_t n;
};

enum field_type {
    FIELD_STR,      /* struct str; numbers and booleans are stringified */
    FIELD_UUID,     /* struct str, checked */
    FIELD_ENUM,     /* int (an enum whose names are in .names); any case in, upper case out */
    FIELD_INT,      /* int64_t, within min..max; a numeric string is accepted */
    FIELD_BOOL,     /* bool; "true"/"false" strings accepted */
    FIELD_CPU,      /* int64_t millicores; written as a number of cores */
    FIELD_DURATION, /* struct duration_val */
    FIELD_MEMORY,   /* struct memory_val; decimal g/m/k suffixes, no suffix = bytes */
    FIELD_TIME,     /* int64_t wall microseconds, RFC 3339 text; 0 = absent */
    FIELD_MAP,      /* struct str_map; scalars are stringified */
    FIELD_STR_LIST, /* struct str_list; as FIELD_STR */
    FIELD_OBJECT,   /* embedded struct described by .object; see "flattened" below */
    FIELD_LIST,     /* struct list of structs described by .object */
    FIELD_RAW,      /* struct json, kept as it is; .names: the one kind of JSON that it may be;
                       .object: what the description says of it, its handler checks it */
    FIELD_CONST,    /* no storage: .names[0] is the only value; written always, checked when read */
};

enum field_flag {
    FIELD_REQUIRED = 1,
    FIELD_READ_ONLY = 2, /* written by Sluice; ignored in what a user sends back */
    FIELD_IMMUTABLE = 4,
    FIELD_UPGRADE = 8,     /* a change takes a new job (behaviour.md, "What an edit does") */
    FIELD_INTERNAL = 16,   /* stored, never shown */
    FIELD_KEEP_EMPTY = 32, /* encoded even when empty, zero or null */
};

struct fields;

struct field {
    const char *name;
    enum field_type type;
    unsigned flags;
    size_t offset;
    const struct fields *object;
    const char *const *names; /* FIELD_ENUM: NULL-terminated, index = value; NULL-named 0 = unset:
                                 an empty string entry is never accepted or written */
    int64_t min;
    int64_t max;          /* 0 = no bound besides the type's */
    const char *fallback; /* the built-in default, as JSON text; NULL = none */
    const char *doc;
    const char *pattern; /* FIELD_STR: told to readers; the kind's own check holds it */
};

struct fields {
    const char *name; /* "DeploymentSpec", as OpenAPI names it */
    const char *doc;
    size_t size; /* of the struct */
    const struct field *rows;
    size_t n;
};

/* Objects that exist in the document but not as a struct ("flattened": spec.upgradeStrategy.kind
 * is deployment_spec.upgrade_strategy) are FIELD_OBJECT rows at offset 0 whose table counts its
 * offsets from the enclosing struct and has no size, as FIELD_FLAT writes them. */
#define FIELD_AT(type_, struct_, member_, ...) /* ..., name, further members */ \
    {.type = (type_), .offset = offsetof(struct struct_, member_), .name = __VA_ARGS__}
#define FIELD_FLAT(name_, ...) /* name, table, further members */ \
    {.name = (name_), .type = FIELD_OBJECT, .object = __VA_ARGS__}
#define FIELDS_ROWS(rows_) .rows = (rows_), .n = sizeof(rows_) / sizeof((rows_)[0])

enum fields_unknown { UNKNOWN_REFUSE, UNKNOWN_IGNORE };

/* Fills *ret (of f->size bytes, zeroed first) from v. Every slice points into `a`.
 * Errors carry a JSON pointer: UNKNOWN_FIELD (with the nearest name), INVALID, TOO_LARGE.
 * Read-only fields are decoded too (the store reads through the same table); a handler that takes
 * user input drops them first with fields_strip. Nothing here applies defaults. */
int fields_decode(struct arena *a, const struct fields *f, struct json v,
                  enum fields_unknown unknown, void *ret, struct err *e) ERR_CHECK;
/* Checks a partial document (DeploymentDefaults): names, types and bounds as fields_decode does,
 * but nothing is required. */
int fields_check(const struct fields *f, struct json v, enum fields_unknown unknown,
                 struct err *e) ERR_CHECK;
/* One line for each member that no row describes, with its JSON pointer and the nearest name: what
 * UNKNOWN_IGNORE passes over, for those who want to be warned. */
struct str_list fields_unknown_members(struct arena *a, const struct fields *f, struct json v);
/* v without read-only and internal members, at any depth. */
struct json fields_strip(struct arena *a, const struct fields *f, struct json v);
/* The document that holds the built-in defaults (.fallback) of the table, nested. */
struct json fields_defaults(struct arena *a, const struct fields *f);
/* Writes the object. Absent (zero) optional values are left out unless FIELD_KEEP_EMPTY.
 * internal = also FIELD_INTERNAL ones (for the store). */
void fields_encode(struct json_out *o, const struct fields *f, const void *object, bool internal);

struct field_change {
    struct str path; /* "spec.template.spec.parallelism" */
    struct str from; /* JSON text, "null" when absent */
    struct str to;
    unsigned flags; /* of the nearest described field and of the objects around it: FIELD_UPGRADE
                       says that the change takes a new job */
};
struct field_changes {
    struct field_change *items;
    size_t n;
};
/* Differences by value: map order and 1 against "1" in maps do not count. Both documents valid. */
struct field_changes fields_diff(struct arena *a, const struct fields *f, const void *from,
                                 const void *to);

/* What a schema is for. What is written has all that is always there, in one form. What is read may
 * be null wherever nothing is required, and numbers and booleans may be texts; what is read-only may
 * be anything, since it is ignored. */
enum schema_use { SCHEMA_WRITTEN, SCHEMA_READ };

/* The tables that were put already. Zero it before the first. */
enum { SCHEMAS_MOST = 192 };
struct schemas {
    const struct fields *tables[SCHEMAS_MOST];
    enum schema_use uses[SCHEMAS_MOST];
    size_t n;
};
/* JSON Schema (2020-12): members "<name>: <schema>" ("<name>Input" for what is read) for the table
 * and every table it reaches, each once, into the object that the caller has begun. */
void fields_schemas(struct json_out *o, struct schemas *s, const struct fields *f,
                    enum schema_use use);
/* The member "$ref" that points to the table's schema in #/components/schemas. */
void fields_schema_ref(struct json_out *o, const struct fields *f, enum schema_use use);
/* The row a dotted path names, through nested tables; NULL when there is none. What follows the
 * name of a map or of a FIELD_RAW is its key
 * ("spec.template.spec.flinkConfiguration.state.backend"). */
const struct field *fields_find(const struct fields *f, struct str dotted);
