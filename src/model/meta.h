/* What all resources share. Names and meanings are those of Ververica Platform 2.x. */
#pragma once

#include "data/fields.h"

#define ANNOTATION_PREFIX          "com.dataartisans.appmanager.controller.deployment."
#define ANNOTATION_SPEC_VERSION    ANNOTATION_PREFIX "spec.version"
#define ANNOTATION_STOP_WITH_DRAIN ANNOTATION_PREFIX "stop-with-drain"
/* In spec.template.metadata.annotations: when a user asked for a new job although nothing else was
 * changed. */
#define ANNOTATION_RESTARTED_AT "sluice.restarted-at"

struct metadata {
    struct str id; /* UUID */
    struct str name;
    struct str display_name;
    struct str namespace_name;
    int64_t created_at; /* wall microseconds */
    int64_t modified_at;
    struct str_map labels;
    struct str_map annotations;
    int64_t resource_version; /* starts at 1, rises with each change that is one */
    int64_t generation;       /* rises with each change of spec */
};

extern const struct fields metadata_fields;
extern const char *const api_version_names[]; /* FIELD_CONST: "v1" */

/* Deployments, namespaces and the like: 1 to 63 of a-z, 0-9 and hyphens, none at either end. */
bool name_is_valid(struct str name);
/* DeploymentTargets and SecretValues: 1 to 250 of a-z, A-Z, 0-9, hyphens and underscores. */
bool long_name_is_valid(struct str name);
