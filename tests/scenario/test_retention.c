/* spec.snapshotRetention: S077 to S082. What it must never take is judged by the oracle, at each call. */
#include "scenario.h"

static size_t rows_in(enum savepoint_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_savepoints; i++)
        n += r->savepoints[i]->status.state == (int)state;
    return n;
}

static size_t data_there(void)
{
    size_t n = 0;
    for (size_t i = 0; i < r->world.n_snapshots; i++)
        n += r->world.snapshots[i].savepoint && r->world.snapshots[i].there;
    return n;
}

static void given_upgrades(int n)
{
    for (int i = 0; i < n; i++)
        edit_and_wait();
}

static void given_it_keeps(int64_t count)
{
    r->deployment.spec.snapshot_retention.max_count = count;
    rig_touch(r);
    rig_run_for(r, 60 * S);
}

static void s077_the_oldest_beyond_the_count_go(void **state)
{
    (void)state;
    given_it_runs();
    given_upgrades(5);
    assert_int_equal(rows_in(SAVEPOINT_COMPLETED), 5);
    when();
    given_it_keeps(3);
    assert_int_equal(mutating_calls(), calls_since(CALL_DISCARD));
    assert_int_equal(rows_in(SAVEPOINT_COMPLETED), 3);
    assert_int_equal(data_there(), 3);
    assert_int_equal(rig_count_event(r, "SAVEPOINT_EXPIRED"), 2);
    for (size_t i = 0; i < r->n_savepoints; i++)
        assert_true(r->savepoints[i]->status.attempt >= 3);
    /* and it goes on doing so */
    given_upgrades(2);
    rig_run_for(r, 60 * S);
    assert_int_equal(data_there(), 3);
    then_all_is_quiet();
}

static void s078_of_those_that_are_too_old_the_newest_stays(void **state)
{
    (void)state;
    given_it_runs();
    given_upgrades(3);
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    r->deployment.spec.snapshot_retention.max_age.us = 3600 * S;
    rig_touch(r);
    rig_run_for(r, 60 * S);
    assert_int_equal(data_there(), 4);
    rig_run_for(r, 3600 * S);
    assert_int_equal(data_there(), 1);
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_place(restored_from(), str_of(newest_snapshot(true)->location));
}

static void s081_what_is_being_taken_is_left_alone(void **state)
{
    (void)state;
    given_it_runs();
    given_upgrades(2);
    r->world.pace.savepoint = 100 * S;
    struct str id = rig_request_savepoint(r);
    rig_run_for(r, 10 * S);
    given_it_keeps(1);
    assert_int_equal(rig_savepoint(r, id)->status.state, SAVEPOINT_STARTED);
    assert_int_equal(data_there(), 2);
    rig_run_for(r, 100 * S);
    assert_int_equal(rig_savepoint(r, id)->status.state, SAVEPOINT_COMPLETED);
}

static void s082_what_a_suspended_one_will_start_from_stays(void **state)
{
    (void)state;
    given_it_runs();
    given_upgrades(2);
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    given_it_keeps(1);
    assert_int_equal(data_there(), 1);
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_place(restored_from(), str_of(newest_snapshot(true)->location));
}

/* Though others are newer, and none but the job's beginning speaks for it. */
static void what_the_job_began_with_stays_while_it_runs(void **state)
{
    (void)state;
    given_it_runs();
    given_upgrades(3);
    size_t i = 0;
    while (!r->world.snapshots[i].savepoint)
        i++;
    struct str oldest = arena_str(r->a, str_of(r->world.snapshots[i].location));
    rig_restore_from(r, oldest, STR("1"));
    edit_and_wait();
    assert_place(restored_from(), oldest);
    given_a_savepoint_on_request();
    assert_int_equal(data_there(), 5);
    given_it_keeps(1);
    assert_true(storage_find(&r->world, oldest)->there);
    /* that one, the newest of the stops, and the one on request */
    assert_int_equal(data_there(), 3);
    /* until the job is over */
    edit_and_wait();
    rig_run_for(r, 60 * S);
    assert_false(storage_find(&r->world, oldest)->there);
}

static void retained_checkpoints_of_lost_jobs_go_too(void **state)
{
    (void)state;
    given_it_runs();
    r->deployment.spec.snapshot_retention.max_count = 1;
    rig_touch(r);
    for (int64_t attempt = 1; attempt <= 3; attempt++) {
        world_kill_jobmanager(&r->world, attempt, "killed");
        when();
        until(has_started);
        rig_run_for(r, 60 * S);
    }
    assert_true(rig_count_event(r, "SAVEPOINT_EXPIRED") > 0);
    assert_true(rows_in(SAVEPOINT_COMPLETED) <= 2);
    then_all_is_quiet();
}

static void storage_that_fails_is_told_once_and_not_asked_for_ever(void **state)
{
    (void)state;
    given_it_runs();
    given_upgrades(3);
    world_fate(&r->world, FATED_DISCARD, FATE_FAILS);
    given_it_keeps(1);
    assert_int_equal(rows_in(SAVEPOINT_FAILED_DELETION), 1);
    assert_int_equal(rig_count_event(r, "SAVEPOINT_DELETION_FAILED"), 1);
    assert_int_equal(rows_in(SAVEPOINT_COMPLETED), 1);
    then_all_is_quiet();
}

static void a_failed_upgrade_keeps_everything(void **state)
{
    (void)state;
    given_it_runs();
    given_upgrades(3);
    r->deployment.spec.max_job_creation_attempts = 1;
    world_fate(&r->world, FATED_SUBMIT, FATE_JOB_FAILS);
    rig_edit(r);
    until(is_failed);
    given_it_keeps(1);
    assert_int_equal(data_there(), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(s077_the_oldest_beyond_the_count_go),
        SCENARIO(s078_of_those_that_are_too_old_the_newest_stays),
        SCENARIO(s081_what_is_being_taken_is_left_alone),
        SCENARIO(s082_what_a_suspended_one_will_start_from_stays),
        SCENARIO(what_the_job_began_with_stays_while_it_runs),
        SCENARIO(retained_checkpoints_of_lost_jobs_go_too),
        SCENARIO(storage_that_fails_is_told_once_and_not_asked_for_ever),
        SCENARIO(a_failed_upgrade_keeps_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
