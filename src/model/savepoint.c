#include "model/savepoint.h"

const char *const savepoint_state_names[] = {
    "", "STARTED", "COMPLETED", "FAILED", "PENDING_DELETION", "DELETING", "FAILED_DELETION", NULL};
const char *const savepoint_origin_names[] = {"",       "USER_REQUEST",        "SUSPEND",
                                              "COPIED", "RETAINED_CHECKPOINT", NULL};
const char *const savepoint_type_names[] = {"", "UNKNOWN", "FULL", "INCREMENTAL", NULL};
const char *const verified_names[] = {"",       "FULL", "METADATA", "REPORTED", "UNCONFIRMED",
                                      "BROKEN", NULL};

static const char *const savepoint_kind[] = {"Savepoint", NULL};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, savepoint_metadata, id, "id", .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_STR, savepoint_metadata, namespace_name, "namespace"),
    FIELD_AT(FIELD_UUID, savepoint_metadata, deployment_id, "deploymentId",
             .doc = "Whose state it is."),
    FIELD_AT(FIELD_UUID, savepoint_metadata, job_id, "jobId",
             .doc = "The Job that wrote it; absent when it was imported."),
    FIELD_AT(FIELD_ENUM, savepoint_metadata, origin, "origin", .names = savepoint_origin_names,
             .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_ENUM, savepoint_metadata, type, "type", .names = savepoint_type_names,
             .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_TIME, savepoint_metadata, created_at, "createdAt", .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_TIME, savepoint_metadata, modified_at, "modifiedAt", .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_MAP, savepoint_metadata, annotations, "annotations"),
    FIELD_AT(FIELD_INT, savepoint_metadata, resource_version, "resourceVersion",
             .flags = FIELD_READ_ONLY),
};
static const struct fields savepoint_metadata_fields = {.name = "SavepointMetadata",
                                                        .size = sizeof(struct savepoint_metadata),
                                                        FIELDS_ROWS(metadata_rows)};

static const struct field spec_rows[] = {
    FIELD_AT(FIELD_STR, savepoint_spec, savepoint_location, "savepointLocation",
             .doc = "The directory. Given in a POST, an existing snapshot is registered."),
    FIELD_AT(FIELD_UUID, savepoint_spec, flink_savepoint_id, "flinkSavepointId",
             .doc = "Flink's trigger id; all zeros for what was imported."),
    FIELD_AT(FIELD_BOOL, savepoint_spec, pinned, "pinned",
             .doc = "It is not deleted, neither by a user nor by retention, until it is unpinned."),
};
static const struct fields savepoint_spec_fields = {
    .name = "SavepointSpec", .size = sizeof(struct savepoint_spec), FIELDS_ROWS(spec_rows)};

static const struct field failure_rows[] = {
    FIELD_AT(FIELD_STR, savepoint_status, failure_message, "message"),
    FIELD_AT(FIELD_TIME, savepoint_status, failed_at, "failedAt"),
};
static const struct fields savepoint_failure_fields = {.name = "SavepointFailure",
                                                       FIELDS_ROWS(failure_rows)};

static const struct field status_rows[] = {
    FIELD_AT(FIELD_ENUM, savepoint_status, state, "state", .names = savepoint_state_names),
    FIELD_FLAT("failure", &savepoint_failure_fields),
    FIELD_AT(FIELD_ENUM, savepoint_status, verified, "verified", .names = verified_names,
             .doc = "How far it was checked: FULL every file, METADATA its metadata to the last "
                    "byte, REPORTED not at all (Flink's word). UNCONFIRMED and BROKEN are never "
                    "chosen by themselves."),
    FIELD_AT(FIELD_STR, savepoint_status, verified_text, "verifiedText",
             .doc = "What was looked at, or what contradicts."),
    FIELD_AT(FIELD_TIME, savepoint_status, verified_at, "verifiedAt"),
    FIELD_AT(FIELD_INT, savepoint_status, attempt, "attempt",
             .doc = "Attempt, then checkpointId: the order of snapshots."),
    FIELD_AT(FIELD_INT, savepoint_status, checkpoint_id, "checkpointId"),
    FIELD_AT(FIELD_INT, savepoint_status, sequence, "sequence",
             .doc = "Rises with each registration in this Deployment."),
    FIELD_AT(FIELD_INT, savepoint_status, size_bytes, "sizeBytes"),
    FIELD_AT(FIELD_TIME, savepoint_status, state_taken_at, "stateTakenAt"),
    FIELD_AT(FIELD_INT, savepoint_status, metadata_version, "metadataVersion",
             .doc = "Of _metadata: which Flink can read it."),
};
static const struct fields savepoint_status_fields = {
    .name = "SavepointStatus", .size = sizeof(struct savepoint_status), FIELDS_ROWS(status_rows)};

static const struct field savepoint_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = savepoint_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_OBJECT, savepoint, metadata, "metadata", .object = &savepoint_metadata_fields),
    FIELD_AT(FIELD_OBJECT, savepoint, spec, "spec", .object = &savepoint_spec_fields),
    FIELD_AT(FIELD_OBJECT, savepoint, status, "status", .object = &savepoint_status_fields,
             .flags = FIELD_READ_ONLY),
};
const struct fields savepoint_fields = {
    .name = "Savepoint",
    .size = sizeof(struct savepoint),
    FIELDS_ROWS(savepoint_rows),
    .doc = "A snapshot that a job can be restored from, of any origin."};
