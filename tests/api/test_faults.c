/* Users who meet each other, and what they must not get: F77 to F101 of the list of faults. */
#include "api_world.h"

#define ONE  DEPLOYMENTS "/one"
#define TWO  DEPLOYMENTS "/two"
#define JAR  "'template':{'spec':{'artifact':{'jarUri':'file:///x.jar'}}}"
#define ID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define ID_B "aaaaaaaa-0000-4000-8000-000000000002"

static void then_it_is_needed(const char *id, const char *why)
{
    struct answer a = del(arena_fmt(story_arena, SAVEPOINTS "/%s", id).ptr);
    assert_problem(a, 409, "CONFLICT");
    assert_true(str_contains(text_at(a.json, "detail"), str_of(why)));
}

/* F77: the next start will need it, as the newest or because the user named it. */
static void what_a_start_is_about_to_restore_is_not_deleted(void **state)
{
    (void)state;
    have_deployment("one", "SUSPENDED");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    have_savepoint("one", ID_B, ORIGIN_SUSPEND, 1, 5, "file:///s/b");
    assert_status(patch(ONE, "{'spec':{'state':'RUNNING'}}"), 200);
    then_it_is_needed(ID_B, "newest");
    assert_status(patch(ONE, "{'spec':{'restoreFrom':{'savepointId':'" ID_A "','nonce':'1'}}}"),
                  200);
    then_it_is_needed(ID_A, "newest");
}

/* F78: both may start from it, and neither may take it from the other. */
static void two_deployments_may_begin_from_one_savepoint(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_deployment("two", "CANCELLED");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/good");
    have_savepoint("one", ID_B, ORIGIN_USER_REQUEST, 1, 5, "file:///s/b");
    const char *from = "{'spec':{'restoreFrom':{'location':'file:/s/good','nonce':'1'}}}";
    assert_status(patch(TWO, from), 200);
    assert_int_equal(entry_named("two")->n_savepoints, 1);
    then_it_is_needed(ID_A, "same location");
    const char *claim = "{'spec':{'template':{'spec':{'flinkConfiguration':{"
                        "'execution.state-recovery.claim-mode':'CLAIM'}}}}}";
    assert_problem(patch(TWO, claim), 400, "FORBIDDEN_KEY");
}

/* F88: both have read version 1. */
static void of_two_writes_of_one_version_one_wins(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct ask a = {.method = "PUT", .path = ONE};
    a.body = "{'metadata':{'resourceVersion':1},'spec':{'state':'CANCELLED',"
             "'maxJobCreationAttempts':7," JAR "}}";
    int first = ask_later(a);
    a.body = "{'metadata':{'resourceVersion':1},'spec':{'state':'CANCELLED',"
             "'maxJobCreationAttempts':8," JAR "}}";
    int second = ask_later(a);
    world_settle();
    assert_status(answer_of(first), 200);
    assert_problem(answer_of(second), 409, "CONFLICT");
    struct answer now = get(ONE);
    assert_int_equal(number_at(now.json, "metadata.resourceVersion"), 2);
    assert_int_equal(number_at(now.json, "spec.maxJobCreationAttempts"), 7);
}

/* F89: the name is the same, and nothing else. */
static void a_name_that_is_used_again_adopts_nothing(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    struct str before = arena_str(story_arena, entry_named("one")->id);
    const char *again = "{'metadata':{'name':'one'},'spec':{'state':'CANCELLED'," JAR "}}";
    assert_status(del(ONE), 200);
    assert_problem(post(DEPLOYMENTS, again), 409, "ALREADY_EXISTS"); /* not gone yet */
    world_pass(10000000);
    assert_status(post(DEPLOYMENTS, again), 201);
    assert_false(str_eq(entry_named("one")->id, before));
    assert_int_equal(entry_named("one")->n_savepoints, 0);
    assert_int_equal(entry_named("one")->n_jobs, 0);
    assert_int_equal(number_at(get(ONE).json, "metadata.resourceVersion"), 1);
}

/* F101: a name is in paths, logs, environments and headers. A label is a label. */
static void names_that_would_be_something_else_elsewhere_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"a\\r\\nX: 1", "a\\u0022b", "a;b", "../b", "a b", "A", ""};
    struct str before = whole_registry();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct str body =
            arena_fmt(story_arena,
                      "{'metadata':{'name':'%s'},'spec':{'state':'CANCELLED'," JAR "}}", names[i]);
        assert_problem(post(DEPLOYMENTS, body.ptr), 400, "INVALID");
    }
    char *long_name = arena_alloc(story_arena, (1 << 20) + 1);
    memset(long_name, 'a', 1 << 20);
    long_name[1 << 20] = 0;
    struct str body =
        arena_fmt(story_arena, "{'metadata':{'name':'%s'},'spec':{" JAR "}}", long_name);
    assert_int_equal(post(DEPLOYMENTS, body.ptr).status / 100, 4);
    assert_text(whole_registry(), before.ptr);
}

/* F101: in every form that it is shown in. */
static void a_label_with_line_breaks_stays_one_text(void **state)
{
    (void)state;
    const char *body = "{'metadata':{'name':'one','labels':{'a':'b\\r\\nX: \\u0022c'}},"
                       "'spec':{'state':'CANCELLED'," JAR "}}";
    assert_status(post(DEPLOYMENTS, body), 201);
    struct str json = get(ONE).body;
    assert_true(str_contains(json, STR("\"b\\r\\nX: \\\"c\"")));
    assert_null(memchr(json.ptr, '\r', json.len));
    struct ask yaml = {.method = "GET", .path = ONE, .accept = "application/yaml"};
    assert_null(memchr(ask(yaml).body.ptr, '\r', ask(yaml).body.len));
    assert_true(str_contains(ask(yaml).body, STR("\"b\\x0d\\nX: ")));
}

/* F97: what it missed is not lost: who watches again begins with what is there. */
static void a_watcher_that_was_dropped_finds_the_last_state(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    int slow = ask_later((struct ask){.method = "GET", .path = DEPLOYMENTS "?watch=1"});
    client_reads_too_slowly(slow);
    assert_status(patch(ONE, "{'metadata':{'labels':{'a':'first'}}}"), 200);
    assert_true(stream_ended(slow));
    assert_status(patch(ONE, "{'metadata':{'labels':{'a':'last'}}}"), 200);
    int again = ask_later((struct ask){.method = "GET", .path = DEPLOYMENTS "?watch=1"});
    world_settle();
    assert_true(str_contains(stream_text(again), STR("\"ADDED\"")));
    assert_true(str_contains(stream_text(again), STR("\"a\":\"last\"")));
    assert_false(str_contains(stream_text(slow), STR("\"a\":\"last\"")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(what_a_start_is_about_to_restore_is_not_deleted),
        API_STORY(two_deployments_may_begin_from_one_savepoint),
        API_STORY(of_two_writes_of_one_version_one_wins),
        API_STORY(a_name_that_is_used_again_adopts_nothing),
        API_STORY(names_that_would_be_something_else_elsewhere_are_refused),
        API_STORY(a_watcher_that_was_dropped_finds_the_last_state),
        API_STORY(a_label_with_line_breaks_stays_one_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
