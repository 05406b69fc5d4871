#include "model/revision.h"

static const char *const revision_kind[] = {"Revision", NULL};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, revision_metadata, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_STR, revision_metadata, deployment_name, "deploymentName"),
    FIELD_AT(FIELD_STR, revision_metadata, namespace_name, "namespace"),
    FIELD_AT(FIELD_INT, revision_metadata, number, "number",
             .doc = "The generation of the Deployment that the change made."),
    FIELD_AT(FIELD_INT, revision_metadata, spec_version, "specVersion",
             .doc = "That Jobs and Savepoints of it carry. A change that takes no new job keeps "
                    "it."),
    FIELD_AT(FIELD_TIME, revision_metadata, created_at, "createdAt"),
    FIELD_AT(FIELD_STR, revision_metadata, author, "author",
             .doc = "As the client said in X-Sluice-Author; absent: not known."),
    FIELD_AT(FIELD_STR, revision_metadata, source, "source",
             .doc = "ui, cli, api or gitops:SHA; absent: not known."),
    FIELD_AT(FIELD_STR, revision_metadata, message, "message"),
    FIELD_AT(FIELD_STR, revision_metadata, effect, "effect",
             .doc = "Of the write's Plan, as it was foreseen."),
    FIELD_AT(FIELD_STR, revision_metadata, operation, "operation",
             .doc =
                 "That the write began: START, UPGRADE, SUSPEND, CANCEL, RECOVER; absent: none."),
    FIELD_AT(FIELD_INT, revision_metadata, rollback_to, "rollbackTo",
             .doc = "The revision that it went back to."),
};
static const struct fields metadata_table = {.name = "RevisionMetadata",
                                             .size = sizeof(struct revision_metadata),
                                             FIELDS_ROWS(metadata_rows)};

static const struct field job_rows[] = {
    FIELD_AT(FIELD_UUID, revision_job, id, "id"),
    FIELD_AT(FIELD_INT, revision_job, attempt, "attempt"),
    FIELD_AT(FIELD_STR, revision_job, state, "state"),
};
static const struct fields job_table = {
    .name = "RevisionJob", .size = sizeof(struct revision_job), FIELDS_ROWS(job_rows)};

static const struct field status_rows[] = {
    FIELD_AT(FIELD_BOOL, revision_status, current, "current", .doc = "It is what is wanted now."),
    FIELD_AT(FIELD_LIST, revision_status, jobs, "jobs", .object = &job_table,
             .doc = "Those that ran its spec version, and are still known."),
};
static const struct fields status_table = {
    .name = "RevisionStatus", .size = sizeof(struct revision_status), FIELDS_ROWS(status_rows)};

/* The spec comes last: a list goes without. */
static const struct field revision_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = revision_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_AT(FIELD_OBJECT, revision, metadata, "metadata", .object = &metadata_table),
    FIELD_AT(FIELD_OBJECT, revision, status, "status", .object = &status_table,
             .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_OBJECT, revision, spec, "spec", .object = &deployment_spec_fields),
};
enum { ROWS = sizeof(revision_rows) / sizeof(revision_rows[0]) };

const struct fields revision_fields = {
    .name = "Revision",
    .size = sizeof(struct revision),
    .rows = revision_rows,
    .n = ROWS,
    .doc = "One accepted change of a Deployment's spec. Never changes."};
const struct fields revision_head_fields = {.name = "RevisionHead",
                                            .size = sizeof(struct revision),
                                            .rows = revision_rows,
                                            .n = ROWS - 1,
                                            .doc = "A Revision without its spec."};

size_t revision_to_drop(const struct revision_head *heads, size_t n, int64_t live_spec_version)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (heads[i].spec_version != live_spec_version ||
            heads[i + 1].spec_version == live_spec_version)
            return i;
    return n;
}

bool revision_source_is_valid(struct str source)
{
    enum { SHA_MOST = 64 };
    struct str sha;
    struct str word = str_split(source, ':', &sha);
    if (str_eq(source, STR("ui")) || str_eq(source, STR("cli")) || str_eq(source, STR("api")))
        return true;
    if (!str_eq(word, STR("gitops")) || sha.len == 0 || sha.len > SHA_MOST)
        return false;
    for (size_t i = 0; i < sha.len; i++) {
        char c = sha.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    }
    return true;
}
