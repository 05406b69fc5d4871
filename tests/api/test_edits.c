/* Edits that meet another one, a job that runs, or a deletion: S017, S022, S057, S061, S086, S129, S130. */
#include "api_world.h"

#define ONE     DEPLOYMENTS "/one"
#define RUNNING "{'spec':{'state':'RUNNING'}}"
#define ID_A    "aaaaaaaa-0000-4000-8000-000000000001"
#define ID_B    "aaaaaaaa-0000-4000-8000-000000000002"

/* S017: labels, and when snapshots are to go, are stored and no more. */
static void s017_what_only_is_stored_takes_no_new_job(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    const char *stored = "{'metadata':{'labels':{'team':'a'},'displayName':'One'},"
                         "'spec':{'snapshotRetention':{'maxCount':7,'maxAge':'1d'}}}";
    assert_text(text_at(post(ONE "/plans", stored).json, "effect"), "STORED_ONLY");
    assert_status(patch(ONE, stored), 200);
    assert_int_equal(entry_record(entry_named("one"))->spec_version, 1);
    assert_int_equal(entry_record(entry_named("one"))->operation.kind, OPERATION_NONE);
}

/* S022: the query of the jar's URI is enough, and the plan says what it does. */
static void s022_a_restart_is_asked_for_by_the_query_of_the_jar(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    have_checkpoint("one", 9, true);
    const char *again =
        "{'spec':{'template':{'spec':{'artifact':{'jarUri':'file:///x.jar?restart=1'}}}}}";
    assert_text(text_at(post(ONE "/plans", again).json, "effect"), "RESTART_WITH_STATE");
    assert_status(patch(ONE, again), 200);
    assert_int_equal(entry_record(entry_named("one"))->spec_version, 2);
    assert_int_equal(entry_record(entry_named("one"))->operation.kind, OPERATION_UPGRADE);
    assert_status(patch(ONE, again), 200);
    assert_int_equal(entry_record(entry_named("one"))->spec_version, 2);
}

static void no_savepoint_succeeded(struct record *r)
{
    r->gave_up = STR("TOO_MANY_FAILED_SUSPENSION_ATTEMPTS");
    r->gave_up_message = STR("4 of 4");
}

static void given_a_deletion_that_waits_for_a_suspension(void)
{
    have_deployment("one", "RUNNING");
    have_running_job("one");
    assert_status(patch(ONE, "{'spec':{'state':'SUSPENDED'}}"), 200);
    assert_status(del(ONE), 200);
    assert_text(text_at(get(ONE).json, "status.reason"), "BEING_DELETED");
    assert_problem(post(ONE "/operations", "{'spec':{'kind':'RETRY'}}"), 409, "CONFLICT");
    edit_record("one", no_savepoint_succeeded);
    struct json status = json_path(get(ONE).json, "status");
    assert_false(str_eq(text_at(status, "reason"), STR("BEING_DELETED")));
    assert_true(str_contains(text_at(status, "message"), STR("is being deleted, which waits")));
}

/* S057: where no savepoint can be had the deletion goes on by a user's word, not for ever. */
static void s057_a_deletion_that_is_stuck_is_tried_again(void **state)
{
    (void)state;
    given_a_deletion_that_waits_for_a_suspension();
    assert_status(post(ONE "/operations", "{'spec':{'kind':'RETRY'}}"), 202);
    assert_int_equal(entry_record(entry_named("one"))->gave_up.len, 0);
    assert_true(entry_record(entry_named("one"))->removing);
}

static void s057_a_deletion_that_is_stuck_does_without_the_savepoint(void **state)
{
    (void)state;
    given_a_deletion_that_waits_for_a_suspension();
    assert_problem(patch(ONE, RUNNING), 409, "CONFLICT");
    assert_problem(patch(ONE, "{'spec':{'state':'CANCELLED','maxJobCreationAttempts':9}}"), 409,
                   "CONFLICT");
    struct answer a = patch(ONE, "{'spec':{'state':'CANCELLED'}}");
    assert_status(a, 200);
    assert_text(text_at(a.json, "spec.state"), "CANCELLED");
    assert_int_equal(entry_record(entry_named("one"))->operation.kind, OPERATION_CANCEL);
    assert_true(entry_record(entry_named("one"))->removing);
}

/* S061: nothing of the running Deployment is touched. */
static void s061_no_switch_to_a_session_while_it_runs(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    struct str before = whole_registry();
    assert_text(assert_problem(patch(ONE, "{'spec':{'sessionClusterName':'shared',"
                                          "'deploymentTargetName':null}}"),
                               400, "INVALID"),
                "/spec/sessionClusterName");
    assert_text(whole_registry(), before.ptr);
}

/* S086: what another Deployment stands on keeps its data. */
static void s086_a_place_that_two_deployments_share_stays(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_deployment("two", "CANCELLED");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/good");
    have_savepoint("one", ID_B, ORIGIN_USER_REQUEST, 1, 5, "file:///s/b");
    struct str body = arena_fmt(story_arena,
                                "{'metadata':{'deploymentId':'%.*s'},'spec':{'savepointLocation':"
                                "'file:/s/good/'}}",
                                STR_ARG(entry_named("two")->id));
    assert_status(post(SAVEPOINTS, body.ptr), 201);
    assert_problem(del(SAVEPOINTS "/" ID_A), 409, "CONFLICT");
    assert_status(del(SAVEPOINTS "/" ID_A "?force=true"), 200);
    assert_null(entry_savepoint(entry_named("one"), STR(ID_A)));
    const struct savepoint *other = entry_named("two")->savepoints[0]->value;
    assert_int_equal(other->status.state, SAVEPOINT_COMPLETED);
}

/* S129: both have read version 1; whoever comes second is told, and nothing of it is kept. */
static void s129_of_two_edits_at_once_one_has_a_conflict(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    int first = ask_later((struct ask){.method = "PATCH",
                                       .path = ONE,
                                       .body = "{'spec':{'maxJobCreationAttempts':7}}",
                                       .if_match = "\"1\""});
    int second = ask_later((struct ask){.method = "PATCH",
                                        .path = ONE,
                                        .body = "{'spec':{'maxSavepointCreationAttempts':8}}",
                                        .if_match = "\"1\""});
    world_settle();
    assert_status(answer_of(first), 200);
    assert_problem(answer_of(second), 412, "PRECONDITION_FAILED");
    struct answer now = get(ONE);
    assert_int_equal(number_at(now.json, "spec.maxJobCreationAttempts"), 7);
    assert_int_equal(number_at(now.json, "spec.maxSavepointCreationAttempts"), 4);
    assert_int_equal(number_at(now.json, "metadata.resourceVersion"), 2);
}

static size_t times_a_state_was_asked_for(void)
{
    struct str path = arena_fmt(story_arena, "/api/v1/namespaces/default/events?deploymentId=%.*s",
                                STR_ARG(entry_named("one")->id));
    struct json_iter it = json_each(json_get(get(path.ptr).json, STR("items")));
    struct str key;
    struct json item;
    size_t n = 0;
    while (json_next(&it, &key, &item))
        n += str_eq(text_at(item, "metadata.name"), STR("STATE_TRANSITION_IS_NEEDED"));
    return n;
}

/* S130: a client that did not hear the answer asks again, also while the first is not durable yet. */
static void s130_the_same_start_twice_is_one(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    size_t before = times_a_state_was_asked_for();
    int first = ask_later((struct ask){.method = "PATCH", .path = ONE, .body = RUNNING});
    int again = ask_later((struct ask){.method = "PATCH", .path = ONE, .body = RUNNING});
    world_settle();
    assert_int_equal(number_at(answer_of(first).json, "metadata.resourceVersion"), 2);
    assert_int_equal(number_at(answer_of(again).json, "metadata.resourceVersion"), 2);
    int64_t since = entry_record(entry_named("one"))->operation.started_at;
    world_pass(10000000);
    assert_int_equal(number_at(patch(ONE, RUNNING).json, "metadata.resourceVersion"), 2);
    assert_int_equal(times_a_state_was_asked_for(), before + 1);
    assert_int_equal(entry_record(entry_named("one"))->operation.started_at, since);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(s017_what_only_is_stored_takes_no_new_job),
        API_STORY(s022_a_restart_is_asked_for_by_the_query_of_the_jar),
        API_STORY(s057_a_deletion_that_is_stuck_is_tried_again),
        API_STORY(s057_a_deletion_that_is_stuck_does_without_the_savepoint),
        API_STORY(s061_no_switch_to_a_session_while_it_runs),
        API_STORY(s086_a_place_that_two_deployments_share_stays),
        API_STORY(s129_of_two_edits_at_once_one_has_a_conflict),
        API_STORY(s130_the_same_start_twice_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
