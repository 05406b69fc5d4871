/* Clusters and jobs: how they begin, go on and end. */
#include "flink_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/snapshot_location.h"

static bool is_listed(const struct str_list *list, struct str s)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i], s))
            return true;
    return false;
}

/* All of them are the platform's own: a name that it does not know is somebody else's process. */
static struct str_list registered(struct flink_world *w)
{
    struct flink_sight s = rig_look(&w->rig, FIRST_JOB, FLINK_LOOK_TASKMANAGERS);
    assert_int_equal(s.outcome, OUTCOME_DONE);
    for (size_t i = 0; i < s.taskmanager_ids.n; i++)
        assert_true(is_listed(&w->taskmanagers, s.taskmanager_ids.items[i]));
    return s.taskmanager_ids;
}

static bool both_registered(void *arg)
{
    return registered(arg).n == 2;
}

/* Absence is told, and told apart from not knowing. */
static void story_empty_cluster(struct flink_world *w)
{
    w->next_cluster(w);
    assert_int_equal(w->taskmanagers.n, 2);
    assert_true(rig_holds(&w->rig, w->patience_s, both_registered, w));

    assert_int_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_ABSENT);
    struct flink_answer cancelled = rig_cancel(&w->rig, FIRST_JOB);
    assert_outcome(cancelled, OUTCOME_REFUSED);
    assert_int_equal(cancelled.status, 404);
    /* Of no job nothing is told. */
    assert_int_equal(rig_checkpoints(&w->rig, FIRST_JOB).outcome, OUTCOME_UNKNOWN);
    assert_outcome(rig_cause(&w->rig, FIRST_JOB), OUTCOME_UNKNOWN);
    assert_int_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_ABSENT);
}

/* A job id is used once: while it lives, and after (invariant 7). */
static void story_submitted_twice(struct flink_world *w)
{
    w->next_cluster(w);
    start(w, FIRST_JOB, STR(""));
    struct flink_sight first = job_now(w, FIRST_JOB);
    assert_true(first.start_time_ms > 0);
    assert_int_equal(first.end_time_ms, -1);
    assert_int_equal(job_now(w, SECOND_JOB).job, FLINK_JOB_ABSENT);
    struct flink_answer cause = rig_cause(&w->rig, FIRST_JOB);
    assert_outcome(cause, OUTCOME_DONE);
    assert_int_equal(cause.text.len, 0);

    struct flink_submit s = submission(w, FIRST_JOB);
    struct flink_answer again = rig_submit(&w->rig, &s);
    assert_outcome(again, OUTCOME_REFUSED);
    assert_in_range(again.status, 400, 499);
    struct flink_sight same = job_now(w, FIRST_JOB);
    assert_true(is_up(&same));
    assert_int_equal(same.start_time_ms, first.start_time_ms);

    assert_outcome(rig_cancel(&w->rig, FIRST_JOB), OUTCOME_DONE);
    wait_for_job(w, FIRST_JOB, FLINK_JOB_CANCELED);
    assert_outcome(rig_submit(&w->rig, &s), OUTCOME_REFUSED);
    assert_int_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_CANCELED);
}

static void story_checkpoints(struct flink_world *w)
{
    w->next_cluster(w);
    start(w, FIRST_JOB, STR(""));
    struct flink_checkpoint first = wait_checkpoint(w, FIRST_JOB, 0);
    assert_true(first.completed);
    assert_false(first.discarded);
    assert_true(w->has_snapshot(w, first.path));

    struct flink_checkpoint next = wait_checkpoint(w, FIRST_JOB, first.id);
    struct flink_checkpoints c = stats_now(w, FIRST_JOB);
    assert_true(c.completed_count >= 2);
    assert_true(c.n_history >= 2);
    assert_true(c.history[0].id > c.history[1].id);
    assert_true(c.latest_completed.id >= next.id);
    assert_int_equal(c.latest_savepoint.id, 0);
    assert_int_equal(c.interval_ms, w->interval_ms);
    assert_true(c.retained);
    assert_false(c.has_restored);
    assert_int_equal(c.restarts, 0);
}

/* Its statistics answer, and a savepoint can be taken. */
static void story_no_periodic_checkpoints(struct flink_world *w)
{
    w->unperiodic = true;
    w->next_cluster(w);
    start(w, FIRST_JOB, STR(""));
    struct flink_checkpoints c = stats_now(w, FIRST_JOB);
    assert_int_equal(c.interval_ms, -1);
    assert_int_equal(c.completed_count, 0);
    assert_int_equal(c.latest_completed.id, 0);
    struct flink_stop ask = {
        .job_id = FIRST_JOB, .trigger_id = SECOND_JOB, .directory = w->directory};
    struct flink_trigger t = take_savepoint(w, &ask);
    assert_int_equal(t.state, FLINK_TRIGGER_COMPLETED);
    c = stats_now(w, FIRST_JOB);
    assert_true(c.latest_completed.is_savepoint);
    assert_true(snapshot_location_equal(c.latest_completed.path, t.location));
}

/* A cancelled job leaves its checkpoint behind, and the next one goes on from it. */
static void story_cancel_and_restore(struct flink_world *w)
{
    w->next_cluster(w);
    start(w, FIRST_JOB, STR(""));
    wait_checkpoint(w, FIRST_JOB, 0);
    struct flink_answer a = rig_cancel(&w->rig, FIRST_JOB);
    assert_outcome(a, OUTCOME_DONE);
    assert_int_equal(a.status, 202);
    wait_for_job(w, FIRST_JOB, FLINK_JOB_CANCELED);
    struct flink_sight job = job_now(w, FIRST_JOB);
    assert_true(job.end_time_ms >= job.start_time_ms);

    /* That it is asked for once more changes nothing, and is accepted. */
    assert_outcome(rig_cancel(&w->rig, FIRST_JOB), OUTCOME_DONE);
    assert_int_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_CANCELED);
    struct flink_checkpoints c = stats_now(w, FIRST_JOB);
    struct flink_checkpoint last = c.latest_completed;
    assert_true(last.id > 0);
    assert_false(last.is_savepoint);
    assert_true(w->has_snapshot(w, last.path));

    w->next_cluster(w);
    start(w, SECOND_JOB, last.path);
    c = stats_now(w, SECOND_JOB);
    assert_true(c.has_restored);
    assert_true(snapshot_location_equal(c.restored.path, last.path));
    assert_int_equal(c.restored.id, last.id);
    assert_true(wait_checkpoint(w, SECOND_JOB, 0).id > last.id);
    assert_true(w->has_snapshot(w, last.path)); /* it stays whose it was */
}

/* It discards its checkpoints, a while after it has FINISHED (reference/flink.md 0, 4). */
static void story_finishing_job(struct flink_world *w)
{
    w->next_cluster(w);
    w->choose(w, PROGRAM_ENDS);
    start(w, FIRST_JOB, STR(""));
    wait_checkpoint(w, FIRST_JOB, 0);
    wait_for_job(w, FIRST_JOB, FLINK_JOB_FINISHED);
    struct flink_sight job = job_now(w, FIRST_JOB);
    assert_int_equal(job.tasks_up, job.tasks_total);
    struct flink_checkpoint last = stats_now(w, FIRST_JOB).latest_completed;
    assert_true(last.id > 0);
    assert_false(last.is_savepoint);
    wait_removed(w, last.path);
    assert_true(stats_now(w, FIRST_JOB).latest_completed.discarded);
    struct flink_answer a = rig_cancel(&w->rig, FIRST_JOB);
    assert_outcome(a, OUTCOME_REFUSED);
    assert_int_equal(a.status, 409);
}

/* The same answer, whether there is a job or not: only a look tells. */
static void story_throwing_program(struct flink_world *w)
{
    w->next_cluster(w);
    w->choose(w, PROGRAM_THROWS);
    struct flink_submit s = submission(w, FIRST_JOB);
    assert_outcome(rig_submit(&w->rig, &s), OUTCOME_REFUSED);
    assert_int_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_ABSENT);

    w->choose(w, PROGRAM_THROWS_LATE);
    s = submission(w, FIRST_JOB);
    assert_outcome(rig_submit(&w->rig, &s), OUTCOME_REFUSED);
    assert_int_not_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_ABSENT);
    wait_up(w, FIRST_JOB);
}

static void story_failing_job(struct flink_world *w)
{
    w->next_cluster(w);
    w->choose(w, PROGRAM_FAILS);
    struct flink_submit s = submission(w, FIRST_JOB);
    assert_outcome(rig_submit(&w->rig, &s), OUTCOME_DONE);
    wait_for_job(w, FIRST_JOB, FLINK_JOB_FAILED);
    struct flink_answer cause = rig_cause(&w->rig, FIRST_JOB);
    assert_outcome(cause, OUTCOME_DONE);
    assert_true(cause.text.len > 0);
    struct flink_answer a = rig_cancel(&w->rig, FIRST_JOB);
    assert_outcome(a, OUTCOME_REFUSED);
    assert_int_equal(a.status, 409);
    assert_int_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_FAILED);
}

/* Such a job is refused, and listed all the same: an answer alone says nothing of what is there. */
static void story_lost_snapshot(struct flink_world *w)
{
    w->next_cluster(w);
    struct flink_submit s = submission(w, FIRST_JOB);
    s.savepoint_path = arena_fmt(w->rig.a, "%.*s/nothing", STR_ARG(w->directory));
    struct flink_answer a = rig_submit(&w->rig, &s);
    assert_outcome(a, OUTCOME_REFUSED);
    wait_for_job(w, FIRST_JOB, FLINK_JOB_FAILED);
    struct flink_answer cause = rig_cause(&w->rig, FIRST_JOB);
    assert_outcome(cause, OUTCOME_DONE);
    assert_true(cause.text.len > 0);
    assert_int_equal(job_now(w, FIRST_JOB).tasks_up, 0);
    assert_false(stats_now(w, FIRST_JOB).has_restored);
}

struct replaced {
    struct flink_world *w;
    struct str_list before;
};

static bool another_registered(void *arg)
{
    const struct replaced *x = arg;
    struct str_list now = registered(x->w);
    for (size_t i = 0; i < now.n; i++)
        if (!is_listed(&x->before, now.items[i]))
            return true;
    return false;
}

/* Flink counts them at once and tells the count late: its metrics are fetched every ten seconds. */
static bool has_counted_restart(void *arg)
{
    return stats_now(arg, FIRST_JOB).restarts >= 1;
}

/* Flink goes on by itself from its latest checkpoint. */
static void story_dead_taskmanager(struct flink_world *w)
{
    w->next_cluster(w);
    start(w, FIRST_JOB, STR(""));
    struct flink_checkpoint before = wait_checkpoint(w, FIRST_JOB, 0);
    struct replaced x = {w, w->taskmanagers};
    w->kill_taskmanager(w);
    w->replace_taskmanagers(w);
    assert_true(rig_holds(&w->rig, w->patience_s, another_registered, &x));
    struct flink_checkpoint next = wait_checkpoint(w, FIRST_JOB, before.id + 1);
    wait_up(w, FIRST_JOB);
    struct flink_checkpoints c = stats_now(w, FIRST_JOB);
    assert_true(c.has_restored);
    assert_false(c.restored.is_savepoint);
    assert_in_range(c.restored.id, before.id, next.id);
    assert_true(c.restored.path.len > 0);
    assert_true(rig_holds(&w->rig, w->patience_s, has_counted_restart, w));
}

/* Nobody's silence is ever taken for an answer. */
static void story_nobody_listens(struct flink_world *w)
{
    struct flink_rig *r = &w->rig;
    struct flink_submit s = submission(w, FIRST_JOB);
    struct flink_stop stop = {
        .job_id = FIRST_JOB, .trigger_id = SECOND_JOB, .directory = w->directory};
    r->url = w->nobody;
    s.jar_id = STR("counter.jar");
    struct flink_sight job = rig_look(r, FIRST_JOB, FLINK_LOOK_JOB);
    assert_int_equal(job.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(job.job, FLINK_JOB_UNKNOWN);
    assert_int_equal(rig_look(r, FIRST_JOB, FLINK_LOOK_TASKMANAGERS).outcome, OUTCOME_UNKNOWN);
    struct flink_checkpoints c = rig_checkpoints(r, FIRST_JOB);
    assert_int_equal(c.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(c.restarts, -1);
    struct flink_trigger t = rig_trigger(r, FIRST_JOB, SECOND_JOB);
    assert_int_equal(t.state, FLINK_TRIGGER_UNREACHABLE);
    assert_outcome(rig_cause(r, FIRST_JOB), OUTCOME_UNKNOWN);
    assert_outcome(rig_submit(r, &s), OUTCOME_UNKNOWN);
    assert_outcome(rig_savepoint(r, &stop), OUTCOME_UNKNOWN);
    stop.stop = true;
    assert_outcome(rig_savepoint(r, &stop), OUTCOME_UNKNOWN);
    assert_outcome(rig_cancel(r, FIRST_JOB), OUTCOME_UNKNOWN);
}

const struct flink_story flink_stories[FLINK_STORIES] = {
    {"an empty cluster", story_empty_cluster},
    {"submitted twice", story_submitted_twice},
    {"checkpoints", story_checkpoints},
    {"no periodic checkpoints", story_no_periodic_checkpoints},
    {"cancelled, and restored from the checkpoint", story_cancel_and_restore},
    {"a finishing job", story_finishing_job},
    {"a failing job", story_failing_job},
    {"a throwing program", story_throwing_program},
    {"a lost snapshot", story_lost_snapshot},
    {"a dead TaskManager", story_dead_taskmanager},
    {"nobody listens", story_nobody_listens},
    {"a savepoint", story_savepoint},
    {"an impossible savepoint", story_impossible_savepoint},
    {"stopped, and restored from the savepoint", story_stop_and_restore},
    {"a savepoint of an ended job", story_ended_job_has_no_savepoints},
};
