/* Which state the next job gets, and where it lies: S011, S025, S026, S055, S090, S093, S118. */
#include "scenario.h"

#define STATE_OF(origin) rig_newest_savepoint(r, (origin))->spec.savepoint_location

/* S011: a savepoint that a user asked for is newer than the one of the last suspension. */
static void s011_a_request_after_the_suspension_wins(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_SAVEPOINT);
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_place(restored_from(), STATE_OF(ORIGIN_SUSPEND));
    given_a_savepoint_on_request();
    edit_and_wait();
    assert_place(restored_from(), STATE_OF(ORIGIN_USER_REQUEST));
}

/* S025: a stateless upgrade takes no savepoint, for another version of Flink neither (behaviour.md 1). */
static void s025_a_stateless_change_of_version_goes_on_from_the_checkpoint(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_STATE);
    r->deployment.spec.template_.spec.artifact.flink_version = STR("2.3");
    edit_and_wait();
    assert_int_equal(calls_since(CALL_STOP), 0);
    assert_place(restored_from(), STATE_OF(ORIGIN_RETAINED_CHECKPOINT));
}

static void given_a_job_that_keeps_restarting(void)
{
    given_it_runs();
    flink_job_restarts(&r->world, 1, 100000 * S);
    rig_run_for(r, 3 * S);
    when();
}

/* S026: no savepoint can be had of it, and none is invented: the job is left as it is. */
static void s026_another_version_for_a_job_that_restarts_waits(void **state)
{
    (void)state;
    given_a_job_that_keeps_restarting();
    r->deployment.spec.template_.spec.artifact.flink_version = STR("2.3");
    rig_edit(r);
    until(is_failed);
    assert_int_equal(calls_since(CALL_CANCEL) + calls_since(CALL_TEARDOWN), 0);
    assert_int_equal(r->record.current.number, 1);
    assert_true(rig_cluster(r)->jobmanager_alive);
}

/* S026: whoever says so goes on from its newest retained checkpoint. */
static void s026_or_it_is_cancelled_and_goes_on_from_its_checkpoint(void **state)
{
    (void)state;
    given_a_job_that_keeps_restarting();
    const char *newest = newest_snapshot(false)->location;
    r->deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    r->deployment.spec.template_.spec.artifact.flink_version = STR("2.3");
    edit_and_wait();
    assert_int_equal(calls_since(CALL_CANCEL), 1);
    assert_place(restored_from(), str_of(newest));
    assert_int_equal(r->record.current.spec_version, 2);
}

/* S055: its checkpoints lay in the JobManager's memory. */
static void s055_finished_with_checkpoints_that_have_no_place(void **state)
{
    (void)state;
    r->world.checkpoints_in_memory = true;
    given_it_runs();
    flink_job_finishes(&r->world, 1);
    until(is_finished);
    assert_int_equal(r->n_savepoints, 0);
    assert_int_equal(r->record.gave_up.len, 0);
    then_all_is_quiet();
    edit_and_wait();
    assert_int_equal(r->record.current.number, 2);
    assert_int_equal(restored_from().len, 0);
}

/* The same, but it fails: what it had is gone, and that is nobody's decision. */
static void s055_what_had_no_place_is_not_replaced_by_nothing(void **state)
{
    (void)state;
    r->world.checkpoints_in_memory = true;
    given_it_runs();
    flink_job_fails(&r->world, 1, "its own code throws");
    until(is_blocked);
    then_all_is_quiet();
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
}

/* S090: the newest is gone, and an older one is there: taking it is a user's decision. */
static void s090_an_older_one_is_taken_when_a_user_names_it(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    struct str older = STATE_OF(ORIGIN_USER_REQUEST);
    rig_run_for(r, 2 * S);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    storage_find(&r->world, STATE_OF(ORIGIN_RETAINED_CHECKPOINT))->there = false;
    when();
    rig_want(r, DESIRED_RUNNING);
    until(is_blocked);
    then_all_is_quiet();
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    rig_restore_from(r, older, STR("the older one"));
    until(has_started);
    assert_place(restored_from(), older);
}

/* S093: the job's own directory, also when the edit that stops it names another. */
static void s093_savepoints_go_where_the_job_says(void **state)
{
    static struct str_pair own = {{"state.savepoints.dir", 20}, {"file:/mine/savepoints", 21}};
    static struct str_pair next = {{"state.savepoints.dir", 20}, {"file:/others", 12}};
    (void)state;
    struct str_map *conf = &r->deployment.spec.template_.spec.flink_configuration;
    *conf = (struct str_map){&own, 1};
    given_it_runs();
    given_a_savepoint_on_request();
    assert_true(str_starts_with(STATE_OF(ORIGIN_USER_REQUEST), STR("file:/mine/savepoints/")));
    *conf = (struct str_map){&next, 1};
    edit_and_wait();
    assert_true(str_starts_with(STATE_OF(ORIGIN_SUSPEND), STR("file:/mine/savepoints/")));
    assert_place(restored_from(), STATE_OF(ORIGIN_SUSPEND));
    given_a_savepoint_on_request();
    assert_true(str_starts_with(STATE_OF(ORIGIN_USER_REQUEST), STR("file:/others/")));
}

/* S118: it leaves checkpoints, and restore NONE wants none of them. */
static void s118_restore_none_recovers_empty(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_NONE);
    flink_job_fails(&r->world, 1, "its own code throws");
    until(is_recovered);
    assert_non_null(rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT));
    assert_int_equal(restored_from().len, 0);
    assert_int_equal(rig_count_event(r, "STARTING_WITHOUT_STATE"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(s011_a_request_after_the_suspension_wins),
        SCENARIO(s025_a_stateless_change_of_version_goes_on_from_the_checkpoint),
        SCENARIO(s026_another_version_for_a_job_that_restarts_waits),
        SCENARIO(s026_or_it_is_cancelled_and_goes_on_from_its_checkpoint),
        SCENARIO(s055_finished_with_checkpoints_that_have_no_place),
        SCENARIO(s055_what_had_no_place_is_not_replaced_by_nothing),
        SCENARIO(s090_an_older_one_is_taken_when_a_user_names_it),
        SCENARIO(s093_savepoints_go_where_the_job_says),
        SCENARIO(s118_restore_none_recovers_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
