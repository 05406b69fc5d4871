/* What is noted of the last that a JobManager says of its job, before it is torn down. */
#include "core_story.h"

#define THEIRS "file:/theirs/savepoint-7"

/* The job is over, and its JobManager was asked just now. */
static void given_last_words(enum end_kind end, enum outcome outcome)
{
    given_call(INTENT_NONE, PHASE_ENDED);
    c.record.current.end = (int)end;
    c.seen.stats_part.at = c.seen.cause_part.at = NOW - 1;
    c.seen.stats.outcome = outcome;
}

static void given_history(struct flink_checkpoint *past, size_t n)
{
    c.seen.stats.history = past;
    c.seen.stats.n_history = n;
}

static struct flink_checkpoint completed(int64_t id, const char *path)
{
    return (struct flink_checkpoint){.id = id, .completed = true, .path = str_of(path)};
}

static void only_a_checkpoint_that_is_kept_has_to_be_found(void **state)
{
    (void)state;
    struct flink_checkpoint past[5] = {
        completed(9, ""),                   /* nobody knows where */
        completed(8, "file:/cp/j/chk-8"),   /* deleted since */
        completed(7, "file:/cp/j/chk-7"),   /* failed */
        completed(6, "file:/sp/savepoint"), /* not Flink's own to delete */
        completed(5, "file:/cp/j/chk-5"),
    };
    past[1].discarded = true;
    past[2].completed = false;
    past[3].is_savepoint = true;
    given_last_words(END_CANCELED, OUTCOME_DONE);
    given_history(past, 5);
    c.seen.stats.latest_completed = past[4]; /* the same once more */
    then_it_does(ACTION_NOTE_READ);
    assert_int_equal(c.out.record.current.final_checkpoints.n, 1);
    const struct final_checkpoint *kept = c.out.record.current.final_checkpoints.items;
    assert_int_equal(kept->id, 5);
    assert_text(c.out.record.current.checkpoint_directory, "file:/cp/j");
}

static int checkpointing_after(enum checkpointing known)
{
    c.record.current.checkpointing = (int)known;
    then_it_does(ACTION_NOTE_READ);
    return c.out.record.current.checkpointing;
}

static void whether_it_took_checkpoints_is_told_by_what_is_left(void **state)
{
    (void)state;
    struct flink_checkpoint one = completed(5, "file:/cp/j/chk-5");
    given_last_words(END_CANCELED, OUTCOME_DONE);
    c.seen.stats.interval_ms = -1; /* none by itself */
    assert_int_equal(checkpointing_after(CHECKPOINTING_UNKNOWN), CHECKPOINTING_OFF);
    assert_int_equal(checkpointing_after(CHECKPOINTING_ON), CHECKPOINTING_ON);
    given_history(&one, 1); /* but somebody had one taken */
    assert_int_equal(checkpointing_after(CHECKPOINTING_UNKNOWN), CHECKPOINTING_ON);
    given_history(NULL, 0);
    c.seen.stats.interval_ms = 0;
    assert_int_equal(checkpointing_after(CHECKPOINTING_UNKNOWN), CHECKPOINTING_ON);
}

/* Of a job without checkpointing Flink has no statistics. */
static void a_refusal_tells_only_where_nothing_else_is_known(void **state)
{
    (void)state;
    given_last_words(END_CANCELED, OUTCOME_REFUSED);
    assert_int_equal(checkpointing_after(CHECKPOINTING_UNKNOWN), CHECKPOINTING_OFF);
    assert_int_equal(checkpointing_after(CHECKPOINTING_ON), CHECKPOINTING_ON);
    assert_false(c.out.record.current.stats_known);
}

/* They may be those of a moment before the end. */
static void words_from_before_the_end_are_not_the_last(void **state)
{
    (void)state;
    given_last_words(END_CANCELED, OUTCOME_DONE);
    then_it_does(ACTION_NOTE_READ);
    assert_true(c.out.record.current.stats_known);
    given_its_jobmanager_is_dead();
    c.seen.stats_part.at = c.seen.committed_at;
    then_it_does(ACTION_NOTE_READ);
    assert_true(c.out.record.current.stats_known);
    c.seen.stats_part.at--;
    c.seen.stats.latest_savepoint = completed(7, THEIRS);
    then_it_does(ACTION_NOTE_READ);
    assert_false(c.out.record.current.stats_known);
    assert_int_equal(c.out.n_savepoints, 0);
    c.seen.stats_part.at = 0;
    then_it_does(ACTION_NOTE_READ);
    assert_false(c.out.record.current.stats_known);
}

static void then_somebody_elses_savepoint_is_kept(bool kept)
{
    then_it_does(ACTION_NOTE_READ);
    assert_int_equal(c.out.n_savepoints, kept ? 1 : 0);
    assert_int_equal(said("FOUND_A_SAVEPOINT_OF_SOMEBODY_ELSE").len > 0, kept);
}

static void given_a_savepoint_of_somebody_else(void)
{
    given_last_words(END_CANCELED, OUTCOME_DONE);
    c.seen.stats.latest_savepoint = completed(7, THEIRS);
}

static void a_savepoint_of_somebody_else_is_not_gone_back_behind(void **state)
{
    (void)state;
    given_a_savepoint_of_somebody_else();
    then_somebody_elses_savepoint_is_kept(true);
    assert_text(c.out.savepoints[0].spec.savepoint_location, THEIRS);
    assert_int_equal(c.out.savepoints[0].status.checkpoint_id, 7);
    assert_int_equal(c.out.savepoints[0].metadata.origin, ORIGIN_COPIED);
    c.seen.stats.latest_savepoint.discarded = true;
    then_somebody_elses_savepoint_is_kept(false);
    c.seen.stats.latest_savepoint = completed(7, "");
    then_somebody_elses_savepoint_is_kept(false);
    c.seen.stats.latest_savepoint = completed(0, THEIRS);
    then_somebody_elses_savepoint_is_kept(false);
}

static void a_savepoint_that_is_known_is_nobody_elses(void **state)
{
    (void)state;
    struct flink_checkpoint past = completed(6, "file:/cp/j/chk-6");
    given_a_savepoint_of_somebody_else();
    given_history(&past, 1);
    then_somebody_elses_savepoint_is_kept(true);
    past.id = 8; /* there is something newer */
    then_somebody_elses_savepoint_is_kept(false);
    given_a_savepoint_of_somebody_else();
    given_row("s1", SAVEPOINT_COMPLETED);
    then_somebody_elses_savepoint_is_kept(true);
    c.rows[0].spec.savepoint_location = STR("file:///theirs/savepoint-7"); /* an import */
    then_somebody_elses_savepoint_is_kept(false);
    given_a_savepoint_of_somebody_else();
    given_try(INTENT_SAVEPOINT); /* it is ours */
    c.record.intent = (struct intent){0};
    c.seen.stats.latest_savepoint = completed(7, TRY "/savepoint-7");
    then_somebody_elses_savepoint_is_kept(false);
}

static void why_a_job_failed_is_said_if_flink_said_it(void **state)
{
    (void)state;
    given_last_words(END_FAILED, OUTCOME_DONE);
    then_it_does(ACTION_NOTE_READ);
    assert_text(said("JOB_FAILED"), ""); /* it failed while we cancelled it: no failure */
    c.job.status.failure.failed_at = NOW - 2;
    then_it_does(ACTION_NOTE_READ);
    assert_text(said("JOB_FAILED"), "Attempt 1 failed: Flink did not say why");
    c.seen.cause = STR("out of memory");
    then_it_does(ACTION_NOTE_READ);
    assert_text(said("JOB_FAILED"), "Attempt 1 failed: out of memory");
    assert_text(c.out.jobs[0]->status.failure.message, "out of memory");
    c.job.status.failure.failed_at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(only_a_checkpoint_that_is_kept_has_to_be_found),
        CORE_STORY(whether_it_took_checkpoints_is_told_by_what_is_left),
        CORE_STORY(a_refusal_tells_only_where_nothing_else_is_known),
        CORE_STORY(words_from_before_the_end_are_not_the_last),
        CORE_STORY(a_savepoint_of_somebody_else_is_not_gone_back_behind),
        CORE_STORY(a_savepoint_that_is_known_is_nobody_elses),
        CORE_STORY(why_a_job_failed_is_said_if_flink_said_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
