/* Savepoints: reads, and whether one may be deleted. Creation is savepoint_new.c. */
#include "api/plan.h"
#include "api/savepoint.h"
#include "api/write.h"
#include "core/retention.h"

enum handled get_savepoints(struct call *c, struct err *e)
{
    struct list_doc l;
    size_t n;
    struct str deployment = c->query[QUERY_DEPLOYMENT_ID];
    struct str job = c->query[QUERY_JOB_ID];
    if (check_namespace(c, e) < 0 || query_uuid(c, QUERY_DEPLOYMENT_ID, e) < 0 ||
        query_uuid(c, QUERY_JOB_ID, e) < 0)
        return HANDLED_FAILED;
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n);
    if (list_begin(c, "SavepointList", &l, e) < 0)
        return HANDLED_FAILED;
    for (size_t i = 0; i < n; i++) {
        if (deployment.ptr && !str_eq_nocase(deployment, all[i]->id))
            continue;
        for (size_t k = 0; k < all[i]->n_savepoints; k++) {
            const struct savepoint *s = all[i]->savepoints[k]->value;
            if (!job.ptr || str_eq_nocase(job, s->metadata.job_id))
                fields_encode(&l.doc.out, &savepoint_fields, s, false);
        }
    }
    return list_end(c, &l);
}

const struct savepoint *call_savepoint(const struct call *c, struct entry **ret_entry,
                                       struct err *e)
{
    size_t n;
    if (check_namespace(c, e) < 0)
        return NULL;
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n);
    for (size_t i = 0; i < n; i++) {
        const struct savepoint *s = entry_savepoint(all[i], c->name);
        if (!s)
            continue;
        *ret_entry = all[i];
        return s;
    }
    fail_not_found(e, "Savepoint", c->name);
    return NULL;
}

struct event savepoint_event(const struct call *c, const struct entry *entry, struct str name,
                             struct str message)
{
    const struct metadata *m = &entry_deployment(entry)->metadata;
    return (struct event){
        .namespace_name = m->namespace_name,
        .deployment_id = m->id,
        .deployment_name = m->name,
        .name = name,
        .created_at = app_wall_us(c->app),
        .message = message,
        .actor = STR("user"),
    };
}

enum handled get_savepoint(struct call *c, struct err *e)
{
    struct entry *entry;
    const struct savepoint *s = call_savepoint(c, &entry, e);
    return s ? reply_object(c, 200, &savepoint_fields, s) : HANDLED_FAILED;
}

/* ---- DELETE: the data goes only when nobody needs it (behaviour.md 5) ---- */

static bool is_in_work(const struct entry *entry, const struct savepoint *s)
{
    const struct intent *i = &entry_record(entry)->intent;
    return i->kind != INTENT_NONE && str_eq(i->savepoint_id, s->metadata.id);
}

/* Why the data must stay; NULL when nothing speaks for it. */
static const char *needed_because(const struct call *c, const struct entry *entry,
                                  const struct savepoint *s)
{
    struct core_in in = entry_input(entry, c->a);
    const char *why = core_needed_because(c->a, &in, s);
    return !why && location_is_shared(c->app, s) ? "another Savepoint has the same location" : why;
}

static int check_deletable(const struct call *c, const struct entry *entry,
                           const struct savepoint *s, bool force, struct err *e)
{
    if (s->status.state == SAVEPOINT_STARTED || is_in_work(entry, s))
        return err_set(e, ERR_CONFLICT, "it is %s; wait for its end",
                       savepoint_state_names[s->status.state]);
    if (s->spec.pinned)
        return err_set(e, ERR_CONFLICT, "it is pinned; unpin it first (spec.pinned: false)");
    const char *why = force ? NULL : needed_because(c, entry, s);
    if (why)
        return err_set(e, ERR_CONFLICT,
                       "its data is not deleted: %s; ?force=true forgets the record only", why);
    return 0;
}

struct deletion {
    struct call *call;
    struct str deployment_id;
    struct str id;
    bool force;
    bool dry_run;
    struct savepoint row;
};

static void on_deleted(void *arg, struct entry *entry, const struct store_result *r)
{
    struct deletion *w = arg;
    struct err e = {0};
    (void)entry;
    if (!commit_done(r, &e)) {
        call_failed(w->call, &e);
        return;
    }
    call_done(w->call);
}

static struct event deletion_event(const struct deletion *w, const struct entry *entry)
{
    return savepoint_event(
        w->call, entry, w->force ? STR("SAVEPOINT_FORGOTTEN") : STR("TRIGGERED_SAVEPOINT_DELETION"),
        arena_fmt(w->call->a,
                  w->force ? "The user drops the record of Savepoint %.*s; its data stays"
                           : "The user deletes Savepoint %.*s and its data",
                  STR_ARG(w->id)));
}

static void deletion_idle(void *arg)
{
    struct deletion *w = arg;
    struct call *c = w->call;
    struct err e = {0};
    struct entry *entry = map_find(&c->app->by_id, w->deployment_id);
    const struct savepoint *s = entry ? entry_savepoint(entry, w->id) : NULL;
    bool waits = s && s->status.state == SAVEPOINT_PENDING_DELETION && !w->force;
    if (!s)
        fail_not_found(&e, "Savepoint", w->id);
    if (!s || (!waits && check_deletable(c, entry, s, w->force, &e) < 0)) {
        call_failed(c, &e);
        return;
    }
    if (w->dry_run || waits) {
        if (w->dry_run)
            plan_reply_small(c, entry, PLAN_STORED_ONLY);
        else
            reply_object(c, 200, &savepoint_fields, s);
        call_done(c);
        return;
    }
    struct change change = {.entry = entry, .events = {deletion_event(w, entry)}, .n_events = 1};
    w->row = *s;
    if (w->force) {
        change.drop_savepoint = w->id;
    } else {
        w->row.status.state = SAVEPOINT_PENDING_DELETION;
        w->row.metadata.modified_at = app_wall_us(c->app);
        w->row.metadata.resource_version++;
        change.savepoint = &w->row;
    }
    reply_object(c, 200, &savepoint_fields, &w->row);
    change_commit(c->app, &change, on_deleted, w);
}

enum handled delete_savepoint(struct call *c, struct err *e)
{
    struct deletion *w = ARENA_NEW(c->a, struct deletion);
    struct entry *entry;
    const struct savepoint *s = call_savepoint(c, &entry, e);
    if (!s || query_bool(c, QUERY_FORCE, &w->force, e) < 0 ||
        query_dry_run(c, &w->dry_run, e) < 0 || check_store(c->app, e) < 0)
        return HANDLED_FAILED;
    w->call = c;
    w->deployment_id = arena_str(c->a, entry->id);
    w->id = arena_str(c->a, s->metadata.id);
    entry_when_idle(entry, deletion_idle, w);
    return HANDLED_LATER;
}
