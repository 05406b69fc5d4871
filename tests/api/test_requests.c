/* What goes with every request: ids, keys that make it safe to send it again, and how often one may ask. */
#include "api_world.h"

#include "base/limits.h"
#include "shell/replies.h"

#define ONE     DEPLOYMENTS "/one"
#define TARGETS "/api/v1/namespaces/default/deployment-targets"
#define BODY                                                                                \
    "{'metadata':{'name':'one'},'spec':{'state':'RUNNING','template':{'spec':{'artifact':{" \
    "'jarUri':'file:///x.jar'}}}}}"

/* ---- X-Request-Id ---- */

static void every_answer_has_an_id(void **state)
{
    (void)state;
    struct ask mine = {.method = "GET", .path = "/nowhere", .request_id = "abc-123"};
    struct answer a = ask(mine);
    assert_text(header_of(&a, "X-Request-Id"), "abc-123");
    assert_text(text_at(a.json, "requestId"), "abc-123");
    assert_int_equal(json_kind(json_path(a.json, "retryable")), JSON_BOOL);
    assert_int_equal(json_len(json_path(a.json, "next")), 1);
    a = get("/version");
    struct answer b = get("/nowhere");
    struct str ours = header_of(&a, "X-Request-Id");
    assert_true(ours.len > 8);
    assert_text(text_at(b.json, "requestId"), header_of(&b, "X-Request-Id").ptr);
    assert_false(str_eq(ours, header_of(&b, "X-Request-Id")));
    /* what could not stand in a log is not taken over */
    mine.request_id = "two words";
    a = ask(mine);
    assert_false(str_eq(header_of(&a, "X-Request-Id"), STR("two words")));
    int at = ask_later(
        (struct ask){.method = "GET", .path = DEPLOYMENTS "?watch=1", .request_id = "stream-1"});
    a = (struct answer){.headers = answer_of(at).headers, .n_headers = answer_of(at).n_headers};
    assert_text(header_of(&a, "X-Request-Id"), "stream-1");
}

/* ---- Idempotency-Key ---- */

static struct ask keyed(const char *key, const char *path, const char *body)
{
    return (struct ask){.method = "POST", .path = path, .body = body, .idempotency_key = key};
}

static void a_creation_that_is_sent_again_happens_once(void **state)
{
    (void)state;
    struct answer first = ask(keyed("k-1", DEPLOYMENTS, BODY));
    assert_status(first, 201);
    assert_text(header_of(&first, "Idempotency-Replayed"), "");
    int64_t commits = store_commits();
    struct answer again = ask(keyed("k-1", DEPLOYMENTS, BODY));
    assert_status(again, 201);
    assert_text(header_of(&again, "Idempotency-Replayed"), "true");
    assert_true(json_equal(again.json, first.json));
    assert_text(header_of(&again, "Location"), ONE);
    assert_text(header_of(&again, "ETag"), "\"1\"");
    assert_int_equal(store_commits(), commits);
    /* without the key, or with another, the name is taken */
    assert_problem(post(DEPLOYMENTS, BODY), 409, "ALREADY_EXISTS");
    assert_problem(ask(keyed("k-2", DEPLOYMENTS, BODY)), 409, "ALREADY_EXISTS");
}

/* The answer lies in the transaction of what was done: a restart finds both or neither. */
static void the_answer_survives_a_restart(void **state)
{
    (void)state;
    struct answer first = ask(keyed("k-1", DEPLOYMENTS, BODY));
    assert_status(first, 201);
    assert_text(last_commit(), "0 1 8 9");
    daemon_forgets_replies();
    struct answer again = ask(keyed("k-1", DEPLOYMENTS, BODY));
    assert_text(header_of(&again, "Idempotency-Replayed"), "true");
    assert_true(json_equal(again.json, first.json));
    have_running_job("one");
    struct str save = arena_fmt(story_arena, "{'metadata':{'deploymentId':'%.*s'}}",
                                STR_ARG(entry_named("one")->id));
    first = ask(keyed("s-1", SAVEPOINTS, save.ptr));
    assert_status(first, 201);
    assert_text(last_commit(), "1 3 9");
    daemon_forgets_replies();
    again = ask(keyed("s-1", SAVEPOINTS, save.ptr));
    assert_text(text_at(again.json, "metadata.id"), text_at(first.json, "metadata.id").ptr);
    assert_int_equal(json_len(json_get(get(SAVEPOINTS).json, STR("items"))), 1);
}

static void give_up(struct record *r)
{
    r->gave_up = STR("TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS");
    r->gave_up_message = STR("4 of 4");
}

static void operations_and_targets_heed_it_too(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    edit_record("one", give_up);
    const char *retry = "{'spec':{'kind':'RETRY'}}";
    assert_status(ask(keyed("o-1", ONE "/operations", retry)), 202);
    int64_t asked = entry_record(entry_named("one"))->retries_asked;
    struct answer again = ask(keyed("o-1", ONE "/operations", retry));
    assert_status(again, 202);
    assert_text(text_at(again.json, "spec.kind"), "RETRY");
    assert_int_equal(entry_record(entry_named("one"))->retries_asked, asked);
    const char *moon = "{'metadata':{'name':'moon'}}";
    assert_status(ask(keyed("t-1", TARGETS, moon)), 201);
    assert_text(last_commit(), "5 9");
    assert_status(ask(keyed("t-1", TARGETS, moon)), 201);
    assert_problem(ask(keyed("t-2", TARGETS, moon)), 409, "ALREADY_EXISTS");
}

/* Each time anew it would start another job, and make another revision. */
static void a_restart_and_a_rollback_that_are_sent_again_happen_once(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    const char *restart = "{'spec':{'kind':'RESTART'}}";
    struct answer first = ask(keyed("r-1", ONE "/operations", restart));
    assert_status(first, 202);
    assert_text(last_commit(), "0 1 8 9");
    assert_text(header_of(&first, "Location"), "");
    daemon_forgets_replies();
    struct answer again = ask(keyed("r-1", ONE "/operations", restart));
    assert_text(header_of(&again, "Idempotency-Replayed"), "true");
    assert_true(json_equal(again.json, first.json));
    assert_int_equal(number_at(get(ONE).json, "metadata.generation"), 2);
    const char *back = "{'spec':{'kind':'ROLLBACK','revision':1}}";
    assert_status(patch(ONE, "{'spec':{'template':{'spec':{'parallelism':3}}}}"), 200);
    first = ask(keyed("r-2", ONE "/operations", back));
    assert_status(first, 202);
    assert_int_equal(number_at(first.json, "status.revision"), 4);
    assert_status(patch(ONE, "{'spec':{'template':{'spec':{'parallelism':5}}}}"), 200);
    again = ask(keyed("r-2", ONE "/operations", back));
    assert_true(json_equal(again.json, first.json));
    assert_int_equal(number_at(get(ONE).json, "spec.template.spec.parallelism"), 5);
}

/* As a reader sees it: the kept answer to a creation is that to a GET. */
static void the_answer_with_a_key_is_the_one_without(void **state)
{
    (void)state;
    struct answer first = ask(keyed("k-1", DEPLOYMENTS, BODY));
    assert_true(json_len(json_path(first.json, "status.conditions")) > 0);
    assert_true(json_equal(json_path(first.json, "status"), json_path(get(ONE).json, "status")));
}

static void a_key_stands_for_one_request(void **state)
{
    (void)state;
    assert_status(ask(keyed("k-1", DEPLOYMENTS, BODY)), 201);
    struct str before = whole_registry();
    assert_problem(ask(keyed("k-1", DEPLOYMENTS, "{'metadata':{'name':'two'}}")), 422,
                   "KEY_REUSED");
    assert_problem(ask(keyed("k-1", TARGETS, BODY)), 422, "KEY_REUSED");
    assert_problem(ask(keyed("k-1", DEPLOYMENTS "?fieldValidation=Warn", BODY)), 422, "KEY_REUSED");
    assert_problem(ask(keyed("", DEPLOYMENTS, BODY)), 409, "ALREADY_EXISTS");
    assert_problem(ask(keyed("a b", DEPLOYMENTS, BODY)), 400, "BAD_REQUEST");
    char many[LIMIT_IDEMPOTENCY_KEY + 2];
    memset(many, 'k', sizeof(many) - 1);
    many[sizeof(many) - 1] = '\0';
    assert_problem(ask(keyed(many, DEPLOYMENTS, BODY)), 400, "BAD_REQUEST");
    /* a plan does nothing, and a key on it neither */
    assert_status(ask(keyed("k-1", ONE "/plans", "{}")), 201);
    assert_text(whole_registry(), before.ptr);
}

static void the_second_waits_for_the_first(void **state)
{
    (void)state;
    int first = ask_later(keyed("k-1", DEPLOYMENTS, BODY));
    struct answer a = answer_of(ask_later(keyed("k-1", DEPLOYMENTS, BODY)));
    assert_problem(a, 409, "IN_PROGRESS");
    assert_text(header_of(&a, "Retry-After"), "1");
    world_settle();
    assert_int_equal(answer_of(first).status, 201);
    a = ask(keyed("k-1", DEPLOYMENTS, BODY));
    assert_text(header_of(&a, "Idempotency-Replayed"), "true");
}

/* What was refused did nothing: the same key may be tried again, and then it counts. */
static void what_did_nothing_is_not_kept(void **state)
{
    (void)state;
    assert_problem(ask(keyed("k-1", DEPLOYMENTS, "{}")), 400, "INVALID");
    store_says(STORE_REFUSED);
    struct answer a = ask(keyed("k-1", DEPLOYMENTS, BODY));
    assert_problem(a, 507, "STORE_FULL");
    assert_text(header_of(&a, "Location"), "");
    assert_text(header_of(&a, "ETag"), "");
    store_says(STORE_DONE);
    assert_status(ask(keyed("k-1", DEPLOYMENTS "?dryRun=All", BODY)), 200);
    a = ask(keyed("k-1", DEPLOYMENTS, BODY));
    assert_status(a, 201);
    assert_text(header_of(&a, "Idempotency-Replayed"), "");
}

/* A day later the key is free; a row that is over goes with one that comes. */
static void a_key_is_kept_for_a_day(void **state)
{
    (void)state;
    const int64_t hour = INT64_C(3600000000);
    assert_status(ask(keyed("k-1", TARGETS, "{'metadata':{'name':'a'}}")), 201);
    world_pass(23 * hour);
    assert_status(ask(keyed("k-1", TARGETS, "{'metadata':{'name':'a'}}")), 201);
    assert_status(ask(keyed("k-2", TARGETS, "{'metadata':{'name':'b'}}")), 201);
    assert_int_equal(world_app()->n_replies, 2);
    world_pass(3 * hour);
    assert_problem(ask(keyed("k-1", TARGETS, "{'metadata':{'name':'a'}}")), 409, "ALREADY_EXISTS");
    assert_status(ask(keyed("k-1", TARGETS, "{'metadata':{'name':'c'}}")), 201);
    assert_int_equal(world_app()->n_replies, 2);
    daemon_forgets_replies();
    assert_int_equal(world_app()->n_replies, 2);
    struct answer a = ask(keyed("k-2", TARGETS, "{'metadata':{'name':'b'}}"));
    assert_text(header_of(&a, "Idempotency-Replayed"), "true");
}

/* Beyond the limit nothing is forgotten: keys are refused until there is room. */
static void keys_are_limited(void **state)
{
    (void)state;
    assert_status(ask(keyed("k-1", TARGETS, "{'metadata':{'name':'a'}}")), 201);
    world_app()->reply_bytes += LIMIT_REPLY_BYTES;
    struct answer a = ask(keyed("k-2", TARGETS, "{'metadata':{'name':'b'}}"));
    assert_problem(a, 429, "TOO_MANY");
    assert_text(header_of(&a, "Retry-After"), "3600");
    assert_status(ask(keyed("k-1", TARGETS, "{'metadata':{'name':'a'}}")), 201);
    assert_status(post(TARGETS, "{'metadata':{'name':'b'}}"), 201);
}

/* ---- rate ---- */

static struct answer from(const char *peer)
{
    return ask((struct ask){.method = "GET", .path = "/version", .peer = peer});
}

static void who_asks_too_often_waits(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_status(from("10.0.0.1"), 200);
    world_app()->settings.rate_per_second = 2;
    world_app()->settings.rate_burst = 5;
    for (int i = 0; i < 5; i++)
        assert_status(from("10.0.0.1"), 200);
    struct answer a = from("10.0.0.1");
    assert_problem(a, 429, "RATE_LIMITED");
    assert_text(header_of(&a, "Retry-After"), "1");
    assert_text(header_of(&a, "RateLimit-Limit"), "5");
    assert_text(header_of(&a, "RateLimit-Remaining"), "0");
    assert_text(header_of(&a, "RateLimit-Reset"), "3");
    /* another client does not wait, and who looks after the daemon never does */
    a = from("10.0.0.2");
    assert_status(a, 200);
    assert_text(header_of(&a, "RateLimit-Remaining"), "4");
    static const char *const free_paths[] = {"/healthz", "/readyz", "/metrics"};
    for (size_t i = 0; i < 3; i++)
        assert_status(ask((struct ask){.method = "GET", .path = free_paths[i], .peer = "10.0.0.1"}),
                      200);
    world_pass(500000);
    assert_status(from("10.0.0.1"), 200);
    assert_problem(from("10.0.0.1"), 429, "RATE_LIMITED");
    world_pass(INT64_C(3600000000));
    for (int i = 0; i < 5; i++)
        assert_status(from("10.0.0.1"), 200);
    assert_problem(from("10.0.0.1"), 429, "RATE_LIMITED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(every_answer_has_an_id),
        API_STORY(a_creation_that_is_sent_again_happens_once),
        API_STORY(the_answer_survives_a_restart),
        API_STORY(operations_and_targets_heed_it_too),
        API_STORY(a_restart_and_a_rollback_that_are_sent_again_happen_once),
        API_STORY(the_answer_with_a_key_is_the_one_without),
        API_STORY(a_key_stands_for_one_request),
        API_STORY(the_second_waits_for_the_first),
        API_STORY(what_did_nothing_is_not_kept),
        API_STORY(a_key_is_kept_for_a_day),
        API_STORY(keys_are_limited),
        API_STORY(who_asks_too_often_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
