/* DeploymentTarget, DeploymentDefaults and Namespace. */
#pragma once

#include "model/deployment.h"

enum target_kind { TARGET_UNSET, TARGET_LOCAL, TARGET_KUBERNETES };

struct target {
    struct metadata metadata;
    int kind;                        /* ours; enum target_kind; VVP targets decode as kubernetes */
    struct str kubernetes_namespace; /* spec.kubernetes.namespace */
};
extern const struct fields target_fields;

/* A partial Deployment spec, kept as a document: absent means "no opinion". */
struct defaults {
    struct metadata metadata;
    struct json spec;
};
extern const struct fields defaults_fields;

struct namespace_object {
    struct str name;
    int64_t created_at;
    struct str lifecycle_phase;
};
extern const struct fields namespace_fields;
