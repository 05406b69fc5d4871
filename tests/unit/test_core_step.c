/* Single steps: what becomes of a savepoint try whose result comes late, by half or not at all, and
 * how often a call that was refused is made. */
#include "core_story.h"

static const struct savepoint *put_row(void)
{
    assert_int_equal(c.out.n_savepoints, 1);
    return &c.out.savepoints[0];
}

static void given_trigger(enum flink_trigger_state state)
{
    c.seen.trigger.part.at = NOW - 1;
    c.seen.trigger.trigger_id = STR("t1");
    c.seen.trigger.state = state;
    c.seen.trigger.location = STR(TRY "/savepoint-1");
}

static void given_read(enum outcome outcome, int64_t checkpoint)
{
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.location = c.seen.trigger.location;
    c.seen.snapshot.outcome = outcome;
    c.seen.snapshot.sight =
        (struct snapshot_sight){.verified = VERIFIED_FULL, .checkpoint_id = checkpoint};
}

/* An edit has led to a stop, and its deadline has passed; the job runs. */
static void given_a_stop_that_is_late(void)
{
    c.record.spec_version = c.record.wanted_spec_version = 2;
    static struct str_pair version[1];
    version[0] = (struct str_pair){STR(ANNOTATION_SPEC_VERSION), STR("2")};
    c.deployment.metadata.annotations = (struct str_map){version, 1};
    c.deployment.spec.template_.spec.parallelism = 2;
    c.record.operation = (struct operation){.kind = OPERATION_UPGRADE, .by_user = true};
    given_try(INTENT_STOP);
    given_waited(DEADLINE_SAVEPOINT_US + US_PER_S);
}

static void then_it_is_kept_and_the_try_is_spent(int verified, int64_t checkpoint)
{
    assert_int_equal(put_row()->status.state, SAVEPOINT_COMPLETED);
    assert_int_equal(put_row()->status.verified, verified);
    assert_int_equal(put_row()->status.checkpoint_id, checkpoint);
    assert_int_equal(c.out.record.operation.savepoint_tries, 1);
    assert_int_equal(c.out.record.intent.kind, INTENT_NONE);
    const struct trigger_try *tries = c.out.record.current.tries.items;
    assert_true(tries[0].settled);
}

static void a_late_stop_behind_a_newer_checkpoint_is_kept(void **state)
{
    (void)state;
    given_a_stop_that_is_late();
    given_trigger(FLINK_TRIGGER_COMPLETED);
    given_read(OUTCOME_DONE, 7);
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats.latest_completed = (struct flink_checkpoint){.id = 9, .completed = true};
    then_it_does(ACTION_NOTE_TRY_FAILED);
    then_it_is_kept_and_the_try_is_spent(VERIFIED_FULL, 7);
}

static void a_late_stop_that_was_not_read_yet_is_kept(void **state)
{
    (void)state;
    given_a_stop_that_is_late();
    given_trigger(FLINK_TRIGGER_COMPLETED);
    given_row("s0", SAVEPOINT_COMPLETED)->status =
        (struct savepoint_status){.state = SAVEPOINT_COMPLETED, .attempt = 1, .checkpoint_id = 5};
    then_it_does(ACTION_NOTE_TRY_FAILED);
    then_it_is_kept_and_the_try_is_spent(VERIFIED_REPORTED, 5);
}

static void a_late_stop_that_only_its_directory_knows_is_kept(void **state)
{
    (void)state;
    given_a_stop_that_is_late();
    given_trigger(FLINK_TRIGGER_NOT_KNOWN);
    given_listing(TRY, OUTCOME_DONE, 7);
    then_it_does(ACTION_NOTE_TRY_FAILED);
    then_it_is_kept_and_the_try_is_spent(VERIFIED_FULL, 7);
    assert_true(str_contains(put_row()->spec.savepoint_location, STR(TRY)));
}

/* What was seen last is about the try before. */
static void the_result_of_another_try_is_not_taken_for_this_one(void **state)
{
    (void)state;
    given_a_stop_that_is_late();
    given_trigger(FLINK_TRIGGER_STOP_FAILED);
    given_read(OUTCOME_DONE, 7);
    c.seen.trigger.trigger_id = STR("t0");
    then_it_does(ACTION_NOTE_TRY_FAILED);
    assert_int_equal(put_row()->status.state, SAVEPOINT_FAILED);
    assert_text(put_row()->status.failure_message, "no result by the deadline");
}

static void a_savepoint_on_request_that_is_late_is_kept_too(void **state)
{
    (void)state;
    given_try(INTENT_SAVEPOINT);
    given_waited(DEADLINE_SAVEPOINT_US + US_PER_S);
    given_trigger(FLINK_TRIGGER_COMPLETED);
    then_it_does(ACTION_NOTE_SAVEPOINT_FAILED);
    assert_int_equal(put_row()->status.state, SAVEPOINT_COMPLETED);
    assert_int_equal(c.out.record.operation.savepoint_tries, 0);
}

/* Nobody looked at it while it ran: its last words tell that it had state (invariant 4). */
static void last_statistics_tell_that_there_was_state(void **state)
{
    (void)state;
    given_call(INTENT_NONE, PHASE_ENDED);
    c.record.current.end = END_FINISHED;
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    then_it_does(ACTION_NOTE_READ);
    assert_false(c.out.record.had_snapshot);
    c.seen.stats.completed_count = 1;
    then_it_does(ACTION_NOTE_READ);
    assert_true(c.out.record.had_snapshot);
}

/* Storage cannot be read: Flink is asked for the number that tells old from new. */
static void where_storage_cannot_be_read_flink_tells_the_number(void **state)
{
    (void)state;
    given_try(INTENT_SAVEPOINT);
    c.seen.call = (struct seen_call){.sent = true, .answered = true, .outcome = OUTCOME_DONE};
    given_trigger(FLINK_TRIGGER_COMPLETED);
    then_it_does(ACTION_LOOK);
    assert_false(looks(LOOK_STATS));
    given_read(OUTCOME_UNKNOWN, 0);
    then_it_does(ACTION_LOOK);
    assert_true(looks(LOOK_STATS));
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.stats.latest_savepoint =
        (struct flink_checkpoint){.id = 7, .path = STR(TRY "/savepoint-1")};
    then_it_does(ACTION_NOTE_SAVEPOINT);
    assert_int_equal(put_row()->status.verified, VERIFIED_REPORTED);
    assert_int_equal(put_row()->status.checkpoint_id, 7);
    const struct trigger_try *tries = c.out.record.current.tries.items;
    assert_int_equal(tries[0].checkpoint_id, 7);
    c.seen.stats.outcome = OUTCOME_UNKNOWN;
    then_it_does(ACTION_NOTE_SAVEPOINT);
    tries = c.out.record.current.tries.items;
    assert_true(tries[0].settled);
    assert_int_equal(tries[0].checkpoint_id, 0);
}

static void a_savepoint_that_cannot_be_read_has_failed(void **state)
{
    (void)state;
    given_try(INTENT_SAVEPOINT);
    given_trigger(FLINK_TRIGGER_COMPLETED);
    given_read(OUTCOME_REFUSED, 0);
    c.seen.snapshot.text = STR("_metadata is missing");
    then_it_does(ACTION_NOTE_SAVEPOINT_FAILED);
    assert_int_equal(put_row()->status.state, SAVEPOINT_FAILED);
    assert_text(put_row()->status.failure_message, "_metadata is missing");
}

/* Flink has said no: its directory need not be read to know that nothing was begun. */
static void a_refused_trigger_is_posted_again_only_after_a_pause(void **state)
{
    (void)state;
    given_a_stop_that_is_late();
    given_waited(10 * US_PER_S);
    given_trigger(FLINK_TRIGGER_NOT_KNOWN);
    c.seen.call = (struct seen_call){.sent = true,
                                     .times = 4,
                                     .answered = true,
                                     .sent_at = NOW - US_PER_S,
                                     .answered_at = NOW - US_PER_S,
                                     .outcome = OUTCOME_REFUSED,
                                     .status = 400,
                                     .text = STR("not now")};
    then_it_does(ACTION_CALL_AGAIN);
    for (size_t i = 0; i < c.out.n_effects; i++)
        assert_int_not_equal(c.out.effects[i].kind, CALL_STOP);
    assert_text(c.out.status.reason, "CALL_REFUSED");
    assert_true(c.out.status.next_try_at > NOW);
    c.seen.call.sent_at = c.seen.call.answered_at = NOW - 9 * US_PER_S;
    then_it_does(ACTION_CALL_AGAIN);
    assert_int_equal(c.out.effects[0].kind, CALL_STOP);
}

/* Whether an earlier life of the daemon sent it is not known, and never will be. */
static void a_program_is_not_run_twice(void **state)
{
    (void)state;
    c.record.current.phase = PHASE_SUBMITTED;
    c.record.intent = (struct intent){.kind = INTENT_SUBMIT, .attempt = 1};
    c.seen.job.job = FLINK_JOB_ABSENT;
    then_it_does(ACTION_LOOK);
    given_waited(DEADLINE_SUBMIT_US + US_PER_S);
    then_it_does(ACTION_FAIL_START);
}

/* A failed job is proven gone, its directory holds checkpoint 9, and what runs next is at hand. */
static struct str given_a_recovery(void)
{
    c.record.current.phase = PHASE_GONE;
    c.record.current.end = END_FAILED;
    c.record.operation = (struct operation){.kind = OPERATION_RECOVER};
    c.record.had_snapshot = true;
    c.job.status.failure.failed_at = NOW - US_PER_S;
    c.seen.n_clusters = 0;
    c.seen.artifact.part.at = NOW - 1;
    c.seen.artifact.spec_version = 1;
    c.seen.artifact.outcome = OUTCOME_DONE;
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.outcome = OUTCOME_DONE;
    c.seen.snapshot.sight = (struct snapshot_sight){.verified = VERIFIED_FULL};
    return given_listing(CHECKPOINTS, OUTCOME_DONE, 9)->location;
}

static void the_end_of_an_attempt_and_the_next_one_are_one_commit(void **state)
{
    (void)state;
    c.seen.snapshot.location = given_a_recovery(); /* it was verified a moment before */
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.n_then, 1);
    assert_int_equal(c.out.then[0]->then, ACTION_RESERVE);
    assert_int_equal(c.out.record.intent.kind, INTENT_PROVISION);
    assert_int_equal(c.out.record.intent.rule, 510);
    assert_text(c.out.record.current.job_id, FRESH_ID);
    assert_int_equal(c.out.n_jobs, 2);
    assert_text(c.out.jobs[0]->metadata.id, JOB);
    assert_int_equal(c.out.jobs[0]->status.state, JOB_FAILED);
    assert_text(c.out.jobs[1]->metadata.id, FRESH_ID);
    assert_int_equal(c.out.jobs[1]->metadata.attempt, 2);
    assert_int_equal(c.out.jobs[1]->status.state, JOB_STARTING);
    assert_int_equal(put_row()->status.checkpoint_id, 9);
    for (size_t i = 0; i < c.out.n_events; i++)
        assert_text(c.out.events[i].job_id, c.out.events[i].rule == 510 ? FRESH_ID : JOB);
}

static void what_was_just_collected_is_verified_before_the_next_attempt(void **state)
{
    (void)state;
    struct savepoint *older = given_row("s1", SAVEPOINT_COMPLETED);
    older->status.verified = VERIFIED_FULL;
    given_a_recovery();
    c.seen.snapshot.location = older->spec.savepoint_location;
    then_it_does(ACTION_COLLECT);
    assert_int_equal(c.out.n_then, 0);
    assert_int_equal(c.out.n_jobs, 1);
    assert_int_equal(c.out.record.intent.kind, INTENT_NONE);
}

/* Its jar was missing; now it is back, and the job up again after a restart that is news too. */
static void a_stop_that_follows_news_is_not_shown_as_blocked(void **state)
{
    (void)state;
    given_a_stop_that_is_late();
    c.n_rows = 0;
    c.record.current.tries = (struct list){0};
    c.record.intent = (struct intent){0};
    c.record.had_snapshot = true;
    given_waited(0);
    c.seen.artifact.part.at = NOW - 1;
    c.seen.artifact.spec_version = 2;
    c.seen.artifact.outcome = OUTCOME_REFUSED;
    c.seen.job.job = FLINK_JOB_RESTARTING;
    then_it_does(ACTION_BLOCK_PREFLIGHT);
    assert_text(c.out.record.gave_up, "BLOCKED_CANNOT_START");
    c.record = c.out.record;
    c.seen.artifact.outcome = OUTCOME_DONE;
    c.seen.job.job = FLINK_JOB_RUNNING;
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    c.record.current.restored = RESTORED_UNCHECKED;
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_int_equal(c.out.n_then, 1);
    assert_int_equal(c.out.then[0]->then, ACTION_STOP);
    assert_int_equal(c.out.record.gave_up.len, 0);
}

/* Where it takes checkpoints may be set in its own code: nobody saw. */
static void a_job_that_nobody_saw_was_not_watched(void **state)
{
    (void)state;
    c.record.current.phase = PHASE_SUBMITTED;
    c.record.current.checkpointing = CHECKPOINTING_UNKNOWN;
    c.record.intent = (struct intent){.kind = INTENT_SUBMIT, .attempt = 1};
    c.cluster.jobmanager_alive = false;
    c.cluster.jobmanager_dead = true;
    /* Its TaskManagers were asked for 9 s ago, and nothing was heard of it since. */
    c.seen.job.job = FLINK_JOB_UNKNOWN;
    c.seen.job_good_at = NOW - 9 * US_PER_S;
    c.seen.call = (struct seen_call){.sent = true, .sent_at = NOW - 9 * US_PER_S};
    then_it_does(ACTION_NOTE_LOST);
    assert_true(c.out.record.current.unwatched);
    /* Lost at once, it cannot have come far; and what was told of it a moment ago counts. */
    c.seen.call.sent_at = NOW - US_PER_S / 2;
    then_it_does(ACTION_NOTE_LOST);
    assert_false(c.out.record.current.unwatched);
    c.seen.call.sent_at = NOW - 9 * US_PER_S;
    c.seen.job_told_at = NOW - US_PER_S;
    then_it_does(ACTION_NOTE_LOST);
    assert_false(c.out.record.current.unwatched);
    c.seen.job_incarnation = STR("two"); /* another process told it */
    then_it_does(ACTION_NOTE_LOST);
    assert_true(c.out.record.current.unwatched);
}

static void news_of_a_running_job_do_not_hold_up_its_stop(void **state)
{
    (void)state;
    given_a_stop_that_is_late();
    c.n_rows = 0;
    c.record.current.tries = (struct list){0};
    c.record.intent = (struct intent){0};
    c.record.current.restored = RESTORED_UNCHECKED;
    given_waited(0);
    c.seen.stats_part.at = NOW - 1;
    c.seen.stats.outcome = OUTCOME_DONE;
    c.seen.artifact.part.at = NOW - 1;
    c.seen.artifact.spec_version = 2;
    c.seen.artifact.outcome = OUTCOME_DONE;
    then_it_does(ACTION_NOTE_EVIDENCE);
    assert_int_equal(c.out.n_then, 1);
    assert_int_equal(c.out.then[0]->then, ACTION_STOP);
    assert_int_equal(c.out.record.current.restored, RESTORED_AS_ASKED);
    assert_int_equal(c.out.record.intent.kind, INTENT_STOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(a_late_stop_behind_a_newer_checkpoint_is_kept),
        CORE_STORY(a_late_stop_that_was_not_read_yet_is_kept),
        CORE_STORY(a_late_stop_that_only_its_directory_knows_is_kept),
        CORE_STORY(the_result_of_another_try_is_not_taken_for_this_one),
        CORE_STORY(a_savepoint_on_request_that_is_late_is_kept_too),
        CORE_STORY(where_storage_cannot_be_read_flink_tells_the_number),
        CORE_STORY(last_statistics_tell_that_there_was_state),
        CORE_STORY(a_savepoint_that_cannot_be_read_has_failed),
        CORE_STORY(a_refused_trigger_is_posted_again_only_after_a_pause),
        CORE_STORY(a_program_is_not_run_twice),
        CORE_STORY(the_end_of_an_attempt_and_the_next_one_are_one_commit),
        CORE_STORY(what_was_just_collected_is_verified_before_the_next_attempt),
        CORE_STORY(news_of_a_running_job_do_not_hold_up_its_stop),
        CORE_STORY(a_stop_that_follows_news_is_not_shown_as_blocked),
        CORE_STORY(a_job_that_nobody_saw_was_not_watched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
