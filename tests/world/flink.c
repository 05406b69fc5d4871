/* Flink jobs of the scripted world. */
#include <assert.h>
#include <stdio.h>

#include "flink_impl.h"

bool flink_is_final(enum flink_job_status s)
{
    return s == FLINK_JOB_FINISHED || s == FLINK_JOB_CANCELED || s == FLINK_JOB_FAILED;
}

struct w_cluster *flink_answers(struct w_world *w, const struct w_call *call)
{
    struct w_cluster *c = world_cluster(w, call->attempt);
    return c && c->jobmanager_alive && !w->flink_unreachable ? c : NULL;
}

struct w_job *flink_job_of(struct w_cluster *c, struct str id)
{
    return c->job.exists && str_eq(str_of(c->job.id), id) ? &c->job : NULL;
}

static bool has_taskmanagers(const struct w_cluster *c)
{
    int64_t n = 0;
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        n += c->taskmanagers[i].alive && c->taskmanagers[i].registered;
    return n >= c->wanted;
}

void flink_set_work(struct w_world *w, struct w_cluster *c, bool works)
{
    if (!works && c->job.up)
        c->job.position += (w->now - c->job.works_since) / MS;
    if (works)
        c->job.works_since = w->now;
    c->job.up = works;
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        c->taskmanagers[i].works = works && c->taskmanagers[i].alive;
}

int64_t flink_position(const struct w_world *w, const struct w_job *j)
{
    return j->position + (j->up ? (w->now - j->works_since) / MS : 0);
}

static void discards_checkpoints(struct w_world *w, int64_t x, int64_t y, void *p)
{
    const struct w_cluster *c = p;
    (void)x;
    (void)y;
    for (size_t i = 0; c->jobmanager_alive && i < w->n_snapshots; i++)
        if (w->snapshots[i].attempt == c->attempt && w->snapshots[i].to_delete)
            w->snapshots[i].there = false;
}

static void will_discard_checkpoints(struct w_world *w, struct w_cluster *c)
{
    for (size_t i = 0; i < w->n_snapshots; i++)
        if (w->snapshots[i].attempt == c->attempt && !w->snapshots[i].savepoint)
            w->snapshots[i].to_delete = true;
    world_at(w, w->now + w->pace.discard, discards_checkpoints, 0, 0, c);
}

/* A job that finishes discards its checkpoints, which is seen later than that it has finished; one that
 * was cancelled or failed retains them. */
void flink_job_ends(struct w_world *w, struct w_cluster *c, enum flink_job_status status)
{
    flink_set_work(w, c, false);
    c->job.status = status;
    c->job.ended_at = w->now;
    if (status == FLINK_JOB_FINISHED)
        will_discard_checkpoints(w, c);
    for (size_t i = 0; i < c->n_triggers; i++)
        if (c->triggers[i].state == FLINK_TRIGGER_IN_PROGRESS)
            c->triggers[i].state = FLINK_TRIGGER_FAILED;
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
    s->there = !w->checkpoints_in_memory;
    s->position = flink_position(w, &c->job);
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
        flink_job_ends(w, c, FLINK_JOB_FAILED);
        return;
    }
    if (!has_taskmanagers(c))
        return;
    c->job.status = FLINK_JOB_RUNNING;
    flink_set_work(w, c, true);
}

static bool can_restore(struct w_world *w, struct str location)
{
    const struct w_snapshot *from = storage_find(w, location);
    return location.len == 0 || (from && from->there && !from->broken && !w->fail_restores);
}

static void job_created(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)x;
    (void)y;
    if (!c->jobmanager_alive || c->ending || c->job.status != FLINK_JOB_INITIALIZING)
        return;
    const struct w_snapshot *from = storage_find(w, str_of(c->job.restored));
    if (!can_restore(w, str_of(c->job.restored))) {
        snprintf(c->job.cause, sizeof(c->job.cause), "cannot restore %.150s", c->job.restored);
        flink_job_ends(w, c, FLINK_JOB_FAILED);
        return;
    }
    c->job.made = true;
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
                            .submitted_at = w->now,
                            .failing_start = s->fate == FATE_JOB_FAILS};
    snprintf(c->job.id, sizeof(c->job.id), "%.*s", STR_ARG(s->call->job_id));
    snprintf(c->job.restored, sizeof(c->job.restored), "%.*s", STR_ARG(s->call->restore));
    snprintf(c->job.checkpoints, sizeof(c->job.checkpoints), "%.150s/%s",
             w->checkpoints_in_code ? w->checkpoints_in_code : c->checkpoints, c->job.id);
    world_at(w, w->now + w->pace.job_init, job_created, 0, 0, c);
}

/* Its answer is a refusal until something better is known. */
static struct w_cluster *answers_with_the_jar(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = flink_answers(w, call);
    if (!c)
        return NULL;
    call->outcome = OUTCOME_REFUSED;
    call->status = 400;
    if (str_eq(call->jar_id, str_of(c->jar)))
        return c;
    call->text = STR("no such jar");
    return NULL;
}

/* main() runs up to execute(); nothing of the job. */
void flink_make_plan(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = answers_with_the_jar(w, call);
    if (!c)
        return;
    switch (world_next_fate(w, FATED_PLAN)) {
    case FATE_FAILS: call->text = STR("main() throws"); return;
    case FATE_JOBMANAGER_DIES:
        world_kill_jobmanager(w, c->attempt, "OutOfMemoryError");
        call->outcome = OUTCOME_UNKNOWN;
        call->status = 0;
        return;
    case FATE_HANGS:
        call->outcome = OUTCOME_UNKNOWN;
        call->status = 0;
        return;
    case FATE_GOOD:
    case FATE_STOP_FAILS:
    case FATE_STOP_HANGS:
    case FATE_FORGOTTEN:
    case FATE_RUNS_ANYWAY:
    case FATE_JOB_FAILS:
    case FATE_JOB_FAILS_STOPPING:
    default: call->outcome = OUTCOME_DONE; call->status = 200;
    }
}

void flink_submit(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = answers_with_the_jar(w, call);
    if (!c)
        return;
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
    } else if (fate != FATE_HANGS && !can_restore(w, call->restore)) {
        call->text = STR("the job could not be made"); /* it is listed all the same */
    } else {
        call->outcome = fate == FATE_HANGS ? OUTCOME_UNKNOWN : OUTCOME_DONE;
        call->status = fate == FATE_HANGS ? 0 : 200;
    }
}

static void cancelled(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)x;
    (void)y;
    if (c->jobmanager_alive && !c->ending && !flink_is_final(c->job.status))
        flink_job_ends(w, c, FLINK_JOB_CANCELED);
}

void flink_cancel(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = flink_answers(w, call);
    struct w_job *j = c ? flink_job_of(c, call->job_id) : NULL;
    if (!c)
        return;
    call->outcome = OUTCOME_REFUSED;
    call->status = j ? 409 : 404;
    if (!j || j->status == FLINK_JOB_FINISHED || j->status == FLINK_JOB_FAILED)
        return;
    call->outcome = OUTCOME_DONE;
    call->status = 202;
    if (j->status == FLINK_JOB_CANCELED)
        return;
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
    flink_job_ends(w, c, FLINK_JOB_FAILED);
}

void flink_job_finishes(struct w_world *w, int64_t attempt)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (c && c->job.exists && !flink_is_final(c->job.status))
        flink_job_ends(w, c, FLINK_JOB_FINISHED);
}

void flink_job_cancelled_by_somebody(struct w_world *w, int64_t attempt)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (c && c->job.exists && !flink_is_final(c->job.status))
        flink_job_ends(w, c, FLINK_JOB_CANCELED);
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
    s->position = flink_position(w, &c->job);
    flink_set_work(w, c, false);
    flink_job_ends(w, c, FLINK_JOB_FINISHED);
}

/* Its newest checkpoint is what Flink itself goes on from. A job that is not made yet has no tasks that
 * could fail. */
static void restarts(struct w_world *w, struct w_cluster *c, int64_t after)
{
    if (!c->job.made)
        return;
    flink_set_work(w, c, false);
    c->job.status = FLINK_JOB_RESTARTING;
    c->job.restarts++;
    for (size_t i = w->n_snapshots; i > 0; i--) {
        const struct w_snapshot *s = &w->snapshots[i - 1];
        if (s->attempt != c->attempt || s->savepoint || s->imported || !s->there)
            continue;
        snprintf(c->job.restored, sizeof(c->job.restored), "%s", s->location);
        c->job.restored_id = s->id;
        c->job.restored_own = true;
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
