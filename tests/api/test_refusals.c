/* Every route refuses what the description says it refuses: walked over the table, so that a new
 * route is held to it as well. What only its own body brings about is in its own tests. */
#include "api/openapi_impl.h"
#include "api_world.h"

#define ID_A    "aaaaaaaa-0000-4000-8000-000000000001"
#define TARGETS "/api/v1/namespaces/default/deployment-targets"

/* A body with which the write would go well, for those that are asked for more than a body. */
static const struct {
    const char *id;
    const char *body;
} good_bodies[] = {
    {"createDeployment", "{'metadata':{'name':'two'},'spec':{'state':'CANCELLED','template':{'spec'"
                         ":{'artifact':{'jarUri':'file:///x.jar'}}}}}"},
    {"putDeployment",
     "{'spec':{'state':'CANCELLED','template':{'spec':{'artifact':{'jarUri':'file:///y.jar'}}}}}"},
    {"patchDeployment", "{'metadata':{'labels':{'a':'b'}}}"},
    {"deleteDeployment", NULL},
    {"createDeploymentTarget", "{'metadata':{'name':'sun'}}"},
    {"putDeploymentTarget", "{'metadata':{'labels':{'a':'b'}},'spec':{'kubernetes':{'namespace':"
                            "'jobs'}}}"},
    {"deleteDeploymentTarget", NULL},
    {"putDeploymentDefaults", "{'spec':{'maxJobCreationAttempts':7}}"},
    {"patchDeploymentDefaults", "{'spec':{'maxJobCreationAttempts':7}}"},
    {"deleteSavepoint", NULL},
    {"plan", "{'metadata':{'labels':{'a':'b'}}}"},
    {"operate", "{'spec':{'kind':'RETRY'}}"},
    {"patchSavepoint", "{'spec':{'pinned':true}}"},
};

static void give_up(struct record *r)
{
    r->gave_up = STR("SPENT");
}

static void given_one_of_each(void)
{
    have_deployment("one", "CANCELLED");
    edit_record("one", give_up);
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    have_savepoint("one", "aaaaaaaa-0000-4000-8000-000000000002", ORIGIN_SUSPEND, 1, 5,
                   "file:///s/b");
    assert_status(post(TARGETS, "{'metadata':{'name':'moon'},'spec':{'kubernetes':{'namespace':"
                                "'jobs'}}}"),
                  201);
}

static struct str name_for(const struct route *r)
{
    struct str path = str_of(r->path);
    return str_contains(path, STR("/savepoints/"))           ? STR(ID_A)
           : str_contains(path, STR("/deployment-targets/")) ? STR("moon")
                                                             : STR("one");
}

static const char *path_for(const struct route *r, const char *namespace_name, const char *query)
{
    struct buf b = {0};
    struct str rest = str_skip(str_of(r->path), 1);
    while (rest.len) {
        struct str part = str_split(rest, '/', &rest);
        buf_add_char(&b, '/');
        buf_add(&b, str_eq(part, STR("{namespace}"))  ? str_of(namespace_name)
                    : str_starts_with(part, STR("{")) ? name_for(r)
                                                      : part);
    }
    buf_add(&b, str_of(query));
    const char *path = arena_cstr(story_arena, buf_str(&b));
    buf_fini(&b);
    return path;
}

static struct ask asking(const struct route *r)
{
    return (struct ask){
        .method = r->method, .path = path_for(r, "default", ""), .body = r->takes ? "{}" : NULL};
}

static bool good_body(const struct route *r, struct ask *a)
{
    for (size_t i = 0; i < sizeof(good_bodies) / sizeof(good_bodies[0]); i++) {
        if (!str_eq(str_of(r->id), str_of(good_bodies[i].id)))
            continue;
        a->body = good_bodies[i].body;
        return true;
    }
    if (!str_eq(str_of(r->id), STR("createSavepoint")))
        return false;
    a->body = arena_fmt(story_arena,
                        "{'metadata':{'deploymentId':'%.*s'},'spec':{'savepointLocation':"
                        "'file:///s/c'}}",
                        STR_ARG(entry_named("one")->id))
                  .ptr;
    return true;
}

static void then_it_refuses(const struct route *r, struct ask a, int status)
{
    struct answer is = ask(a);
    if (is.status != status)
        fail_msg("%s: %s %s: %d is described, %d came: %.*s", r->id, a.method, a.path, status,
                 is.status, STR_ARG(is.body));
    assert_text(is.type, "application/problem+json");
}

static void a_query_that_nobody_knows(void **state)
{
    (void)state;
    given_one_of_each();
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        a.path = path_for(&routes[i], "default", "?nobodyKnowsThis=1");
        then_it_refuses(&routes[i], a, 400);
    }
}

static void a_namespace_that_is_not_there(void **state)
{
    (void)state;
    given_one_of_each();
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        a.path = path_for(&routes[i], "elsewhere", "");
        if (openapi_may_refuse(&routes[i], 404))
            then_it_refuses(&routes[i], a, 404);
    }
}

static void a_body_of_another_kind_or_too_deep(void **state)
{
    (void)state;
    given_one_of_each();
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        assert_int_equal(openapi_may_refuse(&routes[i], 415), routes[i].takes != NULL);
        if (!routes[i].takes)
            continue;
        a.type = "text/plain";
        then_it_refuses(&routes[i], a, 415);
        a.type = NULL;
        a.body =
            "{'metadata':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
            "]]]]]]]]}";
        then_it_refuses(&routes[i], a, 413);
    }
}

static void a_version_that_has_moved_on(void **state)
{
    (void)state;
    given_one_of_each();
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        a.if_match = "\"99\"";
        if (openapi_may_refuse(&routes[i], 412) && good_body(&routes[i], &a))
            then_it_refuses(&routes[i], a, 412);
    }
}

static void a_version_in_the_body_that_has_moved_on(void **state)
{
    (void)state;
    given_one_of_each();
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        a.body = "{'metadata':{'resourceVersion':99},'spec':{'kubernetes':{'namespace':'jobs'}}}";
        if (str_eq(str_of(routes[i].id), STR("putDeploymentTarget")))
            then_it_refuses(&routes[i], a, 409);
        a.body = "{'metadata':{'resourceVersion':99}}";
        if (routes[i].takes == &deployment_fields && !str_eq(str_of(a.method), STR("POST")))
            then_it_refuses(&routes[i], a, 409);
        if (routes[i].takes == &defaults_fields)
            then_it_refuses(&routes[i], a, 409);
    }
}

static void a_store_without_room(void **state)
{
    (void)state;
    given_one_of_each();
    store_says(STORE_REFUSED);
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        if (openapi_may_refuse(&routes[i], 507) && good_body(&routes[i], &a))
            then_it_refuses(&routes[i], a, 507);
    }
}

static void a_client_that_asks_too_often(void **state)
{
    (void)state;
    given_one_of_each();
    world_app()->settings.rate_per_second = 1;
    world_app()->settings.rate_burst = 1;
    assert_status(get("/version"), 200);
    for (size_t i = 0; i < n_routes; i++) {
        assert_int_equal(openapi_may_refuse(&routes[i], 429), !routes[i].is_unlimited);
        if (!routes[i].is_unlimited)
            then_it_refuses(&routes[i], asking(&routes[i]), 429);
    }
}

static void a_key_of_another_request(void **state)
{
    (void)state;
    given_one_of_each();
    struct ask first = {.method = "POST",
                        .path = TARGETS,
                        .body = "{'metadata':{'name':'sun'}}",
                        .idempotency_key = "k-1"};
    assert_status(ask(first), 201);
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        a.idempotency_key = "k-1";
        if (openapi_may_refuse(&routes[i], 422))
            then_it_refuses(&routes[i], a, 422);
    }
}

static void a_place_of_another_run(void **state)
{
    (void)state;
    given_one_of_each();
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        a.path = path_for(&routes[i], "default", "?watch=1&resourceVersion=00000000-1");
        if (openapi_may_refuse(&routes[i], 410))
            then_it_refuses(&routes[i], a, 410);
    }
}

/* What it is warned about is said of a refused write, too. */
static void a_write_with_unknown_fields_and_worse(void **state)
{
    (void)state;
    struct answer a = post(TARGETS "?fieldValidation=Warn", "{'colour':'red'}");
    assert_text(assert_problem(a, 400, "INVALID"), "/metadata/name");
    assert_text(header_of(&a, "Warning"), "299 - \"/colour: unknown field\"");
}

/* The other side: with dryRun=All every write tells what it would do, and does nothing. */
static void a_plan_comes_instead_of_a_write(void **state)
{
    (void)state;
    given_one_of_each();
    struct str before = whole_registry();
    for (size_t i = 0; i < n_routes; i++) {
        struct ask a = asking(&routes[i]);
        a.path = path_for(&routes[i], "default", "?dryRun=All");
        if (!(routes[i].queries >> QUERY_DRY_RUN & 1U) || !good_body(&routes[i], &a))
            continue;
        struct answer plan = ask(a);
        assert_status(plan, 200);
        assert_text(text_at(plan.json, "kind"), "Plan");
        assert_text(whole_registry(), before.ptr);
    }
}

static void a_store_that_cannot_be_trusted(void **state)
{
    (void)state;
    given_one_of_each();
    world_app()->store_broken = true;
    world_app()->store_text = STR("it cannot be read");
    for (size_t i = 0; i < n_routes; i++) {
        bool write = !str_eq(str_of(routes[i].method), STR("GET"));
        if (openapi_may_refuse(&routes[i], 503) && write)
            then_it_refuses(&routes[i], asking(&routes[i]), 503);
    }
    assert_problem(get("/readyz"), 503, "UNAVAILABLE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(a_query_that_nobody_knows),
        API_STORY(a_namespace_that_is_not_there),
        API_STORY(a_body_of_another_kind_or_too_deep),
        API_STORY(a_version_that_has_moved_on),
        API_STORY(a_client_that_asks_too_often),
        API_STORY(a_key_of_another_request),
        API_STORY(a_place_of_another_run),
        API_STORY(a_write_with_unknown_fields_and_worse),
        API_STORY(a_version_in_the_body_that_has_moved_on),
        API_STORY(a_plan_comes_instead_of_a_write),
        API_STORY(a_store_without_room),
        API_STORY(a_store_that_cannot_be_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
