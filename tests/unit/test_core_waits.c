/* What is waited for until it is told: the last words of a job, the snapshot to restore, and whether
 * what is wanted could start at all; each at the edge where it turns. */
#include "core_story.h"

static struct facts facts(void)
{
    struct core_in in = core_story_in();
    return core_facts(&in);
}
#define assert_fact(column_, value_) assert_int_equal(facts().column_, (value_))

static struct savepoint *given_a_snapshot(void)
{
    struct savepoint *s = given_row("s0", SAVEPOINT_COMPLETED);
    s->status.verified = VERIFIED_FULL;
    c.record.had_snapshot = true;
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.location = s->spec.savepoint_location;
    c.seen.snapshot.outcome = OUTCOME_DONE;
    c.seen.snapshot.sight.verified = VERIFIED_FULL;
    return s;
}

static void an_operation_is_over_when_it_runs_as_wanted(void **state)
{
    (void)state;
    assert_fact(evidence, EVIDENCE_NONE);
    c.record.operation.kind = OPERATION_UPGRADE;
    assert_fact(evidence, EVIDENCE_READY);
    c.record.spent = SPENT_SAVEPOINTS;
    assert_fact(evidence, EVIDENCE_NONE);
    c.record.spent = SPENT_NOTHING;
    given_wanted(DESIRED_SUSPENDED);
    assert_fact(evidence, EVIDENCE_NONE);
    given_wanted(DESIRED_RUNNING);
    c.seen.job.tasks_up = 1;
    assert_fact(evidence, EVIDENCE_NONE);
    c.seen.job.tasks_up = 2;
    given_a_checked_edit_under(UPGRADE_NONE);
    assert_fact(evidence, EVIDENCE_READY); /* pending, as was asked */
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    assert_fact(evidence, EVIDENCE_NONE);
}

static void restarts_are_noted_every_so_often(void **state)
{
    (void)state;
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats.restarts = 1;
    c.seen.committed_at = NOW - NOTE_RESTARTS_US + 1;
    assert_fact(evidence, EVIDENCE_NONE);
    c.seen.committed_at--;
    assert_fact(evidence, EVIDENCE_READY);
    c.seen.job.tasks_up = 1;
    assert_fact(evidence, EVIDENCE_NONE);
    c.seen.job.tasks_up = 2;
    c.seen.stats.restarts = 0;
    assert_fact(evidence, EVIDENCE_NONE);
}

static void a_late_start_is_looked_for_for_a_while(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_READ);
    given_nobody_heard();
    c.record.current.end = END_FAILED;
    c.record.current.unwatched = true;
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    given_waited(WAIT_STATISTICS_US);
    assert_fact(evidence, EVIDENCE_NONE);
    given_waited(WAIT_STATISTICS_US + 1);
    assert_fact(evidence, EVIDENCE_READY);
    given_waited(0);
    c.record.current.end = END_LOST; /* it was there, and is not any more */
    assert_fact(evidence, EVIDENCE_READY);
    c.record.current.end = END_FAILED;
    c.record.current.unwatched = false;
    assert_fact(evidence, EVIDENCE_READY);
}

static void the_last_statistics_are_waited_for(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_ENDED);
    c.record.current.end = END_CANCELED;
    assert_fact(evidence, EVIDENCE_NONE);
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats_part.at = c.seen.committed_at;
    assert_fact(evidence, EVIDENCE_READY);
    c.seen.stats_part.at--;
    assert_fact(evidence, EVIDENCE_NONE);
    c.seen.stats_part.at = NOW;
    c.seen.stats.outcome = OUTCOME_UNKNOWN;
    assert_fact(evidence, EVIDENCE_NONE);
    given_waited(WAIT_STATISTICS_US);
    assert_fact(evidence, EVIDENCE_NONE);
    given_waited(WAIT_STATISTICS_US + 1);
    assert_fact(evidence, EVIDENCE_READY);
    given_waited(0);
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats_part.at = c.seen.committed_at = 0;
    assert_fact(evidence, EVIDENCE_NONE);
}

static void a_failed_job_is_asked_why(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_ENDED);
    c.record.current.end = END_FAILED;
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats_part.at = NOW - 1;
    assert_fact(evidence, EVIDENCE_NONE);
    c.seen.cause_part.at = c.seen.committed_at;
    assert_fact(evidence, EVIDENCE_READY);
    c.seen.cause_part.at--;
    assert_fact(evidence, EVIDENCE_NONE);
    c.seen.cause_part.at = c.seen.committed_at = 0;
    assert_fact(evidence, EVIDENCE_NONE);
}

static void what_a_job_was_stopped_with_needs_no_statistics(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_ENDED);
    given_try(INTENT_STOP);
    c.record.intent = (struct intent){0};
    c.rows[0].status.state = SAVEPOINT_COMPLETED;
    c.record.current.end = END_FINISHED;
    assert_fact(evidence, EVIDENCE_READY);
    c.record.current.end = END_CANCELED;
    assert_fact(evidence, EVIDENCE_NONE);
    c.record.current.end = END_FINISHED;
    c.rows[0].status.state = SAVEPOINT_STARTED;
    assert_fact(evidence, EVIDENCE_NONE);
}

static void a_snapshot_is_verified_shortly_before_it_is_restored(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_PROVISIONED);
    struct savepoint *s = given_a_snapshot();
    c.seen.snapshot.part.at = NOW - VERIFIED_FRESH_US;
    assert_fact(choice, CHOICE_VERIFIED);
    c.seen.snapshot.part.at--;
    assert_fact(choice, CHOICE_UNKNOWN);
    c.seen.snapshot.part.at = 0;
    assert_fact(choice, CHOICE_UNKNOWN);
    c.seen.snapshot.part.at = NOW;
    c.seen.snapshot.sight.verified = VERIFIED_BROKEN;
    assert_fact(choice, CHOICE_BAD);
    c.seen.snapshot.outcome = OUTCOME_REFUSED;
    assert_fact(choice, CHOICE_BAD);
    c.seen.snapshot.outcome = OUTCOME_UNKNOWN; /* it was read once, and must be again */
    assert_fact(choice, CHOICE_UNKNOWN);
    s->status.verified = VERIFIED_REPORTED; /* nobody but Flink could ever read it */
    assert_fact(choice, CHOICE_VERIFIED);
    c.seen.snapshot.location = STR("file:/sp/another");
    assert_fact(choice, CHOICE_UNKNOWN);
    c.seen.snapshot.location = s->spec.savepoint_location;
    given_wanted(DESIRED_SUSPENDED); /* nobody asks */
    assert_fact(choice, CHOICE_UNKNOWN);
    given_wanted(DESIRED_RUNNING);
    assert_fact(choice, CHOICE_VERIFIED);
    c.record.current.phase = PHASE_UP;
    assert_fact(choice, CHOICE_UNKNOWN);
}

static bool is_settled(void)
{
    struct core_in in = core_story_in();
    return core_choice_is_settled(&in);
}

static void what_the_next_restores_may_be_known_while_a_job_runs(void **state)
{
    (void)state;
    assert_false(is_settled());
    c.deployment.spec.restore_strategy = RESTORE_LATEST_SAVEPOINT;
    assert_false(is_settled());
    given_a_checked_edit_under(UPGRADE_STATELESS);
    assert_true(is_settled());
    c.record.current.phase = PHASE_SUBMITTED;
    assert_true(is_settled());
    c.record.current.phase = PHASE_PROVISIONED;
    assert_false(is_settled());
    c.record.current.phase = PHASE_UP;
    given_wanted(DESIRED_SUSPENDED);
    assert_false(is_settled());
    given_wanted(DESIRED_RUNNING);
    c.deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    assert_false(is_settled());
    c.deployment.spec.restore_from.location = STR("file:/sp/s0");
    assert_true(is_settled());
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    assert_true(is_settled());
    c.deployment.spec.restore_from.location = (struct str){0};
    c.deployment.spec.restore_strategy = RESTORE_LATEST_SAVEPOINT; /* it takes one first */
    assert_false(is_settled());
    c.deployment.spec.restore_from.location = STR("file:/sp/s0");
    given_a_checked_edit_under(UPGRADE_NONE);
    assert_false(is_settled());
}

static void a_job_is_not_stopped_for_a_snapshot_that_cannot_be_used(void **state)
{
    (void)state;
    static struct attempt unread[1] = {{.number = 1, .phase = PHASE_GONE}};
    c.deployment.spec.restore_strategy = RESTORE_LATEST_SAVEPOINT;
    given_a_checked_edit_under(UPGRADE_STATELESS);
    struct savepoint *s = given_a_snapshot();
    assert_fact(preflight, PREFLIGHT_OK);
    c.seen.snapshot.part.at = 0;
    assert_fact(preflight, PREFLIGHT_UNKNOWN);
    c.seen.snapshot.part.at = NOW;
    c.seen.snapshot.outcome = OUTCOME_REFUSED; /* broken */
    assert_fact(preflight, PREFLIGHT_REFUSED);
    c.seen.snapshot.outcome = OUTCOME_DONE;
    s->status.state = SAVEPOINT_FAILED; /* none is left: it may not start empty */
    assert_fact(preflight, PREFLIGHT_REFUSED);
    c.record.unread = (struct list){unread, 1};
    assert_fact(preflight, PREFLIGHT_REFUSED);
    c.deployment.spec.restore_strategy = RESTORE_LATEST_STATE; /* how it ends decides */
    assert_fact(preflight, PREFLIGHT_OK);
}

static void an_artifact_is_checked_for_the_version_that_is_wanted(void **state)
{
    (void)state;
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    assert_fact(preflight, PREFLIGHT_OK);
    c.seen.artifact.outcome = OUTCOME_REFUSED;
    assert_fact(preflight, PREFLIGHT_REFUSED);
    c.seen.artifact.outcome = OUTCOME_UNKNOWN;
    assert_fact(preflight, PREFLIGHT_UNKNOWN);
    c.seen.artifact.outcome = OUTCOME_DONE;
    c.seen.artifact.spec_version = 1;
    assert_fact(preflight, PREFLIGHT_UNKNOWN);
    c.seen.artifact.spec_version = 2;
    c.seen.artifact.part.at = 0;
    assert_fact(preflight, PREFLIGHT_UNKNOWN);
}

static void an_older_flink_cannot_read_what_runs(void **state)
{
    (void)state;
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    c.job.spec.template_.artifact.flink_version = STR("2.0");
    c.deployment.spec.template_.spec.artifact.flink_version = STR("1.20");
    assert_fact(preflight, PREFLIGHT_REFUSED);
    c.record.current.phase = PHASE_SUBMITTED;
    assert_fact(preflight, PREFLIGHT_REFUSED);
    c.record.current.phase = PHASE_NONE; /* what it restores decides then */
    assert_fact(preflight, PREFLIGHT_OK);
    c.record.current.phase = PHASE_UP;
    c.deployment.spec.restore_strategy = RESTORE_NONE;
    assert_fact(preflight, PREFLIGHT_OK);
    c.deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    c.deployment.spec.template_.spec.artifact.flink_version = STR("2.0");
    assert_fact(preflight, PREFLIGHT_OK);
    c.deployment.spec.template_.spec.artifact.flink_version = STR("not one");
    assert_fact(preflight, PREFLIGHT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(an_operation_is_over_when_it_runs_as_wanted),
        CORE_STORY(restarts_are_noted_every_so_often),
        CORE_STORY(a_late_start_is_looked_for_for_a_while),
        CORE_STORY(the_last_statistics_are_waited_for),
        CORE_STORY(a_failed_job_is_asked_why),
        CORE_STORY(what_a_job_was_stopped_with_needs_no_statistics),
        CORE_STORY(a_snapshot_is_verified_shortly_before_it_is_restored),
        CORE_STORY(what_the_next_restores_may_be_known_while_a_job_runs),
        CORE_STORY(a_job_is_not_stopped_for_a_snapshot_that_cannot_be_used),
        CORE_STORY(an_artifact_is_checked_for_the_version_that_is_wanted),
        CORE_STORY(an_older_flink_cannot_read_what_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
