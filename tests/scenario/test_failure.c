/* Observation and unknown states, failure recovery: S094 to S117. */
#include "scenario.h"

static void s094_rest_timeout(void **state)
{
    (void)state;
    given_it_runs();
    r->world.flink_unreachable = true;
    rig_run_for(r, 60 * S);
    assert_int_equal(r->deployment.status.state, OBSERVED_RUNNING);
    assert_int_equal(r->deployment.status.health, HEALTH_UNKNOWN);
    assert_int_equal(mutating_calls(), 0);
    r->world.flink_unreachable = false;
    rig_run_for(r, 10 * S);
    assert_int_equal(r->deployment.status.health, HEALTH_OK);
}

static void s095_rest_down_long(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    r->world.flink_unreachable = true;
    rig_run_for(r, 3600 * S);
    assert_int_equal(r->deployment.status.state, OBSERVED_RUNNING);
    assert_int_equal(mutating_calls(), 0);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->status.state,
                     SAVEPOINT_COMPLETED);
}

static void an_inventory_that_fails_is_not_an_empty_one(void **state)
{
    (void)state;
    given_it_runs();
    r->world.inventory_fails = true;
    rig_run_for(r, 600 * S);
    assert_int_equal(mutating_calls(), 0);
    assert_int_equal(r->deployment.status.state, OBSERVED_RUNNING);
}

static void s097_final_state_sticky(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_finishes(&r->world, 1);
    until(is_finished);
    world_reboot(&r->world);
    rig_crash(r, 1 * S);
    rig_run_for(r, 60 * S);
    assert_true(is_finished(r));
    assert_int_equal(r->record.top, 1);
}

static struct str message_of(const char *event)
{
    for (size_t i = r->n_log; i > 0; i--)
        if (str_eq(r->log[i - 1].event, str_of(event)))
            return r->log[i - 1].message;
    return STR("");
}

static void s101_real_error_shown(void **state)
{
    (void)state;
    r->deployment.spec.max_job_creation_attempts = 1;
    world_fate(&r->world, FATED_SUBMIT, FATE_JOB_FAILS);
    given_it_is_created();
    until(is_failed);
    assert_true(str_contains(r->deployment.status.message, STR("the job's own code throws")));
    assert_true(str_contains(message_of("JOB_FAILED"), STR("the job's own code throws")));
    assert_true(
        str_contains(rig_job(r, 1)->status.failure.message, STR("the job's own code throws")));
}

static void jobmanager_killed_is_recovered_from_its_newest_checkpoint(void **state)
{
    (void)state;
    given_it_runs();
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_recovered);
    then_it_decided("302 NOTE_LOST, 322 TEARDOWN, 280 NOTE_GONE, 330 COLLECT, 510 RESERVE, "
                    "201 NOTE_PROVISIONED, 520 UPLOAD, 222 NOTE_UPLOADED, 534 SUBMIT, "
                    "230 NOTE_SUBMITTED, 406 NOTE_UP, 408 NOTE_EVIDENCE");
    const struct savepoint *c = rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT);
    assert_place(restored_from(), c->spec.savepoint_location);
}

static void taskmanager_killed_is_replaced_and_the_job_stays(void **state)
{
    (void)state;
    given_it_runs();
    struct str job = r->record.current.job_id;
    world_kill_taskmanager(&r->world, 1, 0);
    rig_run_for(r, 10 * S);
    until(has_started);
    assert_int_equal(calls_since(CALL_PROVISION), 1);
    assert_int_equal(mutating_calls(), 1);
    assert_true(str_eq(r->record.current.job_id, job));
}

static bool shows_a_restart(const struct rig *rig)
{
    return rig_job(rig, 1)->status.observed_flink_job_restarts == 1;
}

static void restarts_by_flink_are_shown(void **state)
{
    (void)state;
    given_it_runs();
    assert_int_equal(rig_job(r, 1)->status.observed_flink_job_restarts, 0);
    flink_job_restarts(&r->world, 1, 1 * S);
    rig_run_for(r, 16 * S);
    assert_true(shows_a_restart(r));
    then_it_decided("408 NOTE_EVIDENCE");
    then_all_is_quiet();
    /* What nobody knows just now takes nothing back. */
    r->world.restarts_unknown = true;
    flink_job_restarts(&r->world, 1, 1 * S);
    rig_run_for(r, 60 * S);
    assert_true(shows_a_restart(r));
    r->world.restarts_unknown = false;
    rig_run_for(r, 16 * S);
    assert_int_equal(rig_job(r, 1)->status.observed_flink_job_restarts, 2);
    assert_int_equal(mutating_calls(), 0);
}

/* Each is looked at; what is written is one row in ten seconds, and the newest number in the end. */
static void a_job_that_restarts_in_a_loop_does_not_flood_the_store(void **state)
{
    (void)state;
    given_it_runs();
    int64_t before = r->commits;
    for (int i = 0; i < 100; i++) {
        flink_job_restarts(&r->world, 1, 100 * MS);
        rig_run_for(r, 3 * S);
    }
    assert_in_range(r->commits - before, 20, 31);
    rig_run_for(r, 15 * S);
    assert_int_equal(rig_job(r, 1)->status.observed_flink_job_restarts, 100);
    then_all_is_quiet();
}

/* Flink is asked, and cannot answer. */
static void a_failure_whose_cause_nobody_knows_says_so(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_fails(&r->world, 1, "");
    until(is_recovered);
    assert_true(str_contains(message_of("JOB_FAILED"), STR("did not say why")));
    assert_int_equal(rig_count_event(r, "JOB_FAILED"), 1);
}

static void s109_cluster_deleted_no_state_certain(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATEFUL, RESTORE_LATEST_SAVEPOINT);
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_blocked);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    then_all_is_quiet();
    /* To try again is no decision to start empty. */
    rig_retry(r);
    rig_run_for(r, 60 * S);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    assert_true(is_blocked(r));
}

/* S109, further: what is edited meanwhile names no state either; what does is a decision. */
static void s109_an_edit_while_it_is_blocked_decides_nothing(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_SAVEPOINT);
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_blocked);
    rig_edit(r);
    rig_run_for(r, 60 * S);
    rig_retry(r);
    rig_edit(r);
    rig_run_for(r, 60 * S);
    assert_true(is_blocked(r));
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_int_equal(restored_from().len, 0);
    assert_int_equal(r->record.current.spec_version, 3);
}

/* A stateful upgrade was asked for, not an empty start; that another strategy is set later, when the
 * job is gone already, names no state. */
static void s109_a_failed_upgrade_does_not_begin_empty_by_its_strategy(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATEFUL, RESTORE_LATEST_SAVEPOINT);
    for (int i = 0; i < 9; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    rig_run_for(r, 1 * S);
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_blocked);
    r->deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    rig_edit(r);
    rig_run_for(r, 60 * S);
    assert_true(is_blocked(r));
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
}

static bool has_savepoint(const struct rig *rig)
{
    const struct savepoint *s = rig_newest_savepoint(rig, ORIGIN_SUSPEND);
    return s && s->status.state == SAVEPOINT_COMPLETED;
}

static void s110_cluster_deleted_during_upgrade(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(has_savepoint);
    world_reboot(&r->world);
    until(is_recovered);
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
    assert_int_equal(r->record.current.spec_version, 2);
}

static void s110_cluster_deleted_before_the_savepoint(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(stops);
    world_reboot(&r->world);
    until(is_recovered);
    assert_place(restored_from(),
                 rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT)->spec.savepoint_location);
}

static void s111_recovery_under_upgrade_none_keeps_what_ran(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_NONE, RESTORE_LATEST_STATE);
    rig_edit(r);
    rig_run_for(r, 10 * S);
    world_kill_jobmanager(&r->world, 1, "killed");
    rig_run_for(r, 30 * S);
    assert_int_equal(r->record.current.number, 2);
    assert_int_equal(r->record.current.spec_version, 1);
    assert_int_equal(r->deployment.status.state, OBSERVED_RUNNING);
    assert_true(r->deployment.status.pending_change);
}

/* Also one that shows in the template's annotations only. */
static void s111_annotations_stay_pending_over_a_recovery(void **state)
{
    static struct str_pair note = {{"note", 4}, {"1", 1}};
    (void)state;
    given_it_runs_under(UPGRADE_NONE, RESTORE_LATEST_STATE);
    struct str jar = r->deployment.spec.template_.spec.artifact.jar_uri;
    rig_edit(r);
    r->deployment.spec.template_.spec.artifact.jar_uri = jar;
    r->deployment.spec.template_.annotations = (struct str_map){&note, 1};
    rig_run_for(r, 10 * S);
    assert_true(r->deployment.status.pending_change);
    world_kill_jobmanager(&r->world, 1, "killed");
    rig_run_for(r, 30 * S);
    assert_int_equal(r->record.current.spec_version, 1);
    assert_int_equal(r->deployment.status.state, OBSERVED_RUNNING);
    assert_true(r->deployment.status.pending_change);
}

static void s117_start_attempts_cap(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        world_fate(&r->world, FATED_SUBMIT, FATE_FAILS);
    given_it_is_created();
    until(is_failed);
    assert_int_equal(calls_since(CALL_SUBMIT), 4);
    assert_int_equal(rig_count_event(r, "TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS"), 1);
    then_all_is_quiet();
}

/* FAILED does not lapse with the failures that led to it. */
static void s117_failed_outlasts_its_failures(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        world_fate(&r->world, FATED_SUBMIT, FATE_FAILS);
    given_it_is_created();
    until(is_failed);
    when();
    struct str id = rig_import(r, "file:/elsewhere/savepoint-1");
    rig_discard(r, id); /* something else that goes on in the meantime */
    rig_run_for(r, 2 * 600 * S);
    assert_null(rig_savepoint(r, id));
    assert_true(is_failed(r));
    assert_int_equal(calls_since(CALL_PROVISION), 0);
    assert_int_equal(rig_count_event(r, "TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS"), 1);
    r->deployment.spec.max_job_creation_attempts = 9;
    rig_touch(r);
    rig_run_for(r, 60 * S);
    assert_true(is_failed(r));
    rig_retry(r);
    until(has_started);
}

static void a_job_that_dies_after_each_start_does_not_loop_for_ever(void **state)
{
    (void)state;
    given_it_runs();
    for (int64_t attempt = 1; attempt <= 4; attempt++) {
        flink_job_fails(&r->world, attempt, "its own code throws");
        rig_run_for(r, 100 * S);
    }
    assert_true(is_failed(r));
    assert_int_equal(r->record.top, 4);
}

static void a_jobmanager_that_dies_at_the_submission_is_replaced(void **state)
{
    (void)state;
    world_fate(&r->world, FATED_SUBMIT, FATE_JOBMANAGER_DIES);
    given_it_is_created();
    until(is_recovered);
}

static void a_submission_answered_with_an_error_that_runs_is_adopted(void **state)
{
    (void)state;
    world_fate(&r->world, FATED_SUBMIT, FATE_RUNS_ANYWAY);
    given_it_is_created();
    until(has_started);
    assert_int_equal(r->record.current.number, 1);
    assert_int_equal(r->deployment.status.health, HEALTH_DEGRADED);
    assert_true(str_contains(r->deployment.status.health_message, STR("execute()")));
}

static void a_main_method_that_hangs_meets_its_deadline(void **state)
{
    (void)state;
    for (int i = 0; i < MOST_FATES; i++)
        world_fate(&r->world, FATED_SUBMIT, FATE_HANGS);
    given_it_is_created();
    until(is_failed);
    assert_true(rig_had_rule(r, 236));
    assert_null(rig_cluster(r));
    /* It has side effects: each attempt runs it once. */
    assert_int_equal(calls_since(CALL_SUBMIT), r->record.top);
}

static void unreadable_storage_blocks_until_it_is_mended(void **state)
{
    (void)state;
    given_it_runs();
    r->world.storage_unreadable = true;
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_blocked);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    r->world.storage_unreadable = false;
    until(is_recovered);
}

/* Of several directories each is awaited anew after every write. */
static void what_cannot_be_read_is_said_once(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    given_a_savepoint_on_request();
    r->world.storage_unreadable = true;
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_blocked);
    rig_run_for(r, 600 * S);
    assert_true(is_blocked(r));
    assert_int_equal(rig_count_event(r, "BLOCKED_STATE_NOT_ESTABLISHED"), 1);
    r->world.storage_unreadable = false;
    until(is_recovered);
}

static bool is_attempt(const struct rig *rig, int64_t number)
{
    return has_started(rig) && rig->record.current.number == number;
}

static bool is_second(const struct rig *rig)
{
    return is_attempt(rig, 2);
}

static bool is_third(const struct rig *rig)
{
    return is_attempt(rig, 3);
}

/* Under restore NONE nobody needs what attempt 1 left, and it could not be read. */
static void given_a_second_attempt_that_did_without_the_first(void)
{
    given_it_runs_under(UPGRADE_STATEFUL, RESTORE_NONE);
    r->world.storage_unreadable = true;
    r->world.pace.checkpoint_interval = 100000 * S; /* the next one leaves nothing */
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_second);
    assert_int_equal(rig_count_event(r, "SNAPSHOTS_LEFT_UNREAD"), 1);
    r->world.storage_unreadable = false;
    when();
}

/* The storage of the second is there again, that of the first by then. */
static void what_restore_none_did_not_read_is_read_when_the_newest_is_wanted(void **state)
{
    (void)state;
    given_a_second_attempt_that_did_without_the_first();
    const char *newest = newest_snapshot(false)->location;
    r->deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    rig_touch(r);
    world_kill_jobmanager(&r->world, 2, "killed");
    until(is_third);
    assert_true(rig_had_rule(r, 508));
    assert_place(restored_from(), str_of(newest));
    assert_int_equal(r->record.unread.n, 0);
    assert_int_equal(rig_job(r, 1)->status.state, JOB_FAILED);
    assert_int_equal(rig_count_event(r, "TRANSITIONED_TO_FINISHED_STATE"), 0);
}

static bool is_told(const struct rig *rig)
{
    return rig->record.current.number == 2 && rig->record.current.phase == PHASE_NONE;
}

static bool is_blocked_by_the_first(const struct rig *rig)
{
    return is_blocked(rig) && rig->record.current.number == 1;
}

static void what_restore_none_did_not_read_blocks_until_a_user_decides(void **state)
{
    (void)state;
    given_a_second_attempt_that_did_without_the_first();
    r->deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    rig_want(r, DESIRED_CANCELLED);
    until(is_told);
    r->world.storage_unreadable = true;
    rig_want(r, DESIRED_RUNNING);
    until(is_blocked_by_the_first);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    rig_retry(r); /* names no state */
    rig_run_for(r, 200 * S);
    assert_true(is_blocked(r));
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    r->deployment.spec.restore_strategy = RESTORE_NONE;
    rig_touch(r);
    until(is_third);
    assert_int_equal(restored_from().len, 0);
    assert_int_equal(r->record.unread.n, 1); /* and still is not known */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(s094_rest_timeout),
        SCENARIO(s095_rest_down_long),
        SCENARIO(an_inventory_that_fails_is_not_an_empty_one),
        SCENARIO(s097_final_state_sticky),
        SCENARIO(s101_real_error_shown),
        SCENARIO(jobmanager_killed_is_recovered_from_its_newest_checkpoint),
        SCENARIO(taskmanager_killed_is_replaced_and_the_job_stays),
        SCENARIO(restarts_by_flink_are_shown),
        SCENARIO(a_job_that_restarts_in_a_loop_does_not_flood_the_store),
        SCENARIO(a_failure_whose_cause_nobody_knows_says_so),
        SCENARIO(s109_cluster_deleted_no_state_certain),
        SCENARIO(s109_an_edit_while_it_is_blocked_decides_nothing),
        SCENARIO(s109_a_failed_upgrade_does_not_begin_empty_by_its_strategy),
        SCENARIO(s110_cluster_deleted_during_upgrade),
        SCENARIO(s110_cluster_deleted_before_the_savepoint),
        SCENARIO(s111_recovery_under_upgrade_none_keeps_what_ran),
        SCENARIO(s111_annotations_stay_pending_over_a_recovery),
        SCENARIO(s117_start_attempts_cap),
        SCENARIO(s117_failed_outlasts_its_failures),
        SCENARIO(a_job_that_dies_after_each_start_does_not_loop_for_ever),
        SCENARIO(a_jobmanager_that_dies_at_the_submission_is_replaced),
        SCENARIO(a_submission_answered_with_an_error_that_runs_is_adopted),
        SCENARIO(a_main_method_that_hangs_meets_its_deadline),
        SCENARIO(unreadable_storage_blocks_until_it_is_mended),
        SCENARIO(what_cannot_be_read_is_said_once),
        SCENARIO(what_restore_none_did_not_read_is_read_when_the_newest_is_wanted),
        SCENARIO(what_restore_none_did_not_read_blocks_until_a_user_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
