/* Operation as a document. */
#include "api/operations.h"

static const char *const kind_names[] = {"", "RETRY", "RESTART", "ROLLBACK", NULL};
static const char *const state_names[] = {"", "NEWEST", "AT_REVISION", NULL};
static const char *const operation_kind[] = {"Operation", NULL};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, operation_request, deployment_id, "deploymentId",
             .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_STR, operation_request, namespace_name, "namespace", .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_INT, operation_request, resource_version, "resourceVersion",
             .flags = FIELD_READ_ONLY,
             .doc = "Of the Deployment that it is meant for; another one is a 409."),
};
static const struct fields metadata_table = {.name = "OperationMetadata",
                                             FIELDS_ROWS(metadata_rows)};

static const struct field spec_rows[] = {
    FIELD_AT(FIELD_ENUM, operation_request, kind, "kind", .names = kind_names,
             .flags = FIELD_REQUIRED,
             .doc = "RETRY: counts anew and goes on. RESTART: takes a new job though nothing was "
                    "edited. ROLLBACK: takes the spec of a revision."),
    FIELD_AT(FIELD_INT, operation_request, revision, "revision", .min = 1, .max = INT64_MAX,
             .doc = "ROLLBACK: its number."),
    FIELD_AT(FIELD_ENUM, operation_request, state, "state", .names = state_names,
             .doc = "ROLLBACK: NEWEST (the default) is the state that the restore strategy "
                    "chooses; AT_REVISION goes back to the newest snapshot that the jobs of that "
                    "revision left."),
};
static const struct fields spec_table = {.name = "OperationSpec", FIELDS_ROWS(spec_rows)};

static const struct field status_rows[] = {
    FIELD_AT(FIELD_INT, operation_request, made_revision, "revision", .doc = "What is wanted now."),
    FIELD_AT(FIELD_INT, operation_request, made_version, "resourceVersion"),
};
static const struct fields status_table = {.name = "OperationStatus", FIELDS_ROWS(status_rows)};

static const struct field operation_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = operation_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_FLAT("metadata", &metadata_table),
    FIELD_FLAT("spec", &spec_table, .flags = FIELD_REQUIRED),
    FIELD_FLAT("status", &status_table, .flags = FIELD_READ_ONLY),
};
const struct fields operation_request_fields = {.name = "Operation",
                                                .size = sizeof(struct operation_request),
                                                FIELDS_ROWS(operation_rows),
                                                .doc = "Something to do that no desired state can "
                                                       "say."};
