#include "model/resource.h"

#include "model/event.h"
#include "model/job.h"
#include "model/savepoint.h"
#include "model/target.h"

const struct resource resources[RESOURCE_KINDS] = {
    [RESOURCE_DEPLOYMENT] = {"Deployment", "DeploymentList", "deployments", &deployment_fields,
                             true},
    [RESOURCE_JOB] = {"Job", "JobList", "jobs", &job_fields, false},
    [RESOURCE_SAVEPOINT] = {"Savepoint", "SavepointList", "savepoints", &savepoint_fields, false},
    [RESOURCE_EVENT] = {"Event", "EventList", "events", &event_fields, false},
    [RESOURCE_TARGET] = {"DeploymentTarget", "DeploymentTargetList", "deployment-targets",
                         &target_fields, true},
    [RESOURCE_DEFAULTS] = {"DeploymentDefaults", NULL, "deployment-defaults", &defaults_fields,
                           false},
    [RESOURCE_NAMESPACE] = {"Namespace", "NamespaceList", "namespaces", &namespace_fields, true},
};

const struct resource *resource_by_kind(struct str kind)
{
    for (size_t i = 0; i < RESOURCE_KINDS; i++)
        if (str_eq_nocase(str_of(resources[i].kind), kind))
            return &resources[i];
    return NULL;
}

const struct resource *resource_by_segment(struct str segment)
{
    for (size_t i = 0; i < RESOURCE_KINDS; i++)
        if (str_eq(str_of(resources[i].segment), segment))
            return &resources[i];
    return NULL;
}
