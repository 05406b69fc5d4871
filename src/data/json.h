/* JSON: parsing with limits (depth LIMIT_JSON_DEPTH, duplicate keys refused, UTF-8 only), reading,
 * writing, merge patch. A value is a small handle into memory of the arena it was parsed into. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum json_kind {
    JSON_NONE,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/* Copied freely; .v == NULL means "no value" (JSON_NONE), which every reader accepts. */
struct json {
    const void *v;
};

/* Parses `text` completely. Errors: MALFORMED (with line and column), TOO_LARGE (depth). */
int json_parse(struct arena *a, struct str text, struct json *ret, struct err *e) ERR_CHECK;
/* The same for YAML as Kubernetes tools read it: one document, aliases and nodes limited, duplicate
 * keys refused; result as if it had been JSON. Scalars by the core schema of YAML 1.2: yes, no, on
 * and off are strings, and so are numbers with leading zeros. */
int yaml_parse(struct arena *a, struct str text, struct json *ret, struct err *e) ERR_CHECK;

enum json_kind json_kind(struct json v);
bool json_is_none(struct json v);
/* Member of an object, or none. */
struct json json_get(struct json object, struct str key);
/* Walks "a.b.c" through nested objects; none when any step is missing. Keys without dots only. */
struct json json_path(struct json v, const char *dotted);
/* Element of an array, or none. O(1) amortised when walked in order with struct json_iter. */
struct json json_at(struct json array, size_t i);
size_t json_len(struct json v);

/* Iterates arrays (key empty) and objects; returns false at the end.
 *   struct json_iter it = json_each(v); struct str key; struct json item;
 *   while (json_next(&it, &key, &item)) ... */
struct json_iter {
    const void *state[4];
    size_t at;
    size_t n;
    bool object;
};
struct json_iter json_each(struct json v);
bool json_next(struct json_iter *it, struct str *key, struct json *item);

/* Typed reads; false and *ret untouched when the kind does not fit. */
bool json_str(struct json v, struct str *ret);
bool json_i64(struct json v, int64_t *ret); /* exact integers only */
bool json_num(struct json v, double *ret);
bool json_bool(struct json v, bool *ret);
/* A number as it was written: "0.10", "18446744073709551615". */
bool json_number_text(struct json v, struct str *ret);
/* Read with a fallback. */
struct str json_str_or(struct json v, struct str fallback);
int64_t json_i64_or(struct json v, int64_t fallback);

/* The value as compact JSON text, numbers written back as they were read. */
struct str json_text(struct arena *a, struct json v);
/* The value as block-style YAML. Strings that another reader could take for something else are
 * quoted. */
struct str json_yaml(struct arena *a, struct json v);
/* Deep equality; object order does not matter. */
bool json_equal(struct json x, struct json y);
/* A deep copy that lives in `a`. */
struct json json_copy(struct arena *a, struct json v);
/* RFC 7396. */
struct json json_merge_patch(struct arena *a, struct json target, struct json patch);
/* RFC 6902: all operations or none. Errors point into the patch ("/2/path"): INVALID, TEST_FAILED, and
 * TOO_LARGE over LIMIT_PATCH_OPERATIONS, LIMIT_PATCH_WORK or LIMIT_JSON_DEPTH. */
int json_patch(struct arena *a, struct json target, struct json patch, struct json *ret,
               struct err *e) ERR_CHECK;
/* Puts `over` on top of `under`, objects merged key by key, anything else replaced; unlike a merge
 * patch, a null in `over` counts as absent. For defaults. */
struct json json_overlay(struct arena *a, struct json under, struct json over);

/* Streaming writer. Commas and quoting are its business; nesting errors assert. */
struct json_out {
    struct buf *buf;
    unsigned depth;
    bool first[64];
    bool after_key;
};
void json_begin_object(struct json_out *o);
void json_end_object(struct json_out *o);
void json_begin_array(struct json_out *o);
void json_end_array(struct json_out *o);
void json_key(struct json_out *o, struct str key);
void json_put_str(struct json_out *o, struct str s);
void json_put_i64(struct json_out *o, int64_t n);
void json_put_num(struct json_out *o, double n);
void json_put_bool(struct json_out *o, bool b);
void json_put_null(struct json_out *o);
void json_put(struct json_out *o, struct json v);
/* Text that already is JSON. */
void json_put_raw(struct json_out *o, struct str json);
