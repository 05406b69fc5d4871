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

struct plan plan_of_write(struct call *c, struct entry *entry, const struct draft *draft,
                          const struct savepoint *registered, struct str *ret_operation)
{
    static const struct seen nothing = {0};
    struct record record = {0};
    struct event events[ACCEPT_EVENTS];
    size_t n;
    struct core_in now;
    struct core_in next = {.env = &c->app->env, .seen = &nothing};
    if (entry) {
        now = entry_input(entry, c->a);
        next = now;
        record = *entry_record(entry);
    }
    next.mono_us = app_mono_us(c->app);
    next.wall_us = app_wall_us(c->app);
    next.deployment = &draft->deployment;
    next.record = &record;
    if (registered) {
        record.sequence = registered->status.sequence;
        record.had_snapshot = true;
        add_row(c->a, &next, registered);
    }
    bool accepted = core_accept(c->a, &next, &record, events, &n);
    bool begun = accepted && record.operation.kind != OPERATION_NONE &&
                 record.operation.started_at == next.wall_us;
    *ret_operation = begun ? str_of(operation_names[record.operation.kind]) : (struct str){0};
    return plan_make(c->a, entry ? &now : NULL, &next, draft);
}

void plan_reply_small(struct call *c, const struct entry *entry, enum plan_effect effect)
{
    const struct metadata *m = entry ? &entry_deployment(entry)->metadata : NULL;
    struct plan plan = {
        .namespace_name = c->namespace_name,
        .state_consequence = PLAN_STATE_NONE,
        .changes = PLAN_CHANGES_SAFE,
        .effect = (int)effect,
    };
    if (m) {
        plan.deployment_id = m->id;
        plan.deployment_name = m->name;
        plan.resource_version = m->resource_version;
    }
    reply_object(c, 200, &plan_fields, &plan);
}
