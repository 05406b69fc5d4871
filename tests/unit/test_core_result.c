/* What became of a call: by its answer, by the state of a trigger, by the snapshot as it was read, by
 * the directory of a try, and by the clock; each at the edge where it turns. */
#include "core_story.h"

static int result(void)
{
    struct core_in in = core_story_in();
    return (int)core_facts(&in).result;
}
#define then_it_is(result_) assert_int_equal(result(), RESULT_##result_)

static void given_statistics(int64_t newest_checkpoint)
{
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats.latest_completed.id = newest_checkpoint;
}

static void a_taken_port_is_a_refusal_of_this_attempt(void **state)
{
    (void)state;
    given_call(INTENT_PROVISION, PHASE_RESERVED);
    c.cluster.cause = STR("port taken: 8081");
    then_it_is(REFUSED);
    c.cluster.cause = STR("exit 1");
    then_it_is(WAITING);
    c.cluster.cause = STR("port taken: 8081");
    c.cluster.attempt = 0;
    then_it_is(WAITING);
    given_call(INTENT_UPLOAD, PHASE_RESERVED);
    c.cluster.cause = STR("port taken: 8081");
    then_it_is(WAITING);
}

static void a_submission_that_nobody_heard_is_late_sooner(void **state)
{
    (void)state;
    given_call(INTENT_SUBMIT, PHASE_SUBMITTED);
    given_waited(DEADLINE_UNHEARD_SUBMIT_US + 1);
    then_it_is(WAITING);
    given_waited(DEADLINE_SUBMIT_US);
    then_it_is(WAITING);
    given_waited(DEADLINE_SUBMIT_US + 1);
    then_it_is(OVERDUE);
    given_nobody_heard();
    given_waited(DEADLINE_UNHEARD_SUBMIT_US);
    then_it_is(UNKNOWN);
    given_waited(DEADLINE_UNHEARD_SUBMIT_US + 1);
    then_it_is(OVERDUE);
    given_call(INTENT_UPLOAD, PHASE_RESERVED);
    given_nobody_heard();
    given_waited(DEADLINE_UNHEARD_SUBMIT_US + 1);
    then_it_is(UNKNOWN);
}

static void what_flink_calls_complete_is_read_to_its_end(void **state)
{
    (void)state;
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_COMPLETED);
    then_it_is(WAITING);
    given_it_was_read(OUTCOME_DONE, VERIFIED_FULL);
    then_it_is(DONE);
    c.seen.snapshot.part.at = 0;
    then_it_is(WAITING);
    given_it_was_read(OUTCOME_DONE, VERIFIED_BROKEN);
    then_it_is(REFUSED);
    given_it_was_read(OUTCOME_REFUSED, VERIFIED_FULL);
    then_it_is(REFUSED);
    given_it_was_read(OUTCOME_UNKNOWN, VERIFIED_BROKEN); /* Flink's word is taken, */
    then_it_is(WAITING);                                 /* and it is asked for the number */
    given_statistics(8);
    c.seen.stats_part.at = NOW - 2;
    then_it_is(WAITING);
    c.seen.stats_part.at = NOW - 1;
    then_it_is(DONE);
    c.seen.stats.outcome = OUTCOME_UNKNOWN; /* once */
    then_it_is(DONE);
    c.seen.stats_part.at = 0;
    given_it_is_late();
    then_it_is(DONE);
    given_waited(0);
    c.seen.snapshot.location = STR(TRY "/another");
    then_it_is(WAITING);
    given_it_is_late();
    then_it_is(OVERDUE);
}

static void a_stop_is_done_when_its_job_is_finished(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_COMPLETED);
    given_it_was_read(OUTCOME_DONE, VERIFIED_FULL);
    then_it_is(WAITING);
    c.seen.job.job = FLINK_JOB_FINISHED;
    then_it_is(DONE);
    c.seen.snapshot.outcome = OUTCOME_UNKNOWN; /* it is the newest, whatever its number */
    then_it_is(DONE);
    given_it_is_late();
    then_it_is(DONE);
    c.seen.snapshot.part.at = 0;
    then_it_is(OVERDUE);
    c.seen.job.job = FLINK_JOB_RUNNING;
    given_it_was_read(OUTCOME_DONE, VERIFIED_FULL);
    then_it_is(WAITING); /* whether anything is newer is asked first, */
    given_waited(DEADLINE_SAVEPOINT_US + WAIT_STATISTICS_US);
    then_it_is(WAITING);
    given_waited(DEADLINE_SAVEPOINT_US + WAIT_STATISTICS_US + 1); /* but not for ever */
    then_it_is(OVERDUE);
    given_statistics(7);
    then_it_is(PARTIAL);
}

static void half_a_success_has_nothing_newer_as_of_a_moment_ago(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_STOP_FAILED);
    given_it_was_read(OUTCOME_DONE, VERIFIED_FULL);
    c.seen.snapshot.part.at = NOW - LOOK_PATIENT_US;
    c.seen.trigger.part.at = NOW - LOOK_PATIENT_US;
    c.seen.call.answered_at = NOW - LOOK_PATIENT_US;
    given_statistics(7);
    then_it_is(PARTIAL);
    c.seen.stats_part.at = NOW - LOOK_PATIENT_US;
    then_it_is(PARTIAL);
    c.seen.snapshot.part.at = NOW; /* read after those statistics */
    then_it_is(WAITING);
    c.seen.snapshot.part.at = NOW - LOOK_PATIENT_US;
    c.seen.trigger.part.at = NOW;
    then_it_is(WAITING);
    c.seen.trigger.part.at = c.seen.snapshot.part.at = NOW - LOOK_PATIENT_US - 1;
    c.seen.stats_part.at = NOW - LOOK_PATIENT_US - 1;
    then_it_is(WAITING);
    given_statistics(8);
    then_it_is(REFUSED);
    c.seen.stats.outcome = OUTCOME_UNKNOWN;
    then_it_is(WAITING);
    given_it_is_late();
    then_it_is(OVERDUE);
}

/* Nothing is newer, and still it is nothing to start from. */
static void a_broken_savepoint_is_no_half_success(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_STOP_FAILED);
    given_statistics(7);
    given_it_was_read(OUTCOME_DONE, VERIFIED_BROKEN);
    then_it_is(REFUSED);
    given_it_was_read(OUTCOME_DONE, VERIFIED_FULL);
    then_it_is(PARTIAL);
    c.seen.snapshot.location = STR(TRY "/another");
    then_it_is(WAITING);
}

static void flink_may_know_when_it_was_taken(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_STOP_FAILED);
    given_it_was_read(OUTCOME_UNKNOWN, VERIFIED_REPORTED);
    c.seen.snapshot.sight.checkpoint_id = 0;
    given_statistics(7);
    then_it_is(REFUSED);
    c.seen.stats.latest_savepoint.id = 7;
    then_it_is(REFUSED); /* that is another one */
    c.seen.stats.latest_savepoint.path = STR(PLACE);
    then_it_is(PARTIAL);
    c.seen.stats.latest_savepoint.id = 6;
    then_it_is(REFUSED);
    c.seen.snapshot.sight.checkpoint_id = 7; /* what was read goes before what Flink says */
    then_it_is(PARTIAL);
}

static void a_savepoint_alone_needs_no_stop(void **state)
{
    (void)state;
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_STOP_FAILED);
    given_it_was_read(OUTCOME_DONE, VERIFIED_FULL);
    then_it_is(DONE);
    c.seen.snapshot.part.at = 0;
    then_it_is(WAITING);
    given_it_is_late();
    then_it_is(OVERDUE);
}

static void a_trigger_counts_as_of_the_write_and_by_its_id(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_FAILED);
    c.seen.trigger.part.at = c.seen.committed_at;
    then_it_is(REFUSED);
    c.seen.trigger.part.at--;
    then_it_is(WAITING);
    given_nobody_heard();
    then_it_is(UNKNOWN);
    given_it_is_late();
    then_it_is(OVERDUE);
    c.seen.trigger.part.at = NOW;
    c.seen.trigger.trigger_id = STR("t0");
    then_it_is(OVERDUE);
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_UNREACHABLE);
    then_it_is(WAITING);
    given_it_is_late();
    then_it_is(OVERDUE);
}

static void flink_knows_no_trigger_whose_request_is_on_its_way(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_NOT_KNOWN);
    given_listing(TRY, OUTCOME_DONE, 0);
    then_it_is(UNKNOWN); /* asked when it was answered, and not there */
    c.seen.trigger.part.at = c.seen.call.answered_at - 1;
    then_it_is(WAITING);
    c.seen.trigger.part.at = NOW;
    c.listings[0].part.at = NOW;
    c.seen.call.answered = false;
    then_it_is(WAITING);
    given_it_is_late();
    then_it_is(OVERDUE);
    given_nobody_heard();
    given_waited(0);
    then_it_is(UNKNOWN);
}

static void where_flink_has_forgotten_the_directory_tells(void **state)
{
    (void)state;
    given_a_trigger(INTENT_STOP, FLINK_TRIGGER_NOT_KNOWN);
    then_it_is(WAITING);
    given_listing(TRY, OUTCOME_DONE, 7);
    then_it_is(REFUSED); /* complete, but the job goes on */
    c.seen.job.job = FLINK_JOB_FINISHED;
    then_it_is(DONE);
    c.listings[0].part.at = c.seen.trigger.part.at;
    then_it_is(DONE);
    c.listings[0].part.at--;
    then_it_is(WAITING);
    c.listings[0].part.at = NOW;
    c.listings[0].outcome = OUTCOME_UNKNOWN;
    then_it_is(WAITING);
    c.listings[0].outcome = OUTCOME_DONE;
    c.listings[0].directory = STR("file:/sp/another-try");
    then_it_is(WAITING);
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_NOT_KNOWN);
    given_listing(TRY, OUTCOME_DONE, 7);
    then_it_is(DONE);
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_NOT_KNOWN);
    given_answer(OUTCOME_REFUSED); /* its directory need not be read */
    then_it_is(UNKNOWN);
    given_it_is_late();
    then_it_is(OVERDUE);
}

static void a_broken_snapshot_does_not_hide_a_whole_one(void **state)
{
    (void)state;
    static struct snapshot_sight sights[2];
    given_a_trigger(INTENT_SAVEPOINT, FLINK_TRIGGER_NOT_KNOWN);
    given_listing(TRY, OUTCOME_DONE, 0);
    sights[0] = (struct snapshot_sight){.verified = VERIFIED_FULL, .checkpoint_id = 7};
    sights[1] = (struct snapshot_sight){.verified = VERIFIED_BROKEN, .checkpoint_id = 8};
    c.listings[0].items = sights;
    c.listings[0].n = 2;
    then_it_is(DONE);
    c.listings[0].items++;
    c.listings[0].n = 1;
    then_it_is(UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(a_taken_port_is_a_refusal_of_this_attempt),
        CORE_STORY(a_submission_that_nobody_heard_is_late_sooner),
        CORE_STORY(what_flink_calls_complete_is_read_to_its_end),
        CORE_STORY(a_stop_is_done_when_its_job_is_finished),
        CORE_STORY(half_a_success_has_nothing_newer_as_of_a_moment_ago),
        CORE_STORY(a_broken_savepoint_is_no_half_success),
        CORE_STORY(flink_may_know_when_it_was_taken),
        CORE_STORY(a_savepoint_alone_needs_no_stop),
        CORE_STORY(a_trigger_counts_as_of_the_write_and_by_its_id),
        CORE_STORY(flink_knows_no_trigger_whose_request_is_on_its_way),
        CORE_STORY(where_flink_has_forgotten_the_directory_tells),
        CORE_STORY(a_broken_snapshot_does_not_hide_a_whole_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
