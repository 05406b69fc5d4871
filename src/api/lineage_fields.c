/* Lineage as a document. */
#include "api/lineage.h"

static const char *const node_kinds[] = {"", "JOB", "SAVEPOINT", "NEXT", NULL};
static const char *const edge_kinds[] = {"", "TOOK", "RESTORED_FROM", "COPY_OF", "NEXT", NULL};
static const char *const lineage_kind[] = {"Lineage", NULL};

static const struct field node_rows[] = {
    FIELD_AT(FIELD_STR, lineage_node, id, "id", .doc = "Of the Job or Savepoint; \"next\"."),
    FIELD_AT(FIELD_ENUM, lineage_node, kind, "kind", .names = node_kinds),
    FIELD_AT(FIELD_UUID, lineage_node, deployment_id, "deploymentId",
             .doc = "When it belongs to another one."),
    FIELD_AT(FIELD_STR, lineage_node, deployment_name, "deploymentName"),
    FIELD_AT(FIELD_INT, lineage_node, attempt, "attempt"),
    FIELD_AT(FIELD_INT, lineage_node, spec_version, "specVersion"),
    FIELD_AT(FIELD_INT, lineage_node, revision, "revision",
             .doc = "The newest that is kept of its spec version."),
    FIELD_AT(FIELD_STR, lineage_node, state, "state",
             .doc = "Of the Job or Savepoint. GONE: only its id is known."),
    FIELD_AT(FIELD_STR, lineage_node, origin, "origin"),
    FIELD_AT(FIELD_STR, lineage_node, verified, "verified"),
    FIELD_AT(FIELD_STR, lineage_node, location, "location"),
    FIELD_AT(FIELD_INT, lineage_node, checkpoint_id, "checkpointId"),
    FIELD_AT(FIELD_TIME, lineage_node, began_at, "beganAt",
             .doc = "A job was started, a snapshot was triggered."),
    FIELD_AT(FIELD_TIME, lineage_node, ended_at, "endedAt"),
};
static const struct fields node_fields = {
    .name = "LineageNode", .size = sizeof(struct lineage_node), FIELDS_ROWS(node_rows)};

static const struct field edge_rows[] = {
    FIELD_AT(FIELD_ENUM, lineage_edge, kind, "kind", .names = edge_kinds,
             .doc = "TOOK: from a job to its snapshot. RESTORED_FROM: from a snapshot to the job "
                    "that began with it. COPY_OF: from a copy to what it is one of. NEXT: from "
                    "where the next job would begin, or from the job whose snapshot is still to "
                    "be taken."),
    FIELD_AT(FIELD_STR, lineage_edge, from, "from"),
    FIELD_AT(FIELD_STR, lineage_edge, to, "to"),
    FIELD_AT(FIELD_STR, lineage_edge, scenario, "scenario",
             .doc = "NEXT: onUpgrade, onRecovery, onStart, onCancelThenStart."),
    FIELD_AT(FIELD_STR, lineage_edge, outcome, "outcome", .doc = "NEXT: of the RestoreDecision."),
};
static const struct fields edge_fields = {
    .name = "LineageEdge", .size = sizeof(struct lineage_edge), FIELDS_ROWS(edge_rows)};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, lineage, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_STR, lineage, deployment_name, "deploymentName"),
    FIELD_AT(FIELD_STR, lineage, namespace_name, "namespace"),
};
static const struct fields metadata_table = {.name = "LineageMetadata", FIELDS_ROWS(metadata_rows)};

static const struct field range_rows[] = {
    FIELD_AT(FIELD_INT, lineage, since, "since", .flags = FIELD_KEEP_EMPTY,
             .doc = "Attempts up to this one are left out."),
    FIELD_AT(FIELD_TIME, lineage, began_at, "from"),
    FIELD_AT(FIELD_TIME, lineage, ended_at, "to"),
};
static const struct fields range_table = {.name = "LineageRange", FIELDS_ROWS(range_rows)};

static const struct field lineage_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = lineage_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_FLAT("metadata", &metadata_table),
    FIELD_FLAT("range", &range_table, .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_LIST, lineage, nodes, "nodes", .object = &node_fields,
             .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_LIST, lineage, edges, "edges", .object = &edge_fields,
             .flags = FIELD_KEEP_EMPTY),
};
const struct fields lineage_fields = {.name = "Lineage",
                                      .size = sizeof(struct lineage),
                                      FIELDS_ROWS(lineage_rows),
                                      .doc = "Jobs, snapshots, and what came of what."};
