/* Watching Deployments: a stream of what is there (ADDED), then of what changes. */
#include "api/api_impl.h"
#include "base/timefmt.h"
#include "model/selector.h"

#define HEARTBEAT_US (15 * US_PER_S)

struct watcher {
    struct api *api;
    struct http_exchange *exchange;
    struct arena *arena;
    struct str only_id; /* empty = all of the namespace that match */
    struct selector selector;
    struct map matching; /* with a selector: ids that were shown; the value is the watcher */
    bool sse;
    struct watcher *prev;
    struct watcher *next;
};

static void forget(struct watcher *w)
{
    struct api *api = w->api;
    if (w->prev)
        w->prev->next = w->next;
    else
        api->watchers = w->next;
    if (w->next)
        w->next->prev = w->prev;
    if (--api->n_watchers == 0)
        api->app->loop.ops->timer_disarm(api->heartbeat);
    map_fini(&w->matching);
    arena_free(w->arena);
    mem_free(w);
}

static void on_gone(void *arg)
{
    forget(arg);
}

static void add_message(const struct watcher *w, struct buf *b, const char *type, struct str object)
{
    if (w->sse)
        buf_fmt(b, "event: %s\ndata: ", type);
    buf_fmt(b, "{\"type\":\"%s\",\"object\":", type);
    buf_add(b, object);
    buf_add(b, w->sse ? STR("}\n\n") : STR("}\n"));
}

static void end(struct watcher *w)
{
    w->api->server.ops->finish(w->exchange);
    forget(w);
}

/* The watcher is gone afterwards when its client was too slow. */
static void push(struct watcher *w, const char *type, struct str object)
{
    struct buf b = {0};
    add_message(w, &b, type, object);
    bool kept = w->api->server.ops->push(w->exchange, buf_str(&b));
    buf_fini(&b);
    bool last = w->only_id.len && str_eq(str_of(type), STR("DELETED"));
    if (!kept || last)
        end(w);
}

static bool is_about(const struct watcher *w, const struct entry *e)
{
    return !w->only_id.len || str_eq(w->only_id, e->id);
}

/* What a change of e means to this watcher; NULL = nothing. */
static const char *type_for(struct watcher *w, const struct entry *e, bool known)
{
    if (!w->selector.n)
        return e->removed ? "DELETED" : known ? "MODIFIED" : "ADDED";
    bool was = map_find(&w->matching, e->id) != NULL;
    bool is = !e->removed && selector_matches(&w->selector, &entry_deployment(e)->metadata.labels);
    if (is && !was)
        map_put(&w->matching, e->id, w);
    if (was && !is)
        map_take(&w->matching, e->id);
    if (is)
        return was ? "MODIFIED" : "ADDED";
    return was ? "DELETED" : NULL;
}

void watch_changed(void *arg, struct entry *e, const struct event *events, size_t n_events)
{
    struct api *api = arg;
    (void)events;
    (void)n_events;
    if (!e)
        return;
    bool known = view_known(api, e);
    struct watcher *next;
    for (struct watcher *w = api->watchers; w; w = next) {
        next = w->next;
        const char *type = is_about(w, e) ? type_for(w, e, known) : NULL;
        if (type)
            push(w, type, view_json(api, e));
    }
    if (e->removed)
        view_drop(api, e->id);
}

/* Keeps connections alive, and finds those that are not. */
static void on_heartbeat(void *arg)
{
    struct api *api = arg;
    struct arena *a = arena_new();
    struct str bookmark = arena_fmt(a,
                                    "{\"kind\":\"Bookmark\",\"apiVersion\":\"v1\","
                                    "\"metadata\":{\"sequence\":%lld}}",
                                    (long long)api->app->last_seq);
    struct watcher *next;
    for (struct watcher *w = api->watchers; w; w = next) {
        next = w->next;
        push(w, "BOOKMARK", bookmark);
    }
    arena_free(a);
    if (api->watchers)
        api->app->loop.ops->timer_arm(api->heartbeat, HEARTBEAT_US);
}

static struct watcher *watcher_new(struct call *c, struct str only_id)
{
    static const char *const sse[] = {"text/event-stream", NULL};
    struct api *api = c->api;
    struct watcher *w = mem_alloc(sizeof(*w));
    w->api = api;
    w->exchange = c->r->exchange;
    w->arena = arena_new();
    w->only_id = arena_str(w->arena, only_id);
    w->sse = accepts_first(c->r, sse);
    w->next = api->watchers;
    if (w->next)
        w->next->prev = w;
    api->watchers = w;
    if (api->n_watchers++ == 0)
        api->app->loop.ops->timer_arm(api->heartbeat, HEARTBEAT_US);
    return w;
}

/* What is there now. It goes with the head: however much it is, the client gets all of it. */
static void add_present(struct call *c, struct watcher *w, struct buf *b)
{
    size_t n;
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n);
    for (size_t i = 0; i < n; i++) {
        const char *type = is_about(w, all[i]) ? type_for(w, all[i], false) : NULL;
        struct str json = view_json(c->api, all[i]);
        if (type)
            add_message(w, b, type, json);
    }
}

int watch_asked(const struct call *c, bool *ret, struct err *e)
{
    int r = query_bool(c, QUERY_WATCH, ret, e);
    *ret = *ret && !str_eq(c->r->method, STR("HEAD"));
    return r;
}

enum handled watch_begin(struct call *c, struct str only_id, struct err *e)
{
    static const struct http_header headers[] = {
        {{"Cache-Control", 13}, {"no-store", 8}},
        {{"X-Accel-Buffering", 17}, {"no", 2}},
    };
    struct selector checked;
    struct str text = c->query[QUERY_LABEL_SELECTOR];
    if (selector_parse(c->a, text, &checked, e) < 0)
        return HANDLED_FAILED;
    if (c->api->n_watchers >= LIMIT_WATCHERS) {
        err_set(e, ERR_TOO_MANY, "%u are watching, and no more are served", LIMIT_WATCHERS);
        return HANDLED_FAILED;
    }
    struct watcher *w = watcher_new(c, only_id);
    /* The same text was parsed a moment ago. */
    if (selector_parse(w->arena, arena_str(w->arena, text), &w->selector, e) < 0)
        w->selector = (struct selector){0};
    struct buf present = {0};
    add_present(c, w, &present);
    struct http_response head = {
        .status = 200,
        .body = buf_str(&present),
        .content_type = w->sse ? STR("text/event-stream") : STR("application/x-ndjson"),
        .headers = headers,
        .n_headers = sizeof(headers) / sizeof(headers[0]),
    };
    c->api->requests[c->route - routes][2]++;
    c->api->server.ops->stream(w->exchange, &head, on_gone, w);
    buf_fini(&present);
    return HANDLED_LATER;
}

void watch_init(struct api *api)
{
    api->heartbeat = api->app->loop.ops->timer_new(api->app->loop.ctx, on_heartbeat, api);
}

void watch_free(struct api *api)
{
    while (api->watchers)
        end(api->watchers);
    api->app->loop.ops->timer_free(api->heartbeat);
}
