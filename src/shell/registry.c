/* All resources in memory, equal to the last commit. Names and ids are looked up by hash; whatever
 * order people see is made by sorting. */
#include "base/limits.h"
#include "base/uuid.h"
#include "model/resource.h"
#include "model/target.h"
#include "shell/record_row.h"
#include "shell/registry_impl.h"
#include "shell/seen.h"

int64_t app_mono_us(const struct app *app)
{
    return app->clock.ops->mono_us(app->clock.ctx);
}

int64_t app_wall_us(const struct app *app)
{
    return app->clock.ops->wall_us(app->clock.ctx);
}

struct str app_uuid(const struct app *app, struct arena *a)
{
    uint8_t bytes[16];
    char text[UUID_TEXT + 1];
    app->clock.ops->random(app->clock.ctx, bytes, sizeof(bytes));
    uuid_format(bytes, text);
    return arena_str(a, str_of(text));
}

/* ---- objects ---- */

struct object *object_decode(const struct fields *f, struct str body, int64_t version,
                             struct err *e)
{
    struct arena *a = arena_new();
    struct json doc;
    struct object *o = mem_alloc(sizeof(*o));
    o->arena = a;
    o->value = arena_alloc(a, f->size);
    o->version = version;
    /* UNKNOWN_IGNORE: a field that a later version wrote must not make the store unreadable. */
    if (json_parse(a, arena_str(a, body), &doc, e) < 0 ||
        fields_decode(a, f, doc, UNKNOWN_IGNORE, o->value, e) < 0) {
        object_free(o);
        return NULL;
    }
    return o;
}

void object_free(struct object *o)
{
    if (!o)
        return;
    arena_free(o->arena);
    mem_free(o);
}

static void object_replace(struct object *to, struct object *with)
{
    arena_free(to->arena);
    *to = *with;
    mem_free(with);
}

void objects_put(struct object ***list, size_t *n, struct object *o, size_t at)
{
    *list = mem_realloc(*list, (*n + 1) * sizeof(**list));
    memmove(*list + at + 1, *list + at, (*n - at) * sizeof(**list));
    (*list)[at] = o;
    (*n)++;
}

void objects_drop(struct object **list, size_t *n, size_t at)
{
    object_free(list[at]);
    memmove(list + at, list + at + 1, (*n - at - 1) * sizeof(*list));
    (*n)--;
}

/* ---- entries ---- */

static struct str name_key(struct arena *a, struct str namespace_name, struct str name)
{
    return arena_fmt(a, "%.*s/%.*s", STR_ARG(namespace_name), STR_ARG(name));
}

struct entry *entry_new(struct app *app, struct object *deployment)
{
    struct entry *e = mem_alloc(sizeof(*e));
    e->app = app;
    e->deployment = *deployment;
    mem_free(deployment);
    e->record.arena = arena_new();
    e->record.value = ARENA_NEW(e->record.arena, struct record);
    e->status_arena = arena_new();
    e->timer = app->loop.ops->timer_new(app->loop.ctx, entry_turn, e);
    e->seen.committed_at = app_mono_us(app);
    const struct metadata *m = &entry_deployment(e)->metadata;
    struct deployment *d = e->deployment.value;
    struct deployment_status status = d->status;
    d->status = (struct deployment_status){0};
    entry_set_status(e, &status);
    e->id = arena_str(app->arena, m->id);
    e->name_key = name_key(app->arena, m->namespace_name, m->name);
    map_put(&app->by_id, e->id, e);
    map_put(&app->by_name, e->name_key, e);
    return e;
}

static void free_objects(struct object **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        object_free(list[i]);
    mem_free(list);
}

void entry_unlink(struct entry *e)
{
    if (map_find(&e->app->by_name, e->name_key) == e)
        map_take(&e->app->by_name, e->name_key);
    map_take(&e->app->by_id, e->id);
    e->removed = true;
}

void entry_free(struct entry *e)
{
    e->app->loop.ops->timer_free(e->timer);
    arena_free(e->deployment.arena);
    arena_free(e->record.arena);
    arena_free(e->status_arena);
    free_objects(e->savepoints, e->n_savepoints);
    free_objects(e->jobs, e->n_jobs);
    mem_free(e->revisions);
    seen_free_listings(e);
    for (size_t i = 0; i < SEEN_KINDS; i++)
        arena_free(e->seen_arenas[i]);
    mem_free(e);
}

void entry_set_deployment(struct entry *e, struct object *o)
{
    struct deployment *d = o->value;
    d->status = entry_deployment(e)->status;
    object_replace(&e->deployment, o);
}

void entry_set_record(struct entry *e, struct object *o)
{
    struct record_row *row = o->value;
    row->record.version = o->version;
    entry_set_status(e, &row->status);
    object_replace(&e->record, o);
}

void entry_set_savepoint(struct entry *e, struct object *o)
{
    const struct savepoint *s = o->value;
    size_t at = 0;
    for (; at < e->n_savepoints; at++) {
        const struct savepoint *old = e->savepoints[at]->value;
        if (str_eq(old->metadata.id, s->metadata.id)) {
            object_replace(e->savepoints[at], o);
            return;
        }
    }
    while (at > 0 && ((const struct savepoint *)e->savepoints[at - 1]->value)->metadata.created_at >
                         s->metadata.created_at)
        at--;
    objects_put(&e->savepoints, &e->n_savepoints, o, at);
}

void entry_drop_savepoint(struct entry *e, struct str id)
{
    for (size_t i = 0; i < e->n_savepoints; i++) {
        const struct savepoint *s = e->savepoints[i]->value;
        if (str_eq(s->metadata.id, id)) {
            objects_drop(e->savepoints, &e->n_savepoints, i);
            return;
        }
    }
}

void entry_set_job(struct entry *e, struct object *o)
{
    const struct job *j = o->value;
    size_t at = e->n_jobs;
    for (size_t i = 0; i < e->n_jobs; i++) {
        const struct job *old = e->jobs[i]->value;
        if (str_eq(old->metadata.id, j->metadata.id)) {
            object_replace(e->jobs[i], o);
            return;
        }
        if (old->metadata.attempt > j->metadata.attempt && i < at)
            at = i;
    }
    objects_put(&e->jobs, &e->n_jobs, o, at);
}

const struct savepoint *entry_savepoint(const struct entry *e, struct str id)
{
    for (size_t i = 0; i < e->n_savepoints; i++) {
        const struct savepoint *s = e->savepoints[i]->value;
        if (str_eq(s->metadata.id, id))
            return s;
    }
    return NULL;
}

static const struct job *last_job_that_ran(const struct entry *e)
{
    for (size_t i = e->n_jobs; i > 0; i--) {
        const struct job *j = e->jobs[i - 1]->value;
        if (j->status.started_at > 0)
            return j;
    }
    return NULL;
}

const struct job *entry_job(const struct entry *e, struct str id)
{
    for (size_t i = e->n_jobs; i > 0; i--) {
        const struct job *j = e->jobs[i - 1]->value;
        if (str_eq(j->metadata.id, id))
            return j;
    }
    return NULL;
}

struct core_in entry_input(const struct entry *e, struct arena *a)
{
    const struct record *r = entry_record(e);
    struct core_in in = {
        .env = &e->app->env,
        .deployment = entry_deployment(e),
        .record = r,
        .n_savepoints = e->n_savepoints,
        .last_job = last_job_that_ran(e),
        .seen = &e->seen,
        .mono_us = app_mono_us(e->app),
        .wall_us = app_wall_us(e->app),
        .under_way = e->app->under_way,
    };
    const struct savepoint **list = ARENA_ARRAY(a, const struct savepoint *, e->n_savepoints);
    for (size_t i = 0; i < e->n_savepoints; i++)
        list[i] = e->savepoints[i]->value;
    in.savepoints = list;
    in.job = entry_job(e, r->current.job_id);
    in.standby_job = entry_job(e, r->standby.attempt.job_id);
    return in;
}

/* ---- look-ups ---- */

struct entry *registry_by_name(const struct app *app, struct str namespace_name, struct str name)
{
    char key[2 * LIMIT_NAME + 1];
    if (namespace_name.len > LIMIT_NAME || name.len > LIMIT_NAME)
        return NULL;
    memcpy(key, namespace_name.ptr, namespace_name.len);
    key[namespace_name.len] = '/';
    memcpy(key + namespace_name.len + 1, name.ptr, name.len);
    return map_find(&app->by_name, (struct str){key, namespace_name.len + 1 + name.len});
}

struct entry *registry_find(const struct app *app, struct str namespace_name, struct str name_or_id)
{
    struct entry *e = uuid_is_valid(name_or_id) ? map_find(&app->by_id, name_or_id) : NULL;
    if (e && str_eq(entry_deployment(e)->metadata.namespace_name, namespace_name))
        return e;
    return registry_by_name(app, namespace_name, name_or_id);
}

static int by_name(const void *x, const void *y)
{
    struct entry *const *a = x;
    struct entry *const *b = y;
    return str_cmp(entry_deployment(*a)->metadata.name, entry_deployment(*b)->metadata.name);
}

struct entry **registry_list(const struct app *app, struct arena *a, struct str namespace_name,
                             size_t *ret_n)
{
    struct entry **list = ARENA_ARRAY(a, struct entry *, app->by_name.n);
    size_t n = 0;
    for (size_t i = 0; i < app->by_name.capacity; i++) {
        struct entry *e = app->by_name.slots[i].value;
        if (e && str_eq(entry_deployment(e)->metadata.namespace_name, namespace_name))
            list[n++] = e;
    }
    qsort(list, n, sizeof(struct entry *), by_name);
    *ret_n = n;
    return list;
}

/* ---- the derived status ---- */

static struct list copy_conditions(struct arena *a, const struct list *from)
{
    struct condition *to = ARENA_ARRAY(a, struct condition, from->n);
    for (size_t i = 0; i < from->n; i++) {
        to[i] = ((const struct condition *)from->items)[i];
        to[i].type = arena_str(a, to[i].type);
        to[i].status = arena_str(a, to[i].status);
        to[i].reason = arena_str(a, to[i].reason);
        to[i].message = arena_str(a, to[i].message);
    }
    return (struct list){to, from->n};
}

static bool same_conditions(const struct list *x, const struct list *y)
{
    const struct condition *a = x->items;
    const struct condition *b = y->items;
    if (x->n != y->n)
        return false;
    for (size_t i = 0; i < x->n; i++)
        if (!str_eq(a[i].status, b[i].status) || !str_eq(a[i].message, b[i].message))
            return false;
    return true;
}

static bool same_status(const struct deployment_status *x, const struct deployment_status *y)
{
    return x->state == y->state && x->health == y->health && x->rule == y->rule &&
           x->waiting_since == y->waiting_since && x->next_try_at == y->next_try_at &&
           x->pending_change == y->pending_change && x->spec_version == y->spec_version &&
           x->observed_generation == y->observed_generation &&
           x->running_transition_time == y->running_transition_time &&
           x->choices.n == y->choices.n && str_eq(x->running_job_id, y->running_job_id) &&
           str_eq(x->health_message, y->health_message) && str_eq(x->reason, y->reason) &&
           str_eq(x->message, y->message) &&
           same_conditions(&x->running_conditions, &y->running_conditions);
}

/* The status that is shown lies in an arena of its own: it outlives the rows that it came with. */
static void own_status(struct entry *e, const struct deployment_status *st)
{
    struct deployment *d = e->deployment.value;
    struct arena *a = arena_new();
    struct deployment_status to = *st;
    to.running_job_id = arena_str(a, st->running_job_id);
    to.running_conditions = copy_conditions(a, &st->running_conditions);
    to.health_message = arena_str(a, st->health_message);
    to.reason = arena_str(a, st->reason);
    to.message = arena_str(a, st->message);
    to.choices.items = ARENA_ARRAY(a, struct str, st->choices.n);
    for (size_t i = 0; i < st->choices.n; i++)
        to.choices.items[i] = arena_str(a, st->choices.items[i]);
    arena_free(e->status_arena);
    e->status_arena = a;
    d->status = to;
}

bool entry_set_status(struct entry *e, const struct deployment_status *st)
{
    if (same_status(&entry_deployment(e)->status, st))
        return false;
    own_status(e, st);
    return true;
}
