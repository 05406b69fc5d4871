/* Flink jobs of the scripted world. */
#include <assert.h>
#include <stdio.h>

#include "world.h"

bool flink_is_final(enum flink_job_status s)
{
    return s == FLINK_JOB_FINISHED || s == FLINK_JOB_CANCELED || s == FLINK_JOB_FAILED;
}

static bool has_taskmanagers(const struct w_cluster *c)
{
    int64_t n = 0;
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        n += c->taskmanagers[i].alive && c->taskmanagers[i].registered;
    return n >= c->wanted;
}

static void set_work(struct w_world *w, struct w_cluster *c, bool works)
{
    if (!works && c->job.up)
        c->job.position += (w->now - c->job.works_since) / MS;
    if (works)
        c->job.works_since = w->now;
    c->job.up = works;
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        c->taskmanagers[i].works = works && c->taskmanagers[i].alive;
}

static int64_t position(const struct w_world *w, const struct w_job *j)
{
    return j->position + (j->up ? (w->now - j->works_since) / MS : 0);
}

/* A job that finishes discards its checkpoints; one that was cancelled or failed retains them. */
static void job_ends(struct w_world *w, struct w_cluster *c, enum flink_job_status status)
{
    set_work(w, c, false);
    c->job.status = status;
    c->job.ended_at = w->now;
    for (size_t i = 0; i < w->n_snapshots; i++)
        if (w->snapshots[i].attempt == c->attempt && !w->snapshots[i].savepoint &&
            status == FLINK_JOB_FINISHED)
            w->snapshots[i].there = false;
    for (size_t i = 0; i < c->job.n_triggers; i++)
        if (c->job.triggers[i].state == FLINK_TRIGGER_IN_PROGRESS)
            c->job.triggers[i].state = FLINK_TRIGGER_FAILED;
}

static void checkpoint(struct w_world *w, int64_t x, int64_t y, void *p)
{
    enum { RETAINED = 3 };
    struct w_cluster *c = p;
    (void)y;
    if (!c->there || c->ending || !c->jobmanager_alive || x != c->job.submissions ||
        flink_is_final(c->job.status))
        return;
    world_at(w, w->now + w->pace.checkpoint_interval, checkpoint, x, 0, c);
    if (!c->job.up)
        return;
    char location[LOCATION_TEXT];
    snprintf(location, sizeof(location), "%.150s/chk-%lld", c->job.checkpoints,
             (long long)c->job.next_checkpoint);
    struct w_snapshot *s = storage_add(w, location);
    s->attempt = c->attempt;
    s->id = c->job.next_checkpoint++;
    s->position = position(w, &c->job);
    int kept = 0;
    for (size_t i = w->n_snapshots; i > 0; i--)
        if (w->snapshots[i - 1].attempt == c->attempt && !w->snapshots[i - 1].savepoint &&
            !w->snapshots[i - 1].imported && w->snapshots[i - 1].there && ++kept > RETAINED)
            w->snapshots[i - 1].there = false;
}

static void tasks_up(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)y;
    if (!c->jobmanager_alive || c->ending || flink_is_final(c->job.status) ||
        c->job.restarts != x || c->job.up || c->job.status == FLINK_JOB_CANCELLING)
        return;
    if (c->job.failing_start) {
        snprintf(c->job.cause, sizeof(c->job.cause), "the job's own code throws");
        job_ends(w, c, FLINK_JOB_FAILED);
        return;
    }
    if (!has_taskmanagers(c))
        return;
    c->job.status = FLINK_JOB_RUNNING;
    set_work(w, c, true);
}

static void job_created(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)x;
    (void)y;
    if (!c->jobmanager_alive || c->ending || c->job.status != FLINK_JOB_INITIALIZING)
        return;
    const struct w_snapshot *from = storage_find(w, str_of(c->job.restored));
    if (c->job.restored[0] && (!from || !from->there || from->broken || w->fail_restores)) {
        snprintf(c->job.cause, sizeof(c->job.cause), "cannot restore %.150s", c->job.restored);
        job_ends(w, c, FLINK_JOB_FAILED);
        return;
    }
    if (from) {
        c->job.position = from->position;
        c->job.restored_id = from->id;
        c->job.next_checkpoint = from->id + 1;
    }
    c->job.status = FLINK_JOB_RUNNING;
    world_at(w, w->now + w->pace.tasks_up, tasks_up, c->job.restarts, 0, c);
    if (w->pace.checkpoint_interval && !w->checkpointing_off)
        world_at(w, w->now + w->pace.tasks_up + w->pace.checkpoint_interval, checkpoint,
                 c->job.submissions, 0, c);
}

struct submission {
    struct w_cluster *cluster;
    struct w_call *call;
    enum fate fate;
};

static void submitted(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct submission *s = p;
    struct w_cluster *c = s->cluster;
    (void)x;
    (void)y;
    if (!c->jobmanager_alive || c->ending || c->job.exists)
        return;
    c->job = (struct w_job){.exists = true,
                            .status = FLINK_JOB_INITIALIZING,
                            .next_checkpoint = 1,
                            .submissions = 1,
                            .failing_start = s->fate == FATE_JOB_FAILS};
    snprintf(c->job.id, sizeof(c->job.id), "%.*s", STR_ARG(s->call->job_id));
    snprintf(c->job.restored, sizeof(c->job.restored), "%.*s", STR_ARG(s->call->restore));
    snprintf(c->job.checkpoints, sizeof(c->job.checkpoints), "%.150s/%s",
             w->checkpoints_in_code ? w->checkpoints_in_code : c->checkpoints, c->job.id);
    world_at(w, w->now + w->pace.job_init, job_created, 0, 0, c);
}

void flink_submit(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = world_cluster(w, call->attempt);
    if (!c || !c->jobmanager_alive || w->flink_unreachable)
        return; /* no answer */
    call->outcome = OUTCOME_REFUSED;
    call->status = 400;
    if (!str_eq(call->jar_id, str_of(c->jar))) {
        call->text = STR("no such jar");
        return;
    }
    if (c->job.exists) {
        call->text = STR("Job has already been submitted");
        return;
    }
    enum fate fate = world_next_fate(w, FATED_SUBMIT);
    if (fate == FATE_FAILS) {
        call->text = STR("main() throws");
        return;
    }
    if (fate == FATE_JOBMANAGER_DIES) {
        world_kill_jobmanager(w, c->attempt, "OutOfMemoryError");
        call->outcome = OUTCOME_UNKNOWN;
        call->status = 0;
        return;
    }
    struct submission *s = ARENA_NEW(w->a, struct submission);
    *s = (struct submission){c, call, fate};
    if (fate != FATE_HANGS)
        world_at(w, w->now + w->pace.main_method, submitted, 0, 0, s);
    if (fate == FATE_RUNS_ANYWAY) {
        call->text = STR("a second execute() threw");
    } else {
        call->outcome = fate == FATE_HANGS ? OUTCOME_UNKNOWN : OUTCOME_DONE;
        call->status = fate == FATE_HANGS ? 0 : 200;
    }
}

static struct w_job *job_of(struct w_world *w, struct w_call *call, struct w_cluster **ret)
{
    struct w_cluster *c = world_cluster(w, call->attempt);
    *ret = c;
    if (!c || !c->jobmanager_alive || w->flink_unreachable)
        return NULL;
    return &c->job;
}

void flink_look(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c;
    const struct w_job *j = job_of(w, call, &c);
    if (!j)
        return;
    call->outcome = OUTCOME_DONE;
    call->text = arena_str(w->a, str_of(j->cause));
    struct flink_sight *s = &call->sight;
    *s = (struct flink_sight){.outcome = OUTCOME_DONE, .job = FLINK_JOB_ABSENT};
    if (j->exists) {
        s->job = j->status;
        s->tasks_total = 2;
        s->tasks_up = j->up ? 2 : 0;
    }
}

void flink_look_taskmanagers(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c;
    if (!job_of(w, call, &c))
        return;
    call->outcome = OUTCOME_DONE;
    struct flink_sight *s = &call->sight;
    *s = (struct flink_sight){.outcome = OUTCOME_DONE};
    s->taskmanager_ids.items = ARENA_ARRAY(w->a, struct str, MOST_TASKMANAGERS);
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        if (c->taskmanagers[i].alive && c->taskmanagers[i].registered)
            s->taskmanager_ids.items[s->taskmanager_ids.n++] =
                arena_str(w->a, str_of(c->taskmanagers[i].id));
}

static struct flink_checkpoint as_checkpoint(struct w_world *w, const struct w_snapshot *s)
{
    return (struct flink_checkpoint){.id = s->id,
                                     .path = arena_str(w->a, str_of(s->location)),
                                     .is_savepoint = s->savepoint,
                                     .discarded = !s->there,
                                     .completed = true,
                                     .state_size = 1000};
}

void flink_stats(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c;
    const struct w_job *j = job_of(w, call, &c);
    if (!j)
        return;
    struct flink_checkpoints *s = &call->stats;
    call->outcome = s->outcome = w->checkpointing_off ? OUTCOME_REFUSED : OUTCOME_DONE;
    if (!j->exists)
        call->outcome = s->outcome = OUTCOME_UNKNOWN; /* 404: no such job, which says nothing */
    s->restarts = w->restarts_unknown ? -1 : j->restarts;
    if (s->outcome != OUTCOME_DONE)
        return;
    enum { HISTORY = 10 };
    s->interval_ms = w->pace.checkpoint_interval / MS;
    s->retained = true;
    s->history = ARENA_ARRAY(w->a, struct flink_checkpoint, HISTORY);
    for (size_t i = w->n_snapshots; i > 0; i--) {
        const struct w_snapshot *x = &w->snapshots[i - 1];
        if (x->attempt != c->attempt || x->imported)
            continue;
        s->completed_count++;
        if (s->n_history < HISTORY)
            s->history[s->n_history++] = as_checkpoint(w, x);
        if (!x->savepoint && !s->latest_completed.id)
            s->latest_completed = as_checkpoint(w, x);
        if (x->savepoint && !s->latest_savepoint.id)
            s->latest_savepoint = as_checkpoint(w, x);
    }
    if (j->restored[0]) {
        s->has_restored = true;
        s->restored = (struct flink_checkpoint){
            .id = j->restored_id, .path = arena_str(w->a, str_of(j->restored)), .completed = true};
    }
}

static struct w_trigger *find_trigger(struct w_job *j, struct str id)
{
    for (size_t i = 0; i < j->n_triggers; i++)
        if (str_eq(str_of(j->triggers[i].id), id))
            return &j->triggers[i];
    return NULL;
}

void flink_read_trigger(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c;
    struct w_job *j = job_of(w, call, &c);
    call->trigger = FLINK_TRIGGER_UNREACHABLE;
    if (!j)
        return;
    call->outcome = OUTCOME_DONE;
    call->trigger = FLINK_TRIGGER_NOT_KNOWN;
    const struct w_trigger *t = find_trigger(j, call->trigger_id);
    if (!t || t->forgotten)
        return;
    call->trigger = t->state;
    call->text =
        t->state == FLINK_TRIGGER_FAILED ? STR("a task declined the savepoint") : (struct str){0};
    if (t->state == FLINK_TRIGGER_COMPLETED || t->state == FLINK_TRIGGER_STOP_FAILED)
        call->directory = arena_str(w->a, str_of(t->location));
}

struct savepoint_try {
    struct w_cluster *cluster;
    struct w_trigger *trigger;
    enum fate fate;
};

static void stop_ends(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)x;
    (void)y;
    if (c->jobmanager_alive && !c->ending && !flink_is_final(c->job.status))
        job_ends(w, c, FLINK_JOB_FINISHED);
}

static void savepoint_done(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct savepoint_try *s = p;
    struct w_cluster *c = s->cluster;
    struct w_trigger *t = s->trigger;
    (void)x;
    (void)y;
    if (!c->jobmanager_alive || c->ending || t->state != FLINK_TRIGGER_IN_PROGRESS)
        return;
    if (s->fate == FATE_FAILS || !c->job.up) {
        t->state = FLINK_TRIGGER_FAILED;
        return;
    }
    snprintf(t->location, sizeof(t->location), "%.150s/savepoint-%.6s-%06lld", t->directory,
             c->job.id, (long long)t->checkpoint_id);
    struct w_snapshot *snap = storage_add(w, t->location);
    snap->attempt = c->attempt;
    snap->id = t->checkpoint_id;
    snap->savepoint = true;
    snap->stop = t->stop;
    snap->position = t->position;
    t->state = s->fate == FATE_STOP_FAILS ? FLINK_TRIGGER_STOP_FAILED : FLINK_TRIGGER_COMPLETED;
    t->forgotten = s->fate == FATE_FORGOTTEN;
    if (s->fate == FATE_JOB_FAILS_STOPPING) {
        t->state = FLINK_TRIGGER_STOP_FAILED;
        snprintf(c->job.cause, sizeof(c->job.cause), "failed during stopping");
        job_ends(w, c, FLINK_JOB_FAILED);
    } else if (t->stop && s->fate != FATE_STOP_FAILS) {
        set_work(w, c, false);
        world_at(w, w->now + 5 * MS, stop_ends, 0, 0, c);
    }
}

void flink_trigger_savepoint(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c;
    struct w_job *j = job_of(w, call, &c);
    if (!j)
        return;
    call->outcome = OUTCOME_REFUSED;
    call->status = 404;
    if (!j->exists || flink_is_final(j->status))
        return;
    if (w->triggers_refused) {
        call->status = 400;
        call->text = STR("checkpointing is not possible now");
        return;
    }
    call->outcome = OUTCOME_DONE;
    call->status = 202;
    if (find_trigger(j, call->trigger_id))
        return; /* the same id starts nothing twice */
    assert(j->n_triggers < MOST_TRIGGERS);
    struct w_trigger *t = &j->triggers[j->n_triggers++];
    *t = (struct w_trigger){.state = FLINK_TRIGGER_IN_PROGRESS, .stop = call->stop};
    snprintf(t->id, sizeof(t->id), "%.*s", STR_ARG(call->trigger_id));
    snprintf(t->directory, sizeof(t->directory), "%.*s", STR_ARG(call->directory));
    t->checkpoint_id = j->next_checkpoint++;
    t->position = position(w, j);
    struct savepoint_try *s = ARENA_NEW(w->a, struct savepoint_try);
    *s = (struct savepoint_try){c, t, world_next_fate(w, FATED_TRIGGER)};
    if (s->fate != FATE_HANGS)
        world_at(w, w->now + w->pace.savepoint, savepoint_done, 0, 0, s);
}

static void cancelled(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)x;
    (void)y;
    if (c->jobmanager_alive && !c->ending && !flink_is_final(c->job.status))
        job_ends(w, c, FLINK_JOB_CANCELED);
}

void flink_cancel(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c;
    struct w_job *j = job_of(w, call, &c);
    if (!j)
        return;
    call->outcome = OUTCOME_REFUSED;
    call->status = j->exists ? 409 : 404;
    if (!j->exists || flink_is_final(j->status))
        return;
    call->outcome = OUTCOME_DONE;
    call->status = 202;
    enum fate fate = world_next_fate(w, FATED_CANCEL);
    if (fate == FATE_HANGS)
        return;
    j->status = FLINK_JOB_CANCELLING;
    world_at(w, w->now + w->pace.cancel, cancelled, 0, 0, c);
}

void flink_job_fails(struct w_world *w, int64_t attempt, const char *cause)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (!c || !c->job.exists || flink_is_final(c->job.status))
        return;
    snprintf(c->job.cause, sizeof(c->job.cause), "%s", cause);
    job_ends(w, c, FLINK_JOB_FAILED);
}

void flink_job_finishes(struct w_world *w, int64_t attempt)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (c && c->job.exists && !flink_is_final(c->job.status))
        job_ends(w, c, FLINK_JOB_FINISHED);
}

void flink_job_cancelled_by_somebody(struct w_world *w, int64_t attempt)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (c && c->job.exists && !flink_is_final(c->job.status))
        job_ends(w, c, FLINK_JOB_CANCELED);
}

/* With a savepoint of theirs. */
void flink_job_stopped_by_somebody(struct w_world *w, int64_t attempt)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (!c || !c->job.exists || flink_is_final(c->job.status))
        return;
    struct w_snapshot *s = storage_add(w, "file:/by/hand/savepoint-1");
    s->attempt = attempt;
    s->id = c->job.next_checkpoint++;
    s->savepoint = s->stop = true;
    s->position = position(w, &c->job);
    set_work(w, c, false);
    job_ends(w, c, FLINK_JOB_FINISHED);
}

/* Its newest checkpoint is what Flink itself goes on from. */
static void restarts(struct w_world *w, struct w_cluster *c, int64_t after)
{
    set_work(w, c, false);
    c->job.status = FLINK_JOB_RESTARTING;
    c->job.restarts++;
    for (size_t i = w->n_snapshots; i > 0; i--) {
        const struct w_snapshot *s = &w->snapshots[i - 1];
        if (s->attempt != c->attempt || s->savepoint || s->imported || !s->there)
            continue;
        snprintf(c->job.restored, sizeof(c->job.restored), "%s", s->location);
        c->job.restored_id = s->id;
        c->job.position = s->position;
        break;
    }
    world_at(w, w->now + after, tasks_up, c->job.restarts, 0, c);
}

void flink_job_restarts(struct w_world *w, int64_t attempt, int64_t for_us)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (c && c->job.exists && !flink_is_final(c->job.status))
        restarts(w, c, for_us);
}

/* TaskManagers without a JobManager go on until their heartbeats time out. */
static void heartbeat_missed(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)w;
    (void)x;
    (void)y;
    if (!c->jobmanager_alive)
        for (size_t i = 0; i < c->n_taskmanagers; i++)
            c->taskmanagers[i].works = false;
}

void flink_jobmanager_gone(struct w_world *w, struct w_cluster *c)
{
    c->job.up = false;
    world_at(w, w->now + w->pace.heartbeat, heartbeat_missed, 0, 0, c);
}

void flink_taskmanager_gone(struct w_world *w, struct w_cluster *c)
{
    bool runs = c->job.exists && c->jobmanager_alive && !flink_is_final(c->job.status) &&
                c->job.status != FLINK_JOB_CANCELLING && !c->ending;
    if (runs)
        restarts(w, c, w->pace.tasks_up);
}

void flink_taskmanager_back(struct w_world *w, struct w_cluster *c)
{
    if (c->job.exists && !c->job.up && !flink_is_final(c->job.status) && has_taskmanagers(c))
        world_at(w, w->now + w->pace.tasks_up, tasks_up, c->job.restarts, 0, c);
}
