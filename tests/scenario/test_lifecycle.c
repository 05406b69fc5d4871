/* Start, suspend, cancel, delete: S039 to S059. */
#include "scenario.h"

static void s039_create_running(void **state)
{
    (void)state;
    given_it_is_created();
    rig_run_for(r, 100 * MS);
    assert_int_equal(r->deployment.status.state, OBSERVED_TRANSITIONING);
    until(has_started);
    then_it_decided("510 RESERVE, 201 NOTE_PROVISIONED, 520 UPLOAD, 222 NOTE_UPLOADED, "
                    "534 SUBMIT, 230 NOTE_SUBMITTED, 406 NOTE_UP, 408 NOTE_EVIDENCE");
    assert_int_equal(r->n_jobs, 1);
    assert_int_equal(rig_job(r, 1)->status.state, JOB_STARTED);
    rig_run_for(r, 3 * S);
    then_all_is_quiet();
}

static void s041_create_suspended_with_savepoint(void **state)
{
    (void)state;
    r->deployment.spec.state = DESIRED_SUSPENDED;
    given_it_is_created();
    until(is_suspended);
    rig_import(r, "file:/elsewhere/savepoint-1");
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_place(restored_from(), STR("file:/elsewhere/savepoint-1"));
}

static void s042_first_deploy_fails_keeps_initial_savepoint(void **state)
{
    (void)state;
    r->deployment.spec.state = DESIRED_SUSPENDED;
    given_it_is_created();
    rig_import(r, "file:/elsewhere/savepoint-1");
    for (int i = 0; i < 4; i++)
        world_fate(&r->world, FATED_SUBMIT, FATE_FAILS);
    rig_want(r, DESIRED_RUNNING);
    until(is_failed);
    assert_int_equal(calls_since(CALL_SUBMIT), 4);
    rig_edit(r); /* counters are made anew: it need not wait until the failures are forgotten */
    rig_run_for(r, 30 * S);
    assert_true(has_started(r));
    assert_place(restored_from(), STR("file:/elsewhere/savepoint-1"));
}

static void s043_first_deploy_never_started_then_edit(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        world_fate(&r->world, FATED_PROVISION, FATE_FAILS);
    given_it_is_created();
    rig_run_for(r, 5 * S);
    rig_edit(r);
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 2);
    assert_int_equal(r->record.failures.n, 0); /* a taken port is no job attempt */
}

static void s045_suspend_running(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    then_it_decided("422 STOP, 240 NOTE_SAVEPOINT, 300 NOTE_END, 310 NOTE_READ, 322 TEARDOWN, "
                    "280 NOTE_GONE, 330 COLLECT");
    assert_int_equal(calls_since(CALL_STOP), 1);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_SUSPEND)->status.state, SAVEPOINT_COMPLETED);
    assert_null(rig_cluster(r));
    assert_int_equal(rig_job(r, 1)->status.state, JOB_TERMINATED);
    then_all_is_quiet();
}

static void s046_suspend_twice(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    when();
    rig_want(r, DESIRED_SUSPENDED);
    rig_run_for(r, 60 * S);
    then_it_decided("");
    assert_true(is_suspended(r));
}

static void s047_suspend_failing_job_then_cancel(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_restarts(&r->world, 1, 100000 * S);
    rig_run_for(r, 3 * S);
    rig_want(r, DESIRED_SUSPENDED);
    until(is_failed);
    assert_true(rig_cluster(r)->jobmanager_alive);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    assert_non_null(rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT));
}

/* They are asked for again and again, which must not hide that no savepoint can be had. */
static void s047_suspend_without_taskmanagers_spends_its_tries(void **state)
{
    (void)state;
    given_taskmanagers_that_cannot_be_replaced();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_failed);
    assert_int_equal(rig_count_event(r, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS"), 1);
    assert_true(rig_cluster(r)->jobmanager_alive);
    assert_int_equal(calls_since(CALL_CANCEL) + calls_since(CALL_STOP), 0);
    /* Meanwhile they are still asked for, at a pace, and the job runs on. */
    when();
    rig_run_for(r, 300 * S);
    assert_in_range(calls_since(CALL_PROVISION), 1, 10);
    assert_true(is_failed(r));
    r->world.n_fates[FATED_PROVISION] = r->world.used_fates[FATED_PROVISION];
    rig_run_for(r, 120 * S);
    assert_true(is_failed(r));
    assert_true(rig_cluster(r)->job.up);
    rig_retry(r);
    until(is_suspended);
}

static void s047_upgrade_without_taskmanagers_spends_its_tries(void **state)
{
    (void)state;
    given_taskmanagers_that_cannot_be_replaced();
    rig_edit(r);
    until(is_failed);
    assert_int_equal(rig_count_event(r, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS"), 1);
    assert_int_equal(r->record.current.number, 1);
}

static void s049_cancel_running(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    assert_int_equal(calls_since(CALL_STOP), 0);
    assert_int_equal(calls_since(CALL_CANCEL), 1);
    const struct savepoint *c = rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT);
    assert_place(c->spec.savepoint_location, str_of(newest_snapshot(false)->location));
    assert_int_equal(c->metadata.type, SAVEPOINT_TYPE_INCREMENTAL);
    then_all_is_quiet();
}

static bool cancels(const struct rig *rig)
{
    return rig->record.intent.kind == INTENT_CANCEL;
}

static void s050_cancel_already_cancelling(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_CANCELLED);
    until(cancels);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    assert_int_equal(calls_since(CALL_CANCEL), 1);
}

static void s051_cancel_missing_job(void **state)
{
    (void)state;
    given_it_runs();
    rig_cluster(r)->job.exists = false; /* its JobManager does not list it any more */
    rig_cluster(r)->job.up = false;
    rig_cluster(r)->taskmanagers[0].works = false;
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    assert_null(rig_cluster(r));
}

static void cancel_that_hangs_ends_with_the_cluster(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < MOST_FATES; i++)
        world_fate(&r->world, FATED_CANCEL, FATE_HANGS);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    assert_true(rig_had_rule(r, 274));
    assert_non_null(rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT));
}

static void s053_bounded_job(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_finishes(&r->world, 1);
    until(is_finished);
    then_all_is_quiet();
    assert_int_equal(rig_job(r, 1)->status.state, JOB_FINISHED);
    assert_null(rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT));
    rig_edit(r);
    until(has_started);
    assert_int_equal(r->record.current.number, 2);
}

static void s053_finished_starts_again_by_cancel_and_start(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_finishes(&r->world, 1);
    until(is_finished);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_int_equal(r->record.current.number, 2);
}

static void s054_finished_without_checkpoints(void **state)
{
    (void)state;
    r->world.checkpointing_off = true;
    given_it_runs();
    flink_job_finishes(&r->world, 1);
    until(is_finished);
    assert_int_equal(r->record.current.checkpointing, CHECKPOINTING_OFF);
    then_all_is_quiet();
}

/* Flink has no statistics of it: nothing is claimed of what it restored. */
static void what_a_job_without_checkpoints_restored_is_not_claimed(void **state)
{
    (void)state;
    r->world.checkpointing_off = true;
    r->deployment.spec.state = DESIRED_SUSPENDED;
    given_it_is_created();
    until(is_suspended);
    rig_import(r, "file:/elsewhere/savepoint-1");
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_place(restored_from(), STR("file:/elsewhere/savepoint-1"));
    assert_int_equal(r->record.current.restored, RESTORED_NOT_TOLD);
    assert_int_equal(rig_count_event(r, "RESTORED_SNAPSHOT_NOT_TOLD"), 1);
    then_all_is_quiet();
}

static void a_job_without_checkpoints_is_recovered_empty(void **state)
{
    (void)state;
    r->world.checkpointing_off = true;
    given_it_runs();
    world_kill_jobmanager(&r->world, 1, "killed");
    rig_run_for(r, 3 * S);
    until(has_started);
    assert_int_equal(r->record.current.number, 2);
    assert_int_equal(restored_from().len, 0);
}

static bool is_removed(const struct rig *rig)
{
    return rig->removed;
}

static void s058_delete_before_first_deploy(void **state)
{
    (void)state;
    r->deployment.spec.state = DESIRED_CANCELLED;
    given_it_is_created();
    until(is_cancelled);
    rig_delete(r);
    until(is_removed);
    assert_int_equal(r->calls, 0);
}

static void delete_waits_until_the_job_is_gone(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_CANCELLED);
    rig_delete(r);
    until(is_removed);
    assert_null(rig_cluster(r));
    assert_true(newest_snapshot(false)->there); /* the data of snapshots stays */
}

static void s059_external_cancel(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_cancelled_by_somebody(&r->world, 1);
    until(is_recovered);
    assert_place(restored_from(),
                 rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT)->spec.savepoint_location);
    assert_int_equal(r->record.failures.n, 1);
}

/* Nothing that we did not do is taken back, and nothing is begun behind it. */
static void a_job_stopped_by_hand_is_finished_and_its_savepoint_is_kept(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    flink_job_stopped_by_somebody(&r->world, 1);
    until(is_finished);
    const struct savepoint *kept = rig_newest_savepoint(r, ORIGIN_COPIED);
    assert_non_null(kept);
    assert_int_equal(rig_count_event(r, "FOUND_A_SAVEPOINT_OF_SOMEBODY_ELSE"), 1);
    then_all_is_quiet();
    edit_and_wait();
    assert_place(restored_from(), STR("file:/by/hand/savepoint-1"));
}

/* That we tried to stop it once does not say that it was we who did. */
static void a_stop_of_ours_that_failed_hides_no_stop_by_hand(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < 4; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(is_failed);
    when();
    flink_job_stopped_by_somebody(&r->world, 1);
    until(is_recovered);
    assert_place(restored_from(), STR("file:/by/hand/savepoint-1"));
}

static void a_job_that_finished_by_itself_leaves_what_is_known(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    flink_job_finishes(&r->world, 1);
    until(is_finished);
    assert_null(rig_newest_savepoint(r, ORIGIN_COPIED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(s039_create_running),
        SCENARIO(s041_create_suspended_with_savepoint),
        SCENARIO(s042_first_deploy_fails_keeps_initial_savepoint),
        SCENARIO(s043_first_deploy_never_started_then_edit),
        SCENARIO(a_job_stopped_by_hand_is_finished_and_its_savepoint_is_kept),
        SCENARIO(a_stop_of_ours_that_failed_hides_no_stop_by_hand),
        SCENARIO(a_job_that_finished_by_itself_leaves_what_is_known),
        SCENARIO(s045_suspend_running),
        SCENARIO(s046_suspend_twice),
        SCENARIO(s047_suspend_failing_job_then_cancel),
        SCENARIO(s047_suspend_without_taskmanagers_spends_its_tries),
        SCENARIO(s047_upgrade_without_taskmanagers_spends_its_tries),
        SCENARIO(s049_cancel_running),
        SCENARIO(s050_cancel_already_cancelling),
        SCENARIO(s051_cancel_missing_job),
        SCENARIO(cancel_that_hangs_ends_with_the_cluster),
        SCENARIO(s053_bounded_job),
        SCENARIO(s053_finished_starts_again_by_cancel_and_start),
        SCENARIO(s054_finished_without_checkpoints),
        SCENARIO(what_a_job_without_checkpoints_restored_is_not_claimed),
        SCENARIO(a_job_without_checkpoints_is_recovered_empty),
        SCENARIO(s058_delete_before_first_deploy),
        SCENARIO(delete_waits_until_the_job_is_gone),
        SCENARIO(s059_external_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
