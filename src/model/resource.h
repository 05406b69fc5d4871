/* The kinds of resources there are: drives routing, storage, lists and the API description. */
#pragma once

#include "data/fields.h"

enum resource_kind {
    RESOURCE_DEPLOYMENT,
    RESOURCE_JOB,
    RESOURCE_SAVEPOINT,
    RESOURCE_EVENT,
    RESOURCE_TARGET,
    RESOURCE_DEFAULTS,
    RESOURCE_NAMESPACE,
    RESOURCE_KINDS, /* how many */
};

struct resource {
    const char *kind;      /* "Deployment" */
    const char *list_kind; /* "DeploymentList"; NULL for what there is one of in a namespace */
    const char *segment;   /* of the path: "deployments" */
    const struct fields *fields;
    bool named; /* addressed by metadata.name, unique in its namespace; else by id */
};

/* Indexed by enum resource_kind. */
extern const struct resource resources[RESOURCE_KINDS];
/* By "Deployment" (any case); NULL when there is none. */
const struct resource *resource_by_kind(struct str kind);
/* By "deployments"; NULL when there is none. */
const struct resource *resource_by_segment(struct str segment);
