/* Facts from what was seen, each at the edge where it turns: how old a sight may be, what a cluster
 * must have, when an edit is one, how long is too long. */
#include "core_story.h"

static struct facts facts(void)
{
    struct core_in in = core_story_in();
    return core_facts(&in);
}
#define assert_fact(column_, value_) assert_int_equal(facts().column_, (value_))

static void given_an_edit_of(int64_t parallelism)
{
    c.record.spec_version = c.record.wanted_spec_version = 2;
    c.deployment.spec.template_.spec.parallelism = parallelism;
}

static void a_sight_counts_as_long_as_it_is_fresh(void **state)
{
    (void)state;
    c.seen.committed_at = 1;
    c.seen.job_part.at = c.seen.world_part.at = NOW - SIGHT_FRESH_US;
    assert_fact(job, SIGHT_UP);
    assert_fact(world, WORLD_READY);
    c.seen.job_part.at--;
    assert_fact(job, SIGHT_UNKNOWN);
    assert_fact(world, WORLD_UNKNOWN); /* whether it lists its TaskManagers is not known either */
    c.seen.job_part.at = NOW;
    c.seen.world_part.at--;
    assert_fact(job, SIGHT_UP);
    assert_fact(world, WORLD_UNKNOWN);
}

static void a_sight_that_was_never_made_counts_nothing(void **state)
{
    (void)state;
    c.seen.committed_at = 0;
    c.seen.job_part.at = 0;
    assert_fact(job, SIGHT_UNKNOWN);
    c.seen.job_part.at = NOW;
    c.seen.world_part.at = 0;
    assert_fact(world, WORLD_UNKNOWN);
    struct core_in in = core_story_in();
    in.mono_us = SIGHT_FRESH_US; /* the machine has just come up */
    assert_int_equal(core_facts(&in).world, WORLD_UNKNOWN);
}

static void a_wait_counts_from_the_change_that_began_it(void **state)
{
    (void)state;
    given_call(INTENT_UPLOAD, PHASE_RESERVED);
    given_waited(DEADLINE_UPLOAD_US);
    assert_fact(result, RESULT_WAITING);
    given_waited(DEADLINE_UPLOAD_US + 1);
    assert_fact(result, RESULT_OVERDUE);
    c.record.timer = c.seen.call.timer = 1; /* the shell has not noticed it yet */
    assert_fact(result, RESULT_WAITING);
    given_call(INTENT_NONE, PHASE_RESERVED); /* nothing was called */
    given_waited(DEADLINE_PROVISION_US + 1);
    assert_fact(result, RESULT_WAITING);
}

static void an_empty_cluster_lists_its_own_taskmanagers_and_no_others(void **state)
{
    (void)state;
    static struct str listed[2];
    static struct str owned[2];
    given_call(INTENT_NONE, PHASE_RESERVED);
    assert_fact(world, WORLD_READY);
    listed[0] = STR("tm-1");
    listed[1] = STR("of somebody else");
    c.seen.job.taskmanager_ids = (struct str_list){listed, 2};
    assert_fact(world, WORLD_STARTING);
    listed[1] = STR("tm-1"); /* a dead one of ours is listed for a while */
    assert_fact(world, WORLD_READY);
    owned[0] = STR("tm-1");
    owned[1] = listed[1] = STR("tm-2");
    c.cluster.taskmanager_ids = (struct str_list){owned, 2};
    assert_fact(world, WORLD_READY);
    c.cluster.taskmanagers_wanted = c.cluster.taskmanagers_alive = 3;
    assert_fact(world, WORLD_STARTING);
    c.cluster.taskmanagers_alive = 2;
    assert_fact(world, WORLD_SHORT);
    given_call(INTENT_NONE, PHASE_PROVISIONED);
    c.seen.job_incarnation = STR("another");
    assert_fact(world, WORLD_STARTING);
    c.seen.job_incarnation = STR("one");
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    assert_fact(world, WORLD_STARTING);
}

static void a_cluster_with_a_job_needs_enough_taskmanagers(void **state)
{
    (void)state;
    static const enum phase asked[] = {PHASE_RESERVED, PHASE_PROVISIONED, PHASE_SUBMITTED,
                                       PHASE_UP};
    c.seen.job.taskmanager_ids.n = 0;
    assert_fact(world, WORLD_READY);
    c.cluster.taskmanagers_wanted = 2;
    assert_fact(world, WORLD_SHORT);
    c.cluster.jobmanager_alive = false;
    assert_fact(world, WORLD_STARTING);
    c.cluster.jobmanager_dead = true;
    assert_fact(world, WORLD_HALFDEAD);
    for (size_t i = 0; i < 4; i++) {
        given_call(INTENT_NONE, asked[i]);
        c.seen.job_part.at = 0;
        assert_fact(world, WORLD_UNKNOWN);
    }
    given_call(INTENT_NONE, PHASE_ENDED); /* nobody asks its JobManager for the job any more */
    c.seen.job_part.at = 0;
    assert_fact(world, WORLD_READY);
}

static void another_process_is_not_the_one_that_has_the_jar(void **state)
{
    (void)state;
    c.cluster.incarnation = STR("two");
    assert_fact(world, WORLD_HALFDEAD);
    c.cluster.incarnation = (struct str){0}; /* not known just now */
    assert_fact(world, WORLD_READY);
    c.cluster.incarnation = STR("two");
    c.record.current.incarnation = (struct str){0}; /* nobody was given it yet */
    assert_fact(world, WORLD_READY);
}

static void what_this_record_never_did_was_done_by_a_newer_one(void **state)
{
    (void)state;
    c.seen.newest_attempt = 1;
    assert_fact(world, WORLD_READY);
    c.seen.newest_attempt = 2;
    assert_fact(world, WORLD_NEWER);
    c.record.beyond = 2; /* a RETRY took it in */
    assert_fact(world, WORLD_READY);
    static int64_t ended[] = {3, 1};
    c.seen.ended = ended;
    c.seen.n_ended = 1;
    assert_fact(world, WORLD_READY); /* a standby that was of no use ended */
    c.seen.n_ended = 2;
    assert_fact(world, WORLD_NEWER);
    c.record.ended_unasked = 1;
    assert_fact(world, WORLD_READY);
    c.record.ended_unasked = 0;
    c.record.current.phase = PHASE_READ; /* this record may have told it to end */
    assert_fact(world, WORLD_READY);
    c.record.current.phase = PHASE_UP;
    c.seen.n_ended = 0;
    c.record.halted = true;
    assert_fact(world, WORLD_NEWER);
}

static void leftovers_do_not_hide_that_the_attempt_is_dead(void **state)
{
    (void)state;
    c.record.top = c.record.current.number = 2;
    given_clusters(1, 2);
    assert_fact(world, WORLD_LEFTOVER);
    assert_fact(phase, PHASE_UP);
    c.seen.n_clusters = 1;
    assert_fact(world, WORLD_HALFDEAD);
    c.record.current.phase = PHASE_RESERVED; /* its cluster may come up yet */
    assert_fact(world, WORLD_LEFTOVER);
    c.record.current.phase = PHASE_PROVISIONED;
    assert_fact(world, WORLD_LEFTOVER);
    c.record.current.phase = PHASE_GONE;
    assert_fact(world, WORLD_LEFTOVER);
    c.record.current.phase = PHASE_UP;
    given_clusters(1, 2);
    c.seen.clusters[1].jobmanager_dead = true;
    assert_fact(world, WORLD_HALFDEAD);
    given_clusters(2, 3);
    assert_fact(world, WORLD_NEWER);
}

static void what_is_over_owns_no_cluster(void **state)
{
    (void)state;
    static const enum phase over[] = {PHASE_NONE, PHASE_GONE, PHASE_DONE};
    for (size_t i = 0; i < 3; i++) {
        given_call(INTENT_NONE, over[i]);
        assert_fact(world, WORLD_LEFTOVER);
        given_nothing_exists();
        assert_fact(world, WORLD_NOTHING);
    }
}

static void a_job_is_up_with_all_its_tasks(void **state)
{
    (void)state;
    assert_fact(job, SIGHT_UP);
    c.seen.job.tasks_up = 1;
    assert_fact(job, SIGHT_RESTARTING);
    c.seen.job.tasks_up = c.seen.job.tasks_total = 0;
    assert_fact(job, SIGHT_RESTARTING);
    c.seen.job.job = FLINK_JOB_CREATED;
    assert_fact(job, SIGHT_RESTARTING);
    c.record.current.phase = PHASE_SUBMITTED; /* it never was up */
    assert_fact(job, SIGHT_STARTING);
    c.seen.job.job = FLINK_JOB_RUNNING;
    assert_fact(job, SIGHT_STARTING);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    assert_fact(job, SIGHT_RESTARTING);
}

static void an_edit_that_was_taken_back_is_none(void **state)
{
    (void)state;
    given_an_edit_of(0);
    c.job.spec.user_flink_configuration = c.deployment.spec.template_.spec.flink_configuration;
    assert_fact(drift, DRIFT_NONE);
    given_an_edit_of(3);
    assert_fact(drift, DRIFT_STATEFUL);
    given_an_edit_of(0);
    c.deployment.spec.template_.spec.artifact.jar_uri = STR("file:/other.jar");
    assert_fact(drift, DRIFT_STATEFUL);
    c.deployment.spec.template_.spec.artifact.jar_uri = (struct str){0};
    c.deployment.spec.deployment_target_name = STR("another");
    assert_fact(drift, DRIFT_STATEFUL);
    c.deployment.spec.deployment_target_name = (struct str){0};
    c.deployment.spec.deployment_target_id = STR("6c6f6361-6c00-4000-8000-000000000001");
    assert_fact(drift, DRIFT_STATEFUL);
    c.job.spec.deployment_target_id = c.deployment.spec.deployment_target_id;
    assert_fact(drift, DRIFT_NONE);
    c.deployment.spec.template_.annotations = (struct str_map){c.conf, 1};
    assert_fact(drift, DRIFT_STATEFUL);
    static struct str_pair same[1];
    same[0] = c.conf[0];
    c.job.spec.template_annotations = (struct str_map){same, 1};
    assert_fact(drift, DRIFT_NONE);
    same[0].value = STR("else");
    assert_fact(drift, DRIFT_STATEFUL);
    same[0] = (struct str_pair){STR("else"), c.conf[0].value};
    assert_fact(drift, DRIFT_STATEFUL);
    same[0] = c.conf[0];
    c.deployment.spec.template_.spec.flink_configuration = (struct str_map){same, 1};
    assert_fact(drift, DRIFT_STATEFUL);
}

static void what_an_edit_costs_hangs_on_the_strategy_and_on_how_far_it_is(void **state)
{
    (void)state;
    given_an_edit_of(3);
    c.deployment.spec.upgrade_strategy = UPGRADE_NONE;
    assert_fact(drift, DRIFT_PENDING);
    c.deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    assert_fact(drift, DRIFT_STATELESS);
    c.deployment.spec.upgrade_strategy = UPGRADE_STATEFUL;
    assert_fact(drift, DRIFT_STATEFUL);
    c.record.current.phase = PHASE_RESERVED;
    assert_fact(drift, DRIFT_STATELESS);
    c.record.current.phase = PHASE_PROVISIONED;
    assert_fact(drift, DRIFT_STATELESS);
    c.record.current.phase = PHASE_NONE;
    assert_fact(drift, DRIFT_NONE);
}

static void a_finished_job_belongs_to_its_spec_version(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_DONE);
    given_nothing_exists();
    assert_fact(phase, PHASE_DONE);
    assert_fact(drift, DRIFT_NONE);
    given_an_edit_of(3);
    assert_fact(phase, PHASE_NONE);
    c.record.spec_version = 1;
    given_wanted(DESIRED_SUSPENDED);
    assert_fact(phase, PHASE_NONE);
}

static void failures_count_until_they_are_old(void **state)
{
    (void)state;
    static struct failure_time failures[2];
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    failures[0].at = failures[1].at = NOW - 100;
    c.record.failures = (struct list){failures, 2};
    given_waited(0);
    assert_fact(pace, PACE_WAIT);
    given_waited(pace_backoff_us(2, 1) - 1);
    assert_fact(pace, PACE_WAIT);
    given_waited(pace_backoff_us(2, 1));
    assert_fact(pace, PACE_GO);
    c.deployment.spec.max_job_creation_attempts = 2;
    assert_fact(pace, PACE_SPENT);
    c.deployment.spec.job_failure_expiration_time.us = 100;
    assert_fact(pace, PACE_GO);
    c.deployment.spec.job_failure_expiration_time.us = 101;
    assert_fact(pace, PACE_SPENT);
    c.deployment.spec.max_job_creation_attempts = 3;
    assert_fact(pace, PACE_GO);
    c.record.spent = SPENT_STARTS; /* stays so, however old they get */
    assert_fact(pace, PACE_SPENT);
}

static void setbacks_pace_and_never_spend(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    c.record.setbacks = 9;
    given_waited(0);
    assert_fact(pace, PACE_WAIT);
    given_waited(pace_backoff_us(9, 1));
    assert_fact(pace, PACE_GO);
    c.record.current.phase = PHASE_UP;
    assert_fact(pace, PACE_GO);
    given_waited(pace_backoff_us(9, 1) - 1);
    assert_fact(pace, PACE_WAIT);
}

static void tries_pace_a_stop_and_are_spent_by_it(void **state)
{
    (void)state;
    c.record.operation.savepoint_tries = 3;
    given_waited(0);
    assert_fact(pace, PACE_GO); /* nothing is to be stopped */
    given_wanted(DESIRED_SUSPENDED);
    assert_fact(pace, PACE_WAIT);
    given_waited(pace_backoff_us(3, 1));
    assert_fact(pace, PACE_GO);
    c.record.operation.savepoint_tries = 4;
    assert_fact(pace, PACE_SPENT);
    c.record.setbacks = 9; /* TaskManagers are replaced at a pace, tries left or not */
    assert_fact(pace, PACE_WAIT);
    c.record.setbacks = 0;
    c.record.operation.savepoint_tries = 0;
    c.record.spent = SPENT_SAVEPOINTS;
    assert_fact(pace, PACE_SPENT);
    given_wanted(DESIRED_RUNNING);
    assert_fact(pace, PACE_GO);
    given_an_edit_of(3);
    c.deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    assert_fact(pace, PACE_SPENT);
}

static void a_savepoint_waits_a_minute_for_all_tasks(void **state)
{
    (void)state;
    given_wanted(DESIRED_SUSPENDED);
    c.seen.job.tasks_up = 1;
    given_waited(WAIT_SAVEPOINTABLE_US);
    assert_fact(pace, PACE_GO);
    given_waited(WAIT_SAVEPOINTABLE_US + 1);
    assert_fact(pace, PACE_LATE);
    c.record.chance = 1; /* another wait has begun */
    assert_fact(pace, PACE_GO);
    c.record.chance = 0;
    c.seen.job.tasks_up = 2;
    assert_fact(pace, PACE_GO);
    given_wanted(DESIRED_RUNNING);
    c.seen.job.tasks_up = 1;
    given_row("s1", SAVEPOINT_STARTED);
    given_request_waited("s1", WAIT_SAVEPOINTABLE_US);
    assert_fact(pace, PACE_GO);
    given_request_waited("s0", WAIT_SAVEPOINTABLE_US + 1); /* that was another */
    assert_fact(pace, PACE_GO);
    given_request_waited("s1", WAIT_SAVEPOINTABLE_US + 1);
    assert_fact(pace, PACE_LATE);
    c.seen.job.tasks_up = 2;
    assert_fact(pace, PACE_GO);
}

static void a_request_is_what_no_try_is_about_yet(void **state)
{
    (void)state;
    assert_fact(request, REQUEST_NONE);
    given_row("s0", SAVEPOINT_COMPLETED);
    assert_fact(request, REQUEST_NONE);
    given_try(INTENT_SAVEPOINT); /* s1 */
    assert_fact(request, REQUEST_NONE);
    given_row("s2", SAVEPOINT_PENDING_DELETION);
    assert_fact(request, REQUEST_DISCARD);
    given_row("s3", SAVEPOINT_STARTED);
    assert_fact(request, REQUEST_SAVEPOINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(a_sight_counts_as_long_as_it_is_fresh),
        CORE_STORY(a_sight_that_was_never_made_counts_nothing),
        CORE_STORY(a_wait_counts_from_the_change_that_began_it),
        CORE_STORY(an_empty_cluster_lists_its_own_taskmanagers_and_no_others),
        CORE_STORY(a_cluster_with_a_job_needs_enough_taskmanagers),
        CORE_STORY(another_process_is_not_the_one_that_has_the_jar),
        CORE_STORY(what_this_record_never_did_was_done_by_a_newer_one),
        CORE_STORY(leftovers_do_not_hide_that_the_attempt_is_dead),
        CORE_STORY(what_is_over_owns_no_cluster),
        CORE_STORY(a_job_is_up_with_all_its_tasks),
        CORE_STORY(an_edit_that_was_taken_back_is_none),
        CORE_STORY(what_an_edit_costs_hangs_on_the_strategy_and_on_how_far_it_is),
        CORE_STORY(a_finished_job_belongs_to_its_spec_version),
        CORE_STORY(failures_count_until_they_are_old),
        CORE_STORY(setbacks_pace_and_never_spend),
        CORE_STORY(tries_pace_a_stop_and_are_spent_by_it),
        CORE_STORY(a_savepoint_waits_a_minute_for_all_tasks),
        CORE_STORY(a_request_is_what_no_try_is_about_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
