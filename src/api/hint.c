/* See hint.h. */
#include "api/hint.h"

#include "base/timefmt.h"

/* Rows of the reconciler's table that the scenarios end in. */
enum {
    RULE_STATEFUL_STOP = 442,
    RULE_BLOCK = 507,
    RULE_SUBMIT = 534,
    RULE_PENDING = 600,
    RULE_LOOK = 690,
};

/* What a scenario looks at: the world as it would be then. */
struct view {
    struct arena *a;
    struct core_in in;
    struct record record;
    struct savepoint added[2]; /* the job's newest checkpoint, the savepoint to come */
    const struct savepoint *checkpoint;
    const struct savepoint *to_come;
};

bool hint_job_runs(const struct core_in *in)
{
    int phase = in->record->current.phase;
    return phase == PHASE_SUBMITTED || phase == PHASE_UP;
}

/* An attempt has ended, and what it left behind is not recorded yet. */
static bool end_is_open(const struct core_in *in)
{
    int phase = in->record->current.phase;
    return phase == PHASE_ENDED || phase == PHASE_READ || phase == PHASE_GONE;
}

static bool stats_are_known(const struct core_in *in)
{
    return in->seen->stats_part.at > 0 && in->seen->stats.outcome != OUTCOME_UNKNOWN;
}

bool hint_had_state(const struct core_in *in)
{
    return in->record->had_snapshot ||
           (hint_job_runs(in) && stats_are_known(in) && in->seen->stats.completed_count > 0);
}

void hint_warn(struct arena *a, struct list *warnings, const char *code, const char *severity,
               struct str text)
{
    struct hint_warning *grown = ARENA_ARRAY(a, struct hint_warning, warnings->n + 1);
    if (warnings->n)
        memcpy(grown, warnings->items, warnings->n * sizeof(*grown));
    grown[warnings->n] = (struct hint_warning){str_of(code), str_of(severity), text};
    *warnings = (struct list){grown, warnings->n + 1};
}

/* ---- the world as it would be ---- */

static const struct flink_checkpoint *newest_checkpoint(const struct flink_checkpoints *c)
{
    const struct flink_checkpoint *best = NULL;
    if (c->latest_completed.id > 0 && !c->latest_completed.is_savepoint &&
        c->latest_completed.path.len)
        best = &c->latest_completed;
    for (size_t i = 0; i < c->n_history; i++) {
        const struct flink_checkpoint *h = &c->history[i];
        if (h->completed && !h->is_savepoint && !h->discarded && h->path.len &&
            (!best || h->id > best->id))
            best = h;
    }
    return best;
}

static void add_row(struct view *v, const struct savepoint *s)
{
    const struct savepoint **grown =
        ARENA_ARRAY(v->a, const struct savepoint *, v->in.n_savepoints + 1);
    for (size_t i = 0; i < v->in.n_savepoints; i++)
        grown[i] = v->in.savepoints[i];
    grown[v->in.n_savepoints++] = s;
    v->in.savepoints = grown;
}

/* The job's newest checkpoint, as the Savepoint that it becomes when the job ends. */
static void add_checkpoint(struct view *v)
{
    const struct flink_checkpoints *stats = &v->in.seen->stats;
    const struct flink_checkpoint *c = stats_are_known(&v->in) ? newest_checkpoint(stats) : NULL;
    if (!hint_job_runs(&v->in) || !c || !stats->retained)
        return;
    struct savepoint *s = &v->added[0];
    s->metadata.origin = ORIGIN_RETAINED_CHECKPOINT;
    s->spec.savepoint_location = c->path;
    s->status.state = SAVEPOINT_COMPLETED;
    s->status.verified = VERIFIED_REPORTED;
    s->status.attempt = v->record.current.number;
    s->status.checkpoint_id = c->id;
    s->status.sequence = v->record.sequence + 1;
    s->status.state_taken_at = c->triggered_ms * US_PER_MS;
    v->checkpoint = s;
    v->record.had_snapshot = true;
    add_row(v, s);
}

static void add_savepoint_to_come(struct view *v)
{
    struct savepoint *s = &v->added[1];
    s->metadata.origin = ORIGIN_SUSPEND;
    s->status.state = SAVEPOINT_COMPLETED;
    s->status.verified = VERIFIED_FULL;
    s->status.attempt = v->record.current.number;
    s->status.checkpoint_id = INT64_MAX;
    s->status.sequence = v->record.sequence + 2;
    s->status.state_taken_at = v->in.wall_us;
    v->to_come = s;
    v->record.had_snapshot = true;
    add_row(v, s);
}

static void begin_operation(struct view *v, enum operation_kind kind, bool by_user)
{
    v->record.operation = (struct operation){
        .kind = (int)kind,
        .by_user = by_user,
        .from_spec_version = v->record.spec_version,
        .to_spec_version =
            kind == OPERATION_RECOVER ? v->record.current.spec_version : v->record.spec_version,
    };
    /* An explicit restore that the running job began with is used up. */
    const struct attempt *at = &v->record.current;
    if (at->restore_nonce.len && hint_job_runs(&v->in)) {
        v->record.used_nonce = at->restore_nonce;
        v->record.floor_attempt = at->number;
        v->record.floor_sequence = v->record.sequence;
        v->record.floor_savepoint_id = at->source_savepoint_id;
    }
}

/* ---- what is shown of a snapshot ---- */

static struct duration_val rounded(struct arena *a, int64_t us)
{
    int64_t whole = us > 0 ? us / US_PER_S * US_PER_S : 0;
    return (struct duration_val){duration_text(a, whole), whole};
}

static struct hint_snapshot shown(const struct view *v, const struct savepoint *s,
                                  const char *verdict)
{
    struct hint_snapshot h = {
        .savepoint_id = s->metadata.id,
        .location = s->spec.savepoint_location,
        .origin = s == v->checkpoint ? STR("LIVE_CHECKPOINT")
                                     : str_of(savepoint_origin_names[s->metadata.origin]),
        .checkpoint_id = s->status.checkpoint_id,
        .verified = str_of(verified_names[s->status.verified]),
        .state_taken_at = s->status.state_taken_at,
        .verdict = str_of(verdict),
    };
    if (s->status.state_taken_at)
        h.age = rounded(v->a, v->in.wall_us - s->status.state_taken_at);
    return h;
}

static void show_candidates(const struct view *v, const struct choice *c, struct hint *h)
{
    struct hint_snapshot *items = ARENA_ARRAY(v->a, struct hint_snapshot, c->n_candidates);
    size_t n = 0;
    for (size_t i = 0; i < c->n_candidates; i++) {
        const struct savepoint *s = c->candidates[i].savepoint;
        bool falls_back = s == v->checkpoint && h->outcome == HINT_NEW_SAVEPOINT_FIRST &&
                          c->candidates[i].reject == REJECT_OLDER;
        if (s == v->to_come)
            continue;
        items[n] = shown(v, s, falls_back ? "FALLBACK" : reject_name(c->candidates[i].reject));
        if (falls_back)
            h->fallback = items[n];
        n++;
    }
    h->candidates = (struct list){items, n};
}

/* Newer state that is whole, and that the choice passes over. */
static bool leaves_newer_behind(const struct choice *c)
{
    for (size_t i = 0; i < c->n_candidates; i++) {
        const struct savepoint *s = c->candidates[i].savepoint;
        if (s == c->savepoint)
            return false;
        if (savepoint_is_usable(s) && c->candidates[i].reject != REJECT_BEHIND)
            return true;
    }
    return false;
}

static void show_existing(const struct view *v, const struct choice *c, struct hint *h)
{
    h->outcome = HINT_EXISTING;
    h->rule = RULE_SUBMIT;
    h->chosen = shown(v, c->savepoint, "CHOSEN");
    if (hint_job_runs(&v->in) && c->savepoint->status.state_taken_at)
        h->rewind = rounded(v->a, v->in.wall_us - c->savepoint->status.state_taken_at);
    /* A job that runs on from a snapshot which is not its newest is behind itself. */
    h->rewinds = leaves_newer_behind(c) || (hint_job_runs(&v->in) && c->savepoint != v->checkpoint);
}

static void show_choice(const struct view *v, const struct choice *c, struct hint *h)
{
    h->reason = c->reason;
    switch (c->kind) {
    case PICK_SNAPSHOT:
        if (c->savepoint == v->to_come) {
            h->outcome = HINT_NEW_SAVEPOINT_FIRST;
            h->rule = RULE_STATEFUL_STOP;
            h->reason = STR("the upgrade strategy STATEFUL takes a savepoint before the job is "
                            "stopped, and the next one is restored from it");
        } else {
            show_existing(v, c, h);
        }
        return;
    case PICK_EMPTY:
        h->outcome = HINT_EMPTY;
        h->rule = RULE_SUBMIT;
        return;
    case PICK_FORBIDDEN:
    case PICK_BAD:
    default:
        h->outcome = HINT_BLOCKED;
        h->rule = RULE_BLOCK;
        return;
    }
}

/* ---- warnings ---- */

static void warn(const struct view *v, struct hint *h, const char *code, const char *severity,
                 const char *text)
{
    hint_warn(v->a, &h->warnings, code, severity, str_of(text));
}

static void add_warnings(const struct view *v, const struct choice *c, bool stateful,
                         struct hint *h)
{
    const struct deployment_spec *spec = &v->in.deployment->spec;
    const struct flink_checkpoints *stats = &v->in.seen->stats;
    bool runs = hint_job_runs(&v->in);
    if (h->outcome == HINT_EMPTY && stateful)
        warn(v, h, "RESTORE_NONE_WITH_STATEFUL", "danger",
             "a savepoint is taken, and the next job starts empty all the same");
    else if (h->outcome == HINT_EMPTY && hint_had_state(&v->in))
        warn(v, h, "STARTS_EMPTY", "danger", "there is state, and the next job starts without it");
    else if (h->outcome == HINT_EMPTY && spec->restore_strategy != RESTORE_NONE)
        warn(v, h, "STARTS_EMPTY", "info", "no completed snapshot is known: the job starts empty");
    if (h->rewinds)
        warn(v, h, "REWINDS", "danger",
             "the snapshot is not the newest state: what came after it is processed again");
    if (runs && !stateful && spec->restore_strategy == RESTORE_LATEST_STATE &&
        stats_are_known(&v->in) && stats->outcome == OUTCOME_DONE && !stats->retained)
        warn(v, h, "RETENTION_MISSING", "warning",
             "the job's checkpoints are not retained: LATEST_STATE behaves as LATEST_SAVEPOINT");
    if (c->kind == PICK_SNAPSHOT && c->savepoint != v->checkpoint && c->savepoint != v->to_come &&
        c->savepoint->status.verified == VERIFIED_REPORTED)
        warn(v, h, "NOT_VERIFIED", "info",
             "the storage cannot be read from here; that the snapshot is whole is Flink's word");
    if (spec->allow_non_restored_state && c->kind == PICK_SNAPSHOT)
        warn(v, h, "ALLOW_NON_RESTORED_STATE", "warning",
             "state of operators that the next job does not have is dropped");
}

/* ---- the scenarios ---- */

static struct hint no_answer(struct hint h, enum hint_outcome outcome, int64_t rule,
                             const char *reason)
{
    h.outcome = (int)outcome;
    h.rule = rule;
    h.reason = str_of(reason);
    return h;
}

/* What comes next depends on checkpoints of a job that nobody has told us about yet. */
static bool needs_statistics(const struct view *v, bool stateful)
{
    return hint_job_runs(&v->in) && !stateful && !stats_are_known(&v->in) &&
           v->record.current.checkpointing != CHECKPOINTING_OFF &&
           v->in.deployment->spec.restore_strategy == RESTORE_LATEST_STATE;
}

static struct hint decide(struct view *v, struct hint h, bool stateful)
{
    if (needs_statistics(v, stateful))
        return no_answer(h, HINT_UNKNOWN, RULE_LOOK,
                         "the running job's checkpoints have not been read yet; Flink's REST "
                         "interface settles it");
    if (end_is_open(&v->in))
        return no_answer(h, HINT_UNKNOWN, RULE_LOOK,
                         "what the last job left behind is still being established");
    add_checkpoint(v);
    if (stateful)
        add_savepoint_to_come(v);
    struct choice c = core_choose(v->a, &v->in, true);
    if (c.unread)
        return no_answer(h, HINT_UNKNOWN, RULE_LOOK,
                         "what an earlier job left behind was never read; it is read before the "
                         "next one starts");
    show_choice(v, &c, &h);
    show_candidates(v, &c, &h);
    add_warnings(v, &c, stateful, &h);
    return h;
}

static struct hint on_upgrade(struct view *v, struct hint h)
{
    int strategy = v->in.deployment->spec.upgrade_strategy;
    bool runs = hint_job_runs(&v->in);
    if (runs && strategy == UPGRADE_NONE)
        return no_answer(h, HINT_PENDING, RULE_PENDING,
                         "upgrade strategy NONE: the job runs on, the edit is pending until it is "
                         "stopped and started");
    begin_operation(v, runs ? OPERATION_UPGRADE : OPERATION_START, core_edit_decides_state(&v->in));
    return decide(v, h, runs && strategy != UPGRADE_STATELESS);
}

static struct hint on_recovery(struct view *v, struct hint h)
{
    if (!hint_job_runs(&v->in))
        return no_answer(h, HINT_NOT_APPLICABLE, RULE_LOOK, "no job runs that could be lost");
    begin_operation(v, OPERATION_RECOVER, false);
    return decide(v, h, false);
}

static struct hint on_start(struct view *v, struct hint h)
{
    if (hint_job_runs(&v->in))
        return no_answer(h, HINT_NOT_APPLICABLE, RULE_LOOK, "the job runs");
    /* Where it is to run already, the start that is under way goes on. */
    if (v->record.wanted_state != DESIRED_RUNNING)
        begin_operation(v, OPERATION_START, true);
    return decide(v, h, false);
}

static struct hint on_cancel_then_start(struct view *v, struct hint h)
{
    begin_operation(v, OPERATION_START, true);
    return decide(v, h, false);
}

struct hint hint_make(struct arena *a, const struct core_in *in, enum hint_scenario scenario)
{
    static const char *const names[] = {"onUpgrade", "onRecovery", "onStart", "onCancelThenStart"};
    struct view v = {.a = a, .in = *in, .record = *in->record};
    v.in.record = &v.record;
    struct hint h = {
        .scenario = str_of(names[scenario]),
        .strategy = in->deployment->spec.restore_strategy,
        .allow_non_restored_state = in->deployment->spec.allow_non_restored_state,
    };
    switch (scenario) {
    case HINT_ON_UPGRADE: return on_upgrade(&v, h);
    case HINT_ON_RECOVERY: return on_recovery(&v, h);
    case HINT_ON_START: return on_start(&v, h);
    case HINT_ON_CANCEL_THEN_START:
    default: return on_cancel_then_start(&v, h);
    }
}

struct restore_decision hint_all(struct arena *a, const struct core_in *in)
{
    const struct metadata *m = &in->deployment->metadata;
    return (struct restore_decision){
        .deployment_id = m->id,
        .deployment_name = m->name,
        .namespace_name = m->namespace_name,
        .resource_version = m->resource_version,
        .job_id = hint_job_runs(in) ? in->record->current.job_id : (struct str){0},
        .on_upgrade = hint_make(a, in, HINT_ON_UPGRADE),
        .on_recovery = hint_make(a, in, HINT_ON_RECOVERY),
        .on_start = hint_make(a, in, HINT_ON_START),
        .on_cancel_then_start = hint_make(a, in, HINT_ON_CANCEL_THEN_START),
    };
}
