/* See write.h. */
#include "api/write.h"

#include "api/plan.h"
#include "api/plans.h"
#include "base/uuid.h"
#include "model/snapshot_location.h"

#define RESTORE_LOCATION STR("/spec/restoreFrom/location")

static struct entry *entry_of(const struct write *w)
{
    return w->id.len ? map_find(&w->call->app->by_id, w->id) : NULL;
}

void write_fail(struct write *w, struct err *e)
{
    if (w->is_stale)
        err_set(e, ERR_PLAN_STALE, "plan %.*s is not for what is there now: %s", STR_ARG(w->plan),
                arena_fmt(w->call->a, "%s", e->text).ptr);
    call_failed(w->call, e);
}

/* ---- checks against what is there now ---- */

static int check_there(const struct write *w, const struct entry *entry, struct err *e)
{
    const struct call *c = w->call;
    struct str none_match = request_header(c->r, STR("if-none-match"));
    if (!entry && w->id.len)
        return err_set(e, ERR_NOT_FOUND, "the Deployment is gone");
    if (!entry && request_header(c->r, STR("if-match")).len)
        return err_set(e, ERR_PRECONDITION_FAILED,
                       "If-Match does not hold: there is no such "
                       "Deployment");
    if (!entry)
        return 0;
    const struct metadata *m = &entry_deployment(entry)->metadata;
    if (str_eq(none_match, STR("*")))
        return err_set(e, ERR_PRECONDITION_FAILED,
                       "If-None-Match does not hold: the Deployment "
                       "exists");
    if (check_if_match(c, m->resource_version, e) < 0)
        return -1;
    return c->is_json_patch ? 0 : check_body_version(w->request, m->resource_version, e);
}

/* What is being deleted changes no more. But a deletion may wait for a savepoint that cannot be had: the one
 * thing left to say is that it need not. */
static int check_removing(const struct write *w, const struct entry *entry, struct err *e)
{
    const struct draft *d = &w->draft;
    if (!entry || !entry_record(entry)->removing ||
        (d->changes.n == 1 && d->deployment.spec.state == DESIRED_CANCELLED &&
         entry_deployment(entry)->spec.state == DESIRED_SUSPENDED))
        return 0;
    return err_set(e, ERR_CONFLICT,
                   "Deployment %.*s is being deleted; only spec.state may still become CANCELLED",
                   STR_ARG(entry_deployment(entry)->metadata.name));
}

static int check_target(const struct write *w, struct err *e)
{
    const struct deployment_spec *s = &w->draft.deployment.spec;
    struct call *c = w->call;
    bool by_id = s->deployment_target_id.len > 0;
    struct str pointer =
        by_id ? STR("/spec/deploymentTargetId") : STR("/spec/deploymentTargetName");
    struct str what = by_id ? s->deployment_target_id : s->deployment_target_name;
    const struct target *t = by_id ? target_find_id(c->app, c->a, c->namespace_name, what)
                                   : target_find(c->app, c->a, c->namespace_name, what);
    if (!t)
        return err_at(e, ERR_INVALID, pointer, "there is no DeploymentTarget %.*s", STR_ARG(what));
    if (t->kind != TARGET_LOCAL)
        return err_at(e, ERR_INVALID, pointer,
                      "%.*s is a target on Kubernetes, where no jobs can be run yet",
                      STR_ARG(what));
    return 0;
}

/* A row of the Deployment that stands for the location already. */
static bool is_registered(const struct entry *entry, struct str location)
{
    for (size_t i = 0; entry && i < entry->n_savepoints; i++) {
        const struct savepoint *s = entry->savepoints[i]->value;
        if (s->status.state == SAVEPOINT_COMPLETED &&
            snapshot_location_equal(s->spec.savepoint_location, location))
            return true;
    }
    return false;
}

/* Whether spec.restoreFrom asks for something new. */
static bool restore_is_new(const struct write *w, const struct entry *entry)
{
    const struct restore_from *from = &w->draft.deployment.spec.restore_from;
    if (!from->nonce.len)
        return false;
    return !entry || (!str_eq(from->nonce, entry_record(entry)->used_nonce) &&
                      !str_eq(from->nonce, entry_deployment(entry)->spec.restore_from.nonce));
}

static int check_restore(const struct write *w, const struct entry *entry, struct err *e)
{
    const struct restore_from *from = &w->draft.deployment.spec.restore_from;
    if (!restore_is_new(w, entry))
        return 0;
    if (from->location.len)
        return register_check_location(from->location, RESTORE_LOCATION, e);
    const struct savepoint *s = entry ? entry_savepoint(entry, from->savepoint_id) : NULL;
    if (!s)
        return err_at(e, ERR_INVALID, STR("/spec/restoreFrom/savepointId"),
                      "this Deployment has no Savepoint %.*s; one of another Deployment is named "
                      "by its location",
                      STR_ARG(from->savepoint_id));
    if (s->status.state != SAVEPOINT_COMPLETED)
        return err_at(e, ERR_INVALID, STR("/spec/restoreFrom/savepointId"),
                      "Savepoint %.*s is %s, not COMPLETED", STR_ARG(from->savepoint_id),
                      savepoint_state_names[s->status.state]);
    return 0;
}

static bool is_applied(const struct write *w)
{
    return w->plan.len && !w->is_stale;
}

/* The document says everything: defaults would add to it what nobody wanted. */
static bool is_complete(const struct write *w)
{
    return is_applied(w) || w->compose;
}

static int patched(const struct write *w, const struct entry *entry, struct json *ret,
                   struct err *e)
{
    struct call *c = w->call;
    if (!entry)
        return fail_not_found(e, "Deployment", c->name);
    if (body_patched(c, w->body, view_json(c->api, entry), ret, e) < 0)
        return -1;
    return check_body_version(*ret, entry_deployment(entry)->metadata.resource_version, e);
}

static int make_draft(struct write *w, struct err *e)
{
    struct call *c = w->call;
    const struct entry *entry = entry_of(w);
    if (is_applied(w) && plans_check(w, entry, e) < 0)
        return -1;
    if (check_there(w, entry, e) < 0 || (w->compose && w->compose(w, entry, e) < 0))
        return -1;
    struct json body = w->body;
    if (c->is_json_patch && patched(w, entry, &body, e) < 0)
        return -1;
    struct draft_in in = {
        .current = entry ? entry_deployment(entry) : NULL,
        .body = body,
        .is_patch = w->kind == WRITE_PATCH && !c->is_json_patch,
        .with_defaults = w->with_defaults || (!entry && !is_complete(w)),
        .unknown = w->unknown,
        .global_defaults = c->api->global_defaults,
        .namespace_defaults = namespace_defaults(c->app, c->namespace_name),
        .flink_versions = &c->app->settings.flink_versions,
        .namespace_name = c->namespace_name,
        .name = w->kind == WRITE_CREATE ? (struct str){0} : c->name,
        .id = w->new_id,
        .wall_us = app_wall_us(c->app),
    };
    if (draft_make(c->a, &in, &w->draft, e) < 0 || check_removing(w, entry, e) < 0 ||
        check_target(w, e) < 0)
        return -1;
    return check_restore(w, entry, e);
}

/* ---- the commit ---- */

static struct event changed_event(const struct write *w)
{
    enum { NAMED = 5 };
    const struct field_changes *changes = &w->draft.changes;
    const struct metadata *m = &w->draft.deployment.metadata;
    struct buf b = {0};
    if (w->did.len)
        buf_fmt(&b, "The user %.*s%s", STR_ARG(w->did), w->id.len ? ": " : "");
    else if (w->id.len)
        buf_fmt(&b, "The user changed ");
    else
        buf_fmt(&b, "The user created the Deployment");
    for (size_t i = 0; w->id.len && i < changes->n && i < NAMED; i++)
        buf_fmt(&b, "%s%.*s", i ? ", " : "", STR_ARG(changes->items[i].path));
    if (w->id.len && changes->n > NAMED)
        buf_fmt(&b, " and %zu more", changes->n - NAMED);
    struct event event = {
        .namespace_name = m->namespace_name,
        .deployment_id = m->id,
        .deployment_name = m->name,
        .name = w->id.len ? STR("DEPLOYMENT_CHANGED") : STR("DEPLOYMENT_CREATED"),
        .created_at = app_wall_us(w->call->app),
        .message = arena_str(w->call->a, buf_str(&b)),
        .actor = STR("user"),
    };
    buf_fini(&b);
    return event;
}

static struct str creation_key(const struct write *w)
{
    const struct metadata *m = &w->draft.deployment.metadata;
    return arena_fmt(w->call->a, "%.*s/%.*s", STR_ARG(m->namespace_name), STR_ARG(m->name));
}

static void put_location(const struct write *w)
{
    const struct metadata *m = &w->draft.deployment.metadata;
    reply_header(w->call, STR("Location"),
                 arena_fmt(w->call->a, "/api/v1/namespaces/%.*s/deployments/%.*s",
                           STR_ARG(m->namespace_name), STR_ARG(m->name)));
}

static void answer(struct write *w, const struct entry *entry)
{
    if (w->answer)
        w->answer(w, entry_deployment(entry));
    else
        reply_deployment(w->call, w->id.len ? 200 : 201, entry);
}

/* With a key the answer is made of what is about to be written, and is written with it. */
static const struct kept_reply *kept_answer(struct write *w)
{
    if (w->answer)
        w->answer(w, &w->draft.deployment);
    else
        reply_new_deployment(w->call, &w->draft.deployment);
    if (!w->id.len)
        put_location(w);
    return key_reply(w->call);
}

static void committed(void *arg, struct entry *entry, const struct store_result *r)
{
    struct write *w = arg;
    struct err e = {0};
    if (!w->id.len)
        map_take(&w->call->api->creating, creation_key(w));
    if (!commit_done(r, &e)) {
        write_fail(w, &e);
        return;
    }
    /* With a key the answer was made before, and is kept. */
    if (!w->call->key.len)
        answer(w, entry);
    if (!w->id.len)
        put_location(w);
    call_done(w->call);
}

/* The COPIED row for spec.restoreFrom.location, or false when none is needed. */
static bool to_register(struct write *w, const struct entry *entry)
{
    struct app *app = w->call->app;
    const struct deployment *d = &w->draft.deployment;
    if (!w->verified_location.len || is_registered(entry, w->verified_location))
        return false;
    struct savepoint *s = &w->found;
    s->metadata.id = app_uuid(app, w->call->a);
    s->metadata.namespace_name = d->metadata.namespace_name;
    s->metadata.deployment_id = d->metadata.id;
    s->metadata.created_at = s->metadata.modified_at = s->status.verified_at = app_wall_us(app);
    struct str version;
    if (str_map_get(&d->metadata.annotations, STR(ANNOTATION_SPEC_VERSION), &version))
        s->metadata.annotations =
            str_map_with(w->call->a, &(struct str_map){0}, STR(ANNOTATION_SPEC_VERSION), version);
    register_place(entry, s);
    return true;
}

static void commit(struct write *w, struct entry *entry)
{
    struct call *c = w->call;
    struct change change = {
        .entry = entry,
        .deployment = &w->draft.deployment,
        .events = {changed_event(w)},
        .n_events = 1,
    };
    if (to_register(w, entry)) {
        change.savepoint = &w->found;
        change.savepoint_is_new = true;
    }
    write_revisions(w, entry, change.savepoint, &change);
    if (!entry)
        map_put(&c->api->creating, creation_key(w), w);
    if (c->key.len)
        change.reply = kept_answer(w);
    change_commit(c->app, &change, committed, w);
}

static int check_creation(struct write *w, struct err *e)
{
    struct call *c = w->call;
    const struct metadata *m = &w->draft.deployment.metadata;
    if (registry_by_name(c->app, m->namespace_name, m->name) ||
        map_find(&c->api->creating, creation_key(w)))
        return err_at(e, ERR_ALREADY_EXISTS, STR("/metadata/name"),
                      "a Deployment of the name %.*s exists", STR_ARG(m->name));
    if (c->app->by_id.n >= LIMIT_DEPLOYMENTS)
        return err_set(e, ERR_TOO_MANY, "there are %u Deployments, and no room for more",
                       LIMIT_DEPLOYMENTS);
    return 0;
}

/* The Deployment is idle: what was checked before is checked again against what it is now. */
static void write_idle(void *arg)
{
    struct write *w = arg;
    struct call *c = w->call;
    struct err e = {0};
    struct str verified = w->verified_location;
    if (make_draft(w, &e) < 0 || (!w->id.len && check_creation(w, &e) < 0)) {
        if (e.code == ERR_PLAN_STALE && is_applied(w))
            plans_renew(w);
        else
            write_fail(w, &e);
        return;
    }
    struct entry *entry = entry_of(w);
    if (verified.len && !str_eq(verified, w->draft.deployment.spec.restore_from.location)) {
        err_set(&e, ERR_CONFLICT, "the Deployment was changed at the same time; try again");
        write_fail(w, &e);
    } else if (w->plan_only) {
        bool registers = to_register(w, entry);
        plans_reply(w, entry, registers ? &w->found : NULL);
    } else if (entry && w->draft.changes.n == 0) {
        answer(w, entry);
        call_done(c);
    } else {
        commit(w, entry);
    }
}

static void when_idle(struct write *w)
{
    struct entry *entry = entry_of(w);
    if (entry && w->plan_only)
        entry_see_stats(entry, write_idle, w);
    else if (entry)
        entry_when_idle(entry, write_idle, w);
    else
        write_idle(w);
}

static void on_verified(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                        struct str text)
{
    struct write *w = arg;
    struct err e = {0};
    struct str location = w->draft.deployment.spec.restore_from.location;
    const struct named_snapshot named = {.outcome = outcome,
                                         .sight = s,
                                         .text = text,
                                         .location = location,
                                         .pointer = RESTORE_LOCATION};
    if (register_snapshot(w->call->a, &named, &w->found, &e) < 0) {
        write_fail(w, &e);
        return;
    }
    w->verified_location = arena_str(w->call->a, location);
    when_idle(w);
}

static void on_held(void *arg)
{
    struct write *w = arg;
    struct app *app = w->call->app;
    struct err e = {0};
    if (!w->call->hold.going) {
        app->snapshots.ops->verify(app->snapshots.ctx, w->call->hold.location, on_verified, w);
        return;
    }
    register_fail_going(RESTORE_LOCATION, &e);
    write_fail(w, &e);
}

/* ---- the beginning ---- */

int write_read(struct write *w, bool plan_only, struct err *e)
{
    struct call *c = w->call;
    if (check_namespace(c, e) < 0 || query_unknown(c, &w->unknown, e) < 0 ||
        query_dry_run(c, &w->plan_only, e) < 0 ||
        query_bool(c, QUERY_APPLY_DEFAULTS, &w->with_defaults, e) < 0 ||
        author_read(c, &w->author, e) < 0)
        return -1;
    if (query_given(c, QUERY_PLAN_ID) ? plans_take(w, e) < 0 : body_parse(c, &w->request, e) < 0)
        return -1;
    if (query_given(c, QUERY_PLAN_ID))
        return check_store(c->app, e);
    w->body = w->request;
    w->plan_only = w->plan_only || plan_only;
    return w->plan_only ? 0 : check_store(c->app, e);
}

int write_go(struct write *w, const struct entry *entry, struct err *e)
{
    struct call *c = w->call;
    if (entry)
        w->id = arena_str(c->a, entry->id);
    else
        w->new_id = app_uuid(c->app, c->a);
    if (make_draft(w, e) < 0)
        return -1;
    struct str location = w->draft.deployment.spec.restore_from.location;
    location_release(&c->hold);
    if (location.len && restore_is_new(w, entry) && !is_registered(entry, location))
        location_hold(c->app, &c->hold, arena_str(c->a, location), on_held, w);
    else
        when_idle(w);
    return 0;
}

enum handled write_begin(struct call *c, enum write_kind kind, bool plan_only, struct err *e)
{
    struct write *w = ARENA_NEW(c->a, struct write);
    w->call = c;
    w->kind = kind;
    if (write_read(w, plan_only, e) < 0)
        return HANDLED_FAILED;
    if (!c->is_json_patch)
        warn_unknown(c, &deployment_fields, w->body);
    if (fork_take(w, e) < 0)
        return HANDLED_FAILED;
    const struct entry *entry =
        kind == WRITE_CREATE ? NULL : registry_find(c->app, c->namespace_name, c->name);
    bool needed =
        kind != WRITE_CREATE && ((kind == WRITE_PATCH && !plan_only) || uuid_is_valid(c->name));
    if (!entry && needed) {
        fail_not_found(e, "Deployment", c->name);
        return HANDLED_FAILED;
    }
    if (write_go(w, entry, e) == 0)
        return HANDLED_LATER;
    if (e->code != ERR_PLAN_STALE || !is_applied(w))
        return HANDLED_FAILED;
    plans_renew(w);
    return HANDLED_LATER;
}
