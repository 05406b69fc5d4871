/* Deployments over the API: what is created, changed, refused and deleted, and what stays. */
#include "api_world.h"
#include "shell/jars.h"
#define ONE DEPLOYMENTS "/one"
#define JAR "'template':{'spec':{'artifact':{'jarUri':'file:///x.jar'}}}"

static void creation_answers_with_the_whole_object(void **state)
{
    (void)state;
    struct answer a =
        post(DEPLOYMENTS, "{'metadata':{'name':'one','labels':{'team':'a'}},'spec':{'state':"
                          "'cancelled'," JAR "}}");
    assert_status(a, 201);
    assert_text(header_of(&a, "Location"), ONE);
    assert_text(header_of(&a, "ETag"), "\"1\"");
    assert_text(text_at(a.json, "kind"), "Deployment");
    assert_text(text_at(a.json, "metadata.namespace"), "default");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 1);
    assert_int_equal(number_at(a.json, "metadata.generation"), 1);
    assert_text(json_str_or(json_get(json_path(a.json, "metadata.annotations"),
                                     STR(ANNOTATION_SPEC_VERSION)),
                            STR("")),
                "1");
    /* every default is there */
    assert_text(text_at(a.json, "spec.state"), "CANCELLED");
    assert_text(text_at(a.json, "spec.upgradeStrategy.kind"), "STATEFUL");
    assert_text(text_at(a.json, "spec.restoreStrategy.kind"), "LATEST_STATE");
    assert_text(text_at(a.json, "spec.deploymentTargetName"), "local");
    assert_text(text_at(a.json, "spec.jobFailureExpirationTime"), "10m");
    assert_int_equal(number_at(a.json, "spec.maxSavepointCreationAttempts"), 4);
    assert_int_equal(number_at(a.json, "spec.template.spec.parallelism"), 1);
    assert_text(text_at(a.json, "spec.template.spec.artifact.kind"), "JAR");
    assert_text(text_at(a.json, "spec.template.spec.artifact.flinkVersion"), "2.3.0");
    assert_text(text_at(a.json, "spec.template.spec.resources.taskmanager.memory"), "2G");
    assert_text(get(ONE).body, a.body.ptr);
}

static void it_is_found_by_name_and_by_id_in_json_and_yaml(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str id = arena_fmt(story_arena, DEPLOYMENTS "/%.*s", STR_ARG(entry_named("one")->id));
    assert_text(get(id.ptr).body, get(ONE).body.ptr);
    struct answer yaml =
        ask((struct ask){.method = "GET", .path = ONE, .accept = "application/yaml"});
    struct json v;
    struct err e;
    assert_text(yaml.type, "application/yaml");
    assert_int_equal(yaml_parse(story_arena, yaml.body, &v, &e), 0);
    assert_true(json_equal(v, get(ONE).json));
    struct answer other = ask((struct ask){.method = "GET", .path = ONE, .accept = "text/html"});
    assert_text(other.type, "application/json");
    struct answer head = ask((struct ask){.method = "HEAD", .path = ONE, .request_id = "r-1"});
    assert_status(head, 200);
    assert_text(header_of(&head, "X-Request-Id"), "r-1");
    /* nobody watches with HEAD */
    head = ask((struct ask){.method = "HEAD", .path = ONE "?watch=1"});
    assert_text(head.type, "application/json");
    assert_problem(get(DEPLOYMENTS "/two"), 404, "NOT_FOUND");
    assert_problem(get("/api/v1/namespaces/other/deployments/one"), 404, "NOT_FOUND");
}

static void yaml_is_understood_and_an_export_can_be_sent_back(void **state)
{
    (void)state;
    struct str yaml =
        STR("metadata:\n  name: one\nspec:\n  state: cancelled\n  template:\n    spec:\n"
            "      artifact: {kind: jar, jarUri: 'file:///x.jar'}\n"
            "      flinkConfiguration: {a: 1, b: true}\n");
    struct answer a = ask((struct ask){
        .method = "POST", .path = DEPLOYMENTS, .raw = yaml, .type = "application/yaml"});
    assert_status(a, 201);
    assert_text(text_at(a.json, "spec.template.spec.flinkConfiguration.a"), "1");
    struct answer out = ask((struct ask){.method = "GET", .path = ONE, .accept = "text/yaml"});
    struct answer back = ask((struct ask){
        .method = "PUT", .path = ONE, .raw = out.body, .type = "text/yaml; charset=utf-8"});
    assert_status(back, 200);
    assert_int_equal(number_at(back.json, "metadata.resourceVersion"), 1);
    assert_int_equal(store_commits(), 1);
}

static void the_same_again_changes_nothing(void **state)
{
    (void)state;
    const char *body = "{'spec':{'state':'CANCELLED','template':{'spec':{'artifact':{'jarUri':"
                       "'file:///x.jar'},'flinkConfiguration':{'b':'2','a':1}}}}}";
    assert_status(put(ONE, body), 201);
    int64_t before = store_commits();
    struct answer a =
        put(ONE, "{'spec':{'template':{'spec':{'flinkConfiguration':{'a':'1','b':2},'artifact':"
                 "{'jarUri':'file:///x.jar'}}},'state':'cancelled'}}");
    assert_status(a, 200);
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 1);
    a = patch(ONE, "{}");
    assert_status(a, 200);
    a = patch(ONE, "{'spec':{'jobFailureExpirationTime':'600s'}}");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 1);
    assert_int_equal(store_commits(), before);
}

static struct str spec_version(struct answer a)
{
    return json_str_or(
        json_get(json_path(a.json, "metadata.annotations"), STR(ANNOTATION_SPEC_VERSION)),
        STR("(none)"));
}

static void versions_rise_with_what_was_changed(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a = patch(ONE, "{'metadata':{'labels':{'x':'y'},'displayName':'One'}}");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 2);
    assert_int_equal(number_at(a.json, "metadata.generation"), 1);
    a = patch(ONE, "{'spec':{'maxJobCreationAttempts':7}}");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 3);
    assert_int_equal(number_at(a.json, "metadata.generation"), 2);
    assert_text(spec_version(a), "1");
    a = patch(ONE, "{'spec':{'template':{'spec':{'artifact':{'jarUri':'file:///x.jar?v=2'}}}}}");
    assert_int_equal(number_at(a.json, "metadata.generation"), 3);
    assert_text(spec_version(a), "2");
    a = patch(ONE, "{'metadata':{'annotations':{'" ANNOTATION_SPEC_VERSION "':'77','mine':'1'}}}");
    assert_text(spec_version(a), "2");
    assert_text(
        json_str_or(json_get(json_path(a.json, "metadata.annotations"), STR("mine")), STR("")),
        "1");
    a = patch(ONE, "{'metadata':{'annotations':null}}");
    assert_text(spec_version(a), "2");
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 6);
}

static void null_in_a_patch_removes_and_defaults_return(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    patch(ONE, "{'spec':{'maxJobCreationAttempts':7,'template':{'spec':{'flinkConfiguration':"
               "{'a':'1','b':'2'}}}}}");
    struct answer a = patch(
        ONE, "{'spec':{'maxJobCreationAttempts':null,'template':{'spec':{'flinkConfiguration':"
             "{'a':null}}}}}");
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 4);
    assert_text(text_at(a.json, "spec.template.spec.flinkConfiguration.a"), "(none)");
    assert_text(text_at(a.json, "spec.template.spec.flinkConfiguration.b"), "2");
    struct str pointer = assert_problem(patch(ONE, "{'spec':{'template':null}}"), 400, "INVALID");
    assert_text(pointer, "/spec/template/spec/artifact/jarUri");
}

static void what_is_read_only_is_ignored_and_what_never_changes_is_refused(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a = patch(ONE, "{'status':{'state':'RUNNING','nonsense':1},'metadata':{"
                                 "'createdAt':'2001-01-01T00:00:00Z','generation':99}}");
    assert_status(a, 200);
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 1);
    assert_text(assert_problem(patch(ONE, "{'metadata':{'name':'two'}}"), 400, "INVALID"),
                "/metadata/name");
    assert_text(assert_problem(patch(ONE, "{'metadata':{'namespace':'two'}}"), 400, "INVALID"),
                "/metadata/namespace");
    assert_text(
        assert_problem(patch(ONE, "{'metadata':{'id':'11111111-2222-4333-8444-555555555555'}}"),
                       400, "INVALID"),
        "/metadata/id");
}

static void names_are_unique(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    const char *body = "{'metadata':{'name':'one'},'spec':{" JAR "}}";
    assert_problem(post(DEPLOYMENTS, body), 409, "ALREADY_EXISTS");
    /* also while the first is not yet stored */
    const char *two = "{'metadata':{'name':'two'},'spec':{'state':'CANCELLED'," JAR "}}";
    int first = ask_later((struct ask){.method = "POST", .path = DEPLOYMENTS, .body = two});
    int second = ask_later((struct ask){.method = "POST", .path = DEPLOYMENTS, .body = two});
    assert_false(answered(first));
    world_settle();
    assert_status(answer_of(first), 201);
    assert_problem(answer_of(second), 409, "ALREADY_EXISTS");
}

static void preconditions_guard_a_write(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct ask a = {.method = "PATCH", .path = ONE, .body = "{'metadata':{'labels':{'a':'b'}}}"};
    a.if_match = "\"2\"";
    assert_problem(ask(a), 412, "PRECONDITION_FAILED");
    a.if_match = "nonsense";
    assert_problem(ask(a), 412, "PRECONDITION_FAILED");
    a.if_match = "\"7\", \"1\"";
    assert_status(ask(a), 200);
    assert_text(assert_problem(patch(ONE, "{'metadata':{'resourceVersion':1}}"), 409, "CONFLICT"),
                "/metadata/resourceVersion");
    assert_status(patch(ONE, "{'metadata':{'resourceVersion':'2'}}"), 200);
    struct ask put_new = {
        .method = "PUT", .path = ONE, .body = "{'spec':{" JAR "}}", .if_none_match = "*"};
    assert_problem(ask(put_new), 412, "PRECONDITION_FAILED");
    put_new.path = DEPLOYMENTS "/two";
    assert_status(ask(put_new), 201);
    struct ask put_old = {
        .method = "PUT", .path = DEPLOYMENTS "/three", .body = "{'spec':{" JAR "}}"};
    put_old.if_match = "*";
    assert_problem(ask(put_old), 412, "PRECONDITION_FAILED");
    struct ask drop = {.method = "DELETE", .path = ONE, .if_match = "\"1\""};
    assert_problem(ask(drop), 412, "PRECONDITION_FAILED");
}

static void the_answer_waits_until_it_is_durable(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    int at = ask_later((struct ask){
        .method = "PATCH", .path = ONE, .body = "{'spec':{'maxJobCreationAttempts':9}}"});
    int behind = ask_later((struct ask){
        .method = "PATCH", .path = ONE, .body = "{'spec':{'maxSavepointCreationAttempts':9}}"});
    assert_false(answered(at));
    /* readers see what is durable */
    assert_int_equal(number_at(get(ONE).json, "spec.maxJobCreationAttempts"), 4);
    assert_int_equal(number_at(get(ONE).json, "spec.maxJobCreationAttempts"), 9);
    assert_int_equal(number_at(answer_of(at).json, "metadata.resourceVersion"), 2);
    /* the second was made onto the first, not beside it */
    assert_int_equal(number_at(answer_of(behind).json, "metadata.resourceVersion"), 3);
    assert_int_equal(number_at(answer_of(behind).json, "spec.maxJobCreationAttempts"), 9);
}

static void a_store_without_room_changes_nothing(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str before = whole_registry();
    store_says(STORE_REFUSED);
    assert_problem(patch(ONE, "{'spec':{'maxJobCreationAttempts':9}}"), 507, "STORE_FULL");
    assert_problem(put(DEPLOYMENTS "/two", "{'spec':{" JAR "}}"), 507, "STORE_FULL");
    assert_text(whole_registry(), before.ptr);
    store_says(STORE_DONE);
    assert_status(put(DEPLOYMENTS "/two", "{'spec':{" JAR "}}"), 201);
}

static void a_store_that_does_not_know_is_not_believed_again(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    store_says(STORE_UNKNOWN);
    assert_problem(patch(ONE, "{'spec':{'maxJobCreationAttempts':9}}"), 503, "UNAVAILABLE");
    store_says(STORE_DONE);
    assert_problem(patch(ONE, "{'spec':{'maxJobCreationAttempts':9}}"), 503, "UNAVAILABLE");
    assert_problem(del(ONE), 503, "UNAVAILABLE");
    assert_problem(get("/readyz"), 503, "UNAVAILABLE");
    assert_status(get("/healthz"), 200);
    assert_int_equal(number_at(get(ONE).json, "spec.maxJobCreationAttempts"), 4);
}

static void delete_needs_a_stopped_deployment(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    assert_problem(del(ONE), 409, "CONFLICT");
    assert_status(patch(ONE, "{'spec':{'state':'CANCELLED'}}"), 200);
    struct answer a = del(ONE);
    assert_status(a, 200);
    assert_text(text_at(a.json, "status.reason"), "BEING_DELETED");
    assert_text(text_at(get(ONE).json, "status.reason"), "BEING_DELETED");
    assert_status(del(ONE), 200);
    assert_problem(patch(ONE, "{'metadata':{'labels':{'a':'b'}}}"), 409, "CONFLICT");
    a = patch(ONE, "{'spec':{'state':'RUNNING'}}");
    assert_problem(a, 409, "CONFLICT");
    assert_true(str_contains(text_at(a.json, "detail"), STR("is being deleted")));
    assert_problem(put(ONE, "{'spec':{'state':'CANCELLED'," JAR "}}"), 409, "CONFLICT");
    assert_problem(post(ONE "/plans", "{'spec':{'state':'RUNNING'}}"), 409, "CONFLICT");
    assert_problem(post(ONE "/operations", "{'spec':{'kind':'RETRY'}}"), 409, "CONFLICT");
    world_pass(10000000);
    assert_problem(get(ONE), 404, "NOT_FOUND");
    have_deployment("one", "CANCELLED");
}

static void unknown_fields_are_refused_unless_the_client_says_otherwise(void **state)
{
    (void)state;
    const char *body = "{'metadata':{'name':'one'},'spec':{'state':'CANCELLED','upgradStrategy':{},"
                       "'template':{'spec':{'artifact':{'jarUri':'file:///x.jar'}}}}}";
    struct answer a = post(DEPLOYMENTS, body);
    assert_text(assert_problem(a, 400, "UNKNOWN_FIELD"), "/spec/upgradStrategy");
    assert_true(str_contains(text_at(a.json, "detail"), STR("did you mean upgradeStrategy")));
    a = post(DEPLOYMENTS "?fieldValidation=Warn", body);
    assert_status(a, 201);
    assert_true(str_contains(header_of(&a, "Warning"), STR("/spec/upgradStrategy")));
    a = put(ONE "?fieldValidation=ignore", "{'spec':{'nonsense':1,'state':'CANCELLED'," JAR "}}");
    assert_status(a, 200);
    assert_int_equal(header_of(&a, "Warning").len, 0);
    assert_problem(put(ONE "?fieldValidation=Maybe", body), 400, "BAD_REQUEST");
}

static void a_misspelt_parameter_is_no_write(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str before = whole_registry();
    struct answer a = patch(ONE "?dryrun=All", "{'spec':{'maxJobCreationAttempts':9}}");
    assert_problem(a, 400, "BAD_REQUEST");
    assert_true(str_contains(text_at(a.json, "detail"), STR("did you mean dryRun")));
    assert_problem(patch(ONE "?dryRun=true", "{'spec':{}}"), 400, "BAD_REQUEST");
    assert_text(whole_registry(), before.ptr);
}

static size_t items(const char *path)
{
    struct answer a = get(path);
    assert_status(a, 200);
    return json_len(json_get(a.json, STR("items")));
}

static void lists_are_selected_by_label_and_paged(void **state)
{
    (void)state;
    static const char *const names[] = {"c", "a", "b", "d"};
    for (size_t i = 0; i < 4; i++)
        have_deployment(names[i], "CANCELLED");
    patch(DEPLOYMENTS "/b", "{'metadata':{'labels':{'team':'x'}}}");
    assert_int_equal(items(DEPLOYMENTS), 4);
    assert_int_equal(items(DEPLOYMENTS "?labelSelector=team%3Dx"), 1);
    assert_int_equal(items(DEPLOYMENTS "?labelSelector=team!%3Dx"), 3);
    struct answer a = get(DEPLOYMENTS "?limit=3");
    assert_text(text_at(a.json, "kind"), "DeploymentList");
    struct json third = json_at(json_get(a.json, STR("items")), 2);
    assert_text(text_at(third, "metadata.name"), "c");
    struct str next = arena_fmt(story_arena, DEPLOYMENTS "?limit=3&continue=%.*s",
                                STR_ARG(text_at(a.json, "metadata.continue")));
    a = get(next.ptr);
    assert_int_equal(json_len(json_get(a.json, STR("items"))), 1);
    assert_text(text_at(a.json, "metadata.continue"), "(none)");
    assert_problem(get(DEPLOYMENTS "?labelSelector=a%20b"), 400, "BAD_REQUEST");
    assert_problem(get(DEPLOYMENTS "?continue=nonsense"), 400, "BAD_REQUEST");
}

static void give_up(struct record *r)
{
    r->gave_up = STR("TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS");
    r->gave_up_message = STR("4 of 4");
}

static void retry_is_taken_when_something_was_given_up(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    assert_problem(post(ONE "/operations", "{'spec':{'kind':'RETRY'}}"), 409, "CONFLICT");
    edit_record("one", give_up);
    struct answer a = post(ONE "/operations", "{'spec':{'kind':'retry'}}");
    assert_status(a, 202);
    assert_text(text_at(a.json, "spec.kind"), "RETRY");
    assert_int_equal(entry_record(entry_named("one"))->gave_up.len, 0);
    assert_int_equal(entry_record(entry_named("one"))->retries, 1);
    assert_text(
        assert_problem(post(ONE "/operations", "{'spec':{'kind':'REBOOT'}}"), 400, "INVALID"),
        "/spec/kind");
}

static void a_target_must_exist(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    assert_text(
        assert_problem(patch(ONE, "{'spec':{'deploymentTargetName':'moon'}}"), 400, "INVALID"),
        "/spec/deploymentTargetName");
    assert_status(post("/api/v1/namespaces/default/deployment-targets",
                       "{'metadata':{'name':'moon'},'spec':{'kubernetes':{'namespace':'jobs'}}}"),
                  201);
    assert_text(
        assert_problem(patch(ONE, "{'spec':{'deploymentTargetName':'moon'}}"), 400, "INVALID"),
        "/spec/deploymentTargetName");
}

static void logs_are_the_end_of_a_process_log(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    assert_problem(get(ONE "/logs"), 404, "NOT_FOUND");
    have_running_job("one");
    struct answer a = get(ONE "/logs");
    assert_text(a.body, "line 1\nline 2\n");
    assert_text(a.type, "text/plain; charset=utf-8");
    /* not those of a standby */
    have_standby_given_up("one");
    assert_text(get(ONE "/logs").body, "line 1\nline 2\n");
    assert_problem(get(ONE "/logs?process=nobody"), 404, "NOT_FOUND");
    assert_problem(get(ONE "/logs?process=..%2f..%2fetc"), 400, "BAD_REQUEST");
}

static void with_pinned_jars(struct record *r)
{
    r->current.artifact_sha256 = STR("that-runs");
    r->standby.attempt =
        (struct attempt){.number = 2, .phase = PHASE_RESERVED, .artifact_sha256 = STR("to-come")};
}

static void list_hashes(void *ctx, struct str_list sha256s)
{
    for (size_t i = 0; i < sha256s.n; i++)
        buf_fmt(ctx, "%.*s ", STR_ARG(sha256s.items[i]));
}

static void the_jars_of_a_job_and_of_its_standby_are_kept(void **state)
{
    (void)state;
    static const struct artifacts_ops ops = {.keep_only = list_hashes};
    have_deployment("one", "RUNNING");
    have_running_job("one");
    edit_record("one", with_pinned_jars);
    struct buf kept = {0};
    world_app()->artifacts = (struct artifacts){&ops, &kept};
    jars_keep_needed(world_app());
    assert_text(buf_str(&kept), "that-runs to-come ");
    buf_fini(&kept);
}

static void jobs_and_events_are_listed(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_deployment("two", "CANCELLED");
    struct answer a = get("/api/v1/namespaces/default/jobs");
    assert_text(text_at(a.json, "kind"), "JobList");
    struct str mine = arena_fmt(story_arena, "/api/v1/namespaces/default/events?deploymentId=%.*s",
                                STR_ARG(entry_named("one")->id));
    a = get(mine.ptr);
    struct json all = json_get(a.json, STR("items"));
    assert_int_equal(json_len(all), 2);
    assert_text(text_at(json_at(all, 0), "metadata.name"), "DEPLOYMENT_CREATED");
    assert_int_equal(items("/api/v1/namespaces/default/events"), 4);
    assert_int_equal(items("/api/v1/namespaces/default/events?since=2&limit=1"), 1);
    assert_int_equal(items("/api/v1/namespaces/default/events?limit=3"), 3);
    assert_problem(get("/api/v1/namespaces/default/events?deploymentId=one"), 400, "BAD_REQUEST");
}

static void methods_that_do_not_fit_are_named(void **state)
{
    (void)state;
    struct answer a = ask((struct ask){.method = "DELETE", .path = DEPLOYMENTS});
    assert_problem(a, 405, "METHOD_NOT_ALLOWED");
    assert_text(header_of(&a, "Allow"), "GET, HEAD, POST, OPTIONS");
    a = ask((struct ask){.method = "OPTIONS", .path = ONE});
    assert_status(a, 204);
    assert_text(header_of(&a, "Allow"), "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    for (size_t i = 0; i < a.n_headers; i++)
        assert_false(str_starts_with(a.headers[i].name, STR("Access-Control")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(creation_answers_with_the_whole_object),
        API_STORY(it_is_found_by_name_and_by_id_in_json_and_yaml),
        API_STORY(yaml_is_understood_and_an_export_can_be_sent_back),
        API_STORY(the_same_again_changes_nothing),
        API_STORY(versions_rise_with_what_was_changed),
        API_STORY(null_in_a_patch_removes_and_defaults_return),
        API_STORY(what_is_read_only_is_ignored_and_what_never_changes_is_refused),
        API_STORY(names_are_unique),
        API_STORY(preconditions_guard_a_write),
        API_STORY(the_answer_waits_until_it_is_durable),
        API_STORY(a_store_without_room_changes_nothing),
        API_STORY(a_store_that_does_not_know_is_not_believed_again),
        API_STORY(delete_needs_a_stopped_deployment),
        API_STORY(unknown_fields_are_refused_unless_the_client_says_otherwise),
        API_STORY(a_misspelt_parameter_is_no_write),
        API_STORY(lists_are_selected_by_label_and_paged),
        API_STORY(retry_is_taken_when_something_was_given_up),
        API_STORY(a_target_must_exist),
        API_STORY(logs_are_the_end_of_a_process_log),
        API_STORY(the_jars_of_a_job_and_of_its_standby_are_kept),
        API_STORY(jobs_and_events_are_listed),
        API_STORY(methods_that_do_not_fit_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
