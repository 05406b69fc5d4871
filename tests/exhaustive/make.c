/* A (record, seen) for each combination of facts that can come about. */
#include <stdio.h>

#include "core/pace.h"
#include "reach.h"

#define NOW       (100000 * US_PER_S)
#define COMMITTED (50000 * US_PER_S)
#define FRESH     (NOW - US_PER_S)
#define INC       STR("process-1")

enum { MOST_TRIES = 4 };

static bool may_run(const struct facts *f)
{
    return f->phase == PHASE_SUBMITTED || f->phase == PHASE_UP;
}

static void make_want(const struct facts *f, struct made *m)
{
    static const enum desired_state states[] = {DESIRED_RUNNING, DESIRED_SUSPENDED,
                                                DESIRED_CANCELLED};
    struct deployment_spec *spec = &m->deployment.spec;
    spec->state = (int)states[f->want];
    spec->restore_strategy = RESTORE_LATEST_STATE;
    spec->max_savepoint_creation_attempts = spec->max_job_creation_attempts = MOST_TRIES;
    spec->template_.spec.artifact.flink_version = STR("1.20");
    m->record.wanted_state = spec->state;
    m->record.wanted_spec_version = m->record.spec_version = 1;
}

static void make_attempt(const struct facts *f, struct made *m)
{
    struct attempt *at = &m->record.current;
    m->record.top = f->phase == PHASE_NONE ? 2 : 3;
    at->number = m->record.top;
    at->phase = (int)f->phase;
    at->spec_version = 1;
    at->job_id = STR("a0000000-0000-4000-8000-000000000001");
    at->incarnation = may_run(f) || f->phase == PHASE_PROVISIONED ||
                              (f->phase == PHASE_RESERVED && f->job != SIGHT_UNKNOWN) ||
                              f->phase == PHASE_READ
                          ? INC
                          : (struct str){0};
    m->job.spec.template_.artifact.flink_version = STR("1.20");
    m->in.job = f->phase == PHASE_NONE ? NULL : &m->job;
}

/* Its number is the newest, whether it is of use or not. */
static void make_standby(const struct facts *f, struct made *m)
{
    struct standby *s = &m->record.standby;
    m->deployment.spec.warm_standby =
        f->standby == STANDBY_DUE || (f->standby == STANDBY_READY && may_run(f));
    if (f->standby == STANDBY_NONE || f->standby == STANDBY_DUE)
        return;
    s->step = f->standby == STANDBY_READY ? STANDBY_STEP_READY : STANDBY_STEP_END;
    s->attempt.number = ++m->record.top;
    s->attempt.spec_version = m->record.spec_version;
}

static void make_world(const struct facts *f, struct made *m)
{
    struct seen *seen = &m->seen;
    struct platform_cluster *c = &m->clusters[0];
    if (f->world == WORLD_UNKNOWN)
        return;
    seen->world_part.at = FRESH;
    seen->world_outcome = OUTCOME_DONE;
    seen->clusters = m->clusters;
    if (f->world == WORLD_NOTHING)
        return;
    seen->n_clusters = 1;
    *c = (struct platform_cluster){.attempt = m->record.current.number, .incarnation = INC};
    c->taskmanager_ids = (struct str_list){m->ids, 1};
    c->taskmanagers_wanted = c->taskmanagers_alive = 1;
    m->ids[0] = STR("tm-1");
    if (f->world == WORLD_NEWER)
        c->attempt = m->record.top + 1;
    if (f->world == WORLD_LEFTOVER) {
        bool was_up = f->phase >= PHASE_SUBMITTED && f->phase <= PHASE_READ;
        m->clusters[1] = *c;
        m->clusters[1].jobmanager_alive = true;
        seen->n_clusters = was_up ? 2 : 1;
        c->attempt--;
    }
    c->jobmanager_alive = f->world == WORLD_READY || f->world == WORLD_SHORT;
    c->jobmanager_dead = f->world == WORLD_HALFDEAD;
    if (f->world == WORLD_SHORT)
        c->taskmanagers_alive = 0;
}

static void make_job(const struct facts *f, struct made *m)
{
    static const enum flink_job_status states[] = {
        [SIGHT_UNKNOWN] = FLINK_JOB_UNKNOWN,       [SIGHT_ABSENT] = FLINK_JOB_ABSENT,
        [SIGHT_STARTING] = FLINK_JOB_CREATED,      [SIGHT_UP] = FLINK_JOB_RUNNING,
        [SIGHT_RESTARTING] = FLINK_JOB_RESTARTING, [SIGHT_FINISHED] = FLINK_JOB_FINISHED,
        [SIGHT_CANCELED] = FLINK_JOB_CANCELED,     [SIGHT_FAILED] = FLINK_JOB_FAILED,
    };
    struct seen *seen = &m->seen;
    seen->job_part.at = FRESH;
    seen->job_incarnation = INC;
    seen->job = (struct flink_sight){.outcome = OUTCOME_DONE,
                                     .job = states[f->job],
                                     .tasks_total = 2,
                                     .tasks_up = 2,
                                     .taskmanager_ids = {m->ids, 1}};
    m->ids[0] = STR("tm-1");
    if (f->job == SIGHT_UNKNOWN && !(f->world == WORLD_READY && !may_run(f)))
        seen->job.outcome = OUTCOME_UNKNOWN;
}

static void make_trigger(const struct facts *f, struct made *m)
{
    struct seen *seen = &m->seen;
    struct seen_trigger *t = &seen->trigger;
    m->record.intent.trigger_id = STR("00000000000000000000000000000001");
    m->record.intent.savepoint_id = STR("b0000000-0000-4000-8000-000000000001");
    m->record.intent.directory = STR("file:/savepoints/try-1");
    m->tries[0] = (struct trigger_try){.trigger_id = m->record.intent.trigger_id,
                                       .savepoint_id = m->record.intent.savepoint_id,
                                       .directory = m->record.intent.directory,
                                       .stop = f->intent == INTENT_STOP};
    m->record.current.tries = (struct list){m->tries, 1};
    if (f->result == RESULT_UNKNOWN)
        return;
    t->part.at = FRESH;
    t->trigger_id = m->record.intent.trigger_id;
    t->location = STR("file:/savepoints/try-1/savepoint-1");
    t->state = FLINK_TRIGGER_IN_PROGRESS;
    if (f->result == RESULT_REFUSED)
        t->state = FLINK_TRIGGER_FAILED;
    if (f->result != RESULT_DONE && f->result != RESULT_PARTIAL)
        return;
    t->state = f->result == RESULT_DONE ? FLINK_TRIGGER_COMPLETED : FLINK_TRIGGER_STOP_FAILED;
    seen->snapshot.part.at = FRESH;
    seen->snapshot.location = t->location;
    seen->snapshot.outcome = OUTCOME_DONE;
    seen->snapshot.sight = (struct snapshot_sight){.verified = VERIFIED_FULL, .checkpoint_id = 10};
    if (f->intent == INTENT_STOP && f->result == RESULT_DONE)
        seen->job.job = FLINK_JOB_FINISHED;
}

static void make_intent(const struct facts *f, struct made *m)
{
    struct seen_call *call = &m->seen.call;
    m->record.intent.kind = (int)f->intent;
    m->record.intent.attempt = m->record.current.number;
    if (f->intent == INTENT_STOP || f->intent == INTENT_SAVEPOINT) {
        make_trigger(f, m);
        return;
    }
    if (f->intent == INTENT_NONE || f->result == RESULT_UNKNOWN)
        return;
    call->sent = true;
    call->timer = m->record.timer;
    call->answered = f->result != RESULT_WAITING;
    call->answered_at = COMMITTED;
    call->outcome = f->result == RESULT_REFUSED ? OUTCOME_REFUSED : OUTCOME_DONE;
    call->status = f->result == RESULT_REFUSED ? 400 : 200;
}

static void make_drift(const struct facts *f, struct made *m)
{
    static const enum upgrade_kind kinds[] = {
        [DRIFT_NONE] = UPGRADE_STATEFUL,
        [DRIFT_STATELESS] = UPGRADE_STATELESS,
        [DRIFT_STATEFUL] = UPGRADE_STATEFUL,
        [DRIFT_PENDING] = UPGRADE_NONE,
    };
    m->deployment.spec.upgrade_strategy = (int)kinds[f->drift];
    if (f->drift != DRIFT_NONE) {
        m->record.spec_version = m->record.wanted_spec_version = 2;
        m->deployment.spec.template_.spec.parallelism = 2;
    }
}

static void make_statistics(const struct facts *f, struct made *m)
{
    struct attempt *at = &m->record.current;
    at->checkpointing = CHECKPOINTING_ON;
    at->restored = RESTORED_AS_ASKED;
    m->record.had_snapshot = m->record.had_snapshot || f->phase == PHASE_UP;
    at->checkpoint_directory = STR("file:/checkpoints/a");
    m->seen.stats.interval_ms = 1000;
    if (f->evidence != EVIDENCE_NONE || f->result == RESULT_PARTIAL) {
        m->seen.stats_part.at = NOW - US_PER_MS;
        m->seen.stats.outcome = OUTCOME_DONE;
    }
    if (f->evidence == EVIDENCE_NONE)
        return;
    at->restored = RESTORED_UNCHECKED;
    if (f->evidence == EVIDENCE_CONFLICT) {
        m->seen.stats.has_restored = true;
        m->seen.stats.restored.path = STR("file:/elsewhere");
    }
}

static void make_evidence(const struct facts *f, struct made *m)
{
    struct attempt *at = &m->record.current;
    if (may_run(f))
        make_statistics(f, m);
    if (f->phase == PHASE_READ) {
        at->end = END_FAILED;
        at->unwatched = f->evidence != EVIDENCE_READY;
    }
    if (f->phase == PHASE_ENDED && f->evidence == EVIDENCE_READY) {
        m->seen.stats_part.at = FRESH;
        m->seen.stats.outcome = OUTCOME_DONE;
    }
    if (f->phase != PHASE_GONE)
        return;
    at->end = END_FAILED;
    at->checkpointing = CHECKPOINTING_ON;
    at->checkpoint_directory = STR("file:/checkpoints/a");
    if (f->evidence == EVIDENCE_NONE)
        return;
    m->listing = (struct seen_listing){
        .part.at = FRESH, .directory = at->checkpoint_directory, .outcome = OUTCOME_DONE};
    m->seen.listings = &m->listing;
    m->seen.n_listings = 1;
    if (f->evidence == EVIDENCE_CONFLICT) {
        m->finals[0] = (struct final_checkpoint){.id = 7, .path = STR("file:/checkpoints/a/chk-7")};
        at->final_checkpoints = (struct list){m->finals, 1};
        at->stats_known = true;
    }
}

static struct savepoint *add_row(struct made *m, enum savepoint_state state)
{
    struct savepoint *s = &m->rows[m->in.n_savepoints];
    *s = (struct savepoint){.status.state = (int)state};
    s->metadata.id = STR("c0000000-0000-4000-8000-000000000001");
    s->spec.savepoint_location = STR("file:/savepoints/old");
    m->row_list[m->in.n_savepoints++] = s;
    return s;
}

static void make_choice(const struct facts *f, struct made *m)
{
    if (f->choice == CHOICE_FORBIDDEN)
        m->deployment.spec.require_state = true;
    bool asked = f->want == WANT_RUN && (f->phase == PHASE_NONE || f->phase == PHASE_PROVISIONED);
    if (asked && f->choice == CHOICE_UNREAD) {
        m->unread[0].number = 1;
        m->record.unread = (struct list){m->unread, 1};
    }
    if (!asked || f->choice == CHOICE_FORBIDDEN || f->choice == CHOICE_EMPTY ||
        f->choice == CHOICE_UNREAD)
        return;
    struct savepoint *s = add_row(m, SAVEPOINT_COMPLETED);
    s->status.verified = f->choice == CHOICE_BAD ? VERIFIED_BROKEN : VERIFIED_FULL;
    if (f->choice != CHOICE_VERIFIED)
        return;
    m->seen.snapshot.part.at = FRESH;
    m->seen.snapshot.location = s->spec.savepoint_location;
    m->seen.snapshot.outcome = OUTCOME_DONE;
    m->seen.snapshot.sight.verified = VERIFIED_FULL;
}

static void make_preflight(const struct facts *f, struct made *m)
{
    struct seen_artifact *a = &m->seen.artifact;
    if (f->preflight == PREFLIGHT_UNKNOWN)
        return;
    a->part.at = FRESH;
    a->spec_version = m->record.spec_version;
    a->outcome = f->preflight == PREFLIGHT_OK ? OUTCOME_DONE : OUTCOME_REFUSED;
}

static void make_pace(const struct facts *f, struct made *m)
{
    if (f->pace == PACE_WAIT)
        m->record.setbacks = 10;
    if (f->pace != PACE_SPENT)
        return;
    if (may_run(f)) {
        m->record.operation.savepoint_tries = MOST_TRIES;
        m->record.spent = SPENT_SAVEPOINTS;
        return;
    }
    for (size_t i = 0; i < MOST_TRIES; i++)
        m->failures[i].at = NOW;
    m->record.failures = (struct list){m->failures, MOST_TRIES};
}

static void make_request(const struct facts *f, struct made *m)
{
    if (f->request == REQUEST_SAVEPOINT) {
        struct savepoint *s = add_row(m, SAVEPOINT_STARTED);
        snprintf(m->seen.request, sizeof(m->seen.request), "%.*s", STR_ARG(s->metadata.id));
        m->seen.request_since = NOW - (f->pace == PACE_LATE ? WAIT_SAVEPOINTABLE_US + 1 : 0);
    }
    if (f->request == REQUEST_DISCARD)
        add_row(m, SAVEPOINT_PENDING_DELETION);
    m->record.removing = f->request == REQUEST_REMOVE;
}

/* How long the present wait has lasted. */
static int64_t since(const struct facts *f)
{
    /* A teardown is overdue while a back-off may still last; any other call outlasts both. */
    if (f->intent != INTENT_NONE && f->result == RESULT_OVERDUE)
        return f->intent == INTENT_TEARDOWN ? DEADLINE_TEARDOWN_US + 1 : 1000 * US_PER_S;
    return US_PER_S;
}

void make(const struct facts *f, struct made *m)
{
    *m = (struct made){.in = {.mono_us = NOW, .wall_us = NOW}};
    m->in.env = &m->env;
    m->in.deployment = &m->deployment;
    m->in.record = &m->record;
    m->in.seen = &m->seen;
    m->in.savepoints = m->row_list;
    m->record.timer = m->seen.timer = 5;
    m->seen.committed_at = COMMITTED;
    m->seen.timer_since = NOW - since(f);
    bool late = f->pace == PACE_LATE && f->request != REQUEST_SAVEPOINT;
    m->record.chance = m->seen.chance = 7;
    m->seen.chance_since = NOW - (late ? WAIT_SAVEPOINTABLE_US + 1 : US_PER_S);
    make_want(f, m);
    make_attempt(f, m);
    make_drift(f, m);
    make_standby(f, m);
    make_world(f, m);
    make_job(f, m);
    make_intent(f, m);
    make_evidence(f, m);
    make_choice(f, m);
    make_preflight(f, m);
    make_pace(f, m);
    make_request(f, m);
}
