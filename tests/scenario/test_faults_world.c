/* Messages that come late, twice or not at all, and processes and storage that do not do as they are told:
 * F19 to F74 of the list of faults. Of a platform only what every target can show. */
#include "scenario.h"

static void given_trouble(enum fault fault, int64_t call)
{
    r->fault = fault;
    r->fault_at = call;
}

/* F54 */
static void a_cluster_whose_creation_timed_out_has_no_twin(void **state)
{
    (void)state;
    given_trouble(FAULT_ANSWER_LOST, 1);
    given_it_is_created();
    then_the_first_attempt_is_the_only_one();
}

/* F54: it is asked for twice, and the first is late. */
static void nor_has_one_whose_creation_was_late(void **state)
{
    (void)state;
    given_trouble(FAULT_REQUEST_LATE, 1);
    given_it_is_created();
    then_the_first_attempt_is_the_only_one();
    rig_run_for(r, 60 * S);
    then_the_first_attempt_is_the_only_one();
}

/* F21, as the first savepoint is on its way. */
static void a_stop_whose_answer_is_lost_is_asked_about(void **state)
{
    (void)state;
    given_it_runs();
    given_trouble(FAULT_ANSWER_LOST, r->calls + 1);
    edit_and_wait();
    assert_true(r->fault_done);
    assert_int_equal(r->world.clusters[0].n_triggers, 1);
    assert_int_equal(calls_since(CALL_CANCEL), 0);
    assert_int_equal(rig_count_event(r, "SAVEPOINT_FAILED"), 0);
    assert_place(restored_from(), str_of(newest_snapshot(true)->location));
}

/* All that was ever asked of the first attempt, as whoever listens at `attempt` hears it. */
static void when_it_is_told_again(void (*call)(struct w_world *, struct w_call *), int64_t attempt)
{
    const struct w_cluster *first = &r->world.clusters[0];
    struct w_call *c = ARENA_NEW(r->a, struct w_call);
    *c = (struct w_call){.attempt = attempt,
                         .job_id = str_of(first->job.id),
                         .jar_id = str_of(first->jar),
                         .incarnation = str_of(first->incarnation),
                         .trigger_id = str_of(first->triggers[0].id),
                         .directory = str_of(first->triggers[0].directory),
                         .stop = true};
    call(&r->world, c);
}

static void then_it_runs_on(int64_t attempt, int64_t top)
{
    rig_run_for(r, 10 * S);
    until(is_running);
    assert_int_equal(r->record.current.number, attempt);
    assert_int_equal(r->record.top, top);
    assert_int_equal(rig_cluster(r)->job.restarts, 0);
    assert_int_equal(rig_cluster(r)->job.submissions, 1);
}

/* F22: it has a job of its own. */
static void a_stop_that_comes_twice_does_not_stop_the_next(void **state)
{
    (void)state;
    given_it_runs();
    edit_and_wait();
    when();
    when_it_is_told_again(flink_trigger_savepoint, 2);
    then_it_runs_on(2, 2);
    assert_int_equal(mutating_calls(), 0);
}

static bool is_fourth(const struct rig *rig)
{
    return has_started(rig) && rig->record.current.number == 4;
}

/* F19 */
static void requests_that_are_three_attempts_late_do_no_harm(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < 3; i++) {
        edit_and_wait();
        rig_run_for(r, 200 * S);
    }
    assert_true(is_fourth(r));
    when();
    when_it_is_told_again(flink_trigger_savepoint, 4);
    when_it_is_told_again(flink_cancel, 4);
    when_it_is_told_again(world_deliver, 4);
    when_it_is_told_again(flink_submit, 4);
    when_it_is_told_again(world_teardown, 1);
    then_it_runs_on(4, 4);
    assert_int_equal(mutating_calls(), 0);
    when_it_is_told_again(world_provision, 1); /* what was told to end starts nothing any more */
    assert_null(world_cluster(&r->world, 1));
    then_it_runs_on(4, 4);
    /* What is there all the same is ended again: nothing ever runs in it. */
    world_foreign_cluster(&r->world, 1);
    assert_non_null(world_cluster(&r->world, 1));
    then_it_runs_on(4, 4);
    assert_null(world_cluster(&r->world, 1));
    assert_int_equal(mutating_calls(), 1);
}

static int64_t now(void)
{
    return rig_in(r).wall_us;
}

/* F25: what cannot be listed may be there. */
static void nothing_starts_while_processes_cannot_be_listed(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    when();
    r->world.inventory_fails = true;
    rig_run_for(r, 20 * S);
    rig_want(r, DESIRED_RUNNING);
    rig_run_for(r, 3600 * S);
    assert_int_equal(mutating_calls(), 0);
    assert_true(str_eq(r->deployment.status.reason, STR("WORLD_NOT_SEEN")));
    assert_in_range(now() - r->deployment.status.waiting_since, 3600 * S, 3700 * S);
    r->world.inventory_fails = false;
    until(is_recovered);
}

/* F55: told to end, it takes twenty minutes. */
static void nothing_starts_until_the_last_process_is_gone(void **state)
{
    (void)state;
    given_it_runs();
    r->world.pace.teardown = 1200 * S;
    rig_edit(r);
    rig_run_for(r, 1100 * S);
    assert_int_equal(calls_since(CALL_PROVISION), 0);
    assert_int_equal(r->record.current.number, 1);
    assert_int_equal(r->deployment.status.state, OBSERVED_TRANSITIONING);
    assert_true(r->deployment.status.waiting_since > 0);
    until(is_recovered);
}

/* F60, and back again: what it was stopped with is kept all the while. */
static void an_upgrade_whose_cluster_is_not_to_be_had_can_be_taken_back(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < MOST_FATES; i++)
        world_fate(&r->world, FATED_PROVISION, FATE_FAILS);
    rig_edit(r);
    rig_run_for(r, 600 * S);
    struct str place = rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location;
    assert_true(storage_find(&r->world, place)->there);
    assert_in_range(calls_since(CALL_PROVISION), 8, 20);
    assert_true(r->deployment.status.next_try_at > 0);
    struct str why = rig_job(r, r->record.current.number)->status.failure.message;
    assert_true(str_contains(why, STR("port taken")));
    r->world.n_fates[FATED_PROVISION] = r->world.used_fates[FATED_PROVISION];
    edit_and_wait();
    assert_place(restored_from(), place);
    assert_int_equal(r->record.failures.n, 0);
}

static bool has_savepoint(const struct rig *rig)
{
    const struct savepoint *s = rig_newest_savepoint(rig, ORIGIN_SUSPEND);
    return s && s->status.state == SAVEPOINT_COMPLETED;
}

/* F61: somebody ends the JobManager, before the savepoint of an upgrade or after it. */
static void a_jobmanager_that_somebody_ends_before_the_savepoint_left_checkpoints(void **state)
{
    (void)state;
    given_it_runs();
    r->world.pace.savepoint = 60 * S;
    rig_edit(r);
    until(stops);
    rig_run_for(r, 10 * S);
    const struct w_snapshot *newest = newest_snapshot(false);
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_recovered);
    assert_place(restored_from(), str_of(newest->location));
    assert_int_equal(r->record.current.spec_version, 2);
}

static void a_jobmanager_that_somebody_ends_after_the_savepoint_is_not_missed(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(has_savepoint);
    world_kill_jobmanager(&r->world, 1, "killed");
    until(is_recovered);
    assert_place(restored_from(), str_of(newest_snapshot(true)->location));
    assert_int_equal(r->record.current.spec_version, 2);
}

static void hides(struct w_world *w, int64_t hidden, int64_t y, void *p)
{
    (void)y;
    (void)p;
    for (size_t i = 0; i < w->n_snapshots; i++)
        if (w->snapshots[i].savepoint)
            w->snapshots[i].there = !hidden;
}

/* F74: Flink has said where it is, and it does not show there yet. The checkpoints before it do. */
static void nothing_else_is_taken_for_a_savepoint_that_does_not_show_yet(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    until(stops);
    struct w_world *w = &r->world;
    int64_t done = w->now + w->pace.latency + w->pace.savepoint + 1;
    world_at(w, done, hides, true, 0, NULL);
    world_at(w, done + 600 * S, hides, false, 0, NULL);
    until(is_blocked);
    then_all_is_quiet();
    assert_int_equal(calls_since(CALL_PROVISION), 0);
    assert_true(str_contains(r->deployment.status.message, STR("there is no _metadata")));
    until(is_recovered);
    assert_place(restored_from(), str_of(newest_snapshot(true)->location));
    assert_int_equal(rig_newest_savepoint(r, ORIGIN_SUSPEND)->status.verified, VERIFIED_FULL);
    assert_int_equal(calls_since(CALL_STOP), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(a_cluster_whose_creation_timed_out_has_no_twin),
        SCENARIO(nor_has_one_whose_creation_was_late),
        SCENARIO(a_stop_whose_answer_is_lost_is_asked_about),
        SCENARIO(a_stop_that_comes_twice_does_not_stop_the_next),
        SCENARIO(requests_that_are_three_attempts_late_do_no_harm),
        SCENARIO(nothing_starts_while_processes_cannot_be_listed),
        SCENARIO(nothing_starts_until_the_last_process_is_gone),
        SCENARIO(an_upgrade_whose_cluster_is_not_to_be_had_can_be_taken_back),
        SCENARIO(a_jobmanager_that_somebody_ends_before_the_savepoint_left_checkpoints),
        SCENARIO(a_jobmanager_that_somebody_ends_after_the_savepoint_is_not_missed),
        SCENARIO(nothing_else_is_taken_for_a_savepoint_that_does_not_show_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
