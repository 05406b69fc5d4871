/* Savepoints and retained checkpoints: S062 to S093. */
#include "scenario.h"

static bool savepoint_is_settled(const struct rig *rig)
{
    const struct savepoint *s = rig_newest_savepoint(rig, ORIGIN_USER_REQUEST);
    return s && s->status.state != SAVEPOINT_STARTED;
}

static void a_deadline_counts_from_its_own_intent(void **state)
{
    (void)state;
    given_it_runs();
    rig_run_for(r, 2000 * S);
    world_fate(&r->world, FATED_TRIGGER, FATE_HANGS);
    rig_request_savepoint(r);
    rig_run_for(r, 600 * S);
    assert_int_equal(r->record.intent.kind, INTENT_SAVEPOINT);
    rig_run_for(r, 100 * S);
    assert_int_equal(rig_count_event(r, "SAVEPOINT_FAILED"), 1);
}

static void s062_manual_savepoint(void **state)
{
    (void)state;
    given_it_runs();
    rig_request_savepoint(r);
    until(savepoint_is_settled);
    then_it_decided("414 SAVEPOINT, 260 NOTE_SAVEPOINT");
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_USER_REQUEST);
    assert_int_equal(s->status.state, SAVEPOINT_COMPLETED);
    assert_place(s->spec.savepoint_location, str_of(newest_snapshot(true)->location));
    assert_true(rig_cluster(r)->job.up);
}

static void s063_manual_savepoint_not_running(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    rig_request_savepoint(r);
    until(savepoint_is_settled);
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_USER_REQUEST);
    assert_int_equal(s->status.state, SAVEPOINT_FAILED);
    assert_true(s->status.failure_message.len > 0);
}

static void s067_grace(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_restarts(&r->world, 1, 20 * S);
    rig_run_for(r, 3 * S);
    rig_request_savepoint(r);
    until(savepoint_is_settled);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->status.state,
                     SAVEPOINT_COMPLETED);
}

static void s067_grace_ends(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_restarts(&r->world, 1, 100000 * S);
    rig_run_for(r, 3 * S);
    rig_request_savepoint(r);
    until(savepoint_is_settled);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->status.state, SAVEPOINT_FAILED);
    assert_int_equal(rig_count_event(r, "SAVEPOINT_FAILED"), 1);
    assert_int_equal(calls_since(CALL_STOP), 0);
}

static void s067_grace_ends_without_taskmanagers(void **state)
{
    (void)state;
    given_taskmanagers_that_cannot_be_replaced();
    rig_request_savepoint(r);
    until(savepoint_is_settled);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->status.state, SAVEPOINT_FAILED);
}

static void s069_one_in_flight(void **state)
{
    (void)state;
    given_it_runs();
    struct str first = rig_request_savepoint(r);
    struct str second = rig_request_savepoint(r);
    rig_run_for(r, 5 * S);
    then_it_decided("414 SAVEPOINT, 260 NOTE_SAVEPOINT, 414 SAVEPOINT, 260 NOTE_SAVEPOINT");
    assert_int_equal(rig_savepoint(r, first)->status.state, SAVEPOINT_COMPLETED);
    assert_int_equal(rig_savepoint(r, second)->status.state, SAVEPOINT_COMPLETED);
}

static void s075_import_existing(void **state)
{
    (void)state;
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_SAVEPOINT);
    rig_import(r, "file:/elsewhere/savepoint-9");
    rig_edit(r);
    until(is_recovered);
    assert_place(restored_from(), STR("file:/elsewhere/savepoint-9"));
}

static void s085_dispose_while_stopped(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    struct str id = rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->metadata.id;
    struct w_snapshot *data =
        storage_find(&r->world, rig_savepoint(r, id)->spec.savepoint_location);
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    when();
    rig_discard(r, id);
    rig_run_for(r, 10 * S);
    then_it_decided("450 DISCARD, 290 NOTE_DISCARDED");
    assert_null(rig_savepoint(r, id));
    assert_false(data->there);
}

static void s083_dispose_failure_keeps_record(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    struct str id = rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->metadata.id;
    world_fate(&r->world, FATED_DISCARD, FATE_FAILS);
    rig_discard(r, id);
    rig_run_for(r, 10 * S);
    assert_int_equal(rig_savepoint(r, id)->status.state, SAVEPOINT_FAILED_DELETION);
    rig_discard(r, id);
    rig_run_for(r, 10 * S);
    assert_null(rig_savepoint(r, id));
}

static bool discards(const struct rig *rig)
{
    return rig->record.intent.kind == INTENT_DISCARD;
}

static struct str given_a_deletion_that_hangs(void)
{
    given_it_runs();
    given_a_savepoint_on_request();
    struct str id = rig_newest_savepoint(r, ORIGIN_USER_REQUEST)->metadata.id;
    for (int i = 0; i < MOST_FATES; i++)
        world_fate(&r->world, FATED_DISCARD, FATE_HANGS);
    rig_discard(r, id);
    until(discards);
    return id;
}

/* What is edited meanwhile waits for the deletion's own deadline, not for ever. */
static void an_edit_while_a_snapshot_is_being_deleted_takes_effect(void **state)
{
    (void)state;
    struct str id = given_a_deletion_that_hangs();
    rig_edit(r);
    rig_run_for(r, 30 * S);
    assert_int_equal(r->record.intent.kind, INTENT_DISCARD);
    rig_run_for(r, 60 * S);
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 2);
    assert_int_equal(rig_savepoint(r, id)->status.state, SAVEPOINT_FAILED_DELETION);
}

static void a_cancel_while_a_snapshot_is_being_deleted_takes_effect(void **state)
{
    (void)state;
    struct str id = given_a_deletion_that_hangs();
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    assert_int_equal(rig_savepoint(r, id)->status.state, SAVEPOINT_FAILED_DELETION);
}

static void a_job_that_is_lost_while_a_snapshot_is_being_deleted_is_recovered(void **state)
{
    (void)state;
    given_a_deletion_that_hangs();
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_recovered);
}

static void s087_retained_checkpoint_collected_on_failure(void **state)
{
    (void)state;
    r->deployment.spec.max_job_creation_attempts = 1;
    given_it_runs();
    flink_job_fails(&r->world, 1, "its own code throws");
    until(is_failed);
    assert_int_equal(rig_count_event(r, "RETAINED_CHECKPOINTS_COLLECTED"), 1);
    assert_place(rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT)->spec.savepoint_location,
                 str_of(newest_snapshot(false)->location));
    assert_int_equal(rig_job(r, 1)->status.state, JOB_FAILED);
}

static void s089_retained_checkpoint_not_from_running(void **state)
{
    (void)state;
    given_it_runs();
    rig_run_for(r, 60 * S);
    assert_null(rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT));
}

static void s090_retained_checkpoint_gone(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    struct str place = rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT)->spec.savepoint_location;
    storage_find(&r->world, place)->there = false;
    when();
    rig_want(r, DESIRED_RUNNING);
    until(is_blocked);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    then_all_is_quiet();
}

static void s090_damaged_newest_is_not_skipped(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    struct str place = rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT)->spec.savepoint_location;
    storage_find(&r->world, place)->broken = true;
    when();
    rig_want(r, DESIRED_RUNNING);
    until(is_blocked);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    /* To start empty is a decision that the user can record. */
    r->deployment.spec.restore_strategy = RESTORE_NONE;
    rig_touch(r);
    until(has_started);
    assert_int_equal(restored_from().len, 0);
}

/* S091: complete only after our deadline. It is found when the attempt is over. */
static void s091_late_savepoint_is_found(void **state)
{
    (void)state;
    given_it_runs();
    r->world.pace.savepoint = 700 * S;
    struct str id = rig_request_savepoint(r);
    until(savepoint_is_settled);
    assert_int_equal(rig_savepoint(r, id)->status.state, SAVEPOINT_FAILED);
    rig_run_for(r, 60 * S);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    assert_int_equal(rig_savepoint(r, id)->status.state, SAVEPOINT_COMPLETED);
    assert_true(rig_savepoint(r, id)->status.size_bytes > 0);
}

static void s093_effective_dir(void **state)
{
    (void)state;
    r->world.checkpoints_in_code = "file:/chosen/by/the/job";
    given_it_runs_under(UPGRADE_STATELESS, RESTORE_LATEST_STATE);
    rig_edit(r);
    until(is_recovered);
    assert_true(str_starts_with(restored_from(), STR("file:/chosen/by/the/job/")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(a_deadline_counts_from_its_own_intent),
        SCENARIO(s062_manual_savepoint),
        SCENARIO(s063_manual_savepoint_not_running),
        SCENARIO(s067_grace),
        SCENARIO(s067_grace_ends),
        SCENARIO(s067_grace_ends_without_taskmanagers),
        SCENARIO(s069_one_in_flight),
        SCENARIO(s075_import_existing),
        SCENARIO(s083_dispose_failure_keeps_record),
        SCENARIO(s085_dispose_while_stopped),
        SCENARIO(an_edit_while_a_snapshot_is_being_deleted_takes_effect),
        SCENARIO(a_cancel_while_a_snapshot_is_being_deleted_takes_effect),
        SCENARIO(a_job_that_is_lost_while_a_snapshot_is_being_deleted_is_recovered),
        SCENARIO(s087_retained_checkpoint_collected_on_failure),
        SCENARIO(s089_retained_checkpoint_not_from_running),
        SCENARIO(s090_retained_checkpoint_gone),
        SCENARIO(s090_damaged_newest_is_not_skipped),
        SCENARIO(s091_late_savepoint_is_found),
        SCENARIO(s093_effective_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
