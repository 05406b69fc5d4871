/* The server side of the rig. What the test thread reads and writes is under one lock. */
#include "http_rig.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>

#include "adapt/loop_uv/loop_uv.h"
#include "base/buf.h"

#define MOST 2048

struct rig {
    struct loop loop;
    struct http_server server;
    pthread_t thread;
    /* Loop thread only. */
    struct http_exchange *held[MOST];
    int n_held;
    struct stream {
        struct rig *rig;
        struct http_exchange *x; /* NULL: over */
    } streams[MOST];
    int n_streams;
    /* Of both threads. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int held_so_far;
    int streams_so_far;
    int gone;
    int open_streams;
    int commands_done;
    int stopped;
};

/* Something for the loop thread to do; the test thread waits until it is done. */
struct command {
    struct rig *rig;
    void (*fn)(struct rig *r, struct command *c);
    struct str text;
    int result;
};

static void change(struct rig *r, int *what, int by)
{
    pthread_mutex_lock(&r->lock);
    *what += by;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

static int look(struct rig *r, const int *what)
{
    pthread_mutex_lock(&r->lock);
    int n = *what;
    pthread_mutex_unlock(&r->lock);
    return n;
}

static void wait_for(struct rig *r, const int *what, int n, const char *name)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    int rc = 0;
    pthread_mutex_lock(&r->lock);
    while (*what < n && rc == 0)
        rc = pthread_cond_timedwait(&r->changed, &r->lock, &until);
    int seen = *what;
    pthread_mutex_unlock(&r->lock);
    if (seen < n)
        fail_msg("%s: %d after 10 s, not %d", name, seen, n);
}

static void on_gone(void *arg)
{
    struct stream *s = arg;
    s->x = NULL;
    change(s->rig, &s->rig->open_streams, -1);
    change(s->rig, &s->rig->gone, 1);
}

static void start_stream(struct rig *r, struct http_exchange *x)
{
    struct http_response head = {.status = 200, .content_type = STR("text/event-stream")};
    struct stream *s = &r->streams[r->n_streams++];
    *s = (struct stream){r, x};
    change(r, &r->open_streams, 1);
    r->server.ops->stream(x, &head, on_gone, s);
    change(r, &r->streams_so_far, 1);
}

static struct str echo_of(const struct http_request *q)
{
    struct buf b = {0};
    buf_fmt(&b, "%.*s %.*s?%.*s\n", STR_ARG(q->method), STR_ARG(q->path), STR_ARG(q->query));
    for (size_t i = 0; i < q->n_headers; i++)
        buf_fmt(&b, "%.*s: %.*s\n", STR_ARG(q->headers[i].name), STR_ARG(q->headers[i].value));
    buf_fmt(&b, "\n%.*s", STR_ARG(q->body));
    struct str text = arena_str(q->arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void handle(void *arg, const struct http_request *q)
{
    struct rig *r = arg;
    struct http_header tag = {STR("X-Tag"), STR("rig")};
    struct http_response answer = {
        .status = 200, .content_type = STR("text/plain"), .headers = &tag, .n_headers = 1};
    if (str_eq(q->path, STR("/hold"))) {
        r->held[r->n_held++] = q->exchange;
        change(r, &r->held_so_far, 1);
        return;
    }
    if (str_eq(q->path, STR("/stream"))) {
        start_stream(r, q->exchange);
        return;
    }
    if (str_eq(q->path, STR("/size")))
        answer.body = arena_fmt(q->arena, "%zu", q->body.len);
    else if (str_eq(q->path, STR("/big")))
        answer.body = (struct str){arena_alloc(q->arena, 3U << 20), 3U << 20};
    else if (str_eq(q->path, STR("/empty")))
        answer.status = 204;
    else if (str_eq(q->path, STR("/bad-header")))
        tag.value = STR("two\r\nlines: 1");
    else
        answer.body = echo_of(q);
    r->server.ops->respond(q->exchange, &answer);
}

static void on_stopped(void *arg)
{
    struct rig *r = arg;
    change(r, &r->stopped, 1);
}

static void *serve(void *arg)
{
    struct rig *r = arg;
    r->loop.ops->run(r->loop.ctx);
    return NULL;
}

/* Some tests hold as many connections as a server takes, both ends of them. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

struct rig *rig_new(const struct rig_options *options)
{
    raise_descriptor_limit();
    struct rig *r = mem_alloc(sizeof(*r));
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    r->loop = loop_uv_new();
    struct http_server_config config = {
        .loop = &r->loop,
        .host = options && options->host ? str_of(options->host) : STR("127.0.0.1"),
        .handler = handle,
        .arg = r,
        .quiet_us = options ? options->quiet_us : 0,
        .request_us = options ? options->request_us : 0,
        .on_stopped = on_stopped,
    };
    struct err e = {0};
    if (http_server_new(&config, &r->server, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(pthread_create(&r->thread, NULL, serve, r), 0);
    return r;
}

static void run_command(void *arg)
{
    struct command *c = arg;
    c->fn(c->rig, c);
    change(c->rig, &c->rig->commands_done, 1);
}

static int command(struct rig *r, void (*fn)(struct rig *r, struct command *c), struct str text)
{
    struct command c = {r, fn, text, 0};
    int done = look(r, &r->commands_done);
    r->loop.ops->post(r->loop.ctx, run_command, &c);
    wait_for(r, &r->commands_done, done + 1, "commands done");
    return c.result;
}

static void do_end(struct rig *r, struct command *c)
{
    (void)c;
    const struct http_server_ops *ops = r->server.ops;
    http_server_free(&r->server);
    struct http_response late = {.status = 200};
    for (int i = 0; i < r->n_held; i++)
        ops->respond(r->held[i], &late); /* nobody hears it, and nothing leaks */
    r->loop.ops->stop(r->loop.ctx);
}

void rig_free(struct rig *r)
{
    command(r, do_end, STR(""));
    pthread_join(r->thread, NULL);
    loop_uv_free(&r->loop);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->changed);
    mem_free(r);
}

int rig_port(const struct rig *r)
{
    return r->server.ops->port(r->server.ctx);
}

static void do_release(struct rig *r, struct command *c)
{
    struct http_response answer = {.status = 200, .body = c->text};
    for (int i = 0; i < r->n_held; i++)
        r->server.ops->respond(r->held[i], &answer);
    r->n_held = 0;
}

static void do_push(struct rig *r, struct command *c)
{
    for (int i = 0; i < r->n_streams; i++) {
        struct stream *s = &r->streams[i];
        if (!s->x || r->server.ops->push(s->x, c->text))
            continue;
        r->server.ops->finish(s->x);
        s->x = NULL;
        change(r, &r->open_streams, -1);
        c->result++;
    }
}

static void do_finish(struct rig *r, struct command *c)
{
    (void)c;
    for (int i = 0; i < r->n_streams; i++) {
        if (!r->streams[i].x)
            continue;
        r->server.ops->finish(r->streams[i].x);
        r->streams[i].x = NULL;
        change(r, &r->open_streams, -1);
    }
}

static void do_stop(struct rig *r, struct command *c)
{
    (void)c;
    r->server.ops->stop(r->server.ctx);
}

void rig_release(struct rig *r, const char *body)
{
    command(r, do_release, str_of(body));
}

int rig_push(struct rig *r, const char *bytes, size_t n)
{
    return command(r, do_push, (struct str){bytes, n});
}

void rig_finish(struct rig *r)
{
    command(r, do_finish, STR(""));
}

void rig_stop(struct rig *r)
{
    command(r, do_stop, STR(""));
}

void rig_wait_held(struct rig *r, int n)
{
    wait_for(r, &r->held_so_far, n, "held exchanges");
}

void rig_wait_streams(struct rig *r, int n)
{
    wait_for(r, &r->streams_so_far, n, "streams");
}

void rig_wait_gone(struct rig *r, int n)
{
    wait_for(r, &r->gone, n, "streams that are gone");
}

void rig_wait_stopped(struct rig *r)
{
    wait_for(r, &r->stopped, 1, "stopped");
}

int rig_gone(struct rig *r)
{
    return look(r, &r->gone);
}

int rig_open_streams(struct rig *r)
{
    return look(r, &r->open_streams);
}
