/* Which row decides when no call is under way, one state after the other: how an attempt ends, when a
 * running job is stopped, and what a start waits for. */
#include "core_story.h"

static void given_an_edit_under(enum upgrade_kind upgrade)
{
    static struct str_pair version[1];
    version[0] = (struct str_pair){STR(ANNOTATION_SPEC_VERSION), STR("2")};
    c.deployment.metadata.annotations = (struct str_map){version, 1};
    c.deployment.spec.template_.spec.parallelism = 2;
    c.deployment.spec.upgrade_strategy = (int)upgrade;
    c.record.spec_version = c.record.wanted_spec_version = 2;
}

static void given_the_artifact_is(enum outcome outcome)
{
    c.seen.artifact.part.at = NOW - 1;
    c.seen.artifact.spec_version = c.record.spec_version;
    c.seen.artifact.outcome = outcome;
    c.seen.artifact.text = STR("what it says");
}

static void given_tries_spent(int64_t tries)
{
    c.record.operation = (struct operation){.kind = OPERATION_SUSPEND, .savepoint_tries = tries};
}

static void given_a_failure_just_now(void)
{
    static struct failure_time failures[1];
    failures[0].at = NOW;
    c.record.failures = (struct list){failures, 1};
    given_waited(0);
}

static void given_a_snapshot_that_is(enum outcome outcome)
{
    struct savepoint *s = given_row("s0", SAVEPOINT_COMPLETED);
    s->status.verified = VERIFIED_FULL;
    c.record.had_snapshot = true;
    c.seen.snapshot.part.at = outcome == OUTCOME_UNKNOWN ? 0 : NOW - 1;
    c.seen.snapshot.location = s->spec.savepoint_location;
    c.seen.snapshot.outcome = outcome;
    c.seen.snapshot.sight.verified = VERIFIED_FULL;
}

static void what_was_not_seen_decides_nothing(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    then_row(602, ACTION_REST);
    c.seen.world_outcome = OUTCOME_UNKNOWN;
    then_row(102, ACTION_LOOK);
    c.seen.world_outcome = OUTCOME_DONE;
    c.seen.world_part.at = c.seen.committed_at - 1;
    then_row(102, ACTION_LOOK);
    c.seen.world_part.at = NOW - 1;
    c.cluster.attempt = 2;
    then_row(100, ACTION_HALT);
}

static void an_attempt_ends_when_its_jobmanager_says_so_or_is_dead(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.seen.job.outcome = OUTCOME_UNKNOWN; /* unreachable is not dead */
    then_row(606, ACTION_REST);
    given_its_jobmanager_is_dead();
    then_row(302, ACTION_NOTE_LOST);
    given_call(INTENT_NONE, PHASE_UP);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(304, ACTION_NOTE_LOST);
    c.seen.job.job = FLINK_JOB_FAILED;
    then_row(300, ACTION_NOTE_END);
    given_call(INTENT_NONE, PHASE_SUBMITTED);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(304, ACTION_NOTE_LOST);
    given_nothing_exists();
    then_row(302, ACTION_NOTE_LOST);
}

static void the_last_words_are_read_before_anything_is_torn_down(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_ENDED);
    c.record.current.end = END_FAILED;
    then_row(314, ACTION_LOOK);
    c.seen.stats_part.at = c.seen.cause_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    then_row(310, ACTION_NOTE_READ);
    given_call(INTENT_NONE, PHASE_ENDED);
    given_its_jobmanager_is_dead();
    then_row(312, ACTION_NOTE_READ);
    given_call(INTENT_NONE, PHASE_READ);
    then_row(322, ACTION_TEARDOWN);
    given_nothing_exists();
    then_row(320, ACTION_NOTE_GONE);
}

static void what_is_left_behind_is_read_before_the_next_start(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_GONE);
    c.record.current.end = END_CANCELED;
    given_nothing_exists();
    then_row(334, ACTION_LOOK);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 7);
    then_row(330, ACTION_COLLECT);
    c.record.current.stats_known = true;
    static struct final_checkpoint newer[1] = {{.id = 8}};
    c.record.current.final_checkpoints = (struct list){newer, 1};
    then_row(332, ACTION_BLOCK_EVIDENCE);
}

static void an_empty_cluster_is_given_up_for_anything_newer(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_RESERVED);
    then_row(520, ACTION_UPLOAD);
    given_wanted(DESIRED_SUSPENDED);
    then_row(400, ACTION_ABANDON);
    given_call(INTENT_NONE, PHASE_PROVISIONED);
    given_an_edit_under(UPGRADE_STATEFUL);
    then_row(402, ACTION_ABANDON);
    given_call(INTENT_NONE, PHASE_RESERVED);
    given_its_jobmanager_is_dead();
    then_row(306, ACTION_SETBACK);
    given_call(INTENT_NONE, PHASE_RESERVED);
    c.cluster.taskmanagers_alive = 0;
    then_row(522, ACTION_REPLACE);
    given_call(INTENT_NONE, PHASE_RESERVED);
    c.seen.job.taskmanager_ids.n = 0;
    then_row(524, ACTION_LOOK);
}

static void a_suspension_takes_a_savepoint_of_a_whole_job(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_wanted(DESIRED_SUSPENDED);
    then_row(422, ACTION_STOP);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    then_row(424, ACTION_LOOK);
    given_waited(WAIT_SAVEPOINTABLE_US + US_PER_S);
    c.seen.chance_since = c.seen.timer_since;
    then_row(409, ACTION_SPEND_TRY);
    given_tries_spent(4);
    then_row(420, ACTION_GIVE_UP);
    c.seen.job.job = FLINK_JOB_RUNNING;
    then_row(420, ACTION_GIVE_UP);
    given_wanted(DESIRED_CANCELLED);
    then_row(410, ACTION_CANCEL);
}

static void a_pause_follows_a_failed_try(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_wanted(DESIRED_SUSPENDED);
    given_tries_spent(2);
    given_waited(0);
    then_row(424, ACTION_LOOK);
    given_call(INTENT_NONE, PHASE_UP);
    given_an_edit_under(UPGRADE_STATEFUL);
    given_the_artifact_is(OUTCOME_DONE);
    given_tries_spent(2);
    given_waited(0);
    then_row(444, ACTION_LOOK);
}

static void an_edit_is_checked_before_the_job_is_stopped(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_an_edit_under(UPGRADE_STATEFUL);
    then_row(432, ACTION_LOOK);
    given_the_artifact_is(OUTCOME_REFUSED);
    then_row(430, ACTION_BLOCK_PREFLIGHT);
    given_the_artifact_is(OUTCOME_DONE);
    then_row(442, ACTION_STOP);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    then_row(444, ACTION_LOOK);
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    then_row(444, ACTION_LOOK);
    given_waited(WAIT_SAVEPOINTABLE_US + US_PER_S);
    c.seen.chance_since = c.seen.timer_since;
    then_row(411, ACTION_SPEND_TRY);
    given_tries_spent(4);
    then_row(428, ACTION_GIVE_UP);
}

/* A job that cannot take a savepoint costs no try while it is not known what it would be taken for. */
static void no_try_is_spent_on_an_edit_that_is_not_checked(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_an_edit_under(UPGRADE_STATEFUL);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    given_waited(WAIT_SAVEPOINTABLE_US + US_PER_S);
    c.seen.chance_since = c.seen.timer_since;
    then_row(432, ACTION_LOOK);
    given_the_artifact_is(OUTCOME_REFUSED);
    then_row(430, ACTION_BLOCK_PREFLIGHT);
}

static void what_runs_as_wanted_is_not_checked(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_the_artifact_is(OUTCOME_REFUSED);
    then_row(602, ACTION_REST);
    given_an_edit_under(UPGRADE_NONE);
    given_the_artifact_is(OUTCOME_REFUSED);
    then_row(600, ACTION_REST);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    then_row(604, ACTION_REST);
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    then_row(606, ACTION_REST);
}

static void data_is_removed_when_no_start_is_under_way(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_row("s1", SAVEPOINT_PENDING_DELETION);
    then_row(450, ACTION_DISCARD);
    given_call(INTENT_NONE, PHASE_RESERVED);
    given_row("s1", SAVEPOINT_PENDING_DELETION);
    then_row(520, ACTION_UPLOAD);
    given_call(INTENT_NONE, PHASE_SUBMITTED);
    given_row("s1", SAVEPOINT_PENDING_DELETION);
    c.seen.job.tasks_up = 1;
    then_row(604, ACTION_REST);
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    given_wanted(DESIRED_SUSPENDED);
    given_row("s1", SAVEPOINT_PENDING_DELETION);
    then_row(450, ACTION_DISCARD);
}

static void a_stateless_edit_cancels_and_is_checked_too(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_an_edit_under(UPGRADE_STATELESS);
    then_row(432, ACTION_LOOK);
    given_the_artifact_is(OUTCOME_REFUSED);
    then_row(430, ACTION_BLOCK_PREFLIGHT);
    given_the_artifact_is(OUTCOME_DONE);
    then_row(434, ACTION_CANCEL);
    c.seen.job.job = FLINK_JOB_RESTARTING; /* it needs no savepoint */
    then_row(434, ACTION_CANCEL);
}

static void taskmanagers_that_are_missing_are_replaced_at_a_pace(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.cluster.taskmanagers_alive = 0;
    then_row(412, ACTION_REPLACE);
    c.record.setbacks = 3;
    given_waited(0);
    then_row(602, ACTION_REST);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    then_row(604, ACTION_REST);
}

static void a_savepoint_on_request_needs_a_whole_job(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_row("s1", SAVEPOINT_STARTED);
    then_row(414, ACTION_SAVEPOINT);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    then_row(604, ACTION_REST);
    given_request_waited("s1", WAIT_SAVEPOINTABLE_US + US_PER_S);
    then_row(404, ACTION_NOTE_SAVEPOINT_FAILED);
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    given_row("s1", SAVEPOINT_STARTED);
    then_row(418, ACTION_NOTE_SAVEPOINT_FAILED);
}

static void a_start_waits_for_what_it_needs(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    then_row(505, ACTION_LOOK);
    given_the_artifact_is(OUTCOME_REFUSED);
    then_row(504, ACTION_BLOCK_PREFLIGHT);
    given_the_artifact_is(OUTCOME_DONE);
    then_row(510, ACTION_RESERVE);
    given_a_failure_just_now();
    then_row(502, ACTION_LOOK);
    c.deployment.spec.max_job_creation_attempts = 1;
    then_row(500, ACTION_GIVE_UP);
}

static void a_start_that_is_under_way_is_not_given_up_for_earlier_failures(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_RESERVED);
    given_a_failure_just_now();
    c.deployment.spec.max_job_creation_attempts = 1;
    then_row(520, ACTION_UPLOAD);
}

/* It is told, and the job goes on. */
static void a_job_that_restored_something_else_is_told(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.record.current.restored = RESTORED_UNCHECKED;
    c.record.current.source = SOURCE_SNAPSHOT;
    c.record.current.source_location = STR("file:/sp/s0");
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    then_row(408, ACTION_NOTE_EVIDENCE);
    assert_int_equal(c.out.record.current.restored, RESTORED_OTHERWISE);
}

static void what_is_suspended_waits_for_no_start(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    given_wanted(DESIRED_SUSPENDED);
    given_the_artifact_is(OUTCOME_REFUSED);
    then_row(622, ACTION_REST);
    given_a_failure_just_now();
    then_row(622, ACTION_REST);
    c.deployment.spec.max_job_creation_attempts = 1;
    then_row(622, ACTION_REST);
}

static void an_end_that_was_never_read_is_read_before_a_start(void **state)
{
    (void)state;
    static struct attempt unread[1];
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    given_the_artifact_is(OUTCOME_DONE);
    unread[0] = (struct attempt){.number = 1, .phase = PHASE_GONE};
    c.record.unread = (struct list){unread, 1};
    then_row(508, ACTION_REOPEN);
    given_wanted(DESIRED_SUSPENDED);
    then_row(622, ACTION_REST);
    given_call(INTENT_NONE, PHASE_PROVISIONED); /* not while another attempt is under way */
    c.record.unread = (struct list){unread, 1};
    then_row(532, ACTION_ABANDON);
}

static void a_start_waits_for_its_snapshot(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    given_the_artifact_is(OUTCOME_DONE);
    given_a_snapshot_that_is(OUTCOME_UNKNOWN);
    then_row(506, ACTION_LOOK);
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.outcome = OUTCOME_DONE;
    then_row(510, ACTION_RESERVE);
    c.seen.snapshot.part.at = NOW - VERIFIED_FRESH_US - 1; /* it may have been deleted since */
    then_row(506, ACTION_LOOK);
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.outcome = OUTCOME_REFUSED;
    then_row(507, ACTION_BLOCK_CHOICE);
    c.n_rows = 0; /* there was state, and no snapshot of it is known */
    then_row(507, ACTION_BLOCK_CHOICE);
}

static void a_submission_waits_for_its_snapshot(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_PROVISIONED);
    given_a_snapshot_that_is(OUTCOME_UNKNOWN);
    then_row(530, ACTION_LOOK);
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.outcome = OUTCOME_REFUSED;
    then_row(532, ACTION_ABANDON);
    c.seen.snapshot.outcome = OUTCOME_DONE;
    then_row(534, ACTION_SUBMIT);
    c.seen.job.taskmanager_ids.n = 0; /* one of its TaskManagers is not listed just now */
    then_row(524, ACTION_LOOK);
}

static void it_rests_where_nothing_is_to_be_done(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    given_an_edit_under(UPGRADE_NONE);
    then_row(600, ACTION_REST);
    given_call(INTENT_NONE, PHASE_SUBMITTED);
    then_row(406, ACTION_NOTE_UP);
    c.seen.job.tasks_up = 1;
    then_row(604, ACTION_REST);
    c.cluster.jobmanager_alive = false; /* its cluster is not empty any more */
    then_row(604, ACTION_REST);
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    given_wanted(DESIRED_SUSPENDED);
    then_row(622, ACTION_REST);
    given_wanted(DESIRED_CANCELLED);
    then_row(624, ACTION_REST);
    c.record.removing = true;
    then_row(620, ACTION_REMOVE);
    given_call(INTENT_NONE, PHASE_DONE);
    given_nothing_exists();
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    then_row(610, ACTION_REST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(what_was_not_seen_decides_nothing),
        CORE_STORY(an_attempt_ends_when_its_jobmanager_says_so_or_is_dead),
        CORE_STORY(the_last_words_are_read_before_anything_is_torn_down),
        CORE_STORY(what_is_left_behind_is_read_before_the_next_start),
        CORE_STORY(an_empty_cluster_is_given_up_for_anything_newer),
        CORE_STORY(a_suspension_takes_a_savepoint_of_a_whole_job),
        CORE_STORY(a_pause_follows_a_failed_try),
        CORE_STORY(an_edit_is_checked_before_the_job_is_stopped),
        CORE_STORY(no_try_is_spent_on_an_edit_that_is_not_checked),
        CORE_STORY(what_runs_as_wanted_is_not_checked),
        CORE_STORY(data_is_removed_when_no_start_is_under_way),
        CORE_STORY(a_stateless_edit_cancels_and_is_checked_too),
        CORE_STORY(taskmanagers_that_are_missing_are_replaced_at_a_pace),
        CORE_STORY(a_savepoint_on_request_needs_a_whole_job),
        CORE_STORY(a_start_waits_for_what_it_needs),
        CORE_STORY(a_start_that_is_under_way_is_not_given_up_for_earlier_failures),
        CORE_STORY(a_job_that_restored_something_else_is_told),
        CORE_STORY(what_is_suspended_waits_for_no_start),
        CORE_STORY(an_end_that_was_never_read_is_read_before_a_start),
        CORE_STORY(a_start_waits_for_its_snapshot),
        CORE_STORY(a_submission_waits_for_its_snapshot),
        CORE_STORY(it_rests_where_nothing_is_to_be_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
