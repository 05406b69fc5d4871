/* Who may delete data that several may need: what is copied, and what retention lets go. */
#include "api_world.h"

#define ID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define ID_B "aaaaaaaa-0000-4000-8000-000000000002"
#define A    SAVEPOINTS "/" ID_A

static const struct savepoint *row(const char *id)
{
    return entry_savepoint(entry_named("one"), str_of(id));
}

/* ---- copied ---- */

static struct str copy_to(const char *name)
{
    return arena_fmt(story_arena,
                     "{'metadata':{'deploymentId':'%.*s'},"
                     "'spec':{'savepointLocation':'file:/s/good/'}}",
                     STR_ARG(entry_named(name)->id));
}

static void given_two_deployments(void)
{
    have_deployment("two", "CANCELLED");
    have_deployment("one", "CANCELLED");
    have_savepoint("one", ID_A, ORIGIN_SUSPEND, 1, 3, "file:///s/good");
    have_savepoint("one", ID_B, ORIGIN_SUSPEND, 1, 5, "file:///s/b");
}

static void a_copy_shares_the_data_and_keeps_it(void **state)
{
    (void)state;
    given_two_deployments();
    struct answer a = post(SAVEPOINTS, copy_to("two").ptr);
    assert_status(a, 201);
    assert_text(text_at(a.json, "metadata.origin"), "COPIED");
    assert_true(str_contains(text_at(del(A).json, "detail"), STR("same location")));
    struct str copy =
        arena_fmt(story_arena, SAVEPOINTS "/%.*s", STR_ARG(text_at(a.json, "metadata.id")));
    assert_problem(del(copy.ptr), 409, "CONFLICT");
    /* the copy goes without its data, and then the original may go */
    assert_status(del(arena_fmt(story_arena, "%.*s?force=true", STR_ARG(copy)).ptr), 200);
    assert_status(del(A), 200);
}

static int later(const char *method, const char *path, const char *body)
{
    return ask_later((struct ask){.method = method, .path = path, .body = body});
}

static void a_copy_that_is_being_made_keeps_the_data(void **state)
{
    (void)state;
    given_two_deployments();
    int copy = later("POST", SAVEPOINTS, copy_to("two").ptr);
    int deletion = later("DELETE", A, NULL);
    world_settle();
    assert_status(answer_of(copy), 201);
    assert_problem(answer_of(deletion), 409, "CONFLICT");
    assert_int_equal(row(ID_A)->status.state, SAVEPOINT_COMPLETED);
}

static void what_is_being_deleted_is_not_copied(void **state)
{
    (void)state;
    given_two_deployments();
    int deletion = later("DELETE", A, NULL);
    int copy = later("POST", SAVEPOINTS, copy_to("two").ptr);
    int restore = later("PATCH", DEPLOYMENTS "/two",
                        "{'spec':{'restoreFrom':{'location':'file:///s/good','nonce':'1'}}}");
    world_settle();
    assert_status(answer_of(deletion), 200);
    assert_text(assert_problem(answer_of(copy), 409, "CONFLICT"), "/spec/savepointLocation");
    assert_text(assert_problem(answer_of(restore), 409, "CONFLICT"), "/spec/restoreFrom/location");
    assert_int_equal(entry_named("two")->n_savepoints, 0);
}

static void a_copy_that_failed_keeps_nothing(void **state)
{
    (void)state;
    given_two_deployments();
    store_says(STORE_REFUSED);
    assert_status(post(SAVEPOINTS, copy_to("two").ptr), 507);
    store_says(STORE_DONE);
    assert_status(del(A), 200);
}

/* ---- let go by retention ---- */

#define ID_C     "aaaaaaaa-0000-4000-8000-000000000003"
#define KEEP_ONE "{'spec':{'snapshotRetention':{'maxCount':1}}}"

static void given_three_stops(void)
{
    have_deployment("two", "CANCELLED");
    have_deployment("one", "CANCELLED");
    have_savepoint("one", ID_A, ORIGIN_SUSPEND, 1, 3, "file:///s/good");
    have_savepoint("one", ID_B, ORIGIN_SUSPEND, 1, 5, "file:///s/b");
    have_savepoint("one", ID_C, ORIGIN_SUSPEND, 1, 7, "file:///s/c");
}

static void retention_lets_the_older_ones_go(void **state)
{
    (void)state;
    given_three_stops();
    assert_status(patch(DEPLOYMENTS "/one", KEEP_ONE), 200);
    world_pass(INT64_C(10000000));
    assert_null(row(ID_A));
    assert_null(row(ID_B));
    assert_non_null(row(ID_C));
    assert_true(event_told("SAVEPOINT_EXPIRED", ID_A));
    assert_true(event_told("SAVEPOINT_DELETED", ID_B));
}

static void retention_leaves_what_another_deployment_shares(void **state)
{
    (void)state;
    given_three_stops();
    assert_status(post(SAVEPOINTS, copy_to("two").ptr), 201);
    assert_status(patch(DEPLOYMENTS "/one", KEEP_ONE), 200);
    world_pass(INT64_C(10000000));
    assert_non_null(row(ID_A));
    assert_null(row(ID_B));
    assert_int_equal(row(ID_A)->status.state, SAVEPOINT_COMPLETED);
}

static void retention_leaves_what_is_pinned(void **state)
{
    (void)state;
    given_three_stops();
    assert_status(patch(A, "{'spec':{'pinned':true}}"), 200);
    assert_status(patch(DEPLOYMENTS "/one", KEEP_ONE), 200);
    world_pass(INT64_C(10000000));
    assert_non_null(row(ID_A));
    assert_null(row(ID_B));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(a_copy_shares_the_data_and_keeps_it),
        API_STORY(a_copy_that_is_being_made_keeps_the_data),
        API_STORY(what_is_being_deleted_is_not_copied),
        API_STORY(a_copy_that_failed_keeps_nothing),
        API_STORY(retention_lets_the_older_ones_go),
        API_STORY(retention_leaves_what_another_deployment_shares),
        API_STORY(retention_leaves_what_is_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
