/* See plan.h. */
#include "api/plan.h"

#include "base/limits.h"

struct planner {
    struct arena *a;
    const struct core_in *now; /* NULL: created */
    const struct core_in *next;
    const struct draft *draft;
    struct plan *plan;
};

static struct json parsed(struct arena *a, struct str text)
{
    struct json v = {0};
    struct err e;
    /* Our own text. */
    return json_parse(a, text, &v, &e) < 0 ? (struct json){0} : v;
}

/* "spec.template.spec.flinkConfiguration.state.backend" has a key with dots at its end: the table
 * says where it begins. */
static struct str pointer_of(struct arena *a, struct str dotted)
{
    struct buf b = {0};
    size_t from = 0;
    for (size_t i = 0; i <= dotted.len; i++) {
        bool cut = i == dotted.len || dotted.ptr[i] == '.';
        const struct field *row =
            from ? fields_find(&deployment_fields, str_take(dotted, from - 1)) : NULL;
        bool in_map = row && (row->type == FIELD_MAP || row->type == FIELD_RAW);
        if (!cut || (in_map && i < dotted.len))
            continue;
        buf_add_char(&b, '/');
        for (size_t k = from; k < i; k++) {
            char c = dotted.ptr[k];
            if (c == '~' || c == '/')
                buf_add(&b, c == '~' ? STR("~0") : STR("~1"));
            else
                buf_add_char(&b, c);
        }
        from = i + 1;
    }
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}

static const char *class_of(const struct field_change *c)
{
    if (str_eq(c->path, STR("spec.state")))
        return "STATE";
    if (c->flags & FIELD_UPGRADE)
        return "RESTART";
    return str_starts_with(c->path, STR("spec.")) ? "NEXT_START" : "NO_RESTART";
}

struct list plan_changes(struct arena *a, const struct field_changes *from, bool created)
{
    struct plan_change *items = ARENA_ARRAY(a, struct plan_change, from->n);
    for (size_t i = 0; i < from->n; i++) {
        const struct field_change *c = &from->items[i];
        bool was = !str_eq(c->from, STR("null"));
        bool is = !str_eq(c->to, STR("null"));
        items[i] = (struct plan_change){
            .path = pointer_of(a, c->path),
            .op = created || !was ? STR("add")
                  : is            ? STR("replace")
                                  : STR("remove"),
            .before = !created && was ? parsed(a, c->from) : (struct json){0},
            .after = is ? parsed(a, c->to) : (struct json){0},
            .class_ = str_of(class_of(c)),
        };
    }
    return (struct list){items, from->n};
}

static void list_defaulted(struct planner *p)
{
    const struct defaulted *from = p->draft->defaulted.items;
    size_t n = p->draft->defaulted.n;
    struct plan_defaulted *items = ARENA_ARRAY(p->a, struct plan_defaulted, n);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct plan_defaulted){pointer_of(p->a, from[i].path),
                                           parsed(p->a, from[i].value), from[i].from};
    p->plan->defaulted = (struct list){items, n};
}

static void add_step(struct planner *p, const char *kind)
{
    enum { MOST = 16 };
    struct list *steps = &p->plan->steps;
    if (!steps->items)
        steps->items = ARENA_ARRAY(p->a, struct plan_step, MOST);
    ((struct plan_step *)steps->items)[steps->n++].kind = str_of(kind);
}

static void add_stop_steps(struct planner *p, bool savepoint)
{
    if (savepoint)
        add_step(p, "SAVEPOINT");
    add_step(p, "STOP");
    add_step(p, "TEARDOWN");
    add_step(p, "COLLECT");
}

static void add_start_steps(struct planner *p, bool has_cluster)
{
    if (!has_cluster)
        add_step(p, "DEPLOY");
    add_step(p, "SUBMIT");
    if (p->plan->restore.outcome != HINT_EMPTY)
        add_step(p, "RESTORE");
    add_step(p, "RUNNING");
    add_step(p, "VERIFY");
}

static void take_hint(struct planner *p, const struct core_in *in, enum hint_scenario scenario)
{
    p->plan->restore = hint_make(p->a, in, scenario);
    p->plan->has_restore = true;
}

static bool changed(const struct planner *p, struct str prefix)
{
    for (size_t i = 0; i < p->draft->changes.n; i++)
        if (str_starts_with(p->draft->changes.items[i].path, prefix))
            return true;
    return false;
}

/* What the start in `restore` does to state that exists now. */
static void judge_state(struct planner *p)
{
    const struct hint *h = &p->plan->restore;
    bool restores = h->outcome == HINT_EXISTING || h->outcome == HINT_NEW_SAVEPOINT_FIRST;
    p->plan->state_consequence = PLAN_STATE_NONE;
    if (!p->plan->has_restore || !p->now)
        return;
    if (h->outcome == HINT_EMPTY && hint_had_state(p->now))
        p->plan->state_consequence = PLAN_STATE_STARTS_EMPTY;
    else if (h->outcome == HINT_EXISTING && h->rewinds)
        p->plan->state_consequence = PLAN_STATE_REWINDS;
    else if (restores && h->allow_non_restored_state &&
             changed(p, STR("spec.template.spec.artifact")))
        p->plan->state_consequence = PLAN_STATE_DROPS;
}

static enum plan_effect start_effect(const struct planner *p, bool restarts)
{
    switch ((enum hint_outcome)p->plan->restore.outcome) {
    case HINT_BLOCKED: return PLAN_BLOCKED;
    case HINT_EMPTY: return restarts ? PLAN_RESTART_EMPTY : PLAN_START;
    case HINT_UNSET:
    case HINT_NEW_SAVEPOINT_FIRST:
    case HINT_EXISTING:
    case HINT_UNKNOWN:
    case HINT_PENDING:
    case HINT_NOT_APPLICABLE:
    default: return restarts ? PLAN_RESTART_WITH_STATE : PLAN_START;
    }
}

static void plan_running(struct planner *p, bool state_changed)
{
    int strategy = p->next->deployment->spec.upgrade_strategy;
    if (hint_job_runs(p->next)) {
        if (!p->draft->upgrade)
            return;
        take_hint(p, p->next, HINT_ON_UPGRADE);
        if (strategy == UPGRADE_NONE) {
            p->plan->effect = PLAN_PENDING;
            return;
        }
        p->plan->effect = (int)start_effect(p, true);
        bool standby = p->next->deployment->spec.warm_standby;
        if (standby)
            add_step(p, "STANDBY");
        add_stop_steps(p, strategy != UPGRADE_STATELESS);
        add_start_steps(p, standby);
    } else if (!p->now || state_changed || p->draft->upgrade) {
        take_hint(p, p->next, HINT_ON_START);
        p->plan->effect = (int)start_effect(p, false);
        if (p->plan->effect != PLAN_BLOCKED)
            add_start_steps(p, false);
    }
}

static void plan_effect(struct planner *p)
{
    struct plan *plan = p->plan;
    int wanted = p->next->deployment->spec.state;
    bool state_changed = p->now && p->now->deployment->spec.state != wanted;
    bool runs = hint_job_runs(p->next);
    plan->effect = p->draft->changes.n == 0 ? PLAN_NO_CHANGE
                   : p->draft->spec_changed ? PLAN_STORED_ONLY
                                            : PLAN_METADATA_ONLY;
    if (plan->effect == PLAN_NO_CHANGE)
        return;
    if (wanted == DESIRED_RUNNING) {
        plan_running(p, state_changed);
        return;
    }
    if (!state_changed)
        return;
    plan->effect = wanted == DESIRED_SUSPENDED ? PLAN_SUSPEND : PLAN_CANCEL;
    if (!runs)
        return;
    add_stop_steps(p, wanted == DESIRED_SUSPENDED);
    if (wanted == DESIRED_CANCELLED)
        take_hint(p, p->next, HINT_ON_CANCEL_THEN_START);
}

static bool takes_step(const struct plan *plan, const char *kind)
{
    const struct plan_step *steps = plan->steps.items;
    for (size_t i = 0; i < plan->steps.n; i++)
        if (str_eq(steps[i].kind, str_of(kind)))
            return true;
    return false;
}

/* ---- warnings that do not come from the choice of a snapshot ---- */

static void warn(struct planner *p, const char *code, const char *severity, const char *text)
{
    hint_warn(p->a, &p->plan->warnings, code, severity, str_of(text));
}

static void add_warnings(struct planner *p)
{
    const struct deployment_spec *s = &p->next->deployment->spec;
    const struct str_map *conf = &s->template_.spec.flink_configuration;
    struct str interval;
    p->plan->warnings = p->plan->restore.warnings;
    if (!p->draft->changes.n)
        return;
    if (s->upgrade_strategy == UPGRADE_STATEFUL && s->restore_strategy == RESTORE_NONE)
        warn(p, "STATEFUL_WITH_RESTORE_NONE", "danger",
             "a stateful upgrade takes a savepoint, and restore strategy NONE then starts empty");
    if (s->upgrade_strategy == UPGRADE_STATELESS && s->restore_strategy == RESTORE_LATEST_SAVEPOINT)
        warn(p, "STATELESS_WITH_LATEST_SAVEPOINT", "warning",
             "every upgrade goes back to the last savepoint");
    if (s->restore_strategy == RESTORE_LATEST_STATE &&
        !str_map_get(conf, STR("execution.checkpointing.interval"), &interval))
        warn(p, "NO_CHECKPOINT_INTERVAL", "warning",
             "flinkConfiguration has no execution.checkpointing.interval: unless the job's code "
             "sets one, no checkpoints are taken, and a lost job has only savepoints");
    if (s->warm_standby && takes_step(p->plan, "STANDBY"))
        warn(
            p, "STANDBY_NEEDS_ROOM", "info",
            "both clusters stand for a while; where the second one cannot be had beside the first, "
            "the job is stopped first");
}

int plan_effect_of(struct arena *a, const struct core_in *now, const struct core_in *next,
                   const struct draft *draft)
{
    struct plan plan = {0};
    struct planner p = {a, now, next, draft, &plan};
    plan_effect(&p);
    return plan.effect;
}

struct plan plan_make(struct arena *a, const struct core_in *now, const struct core_in *next,
                      const struct draft *draft)
{
    const struct metadata *m = &next->deployment->metadata;
    struct plan plan = {
        .deployment_id = now ? m->id : (struct str){0},
        .deployment_name = m->name,
        .namespace_name = m->namespace_name,
        .resource_version = now ? now->deployment->metadata.resource_version : 0,
        .job_id = now && hint_job_runs(now) ? now->record->current.job_id : (struct str){0},
    };
    struct planner p = {a, now, next, draft, &plan};
    plan.changed = plan_changes(a, &draft->changes, !now);
    list_defaulted(&p);
    plan_effect(&p);
    judge_state(&p);
    add_warnings(&p);
    plan.changes = draft->changes.n == 0                       ? PLAN_CHANGES_NONE
                   : plan.state_consequence == PLAN_STATE_NONE ? PLAN_CHANGES_SAFE
                                                               : PLAN_CHANGES_DANGEROUS;
    return plan;
}
