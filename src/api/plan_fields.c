/* Plan as a document. */
#include "api/plan.h"

static const char *const effect_names[] = {"",
                                           "NO_CHANGE",
                                           "METADATA_ONLY",
                                           "STORED_ONLY",
                                           "PENDING",
                                           "START",
                                           "RESTART_WITH_STATE",
                                           "RESTART_EMPTY",
                                           "SUSPEND",
                                           "CANCEL",
                                           "BLOCKED",
                                           "DELETE",
                                           "RETRY",
                                           NULL};
static const char *const state_names[] = {"",  "NONE", "REWINDS", "DROPS_STATE", "STARTS_EMPTY",
                                          NULL};
static const char *const changes_names[] = {"", "NONE", "SAFE", "DANGEROUS", NULL};
static const char *const plan_kind[] = {"Plan", NULL};

struct str plan_effect_name(int effect)
{
    return str_of(effect_names[effect]);
}

static const struct field change_rows[] = {
    FIELD_AT(FIELD_STR, plan_change, path, "path", .doc = "JSON pointer."),
    FIELD_AT(FIELD_STR, plan_change, op, "op", .doc = "add, replace or remove."),
    FIELD_AT(FIELD_RAW, plan_change, before, "before"),
    FIELD_AT(FIELD_RAW, plan_change, after, "after"),
    FIELD_AT(FIELD_STR, plan_change, class_, "class",
             .doc = "RESTART: takes a new job. STATE: the desired state. NEXT_START: used by the "
                    "next transition. NO_RESTART: stored."),
};
const struct fields plan_change_fields = {
    .name = "PlanChange", .size = sizeof(struct plan_change), FIELDS_ROWS(change_rows)};

static const struct field defaulted_rows[] = {
    FIELD_AT(FIELD_STR, plan_defaulted, path, "path", .doc = "JSON pointer."),
    FIELD_AT(FIELD_RAW, plan_defaulted, value, "value"),
    FIELD_AT(FIELD_STR, plan_defaulted, from, "from",
             .doc = "built-in, GlobalDeploymentDefaults or DeploymentDefaults."),
};
static const struct fields defaulted_fields = {
    .name = "PlanDefaulted", .size = sizeof(struct plan_defaulted), FIELDS_ROWS(defaulted_rows)};

static const struct field step_rows[] = {
    FIELD_AT(FIELD_STR, plan_step, kind, "kind",
             .doc = "SAVEPOINT, STOP, TEARDOWN, COLLECT, DEPLOY, SUBMIT, RESTORE, RUNNING, "
                    "VERIFY."),
};
static const struct fields step_fields = {
    .name = "PlanStep", .size = sizeof(struct plan_step), FIELDS_ROWS(step_rows)};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, plan, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_STR, plan, deployment_name, "deploymentName"),
    FIELD_AT(FIELD_STR, plan, namespace_name, "namespace"),
};
static const struct fields metadata_table = {.name = "PlanMetadata", FIELDS_ROWS(metadata_rows)};

static const struct field base_rows[] = {
    FIELD_AT(FIELD_INT, plan, resource_version, "resourceVersion", .flags = FIELD_KEEP_EMPTY,
             .doc = "That the plan is made for; 0 when the Deployment would be created."),
    FIELD_AT(FIELD_UUID, plan, job_id, "jobId"),
};
static const struct fields base_table = {.name = "PlanBase", FIELDS_ROWS(base_rows)};

static const struct field plan_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = plan_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_STR, plan, id, "planId", .doc = "To apply it by, with ?planId=."),
    FIELD_AT(FIELD_TIME, plan, expires_at, "expiresAt"),
    FIELD_FLAT("metadata", &metadata_table),
    FIELD_FLAT("base", &base_table, .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_ENUM, plan, effect, "effect", .names = effect_names),
    FIELD_AT(FIELD_ENUM, plan, changes, "changes", .names = changes_names,
             .doc = "NONE, SAFE, or DANGEROUS: state would be dropped or rewound."),
    FIELD_AT(FIELD_ENUM, plan, state_consequence, "stateConsequence", .names = state_names),
    FIELD_AT(FIELD_LIST, plan, changed, "changed", .object = &plan_change_fields,
             .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_LIST, plan, defaulted, "defaulted", .object = &defaulted_fields,
             .flags = FIELD_KEEP_EMPTY, .doc = "What the author did not write."),
    FIELD_AT(FIELD_LIST, plan, steps, "steps", .object = &step_fields, .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_OBJECT, plan, restore, "restore", .object = &hint_fields,
             .doc = "Of the start that follows."),
    FIELD_AT(FIELD_LIST, plan, warnings, "warnings", .object = &hint_warning_fields,
             .flags = FIELD_KEEP_EMPTY),
};
const struct fields plan_fields = {.name = "Plan",
                                   .size = sizeof(struct plan),
                                   FIELDS_ROWS(plan_rows),
                                   .doc = "What a write would do."};
