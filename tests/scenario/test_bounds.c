/* What comes to an end though nothing succeeds, and what changes nothing: S017, S022, S057, S065, S101,
 * S105, S113. */
#include "scenario.h"

static const struct str_pair team = {{"team", 4}, {"a", 1}};

/* S017: labels, a name for people, when snapshots are to go: none of it is what runs. */
static void s017_labels_and_retention_restart_nothing(void **state)
{
    (void)state;
    given_it_runs();
    struct str_pair label = team;
    r->deployment.metadata.labels = (struct str_map){&label, 1};
    r->deployment.metadata.display_name = STR("Counts");
    r->deployment.spec.snapshot_retention =
        (struct snapshot_retention){.max_count = 7, .max_age = {.us = 3600 * S}};
    rig_touch(r);
    rig_run_for(r, 60 * S);
    then_it_decided("");
    assert_int_equal(mutating_calls(), 0);
    assert_false(r->deployment.status.pending_change);
}

/* S022: nothing but the query of the jar's URI is new. */
static void s022_a_restart_on_request_is_an_upgrade(void **state)
{
    (void)state;
    given_it_runs();
    rig_edit(r);
    r->deployment.spec.template_.spec.artifact.jar_uri = STR("file:/jobs/counter.jar?restart=1");
    until(has_started);
    assert_int_equal(r->record.current.number, 2);
    assert_int_equal(calls_since(CALL_STOP), 1);
    assert_place(restored_from(), rig_newest_savepoint(r, ORIGIN_SUSPEND)->spec.savepoint_location);
}

static bool is_removed(const struct rig *rig)
{
    return rig->removed;
}

/* S057: a deletion waits for the suspension that was asked for before it, whose tries are bounded; the job
 * runs on until a user does without the savepoint. */
static void s057_delete_when_no_savepoint_can_be_had(void **state)
{
    (void)state;
    given_it_runs();
    flink_job_restarts(&r->world, 1, 100000 * S);
    rig_run_for(r, 3 * S);
    rig_want(r, DESIRED_SUSPENDED);
    rig_delete(r);
    until(is_failed);
    assert_false(r->removed);
    assert_true(rig_cluster(r)->jobmanager_alive);
    assert_true(r->deployment.status.choices.n > 0);
    then_all_is_quiet();
    rig_want(r, DESIRED_CANCELLED);
    until(is_removed);
    assert_null(rig_cluster(r));
}

/* When each try of the stop was given to Flink. */
static size_t times_of_stops(int64_t *ret, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_log && n < most; i++)
        if (strcmp(r->log[i].what, "STOP") == 0 && (n == 0 || r->log[i].at > ret[n - 1]))
            ret[n++] = r->log[i].at;
    return n;
}

/* S065: what is tried again is a stop, after waits that double. */
static void s065_a_stop_is_tried_again_after_longer_waits(void **state)
{
    (void)state;
    int64_t at[5];
    r->deployment.spec.max_savepoint_creation_attempts = 4;
    given_it_runs();
    for (int i = 0; i < 9; i++)
        world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    rig_edit(r);
    until(is_failed);
    assert_int_equal(times_of_stops(at, 5), 4);
    assert_in_range(at[2] - at[1], (at[1] - at[0]) * 3 / 2, (at[1] - at[0]) * 3);
    assert_in_range(at[3] - at[2], (at[2] - at[1]) * 3 / 2, (at[2] - at[1]) * 3);
    assert_int_equal(rig_count_event(r, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS"), 1);
    assert_true(rig_cluster(r)->job.up);
}

/* S065: who asks for a savepoint is told that it failed, and asks again. */
static void s065_a_savepoint_on_request_is_tried_once(void **state)
{
    (void)state;
    given_it_runs();
    world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    given_a_savepoint_on_request();
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_USER_REQUEST);
    assert_int_equal(s->status.state, SAVEPOINT_FAILED);
    assert_true(s->status.failure_message.len > 0);
    assert_int_equal(rig_count_event(r, "SAVEPOINT_FAILED"), 1);
    rig_run_for(r, 600 * S);
    assert_int_equal(mutating_calls(), 0);
}

static bool waits_for_its_next_start(const struct rig *rig)
{
    return rig->rule && rig->rule->number == 502 && rig->deployment.status.rule == 502;
}

static bool is_told(const char *text)
{
    for (size_t i = 0; i < r->n_log; i++)
        if (str_contains(r->log[i].message, str_of(text)))
            return true;
    return false;
}

/* S101: a machine has no port where others have no image, and that is what is shown. */
static void s101_why_no_cluster_can_be_had_is_shown(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        world_fate(&r->world, FATED_PROVISION, FATE_FAILS);
    given_it_is_created();
    until(waits_for_its_next_start);
    const struct deployment_status *st = &r->deployment.status;
    assert_true(str_eq(st->message, STR("the next start waits after a failure: port taken: 6123")));
    assert_true(st->next_try_at > 1000000 * S + r->world.now);
    assert_true(is_told("port taken: 6123"));
}

/* S101: where nobody says why, nothing is made up. */
static void s101_what_nobody_says_is_not_shown(void **state)
{
    (void)state;
    world_fate(&r->world, FATED_PROVISION, FATE_HANGS);
    given_it_is_created();
    until(waits_for_its_next_start);
    assert_true(str_eq(r->deployment.status.message, STR("the next start waits after a failure")));
}

/* S105: not as other operators do it. What was edited is what is started next, and waits until it can be. */
static void s105_an_edit_that_cannot_start_waits_also_when_the_job_is_lost(void **state)
{
    (void)state;
    given_it_runs();
    r->world.artifact_missing = 2;
    rig_edit(r);
    until(is_blocked);
    assert_true(rig_cluster(r)->job.up);
    world_kill_jobmanager(&r->world, 1, "killed");
    rig_run_for(r, 600 * S);
    assert_true(is_blocked(r));
    assert_int_equal(calls_since(CALL_SUBMIT), 0);
    r->world.artifact_missing = 0;
    until(is_recovered);
    assert_place(restored_from(),
                 rig_newest_savepoint(r, ORIGIN_RETAINED_CHECKPOINT)->spec.savepoint_location);
}

/* S113: one attempt and no more is what "no restarts" is here. */
static void s113_with_one_attempt_failed_stays_failed(void **state)
{
    (void)state;
    r->deployment.spec.max_job_creation_attempts = 1;
    given_it_runs();
    flink_job_fails(&r->world, 1, "its own code throws");
    until(is_failed);
    rig_run_for(r, 24 * 3600 * S);
    assert_true(is_failed(r));
    assert_int_equal(calls_since(CALL_PROVISION) + calls_since(CALL_SUBMIT), 0);
    assert_int_equal(r->n_jobs, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(s017_labels_and_retention_restart_nothing),
        SCENARIO(s022_a_restart_on_request_is_an_upgrade),
        SCENARIO(s057_delete_when_no_savepoint_can_be_had),
        SCENARIO(s065_a_stop_is_tried_again_after_longer_waits),
        SCENARIO(s065_a_savepoint_on_request_is_tried_once),
        SCENARIO(s101_why_no_cluster_can_be_had_is_shown),
        SCENARIO(s101_what_nobody_says_is_not_shown),
        SCENARIO(s105_an_edit_that_cannot_start_waits_also_when_the_job_is_lost),
        SCENARIO(s113_with_one_attempt_failed_stays_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
