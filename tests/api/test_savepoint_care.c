/* Savepoints that exist already: verified again, copied, pinned, held against a job's plan. */
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

static bool told(const char *event, const char *part)
{
    struct json items = json_get(get("/api/v1/namespaces/default/events").json, STR("items"));
    for (size_t i = 0; i < json_len(items); i++)
        if (str_eq(text_at(json_at(items, i), "metadata.name"), str_of(event)) &&
            str_contains(text_at(json_at(items, i), "spec.message"), str_of(part)))
            return true;
    return false;
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
    assert_true(told("SAVEPOINT_VERIFIED", "every file is there"));
}

static void then_it_is_found_broken(void)
{
    struct answer a = verify("");
    assert_status(a, 200);
    assert_text(text_at(a.json, "outcome"), "BROKEN");
    assert_text(text_at(a.json, "verified"), "BROKEN");
    assert_int_equal(row(ID_A)->status.verified, VERIFIED_BROKEN);
    assert_true(told("SAVEPOINT_IS_BROKEN", ID_A));
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
