/* What happens between one power cut and the next: a few processes in a row, each of which opens the
 * store, commits one by one and in groups, and ends in order or is killed. */
#pragma once

#include "fault.h"
#include "history.h"

struct workload {
    size_t kills;
    size_t groups; /* of several transactions */
    char why[600]; /* the store failed although nothing but kills befell it, and how; else empty */
};

/* Runs on the booted host; the history learns what was sent and acknowledged, and when. */
struct workload workload_run(struct history *h, uint64_t *rng, enum fault fault);
