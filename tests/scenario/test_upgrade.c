/* Upgrade strategy x restore strategy: S001 to S038. */
#include "scenario.h"

#define FIRST_CANCEL \
    "434 CANCEL, 270 NOTE_END, 310 NOTE_READ, 322 TEARDOWN, 280 NOTE_GONE, 330 COLLECT"
#define FIRST_STOP                                                                             \
    "442 STOP, 240 NOTE_SAVEPOINT, 300 NOTE_END, 310 NOTE_READ, 322 TEARDOWN, 280 NOTE_GONE, " \
    "330 COLLECT"
#define THEN_START                                                                     \
    ", 510 RESERVE, 201 NOTE_PROVISIONED, 520 UPLOAD, 222 NOTE_UPLOADED, 534 SUBMIT, " \
    "230 NOTE_SUBMITTED, 406 NOTE_UP, 408 NOTE_EVIDENCE"

static void s001_stateless_none(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_NONE);
    struct str old = r->record.current.job_id;
    edit_and_wait();
    then_it_decided(FIRST_CANCEL THEN_START);
    assert_int_equal(calls_since(CALL_STOP), 0);
    assert_int_equal(restored_from().len, 0);
    assert_false(str_eq(r->record.current.job_id, old));
}

static void s002_stateless_latest_state(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_STATE);
    edit_and_wait();
    then_it_decided(FIRST_CANCEL THEN_START);
    assert_int_equal(calls_since(CALL_STOP), 0);
    const struct savepoint *c = rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT);
    assert_non_null(c);
    assert_place(restored_from(), c->spec.savepoint_location);
}

static void s003_stateless_latest_savepoint(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_SAVEPOINT);
    given_a_savepoint_on_request();
    edit_and_wait();
    const struct savepoint *asked = rig_newest_savepoint(r, ORIGIN_USER_REQUEST);
    const struct savepoint *retained = rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT);
    assert_true(savepoint_order(asked, retained) < 0);
    assert_place(restored_from(), asked->spec.savepoint_location);
}

static void s005_stateful_latest_state(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATEFUL, RESTORE_LATEST_STATE);
    edit_and_wait();
    then_it_decided(FIRST_STOP THEN_START);
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_SUSPEND);
    assert_int_equal(s->status.state, SAVEPOINT_COMPLETED);
    assert_place(restored_from(), s->spec.savepoint_location);
    rig_run_for(r, 3 * S); /* to its first checkpoint */
    then_all_is_quiet();
}

static void s006_stateful_none(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATEFUL, RESTORE_NONE);
    edit_and_wait();
    then_it_decided(FIRST_STOP THEN_START);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_SUSPEND)->status.state, SAVEPOINT_COMPLETED);
    assert_int_equal(restored_from().len, 0);
    assert_true(rig_count_event(r, "STARTING_WITHOUT_STATE") == 2);
}

static void s007_none_strategy(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_NONE, RESTORE_LATEST_STATE);
    when();
    rig_edit(r);
    then_all_is_quiet();
    assert_true(r->deployment.status.pending_change);
    assert_int_equal(r->deployment.status.state, OBSERVED_RUNNING);
    assert_int_equal(r->record.current.spec_version, 1);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 2);
    assert_false(r->deployment.status.pending_change);
}

static void s009_restore_strategy_changed_while_suspended(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    r->deployment.spec.restore_strategy = RESTORE_NONE;
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_int_equal(restored_from().len, 0);
}

static void s010_resume_under_other_strategy(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    r->deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
}

static void s011_newest_wins(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_SAVEPOINT);
    given_a_savepoint_on_request();
    struct str first = rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->metadata.id;
    given_a_savepoint_on_request();
    const struct savepoint *second = rig_newest_savepoint(r, ORIGIN_USER_REQUEST);
    assert_false(str_eq(first, second->metadata.id));
    edit_and_wait();
    assert_place(restored_from(), second->spec.savepoint_location);
}

static void s013_failed_savepoints_ignored(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_SAVEPOINT);
    given_a_savepoint_on_request();
    struct str good =
        newest_snapshot(true)->attempt ? str_of(newest_snapshot(true)->location) : (struct str){0};
    good = arena_str(r->a, good);
    world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    given_a_savepoint_on_request();
    assert_int_equal(rig_count_event(r, "SAVEPOINT_FAILED"), 1);
    edit_and_wait();
    assert_place(restored_from(), good);
}

static void s014_checkpoint_id_restarts(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_NONE);
    rig_run_for(r, 60 * S); /* high checkpoint ids */
    edit_and_wait();        /* starts empty, and its ids from 1 */
    int64_t highest = newest_snapshot(false)->attempt == 1 ? newest_snapshot(false)->id : 0;
    assert_true(highest > 200);
    rig_run_for(r, 2 * S);
    r->deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    edit_and_wait();
    const struct w_snapshot *from = storage_find(&r->world, restored_from());
    assert_int_equal(from->attempt, 2);
    assert_true(from->id < highest);
}

static void s015_no_state_known(void **state)
{
    (void)state;
    given_it_is_created();
    until(has_started);
    assert_int_equal(restored_from().len, 0);
    assert_int_equal(rig_count_event(r, "STARTING_WITHOUT_STATE"), 1);
}

static void s015_requires_state(void **state)
{
    (void)state;
    r->deployment.spec.require_state = true;
    given_it_is_created();
    until(is_blocked);
    then_all_is_quiet();
    assert_int_equal(calls_since(CALL_PROVISION), 0);
    assert_true(r->deployment.status.choices.n > 0);
}

static void s017_ignorable_change_only(void **state)
{
    (void)state;
    given_it_runs();
    r->deployment.spec.max_job_creation_attempts = 9;
    rig_touch(r);
    rig_run_for(r, 60 * S);
    then_it_decided("");
    assert_int_equal(calls_since(CALL_STOP), 0);
}

static void s019_two_edits_one_upgrade(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(stops);
    rig_edit(r);
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 3);
    assert_int_equal(r->record.current.number, 2);
    assert_int_equal(calls_since(CALL_SUBMIT), 1);
    assert_int_equal(calls_since(CALL_STOP), 1);
}

static void s021_edit_to_cancelled_mid_savepoint(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(stops);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    then_it_decided("442 STOP, 244 SUPERSEDE_BY_CANCEL, 270 NOTE_END, 310 NOTE_READ, "
                    "322 TEARDOWN, 280 NOTE_GONE, 330 COLLECT");
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_SUSPEND);
    assert_int_not_equal(s->status.state, SAVEPOINT_STARTED);
    then_all_is_quiet();
}

static void s023_allow_non_restored(void **state)
{
    (void)state;
    given_it_runs();
    r->deployment.spec.allow_non_restored_state = true;
    edit_and_wait();
    assert_true(rig_job(r, 2)->spec.allow_non_restored_state);
    assert_false(rig_job(r, 1)->spec.allow_non_restored_state);
}

static void s025_flink_version_change_running(void **state)
{
    (void)state;
    given_it_runs();
    r->deployment.spec.template_.spec.artifact.flink_version = STR("2.3");
    edit_and_wait();
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
}

static void s027_flink_version_change_unknown(void **state)
{
    (void)state;
    given_it_runs();
    r->world.flink_unreachable = true;
    r->deployment.spec.template_.spec.artifact.flink_version = STR("2.3");
    rig_edit(r);
    rig_run_for(r, 40 * S);
    assert_int_equal(calls_since(CALL_STOP) + calls_since(CALL_CANCEL), 0);
    r->world.flink_unreachable = false;
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 2);
}

static void s033_savepoint_ok_stop_failed(void **state)
{
    (void)state;
    given_it_runs();
    world_fate(&r->world, FATED_TRIGGER, FATE_STOP_FAILS);
    r->world.pace.checkpoint_interval = 100000 * S; /* nothing newer */
    rig_run_for(r, 1 * S);
    edit_and_wait();
    then_it_decided("442 STOP, 242 CANCEL_AFTER_SAVEPOINT, 270 NOTE_END, 310 NOTE_READ, "
                    "322 TEARDOWN, 280 NOTE_GONE, 330 COLLECT" THEN_START);
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
}

static void s033_job_fails_while_it_stops(void **state)
{
    (void)state;
    given_it_runs();
    world_fate(&r->world, FATED_TRIGGER, FATE_JOB_FAILS_STOPPING);
    edit_and_wait();
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
}

static bool takes_savepoint(const struct rig *rig)
{
    return rig->record.intent.kind == INTENT_SAVEPOINT;
}

static void s034_user_savepoint_pending(void **state)
{
    (void)state;
    given_it_runs();
    rig_request_savepoint(r);
    until(takes_savepoint);
    rig_edit(r);
    until(has_started);
    then_it_decided("414 SAVEPOINT, 260 NOTE_SAVEPOINT, " FIRST_STOP THEN_START);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->status.state,
                     SAVEPOINT_COMPLETED);
}

static void s037_redeploy_same_path_twice(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_STATE);
    given_a_savepoint_on_request();
    struct str place = rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->spec.savepoint_location;
    rig_restore_from(r, place, STR("one"));
    edit_and_wait();
    assert_place(restored_from(), place);
    rig_run_for(r, 2 * S);
    edit_and_wait(); /* the same nonce again does nothing */
    assert_false(snapshot_location_equal(restored_from(), place));
    rig_restore_from(r, place, STR("two"));
    edit_and_wait();
    assert_place(restored_from(), place);
}

static void s038_redeploy_when_suspended(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    struct str place = rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->spec.savepoint_location;
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    when();
    rig_restore_from(r, place, STR("one"));
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    assert_int_equal(calls_since(CALL_CANCEL) + calls_since(CALL_STOP), 0);
    assert_place(restored_from(), place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(s001_stateless_none),
        SCENARIO(s002_stateless_latest_state),
        SCENARIO(s003_stateless_latest_savepoint),
        SCENARIO(s005_stateful_latest_state),
        SCENARIO(s006_stateful_none),
        SCENARIO(s007_none_strategy),
        SCENARIO(s009_restore_strategy_changed_while_suspended),
        SCENARIO(s010_resume_under_other_strategy),
        SCENARIO(s011_newest_wins),
        SCENARIO(s013_failed_savepoints_ignored),
        SCENARIO(s014_checkpoint_id_restarts),
        SCENARIO(s015_no_state_known),
        SCENARIO(s015_requires_state),
        SCENARIO(s017_ignorable_change_only),
        SCENARIO(s019_two_edits_one_upgrade),
        SCENARIO(s021_edit_to_cancelled_mid_savepoint),
        SCENARIO(s023_allow_non_restored),
        SCENARIO(s025_flink_version_change_running),
        SCENARIO(s027_flink_version_change_unknown),
        SCENARIO(s033_savepoint_ok_stop_failed),
        SCENARIO(s033_job_fails_while_it_stops),
        SCENARIO(s034_user_savepoint_pending),
        SCENARIO(s037_redeploy_same_path_twice),
        SCENARIO(s038_redeploy_when_suspended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
