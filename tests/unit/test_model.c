/* The resources: their documents, defaults, checks, and what an edit of each field does. */
#include "story.h"

#include "model/deployment.h"
#include "model/event.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(every_resource_reads_back_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
