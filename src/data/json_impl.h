/* What the files behind json.h share. Only they include yyjson. */
#pragma once

#include <yyjson.h>

#include "data/json.h"

/* yyjson wants non-const handles even to read. */
static inline yyjson_val *json_val(struct json v)
{
    union {
        const void *from;
        yyjson_val *to;
    } cast = {.from = v.v};
    return cast.to;
}

static inline struct json json_of(const yyjson_val *v)
{
    return (struct json){v};
}

/* Allocates from the arena; freeing does nothing. */
yyjson_alc json_arena_alc(struct arena *a);
/* A document to build into, in the arena. */
yyjson_mut_doc *json_builder(struct arena *a);
/* Freezes a built value (NULL = none) into the arena. */
struct json json_freeze(struct arena *a, yyjson_mut_val *v);
/* Copies a value into the document. */
yyjson_mut_val *json_thaw(yyjson_mut_doc *doc, struct json v);
yyjson_mut_val *json_build_str(yyjson_mut_doc *doc, struct str s);
void json_build_add(yyjson_mut_doc *doc, yyjson_mut_val *object, struct str key,
                    yyjson_mut_val *item);

/* What holds for every document, whatever it was read from: depth, keys that occur once, no NUL. */
int json_check(struct json v, struct err *e) ERR_CHECK;

/* Members of an object for repeated look-ups: yyjson's own are linear, and what peers send decides
 * how many there are. */
struct json_member {
    struct str key;
    struct json item;
    bool seen; /* free for the caller */
};
struct json_index {
    struct json_member *items; /* sorted by key */
    size_t n;
};
struct json_index json_index_of(struct arena *a, struct json object);
/* NULL when there is none. */
struct json_member *json_index_find(const struct json_index *index, struct str key);
