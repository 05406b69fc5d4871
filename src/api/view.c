/* Deployments as readers see them, encoded once per change; and lists. */
#include "api/api_impl.h"
#include "model/conditions.h"

struct view {
    int64_t changes; /* of the entry, when it was encoded */
    struct buf json;
};

/* `text` holds what the status says. */
static struct deployment shown(const struct entry *e, struct buf *text)
{
    struct deployment d = *entry_deployment(e);
    const struct record *r = entry_record(e);
    if (r->removing && r->gave_up.len) {
        buf_fmt(text, "it is being deleted, which waits: %.*s", STR_ARG(d.status.message));
        d.status.message = buf_str(text);
    } else if (r->removing) {
        d.status.state = OBSERVED_TRANSITIONING;
        d.status.reason = STR("BEING_DELETED");
        d.status.message = STR("it is being deleted, and gone as soon as nothing of it runs");
    }
    return d;
}

struct str view_json(struct api *api, const struct entry *e)
{
    struct view *v = map_find(&api->views, e->id);
    if (v && v->changes == e->changes)
        return buf_str(&v->json);
    if (!v) {
        v = mem_alloc(sizeof(*v));
        map_put(&api->views, e->id, v);
    }
    struct buf text = {0};
    struct deployment d = shown(e, &text);
    struct condition conditions[DEPLOYMENT_CONDITIONS];
    d.status.conditions = (struct list){conditions, deployment_conditions(&d, conditions)};
    struct json_out o = {.buf = &v->json};
    buf_clear(&v->json);
    fields_encode(&o, &deployment_fields, &d, false);
    buf_fini(&text);
    v->changes = e->changes;
    return buf_str(&v->json);
}

bool view_known(const struct api *api, const struct entry *e)
{
    return map_find(&api->views, e->id) != NULL;
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

enum handled reply_deployment(struct call *c, int status, const struct entry *e)
{
    c->reply.status = status;
    c->reply.body = view_json(c->api, e);
    reply_header(
        c, STR("ETag"),
        arena_fmt(c->a, "\"%lld\"", (long long)entry_deployment(e)->metadata.resource_version));
    return HANDLED;
}

/* ---- lists ---- */

#define CONTINUE_PREFIX "after:"

int list_begin(struct call *c, const char *list_kind, struct list_doc *l, struct err *e)
{
    enum { MOST = 10000 };
    *l = (struct list_doc){0};
    if (query_number(c, QUERY_LIMIT, 0, MOST, &l->limit, e) < 0)
        return -1;
    if (query_given(c, QUERY_CONTINUE)) {
        l->after = c->query[QUERY_CONTINUE];
        if (!str_starts_with(l->after, STR(CONTINUE_PREFIX)))
            return fail_query(e, QUERY_CONTINUE, "is not one that a list gave");
        l->after = str_skip(l->after, sizeof(CONTINUE_PREFIX) - 1);
    }
    doc_begin(&l->doc);
    json_begin_object(&l->doc.out);
    doc_str(&l->doc.out, "kind", str_of(list_kind));
    doc_str(&l->doc.out, "apiVersion", STR("v1"));
    json_key(&l->doc.out, STR("items"));
    json_begin_array(&l->doc.out);
    return 0;
}

bool list_takes(struct list_doc *l, struct str key)
{
    if (l->after.len && str_cmp(key, l->after) <= 0)
        return false;
    if (l->limit && l->n == l->limit) {
        l->more = true;
        return false;
    }
    l->n++;
    l->last = key;
    return true;
}

enum handled list_end(struct call *c, struct list_doc *l)
{
    struct json_out *o = &l->doc.out;
    json_end_array(o);
    json_key(o, STR("metadata"));
    json_begin_object(o);
    if (l->more)
        doc_str(o, "continue", arena_fmt(c->a, CONTINUE_PREFIX "%.*s", STR_ARG(l->last)));
    json_end_object(o);
    json_end_object(o);
    c->reply.status = 200;
    c->reply.body = doc_end(&l->doc, c->a);
    return HANDLED;
}
