/* What a story asks of the rig. */
#include "core/choice.h"
#include "core/retention.h"
#include "exhaustive/reach.h"
#include "exhaustive/values.h"
#include "model/job.h"
#include "rig.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

const struct savepoint *rig_expired(struct arena *a, const struct core_in *in)
{
    size_t n;
    const struct savepoint **list = core_expired(a, in, &n);
    return n ? list[0] : NULL;
}

struct w_cluster *rig_cluster(struct rig *r)
{
    return world_cluster(&r->world, r->record.current.number);
}

const struct savepoint *rig_savepoint(const struct rig *r, struct str id)
{
    for (size_t i = 0; i < r->n_savepoints; i++)
        if (str_eq(r->savepoints[i]->metadata.id, id))
            return r->savepoints[i];
    return NULL;
}

const struct savepoint *rig_newest_savepoint(const struct rig *r, enum savepoint_origin origin)
{
    const struct savepoint *best = NULL;
    for (size_t i = 0; i < r->n_savepoints; i++)
        if (r->savepoints[i]->metadata.origin == (int)origin &&
            (!best || savepoint_order(r->savepoints[i], best) > 0))
            best = r->savepoints[i];
    return best;
}

const struct job *rig_job(const struct rig *r, int64_t attempt)
{
    for (size_t i = 0; i < r->n_jobs; i++)
        if (r->jobs[i]->metadata.attempt == attempt)
            return r->jobs[i];
    return NULL;
}

size_t rig_count_event(const struct rig *r, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_log; i++)
        n += str_eq(r->log[i].event, str_of(name));
    return n;
}

bool rig_had_rule(const struct rig *r, int number)
{
    for (size_t i = 0; i < r->n_log; i++)
        if (r->log[i].rule == number)
            return true;
    return false;
}

void rig_print(const struct rig *r)
{
    for (size_t i = 0; i < r->n_log; i++)
        fprintf(stderr, "%9.3f %4d %-22s %-40.*s %.*s\n", (double)r->log[i].at / (double)S,
                r->log[i].rule, r->log[i].what, STR_ARG(r->log[i].event),
                STR_ARG(r->log[i].message));
    unsigned v[MAIN_COLUMNS];
    facts_values(&r->facts, v);
    for (size_t i = 0; i < MAIN_COLUMNS; i++)
        fprintf(stderr, "%s=%s ", fact_columns[i].name, fact_columns[i].values[v[i]]);
    fprintf(stderr, "\nnow %.3f rule %d, attempt %lld, %s: %.*s %.*s\n",
            (double)r->world.now / (double)S, r->rule ? r->rule->number : 0,
            (long long)r->record.current.number, observed_state_names[r->deployment.status.state],
            STR_ARG(r->record.gave_up), STR_ARG(r->record.gave_up_message));
}

static bool rests(const struct rig *r)
{
    return r->up && r->record.wanted_state == r->deployment.spec.state && r->rule &&
           r->rule->then == ACTION_REST && r->record.intent.kind == INTENT_NONE;
}

bool is_running(const struct rig *r)
{
    return rests(r) && r->deployment.status.state == OBSERVED_RUNNING &&
           r->record.current.spec_version == r->record.spec_version && r->facts.job == SIGHT_UP;
}

bool is_suspended(const struct rig *r)
{
    return rests(r) && r->deployment.status.state == OBSERVED_SUSPENDED;
}

bool is_cancelled(const struct rig *r)
{
    return rests(r) && r->deployment.status.state == OBSERVED_CANCELLED;
}

bool is_failed(const struct rig *r)
{
    return r->up && r->deployment.status.state == OBSERVED_FAILED;
}

bool is_blocked(const struct rig *r)
{
    return r->up && str_starts_with(r->record.gave_up, STR("BLOCKED_"));
}

bool is_finished(const struct rig *r)
{
    return rests(r) && r->deployment.status.state == OBSERVED_FINISHED;
}
