/* A store that does as it is told, and has what the tests ask it for. */
#include "api_ports.h"

#include "shell/replies.h"

typedef void commit_fn(void *arg, const struct store_result *r);
typedef void events_fn(void *arg, const struct store_row *rows, size_t n, const struct err *e);

void store_says(enum store_outcome outcome)
{
    world->store_outcome = outcome;
}

int64_t store_commits(void)
{
    return world->commits;
}

void revisions_are_lost(void)
{
    world->n_revisions = 0;
}

static void deliver_commit(struct queued *q)
{
    struct store_result r = {(enum store_outcome)q->number, STR("the test said so")};
    ((commit_fn *)q->fn)(q->arg, &r);
}

static void keep_event(const struct store_row *row)
{
    struct arena *a = world->app.arena;
    if (world->n_events < MOST_EVENTS)
        world->events[world->n_events++] =
            (struct stored_event){arena_str(a, row->owner), arena_str(a, row->body), row->seq};
}

static void drop_revisions(const struct store_write *w)
{
    size_t left = 0;
    for (size_t i = 0; i < world->n_revisions; i++) {
        const struct store_row *row = &world->revisions[i];
        bool goes = w->kind == STORE_DELETE_OWNED ? str_eq(row->owner, w->row.owner)
                                                  : str_eq(row->id, w->row.id);
        if (!goes)
            world->revisions[left++] = *row;
    }
    world->n_revisions = left;
}

static void keep_revision(const struct store_write *w)
{
    struct arena *a = world->app.arena;
    if (w->kind != STORE_PUT) {
        drop_revisions(w);
        return;
    }
    assert_true(world->n_revisions < MOST_REVISIONS);
    struct store_row *row = &world->revisions[world->n_revisions++];
    *row = w->row;
    row->id = arena_str(a, w->row.id);
    row->owner = arena_str(a, w->row.owner);
    row->body = arena_str(a, w->row.body);
}

static void keep_reply(const struct store_write *w)
{
    struct arena *a = world->app.arena;
    size_t n = 0;
    for (size_t i = 0; i < world->n_replies; i++)
        if (w->kind == STORE_PUT || !str_eq(world->replies[i].owner, w->row.owner))
            world->replies[n++] = world->replies[i];
    world->n_replies = n;
    if (w->kind != STORE_PUT)
        return;
    for (size_t i = 0; i < n; i++)
        assert_false(str_eq(world->replies[i].id, w->row.id));
    assert_true(n < MOST_REPLIES);
    world->replies[world->n_replies++] = (struct stored_reply){
        arena_str(a, w->row.id), arena_str(a, w->row.owner), arena_str(a, w->row.body)};
}

static void note_commit(const struct store_write *writes, size_t n)
{
    struct buf b = {0};
    for (size_t i = 0; i < n; i++)
        if (writes[i].row.table != STORE_EVENT)
            buf_fmt(&b, "%s%d", b.len ? " " : "", (int)writes[i].row.table);
    world->last_commit = arena_str(world->app.arena, buf_str(&b));
    buf_fini(&b);
}

void daemon_forgets_replies(void)
{
    struct app *app = &world->app;
    struct err e = {0};
    replies_free(app);
    app->replies = NULL;
    app->reply_bytes = 0;
    for (size_t i = 0; i < world->n_replies; i++) {
        struct store_row row = {.table = STORE_REPLY,
                                .id = world->replies[i].id,
                                .owner = world->replies[i].owner,
                                .version = 1,
                                .body = world->replies[i].body};
        assert_int_equal(replies_load(app, &row, &e), 0);
    }
}

static void commit(void *ctx, const struct store_write *writes, size_t n, commit_fn *fn, void *arg)
{
    (void)ctx;
    enqueue(deliver_commit, (void (*)(void))fn, arg)->number = world->store_outcome;
    if (world->store_outcome != STORE_DONE)
        return;
    world->commits++;
    note_commit(writes, n);
    for (size_t i = 0; i < n; i++) {
        if (writes[i].row.table == STORE_REPLY)
            keep_reply(&writes[i]);
        if (writes[i].kind == STORE_PUT && writes[i].row.table == STORE_EVENT)
            keep_event(&writes[i].row);
        if (writes[i].row.table == STORE_REVISION)
            keep_revision(&writes[i]);
    }
}

static void deliver_events(struct queued *q)
{
    static struct store_row rows[MOST_EVENTS];
    size_t n = 0;
    for (size_t i = 0; i < world->n_events; i++) {
        const struct stored_event *e = &world->events[i];
        if (e->seq > q->number && (!q->owner.len || str_eq(e->owner, q->owner)))
            rows[n++] = (struct store_row){.table = STORE_EVENT, .seq = e->seq, .body = e->body};
    }
    size_t taken = n < q->limit ? n : q->limit;
    ((events_fn *)q->fn)(q->arg, q->oldest ? rows : rows + n - taken, taken, NULL);
}

static void events(void *ctx, const struct store_event_query *query, events_fn *fn, void *arg)
{
    (void)ctx;
    struct queued *q = enqueue(deliver_events, (void (*)(void))fn, arg);
    q->number = query->after_seq;
    q->owner = query->owner;
    q->limit = query->limit;
    q->oldest = query->oldest;
}

static void deliver_revisions(struct queued *q)
{
    struct store_row rows[MOST_REVISIONS];
    size_t n = 0;
    for (size_t i = 0; i < world->n_revisions; i++)
        if (str_eq(world->revisions[i].owner, q->owner))
            rows[n++] = world->revisions[i];
    ((events_fn *)q->fn)(q->arg, rows, n, NULL);
}

static void owned(void *ctx, enum store_table table, struct str owner, events_fn *fn, void *arg)
{
    (void)ctx;
    assert_int_equal(table, STORE_REVISION);
    enqueue(deliver_revisions, (void (*)(void))fn, arg)->owner = owner;
}

static void stats(void *ctx, int64_t *bytes, int64_t *commits, int64_t *groups)
{
    (void)ctx;
    *bytes = 4096;
    *commits = *groups = world->commits;
}

struct store ports_store(void)
{
    static const struct store_ops ops = {
        .commit = commit, .events = events, .owned = owned, .stats = stats};
    return (struct store){&ops, NULL};
}
