/* Ververica Platform's application manager to the letter: every operation that its description lists for
 * the kinds that there are, in JSON and in YAML; and bodies as its real clients send them. */
#include "api_world.h"

#define NS      "/api/v1/namespaces/default"
#define EVENTS  NS "/events"
#define JOBS    NS "/jobs"
#define TARGETS NS "/deployment-targets"
#define TARGET  TARGETS "/moon"
#define ONE     DEPLOYMENTS "/one"
#define JOB     "11111111-2222-4333-8444-555555555555"
#define SAVED   "aaaaaaaa-0000-4000-8000-000000000001"
#define OLD     "aaaaaaaa-0000-4000-8000-000000000002"

#define DEPLOYMENT(name_)                                                                     \
    "{'kind':'Deployment','apiVersion':'v1','metadata':{'name':'" name_ "'},'spec':{'state':" \
    "'CANCELLED','template':{'spec':{'artifact':{'kind':'jar','jarUri':'file:///x.jar'}}}}}"
#define MOON "{'metadata':{'name':'moon'},'spec':{'kubernetes':{'namespace':'jobs'}}}"

/* A row of the table of operations. {id} stands for the id of the Deployment `one`. */
static const struct {
    const char *method;
    const char *path;
    const char *body;
    int status;
    const char *kind; /* of the answer; NULL = anything */
} operations[] = {
    {"GET", NS "/deployment-defaults", NULL, 200, "DeploymentDefaults"},
    {"PATCH", NS "/deployment-defaults", "{'spec':{'template':{'spec':{'parallelism':2}}}}", 200,
     "DeploymentDefaults"},
    {"GET", TARGETS, NULL, 200, "DeploymentTargetList"},
    {"POST", TARGETS, MOON, 201, "DeploymentTarget"},
    {"GET", TARGET, NULL, 200, "DeploymentTarget"},
    {"PUT", TARGET, MOON, 200, "DeploymentTarget"},
    {"DELETE", TARGET, NULL, 200, "DeploymentTarget"},
    {"PUT", TARGET, MOON, 201, "DeploymentTarget"},
    {"DELETE", TARGET, NULL, 200, "DeploymentTarget"},
    {"GET", DEPLOYMENTS, NULL, 200, "DeploymentList"},
    {"GET", DEPLOYMENTS "?labelSelector=a%3Db", NULL, 200, "DeploymentList"},
    {"POST", DEPLOYMENTS, DEPLOYMENT("two"), 201, "Deployment"},
    {"GET", DEPLOYMENTS "/two", NULL, 200, "Deployment"},
    {"GET", DEPLOYMENTS "/{id}", NULL, 200, "Deployment"},
    {"PUT", DEPLOYMENTS "/two", DEPLOYMENT("two"), 200, "Deployment"},
    {"PUT", DEPLOYMENTS "/three?applyDefaults=true", DEPLOYMENT("three"), 201, "Deployment"},
    {"PUT", DEPLOYMENTS "/{id}?applyDefaults=false", DEPLOYMENT("one"), 200, "Deployment"},
    {"PATCH", ONE, "{'spec':{'state':'RUNNING'}}", 200, "Deployment"},
    {"PATCH", DEPLOYMENTS "/{id}", "{'metadata':{'labels':{'a':'b'}}}", 200, "Deployment"},
    {"GET", EVENTS "?deploymentId={id}", NULL, 200, "EventList"},
    {"GET", EVENTS "?jobId=" JOB, NULL, 200, "EventList"},
    {"GET", EVENTS "?sessionClusterId=" JOB, NULL, 200, "EventList"},
    {"GET", JOBS, NULL, 200, "JobList"},
    {"GET", JOBS "?deploymentId={id}", NULL, 200, "JobList"},
    {"GET", SAVEPOINTS, NULL, 200, "SavepointList"},
    {"GET", SAVEPOINTS "?deploymentId={id}&jobId=" JOB, NULL, 200, "SavepointList"},
    {"POST", SAVEPOINTS, "{'metadata':{'deploymentId':'{id}','jobId':'" JOB "'}}", 201,
     "Savepoint"},
    {"GET", SAVEPOINTS "/" SAVED, NULL, 200, "Savepoint"},
    {"DELETE", SAVEPOINTS "/" SAVED "?force=true", NULL, 200, "Savepoint"},
    {"DELETE", SAVEPOINTS "/" OLD "?force=false", NULL, 200, "Savepoint"},
    {"DELETE", DEPLOYMENTS "/two", NULL, 200, "Deployment"},
    {"DELETE", DEPLOYMENTS "/{id}", NULL, 409, NULL},
    {"GET", DEPLOYMENTS "/nobody", NULL, 404, NULL},
    {"PATCH", DEPLOYMENTS "/nobody", "{}", 404, NULL},
    {"DELETE", DEPLOYMENTS "/nobody", NULL, 404, NULL},
    {"GET", JOBS "/" SAVED, NULL, 404, NULL},
    {"GET", SAVEPOINTS "/" JOB, NULL, 404, NULL},
    {"GET", "/api/v1/status", NULL, 200, NULL},
    {"GET", "/api/v1/status/system-info", NULL, 200, "SystemInformation"},
};

static struct str filled(const char *text)
{
    struct buf b = {0};
    struct str rest = str_of(text);
    size_t at;
    while (text && (at = str_find(rest, STR("{id}"))) < rest.len) {
        buf_add(&b, str_take(rest, at));
        buf_add(&b, entry_named("one")->id);
        rest = str_skip(rest, at + 4);
    }
    buf_add(&b, rest);
    struct str s = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return s;
}

static struct json yaml_of(struct answer a)
{
    struct json v = {0};
    struct err e = {0};
    if (yaml_parse(story_arena, a.body, &v, &e) < 0)
        fail_msg("no YAML: %.*s", STR_ARG(a.body));
    return v;
}

/* Every object has the envelope; a list has its items and an object for metadata. */
static void check_envelope(struct json v, const char *kind)
{
    assert_text(text_at(v, "kind"), kind);
    assert_text(text_at(v, "apiVersion"), "v1");
    if (!str_ends_with(str_of(kind), STR("List")))
        return;
    assert_int_equal(json_kind(json_get(v, STR("metadata"))), JSON_OBJECT);
    assert_int_equal(json_kind(json_get(v, STR("items"))), JSON_ARRAY);
}

static void walk(bool yaml)
{
    have_deployment("one", "RUNNING");
    have_running_job("one");
    have_savepoint("one", SAVED, ORIGIN_USER_REQUEST, 1, 1, "file:///s");
    have_savepoint("one", OLD, ORIGIN_USER_REQUEST, 1, 2, "file:///t");
    have_savepoint("one", "aaaaaaaa-0000-4000-8000-000000000003", ORIGIN_SUSPEND, 1, 3,
                   "file:///u");
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        bool has_body = operations[i].body != NULL;
        struct answer a = ask((struct ask){
            .method = operations[i].method,
            .path = filled(operations[i].path).ptr,
            .body = has_body ? filled(operations[i].body).ptr : NULL,
            /* JSON is YAML too */
            .type = !has_body ? NULL
                    : yaml    ? "application/yaml"
                              : "application/json",
            .accept = yaml ? "application/yaml" : "application/json",
        });
        print_message("%s %s\n", operations[i].method, operations[i].path);
        assert_status(a, operations[i].status);
        if (a.status >= 400)
            assert_true(text_at(a.json, "message").len > 0);
        else
            assert_text(a.type, yaml ? "application/yaml" : "application/json");
        if (operations[i].kind)
            check_envelope(yaml ? yaml_of(a) : a.json, operations[i].kind);
    }
}

static void every_operation_answers_in_json(void **state)
{
    (void)state;
    walk(false);
}

static void every_operation_answers_in_yaml(void **state)
{
    (void)state;
    walk(true);
}

/* ---- bodies as they come ---- */

static struct str annotation(struct answer a, const char *name)
{
    return json_str_or(json_get(json_path(a.json, "metadata.annotations"), str_of(name)), STR(""));
}

static void numbers_and_strings_stand_for_each_other(void **state)
{
    (void)state;
    struct answer a =
        post(DEPLOYMENTS,
             "{'metadata':{'name':'one','displayName':7,'labels':{'tier':1,'on':true}},'spec':"
             "{'state':'cancelled','maxJobCreationAttempts':'3','maxSavepointCreationAttempts':4.0,"
             "'restoreStrategy':{'kind':'latest_state','allowNonRestoredState':'true'},"
             "'template':{'spec':{'artifact':{'kind':'jar','jarUri':'file:///x.jar','mainArgs':5,"
             "'flinkVersion':1.20,'flinkImageTag':1.10,'additionalDependencies':[]},"
             "'parallelism':'2','numberOfTaskManagers':'2','flinkConfiguration':{'a':10000,"
             "'b':true,'c':0.10},'resources':{'jobmanager':{'cpu':'0.5','memory':'1g'},"
             "'taskmanager':{'cpu':1.0,'memory':2000000000}},"
             "'logging':{'log4jLoggers':{'':'INFO'}}}}}}");
    assert_status(a, 201);
    assert_text(text_at(a.json, "metadata.displayName"), "7");
    assert_text(text_at(a.json, "metadata.labels.tier"), "1");
    assert_text(text_at(a.json, "metadata.labels.on"), "true");
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 3);
    assert_text(text_at(a.json, "spec.template.spec.artifact.mainArgs"), "5");
    assert_text(text_at(a.json, "spec.template.spec.artifact.flinkVersion"), "1.20");
    assert_text(text_at(a.json, "spec.template.spec.artifact.flinkImageTag"), "1.10");
    assert_text(text_at(a.json, "spec.template.spec.flinkConfiguration.a"), "10000");
    assert_text(text_at(a.json, "spec.template.spec.flinkConfiguration.c"), "0.10");
    assert_int_equal(number_at(a.json, "spec.template.spec.parallelism"), 2);
    assert_problem(patch(ONE, "{'metadata':{'displayName':{}}}"), 400, "INVALID");
    assert_problem(patch(ONE, "{'metadata':{'displayName':[]}}"), 400, "INVALID");
}

static void nulls_stand_for_nothing(void **state)
{
    (void)state;
    struct answer a =
        post(DEPLOYMENTS,
             "{'kind':null,'apiVersion':null,'metadata':{'id':null,'name':'one','namespace':null,"
             "'displayName':null,'labels':null,'annotations':null,'createdAt':null,"
             "'resourceVersion':null},'spec':{'state':'CANCELLED','deploymentTargetId':null,"
             "'deploymentTargetName':'local','sessionClusterName':null,'upgradeStrategy':null,"
             "'restoreStrategy':{'kind':null},'maxJobCreationAttempts':null,'template':{"
             "'metadata':null,'spec':{'artifact':{'jarUri':'file:///x.jar','mainArgs':null,"
             "'additionalDependencies':null},'flinkConfiguration':{'x':null},'kubernetes':null,"
             "'logging':{'loggingProfile':null,'log4j2ConfigurationTemplate':null},"
             "'resources':{'jobmanager':null}}}},'status':null}");
    assert_status(a, 201);
    assert_text(text_at(a.json, "spec.upgradeStrategy.kind"), "STATEFUL");
    assert_text(text_at(a.json, "spec.restoreStrategy.kind"), "LATEST_STATE");
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 4);
    assert_text(text_at(a.json, "spec.template.spec.resources.jobmanager.memory"), "1G");
}

static void what_was_read_can_be_sent_back(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    struct answer a = get(ONE);
    assert_text(text_at(a.json, "status.state"), "TRANSITIONING");
    assert_text(annotation(a, ANNOTATION_TRANSITIONING), "true");
    struct ask back = {.method = "PUT", .path = ONE, .raw = a.body, .type = "application/json"};
    struct answer same = ask(back);
    assert_status(same, 200);
    assert_int_equal(number_at(same.json, "metadata.resourceVersion"), 1);
    back.method = "PATCH";
    assert_int_equal(number_at(ask(back).json, "metadata.resourceVersion"), 1);
    /* what only readers are told is not kept as if a user had written it */
    a = patch(ONE,
              "{'metadata':{'annotations':{'" ANNOTATION_TRANSITIONING
              "':'maybe','" ANNOTATION_TRANSITIONING_SINCE "':'5','mine':'1'}},'spec':{'state':"
              "'CANCELLED'},'status':{'state':'RUNNING'}}");
    assert_status(a, 200);
    assert_text(annotation(a, "mine"), "1");
    assert_false(str_eq(annotation(a, ANNOTATION_TRANSITIONING), STR("maybe")));
    world_pass(5000000);
    a = get(ONE);
    assert_text(text_at(a.json, "status.state"), "CANCELLED");
    assert_text(annotation(a, ANNOTATION_TRANSITIONING), "false");
    assert_text(annotation(a, ANNOTATION_TRANSITIONING_SINCE), "");
    assert_text(annotation(a, ANNOTATION_SPEC_VERSION), "1");
}

/* The platform's own way to register a snapshot that exists. */
static void a_snapshot_is_registered_as_the_platform_does_it(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str body =
        filled("{'metadata':{'deploymentId':'{id}','annotations':{'" ANNOTATION_SPEC_VERSION
               "':'1'},'type':'FULL','origin':'COPIED'},'spec':{'savepointLocation':'file:///s',"
               "'flinkSavepointId':'00000000-0000-0000-0000-000000000000'},"
               "'status':{'state':'COMPLETED'}}");
    struct answer a = post(SAVEPOINTS, body.ptr);
    assert_status(a, 201);
    assert_text(text_at(a.json, "metadata.origin"), "COPIED");
    assert_text(text_at(a.json, "status.state"), "COMPLETED");
    assert_text(header_of(&a, "ETag"), "\"1\"");
}

static void a_target_is_found_and_changed_by_its_id_too(void **state)
{
    (void)state;
    struct answer a = post(TARGETS, MOON);
    struct str path =
        arena_fmt(story_arena, TARGETS "/%.*s", STR_ARG(text_at(a.json, "metadata.id")));
    assert_text(get(path.ptr).body, a.body.ptr);
    a = put(path.ptr, "{'metadata':{'labels':{'a':'b'}},'spec':{'kubernetes':{'namespace':"
                      "'jobs'}}}");
    assert_status(a, 200);
    assert_text(text_at(a.json, "metadata.name"), "moon");
    assert_text(header_of(&a, "ETag"), "\"2\"");
    assert_int_equal(json_len(json_get(get(TARGETS).json, STR("items"))), 2);
    assert_status(del(path.ptr), 200);
}

static void events_carry_what_the_platform_names(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct json e = json_at(json_get(get(EVENTS).json, STR("items")), 0);
    static const char *const members[] = {"metadata.id",           "metadata.name",
                                          "metadata.namespace",    "metadata.createdAt",
                                          "metadata.deploymentId", "metadata.resourceName",
                                          "spec.message"};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        assert_string_not_equal(text_at(e, members[i]).ptr, "(none)");
    assert_int_equal(number_at(e, "metadata.resourceVersion"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(every_operation_answers_in_json),
        API_STORY(every_operation_answers_in_yaml),
        API_STORY(numbers_and_strings_stand_for_each_other),
        API_STORY(nulls_stand_for_nothing),
        API_STORY(what_was_read_can_be_sent_back),
        API_STORY(a_snapshot_is_registered_as_the_platform_does_it),
        API_STORY(a_target_is_found_and_changed_by_its_id_too),
        API_STORY(events_carry_what_the_platform_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
