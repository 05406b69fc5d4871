/* The end of a standby, and the start that goes on from one. */
#include "standby_story.h"

static void its_end_is_asked_for_until_it_is_gone(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_END);
    given_its_answer(OUTCOME_DONE, 0);
    then_row(706, ACTION_LOOK);
    assert_true(c.out.under_way);
    given_it_waited(DEADLINE_TEARDOWN_US + 1);
    c.seen.standby.call.sent_at = NOW - 2 * US_PER_S;
    then_row(704, ACTION_STANDBY_CALL_AGAIN);
    assert_true(looks(CALL_STANDBY_TEARDOWN));
    given_standby(STANDBY_STEP_END);
    then_row(704, ACTION_STANDBY_CALL_AGAIN);
    given_standby(STANDBY_STEP_END);
    c.record.standby.timer = 4; /* that was another step's call */
    given_its_answer(OUTCOME_DONE, 0);
    then_row(704, ACTION_STANDBY_CALL_AGAIN);
    assert_true(looks(CALL_STANDBY_TEARDOWN));
    c.seen.n_clusters = 1;
    c.record.standby.verdict = STANDBY_COLD;
    c.record.standby.judged_version = 2;
    c.seen.job.tasks_up = 1;
    then_row(702, ACTION_STANDBY_NOTE_GONE);
    then_its_step_is(STANDBY_STEP_NONE);
    assert_int_equal(c.out.record.standby.attempt.number, 0);
    assert_int_equal(c.out.record.standby.verdict, STANDBY_COLD);
    assert_int_equal(c.out.record.top, 2);
    assert_int_equal(c.out.jobs[0]->status.state, JOB_TERMINATED);
    assert_int_equal(c.out.jobs[0]->metadata.terminated_at, NOW);
}

/* Nothing runs, and the standby was begun for what is wanted. */
static void given_a_start(enum standby_step step)
{
    given_standby(step);
    c.record.current.phase = PHASE_NONE;
    c.seen.clusters++;
    c.seen.n_clusters = 1;
    c.record.standby.attempt.phase = step >= STANDBY_STEP_WARM ? PHASE_PROVISIONED : PHASE_RESERVED;
}

static void a_start_goes_on_from_it(void **state)
{
    (void)state;
    given_a_start(STANDBY_STEP_READY);
    then_row(511, ACTION_ADOPT);
    assert_int_equal(c.out.record.current.number, 2);
    assert_int_equal(c.out.record.current.phase, PHASE_PROVISIONED);
    assert_text(c.out.record.current.job_id, STANDBY_JOB);
    assert_int_equal(c.out.record.standby.attempt.number, 0);
    then_its_step_is(STANDBY_STEP_NONE);
    assert_int_equal(c.out.record.intent.kind, INTENT_NONE);
    assert_int_equal(c.out.jobs[0]->status.state, JOB_STARTING);
    assert_int_equal(c.out.record.timer, c.record.timer + 1);
    assert_true(said("CREATING_A_NEW_JOB").len > 0);
    given_a_start(STANDBY_STEP_UPLOAD);
    then_row(511, ACTION_ADOPT);
    assert_int_equal(c.out.record.current.phase, PHASE_RESERVED);
    assert_int_equal(c.out.record.intent.kind, INTENT_NONE);
    given_a_start(STANDBY_STEP_PROVISION); /* it may not have been asked for yet */
    then_row(511, ACTION_ADOPT);
    assert_int_equal(c.out.record.intent.kind, INTENT_PROVISION);
    assert_int_equal(c.out.record.intent.attempt, 2);
    assert_true(looks(CALL_PROVISION));
    given_a_start(STANDBY_STEP_READY); /* of something older */
    c.record.standby.attempt.spec_version = 1;
    then_row(509, ACTION_LOOK);
    then_row(710, ACTION_STANDBY_END);
    given_a_start(STANDBY_STEP_END);
    given_its_answer(OUTCOME_DONE, 0);
    then_row(509, ACTION_LOOK);
    then_row(706, ACTION_LOOK);
    given_a_start(STANDBY_STEP_READY); /* it waits with the start */
    c.record.setbacks = 3;
    then_row(502, ACTION_LOOK);
    then_row(750, ACTION_REST);
}

static void it_waits_for_the_end_of_the_job_before_it(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_READY);
    c.record.current.phase = PHASE_ENDED;
    c.record.current.end = END_FAILED;
    c.seen.timer_since = NOW - 1;
    then_row(314, ACTION_LOOK);
    then_row(750, ACTION_REST);
    c.record.current.phase = PHASE_GONE;
    c.record.current.stats_known = true;
    c.seen.clusters++;
    c.seen.n_clusters = 1;
    then_row(334, ACTION_LOOK);
    then_row(750, ACTION_REST);
    given_standby(STANDBY_STEP_READY);
    c.record.current.phase = PHASE_READ;
    c.record.intent = (struct intent){.kind = INTENT_TEARDOWN, .attempt = 1};
    c.seen.call = (struct seen_call){.sent = true};
    then_row(284, ACTION_LOOK);
    then_row(750, ACTION_REST);
    c.seen.call.sent = false; /* the teardown of the old one leaves it alone */
    then_row(282, ACTION_CALL_AGAIN);
    for (size_t i = 0; i < c.out.n_effects; i++)
        assert_false(c.out.effects[i].kind == CALL_TEARDOWN && c.out.effects[i].attempt == 2);
    given_standby(STANDBY_STEP_READY); /* an attempt that is begun otherwise needs no other */
    c.record.current.phase = PHASE_RESERVED;
    c.record.current.spec_version = 2;
    c.record.intent = (struct intent){.kind = INTENT_PROVISION, .attempt = 1};
    c.seen.call = (struct seen_call){.sent = true};
    c.seen.job.outcome = OUTCOME_UNKNOWN;
    then_row(209, ACTION_LOOK);
    then_row(710, ACTION_STANDBY_END);
}

static void what_is_stopped_needs_none(void **state)
{
    (void)state;
    given_a_start(STANDBY_STEP_READY);
    given_wanted(DESIRED_SUSPENDED);
    then_row(622, ACTION_REST);
    then_row(710, ACTION_STANDBY_END);
    given_a_start(STANDBY_STEP_END);
    given_wanted(DESIRED_CANCELLED);
    c.record.removing = true; /* not before it is gone */
    given_its_answer(OUTCOME_DONE, 0);
    then_row(624, ACTION_REST);
    then_row(706, ACTION_LOOK);
    given_a_start(STANDBY_STEP_READY);
    given_wanted(DESIRED_CANCELLED);
    c.record.removing = true;
    then_row(624, ACTION_REST);
}

static void a_decision_of_a_user_judges_anew(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_NONE);
    c.record.standby.verdict = STANDBY_REFUSED;
    c.record.standby.judged_version = 2;
    c.record.standby.reason = STR("main() throws");
    c.record.retries_asked = 1;
    struct core_in in = core_story_in();
    core_step(story_arena, &in, &c.out);
    assert_int_equal(c.out.record.standby.verdict, STANDBY_UNJUDGED);
    assert_text(c.out.record.standby.reason, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(its_end_is_asked_for_until_it_is_gone),
        CORE_STORY(a_start_goes_on_from_it),
        CORE_STORY(it_waits_for_the_end_of_the_job_before_it),
        CORE_STORY(what_is_stopped_needs_none),
        CORE_STORY(a_decision_of_a_user_judges_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
