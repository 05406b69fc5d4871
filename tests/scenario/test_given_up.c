/* A submission that nobody heard the answer to, and an attempt that is given up for it (rule 236): its
 * program may hand over its job as long as its cluster lives, and checkpoint where its own code says. */
#include "scenario.h"

static bool is_submitted(const struct rig *rig)
{
    return rig->record.intent.kind == INTENT_SUBMIT && rig->seen.call.sent;
}

static bool is_given_up(const struct rig *rig)
{
    return rig->record.current.phase == PHASE_READ;
}

/* sluiced dies with the submission under way, and gives the attempt up when it is back. */
static void given_an_attempt_that_is_given_up(void)
{
    r->world.checkpoints_in_code = "file:/chosen/by/the/job";
    given_it_is_created();
    until(is_submitted);
    rig_crash(r, 1 * S);
    until(is_given_up);
    assert_true(rig_had_rule(r, 236));
    when();
}

static void then_the_first_attempt_runs(void)
{
    until(has_started);
    assert_int_equal(r->record.top, 1);
    assert_false(rig_cluster(r)->ending);
    assert_int_equal(rig_job(r, 1)->status.state, JOB_STARTED);
    assert_int_equal(rig_job(r, 1)->status.failure.failed_at, 0);
    then_all_is_quiet();
}

static void a_job_that_starts_while_sluiced_is_down_goes_on(void **state)
{
    (void)state;
    r->world.pace.main_method = 60 * S;
    given_an_attempt_that_is_given_up();
    rig_crash(r, 1000 * S);
    then_the_first_attempt_runs();
    then_it_decided("316 NOTE_LATE_START, 406 NOTE_UP, 408 NOTE_EVIDENCE");
}

static void nor_is_it_ended_by_a_call_that_may_not_have_been_sent(void **state)
{
    (void)state;
    r->world.pace.main_method = 60 * S;
    given_an_attempt_that_is_given_up();
    r->fault = FAULT_CRASH_BEFORE_CALL;
    r->fault_at = r->calls + 1;
    r->down_for = 1000 * S;
    then_the_first_attempt_runs();
    then_it_decided("322 TEARDOWN, 279 DROP_INTENT, 316 NOTE_LATE_START, 406 NOTE_UP, "
                    "408 NOTE_EVIDENCE");
}

static void its_job_fails(struct w_world *w, int64_t attempt, int64_t unused, void *nothing)
{
    (void)unused;
    (void)nothing;
    flink_job_fails(w, attempt, "out of luck");
}

static void what_it_did_and_how_it_ended_is_read(void **state)
{
    (void)state;
    r->world.pace.main_method = 60 * S;
    given_an_attempt_that_is_given_up();
    rig_crash(r, 1000 * S);
    world_at(&r->world, r->world.now + 500 * S, its_job_fails, 1, 0, NULL);
    until(is_recovered);
    const struct w_snapshot *newest = newest_snapshot(false);
    assert_true(str_starts_with(str_of(newest->location), STR("file:/chosen/by/the/job")));
    assert_int_equal(rig_cluster(r)->attempt, 2);
}

static void a_job_that_never_started_leaves_nothing_to_wait_for(void **state)
{
    (void)state;
    world_fate(&r->world, FATED_SUBMIT, FATE_HANGS);
    given_an_attempt_that_is_given_up();
    until(is_recovered);
    then_it_decided("322 TEARDOWN, 280 NOTE_GONE, 330 COLLECT, 510 RESERVE, 201 NOTE_PROVISIONED, "
                    "520 UPLOAD, 222 NOTE_UPLOADED, 534 SUBMIT, 230 NOTE_SUBMITTED, 406 NOTE_UP, "
                    "408 NOTE_EVIDENCE");
}

static void nor_does_a_daemon_that_dies_while_its_cluster_ends(void **state)
{
    (void)state;
    world_fate(&r->world, FATED_SUBMIT, FATE_HANGS);
    given_an_attempt_that_is_given_up();
    r->fault = FAULT_CRASH_AFTER_CALL;
    r->fault_at = r->calls + 1;
    r->down_for = 10 * S;
    until(is_recovered);
}

/* Whether it had started by then, nobody can tell any more. */
static void a_job_whose_cluster_ended_unseen_blocks(void **state)
{
    (void)state;
    r->world.pace.main_method = 60 * S;
    given_an_attempt_that_is_given_up();
    rig_crash(r, 1000 * S);
    world_reboot(&r->world);
    until(is_blocked);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    assert_true(str_eq(r->deployment.status.reason, STR("BLOCKED_STATE_NOT_ESTABLISHED")));
}

/* CANCELLED needs no state; the start after it does. SUSPENDED would say that the state is kept. */
static void what_blocks_a_start_blocks_no_cancel(void **state)
{
    a_job_whose_cluster_ended_unseen_blocks(state);
    rig_want(r, DESIRED_SUSPENDED);
    until(is_blocked);
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    then_all_is_quiet();
    rig_want(r, DESIRED_RUNNING);
    until(is_blocked);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
}

static void a_jobmanager_that_never_answers_is_ended_and_blocks(void **state)
{
    (void)state;
    r->world.pace.main_method = 60 * S;
    given_an_attempt_that_is_given_up();
    r->world.flink_unreachable = true;
    rig_crash(r, 1 * S);
    until(is_blocked);
    assert_int_equal(calls_since(CALL_TEARDOWN), 1);
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(a_job_that_starts_while_sluiced_is_down_goes_on),
        SCENARIO(nor_is_it_ended_by_a_call_that_may_not_have_been_sent),
        SCENARIO(what_it_did_and_how_it_ended_is_read),
        SCENARIO(a_job_that_never_started_leaves_nothing_to_wait_for),
        SCENARIO(nor_does_a_daemon_that_dies_while_its_cluster_ends),
        SCENARIO(a_job_whose_cluster_ended_unseen_blocks),
        SCENARIO(what_blocks_a_start_blocks_no_cancel),
        SCENARIO(a_jobmanager_that_never_answers_is_ended_and_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
