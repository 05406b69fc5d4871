/* Savepoints that exist already: verified again, pinned, held against a job's plan. */
#include "api_world.h"

#define ID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define ID_B "aaaaaaaa-0000-4000-8000-000000000002"
#define A    SAVEPOINTS "/" ID_A
#define B    SAVEPOINTS "/" ID_B

static const struct savepoint *row(const char *id)
{
    return entry_savepoint(entry_named("one"), str_of(id));
}

static struct savepoint *row_to_change(const char *id)
{
    struct entry *e = entry_named("one");
    for (size_t i = 0; i < e->n_savepoints; i++) {
        struct savepoint *s = e->savepoints[i]->value;
        if (str_eq(s->metadata.id, str_of(id)))
            return s;
    }
    fail_msg("there is no Savepoint %s", id);
    return NULL;
}

static void given_one_at(const char *location)
{
    have_deployment("one", "CANCELLED");
    have_savepoint("one", ID_A, ORIGIN_SUSPEND, 1, 3, location);
}

/* ---- verified again ---- */

static struct answer verify(const char *query)
{
    return post(arena_fmt(story_arena, A "/verification%s", query).ptr, NULL);
}

static void what_is_whole_is_recorded_as_that(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    row_to_change(ID_A)->status.verified = VERIFIED_REPORTED;
    struct answer a = verify("");
    assert_status(a, 200);
    assert_text(text_at(a.json, "kind"), "SavepointVerification");
    assert_text(text_at(a.json, "metadata.savepointId"), ID_A);
    assert_text(text_at(a.json, "outcome"), "WHOLE");
    assert_text(text_at(a.json, "verified"), "FULL");
    assert_text(text_at(a.json, "text"), "every file is there");
    assert_int_equal(row(ID_A)->status.verified, VERIFIED_FULL);
    assert_int_equal(row(ID_A)->status.size_bytes, 1234);
    assert_int_equal(row(ID_A)->status.metadata_version, 4);
    assert_true(row(ID_A)->status.verified_at > 0);
    /* its place in the lineage and the age of its state are not the storage's business */
    assert_int_equal(row(ID_A)->status.checkpoint_id, 3);
    assert_true(row(ID_A)->status.state_taken_at > INT64_C(1700000000000000));
    assert_true(event_told("SAVEPOINT_VERIFIED", "every file is there"));
}

static void then_it_is_found_broken(void)
{
    struct answer a = verify("");
    assert_status(a, 200);
    assert_text(text_at(a.json, "outcome"), "BROKEN");
    assert_text(text_at(a.json, "verified"), "BROKEN");
    assert_int_equal(row(ID_A)->status.verified, VERIFIED_BROKEN);
    assert_true(event_told("SAVEPOINT_IS_BROKEN", ID_A));
    a = get(DEPLOYMENTS "/one/restore-decision");
    assert_text(text_at(a.json, "onStart.outcome"), "BLOCKED");
}

static void what_is_broken_is_found_out_before_it_is_needed(void **state)
{
    (void)state;
    given_one_at("file:///s/broken");
    then_it_is_found_broken();
}

static void what_is_gone_is_found_out_before_it_is_needed(void **state)
{
    (void)state;
    given_one_at("file:///s/absent");
    then_it_is_found_broken();
}

static void what_was_broken_can_be_whole_again(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    row_to_change(ID_A)->status.verified = VERIFIED_BROKEN;
    assert_text(text_at(verify("").json, "verified"), "FULL");
    struct answer a = get(DEPLOYMENTS "/one/restore-decision");
    assert_text(text_at(a.json, "onStart.outcome"), "EXISTING");
}

static void storage_that_cannot_be_read_changes_nothing(void **state)
{
    (void)state;
    given_one_at("s3://bucket/a");
    struct str before = whole_registry();
    struct answer a = verify("");
    assert_status(a, 200);
    assert_text(text_at(a.json, "outcome"), "UNKNOWN");
    assert_text(text_at(a.json, "verified"), "FULL");
    assert_text(text_at(a.json, "text"), "said by storage");
    assert_text(whole_registry(), before.ptr);
}

static void bytes_do_not_confirm_a_lineage(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    row_to_change(ID_A)->status.verified = VERIFIED_UNCONFIRMED;
    struct str before = whole_registry();
    struct answer a = verify("");
    assert_text(text_at(a.json, "outcome"), "WHOLE");
    assert_text(text_at(a.json, "verified"), "UNCONFIRMED");
    assert_text(whole_registry(), before.ptr);
}

static void a_dry_run_looks_and_records_nothing(void **state)
{
    (void)state;
    given_one_at("file:///s/broken");
    struct str before = whole_registry();
    struct answer a = verify("?dryRun=All");
    assert_text(text_at(a.json, "outcome"), "BROKEN");
    assert_text(text_at(a.json, "verified"), "BROKEN");
    bool recorded = true;
    assert_true(json_bool(json_get(a.json, STR("recorded")), &recorded) && !recorded);
    assert_text(whole_registry(), before.ptr);
}

static void what_is_not_complete_is_not_verified(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    row_to_change(ID_A)->status.state = SAVEPOINT_FAILED;
    assert_problem(verify(""), 409, "CONFLICT");
    assert_problem(post(B "/verification", NULL), 404, "NOT_FOUND");
}

static void what_is_deleted_meanwhile_is_not_recorded(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    have_savepoint("one", ID_B, ORIGIN_SUSPEND, 1, 5, "file:///s/b");
    int look = ask_later((struct ask){.method = "POST", .path = A "/verification"});
    assert_status(del(A "?force=true"), 200);
    assert_true(answered(look) || (world_settle(), answered(look)));
    assert_problem(answer_of(look), 404, "NOT_FOUND");
    assert_null(row(ID_A));
}

static void a_store_that_is_full_is_told(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    store_says(STORE_REFUSED);
    assert_problem(verify(""), 507, "STORE_FULL");
    assert_int_equal(row(ID_A)->status.verified_at, 0);
}

/* ---- pinned ---- */

#define PIN   "{'spec':{'pinned':true}}"
#define UNPIN "{'spec':{'pinned':false}}"

static void given_an_old_one_that_could_go(void)
{
    given_one_at("file:///s/a");
    have_savepoint("one", ID_B, ORIGIN_SUSPEND, 1, 5, "file:///s/b");
}

static void what_is_pinned_is_not_deleted(void **state)
{
    (void)state;
    given_an_old_one_that_could_go();
    struct answer a = patch(A, PIN);
    assert_status(a, 200);
    bool pinned = false;
    assert_true(json_bool(json_path(a.json, "spec.pinned"), &pinned) && pinned);
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 2);
    assert_true(event_told("SAVEPOINT_PINNED", ID_A));
    assert_true(str_contains(text_at(del(A).json, "detail"), STR("it is pinned")));
    assert_problem(del(A "?force=true"), 409, "CONFLICT");
    assert_int_equal(row(ID_A)->status.state, SAVEPOINT_COMPLETED);
    /* until it is unpinned */
    assert_status(patch(A, UNPIN), 200);
    assert_true(event_told("SAVEPOINT_UNPINNED", ID_A));
    assert_status(del(A), 200);
    assert_int_equal(row(ID_A)->status.state, SAVEPOINT_PENDING_DELETION);
}

static void what_is_going_is_not_pinned(void **state)
{
    (void)state;
    given_an_old_one_that_could_go();
    assert_status(del(A), 200);
    assert_problem(patch(A, PIN), 409, "CONFLICT");
    assert_false(row(ID_A)->spec.pinned);
}

static void a_savepoint_can_be_asked_for_pinned(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    struct answer a =
        post(SAVEPOINTS, arena_fmt(story_arena,
                                   "{'metadata':{'deploymentId':'%.*s','annotations':{'for':'audit'"
                                   "}},'spec':{'pinned':true}}",
                                   STR_ARG(entry_named("one")->id))
                             .ptr);
    assert_status(a, 201);
    bool pinned = false;
    assert_true(json_bool(json_path(a.json, "spec.pinned"), &pinned) && pinned);
}

static void annotations_are_the_users(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    assert_status(patch(A, "{'metadata':{'annotations':{'why':'audit'}}}"), 200);
    struct str why;
    assert_true(str_map_get(&row(ID_A)->metadata.annotations, STR("why"), &why));
    assert_text(why, "audit");
    assert_true(event_told("SAVEPOINT_CHANGED", ID_A));
    /* the same again is no change */
    struct answer a = patch(A, "{'metadata':{'annotations':{'why':'audit'}}}");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 2);
    assert_status(patch(A, "{'metadata':{'annotations':null}}"), 200);
    assert_int_equal(row(ID_A)->metadata.annotations.n, 0);
}

static void what_was_seen_is_not_edited(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    struct str before = whole_registry();
    assert_text(
        assert_problem(patch(A, "{'spec':{'savepointLocation':'file:///x'}}"), 400, "INVALID"),
        "/spec/savepointLocation");
    assert_text(
        assert_problem(patch(A, "{'metadata':{'deploymentId':'" ID_B "'}}"), 400, "INVALID"),
        "/metadata/deploymentId");
    assert_text(assert_problem(patch(A, "{'spec':{'pined':true}}"), 400, "UNKNOWN_FIELD"),
                "/spec/pined");
    assert_text(assert_problem(patch(A, "{'spec':{'pinned':'maybe'}}"), 400, "INVALID"),
                "/spec/pinned");
    assert_status(patch(A, "{'status':{'state':'FAILED'}}"), 200);
    assert_problem(patch(A, "{'metadata':{'resourceVersion':7},'spec':{'pinned':true}}"), 409,
                   "CONFLICT");
    assert_problem(
        ask((struct ask){.method = "PATCH", .path = A, .body = PIN, .if_match = "\"7\""}), 412,
        "PRECONDITION_FAILED");
    assert_problem(patch(B, PIN), 404, "NOT_FOUND");
    assert_text(text_at(patch(A "?dryRun=All", PIN).json, "kind"), "Plan");
    assert_text(whole_registry(), before.ptr);
}

/* ---- held against a plan ---- */

#define TASK      "ca88eee0095684d687a1b6495617f957"
#define OTHER     "0da08f51eaa85fc298e176a139b3649a"
#define PLAN(id_) "'plan':{'nodes':[{'id':'" id_ "','parallelism':1,'description':'a<br/>'}]}"

static struct answer compare(const char *body)
{
    return post(A "/compatibility", body);
}

static struct str code_of(const struct answer *a)
{
    return text_at(json_at(json_get(a->json, STR("findings")), 0), "code");
}

static void a_plan_is_compared_and_nothing_stored(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    struct str before = whole_registry();
    struct answer a = compare("{'flinkVersion':'1.20.5'," PLAN(TASK) "}");
    assert_status(a, 200);
    assert_text(text_at(a.json, "kind"), "SavepointCompatibility");
    assert_text(text_at(a.json, "metadata.savepointId"), ID_A);
    assert_text(text_at(a.json, "verdict"), "COMPATIBLE");
    assert_text(code_of(&a), "TAKEN");
    assert_int_equal(json_len(json_get(a.json, STR("unchecked"))), 3);
    a = compare("{'flinkVersion':'1.20'," PLAN(OTHER) "}");
    assert_text(text_at(a.json, "verdict"), "INCOMPATIBLE");
    assert_text(code_of(&a), "OPERATOR_MISSING");
    assert_text(whole_registry(), before.ptr);
}

static void what_the_plan_does_not_say_is_the_deployments(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    struct answer a = compare("{" PLAN(OTHER) "}");
    assert_text(text_at(a.json, "flinkVersion"), "2.3.0");
    assert_text(text_at(a.json, "verdict"), "INCOMPATIBLE");
    const char *allow = "{'spec':{'restoreStrategy':{'allowNonRestoredState':true}}}";
    assert_status(patch(DEPLOYMENTS "/one", allow), 200);
    a = compare("{" PLAN(OTHER) "}");
    /* Flink 1.x wrote it */
    assert_text(text_at(a.json, "verdict"), "UNKNOWN");
    assert_text(code_of(&a), "FLINK_MAY_READ");
    bool drops = false;
    assert_true(json_bool(json_get(a.json, STR("dropsState")), &drops) && drops);
    a = compare("{'flinkVersion':'1.20','allowNonRestoredState':false," PLAN(OTHER) "}");
    assert_text(text_at(a.json, "verdict"), "INCOMPATIBLE");
}

static void what_cannot_be_read_is_not_compared(void **state)
{
    (void)state;
    given_one_at("s3://bucket/a");
    struct answer a = compare("{" PLAN(TASK) "}");
    assert_text(text_at(a.json, "verdict"), "UNKNOWN");
    assert_text(code_of(&a), "SNAPSHOT_UNREAD");
    static const char *const unusable[] = {"file:///s/absent", "file:///s/broken"};
    for (size_t i = 0; i < 2; i++) {
        row_to_change(ID_A)->spec.savepoint_location = str_of(unusable[i]);
        a = compare("{" PLAN(TASK) "}");
        assert_text(text_at(a.json, "verdict"), "INCOMPATIBLE");
        assert_text(code_of(&a), "SNAPSHOT_UNUSABLE");
    }
}

static void what_is_no_plan_is_refused(void **state)
{
    (void)state;
    given_one_at("file:///s/a");
    assert_text(assert_problem(compare("{}"), 400, "INVALID"), "/plan/nodes");
    assert_text(assert_problem(compare("{'flinkVersion':'new'," PLAN(TASK) "}"), 400, "INVALID"),
                "/flinkVersion");
    assert_problem(compare("[]"), 400, "INVALID");
    assert_problem(post(B "/compatibility", "{" PLAN(TASK) "}"), 404, "NOT_FOUND");
    row_to_change(ID_A)->status.state = SAVEPOINT_FAILED;
    assert_problem(compare("{" PLAN(TASK) "}"), 409, "CONFLICT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(what_is_whole_is_recorded_as_that),
        API_STORY(what_is_broken_is_found_out_before_it_is_needed),
        API_STORY(what_is_gone_is_found_out_before_it_is_needed),
        API_STORY(what_was_broken_can_be_whole_again),
        API_STORY(storage_that_cannot_be_read_changes_nothing),
        API_STORY(bytes_do_not_confirm_a_lineage),
        API_STORY(a_dry_run_looks_and_records_nothing),
        API_STORY(what_is_not_complete_is_not_verified),
        API_STORY(what_is_deleted_meanwhile_is_not_recorded),
        API_STORY(a_store_that_is_full_is_told),
        API_STORY(what_is_pinned_is_not_deleted),
        API_STORY(what_is_going_is_not_pinned),
        API_STORY(a_savepoint_can_be_asked_for_pinned),
        API_STORY(annotations_are_the_users),
        API_STORY(what_was_seen_is_not_edited),
        API_STORY(a_plan_is_compared_and_nothing_stored),
        API_STORY(what_the_plan_does_not_say_is_the_deployments),
        API_STORY(what_cannot_be_read_is_not_compared),
        API_STORY(what_is_no_plan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
