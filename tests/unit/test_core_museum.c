/* What other operators got wrong, one story for each guard that keeps it from happening here. B1 to B20
 * are the names that tests/prove/mutation/museum.mutants gives to their public bugs. */
#include "core_story.h"

static void given_an_attempt(int64_t number, enum phase phase)
{
    c.record.top = c.record.current.number = number;
    c.record.current.phase = (int)phase;
}

static void given_an_answer(enum outcome outcome, int status)
{
    c.seen.call = (struct seen_call){.sent = true,
                                     .times = 1,
                                     .sent_at = NOW - 3,
                                     .answered = true,
                                     .answered_at = NOW - 2,
                                     .outcome = outcome,
                                     .status = status};
}

static void given_a_stop_that_flink_says(enum flink_trigger_state state, const char *trigger)
{
    given_try(INTENT_STOP);
    c.seen.job.job = FLINK_JOB_FINISHED;
    c.seen.trigger.part.at = NOW - 1;
    c.seen.trigger.trigger_id = str_of(trigger);
    c.seen.trigger.state = state;
    c.seen.trigger.location = STR(TRY "/savepoint-1");
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.location = c.seen.trigger.location;
    c.seen.snapshot.outcome = OUTCOME_DONE;
    c.seen.snapshot.sight.verified = VERIFIED_FULL;
}

static size_t teardowns_of(int64_t attempt)
{
    size_t n = 0;
    for (size_t i = 0; i < c.out.n_effects; i++)
        n += c.out.effects[i].kind == CALL_TEARDOWN && c.out.effects[i].attempt == attempt;
    return n;
}

/* B2 */
static void half_a_snapshot_in_the_directory_is_none(void **state)
{
    (void)state;
    given_a_stop_that_flink_says(FLINK_TRIGGER_NOT_KNOWN, "t1");
    given_listing(TRY, OUTCOME_DONE, 7)->verified = VERIFIED_BROKEN;
    then_it_does(ACTION_LOOK);
    c.sights[0].verified = VERIFIED_FULL;
    then_it_does(ACTION_NOTE_SAVEPOINT);
}

/* B2 */
static void a_try_whose_directory_cannot_be_listed_is_waited_for(void **state)
{
    (void)state;
    given_try(INTENT_STOP);
    c.record.intent = (struct intent){0};
    c.record.current.phase = PHASE_GONE;
    c.record.current.end = END_FAILED;
    c.seen.n_clusters = 0;
    given_listing(CHECKPOINTS, OUTCOME_DONE, 7);
    given_listing(TRY, OUTCOME_UNKNOWN, 0);
    then_it_does(ACTION_LOOK);
    c.listings[1].outcome = OUTCOME_DONE;
    then_it_does(ACTION_COLLECT);
}

/* B4 */
static void what_restore_from_names_outlives_a_start_that_fails(void **state)
{
    (void)state;
    struct savepoint *named = given_row("s0", SAVEPOINT_COMPLETED);
    c.deployment.spec.restore_from =
        (struct restore_from){.savepoint_id = STR("s0"), .nonce = STR("once")};
    c.record.current.phase = PHASE_PROVISIONED;
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.location = named->spec.savepoint_location;
    c.seen.snapshot.outcome = OUTCOME_DONE;
    c.seen.snapshot.sight.verified = VERIFIED_FULL;
    then_it_does(ACTION_SUBMIT);
    assert_text(c.out.record.current.restore_nonce, "once");
    c.record = c.out.record;
    c.seen.timer = c.record.timer;
    given_an_answer(OUTCOME_REFUSED, 400);
    c.seen.call.timer = c.record.timer;
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_it_does(ACTION_FAIL_START);
    assert_text(c.out.record.used_nonce, "");
}

/* B9 */
static void a_stop_by_another_trigger_is_not_ours(void **state)
{
    (void)state;
    given_a_stop_that_flink_says(FLINK_TRIGGER_COMPLETED, "t0");
    then_it_does(ACTION_LOOK);
    c.seen.trigger.trigger_id = STR("t1");
    then_it_does(ACTION_NOTE_SAVEPOINT);
}

/* B9 */
static void a_stop_that_is_asked_again_is_the_same_stop(void **state)
{
    (void)state;
    given_try(INTENT_STOP);
    then_it_does(ACTION_CALL_AGAIN);
    assert_int_equal(c.out.effects[0].kind, CALL_STOP);
    assert_text(c.out.record.intent.trigger_id, "t1");
}

/* B10 */
static void what_another_process_says_of_the_job_counts_nothing(void **state)
{
    (void)state;
    c.seen.job.job = FLINK_JOB_FAILED;
    c.seen.job_incarnation = STR("two");
    then_it_does(ACTION_REST);
    c.seen.job_incarnation = STR("one");
    then_it_does(ACTION_NOTE_END);
}

/* B11 */
static void taskmanagers_that_outlive_their_jobmanager_are_ended(void **state)
{
    (void)state;
    c.record.current.phase = PHASE_READ;
    c.cluster.jobmanager_alive = false;
    c.cluster.jobmanager_dead = true;
    then_it_does(ACTION_TEARDOWN);
    c.seen.n_clusters = 0;
    then_it_does(ACTION_NOTE_GONE);
}

/* B11 */
static void a_jobmanager_that_was_started_anew_has_lost_the_job(void **state)
{
    (void)state;
    c.cluster.incarnation = STR("two");
    then_it_does(ACTION_NOTE_LOST);
}

/* B13 */
static void how_a_job_ended_that_nobody_watched_is_not_known(void **state)
{
    (void)state;
    c.seen.n_clusters = 0;
    c.seen.job_told_at = NOW - SIGHT_FRESH_US;
    then_it_does(ACTION_NOTE_LOST);
    assert_true(c.out.record.current.unwatched);
    c.seen.job_told_at = NOW - SIGHT_FRESH_US + 1;
    then_it_does(ACTION_NOTE_LOST);
    assert_false(c.out.record.current.unwatched);
}

/* B14 */
static void a_server_error_is_no_refusal(void **state)
{
    (void)state;
    c.record.current.phase = PHASE_SUBMITTED;
    c.record.intent = (struct intent){.kind = INTENT_SUBMIT, .attempt = 1};
    c.seen.job.job = FLINK_JOB_ABSENT;
    given_an_answer(OUTCOME_REFUSED, 500);
    then_it_does(ACTION_LOOK);
    given_an_answer(OUTCOME_REFUSED, 499);
    then_it_does(ACTION_FAIL_START);
}

/* B16 */
static void what_was_seen_before_the_write_counts_nothing(void **state)
{
    (void)state;
    c.seen.job.job = FLINK_JOB_FAILED;
    c.seen.job_part.at = c.seen.committed_at;
    then_it_does(ACTION_NOTE_END);
    c.seen.job_part.at = c.seen.committed_at - 1;
    then_it_does(ACTION_LOOK);
}

/* B19 */
static void every_leftover_is_ended(void **state)
{
    (void)state;
    given_an_attempt(3, PHASE_NONE);
    given_clusters(1, 2);
    then_it_does(ACTION_SWEEP);
    assert_int_equal(teardowns_of(1), 1);
    assert_int_equal(teardowns_of(2), 1);
}

/* B20 */
static void leftovers_are_ended_and_what_runs_is_not(void **state)
{
    (void)state;
    given_an_attempt(2, PHASE_UP);
    given_clusters(1, 2);
    then_it_does(ACTION_SWEEP);
    assert_int_equal(teardowns_of(1), 1);
    assert_int_equal(teardowns_of(2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(half_a_snapshot_in_the_directory_is_none),
        CORE_STORY(a_try_whose_directory_cannot_be_listed_is_waited_for),
        CORE_STORY(what_restore_from_names_outlives_a_start_that_fails),
        CORE_STORY(a_stop_by_another_trigger_is_not_ours),
        CORE_STORY(a_stop_that_is_asked_again_is_the_same_stop),
        CORE_STORY(what_another_process_says_of_the_job_counts_nothing),
        CORE_STORY(taskmanagers_that_outlive_their_jobmanager_are_ended),
        CORE_STORY(a_jobmanager_that_was_started_anew_has_lost_the_job),
        CORE_STORY(how_a_job_ended_that_nobody_watched_is_not_known),
        CORE_STORY(a_server_error_is_no_refusal),
        CORE_STORY(what_was_seen_before_the_write_counts_nothing),
        CORE_STORY(every_leftover_is_ended),
        CORE_STORY(leftovers_are_ended_and_what_runs_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
