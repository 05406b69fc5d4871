#include "api_ports.h"

#include "record.h"

/* ---- answers on their way ---- */

struct queued *enqueue(void (*deliver)(struct queued *q), void (*fn)(void), void *arg)
{
    struct queued *q = mem_alloc(sizeof(*q));
    q->deliver = deliver;
    q->fn = fn;
    q->arg = arg;
    if (world->last)
        world->last->next = q;
    else
        world->first = q;
    world->last = q;
    return q;
}

void world_settle(void)
{
    while (world->first) {
        struct queued *q = world->first;
        world->first = q->next;
        if (!world->first)
            world->last = NULL;
        q->deliver(q);
        mem_free(q);
    }
}

void world_pass(int64_t us)
{
    int64_t end = world->mono + us;
    for (;;) {
        struct loop_timer *next = NULL;
        world_settle();
        for (struct loop_timer *t = world->timers; t; t = t->next)
            if (t->due && t->due <= end && (!next || t->due < next->due))
                next = t;
        if (!next)
            break;
        if (next->due > world->mono)
            world->mono = next->due;
        next->due = 0;
        next->fn(next->arg);
    }
    world->mono = end;
}

/* ---- loop, clock ---- */

static struct loop_timer *timer_new(void *ctx, void (*fn)(void *arg), void *arg)
{
    struct loop_timer *t = mem_alloc(sizeof(*t));
    (void)ctx;
    t->fn = fn;
    t->arg = arg;
    t->next = world->timers;
    world->timers = t;
    return t;
}

static void timer_arm(struct loop_timer *t, int64_t delay_us)
{
    t->due = world->mono + (delay_us > 0 ? delay_us : 1);
}

static void timer_disarm(struct loop_timer *t)
{
    t->due = 0;
}

static void timer_free(struct loop_timer *t)
{
    struct loop_timer **at = &world->timers;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    mem_free(t);
}

struct loop ports_loop(void)
{
    static const struct loop_ops ops = {
        .timer_new = timer_new,
        .timer_arm = timer_arm,
        .timer_disarm = timer_disarm,
        .timer_free = timer_free,
    };
    return (struct loop){&ops, NULL};
}

static int64_t mono_us(void *ctx)
{
    (void)ctx;
    return world->mono;
}

static int64_t wall_us(void *ctx)
{
    (void)ctx;
    return INT64_C(1795000000000000) + world->mono;
}

static void random_bytes(void *ctx, void *ret, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        world->randomness = world->randomness * 6364136223846793005ULL + 1442695040888963407ULL;
        ((uint8_t *)ret)[i] = (uint8_t)(world->randomness >> 56);
    }
}

struct clock ports_clock(void)
{
    static const struct clock_ops ops = {mono_us, wall_us, random_bytes};
    return (struct clock){&ops, NULL};
}

/* ---- a machine on which nothing runs ---- */

typedef void inventory_fn(void *arg, const struct platform_inventory *i);
typedef void result_fn(void *arg, const struct platform_result *r);

static void deliver_inventory(struct queued *q)
{
    struct platform_inventory nothing = {.outcome = OUTCOME_DONE};
    ((inventory_fn *)q->fn)(q->arg, &nothing);
}

static void inventory(void *ctx, struct str id, inventory_fn *fn, void *arg)
{
    (void)ctx;
    (void)id;
    enqueue(deliver_inventory, (void (*)(void))fn, arg);
}

static void deliver_logs(struct queued *q)
{
    bool there = str_eq(q->text, STR("jobmanager"));
    struct platform_result r = {.outcome = there ? OUTCOME_DONE : OUTCOME_REFUSED,
                                .text = there ? STR("line 1\nline 2\n") : STR("no such process")};
    ((result_fn *)q->fn)(q->arg, &r);
}

/* NOLINTNEXTLINE(readability-function-size): the port has these parameters */
static void logs(void *ctx, struct str id, int64_t attempt, struct str process, int64_t most,
                 result_fn *fn, void *arg)
{
    (void)ctx;
    (void)id;
    (void)most;
    bool ran = attempt == 1; /* no other attempt of these stories has processes */
    enqueue(deliver_logs, (void (*)(void))fn, arg)->text =
        ran ? arena_str(story_arena, process) : STR("");
}

struct platform ports_platform(void)
{
    static const struct platform_ops ops = {.inventory = inventory, .logs = logs};
    return (struct platform){&ops, NULL};
}

typedef void checkpoints_fn(void *arg, const struct flink_checkpoints *c);

static void deliver_checkpoints(struct queued *q)
{
    ((checkpoints_fn *)q->fn)(q->arg, &world->flink_stats);
}

static void checkpoints(void *ctx, struct str url, struct str job_id, checkpoints_fn *fn, void *arg)
{
    (void)ctx;
    (void)url;
    (void)job_id;
    enqueue(deliver_checkpoints, (void (*)(void))fn, arg);
}

struct flink ports_flink(void)
{
    static const struct flink_ops ops = {.checkpoints = checkpoints};
    return (struct flink){&ops, NULL};
}

/* ---- storage: what the location says ---- */

typedef void verify_fn(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                       struct str text);

static enum outcome storage_outcome(struct str location)
{
    return str_contains(location, STR("absent")) ? OUTCOME_REFUSED
           : str_contains(location, STR("s3:"))  ? OUTCOME_UNKNOWN
                                                 : OUTCOME_DONE;
}

static void deliver_verify(struct queued *q)
{
    bool broken = str_contains(q->text, STR("broken"));
    struct snapshot_sight s = {
        .location = q->text,
        .verified = broken ? VERIFIED_BROKEN : VERIFIED_FULL,
        .text = broken ? STR("a file is missing") : STR("every file is there"),
        .checkpoint_id = 7,
        .metadata_version = 4,
        .size_bytes = 1234,
        .modified_at = INT64_C(1700000000000000),
    };
    ((verify_fn *)q->fn)(q->arg, storage_outcome(q->text), &s, STR("said by storage"));
}

static void verify(void *ctx, struct str location, verify_fn *fn, void *arg)
{
    (void)ctx;
    enqueue(deliver_verify, (void (*)(void))fn, arg)->text = arena_str(story_arena, location);
}

typedef void read_fn(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                     const struct flink_metadata *m, struct str text);

/* One operator with state and one without. */
static void deliver_read(struct queued *q)
{
    struct flink_operator operators[] = {
        {.id = "ca88eee0095684d687a1b6495617f957", .max_parallelism = 128, .has_state = true},
        {.id = "2e588ce1c86a9d46e2e85186773ce4fd", .max_parallelism = 128},
    };
    const struct flink_metadata m = {.version = 4, .operators = operators, .n_operators = 2};
    bool broken = str_contains(q->text, STR("broken"));
    const struct snapshot_sight s = {.verified = broken ? VERIFIED_BROKEN : VERIFIED_FULL};
    enum outcome outcome = storage_outcome(q->text);
    bool done = outcome == OUTCOME_DONE;
    ((read_fn *)q->fn)(q->arg, outcome, done ? &s : NULL, done && !broken ? &m : NULL,
                       STR("said by storage"));
}

static void read_snapshot(void *ctx, struct str location, read_fn *fn, void *arg)
{
    (void)ctx;
    enqueue(deliver_read, (void (*)(void))fn, arg)->text = arena_str(story_arena, location);
}

typedef void removed_fn(void *arg, enum outcome outcome, struct str text);

static void deliver_removed(struct queued *q)
{
    ((removed_fn *)q->fn)(q->arg, OUTCOME_DONE, STR("is removed"));
}

static void remove_snapshot(void *ctx, struct str location, removed_fn *fn, void *arg)
{
    (void)ctx;
    (void)location;
    enqueue(deliver_removed, (void (*)(void))fn, arg);
}

struct snapshots ports_snapshots(void)
{
    static const struct snapshots_ops ops = {
        .verify = verify, .read = read_snapshot, .remove = remove_snapshot};
    return (struct snapshots){&ops, NULL};
}

typedef void fetch_fn(void *arg, const struct artifact_sight *s);

/* No answer ever: a Deployment that should run waits. */
static void fetch(void *ctx, const struct artifact_request *what, fetch_fn *fn, void *arg)
{
    (void)ctx;
    (void)what;
    (void)fn;
    (void)arg;
}

static void keep_only(void *ctx, struct str_list sha256s)
{
    (void)ctx;
    (void)sha256s;
}

struct artifacts ports_artifacts(void)
{
    static const struct artifacts_ops ops = {.fetch = fetch, .keep_only = keep_only};
    return (struct artifacts){&ops, NULL};
}

/* ---- server ---- */

static void keep_headers(struct http_exchange *x, const struct http_response *r)
{
    x->answer_headers = ARENA_ARRAY(story_arena, struct http_header, r->n_headers);
    x->n_answer_headers = r->n_headers;
    for (size_t i = 0; i < r->n_headers; i++)
        x->answer_headers[i] = (struct http_header){arena_str(story_arena, r->headers[i].name),
                                                    arena_str(story_arena, r->headers[i].value)};
}

static void respond(struct http_exchange *x, const struct http_response *r)
{
    assert_false(x->answered);
    assert_false(x->streams);
    x->answered = true;
    x->status = r->status;
    x->body = arena_str(story_arena, r->body);
    x->type = arena_str(story_arena, r->content_type);
    keep_headers(x, r);
    record_exchange(x);
    /* The request is over: whoever still uses its memory is found by the sanitizer. */
    arena_free(x->arena);
    x->arena = NULL;
}

static void stream(struct http_exchange *x, const struct http_response *head,
                   void (*on_gone)(void *arg), void *arg)
{
    assert_false(x->answered);
    x->streams = x->answered = true;
    x->status = head->status;
    x->type = arena_str(story_arena, head->content_type);
    keep_headers(x, head);
    buf_add(&x->stream, head->body);
    x->on_gone = on_gone;
    x->gone_arg = arg;
}

static bool push(struct http_exchange *x, struct str bytes)
{
    assert_false(x->finished);
    if (!x->slow)
        buf_add(&x->stream, bytes);
    return !x->slow;
}

static void finish(struct http_exchange *x)
{
    assert_false(x->finished);
    x->finished = true;
}

struct http_server ports_server(void)
{
    static const struct http_server_ops ops = {
        .respond = respond, .stream = stream, .push = push, .finish = finish};
    return (struct http_server){&ops, NULL};
}

int ports_exchange(void)
{
    assert_true(world->n_exchanges < MOST_EXCHANGES);
    struct http_exchange *x = mem_alloc(sizeof(*x));
    x->arena = arena_new();
    world->exchanges[world->n_exchanges] = x;
    return world->n_exchanges++;
}

void ports_free(void)
{
    for (int i = 0; i < world->n_exchanges; i++) {
        if (world->exchanges[i]->streams)
            record_exchange(world->exchanges[i]);
        arena_free(world->exchanges[i]->arena);
        buf_fini(&world->exchanges[i]->stream);
        mem_free(world->exchanges[i]);
    }
    while (world->first) {
        struct queued *q = world->first;
        world->first = q->next;
        mem_free(q);
    }
}
