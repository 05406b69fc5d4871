/* Savepoints, while the job runs on and to stop it. */
#include "flink_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/snapshot_location.h"

#define FIRST_TRIGGER  STR("7419000000000000000000000000f001")
#define SECOND_TRIGGER STR("7419000000000000000000000000f002")

static struct flink_stop savepoint(struct flink_world *w, struct str trigger)
{
    return (struct flink_stop){
        .job_id = FIRST_JOB,
        .trigger_id = trigger,
        .directory = arena_fmt(w->rig.a, "%.*s/%.*s", STR_ARG(w->directory), STR_ARG(trigger))};
}

static void assert_lies_in(struct flink_world *w, struct str location, struct str directory)
{
    struct str in = snapshot_location_path(w->rig.a, directory);
    struct str path = snapshot_location_path(w->rig.a, location);
    if (!str_starts_with(path, in) || path.len <= in.len || path.ptr[in.len] != '/')
        fail_msg("'%.*s' does not lie in '%.*s'", STR_ARG(location), STR_ARG(directory));
    assert_true(w->has_snapshot(w, location));
}

static void assert_same(struct str x, struct str y)
{
    if (!snapshot_location_equal(x, y))
        fail_msg("'%.*s' is not '%.*s'", STR_ARG(x), STR_ARG(y));
}

static size_t savepoints_in_history(const struct flink_checkpoints *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_history; i++)
        n += c->history[i].is_savepoint && c->history[i].completed;
    return n;
}

void story_savepoint(struct flink_world *w)
{
    w->next_cluster(w);
    start(w, FIRST_JOB, STR(""));

    /* A trigger that nobody posted is not known. */
    struct flink_trigger t = rig_trigger(&w->rig, FIRST_JOB, FIRST_TRIGGER);
    assert_int_equal(t.state, FLINK_TRIGGER_NOT_KNOWN);

    /* When it is posted, it completes in the directory that was asked for, and the job runs on. */
    struct flink_stop ask = savepoint(w, FIRST_TRIGGER);
    t = take_savepoint(w, &ask);
    assert_int_equal(t.state, FLINK_TRIGGER_COMPLETED);
    assert_lies_in(w, t.location, ask.directory);
    struct flink_sight job = job_now(w, FIRST_JOB);
    assert_true(is_up(&job));

    /* The statistics name it, and nothing older as the latest. */
    struct flink_checkpoints c = stats_now(w, FIRST_JOB);
    assert_same(c.latest_savepoint.path, t.location);
    assert_true(c.latest_savepoint.is_savepoint);
    assert_true(c.latest_savepoint.completed);
    assert_true(c.latest_completed.id >= c.latest_savepoint.id);

    /* Posted again, however much later, it is the same one (reference/flink.md 1.3). */
    wait_checkpoint(w, FIRST_JOB, c.latest_savepoint.id);
    struct flink_trigger again = take_savepoint(w, &ask);
    assert_int_equal(again.state, FLINK_TRIGGER_COMPLETED);
    assert_same(again.location, t.location);
    wait_checkpoint(w, FIRST_JOB, stats_now(w, FIRST_JOB).latest_completed.id);
    c = stats_now(w, FIRST_JOB);
    assert_int_equal(savepoints_in_history(&c), 1);
    t = rig_trigger(&w->rig, FIRST_JOB, SECOND_TRIGGER);
    assert_int_equal(t.state, FLINK_TRIGGER_NOT_KNOWN);
}

/* A stop that cannot write its savepoint stops nothing (invariant 2). */
void story_impossible_savepoint(struct flink_world *w)
{
    w->next_cluster(w);
    start(w, FIRST_JOB, STR(""));
    struct flink_stop ask = savepoint(w, FIRST_TRIGGER);
    ask.directory = w->impossible;
    ask.stop = true;
    struct flink_trigger t = take_savepoint(w, &ask);
    assert_int_equal(t.state, FLINK_TRIGGER_FAILED);
    assert_int_equal(t.location.len, 0);
    assert_true(t.text.len > 0);
    wait_up(w, FIRST_JOB);
    struct flink_checkpoints c = stats_now(w, FIRST_JOB);
    assert_int_equal(c.latest_savepoint.id, 0);

    /* Its checkpoints go on, and the next try may succeed. */
    wait_checkpoint(w, FIRST_JOB, c.latest_completed.id);
    ask = savepoint(w, SECOND_TRIGGER);
    assert_int_equal(take_savepoint(w, &ask).state, FLINK_TRIGGER_COMPLETED);
}

static void assert_starts_from(struct flink_world *w, const struct flink_checkpoint *savepoint)
{
    w->next_cluster(w);
    assert_int_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_ABSENT);
    start(w, SECOND_JOB, savepoint->path);
    struct flink_checkpoints c = stats_now(w, SECOND_JOB);
    assert_true(c.has_restored);
    assert_same(c.restored.path, savepoint->path);
    assert_int_equal(c.restored.id, savepoint->id);
    assert_true(c.restored.is_savepoint);

    /* What is newer has a higher number, and lies elsewhere. */
    struct flink_checkpoint next = wait_checkpoint(w, SECOND_JOB, 0);
    assert_true(next.id > savepoint->id);
    assert_true(w->has_snapshot(w, next.path));
    assert_true(w->has_snapshot(w, savepoint->path));
}

void story_stop_and_restore(struct flink_world *w)
{
    w->next_cluster(w);
    start(w, FIRST_JOB, STR(""));
    struct flink_checkpoint before = wait_checkpoint(w, FIRST_JOB, 0);

    /* A stop leaves a savepoint and a job that has finished. */
    struct flink_stop ask = savepoint(w, FIRST_TRIGGER);
    ask.stop = true;
    struct flink_trigger t = take_savepoint(w, &ask);
    assert_int_equal(t.state, FLINK_TRIGGER_COMPLETED);
    assert_lies_in(w, t.location, ask.directory);
    wait_for_job(w, FIRST_JOB, FLINK_JOB_FINISHED);
    struct flink_sight job = job_now(w, FIRST_JOB);
    assert_true(job.end_time_ms >= job.start_time_ms);
    assert_int_equal(job.tasks_up, job.tasks_total);

    /* What was asked of it is still known, also to who asks for it once more. */
    struct flink_trigger again = take_savepoint(w, &ask);
    assert_int_equal(again.state, FLINK_TRIGGER_COMPLETED);
    assert_same(again.location, t.location);

    /* Its statistics end with the savepoint; the checkpoints are gone (reference/flink.md 0, 4). */
    struct flink_checkpoints c = stats_now(w, FIRST_JOB);
    assert_int_equal(c.interval_ms, w->interval_ms);
    assert_same(c.latest_savepoint.path, t.location);
    assert_int_equal(c.latest_completed.id, c.latest_savepoint.id);
    assert_int_equal(savepoints_in_history(&c), 1);
    wait_removed(w, before.path);
    assert_starts_from(w, &c.latest_savepoint);
}

/* A trigger for a job that has ended, or never was, is accepted and fails (reference/flink.md 0, 6). */
void story_ended_job_has_no_savepoints(struct flink_world *w)
{
    w->next_cluster(w);
    struct flink_stop ask = savepoint(w, FIRST_TRIGGER);
    assert_int_equal(take_savepoint(w, &ask).state, FLINK_TRIGGER_FAILED);
    start(w, FIRST_JOB, STR(""));
    assert_outcome(rig_cancel(&w->rig, FIRST_JOB), OUTCOME_DONE);
    wait_for_job(w, FIRST_JOB, FLINK_JOB_CANCELED);
    ask = savepoint(w, SECOND_TRIGGER);
    ask.stop = true;
    struct flink_trigger t = take_savepoint(w, &ask);
    assert_int_equal(t.state, FLINK_TRIGGER_FAILED);
    assert_true(t.text.len > 0);
    assert_int_equal(job_now(w, FIRST_JOB).job, FLINK_JOB_CANCELED);
}
