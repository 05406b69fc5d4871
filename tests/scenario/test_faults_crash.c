/* The daemon dies between two steps of an upgrade or of a start: F03 to F10 of the list of faults. Each
 * place of each flow is tried by the crash grid; here it is said what becomes of the one that counts. */
#include "scenario.h"

static void given_the_daemon_dies(enum fault fault, int64_t call)
{
    r->fault = fault;
    r->fault_at = call;
    r->down_for = 30 * S;
}

enum { PROVISION = 1, UPLOAD, SUBMIT, STOP, TEARDOWN }; /* calls, as an upgrade makes them */

static bool is_down(const struct rig *rig)
{
    return !rig->up;
}

static void when_an_upgrade_is_cut_short(enum fault fault, int64_t call)
{
    given_it_runs();
    given_the_daemon_dies(fault, call);
    rig_edit(r);
    until(is_down);
}

static void then_the_second_goes_on_from_the_savepoint(void)
{
    until(is_recovered);
    assert_true(r->fault_done);
    assert_int_equal(r->record.current.spec_version, 2);
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
    for (size_t i = 0; i + 1 < r->world.n_clusters; i++)
        assert_false(r->world.clusters[i].there);
}

/* One trigger id, and no more tries than one. */
static void then_there_was_one_stop(void)
{
    assert_int_equal(r->world.clusters[0].n_triggers, 1);
    assert_int_equal(rig_count_event(r, "SAVEPOINT_FAILED"), 0);
    assert_int_equal(calls_since(CALL_CANCEL), 0);
}

/* F03 */
static void a_stop_that_was_not_sent_is_sent_later(void **state)
{
    (void)state;
    when_an_upgrade_is_cut_short(FAULT_CRASH_BEFORE_CALL, STOP);
    assert_int_equal(rig_cluster(r)->n_triggers, 0);
    assert_int_equal(r->record.intent.kind, INTENT_STOP);
    then_the_second_goes_on_from_the_savepoint();
    then_there_was_one_stop();
}

/* F04 */
static void a_stop_whose_answer_nobody_heard_is_the_same_stop(void **state)
{
    (void)state;
    r->world.pace.savepoint = 60 * S; /* so that it is asked about in the next life */
    when_an_upgrade_is_cut_short(FAULT_CRASH_AFTER_CALL, STOP);
    then_the_second_goes_on_from_the_savepoint();
    then_there_was_one_stop();
}

static bool has_a_savepoint(const struct rig *rig)
{
    (void)rig;
    return newest_snapshot(true) != NULL;
}

/* F05 */
static void a_savepoint_that_nobody_noted_is_found(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(has_a_savepoint);
    rig_crash(r, 30 * S);
    until(is_recovered);
    assert_place(restored_from(), str_of(newest_snapshot(true)->location));
    then_there_was_one_stop();
}

/* F06 */
static void what_is_recorded_and_not_torn_down_is_torn_down_later(void **state)
{
    (void)state;
    when_an_upgrade_is_cut_short(FAULT_CRASH_BEFORE_CALL, TEARDOWN);
    assert_true(rig_cluster(r)->jobmanager_alive);
    then_the_second_goes_on_from_the_savepoint();
    then_there_was_one_stop();
}

/* F07: of two kinds of processes one is gone. */
static void half_a_teardown_is_finished(void **state)
{
    (void)state;
    when_an_upgrade_is_cut_short(FAULT_CRASH_BEFORE_CALL, TEARDOWN);
    world_kill_jobmanager(&r->world, 1, "ended");
    assert_true(rig_cluster(r)->taskmanagers[0].alive);
    then_the_second_goes_on_from_the_savepoint();
}

/* F09 */
static void a_cluster_that_was_asked_for_before_a_crash_is_taken_on(void **state)
{
    (void)state;
    given_the_daemon_dies(FAULT_CRASH_AFTER_CALL, PROVISION);
    given_it_is_created();
    until(is_down);
    then_the_first_attempt_is_the_only_one();
    assert_int_equal(r->record.failures.n, 0);
}

/* F10 */
static void a_job_that_got_up_during_a_crash_is_seen_to_run(void **state)
{
    (void)state;
    given_the_daemon_dies(FAULT_CRASH_AFTER_CALL, SUBMIT);
    given_it_is_created();
    until(is_down);
    rig_run_for(r, 20 * S);
    assert_true(rig_cluster(r)->job.up);
    then_the_first_attempt_is_the_only_one();
    assert_int_equal(r->record.failures.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(a_stop_that_was_not_sent_is_sent_later),
        SCENARIO(a_stop_whose_answer_nobody_heard_is_the_same_stop),
        SCENARIO(a_savepoint_that_nobody_noted_is_found),
        SCENARIO(what_is_recorded_and_not_torn_down_is_torn_down_later),
        SCENARIO(half_a_teardown_is_finished),
        SCENARIO(a_cluster_that_was_asked_for_before_a_crash_is_taken_on),
        SCENARIO(a_job_that_got_up_during_a_crash_is_seen_to_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
