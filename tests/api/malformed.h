/* Requests that must change nothing. */
#pragma once

#include "api_world.h"

struct malformed {
    const char *method;
    const char *path;
    const char *body; /* ' stands for "; NULL = raw */
    struct str raw;
    const char *type; /* NULL = application/json */
    int status;
    const char *pointer; /* into the body; NULL = not about a place in it */
};

struct malformed_list {
    const struct malformed *items;
    size_t n;
};

extern const struct malformed_list malformed_fields;   /* well-formed documents with wrong values */
extern const struct malformed_list malformed_texts;    /* what is no document at all */
extern const struct malformed_list malformed_requests; /* paths, methods, queries, media types */
