#include "model/target.h"

static const char *const target_kind_names[] = {"", "LOCAL", "KUBERNETES", NULL};
static const char *const target_resource_kind[] = {"DeploymentTarget", NULL};
static const char *const defaults_kind[] = {"DeploymentDefaults", NULL};

static const struct field kubernetes_rows[] = {
    FIELD_AT(FIELD_STR, target, kubernetes_namespace, "namespace", .flags = FIELD_IMMUTABLE),
};
static const struct fields kubernetes_fields = {.name = "KubernetesTarget",
                                                FIELDS_ROWS(kubernetes_rows)};

static const struct field spec_rows[] = {
    FIELD_AT(FIELD_ENUM, target, kind, "kind", .names = target_kind_names, .flags = FIELD_IMMUTABLE,
             .fallback = "\"KUBERNETES\""),
    FIELD_FLAT("kubernetes", &kubernetes_fields),
};
static const struct fields spec_fields = {.name = "DeploymentTargetSpec", FIELDS_ROWS(spec_rows)};

static const struct field target_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = target_resource_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_OBJECT, target, metadata, "metadata", .object = &metadata_fields),
    FIELD_FLAT("spec", &spec_fields),
};
const struct fields target_fields = {.name = "DeploymentTarget",
                                     .size = sizeof(struct target),
                                     FIELDS_ROWS(target_rows),
                                     .doc = "Where Deployments run."};

static const struct field defaults_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = defaults_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_OBJECT, defaults, metadata, "metadata", .object = &metadata_fields),
    FIELD_AT(FIELD_RAW, defaults, spec, "spec", .object = &deployment_spec_fields,
             .names = json_object_names,
             .doc = "Any part of a Deployment's spec: what new Deployments get where their author "
                    "wrote nothing."),
};
const struct fields defaults_fields = {
    .name = "DeploymentDefaults", .size = sizeof(struct defaults), FIELDS_ROWS(defaults_rows)};

static const struct field namespace_rows[] = {
    FIELD_AT(FIELD_STR, namespace_object, name, "name"),
    FIELD_AT(FIELD_TIME, namespace_object, created_at, "createTime", .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_STR, namespace_object, lifecycle_phase, "lifecyclePhase",
             .flags = FIELD_READ_ONLY),
};
const struct fields namespace_fields = {
    .name = "Namespace", .size = sizeof(struct namespace_object), FIELDS_ROWS(namespace_rows)};
