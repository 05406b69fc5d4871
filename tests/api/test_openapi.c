/* The description of the API agrees with what is served. */
#include "api/api_impl.h"
#include "api_world.h"

static struct json description(void)
{
    struct answer a = get("/openapi.json");
    assert_status(a, 200);
    assert_text(a.type, "application/json");
    assert_int_equal(json_kind(a.json), JSON_OBJECT);
    return a.json;
}

static struct json member(struct json v, const char *key)
{
    return json_get(v, str_of(key));
}

static void it_is_a_document_of_openapi_3_1(void **state)
{
    (void)state;
    struct json d = description();
    assert_text(text_at(d, "openapi"), "3.1.0");
    assert_text(text_at(d, "info.version"), "0.0.1");
    assert_true(json_len(member(d, "paths")) > 20);
}

static bool resolves(struct json d, struct str ref)
{
    struct str prefix = STR("#/components/schemas/");
    return str_starts_with(ref, prefix) &&
           json_kind(json_get(json_path(d, "components.schemas"), str_skip(ref, prefix.len))) ==
               JSON_OBJECT;
}

static size_t check_references(struct json d, struct json v)
{
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    size_t n = 0;
    while (json_next(&it, &key, &item)) {
        struct str ref;
        if (str_eq(key, STR("$ref")) && json_str(item, &ref)) {
            if (!resolves(d, ref))
                fail_msg("%.*s does not resolve", STR_ARG(ref));
            n++;
        }
        n += check_references(d, item);
    }
    return n;
}

static void every_reference_resolves(void **state)
{
    (void)state;
    struct json d = description();
    assert_true(check_references(d, d) > 60);
}

static struct json operation_of(struct json d, const struct route *r)
{
    struct buf method = {0};
    for (const char *c = r->method; *c; c++)
        buf_add_char(&method, (char)(*c | 0x20));
    struct json path = member(member(d, "paths"), r->path);
    struct json operation = json_get(path, arena_str(story_arena, buf_str(&method)));
    buf_fini(&method);
    if (json_kind(operation) != JSON_OBJECT)
        fail_msg("%s %s is not described", r->method, r->path);
    return operation;
}

static bool has_parameter(struct json operation, const char *in, struct str name)
{
    struct json list = member(operation, "parameters");
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(text_at(json_at(list, i), "in"), str_of(in)) &&
            str_eq(text_at(json_at(list, i), "name"), name))
            return true;
    return false;
}

static void check_path_parameters(struct json operation, const struct route *r)
{
    struct str rest = str_of(r->path);
    while (rest.len) {
        struct str part = str_split(rest, '/', &rest);
        if (str_starts_with(part, STR("{")))
            assert_true(
                has_parameter(operation, "path", str_skip(str_take(part, part.len - 1), 1)));
    }
}

static void every_route_is_described(void **state)
{
    (void)state;
    struct json d = description();
    size_t described = 0;
    struct json_iter it = json_each(member(d, "paths"));
    struct str key;
    struct json path;
    while (json_next(&it, &key, &path))
        described += json_len(path);
    assert_int_equal(described, n_routes);
    for (size_t i = 0; i < n_routes; i++) {
        const struct route *r = &routes[i];
        struct json operation = operation_of(d, r);
        check_path_parameters(operation, r);
        for (size_t q = 0; q < QUERIES; q++)
            assert_int_equal(has_parameter(operation, "query", str_of(query_infos[q].name)),
                             r->queries >> q & 1U);
        struct str status = arena_fmt(story_arena, "%d", r->status);
        assert_false(json_is_none(json_get(member(operation, "responses"), status)));
        assert_false(json_is_none(member(member(operation, "responses"), "default")));
        assert_int_equal(!json_is_none(member(operation, "requestBody")), r->takes != NULL);
    }
}

static void operations_have_names_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_routes; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(routes[i].id, routes[k].id);
}

/* ---- what is served has the described members ---- */

static struct json properties(struct json d, struct str name)
{
    return member(json_get(json_path(d, "components.schemas"), name), "properties");
}

static void check_members(struct json d, struct str schema, struct json v)
{
    struct str prefix = STR("#/components/schemas/");
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    while (json_kind(v) == JSON_OBJECT && json_next(&it, &key, &item)) {
        struct json property = json_get(properties(d, schema), key);
        if (json_kind(property) != JSON_OBJECT)
            fail_msg("%.*s has no %.*s", STR_ARG(schema), STR_ARG(key));
        struct str ref = text_at(property, "$ref");
        if (str_starts_with(ref, prefix))
            check_members(d, str_skip(ref, prefix.len), item);
        ref = text_at(member(property, "items"), "$ref");
        for (size_t i = 0; str_starts_with(ref, prefix) && i < json_len(item); i++)
            check_members(d, str_skip(ref, prefix.len), json_at(item, i));
    }
}

static void what_is_served_is_described(void **state)
{
    (void)state;
    struct json d = description();
    have_deployment("one", "RUNNING");
    have_running_job("one");
    have_checkpoint("one", 3, true);
    have_savepoint("one", "aaaaaaaa-0000-4000-8000-000000000001", ORIGIN_SUSPEND, 1, 2,
                   "file:///s");
    check_members(d, STR("DeploymentList"), get(DEPLOYMENTS).json);
    check_members(d, STR("SavepointList"), get(SAVEPOINTS).json);
    check_members(d, STR("EventList"), get("/api/v1/namespaces/default/events").json);
    check_members(d, STR("DeploymentTargetList"),
                  get("/api/v1/namespaces/default/deployment-targets").json);
    check_members(d, STR("RestoreDecision"), get(DEPLOYMENTS "/one/restore-decision").json);
    check_members(
        d, STR("Plan"),
        patch(DEPLOYMENTS "/one?dryRun=All", "{'spec':{'template':{'spec':{'parallelism':2}}}}")
            .json);
    check_members(d, STR("Problem"), get("/nowhere").json);
    check_members(d, STR("Version"), get("/version").json);
    check_members(d, STR("NamespaceAnswers"), get("/namespaces/v1/namespaces").json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(it_is_a_document_of_openapi_3_1), API_STORY(every_reference_resolves),
        API_STORY(every_route_is_described),        API_STORY(operations_have_names_of_their_own),
        API_STORY(what_is_served_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
