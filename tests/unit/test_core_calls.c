/* Which row decides while a call is under way, one state after the other: what was asked for has
 * happened, was refused, is late or unknown, or something else came in between. */
#include "core_story.h"

static void given_trigger(enum flink_trigger_state state)
{
    c.seen.trigger.part.at = NOW - 1;
    c.seen.trigger.trigger_id = STR("t1");
    c.seen.trigger.state = state;
}

static void given_its_jobmanager_comes_up(void)
{
    c.cluster.jobmanager_alive = false;
}

static void given_taskmanagers_are_missing(void)
{
    c.cluster.taskmanagers_alive = 0;
}

static void a_start_that_is_no_longer_wanted_is_not_waited_for(void **state)
{
    (void)state;
    given_call(INTENT_PROVISION, PHASE_RESERVED);
    given_its_jobmanager_comes_up();
    then_row(209, ACTION_LOOK);
    given_wanted(DESIRED_SUSPENDED);
    then_row(200, ACTION_ABANDON);
    given_call(INTENT_UPLOAD, PHASE_RESERVED);
    then_row(228, ACTION_LOOK);
    given_wanted(DESIRED_CANCELLED);
    then_row(220, ACTION_ABANDON);
}

static void a_cluster_comes_up_or_does_not(void **state)
{
    (void)state;
    given_call(INTENT_PROVISION, PHASE_RESERVED);
    then_row(201, ACTION_NOTE_PROVISIONED);
    given_its_jobmanager_comes_up();
    given_answer(OUTCOME_DONE);
    then_row(209, ACTION_LOOK);
    given_nobody_heard();
    then_row(208, ACTION_CALL_AGAIN);
    given_waited(DEADLINE_PROVISION_US + 1);
    then_row(202, ACTION_SETBACK);
    given_call(INTENT_PROVISION, PHASE_RESERVED);
    given_nothing_exists();
    then_row(209, ACTION_LOOK);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(209, ACTION_LOOK);
    given_nobody_heard();
    then_row(208, ACTION_CALL_AGAIN);
    given_call(INTENT_PROVISION, PHASE_RESERVED);
    given_nothing_exists();
    given_answer(OUTCOME_REFUSED);
    then_row(202, ACTION_SETBACK);
}

static void a_jobmanager_that_ends_before_it_has_the_job_is_noticed_at_once(void **state)
{
    (void)state;
    given_call(INTENT_PROVISION, PHASE_RESERVED);
    given_its_jobmanager_is_dead();
    then_row(203, ACTION_FAIL_START);
    given_call(INTENT_UPLOAD, PHASE_RESERVED);
    given_its_jobmanager_is_dead();
    then_row(221, ACTION_SETBACK);
    given_call(INTENT_UPLOAD, PHASE_RESERVED);
    given_nothing_exists();
    then_row(221, ACTION_SETBACK);
}

static void taskmanagers_are_replaced_as_long_as_the_job_needs_them(void **state)
{
    (void)state;
    given_call(INTENT_PROVISION, PHASE_UP);
    given_taskmanagers_are_missing();
    then_row(209, ACTION_LOOK);
    given_nobody_heard();
    then_row(208, ACTION_CALL_AGAIN);
    c.seen.job.job = FLINK_JOB_FAILED;
    then_row(205, ACTION_DROP_INTENT);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(205, ACTION_DROP_INTENT);
    given_call(INTENT_PROVISION, PHASE_UP);
    given_taskmanagers_are_missing();
    given_answer(OUTCOME_REFUSED);
    then_row(207, ACTION_DROP_INTENT);
    given_wanted(DESIRED_CANCELLED);
    then_row(206, ACTION_DROP_INTENT);
    given_its_jobmanager_is_dead();
    then_row(204, ACTION_DROP_INTENT);
    given_call(INTENT_PROVISION, PHASE_SUBMITTED);
    then_row(204, ACTION_DROP_INTENT);
}

/* They are back: a suspension takes its savepoint of the whole job. */
static void a_suspension_does_not_stop_the_replacing(void **state)
{
    (void)state;
    given_call(INTENT_PROVISION, PHASE_UP);
    given_taskmanagers_are_missing();
    given_wanted(DESIRED_SUSPENDED);
    then_row(209, ACTION_LOOK);
}

static void a_jar_arrives_or_does_not(void **state)
{
    (void)state;
    given_call(INTENT_UPLOAD, PHASE_RESERVED);
    given_answer(OUTCOME_DONE);
    then_row(222, ACTION_NOTE_UPLOADED);
    given_answer(OUTCOME_REFUSED);
    then_row(224, ACTION_SETBACK);
    given_answer(OUTCOME_UNKNOWN);
    then_row(226, ACTION_CALL_AGAIN);
    given_nobody_heard();
    then_row(226, ACTION_CALL_AGAIN);
    given_waited(DEADLINE_UPLOAD_US + 1);
    then_row(224, ACTION_SETBACK);
}

static void a_job_is_there_or_not_whatever_was_answered(void **state)
{
    (void)state;
    given_call(INTENT_SUBMIT, PHASE_SUBMITTED);
    then_row(230, ACTION_NOTE_SUBMITTED);
    given_answer(OUTCOME_REFUSED);
    then_row(230, ACTION_NOTE_SUBMITTED);
    c.seen.job.job = FLINK_JOB_FAILED;
    then_row(230, ACTION_NOTE_SUBMITTED);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(234, ACTION_FAIL_START);
    given_answer(OUTCOME_UNKNOWN);
    then_row(237, ACTION_LOOK);
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    then_row(239, ACTION_LOOK);
    c.seen.job.outcome = OUTCOME_DONE;
    given_answer(OUTCOME_DONE);
    then_row(239, ACTION_LOOK);
    given_waited(DEADLINE_SUBMIT_US + 1);
    then_row(236, ACTION_FAIL_START);
    c.seen.job.outcome = OUTCOME_UNKNOWN; /* its JobManager cannot be asked: nothing is known */
    then_row(239, ACTION_LOOK);
    given_its_jobmanager_is_dead();
    then_row(232, ACTION_NOTE_LOST);
    given_nothing_exists();
    then_row(232, ACTION_NOTE_LOST);
}

/* What was asked of Flink while the request was on its way says nothing of what the request did. */
static void a_look_from_before_the_answer_says_nothing_of_the_submission(void **state)
{
    (void)state;
    given_call(INTENT_SUBMIT, PHASE_SUBMITTED);
    given_answer(OUTCOME_REFUSED);
    c.seen.job.job = FLINK_JOB_ABSENT;
    c.seen.job_part.at = c.seen.call.answered_at - 1;
    then_row(239, ACTION_LOOK);
    c.seen.job_part.at = c.seen.call.answered_at;
    then_row(234, ACTION_FAIL_START);
}

static void a_job_ends_while_it_is_asked_to_stop(void **state)
{
    (void)state;
    given_call(INTENT_STOP, PHASE_UP);
    given_trigger(FLINK_TRIGGER_IN_PROGRESS);
    then_row(258, ACTION_LOOK);
    c.seen.job.job = FLINK_JOB_FAILED;
    then_row(250, ACTION_NOTE_END);
    c.seen.job.job = FLINK_JOB_CANCELED;
    then_row(250, ACTION_NOTE_END);
    c.seen.job.job = FLINK_JOB_FINISHED; /* where its savepoint is will be told */
    then_row(258, ACTION_LOOK);
    given_waited(DEADLINE_SAVEPOINT_US + 1);
    then_row(251, ACTION_NOTE_END);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(252, ACTION_NOTE_LOST);
    c.seen.job.job = FLINK_JOB_RUNNING;
    then_row(254, ACTION_NOTE_TRY_FAILED);
    given_its_jobmanager_is_dead();
    then_row(248, ACTION_NOTE_LOST);
    given_nothing_exists();
    then_row(248, ACTION_NOTE_LOST);
}

static void a_stop_fails_or_is_overtaken_by_a_cancel(void **state)
{
    (void)state;
    given_call(INTENT_STOP, PHASE_UP);
    given_trigger(FLINK_TRIGGER_FAILED);
    then_row(246, ACTION_NOTE_TRY_FAILED);
    c.seen.job.job = FLINK_JOB_ABSENT; /* first the try, then the job */
    then_row(246, ACTION_NOTE_TRY_FAILED);
    given_call(INTENT_STOP, PHASE_UP);
    given_nobody_heard();
    then_row(256, ACTION_CALL_AGAIN);
    c.seen.job.outcome = OUTCOME_UNKNOWN; /* nobody to post it to */
    then_row(258, ACTION_LOOK);
    given_wanted(DESIRED_CANCELLED);
    then_row(244, ACTION_SUPERSEDE_BY_CANCEL);
    c.seen.job.outcome = OUTCOME_DONE;
    c.seen.job.job = FLINK_JOB_CANCELED;
    then_row(250, ACTION_NOTE_END);
}

/* Complete and read to its end. */
static void given_a_complete_savepoint(enum flink_trigger_state state)
{
    given_trigger(state);
    c.seen.trigger.location = c.seen.snapshot.location = STR(TRY "/savepoint-1");
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.outcome = OUTCOME_DONE;
    c.seen.snapshot.sight = (struct snapshot_sight){.verified = VERIFIED_FULL, .checkpoint_id = 7};
}

static void a_savepoint_is_complete_with_the_stop_or_without(void **state)
{
    (void)state;
    given_call(INTENT_STOP, PHASE_UP);
    given_a_complete_savepoint(FLINK_TRIGGER_COMPLETED);
    then_row(258, ACTION_LOOK); /* its job is not seen finished */
    c.seen.job.job = FLINK_JOB_FINISHED;
    then_row(240, ACTION_NOTE_SAVEPOINT);
    given_call(INTENT_STOP, PHASE_UP);
    given_a_complete_savepoint(FLINK_TRIGGER_STOP_FAILED);
    then_row(258, ACTION_LOOK); /* whether anything is newer is not known */
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats.latest_completed.id = 7;
    then_row(242, ACTION_CANCEL_AFTER_SAVEPOINT);
    c.seen.stats.latest_completed.id = 8;
    then_row(246, ACTION_NOTE_TRY_FAILED);
    given_call(INTENT_SAVEPOINT, PHASE_UP);
    given_a_complete_savepoint(FLINK_TRIGGER_COMPLETED);
    then_row(260, ACTION_NOTE_SAVEPOINT);
}

static void a_job_ends_while_a_savepoint_is_taken(void **state)
{
    (void)state;
    given_call(INTENT_SAVEPOINT, PHASE_UP);
    given_trigger(FLINK_TRIGGER_IN_PROGRESS);
    then_row(268, ACTION_LOOK);
    c.seen.job.job = FLINK_JOB_FINISHED;
    then_row(262, ACTION_NOTE_END);
    given_waited(DEADLINE_SAVEPOINT_US + 1);
    then_row(262, ACTION_NOTE_END);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(263, ACTION_NOTE_LOST);
    given_its_jobmanager_is_dead();
    then_row(261, ACTION_NOTE_LOST);
}

static void a_savepoint_fails_or_is_overtaken_by_a_cancel(void **state)
{
    (void)state;
    given_call(INTENT_SAVEPOINT, PHASE_UP);
    given_trigger(FLINK_TRIGGER_FAILED);
    then_row(266, ACTION_NOTE_SAVEPOINT_FAILED);
    given_call(INTENT_SAVEPOINT, PHASE_UP);
    given_nobody_heard();
    then_row(267, ACTION_CALL_AGAIN);
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    then_row(268, ACTION_LOOK);
    given_wanted(DESIRED_CANCELLED);
    then_row(264, ACTION_SUPERSEDE_BY_CANCEL);
}

static void a_cancel_is_repeated_until_the_job_is_over(void **state)
{
    (void)state;
    given_call(INTENT_CANCEL, PHASE_UP);
    given_wanted(DESIRED_CANCELLED);
    given_answer(OUTCOME_DONE);
    then_row(278, ACTION_LOOK);
    given_answer(OUTCOME_REFUSED);
    then_row(276, ACTION_CALL_AGAIN);
    given_nobody_heard();
    then_row(276, ACTION_CALL_AGAIN);
    given_waited(DEADLINE_CANCEL_US + 1);
    then_row(274, ACTION_END_BY_TEARDOWN);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(273, ACTION_NOTE_LOST);
    c.seen.job.job = FLINK_JOB_CANCELED;
    then_row(270, ACTION_NOTE_END);
    c.seen.job.job = FLINK_JOB_FINISHED;
    then_row(270, ACTION_NOTE_END);
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    given_its_jobmanager_is_dead();
    then_row(272, ACTION_NOTE_LOST);
}

static void data_is_removed_or_is_still_there(void **state)
{
    (void)state;
    given_call(INTENT_DISCARD, PHASE_UP);
    then_row(296, ACTION_LOOK);
    given_answer(OUTCOME_DONE);
    then_row(290, ACTION_NOTE_DISCARDED);
    given_answer(OUTCOME_REFUSED);
    then_row(292, ACTION_NOTE_DISCARD_FAILED);
    given_nobody_heard();
    then_row(294, ACTION_CALL_AGAIN);
    given_waited(DEADLINE_DISCARD_US + 1);
    then_row(292, ACTION_NOTE_DISCARD_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(a_start_that_is_no_longer_wanted_is_not_waited_for),
        CORE_STORY(a_cluster_comes_up_or_does_not),
        CORE_STORY(a_jobmanager_that_ends_before_it_has_the_job_is_noticed_at_once),
        CORE_STORY(taskmanagers_are_replaced_as_long_as_the_job_needs_them),
        CORE_STORY(a_suspension_does_not_stop_the_replacing),
        CORE_STORY(a_jar_arrives_or_does_not),
        CORE_STORY(a_job_is_there_or_not_whatever_was_answered),
        CORE_STORY(a_look_from_before_the_answer_says_nothing_of_the_submission),
        CORE_STORY(a_job_ends_while_it_is_asked_to_stop),
        CORE_STORY(a_stop_fails_or_is_overtaken_by_a_cancel),
        CORE_STORY(a_savepoint_is_complete_with_the_stop_or_without),
        CORE_STORY(a_job_ends_while_a_savepoint_is_taken),
        CORE_STORY(a_savepoint_fails_or_is_overtaken_by_a_cancel),
        CORE_STORY(a_cancel_is_repeated_until_the_job_is_over),
        CORE_STORY(data_is_removed_or_is_still_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
