#include "model/template.h"

#include "model/job.h"

const char *const desired_state_names[] = {"", "RUNNING", "SUSPENDED", "CANCELLED", NULL};
const char *const observed_state_names[] = {
    "", "RUNNING", "SUSPENDED", "CANCELLED", "TRANSITIONING", "FAILED", "FINISHED", NULL};
const char *const upgrade_kind_names[] = {"", "STATEFUL", "STATELESS", "NONE", NULL};
const char *const restore_kind_names[] = {"", "LATEST_STATE", "LATEST_SAVEPOINT", "NONE", NULL};
const char *const savepoint_format_names[] = {"", "CANONICAL", "NATIVE", NULL};
const char *const health_names[] = {"", "OK", "DEGRADED", "FAILING", "UNKNOWN", NULL};

static const char *const deployment_kind[] = {"Deployment", NULL};

static const struct field template_metadata_rows[] = {
    FIELD_AT(FIELD_MAP, deployment_template, annotations, "annotations"),
};
static const struct fields template_metadata_fields = {.name = "DeploymentTemplateMetadata",
                                                       FIELDS_ROWS(template_metadata_rows)};
static const struct field template_rows[] = {
    FIELD_FLAT("metadata", &template_metadata_fields),
    FIELD_AT(FIELD_OBJECT, deployment_template, spec, "spec", .object = &job_template_fields),
};
static const struct fields template_fields = {.name = "DeploymentTemplate",
                                              .size = sizeof(struct deployment_template),
                                              FIELDS_ROWS(template_rows)};

static const struct field upgrade_strategy_rows[] = {
    FIELD_AT(FIELD_ENUM, deployment_spec, upgrade_strategy, "kind", .names = upgrade_kind_names,
             .fallback = "\"STATEFUL\"",
             .doc = "How a running job is replaced when what it runs was edited."),
};
static const struct fields upgrade_strategy_fields = {.name = "DeploymentUpgradeStrategy",
                                                      FIELDS_ROWS(upgrade_strategy_rows)};

static const struct field restore_strategy_rows[] = {
    FIELD_AT(FIELD_ENUM, deployment_spec, restore_strategy, "kind", .names = restore_kind_names,
             .fallback = "\"LATEST_STATE\"",
             .doc = "What every start begins from: LATEST_STATE counts retained checkpoints in, "
                    "LATEST_SAVEPOINT leaves them out, NONE begins empty."),
    FIELD_AT(FIELD_BOOL, deployment_spec, allow_non_restored_state, "allowNonRestoredState",
             .flags = FIELD_KEEP_EMPTY, .fallback = "false",
             .doc = "Drop state of operators that the new job does not have."),
    FIELD_AT(FIELD_BOOL, deployment_spec, require_state, "requireState",
             .doc = "Refuse to start empty."),
    FIELD_AT(FIELD_DURATION, deployment_spec, max_state_age, "maxStateAge",
             .doc = "Refuse to start from state older than this."),
};
static const struct fields restore_strategy_fields = {.name = "DeploymentRestoreStrategy",
                                                      FIELDS_ROWS(restore_strategy_rows)};

static const struct field restore_from_rows[] = {
    FIELD_AT(FIELD_UUID, restore_from, savepoint_id, "savepointId"),
    FIELD_AT(FIELD_STR, restore_from, location, "location"),
    FIELD_AT(FIELD_STR, restore_from, nonce, "nonce", .max = 100,
             .doc = "Used once per value: applying the same again does nothing."),
};
static const struct fields restore_from_fields = {
    .name = "RestoreFrom",
    .size = sizeof(struct restore_from),
    FIELDS_ROWS(restore_from_rows),
    .doc = "Which snapshot the next start begins from, instead of the strategy's choice."};

static const struct field retention_rows[] = {
    FIELD_AT(FIELD_INT, snapshot_retention, max_count, "maxCount", .min = 1, .max = 1000000,
             .doc = "So many are kept, the newest."),
    FIELD_AT(FIELD_DURATION, snapshot_retention, max_age, "maxAge",
             .doc = "Older ones go; the newest never does."),
};
static const struct fields retention_fields = {.name = "SnapshotRetention",
                                               .size = sizeof(struct snapshot_retention),
                                               FIELDS_ROWS(retention_rows),
                                               .doc =
                                                   "Which of the savepoints of suspensions and "
                                                   "upgrades, and of the retained checkpoints, are "
                                                   "kept. Off when absent."};

static const struct field spec_rows[] = {
    FIELD_AT(FIELD_ENUM, deployment_spec, state, "state", .names = desired_state_names,
             .fallback = "\"RUNNING\"", .doc = "The state to reach and to keep."),
    FIELD_AT(FIELD_UUID, deployment_spec, deployment_target_id, "deploymentTargetId",
             .flags = FIELD_UPGRADE),
    FIELD_AT(FIELD_STR, deployment_spec, deployment_target_name, "deploymentTargetName",
             .flags = FIELD_UPGRADE, .max = 250,
             .doc = "Where it runs. Without target it runs on the built-in target \"local\"."),
    FIELD_AT(FIELD_STR, deployment_spec, session_cluster_name, "sessionClusterName",
             .flags = FIELD_UPGRADE, .max = 250, .doc = "Not available yet."),
    FIELD_FLAT("upgradeStrategy", &upgrade_strategy_fields),
    FIELD_FLAT("restoreStrategy", &restore_strategy_fields),
    FIELD_AT(FIELD_OBJECT, deployment_spec, restore_from, "restoreFrom",
             .object = &restore_from_fields),
    FIELD_AT(FIELD_INT, deployment_spec, max_savepoint_creation_attempts,
             "maxSavepointCreationAttempts", .min = 1, .max = 1000, .fallback = "4",
             .doc = "Tries of a suspension or stateful upgrade. When they are spent the job runs "
                    "on."),
    FIELD_AT(FIELD_INT, deployment_spec, max_job_creation_attempts, "maxJobCreationAttempts",
             .min = 1, .max = 1000, .fallback = "4"),
    FIELD_AT(FIELD_DURATION, deployment_spec, job_failure_expiration_time,
             "jobFailureExpirationTime", .fallback = "\"10m\"",
             .doc = "Failed jobs older than this no longer count as attempts."),
    FIELD_AT(FIELD_ENUM, deployment_spec, savepoint_format, "savepointFormat",
             .names = savepoint_format_names, .fallback = "\"CANONICAL\""),
    FIELD_AT(FIELD_BOOL, deployment_spec, stop_with_drain, "stopWithDrain",
             .doc = "Let event time run to its end before a savepoint that stops the job."),
    FIELD_AT(FIELD_BOOL, deployment_spec, warm_standby, "warmStandby",
             .doc = "Have the next attempt's cluster stand ready before the old job stops."),
    FIELD_AT(FIELD_OBJECT, deployment_spec, snapshot_retention, "snapshotRetention",
             .object = &retention_fields),
    FIELD_AT(FIELD_OBJECT, deployment_spec, template_, "template", .object = &template_fields,
             .flags = FIELD_UPGRADE),
};
const struct fields deployment_spec_fields = {
    .name = "DeploymentSpec", .size = sizeof(struct deployment_spec), FIELDS_ROWS(spec_rows)};

static const struct field condition_rows[] = {
    FIELD_AT(FIELD_STR, condition, type, "type", .flags = FIELD_REQUIRED),
    FIELD_AT(FIELD_STR, condition, status, "status", .flags = FIELD_REQUIRED,
             .doc = "True, False or Unknown."),
    FIELD_AT(FIELD_STR, condition, reason, "reason"),
    FIELD_AT(FIELD_STR, condition, message, "message"),
    FIELD_AT(FIELD_TIME, condition, last_transition_time, "lastTransitionTime"),
    FIELD_AT(FIELD_TIME, condition, last_update_time, "lastUpdateTime"),
    FIELD_AT(FIELD_INT, condition, observed_generation, "observedGeneration"),
};
static const struct fields condition_fields = {
    .name = "DeploymentCondition", .size = sizeof(struct condition), FIELDS_ROWS(condition_rows)};

static const struct field running_rows[] = {
    FIELD_AT(FIELD_UUID, deployment_status, running_job_id, "jobId"),
    FIELD_AT(FIELD_TIME, deployment_status, running_transition_time, "transitionTime"),
    FIELD_AT(FIELD_LIST, deployment_status, running_conditions, "conditions",
             .object = &condition_fields),
};
static const struct fields running_fields = {.name = "DeploymentStatusRunning",
                                             FIELDS_ROWS(running_rows)};

static const struct field status_rows[] = {
    FIELD_AT(FIELD_ENUM, deployment_status, state, "state", .names = observed_state_names),
    FIELD_FLAT("running", &running_fields),
    FIELD_AT(FIELD_ENUM, deployment_status, health, "health", .names = health_names),
    FIELD_AT(FIELD_STR, deployment_status, health_message, "healthMessage"),
    FIELD_AT(FIELD_STR, deployment_status, reason, "reason",
             .doc = "Code of what it waits for, or failed by."),
    FIELD_AT(FIELD_STR, deployment_status, message, "message",
             .doc = "What it waits for, and what happens next."),
    FIELD_AT(FIELD_INT, deployment_status, rule, "rule",
             .doc = "Number of the rule of the last decision."),
    FIELD_AT(FIELD_TIME, deployment_status, waiting_since, "waitingSince"),
    FIELD_AT(FIELD_TIME, deployment_status, next_try_at, "nextTryAt"),
    FIELD_AT(FIELD_BOOL, deployment_status, pending_change, "pendingChange",
             .doc = "Something was edited that the running job does not show."),
    FIELD_AT(FIELD_INT, deployment_status, observed_generation, "observedGeneration"),
    FIELD_AT(FIELD_INT, deployment_status, spec_version, "specVersion",
             .doc = "That runs, or ran last."),
    FIELD_AT(FIELD_STR_LIST, deployment_status, choices, "choices",
             .doc = "The ways out that a user can choose."),
    FIELD_AT(FIELD_LIST, deployment_status, conditions, "conditions", .object = &condition_fields,
             .doc = "Reconciled, Healthy (of a job that runs), PendingChange, TargetReachable."),
};
const struct fields deployment_status_fields = {
    .name = "DeploymentStatus", .size = sizeof(struct deployment_status), FIELDS_ROWS(status_rows)};

static const struct field deployment_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = deployment_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_OBJECT, deployment, metadata, "metadata", .object = &metadata_fields),
    FIELD_AT(FIELD_OBJECT, deployment, spec, "spec", .object = &deployment_spec_fields),
    FIELD_AT(FIELD_OBJECT, deployment, status, "status", .object = &deployment_status_fields,
             .flags = FIELD_READ_ONLY),
};
const struct fields deployment_fields = {
    .name = "Deployment",
    .size = sizeof(struct deployment),
    FIELDS_ROWS(deployment_rows),
    .doc = "What to run, in which state, how to upgrade it and what to restore from."};
