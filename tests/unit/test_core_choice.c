/* Restore selection over Savepoint records: which one, and why not the others. */
#include "story.h"

#include "core/choice.h"
#include "core/pace.h"

static struct deployment deployment;
static struct record record;
static struct savepoint rows[6];
static const struct savepoint *list[6];
static struct core_env env;
static struct seen seen;

static struct core_in input(void)
{
    struct core_in in = {.env = &env,
                         .deployment = &deployment,
                         .record = &record,
                         .savepoints = list,
                         .seen = &seen,
                         .wall_us = 1000000 * US_PER_S};
    while (in.n_savepoints < 6 && list[in.n_savepoints])
        in.n_savepoints++;
    return in;
}

/* A Deployment under LATEST_STATE that has had state. */
static void given(enum restore_kind restore)
{
    deployment = (struct deployment){.spec.restore_strategy = (int)restore,
                                     .spec.upgrade_strategy = UPGRADE_STATEFUL};
    deployment.spec.template_.spec.artifact.flink_version = STR("1.20");
    record = (struct record){.had_snapshot = true, .spec_version = 1, .top = 9};
    memset(rows, 0, sizeof(rows));
    memset(list, 0, sizeof(list));
}

static struct savepoint *given_snapshot(const char *id, enum savepoint_origin origin,
                                        int64_t attempt, int64_t checkpoint)
{
    size_t i = 0;
    while (list[i])
        i++;
    struct savepoint *s = &rows[i];
    list[i] = s;
    s->metadata.id = str_of(id);
    s->metadata.origin = (int)origin;
    s->spec.savepoint_location = arena_fmt(story_arena, "file:/snapshots/%s", id);
    s->status.state = SAVEPOINT_COMPLETED;
    s->status.verified = VERIFIED_FULL;
    s->status.metadata_version = 4;
    s->status.attempt = attempt;
    s->status.checkpoint_id = checkpoint;
    s->status.sequence = (int64_t)i + 1;
    return s;
}

static struct choice chosen(void)
{
    struct core_in in = input();
    return core_choose(story_arena, &in, true);
}

static void then_it_is(const char *id)
{
    struct choice c = chosen();
    assert_int_equal(c.kind, PICK_SNAPSHOT);
    assert_text(c.savepoint->metadata.id, id);
}

static void then_rejected(const char *id, enum reject why)
{
    struct choice c = chosen();
    for (size_t i = 0; i < c.n_candidates; i++)
        if (str_eq(c.candidates[i].savepoint->metadata.id, str_of(id))) {
            assert_string_equal(reject_name(c.candidates[i].reject), reject_name(why));
            return;
        }
    fail_msg("%s is not among the candidates", id);
}

static void lineage_decides_and_not_the_order_of_registration(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("chk-3-of-2", ORIGIN_RETAINED_CHECKPOINT, 2, 3);
    given_snapshot("chk-900-of-1", ORIGIN_RETAINED_CHECKPOINT, 1, 900);
    given_snapshot("savepoint-2-of-2", ORIGIN_USER_REQUEST, 2, 2);
    then_it_is("chk-3-of-2");
    then_rejected("chk-900-of-1", REJECT_OLDER);
    then_rejected("savepoint-2-of-2", REJECT_OLDER);
}

static void latest_savepoint_leaves_checkpoints_out(void **state)
{
    (void)state;
    given(RESTORE_LATEST_SAVEPOINT);
    given_snapshot("savepoint", ORIGIN_USER_REQUEST, 1, 5);
    given_snapshot("checkpoint", ORIGIN_RETAINED_CHECKPOINT, 2, 9);
    then_it_is("savepoint");
    then_rejected("checkpoint", REJECT_STRATEGY);
}

static void none_takes_none(void **state)
{
    (void)state;
    given(RESTORE_NONE);
    given_snapshot("savepoint", ORIGIN_USER_REQUEST, 1, 5);
    assert_int_equal(chosen().kind, PICK_EMPTY);
    then_rejected("savepoint", REJECT_STRATEGY);
}

static void an_import_counts_from_its_registration(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("imported", ORIGIN_COPIED, 2, 1000000);
    given_snapshot("before", ORIGIN_SUSPEND, 2, 40);
    then_it_is("imported");
    given_snapshot("after", ORIGIN_SUSPEND, 3, 1);
    then_it_is("after");
}

static void failed_and_unconfirmed_ones_are_passed_over(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("good", ORIGIN_SUSPEND, 1, 1);
    given_snapshot("failed", ORIGIN_SUSPEND, 2, 1)->status.state = SAVEPOINT_FAILED;
    given_snapshot("unconfirmed", ORIGIN_RETAINED_CHECKPOINT, 2, 7)->status.verified =
        VERIFIED_UNCONFIRMED;
    then_it_is("good");
    then_rejected("failed", REJECT_NOT_COMPLETED);
    then_rejected("unconfirmed", REJECT_UNCONFIRMED);
}

static void a_broken_newest_blocks_and_is_never_skipped(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("older", ORIGIN_SUSPEND, 1, 1);
    given_snapshot("broken", ORIGIN_RETAINED_CHECKPOINT, 2, 7)->status.verified = VERIFIED_BROKEN;
    assert_int_equal(chosen().kind, PICK_BAD);
    then_rejected("broken", REJECT_BROKEN);
    then_rejected("older", REJECT_OLDER);
}

/* It is looked at again as long as it blocks. */
static void a_broken_newest_is_taken_once_it_is_read_whole(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    const struct savepoint *s = given_snapshot("broken", ORIGIN_SUSPEND, 2, 7);
    rows[0].status.verified = VERIFIED_BROKEN;
    seen.snapshot.location = s->spec.savepoint_location;
    seen.snapshot.sight.verified = VERIFIED_FULL;
    assert_int_equal(chosen().kind, PICK_BAD);
    seen.snapshot.outcome = OUTCOME_DONE;
    then_it_is("broken");
    seen.snapshot.sight.verified = VERIFIED_BROKEN;
    assert_int_equal(chosen().kind, PICK_BAD);
    seen.snapshot.sight.verified = VERIFIED_FULL;
    seen.snapshot.location = STR("file:/snapshots/another");
    assert_int_equal(chosen().kind, PICK_BAD);
    seen.snapshot = (struct seen_snapshot){0};
}

static void what_this_flink_cannot_read_blocks(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("of-flink-2", ORIGIN_SUSPEND, 1, 1)->status.metadata_version = 6;
    assert_int_equal(chosen().kind, PICK_BAD);
    then_rejected("of-flink-2", REJECT_UNREADABLE);
}

static void state_that_is_too_old_is_refused(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    deployment.spec.max_state_age.us = 3600 * US_PER_S;
    given_snapshot("old", ORIGIN_SUSPEND, 1, 1)->status.state_taken_at =
        1000000 * US_PER_S - 3601 * US_PER_S;
    assert_int_equal(chosen().kind, PICK_FORBIDDEN);
    then_rejected("old", REJECT_TOO_OLD);
}

static void state_is_too_old_when_there_is_a_limit_and_it_is_older(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    struct savepoint *s = given_snapshot("old", ORIGIN_SUSPEND, 1, 1);
    s->status.state_taken_at = 1000000 * US_PER_S - 3600 * US_PER_S;
    then_it_is("old"); /* no limit */
    deployment.spec.max_state_age.us = 3600 * US_PER_S;
    then_it_is("old");
    deployment.spec.max_state_age.us--;
    then_rejected("old", REJECT_TOO_OLD);
    s->status.state_taken_at = 0; /* not known */
    then_it_is("old");
}

static void only_a_complete_whole_and_confirmed_one_is_usable(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    struct savepoint *s = given_snapshot("s", ORIGIN_SUSPEND, 1, 1);
    assert_true(savepoint_is_usable(s));
    s->status.verified = VERIFIED_BROKEN;
    assert_false(savepoint_is_usable(s));
    s->status.verified = VERIFIED_UNCONFIRMED;
    assert_false(savepoint_is_usable(s));
    s->status.verified = VERIFIED_REPORTED;
    assert_true(savepoint_is_usable(s));
    s->status.state = SAVEPOINT_FAILED;
    assert_false(savepoint_is_usable(s));
}

static void candidates_are_told_newest_first_and_why(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("first", ORIGIN_SUSPEND, 1, 1);
    given_snapshot("third", ORIGIN_SUSPEND, 3, 1);
    given_snapshot("second", ORIGIN_SUSPEND, 2, 9);
    struct choice c = chosen();
    assert_int_equal(c.n_candidates, 3);
    assert_text(c.candidates[0].savepoint->metadata.id, "third");
    assert_text(c.candidates[1].savepoint->metadata.id, "second");
    assert_text(c.candidates[2].savepoint->metadata.id, "first");
    then_rejected("third", REJECT_CHOSEN);
    assert_text(c.reason, "the newest completed snapshot");
    deployment.spec.restore_strategy = RESTORE_LATEST_SAVEPOINT;
    assert_text(chosen().reason, "the newest completed savepoint");
}

/* Taken by the very attempt that went back, before it was seen up. */
static void what_an_attempt_took_itself_is_not_behind_it(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("own", ORIGIN_USER_REQUEST, 3, 1);
    record.floor_attempt = 3;
    record.floor_sequence = 1;
    then_it_is("own");
    record.floor_attempt = 4;
    then_rejected("own", REJECT_BEHIND);
    record.floor_sequence = 0; /* an import made since */
    then_it_is("own");
}

static bool an_edit_decides_state(enum phase phase, enum operation_kind kind, bool by_user)
{
    record.current.phase = (int)phase;
    record.operation = (struct operation){.kind = (int)kind, .by_user = by_user};
    struct core_in in = input();
    return core_edit_decides_state(&in);
}

static void an_edit_decides_on_state_where_no_recovery_is_under_way(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    assert_true(an_edit_decides_state(PHASE_NONE, OPERATION_NONE, false));
    assert_true(an_edit_decides_state(PHASE_NONE, OPERATION_START, true));
    assert_true(an_edit_decides_state(PHASE_UP, OPERATION_RECOVER, false));
    assert_true(an_edit_decides_state(PHASE_SUBMITTED, OPERATION_RECOVER, false));
    assert_false(an_edit_decides_state(PHASE_NONE, OPERATION_RECOVER, false));
    assert_false(an_edit_decides_state(PHASE_READ, OPERATION_RECOVER, false));
    assert_false(an_edit_decides_state(PHASE_NONE, OPERATION_UPGRADE, true));
    deployment.spec.upgrade_strategy = UPGRADE_STATELESS;
    assert_true(an_edit_decides_state(PHASE_NONE, OPERATION_UPGRADE, true));
}

static void an_explicit_restore_is_used_once_and_what_lies_behind_it_no_more(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("named", ORIGIN_USER_REQUEST, 1, 5);
    given_snapshot("newer", ORIGIN_SUSPEND, 2, 9);
    deployment.spec.restore_from =
        (struct restore_from){.savepoint_id = STR("named"), .nonce = STR("one")};
    then_it_is("named");
    assert_text(chosen().reason, "spec.restoreFrom names it");
    then_rejected("newer", REJECT_NOT_NAMED);
    /* Attempt 3 began from it; what is older than that, but for itself, is behind. */
    record.used_nonce = STR("one");
    record.floor_attempt = 3;
    record.floor_sequence = 2;
    record.floor_savepoint_id = STR("named");
    then_it_is("named");
    then_rejected("newer", REJECT_BEHIND);
    given_snapshot("later", ORIGIN_SUSPEND, 3, 1);
    then_it_is("later");
}

static void an_explicit_restore_of_nothing_blocks(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    given_snapshot("newest", ORIGIN_SUSPEND, 2, 9);
    deployment.spec.restore_from.location = STR("file:/elsewhere");
    assert_int_equal(chosen().kind, PICK_BAD);
    assert_text(chosen().reason, "spec.restoreFrom names no completed snapshot");
}

static void starting_empty_takes_a_decision(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    assert_int_equal(chosen().kind, PICK_FORBIDDEN);
    record.operation = (struct operation){.kind = OPERATION_START, .by_user = true};
    assert_int_equal(chosen().kind, PICK_EMPTY);
    record.operation.kind = OPERATION_UPGRADE; /* stateful: nobody asked for an empty start */
    assert_int_equal(chosen().kind, PICK_FORBIDDEN);
    record.had_snapshot = false;
    record.operation = (struct operation){.kind = OPERATION_RECOVER};
    assert_int_equal(chosen().kind, PICK_EMPTY);
    deployment.spec.require_state = true;
    assert_int_equal(chosen().kind, PICK_FORBIDDEN);
}

/* Under upgrade NONE an edit waits, and what failed is started again as it was. */
static void a_recovery_under_upgrade_none_runs_what_ran(void **state)
{
    (void)state;
    struct job last = {.spec.template_.parallelism = 7};
    given(RESTORE_LATEST_STATE);
    deployment.spec.upgrade_strategy = UPGRADE_NONE;
    record.spec_version = 5;
    record.operation = (struct operation){.kind = OPERATION_RECOVER, .to_spec_version = 4};
    struct core_in in = input();
    assert_int_equal(core_target_version(&in), 5);
    in.last_job = &last;
    assert_int_equal(core_target_version(&in), 4);
    assert_int_equal(core_target_template(&in)->parallelism, 7);
    record.operation.kind = OPERATION_START;
    assert_int_equal(core_target_version(&in), 5);
    assert_int_equal(core_target_template(&in)->parallelism, 0);
    record.operation.kind = OPERATION_RECOVER;
    deployment.spec.upgrade_strategy = UPGRADE_STATEFUL;
    assert_int_equal(core_target_version(&in), 5);
}

static void a_back_off_doubles_up_to_a_minute(void **state)
{
    (void)state;
    assert_int_equal(pace_backoff_us(0, 1), 0);
    for (int64_t n = 1; n < 40; n++)
        for (int64_t seed = 0; seed < 50; seed++) {
            int64_t full = n > 6 ? 60 * US_PER_S : US_PER_S << (n - 1);
            int64_t is = pace_backoff_us(n, seed);
            assert_true(is <= full && is >= full - full / 4);
        }
    assert_int_not_equal(pace_backoff_us(5, 1), pace_backoff_us(5, 2));
}

/* Who takes a failed job's place runs the bytes that it ran; whoever asks for something newer gets what
 * is behind the URIs then. */
static void a_recovery_runs_the_recorded_jars(void **state)
{
    (void)state;
    given(RESTORE_LATEST_STATE);
    record.operation.kind = OPERATION_RECOVER;
    record.current = (struct attempt){.number = 9, .spec_version = 1, .artifact_sha256 = STR("ab")};
    struct core_in in = input();
    assert_ptr_equal(core_recorded_jars(&in), &record.current);
    record.operation.kind = OPERATION_UPGRADE;
    assert_null(core_recorded_jars(&in));
    record.operation.kind = OPERATION_RECOVER;
    record.spec_version = 2;
    assert_null(core_recorded_jars(&in));
    record.spec_version = 1;
    /* Of a record that was written before there were dependencies. */
    struct str more = STR("file:///udf.jar");
    deployment.spec.template_.spec.artifact.additional_dependencies = (struct str_list){&more, 1};
    assert_null(core_recorded_jars(&in));
    record.current.artifact_sha256 = (struct str){0};
    deployment.spec.template_.spec.artifact.additional_dependencies.n = 0;
    assert_null(core_recorded_jars(&in));
}

static void looks_grow_rarer(void **state)
{
    (void)state;
    assert_int_equal(pace_look_us(0, 1), LOOK_BUSY_US);
    assert_int_equal(pace_look_us(10 * US_PER_S, 1), 10 * US_PER_MS);
    assert_int_equal(pace_look_us(30 * US_PER_S, 1), 600 * US_PER_MS);
    assert_int_equal(pace_look_us(3600 * US_PER_S, 1), LOOK_SLOW_US);
}

static void those_under_way_share_the_looks(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 300; n++)
        assert_true(n * US_PER_S / pace_look_us(0, n) <= 333);
    /* A long wait is not made longer by others. */
    assert_int_equal(pace_look_us(16 * US_PER_S, 3), 16 * US_PER_MS);
    assert_int_equal(pace_look_us(0, 100000), LOOK_SLOW_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(lineage_decides_and_not_the_order_of_registration),
        STORY(latest_savepoint_leaves_checkpoints_out),
        STORY(none_takes_none),
        STORY(an_import_counts_from_its_registration),
        STORY(failed_and_unconfirmed_ones_are_passed_over),
        STORY(a_broken_newest_blocks_and_is_never_skipped),
        STORY(a_broken_newest_is_taken_once_it_is_read_whole),
        STORY(what_this_flink_cannot_read_blocks),
        STORY(state_that_is_too_old_is_refused),
        STORY(state_is_too_old_when_there_is_a_limit_and_it_is_older),
        STORY(only_a_complete_whole_and_confirmed_one_is_usable),
        STORY(candidates_are_told_newest_first_and_why),
        STORY(what_an_attempt_took_itself_is_not_behind_it),
        STORY(an_edit_decides_on_state_where_no_recovery_is_under_way),
        STORY(an_explicit_restore_is_used_once_and_what_lies_behind_it_no_more),
        STORY(an_explicit_restore_of_nothing_blocks),
        STORY(starting_empty_takes_a_decision),
        STORY(a_recovery_under_upgrade_none_runs_what_ran),
        STORY(a_back_off_doubles_up_to_a_minute),
        STORY(a_recovery_runs_the_recorded_jars),
        STORY(looks_grow_rarer),
        STORY(those_under_way_share_the_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
