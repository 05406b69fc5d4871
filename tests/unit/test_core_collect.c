/* What is recorded of what an attempt left behind, once nothing of it can write any more. */
#include "core_story.h"

static void what_is_collected_twice_is_recorded_once(void **state)
{
    (void)state;
    given_it_is_gone(10);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.n_savepoints, 1);
    assert_int_equal(c.out.savepoints[0].status.checkpoint_id, 10);
    assert_int_equal(c.out.savepoints[0].status.verified, VERIFIED_FULL);
    assert_int_equal(c.out.record.sequence, 1);
    c.rows[0] = c.out.savepoints[0];
    c.list[c.n_rows++] = &c.rows[0];
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.n_savepoints, 0);
    assert_int_equal(c.out.record.sequence, 0);
}

static void what_is_not_chosen_by_itself_is_said(void **state)
{
    (void)state;
    given_it_is_gone(10);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    then_it_does(ACTION_COLLECT);
    assert_text(said("RETAINED_CHECKPOINT_LEFT_OUT"), "");
    c.sights[0].verified = VERIFIED_BROKEN;
    c.sights[0].text = STR("_metadata is cut off");
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.savepoints[0].status.verified, VERIFIED_BROKEN);
    assert_text(said("RETAINED_CHECKPOINT_LEFT_OUT"),
                CHECKPOINTS "/10 is not chosen by itself: _metadata is cut off");
    c.sights[0].verified = VERIFIED_FULL;
    given_it_is_gone(0);
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.savepoints[0].status.verified, VERIFIED_UNCONFIRMED);
    assert_text(said("RETAINED_CHECKPOINT_LEFT_OUT"), CHECKPOINTS
                "/10 is not chosen by itself: its JobManager did not name it as completed");
}

/* A try was posted and never answered; the job takes no checkpoints. */
static void given_a_try_without_a_result(void)
{
    given_try(INTENT_SAVEPOINT);
    c.record.intent = (struct intent){0};
    given_it_is_gone(0);
    c.record.current.checkpointing = CHECKPOINTING_OFF;
}

static void half_a_savepoint_is_no_result(void **state)
{
    (void)state;
    given_a_try_without_a_result();
    given_listing(TRY, OUTCOME_DONE, 7);
    then_it_does(ACTION_COLLECT);
    assert_int_equal(put_of("s1")->status.state, SAVEPOINT_COMPLETED);
    assert_int_equal(put_of("s1")->status.checkpoint_id, 7);
    assert_true(put_of("s1")->status.verified_at > 0);
    assert_text(said("TRANSITIONED_TO_COMPLETED"), "Savepoint s1 was found complete in " TRY);
    c.rows[0].status.state = SAVEPOINT_COMPLETED; /* Flink had told of it: no news */
    c.rows[0].status.verified = VERIFIED_REPORTED;
    then_it_does(ACTION_COLLECT);
    assert_int_equal(put_of("s1")->status.verified, VERIFIED_FULL);
    assert_text(said("TRANSITIONED_TO_COMPLETED"), "");
    c.rows[0].status.state = SAVEPOINT_STARTED;
    c.sights[0].verified = VERIFIED_BROKEN;
    then_it_does(ACTION_COLLECT);
    assert_int_equal(put_of("s1")->status.state, SAVEPOINT_FAILED);
    assert_text(put_of("s1")->status.failure_message,
                "the job ended and left no complete savepoint");
}

/* Its record was forgotten while the job ran on; then the job finished by itself. */
static void a_savepoint_that_was_forgotten_stays_so(void **state)
{
    (void)state;
    given_try(INTENT_STOP);
    c.record.intent = (struct intent){0};
    c.tries[0].settled = true;
    c.n_rows = 0;
    given_it_is_gone(0);
    c.record.current.end = END_FINISHED;
    given_listing(TRY, OUTCOME_REFUSED, 0);
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.n_savepoints, 0);
    assert_int_equal(c.out.record.current.phase, PHASE_DONE);
}

/* A stop that Flink says it ended the job with, and that nobody could read. */
static void given_an_unread_stop(struct trigger_try *try_, const char *id, int64_t number)
{
    *try_ = (struct trigger_try){.savepoint_id = str_of(id),
                                 .directory = STR(CHECKPOINTS),
                                 .stop = true,
                                 .settled = true,
                                 .checkpoint_id = number};
    struct savepoint *s = given_row(id, SAVEPOINT_COMPLETED);
    s->status.verified = VERIFIED_REPORTED;
    s->status.attempt = 1;
    s->status.checkpoint_id = number;
    given_listing(CHECKPOINTS, OUTCOME_UNKNOWN, 0);
}

static void the_number_that_flink_told_of_a_stop_stays(void **state)
{
    (void)state;
    given_it_is_gone(0);
    c.record.current.end = END_FINISHED;
    given_an_unread_stop(&c.tries[0], "s1", 7);
    c.record.current.tries = (struct list){c.tries, 1};
    then_it_does(ACTION_COLLECT);
    assert_null(put_of("s1"));
    c.tries[0].checkpoint_id = 0; /* nobody told: it is the newest all the same */
    then_it_does(ACTION_COLLECT);
    assert_int_equal(put_of("s1")->status.sequence, 1);
    c.rows[0].status.state = SAVEPOINT_PENDING_DELETION; /* and is to go */
    then_it_does(ACTION_COLLECT);
    assert_null(put_of("s1"));
    c.rows[0].status.state = SAVEPOINT_COMPLETED;
    c.tries[0].stop = false; /* it did not end the job */
    given_waited(WAIT_LISTING_US + 1);
    then_it_does(ACTION_COLLECT);
    assert_null(put_of("s1"));
}

/* A request that was long on its way may be numbered after one that was posted later. */
static void a_stop_is_newer_than_the_highest_of_the_tries_before_it(void **state)
{
    (void)state;
    static struct trigger_try tries[3];
    given_it_is_gone(0);
    c.record.current.end = END_FINISHED;
    tries[0] = (struct trigger_try){.savepoint_id = STR("s1"), .directory = STR(TRY)};
    tries[1] = (struct trigger_try){.savepoint_id = STR("s2"), .directory = STR("file:/sp/try-2")};
    given_row("s1", SAVEPOINT_FAILED);
    given_row("s2", SAVEPOINT_FAILED);
    given_listing(TRY, OUTCOME_DONE, 9);
    given_listing("file:/sp/try-2", OUTCOME_DONE, 8);
    given_an_unread_stop(&tries[2], "s3", 0);
    c.record.current.tries = (struct list){tries, 3};
    then_it_does(ACTION_COLLECT);
    assert_int_equal(put_of("s3")->status.checkpoint_id, 9);
    assert_true(savepoint_order(put_of("s3"), put_of("s1")) > 0);
    assert_true(savepoint_order(put_of("s3"), put_of("s2")) > 0);
}

/* It was never seen up: only a snapshot that can be used shows that it went on. */
static void an_explicit_restore_is_used_up_by_what_followed_it(void **state)
{
    (void)state;
    given_it_is_gone(10);
    c.record.current.restore_nonce = STR("once");
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    then_it_does(ACTION_COLLECT);
    assert_text(c.out.record.used_nonce, "once");
    c.sights[0].verified = VERIFIED_BROKEN;
    then_it_does(ACTION_COLLECT);
    assert_text(c.out.record.used_nonce, "");
    c.sights[0].verified = VERIFIED_FULL;
    given_it_is_gone(0); /* its JobManager did not name it */
    then_it_does(ACTION_COLLECT);
    assert_text(c.out.record.used_nonce, "");
}

static void a_job_finishes_once(void **state)
{
    (void)state;
    given_it_is_gone(0);
    c.record.current.end = END_FINISHED;
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.record.current.phase, PHASE_DONE);
    assert_int_equal(c.out.jobs[0]->status.state, JOB_FINISHED);
    c.record.current.reopened = true; /* that was long ago, and is read once more */
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.record.current.phase, PHASE_NONE);
    assert_int_equal(c.out.n_jobs, 0);
    assert_text(said("TRANSITIONED_TO_FINISHED_STATE"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(what_is_collected_twice_is_recorded_once),
        CORE_STORY(what_is_not_chosen_by_itself_is_said),
        CORE_STORY(half_a_savepoint_is_no_result),
        CORE_STORY(a_savepoint_that_was_forgotten_stays_so),
        CORE_STORY(the_number_that_flink_told_of_a_stop_stays),
        CORE_STORY(a_stop_is_newer_than_the_highest_of_the_tries_before_it),
        CORE_STORY(an_explicit_restore_is_used_up_by_what_followed_it),
        CORE_STORY(a_job_finishes_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
