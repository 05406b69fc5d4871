/* The shell, as core.md draws it: record and seen into core_step, what comes out into the store, and
 * only then the effects to their ports. It decides nothing. */
#include <assert.h>

#include "shell/registry_impl.h"

#include "base/log.h"

struct commit {
    struct app *app;
    struct entry *entry; /* NULL: creates one */
    struct arena *arena;
    struct batch batch;
    struct core_out *out; /* a step's; NULL for a user's write */
    bool removes;
    struct event *events;
    size_t n_events;
    void (*fn)(void *arg, struct entry *entry, const struct store_result *r);
    void *arg;
};

void entry_wake(struct entry *e)
{
    if (e->removed)
        return;
    e->awake = true;
    e->app->loop.ops->timer_arm(e->timer, 0);
}

void entry_answered(struct entry *e)
{
    e->calls--;
    if (e->removed && e->calls == 0 && !e->busy)
        entry_free(e);
    else
        entry_wake(e);
}

static void run_waiting(struct entry *e)
{
    while (!e->busy && e->waiting) {
        struct waiting *w = e->waiting;
        e->waiting = w->next;
        void (*fn)(void *arg) = w->fn;
        void *arg = w->arg;
        mem_free(w);
        fn(arg);
    }
}

void entry_when_idle(struct entry *e, void (*fn)(void *arg), void *arg)
{
    if (!e->busy) {
        fn(arg);
        return;
    }
    struct waiting *w = mem_alloc(sizeof(*w));
    *w = (struct waiting){.fn = fn, .arg = arg};
    struct waiting **end = &e->waiting;
    while (*end)
        end = &(*end)->next;
    *end = w;
}

static void notify(struct app *app, struct entry *e, const struct event *events, size_t n)
{
    if (e)
        e->changes++;
    if (app->on_change)
        app->on_change(app->on_change_arg, e, events, n);
}

static void log_events(const struct entry *e, const struct event *events, size_t n)
{
    struct arena *a = arena_new();
    for (size_t i = 0; i < n; i++) {
        struct log_field fields[] = {
            {"deployment", events[i].deployment_name},
            {"event", events[i].name},
            {"rule", arena_fmt(a, "%d", (int)events[i].rule)},
        };
        log_record(LOG_INFO, app_wall_us(e->app), events[i].message, fields, 3);
    }
    arena_free(a);
}

/* Memory is replaced by the commit: what is used after it must not lie there. */
static void own_event(struct arena *a, struct event *event)
{
    event->namespace_name = arena_str(a, event->namespace_name);
    event->deployment_id = arena_str(a, event->deployment_id);
    event->deployment_name = arena_str(a, event->deployment_name);
    event->job_id = arena_str(a, event->job_id);
    event->name = arena_str(a, event->name);
    event->message = arena_str(a, event->message);
    event->actor = arena_str(a, event->actor);
}

static void own_effects(struct arena *a, struct core_out *out)
{
    for (size_t i = 0; i < out->n_effects; i++)
        out->effects[i].subject = arena_str(a, out->effects[i].subject);
}

static void log_intent(const struct entry *e, int64_t timer_before)
{
    const struct record *r = entry_record(e);
    if (r->intent.kind == INTENT_NONE || r->timer == timer_before)
        return;
    struct log_field fields[] = {
        {"deployment", entry_deployment(e)->metadata.name},
        {"intent", str_of(intent_names[r->intent.kind])},
    };
    log_record(LOG_INFO, app_wall_us(e->app), STR("intent durable"), fields, 2);
}

static void run_effects(struct entry *e, const struct core_out *out)
{
    for (size_t i = 0; i < out->n_effects; i++) {
        e->app->counters.effects[out->effects[i].kind]++;
        effect_run(e, &out->effects[i]);
    }
}

/* The store has lost our trust: nothing is decided any more, everything is still shown. */
static void stop_trusting_store(struct app *app, struct str text)
{
    if (app->store_broken)
        return;
    app->store_broken = true;
    app->store_text = arena_str(app->arena, text);
    struct log_field field = {"reason", text};
    log_record(LOG_ERROR, app_wall_us(app),
               STR("the store cannot be trusted any more: jobs run on, nothing is decided until "
                   "the daemon is started anew"),
               &field, 1);
}

static void commit_free(struct commit *c)
{
    arena_free(c->arena);
    mem_free(c);
}

static void set_under_way(struct entry *e, bool under_way)
{
    e->app->under_way += under_way - e->under_way;
    e->under_way = under_way;
}

static struct entry *adopt(struct commit *c)
{
    struct entry *e = c->entry;
    if (!e) {
        struct err err = {0};
        struct object *o = object_decode(&deployment_fields, c->batch.writes[0].row.body, 1, &err);
        e = entry_new(c->app, o);
    }
    batch_adopt(e, &c->batch);
    seen_committed(e);
    if (c->removes) {
        set_under_way(e, false);
        entry_unlink(e);
    }
    return e;
}

static void committed(void *arg, const struct store_result *r)
{
    struct commit *c = arg;
    struct app *app = c->app;
    struct entry *e = c->entry;
    if (e)
        e->busy = false;
    if (r->outcome == STORE_DONE) {
        app->counters.commits++;
        int64_t timer = e ? entry_record(e)->timer : 0;
        e = adopt(c);
        log_intent(e, timer);
        log_events(e, c->events, c->n_events);
        notify(app, e, c->events, c->n_events);
    } else {
        app->counters.commit_failures++;
        if (r->outcome != STORE_REFUSED)
            stop_trusting_store(app, r->text);
    }
    if (c->fn)
        c->fn(c->arg, e, r);
    if (r->outcome == STORE_DONE && c->out && !c->removes)
        run_effects(e, c->out);
    if (e)
        run_waiting(e);
    if (e && e->removed && e->calls == 0 && !e->busy)
        entry_free(e);
    else if (e && r->outcome == STORE_REFUSED)
        app->loop.ops->timer_arm(e->timer, 1000000);
    else if (e)
        entry_wake(e);
    commit_free(c);
}

/* Takes over the arena. */
static struct commit *commit_new(struct app *app, struct entry *e, struct arena *a)
{
    struct commit *c = mem_alloc(sizeof(*c));
    c->app = app;
    c->entry = e;
    c->arena = a;
    c->batch.arena = a;
    return c;
}

static void commit_send(struct commit *c)
{
    if (c->entry)
        c->entry->busy = true;
    c->app->store.ops->commit(c->app->store.ctx, c->batch.writes, c->batch.n, committed, c);
}

static int64_t savepoint_version(const struct entry *e, struct str id)
{
    for (size_t i = 0; i < e->n_savepoints; i++)
        if (str_eq(((const struct savepoint *)e->savepoints[i]->value)->metadata.id, id))
            return e->savepoints[i]->version;
    return 0;
}

static int64_t job_version(const struct entry *e, struct str id)
{
    for (size_t i = 0; i < e->n_jobs; i++)
        if (str_eq(((const struct job *)e->jobs[i]->value)->metadata.id, id))
            return e->jobs[i]->version;
    return 0;
}

/* e is NULL for what is created together with its Deployment. */
static void put_savepoint(struct batch *b, const struct entry *e, struct savepoint s)
{
    int64_t version = e ? savepoint_version(e, s.metadata.id) : 0;
    s.metadata.resource_version = version + 1;
    batch_put(b, STORE_SAVEPOINT, s.metadata.id, s.metadata.deployment_id, version,
              body_of(b->arena, &savepoint_fields, &s));
}

static void put_events(struct commit *c)
{
    for (size_t i = 0; i < c->n_events; i++) {
        own_event(c->arena, &c->events[i]);
        batch_event(c->app, &c->batch, &c->events[i]);
    }
}

static void fill_step(struct commit *c, struct core_out *out)
{
    struct entry *e = c->entry;
    struct batch *b = &c->batch;
    if (out->remove) {
        batch_remove_all(b, e);
        c->removes = true;
        return;
    }
    batch_put(b, STORE_RECORD, e->id, (struct str){0}, e->record.version,
              record_body(b->arena, &out->record, &out->status));
    for (size_t i = 0; i < out->n_jobs; i++) {
        struct job *job = out->jobs[i];
        int64_t version = job_version(e, job->metadata.id);
        job->metadata.resource_version = version + 1;
        batch_put(b, STORE_JOB, job->metadata.id, e->id, version,
                  body_of(b->arena, &job_fields, job));
    }
    for (size_t i = 0; i < out->n_savepoints; i++)
        put_savepoint(b, e, out->savepoints[i]);
    if (out->dropped_savepoint.len)
        batch_drop(b, STORE_SAVEPOINT, out->dropped_savepoint,
                   savepoint_version(e, out->dropped_savepoint));
    own_effects(c->arena, out);
    c->events = out->events;
    c->n_events = out->n_events;
    put_events(c);
}

static void no_op_step(struct entry *e, const struct core_out *out)
{
    e->app->counters.no_op_steps++;
    if (entry_set_status(e, &out->status))
        notify(e->app, e, NULL, 0);
    run_effects(e, out);
    int64_t delay = out->wake_at - app_mono_us(e->app);
    if (!e->awake)
        e->app->loop.ops->timer_arm(e->timer, delay > 0 ? delay : 0);
}

static void offer_ids(struct app *app, struct core_in *in)
{
    struct turn *t = &app->turn;
    for (size_t i = 0; i < CORE_IDS; i++) {
        uint8_t random[16];
        if (!t->has_ids) {
            app->clock.ops->random(app->clock.ctx, random, sizeof(random));
            uuid_format(random, t->ids[i]);
        }
        in->ids[i] = arena_str(t->arena, str_of(t->ids[i]));
    }
    t->has_ids = true;
}

static void step_commit(struct entry *e)
{
    struct turn *t = &e->app->turn;
    struct commit *c = commit_new(e->app, e, t->arena);
    c->out = ARENA_NEW(c->arena, struct core_out);
    *c->out = *t->out;
    t->arena = NULL;
    t->has_ids = false;
    fill_step(c, c->out);
    commit_send(c);
}

void entry_turn(void *arg)
{
    struct entry *e = arg;
    struct app *app = e->app;
    struct turn *t = &app->turn;
    if (e->busy || e->removed || app->store_broken)
        return;
    e->awake = false;
    if (!t->arena)
        t->arena = arena_new();
    if (!t->out)
        t->out = mem_alloc(sizeof(*t->out));
    struct core_in in = entry_input(e, t->arena);
    offer_ids(app, &in);
    core_notice_request(&in, &e->seen);
    in.expired = location_expired(e, t->arena, &in);
    core_step(t->arena, &in, t->out);
    set_under_way(e, t->out->under_way);
    app->counters.steps++;
    if (t->out->rule)
        app->counters.rules[t->out->rule->number]++;
    for (size_t i = 0; i < t->out->n_then; i++)
        app->counters.rules[t->out->then[i]->number]++;
    if (t->out->standby)
        app->counters.rules[t->out->standby->number]++;
    if (t->out->changed) {
        step_commit(e);
        return;
    }
    no_op_step(e, t->out);
    arena_reset(t->arena);
}

/* ---- a user's write ---- */

static void accept_into(struct commit *c, const struct change *change, struct record *record)
{
    struct event begun[ACCEPT_EVENTS];
    size_t n = 0;
    struct seen nothing = {0};
    struct core_in in = {.env = &c->app->env, .seen = &nothing};
    if (c->entry)
        in = entry_input(c->entry, c->arena);
    in.wall_us = app_wall_us(c->app);
    in.record = record;
    if (change->deployment)
        in.deployment = change->deployment;
    record->retries_asked += change->retry;
    record->removing = record->removing || change->remove;
    core_accept(c->arena, &in, record, begun, &n);
    c->events = ARENA_ARRAY(c->arena, struct event, n + change->n_events);
    for (size_t i = 0; i < change->n_events; i++)
        c->events[c->n_events++] = change->events[i];
    for (size_t i = 0; i < n; i++)
        c->events[c->n_events++] = begun[i];
}

void change_commit(struct app *app, const struct change *change,
                   void (*fn)(void *arg, struct entry *entry, const struct store_result *r),
                   void *arg)
{
    struct entry *e = change->entry;
    struct commit *c = commit_new(app, e, arena_new());
    struct batch *b = &c->batch;
    c->fn = fn;
    c->arg = arg;
    struct record record = e ? *entry_record(e) : (struct record){0};
    struct deployment_status status =
        e ? entry_deployment(e)->status
          : (struct deployment_status){.state = OBSERVED_TRANSITIONING};
    assert(e || change->deployment);
    struct str id = change->deployment ? change->deployment->metadata.id : e->id;
    if (change->deployment)
        batch_put(b, STORE_DEPLOYMENT, id, (struct str){0}, e ? e->deployment.version : 0,
                  body_of(c->arena, &deployment_fields, change->deployment));
    /* A snapshot that is registered takes its place in the lineage with this very write. */
    if (change->savepoint_is_new && change->savepoint->status.state == SAVEPOINT_COMPLETED) {
        record.sequence = change->savepoint->status.sequence;
        record.had_snapshot = true;
    }
    accept_into(c, change, &record);
    batch_put(b, STORE_RECORD, id, (struct str){0}, e ? e->record.version : 0,
              record_body(c->arena, &record, &status));
    if (change->savepoint)
        put_savepoint(b, e, *change->savepoint);
    if (e && change->drop_savepoint.len)
        batch_drop(b, STORE_SAVEPOINT, change->drop_savepoint,
                   savepoint_version(e, change->drop_savepoint));
    batch_revisions(b, e, change);
    put_events(c);
    commit_send(c);
}
