/* Upgrades that cannot be had, or not at once: S025 to S035. */
#include "scenario.h"

static void then_choices_are(const char *expected)
{
    const struct str_list *choices = &r->deployment.status.choices;
    struct buf b = {0};
    for (size_t i = 0; i < choices->n; i++)
        buf_fmt(&b, "%s%.*s", i ? "|" : "", STR_ARG(choices->items[i]));
    assert_string_equal(arena_cstr(r->a, buf_str(&b)), expected);
    buf_fini(&b);
}

static void s025_flink_that_cannot_read_the_state_is_refused(void **state)
{
    (void)state;
    r->deployment.spec.template_.spec.artifact.flink_version = STR("2.3");
    given_it_runs();
    r->deployment.spec.template_.spec.artifact.flink_version = STR("1.20");
    rig_edit(r);
    until(is_blocked);
    then_all_is_quiet();
    assert_true(rig_cluster(r)->job.up);
    assert_int_equal(calls_since(CALL_STOP), 0);
    then_choices_are("ask for a Flink version that can read the state|"
                     "start empty: set spec.restoreStrategy.kind to NONE");
}

static bool has_spent_a_try(const struct rig *rig)
{
    return rig->record.operation.savepoint_tries > 0;
}

/* S030 and S047: no savepoint while tasks restart; tries are spent by deadline, the job runs on. */
static void s030_unhealthy_stateful(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_restarts(&r->world, 1, 100000 * S);
    rig_run_for(r, 3 * S);
    rig_edit(r);
    until(has_spent_a_try);
    until(is_failed);
    assert_int_equal(calls_since(CALL_STOP) + calls_since(CALL_CANCEL), 0);
    assert_true(rig_cluster(r)->jobmanager_alive);
    assert_int_equal(rig_count_event(r, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS"), 1);
    then_all_is_quiet();
}

static void s031_attempts_exhausted(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < 4; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(is_failed);
    assert_int_equal(calls_since(CALL_STOP), 4);
    assert_int_equal(calls_since(CALL_CANCEL) + calls_since(CALL_TEARDOWN), 0);
    assert_true(rig_cluster(r)->job.up);
    then_all_is_quiet();
    assert_int_equal(r->deployment.status.choices.n, 3);
    /* A new spec version leaves it. */
    edit_and_wait();
    assert_int_equal(r->record.current.spec_version, 3);
}

/* Limits and strategies are used by the next transition; a RETRY begins it. */
static void s031_a_changed_limit_or_strategy_does_not_leave_failed(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < 4; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(is_failed);
    when();
    r->deployment.spec.max_savepoint_creation_attempts = 9;
    rig_touch(r);
    rig_run_for(r, 60 * S);
    r->deployment.spec.upgrade_strategy = UPGRADE_NONE;
    rig_touch(r);
    rig_run_for(r, 60 * S);
    r->deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    rig_touch(r);
    rig_run_for(r, 60 * S);
    assert_true(is_failed(r));
    assert_int_equal(calls_since(CALL_STOP) + calls_since(CALL_CANCEL), 0);
    rig_retry(r);
    until(has_started);
    assert_int_equal(calls_since(CALL_CANCEL), 1);
    assert_int_equal(r->record.current.spec_version, 2);
}

static void s031_failed_for_savepoints_ends_with_the_job(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < 4; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(is_failed);
    world_kill_jobmanager(&r->world, 1, "killed");
    rig_run_for(r, 5 * S);
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 2);
}

static bool is_refused(const struct rig *rig)
{
    return str_eq(rig->deployment.status.reason, STR("CALL_REFUSED")) && rig->seen.call.times >= 4;
}

/* Flink says no: that is shown, and it is asked again ever more seldom until the try's deadline. */
static void s031_a_refused_stop_is_asked_again_at_a_pace(void **state)
{
    (void)state;
    given_it_runs();
    r->world.triggers_refused = true;
    rig_edit(r);
    until(is_refused);
    const struct deployment_status *st = &r->deployment.status;
    assert_true(str_contains(st->message, STR("checkpointing is not possible now")));
    int64_t wait = st->next_try_at - (1000000 * S + r->world.now);
    assert_in_range(wait, 5 * S, 8 * S);
    int64_t next = st->next_try_at;
    for (int i = 0; i < 100; i++) {
        rig_run_for(r, 37 * MS);
        assert_true(is_refused(r));
        assert_int_equal(r->deployment.status.next_try_at, next);
    }
    rig_run_for(r, 600 * S);
    assert_int_equal(r->record.operation.savepoint_tries, 0);
    assert_in_range(calls_since(CALL_STOP), 10, 20);
    rig_run_for(r, 60 * S);
    assert_int_equal(r->record.operation.savepoint_tries, 1);
    r->world.triggers_refused = false;
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 2);
}

static void s031_retry_leaves_failed(void **state)
{
    (void)state;
    given_it_runs();
    for (int i = 0; i < 4; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(is_failed);
    rig_retry(r);
    until(has_started);
    assert_int_equal(r->record.current.spec_version, 2);
}

static void s035_artifact_missing_does_not_stop_the_job(void **state)
{
    (void)state;
    given_it_runs();
    r->world.artifact_missing = 2;
    rig_edit(r);
    until(is_blocked);
    then_all_is_quiet();
    assert_int_equal(calls_since(CALL_STOP), 0);
    assert_true(rig_cluster(r)->job.up);
    /* Neither an older snapshot nor an empty start would help. */
    then_choices_are("put the artifact where it is expected: it goes on by itself|"
                     "edit the artifact in spec.template");
    /* It goes on by itself once that is mended. */
    r->world.artifact_missing = 0;
    until(has_started);
}

static void s035_bad_target_savepoint(void **state)
{
    (void)state;
    given_it_runs();
    rig_import(r, "file:/elsewhere/savepoint-1");
    storage_find(&r->world, STR("file:/elsewhere/savepoint-1"))->there = false;
    rig_restore_from(r, STR("file:/elsewhere/savepoint-1"), STR("once"));
    rig_edit(r);
    rig_run_for(r, 60 * S);
    assert_int_equal(calls_since(CALL_STOP) + calls_since(CALL_CANCEL), 0);
    assert_true(rig_cluster(r)->job.up);
    assert_true(is_blocked(r));
    then_choices_are("mend the snapshot that is named: it goes on by itself|"
                     "restore another snapshot: set spec.restoreFrom|remove spec.restoreFrom");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(s025_flink_that_cannot_read_the_state_is_refused),
        SCENARIO(s030_unhealthy_stateful),
        SCENARIO(s031_attempts_exhausted),
        SCENARIO(s031_a_changed_limit_or_strategy_does_not_leave_failed),
        SCENARIO(s031_failed_for_savepoints_ends_with_the_job),
        SCENARIO(s031_a_refused_stop_is_asked_again_at_a_pace),
        SCENARIO(s031_retry_leaves_failed),
        SCENARIO(s035_artifact_missing_does_not_stop_the_job),
        SCENARIO(s035_bad_target_savepoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
