/* What no world may allow. It knows the world, what the user asked for and what is durable; nothing
 * of what a life of the daemon thinks. Invariants are numbered as in the architecture. */
#include <stdio.h>

#include "life.h"
#include "model/snapshot_location.h"
#include "shell/record_row.h"

/* ---- after every event ---- */

static bool processes_records(const struct w_cluster *c)
{
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        if (c->taskmanagers[i].alive && c->taskmanagers[i].works)
            return true;
    return false;
}

/* 1. One runner. */
static void one_runner(struct w_world *w)
{
    int64_t running = 0;
    for (size_t i = 0; i < w->n_clusters; i++) {
        if (!processes_records(&w->clusters[i]))
            continue;
        if (running)
            world_trouble(w, "invariant 1: attempts %lld and %lld both process records",
                          (long long)running, (long long)w->clusters[i].attempt);
        running = w->clusters[i].attempt;
    }
}

/* 7. Ids are never used again. */
static void ids_are_fresh(struct w_world *w)
{
    for (size_t i = 0; i < w->n_clusters; i++)
        for (size_t k = 0; k < i; k++)
            if (w->clusters[i].job.exists && w->clusters[k].job.exists &&
                strcmp(w->clusters[i].job.id, w->clusters[k].job.id) == 0)
                world_trouble(w, "invariant 7: job id %s is used twice", w->clusters[i].job.id);
}

/* The job's own count goes on where the snapshot left it. */
static void count_is_continuous(struct sim *s)
{
    struct sim_expected *e = &s->expected;
    const struct w_cluster *c = world_cluster(&s->world, e->attempt);
    if (e->checked || !c || !c->job.up)
        return;
    e->checked = true;
    if (c->job.restarts == 0 && c->job.position != e->position)
        world_trouble(&s->world, "attempt %lld begins to count at %lld, %lld is due",
                      (long long)e->attempt, (long long)c->job.position, (long long)e->position);
}

void oracle_event(void *sim)
{
    struct sim *s = sim;
    one_runner(&s->world);
    ids_are_fresh(&s->world);
    count_is_continuous(s);
}

/* ---- snapshots ---- */

/* Which of them count. NOT_LEFT: all but what a finished job was to delete. */
enum which { ALL, SAVEPOINTS, NOT_LEFT };

static bool counts(const struct w_snapshot *x, enum which which)
{
    return x->there && (which != SAVEPOINTS || x->savepoint) &&
           (which != NOT_LEFT || !x->to_delete);
}

/* The newest complete one of an attempt (0 = of any). */
static const struct w_snapshot *newest(const struct sim *s, int64_t attempt, enum which which)
{
    const struct w_snapshot *best = NULL;
    for (size_t i = 0; i < s->world.n_snapshots; i++) {
        const struct w_snapshot *x = &s->world.snapshots[i];
        bool behind = s->wish.restore_from.len > 0 && x->attempt <= s->wish.floor;
        if (!counts(x, which) || (attempt && x->attempt != attempt) || (!attempt && behind))
            continue;
        if (!best || x->attempt > best->attempt ||
            (x->attempt == best->attempt && x->id >= best->id))
            best = x;
    }
    if (!best && !attempt && s->wish.restore_from.len)
        for (size_t i = 0; i < s->world.n_snapshots; i++)
            if (snapshot_location_equal(str_of(s->world.snapshots[i].location),
                                        s->wish.restore_from))
                best = &s->world.snapshots[i];
    return best;
}

static bool is_recorded(const struct sim *s, const struct w_snapshot *x)
{
    for (const struct sim_row *r = s->store.tables[STORE_SAVEPOINT]; r; r = r->next)
        if (str_contains(r->row.body, str_of(x->location)) &&
            str_contains(r->row.body, STR("\"COMPLETED\"")))
            return true;
    return false;
}

const char *oracle_newest(const struct sim *s)
{
    const struct w_snapshot *x =
        newest(s, 0, s->wish.restore == RESTORE_LATEST_SAVEPOINT ? SAVEPOINTS : ALL);
    return x ? x->location : NULL;
}

/* What nobody named goes by retention, but for what a start could be restored from or the job was. */
static bool retention_takes(const struct sim *s, const struct w_snapshot *x)
{
    const struct attempt *at = &s->record.current;
    bool alive = at->phase != PHASE_NONE && at->phase != PHASE_DONE;
    bool base = alive && snapshot_location_equal(at->source_location, str_of(x->location));
    bool own = x->stop || (!x->savepoint && !x->imported);
    return s->wish.keeps > 0 && own && !base && x != newest(s, 0, ALL) &&
           x != newest(s, 0, SAVEPOINTS);
}

/* 9. Nothing that may still be needed goes, but what a user gave up. */
void oracle_removed(struct sim *s, struct str location)
{
    const struct w_snapshot *x = storage_find(&s->world, location);
    if (!x || (!x->given_up && !retention_takes(s, x)))
        world_trouble(&s->world, "invariant 9: %.*s is removed, and nobody asked for that",
                      STR_ARG(location));
}

/* ---- after every durable write ---- */

/* One checkpoint may have completed since the savepoint was seen. */
static bool savepoint_is_recorded(const struct sim *s, int64_t attempt)
{
    const struct w_snapshot *last = newest(s, attempt, ALL);
    const struct w_snapshot *x = newest(s, attempt, SAVEPOINTS);
    return x && is_recorded(s, x) && last->id <= x->id + 1;
}

static bool is_edited(struct sim *s, const struct sim_wish *wish, int64_t attempt)
{
    if (s->ear)
        return s->ear->edited(s, attempt);
    return !str_eq(str_of(s->delivered[attempt]), jar_hash(s->a, wish->jar_uri));
}

static bool asks_for_cancel(struct sim *s, const struct sim_wish *wish, int64_t attempt)
{
    bool stateless = wish->state == DESIRED_RUNNING && wish->upgrade == UPGRADE_STATELESS;
    return wish->state == DESIRED_CANCELLED || (stateless && is_edited(s, wish, attempt));
}

/* 2. No stop before the savepoint; judged when the decision becomes durable. */
static void judge_cancel(struct sim *s)
{
    int64_t attempt = s->record.current.number;
    if (s->record.intent.kind != INTENT_CANCEL || s->cancel_allowed == attempt)
        return;
    if (asks_for_cancel(s, &s->wish, attempt) || asks_for_cancel(s, &s->wish_before, attempt) ||
        savepoint_is_recorded(s, attempt))
        s->cancel_allowed = attempt;
    else
        world_trouble(&s->world, "invariant 2: attempt %lld is cancelled without a savepoint",
                      (long long)attempt);
}

/* Who waits has nothing to write: what is said again and again wears the disk out, and drives what
 * happened out of the events that are kept. */
static void writes_now_and_then(struct sim *s)
{
    enum { MOST = 300 };
    if (s->world.now - s->minute_began > 60 * S) {
        s->minute_began = s->world.now;
        s->minute_writes = 0;
    }
    if (++s->minute_writes > MOST)
        world_trouble(&s->world, "%d commits within a minute", (int)s->minute_writes);
}

void oracle_durable(struct sim *s)
{
    const struct sim_row *r = s->store.tables[STORE_RECORD]; /* there is one Deployment */
    struct record_row decoded = {0};
    struct json doc;
    struct err e;
    int64_t top = s->record.top;
    writes_now_and_then(s);
    if (!r)
        return;
    if (json_parse(s->a, r->row.body, &doc, &e) < 0 ||
        fields_decode(s->a, &record_row_fields, doc, UNKNOWN_REFUSE, &decoded, &e) < 0) {
        world_trouble(&s->world, "the record cannot be read: %s", e.text);
        return;
    }
    s->record = decoded.record;
    if (s->ear)
        s->ear->durable(s);
    if (s->record.top < top)
        world_trouble(&s->world, "invariant 7: the highest attempt was %lld and is %lld",
                      (long long)top, (long long)s->record.top);
    if (s->record.current.restored == RESTORED_OTHERWISE)
        world_trouble(&s->world, "it was restored from something else than was asked for");
    /* What is asked for just now may not be in it yet. */
    if (s->record.current.phase == PHASE_UP && s->record.operation.kind == OPERATION_NONE) {
        s->wish_before.starts = false;
        s->wish.starts = s->wish.starts && s->asking;
    }
    judge_cancel(s);
}

/* ---- before every call ---- */

/* 6. Every call is that of the intent that is durable. */
static void intended(struct sim *s, const struct w_call *c)
{
    static const enum intent_kind kinds[SIM_CALLS] = {
        [SIM_PROVISION] = INTENT_PROVISION, [SIM_DELIVER] = INTENT_UPLOAD,
        [SIM_SUBMIT] = INTENT_SUBMIT,       [SIM_SAVEPOINT] = INTENT_SAVEPOINT,
        [SIM_CANCEL] = INTENT_CANCEL,       [SIM_TEARDOWN] = INTENT_TEARDOWN,
        [SIM_REMOVE] = INTENT_DISCARD,
    };
    static const enum standby_step steps[SIM_CALLS] = {
        [SIM_PROVISION] = STANDBY_STEP_PROVISION,
        [SIM_DELIVER] = STANDBY_STEP_UPLOAD,
        [SIM_TEARDOWN] = STANDBY_STEP_END,
    };
    const struct standby *standby = &s->record.standby;
    enum intent_kind want = c->kind == SIM_SAVEPOINT && c->stop ? INTENT_STOP : kinds[c->kind];
    bool of_standby = steps[c->kind] && c->attempt == standby->attempt.number;
    if (of_standby && standby->step != (int)steps[c->kind])
        world_trouble(&s->world, "invariant 6: %s of the standby is called in step %s",
                      sim_call_names[c->kind], standby_step_names[standby->step]);
    if (!of_standby && s->record.intent.kind != (int)want)
        world_trouble(&s->world, "invariant 6: %s is called under intent %s",
                      sim_call_names[c->kind], intent_names[s->record.intent.kind]);
    if (c->attempt > s->record.top)
        world_trouble(&s->world, "invariant 8: attempt %lld is not ours", (long long)c->attempt);
}

static void may_tear_down(struct sim *s, const struct w_call *call)
{
    const struct w_cluster *c = world_cluster(&s->world, call->attempt);
    if (!c || !c->jobmanager_alive || !c->job.exists || flink_is_final(c->job.status))
        return;
    bool failed_start = s->record.current.end == END_FAILED && s->record.current.up_at == 0;
    if (s->cancel_allowed != call->attempt && !failed_start)
        world_trouble(&s->world, "invariant 2: attempt %lld is torn down while its job lives",
                      (long long)call->attempt);
}

/* What Flink deleted as its job finished tells nobody, who has not seen it, that it was. */
static bool had_state(const struct sim *s)
{
    for (size_t i = 0; i < s->world.n_snapshots; i++)
        if (!s->world.snapshots[i].to_delete)
            return true;
    return false;
}

/* 3. Newest eligible, 4. no silent empty start. */
static void may_start(struct sim *s, const struct w_call *c)
{
    bool none = s->wish.restore == RESTORE_NONE;
    enum which which = s->wish.restore == RESTORE_LATEST_SAVEPOINT ? SAVEPOINTS : ALL;
    const struct w_snapshot *best = none ? NULL : newest(s, 0, which);
    if (s->expected.attempt == c->attempt)
        return;
    /* That it had finished may have been seen or not, before its cluster ended (behaviour.md 5). */
    if (best && !counts(best, NOT_LEFT) &&
        !snapshot_location_equal(c->restore, str_of(best->location)))
        best = newest(s, 0, NOT_LEFT);
    s->expected =
        (struct sim_expected){.attempt = c->attempt, .position = best ? best->position : 0};
    if (best ? !snapshot_location_equal(c->restore, str_of(best->location)) : c->restore.len > 0)
        world_trouble(&s->world, "invariant 3: the newest is %s, it starts from '%.*s'",
                      best ? best->location : "none", STR_ARG(c->restore));
    if (!c->restore.len && !none && had_state(s) && !s->wish.starts && !s->wish_before.starts)
        world_trouble(&s->world, "invariant 4: it starts empty, and nobody asked for that");
}

void oracle_sent(struct sim *s, const struct w_call *c)
{
    if (c->kind >= SIM_PROVISION)
        intended(s, c);
    if (c->kind == SIM_TEARDOWN)
        may_tear_down(s, c);
    if (c->kind == SIM_SUBMIT)
        may_start(s, c);
}

/* ---- what a flow must come to: in the world, and for the user ---- */

static const struct w_cluster *only_cluster(const struct sim *s)
{
    const struct w_cluster *only = NULL;
    for (size_t i = 0; i < s->world.n_clusters; i++) {
        if (!s->world.clusters[i].there)
            continue;
        if (only)
            return NULL;
        only = &s->world.clusters[i];
    }
    return only;
}

static bool nothing_runs(const struct sim *s)
{
    for (size_t i = 0; i < s->world.n_clusters; i++)
        if (s->world.clusters[i].there)
            return false;
    return true;
}

static bool job_is_up(const struct sim *s)
{
    const struct w_cluster *c = only_cluster(s);
    return c && c->job.up && c->job.status == FLINK_JOB_RUNNING && user_sees(s) == OBSERVED_RUNNING;
}

static bool runs_the_wished_jar(const struct sim *s)
{
    struct str due = jar_hash(s->a, s->wish.jar_uri);
    return str_eq(str_of(s->delivered[only_cluster(s)->attempt]), due);
}

bool runs_as_wished(struct sim *s)
{
    return job_is_up(s) && runs_the_wished_jar(s);
}

bool runs_as_before(struct sim *s)
{
    return job_is_up(s) && !runs_the_wished_jar(s);
}

bool runs_restored(struct sim *s)
{
    return job_is_up(s) && only_cluster(s)->attempt > s->wish.floor;
}

bool is_failed(struct sim *s)
{
    return user_sees(s) == OBSERVED_FAILED;
}

bool is_suspended(struct sim *s)
{
    return nothing_runs(s) && user_sees(s) == OBSERVED_SUSPENDED;
}

bool is_cancelled(struct sim *s)
{
    return nothing_runs(s) && user_sees(s) == OBSERVED_CANCELLED;
}

bool is_removed(struct sim *s)
{
    for (size_t i = 0; i < STORE_TABLES; i++)
        if (s->store.tables[i])
            return false;
    return s->life && nothing_runs(s);
}

static bool has_savepoint_in(const struct sim *s, const char *state)
{
    for (const struct sim_row *r = s->store.tables[STORE_SAVEPOINT]; r; r = r->next)
        if (str_contains(r->row.body, STR("\"USER_REQUEST\"")) &&
            str_contains(r->row.body, str_of(state)))
            return true;
    return false;
}

bool has_savepoint(struct sim *s)
{
    return job_is_up(s) && has_savepoint_in(s, "\"COMPLETED\"") &&
           !has_savepoint_in(s, "\"STARTED\"");
}

bool has_no_savepoint(struct sim *s)
{
    return job_is_up(s) && !store_find(s, STORE_SAVEPOINT, s->savepoint_id);
}

bool keeps_as_wished(struct sim *s)
{
    int64_t kept = 0;
    for (const struct sim_row *r = s->store.tables[STORE_SAVEPOINT]; r; r = r->next)
        kept += str_contains(r->row.body, STR("\"SUSPEND\"")) &&
                str_contains(r->row.body, STR("\"COMPLETED\""));
    return runs_as_wished(s) && kept == s->wish.keeps;
}

bool is_finished(struct sim *s)
{
    int64_t attempt = s->record.current.number;
    return nothing_runs(s) && user_sees(s) == OBSERVED_FINISHED && s->finished_attempt == attempt &&
           str_eq(str_of(s->delivered[attempt]), jar_hash(s->a, s->wish.jar_uri));
}

bool is_silent(struct sim *s)
{
    return s->world.now - s->last_change >= 25 * S;
}
