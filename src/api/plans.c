/* See plans.h. */
#include "api/plans.h"

#include "base/timefmt.h"

#define PLAN_LIVES_US (15 * 60 * US_PER_S)

struct stored_plan {
    struct arena *arena;
    struct str id;
    int64_t until; /* monotonic */
    size_t bytes;
    /* what it was made for */
    struct str namespace_name;
    struct str name;
    struct str deployment_id; /* a Deployment that is made anew has the same versions */
    int64_t resource_version; /* 0: it is created */
    struct str job_id;
    /* what was asked for */
    enum write_kind kind;
    struct str request;
    enum fields_unknown unknown;
    bool with_defaults;
    bool is_json_patch;
    struct str document; /* what would be written */
    struct str shown;    /* the Plan */
};

/* ---- the shelf ---- */

static void drop_oldest(struct api *api)
{
    struct stored_plan *p = api->plans[0];
    api->plan_bytes -= p->bytes;
    arena_free(p->arena);
    memmove(api->plans, api->plans + 1, --api->n_plans * sizeof(struct stored_plan *));
}

static void drop_expired(struct api *api)
{
    while (api->n_plans && api->plans[0]->until <= app_mono_us(api->app))
        drop_oldest(api);
}

void plans_free(struct api *api)
{
    while (api->n_plans)
        drop_oldest(api);
}

static struct stored_plan *find(struct api *api, struct str id)
{
    drop_expired(api);
    for (size_t i = 0; i < api->n_plans; i++)
        if (str_eq(api->plans[i]->id, id))
            return api->plans[i];
    return NULL;
}

static void put(struct api *api, struct stored_plan *p)
{
    p->bytes = arena_used(p->arena);
    drop_expired(api);
    while (api->n_plans &&
           (api->n_plans == LIMIT_PLANS_KEPT || api->plan_bytes + p->bytes > LIMIT_PLANS_BYTES))
        drop_oldest(api);
    api->plans[api->n_plans++] = p;
    api->plan_bytes += p->bytes;
}

/* ---- making ---- */

static struct str new_id(struct call *c)
{
    struct str uuid = app_uuid(c->app, c->a);
    return arena_fmt(c->a, "p-%.*s%.*s", 8, uuid.ptr, 4, uuid.ptr + 9);
}

static void keep(struct write *w, struct plan *plan)
{
    struct call *c = w->call;
    struct arena *a = arena_new();
    plan->id = new_id(c);
    plan->expires_at = app_wall_us(c->app) + PLAN_LIVES_US;
    struct stored_plan *p = ARENA_NEW(a, struct stored_plan);
    *p = (struct stored_plan){
        .arena = a,
        .id = arena_str(a, plan->id),
        .until = app_mono_us(c->app) + PLAN_LIVES_US,
        .namespace_name = arena_str(a, c->namespace_name),
        .name = arena_str(a, plan->deployment_name),
        .deployment_id = arena_str(a, plan->deployment_id),
        .resource_version = plan->resource_version,
        .job_id = arena_str(a, plan->job_id),
        .kind = w->kind,
        .request = json_text(a, w->request),
        .unknown = w->unknown,
        .with_defaults = w->with_defaults,
        .is_json_patch = c->is_json_patch,
        .document = json_text(a, draft_document(c->a, &w->draft.deployment)),
        .shown = arena_str(a, encode_object(c->a, &plan_fields, plan)),
    };
    put(c->api, p);
}

void plans_reply(struct write *w, struct entry *entry, const struct savepoint *registered)
{
    struct call *c = w->call;
    struct err e = {0};
    struct plan plan = plan_of_write(c, entry, &w->draft, registered);
    /* What an operation makes of what is there has no document that somebody sent. */
    if (!w->compose && (!w->plan.len || w->is_stale))
        keep(w, &plan);
    if (w->is_stale) {
        c->new_plan_id = plan.id;
        err_set(&e, ERR_PLAN_STALE,
                "plan %.*s is not for what is there now; %.*s is, with what was asked for then",
                STR_ARG(w->plan), STR_ARG(plan.id));
        call_failed(c, &e);
        return;
    }
    bool is_made = c->route->gives == &plan_fields;
    reply_object(c, is_made ? 201 : 200, &plan_fields, &plan);
    if (is_made)
        reply_header(c, STR("Location"),
                     arena_fmt(c->a, "/api/v1/namespaces/%.*s/plans/%.*s",
                               STR_ARG(c->namespace_name), STR_ARG(plan.id)));
    call_done(c);
}

/* ---- applying ---- */

static struct json parsed(struct arena *a, struct str text)
{
    struct json v = {0};
    struct err e;
    /* Our own text. */
    return json_parse(a, arena_str(a, text), &v, &e) < 0 ? (struct json){0} : v;
}

int plans_take(struct write *w, struct err *e)
{
    struct call *c = w->call;
    const struct stored_plan *p = find(c->api, c->query[QUERY_PLAN_ID]);
    if (c->r->body.len)
        return err_set(e, ERR_BAD_REQUEST,
                       "a plan has its document already; send planId without a body");
    if (!p || !str_eq(p->namespace_name, c->namespace_name))
        return err_set(e, ERR_NOT_FOUND,
                       "there is no plan \"%.*s\"; plans are kept for 15 minutes, and not across a "
                       "restart of sluiced",
                       STR_ARG(str_take(c->query[QUERY_PLAN_ID], 40)));
    const struct entry *entry = c->name.len ? call_entry(c, e) : NULL;
    if (c->name.len && !str_eq(c->name, p->name) &&
        (!entry || !str_eq(entry_deployment(entry)->metadata.name, p->name)))
        return fail_query(e, QUERY_PLAN_ID,
                          arena_fmt(c->a, "is one of Deployment %.*s", STR_ARG(p->name)).ptr);
    if (!c->name.len && p->resource_version)
        return fail_query(e, QUERY_PLAN_ID, "changes a Deployment that exists: PUT or PATCH it");
    w->plan = arena_str(c->a, p->id);
    w->kind = p->resource_version ? WRITE_PUT : w->kind;
    w->with_defaults = false;
    w->unknown = UNKNOWN_REFUSE;
    w->body = parsed(c->a, p->document);
    return 0;
}

int plans_check(const struct write *w, const struct entry *entry, struct err *e)
{
    const struct stored_plan *p = find(w->call->api, w->plan);
    int64_t version = entry ? entry_deployment(entry)->metadata.resource_version : 0;
    struct str id = entry ? entry->id : (struct str){0};
    struct str job = {0};
    if (!p)
        return err_set(e, ERR_NOT_FOUND, "plan %.*s has expired meanwhile", STR_ARG(w->plan));
    if (entry) {
        struct core_in in = entry_input(entry, w->call->a);
        job = hint_job_runs(&in) ? entry_record(entry)->current.job_id : job;
    }
    if (version == p->resource_version && str_eq(id, p->deployment_id) && str_eq(job, p->job_id))
        return 0;
    return err_set(e, ERR_PLAN_STALE, "plan %.*s was made for version %lld", STR_ARG(w->plan),
                   (long long)p->resource_version);
}

void plans_renew(struct write *w)
{
    struct call *c = w->call;
    const struct stored_plan *p = find(c->api, w->plan);
    const struct entry *entry =
        p->kind == WRITE_CREATE ? NULL : registry_by_name(c->app, p->namespace_name, p->name);
    struct err e = {0};
    w->is_stale = w->plan_only = true;
    w->kind = p->kind;
    w->unknown = p->unknown;
    w->with_defaults = p->with_defaults;
    c->is_json_patch = p->is_json_patch;
    w->request = w->body = parsed(c->a, p->request);
    w->verified_location = w->id = (struct str){0};
    c->name = arena_str(c->a, p->name);
    if (write_go(w, entry, &e) < 0)
        write_fail(w, &e);
}

enum handled get_plan(struct call *c, struct err *e)
{
    if (check_namespace(c, e) < 0)
        return HANDLED_FAILED;
    const struct stored_plan *p = find(c->api, c->name);
    if (!p || !str_eq(p->namespace_name, c->namespace_name)) {
        fail_not_found(e, "plan", c->name);
        return HANDLED_FAILED;
    }
    c->reply.status = 200;
    c->reply.body = arena_str(c->a, p->shown);
    return HANDLED;
}
