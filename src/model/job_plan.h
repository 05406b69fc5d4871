/* A job's plan, as Flink's REST gives it (`/jars/:id/plan`, `/jobs/:id/plan`, `/jobs/:id`): its tasks,
 * each with the operators that are chained in it. Of a chain the plan tells the id of the first
 * operator only; of the others it tells the names. */
#pragma once

#include "base/map.h"
#include "data/json.h"

struct plan_vertex {
    struct str id; /* of its first operator; 32 hex digits */
    struct str description;
    int64_t parallelism;     /* 0 = not told */
    int64_t max_parallelism; /* 0 = not told: only /jobs/:id does */
    bool chained;            /* it may hold operators besides the one of its id */
};

struct job_plan {
    struct plan_vertex *vertices;
    size_t n;
    size_t n_chained;
};

/* Reads {"plan": {"nodes": [...]}}; with "vertices", as /jobs/:id has them, the max parallelism too.
 * Everything else in it is passed over. *ret points into the document.
 * Errors: INVALID with a pointer into the document. */
int job_plan_read(struct arena *a, struct json document, struct job_plan *ret,
                  struct err *e) ERR_CHECK;
/* Fills a map (struct plan_vertex by name) with the operators that stand in the descriptions. */
void job_plan_names(const struct job_plan *plan, struct map *ret);
