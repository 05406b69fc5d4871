/* POST savepoints/{id}/compatibility: whether a job of the plan in the body can be restored from it. */
#include "api/savepoint.h"
#include "model/flinkver.h"

static const char *const answer_kind[] = {"SavepointCompatibility", NULL};

static const struct field request_rows[] = {
    FIELD_AT(FIELD_RAW, compat_request, plan, "plan", .doc = "As Flink gives it, with its nodes."),
    FIELD_AT(FIELD_RAW, compat_request, vertices, "vertices",
             .doc = "Of /jobs/{id}: they tell the max parallelism of each task."),
    FIELD_AT(FIELD_STR, compat_request, flink_version, "flinkVersion",
             .doc = "That is to start; the Deployment's when absent."),
    FIELD_AT(FIELD_BOOL, compat_request, allow_non_restored_state, "allowNonRestoredState",
             .doc = "The Deployment's when absent."),
};
const struct fields compat_request_fields = {
    .name = "SavepointCompatibilityRequest",
    .size = sizeof(struct compat_request),
    FIELDS_ROWS(request_rows),
    .doc = "What Flink gives has more members; they are passed over."};

static const struct field finding_rows[] = {
    FIELD_AT(FIELD_ENUM, compat_finding, verdict, "verdict", .names = compat_verdict_names),
    FIELD_AT(FIELD_ENUM, compat_finding, code, "code", .names = compat_code_names),
    FIELD_AT(FIELD_STR, compat_finding, operator_id, "operatorId"),
    FIELD_AT(FIELD_STR, compat_finding, name, "name",
             .doc = "Of the operator, where the snapshot tells it (Flink 2.x)."),
    FIELD_AT(FIELD_STR, compat_finding, uid, "uid"),
    FIELD_AT(FIELD_STR, compat_finding, vertex_id, "vertexId", .doc = "The task in the plan."),
    FIELD_AT(FIELD_STR, compat_finding, text, "text"),
};
static const struct fields finding_fields = {.name = "SavepointCompatibilityFinding",
                                             .size = sizeof(struct compat_finding),
                                             FIELDS_ROWS(finding_rows)};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, compat_answer, savepoint_id, "savepointId"),
    FIELD_AT(FIELD_UUID, compat_answer, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_STR, compat_answer, namespace_name, "namespace"),
};
static const struct fields metadata_table = {.name = "SavepointCompatibilityMetadata",
                                             FIELDS_ROWS(metadata_rows)};
static const struct field answer_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = answer_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_FLAT("metadata", &metadata_table),
    FIELD_AT(FIELD_STR, compat_answer, location, "location"),
    FIELD_AT(FIELD_STR, compat_answer, flink_version, "flinkVersion"),
    FIELD_AT(FIELD_BOOL, compat_answer, allow_non_restored_state, "allowNonRestoredState",
             .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_ENUM, compat_answer, result.verdict, "verdict", .names = compat_verdict_names,
             .doc = "INCOMPATIBLE: it would be refused. UNKNOWN: the plan does not tell enough."),
    FIELD_AT(FIELD_STR, compat_answer, result.reason, "reason"),
    FIELD_AT(FIELD_BOOL, compat_answer, result.drops_state, "dropsState", .flags = FIELD_KEEP_EMPTY,
             .doc = "State of operators that the job does not have is dropped."),
    FIELD_AT(FIELD_LIST, compat_answer, result.findings, "findings", .object = &finding_fields,
             .flags = FIELD_KEEP_EMPTY, .doc = "One by one, what is not COMPATIBLE first."),
    FIELD_AT(FIELD_INT, compat_answer, result.n, "findingsTotal", .flags = FIELD_KEEP_EMPTY,
             .doc = "Those beyond the first 1000 included."),
    FIELD_AT(FIELD_STR_LIST, compat_answer, unchecked, "unchecked",
             .doc = "What no plan tells, and the verdict is silent about."),
};
const struct fields compat_answer_fields = {
    .name = "SavepointCompatibility",
    .size = sizeof(struct compat_answer),
    FIELDS_ROWS(answer_rows),
    .doc = "Whether a job can be restored from a Savepoint, as far as the job's plan tells."};

static struct str_list unchecked(struct arena *a)
{
    const struct str all[] = {
        STR("whether the types of the state still fit"),
        STR("a max parallelism that the program sets"),
        STR("operator ids that the program gives with setUidHash"),
    };
    enum { N = sizeof(all) / sizeof(all[0]) };
    struct str *items = ARENA_ARRAY(a, struct str, N);
    memcpy(items, all, sizeof(all));
    return (struct str_list){items, N};
}

struct comparison {
    struct call *call;
    struct job_plan plan;
    struct compat_answer answer;
};

static void on_read(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                    const struct flink_metadata *m, struct str text)
{
    struct comparison *w = arg;
    struct compat_answer *a = &w->answer;
    bool whole = outcome == OUTCOME_DONE && s->verified != VERIFIED_BROKEN;
    const struct compat_in in = {
        .snapshot = m,
        .plan = &w->plan,
        .flink_version = a->flink_version,
        .allow_non_restored_state = a->allow_non_restored_state,
    };
    a->result = whole ? compat_judge(w->call->a, &in)
                      : compat_unread(w->call->a, outcome != OUTCOME_UNKNOWN, text);
    reply_object(w->call, 200, &compat_answer_fields, a);
    call_done(w->call);
}

static int read_request(struct comparison *w, const struct deployment_spec *spec, struct err *e)
{
    struct call *c = w->call;
    struct json body;
    struct compat_request asked;
    struct flink_version version;
    if (body_parse(c, &body, e) < 0 ||
        fields_decode(c->a, &compat_request_fields, body, UNKNOWN_IGNORE, &asked, e) < 0 ||
        job_plan_read(c->a, body, &w->plan, e) < 0)
        return -1;
    if (asked.flink_version.len && !flink_version_parse(asked.flink_version, &version))
        return err_at(e, ERR_INVALID, STR("/flinkVersion"), "a version like 1.20 is expected");
    bool said = !json_is_none(json_get(body, STR("allowNonRestoredState")));
    w->answer.allow_non_restored_state =
        said ? asked.allow_non_restored_state : spec->allow_non_restored_state;
    w->answer.flink_version = asked.flink_version.len
                                  ? asked.flink_version
                                  : arena_str(c->a, spec->template_.spec.artifact.flink_version);
    return 0;
}

enum handled post_compatibility(struct call *c, struct err *e)
{
    struct comparison *w = ARENA_NEW(c->a, struct comparison);
    struct entry *entry;
    const struct savepoint *s = call_savepoint(c, &entry, e);
    w->call = c;
    if (!s || read_request(w, &entry_deployment(entry)->spec, e) < 0)
        return HANDLED_FAILED;
    if (s->status.state != SAVEPOINT_COMPLETED) {
        err_set(e, ERR_CONFLICT, "it is %s; only a COMPLETED one can be compared",
                savepoint_state_names[s->status.state]);
        return HANDLED_FAILED;
    }
    w->answer.savepoint_id = arena_str(c->a, s->metadata.id);
    w->answer.deployment_id = arena_str(c->a, entry->id);
    w->answer.namespace_name = c->namespace_name;
    w->answer.location = arena_str(c->a, s->spec.savepoint_location);
    w->answer.unchecked = unchecked(c->a);
    c->app->snapshots.ops->read(c->app->snapshots.ctx, w->answer.location, on_read, w);
    return HANDLED_LATER;
}
