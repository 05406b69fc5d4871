/* Examples, for people and for tools that make requests up. tests/openapi holds each against its
 * schema. */
#include "api/openapi_impl.h"

static const struct {
    const char *of; /* the schema of an answer, or the operationId of who reads the body */
    const char *name;
    const char *json; /* ' stands for " */
} examples[] = {
    {"createDeployment", "stateful",
     "{'metadata':{'name':'counter','labels':{'team':'a'}},'spec':{'state':'RUNNING',"
     "'upgradeStrategy':{'kind':'STATEFUL'},'restoreStrategy':{'kind':'LATEST_STATE'},'template':{"
     "'spec':{'artifact':{'kind':'JAR','jarUri':'file:///srv/jars/counter.jar','flinkVersion':"
     "'1.20'},'parallelism':2,'flinkConfiguration':{'execution.checkpointing.interval':'10s'}}}}}"},
    {"putDeployment", "stateless",
     "{'spec':{'upgradeStrategy':{'kind':'STATELESS'},'restoreStrategy':{'kind':'NONE'},'template':"
     "{'spec':{'artifact':{'jarUri':'file:///srv/jars/counter.jar'},'resources':{'taskmanager':{"
     "'cpu':0.5,'memory':'2G'}}}}}}"},
    {"patchDeployment", "suspend", "{'spec':{'state':'SUSPENDED'}}"},
    {"patchDeployment", "restoreFrom",
     "{'spec':{'restoreFrom':{'location':'file:///backup/savepoint-1','nonce':'2026-01-31'}}}"},
    {"plan", "parallelism", "{'spec':{'template':{'spec':{'parallelism':4}}}}"},
    {"operate", "retry", "{'spec':{'kind':'RETRY'}}"},
    {"operate", "rollback", "{'spec':{'kind':'ROLLBACK','revision':3,'state':'NEWEST'}}"},
    {"patchSavepoint", "pin", "{'spec':{'pinned':true}}"},
    {"compareSavepoint", "planOfAJar",
     "{'plan':{'nodes':[{'id':'ca88eee0095684d687a1b6495617f957','parallelism':1,'description':"
     "'Source: numbers'}]}}"},
    {"createSavepoint", "take",
     "{'metadata':{'deploymentId':'0e4d4dbe-3b46-4c0c-8f4b-3a4fd4f8f0a1'}}"},
    {"createSavepoint", "register",
     "{'metadata':{'deploymentId':'0e4d4dbe-3b46-4c0c-8f4b-3a4fd4f8f0a1'},'spec':{"
     "'savepointLocation':'file:///backup/savepoint-1'}}"},
    {"createDeploymentTarget", "kubernetes",
     "{'metadata':{'name':'production'},'spec':{'kind':'KUBERNETES','kubernetes':{'namespace':"
     "'jobs'}}}"},
    {"putDeploymentTarget", "kubernetes",
     "{'spec':{'kind':'KUBERNETES','kubernetes':{'namespace':'jobs'}}}"},
    {"putDeploymentDefaults", "attempts",
     "{'spec':{'maxJobCreationAttempts':10,'template':{'spec':{'flinkConfiguration':{"
     "'execution.checkpointing.interval':'1min'}}}}}"},
    {"patchDeploymentDefaults", "attempts", "{'spec':{'maxJobCreationAttempts':null}}"},
    {"JsonPatch", "lookFirst",
     "[{'op':'test','path':'/metadata/resourceVersion','value':3},{'op':'add','path':"
     "'/metadata/annotations','value':{'team':'a'}}]"},
    {"Version", "released",
     "{'name':'sluiced','version':'0.1.0','api':'v1','flinkVersions':['1.20.5','2.3.0']}"},
    {"Savepoint", "suspended",
     "{'kind':'Savepoint','apiVersion':'v1','metadata':{'id':'5b1d2c4e-7c1f-4f0e-9d2e-1a2b3c4d5e6f'"
     ",'namespace':'default','deploymentId':'0e4d4dbe-3b46-4c0c-8f4b-3a4fd4f8f0a1','origin':"
     "'SUSPEND','type':'FULL','createdAt':'2026-01-31T10:00:00.000000Z','resourceVersion':2},"
     "'spec':{'savepointLocation':'file:///storage/savepoints/savepoint-1'},'status':{'state':"
     "'COMPLETED','verified':'FULL','attempt':3,'checkpointId':120,'sizeBytes':4096}}"},
    {"Operation", "retry",
     "{'kind':'Operation','apiVersion':'v1','metadata':{'deploymentId':"
     "'0e4d4dbe-3b46-4c0c-8f4b-3a4fd4f8f0a1','namespace':'default'},'spec':{'kind':'RETRY'}}"},
};

void openapi_examples(struct json_out *o, const char *of)
{
    bool any = false;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        if (!str_eq(str_of(examples[i].of), str_of(of)))
            continue;
        if (!any) {
            json_key(o, STR("examples"));
            json_begin_object(o);
        }
        any = true;
        json_key(o, str_of(examples[i].name));
        json_begin_object(o);
        json_key(o, STR("value"));
        put_quoted(o, examples[i].json);
        json_end_object(o);
    }
    if (any)
        json_end_object(o);
}
