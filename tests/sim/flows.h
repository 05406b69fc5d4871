/* The canonical flows: what a user does, what befalls the job, and the end that every run of it
 * must come to. */
#pragma once

#include "sim.h"

struct flow {
    const char *name;
    enum upgrade_kind upgrade;
    enum restore_kind restore;
    void (*before)(
        struct sim *s);         /* what fate has in store, and what happened until then; or NULL */
    void (*act)(struct sim *s); /* from here on crashes strike; NULL = the creation itself */
    bool (*ends)(struct sim *s);
    bool warm_standby;
};

extern const struct flow flows[];
extern const size_t n_flows;

/* One run, with at most MOST_TROUBLES troubles, one after the other. False, and why on standard error,
 * when it went wrong. The caller frees *ret. */
bool flow_runs(const struct flow *f, const struct sim_trouble *troubles, size_t n, int64_t down_for,
               struct sim **ret);
/* The same with one answer that misleads. */
bool flow_runs_misled(const struct flow *f, struct stale *stale, struct sim **ret);
