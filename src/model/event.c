#include "model/event.h"

static const char *const event_kind[] = {"Event", NULL};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, event, id, "id"),
    FIELD_AT(FIELD_STR, event, name, "name", .doc = "What happened: a code."),
    FIELD_AT(FIELD_STR, event, namespace_name, "namespace"),
    FIELD_AT(FIELD_TIME, event, created_at, "createdAt"),
    FIELD_AT(FIELD_UUID, event, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_UUID, event, job_id, "jobId"),
    FIELD_AT(FIELD_STR, event, deployment_name, "resourceName"),
    FIELD_AT(FIELD_INT, event, resource_version, "resourceVersion", .doc = "1: it never changes."),
    FIELD_AT(FIELD_INT, event, seq, "sequence",
             .doc = "Rises by one with each event of the server."),
};
static const struct fields event_metadata_fields = {.name = "EventMetadata",
                                                    FIELDS_ROWS(metadata_rows)};

static const struct field spec_rows[] = {
    FIELD_AT(FIELD_STR, event, message, "message"),
    FIELD_AT(FIELD_INT, event, rule, "rule",
             .doc = "Number of the rule that decided; absent when a user did."),
    FIELD_AT(FIELD_STR, event, actor, "actor"),
};
static const struct fields event_spec_fields = {.name = "EventSpec", FIELDS_ROWS(spec_rows)};

static const struct field event_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = event_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_FLAT("metadata", &event_metadata_fields),
    FIELD_FLAT("spec", &event_spec_fields),
};
const struct fields event_fields = {.name = "Event",
                                    .size = sizeof(struct event),
                                    FIELDS_ROWS(event_rows),
                                    .doc = "What happened and why. Never changes."};
