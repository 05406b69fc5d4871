/* An older copy of the store is put back (F72, invariant 7): the platform remembers what the record does
 * not, and nothing is begun from a state that was left behind. */
#include "scenario.h"

static struct rig backup;

static void given_a_backup(void)
{
    backup = *r;
}

static void when_it_is_put_back(void)
{
    rig_crash(r, 10 * S);
    r->deployment = backup.deployment;
    r->record = backup.record;
    memcpy(r->savepoints, backup.savepoints, sizeof(backup.savepoints));
    memcpy(r->jobs, backup.jobs, sizeof(backup.jobs));
    r->n_savepoints = backup.n_savepoints;
    r->n_jobs = backup.n_jobs;
    r->unwatched = true; /* the oracle remembers what this store does not */
    when();
}

static bool is_halted(const struct rig *rig)
{
    return rig->record.halted;
}

static void then_it_halts(const char *why)
{
    until(is_halted);
    assert_true(str_contains(r->deployment.status.message, str_of(why)));
    assert_true(r->deployment.status.choices.n > 0);
    then_all_is_quiet();
    assert_int_equal(mutating_calls(), 0);
}

static void of_before_a_suspension_it_halts(void **state)
{
    (void)state;
    given_it_runs();
    given_a_backup();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    when_it_is_put_back();
    then_it_halts("the cluster of attempt 1 was taken down");
}

static void of_before_an_upgrade_it_halts_though_nothing_runs_any_more(void **state)
{
    (void)state;
    given_it_runs();
    given_a_backup();
    edit_and_wait();
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    when_it_is_put_back();
    then_it_halts("attempt 2 exists or has existed, and this record knows none above 1");
}

static void of_a_suspended_one_it_halts_when_that_was_resumed_since(void **state)
{
    (void)state;
    given_it_runs();
    rig_want(r, DESIRED_SUSPENDED);
    until(is_suspended);
    given_a_backup();
    rig_want(r, DESIRED_RUNNING);
    until(has_started);
    rig_want(r, DESIRED_SUSPENDED);
    rig_run_for(r, 1 * S);
    until(is_suspended);
    when_it_is_put_back();
    then_it_halts("attempt 2 exists or has existed");
}

static void of_just_now_it_goes_on(void **state)
{
    (void)state;
    given_it_runs();
    given_a_backup();
    when_it_is_put_back();
    then_all_is_quiet();
    assert_false(r->record.halted);
    assert_true(is_running(r));
}

/* Whoever has seen that takes it on: what the record knows is all there is to start from. */
static void a_retry_goes_on_with_numbers_of_its_own(void **state)
{
    (void)state;
    given_it_runs();
    given_a_savepoint_on_request();
    given_a_backup();
    edit_and_wait();
    rig_want(r, DESIRED_CANCELLED);
    until(is_cancelled);
    when_it_is_put_back();
    then_it_halts("attempt 2");
    rig_retry(r);
    until(has_started);
    assert_int_equal(r->record.current.number, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(of_before_a_suspension_it_halts),
        SCENARIO(of_before_an_upgrade_it_halts_though_nothing_runs_any_more),
        SCENARIO(of_a_suspended_one_it_halts_when_that_was_resumed_since),
        SCENARIO(of_just_now_it_goes_on),
        SCENARIO(a_retry_goes_on_with_numbers_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
