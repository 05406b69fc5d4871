/* What Flink does to an upgrade: F23 to F52 of the list of faults. */
#include "scenario.h"

static void given_savepoints_will(int n, enum fate fate)
{
    for (int i = 0; i < n; i++)
        world_fate(&r->world, FATED_TRIGGER, fate);
}

static void then_the_job_runs_on(int64_t attempt)
{
    assert_int_equal(r->record.current.number, attempt);
    assert_true(rig_cluster(r)->job.up);
    assert_int_equal(calls_since(CALL_CANCEL) + calls_since(CALL_TEARDOWN), 0);
}

static struct str place_of(enum savepoint_origin origin)
{
    return rig_newest_savepoint(r, origin)->spec.savepoint_location;
}

/* F23: the JobManager answers, its TaskManagers do not hear it. */
static void a_savepoint_that_hangs_leaves_the_job_running(void **state)
{
    (void)state;
    given_it_runs();
    given_savepoints_will(4, FATE_HANGS);
    rig_edit(r);
    until(is_failed);
    assert_int_equal(rig_cluster(r)->n_triggers, 4);
    assert_int_equal(rig_count_event(r, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS"), 1);
    then_the_job_runs_on(1);
    then_all_is_quiet();
}

/* F32 */
static void a_savepoint_that_fails_now_and_then_is_tried_again(void **state)
{
    (void)state;
    given_it_runs();
    given_savepoints_will(3, FATE_FAILS);
    rig_edit(r);
    rig_run_for(r, 1 * S);
    then_the_job_runs_on(1);
    until(has_started);
    assert_int_equal(calls_since(CALL_STOP), 4);
    assert_int_equal(calls_since(CALL_TEARDOWN), 1);
    assert_int_equal(calls_since(CALL_CANCEL), 0);
    assert_place(restored_from(), place_of(ORIGIN_SUSPEND));
    assert_int_equal(r->record.operation.savepoint_tries, 0);
}

/* F34: it goes on and takes checkpoints, so its savepoint is not the last of it. */
static void a_stop_that_fails_behind_its_savepoint_is_tried_again(void **state)
{
    (void)state;
    given_it_runs();
    r->world.pace.checkpoint_interval = 20 * MS;
    rig_run_for(r, 1 * S);
    given_savepoints_will(1, FATE_STOP_FAILS);
    edit_and_wait();
    assert_int_equal(calls_since(CALL_STOP), 2);
    assert_int_equal(calls_since(CALL_CANCEL), 0);
    const struct w_snapshot *last = newest_snapshot(true);
    assert_place(restored_from(), str_of(last->location));
    const struct w_cluster *first = &r->world.clusters[0];
    assert_string_equal(first->triggers[1].location, last->location);
}

/* F35: the savepoint is there, and a sink commits for ever. Nobody but the user ends that, and what he
 * said is recorded (F92). */
static void a_stop_that_hangs_in_a_sink_is_ended_by_the_user_only(void **state)
{
    (void)state;
    given_it_runs();
    r->world.pace.checkpoint_interval = 100000 * S; /* a job that stops takes none */
    rig_run_for(r, 1 * S);
    given_savepoints_will(1, FATE_STOP_HANGS);
    given_savepoints_will(3, FATE_FAILS); /* one is under way */
    rig_edit(r);
    until(is_failed);
    then_the_job_runs_on(1);
    then_all_is_quiet();
    when();
    rig_want(r, DESIRED_CANCELLED);
    assert_true(str_eq(r->log[r->n_log - 1].message, STR("The user asks for CANCELLED")));
    until(is_cancelled);
    assert_int_equal(calls_since(CALL_CANCEL), 1);
    assert_place(place_of(ORIGIN_SUSPEND), str_of(newest_snapshot(true)->location));
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_place(restored_from(), place_of(ORIGIN_SUSPEND));
}

/* F36: it hangs, and then its JobManager knows nothing of it, nor is there anything in its directory. */
static void a_stop_that_flink_forgot_and_that_left_nothing_is_asked_again(void **state)
{
    (void)state;
    given_it_runs();
    given_savepoints_will(1, FATE_HANGS);
    rig_edit(r);
    until(stops);
    rig_run_for(r, 10 * MS);
    rig_cluster(r)->n_triggers = 0;
    until(has_started);
    assert_int_equal(calls_since(CALL_STOP), 2);
    assert_int_equal(calls_since(CALL_CANCEL), 0);
    assert_int_equal(rig_count_event(r, "SAVEPOINT_FAILED"), 0);
    assert_place(restored_from(), place_of(ORIGIN_SUSPEND));
}

/* F38: what was asked of it is moot, and what it left is known. */
static void a_job_that_finishes_while_it_is_asked_to_stop_has_finished(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    given_savepoints_will(1, FATE_HANGS);
    rig_edit(r);
    until(stops);
    rig_run_for(r, 10 * MS);
    flink_job_finishes(&r->world, 1);
    until(has_started);
    assert_int_equal(rig_job(r, 1)->status.state, JOB_FINISHED);
    assert_int_equal(r->record.current.spec_version, 2);
    assert_int_equal(calls_since(CALL_CANCEL), 0);
    assert_place(restored_from(), place_of(ORIGIN_USER_REQUEST));
}

static void given_a_failed_job_with_a_savepoint_and_newer_checkpoints(enum restore_kind restore)
{
    given_it_runs_under(UPGRADE_STATEFUL, restore);
    given_a_savepoint_on_request();
    flink_job_fails(&r->world, 1, "its own code throws");
    until(is_recovered);
    assert_true(newest_snapshot(true)->id < newest_snapshot(false)->id);
}

/* F39 */
static void a_failed_job_goes_on_from_its_newest_checkpoint(void **state)
{
    (void)state;
    given_a_failed_job_with_a_savepoint_and_newer_checkpoints(RESTORE_LATEST_STATE);
    assert_place(restored_from(), place_of(ORIGIN_RETAINED_CHECKPOINT));
}

/* F39 */
static void a_failed_job_goes_on_from_its_newest_savepoint_where_that_is_asked(void **state)
{
    (void)state;
    given_a_failed_job_with_a_savepoint_and_newer_checkpoints(RESTORE_LATEST_SAVEPOINT);
    assert_place(restored_from(), place_of(ORIGIN_USER_REQUEST));
}

/* F44: between the decision and the stop, and while the savepoint is taken. */
static void checkpoints_on_the_way_to_the_stop_do_not_mislead(void **state)
{
    (void)state;
    given_it_runs();
    r->world.pace.checkpoint_interval = 1 * MS;
    r->world.pace.savepoint = 300 * MS;
    rig_run_for(r, 1 * S);
    int64_t before = newest_snapshot(false)->id;
    edit_and_wait();
    assert_place(restored_from(), place_of(ORIGIN_SUSPEND));
    assert_true(storage_find(&r->world, restored_from())->id > before);
}

static void given_an_upgrade_that_cannot_restore(void)
{
    given_it_runs();
    r->world.fail_restores = true;
    rig_edit(r);
    until(is_failed);
    assert_int_equal(calls_since(CALL_SUBMIT), 4);
}

/* F45, S9: the way back leads through the same savepoint. */
static void a_version_that_cannot_restore_harms_no_savepoint(void **state)
{
    (void)state;
    given_an_upgrade_that_cannot_restore();
    struct str place = place_of(ORIGIN_SUSPEND);
    assert_true(storage_find(&r->world, place)->there);
    assert_int_equal(calls_since(CALL_DISCARD), 0);
    then_all_is_quiet();
    r->world.fail_restores = false; /* the version before can */
    edit_and_wait();
    assert_place(restored_from(), place);
}

/* F46: what allowed to drop state was said of one version. */
static void state_is_dropped_only_where_that_was_allowed(void **state)
{
    (void)state;
    given_an_upgrade_that_cannot_restore();
    assert_true(str_contains(r->deployment.status.message, STR("cannot restore")));
    for (int64_t attempt = 1; attempt <= r->record.top; attempt++)
        assert_false(rig_job(r, attempt)->spec.allow_non_restored_state);
    r->world.fail_restores = false;
    r->deployment.spec.allow_non_restored_state = true;
    rig_retry(r);
    until(has_started);
    assert_true(rig_job(r, r->record.top)->spec.allow_non_restored_state);
    r->deployment.spec.allow_non_restored_state = false;
    edit_and_wait();
    assert_false(rig_job(r, r->record.top)->spec.allow_non_restored_state);
}

static void given_an_upgrade_that_fails_after_a_checkpoint(void)
{
    given_it_runs();
    edit_and_wait();
    rig_run_for(r, 30 * S);
    for (int64_t attempt = 2; attempt <= 5; attempt++) {
        flink_job_fails(&r->world, attempt, "its new code throws");
        rig_run_for(r, 100 * S);
    }
    assert_true(is_failed(r));
    when();
}

/* F47: its new checkpoint is newer, whatever became of the code. */
static void the_way_back_takes_the_newest_state(void **state)
{
    (void)state;
    given_an_upgrade_that_fails_after_a_checkpoint();
    const struct w_snapshot *newest = newest_snapshot(false);
    assert_true(newest->attempt > 1);
    edit_and_wait();
    assert_place(restored_from(), str_of(newest->location));
}

/* F47: or that of before, when the user says so. */
static void the_way_back_takes_the_older_state_when_that_is_asked(void **state)
{
    (void)state;
    given_an_upgrade_that_fails_after_a_checkpoint();
    struct str before = place_of(ORIGIN_SUSPEND);
    rig_restore_from(r, before, STR("back"));
    edit_and_wait();
    assert_place(restored_from(), before);
}

/* F49 */
static void a_job_that_restarts_for_ever_is_not_torn_down_for_an_upgrade(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_restarts(&r->world, 1, 100000 * S);
    rig_run_for(r, 3 * S);
    rig_edit(r);
    until(is_failed);
    assert_int_equal(mutating_calls(), 0);
    assert_true(rig_cluster(r)->jobmanager_alive);
    assert_true(r->deployment.status.choices.n > 1);
    then_all_is_quiet();
}

/* F52: its JobManager's clock, and that of the storage, went back ten minutes. */
static void what_is_newest_is_not_told_by_a_clock(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    for (size_t i = 0; i < r->world.n_snapshots; i++)
        if (!r->world.snapshots[i].savepoint)
            r->world.snapshots[i].taken_at -= 600 * S;
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_recovered);
    assert_place(restored_from(), str_of(newest_snapshot(false)->location));
    assert_true(newest_snapshot(false)->taken_at < newest_snapshot(true)->taken_at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(a_savepoint_that_hangs_leaves_the_job_running),
        SCENARIO(a_savepoint_that_fails_now_and_then_is_tried_again),
        SCENARIO(a_stop_that_fails_behind_its_savepoint_is_tried_again),
        SCENARIO(a_stop_that_hangs_in_a_sink_is_ended_by_the_user_only),
        SCENARIO(a_stop_that_flink_forgot_and_that_left_nothing_is_asked_again),
        SCENARIO(a_job_that_finishes_while_it_is_asked_to_stop_has_finished),
        SCENARIO(a_failed_job_goes_on_from_its_newest_checkpoint),
        SCENARIO(a_failed_job_goes_on_from_its_newest_savepoint_where_that_is_asked),
        SCENARIO(checkpoints_on_the_way_to_the_stop_do_not_mislead),
        SCENARIO(a_version_that_cannot_restore_harms_no_savepoint),
        SCENARIO(state_is_dropped_only_where_that_was_allowed),
        SCENARIO(the_way_back_takes_the_newest_state),
        SCENARIO(the_way_back_takes_the_older_state_when_that_is_asked),
        SCENARIO(a_job_that_restarts_for_ever_is_not_torn_down_for_an_upgrade),
        SCENARIO(what_is_newest_is_not_told_by_a_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
