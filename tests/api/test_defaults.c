/* What a Deployment gets that its author did not write: from the namespace, the configuration, and
 * what is known of Flink. */
#include "api_world.h"
#define ONE DEPLOYMENTS "/one"
#define JAR "'template':{'spec':{'artifact':{'jarUri':'file:///x.jar'}}}"

static void defaults_of_the_namespace_reach_new_deployments_only(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    assert_status(put("/api/v1/namespaces/default/deployment-defaults",
                      "{'spec':{'maxJobCreationAttempts':9,'template':{'spec':{'parallelism':5,"
                      "'flinkConfiguration':{'a':'default'}}}}}"),
                  200);
    assert_int_equal(number_at(get(ONE).json, "spec.maxJobCreationAttempts"), 4);
    struct answer a = put(
        DEPLOYMENTS "/two",
        "{'spec':{'state':'CANCELLED','template':{'spec':{'artifact':{'jarUri':'file:///x.jar'},"
        "'flinkConfiguration':{'b':'own'}}}}}");
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 9);
    assert_int_equal(number_at(a.json, "spec.template.spec.parallelism"), 5);
    assert_text(text_at(a.json, "spec.template.spec.flinkConfiguration.a"), "default");
    assert_text(text_at(a.json, "spec.template.spec.flinkConfiguration.b"), "own");
    /* PUT takes the body as it is, unless asked */
    const char *body = "{'spec':{'state':'CANCELLED'," JAR "}}";
    assert_int_equal(number_at(put(ONE, body).json, "spec.maxJobCreationAttempts"), 4);
    a = put(ONE "?applyDefaults=true", body);
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 9);
}

static void the_author_wins_over_the_namespace_over_the_configuration(void **state)
{
    (void)state;
    configured_defaults("{'maxJobCreationAttempts':6,'maxSavepointCreationAttempts':6,"
                        "'template':{'spec':{'parallelism':6}},'deploymentTargetName':'local'}");
    put("/api/v1/namespaces/default/deployment-defaults",
        "{'spec':{'maxSavepointCreationAttempts':7,'template':{'spec':{'parallelism':7}}}}");
    struct answer a =
        post(DEPLOYMENTS, "{'metadata':{'name':'one'},'spec':{'deploymentTargetId':"
                          "'6c6f6361-6c00-4000-8000-000000000000','template':{'spec':"
                          "{'parallelism':8,'artifact':{'jarUri':'file:///x.jar'}}}}}");
    assert_status(a, 201);
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 6);
    assert_int_equal(number_at(a.json, "spec.maxSavepointCreationAttempts"), 7);
    assert_int_equal(number_at(a.json, "spec.template.spec.parallelism"), 8);
    /* who names a target by id has not also the default's name */
    assert_text(text_at(a.json, "spec.deploymentTargetName"), "(none)");
    struct json global = get("/api/v1/global-deployment-defaults").json;
    assert_int_equal(number_at(global, "spec.maxJobCreationAttempts"), 6);
}

static void the_flink_version_is_pinned(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    static struct str newer[] = {{"1.20.5", 6}, {"2.3.0", 5}, {"2.4.0", 5}};
    world_app()->settings.flink_versions = (struct str_list){newer, 3};
    struct answer a = put(ONE, "{'spec':{'state':'CANCELLED'," JAR "}}");
    assert_text(text_at(a.json, "spec.template.spec.artifact.flinkVersion"), "2.3.0");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 1);
    assert_text(assert_problem(patch(ONE, "{'spec':{'template':{'spec':{'artifact':{'flinkVersion':"
                                          "'1.7'}}}}}"),
                               400, "INVALID"),
                "/spec/template/spec/artifact/flinkVersion");
}

/* Or the next write would bring the default, and with it another job. */
static void an_empty_text_is_the_default_at_once(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a =
        patch(ONE, "{'spec':{'template':{'spec':{'logging':{'loggingProfile':''}}}}}");
    assert_text(text_at(a.json, "spec.template.spec.logging.loggingProfile"), "default");
    a = patch(ONE, "{'spec':{'maxJobCreationAttempts':7}}");
    assert_text(text_at(a.json, "spec.template.spec.logging.loggingProfile"), "default");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(defaults_of_the_namespace_reach_new_deployments_only),
        API_STORY(the_author_wins_over_the_namespace_over_the_configuration),
        API_STORY(the_flink_version_is_pinned),
        API_STORY(an_empty_text_is_the_default_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
