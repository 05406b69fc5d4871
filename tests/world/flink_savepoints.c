/* Savepoints of the simulated Flink: asked for by a trigger, which its JobManager remembers. */
#include <assert.h>
#include <stdio.h>

#include "flink_impl.h"

static struct w_trigger *find_trigger(struct w_cluster *c, const struct w_call *call)
{
    for (size_t i = 0; i < c->n_triggers; i++)
        if (str_eq(str_of(c->triggers[i].id), call->trigger_id) &&
            str_eq(str_of(c->triggers[i].job), call->job_id))
            return &c->triggers[i];
    return NULL;
}

void flink_read_trigger(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = flink_answers(w, call);
    call->trigger = FLINK_TRIGGER_UNREACHABLE;
    if (!c)
        return;
    call->outcome = OUTCOME_DONE;
    call->trigger = FLINK_TRIGGER_NOT_KNOWN;
    const struct w_trigger *t = find_trigger(c, call);
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
        flink_job_ends(w, c, FLINK_JOB_FINISHED);
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
    if (s->fate == FATE_STOP_HANGS)
        return;
    t->state = s->fate == FATE_STOP_FAILS ? FLINK_TRIGGER_STOP_FAILED : FLINK_TRIGGER_COMPLETED;
    t->forgotten = s->fate == FATE_FORGOTTEN;
    if (s->fate == FATE_JOB_FAILS_STOPPING) {
        t->state = FLINK_TRIGGER_STOP_FAILED;
        snprintf(c->job.cause, sizeof(c->job.cause), "failed during stopping");
        flink_job_ends(w, c, FLINK_JOB_FAILED);
    } else if (t->stop && s->fate != FATE_STOP_FAILS) {
        flink_set_work(w, c, false);
        world_at(w, w->now + 5 * MS, stop_ends, 0, 0, c);
    }
}

static bool is_writable(const struct w_world *w, struct str directory)
{
    return !w->unwritable || !str_eq(directory, str_of(w->unwritable));
}

static void begin(struct w_world *w, struct w_cluster *c, struct w_trigger *t)
{
    struct savepoint_try *s = ARENA_NEW(w->a, struct savepoint_try);
    *s = (struct savepoint_try){c, t, FATE_FAILS};
    if (is_writable(w, str_of(t->directory)))
        s->fate = world_next_fate(w, FATED_TRIGGER);
    t->checkpoint_id = c->job.next_checkpoint++;
    t->position = flink_position(w, &c->job);
    if (s->fate != FATE_HANGS)
        world_at(w, w->now + w->pace.savepoint, savepoint_done, 0, 0, s);
}

/* The same id starts nothing twice. A job that cannot have a savepoint any more is told of later, as of
 * any other failure. */
void flink_trigger_savepoint(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = flink_answers(w, call);
    if (!c)
        return;
    if (w->triggers_refused) {
        call->outcome = OUTCOME_REFUSED;
        call->status = 400;
        call->text = STR("checkpointing is not possible now");
        return;
    }
    call->outcome = OUTCOME_DONE;
    call->status = 202;
    if (find_trigger(c, call))
        return;
    assert(c->n_triggers < MOST_TRIGGERS);
    struct w_trigger *t = &c->triggers[c->n_triggers++];
    *t = (struct w_trigger){.state = FLINK_TRIGGER_IN_PROGRESS, .stop = call->stop};
    snprintf(t->id, sizeof(t->id), "%.*s", STR_ARG(call->trigger_id));
    snprintf(t->job, sizeof(t->job), "%.*s", STR_ARG(call->job_id));
    snprintf(t->directory, sizeof(t->directory), "%.*s", STR_ARG(call->directory));
    const struct w_job *j = flink_job_of(c, call->job_id);
    if (j && !flink_is_final(j->status))
        begin(w, c, t);
    else
        t->state = FLINK_TRIGGER_FAILED;
}
