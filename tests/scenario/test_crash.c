/* Crashes of the daemon and races, and what is newer than its record: S119 to S131. */
#include "scenario.h"

static bool has_intent(const struct rig *rig, enum intent_kind kind)
{
    return rig->record.intent.kind == (int)kind;
}

static bool provisions(const struct rig *rig)
{
    return has_intent(rig, INTENT_PROVISION);
}

static bool begins_to_submit(const struct rig *rig)
{
    return has_intent(rig, INTENT_SUBMIT);
}

static void s119_crash_after_intent(void **state)
{
    (void)state;
    r->fault = FAULT_CRASH_AFTER_COMMIT;
    r->fault_at = 1;
    given_it_is_created();
    until(provisions);
    assert_int_equal(r->world.n_clusters, 0);
    until(has_started);
    assert_int_equal(r->record.top, 1);
    assert_int_equal(r->world.n_clusters, 1);
}

static void s121_crash_during_stop(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(stops);
    rig_run_for(r, 5 * MS); /* the request has arrived */
    rig_crash(r, 10 * S);
    until(is_suspended);
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_SUSPEND)->status.state, SAVEPOINT_COMPLETED);
    assert_int_equal(r->record.operation.savepoint_tries, 0);
    assert_int_equal(rig_count_event(r, "CREATING_A_SAVEPOINT_BEFORE_SUSPENSION"), 1);
}

static void s122_crash_after_stop_before_record(void **state)
{
    (void)state;
    given_it_runs();
    world_fate(&r->world, FATED_TRIGGER, FATE_FORGOTTEN);
    rig_want(r, DESIRED_SUSPENDED);
    until(stops);
    rig_run_for(r, 5 * MS);
    rig_crash(r, 30 * S); /* then Flink knows nothing of the trigger, and the job is FINISHED */
    until(is_suspended);
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_SUSPEND);
    assert_int_equal(s->status.state, SAVEPOINT_COMPLETED);
    assert_place(s->spec.savepoint_location, str_of(newest_snapshot(true)->location));
}

static bool nothing_is_left(const struct rig *rig)
{
    return rig->record.current.phase == PHASE_GONE;
}

static void s123_crash_between_delete_and_start(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(nothing_is_left);
    rig_crash(r, 30 * S);
    until(is_recovered);
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
}

static void s125_submit_timeout_accepted(void **state)
{
    (void)state;
    r->fault = FAULT_ANSWER_LOST;
    r->fault_at = 3; /* provision, upload, submit */
    given_it_is_created();
    until(has_started);
    assert_true(r->fault_done);
    assert_int_equal(r->record.top, 1);
    assert_int_equal(rig_cluster(r)->job.submissions, 1);
}

/* The daemon died before it could submit, and cannot know that: nobody hears an answer any more, so
 * the job gets ten seconds to appear, and the attempt that nobody listened to does not count. */
static void s125_nobody_hears_the_answer(void **state)
{
    (void)state;
    r->fault = FAULT_CRASH_BEFORE_CALL;
    r->fault_at = 3; /* provision, upload, submit */
    given_it_is_created();
    until(begins_to_submit);
    int64_t since = r->world.now;
    until(has_started);
    assert_true(r->fault_done);
    assert_int_equal(r->record.top, 2);
    assert_int_equal(r->record.failures.n, 0);
    assert_int_equal(rig_cluster(r)->job.submissions, 1);
    assert_in_range(r->world.now - since, 10 * S, 60 * S);
}

/* A write of a paused leader is refused; it drops everything and loads again. */
static void s126_two_control_planes(void **state)
{
    (void)state;
    for (int64_t at = 1; at <= 8; at++) {
        scenario_end(state);
        scenario_begin(state);
        r->fault = FAULT_CONFLICT;
        r->fault_at = at;
        given_it_is_created();
        until(has_started);
        assert_int_equal(r->record.top, 1);
    }
}

static void s127_leftovers_are_swept_before_a_start(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    world_foreign_cluster(&r->world, 1); /* a late request of an older daemon */
    rig_want(r, DESIRED_RUNNING);
    until(is_recovered);
    assert_true(rig_had_rule(r, 106));
    assert_null(world_cluster(&r->world, 1));
}

static bool is_halted(const struct rig *rig)
{
    return rig->record.halted;
}

static void a_world_newer_than_the_record_halts(void **state)
{
    (void)state;
    given_it_runs();
    world_foreign_cluster(&r->world, 7);
    until(is_halted);
    rig_edit(r);
    rig_want(r, DESIRED_CANCELLED);
    rig_run_for(r, 600 * S);
    assert_int_equal(mutating_calls(), 0);
    assert_non_null(world_cluster(&r->world, 7));
    assert_true(rig_count_event(r, "HALTED_RECORD_OLDER_THAN_WORLD") > 0);
}

/* A RETRY looks again: what persists halts again, and by itself it never goes on. */
static void a_halt_is_left_by_a_retry_when_its_cause_is_gone(void **state)
{
    (void)state;
    given_it_runs();
    world_foreign_cluster(&r->world, 7);
    until(is_halted);
    assert_true(r->deployment.status.choices.n > 0);
    size_t told = rig_count_event(r, "HALTED_RECORD_OLDER_THAN_WORLD");
    rig_retry(r);
    rig_run_for(r, 10 * S);
    assert_true(r->record.halted);
    assert_int_equal(rig_count_event(r, "HALTED_RECORD_OLDER_THAN_WORLD"), told + 1);
    world_cluster(&r->world, 7)->there = false;
    then_all_is_quiet();
    assert_true(is_failed(r));
    rig_retry(r);
    until(is_running);
    assert_int_equal(r->record.current.number, 1);
    /* The numbers that somebody else used are not used again. */
    rig_edit(r);
    rig_run_for(r, 1 * S);
    until(has_started);
    assert_int_equal(r->record.current.number, 8);
}

static void s131_control_plane_down_1h(void **state)
{
    (void)state;
    given_it_runs();
    rig_crash(r, 3600 * S);
    rig_run_for(r, 3700 * S);
    assert_true(is_running(r));
    assert_int_equal(mutating_calls(), 0);
    assert_int_equal(r->record.top, 1);
}

static void reboot_is_recovered(void **state)
{
    (void)state;
    given_it_runs();
    world_reboot(&r->world);
    rig_crash(r, 5 * S);
    until(is_recovered);
    assert_place(restored_from(),
                 rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT)->spec.savepoint_location);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(s119_crash_after_intent),
        SCENARIO(s121_crash_during_stop),
        SCENARIO(s122_crash_after_stop_before_record),
        SCENARIO(s123_crash_between_delete_and_start),
        SCENARIO(s125_submit_timeout_accepted),
        SCENARIO(s125_nobody_hears_the_answer),
        SCENARIO(s126_two_control_planes),
        SCENARIO(s127_leftovers_are_swept_before_a_start),
        SCENARIO(a_world_newer_than_the_record_halts),
        SCENARIO(a_halt_is_left_by_a_retry_when_its_cause_is_gone),
        SCENARIO(s131_control_plane_down_1h),
        SCENARIO(reboot_is_recovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
