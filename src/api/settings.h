/* Resources that belong to no Deployment: one row each, written whole, with compare-and-set. */
#pragma once

#include "api/api_impl.h"

/* A kind of them, and the list in struct app that holds it. */
struct setting {
    enum store_table table;
    const struct fields *fields;
    size_t list; /* offsets in struct app */
    size_t n;
    struct str (*row_id)(struct arena *a, const void *object);
};
extern const struct setting setting_targets;
extern const struct setting setting_defaults;

/* Stores the object and answers with it once that is durable. */
enum handled setting_put(struct call *c, const struct setting *kind, struct str row_id,
                         const void *object, int status);
/* Deletes the row and answers with the reply that was made before. */
enum handled setting_drop(struct call *c, const struct setting *kind, struct str row_id);
