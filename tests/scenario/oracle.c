/* What no world may allow, whatever the record says. It looks at the scripted world after every
 * event and at every call before it is made; invariants are numbered as in the architecture. */
#include <stdio.h>

#include "model/snapshot_location.h"
#include "rig.h"

/* 1. One runner: at most one attempt can process records. */
static void one_runner(struct w_world *w)
{
    int64_t running = 0;
    for (size_t i = 0; i < w->n_clusters; i++) {
        const struct w_cluster *c = &w->clusters[i];
        bool works = false;
        for (size_t k = 0; k < c->n_taskmanagers; k++)
            works = works || (c->taskmanagers[k].alive && c->taskmanagers[k].works);
        if (!works)
            continue;
        if (running)
            world_trouble(w, "invariant 1: attempts %lld and %lld both process records",
                          (long long)running, (long long)c->attempt);
        running = c->attempt;
    }
}

/* 7. Numbers only grow, ids are never used again. */
static void numbers_grow(struct rig *r)
{
    struct w_world *w = &r->world;
    if (r->record.top < r->highest_attempt)
        world_trouble(w, "invariant 7: the highest attempt was %lld and is %lld",
                      (long long)r->highest_attempt, (long long)r->record.top);
    r->highest_attempt = r->record.top;
    for (size_t i = 0; i < w->n_clusters; i++)
        for (size_t k = 0; k < i; k++)
            if (w->clusters[i].job.exists && w->clusters[k].job.exists &&
                strcmp(w->clusters[i].job.id, w->clusters[k].job.id) == 0)
                world_trouble(w, "invariant 7: job id %s is used twice", w->clusters[i].job.id);
}

/* Older than what an explicit restore went back to. */
static bool is_behind(const struct rig *r, const struct w_snapshot *s)
{
    const struct record *rec = &r->record;
    const struct savepoint *floor = rig_savepoint(r, rec->floor_savepoint_id);
    bool since = s->imported && s->sequence > rec->floor_sequence;
    bool itself =
        floor && snapshot_location_equal(floor->spec.savepoint_location, str_of(s->location));
    return s->attempt < rec->floor_attempt && !since && !itself;
}

/* The newest complete snapshot of an attempt (0 = of any), savepoints only if so asked; by lineage
 * order. */
static const struct w_snapshot *newest(const struct rig *r, int64_t attempt, bool savepoints_only)
{
    const struct w_snapshot *best = NULL;
    for (size_t i = 0; i < r->world.n_snapshots; i++) {
        const struct w_snapshot *s = &r->world.snapshots[i];
        if (!s->there || (savepoints_only && !s->savepoint) || is_behind(r, s) ||
            (attempt && s->attempt != attempt))
            continue;
        if (!best || s->attempt > best->attempt ||
            (s->attempt == best->attempt && s->id >= best->id))
            best = s;
    }
    return best;
}

/* A savepoint of this attempt is recorded as complete, and nothing newer existed when that could be
 * seen last: one checkpoint may have completed since. */
static bool savepoint_is_recorded(const struct rig *r, int64_t attempt)
{
    const struct w_snapshot *newest_ = newest(r, attempt, false);
    const struct w_snapshot *s = newest(r, attempt, true);
    for (size_t i = 0; s && i < r->n_savepoints; i++)
        if (r->savepoints[i]->status.state == SAVEPOINT_COMPLETED &&
            snapshot_location_equal(r->savepoints[i]->spec.savepoint_location, str_of(s->location)))
            return newest_->id <= s->id + 1;
    return false;
}

/* 2. No stop before the savepoint. Judged when the decision becomes durable. */
static void judge_cancel(struct rig *r)
{
    const struct deployment_spec *spec = &r->deployment.spec;
    int64_t attempt = r->record.current.number;
    if (r->record.intent.kind != INTENT_CANCEL || r->cancel_allowed == attempt)
        return;
    bool edited = r->record.current.spec_version != r->record.spec_version;
    bool stateless =
        spec->state == DESIRED_RUNNING && edited && spec->upgrade_strategy == UPGRADE_STATELESS;
    if (spec->state == DESIRED_CANCELLED || stateless || savepoint_is_recorded(r, attempt))
        r->cancel_allowed = attempt;
    else
        world_trouble(&r->world, "invariant 2: attempt %lld is cancelled without a savepoint of it",
                      (long long)attempt);
}

void oracle_watch(void *rig)
{
    struct rig *r = rig;
    if (r->unwatched)
        return;
    one_runner(&r->world);
    numbers_grow(r);
    judge_cancel(r);
    if (str_eq(r->record.used_nonce, r->deployment.spec.restore_from.nonce))
        r->restore_asked = false;
    /* What the user's write asked for is there: from now on nobody asked for a start. */
    if (r->record.current.phase == PHASE_UP && r->record.operation.kind == OPERATION_NONE &&
        r->record.current.spec_version == r->record.spec_version)
        r->started_by_user = false;
    if (r->record.current.restored == RESTORED_OTHERWISE)
        world_trouble(&r->world, "it was restored from something else than was asked for");
}

/* 6. No invention: every call is that of the intent that is durable. */
static void intended(struct rig *r, const struct effect *e)
{
    static const enum intent_kind kinds[] = {
        [CALL_PROVISION] = INTENT_PROVISION, [CALL_UPLOAD] = INTENT_UPLOAD,
        [CALL_SUBMIT] = INTENT_SUBMIT,       [CALL_STOP] = INTENT_STOP,
        [CALL_CANCEL] = INTENT_CANCEL,       [CALL_TEARDOWN] = INTENT_TEARDOWN,
        [CALL_DISCARD] = INTENT_DISCARD,
    };
    static const enum standby_step steps[EFFECT_KINDS] = {
        [CALL_STANDBY_PROVISION] = STANDBY_STEP_PROVISION,
        [CALL_STANDBY_UPLOAD] = STANDBY_STEP_UPLOAD,
        [CALL_STANDBY_TEARDOWN] = STANDBY_STEP_END,
    };
    if (steps[e->kind]) {
        if (r->record.standby.step != (int)steps[e->kind] ||
            r->record.standby.attempt.number != e->attempt)
            world_trouble(&r->world, "invariant 6: a call of kind %d in step %s of the standby",
                          (int)e->kind, standby_step_names[r->record.standby.step]);
        return;
    }
    int kind = r->record.intent.kind;
    if (e->kind == CALL_STOP && kind == INTENT_SAVEPOINT)
        kind = INTENT_STOP;
    if (kind != (int)kinds[e->kind])
        world_trouble(&r->world, "invariant 6: a call of kind %d under an intent of kind %d",
                      (int)e->kind, kind);
    if (e->attempt > r->record.top)
        world_trouble(&r->world, "invariant 8: attempt %lld is not ours", (long long)e->attempt);
}

static void may_tear_down(struct rig *r, const struct effect *e)
{
    const struct w_cluster *c = world_cluster(&r->world, e->attempt);
    if (!c || !c->jobmanager_alive || !c->job.exists || flink_is_final(c->job.status))
        return;
    bool failed_start = r->record.current.end == END_FAILED && r->record.current.up_at == 0;
    if (r->cancel_allowed != e->attempt && !failed_start)
        world_trouble(&r->world, "invariant 2: attempt %lld is torn down while its job lives",
                      (long long)e->attempt);
}

/* 3. Newest eligible, 4. no silent empty start. */
static void may_start(struct rig *r)
{
    const struct deployment_spec *spec = &r->deployment.spec;
    struct str from = r->record.current.source_location;
    if (r->submit_judged == r->record.current.number)
        return;
    r->submit_judged = r->record.current.number;
    if (r->restore_asked) {
        if (!snapshot_location_equal(from, spec->restore_from.location))
            world_trouble(&r->world, "restoreFrom names %.*s, it starts from %.*s",
                          STR_ARG(spec->restore_from.location), STR_ARG(from));
        return;
    }
    const struct w_snapshot *best =
        spec->restore_strategy == RESTORE_NONE
            ? NULL
            : newest(r, 0, spec->restore_strategy == RESTORE_LATEST_SAVEPOINT);
    if (best ? !snapshot_location_equal(from, str_of(best->location)) : from.len > 0)
        world_trouble(&r->world, "invariant 3: the newest is %s, it starts from '%.*s'",
                      best ? best->location : "none", STR_ARG(from));
    bool ever = r->world.n_snapshots > 0;
    if (!from.len && spec->restore_strategy != RESTORE_NONE && ever && !r->started_by_user)
        world_trouble(&r->world, "invariant 4: it starts empty, and nobody asked for that");
}

/* 9. Snapshots that are needed are never deleted: neither what a start could be restored from, nor what
 * the job began with, nor what a person asked for. */
static void may_discard(struct rig *r, const struct effect *e)
{
    const struct w_snapshot *x = storage_find(&r->world, e->subject);
    const struct savepoint *row = rig_savepoint(r, r->record.intent.savepoint_id);
    const struct snapshot_retention *keep = &r->deployment.spec.snapshot_retention;
    const struct attempt *at = &r->record.current;
    bool base = at->phase != PHASE_NONE && at->phase != PHASE_DONE &&
                snapshot_location_equal(at->source_location, e->subject);
    if (!x || x->given_up)
        return;
    bool persons = row->metadata.origin == ORIGIN_USER_REQUEST ||
                   row->metadata.origin == ORIGIN_COPIED || row->spec.pinned;
    if (x == newest(r, 0, false) || x == newest(r, 0, true) || base || persons ||
        (!keep->max_count && !keep->max_age.us))
        world_trouble(&r->world, "invariant 9: %s is removed, and is needed", x->location);
}

void oracle_call(struct rig *r, const struct effect *e)
{
    intended(r, e);
    if (r->unwatched)
        return;
    if (e->kind == CALL_CANCEL)
        judge_cancel(r);
    if (e->kind == CALL_TEARDOWN)
        may_tear_down(r, e);
    if (e->kind == CALL_SUBMIT)
        may_start(r);
    if (e->kind == CALL_DISCARD)
        may_discard(r, e);
}
