/* See settings.h. */
#include "api/settings.h"

#include <assert.h>

#include "shell/registry_impl.h"
#include "shell/replies.h"

static struct str target_row(struct arena *a, const void *object)
{
    const struct target *t = object;
    return arena_fmt(a, "%.*s/%.*s", STR_ARG(t->metadata.namespace_name),
                     STR_ARG(t->metadata.name));
}

static struct str defaults_row(struct arena *a, const void *object)
{
    const struct defaults *d = object;
    return arena_str(a, d->metadata.namespace_name);
}

const struct setting setting_targets = {STORE_TARGET, &target_fields, offsetof(struct app, targets),
                                        offsetof(struct app, n_targets), target_row};
const struct setting setting_defaults = {STORE_DEFAULTS, &defaults_fields,
                                         offsetof(struct app, defaults),
                                         offsetof(struct app, n_defaults), defaults_row};

struct setting_write {
    struct call *call;
    const struct setting *kind;
    struct str row_id;
    struct str body; /* empty = the row goes */
    int64_t expect;
    struct store_write writes[1 + REPLY_WRITES];
    size_t n_writes;
};

static struct object ***list_of(const struct setting_write *w)
{
    return (struct object ***)(void *)((char *)w->call->app + w->kind->list);
}

static size_t *count_of(const struct setting_write *w)
{
    return (size_t *)(void *)((char *)w->call->app + w->kind->n);
}

/* Where the row stands in the list, or the list's end. */
static size_t find(const struct setting_write *w)
{
    size_t at = 0;
    while (at < *count_of(w)) {
        struct str id = w->kind->row_id(w->call->a, (*list_of(w))[at]->value);
        if (str_eq(id, w->row_id))
            break;
        at++;
    }
    return at;
}

/* What was created is named "namespace/name" in the store. */
static void say_where(const struct setting_write *w)
{
    const struct resource *kind = resource_by_kind(str_of(w->kind->fields->name));
    struct str name;
    struct str namespace_name = str_split(w->row_id, '/', &name);
    reply_header(w->call, STR("Location"),
                 arena_fmt(w->call->a, "/api/v1/namespaces/%.*s/%s/%.*s", STR_ARG(namespace_name),
                           kind->segment, STR_ARG(name)));
}

static void adopt(struct setting_write *w)
{
    struct err e = {0};
    size_t at = find(w);
    if (at < *count_of(w))
        objects_drop(*list_of(w), count_of(w), at);
    if (!w->body.len)
        return;
    struct object *o = object_decode(w->kind->fields, w->body, w->expect + 1, &e);
    /* What was encoded by the same tables a moment ago is read back, or the program is wrong. */
    assert(o);
    objects_put(list_of(w), count_of(w), o, at);
}

static void committed(void *arg, const struct store_result *r)
{
    struct setting_write *w = arg;
    struct app *app = w->call->app;
    struct err e = {0};
    if (r->outcome == STORE_UNKNOWN && !app->store_broken) {
        app->store_broken = true;
        app->store_text = arena_str(app->arena, r->text);
    }
    if (!commit_done(r, &e)) {
        call_failed(w->call, &e);
        return;
    }
    adopt(w);
    for (size_t i = 1; i < w->n_writes; i++)
        replies_adopt(app, &w->writes[i]);
    if (app->on_change)
        app->on_change(app->on_change_arg, NULL, NULL, 0);
    call_done(w->call);
}

static enum handled send(struct setting_write *w)
{
    struct app *app = w->call->app;
    size_t at = find(w);
    w->expect = at < *count_of(w) ? (*list_of(w))[at]->version : 0;
    struct store_write *writes = w->writes;
    writes[0] = (struct store_write){
        .kind = w->body.len ? STORE_PUT : STORE_DELETE,
        .row = {.table = w->kind->table,
                .id = w->row_id,
                .version = w->expect + 1,
                .body = w->body},
        .expect = w->expect,
    };
    w->n_writes = 1;
    const struct kept_reply *reply = key_reply(w->call);
    if (reply)
        w->n_writes += replies_writes(app, w->call->a, reply, writes + 1);
    app->store.ops->commit(app->store.ctx, writes, w->n_writes, committed, w);
    return HANDLED_LATER;
}

enum handled setting_put(struct call *c, const struct setting *kind, struct str row_id,
                         const void *object, int status)
{
    struct setting_write *w = ARENA_NEW(c->a, struct setting_write);
    *w = (struct setting_write){.call = c, .kind = kind, .row_id = row_id};
    w->body = body_of(c->a, kind->fields, object);
    reply_object(c, status, kind->fields, object);
    if (status == 201)
        say_where(w);
    return send(w);
}

enum handled setting_drop(struct call *c, const struct setting *kind, struct str row_id)
{
    struct setting_write *w = ARENA_NEW(c->a, struct setting_write);
    *w = (struct setting_write){.call = c, .kind = kind, .row_id = row_id};
    return send(w);
}
