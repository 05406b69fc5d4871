/* The canonical flows: what a user does, and the end that every run of it must come to. */
#pragma once

#include "rig.h"

struct flow {
    const char *name;
    void (*before)(struct rig *r); /* the spec, and what fate has in store */
    void (*user)(struct rig *r);   /* NULL = only the start */
    bool (*ends)(const struct rig *r);
    int64_t most_us; /* of virtual time */
};

extern const struct flow flows[];
extern const size_t n_flows;

/* One run of a flow, with a fault; false, and why on standard error, when it went wrong. */
bool flow_runs(const struct flow *f, enum fault fault, int64_t at, int64_t down_for,
               struct rig **ret);
