/* Which row decides while something is to be ended: the cluster of an attempt that is over, leftovers of
 * older ones, and an attempt that was given up and may have started after all. */
#include "core_story.h"

static void a_cluster_is_told_to_end_until_it_is_gone(void **state)
{
    (void)state;
    given_call(INTENT_TEARDOWN, PHASE_READ);
    given_answer(OUTCOME_DONE);
    then_row(284, ACTION_LOOK);
    given_answer(OUTCOME_REFUSED);
    then_row(282, ACTION_CALL_AGAIN);
    given_nobody_heard();
    then_row(282, ACTION_CALL_AGAIN);
    given_nothing_exists();
    then_row(280, ACTION_NOTE_GONE);
}

/* Nobody heard what became of its submission. */
static void given_up_unheard(enum intent_kind kind)
{
    given_call(kind, PHASE_READ);
    given_nobody_heard();
    c.record.current.end = END_FAILED;
    c.record.current.unwatched = true;
    c.seen.job.outcome = OUTCOME_UNKNOWN;
}

static void a_job_that_was_given_up_may_have_started_after_all(void **state)
{
    (void)state;
    given_up_unheard(INTENT_NONE);
    then_row(318, ACTION_LOOK);
    given_its_jobmanager_is_dead();
    then_row(322, ACTION_TEARDOWN);
    given_up_unheard(INTENT_NONE);
    c.seen.job.outcome = OUTCOME_DONE;
    then_row(316, ACTION_NOTE_LATE_START);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(322, ACTION_TEARDOWN);
    given_up_unheard(INTENT_NONE);
    given_waited(WAIT_STATISTICS_US + 1);
    then_row(322, ACTION_TEARDOWN);
}

/* The daemon died when it may have told the cluster to end, or not yet. */
static void whether_it_was_told_to_end_is_not_known(void **state)
{
    (void)state;
    given_up_unheard(INTENT_TEARDOWN);
    then_row(279, ACTION_DROP_INTENT);
    c.seen.job.outcome = OUTCOME_DONE;
    then_row(279, ACTION_DROP_INTENT);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(282, ACTION_CALL_AGAIN);
    given_up_unheard(INTENT_TEARDOWN);
    given_nothing_exists();
    then_row(280, ACTION_NOTE_GONE);
    given_up_unheard(INTENT_TEARDOWN);
    c.seen.call.sent = true;
    then_row(284, ACTION_LOOK);
    given_waited(DEADLINE_TEARDOWN_US + 1);
    then_row(282, ACTION_CALL_AGAIN);
}

/* It was seen without its job, and then told to end, by whom may be known. Else it may have run until
 * something else ended it. */
static void what_was_told_to_end_before_it_started_never_ran(void **state)
{
    (void)state;
    given_up_unheard(INTENT_TEARDOWN);
    given_nothing_exists();
    c.record.current.absent = true;
    then_row(280, ACTION_NOTE_GONE);
    assert_true(c.out.record.current.unwatched);
    static int64_t ended[] = {1};
    c.seen.ended = ended; /* by an earlier daemon, as the platform knows */
    c.seen.n_ended = 1;
    then_row(280, ACTION_NOTE_GONE);
    assert_false(c.out.record.current.unwatched);
    c.seen.n_ended = 0;
    c.seen.call.sent = true; /* this one */
    then_row(280, ACTION_NOTE_GONE);
    assert_false(c.out.record.current.unwatched);
    c.record.current.absent = false;
    then_row(280, ACTION_NOTE_GONE);
    assert_true(c.out.record.current.unwatched);
    given_up_unheard(INTENT_NONE);
    c.seen.job.outcome = OUTCOME_DONE;
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(322, ACTION_TEARDOWN);
    assert_true(c.out.record.current.absent);
    given_up_unheard(INTENT_NONE);
    given_its_jobmanager_is_dead(); /* it cannot be asked */
    then_row(322, ACTION_TEARDOWN);
    assert_false(c.out.record.current.absent);
}

/* Of attempt 1, which is over; 2 is the present one. */
static void given_leftovers(enum intent_kind kind, enum phase phase)
{
    given_call(kind, phase);
    c.record.top = c.record.current.number = 2;
}

static void given_both_clusters(void)
{
    static struct platform_cluster both[2];
    both[0] = both[1] = c.cluster;
    both[1].attempt = 2;
    c.seen.clusters = both;
    c.seen.n_clusters = 2;
}

/* How many clusters are told to end, and the last of them. */
static int64_t torn_down;

static size_t teardowns(void)
{
    size_t n = 0;
    for (size_t i = 0; i < c.out.n_effects; i++) {
        if (c.out.effects[i].kind != CALL_TEARDOWN)
            continue;
        torn_down = c.out.effects[i].attempt;
        n++;
    }
    return n;
}

static void leftovers_are_told_to_end_until_they_are_gone(void **state)
{
    (void)state;
    given_leftovers(INTENT_NONE, PHASE_NONE);
    then_row(106, ACTION_SWEEP);
    assert_int_equal(c.out.record.intent.attempt, 2);
    given_leftovers(INTENT_NONE, PHASE_GONE);
    then_row(106, ACTION_SWEEP);
    assert_int_equal(c.out.record.intent.attempt, 2);
    given_leftovers(INTENT_NONE, PHASE_DONE);
    then_row(106, ACTION_SWEEP);
    assert_int_equal(c.out.record.intent.attempt, 2);
    given_leftovers(INTENT_NONE, PHASE_UP); /* what may run is none of them */
    given_both_clusters();
    then_row(106, ACTION_SWEEP);
    assert_int_equal(teardowns(), 1);
    assert_int_equal(torn_down, 1);
    given_leftovers(INTENT_TEARDOWN, PHASE_NONE);
    given_answer(OUTCOME_DONE);
    then_row(284, ACTION_LOOK);
    given_nobody_heard();
    then_row(108, ACTION_CALL_AGAIN);
    given_nothing_exists();
    then_row(281, ACTION_DROP_INTENT);
}

/* What it owns is ended first, and the leftovers with it. */
static void leftovers_wait_for_the_end_of_an_attempt(void **state)
{
    (void)state;
    given_leftovers(INTENT_NONE, PHASE_READ);
    given_both_clusters();
    then_row(322, ACTION_TEARDOWN);
    given_leftovers(INTENT_TEARDOWN, PHASE_READ);
    given_both_clusters();
    given_answer(OUTCOME_REFUSED);
    then_row(282, ACTION_CALL_AGAIN);
    given_up_unheard(INTENT_TEARDOWN);
    c.record.top = c.record.current.number = 2;
    given_both_clusters();
    then_row(279, ACTION_DROP_INTENT);
}

static void leftovers_have_no_part_in_another_call(void **state)
{
    (void)state;
    given_leftovers(INTENT_DISCARD, PHASE_NONE);
    given_answer(OUTCOME_REFUSED);
    then_row(292, ACTION_NOTE_DISCARD_FAILED);
    given_nobody_heard();
    then_row(294, ACTION_CALL_AGAIN);
}

/* The call that ended them has nothing to do with the attempt that waits for it. */
static void leftovers_that_are_gone_leave_the_attempt_as_it_was(void **state)
{
    (void)state;
    given_call(INTENT_TEARDOWN, PHASE_RESERVED);
    given_nothing_exists();
    then_row(281, ACTION_DROP_INTENT);
    given_answer(OUTCOME_DONE);
    then_row(281, ACTION_DROP_INTENT);
    given_answer(OUTCOME_REFUSED);
    then_row(281, ACTION_DROP_INTENT);
    given_call(INTENT_TEARDOWN, PHASE_RESERVED);
    given_nobody_heard();
    c.cluster.jobmanager_alive = false;
    then_row(281, ACTION_DROP_INTENT);
    given_leftovers(INTENT_TEARDOWN, PHASE_RESERVED);
    given_answer(OUTCOME_DONE);
    then_row(284, ACTION_LOOK);
}

/* It was read already: what its JobManager goes on saying changes nothing. */
static void an_end_is_noted_once(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_READ);
    c.seen.job.job = FLINK_JOB_FINISHED;
    then_row(322, ACTION_TEARDOWN);
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_row(322, ACTION_TEARDOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(a_cluster_is_told_to_end_until_it_is_gone),
        CORE_STORY(a_job_that_was_given_up_may_have_started_after_all),
        CORE_STORY(whether_it_was_told_to_end_is_not_known),
        CORE_STORY(what_was_told_to_end_before_it_started_never_ran),
        CORE_STORY(leftovers_are_told_to_end_until_they_are_gone),
        CORE_STORY(leftovers_wait_for_the_end_of_an_attempt),
        CORE_STORY(leftovers_have_no_part_in_another_call),
        CORE_STORY(leftovers_that_are_gone_leave_the_attempt_as_it_was),
        CORE_STORY(an_end_is_noted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
