/* What is looked at next, what is called, and what readers are told of it meanwhile. */
#include "core_story.h"

static void given_a_complete_savepoint(enum intent_kind kind, enum outcome read)
{
    given_a_trigger(kind, FLINK_TRIGGER_COMPLETED);
    given_it_was_read(read, VERIFIED_FULL);
}

/* Only where its own directory is what could not be read. */
static void flink_is_asked_for_the_number_of_the_savepoint_in_question(void **state)
{
    (void)state;
    given_a_complete_savepoint(INTENT_SAVEPOINT, OUTCOME_UNKNOWN);
    then_row(268, ACTION_LOOK);
    assert_true(looks(LOOK_STATS));
    c.seen.snapshot.location = STR("file:/sp/another");
    c.seen.snapshot.part.at = NOW - LOOK_PATIENT_US;
    then_row(268, ACTION_LOOK);
    assert_false(looks(LOOK_STATS));
    assert_true(looks(LOOK_SNAPSHOT));
}

/* It is complete and the job goes on: whether it still is the newest is asked once it is late. */
static void flink_is_asked_whether_a_late_stop_is_still_the_newest(void **state)
{
    (void)state;
    given_a_complete_savepoint(INTENT_STOP, OUTCOME_DONE);
    given_waited(DEADLINE_SAVEPOINT_US);
    then_row(258, ACTION_LOOK);
    assert_false(looks(LOOK_STATS));
    given_waited(DEADLINE_SAVEPOINT_US + 1);
    then_row(258, ACTION_LOOK);
    assert_true(looks(LOOK_STATS));
}

static void a_jar_that_cannot_be_had_is_looked_for_now_and_then(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_NONE);
    given_nothing_exists();
    c.seen.artifact.spec_version = 1;
    c.seen.artifact.outcome = OUTCOME_REFUSED;
    c.seen.artifact.part.at = NOW - LOOK_ARTIFACT_AGAIN_US + 1;
    c.record.gave_up = STR("BLOCKED_CANNOT_START");
    c.seen.committed_at = 1;
    then_row(504, ACTION_BLOCK_PREFLIGHT);
    assert_false(looks(LOOK_ARTIFACT));
    c.seen.artifact.part.at--;
    then_row(504, ACTION_BLOCK_PREFLIGHT);
    assert_true(looks(LOOK_ARTIFACT));
    c.seen.artifact.spec_version = 0; /* that was another one */
    c.seen.artifact.part.at = NOW - LOOK_BUSY_US;
    then_row(505, ACTION_LOOK);
    assert_true(looks(LOOK_ARTIFACT));
}

/* More than one step can call: the others are told to end by a later one. */
static void many_leftovers_are_ended_in_several_steps(void **state)
{
    (void)state;
    static struct platform_cluster many[20];
    given_call(INTENT_NONE, PHASE_NONE);
    for (size_t i = 0; i < 20; i++)
        many[i] = (struct platform_cluster){.attempt = (int64_t)i + 1, .jobmanager_alive = true};
    c.seen.clusters = many;
    c.seen.n_clusters = 20;
    c.record.top = c.record.current.number = 20;
    then_row(106, ACTION_SWEEP);
    assert_int_equal(c.out.n_effects, CORE_EFFECTS);
    for (size_t i = 0; i < CORE_EFFECTS; i++) {
        assert_int_equal(c.out.effects[i].kind, CALL_TEARDOWN);
        assert_int_equal(c.out.effects[i].attempt, (int64_t)i + 1);
    }
}

/* No answer at all is no refusal. */
static void only_a_call_that_was_refused_is_shown_so(void **state)
{
    (void)state;
    given_call(INTENT_TEARDOWN, PHASE_READ);
    given_waited(DEADLINE_TEARDOWN_US + 1);
    c.seen.call.times = 3;
    then_row(282, ACTION_CALL_AGAIN);
    assert_text(c.out.status.reason, "CALL_AGAIN");
    assert_true(c.out.status.next_try_at > NOW);
    given_answer(OUTCOME_REFUSED);
    then_row(282, ACTION_CALL_AGAIN);
    assert_text(c.out.status.reason, "CALL_REFUSED");
    given_answer(OUTCOME_UNKNOWN);
    then_row(282, ACTION_CALL_AGAIN);
    assert_text(c.out.status.reason, "CALL_AGAIN");
}

static void when_it_is_tried_again_is_said_once(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.seen.job.job = FLINK_JOB_RESTARTING;
    then_row(604, ACTION_REST);
    assert_int_equal(c.out.status.next_try_at, 0);
    c.deployment.status = c.out.status;
    c.cluster.taskmanagers_alive = 0;
    c.record.setbacks = 3;
    given_waited(0);
    then_row(604, ACTION_REST); /* the row is the same, the pause is news */
    assert_true(c.out.status.next_try_at > NOW);
    c.deployment.status = c.out.status;
    c.deployment.status.next_try_at = NOW + 7;
    then_row(604, ACTION_REST);
    assert_int_equal(c.out.status.next_try_at, NOW + 7);
    c.deployment.status.rule = 602;
    then_row(604, ACTION_REST);
    assert_true(c.out.status.next_try_at > NOW + 7);
}

/* ---- an edit that nobody took in ---- */

static size_t events_said(const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < c.out.n_events; i++)
        n += str_eq(c.out.events[i].name, str_of(name));
    return n;
}

/* Another program wrote it: the step takes it in before it decides anything. */
static void an_edit_is_taken_in_before_anything_is_decided(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_UP);
    c.deployment.status.state = OBSERVED_RUNNING;
    c.deployment.spec.state = DESIRED_SUSPENDED;
    struct core_in in = core_story_in();
    core_step(story_arena, &in, &c.out);
    assert_null(c.out.rule);
    assert_true(c.out.changed);
    assert_int_equal(c.out.record.wanted_state, DESIRED_SUSPENDED);
    assert_int_equal(c.out.record.operation.kind, OPERATION_SUSPEND);
    assert_int_equal(c.out.n_events, 1);
    assert_text(said("STATE_TRANSITION_IS_NEEDED"), "The user asks for SUSPENDED");
    assert_int_equal(c.out.status.state, OBSERVED_RUNNING);
    assert_int_equal(c.out.n_effects, 0);
    assert_int_equal(c.out.wake_at, NOW); /* the next step decides */
    c.record = c.out.record;
    then_row(422, ACTION_STOP);
}

/* Its spec version is an annotation among others. */
static void the_version_of_an_edit_is_found_among_other_annotations(void **state)
{
    (void)state;
    static struct str_pair annotations[2];
    annotations[0] = (struct str_pair){STR("team"), STR("7")};
    annotations[1] = (struct str_pair){STR(ANNOTATION_SPEC_VERSION), STR("2")};
    given_call(INTENT_NONE, PHASE_UP);
    c.deployment.metadata.annotations = (struct str_map){annotations, 2};
    struct core_in in = core_story_in();
    core_step(story_arena, &in, &c.out);
    assert_int_equal(c.out.record.spec_version, 2);
    assert_text(said("STATE_TRANSITION_IS_NEEDED"), "The user asks for spec version 2");
}

static void a_retry_of_what_is_suspended_says_nothing_new(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_NONE);
    c.deployment.spec.state = DESIRED_SUSPENDED;
    struct core_in in = core_story_in();
    core_step(story_arena, &in, &c.out);
    assert_int_equal(events_said("COULD_NOT_FIND_A_JOB_TO_SUSPEND"), 1);
    c.record = c.out.record;
    c.record.retries_asked = 1;
    core_step(story_arena, &in, &c.out);
    assert_int_equal(events_said("RETRY_REQUESTED"), 1);
    assert_int_equal(events_said("COULD_NOT_FIND_A_JOB_TO_SUSPEND"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(flink_is_asked_for_the_number_of_the_savepoint_in_question),
        CORE_STORY(flink_is_asked_whether_a_late_stop_is_still_the_newest),
        CORE_STORY(a_jar_that_cannot_be_had_is_looked_for_now_and_then),
        CORE_STORY(many_leftovers_are_ended_in_several_steps),
        CORE_STORY(only_a_call_that_was_refused_is_shown_so),
        CORE_STORY(when_it_is_tried_again_is_said_once),
        CORE_STORY(an_edit_is_taken_in_before_anything_is_decided),
        CORE_STORY(the_version_of_an_edit_is_found_among_other_annotations),
        CORE_STORY(a_retry_of_what_is_suspended_says_nothing_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
