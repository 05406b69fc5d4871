/* Watching, settings of the namespace, and what the server says of itself. */
#include "api_world.h"

#define ONE      DEPLOYMENTS "/one"
#define DEFAULTS "/api/v1/namespaces/default/deployment-defaults"
#define TARGETS  "/api/v1/namespaces/default/deployment-targets"

static int watch(const char *path, const char *accept)
{
    return ask_later((struct ask){.method = "GET", .path = path, .accept = accept});
}

/* "ADDED one 1, MODIFIED one 2": types, names and versions of an NDJSON stream. */
static struct str story_of(int at)
{
    struct buf b = {0};
    struct str rest = stream_text(at);
    while (rest.len) {
        struct json v;
        struct err e;
        struct str line = str_split(rest, '\n', &rest);
        assert_int_equal(json_parse(story_arena, line, &v, &e), 0);
        buf_fmt(&b, "%s%.*s", b.len ? ", " : "", STR_ARG(text_at(v, "type")));
        if (!str_eq(text_at(v, "type"), STR("BOOKMARK")))
            buf_fmt(&b, " %.*s %d", STR_ARG(text_at(v, "object.metadata.name")),
                    (int)number_at(v, "object.metadata.resourceVersion"));
    }
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void label(const char *name, const char *value)
{
    struct str path = arena_fmt(story_arena, DEPLOYMENTS "/%s", name);
    struct str body = arena_fmt(story_arena, "{'metadata':{'labels':{'team':'%s'}}}", value);
    assert_status(patch(path.ptr, body.ptr), 200);
}

static void a_watcher_sees_what_is_there_and_what_changes(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    int at = watch(DEPLOYMENTS "?watch=1", NULL);
    assert_status((struct answer){.status = answer_of(at).status}, 200);
    assert_text(answer_of(at).type, "application/x-ndjson");
    have_deployment("two", "CANCELLED");
    label("one", "a");
    assert_text(story_of(at), "ADDED one 1, BOOKMARK, ADDED two 1, MODIFIED one 2");
    world_pass(1000000); /* the states are reached */
    size_t n = stream_text(at).len;
    assert_status(del(ONE), 200);
    world_pass(3000000);
    struct str news = str_skip(stream_text(at), n);
    assert_true(str_contains(news, STR("\"type\":\"DELETED\"")));
    assert_true(str_contains(news, STR("BEING_DELETED")));
    client_leaves(at);
    label("two", "b");
}

static void one_deployment_is_watched_as_server_sent_events(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_deployment("two", "CANCELLED");
    int at = watch(ONE "?watch=true", "text/event-stream");
    assert_text(answer_of(at).type, "text/event-stream");
    label("two", "a");
    label("one", "b");
    struct str text = stream_text(at);
    assert_true(str_starts_with(text, STR("event: ADDED\ndata: {\"type\":\"ADDED\",")));
    assert_true(str_contains(text, STR("event: MODIFIED\ndata: ")));
    assert_true(str_ends_with(text, STR("}\n\n")));
    assert_false(str_contains(text, STR("\"name\":\"two\"")));
    del(ONE);
    world_pass(10000000);
    assert_true(stream_ended(at));
}

static void a_selector_tells_who_comes_and_who_goes(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    int at = watch(DEPLOYMENTS "?watch=1&labelSelector=team%3Dx", NULL);
    label("one", "x");
    label("one", "x");
    have_deployment("two", "CANCELLED");
    patch(ONE, "{'spec':{'maxJobCreationAttempts':5}}");
    label("one", "y");
    assert_text(story_of(at), "BOOKMARK, ADDED one 2, MODIFIED one 3, DELETED one 4");
}

static void a_quiet_stream_has_a_heartbeat(void **state)
{
    (void)state;
    int at = watch(DEPLOYMENTS "?watch=1", NULL);
    world_pass(46000000);
    assert_text(story_of(at), "BOOKMARK, BOOKMARK, BOOKMARK, BOOKMARK");
}

static void a_slow_client_is_dropped(void **state)
{
    (void)state;
    int slow = watch(DEPLOYMENTS "?watch=1", NULL);
    int quick = watch(DEPLOYMENTS "?watch=1", NULL);
    client_reads_too_slowly(slow);
    have_deployment("one", "CANCELLED");
    assert_true(stream_ended(slow));
    label("one", "a");
    assert_text(story_of(quick), "BOOKMARK, ADDED one 1, MODIFIED one 2");
}

static void watchers_are_limited(void **state)
{
    (void)state;
    for (int i = 0; i < 1024; i++)
        watch(DEPLOYMENTS "?watch=1", NULL);
    assert_problem(get(DEPLOYMENTS "?watch=1"), 429, "TOO_MANY");
    client_leaves(3);
    assert_status(answer_of(watch(DEPLOYMENTS "?watch=1", NULL)), 200);
    assert_problem(get(DEPLOYMENTS "?watch=maybe"), 400, "BAD_REQUEST");
}

/* ---- settings ---- */

static void defaults_are_one_object_that_is_always_there(void **state)
{
    (void)state;
    struct answer a = get(DEFAULTS);
    assert_text(text_at(a.json, "kind"), "DeploymentDefaults");
    assert_int_equal(json_kind(json_get(a.json, STR("spec"))), JSON_OBJECT);
    a = patch(DEFAULTS, "{'spec':{'state':'CANCELLED','template':{'spec':{'parallelism':2}}}}");
    assert_status(a, 200);
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 1);
    a = patch(DEFAULTS, "{'spec':{'template':{'spec':{'parallelism':2}}}}");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 1);
    a = patch(DEFAULTS, "{'spec':{'state':null}}");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 2);
    assert_text(text_at(a.json, "spec.state"), "(none)");
    assert_int_equal(number_at(a.json, "spec.template.spec.parallelism"), 2);
    assert_text(get(DEFAULTS).body, a.body.ptr);
    struct ask stale = {.method = "PUT", .path = DEFAULTS, .body = "{}", .if_match = "\"1\""};
    assert_problem(ask(stale), 412, "PRECONDITION_FAILED");
    assert_text(assert_problem(put(DEFAULTS, "{'spec':{'template':{'spec':{'parallelism':0}}}}"),
                               400, "INVALID"),
                "/spec/template/spec/parallelism");
    assert_text(assert_problem(put(DEFAULTS, "{'spec':{'nonsense':0}}"), 400, "UNKNOWN_FIELD"),
                "/spec/nonsense");
    assert_text(text_at(get("/api/v1/global-deployment-defaults").json, "kind"),
                "DeploymentDefaults");
    struct ask global = {
        .method = "PUT", .path = "/api/v1/global-deployment-defaults", .body = "{}"};
    assert_problem(ask(global), 405, "METHOD_NOT_ALLOWED");
}

static void targets_are_kept_and_the_built_in_one_stays(void **state)
{
    (void)state;
    assert_text(text_at(get(TARGETS "/local").json, "spec.kind"), "LOCAL");
    assert_problem(del(TARGETS "/local"), 409, "CONFLICT");
    const char *moon = "{'metadata':{'name':'moon'},'spec':{'kubernetes':{'namespace':'jobs'}}}";
    struct answer a = post(TARGETS, moon);
    assert_status(a, 201);
    assert_text(text_at(a.json, "spec.kind"), "KUBERNETES");
    assert_text(header_of(&a, "Location"), TARGETS "/moon");
    assert_problem(post(TARGETS, moon), 409, "ALREADY_EXISTS");
    a = put(TARGETS "/moon", moon);
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 1);
    a = put(TARGETS "/moon", "{'metadata':{'labels':{'a':'b'}},'spec':{'kubernetes':{'namespace':"
                             "'jobs'}}}");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 2);
    assert_text(assert_problem(put(TARGETS "/moon", "{'spec':{'kubernetes':{'namespace':'x'}}}"),
                               400, "INVALID"),
                "/spec/kubernetes/namespace");
    assert_int_equal(json_len(json_get(get(TARGETS).json, STR("items"))), 2);
    assert_status(del(TARGETS "/moon"), 200);
    assert_problem(get(TARGETS "/moon"), 404, "NOT_FOUND");
    assert_int_equal(json_len(json_get(get(TARGETS).json, STR("items"))), 1);
}

/* ---- the server ---- */

static void the_server_tells_what_it_is(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    assert_text(text_at(get("/version").json, "version"), "0.0.1");
    assert_text(get("/healthz").body, "ok\n");
    assert_text(get("/readyz").body, "ok\n");
    assert_status(get("/api/v1/status"), 200);
    assert_text(
        text_at(get("/api/v1/status/system-info").json, "status.revisionInformation.buildVersion"),
        "0.0.1");
    struct json n = json_at(json_get(get("/namespaces/v1/namespaces").json, STR("namespaces")), 0);
    assert_text(text_at(n, "name"), "namespaces/default");
    assert_text(text_at(get("/namespaces/v1/namespaces/default").json, "namespace.name"),
                "namespaces/default");
    assert_problem(get("/namespaces/v1/namespaces/other"), 404, "NOT_FOUND");
    get("/nowhere");
    struct str metrics = get("/metrics").body;
    assert_true(str_contains(metrics, STR("sluice_deployments{state=\"TRANSITIONING\"} 1\n")));
    assert_true(str_contains(metrics, STR("route=\"/version\",status=\"2xx\"} 1\n")));
    assert_true(str_contains(metrics, STR("route=\"\",status=\"4xx\"} 1\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(a_watcher_sees_what_is_there_and_what_changes),
        API_STORY(one_deployment_is_watched_as_server_sent_events),
        API_STORY(a_selector_tells_who_comes_and_who_goes),
        API_STORY(a_quiet_stream_has_a_heartbeat),
        API_STORY(a_slow_client_is_dropped),
        API_STORY(watchers_are_limited),
        API_STORY(defaults_are_one_object_that_is_always_there),
        API_STORY(targets_are_kept_and_the_built_in_one_stays),
        API_STORY(the_server_tells_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
