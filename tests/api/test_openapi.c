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

/* What "#/components/<section>/<name>" names; none when there is no such thing. */
static struct json resolved(struct json d, struct str ref)
{
    struct str prefix = STR("#/components/");
    struct str name;
    if (!str_starts_with(ref, prefix))
        return (struct json){0};
    struct str section = str_split(str_skip(ref, prefix.len), '/', &name);
    return json_get(json_get(member(d, "components"), section), name);
}

static struct json followed(struct json d, struct json v)
{
    struct json ref = member(v, "$ref");
    return json_is_none(ref) ? v : resolved(d, text_at(v, "$ref"));
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
            if (json_kind(resolved(d, ref)) != JSON_OBJECT)
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
    assert_true(check_references(d, d) > 200);
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

static bool has_parameter(struct json d, struct json operation, const char *in, struct str name)
{
    struct json list = member(operation, "parameters");
    for (size_t i = 0; i < json_len(list); i++) {
        struct json p = followed(d, json_at(list, i));
        if (str_eq(text_at(p, "in"), str_of(in)) && str_eq(text_at(p, "name"), name))
            return true;
    }
    return false;
}

static void check_path_parameters(struct json d, struct json operation, const struct route *r)
{
    struct str rest = str_of(r->path);
    while (rest.len) {
        struct str part = str_split(rest, '/', &rest);
        if (str_starts_with(part, STR("{")))
            assert_true(
                has_parameter(d, operation, "path", str_skip(str_take(part, part.len - 1), 1)));
    }
}

/* Two queries may have one name. */
static bool knows_query(const struct route *r, const char *name)
{
    bool known = false;
    for (size_t q = 0; q < QUERIES; q++)
        known =
            known || ((r->queries >> q & 1U) && str_eq(str_of(query_infos[q].name), str_of(name)));
    return known;
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
        check_path_parameters(d, operation, r);
        for (size_t q = 0; q < QUERIES; q++)
            assert_int_equal(has_parameter(d, operation, "query", str_of(query_infos[q].name)),
                             knows_query(r, query_infos[q].name));
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

/* A new route or a new kind of object must not be forgotten: tests/openapi holds every answer of
 * these tests against the description, and can do so only where it says something. */
static void every_answer_has_a_schema(void **state)
{
    (void)state;
    struct json d = description();
    for (size_t i = 0; i < n_routes; i++) {
        struct json_iter answers = json_each(member(operation_of(d, &routes[i]), "responses"));
        struct str status;
        struct json answer;
        while (json_next(&answers, &status, &answer)) {
            struct json content = member(followed(d, answer), "content");
            struct json_iter it = json_each(content);
            struct str type;
            struct json media;
            assert_true(json_len(content) > 0);
            while (json_next(&it, &type, &media)) {
                struct json schema = member(media, "schema");
                bool says = !json_is_none(member(schema, "type")) ||
                            !json_is_none(member(schema, "oneOf")) ||
                            json_len(followed(d, schema)) > 1;
                if (!says)
                    fail_msg("%s %s, %.*s, %.*s: no schema", routes[i].method, routes[i].path,
                             STR_ARG(status), STR_ARG(type));
            }
        }
    }
}

static void a_refusal_is_described_where_it_can_come(void **state)
{
    (void)state;
    struct json paths = member(description(), "paths");
    struct json get = member(member(paths, "/version"), "get");
    struct json post = member(member(paths, "/api/v1/namespaces/{namespace}/deployments"), "post");
    assert_true(json_is_none(member(member(get, "responses"), "404")));
    assert_true(json_is_none(member(member(get, "responses"), "507")));
    assert_false(json_is_none(member(member(post, "responses"), "404")));
    assert_false(json_is_none(member(member(post, "responses"), "507")));
    assert_false(json_is_none(member(member(post, "responses"), "429")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(it_is_a_document_of_openapi_3_1),
        API_STORY(every_reference_resolves),
        API_STORY(every_route_is_described),
        API_STORY(operations_have_names_of_their_own),
        API_STORY(every_answer_has_a_schema),
        API_STORY(a_refusal_is_described_where_it_can_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
