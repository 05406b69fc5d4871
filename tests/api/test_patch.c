/* JSON patch (RFC 6902) on what the API keeps. */
#include "api_world.h"

#define ONE      DEPLOYMENTS "/one"
#define DEFAULTS "/api/v1/namespaces/default/deployment-defaults"

static struct answer json_patch_of(const char *method, const char *path, const char *body)
{
    return ask((struct ask){
        .method = method, .path = path, .body = body, .type = "application/json-patch+json"});
}

static void operations_change_what_they_name(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a = json_patch_of(
        "PATCH", ONE,
        "[{'op':'test','path':'/metadata/resourceVersion','value':1},"
        "{'op':'add','path':'/metadata/labels/team','value':'a'},"
        "{'op':'replace','path':'/spec/maxJobCreationAttempts','value':7},"
        "{'op':'add','path':'/spec/template/spec/flinkConfiguration/a.b~1c','value':1},"
        "{'op':'copy','from':'/metadata/labels/team','path':'/metadata/displayName'}]");
    assert_status(a, 200);
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 2);
    assert_text(text_at(a.json, "metadata.labels.team"), "a");
    assert_text(text_at(a.json, "metadata.displayName"), "a");
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 7);
    struct json conf = json_path(a.json, "spec.template.spec.flinkConfiguration");
    assert_text(json_str_or(json_get(conf, STR("a.b/c")), STR("")), "1");
    a = json_patch_of("PATCH", ONE,
                      "[{'op':'remove','path':'/metadata/labels/team'},"
                      "{'op':'remove','path':'/spec/maxJobCreationAttempts'}]");
    assert_text(text_at(a.json, "metadata.labels.team"), "(none)");
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 4);
    a = json_patch_of("PATCH", ONE, "[]");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 3);
}

static void a_patch_that_does_not_hold_changes_nothing(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str before = whole_registry();
    struct answer a = json_patch_of("PATCH", ONE,
                                    "[{'op':'replace','path':'/spec/state','value':'RUNNING'},"
                                    "{'op':'test','path':'/status/state','value':'RUNNING'}]");
    assert_text(assert_problem(a, 409, "TEST_FAILED"), "/1/value");
    a = json_patch_of("PATCH", ONE, "[{'op':'remove','path':'/spec/nothing'}]");
    assert_text(assert_problem(a, 400, "INVALID"), "/0/path");
    a = json_patch_of("PATCH", ONE, "{'spec':{}}");
    assert_problem(a, 400, "INVALID");
    a = json_patch_of("PATCH", ONE, "[{'op':'replace','path':'','value':5}]");
    assert_problem(a, 400, "INVALID");
    a = json_patch_of("PATCH", ONE, "[{'op':'replace','path':'/spec/state','value':'PAUSED'}]");
    assert_text(assert_problem(a, 400, "INVALID"), "/spec/state");
    a = json_patch_of("PATCH", ONE, "[{'op':'add','path':'/spec/nonsense','value':1}]");
    assert_text(assert_problem(a, 400, "UNKNOWN_FIELD"), "/spec/nonsense");
    a = json_patch_of("PATCH", ONE, "[{'op':'replace','path':'/metadata/name','value':'two'}]");
    assert_text(assert_problem(a, 400, "INVALID"), "/metadata/name");
    a = json_patch_of("PATCH", ONE,
                      "[{'op':'replace','path':'/metadata/id','value':"
                      "'11111111-2222-4333-8444-555555555555'}]");
    assert_text(assert_problem(a, 400, "INVALID"), "/metadata/id");
    a = json_patch_of("PATCH", ONE,
                      "[{'op':'replace','path':'/metadata/resourceVersion','value':9}]");
    assert_text(assert_problem(a, 409, "CONFLICT"), "/metadata/resourceVersion");
    assert_problem(json_patch_of("PATCH", DEPLOYMENTS "/two", "[]"), 404, "NOT_FOUND");
    assert_problem(json_patch_of("POST", DEPLOYMENTS "/two/plans", "[]"), 404, "NOT_FOUND");
    assert_problem(json_patch_of("PUT", ONE, "[]"), 415, "UNSUPPORTED_MEDIA");
    assert_problem(json_patch_of("POST", DEPLOYMENTS, "[]"), 415, "UNSUPPORTED_MEDIA");
    assert_text(whole_registry(), before.ptr);
}

static void a_plan_and_the_defaults_take_one_too(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    const char *more = "[{'op':'replace','path':'/spec/template/spec/parallelism','value':3}]";
    struct answer a = json_patch_of("POST", ONE "/plans", more);
    assert_status(a, 201);
    assert_true(str_contains(a.body, STR("\"path\":\"/spec/template/spec/parallelism\"")));
    assert_status(json_patch_of("PATCH", ONE "?dryRun=All", more), 200);
    assert_int_equal(number_at(get(ONE).json, "spec.template.spec.parallelism"), 1);
    a = json_patch_of("PATCH", DEFAULTS, "[{'op':'add','path':'/spec/state','value':'CANCELLED'}]");
    assert_status(a, 200);
    assert_text(text_at(get(DEFAULTS).json, "spec.state"), "CANCELLED");
    a = json_patch_of("PATCH", DEFAULTS, "[{'op':'test','path':'/spec/state','value':'RUNNING'}]");
    assert_problem(a, 409, "TEST_FAILED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(operations_change_what_they_name),
        API_STORY(a_patch_that_does_not_hold_changes_nothing),
        API_STORY(a_plan_and_the_defaults_take_one_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
