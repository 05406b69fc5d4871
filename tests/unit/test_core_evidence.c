/* What the end of an attempt proves. */
#include "core_story.h"

static void a_listing_that_is_missing_is_waited_for(void **state)
{
    (void)state;
    given_it_is_gone(10);
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
    given_listing(CHECKPOINTS, OUTCOME_UNKNOWN, 0);
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
    given_waited(WAIT_LISTING_US + 1);
    struct end_evidence e = judged();
    assert_int_equal(e.verdict, EVIDENCE_CONFLICT);
    assert_true(str_contains(e.conflict, STR("cannot be listed")));
}

static void a_listing_from_before_the_commit_counts_nothing(void **state)
{
    (void)state;
    given_it_is_gone(10);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    c.listings[0].part.at = c.seen.committed_at - 1;
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
}

static void what_statistics_and_directory_agree_on_is_ready(void **state)
{
    (void)state;
    given_it_is_gone(10);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    struct end_evidence e = judged();
    assert_int_equal(e.verdict, EVIDENCE_READY);
    assert_int_equal(e.n_found, 1);
    assert_false(e.found[0].unconfirmed);
    assert_false(e.unread);
}

static void what_only_the_directory_has_is_unconfirmed(void **state)
{
    (void)state;
    given_it_is_gone(0);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    assert_true(judged().found[0].unconfirmed);
}

static void what_the_directory_has_not_is_a_conflict(void **state)
{
    (void)state;
    given_it_is_gone(11);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
}

static void a_directory_that_does_not_exist_is_a_conflict(void **state)
{
    (void)state;
    given_it_is_gone(0);
    given_listing(CHECKPOINTS, OUTCOME_REFUSED, 0);
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    c.record.current.checkpointing = CHECKPOINTING_OFF;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

static void a_finished_job_keeps_no_checkpoints(void **state)
{
    (void)state;
    given_it_is_gone(10);
    c.record.current.end = END_FINISHED;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

static void what_was_restored_is_compared_with_what_was_asked(void **state)
{
    (void)state;
    bool mismatch;
    struct core_in in = core_story_in();
    c.record.current.restored = RESTORED_UNCHECKED;
    c.record.current.source = SOURCE_SNAPSHOT;
    c.record.current.source_location = STR("file:/sp/a");
    assert_int_equal(core_running_evidence(&in, &mismatch), EVIDENCE_NONE);
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    assert_int_equal(core_running_evidence(&in, &mismatch), EVIDENCE_CONFLICT);
    c.seen.stats.has_restored = true;
    c.seen.stats.restored.path = STR("file:/sp/b");
    assert_int_equal(core_running_evidence(&in, &mismatch), EVIDENCE_CONFLICT);
    c.seen.stats.restored.path = STR("file:///sp/a");
    assert_int_equal(core_running_evidence(&in, &mismatch), EVIDENCE_READY);
    /* Flink itself went back to a checkpoint of this very job since. */
    c.seen.stats.restored.path = STR(CHECKPOINTS "/chk-9");
    assert_int_equal(core_running_evidence(&in, &mismatch), EVIDENCE_READY);
}

static void what_flink_refuses_to_tell_is_not_claimed(void **state)
{
    (void)state;
    c.record.current.restored = RESTORED_UNCHECKED;
    c.record.current.source = SOURCE_SNAPSHOT;
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_REFUSED;
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_int_equal(c.out.record.current.restored, RESTORED_NOT_TOLD);
}

/* Flink named no directory: it is where it was configured to be. */
static void an_unnamed_directory_is_the_configured_one(void **state)
{
    (void)state;
    struct core_in in = core_story_in();
    given_it_is_gone(0);
    c.record.current.checkpoint_directory = (struct str){0};
    assert_text(core_unlisted_directory(story_arena, &in), CHECKPOINTS);
    c.conf[0].key = STR("state.checkpoints.dir");
    assert_text(core_unlisted_directory(story_arena, &in), CHECKPOINTS);
    c.conf[0].key = STR("state.savepoints.dir");
    assert_text(core_unlisted_directory(story_arena, &in), "");
    assert_int_equal(judged().verdict,
                     EVIDENCE_CONFLICT); /* it took some, and where is not known */
    c.record.current.checkpointing = CHECKPOINTING_UNKNOWN;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.record.current.unwatched = true; /* it may have taken some, and nobody looked */
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    c.record.current.checkpointing = CHECKPOINTING_OFF;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

static void a_directory_that_flink_named_goes_before_the_configured_one(void **state)
{
    (void)state;
    struct core_in in = core_story_in();
    given_it_is_gone(0);
    c.record.current.checkpoint_directory = STR("file:/elsewhere/cp");
    assert_text(core_unlisted_directory(story_arena, &in), "file:/elsewhere/cp");
    in.job = NULL;
    assert_text(core_unlisted_directory(story_arena, &in), "file:/elsewhere/cp");
    c.record.current.checkpoint_directory = (struct str){0};
    assert_text(core_unlisted_directory(story_arena, &in), "");
}

static void what_is_found_is_told_oldest_first(void **state)
{
    (void)state;
    given_try(INTENT_STOP);
    given_it_is_gone(0);
    given_listing(TRY, OUTCOME_DONE, 9);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 7);
    c.listings[0].part.at = c.listings[1].part.at = c.seen.committed_at;
    struct end_evidence e = judged();
    assert_int_equal(e.n_found, 2);
    assert_int_equal(e.found[0].sight->checkpoint_id, 7);
    assert_int_equal(e.found[1].sight->checkpoint_id, 9);
}

static void an_empty_place_proves_little_of_a_job_that_nobody_saw(void **state)
{
    (void)state;
    given_it_is_gone(0);
    c.record.current.checkpointing = CHECKPOINTING_UNKNOWN;
    c.record.current.unwatched = true;
    given_listing(CHECKPOINTS, OUTCOME_REFUSED, 0);
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    c.listings[0].outcome = OUTCOME_DONE;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.listings[0].outcome = OUTCOME_REFUSED;
    c.record.current.unwatched = false;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

static void a_listing_that_was_never_made_counts_nothing(void **state)
{
    (void)state;
    given_it_is_gone(10);
    c.seen.committed_at = 0;
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    c.listings[0].part.at = 0;
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
    c.listings[0].part.at = 1;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

static void a_listing_is_waited_for_a_minute(void **state)
{
    (void)state;
    given_it_is_gone(10);
    given_waited(WAIT_LISTING_US);
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
    given_waited(WAIT_LISTING_US + 1);
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    c.record.timer = 1; /* another wait has begun */
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
}

/* It cannot be blamed on anything else: it is what stopped the job. */
static void the_broken_savepoint_of_a_stop_blocks(void **state)
{
    (void)state;
    given_try(INTENT_STOP);
    given_it_is_gone(0);
    c.record.current.end = END_FINISHED;
    given_listing(TRY, OUTCOME_DONE, 7)->verified = VERIFIED_BROKEN;
    c.sights[0].text = STR("_metadata is cut off");
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    assert_false(judged().stopped_by_us);
    c.tries[0].settled = true; /* what became of it is recorded */
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.tries[0].settled = false;
    c.tries[0].stop = false;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.tries[0].stop = true;
    c.sights[0].verified = VERIFIED_FULL;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    assert_true(judged().stopped_by_us);
    c.sights[0].verified = VERIFIED_BROKEN;
    c.record.current.end = END_CANCELED;
    c.record.current.checkpointing = CHECKPOINTING_OFF;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

/* Its number is as Flink's statistics told it, or 0, and then no lower than `lowest`; its directory
 * cannot be listed. The job has failed, and checkpoint 10 is there. */
static void given_only_flink_told_of_a_savepoint(int64_t number, int64_t lowest)
{
    given_try(INTENT_SAVEPOINT);
    c.tries[0].settled = true;
    c.tries[0].checkpoint_id = number;
    c.rows[0].status.state = SAVEPOINT_COMPLETED;
    c.rows[0].status.verified = VERIFIED_REPORTED;
    c.rows[0].status.checkpoint_id = number ? number : lowest;
    given_it_is_gone(10);
    given_listing(TRY, OUTCOME_UNKNOWN, 0);
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
}

static void which_of_two_is_newer_is_not_guessed(void **state)
{
    (void)state;
    struct core_in in;
    given_only_flink_told_of_a_savepoint(0, 9);
    in = core_story_in();
    assert_text(core_unlisted_directory(story_arena, &in), TRY);
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
    given_waited(WAIT_LISTING_US + 1);
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
    assert_text(judged().conflict, "whether " CHECKPOINTS "/10 is newer than the savepoint in " TRY
                                   ", which cannot be listed, is not known");
    c.rows[0].status.checkpoint_id = 10; /* the savepoint came after it */
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    given_row("s0", SAVEPOINT_COMPLETED); /* what is known of another changes nothing */
    c.list[0] = &c.rows[1];
    c.list[1] = &c.rows[0];
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.list[0] = &c.rows[0];
    c.n_rows = 1;
    c.rows[0].status.checkpoint_id = 9;
    c.sights[1].verified = VERIFIED_BROKEN;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.sights[1].verified = VERIFIED_FULL;
    c.rows[0].status.state = SAVEPOINT_PENDING_DELETION;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.n_rows = 0;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

static void where_its_number_is_known_nothing_is_waited_for(void **state)
{
    (void)state;
    given_only_flink_told_of_a_savepoint(9, 0);
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.tries[0].checkpoint_id = 0;
    c.listings[0].outcome = OUTCOME_DONE; /* and nothing is there */
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

/* What its own JobManager did not name is not chosen, and so in nobody's way. */
static void an_unconfirmed_checkpoint_needs_no_order(void **state)
{
    (void)state;
    given_only_flink_told_of_a_savepoint(0, 9);
    given_waited(WAIT_LISTING_US + 1);
    given_it_is_gone(0);
    assert_true(judged().found[0].unconfirmed);
    assert_int_equal(judged().verdict, EVIDENCE_READY);
}

/* Nothing follows the savepoint that ended the job; what it ended by itself is another matter. */
static void the_savepoint_of_a_stop_needs_no_number(void **state)
{
    (void)state;
    given_only_flink_told_of_a_savepoint(0, 9);
    c.record.current.end = END_FINISHED;
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
    c.tries[0].stop = true;
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    c.record.current.end = END_FAILED;
    assert_int_equal(judged().verdict, EVIDENCE_NONE);
}

/* A try that was given up is found complete: it was asked for before the other, or after it. */
static void a_later_try_is_newer_for_certain(void **state)
{
    (void)state;
    static struct trigger_try both[2];
    given_only_flink_told_of_a_savepoint(0, 9);
    given_waited(WAIT_LISTING_US + 1);
    both[0] = both[1] = c.tries[0];
    both[1].directory = c.listings[1].directory = STR("file:/sp/try-2");
    both[1].savepoint_id = STR("s2");
    both[1].settled = false;
    c.record.current.tries = (struct list){both, 2};
    c.record.current.checkpointing = CHECKPOINTING_OFF;
    c.record.current.final_checkpoints = (struct list){0};
    assert_int_equal(judged().verdict, EVIDENCE_READY);
    struct trigger_try first = both[0];
    both[0] = both[1];
    both[1] = first;
    assert_int_equal(judged().verdict, EVIDENCE_CONFLICT);
}

static int64_t told(const char *location)
{
    return core_told_checkpoint(&c.seen.stats, str_of(location));
}

static void statistics_tell_a_savepoints_number_by_its_place(void **state)
{
    (void)state;
    static struct flink_checkpoint past[3];
    past[0] = (struct flink_checkpoint){.id = 8, .completed = true, .path = STR("file:/sp/b")};
    past[1] = (struct flink_checkpoint){.id = 7, .completed = false, .path = STR("file:/sp/c")};
    past[2] = (struct flink_checkpoint){.id = 6, .completed = true};
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats.latest_savepoint = (struct flink_checkpoint){.id = 9, .path = STR("file:/sp/a")};
    c.seen.stats.history = past;
    c.seen.stats.n_history = 3;
    assert_int_equal(told("file:///sp/a"), 9);
    assert_int_equal(told("file:/sp/b"), 8);
    assert_int_equal(told("file:/sp/c"), 0);
    assert_int_equal(told("file:/sp/d"), 0);
    assert_int_equal(told(""), 0);
    c.seen.stats.outcome = OUTCOME_UNKNOWN;
    assert_int_equal(told("file:/sp/a"), 0);
}

static enum evidence news(void)
{
    bool mismatch;
    struct core_in in = core_story_in();
    return core_running_evidence(&in, &mismatch);
}

static void news_are_noted_once(void **state)
{
    (void)state;
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    assert_int_equal(news(), EVIDENCE_NONE);
    c.record.current.checkpointing = CHECKPOINTING_UNKNOWN;
    assert_int_equal(news(), EVIDENCE_READY);
    c.record.current.checkpointing = CHECKPOINTING_ON;
    c.seen.stats.completed_count = 1; /* the first snapshot ever */
    assert_int_equal(news(), EVIDENCE_READY);
    c.record.had_snapshot = true;
    assert_int_equal(news(), EVIDENCE_NONE);
    c.record.current.checkpoint_directory = (struct str){0};
    assert_int_equal(news(), EVIDENCE_NONE);
    c.seen.stats.latest_completed.path = STR(CHECKPOINTS "/chk-1");
    assert_int_equal(news(), EVIDENCE_NONE);
    c.seen.stats.latest_completed.id = 1; /* where it checkpoints */
    assert_int_equal(news(), EVIDENCE_READY);
    c.seen.stats.latest_completed.path = (struct str){0}; /* not retained */
    assert_int_equal(news(), EVIDENCE_NONE);
    c.seen.stats.latest_completed.path = STR(CHECKPOINTS "/chk-1");
    c.seen.stats.latest_completed.is_savepoint = true;
    assert_int_equal(news(), EVIDENCE_NONE);
    c.seen.stats.latest_completed.is_savepoint = false;
    c.seen.stats_part.at = c.seen.committed_at;
    assert_int_equal(news(), EVIDENCE_READY);
    c.seen.stats_part.at--;
    assert_int_equal(news(), EVIDENCE_NONE);
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_UNKNOWN;
    assert_int_equal(news(), EVIDENCE_NONE);
    c.seen.stats.outcome = OUTCOME_REFUSED;
    assert_int_equal(news(), EVIDENCE_NONE);
    c.record.current.checkpointing = CHECKPOINTING_UNKNOWN;
    assert_int_equal(news(), EVIDENCE_READY);
}

static bool has_new_restarts(void)
{
    struct core_in in = core_story_in();
    return core_has_new_restarts(&in);
}

static void restarts_are_counted_from_what_is_recorded(void **state)
{
    (void)state;
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    assert_false(has_new_restarts());
    c.seen.stats.restarts = 2;
    assert_true(has_new_restarts());
    c.job.status.observed_flink_job_restarts = 2;
    assert_false(has_new_restarts());
    c.job.status.observed_flink_job_restarts = 1;
    c.seen.stats_part.at = c.seen.committed_at - 1;
    assert_false(has_new_restarts());
    c.seen.stats_part.at = c.seen.committed_at;
    assert_true(has_new_restarts());
    c.seen.stats.outcome = OUTCOME_UNKNOWN;
    assert_false(has_new_restarts());
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats_part.at = c.seen.committed_at = 0;
    assert_false(has_new_restarts());
}

static void a_stop_is_recorded_with_its_savepoint(void **state)
{
    (void)state;
    struct core_in in = core_story_in();
    assert_false(core_stop_is_recorded(&in));
    given_try(INTENT_STOP);
    in = core_story_in();
    assert_false(core_stop_is_recorded(&in));
    c.rows[0].status.state = SAVEPOINT_COMPLETED;
    assert_true(core_stop_is_recorded(&in));
    c.tries[0].stop = false;
    assert_false(core_stop_is_recorded(&in));
    c.tries[0].stop = true;
    c.rows[0].metadata.id = STR("another");
    assert_false(core_stop_is_recorded(&in));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(a_listing_that_is_missing_is_waited_for),
        CORE_STORY(a_listing_from_before_the_commit_counts_nothing),
        CORE_STORY(what_statistics_and_directory_agree_on_is_ready),
        CORE_STORY(what_only_the_directory_has_is_unconfirmed),
        CORE_STORY(what_the_directory_has_not_is_a_conflict),
        CORE_STORY(a_directory_that_does_not_exist_is_a_conflict),
        CORE_STORY(a_finished_job_keeps_no_checkpoints),
        CORE_STORY(what_was_restored_is_compared_with_what_was_asked),
        CORE_STORY(what_flink_refuses_to_tell_is_not_claimed),
        CORE_STORY(an_unnamed_directory_is_the_configured_one),
        CORE_STORY(a_directory_that_flink_named_goes_before_the_configured_one),
        CORE_STORY(what_is_found_is_told_oldest_first),
        CORE_STORY(an_empty_place_proves_little_of_a_job_that_nobody_saw),
        CORE_STORY(a_listing_that_was_never_made_counts_nothing),
        CORE_STORY(a_listing_is_waited_for_a_minute),
        CORE_STORY(the_broken_savepoint_of_a_stop_blocks),
        CORE_STORY(which_of_two_is_newer_is_not_guessed),
        CORE_STORY(where_its_number_is_known_nothing_is_waited_for),
        CORE_STORY(an_unconfirmed_checkpoint_needs_no_order),
        CORE_STORY(the_savepoint_of_a_stop_needs_no_number),
        CORE_STORY(a_later_try_is_newer_for_certain),
        CORE_STORY(statistics_tell_a_savepoints_number_by_its_place),
        CORE_STORY(news_are_noted_once),
        CORE_STORY(restarts_are_counted_from_what_is_recorded),
        CORE_STORY(a_stop_is_recorded_with_its_savepoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
