#include "model/compat.h"

#include "base/map.h"
#include "model/flinkver.h"

const char *const compat_verdict_names[] = {"", "COMPATIBLE", "UNKNOWN", "INCOMPATIBLE", NULL};
const char *const compat_code_names[] = {"",
                                         "TAKEN",
                                         "NEW_TASK",
                                         "STATE_DROPPED",
                                         "OPERATOR_MISSING",
                                         "MAY_BE_CHAINED",
                                         "PARALLELISM_ABOVE_MAX",
                                         "MAX_PARALLELISM_DIFFERS",
                                         "OPERATOR_FINISHED",
                                         "FLINK_CANNOT_READ",
                                         "FLINK_MAY_READ",
                                         "FLINK_NOT_KNOWN",
                                         "SNAPSHOT_UNREAD",
                                         "SNAPSHOT_UNUSABLE",
                                         "TOO_MANY_OPERATORS",
                                         NULL};

struct judge {
    struct arena *a;
    const struct compat_in *in;
    struct map tasks;     /* struct plan_vertex by id */
    struct map names;     /* the same by the names in their descriptions */
    struct map operators; /* struct flink_operator by id */
    struct compat *out;
    bool problems; /* the pass that keeps what is not COMPATIBLE */
};

static void keep(struct judge *j, const struct compat_finding *f)
{
    struct compat *out = j->out;
    bool problem = f->verdict != COMPAT_COMPATIBLE;
    if (f->verdict == COMPAT_UNSET || problem != j->problems)
        return;
    out->n++;
    out->drops_state = out->drops_state || f->code == COMPAT_STATE_DROPPED;
    if (f->verdict > out->verdict) {
        out->verdict = f->verdict;
        out->reason = f->text;
    }
    if (out->findings.n < COMPAT_MOST_FINDINGS)
        ((struct compat_finding *)out->findings.items)[out->findings.n++] = *f;
}

/* What is said of one operator begins so. */
static struct compat_finding about(const struct flink_operator *op)
{
    return (struct compat_finding){.operator_id = str_of(op->id), .name = op->name, .uid = op->uid};
}

static struct str called(struct arena *a, const struct flink_operator *op)
{
    struct str name = op->uid.len ? op->uid : op->name;
    return name.len ? arena_fmt(a, "operator %s (%.*s)", op->id, STR_ARG(str_take(name, 200)))
                    : arena_fmt(a, "operator %s", op->id);
}

static struct compat_finding no_task(struct judge *j, const struct flink_operator *op)
{
    struct compat_finding f = about(op);
    struct str what = called(j->a, op);
    const struct plan_vertex *named = map_find(&j->names, op->name);
    if (j->in->plan->n_chained) {
        f.verdict = COMPAT_UNKNOWN;
        f.code = COMPAT_MAY_BE_CHAINED;
        f.vertex_id = named ? named->id : f.vertex_id;
        f.text = arena_fmt(j->a,
                           "no task begins with %.*s; it may be chained behind another, and the "
                           "plan does not tell the ids of those%s",
                           STR_ARG(what),
                           named          ? "; one of its name is in this task"
                           : op->name.len ? "; none of its name is in the plan"
                                          : "");
    } else if (j->in->allow_non_restored_state) {
        f.verdict = COMPAT_COMPATIBLE;
        f.code = COMPAT_STATE_DROPPED;
        f.text = arena_fmt(j->a, "the state of %.*s is dropped: no task of the job takes it",
                           STR_ARG(what));
    } else {
        f.verdict = COMPAT_INCOMPATIBLE;
        f.code = COMPAT_OPERATOR_MISSING;
        f.text = arena_fmt(j->a,
                           "no task of the job takes the state of %.*s; "
                           "allowNonRestoredState would drop it",
                           STR_ARG(what));
    }
    return f;
}

static struct compat_finding with_task(struct judge *j, const struct flink_operator *op,
                                       const struct plan_vertex *v)
{
    struct compat_finding f = about(op);
    struct str what = called(j->a, op);
    f.vertex_id = v->id;
    if (v->parallelism > op->max_parallelism) {
        f.verdict = COMPAT_INCOMPATIBLE;
        f.code = COMPAT_ABOVE_MAX;
        f.text =
            arena_fmt(j->a,
                      "the job's parallelism %lld is above %lld, the max parallelism of the "
                      "state of %.*s",
                      (long long)v->parallelism, (long long)op->max_parallelism, STR_ARG(what));
    } else if (v->max_parallelism && v->max_parallelism != op->max_parallelism) {
        f.verdict = COMPAT_UNKNOWN;
        f.code = COMPAT_MAX_DIFFERS;
        f.text =
            arena_fmt(j->a,
                      "the max parallelism of %.*s is %lld in the snapshot and %lld in the "
                      "job; Flink takes over the former unless the program sets one",
                      STR_ARG(what), (long long)op->max_parallelism, (long long)v->max_parallelism);
    } else {
        f.verdict = COMPAT_COMPATIBLE;
        f.code = COMPAT_TAKEN;
        f.text = arena_fmt(j->a, "the state of %.*s has its task", STR_ARG(what));
    }
    return f;
}

static struct compat_finding judge_operator(struct judge *j, const struct flink_operator *op)
{
    const struct plan_vertex *v = map_find(&j->tasks, str_of(op->id));
    if (op->finished) {
        struct compat_finding f = about(op);
        f.verdict = COMPAT_UNKNOWN;
        f.code = COMPAT_FINISHED;
        f.text = arena_fmt(j->a,
                           "%.*s had finished; Flink restores that only into a job of the same "
                           "shape",
                           STR_ARG(called(j->a, op)));
        return f;
    }
    if (!op->has_state)
        return (struct compat_finding){0};
    return v ? with_task(j, op, v) : no_task(j, op);
}

static struct compat_finding judge_task(struct judge *j, const struct plan_vertex *v)
{
    if (map_find(&j->operators, v->id))
        return (struct compat_finding){0};
    return (struct compat_finding){
        .verdict = COMPAT_COMPATIBLE,
        .code = COMPAT_NEW_TASK,
        .vertex_id = v->id,
        .text =
            arena_fmt(j->a, "task %.*s is not in the snapshot: it starts empty", STR_ARG(v->id)),
    };
}

/* Which Flink wrote it is told by the version of its metadata. */
static struct compat_finding judge_flink(struct judge *j)
{
    enum { OLDEST_OF_FLINK_2 = 5 };
    int64_t version = j->in->snapshot->version;
    struct flink_version to = {0};
    bool known = flink_version_parse(j->in->flink_version, &to);
    struct flink_version from = {version < OLDEST_OF_FLINK_2 ? 1 : 2, 0, -1};
    enum flink_reads reads = known ? flink_can_read(NULL, to, version) : FLINK_READ_UNKNOWN;
    struct str name = known ? j->in->flink_version : STR("that is to start");
    if (reads == FLINK_CANNOT_READ)
        return (struct compat_finding){
            .verdict = COMPAT_INCOMPATIBLE,
            .code = COMPAT_CANNOT_READ,
            .text = arena_fmt(j->a, "Flink %.*s cannot read a snapshot of format %lld",
                              STR_ARG(name), (long long)version)};
    if (reads == FLINK_READ_UNKNOWN)
        return (struct compat_finding){
            .verdict = COMPAT_UNKNOWN,
            .code = COMPAT_FLINK_NOT_KNOWN,
            .text = arena_fmt(j->a, "which snapshots the Flink %.*s reads is not known",
                              STR_ARG(name))};
    if (from.major < to.major)
        return (struct compat_finding){
            .verdict = COMPAT_UNKNOWN,
            .code = COMPAT_MAY_READ,
            .text = arena_fmt(j->a,
                              "Flink 1.x wrote it and Flink %.*s is to read it: Flink promises "
                              "nothing between these",
                              STR_ARG(name))};
    return (struct compat_finding){0};
}

static void pass(struct judge *j, bool problems)
{
    const struct flink_metadata *m = j->in->snapshot;
    struct compat_finding f = judge_flink(j);
    j->problems = problems;
    keep(j, &f);
    for (size_t i = 0; i < m->n_operators; i++) {
        f = judge_operator(j, &m->operators[i]);
        keep(j, &f);
    }
    for (size_t i = 0; i < j->in->plan->n; i++) {
        f = judge_task(j, &j->in->plan->vertices[i]);
        keep(j, &f);
    }
}

static struct compat one_finding(struct arena *a, enum compat_verdict verdict,
                                 enum compat_code code, struct str text)
{
    struct compat_finding *f = ARENA_NEW(a, struct compat_finding);
    *f = (struct compat_finding){.verdict = (int)verdict, .code = (int)code, .text = text};
    return (struct compat){.verdict = f->verdict, .reason = text, .findings = {f, 1}, .n = 1};
}

struct compat compat_judge(struct arena *a, const struct compat_in *in)
{
    if (in->snapshot->n_operators > COMPAT_MOST_OPERATORS)
        return one_finding(a, COMPAT_UNKNOWN, COMPAT_TOO_MANY,
                           arena_fmt(a,
                                     "the snapshot has %zu operators, more than the %d that "
                                     "are compared",
                                     in->snapshot->n_operators, COMPAT_MOST_OPERATORS));
    struct compat out = {
        .verdict = COMPAT_COMPATIBLE,
        .reason = STR("every operator with state has its task in the plan"),
        .findings = {.items = ARENA_ARRAY(a, struct compat_finding, COMPAT_MOST_FINDINGS)},
    };
    struct judge j = {.a = a, .in = in, .out = &out};
    for (size_t i = 0; i < in->plan->n; i++)
        map_put(&j.tasks, in->plan->vertices[i].id, &in->plan->vertices[i]);
    for (size_t i = 0; i < in->snapshot->n_operators; i++)
        map_put(&j.operators, str_of(in->snapshot->operators[i].id), &in->snapshot->operators[i]);
    job_plan_names(in->plan, &j.names);
    pass(&j, true);
    pass(&j, false);
    if (out.verdict == COMPAT_COMPATIBLE && out.drops_state)
        out.reason =
            STR("state is dropped, as allowNonRestoredState allows; the rest has its task");
    map_fini(&j.tasks);
    map_fini(&j.names);
    map_fini(&j.operators);
    return out;
}

struct compat compat_unread(struct arena *a, bool unusable, struct str why)
{
    return one_finding(a, unusable ? COMPAT_INCOMPATIBLE : COMPAT_UNKNOWN,
                       unusable ? COMPAT_SNAPSHOT_UNUSABLE : COMPAT_SNAPSHOT_UNREAD,
                       arena_fmt(a, "the snapshot %s: %.*s",
                                 unusable ? "cannot be used" : "cannot be read just now",
                                 STR_ARG(str_take(why, 500))));
}
