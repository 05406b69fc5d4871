/* Plans as answers: what the core would see right after the commit. */
#include "api/api_impl.h"
#include "api/plan.h"
#include "core/step.h"

/* The rows of the Deployment and the one that the write would add. */
static void add_row(struct arena *a, struct core_in *in, const struct savepoint *row)
{
    const struct savepoint **grown = ARENA_ARRAY(a, const struct savepoint *, in->n_savepoints + 1);
    for (size_t i = 0; i < in->n_savepoints; i++)
        grown[i] = in->savepoints[i];
    grown[in->n_savepoints++] = row;
    in->savepoints = grown;
}

/* Before and right after the commit. */
struct outlook {
    struct core_in now;
    struct core_in next;
    struct record record; /* next's */
    bool begins;          /* an operation */
};

static const struct core_in *look_ahead(struct call *c, const struct entry *entry,
                                        const struct draft *draft,
                                        const struct savepoint *registered, struct outlook *o)
{
    static const struct seen nothing = {0};
    struct event events[ACCEPT_EVENTS];
    size_t n;
    *o = (struct outlook){.next = {.env = &c->app->env, .seen = &nothing}};
    if (entry) {
        o->now = o->next = entry_input(entry, c->a);
        o->record = *entry_record(entry);
    }
    o->next.mono_us = app_mono_us(c->app);
    o->next.wall_us = app_wall_us(c->app);
    o->next.deployment = &draft->deployment;
    o->next.record = &o->record;
    if (registered) {
        o->record.sequence = registered->status.sequence;
        o->record.had_snapshot = true;
        add_row(c->a, &o->next, registered);
    }
    bool accepted = core_accept(c->a, &o->next, &o->record, events, &n);
    o->begins = accepted && o->record.operation.kind != OPERATION_NONE &&
                o->record.operation.started_at == o->next.wall_us;
    return entry ? &o->now : NULL;
}

struct plan plan_of_write(struct call *c, const struct entry *entry, const struct draft *draft,
                          const struct savepoint *registered)
{
    struct outlook o;
    const struct core_in *now = look_ahead(c, entry, draft, registered, &o);
    return plan_make(c->a, now, &o.next, draft);
}

struct str plan_effect_of_write(struct call *c, const struct entry *entry,
                                const struct draft *draft, const struct savepoint *registered,
                                struct str *ret_operation)
{
    struct outlook o;
    const struct core_in *now = look_ahead(c, entry, draft, registered, &o);
    *ret_operation = o.begins ? str_of(operation_names[o.record.operation.kind]) : (struct str){0};
    return plan_effect_name(plan_effect_of(c->a, now, &o.next, draft));
}

void plan_reply_small(struct call *c, const struct entry *entry, enum plan_effect effect)
{
    const struct metadata *m = entry ? &entry_deployment(entry)->metadata : NULL;
    struct plan plan = {
        .namespace_name = c->namespace_name,
        .state_consequence = PLAN_STATE_NONE,
        .changes = effect == PLAN_NO_CHANGE ? PLAN_CHANGES_NONE : PLAN_CHANGES_SAFE,
        .effect = (int)effect,
    };
    if (m) {
        plan.deployment_id = m->id;
        plan.deployment_name = m->name;
        plan.resource_version = m->resource_version;
    }
    reply_object(c, 200, &plan_fields, &plan);
}
