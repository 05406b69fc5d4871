/* The steps of a transition, as its events tell them. */
#include "cli/progress.h"
#include "story.h"

#include <stdio.h>

static struct progress progress;

static int begin(void **state)
{
    progress = (struct progress){0};
    return story_begin(state);
}

/* An event at this second. */
static void told(int second, const char *code, const char *message)
{
    char text[256];
    snprintf(text, sizeof(text),
             "{'metadata':{'name':'%s','createdAt':'2026-11-22T16:40:%02dZ'},"
             "'spec':{'message':'%s'}}",
             code, second, message);
    progress_event(&progress, story_json(text));
}

static void expect_step(size_t i, const char *name, enum step_state state, int64_t took_s)
{
    const struct progress_step *s = &progress.steps[i];
    assert_true(i < progress.n);
    assert_string_equal(s->name, name);
    assert_int_equal(s->state, state);
    if (state == STEP_ACTIVE)
        assert_int_equal(s->ended_us, 0);
    else
        assert_int_equal(s->ended_us - s->begun_us, took_s * 1000000);
}

static void a_step_ends_where_the_next_begins(void **state)
{
    (void)state;
    told(1, "STATE_TRANSITION_IS_NEEDED", "The user asks for RUNNING");
    told(2, "CREATING_A_NEW_JOB", "Attempt 1 begins");
    told(5, "STARTING_WITHOUT_STATE", "Attempt 1 starts empty");
    told(6, "AWAITING_A_JOB_TO_START", "accepted");
    assert_int_equal(progress.n, 3);
    expect_step(0, "deploy", STEP_DONE, 3);
    expect_step(1, "submit", STEP_DONE, 1);
    expect_step(2, "running", STEP_ACTIVE, 0);
    assert_string_equal(progress.steps[2].text, "accepted");
    told(9, "JOB_SUCCESSFULLY_STARTED", "All tasks run");
    expect_step(2, "running", STEP_DONE, 3);
    assert_false(progress.over);
    told(9, "STATE_TRANSITION_IS_COMPLETED", "The Deployment is RUNNING");
    assert_true(progress.over);
}

static void a_failed_try_stays_and_the_next_is_another_step(void **state)
{
    (void)state;
    told(1, "CREATING_A_SAVEPOINT_BEFORE_SUSPENSION", "try 1");
    told(3, "SAVEPOINT_FAILED", "Checkpoint expired");
    told(4, "CREATING_A_SAVEPOINT_BEFORE_SUSPENSION", "try 2");
    expect_step(0, "savepoint", STEP_FAILED, 2);
    assert_string_equal(progress.steps[0].text, "Checkpoint expired");
    expect_step(1, "savepoint", STEP_ACTIVE, 0);
    told(8, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS", "the job runs on");
    expect_step(1, "savepoint", STEP_FAILED, 4);
    assert_int_equal(progress.n, 2);
}

static void whatever_is_active_fails_with_the_job(void **state)
{
    (void)state;
    told(1, "FAILED_CREATING_A_NEW_JOB", "nothing was begun: nothing to say");
    assert_int_equal(progress.n, 0);
    told(2, "CREATING_A_NEW_JOB", "Attempt 1 begins");
    told(7, "FAILED_CREATING_A_NEW_JOB", "no such class");
    expect_step(0, "deploy", STEP_FAILED, 5);
}

static void a_new_transition_forgets_the_one_before(void **state)
{
    (void)state;
    told(1, "CREATING_A_NEW_JOB", "Attempt 1 begins");
    told(2, "STATE_TRANSITION_IS_COMPLETED", "");
    expect_step(0, "deploy", STEP_DONE, 1);
    told(3, "CREATING_A_NEW_JOB", "a recovery, which no user asked for");
    assert_int_equal(progress.n, 1);
    expect_step(0, "deploy", STEP_ACTIVE, 0);
    told(4, "STATE_TRANSITION_IS_NEEDED", "The user asks for spec version 2");
    assert_int_equal(progress.n, 0);
}

static void what_ends_without_a_begin_is_a_step_all_the_same(void **state)
{
    (void)state;
    told(3, "FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION", "The job is stopped");
    expect_step(0, "stop", STEP_DONE, 0);
    told(4, "SOMETHING_THAT_IS_NOT_KNOWN", "");
    assert_int_equal(progress.n, 1);
}

static void only_so_many_steps_are_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * MOST_STEPS; i++)
        told(i, i % 2 ? "CREATING_A_NEW_JOB" : "AWAIT_FOR_A_CLUSTER_TO_TEARDOWN", "");
    assert_int_equal(progress.n, MOST_STEPS);
    expect_step(MOST_STEPS - 1, "deploy", STEP_ACTIVE, 0);
}

#define TOLD(test) cmocka_unit_test_setup_teardown(test, begin, story_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(a_step_ends_where_the_next_begins),
        TOLD(a_failed_try_stays_and_the_next_is_another_step),
        TOLD(whatever_is_active_fails_with_the_job),
        TOLD(a_new_transition_forgets_the_one_before),
        TOLD(what_ends_without_a_begin_is_a_step_all_the_same),
        TOLD(only_so_many_steps_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
