#include "model/job.h"

#include "model/template.h"

const char *const job_state_names[] = {
    "", "STARTING", "STARTED", "TERMINATING", "TERMINATED", "FINISHED", "FAILED", "STANDBY", NULL};

static const char *const job_kind[] = {"Job", NULL};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, job_metadata, id, "id", .doc = "Without its dashes it is Flink's job id."),
    FIELD_AT(FIELD_STR, job_metadata, namespace_name, "namespace"),
    FIELD_AT(FIELD_UUID, job_metadata, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_STR, job_metadata, deployment_name, "deploymentName"),
    FIELD_AT(FIELD_TIME, job_metadata, created_at, "createdAt"),
    FIELD_AT(FIELD_TIME, job_metadata, modified_at, "modifiedAt"),
    FIELD_AT(FIELD_TIME, job_metadata, terminated_at, "terminatedAt"),
    FIELD_AT(FIELD_MAP, job_metadata, annotations, "annotations"),
    FIELD_AT(FIELD_INT, job_metadata, resource_version, "resourceVersion"),
    FIELD_AT(FIELD_INT, job_metadata, attempt, "attempt",
             .doc = "Rises with each start of the Deployment."),
};
static const struct fields job_metadata_fields = {
    .name = "JobMetadata", .size = sizeof(struct job_metadata), FIELDS_ROWS(metadata_rows)};

static const struct field spec_rows[] = {
    JOB_TEMPLATE_ROWS(job_spec, template_.),
    FIELD_AT(FIELD_MAP, job_spec, user_flink_configuration, "userFlinkConfiguration",
             .doc = "What the user wrote; flinkConfiguration is what is in effect."),
    FIELD_AT(FIELD_MAP, job_spec, template_annotations, "templateAnnotations"),
    FIELD_AT(FIELD_UUID, job_spec, deployment_target_id, "deploymentTargetId"),
    FIELD_AT(FIELD_STR, job_spec, deployment_target_name, "deploymentTargetName"),
    FIELD_AT(FIELD_STR, job_spec, savepoint_location, "savepointLocation",
             .doc = "Restored from; absent when the job began empty."),
    FIELD_AT(FIELD_UUID, job_spec, savepoint_id, "savepointId"),
    FIELD_AT(FIELD_BOOL, job_spec, allow_non_restored_state, "allowNonRestoredState",
             .flags = FIELD_KEEP_EMPTY),
};
static const struct fields job_spec_fields = {
    .name = "JobSpec", .size = sizeof(struct job_spec), FIELDS_ROWS(spec_rows)};

static const struct field failure_rows[] = {
    FIELD_AT(FIELD_STR, job_failure, message, "message"),
    FIELD_AT(FIELD_STR, job_failure, reason, "reason"),
    FIELD_AT(FIELD_TIME, job_failure, failed_at, "failedAt"),
};
static const struct fields failure_fields = {
    .name = "Failure", .size = sizeof(struct job_failure), FIELDS_ROWS(failure_rows)};

static const struct field started_rows[] = {
    FIELD_AT(FIELD_TIME, job_status, started_at, "startedAt"),
    FIELD_AT(FIELD_STR, job_status, flink_job_id, "flinkJobId"),
    FIELD_AT(FIELD_TIME, job_status, last_update_time, "lastUpdateTime"),
    FIELD_AT(FIELD_INT, job_status, observed_flink_job_restarts, "observedFlinkJobRestarts",
             .doc = "How often Flink restarted the job, as last seen; absent: none was seen."),
    FIELD_AT(FIELD_STR, job_status, observed_flink_job_status, "observedFlinkJobStatus",
             .doc = "Flink's word, or UNKNOWN while it cannot be asked."),
};
static const struct fields started_fields = {.name = "JobStatusStarted", FIELDS_ROWS(started_rows)};

static const struct field status_rows[] = {
    FIELD_AT(FIELD_ENUM, job_status, state, "state", .names = job_state_names),
    FIELD_AT(FIELD_OBJECT, job_status, failure, "failure", .object = &failure_fields),
    FIELD_FLAT("started", &started_fields),
    FIELD_AT(FIELD_STR, job_status, rest_url, "restUrl",
             .doc = "Where this job's Flink REST interface answers."),
    FIELD_AT(FIELD_STR, job_status, restored_location, "restoredLocation",
             .doc = "What Flink says it restored."),
    FIELD_AT(FIELD_STR, job_status, log_directory, "logDirectory"),
};
static const struct fields job_status_fields = {
    .name = "JobStatus", .size = sizeof(struct job_status), FIELDS_ROWS(status_rows)};

static const struct field job_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = job_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_OBJECT, job, metadata, "metadata", .object = &job_metadata_fields),
    FIELD_AT(FIELD_OBJECT, job, spec, "spec", .object = &job_spec_fields),
    FIELD_AT(FIELD_OBJECT, job, status, "status", .object = &job_status_fields),
};
const struct fields job_fields = {.name = "Job",
                                  .size = sizeof(struct job),
                                  FIELDS_ROWS(job_rows),
                                  .doc = "One start of a Deployment. Written by the server only."};
