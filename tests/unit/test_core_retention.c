/* Which snapshots spec.snapshotRetention lets go, and above all which it does not. */
#include "core/retention.h"

#include "core_story.h"

#define TODAY INT64_C(1700000000000000) /* wall */

/* Four of as many stops, an hour apart, the newest a minute old. */
static struct savepoint *s1, *s2, *s3, *s4;

static struct savepoint *given_one_of(int64_t attempt, const char *id)
{
    struct savepoint *s = given_row(id, SAVEPOINT_COMPLETED);
    s->metadata.origin = ORIGIN_SUSPEND;
    s->status.verified = VERIFIED_FULL;
    s->status.attempt = attempt;
    s->status.state_taken_at = TODAY - (4 - attempt) * 60 * 60 * US_PER_S - 60 * US_PER_S;
    return s;
}

static int begin(void **state)
{
    core_story_begin(state);
    c.record.top = c.record.current.number = 5;
    s3 = given_one_of(3, "s3");
    s1 = given_one_of(1, "s1");
    s4 = given_one_of(4, "s4");
    s2 = given_one_of(2, "s2");
    c.deployment.spec.snapshot_retention.max_count = 2;
    return 0;
}
#define STORY_OF_FOUR(test) cmocka_unit_test_setup_teardown(test, begin, story_end)

/* The ids of what goes, in its order: "s1 s2". */
static struct str going(void)
{
    struct core_in in = core_story_in();
    in.wall_us = TODAY;
    size_t n;
    const struct savepoint **list = core_expired(story_arena, &in, &n);
    struct str text = STR("");
    assert_int_equal(list != NULL, n > 0);
    for (size_t i = 0; i < n; i++)
        text = arena_fmt(story_arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "",
                         STR_ARG(list[i]->metadata.id));
    return text;
}

static void without_the_wish_nothing_goes(void **state)
{
    (void)state;
    c.deployment.spec.snapshot_retention.max_count = 0;
    assert_text(going(), "");
}

static void the_oldest_beyond_the_count_go(void **state)
{
    (void)state;
    assert_text(going(), "s1 s2");
    c.deployment.spec.snapshot_retention.max_count = 3;
    assert_text(going(), "s1");
    c.deployment.spec.snapshot_retention.max_count = 4;
    assert_text(going(), "");
    /* also when nothing runs */
    c.deployment.spec.snapshot_retention.max_count = 1;
    c.record.current.phase = PHASE_NONE;
    assert_text(going(), "s1 s2 s3");
    c.record.current.phase = PHASE_DONE;
    assert_text(going(), "s1 s2 s3");
}

static void what_is_too_old_goes_but_never_the_newest(void **state)
{
    (void)state;
    c.deployment.spec.snapshot_retention.max_count = 0;
    c.deployment.spec.snapshot_retention.max_age.us = 90 * 60 * US_PER_S;
    assert_text(going(), "s1 s2");
    c.deployment.spec.snapshot_retention.max_age.us = US_PER_S;
    assert_text(going(), "s1 s2 s3");
    /* either of the two limits is enough */
    c.deployment.spec.snapshot_retention.max_age.us = 150 * 60 * US_PER_S;
    c.deployment.spec.snapshot_retention.max_count = 3;
    assert_text(going(), "s1");
    /* what does not tell its age has that of its record, or none */
    c.deployment.spec.snapshot_retention.max_count = 0;
    s1->status.state_taken_at = 0;
    assert_text(going(), "");
    s1->metadata.created_at = TODAY - 24 * 60 * 60 * US_PER_S;
    assert_text(going(), "s1");
}

static void order_is_that_of_the_lineage_and_not_of_the_clock(void **state)
{
    (void)state;
    s1->status.state_taken_at = TODAY;
    s4->status.state_taken_at = TODAY - 24 * 60 * 60 * US_PER_S;
    assert_text(going(), "s1 s2");
}

static void what_a_person_asked_for_stays(void **state)
{
    (void)state;
    s1->metadata.origin = ORIGIN_USER_REQUEST;
    assert_text(going(), "s2");
    s2->metadata.origin = ORIGIN_COPIED;
    assert_text(going(), "");
    /* and what is pinned does not count either */
    s1->metadata.origin = ORIGIN_SUSPEND;
    s1->spec.pinned = true;
    c.deployment.spec.snapshot_retention.max_count = 1;
    assert_text(going(), "s3");
}

static void what_was_not_read_whole_is_evidence_and_no_substitute(void **state)
{
    (void)state;
    static const enum verified no[] = {VERIFIED_REPORTED, VERIFIED_UNCONFIRMED, VERIFIED_BROKEN};
    for (size_t i = 0; i < 3; i++) {
        s1->status.verified = s3->status.verified = (int)no[i];
        assert_text(going(), "");
    }
    s1->status.verified = s3->status.verified = VERIFIED_METADATA;
    assert_text(going(), "s1 s2");
}

static void only_what_is_complete_goes(void **state)
{
    (void)state;
    static const enum savepoint_state no[] = {SAVEPOINT_STARTED, SAVEPOINT_FAILED,
                                              SAVEPOINT_DELETING, SAVEPOINT_FAILED_DELETION};
    for (size_t i = 0; i < 4; i++) {
        s1->status.state = (int)no[i];
        assert_text(going(), "s2");
    }
}

static void what_the_job_was_restored_from_stays(void **state)
{
    (void)state;
    c.record.current.source = SOURCE_SNAPSHOT;
    c.record.current.source_savepoint_id = STR("s1");
    assert_text(going(), "s2");
    c.record.current.source_savepoint_id = STR("of another life");
    c.record.current.source_location = STR("file:///sp/s2/");
    assert_text(going(), "s1");
    /* until that job is over */
    c.record.current.phase = PHASE_NONE;
    assert_text(going(), "s1 s2");
    c.record.current.phase = PHASE_UP;
    c.record.current.source = SOURCE_EMPTY;
    assert_text(going(), "s1 s2");
}

static void what_any_strategy_would_start_from_stays(void **state)
{
    (void)state;
    /* the newest savepoint, although checkpoints are newer and are what is used */
    s2->metadata.origin = s3->metadata.origin = s4->metadata.origin = ORIGIN_RETAINED_CHECKPOINT;
    c.deployment.spec.snapshot_retention.max_count = 1;
    assert_text(going(), "s2 s3");
    /* the newest snapshot, although savepoints are what is used */
    c.deployment.spec.restore_strategy = RESTORE_LATEST_SAVEPOINT;
    assert_text(going(), "s2 s3");
    c.deployment.spec.restore_strategy = RESTORE_NONE;
    assert_text(going(), "s2 s3");
    /* what an explicit restore went back to, and what it left behind as the newest */
    c.deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    c.record.floor_attempt = 5;
    c.record.floor_savepoint_id = STR("s2");
    assert_text(going(), "s1 s3");
}

static void a_newest_that_is_not_known_to_be_good_keeps_all(void **state)
{
    (void)state;
    s4->status.verified = VERIFIED_BROKEN;
    c.deployment.spec.snapshot_retention.max_count = 1;
    assert_text(going(), "");
    s4->status.verified = VERIFIED_FULL;
    s4->status.metadata_version = 6;
    c.deployment.spec.template_.spec.artifact.flink_version = STR("1.20");
    assert_text(going(), "");
    s4->status.metadata_version = 4;
    assert_text(going(), "s1 s2 s3");
    c.record.unread_lost = 4;
    s4->status.attempt = 3;
    assert_text(going(), "");
}

static void while_anything_is_under_way_nothing_goes(void **state)
{
    (void)state;
    struct record calm = c.record;
    c.record.operation.kind = OPERATION_UPGRADE;
    assert_text(going(), "");
    c.record = calm;
    c.record.intent.kind = INTENT_SAVEPOINT;
    assert_text(going(), "");
    c.record = calm;
    c.record.gave_up = STR("TOO_MANY_FAILED_SUSPENSION_ATTEMPTS");
    assert_text(going(), "");
    c.record = calm;
    c.record.halted = true;
    assert_text(going(), "");
    c.record = calm;
    c.record.removing = true;
    assert_text(going(), "");
    c.record = calm;
    c.record.current.phase = PHASE_SUBMITTED;
    assert_text(going(), "");
    c.record = calm;
    c.record.current.restored = RESTORED_UNCHECKED;
    assert_text(going(), "");
    c.record = calm;
    c.deployment.spec.restore_from =
        (struct restore_from){.savepoint_id = STR("s1"), .nonce = STR("again")};
    assert_text(going(), "");
    c.record.used_nonce = STR("again");
    assert_text(going(), "s1 s2");
}

static void what_is_needed_is_said_with_its_reason(void **state)
{
    (void)state;
    struct core_in in = core_story_in();
    assert_null(core_needed_because(story_arena, &in, s1));
    assert_string_equal(core_needed_because(story_arena, &in, s4),
                        "it is the newest snapshot of its Deployment");
    c.record.current.source = SOURCE_SNAPSHOT;
    c.record.current.source_savepoint_id = STR("s1");
    assert_string_equal(core_needed_because(story_arena, &in, s1),
                        "the present job was restored from it");
    s1->metadata.origin = ORIGIN_COPIED;
    assert_string_equal(core_needed_because(story_arena, &in, s1),
                        "it was registered, its data belongs to somebody else");
    /* what failed is nobody's newest; what is broken hides no other */
    s4->status.state = SAVEPOINT_FAILED;
    assert_null(core_needed_because(story_arena, &in, s4));
    s3->status.verified = VERIFIED_BROKEN;
    assert_non_null(core_needed_because(story_arena, &in, s2));
    assert_non_null(core_needed_because(story_arena, &in, s3));
}

static void the_step_deletes_one_and_says_why(void **state)
{
    (void)state;
    c.record.top = c.record.current.number = 1;
    struct core_in in = core_story_in();
    in.expired = s1;
    core_step(story_arena, &in, &c.out);
    assert_int_equal(c.out.rule->then, ACTION_DISCARD);
    assert_int_equal(c.out.record.intent.kind, INTENT_DISCARD);
    assert_text(c.out.record.intent.savepoint_id, "s1");
    assert_int_equal(put_of("s1")->status.state, SAVEPOINT_DELETING);
    assert_true(str_contains(said("SAVEPOINT_EXPIRED"), STR("s1 of attempt 1")));
    /* a person's wish comes first, and says nothing of retention */
    s2->status.state = SAVEPOINT_PENDING_DELETION;
    core_step(story_arena, &in, &c.out);
    assert_text(c.out.record.intent.savepoint_id, "s2");
    assert_text(said("SAVEPOINT_EXPIRED"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_OF_FOUR(without_the_wish_nothing_goes),
        STORY_OF_FOUR(the_oldest_beyond_the_count_go),
        STORY_OF_FOUR(what_is_too_old_goes_but_never_the_newest),
        STORY_OF_FOUR(order_is_that_of_the_lineage_and_not_of_the_clock),
        STORY_OF_FOUR(what_a_person_asked_for_stays),
        STORY_OF_FOUR(what_was_not_read_whole_is_evidence_and_no_substitute),
        STORY_OF_FOUR(only_what_is_complete_goes),
        STORY_OF_FOUR(what_the_job_was_restored_from_stays),
        STORY_OF_FOUR(what_any_strategy_would_start_from_stays),
        STORY_OF_FOUR(a_newest_that_is_not_known_to_be_good_keeps_all),
        STORY_OF_FOUR(while_anything_is_under_way_nothing_goes),
        STORY_OF_FOUR(what_is_needed_is_said_with_its_reason),
        STORY_OF_FOUR(the_step_deletes_one_and_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
