/* Watching Deployments: a stream of what is there (ADDED), or of what changed since the client was there
 * last (history.c), and then of what changes. */
#include "api/list.h"

#include <stdlib.h>

#include "base/timefmt.h"
#include "model/selector.h"
#include "model/summary.h"

#define HEARTBEAT_US (15 * US_PER_S)

struct watcher {
    struct api *api;
    struct http_exchange *exchange;
    struct arena *arena;
    struct str only_id; /* empty = all of the namespace that match */
    struct selector labels;
    struct field_selector fields;
    struct map matching; /* with a selector: ids that the client knows; the value is the watcher */
    bool sse;
    bool is_summary;
    struct watcher *prev;
    struct watcher *next;
};

static struct watcher *watcher_new(struct call *c, struct str only_id)
{
    static const char *const sse[] = {"text/event-stream", NULL};
    struct watcher *w = mem_alloc(sizeof(*w));
    w->api = c->api;
    w->exchange = c->r->exchange;
    w->arena = arena_new();
    w->only_id = arena_str(w->arena, only_id);
    w->sse = accepts_first(c->r, sse);
    return w;
}

static void watcher_free(struct watcher *w)
{
    map_fini(&w->matching);
    arena_free(w->arena);
    mem_free(w);
}

static void enlist(struct watcher *w)
{
    struct api *api = w->api;
    w->next = api->watchers;
    if (w->next)
        w->next->prev = w;
    api->watchers = w;
    if (api->n_watchers++ == 0)
        api->app->loop.ops->timer_arm(api->heartbeat, HEARTBEAT_US);
}

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
    watcher_free(w);
}

static void on_gone(void *arg)
{
    forget(arg);
}

/* The place behind the message is told with it, where the client can go on from there. */
static void add_message(const struct watcher *w, struct buf *b, const char *type, struct str object,
                        struct str token)
{
    if (w->sse && token.len)
        buf_fmt(b, "id: %.*s\n", STR_ARG(token));
    if (w->sse)
        buf_fmt(b, "event: %s\ndata: ", type);
    buf_fmt(b, "{\"type\":\"%s\",", type);
    if (token.len)
        buf_fmt(b, "\"resourceVersion\":\"%.*s\",", STR_ARG(token));
    buf_add(b, STR("\"object\":"));
    buf_add(b, object);
    buf_add(b, w->sse ? STR("}\n\n") : STR("}\n"));
}

static void end(struct watcher *w)
{
    w->api->server.ops->finish(w->exchange);
    forget(w);
}

/* The watcher is gone afterwards when its client was too slow. */
static void push(struct watcher *w, const char *type, struct str object, struct str token)
{
    struct buf b = {0};
    add_message(w, &b, type, object, token);
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

static bool selects(const struct watcher *w)
{
    return w->labels.n || w->fields.n;
}

static bool matches(const struct watcher *w, struct arena *a, const struct entry *e)
{
    return selector_matches(&w->labels, &entry_deployment(e)->metadata.labels) &&
           (!w->fields.n ||
            field_selector_matches(&w->fields, &deployment_fields, view_shown(a, e)));
}

/* What a change of e means to this watcher; NULL = nothing. */
static const char *type_for(struct watcher *w, struct arena *a, const struct entry *e, bool known)
{
    if (!selects(w))
        return e->removed ? "DELETED" : known ? "MODIFIED" : "ADDED";
    bool was = map_find(&w->matching, e->id) != NULL;
    bool is = !e->removed && matches(w, a, e);
    if (is && !was)
        map_put(&w->matching, e->id, w);
    if (was && !is)
        map_take(&w->matching, e->id);
    if (is)
        return was ? "MODIFIED" : "ADDED";
    return was ? "DELETED" : NULL;
}

static struct str shown_to(const struct watcher *w, struct arena *a, const struct entry *e)
{
    return w->is_summary ? encode_object(a, &deployment_summary_fields, view_shown(a, e))
                         : view_json(w->api, e);
}

static void tell(struct api *api, const struct entry *e, int64_t number)
{
    struct arena *a = arena_new();
    struct str token = history_token(a, api, number);
    struct watcher *next;
    for (struct watcher *w = api->watchers; w; w = next) {
        next = w->next;
        const char *type = is_about(w, e) ? type_for(w, a, e, e->changes > 1) : NULL;
        if (type)
            push(w, type, shown_to(w, a, e), token);
    }
    arena_free(a);
}

void watch_changed(void *arg, struct entry *e, const struct event *events, size_t n_events)
{
    struct api *api = arg;
    (void)events;
    (void)n_events;
    if (!e)
        return;
    int64_t number = history_add(api, e);
    if (api->watchers)
        tell(api, e, number);
    if (e->removed)
        view_drop(api, e->id);
}

static struct str bookmark(struct arena *a, const struct api *api)
{
    return arena_fmt(a,
                     "{\"kind\":\"Bookmark\",\"apiVersion\":\"v1\",\"metadata\":{"
                     "\"resourceVersion\":\"%.*s\",\"sequence\":%lld}}",
                     STR_ARG(history_token(a, api, api->changes)), (long long)api->app->last_seq);
}

/* Keeps connections alive, and finds those that are not. */
static void on_heartbeat(void *arg)
{
    struct api *api = arg;
    struct arena *a = arena_new();
    struct watcher *next;
    for (struct watcher *w = api->watchers; w; w = next) {
        next = w->next;
        push(w, "BOOKMARK", bookmark(a, api), history_token(a, api, api->changes));
    }
    arena_free(a);
    if (api->watchers)
        api->app->loop.ops->timer_arm(api->heartbeat, HEARTBEAT_US);
}

/* ---- the beginning: it goes with the head, so that the client gets all of it, however much it is ---- */

/* What is there now, and then the place behind it. Until that has come, the client has no place to go on
 * from: it lists again. */
static void add_present(struct call *c, struct watcher *w, struct buf *b)
{
    size_t n;
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n);
    for (size_t i = 0; i < n; i++) {
        const char *type = is_about(w, all[i]) ? type_for(w, c->a, all[i], false) : NULL;
        if (type)
            add_message(w, b, type, shown_to(w, c->a, all[i]), (struct str){0});
    }
}

struct missed {
    int64_t number; /* of the change */
    const char *type;
    struct str object;
};

static int by_number(const void *x, const void *y)
{
    const struct missed *a = x;
    const struct missed *b = y;
    return (a->number > b->number) - (a->number < b->number);
}

/* A Deployment that changed since. What the client knows of it is not known here: what it may know and
 * does not match now is DELETED to it. */
static const char *missed_type(struct watcher *w, struct arena *a, const struct entry *e,
                               int64_t since)
{
    bool is = !selects(w) || matches(w, a, e);
    if (is && selects(w))
        map_put(&w->matching, e->id, w);
    if (view_changed_at(w->api, e) <= since)
        return NULL;
    if (!is)
        return "DELETED";
    return view_born_at(w->api, e) > since ? "ADDED" : "MODIFIED";
}

static size_t missed_deletions(const struct call *c, const struct watcher *w, int64_t since,
                               struct missed *to)
{
    size_t n = 0;
    const struct tombstone *t;
    for (size_t i = 0; (t = history_tombstone(w->api, i)) != NULL; i++) {
        if (t->number <= since || !str_eq(str_of(t->namespace_name), c->namespace_name) ||
            w->only_id.len)
            continue;
        to[n++] = (struct missed){
            t->number, "DELETED",
            arena_fmt(c->a,
                      "{\"kind\":\"Deployment\",\"apiVersion\":\"v1\",\"metadata\":{\"id\":\"%s\","
                      "\"name\":\"%s\",\"namespace\":\"%s\"}}",
                      t->id, t->name, t->namespace_name)};
    }
    return n;
}

/* What has changed since, each once and as it is now, in the order of its last change. */
static void add_missed(struct call *c, struct watcher *w, int64_t since, struct buf *b)
{
    size_t n_entries;
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n_entries);
    struct missed *missed = ARENA_ARRAY(c->a, struct missed, n_entries + LIMIT_TOMBSTONES);
    size_t n = missed_deletions(c, w, since, missed);
    for (size_t i = 0; i < n_entries; i++) {
        const char *type = is_about(w, all[i]) ? missed_type(w, c->a, all[i], since) : NULL;
        if (type)
            missed[n++] =
                (struct missed){view_changed_at(w->api, all[i]), type, shown_to(w, c->a, all[i])};
    }
    qsort(missed, n, sizeof(*missed), by_number);
    for (size_t i = 0; i < n; i++)
        add_message(w, b, missed[i].type, missed[i].object,
                    history_token(c->a, w->api, missed[i].number));
}

/* Where the client was last: what a browser says when it comes back is newer than the address. */
static int read_place(const struct call *c, bool *ret_resumes, int64_t *ret, struct err *e)
{
    struct str token = request_header(c->r, STR("last-event-id"));
    if (!token.len)
        token = c->query[QUERY_RESOURCE_VERSION];
    *ret_resumes = token.len > 0;
    return *ret_resumes ? history_place(c->api, token, ret, e) : 0;
}

/* A stream has no pages and no order of its own. */
static int check_no_pages(const struct call *c, struct err *e)
{
    static const enum query pages[] = {QUERY_LIMIT, QUERY_CONTINUE, QUERY_SORT};
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        if (query_given(c, pages[i]))
            return fail_query(e, pages[i], "does not go with watch");
    return 0;
}

int watch_asked(const struct call *c, bool *ret, struct err *e)
{
    int r = query_bool(c, QUERY_WATCH, ret, e);
    *ret = *ret && !str_eq(c->r->method, STR("HEAD"));
    return r;
}

/* What the query says, copied: it outlives the call. */
static int read_query(struct call *c, struct watcher *w, struct err *e)
{
    struct list_doc list;
    struct str labels = arena_str(w->arena, c->query[QUERY_LABEL_SELECTOR]);
    if (check_no_pages(c, e) < 0 || list_begin(c, RESOURCE_DEPLOYMENT, &list, e) < 0 ||
        selector_parse(w->arena, labels, &w->labels, e) < 0)
        return -1;
    w->is_summary = list.is_summary;
    return list_selector(c, w->arena, &deployment_fields, &w->fields, e);
}

static void start(struct call *c, struct watcher *w, const struct buf *first)
{
    static const struct http_header fixed[] = {
        {{"Cache-Control", 13}, {"no-store", 8}},
        {{"X-Accel-Buffering", 17}, {"no", 2}},
    };
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        reply_header(c, fixed[i].name, fixed[i].value);
    struct http_response head = {
        .status = 200,
        .body = buf_str(first),
        .content_type = w->sse ? STR("text/event-stream") : STR("application/x-ndjson"),
        .headers = c->reply.headers,
        .n_headers = c->reply.n_headers,
    };
    c->api->requests[c->route - routes][2]++;
    c->api->server.ops->stream(w->exchange, &head, on_gone, w);
}

enum handled watch_begin(struct call *c, struct str only_id, struct err *e)
{
    bool resumes;
    int64_t since = 0;
    struct buf first = {0};
    struct watcher *w = watcher_new(c, only_id);
    if (read_query(c, w, e) < 0 || read_place(c, &resumes, &since, e) < 0) {
        watcher_free(w);
        return HANDLED_FAILED;
    }
    if (c->api->n_watchers >= LIMIT_WATCHERS) {
        watcher_free(w);
        err_set(e, ERR_TOO_MANY, "%u are watching, and no more are served", LIMIT_WATCHERS);
        return HANDLED_FAILED;
    }
    enlist(w);
    if (resumes)
        add_missed(c, w, since, &first);
    else
        add_present(c, w, &first);
    add_message(w, &first, "BOOKMARK", bookmark(c->a, c->api),
                history_token(c->a, c->api, c->api->changes));
    start(c, w, &first);
    buf_fini(&first);
    return HANDLED_LATER;
}

void watch_init(struct api *api)
{
    history_init(api);
    api->heartbeat = api->app->loop.ops->timer_new(api->app->loop.ctx, on_heartbeat, api);
}

void watch_free(struct api *api)
{
    while (api->watchers)
        end(api->watchers);
    api->app->loop.ops->timer_free(api->heartbeat);
    history_free(api);
}
