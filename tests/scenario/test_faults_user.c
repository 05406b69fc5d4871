/* Users who change their minds half way, and clocks that jump: F80 to F96 of the list of faults. */
#include "scenario.h"

static struct str place_of(enum savepoint_origin origin)
{
    return rig_newest_savepoint(r, origin)->spec.savepoint_location;
}

/* F80: by itself it does nothing; then it stands where it was registered, before what came later. */
static void an_import_changes_nothing_while_the_job_runs(void **state)
{
    (void)state;
    given_it_runs();
    rig_import(r, "file:/elsewhere/savepoint-9");
    then_it_decided("");
    then_all_is_quiet();
    edit_and_wait();
    assert_place(restored_from(), STR("file:/elsewhere/savepoint-9"));
}

/* F81, in the middle of an upgrade whose first savepoint hangs. */
static void an_upgrade_over_a_clock_that_jumps(int64_t by)
{
    given_it_runs();
    world_fate(&r->world, FATED_TRIGGER, FATE_HANGS);
    rig_edit(r);
    until(stops);
    int64_t began = r->world.now;
    r->wall_jump = by;
    rig_run_for(r, 600 * S);
    assert_true(stops(r)); /* its deadline is as far as it was */
    assert_int_equal(r->record.operation.savepoint_tries, 0);
    until(has_started);
    assert_in_range(r->world.now - began, 660 * S, 680 * S);
    assert_int_equal(r->record.current.number, 2);
    assert_place(restored_from(), place_of(ORIGIN_SUSPEND));
    rig_run_for(r, 3 * S);
    then_all_is_quiet();
}

static void a_clock_that_goes_back_a_day_moves_no_deadline(void **state)
{
    (void)state;
    an_upgrade_over_a_clock_that_jumps(-24 * 3600 * S);
}

static void a_clock_that_goes_ahead_a_year_moves_no_deadline(void **state)
{
    (void)state;
    an_upgrade_over_a_clock_that_jumps(365 * 24 * 3600 * S);
}

static bool is_settled(const struct rig *rig)
{
    const struct savepoint *s = rig_newest_savepoint(rig, ORIGIN_USER_REQUEST);
    return s && s->status.state != SAVEPOINT_STARTED;
}

static void given_a_request_while_the_job_restarts(int64_t for_us)
{
    given_it_runs();
    flink_job_restarts(&r->world, 1, for_us);
    rig_run_for(r, 3 * S);
    rig_request_savepoint(r);
    rig_run_for(r, 1 * S);
}

/* F81: a savepoint on request waits a minute for the tasks of its job, by any clock. */
static void a_clock_that_goes_ahead_ends_no_wait_for_a_savepoint(void **state)
{
    (void)state;
    given_a_request_while_the_job_restarts(20 * S);
    r->wall_jump = 365 * 24 * 3600 * S;
    until(is_settled);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->status.state,
                     SAVEPOINT_COMPLETED);
}

static void a_clock_that_goes_back_prolongs_no_wait_for_a_savepoint(void **state)
{
    (void)state;
    given_a_request_while_the_job_restarts(100000 * S);
    r->wall_jump = -24 * 3600 * S;
    rig_run_for(r, 65 * S);
    assert_true(is_settled(r));
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->status.state, SAVEPOINT_FAILED);
}

/* F83: the machine slept for three hours, in the middle of a stop. What was seen before is not believed. */
static void who_slept_looks_again_before_it_acts(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(stops);
    rig_run_for(r, 10 * MS);
    world_sleep(&r->world, 3 * 3600 * S);
    until(has_started);
    assert_int_equal(calls_since(CALL_STOP), 1);
    assert_int_equal(calls_since(CALL_CANCEL), 0);
    assert_int_equal(r->record.current.number, 2);
    assert_place(restored_from(), place_of(ORIGIN_SUSPEND));
}

static bool has_spent_a_try(const struct rig *rig)
{
    return rig->record.operation.savepoint_tries == 1;
}

/* F83: in the pause before the next try. Meanwhile another daemon's attempt came to stand there. */
static void who_slept_does_not_act_on_what_it_saw_before(void **state)
{
    (void)state;
    given_it_runs();
    world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(has_spent_a_try);
    rig_run_for(r, 300 * MS);
    when();
    world_sleep(&r->world, 3 * 3600 * S);
    world_foreign_cluster(&r->world, 7);
    rig_run_for(r, 60 * S);
    assert_true(r->record.halted);
    assert_int_equal(mutating_calls(), 0);
}

/* F86: what was begun under one strategy is finished under it. */
static void a_strategy_that_changes_during_the_stop_does_not_spare_the_savepoint(void **state)
{
    (void)state;
    given_it_runs();
    r->world.pace.savepoint = 30 * S;
    rig_edit(r);
    until(stops);
    r->deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    rig_touch(r);
    rig_run_for(r, 20 * S);
    assert_true(stops(r));
    until(has_started);
    assert_int_equal(calls_since(CALL_CANCEL), 0);
    assert_place(restored_from(), place_of(ORIGIN_SUSPEND));
}

static bool is_gone(const struct rig *rig)
{
    return rig->record.current.phase == PHASE_GONE;
}

/* F87: the savepoint was taken, and is not used, as was asked; that is said. */
static void a_restore_strategy_that_becomes_none_after_the_stop_starts_empty(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(is_gone);
    size_t told = rig_count_event(r, "STARTING_WITHOUT_STATE");
    r->deployment.spec.restore_strategy = RESTORE_NONE;
    rig_touch(r);
    until(is_recovered);
    assert_int_equal(restored_from().len, 0);
    assert_int_equal(rig_count_event(r, "STARTING_WITHOUT_STATE"), told + 1);
    assert_true(storage_find(&r->world, place_of(ORIGIN_SUSPEND))->there);
}

static bool has_spent_two_tries(const struct rig *rig)
{
    return rig->record.operation.savepoint_tries == 2;
}

/* F93 */
static void a_limit_below_what_is_spent_ends_the_tries_and_nothing_else(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < 9; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(has_spent_two_tries);
    r->deployment.spec.max_savepoint_creation_attempts = 1;
    rig_touch(r);
    until(is_failed);
    assert_int_equal(calls_since(CALL_STOP), 2);
    assert_int_equal(calls_since(CALL_CANCEL) + calls_since(CALL_TEARDOWN), 0);
    assert_true(rig_cluster(r)->job.up);
    then_all_is_quiet();
}

/* F94 */
static void a_pending_edit_is_taken_up_by_suspend_and_run(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_NONE, RESTORE_LATEST_STATE);
    rig_edit(r);
    then_all_is_quiet();
    assert_int_equal(mutating_calls(), 0);
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 2);
    assert_place(restored_from(), place_of(ORIGIN_SUSPEND));
    assert_false(r->deployment.status.pending_change);
}

/* F95, of one Deployment: each is stored, one upgrade follows. */
static void hundreds_of_edits_at_once_are_one_upgrade(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < 300; i++) {
        rig_edit(r);
        rig_run_for(r, 1 * MS);
    }
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 301);
    assert_int_equal(r->record.current.number, 2);
    assert_int_equal(calls_since(CALL_STOP), 1);
    assert_int_equal(calls_since(CALL_SUBMIT), 1);
}

/* F96: up and down ten times a second. */
static void a_job_that_flaps_is_written_of_now_and_then(void **state)
{
    (void)state;
    given_it_runs();
    int64_t before = r->commits;
    for (int i = 0; i < 1000; i++) {
        flink_job_restarts(&r->world, 1, 10 * MS);
        rig_run_for(r, 107 * MS); /* not in step with how often it is looked at */
    }
    assert_in_range(r->commits - before, 1, 12);
    assert_int_equal(mutating_calls(), 0);
    rig_run_for(r, 20 * S);
    assert_true(is_running(r));
    then_all_is_quiet();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(an_import_changes_nothing_while_the_job_runs),
        SCENARIO(a_clock_that_goes_back_a_day_moves_no_deadline),
        SCENARIO(a_clock_that_goes_ahead_a_year_moves_no_deadline),
        SCENARIO(a_clock_that_goes_ahead_ends_no_wait_for_a_savepoint),
        SCENARIO(a_clock_that_goes_back_prolongs_no_wait_for_a_savepoint),
        SCENARIO(who_slept_looks_again_before_it_acts),
        SCENARIO(who_slept_does_not_act_on_what_it_saw_before),
        SCENARIO(a_strategy_that_changes_during_the_stop_does_not_spare_the_savepoint),
        SCENARIO(a_restore_strategy_that_becomes_none_after_the_stop_starts_empty),
        SCENARIO(a_limit_below_what_is_spent_ends_the_tries_and_nothing_else),
        SCENARIO(a_pending_edit_is_taken_up_by_suspend_and_run),
        SCENARIO(hundreds_of_edits_at_once_are_one_upgrade),
        SCENARIO(a_job_that_flaps_is_written_of_now_and_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
