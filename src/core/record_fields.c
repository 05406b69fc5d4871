/* How the record is written down. The same tables that describe resources describe it. */
#include "core/record.h"

#include "model/deployment.h"

const char *const phase_names[] = {"NONE",  "RESERVED", "PROVISIONED", "SUBMITTED", "UP",
                                   "ENDED", "READ",     "GONE",        "DONE",      NULL};
const char *const intent_names[] = {"NONE",      "PROVISION", "UPLOAD",   "SUBMIT",  "STOP",
                                    "SAVEPOINT", "CANCEL",    "TEARDOWN", "DISCARD", NULL};
const char *const operation_names[] = {"NONE",   "START",   "UPGRADE", "SUSPEND",
                                       "CANCEL", "RECOVER", NULL};
const char *const end_names[] = {"NONE", "FINISHED",  "CANCELED", "FAILED",
                                 "LOST", "ABANDONED", NULL};
const char *const standby_step_names[] = {"NONE",  "PROVISION", "UPLOAD", "WARM",
                                          "READY", "END",       NULL};
static const char *const verdict_names[] = {"UNJUDGED", "COLD", "REFUSED", NULL};
static const char *const source_names[] = {"UNDECIDED", "EMPTY", "SNAPSHOT", NULL};
static const char *const checkpointing_names[] = {"UNKNOWN", "ON", "OFF", NULL};
static const char *const restored_names[] = {"UNCHECKED", "AS_ASKED", "OTHERWISE", "NOT_TOLD",
                                             NULL};
static const char *const spent_names[] = {"NOTHING", "STARTS", "SAVEPOINTS", NULL};

static const struct field intent_rows[] = {
    FIELD_AT(FIELD_ENUM, intent, kind, "kind", .names = intent_names),
    FIELD_AT(FIELD_INT, intent, attempt, "attempt"),
    FIELD_AT(FIELD_INT, intent, rule, "rule"),
    FIELD_AT(FIELD_TIME, intent, made_at, "madeAt"),
    FIELD_AT(FIELD_STR, intent, trigger_id, "triggerId"),
    FIELD_AT(FIELD_STR, intent, savepoint_id, "savepointId"),
    FIELD_AT(FIELD_STR, intent, directory, "directory"),
};
static const struct fields intent_fields = {
    .name = "Intent", .size = sizeof(struct intent), FIELDS_ROWS(intent_rows)};

static const struct field try_rows[] = {
    FIELD_AT(FIELD_STR, trigger_try, trigger_id, "triggerId"),
    FIELD_AT(FIELD_STR, trigger_try, savepoint_id, "savepointId"),
    FIELD_AT(FIELD_STR, trigger_try, directory, "directory"),
    FIELD_AT(FIELD_BOOL, trigger_try, stop, "stop"),
    FIELD_AT(FIELD_BOOL, trigger_try, settled, "settled"),
    FIELD_AT(FIELD_INT, trigger_try, checkpoint_id, "checkpointId"),
};
static const struct fields try_fields = {
    .name = "TriggerTry", .size = sizeof(struct trigger_try), FIELDS_ROWS(try_rows)};

static const struct field final_rows[] = {
    FIELD_AT(FIELD_INT, final_checkpoint, id, "id"),
    FIELD_AT(FIELD_STR, final_checkpoint, path, "path"),
};
static const struct fields final_fields = {
    .name = "FinalCheckpoint", .size = sizeof(struct final_checkpoint), FIELDS_ROWS(final_rows)};

static const struct field attempt_rows[] = {
    FIELD_AT(FIELD_INT, attempt, number, "number"),
    FIELD_AT(FIELD_STR, attempt, job_id, "jobId"),
    FIELD_AT(FIELD_ENUM, attempt, phase, "phase", .names = phase_names),
    FIELD_AT(FIELD_INT, attempt, spec_version, "specVersion"),
    FIELD_AT(FIELD_ENUM, attempt, source, "source", .names = source_names),
    FIELD_AT(FIELD_STR, attempt, source_savepoint_id, "sourceSavepointId"),
    FIELD_AT(FIELD_STR, attempt, source_location, "sourceLocation"),
    FIELD_AT(FIELD_STR, attempt, restore_nonce, "restoreNonce"),
    FIELD_AT(FIELD_STR, attempt, incarnation, "incarnation"),
    FIELD_AT(FIELD_STR, attempt, rest_url, "restUrl"),
    FIELD_AT(FIELD_STR, attempt, jar_id, "jarId"),
    FIELD_AT(FIELD_STR, attempt, artifact_sha256, "artifactSha256"),
    FIELD_AT(FIELD_STR, attempt, artifact_name, "artifactName"),
    FIELD_AT(FIELD_STR_LIST, attempt, dependency_sha256s, "dependencySha256s"),
    FIELD_AT(FIELD_STR, attempt, entry_class, "entryClass"),
    FIELD_AT(FIELD_ENUM, attempt, checkpointing, "checkpointing", .names = checkpointing_names),
    FIELD_AT(FIELD_STR, attempt, checkpoint_directory, "checkpointDirectory"),
    FIELD_AT(FIELD_ENUM, attempt, restored, "restored", .names = restored_names),
    FIELD_AT(FIELD_ENUM, attempt, end, "end", .names = end_names),
    FIELD_AT(FIELD_STR, attempt, cause, "cause"),
    FIELD_AT(FIELD_BOOL, attempt, unwatched, "unwatched"),
    FIELD_AT(FIELD_BOOL, attempt, absent, "absent"),
    FIELD_AT(FIELD_BOOL, attempt, degraded, "degraded"),
    FIELD_AT(FIELD_BOOL, attempt, stats_known, "statsKnown"),
    FIELD_AT(FIELD_BOOL, attempt, reopened, "reopened"),
    FIELD_AT(FIELD_LIST, attempt, final_checkpoints, "finalCheckpoints", .object = &final_fields),
    FIELD_AT(FIELD_LIST, attempt, tries, "tries", .object = &try_fields),
    FIELD_AT(FIELD_TIME, attempt, reserved_at, "reservedAt"),
    FIELD_AT(FIELD_TIME, attempt, up_at, "upAt"),
};
static const struct fields attempt_fields = {
    .name = "Attempt", .size = sizeof(struct attempt), FIELDS_ROWS(attempt_rows)};

static const struct field standby_rows[] = {
    FIELD_AT(FIELD_ENUM, standby, step, "step", .names = standby_step_names),
    FIELD_AT(FIELD_OBJECT, standby, attempt, "attempt", .object = &attempt_fields),
    FIELD_AT(FIELD_INT, standby, timer, "timer"),
    FIELD_AT(FIELD_ENUM, standby, verdict, "verdict", .names = verdict_names),
    FIELD_AT(FIELD_INT, standby, judged_version, "judgedVersion"),
    FIELD_AT(FIELD_STR, standby, reason, "reason"),
};
static const struct fields standby_fields = {
    .name = "Standby", .size = sizeof(struct standby), FIELDS_ROWS(standby_rows)};

static const struct field operation_rows[] = {
    FIELD_AT(FIELD_ENUM, operation, kind, "kind", .names = operation_names),
    FIELD_AT(FIELD_BOOL, operation, by_user, "byUser"),
    FIELD_AT(FIELD_INT, operation, from_spec_version, "fromSpecVersion"),
    FIELD_AT(FIELD_INT, operation, to_spec_version, "toSpecVersion"),
    FIELD_AT(FIELD_INT, operation, savepoint_tries, "savepointTries"),
    FIELD_AT(FIELD_TIME, operation, started_at, "startedAt"),
};
static const struct fields operation_fields = {
    .name = "OperationRecord", .size = sizeof(struct operation), FIELDS_ROWS(operation_rows)};

static const struct field failure_rows[] = {
    FIELD_AT(FIELD_TIME, failure_time, at, "at"),
};
static const struct fields failure_fields = {
    .name = "FailureTime", .size = sizeof(struct failure_time), FIELDS_ROWS(failure_rows)};

static const struct field record_rows[] = {
    FIELD_AT(FIELD_INT, record, wanted_spec_version, "wantedSpecVersion"),
    FIELD_AT(FIELD_ENUM, record, wanted_state, "wantedState", .names = desired_state_names),
    FIELD_AT(FIELD_INT, record, retries, "retries"),
    FIELD_AT(FIELD_INT, record, retries_asked, "retriesAsked"),
    FIELD_AT(FIELD_INT, record, spec_version, "specVersion"),
    FIELD_AT(FIELD_INT, record, top, "top"),
    FIELD_AT(FIELD_INT, record, head, "head"),
    FIELD_AT(FIELD_OBJECT, record, current, "current", .object = &attempt_fields),
    FIELD_AT(FIELD_OBJECT, record, standby, "standby", .object = &standby_fields),
    FIELD_AT(FIELD_OBJECT, record, intent, "intent", .object = &intent_fields),
    FIELD_AT(FIELD_OBJECT, record, operation, "operation", .object = &operation_fields),
    FIELD_AT(FIELD_INT, record, sequence, "sequence"),
    FIELD_AT(FIELD_BOOL, record, had_snapshot, "hadSnapshot"),
    FIELD_AT(FIELD_LIST, record, failures, "failures", .object = &failure_fields),
    FIELD_AT(FIELD_INT, record, setbacks, "setbacks"),
    FIELD_AT(FIELD_INT, record, timer, "timer"),
    FIELD_AT(FIELD_INT, record, chance, "chance"),
    FIELD_AT(FIELD_ENUM, record, spent, "spent", .names = spent_names),
    FIELD_AT(FIELD_STR, record, gave_up, "gaveUp"),
    FIELD_AT(FIELD_STR, record, gave_up_message, "gaveUpMessage"),
    FIELD_AT(FIELD_STR, record, used_nonce, "usedNonce"),
    FIELD_AT(FIELD_LIST, record, unread, "unread", .object = &attempt_fields),
    FIELD_AT(FIELD_INT, record, unread_lost, "unreadLost"),
    FIELD_AT(FIELD_INT, record, floor_attempt, "floorAttempt"),
    FIELD_AT(FIELD_INT, record, floor_sequence, "floorSequence"),
    FIELD_AT(FIELD_STR, record, floor_savepoint_id, "floorSavepointId"),
    FIELD_AT(FIELD_BOOL, record, removing, "removing"),
    FIELD_AT(FIELD_BOOL, record, halted, "halted"),
    FIELD_AT(FIELD_INT, record, beyond, "beyond"),
    FIELD_AT(FIELD_INT, record, ended_unasked, "endedUnasked"),
};
const struct fields record_fields = {
    .name = "Record", .size = sizeof(struct record), FIELDS_ROWS(record_rows)};
