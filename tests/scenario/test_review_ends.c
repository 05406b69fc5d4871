/* What an attempt's end proves, one step at a time: the statistics of its JobManager against the
 * listing of its directories, and what the next start makes of both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/choice.h"
#include "core/evidence.h"
#include "core/pace.h"
#include "core/step.h"

#define NOW         (1000 * US_PER_S)
#define JOB         "d1000000-0000-4000-8000-000000000001"
#define CHECKPOINTS "file:/cp/d1000000000040008000000000000001"
#define TRY         "file:/sp/try-1"

static struct arena *a;
static struct deployment deployment;
static struct record record;
static struct job job;
static struct seen seen;
static struct core_env env;
static struct core_out out;
static struct platform_cluster cluster;
static struct seen_listing listings[2];
static struct snapshot_sight sights[1];
static struct str_pair conf[1];

static int begin(void **state)
{
    (void)state;
    a = arena_new();
    conf[0] = (struct str_pair){STR("execution.checkpointing.dir"), STR("file:/cp")};
    deployment = (struct deployment){.metadata.id = STR("d0")};
    deployment.spec.state = DESIRED_RUNNING;
    deployment.spec.upgrade_strategy = UPGRADE_STATEFUL;
    deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    deployment.spec.max_job_creation_attempts = 4;
    job = (struct job){.metadata.id = STR(JOB), .metadata.attempt = 1};
    job.status.flink_job_id = STR("d1000000000040008000000000000001");
    job.spec.template_.flink_configuration = (struct str_map){conf, 1};
    record = (struct record){.version = 2,
                             .wanted_spec_version = 1,
                             .spec_version = 1,
                             .wanted_state = DESIRED_RUNNING,
                             .top = 1};
    record.current =
        (struct attempt){.number = 1, .job_id = STR(JOB), .spec_version = 1, .end = END_FAILED};
    cluster = (struct platform_cluster){.attempt = 1, .jobmanager_alive = true};
    seen = (struct seen){.committed_at = NOW - US_PER_S, .timer_since = NOW - US_PER_S};
    seen.world_part.at = seen.stats_part.at = seen.cause_part.at = NOW - 1;
    seen.world_outcome = OUTCOME_DONE;
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static struct core_in input(void)
{
    return (struct core_in){.env = &env,
                            .deployment = &deployment,
                            .record = &record,
                            .job = &job,
                            .last_job = &job,
                            .seen = &seen,
                            .mono_us = NOW,
                            .wall_us = NOW,
                            .ids = {STR(JOB), STR(JOB)}};
}

/* Its JobManager has said its last words; they are recorded. */
static void when_the_end_is_read(void)
{
    record.current.phase = PHASE_ENDED;
    seen.clusters = &cluster;
    seen.n_clusters = 1;
    seen.stats.outcome = OUTCOME_DONE;
    struct core_in in = input();
    core_step(a, &in, &out);
    assert_int_equal(out.rule->then, ACTION_NOTE_READ);
    record = out.record;
}

/* Every process of it is gone, and its directories were listed. */
static void when_it_is_gone(void)
{
    record.current.phase = PHASE_GONE;
    record.intent = (struct intent){0};
    seen.timer = record.timer;
    seen.n_clusters = 0;
    seen.listings = listings;
    struct core_in in = input();
    core_step(a, &in, &out);
}

static void given_listing(const char *directory, enum outcome outcome, int64_t checkpoint)
{
    struct seen_listing *l = &listings[seen.n_listings++];
    *l = (struct seen_listing){.directory = str_of(directory), .outcome = outcome};
    l->part.at = NOW - 1;
    if (!checkpoint)
        return;
    sights[0] = (struct snapshot_sight){.location = STR(CHECKPOINTS "/chk-10"),
                                        .verified = VERIFIED_FULL,
                                        .checkpoint_id = checkpoint};
    l->items = sights;
    l->n = 1;
}

static void a_job_without_checkpoints_left_none(void **state)
{
    (void)state;
    /* Flink has statistics of such a job, and never made it a directory. */
    seen.stats.interval_ms = -1;
    when_the_end_is_read();
    given_listing(CHECKPOINTS, OUTCOME_REFUSED, 0);
    when_it_is_gone();
    assert_int_equal(out.rule->then, ACTION_COLLECT);
    assert_int_equal(out.record.current.phase, PHASE_NONE);
}

static void failed_checkpoints_do_not_hide_the_newest_complete_one(void **state)
{
    (void)state;
    static struct flink_checkpoint failed[] = {{.id = 12}, {.id = 11}};
    seen.stats.interval_ms = 1000;
    seen.stats.history = failed;
    seen.stats.n_history = 2;
    seen.stats.latest_completed =
        (struct flink_checkpoint){.id = 10, .completed = true, .path = STR(CHECKPOINTS "/chk-10")};
    when_the_end_is_read();
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    when_it_is_gone();
    assert_int_equal(out.rule->then, ACTION_COLLECT);
    assert_int_equal(out.n_savepoints, 1);
    assert_int_equal(out.savepoints[0].status.verified, VERIFIED_FULL);
}

static void what_restore_from_named_is_used_up_by_a_job_that_went_on_unseen(void **state)
{
    (void)state;
    deployment.spec.restore_from =
        (struct restore_from){.location = STR("file:/old/savepoint-1"), .nonce = STR("once")};
    record.current.restore_nonce = STR("once");
    record.current.end = END_LOST;
    given_listing(CHECKPOINTS, OUTCOME_DONE, 10);
    when_it_is_gone();
    assert_int_equal(out.rule->then, ACTION_COLLECT);
    assert_true(str_eq(out.record.used_nonce, STR("once")));
    record = out.record;
    const struct savepoint *rows[] = {&out.savepoints[0]};
    struct core_in in = input();
    in.savepoints = rows;
    in.n_savepoints = 1;
    struct choice c = core_choose(a, &in, false);
    assert_int_equal(c.kind, PICK_SNAPSHOT);
    assert_true(str_eq(c.savepoint->spec.savepoint_location, STR(CHECKPOINTS "/chk-10")));
}

static void what_is_to_be_deleted_does_not_wait_for_evidence(void **state)
{
    (void)state;
    deployment.spec.state = record.wanted_state = DESIRED_CANCELLED;
    record.removing = true;
    record.current.end = END_CANCELED;
    given_listing(CHECKPOINTS, OUTCOME_UNKNOWN, 0);
    seen.timer_since = NOW - WAIT_LISTING_US - US_PER_S;
    when_it_is_gone();
    assert_int_equal(out.rule->then, ACTION_COLLECT);
}

static void a_recorded_savepoint_needs_no_listing(void **state)
{
    (void)state;
    static struct trigger_try tries[] = {
        {.savepoint_id = {"s1", 2}, .directory = {TRY, sizeof(TRY) - 1}, .stop = true}};
    tries[0].settled = true;
    record.current.tries = (struct list){tries, 1};
    record.current.end = END_FINISHED;
    struct savepoint row = {.metadata.id = STR("s1"), .status.state = SAVEPOINT_COMPLETED};
    const struct savepoint *rows[] = {&row};
    given_listing(TRY, OUTCOME_UNKNOWN, 0);
    record.current.phase = PHASE_GONE;
    seen.listings = listings;
    struct core_in in = input();
    in.savepoints = rows;
    in.n_savepoints = 1;
    core_step(a, &in, &out);
    assert_int_equal(out.rule->then, ACTION_COLLECT);
    assert_int_equal(out.record.current.phase, PHASE_NONE);
}

/* Flink stopped the job with a savepoint that cannot be read: an older one must not replace it. */
static void a_broken_last_savepoint_blocks(void **state)
{
    (void)state;
    static struct trigger_try tries[] = {{.trigger_id = {"t1", 2},
                                          .savepoint_id = {"s1", 2},
                                          .directory = {TRY, sizeof(TRY) - 1},
                                          .stop = true}};
    struct savepoint rows[] = {
        {.metadata.id = STR("s1"), .status.state = SAVEPOINT_STARTED},
        {.metadata.id = STR("s0"),
         .status = {.state = SAVEPOINT_COMPLETED, .attempt = 1, .checkpoint_id = 8}}};
    const struct savepoint *both[] = {&rows[0], &rows[1]};
    record.current.phase = PHASE_UP;
    record.current.incarnation = STR("one");
    record.current.tries = (struct list){tries, 1};
    record.intent = (struct intent){.kind = INTENT_STOP,
                                    .attempt = 1,
                                    .trigger_id = STR("t1"),
                                    .savepoint_id = STR("s1"),
                                    .directory = STR(TRY)};
    seen.clusters = &cluster;
    seen.n_clusters = 1;
    seen.job_part.at = seen.trigger.part.at = seen.snapshot.part.at = NOW - 1;
    seen.job = (struct flink_sight){.outcome = OUTCOME_DONE, .job = FLINK_JOB_FINISHED};
    seen.job_incarnation = STR("one");
    seen.trigger.trigger_id = STR("t1");
    seen.trigger.state = FLINK_TRIGGER_COMPLETED;
    seen.trigger.location = seen.snapshot.location = STR(TRY "/savepoint-1");
    seen.snapshot.outcome = OUTCOME_REFUSED;
    struct core_in in = input();
    in.savepoints = both;
    in.n_savepoints = 2;
    core_step(a, &in, &out);
    assert_int_equal(out.n_savepoints, 1);
    rows[0] = out.savepoints[0];
    record = out.record;
    struct choice c = core_choose(a, &in, false);
    assert_int_equal(c.kind, PICK_BAD);
    assert_ptr_equal(c.savepoint, &rows[0]);
}

static void a_finished_job_with_a_broken_stop_is_a_conflict(void **state)
{
    (void)state;
    static struct trigger_try tries[] = {
        {.savepoint_id = {"s1", 2}, .directory = {TRY, sizeof(TRY) - 1}, .stop = true}};
    record.current.tries = (struct list){tries, 1};
    record.current.end = END_FINISHED;
    given_listing(TRY, OUTCOME_DONE, 10);
    sights[0].verified = VERIFIED_BROKEN;
    sights[0].text = STR("a file is missing");
    when_it_is_gone();
    assert_int_equal(out.rule->then, ACTION_BLOCK_EVIDENCE);
}

/* Tries whose answers nobody heard, and a job that was cancelled then: each is told of. */
static void every_savepoint_that_is_found_has_its_event(void **state)
{
    (void)state;
    enum { TRIES = 12 };
    static struct trigger_try tries[TRIES];
    static struct seen_listing found[TRIES];
    static struct snapshot_sight complete[TRIES];
    static struct savepoint rows[TRIES];
    const struct savepoint *all[TRIES];
    for (int i = 0; i < TRIES; i++) {
        struct str id = arena_fmt(a, "s%d", i);
        struct str directory = arena_fmt(a, "file:/sp/try-%d", i);
        tries[i] = (struct trigger_try){.savepoint_id = id, .directory = directory};
        complete[i] = (struct snapshot_sight){
            .location = directory, .verified = VERIFIED_FULL, .checkpoint_id = i + 1};
        found[i] = (struct seen_listing){
            .directory = directory, .outcome = OUTCOME_DONE, .items = &complete[i], .n = 1};
        found[i].part.at = NOW - 1;
        rows[i] = (struct savepoint){.metadata.id = id, .status.state = SAVEPOINT_STARTED};
        all[i] = &rows[i];
    }
    record.current.tries = (struct list){tries, TRIES};
    record.current.checkpointing = CHECKPOINTING_OFF;
    record.current.phase = PHASE_GONE;
    record.current.end = END_CANCELED;
    seen.listings = found;
    seen.n_listings = TRIES;
    struct core_in in = input();
    in.savepoints = all;
    in.n_savepoints = TRIES;
    core_step(a, &in, &out);
    assert_int_equal(out.rule->then, ACTION_COLLECT);
    assert_int_equal(out.n_savepoints, TRIES);
    assert_int_equal(out.n_events, TRIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_job_without_checkpoints_left_none, begin, end),
        cmocka_unit_test_setup_teardown(failed_checkpoints_do_not_hide_the_newest_complete_one,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            what_restore_from_named_is_used_up_by_a_job_that_went_on_unseen, begin, end),
        cmocka_unit_test_setup_teardown(what_is_to_be_deleted_does_not_wait_for_evidence, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_broken_last_savepoint_blocks, begin, end),
        cmocka_unit_test_setup_teardown(a_finished_job_with_a_broken_stop_is_a_conflict, begin,
                                        end),
        cmocka_unit_test_setup_teardown(every_savepoint_that_is_found_has_its_event, begin, end),
        cmocka_unit_test_setup_teardown(a_recorded_savepoint_needs_no_listing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
