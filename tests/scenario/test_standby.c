/* Warm standby: the next attempt's cluster is made ready while the present job runs. */
#include "scenario.h"

#define STANDBY_UP "760 STANDBY_BEGIN, 720 STANDBY_UPLOAD, 730 STANDBY_WARM, 740 STANDBY_NOTE_READY"
#define THEN_STOP                                                                                \
    ", 442 STOP, 240 NOTE_SAVEPOINT, 300 NOTE_END, 310 NOTE_READ, 322 TEARDOWN, 280 NOTE_GONE, " \
    "330 COLLECT"
#define THEN_ADOPT ", 511 ADOPT, 534 SUBMIT, 230 NOTE_SUBMITTED, 406 NOTE_UP, 408 NOTE_EVIDENCE"

static void given_it_runs_with_a_standby_for_edits(enum upgrade_kind up)
{
    r->deployment.spec.warm_standby = true;
    given_it_runs_under(up, RESTORE_LATEST_STATE);
}

static bool standby_is_ready(const struct rig *rig)
{
    return rig->record.standby.step == STANDBY_STEP_READY;
}

static bool standby_is_gone(const struct rig *rig)
{
    return rig->record.standby.step == STANDBY_STEP_NONE;
}

static bool standby_warms(const struct rig *rig)
{
    return rig->record.standby.step == STANDBY_STEP_WARM;
}

static bool upgraded_to_2(const struct rig *rig)
{
    return has_started(rig) && rig->record.current.spec_version == 2;
}

static bool upgraded_to_3(const struct rig *rig)
{
    return has_started(rig) && rig->record.current.spec_version == 3;
}

static void then_only_the_running_cluster_is_left(void)
{
    size_t n = 0;
    for (size_t i = 0; i < r->world.n_clusters; i++)
        n += r->world.clusters[i].there;
    assert_int_equal(n, 1);
    assert_int_equal(rig_cluster(r)->attempt, r->record.current.number);
}

static void a_stateful_upgrade_stops_the_job_when_its_successor_stands_ready(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    rig_edit(r);
    until(standby_is_ready);
    assert_int_equal(rig_job(r, 1)->status.state, JOB_STARTED);
    assert_int_equal(rig_job(r, 2)->status.state, JOB_STANDBY);
    assert_int_equal(record_head(&r->record), 1); /* where a snapshot counts that is imported now */
    until(upgraded_to_2);
    then_it_decided(STANDBY_UP THEN_STOP THEN_ADOPT);
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
    assert_int_equal(r->record.current.number, 2);
    assert_int_equal(record_head(&r->record), 2);
    assert_int_equal(rig_job(r, 2)->status.state, JOB_STARTED);
    then_only_the_running_cluster_is_left();
    rig_run_for(r, 3 * S);
    then_all_is_quiet();
}

static void so_does_a_stateless_one(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATELESS);
    rig_edit(r);
    until(upgraded_to_2);
    then_it_decided(STANDBY_UP ", 434 CANCEL, 270 NOTE_END, 310 NOTE_READ, 322 TEARDOWN, "
                               "280 NOTE_GONE, 330 COLLECT" THEN_ADOPT);
    then_only_the_running_cluster_is_left();
}

static void without_the_room_for_both_the_upgrade_goes_the_cold_way(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    world_fate(&r->world, FATED_PROVISION, FATE_FAILS);
    rig_edit(r);
    until(upgraded_to_2);
    assert_true(rig_had_rule(r, 722));
    assert_true(rig_had_rule(r, 510));
    assert_int_equal(rig_count_event(r, "STANDBY_GIVEN_UP"), 1);
    assert_int_equal(r->record.current.number, 3);
    assert_int_equal(rig_job(r, 2)->status.state, JOB_TERMINATED);
    then_only_the_running_cluster_is_left();
}

static void a_plan_that_cannot_be_made_costs_the_running_job_nothing(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    world_fate(&r->world, FATED_PLAN, FATE_FAILS);
    rig_edit(r);
    until(is_blocked);
    until(standby_is_gone);
    assert_string_equal(r->record.gave_up.ptr, "BLOCKED_PLAN_REFUSED");
    assert_true(str_contains(r->deployment.status.message, STR("main() throws")));
    assert_int_equal(calls_since(CALL_STOP), 0);
    assert_int_equal(rig_cluster(r)->attempt, 1);
    assert_true(rig_cluster(r)->job.up);
    then_all_is_quiet();
    /* What is mended goes on: the same again, */
    rig_retry(r);
    until(upgraded_to_2);
    assert_true(rig_had_rule(r, 511));
    then_only_the_running_cluster_is_left();
}

static void who_does_without_a_standby_is_not_held_up_by_its_verdict(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    world_fate(&r->world, FATED_PLAN, FATE_FAILS);
    rig_edit(r);
    until(is_blocked);
    r->deployment.spec.warm_standby = false;
    rig_touch(r);
    until(upgraded_to_2);
    assert_false(rig_had_rule(r, 511));
}

static void a_plan_that_never_comes_is_no_plan(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    for (int i = 0; i < MOST_FATES; i++)
        world_fate(&r->world, FATED_PLAN, FATE_HANGS);
    rig_edit(r);
    until(is_blocked);
    assert_true(str_contains(r->deployment.status.message, STR("not made in time")));
    assert_true(rig_cluster(r) && world_cluster(&r->world, 1)->job.up);
}

static void a_standby_that_dies_while_it_makes_the_plan_is_done_without(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    world_fate(&r->world, FATED_PLAN, FATE_JOBMANAGER_DIES);
    rig_edit(r);
    until(upgraded_to_2);
    assert_true(rig_had_rule(r, 712));
    assert_int_equal(r->record.current.number, 3);
    then_only_the_running_cluster_is_left();
}

/* Just before the stop becomes durable, so that the standby is ready and the job runs. */
static void when_the_standby_is_ready_and_the_job_cannot_be_stopped_yet(void)
{
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    for (int i = 0; i < 3; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(standby_is_ready);
    until(stops);
}

static void a_standby_that_dies_before_the_stop_is_done_without(void **state)
{
    (void)state;
    when_the_standby_is_ready_and_the_job_cannot_be_stopped_yet();
    world_kill_jobmanager(&r->world, 2, "OutOfMemoryError");
    until(upgraded_to_2);
    assert_int_equal(r->record.current.number, 3);
    then_only_the_running_cluster_is_left();
}

static void a_standby_whose_taskmanager_dies_is_done_without(void **state)
{
    (void)state;
    when_the_standby_is_ready_and_the_job_cannot_be_stopped_yet();
    world_kill_taskmanager(&r->world, 2, 0);
    until(upgraded_to_2);
    assert_true(rig_had_rule(r, 714));
    then_only_the_running_cluster_is_left();
}

static void a_job_that_dies_while_its_standby_waits_goes_on_there(void **state)
{
    (void)state;
    when_the_standby_is_ready_and_the_job_cannot_be_stopped_yet();
    world_kill_jobmanager(&r->world, 1, "OutOfMemoryError");
    until(upgraded_to_2);
    assert_true(rig_had_rule(r, 511));
    assert_int_equal(r->record.current.number, 2);
    assert_place(restored_from(), newest_snapshot(false)->location[0]
                                      ? rig_job(r, 2)->spec.savepoint_location
                                      : STR(""));
    then_only_the_running_cluster_is_left();
}

static void a_standby_that_is_not_ready_yet_takes_over_from_a_job_that_died(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    rig_edit(r);
    until(standby_warms);
    world_kill_jobmanager(&r->world, 1, "OutOfMemoryError");
    until(upgraded_to_2);
    assert_int_equal(r->record.current.number, 2);
}

static void an_edit_makes_the_standby_obsolete(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    rig_edit(r);
    until(standby_warms);
    rig_edit(r);
    until(upgraded_to_3);
    assert_true(rig_had_rule(r, 710));
    assert_int_equal(rig_count_event(r, "STANDBY_IS_READY"), 1);
    assert_int_equal(rig_job(r, 2)->status.state, JOB_TERMINATED);
    assert_int_equal(r->record.current.number, 3);
    then_only_the_running_cluster_is_left();
}

static void an_edit_that_is_taken_back_needs_no_standby(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    struct str jar = r->deployment.spec.template_.spec.artifact.jar_uri;
    rig_edit(r);
    until(standby_warms);
    rig_edit(r);
    r->deployment.spec.template_.spec.artifact.jar_uri = jar;
    rig_touch(r);
    until(standby_is_gone);
    rig_run_for(r, 3 * S);
    assert_int_equal(calls_since(CALL_STOP), 0);
    assert_int_equal(r->record.current.number, 1);
    then_only_the_running_cluster_is_left();
    then_all_is_quiet();
}

static void who_suspends_meanwhile_waits_for_no_standby(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    rig_edit(r);
    until(standby_warms);
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    until(standby_is_gone);
    assert_null(world_cluster(&r->world, 2));
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_SUSPEND)->status.state, SAVEPOINT_COMPLETED);
    rig_want(r, DESIRED_RUNNING);
    until(upgraded_to_2);
    then_only_the_running_cluster_is_left();
}

static void who_cancels_meanwhile_waits_for_no_standby(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    rig_edit(r);
    until(standby_warms);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    until(standby_is_gone);
    assert_int_equal(calls_since(CALL_STOP), 0);
    rig_delete(r);
    rig_run_for(r, 3 * S);
    assert_true(r->removed);
    for (size_t i = 0; i < r->world.n_clusters; i++)
        assert_false(r->world.clusters[i].there);
}

static void spent_savepoint_tries_end_the_standby_too(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    for (int i = 0; i < 4; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(is_failed);
    until(standby_is_gone);
    assert_int_equal(r->record.current.number, 1);
    then_only_the_running_cluster_is_left();
    rig_retry(r);
    until(upgraded_to_2);
    then_only_the_running_cluster_is_left();
}

static void a_daemon_that_was_away_finds_its_standby_again(void **state)
{
    (void)state;
    given_it_runs_with_a_standby_for_edits(UPGRADE_STATEFUL);
    rig_edit(r);
    until(standby_warms);
    rig_crash(r, 5 * S);
    until(upgraded_to_2);
    assert_int_equal(r->record.current.number, 2);
    assert_true(rig_had_rule(r, 511));
    then_only_the_running_cluster_is_left();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(a_stateful_upgrade_stops_the_job_when_its_successor_stands_ready),
        SCENARIO(so_does_a_stateless_one),
        SCENARIO(without_the_room_for_both_the_upgrade_goes_the_cold_way),
        SCENARIO(a_plan_that_cannot_be_made_costs_the_running_job_nothing),
        SCENARIO(who_does_without_a_standby_is_not_held_up_by_its_verdict),
        SCENARIO(a_plan_that_never_comes_is_no_plan),
        SCENARIO(a_standby_that_dies_while_it_makes_the_plan_is_done_without),
        SCENARIO(a_standby_that_dies_before_the_stop_is_done_without),
        SCENARIO(a_standby_whose_taskmanager_dies_is_done_without),
        SCENARIO(a_job_that_dies_while_its_standby_waits_goes_on_there),
        SCENARIO(a_standby_that_is_not_ready_yet_takes_over_from_a_job_that_died),
        SCENARIO(an_edit_makes_the_standby_obsolete),
        SCENARIO(an_edit_that_is_taken_back_needs_no_standby),
        SCENARIO(who_suspends_meanwhile_waits_for_no_standby),
        SCENARIO(who_cancels_meanwhile_waits_for_no_standby),
        SCENARIO(spent_savepoint_tries_end_the_standby_too),
        SCENARIO(a_daemon_that_was_away_finds_its_standby_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
