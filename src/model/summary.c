#include "model/summary.h"

#include "model/template.h"

#include "model/job.h"

static const char *const deployment_kind[] = {"Deployment", NULL};
static const char *const job_kind[] = {"Job", NULL};

/* ---- Deployment ---- */

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, metadata, id, "id"),
    FIELD_AT(FIELD_STR, metadata, name, "name"),
    FIELD_AT(FIELD_STR, metadata, display_name, "displayName"),
    FIELD_AT(FIELD_STR, metadata, namespace_name, "namespace"),
    FIELD_AT(FIELD_TIME, metadata, modified_at, "modifiedAt"),
    FIELD_AT(FIELD_MAP, metadata, labels, "labels"),
    FIELD_AT(FIELD_INT, metadata, resource_version, "resourceVersion"),
};
static const struct fields metadata_summary_fields = {
    .name = "MetadataSummary", .size = sizeof(struct metadata), FIELDS_ROWS(metadata_rows)};

static const struct field artifact_rows[] = {
    FIELD_AT(FIELD_STR, artifact, flink_version, "flinkVersion"),
};
static const struct fields artifact_summary_fields = {
    .name = "ArtifactSummary", .size = sizeof(struct artifact), FIELDS_ROWS(artifact_rows)};

static const struct field template_spec_rows[] = {
    FIELD_AT(FIELD_OBJECT, job_template, artifact, "artifact", .object = &artifact_summary_fields),
    FIELD_AT(FIELD_INT, job_template, parallelism, "parallelism"),
};
static const struct fields template_spec_summary_fields = {.name = "TemplateSpecSummary",
                                                           .size = sizeof(struct job_template),
                                                           FIELDS_ROWS(template_spec_rows)};

static const struct field template_rows[] = {
    FIELD_AT(FIELD_OBJECT, deployment_template, spec, "spec",
             .object = &template_spec_summary_fields),
};
static const struct fields template_summary_fields = {.name = "TemplateSummary",
                                                      .size = sizeof(struct deployment_template),
                                                      FIELDS_ROWS(template_rows)};

static const struct field spec_rows[] = {
    FIELD_AT(FIELD_ENUM, deployment_spec, state, "state", .names = desired_state_names),
    FIELD_AT(FIELD_STR, deployment_spec, deployment_target_name, "deploymentTargetName"),
    FIELD_AT(FIELD_OBJECT, deployment_spec, template_, "template",
             .object = &template_summary_fields),
};
static const struct fields spec_summary_fields = {.name = "DeploymentSpecSummary",
                                                  .size = sizeof(struct deployment_spec),
                                                  FIELDS_ROWS(spec_rows)};

static const struct field running_rows[] = {
    FIELD_AT(FIELD_UUID, deployment_status, running_job_id, "jobId"),
    FIELD_AT(FIELD_TIME, deployment_status, running_transition_time, "transitionTime"),
};
static const struct fields running_summary_fields = {.name = "DeploymentStatusRunningSummary",
                                                     FIELDS_ROWS(running_rows)};

static const struct field status_rows[] = {
    FIELD_AT(FIELD_ENUM, deployment_status, state, "state", .names = observed_state_names),
    FIELD_FLAT("running", &running_summary_fields),
    FIELD_AT(FIELD_ENUM, deployment_status, health, "health", .names = health_names),
    FIELD_AT(FIELD_STR, deployment_status, reason, "reason"),
    FIELD_AT(FIELD_STR, deployment_status, message, "message"),
    FIELD_AT(FIELD_TIME, deployment_status, waiting_since, "waitingSince"),
    FIELD_AT(FIELD_BOOL, deployment_status, pending_change, "pendingChange"),
};
static const struct fields status_summary_fields = {.name = "DeploymentStatusSummary",
                                                    .size = sizeof(struct deployment_status),
                                                    FIELDS_ROWS(status_rows)};

static const struct field deployment_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = deployment_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_OBJECT, deployment, metadata, "metadata", .object = &metadata_summary_fields),
    FIELD_AT(FIELD_OBJECT, deployment, spec, "spec", .object = &spec_summary_fields),
    FIELD_AT(FIELD_OBJECT, deployment, status, "status", .object = &status_summary_fields),
};
const struct fields deployment_summary_fields = {
    .name = "DeploymentSummary", .size = sizeof(struct deployment), FIELDS_ROWS(deployment_rows)};

/* ---- Job ---- */

static const struct field job_spec_rows[] = {
    FIELD_AT(FIELD_INT, job_spec, template_.parallelism, "parallelism"),
    FIELD_AT(FIELD_STR, job_spec, savepoint_location, "savepointLocation"),
};
static const struct fields job_spec_summary_fields = {
    .name = "JobSpecSummary", .size = sizeof(struct job_spec), FIELDS_ROWS(job_spec_rows)};

static const struct field job_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = job_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_OBJECT, job, metadata, "metadata", .object = &job_metadata_fields),
    FIELD_AT(FIELD_OBJECT, job, spec, "spec", .object = &job_spec_summary_fields),
    FIELD_AT(FIELD_OBJECT, job, status, "status", .object = &job_status_fields),
};
const struct fields job_summary_fields = {
    .name = "JobSummary", .size = sizeof(struct job), FIELDS_ROWS(job_rows)};
