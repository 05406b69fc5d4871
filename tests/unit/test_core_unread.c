/* An end that cannot be read: who does without it, and what it means for the next start. */
#include "core_story.h"

static struct choice chosen(void)
{
    struct core_in in = core_story_in();
    return core_choose(story_arena, &in, false);
}

static void none_does_without_and_says_so(void **state)
{
    (void)state;
    given_it_is_gone(11);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    c.deployment.spec.restore_strategy = RESTORE_NONE;
    struct end_evidence e = judged();
    assert_int_equal(e.verdict, EVIDENCE_READY);
    assert_true(e.unread);
    /* What is deleted is never started again. */
    c.record.removing = true;
    assert_false(judged().unread);
}

static void cancelled_does_without_and_suspended_does_not(void **state)
{
    (void)state;
    given_it_is_gone(11);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    c.deployment.spec.state = DESIRED_SUSPENDED;
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    c.deployment.spec.state = DESIRED_CANCELLED;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    assert_true(judged().unread);
}

static void an_end_that_was_not_read_is_kept_whole(void **state)
{
    (void)state;
    given_it_is_gone(11);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    c.deployment.spec.restore_strategy = RESTORE_NONE;
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.record.current.phase, PHASE_NONE);
    assert_int_equal(c.out.record.unread.n, 1);
    const struct attempt *kept = c.out.record.unread.items;
    assert_int_equal(kept->phase, PHASE_GONE);
    assert_int_equal(kept->final_checkpoints.n, 1);
    c.record = c.out.record;
    /* Under NONE it blocks nothing; who wants the newest must know it. */
    assert_int_equal(chosen().kind, PICK_EMPTY);
    c.deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    assert_int_equal(chosen().kind, PICK_BAD);
    assert_int_equal(chosen().unread->number, 1);
}

static struct attempt unread[RECORD_UNREAD];

static void given_unread(int64_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        unread[i] = (struct attempt){.number = first + (int64_t)i, .phase = PHASE_GONE};
    c.record.unread = (struct list){unread, n};
    c.record.current.phase = PHASE_NONE;
    c.record.top = 20;
}

static struct savepoint *given_snapshot(int64_t attempt, enum savepoint_origin origin)
{
    struct savepoint *s = given_row("newest", SAVEPOINT_COMPLETED);
    s->status.attempt = attempt;
    s->metadata.origin = (int)origin;
    return s;
}

static void only_something_later_does_without_an_unread_end(void **state)
{
    (void)state;
    given_unread(5, 1);
    struct savepoint *s = given_snapshot(4, ORIGIN_RETAINED_CHECKPOINT);
    assert_non_null(chosen().unread);
    s->status.attempt = 5; /* of the same attempt: it may have left a newer one */
    assert_non_null(chosen().unread);
    s->metadata.origin = ORIGIN_COPIED; /* an import counts from its registration */
    assert_int_equal(chosen().kind, PICK_SNAPSHOT);
    s->metadata.origin = ORIGIN_SUSPEND;
    s->status.attempt = 6;
    assert_int_equal(chosen().kind, PICK_SNAPSHOT);
}

static void what_lies_behind_an_explicit_restore_need_not_be_read(void **state)
{
    (void)state;
    given_unread(5, 1);
    c.record.floor_attempt = 6;
    assert_null(chosen().unread);
    c.record.floor_attempt = 5;
    assert_non_null(chosen().unread);
    c.deployment.spec.restore_from = (struct restore_from){.savepoint_id = STR("newest")};
    given_snapshot(1, ORIGIN_USER_REQUEST);
    assert_int_equal(chosen().kind, PICK_SNAPSHOT);
}

/* No room for all of them: what is no longer kept blocks all the same. */
static void what_no_longer_fits_is_not_forgotten(void **state)
{
    (void)state;
    given_unread(2, RECORD_UNREAD);
    c.record.current.number = 10;
    c.deployment.spec.restore_strategy = RESTORE_NONE;
    given_it_is_gone(11);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.record.unread.n, RECORD_UNREAD);
    assert_int_equal(((struct attempt *)c.out.record.unread.items)[0].number, 3);
    assert_int_equal(c.out.record.unread_lost, 2);
    c.deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    c.record.unread = (struct list){0};
    c.record.unread_lost = 2;
    struct choice next = chosen();
    assert_int_equal(next.kind, PICK_BAD);
    assert_null(next.unread);
    given_snapshot(3, ORIGIN_SUSPEND);
    assert_int_equal(chosen().kind, PICK_SNAPSHOT);
}

static void the_newest_unread_end_is_read_first(void **state)
{
    (void)state;
    given_unread(2, 3);
    c.seen.n_clusters = 0;
    c.seen.artifact.part.at = NOW - 1;
    c.seen.artifact.spec_version = 1;
    c.seen.artifact.outcome = OUTCOME_DONE;
    c.record.had_snapshot = true;
    then_it_does(ACTION_REOPEN);
    assert_int_equal(c.out.record.current.number, 4);
    assert_int_equal(c.out.record.current.phase, PHASE_GONE);
    assert_int_equal(c.out.record.unread.n, 2);
}

static void restore_from_overrules_until_it_is_used(void **state)
{
    (void)state;
    given_it_is_gone(11);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    c.record.used_nonce = STR("earlier"); /* and nothing is named any more */
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    c.deployment.spec.restore_from.location = STR("file:/sp/old");
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    assert_true(judged().unread);
    c.record.used_nonce = STR("file:/sp/old");
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    c.deployment.spec.restore_from.savepoint_id = STR("s9");
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.deployment.spec.restore_from.nonce = STR("file:/sp/old");
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
}

/* The savepoint of the stop could not be read, and an earlier one is found complete only now. */
static void what_is_found_late_goes_not_before_the_savepoint_of_the_stop(void **state)
{
    static struct trigger_try both[2];
    (void)state;
    given_it_is_gone(0);
    c.record.current.end = END_FINISHED;
    both[0] =
        (struct trigger_try){.savepoint_id = STR("s1"), .directory = STR(TRY), .settled = true};
    both[1] = (struct trigger_try){
        .savepoint_id = STR("s2"), .directory = STR(CHECKPOINTS), .settled = true, .stop = true};
    c.record.current.tries = (struct list){both, 2};
    given_row("s1", SAVEPOINT_FAILED);
    given_row("s2", SAVEPOINT_COMPLETED)->status =
        (struct savepoint_status){.state = SAVEPOINT_COMPLETED,
                                  .verified = VERIFIED_REPORTED,
                                  .attempt = c.record.current.number,
                                  .sequence = 1};
    given_listing(TRY, OUTCOME_DONE, 123);
    given_listing(CHECKPOINTS, OUTCOME_UNKNOWN, 0);
    then_it_does(ACTION_COLLECT);
    assert_non_null(put_of("s1"));
    assert_int_equal(put_of("s1")->status.state, SAVEPOINT_COMPLETED);
    assert_non_null(put_of("s2"));
    assert_true(savepoint_order(put_of("s2"), put_of("s1")) > 0);
    /* A try after it, of a stop that did not end the job, is the newer one. */
    struct trigger_try swapped[] = {both[1], both[0]};
    c.record.current.tries = (struct list){swapped, 2};
    then_it_does(ACTION_COLLECT);
    assert_true(savepoint_order(put_of("s2"), put_of("s1")) < 0);
    c.record.current.tries = (struct list){both, 2};
    /* Where it can be read now it is. */
    c.seen.n_listings = 0;
    given_listing(TRY, OUTCOME_DONE, 123);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 140);
    then_it_does(ACTION_COLLECT);
    assert_int_equal(put_of("s2")->status.checkpoint_id, 140);
    assert_int_equal(put_of("s2")->status.verified, VERIFIED_FULL);
}

/* Whether our stop ended it or it came to its own end is in a directory that nobody needs to be read. */
static void what_a_stop_of_ours_may_have_ended_has_not_finished_by_itself(void **state)
{
    (void)state;
    given_try(INTENT_STOP);
    given_it_is_gone(0);
    c.record.intent = (struct intent){0};
    c.record.current.end = END_FINISHED;
    c.deployment.spec.restore_strategy = RESTORE_NONE;
    given_listing(TRY, OUTCOME_UNKNOWN, 0);
    given_waited(WAIT_LISTING_US + 1);
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.record.current.phase, PHASE_NONE);
    assert_int_equal(c.out.record.unread.n, 1);
    c.tries[0].stop = false;
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.record.current.phase, PHASE_DONE);
    c.tries[0].stop = true;
    c.seen.n_listings = 0;
    given_listing(TRY, OUTCOME_DONE, 0); /* it was read, and nothing is there */
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.record.current.phase, PHASE_DONE);
}

/* It was taken while storage could not be read, and its number is told by nobody but its own metadata. */
static void what_only_flink_told_of_is_read_when_it_can_be(void **state)
{
    (void)state;
    given_try(INTENT_SAVEPOINT);
    c.tries[0].settled = true;
    c.rows[0].status = (struct savepoint_status){
        .state = SAVEPOINT_COMPLETED, .verified = VERIFIED_REPORTED, .attempt = 1, .sequence = 1};
    given_it_is_gone(122);
    c.record.intent = (struct intent){0};
    given_listing(TRY, OUTCOME_DONE, 123);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 122);
    then_it_does(ACTION_COLLECT);
    assert_int_equal(put_of("s1")->status.checkpoint_id, 123);
    assert_int_equal(put_of("s1")->status.verified, VERIFIED_FULL);
    assert_int_equal(c.out.n_savepoints, 2);
    c.rows[0].status.verified = VERIFIED_FULL; /* it was read before */
    then_it_does(ACTION_COLLECT);
    assert_null(put_of("s1"));
    c.rows[0].status.verified = VERIFIED_REPORTED;
    c.rows[0].status.state = SAVEPOINT_DELETING;
    then_it_does(ACTION_COLLECT);
    assert_null(put_of("s1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(none_does_without_and_says_so),
        CORE_STORY(cancelled_does_without_and_suspended_does_not),
        CORE_STORY(an_end_that_was_not_read_is_kept_whole),
        CORE_STORY(only_something_later_does_without_an_unread_end),
        CORE_STORY(what_lies_behind_an_explicit_restore_need_not_be_read),
        CORE_STORY(what_no_longer_fits_is_not_forgotten),
        CORE_STORY(the_newest_unread_end_is_read_first),
        CORE_STORY(restore_from_overrules_until_it_is_used),
        CORE_STORY(what_is_found_late_goes_not_before_the_savepoint_of_the_stop),
        CORE_STORY(what_a_stop_of_ours_may_have_ended_has_not_finished_by_itself),
        CORE_STORY(what_only_flink_told_of_is_read_when_it_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
