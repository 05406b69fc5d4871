/* What is different between two revisions. */
#include "api/plan.h"
#include "api/write.h"

struct revision_changes {
    struct str deployment_id;
    struct str deployment_name;
    int64_t from;
    int64_t to;
    struct list changed; /* struct plan_change */
};

static const char *const changes_kind[] = {"RevisionChanges", NULL};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, revision_changes, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_STR, revision_changes, deployment_name, "deploymentName"),
    FIELD_AT(FIELD_INT, revision_changes, from, "from"),
    FIELD_AT(FIELD_INT, revision_changes, to, "to"),
};
static const struct fields metadata_table = {.name = "RevisionChangesMetadata",
                                             FIELDS_ROWS(metadata_rows)};

static const struct field changes_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = changes_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_FLAT("metadata", &metadata_table),
    FIELD_AT(FIELD_LIST, revision_changes, changed, "changed", .object = &plan_change_fields,
             .flags = FIELD_KEEP_EMPTY),
};
const struct fields revision_changes_fields = {
    .name = "RevisionChanges", .size = sizeof(struct revision_changes), FIELDS_ROWS(changes_rows)};

static const struct revision *find(const struct revision *revisions, size_t n, int64_t number)
{
    for (size_t i = 0; i < n; i++)
        if (revisions[i].metadata.number == number)
            return &revisions[i];
    return NULL;
}

static void on_all(void *arg, const struct revision *revisions, size_t n, const struct err *failure)
{
    const struct revision_reading *r = arg;
    struct call *c = r->call;
    struct err e = {0};
    const struct entry *entry = revision_reading_entry(r, failure);
    if (!entry)
        return;
    const struct revision *from = find(revisions, n, r->from);
    const struct revision *to = find(revisions, n, r->number);
    if (!from || !to) {
        fail_not_found(&e, "revision", from ? c->item : c->query[QUERY_FROM_REVISION]);
        call_failed(c, &e);
        return;
    }
    struct deployment then = {.spec = from->spec};
    struct deployment now = {.spec = to->spec};
    struct field_changes changes = fields_diff(c->a, &deployment_fields, &then, &now);
    const struct revision_changes answer = {
        .deployment_id = entry->id,
        .deployment_name = to->metadata.deployment_name,
        .from = r->from,
        .to = r->number,
        .changed = plan_changes(c->a, &changes, false),
    };
    reply_object(c, 200, &revision_changes_fields, &answer);
    call_done(c);
}

/* The newest one before it that is kept; itself when there is none. */
static int64_t before(const struct entry *entry, int64_t number)
{
    int64_t found = number;
    for (size_t i = 0; i < entry->n_revisions && entry->revisions[i].number < number; i++)
        found = entry->revisions[i].number;
    return found;
}

enum handled get_revision_changes(struct call *c, struct err *e)
{
    struct entry *entry = call_entry(c, e);
    if (!entry)
        return HANDLED_FAILED;
    struct revision_reading *r = revision_reading(c, entry);
    if (revision_number(c, entry, &r->number, e) < 0 ||
        query_number(c, QUERY_FROM_REVISION, before(entry, r->number), INT64_MAX, &r->from, e) < 0)
        return HANDLED_FAILED;
    if (!entry_revision(entry, r->from)) {
        fail_not_found(e, "revision", c->query[QUERY_FROM_REVISION]);
        return HANDLED_FAILED;
    }
    entry_read_revisions(entry, 0, on_all, r);
    return HANDLED_LATER;
}
