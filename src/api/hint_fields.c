/* RestoreDecision as a document. */
#include "api/hint.h"

const char *const hint_outcome_names[] = {
    "",        "NEW_SAVEPOINT_FIRST", "EXISTING", "EMPTY", "BLOCKED", "UNKNOWN",
    "PENDING", "NOT_APPLICABLE",      NULL};

static const char *const decision_kind[] = {"RestoreDecision", NULL};

static const struct field snapshot_rows[] = {
    FIELD_AT(FIELD_UUID, hint_snapshot, savepoint_id, "savepointId",
             .doc = "Absent for a checkpoint of the running job."),
    FIELD_AT(FIELD_STR, hint_snapshot, location, "location"),
    FIELD_AT(FIELD_STR, hint_snapshot, origin, "origin",
             .doc = "A Savepoint's origin, or LIVE_CHECKPOINT."),
    FIELD_AT(FIELD_INT, hint_snapshot, checkpoint_id, "checkpointId"),
    FIELD_AT(FIELD_STR, hint_snapshot, verified, "verified"),
    FIELD_AT(FIELD_TIME, hint_snapshot, state_taken_at, "stateTakenAt"),
    FIELD_AT(FIELD_DURATION, hint_snapshot, age, "age"),
    FIELD_AT(FIELD_STR, hint_snapshot, verdict, "verdict",
             .doc = "CHOSEN, FALLBACK, or why it is not the one."),
};
static const struct fields snapshot_fields = {
    .name = "RestoreCandidate", .size = sizeof(struct hint_snapshot), FIELDS_ROWS(snapshot_rows)};

static const struct field warning_rows[] = {
    FIELD_AT(FIELD_STR, hint_warning, code, "code", .doc = "Stable."),
    FIELD_AT(FIELD_STR, hint_warning, severity, "severity", .doc = "info, warning or danger."),
    FIELD_AT(FIELD_STR, hint_warning, text, "text"),
};
const struct fields hint_warning_fields = {
    .name = "Warning", .size = sizeof(struct hint_warning), FIELDS_ROWS(warning_rows)};

static const struct field hint_rows[] = {
    FIELD_AT(FIELD_STR, hint, scenario, "scenario"),
    FIELD_AT(FIELD_ENUM, hint, strategy, "strategy", .names = restore_kind_names),
    FIELD_AT(FIELD_ENUM, hint, outcome, "outcome", .names = hint_outcome_names),
    FIELD_AT(FIELD_OBJECT, hint, chosen, "chosen", .object = &snapshot_fields),
    FIELD_AT(FIELD_OBJECT, hint, fallback, "fallback", .object = &snapshot_fields,
             .doc = "Used when the job dies before the new savepoint is complete."),
    FIELD_AT(FIELD_BOOL, hint, allow_non_restored_state, "allowNonRestoredState",
             .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_BOOL, hint, rewinds, "rewinds", .flags = FIELD_KEEP_EMPTY,
             .doc = "Newer state is known and is left behind."),
    FIELD_AT(FIELD_DURATION, hint, rewind, "rewind",
             .doc = "How much input is read again, as far as is known."),
    FIELD_AT(FIELD_STR, hint, reason, "reason"),
    FIELD_AT(FIELD_INT, hint, rule, "rule", .doc = "Row of the table of decisions."),
    FIELD_AT(FIELD_LIST, hint, warnings, "warnings", .object = &hint_warning_fields,
             .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_LIST, hint, candidates, "candidates", .object = &snapshot_fields,
             .flags = FIELD_KEEP_EMPTY, .doc = "Newest first, the rejected ones as well."),
};
const struct fields hint_fields = {
    .name = "RestoreScenario", .size = sizeof(struct hint), FIELDS_ROWS(hint_rows)};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, restore_decision, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_STR, restore_decision, deployment_name, "deploymentName"),
    FIELD_AT(FIELD_STR, restore_decision, namespace_name, "namespace"),
    FIELD_AT(FIELD_INT, restore_decision, resource_version, "resourceVersion"),
    FIELD_AT(FIELD_UUID, restore_decision, job_id, "jobId", .doc = "That runs."),
};
static const struct fields metadata_table = {.name = "RestoreDecisionMetadata",
                                             FIELDS_ROWS(metadata_rows)};

static const struct field decision_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = decision_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_FLAT("metadata", &metadata_table),
    FIELD_AT(FIELD_OBJECT, restore_decision, on_upgrade, "onUpgrade", .object = &hint_fields),
    FIELD_AT(FIELD_OBJECT, restore_decision, on_recovery, "onRecovery", .object = &hint_fields),
    FIELD_AT(FIELD_OBJECT, restore_decision, on_start, "onStart", .object = &hint_fields),
    FIELD_AT(FIELD_OBJECT, restore_decision, on_cancel_then_start, "onCancelThenStart",
             .object = &hint_fields),
};
const struct fields restore_decision_fields = {
    .name = "RestoreDecision",
    .size = sizeof(struct restore_decision),
    FIELDS_ROWS(decision_rows),
    .doc = "What the next job would be restored from, by what may come next."};
