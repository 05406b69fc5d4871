/* PATCH of a Savepoint: its annotations, and whether it is pinned. The rest is what was seen. */
#include "api/plan.h"
#include "api/savepoint.h"

struct edit {
    struct call *call;
    struct json body;
    enum fields_unknown unknown;
    bool dry_run;
    struct str deployment_id;
    struct str id;
    struct savepoint row;
};

static bool may_change(struct str path)
{
    struct str annotations = STR("metadata.annotations");
    return str_eq(path, STR("spec.pinned")) || str_starts_with(path, annotations);
}

static int check_changes(const struct edit *w, const struct field_changes *changes, struct err *e)
{
    for (size_t i = 0; i < changes->n; i++) {
        struct str path = changes->items[i].path;
        struct str member;
        if (may_change(path))
            continue;
        struct str part = str_split(path, '.', &member);
        struct str pointer = arena_fmt(w->call->a, "/%.*s/%.*s", STR_ARG(part), STR_ARG(member));
        return err_at(e, ERR_INVALID, pointer,
                      "of a Savepoint only metadata.annotations and spec.pinned can be changed");
    }
    return 0;
}

/* What the row becomes; *ret_n = how much of it changes. */
static int apply(struct edit *w, const struct savepoint *old, size_t *ret_n, struct err *e)
{
    struct arena *a = w->call->a;
    struct json now;
    struct savepoint next;
    struct str version;
    if (json_parse(a, encode_object(a, &savepoint_fields, old), &now, e) < 0 ||
        fields_decode(a, &savepoint_fields, json_merge_patch(a, now, w->body), w->unknown, &next,
                      e) < 0)
        return -1;
    struct str key = STR(ANNOTATION_SPEC_VERSION);
    if (str_map_get(&old->metadata.annotations, key, &version))
        next.metadata.annotations = str_map_with(a, &next.metadata.annotations, key, version);
    struct field_changes changes = fields_diff(a, &savepoint_fields, old, &next);
    *ret_n = changes.n;
    w->row = *old;
    w->row.metadata.annotations = next.metadata.annotations;
    w->row.spec.pinned = next.spec.pinned;
    return check_changes(w, &changes, e);
}

static int check_state(const struct edit *w, const struct savepoint *old, struct err *e)
{
    bool going =
        old->status.state == SAVEPOINT_PENDING_DELETION || old->status.state == SAVEPOINT_DELETING;
    if (!going || !w->row.spec.pinned)
        return 0;
    return err_set(e, ERR_CONFLICT, "it is being deleted, and cannot be pinned any more");
}

static struct event edit_event(const struct edit *w, const struct entry *entry, bool was_pinned)
{
    bool pinned = w->row.spec.pinned;
    if (pinned == was_pinned)
        return savepoint_event(w->call, entry, STR("SAVEPOINT_CHANGED"),
                               arena_fmt(w->call->a,
                                         "The user changed annotations of Savepoint %.*s",
                                         STR_ARG(w->id)));
    return savepoint_event(w->call, entry,
                           pinned ? STR("SAVEPOINT_PINNED") : STR("SAVEPOINT_UNPINNED"),
                           arena_fmt(w->call->a,
                                     pinned ? "The user pins Savepoint %.*s: it is not deleted"
                                            : "The user unpins Savepoint %.*s",
                                     STR_ARG(w->id)));
}

static void on_committed(void *arg, struct entry *entry, const struct store_result *r)
{
    struct edit *w = arg;
    struct err e = {0};
    if (!commit_done(r, &e)) {
        call_failed(w->call, &e);
        return;
    }
    reply_object(w->call, 200, &savepoint_fields, entry_savepoint(entry, w->id));
    call_done(w->call);
}

static int check(struct edit *w, const struct savepoint *old, size_t *ret_n, struct err *e)
{
    if (!old)
        return fail_not_found(e, "Savepoint", w->id);
    int64_t version = old->metadata.resource_version;
    if (check_if_match(w->call, version, e) < 0 || apply(w, old, ret_n, e) < 0)
        return -1;
    return check_state(w, old, e);
}

static void edit_idle(void *arg)
{
    struct edit *w = arg;
    struct call *c = w->call;
    struct err e = {0};
    size_t n = 0;
    struct entry *entry = map_find(&c->app->by_id, w->deployment_id);
    const struct savepoint *old = entry ? entry_savepoint(entry, w->id) : NULL;
    if (check(w, old, &n, &e) < 0) {
        call_failed(c, &e);
        return;
    }
    if (w->dry_run || n == 0) {
        if (w->dry_run)
            plan_reply_small(c, entry, n ? PLAN_METADATA_ONLY : PLAN_NO_CHANGE);
        else
            reply_object(c, 200, &savepoint_fields, old);
        call_done(c);
        return;
    }
    w->row.metadata.modified_at = app_wall_us(c->app);
    const struct change change = {.entry = entry,
                                  .savepoint = &w->row,
                                  .events = {edit_event(w, entry, old->spec.pinned)},
                                  .n_events = 1};
    change_commit(c->app, &change, on_committed, w);
}

enum handled patch_savepoint(struct call *c, struct err *e)
{
    struct edit *w = ARENA_NEW(c->a, struct edit);
    struct entry *entry;
    struct json body;
    const struct savepoint *s = call_savepoint(c, &entry, e);
    if (!s || query_unknown(c, &w->unknown, e) < 0 || query_dry_run(c, &w->dry_run, e) < 0 ||
        check_store(c->app, e) < 0 || body_parse(c, &body, e) < 0 ||
        check_body_version(body, s->metadata.resource_version, e) < 0)
        return HANDLED_FAILED;
    warn_unknown(c, &savepoint_fields, body);
    w->call = c;
    w->body = fields_strip(c->a, &savepoint_fields, body);
    w->deployment_id = arena_str(c->a, entry->id);
    w->id = arena_str(c->a, s->metadata.id);
    entry_when_idle(entry, edit_idle, w);
    return HANDLED_LATER;
}
