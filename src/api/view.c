/* Deployments as readers see them, encoded once per change. */
#include "api/api_impl.h"
#include "model/conditions.h"

struct view {
    int64_t changes; /* of the entry, when it was encoded */
    struct buf json;
    int64_t born; /* numbers of changes: the first and the last of it; 0 = before this process */
    int64_t at;
};

/* As Ververica Platform tells it; what is told of an operation is told while there is one. */
static void tell_transition(struct arena *a, struct deployment *d, const struct record *r)
{
    bool under_way = d->status.state == OBSERVED_TRANSITIONING;
    struct str_map *to = &d->metadata.annotations;
    *to =
        str_map_with(a, to, STR(ANNOTATION_TRANSITIONING), under_way ? STR("true") : STR("false"));
    if (under_way && r->operation.started_at)
        *to = str_map_with(a, to, STR(ANNOTATION_TRANSITIONING_SINCE),
                           arena_fmt(a, "%lld", (long long)(r->operation.started_at / 1000)));
}

/* What only readers are told. */
static void tell(struct arena *a, struct deployment *d, const struct record *r)
{
    struct condition *conditions = ARENA_ARRAY(a, struct condition, DEPLOYMENT_CONDITIONS);
    d->status.conditions = (struct list){conditions, deployment_conditions(d, conditions)};
    tell_transition(a, d, r);
}

/* The status that is shown while it is being deleted. */
static void show_removal(struct arena *a, struct deployment *to, const struct record *r)
{
    struct deployment_status *s = &to->status;
    if (r->gave_up.len) {
        s->message = arena_fmt(a, "it is being deleted, which waits: %.*s", STR_ARG(s->message));
        return;
    }
    s->state = OBSERVED_TRANSITIONING;
    s->reason = STR("BEING_DELETED");
    s->message = STR("it is being deleted, and gone as soon as nothing of it runs");
}

const struct deployment *view_shown(struct arena *a, const struct entry *e)
{
    if (!entry_record(e)->removing)
        return entry_deployment(e);
    struct deployment *d = ARENA_NEW(a, struct deployment);
    *d = *entry_deployment(e);
    show_removal(a, d, entry_record(e));
    return d;
}

static struct view *view_of(struct api *api, const struct entry *e)
{
    struct view *v = map_find(&api->views, e->id);
    if (!v) {
        v = mem_alloc(sizeof(*v));
        map_put(&api->views, e->id, v);
    }
    return v;
}

struct str view_json(struct api *api, const struct entry *e)
{
    struct view *v = view_of(api, e);
    if (v->json.len && v->changes == e->changes)
        return buf_str(&v->json);
    struct arena *a = arena_new();
    struct deployment d = *view_shown(a, e);
    tell(a, &d, entry_record(e));
    struct json_out o = {.buf = &v->json};
    buf_clear(&v->json);
    fields_encode(&o, &deployment_fields, &d, false);
    arena_free(a);
    v->changes = e->changes;
    return buf_str(&v->json);
}

void view_changed(struct api *api, const struct entry *e, int64_t number)
{
    struct view *v = view_of(api, e);
    v->at = number;
    if (e->changes == 1)
        v->born = number;
}

int64_t view_changed_at(const struct api *api, const struct entry *e)
{
    const struct view *v = map_find(&api->views, e->id);
    return v ? v->at : 0;
}

int64_t view_born_at(const struct api *api, const struct entry *e)
{
    const struct view *v = map_find(&api->views, e->id);
    return v ? v->born : 0;
}

static void view_free(struct view *v)
{
    if (!v)
        return;
    buf_fini(&v->json);
    mem_free(v);
}

void view_drop(struct api *api, struct str id)
{
    view_free(map_take(&api->views, id));
}

void views_free(struct api *api)
{
    for (size_t i = 0; i < api->views.capacity; i++)
        if (api->views.slots[i].key.ptr)
            view_free(api->views.slots[i].value);
    map_fini(&api->views);
}

int check_namespace(const struct call *c, struct err *e)
{
    if (str_eq(c->namespace_name, STR("default")))
        return 0;
    return fail_not_found(e, "namespace", c->namespace_name);
}

struct entry *call_entry(const struct call *c, struct err *e)
{
    if (check_namespace(c, e) < 0)
        return NULL;
    struct entry *entry = registry_find(c->app, c->namespace_name, c->name);
    if (!entry)
        fail_not_found(e, "Deployment", c->name);
    return entry;
}

void reply_new_deployment(struct call *c, const struct deployment *d)
{
    struct record none = {0};
    struct deployment shown = *d;
    tell(c->a, &shown, &none);
    reply_object(c, 201, &deployment_fields, &shown);
}

enum handled reply_deployment(struct call *c, int status, const struct entry *e)
{
    c->reply.status = status;
    c->reply.body = view_json(c->api, e);
    reply_header(
        c, STR("ETag"),
        arena_fmt(c->a, "\"%lld\"", (long long)entry_deployment(e)->metadata.resource_version));
    return HANDLED;
}
