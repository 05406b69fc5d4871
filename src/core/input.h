/* All that a step may know. Everything is borrowed for the call. */
#pragma once

#include "core/record.h"
#include "core/seen.h"
#include "model/deployment.h"
#include "model/job.h"
#include "model/savepoint.h"

/* Configuration of the daemon that decisions depend on. */
struct core_env {
    struct str storage_base_uri; /* "file:///var/lib/sluice/storage" */
};

/* How many ids a step may use up; the caller makes fresh random UUIDs for each step. */
enum { CORE_IDS = 2 };

struct core_in {
    const struct core_env *env;
    const struct deployment *deployment;
    const struct record *record;
    const struct savepoint *const *savepoints; /* of this Deployment, any order */
    size_t n_savepoints;
    /* One of them that core_expired lets go, and whose data no other Savepoint of the server needs;
     * NULL = none. */
    const struct savepoint *expired;
    const struct job *job; /* of record->current: an attempt has one; NULL before the first */
    const struct job *standby_job; /* of record->standby, or NULL */
    const struct job *last_job;    /* the newest Job that was ever UP, or NULL */
    const struct seen *seen;
    int64_t mono_us;
    int64_t wall_us;
    int64_t under_way; /* Deployments that wait for something just now: they share the looks */
    struct str ids[CORE_IDS];
};
