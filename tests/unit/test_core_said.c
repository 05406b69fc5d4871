/* What is said of a stop and of an end: people go by it. */
#include "core_story.h"

static void then_the_strategy_is_named(enum action action, bool named)
{
    then_it_does(action);
    assert_int_equal(said("USING_AN_UPGRADE_STRATEGY").len > 0, named);
}

/* Not where the user asks for the stop. */
static void a_strategy_is_named_where_it_stops_the_job(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_a_checked_edit_under(UPGRADE_STATELESS);
    then_the_strategy_is_named(ACTION_CANCEL, true);
    given_wanted(DESIRED_CANCELLED);
    then_the_strategy_is_named(ACTION_CANCEL, false);
    given_call(INTENT_NONE, PHASE_UP);
    given_wanted(DESIRED_CANCELLED);
    then_the_strategy_is_named(ACTION_CANCEL, false);
    given_call(INTENT_NONE, PHASE_UP);
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    then_the_strategy_is_named(ACTION_STOP, true);
    given_wanted(DESIRED_SUSPENDED);
    then_the_strategy_is_named(ACTION_STOP, false);
    given_call(INTENT_NONE, PHASE_UP);
    given_wanted(DESIRED_SUSPENDED);
    then_the_strategy_is_named(ACTION_STOP, false);
}

/* An edit that needs a savepoint gives up with the last try; a cancel that came after it does not. */
static void an_edit_gives_up_with_its_last_try(void **state)
{
    (void)state;
    given_call(INTENT_STOP, PHASE_UP);
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    c.record.operation = (struct operation){.kind = OPERATION_UPGRADE, .savepoint_tries = 3};
    c.seen.trigger.part.at = NOW - 1;
    c.seen.trigger.trigger_id = STR("t1");
    c.seen.trigger.state = FLINK_TRIGGER_FAILED;
    then_it_does(ACTION_NOTE_TRY_FAILED);
    assert_text(c.out.record.gave_up, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS");
    c.record.operation.savepoint_tries = 2;
    then_it_does(ACTION_NOTE_TRY_FAILED);
    assert_text(c.out.record.gave_up, "");
    c.record.operation.savepoint_tries = 3;
    c.seen.job.job = FLINK_JOB_FINISHED;
    given_wanted(DESIRED_CANCELLED);
    then_it_does(ACTION_NOTE_TRY_FAILED);
    assert_text(c.out.record.gave_up, "");
}

static void a_savepoint_on_request_does_not_announce_a_stop(void **state)
{
    (void)state;
    static const enum intent_kind kinds[] = {INTENT_STOP, INTENT_SAVEPOINT};
    for (size_t i = 0; i < 2; i++) {
        given_call(kinds[i], PHASE_UP);
        c.seen.trigger.part.at = c.seen.snapshot.part.at = NOW - 1;
        c.seen.trigger.trigger_id = STR("t1");
        c.seen.trigger.state = FLINK_TRIGGER_COMPLETED;
        c.seen.trigger.location = c.seen.snapshot.location = STR(TRY "/savepoint-1");
        c.seen.snapshot.outcome = OUTCOME_DONE;
        c.seen.snapshot.sight.verified = VERIFIED_FULL;
        if (kinds[i] == INTENT_STOP)
            c.seen.job.job = FLINK_JOB_FINISHED;
        then_it_does(ACTION_NOTE_SAVEPOINT);
        assert_int_equal(said("FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION").len > 0,
                         kinds[i] == INTENT_STOP);
    }
}

static void what_its_user_said_of_a_savepoint_stays(void **state)
{
    (void)state;
    struct str_pair why = {STR("why"), STR("audit")};
    given_call(INTENT_NONE, PHASE_UP);
    struct savepoint *row = given_row("s1", SAVEPOINT_STARTED);
    row->metadata.annotations = (struct str_map){&why, 1};
    row->spec.pinned = true;
    then_row(414, ACTION_SAVEPOINT);
    const struct savepoint *put = put_of("s1");
    assert_true(put->spec.pinned);
    assert_text(str_map_get_or(&put->metadata.annotations, STR("why"), STR("")), "audit");
    assert_true(
        str_map_get_or(&put->metadata.annotations, STR(ANNOTATION_SPEC_VERSION), STR("")).len > 0);
}

static void why_no_savepoint_was_taken_is_said(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_row("s1", SAVEPOINT_STARTED);
    given_request_waited("s1", WAIT_SAVEPOINTABLE_US + 1);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    then_row(404, ACTION_NOTE_SAVEPOINT_FAILED);
    assert_text(put_of("s1")->status.failure_message, "not all tasks of the job ran");
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    given_row("s1", SAVEPOINT_STARTED);
    then_row(418, ACTION_NOTE_SAVEPOINT_FAILED);
    assert_text(put_of("s1")->status.failure_message, "there is no job to take it of");
}

static void how_a_job_was_lost_is_said(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.seen.job.job = FLINK_JOB_ABSENT;
    given_nobody_heard();
    then_it_does(ACTION_NOTE_LOST);
    assert_text(said("JOB_FAILED"),
                "Attempt 1 is lost: its JobManager does not know the job any more");
    assert_text(c.out.jobs[0]->status.failure.reason, "JOB_LOST");
    given_its_jobmanager_is_dead();
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    then_it_does(ACTION_NOTE_LOST);
    assert_text(said("JOB_FAILED"), "Attempt 1 is lost: its JobManager has ended");
    c.cluster.cause = STR("killed by signal 9"); /* its own last words tell more */
    then_it_does(ACTION_NOTE_LOST);
    assert_text(said("JOB_FAILED"), "Attempt 1 is lost: killed by signal 9");
    given_call(INTENT_NONE, PHASE_UP);
    c.seen.job.job = FLINK_JOB_CANCELED;
    then_it_does(ACTION_NOTE_END);
    assert_text(said("JOB_FAILED"), "Attempt 1 was cancelled behind our back: CANCELED");
    assert_text(c.out.jobs[0]->status.failure.reason, "JOB_FAILED");
}

/* Once all tasks run, and nothing else is wanted. */
static void a_start_is_complete_when_what_is_wanted_runs(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_SUBMITTED);
    then_it_does(ACTION_NOTE_UP);
    assert_text(said("STATE_TRANSITION_IS_COMPLETED"), "The Deployment is RUNNING");
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    then_it_does(ACTION_NOTE_UP);
    assert_text(said("STATE_TRANSITION_IS_COMPLETED"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(a_strategy_is_named_where_it_stops_the_job),
        CORE_STORY(an_edit_gives_up_with_its_last_try),
        CORE_STORY(a_savepoint_on_request_does_not_announce_a_stop),
        CORE_STORY(what_its_user_said_of_a_savepoint_stays),
        CORE_STORY(why_no_savepoint_was_taken_is_said),
        CORE_STORY(how_a_job_was_lost_is_said),
        CORE_STORY(a_start_is_complete_when_what_is_wanted_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
