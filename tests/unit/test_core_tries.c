/* What is recorded of a savepoint try whose result is more than a plain yes: which sight it is read
 * from, which number it gets, and when a savepoint that exists is none. */
#include "core_story.h"

static void half_a_savepoint_in_the_directory_is_a_failure(void **state)
{
    (void)state;
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_NOT_KNOWN);
    given_it_is_late();
    given_listing("file:/sp/another", OUTCOME_DONE, 6);
    given_listing(TRY, OUTCOME_DONE, 7)->verified = VERIFIED_BROKEN;
    then_it_does(ACTION_NOTE_SAVEPOINT_FAILED);
    assert_int_equal(put_of("s1")->status.state, SAVEPOINT_FAILED);
    assert_text(put_of("s1")->status.failure_message, "no result by the deadline");
}

static void what_was_read_of_another_place_is_not_its_content(void **state)
{
    (void)state;
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_COMPLETED);
    given_it_is_late();
    given_it_was_read(OUTCOME_DONE, VERIFIED_FULL);
    c.seen.snapshot.location = STR("file:/sp/another");
    then_it_does(ACTION_NOTE_SAVEPOINT_FAILED);
    assert_int_equal(put_of("s1")->status.verified, VERIFIED_REPORTED);
    assert_int_equal(put_of("s1")->status.checkpoint_id, 0);
    assert_text(put_of("s1")->spec.savepoint_location, PLACE);
}

/* In the order in which they happen to be kept. */
static void a_number_that_nobody_told_is_no_lower_than_any_of_its_attempt(void **state)
{
    (void)state;
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_COMPLETED);
    given_it_was_read(OUTCOME_UNKNOWN, VERIFIED_REPORTED);
    given_waited(DEADLINE_SAVEPOINT_US + 1);
    static const int64_t numbers[] = {9, 5, 11};
    for (size_t i = 0; i < 3; i++) {
        struct savepoint *s = given_row("older", SAVEPOINT_COMPLETED);
        s->status.attempt = i == 2 ? 0 : 1; /* the last is another attempt's */
        s->status.checkpoint_id = numbers[i];
    }
    then_it_does(ACTION_NOTE_SAVEPOINT);
    assert_int_equal(put_of("s1")->status.checkpoint_id, 9);
}

static void a_savepoint_that_was_read_and_is_broken_has_failed(void **state)
{
    (void)state;
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_COMPLETED);
    given_it_was_read(OUTCOME_DONE, VERIFIED_BROKEN);
    then_it_does(ACTION_NOTE_SAVEPOINT_FAILED);
    assert_int_equal(put_of("s1")->status.state, SAVEPOINT_FAILED);
    assert_text(put_of("s1")->status.failure_message, "as read");
}

static void an_incremental_savepoint_is_recorded_as_one(void **state)
{
    (void)state;
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_COMPLETED);
    given_it_was_read(OUTCOME_DONE, VERIFIED_FULL);
    then_it_does(ACTION_NOTE_SAVEPOINT);
    assert_int_equal(put_of("s1")->metadata.type, SAVEPOINT_TYPE_FULL);
    c.seen.snapshot.sight.incremental = true;
    then_it_does(ACTION_NOTE_SAVEPOINT);
    assert_int_equal(put_of("s1")->metadata.type, SAVEPOINT_TYPE_INCREMENTAL);
}

/* The job goes on, so that a broken savepoint is in nobody's way. If the job is stopped by it, it is: an
 * older one is never taken in its place. */
static void a_broken_savepoint_blocks_only_where_it_stopped_the_job(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_STOP_FAILED);
    given_it_was_read(OUTCOME_REFUSED, VERIFIED_REPORTED);
    c.seen.snapshot.text = STR("_metadata is missing");
    then_it_does(ACTION_NOTE_TRY_FAILED);
    assert_int_equal(put_of("s1")->status.state, SAVEPOINT_FAILED);
    assert_text(put_of("s1")->status.failure_message, "_metadata is missing");
    c.seen.trigger.state = FLINK_TRIGGER_COMPLETED;
    c.seen.job.job = FLINK_JOB_FINISHED;
    then_it_does(ACTION_NOTE_TRY_FAILED);
    assert_int_equal(put_of("s1")->status.state, SAVEPOINT_COMPLETED);
    assert_int_equal(put_of("s1")->status.verified, VERIFIED_BROKEN);
}

/* It was the last try; but the user asks for a cancel by now, which needs none. */
static void a_cancel_does_not_fail_for_want_of_a_savepoint(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_COMPLETED);
    given_it_was_read(OUTCOME_REFUSED, VERIFIED_REPORTED);
    c.seen.job.job = FLINK_JOB_FINISHED;
    given_wanted(DESIRED_SUSPENDED);
    c.record.operation = (struct operation){.kind = OPERATION_SUSPEND, .savepoint_tries = 3};
    c.deployment.spec.max_savepoint_creation_attempts = 4;
    then_it_does(ACTION_NOTE_TRY_FAILED);
    assert_text(c.out.record.gave_up, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS");
    assert_text(said("SAVEPOINT_FAILED"), "Savepoint try 4 of 4 failed: it cannot be read");
    given_wanted(DESIRED_CANCELLED);
    then_it_does(ACTION_NOTE_TRY_FAILED);
    assert_text(c.out.record.gave_up, "");
    assert_int_equal(c.out.record.operation.savepoint_tries, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(half_a_savepoint_in_the_directory_is_a_failure),
        CORE_STORY(what_was_read_of_another_place_is_not_its_content),
        CORE_STORY(a_number_that_nobody_told_is_no_lower_than_any_of_its_attempt),
        CORE_STORY(a_savepoint_that_was_read_and_is_broken_has_failed),
        CORE_STORY(an_incremental_savepoint_is_recorded_as_one),
        CORE_STORY(a_broken_savepoint_blocks_only_where_it_stopped_the_job),
        CORE_STORY(a_cancel_does_not_fail_for_want_of_a_savepoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
