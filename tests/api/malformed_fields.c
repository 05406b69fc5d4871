#include "malformed.h"

#define DEPLOYMENT "/api/v1/namespaces/default/deployments/one"
#define PATCH(body_, pointer_) \
    {.method = "PATCH", .path = DEPLOYMENT, .body = (body_), .status = 400, .pointer = (pointer_)}
#define SPEC(body_, pointer_)     PATCH("{'spec':{" body_ "}}", "/spec" pointer_)
#define TEMPLATE(body_, pointer_) SPEC("'template':{'spec':{" body_ "}}", "/template/spec" pointer_)
#define ARTIFACT(body_, pointer_) TEMPLATE("'artifact':{" body_ "}", "/artifact" pointer_)
#define CONF(body_, pointer_) \
    TEMPLATE("'flinkConfiguration':{" body_ "}", "/flinkConfiguration" pointer_)
#define META(body_, pointer_) PATCH("{'metadata':{" body_ "}}", "/metadata" pointer_)
#define CREATE(body_, pointer_)                        \
    {.method = "POST",                                 \
     .path = "/api/v1/namespaces/default/deployments", \
     .body = (body_),                                  \
     .status = 400,                                    \
     .pointer = (pointer_)}
#define NAMED(name_)                                                                           \
    CREATE("{'metadata':{'name':'" name_ "'},'spec':{'template':{'spec':{'artifact':{'jarUri'" \
           ":'file:///x'}}}}}",                                                                \
           "/metadata/name")
#define SAVEPOINT(body_, pointer_)                    \
    {.method = "POST",                                \
     .path = "/api/v1/namespaces/default/savepoints", \
     .body = (body_),                                 \
     .status = 400,                                   \
     .pointer = (pointer_)}
#define TARGET(body_, pointer_)                               \
    {.method = "POST",                                        \
     .path = "/api/v1/namespaces/default/deployment-targets", \
     .body = (body_),                                         \
     .status = 400,                                           \
     .pointer = (pointer_)}
#define DEFAULTS(body_, pointer_)                              \
    {.method = "PUT",                                          \
     .path = "/api/v1/namespaces/default/deployment-defaults", \
     .body = (body_),                                          \
     .status = 400,                                            \
     .pointer = (pointer_)}
#define OPERATION(body_, pointer_)     \
    {.method = "POST",                 \
     .path = DEPLOYMENT "/operations", \
     .body = (body_),                  \
     .status = 400,                    \
     .pointer = (pointer_)}
#define UUID "11111111-2222-4333-8444-555555555555"

static const struct malformed items[] = {
    /* what the document is */
    PATCH("{'kind':'Job'}", "/kind"),
    PATCH("{'kind':5}", "/kind"),
    PATCH("{'apiVersion':'v2'}", "/apiVersion"),
    PATCH("{'spec':[]}", "/spec"),
    PATCH("{'spec':'x'}", "/spec"),
    PATCH("{'metadata':5}", "/metadata"),
    PATCH("{'nonsense':1}", "/nonsense"),
    PATCH("{'Spec':{}}", "/Spec"),
    PATCH("{'':1}", "/"),
    PATCH("{'a/b~c':1}", "/a~1b~0c"),

    /* metadata */
    META("'name':'two'", "/name"),
    META("'name':7.5", "/name"),
    META("'name':{}", "/name"),
    META("'name':'One'", "/name"),
    META("'namespace':'other'", "/namespace"),
    META("'namespace':[]", "/namespace"),
    META("'id':'" UUID "'", "/id"),
    META("'id':7", "/id"),
    META("'resourceVersion':'x'", "/resourceVersion"),
    META("'resourceVersion':{}", "/resourceVersion"),
    META("'resourceVersion':1.5", "/resourceVersion"),
    META("'labels':[]", "/labels"),
    META("'labels':'a=b'", "/labels"),
    META("'labels':{'a':{}}", "/labels/a"),
    META("'labels':{'a':['b']}", "/labels/a"),
    META("'annotations':5", "/annotations"),
    META("'annotations':{'a':{'b':'c'}}", "/annotations/a"),
    META("'displayName':{}", "/displayName"),
    META("'lables':{}", "/lables"),
    META("'ownerReferences':[]", "/ownerReferences"),
    NAMED("-one"),
    NAMED("one-"),
    NAMED("One"),
    NAMED("o ne"),
    NAMED("o/ne"),
    NAMED("../one"),
    NAMED("o_ne"),
    NAMED("\xc3\xb6ne"),
    NAMED(""),
    CREATE("{'spec':{'template':{'spec':{'artifact':{'jarUri':'file:///x'}}}}}", "/metadata/name"),
    CREATE("{'metadata':null,'spec':{'template':{'spec':{'artifact':{'jarUri':'f:/x'}}}}}",
           "/metadata/name"),
    CREATE("{'metadata':{'name':'two'}}", "/spec/template/spec/artifact/jarUri"),
    CREATE("{}", "/metadata/name"),

    /* spec: enums, numbers, durations */
    SPEC("'state':'PAUSED'", "/state"),
    SPEC("'state':1", "/state"),
    SPEC("'state':true", "/state"),
    SPEC("'state':['RUNNING']", "/state"),
    SPEC("'upgradeStrategy':'STATEFUL'", "/upgradeStrategy"),
    SPEC("'upgradeStrategy':{'kind':'SOMETIMES'}", "/upgradeStrategy/kind"),
    SPEC("'upgradeStrategy':{'Kind':'STATEFUL'}", "/upgradeStrategy/Kind"),
    SPEC("'restoreStrategy':{'kind':'FROM_SAVEPOINT'}", "/restoreStrategy/kind"),
    SPEC("'restoreStrategy':{'kind':{}}", "/restoreStrategy/kind"),
    SPEC("'restoreStrategy':{'allowNonRestoredState':'perhaps'}",
         "/restoreStrategy/allowNonRestoredState"),
    SPEC("'restoreStrategy':{'allowNonRestoredState':2}", "/restoreStrategy/allowNonRestoredState"),
    SPEC("'restoreStrategy':{'requireState':[]}", "/restoreStrategy/requireState"),
    SPEC("'restoreStrategy':{'maxStateAge':'soon'}", "/restoreStrategy/maxStateAge"),
    SPEC("'restoreStrategy':{'maxStateAge':'-5m'}", "/restoreStrategy/maxStateAge"),
    SPEC("'restoreStrategy':{'kind':'NONE','requireState':true}", "/restoreStrategy/requireState"),
    SPEC("'maxSavepointCreationAttempts':0", "/maxSavepointCreationAttempts"),
    SPEC("'maxSavepointCreationAttempts':-1", "/maxSavepointCreationAttempts"),
    SPEC("'maxSavepointCreationAttempts':1001", "/maxSavepointCreationAttempts"),
    SPEC("'maxSavepointCreationAttempts':1.5", "/maxSavepointCreationAttempts"),
    SPEC("'maxSavepointCreationAttempts':1e4", "/maxSavepointCreationAttempts"),
    SPEC("'maxSavepointCreationAttempts':'four'", "/maxSavepointCreationAttempts"),
    SPEC("'maxSavepointCreationAttempts':true", "/maxSavepointCreationAttempts"),
    SPEC("'maxJobCreationAttempts':0", "/maxJobCreationAttempts"),
    SPEC("'maxJobCreationAttempts':9223372036854775808", "/maxJobCreationAttempts"),
    SPEC("'maxJobCreationAttempts':''", "/maxJobCreationAttempts"),
    SPEC("'maxJobCreationAttempts':[4]", "/maxJobCreationAttempts"),
    SPEC("'jobFailureExpirationTime':'ten minutes'", "/jobFailureExpirationTime"),
    SPEC("'jobFailureExpirationTime':'11y'", "/jobFailureExpirationTime"),
    SPEC("'jobFailureExpirationTime':{}", "/jobFailureExpirationTime"),
    SPEC("'jobFailureExpirationTime':-1", "/jobFailureExpirationTime"),
    SPEC("'savepointFormat':'ZIP'", "/savepointFormat"),
    SPEC("'stopWithDrain':'yes'", "/stopWithDrain"),
    SPEC("'warmStandby':1", "/warmStandby"),
    SPEC("'snapshotRetention':{'maxCount':0}", "/snapshotRetention/maxCount"),
    SPEC("'snapshotRetention':{'maxAge':'x'}", "/snapshotRetention/maxAge"),
    SPEC("'snapshotRetention':7", "/snapshotRetention"),
    SPEC("'sessionClusterName':'s'", "/sessionClusterName"),
    SPEC("'deploymentTargetName':'moon'", "/deploymentTargetName"),
    SPEC("'deploymentTargetName':'a b'", "/deploymentTargetName"),
    SPEC("'deploymentTargetName':{}", "/deploymentTargetName"),
    SPEC("'deploymentTargetId':'local'", "/deploymentTargetId"),
    SPEC("'deploymentTargetId':'" UUID "'", "/deploymentTargetName"),
    SPEC("'deploymentTargetId':'" UUID "','deploymentTargetName':null", "/deploymentTargetId"),
    SPEC("'restoreFrom':'latest'", "/restoreFrom"),
    SPEC("'restoreFrom':{'nonce':'1'}", "/restoreFrom/nonce"),
    SPEC("'restoreFrom':{'location':'file:///s'}", "/restoreFrom/nonce"),
    SPEC("'restoreFrom':{'savepointId':'x','nonce':'1'}", "/restoreFrom/savepointId"),
    SPEC("'restoreFrom':{'savepointId':'" UUID "','nonce':'1'}", "/restoreFrom/savepointId"),
    SPEC("'restoreFrom':{'savepointId':'" UUID "','location':'file:///s','nonce':'1'}",
         "/restoreFrom/location"),
    SPEC("'restoreFrom':{'location':'file:///absent','nonce':'1'}", "/restoreFrom/location"),
    SPEC("'restoreFrom':{'location':'file:///broken','nonce':'1'}", "/restoreFrom/location"),
    SPEC("'restoreFrom':{'location':'a\\nb','nonce':'1'}", "/restoreFrom/location"),
    SPEC("'paralelism':3", "/paralelism"),
    SPEC("'parallelism':3", "/parallelism"),

    /* spec.template */
    SPEC("'template':null", "/template/spec/artifact/jarUri"),
    SPEC("'template':[]", "/template"),
    SPEC("'template':{'spec':7}", "/template/spec"),
    SPEC("'template':{'metadata':{'labels':{}}}", "/template/metadata/labels"),
    SPEC("'template':{'metadata':{'annotations':[]}}", "/template/metadata/annotations"),
    TEMPLATE("'kubernetes':'pods'", "/kubernetes"),
    TEMPLATE("'kubernetes':[]", "/kubernetes"),
    TEMPLATE("'parallelism':0", "/parallelism"),
    TEMPLATE("'parallelism':-3", "/parallelism"),
    TEMPLATE("'parallelism':32769", "/parallelism"),
    TEMPLATE("'parallelism':'many'", "/parallelism"),
    TEMPLATE("'parallelism':2.5", "/parallelism"),
    TEMPLATE("'parallelism':{}", "/parallelism"),
    TEMPLATE("'parallelism':'0x10'", "/parallelism"),
    TEMPLATE("'parallelism':' 3'", "/parallelism"),
    TEMPLATE("'parallelism':8,'numberOfTaskManagers':2", "/numberOfTaskManagers"),
    TEMPLATE("'numberOfTaskManagers':0", "/numberOfTaskManagers"),
    TEMPLATE("'numberOfTaskManagers':10001", "/numberOfTaskManagers"),
    TEMPLATE("'resources':[]", "/resources"),
    TEMPLATE("'resources':{'client':{}}", "/resources/client"),
    TEMPLATE("'resources':{'taskmanager':{'cpu':0}}", "/resources/taskmanager/cpu"),
    TEMPLATE("'resources':{'taskmanager':{'cpu':-1}}", "/resources/taskmanager/cpu"),
    TEMPLATE("'resources':{'taskmanager':{'cpu':'lots'}}", "/resources/taskmanager/cpu"),
    TEMPLATE("'resources':{'taskmanager':{'cpu':1e300}}", "/resources/taskmanager/cpu"),
    TEMPLATE("'resources':{'taskmanager':{'memory':'2 gallons'}}", "/resources/taskmanager/memory"),
    TEMPLATE("'resources':{'taskmanager':{'memory':-1}}", "/resources/taskmanager/memory"),
    TEMPLATE("'resources':{'taskmanager':{'memory':'99999999999999999999g'}}",
             "/resources/taskmanager/memory"),
    TEMPLATE("'resources':{'taskmanager':{'memory':'10m'}}", "/resources/taskmanager/memory"),
    TEMPLATE("'resources':{'jobmanager':{'memory':'10m'}}", "/resources/jobmanager/memory"),
    TEMPLATE("'resources':{'jobmanager':{'disk':'1g'}}", "/resources/jobmanager/disk"),
    TEMPLATE("'logging':5", "/logging"),
    TEMPLATE("'logging':{'log4jLoggers':['x']}", "/logging/log4jLoggers"),
    TEMPLATE("'logging':{'loggingProfile':{}}", "/logging/loggingProfile"),
    TEMPLATE("'flinkConfiguration':[]", "/flinkConfiguration"),
    TEMPLATE("'flinkConfiguration':'a: b'", "/flinkConfiguration"),
    CONF("'a':{'b':'c'}", "/a"),
    CONF("'a':[1,2]", "/a"),
    CONF("'':'x'", "/"),
    CONF("'rest.port':'8081'", "/rest.port"),
    CONF("'rest.address':'0.0.0.0'", "/rest.address"),
    CONF("'jobmanager.rpc.address':'x'", "/jobmanager.rpc.address"),
    CONF("'jobstore.type':'x'", "/jobstore.type"),
    CONF("'$internal.pipeline.job-id':'x'", "/$internal.pipeline.job-id"),
    CONF("'high-availability.cluster-id':'x'", "/high-availability.cluster-id"),
    CONF("'taskmanager.numberOfTaskSlots':'none'", "/taskmanager.numberOfTaskSlots"),
    CONF("'taskmanager.numberOfTaskSlots':0", "/taskmanager.numberOfTaskSlots"),
    ARTIFACT("'kind':'PYTHON'", "/kind"),
    ARTIFACT("'kind':'SQLSCRIPT'", "/kind"),
    ARTIFACT("'kind':'WAR'", "/kind"),
    ARTIFACT("'kind':[]", "/kind"),
    ARTIFACT("'jarUri':null", "/jarUri"),
    ARTIFACT("'jarUri':''", "/jarUri"),
    ARTIFACT("'jarUri':{}", "/jarUri"),
    ARTIFACT("'jarUri':['file:///x.jar']", "/jarUri"),
    ARTIFACT("'sqlScript':'SELECT 1'", ""),
    ARTIFACT("'pythonArtifactUri':'file:///x.py'", ""),
    ARTIFACT("'flinkVersion':'0.9'", "/flinkVersion"),
    ARTIFACT("'flinkVersion':{}", "/flinkVersion"),
    ARTIFACT("'additionalDependencies':'file:///x'", "/additionalDependencies"),
    ARTIFACT("'additionalDependencies':[{}]", "/additionalDependencies/0"),
    ARTIFACT("'additionalDependencies':['a',['b']]", "/additionalDependencies/1"),
    ARTIFACT("'mainArgs':['--a']", "/mainArgs"),
    ARTIFACT("'mainClass':'x'", "/mainClass"),
    ARTIFACT("'entryClass':{}", "/entryClass"),
    TEMPLATE("'artifact':null", "/artifact/jarUri"),
    TEMPLATE("'artifact':'file:///x.jar'", "/artifact"),

    /* Savepoints */
    SAVEPOINT("{}", "/metadata/deploymentId"),
    SAVEPOINT("{'metadata':{'deploymentId':'one'}}", "/metadata/deploymentId"),
    SAVEPOINT("{'metadata':{'deploymentId':7}}", "/metadata/deploymentId"),
    SAVEPOINT("{'metadata':[]}", "/metadata"),
    SAVEPOINT("{'metadata':{'deploymentId':'" UUID "','name':'x'}}", "/metadata/name"),
    SAVEPOINT("{'metadata':{'deploymentId':'" UUID "','namespace':'x'}}", "/metadata/namespace"),
    SAVEPOINT("{'metadata':{'deploymentId':'" UUID "'},'spec':{'location':'x'}}", "/spec/location"),
    SAVEPOINT("{'metadata':{'deploymentId':'" UUID "'},'spec':{'savepointLocation':{}}}",
              "/spec/savepointLocation"),
    SAVEPOINT("{'metadata':{'deploymentId':'" UUID "'},'spec':{'flinkSavepointId':'" UUID "'}}",
              "/spec/savepointLocation"),
    SAVEPOINT("{'metadata':{'deploymentId':'" UUID "'},'spec':{'savepointLocation':'f:/x'},"
              "'status':{'state':'STARTED'}}",
              "/status/state"),
    SAVEPOINT("{'kind':'Deployment'}", "/kind"),

    /* targets, defaults, operations */
    TARGET("{}", "/metadata/name"),
    TARGET("{'metadata':{'name':'a b'}}", "/metadata/name"),
    TARGET("{'metadata':{'name':'a','namespace':'b'}}", "/metadata/namespace"),
    TARGET("{'metadata':{'name':'a'},'spec':{'kind':'MESOS'}}", "/spec/kind"),
    TARGET("{'metadata':{'name':'a'},'spec':{'kubernetes':'b'}}", "/spec/kubernetes"),
    TARGET("{'metadata':{'name':'a'},'spec':{'yarn':{}}}", "/spec/yarn"),
    DEFAULTS("{'spec':[]}", "/spec"),
    DEFAULTS("{'spec':'x'}", "/spec"),
    DEFAULTS("{'spec':{'state':'x'}}", "/spec/state"),
    DEFAULTS("{'spec':{'template':{'spec':{'nonsense':1}}}}", "/spec/template/spec/nonsense"),
    DEFAULTS("{'metadata':{'namespace':'x'}}", "/metadata/namespace"),
    DEFAULTS("{'Spec':{}}", "/Spec"),
    OPERATION("{}", "/spec"),
    OPERATION("{'spec':{}}", "/spec/kind"),
    OPERATION("{'spec':{'kind':'REBOOT'}}", "/spec/kind"),
    OPERATION("{'spec':{'kind':'RETRY','when':'now'}}", "/spec/when"),
    OPERATION("{'spec':'RETRY'}", "/spec"),
};

const struct malformed_list malformed_fields = {items, sizeof(items) / sizeof(items[0])};
