/* Which combinations of facts can come about, and a (record, seen) for each of those. */
#pragma once

#include "core/facts.h"
#include "core/input.h"

/* A class of combinations that never come about. `fails` is true for facts of the class and looks at
 * no column behind `last`. */
struct unreachable {
    const char *why;
    enum {
        AT_WANT,
        AT_PHASE,
        AT_WORLD,
        AT_JOB,
        AT_INTENT,
        AT_RESULT,
        AT_DRIFT,
        AT_EVIDENCE,
        AT_CHOICE,
        AT_PREFLIGHT,
        AT_PACE,
        AT_REQUEST,
        AT_STANDBY
    } last;
    bool (*fails)(const struct facts *f);
};

extern const struct unreachable unreachable[];
extern const size_t n_unreachable;

/* The first class that the facts belong to, or NULL: they can come about. */
const struct unreachable *why_unreachable(const struct facts *f);

/* The first class that columns 0..column alone decide, and the facts belong to; n_unreachable: none. */
size_t unreachable_by(const struct facts *f, size_t column);

/* Everything that core_facts reads, made so that it gives exactly `f`. Reachable facts only. */
struct made {
    struct core_in in;
    struct core_env env;
    struct deployment deployment;
    struct record record;
    struct seen seen;
    struct job job;
    struct savepoint rows[3];
    const struct savepoint *row_list[3];
    struct platform_cluster clusters[2];
    struct snapshot_sight sights[1];
    struct seen_listing listing;
    struct trigger_try tries[1];
    struct failure_time failures[4];
    struct str ids[1];
    struct final_checkpoint finals[1];
    struct attempt unread[1];
};
void make(const struct facts *f, struct made *m);
