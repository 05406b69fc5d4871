/* What the simulated Flink tells of a job. */
#include "flink_impl.h"

void flink_look(struct w_world *w, struct w_call *call)
{
    enum { TASKS = 2 };
    struct w_cluster *c = flink_answers(w, call);
    if (!c)
        return;
    const struct w_job *j = flink_job_of(c, call->job_id);
    struct flink_sight *s = &call->sight;
    call->outcome = OUTCOME_DONE;
    *s = (struct flink_sight){.outcome = OUTCOME_DONE, .job = FLINK_JOB_ABSENT, .end_time_ms = -1};
    if (!j)
        return;
    s->job = j->status;
    s->tasks_total = j->made ? TASKS : 0;
    s->tasks_up = j->up || j->status == FLINK_JOB_FINISHED ? TASKS : 0;
    s->start_time_ms = j->submitted_at / MS;
    if (flink_is_final(j->status))
        s->end_time_ms = j->ended_at / MS;
}

void flink_look_taskmanagers(struct w_world *w, struct w_call *call)
{
    const struct w_cluster *c = flink_answers(w, call);
    if (!c)
        return;
    call->outcome = OUTCOME_DONE;
    struct flink_sight *s = &call->sight;
    *s = (struct flink_sight){.outcome = OUTCOME_DONE, .end_time_ms = -1};
    s->taskmanager_ids.items = ARENA_ARRAY(w->a, struct str, MOST_TASKMANAGERS);
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        if (c->taskmanagers[i].alive && c->taskmanagers[i].registered)
            s->taskmanager_ids.items[s->taskmanager_ids.n++] =
                arena_str(w->a, str_of(c->taskmanagers[i].id));
}

void flink_cause(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = flink_answers(w, call);
    const struct w_job *j = c ? flink_job_of(c, call->job_id) : NULL;
    call->status = c && !j ? 404 : 0;
    if (!j)
        return; /* no such job, which says nothing */
    call->outcome = OUTCOME_DONE;
    call->text = arena_str(w->a, str_of(j->cause));
}

static struct flink_checkpoint as_checkpoint(struct w_world *w, const struct w_snapshot *s)
{
    bool no_place = w->checkpoints_in_memory && !s->savepoint;
    return (struct flink_checkpoint){.id = s->id,
                                     .path = arena_str(w->a, str_of(no_place ? "" : s->location)),
                                     .is_savepoint = s->savepoint,
                                     .discarded = !s->there && !no_place,
                                     .completed = true,
                                     .state_size = 1000};
}

static void tell_snapshots(struct w_world *w, int64_t attempt, struct flink_checkpoints *s)
{
    enum { HISTORY = 10 };
    s->history = ARENA_ARRAY(w->a, struct flink_checkpoint, HISTORY);
    for (size_t i = w->n_snapshots; i > 0; i--) {
        const struct w_snapshot *x = &w->snapshots[i - 1];
        if (x->attempt != attempt || x->imported)
            continue;
        s->completed_count++;
        if (s->n_history < HISTORY)
            s->history[s->n_history++] = as_checkpoint(w, x);
        if (!x->savepoint && !s->latest_completed.id)
            s->latest_completed = as_checkpoint(w, x);
        if (x->savepoint && !s->latest_savepoint.id)
            s->latest_savepoint = as_checkpoint(w, x);
    }
    if (s->latest_savepoint.id > s->latest_completed.id)
        s->latest_completed = s->latest_savepoint;
}

void flink_stats(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = flink_answers(w, call);
    const struct w_job *j = c ? flink_job_of(c, call->job_id) : NULL;
    struct flink_checkpoints *s = &call->stats;
    s->restarts = -1;
    call->status = c && !j ? 404 : 0;
    if (!j)
        return; /* no such job, which says nothing */
    call->outcome = s->outcome = w->checkpointing_off ? OUTCOME_REFUSED : OUTCOME_DONE;
    s->restarts = w->restarts_unknown ? -1 : j->restarts;
    if (s->outcome != OUTCOME_DONE)
        return;
    s->interval_ms = w->pace.checkpoint_interval ? w->pace.checkpoint_interval / MS : -1;
    s->retained = true;
    tell_snapshots(w, c->attempt, s);
    if (j->made && j->restored[0]) {
        s->has_restored = true;
        s->restored = (struct flink_checkpoint){.id = j->restored_id,
                                                .path = arena_str(w->a, str_of(j->restored)),
                                                .is_savepoint = !j->restored_own,
                                                .completed = true};
    }
}
