/* The resources: their documents, defaults, checks, and what an edit of each field does. */
#include "story.h"

#include "base/limits.h"
#include "model/deployment.h"
#include "model/event.h"
#include "model/flinkconf.h"
#include "model/job.h"
#include "model/resource.h"
#include "model/savepoint.h"
#include "model/target.h"

#define ID   "'0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'"
#define TIME "'2026-01-31T10:00:00.000000Z'"

static struct str encoded(const struct fields *f, const void *object, bool internal)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    fields_encode(&o, f, object, internal);
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static const char deployment_text[] =
    "{'kind':'Deployment','apiVersion':'v1',"
    "'metadata':{'id':" ID ",'name':'counter','displayName':'The counter','namespace':'default',"
    "'createdAt':" TIME ",'modifiedAt':" TIME ",'labels':{'team':'a'},'annotations':{},"
    "'resourceVersion':3,'generation':2},"
    "'spec':{'state':'RUNNING','deploymentTargetName':'local',"
    "'upgradeStrategy':{'kind':'STATEFUL'},"
    "'restoreStrategy':{'kind':'LATEST_STATE','allowNonRestoredState':false,'requireState':true,"
    "'maxStateAge':'1h'},"
    "'restoreFrom':{'savepointId':" ID ",'nonce':'n1'},"
    "'maxSavepointCreationAttempts':4,'maxJobCreationAttempts':5,"
    "'jobFailureExpirationTime':'10m','savepointFormat':'NATIVE','stopWithDrain':true,"
    "'warmStandby':true,'snapshotRetention':{'maxCount':3,'maxAge':'2d'},"
    "'template':{'metadata':{'annotations':{'x':'y'}},'spec':{"
    "'artifact':{'kind':'JAR','jarUri':'file:///a.jar?v=1','additionalDependencies':['b.jar'],"
    "'entryClass':'a.B','mainArgs':'--x 1','flinkVersion':'1.20','flinkImageTag':'t'},"
    "'parallelism':2,'numberOfTaskManagers':2,"
    "'resources':{'jobmanager':{'cpu':0.5,'memory':'1G'},"
    "'taskmanager':{'cpu':1,'memory':'2048m'}},"
    "'flinkConfiguration':{'a':'1','b':'true'},"
    "'logging':{'loggingProfile':'default','log4jLoggers':{'':'INFO'}},"
    "'kubernetes':{'pods':{'labels':{'n':0.10}}}}}},"
    "'status':{'state':'RUNNING','running':{'jobId':" ID ",'transitionTime':" TIME
    ",'conditions':[{'type':'JobFailing','status':'False','lastUpdateTime':" TIME "}]},"
    "'health':'OK','message':'m','rule':604,'pendingChange':true,'observedGeneration':2,"
    "'specVersion':1,'choices':['RETRY','START_EMPTY']}}";

static const char job_text[] =
    "{'kind':'Job','apiVersion':'v1',"
    "'metadata':{'id':" ID ",'namespace':'default','deploymentId':" ID
    ",'deploymentName':'counter','createdAt':" TIME ",'terminatedAt':" TIME
    ",'annotations':{'v':'1'},'resourceVersion':1,'attempt':7},"
    "'spec':{'artifact':{'kind':'JAR','jarUri':'file:///a.jar'},'parallelism':2,"
    "'flinkConfiguration':{'a':'1'},'userFlinkConfiguration':{'a':'1'},"
    "'deploymentTargetName':'local','savepointLocation':'file:///s','savepointId':" ID
    ",'allowNonRestoredState':false},"
    "'status':{'state':'STARTED','failure':{'message':'m','reason':'R','failedAt':" TIME "},"
    "'started':{'startedAt':" TIME ",'flinkJobId':'0f1e','observedFlinkJobRestarts':3,"
    "'observedFlinkJobStatus':'RUNNING'},'restUrl':'http://127.0.0.1:1',"
    "'restoredLocation':'file:///s','logDirectory':'/l'}}";

static const char savepoint_text[] =
    "{'kind':'Savepoint','apiVersion':'v1',"
    "'metadata':{'id':" ID ",'namespace':'default','deploymentId':" ID ",'jobId':" ID
    ",'origin':'RETAINED_CHECKPOINT','type':'INCREMENTAL','createdAt':" TIME
    ",'annotations':{'v':'1'},'resourceVersion':2},"
    "'spec':{'savepointLocation':'file:///c/chk-7','flinkSavepointId':" ID "},"
    "'status':{'state':'COMPLETED','failure':{'message':'m','failedAt':" TIME "},"
    "'verified':'METADATA','verifiedText':'read','verifiedAt':" TIME
    ",'attempt':7,'checkpointId':9,'sequence':1,'sizeBytes':1000,'stateTakenAt':" TIME
    ",'metadataVersion':4}}";

static const char event_text[] =
    "{'kind':'Event','apiVersion':'v1','metadata':{'id':" ID
    ",'name':'CREATING_A_NEW_JOB','namespace':'default','createdAt':" TIME ",'deploymentId':" ID
    ",'jobId':" ID ",'resourceName':'counter','sequence':12},"
    "'spec':{'message':'why','rule':516,'actor':'sluice'}}";

static const char target_text[] =
    "{'kind':'DeploymentTarget','apiVersion':'v1','metadata':{'name':'k8s','labels':{},"
    "'annotations':{}},'spec':{'kind':'KUBERNETES','kubernetes':{'namespace':'jobs'}}}";

static const char defaults_text[] =
    "{'kind':'DeploymentDefaults','apiVersion':'v1','metadata':{'name':'default','labels':{},"
    "'annotations':{}},'spec':{'maxJobCreationAttempts':9}}";

static const char namespace_text[] =
    "{'name':'default','createTime':" TIME ",'lifecyclePhase':'LIFECYCLE_PHASE_ACTIVE'}";

static void every_resource_reads_back_as_it_was_written(void **state)
{
    (void)state;
    static const char *const texts[RESOURCE_KINDS] = {
        [RESOURCE_DEPLOYMENT] = deployment_text, [RESOURCE_JOB] = job_text,
        [RESOURCE_SAVEPOINT] = savepoint_text,   [RESOURCE_EVENT] = event_text,
        [RESOURCE_TARGET] = target_text,         [RESOURCE_DEFAULTS] = defaults_text,
        [RESOURCE_NAMESPACE] = namespace_text,
    };
    for (size_t i = 0; i < RESOURCE_KINDS; i++) {
        const struct fields *f = resources[i].fields;
        void *object = arena_alloc(story_arena, f->size);
        struct err e = {0};
        if (fields_decode(story_arena, f, story_json(texts[i]), UNKNOWN_REFUSE, object, &e) < 0)
            fail_msg("%s%s: %s", f->name, e.pointer, e.text);
        story_assert_text(encoded(f, object, true), story_text(texts[i]), __FILE__, __LINE__);
        assert_int_equal(fields_diff(story_arena, f, object, object).n, 0);
    }
}

/* The built-in defaults, what the user says, decoded. */
static struct deployment complete(const char *said)
{
    struct json defaults = fields_defaults(story_arena, &deployment_fields);
    struct json whole = json_overlay(story_arena, defaults, story_json(said));
    struct deployment d;
    struct err e = {0};
    if (fields_decode(story_arena, &deployment_fields, whole, UNKNOWN_REFUSE, &d, &e) < 0)
        fail_msg("%s: %s: %s", e.pointer, e.text, said);
    return d;
}

#define LEAST "'metadata':{'name':'c'},'spec':{'template':{'spec':{'artifact':{'jarUri':'a.jar'}}}}"

static void a_deployment_without_opinions_gets_the_defaults(void **state)
{
    (void)state;
    struct deployment d = complete("{" LEAST "}");
    const struct deployment_spec *s = &d.spec;
    const struct job_template *t = &s->template_.spec;
    struct err e = {0};
    assert_int_equal(deployment_validate(&d, &(struct str_list){0}, &e), 0);
    assert_int_equal(s->state, DESIRED_RUNNING);
    assert_int_equal(s->upgrade_strategy, UPGRADE_STATEFUL);
    assert_int_equal(s->restore_strategy, RESTORE_LATEST_STATE);
    assert_false(s->allow_non_restored_state);
    assert_int_equal(s->max_savepoint_creation_attempts, 4);
    assert_int_equal(s->max_job_creation_attempts, 4);
    assert_int_equal(s->job_failure_expiration_time.us, INT64_C(600000000));
    assert_int_equal(t->artifact.kind, ARTIFACT_JAR);
    assert_int_equal(t->parallelism, 1);
    assert_int_equal(deployment_slots(t), 1);
    assert_int_equal(deployment_task_managers(t), 1);
    assert_int_equal(t->resources.jobmanager.cpu_milli, 1000);
    assert_int_equal(t->resources.jobmanager.memory.bytes, 1000000000);
    assert_int_equal(t->resources.taskmanager.memory.bytes, 2000000000);
}

/* behaviour.md, "What an edit does". */
static const struct {
    const char *edit; /* a merge patch */
    const char *path;
    bool upgrade;
} edits[] = {
    {"{'spec':{'template':{'spec':{'parallelism':3}}}}", "spec.template.spec.parallelism", true},
    {"{'spec':{'template':{'spec':{'numberOfTaskManagers':3}}}}",
     "spec.template.spec.numberOfTaskManagers", true},
    {"{'spec':{'template':{'spec':{'artifact':{'jarUri':'file:///a.jar?v=2'}}}}}",
     "spec.template.spec.artifact.jarUri", true},
    {"{'spec':{'template':{'spec':{'artifact':{'mainArgs':null}}}}}",
     "spec.template.spec.artifact.mainArgs", true},
    {"{'spec':{'template':{'spec':{'artifact':{'additionalDependencies':[]}}}}}",
     "spec.template.spec.artifact.additionalDependencies", true},
    {"{'spec':{'template':{'spec':{'resources':{'taskmanager':{'cpu':2}}}}}}",
     "spec.template.spec.resources.taskmanager.cpu", true},
    {"{'spec':{'template':{'spec':{'resources':{'jobmanager':{'memory':'2G'}}}}}}",
     "spec.template.spec.resources.jobmanager.memory", true},
    {"{'spec':{'template':{'spec':{'flinkConfiguration':{'a':2}}}}}",
     "spec.template.spec.flinkConfiguration.a", true},
    {"{'spec':{'template':{'spec':{'logging':{'log4jLoggers':{'':'WARN'}}}}}}",
     "spec.template.spec.logging.log4jLoggers.", true},
    {"{'spec':{'template':{'spec':{'kubernetes':{'pods':{'labels':{'n':1}}}}}}}",
     "spec.template.spec.kubernetes", true},
    {"{'spec':{'template':{'metadata':{'annotations':{'x':'z'}}}}}",
     "spec.template.metadata.annotations.x", true},
    {"{'spec':{'deploymentTargetName':'k8s'}}", "spec.deploymentTargetName", true},
    {"{'spec':{'deploymentTargetId':" ID "}}", "spec.deploymentTargetId", true},
    {"{'spec':{'sessionClusterName':'s'}}", "spec.sessionClusterName", true},
    {"{'spec':{'state':'SUSPENDED'}}", "spec.state", false},
    {"{'spec':{'upgradeStrategy':{'kind':'NONE'}}}", "spec.upgradeStrategy.kind", false},
    {"{'spec':{'restoreStrategy':{'kind':'NONE'}}}", "spec.restoreStrategy.kind", false},
    {"{'spec':{'restoreStrategy':{'allowNonRestoredState':true}}}",
     "spec.restoreStrategy.allowNonRestoredState", false},
    {"{'spec':{'restoreStrategy':{'requireState':false}}}", "spec.restoreStrategy.requireState",
     false},
    {"{'spec':{'restoreStrategy':{'maxStateAge':'2h'}}}", "spec.restoreStrategy.maxStateAge",
     false},
    {"{'spec':{'restoreFrom':{'nonce':'n2'}}}", "spec.restoreFrom.nonce", false},
    {"{'spec':{'maxSavepointCreationAttempts':7}}", "spec.maxSavepointCreationAttempts", false},
    {"{'spec':{'maxJobCreationAttempts':7}}", "spec.maxJobCreationAttempts", false},
    {"{'spec':{'jobFailureExpirationTime':'1h'}}", "spec.jobFailureExpirationTime", false},
    {"{'spec':{'savepointFormat':'CANONICAL'}}", "spec.savepointFormat", false},
    {"{'spec':{'stopWithDrain':false}}", "spec.stopWithDrain", false},
    {"{'spec':{'warmStandby':false}}", "spec.warmStandby", false},
    {"{'spec':{'snapshotRetention':{'maxCount':9}}}", "spec.snapshotRetention.maxCount", false},
    {"{'metadata':{'labels':{'team':'b'}}}", "metadata.labels.team", false},
    {"{'metadata':{'annotations':{'a':'b'}}}", "metadata.annotations.a", false},
    {"{'metadata':{'displayName':'x'}}", "metadata.displayName", false},
};

static void an_edit_of_what_runs_is_an_upgrade_and_nothing_else_is(void **state)
{
    (void)state;
    struct deployment before = complete(deployment_text);
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        struct json edited =
            json_merge_patch(story_arena, story_json(deployment_text), story_json(edits[i].edit));
        struct deployment after;
        struct err e = {0};
        if (fields_decode(story_arena, &deployment_fields, edited, UNKNOWN_REFUSE, &after, &e) < 0)
            fail_msg("%s: %s", edits[i].edit, e.text);
        struct field_changes changes =
            fields_diff(story_arena, &deployment_fields, &before, &after);
        if (changes.n != 1)
            fail_msg("%zu changes: %s", changes.n, edits[i].edit);
        assert_text(changes.items[0].path, edits[i].path);
        if (!(changes.items[0].flags & FIELD_UPGRADE) == edits[i].upgrade)
            fail_msg("%s", edits[i].path);
    }
}

static void the_status_is_not_the_users_to_write(void **state)
{
    (void)state;
    struct json v = fields_strip(story_arena, &deployment_fields, story_json(deployment_text));
    assert_true(json_is_none(json_get(v, STR("status"))));
    assert_true(json_is_none(json_path(v, "metadata.id")));
    assert_true(json_is_none(json_path(v, "metadata.resourceVersion")));
    assert_false(json_is_none(json_path(v, "metadata.name")));
    assert_false(json_is_none(json_path(v, "spec.template.spec.artifact.jarUri")));
}

static const struct {
    const char *edit;
    const char *pointer;
    const char *says;
    enum err_code code;
} faults[] = {
    {"{'metadata':{'name':null}}", "/metadata/name", "1 to 63", ERR_INVALID},
    {"{'metadata':{'name':'Counter'}}", "/metadata/name", "a-z", ERR_INVALID},
    {"{'metadata':{'name':'-a'}}", "/metadata/name", "either end", ERR_INVALID},
    {"{'metadata':{'namespace':'a/b'}}", "/metadata/namespace", "no namespace", ERR_INVALID},
    {"{'spec':{'sessionClusterName':'s'}}", "/spec/sessionClusterName", "not available yet",
     ERR_INVALID},
    {"{'spec':{'deploymentTargetId':" ID ",'deploymentTargetName':'t'}}",
     "/spec/deploymentTargetName", "not both", ERR_INVALID},
    {"{'spec':{'deploymentTargetName':'a b'}}", "/spec/deploymentTargetName", "such a name",
     ERR_INVALID},
    {"{'spec':{'restoreFrom':{'location':'x'}}}", "/spec/restoreFrom/nonce", "nonce", ERR_INVALID},
    {"{'spec':{'restoreFrom':{'nonce':'x'}}}", "/spec/restoreFrom/nonce", "savepointId",
     ERR_INVALID},
    {"{'spec':{'restoreFrom':{'nonce':'x','location':'y','savepointId':" ID "}}}",
     "/spec/restoreFrom/location", "not both", ERR_INVALID},
    {"{'spec':{'restoreStrategy':{'kind':'NONE','requireState':true}}}",
     "/spec/restoreStrategy/requireState", "forbids", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'artifact':{'jarUri':null}}}}}",
     "/spec/template/spec/artifact/jarUri", "required", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'artifact':{'kind':'PYTHON','pythonArtifactUri':'x'}}}}}",
     "/spec/template/spec/artifact/kind", "PYTHON artifacts are not supported", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'artifact':{'kind':'sqlscript','sqlScript':'x'}}}}}",
     "/spec/template/spec/artifact/kind", "SQLSCRIPT artifacts are not supported", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'artifact':{'sqlScript':'x'}}}}}",
     "/spec/template/spec/artifact", "do not belong", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'artifact':{'flinkVersion':'1.19'}}}}}",
     "/spec/template/spec/artifact/flinkVersion", "known: 1.20.5, 2.3.0", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'artifact':{'flinkVersion':'1'}}}}}",
     "/spec/template/spec/artifact/flinkVersion", "not known", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'artifact':{'flinkVersion':'1.2'}}}}}",
     "/spec/template/spec/artifact/flinkVersion", "not known", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'flinkConfiguration':{'rest.port':1}}}}}",
     "/spec/template/spec/flinkConfiguration/rest.port", "addresses and ports", ERR_FORBIDDEN_KEY},
    {"{'spec':{'template':{'spec':{'flinkConfiguration':{'$internal.a/b~c':1}}}}}",
     "/spec/template/spec/flinkConfiguration/$internal.a~1b~0c", "internal", ERR_FORBIDDEN_KEY},
    {"{'spec':{'template':{'spec':{'flinkConfiguration':{'':1}}}}}",
     "/spec/template/spec/flinkConfiguration/", "needs a name", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'flinkConfiguration':"
     "{'taskmanager.numberOfTaskSlots':'0'}}}}}",
     "/spec/template/spec/flinkConfiguration/taskmanager.numberOfTaskSlots", "1 to 1024",
     ERR_INVALID},
    {"{'spec':{'template':{'spec':{'parallelism':5,'numberOfTaskManagers':2,"
     "'flinkConfiguration':{'taskmanager.numberOfTaskSlots':2}}}}}",
     "/spec/template/spec/numberOfTaskManagers", "there would be 4", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'resources':{'taskmanager':{'memory':'100m'}}}}}}",
     "/spec/template/spec/resources/taskmanager/memory", "at least", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'resources':{'jobmanager':{'memory':'100m'}}}}}}",
     "/spec/template/spec/resources/jobmanager/memory", "at least", ERR_INVALID},
    {"{'spec':{'template':{'spec':{'flinkConfiguration':"
     "{'taskmanager.memory.managed.size':'lots'}}}}}",
     "/spec/template/spec/flinkConfiguration/taskmanager.memory.managed.size", "512m", ERR_INVALID},
};

static void what_spans_fields_is_checked_with_a_pointer(void **state)
{
    (void)state;
    struct str known[] = {STR("1.20.5"), STR("2.3.0")};
    struct str_list versions = {known, 2};
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct json v =
            json_merge_patch(story_arena, story_json("{" LEAST "}"), story_json(faults[i].edit));
        struct deployment d = complete(json_text(story_arena, v).ptr);
        struct err e = {0};
        if (deployment_validate(&d, &versions, &e) == 0)
            fail_msg("was accepted: %s", faults[i].edit);
        if (e.code != faults[i].code || strcmp(e.pointer, faults[i].pointer) != 0 ||
            !strstr(e.text, faults[i].says))
            fail_msg("%s: %s %s: %s", faults[i].edit, err_code_name(e.code), e.pointer, e.text);
    }
}

static void known_flink_versions_are_accepted_by_line_and_release(void **state)
{
    (void)state;
    struct str known[] = {STR("1.20.5"), STR("2.3.0")};
    static const char *const accepted[] = {"1.20", "1.20.5", "2.3", "2.3.0"};
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        struct deployment d = complete("{" LEAST "}");
        struct err e = {0};
        d.spec.template_.spec.artifact.flink_version = str_of(accepted[i]);
        assert_int_equal(deployment_validate(&d, &(struct str_list){known, 2}, &e), 0);
    }
}

static void task_managers_follow_from_parallelism_and_slots(void **state)
{
    (void)state;
    struct str_pair slots = {STR("taskmanager.numberOfTaskSlots"), STR(" 2 ")};
    struct job_template t = {.parallelism = 5, .flink_configuration = {&slots, 1}};
    assert_int_equal(deployment_slots(&t), 2);
    assert_int_equal(deployment_task_managers(&t), 3);
    t.parallelism = 4;
    assert_int_equal(deployment_task_managers(&t), 2);
    t.number_of_task_managers = 7;
    assert_int_equal(deployment_task_managers(&t), 7);
    assert_int_equal(deployment_task_managers(&(struct job_template){0}), 1);
}

static void options_that_sluice_sets_are_refused_and_others_are_not(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "$internal.application.main",
        "jobmanager.rpc.address",
        "jobmanager.bind-host",
        "taskmanager.bind-host",
        "taskmanager.host",
        "rest.address",
        "rest.bind-address",
        "rest.port",
        "rest.bind-port",
        "blob.server.port",
        "queryable-state.server.ports",
        "jobstore.type",
        "job-result-store.storage-path",
        "high-availability.cluster-id",
        "execution.savepoint-restore-mode",
        "execution.state-recovery.claim-mode",
        "execution.state-recovery.path",
        "execution.savepoint.path",
        "execution.checkpointing.create-subdir",
        "state.checkpoints.create-subdir",
        "web.upload.dir",
        "web.submit.enable",
        "io.tmp.dirs",
        "env.java.home",
        "env.java.opts.client",
        "env.hadoop.conf.dir",
        "execution.target",
        "execution.attached",
        "process.working-dir",
        "taskmanager.memory.process.size",
        "taskmanager.network.memory.min",
    };
    static const char *const accepted[] = {
        "execution.checkpointing.interval",
        "execution.checkpointing.dir",
        "state.savepoints.dir",
        "state.backend.type",
        "rest.flamegraph.enabled",
        "restart-strategy.type",
        "taskmanager.numberOfTaskSlots",
        "taskmanager.memory.managed.size",
        "taskmanager.network.memory.buffer-debloat.enabled",
        "taskmanager.network.memory.floating-buffers-per-gate",
        "metrics.reporter.prom.port",
        "pipeline.name",
        "high-availability.type",
        "env.java.opts",
        "env.java.opts.all",
        "env.java.opts.jobmanager",
        "env.java.opts.taskmanager",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (!flink_key_refused(str_of(refused[i])))
            fail_msg("%s", refused[i]);
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++)
        if (flink_key_refused(str_of(accepted[i])))
            fail_msg("%s", accepted[i]);
}

static void names_follow_the_rules_of_vvp(void **state)
{
    (void)state;
    char longest[LIMIT_NAME + 2];
    memset(longest, 'a', sizeof(longest));
    assert_true(name_is_valid(STR("a")));
    assert_true(name_is_valid(STR("0-a")));
    assert_true(name_is_valid((struct str){longest, LIMIT_NAME}));
    assert_false(name_is_valid((struct str){longest, LIMIT_NAME + 1}));
    assert_false(name_is_valid(STR("")));
    assert_false(name_is_valid(STR("-")));
    assert_false(name_is_valid(STR("a-")));
    assert_false(name_is_valid(STR("a_b")));
    assert_false(name_is_valid(STR("a.b")));
    assert_true(long_name_is_valid(STR("-My_Target-")));
    assert_false(long_name_is_valid(STR("my target")));
    assert_false(long_name_is_valid(STR("")));
}

static void resources_are_found_by_kind_and_by_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < RESOURCE_KINDS; i++) {
        assert_ptr_equal(resource_by_kind(str_of(resources[i].kind)), &resources[i]);
        assert_ptr_equal(resource_by_segment(str_of(resources[i].segment)), &resources[i]);
        assert_string_equal(resources[i].fields->name, resources[i].kind);
    }
    assert_ptr_equal(resource_by_kind(STR("deployment")), &resources[RESOURCE_DEPLOYMENT]);
    assert_null(resource_by_kind(STR("Pod")));
    assert_null(resource_by_segment(STR("pods")));
}

/* Each name stands for one table only: OpenAPI components are found by it. */
static void the_schemas_of_all_resources_have_names_of_their_own(void **state)
{
    (void)state;
    struct schemas done = {0};
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct json v = {0};
    struct err e = {0};
    json_begin_object(&o);
    for (size_t i = 0; i < RESOURCE_KINDS; i++) {
        fields_schemas(&o, &done, resources[i].fields, SCHEMA_WRITTEN);
        fields_schemas(&o, &done, resources[i].fields, SCHEMA_READ);
    }
    json_end_object(&o);
    if (json_parse(story_arena, buf_str(&b), &v, &e) < 0)
        fail_msg("%s", e.text);
    assert_false(json_is_none(json_path(v, "DeploymentSpec.properties.upgradeStrategy.$ref")));
    assert_text(json_str_or(json_path(v, "DeploymentUpgradeStrategyInput.properties.kind.default"),
                            STR("")),
                "STATEFUL");
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(every_resource_reads_back_as_it_was_written),
        STORY(a_deployment_without_opinions_gets_the_defaults),
        STORY(an_edit_of_what_runs_is_an_upgrade_and_nothing_else_is),
        STORY(the_status_is_not_the_users_to_write),
        STORY(what_spans_fields_is_checked_with_a_pointer),
        STORY(known_flink_versions_are_accepted_by_line_and_release),
        STORY(task_managers_follow_from_parallelism_and_slots),
        STORY(options_that_sluice_sets_are_refused_and_others_are_not),
        STORY(names_follow_the_rules_of_vvp),
        STORY(resources_are_found_by_kind_and_by_path),
        STORY(the_schemas_of_all_resources_have_names_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
