/* Label selectors as Kubernetes writes them: "k=v,k2!=v2,k3,!k4,k in (a,b),k notin (c)". */
#pragma once

#include "data/fields.h"

enum selector_op { SELECTOR_IN, SELECTOR_NOT_IN, SELECTOR_EXISTS, SELECTOR_ABSENT };

struct selector_term {
    struct str key;
    enum selector_op op;
    struct str_list values;
};

/* All terms must hold; no terms match everything. */
struct selector {
    struct selector_term *terms;
    size_t n;
};

/* Slices point into `text`. Errors: BAD_REQUEST, TOO_LARGE (more than 32 terms, 64 values each). */
int selector_parse(struct arena *a, struct str text, struct selector *ret, struct err *e) ERR_CHECK;
/* As in Kubernetes, an object without the key satisfies != and notin. */
bool selector_matches(const struct selector *s, const struct str_map *labels);
