/* What is noted of a running job: what it restored, where it takes checkpoints, that it is what was
 * asked for, that nothing more can be done about it. */
#include "core_story.h"

static void given_news(void)
{
    given_call(INTENT_NONE, PHASE_UP);
    c.record.current.restored = RESTORED_UNCHECKED;
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
}

static void another_snapshot_is_told_by_name(void **state)
{
    (void)state;
    given_news();
    c.seen.stats.has_restored = true;
    c.seen.stats.restored.path = STR("file:/sp/b");
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_text(said("RESTORED_FROM_ANOTHER_SNAPSHOT"),
                "Asked to restore nothing, Flink says that it restored file:/sp/b");
    assert_text(c.out.jobs[0]->status.restored_location, "file:/sp/b");
    c.record.current.source = SOURCE_SNAPSHOT;
    c.record.current.source_location = STR("file:/sp/a");
    c.seen.stats.has_restored = false;
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_text(said("RESTORED_FROM_ANOTHER_SNAPSHOT"),
                "Asked to restore file:/sp/a, Flink says that it restored nothing");
    assert_text(c.out.jobs[0]->status.restored_location, "");
}

static void where_it_takes_checkpoints_is_told_by_a_checkpoint(void **state)
{
    (void)state;
    given_news();
    c.record.current.checkpoint_directory = (struct str){0};
    struct flink_checkpoint *latest = &c.seen.stats.latest_completed;
    *latest = (struct flink_checkpoint){.id = 3, .path = STR("file:/cp/j/chk-3")};
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_text(c.out.record.current.checkpoint_directory, "file:/cp/j");
    latest->is_savepoint = true;
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_text(c.out.record.current.checkpoint_directory, "");
    latest->is_savepoint = false;
    latest->path = (struct str){0}; /* not retained: Flink names no place */
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_text(c.out.record.current.checkpoint_directory, "");
}

static void a_job_without_an_interval_takes_no_checkpoints_by_itself(void **state)
{
    (void)state;
    given_news();
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_int_equal(c.out.record.current.checkpointing, CHECKPOINTING_ON);
    c.seen.stats.interval_ms = -1;
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_int_equal(c.out.record.current.checkpointing, CHECKPOINTING_OFF);
}

static void an_operation_ends_with_what_it_led_to(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.record.operation.kind = OPERATION_UPGRADE;
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_text(said("STATE_TRANSITION_IS_COMPLETED"), "The Deployment is RUNNING");
    assert_int_equal(c.out.record.operation.kind, OPERATION_NONE);
    given_news(); /* tasks are missing again: not yet */
    c.record.operation.kind = OPERATION_UPGRADE;
    c.seen.job.tasks_up = 1;
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_text(said("STATE_TRANSITION_IS_COMPLETED"), "");
    assert_int_equal(c.out.record.operation.kind, OPERATION_UPGRADE);
}

/* The job may run, whether it was seen up or not: it is not a start that is given up. */
static void a_stop_is_given_up_while_the_job_comes_up(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_SUBMITTED);
    given_wanted(DESIRED_SUSPENDED);
    c.record.operation = (struct operation){.kind = OPERATION_SUSPEND, .savepoint_tries = 4};
    c.seen.job.tasks_up = 1;
    then_it_does(ACTION_GIVE_UP);
    assert_int_equal(c.out.record.spent, SPENT_SAVEPOINTS);
    assert_text(c.out.record.gave_up, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS");
}

static void a_flink_that_cannot_read_is_not_blamed_on_a_jar(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.record.spec_version = c.record.wanted_spec_version = 2;
    static struct str_pair version[1];
    version[0] = (struct str_pair){STR(ANNOTATION_SPEC_VERSION), STR("2")};
    c.deployment.metadata.annotations = (struct str_map){version, 1};
    c.job.spec.template_.artifact.flink_version = STR("2.0");
    c.deployment.spec.template_.spec.artifact.flink_version = STR("1.20");
    c.seen.artifact.outcome =
        OUTCOME_REFUSED; /* of a start long ago: it is to be looked for anew */
    c.seen.artifact.text = STR("no such jar");
    then_it_does(ACTION_BLOCK_PREFLIGHT);
    assert_text(c.out.record.gave_up, "BLOCKED_FLINK_CANNOT_READ");
    c.seen.artifact.part.at = NOW - 1;
    c.seen.artifact.spec_version = 1; /* of the edit before */
    then_it_does(ACTION_BLOCK_PREFLIGHT);
    assert_text(c.out.record.gave_up, "BLOCKED_FLINK_CANNOT_READ");
    c.seen.artifact.spec_version = 2;
    then_it_does(ACTION_BLOCK_PREFLIGHT);
    assert_text(c.out.record.gave_up, "BLOCKED_CANNOT_START");
    assert_text(c.out.record.gave_up_message, "no such jar");
}

/* It has halted and said why. What a RETRY takes in is the highest that was seen by then. */
static void a_newer_attempt_yet_is_written_down_too(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.seen.newest_attempt = 2;
    then_it_does(ACTION_HALT);
    assert_true(c.out.record.halted);
    assert_int_equal(c.out.record.beyond, 2);
    assert_true(str_starts_with(
        said("HALTED_RECORD_OLDER_THAN_WORLD"),
        STR("attempt 2 exists or has existed, and this record knows none above 1; nothing")));
    c.record = c.out.record;
    then_it_does(ACTION_HALT);
    assert_false(c.out.changed);
    c.seen.newest_attempt = 5;
    then_it_does(ACTION_HALT);
    assert_true(c.out.changed);
    assert_int_equal(c.out.record.beyond, 5);
    assert_text(said("HALTED_RECORD_OLDER_THAN_WORLD"), "");
}

/* Its own attempt was ended by somebody, who is in no record: that is said, and taken in by a RETRY. */
static void an_end_that_nobody_here_asked_for_is_said(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    static int64_t ended[] = {1};
    c.seen.ended = ended;
    c.seen.newest_attempt = 1;
    c.seen.n_ended = 1;
    then_it_does(ACTION_HALT);
    assert_true(str_starts_with(
        said("HALTED_RECORD_OLDER_THAN_WORLD"),
        STR("the cluster of attempt 1 was taken down, and not for this record; nothing")));
    assert_int_equal(c.out.record.ended_unasked, 1);
    assert_int_equal(c.out.record.beyond, 0);
    c.seen.newest_attempt = 0;
    c.seen.n_ended = 0;
    c.cluster.attempt = 3; /* what lives of another is seen by itself */
    then_it_does(ACTION_HALT);
    assert_int_equal(c.out.record.beyond, 3);
    assert_int_equal(c.out.record.ended_unasked, 0);
    given_call(INTENT_NONE, PHASE_UP);
    c.record.halted = true; /* that was taken in, and a user has not come back yet */
    c.record.beyond = c.seen.newest_attempt = 2;
    c.record.ended_unasked = 1;
    c.seen.ended = ended;
    c.seen.n_ended = 1;
    then_it_does(ACTION_HALT);
    assert_true(str_starts_with(said("HALTED_RECORD_OLDER_THAN_WORLD"),
                                STR("the world was newer than this record; nothing")));
    assert_int_equal(c.out.record.beyond, 2);
    assert_int_equal(c.out.record.ended_unasked, 1);
}

/* As many as can count under any limit, and no more: the record is read and written whole. */
static void a_hundred_failures_are_remembered(void **state)
{
    (void)state;
    static struct failure_time failures[100];
    given_call(INTENT_NONE, PHASE_UP);
    for (int64_t i = 0; i < 100; i++)
        failures[i].at = i;
    c.record.failures = (struct list){failures, 99};
    c.seen.job.job = FLINK_JOB_FAILED;
    then_it_does(ACTION_NOTE_END);
    assert_int_equal(c.out.record.failures.n, 100);
    c.record.failures.n = 100;
    then_it_does(ACTION_NOTE_END);
    assert_int_equal(c.out.record.failures.n, 100);
    const struct failure_time *kept = c.out.record.failures.items;
    assert_int_equal(kept[0].at, 1);
    assert_int_equal(kept[99].at, NOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(another_snapshot_is_told_by_name),
        CORE_STORY(where_it_takes_checkpoints_is_told_by_a_checkpoint),
        CORE_STORY(a_job_without_an_interval_takes_no_checkpoints_by_itself),
        CORE_STORY(an_operation_ends_with_what_it_led_to),
        CORE_STORY(a_stop_is_given_up_while_the_job_comes_up),
        CORE_STORY(a_flink_that_cannot_read_is_not_blamed_on_a_jar),
        CORE_STORY(a_newer_attempt_yet_is_written_down_too),
        CORE_STORY(an_end_that_nobody_here_asked_for_is_said),
        CORE_STORY(a_hundred_failures_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
