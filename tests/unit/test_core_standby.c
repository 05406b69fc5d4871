/* The standby before the core: which row decides, what it writes down and what is asked for. */
#include "core_story.h"

#define STANDBY_JOB "d1000000-0000-4000-8000-000000000009"

/* The job that runs was edited, and its standby is at this step: its cluster is whole. */
static void given_standby(enum standby_step step)
{
    core_story_begin(NULL);
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    c.deployment.spec.warm_standby = true;
    if (step == STANDBY_STEP_NONE)
        return;
    c.record.top = 2;
    c.record.standby.step = (int)step;
    c.record.standby.timer = c.seen.standby.timer = 3;
    c.seen.standby.timer_since = NOW - US_PER_S;
    c.record.standby.attempt = (struct attempt){
        .number = 2, .job_id = STR(STANDBY_JOB), .phase = PHASE_RESERVED, .spec_version = 2};
    c.standby_job.metadata.id = STR(STANDBY_JOB);
    given_clusters(1, 2);
    c.seen.clusters[1].incarnation = STR("two");
    c.seen.clusters[1].rest_url = STR("http://two");
    c.seen.standby.part.at = NOW - 1;
    c.seen.standby.incarnation = STR("two");
    c.seen.standby.sight =
        (struct flink_sight){.outcome = OUTCOME_DONE, .taskmanager_ids = {c.taskmanagers, 1}};
}

static struct platform_cluster *its_cluster(void)
{
    return &c.seen.clusters[1];
}

/* Its call was made by this process; answered so. */
static void given_its_answer(enum outcome outcome, int status)
{
    c.seen.standby.call = (struct seen_call){.timer = 3,
                                             .sent = true,
                                             .sent_at = NOW - US_PER_S,
                                             .times = 1,
                                             .answered = true,
                                             .outcome = outcome,
                                             .status = status,
                                             .text = STR("what it says"),
                                             .jar_id = STR("jar-2")};
}

static void given_its_call_is_under_way(void)
{
    c.seen.standby.call = (struct seen_call){.timer = 3, .sent = true, .sent_at = NOW - 1};
}

static void given_it_waited(int64_t us)
{
    c.seen.standby.timer_since = NOW - us;
}

static void given_the_plan(enum outcome outcome)
{
    c.seen.standby.plan_part.at = NOW - 1;
    c.seen.standby.plan_outcome = outcome;
    c.seen.standby.plan_text = STR("main() throws");
}

static void then_its_step_is(enum standby_step step)
{
    assert_string_equal(standby_step_names[c.out.record.standby.step], standby_step_names[step]);
}

static void then_no_standby_is_asked_about(void)
{
    struct core_in in = core_story_in();
    core_step(story_arena, &in, &c.out);
    assert_null(c.out.standby);
}

static void an_edit_that_was_checked_begins_one(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_NONE);
    then_row(433, ACTION_LOOK);
    then_row(760, ACTION_STANDBY_BEGIN);
    then_its_step_is(STANDBY_STEP_PROVISION);
    assert_int_equal(c.out.record.standby.attempt.number, 2);
    assert_int_equal(c.out.record.top, 2);
    assert_int_equal(c.out.record.current.number, 1);
    assert_text(c.out.record.standby.attempt.job_id, FRESH_ID);
    assert_true(looks(CALL_STANDBY_PROVISION));
    assert_int_equal(c.out.n_jobs, 1);
    assert_int_equal(c.out.jobs[0]->status.state, JOB_STANDBY);
    assert_true(said("PREPARING_A_STANDBY").len > 0);
    assert_text(c.out.events[0].job_id, FRESH_ID);
    c.record.standby.timer = 3; /* what it is not to be taken for is an earlier one's */
    then_row(760, ACTION_STANDBY_BEGIN);
    assert_int_equal(c.out.record.standby.timer, 4);
}

static void nothing_begins_one_but_that(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_NONE);
    c.seen.artifact.outcome = OUTCOME_UNKNOWN; /* not checked yet */
    then_no_standby_is_asked_about();
    given_standby(STANDBY_STEP_NONE);
    c.seen.world_part.at = 0; /* nothing was seen */
    then_no_standby_is_asked_about();
    given_standby(STANDBY_STEP_NONE);
    c.deployment.spec.warm_standby = false;
    then_no_standby_is_asked_about();
    given_standby(STANDBY_STEP_NONE);
    c.deployment.spec.upgrade_strategy = UPGRADE_NONE;
    then_no_standby_is_asked_about();
    given_standby(STANDBY_STEP_NONE);
    given_wanted(DESIRED_SUSPENDED);
    then_no_standby_is_asked_about();
    given_standby(STANDBY_STEP_NONE);
    c.record.gave_up = STR("TOO_MANY_FAILED_SUSPENSION_ATTEMPTS");
    c.record.spent = SPENT_SAVEPOINTS;
    then_no_standby_is_asked_about();
    given_standby(STANDBY_STEP_NONE);
    c.record.standby.verdict = STANDBY_COLD;
    c.record.standby.judged_version = 2;
    then_row(442, ACTION_STOP);
    assert_null(c.out.standby);
    given_standby(STANDBY_STEP_NONE);
    c.record.standby.verdict = STANDBY_COLD;
    c.record.standby.judged_version = 1; /* of what was wanted before */
    then_row(760, ACTION_STANDBY_BEGIN);
    given_standby(STANDBY_STEP_NONE);
    c.record.halted = true;
    then_no_standby_is_asked_about();
    /* So is a stateless one. */
    given_standby(STANDBY_STEP_NONE);
    c.deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    then_row(760, ACTION_STANDBY_BEGIN);
}

static void its_cluster_is_waited_for(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_PROVISION);
    its_cluster()->jobmanager_alive = false;
    given_its_call_is_under_way();
    then_row(726, ACTION_LOOK);
    assert_true(looks(LOOK_WORLD) || c.out.wake_at <= NOW + LOOK_PATIENT_US);
    given_standby(STANDBY_STEP_PROVISION);
    c.seen.standby.sight.outcome = OUTCOME_UNKNOWN;
    given_its_answer(OUTCOME_DONE, 0);
    then_row(726, ACTION_LOOK);
    given_standby(STANDBY_STEP_PROVISION);
    c.seen.standby.sight.taskmanager_ids.n = 0; /* not registered yet */
    given_its_answer(OUTCOME_DONE, 0);
    then_row(726, ACTION_LOOK);
    given_standby(STANDBY_STEP_PROVISION);
    c.seen.standby.incarnation = STR("one"); /* another JobManager said so */
    given_its_answer(OUTCOME_DONE, 0);
    then_row(726, ACTION_LOOK);
    given_standby(STANDBY_STEP_PROVISION);
    c.seen.standby.part.at = 0;
    given_its_answer(OUTCOME_DONE, 0);
    then_row(726, ACTION_LOOK);
    assert_true(looks(LOOK_STANDBY));
    its_cluster()->taskmanagers_alive = 0; /* one of them is still to come */
    then_row(726, ACTION_LOOK);
    given_standby(STANDBY_STEP_PROVISION); /* nobody knows whether it was asked for */
    c.seen.n_clusters = 1;
    then_row(724, ACTION_STANDBY_CALL_AGAIN);
    assert_true(looks(CALL_STANDBY_PROVISION));
    given_its_answer(OUTCOME_UNKNOWN, 0);
    c.seen.standby.call.sent_at = NOW - 1; /* not so soon */
    then_row(724, ACTION_STANDBY_CALL_AGAIN);
    assert_false(looks(CALL_STANDBY_PROVISION));
    c.seen.standby.call.sent_at = NOW - 2 * US_PER_S;
    then_row(724, ACTION_STANDBY_CALL_AGAIN);
    assert_true(looks(CALL_STANDBY_PROVISION));
}

static void it_is_given_the_jar_and_makes_the_plan(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_PROVISION);
    its_cluster()->log_directory = STR("/log");
    then_row(720, ACTION_STANDBY_UPLOAD);
    then_its_step_is(STANDBY_STEP_UPLOAD);
    assert_text(c.out.record.standby.attempt.incarnation, "two");
    assert_text(c.out.record.standby.attempt.rest_url, "http://two");
    assert_text(c.out.jobs[0]->status.rest_url, "http://two");
    assert_text(c.out.jobs[0]->status.log_directory, "/log");
    assert_true(looks(CALL_STANDBY_UPLOAD));
    given_standby(STANDBY_STEP_UPLOAD);
    given_its_call_is_under_way();
    then_row(736, ACTION_LOOK);
    given_its_answer(OUTCOME_UNKNOWN, 0);
    then_row(734, ACTION_STANDBY_CALL_AGAIN);
    given_its_answer(OUTCOME_REFUSED, 500); /* the work may go on */
    then_row(734, ACTION_STANDBY_CALL_AGAIN);
    given_its_answer(OUTCOME_DONE, 0);
    then_row(730, ACTION_STANDBY_WARM);
    then_its_step_is(STANDBY_STEP_WARM);
    assert_text(c.out.record.standby.attempt.jar_id, "jar-2");
    assert_int_equal(c.out.record.standby.attempt.phase, PHASE_PROVISIONED);
    assert_true(looks(LOOK_PLAN));
    given_standby(STANDBY_STEP_WARM);
    then_row(744, ACTION_LOOK);
    assert_true(looks(LOOK_PLAN));
    c.seen.standby.plan_part.asked = true; /* main() runs: once */
    then_row(744, ACTION_LOOK);
    assert_false(looks(LOOK_PLAN));
    given_the_plan(OUTCOME_UNKNOWN);
    c.seen.standby.plan_part.asked = false;
    then_row(744, ACTION_LOOK); /* no answer: again, after a while */
    assert_false(looks(LOOK_PLAN));
    given_it_waited(2 * LOOK_SLOW_US);
    c.seen.standby.plan_part.at = NOW - LOOK_SLOW_US;
    then_row(744, ACTION_LOOK);
    assert_true(looks(LOOK_PLAN));
    given_the_plan(OUTCOME_DONE);
    then_row(740, ACTION_STANDBY_NOTE_READY);
    then_its_step_is(STANDBY_STEP_READY);
    assert_true(said("STANDBY_IS_READY").len > 0);
    given_standby(STANDBY_STEP_WARM);
    given_the_plan(OUTCOME_DONE);
    c.seen.standby.plan_part.at = c.seen.standby.timer_since - 1; /* of a step before this */
    then_row(744, ACTION_LOOK);
    given_the_plan(OUTCOME_DONE);
    c.seen.standby.timer = 2;
    then_row(744, ACTION_LOOK);
}

static void when_it_is_ready_the_job_is_stopped(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_READY);
    then_row(442, ACTION_STOP);
    c.job.spec.template_ = c.deployment.spec.template_.spec;
    given_standby(STANDBY_STEP_READY);
    c.seen.job.tasks_up = 1; /* it cannot be stopped just now */
    then_row(444, ACTION_LOOK);
    then_row(750, ACTION_REST);
    assert_false(c.out.changed);
}

/* What goes wrong before the stop is the standby's alone. */
static void what_cannot_be_had_is_done_without(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_PROVISION);
    c.seen.n_clusters = 1;
    given_its_answer(OUTCOME_REFUSED, 0);
    then_row(722, ACTION_STANDBY_GIVE_UP);
    then_its_step_is(STANDBY_STEP_END);
    assert_int_equal(c.out.record.standby.verdict, STANDBY_COLD);
    assert_int_equal(c.out.record.standby.judged_version, 2);
    assert_text(c.out.record.standby.reason, "what it says");
    assert_true(looks(CALL_STANDBY_TEARDOWN));
    assert_true(said("STANDBY_GIVEN_UP").len > 0);
    given_standby(STANDBY_STEP_PROVISION);
    its_cluster()->jobmanager_alive = false;
    given_it_waited(DEADLINE_PROVISION_US + 1);
    then_row(722, ACTION_STANDBY_GIVE_UP);
    assert_text(c.out.record.standby.reason,
                "the standby's cluster cannot be had beside the running job");
    given_standby(STANDBY_STEP_UPLOAD);
    given_its_answer(OUTCOME_REFUSED, 400);
    then_row(732, ACTION_STANDBY_GIVE_UP);
    given_standby(STANDBY_STEP_UPLOAD);
    given_it_waited(DEADLINE_UPLOAD_US + 1);
    then_row(732, ACTION_STANDBY_GIVE_UP);
    for (enum standby_step step = STANDBY_STEP_PROVISION; step <= STANDBY_STEP_READY; step++) {
        given_standby(step);
        c.seen.job.tasks_up = 1;
        its_cluster()->jobmanager_dead = true;
        its_cluster()->cause = STR("OutOfMemoryError");
        then_row(712, ACTION_STANDBY_GIVE_UP);
        assert_text(c.out.record.standby.reason, "OutOfMemoryError");
    }
    given_standby(STANDBY_STEP_WARM); /* another process stands there */
    c.record.standby.attempt.incarnation = STR("three");
    then_row(712, ACTION_STANDBY_GIVE_UP);
    its_cluster()->incarnation = (struct str){0}; /* nobody knows which */
    then_row(744, ACTION_LOOK);
    for (enum standby_step step = STANDBY_STEP_UPLOAD; step <= STANDBY_STEP_READY; step++) {
        given_standby(step);
        c.seen.job.tasks_up = 1;
        its_cluster()->taskmanagers_alive = 0;
        then_row(714, ACTION_STANDBY_GIVE_UP);
        given_standby(step);
        c.seen.job.tasks_up = 1;
        c.seen.n_clusters = 1;
        then_row(714, ACTION_STANDBY_GIVE_UP);
    }
}

static void a_plan_that_cannot_be_made_refuses_the_edit(void **state)
{
    (void)state;
    given_standby(STANDBY_STEP_WARM);
    given_the_plan(OUTCOME_REFUSED);
    then_row(742, ACTION_STANDBY_REFUSE);
    then_its_step_is(STANDBY_STEP_END);
    assert_int_equal(c.out.record.standby.verdict, STANDBY_REFUSED);
    assert_int_equal(c.out.record.standby.judged_version, 2);
    assert_text(c.out.record.standby.reason, "the job's plan cannot be made: main() throws");
    assert_true(looks(CALL_STANDBY_TEARDOWN));
    c.record.standby = c.out.record.standby;
    c.seen.standby.timer = c.record.standby.timer;
    then_row(430, ACTION_BLOCK_PREFLIGHT);
    assert_text(said("BLOCKED_PLAN_REFUSED"), "the job's plan cannot be made: main() throws");
    given_standby(STANDBY_STEP_WARM);
    given_it_waited(DEADLINE_PLAN_US);
    then_row(744, ACTION_LOOK);
    given_it_waited(DEADLINE_PLAN_US + 1);
    then_row(742, ACTION_STANDBY_REFUSE);
    assert_true(str_contains(c.out.record.standby.reason, STR("not made in time")));
    /* It holds for that edit, while a job runs, and for who asks for standbys. */
    given_standby(STANDBY_STEP_NONE);
    c.record.standby.verdict = STANDBY_REFUSED;
    c.record.standby.judged_version = 2;
    then_row(430, ACTION_BLOCK_PREFLIGHT);
    c.deployment.spec.warm_standby = false;
    then_row(442, ACTION_STOP);
    c.deployment.spec.warm_standby = true;
    c.record.standby.judged_version = 1;
    then_row(433, ACTION_LOOK);
    c.record.standby.judged_version = 2;
    c.record.current.phase = PHASE_NONE;
    c.record.current.spec_version = 2;
    given_nothing_exists();
    then_row(510, ACTION_RESERVE);
}

static void what_nobody_needs_is_taken_down(void **state)
{
    (void)state;
    for (enum standby_step step = STANDBY_STEP_PROVISION; step <= STANDBY_STEP_READY; step++) {
        given_standby(step); /* something newer is wanted */
        c.record.standby.attempt.spec_version = 1;
        then_row(710, ACTION_STANDBY_END);
        then_its_step_is(STANDBY_STEP_END);
        assert_int_equal(c.out.record.standby.verdict, STANDBY_UNJUDGED);
        assert_true(looks(CALL_STANDBY_TEARDOWN));
    }
    given_standby(STANDBY_STEP_WARM); /* what is wanted could not start */
    c.record.gave_up = STR("BLOCKED_CANNOT_START");
    c.record.gave_up_message = STR("there is no such file");
    c.seen.artifact.outcome = OUTCOME_REFUSED;
    c.seen.artifact.text = c.record.gave_up_message;
    then_row(710, ACTION_STANDBY_END);
    given_standby(STANDBY_STEP_WARM); /* nothing differs any more */
    c.record.current.spec_version = 2;
    then_row(710, ACTION_STANDBY_END);
    given_standby(STANDBY_STEP_WARM); /* not checked, after the daemon was away: it is kept */
    c.seen.artifact.part.at = 0;
    given_the_plan(OUTCOME_UNKNOWN);
    then_row(744, ACTION_LOOK);
    given_standby(STANDBY_STEP_WARM); /* nor is anything done that was not seen */
    c.seen.world_outcome = OUTCOME_UNKNOWN;
    c.record.standby.attempt.spec_version = 1;
    then_row(700, ACTION_LOOK);
    given_standby(STANDBY_STEP_WARM);
    c.seen.world_part.at = 0;
    then_row(700, ACTION_LOOK);
}

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
        CORE_STORY(an_edit_that_was_checked_begins_one),
        CORE_STORY(nothing_begins_one_but_that),
        CORE_STORY(its_cluster_is_waited_for),
        CORE_STORY(it_is_given_the_jar_and_makes_the_plan),
        CORE_STORY(when_it_is_ready_the_job_is_stopped),
        CORE_STORY(what_cannot_be_had_is_done_without),
        CORE_STORY(a_plan_that_cannot_be_made_refuses_the_edit),
        CORE_STORY(what_nobody_needs_is_taken_down),
        CORE_STORY(its_end_is_asked_for_until_it_is_gone),
        CORE_STORY(a_start_goes_on_from_it),
        CORE_STORY(it_waits_for_the_end_of_the_job_before_it),
        CORE_STORY(what_is_stopped_needs_none),
        CORE_STORY(a_decision_of_a_user_judges_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
