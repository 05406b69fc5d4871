/* See client_world.h. */
#include "client_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "adapt/loop_uv/loop_uv.h"

static void fail_late(void *arg)
{
    (void)arg;
    fail_msg("no answer within 20 s");
}

static struct str echo_of(const struct http_request *q)
{
    struct buf b = {0};
    buf_fmt(&b, "%.*s %.*s\n", STR_ARG(q->method), STR_ARG(q->path));
    for (size_t i = 0; i < q->n_headers; i++)
        buf_fmt(&b, "%.*s: %.*s\n", STR_ARG(q->headers[i].name), STR_ARG(q->headers[i].value));
    buf_fmt(&b, "\n%.*s", STR_ARG(q->body));
    struct str text = arena_str(q->arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void handle(void *arg, const struct http_request *q)
{
    struct world *w = arg;
    w->n_requests++;
    struct http_header to = {STR("Location"), STR("/end")};
    const struct http_header tags[] = {{STR("ETag"), STR("\"v 1\"")},
                                       {STR("Last-Modified"), STR("a day ago")}};
    struct http_response r = {.status = 200, .content_type = STR("text/plain")};
    if (str_eq(q->path, STR("/hold"))) {
        w->held[w->n_held++] = q->exchange;
        return;
    }
    if (str_eq(q->path, STR("/loop")))
        to.value = STR("/loop");
    if (str_eq(q->path, STR("/file")))
        to.value = STR("file:///etc/hostname");
    if (str_eq(q->path, STR("/move")) || str_eq(q->path, STR("/loop")) ||
        str_eq(q->path, STR("/file"))) {
        r.status = 302;
        r.body = STR("over there");
        r.headers = &to;
        r.n_headers = 1;
    } else if (str_eq(q->path, STR("/fail"))) {
        r.status = 500;
        r.body = STR("broken");
    } else if (str_eq(q->path, STR("/big"))) {
        r.body = (struct str){arena_alloc(q->arena, 1U << 20), 1U << 20};
    } else if (str_eq(q->path, STR("/tagged"))) {
        r.body = echo_of(q);
        r.headers = tags;
        r.n_headers = 2;
    } else {
        r.body = echo_of(q);
    }
    w->server.ops->respond(q->exchange, &r);
}

int world_set_up(void **state)
{
    struct world *w = mem_alloc(sizeof(*w));
    w->loop = loop_uv_new();
    w->client = http_client_new(&w->loop);
    struct http_server_config config = {
        .loop = &w->loop, .host = STR("127.0.0.1"), .handler = handle, .arg = w};
    struct err e = {0};
    assert_int_equal(http_server_new(&config, &w->server, &e), 0);
    w->port = w->server.ops->port(w->server.ctx);
    w->deadline = w->loop.ops->timer_new(w->loop.ctx, fail_late, NULL);
    w->loop.ops->timer_arm(w->deadline, 20 * SECOND);
    *state = w;
    return 0;
}

int world_tear_down(void **state)
{
    struct world *w = *state;
    const struct http_server_ops *ops = w->server.ops;
    if (w->client.ctx)
        http_client_free(&w->client);
    http_server_free(&w->server);
    for (int i = 0; i < w->n_held; i++)
        ops->respond(w->held[i], &(struct http_response){.status = 200});
    w->loop.ops->timer_free(w->deadline);
    loop_uv_free(&w->loop);
    buf_fini(&w->body);
    mem_free(w);
    return 0;
}

static void on_answer(void *arg, const struct http_answer *a)
{
    struct world *w = arg;
    assert_false(w->in_send);
    w->answer = *a;
    buf_clear(&w->body);
    buf_add(&w->body, a->body);
    snprintf(w->text, sizeof(w->text), "%.*s", STR_ARG(a->text));
    snprintf(w->type, sizeof(w->type), "%.*s", STR_ARG(a->content_type));
    snprintf(w->etag, sizeof(w->etag), "%.*s", STR_ARG(a->etag));
    snprintf(w->last_modified, sizeof(w->last_modified), "%.*s", STR_ARG(a->last_modified));
    if (++w->n_answers == w->awaited)
        w->loop.ops->stop(w->loop.ctx);
}

void world_send(struct world *w, const struct http_call *call)
{
    w->in_send = true;
    w->client.ops->send(w->client.ctx, call, on_answer, w);
    w->in_send = false;
    w->awaited++;
}

struct str world_url(int port, const char *path)
{
    static char text[256];
    snprintf(text, sizeof(text), "http://127.0.0.1:%d%s", port, path);
    return str_of(text);
}

struct http_call world_get(const struct world *w, const char *path)
{
    return (struct http_call){.method = "GET",
                              .url = world_url(w->port, path),
                              .timeout_us = 10 * SECOND,
                              .most_bytes = 2U << 20,
                              .to_fd = -1};
}

void world_run(struct world *w)
{
    w->loop.ops->run(w->loop.ctx);
    assert_int_equal(w->n_answers, w->awaited);
}

/* Sends it and waits for the answer. */
void world_call(struct world *w, const struct http_call *call)
{
    world_send(w, call);
    world_run(w);
}

void assert_unknown(const struct world *w, const char *why)
{
    assert_int_equal(w->answer.outcome, OUTCOME_UNKNOWN);
    if (!strstr(w->text, why))
        fail_msg("no '%s' in: %s", why, w->text);
}
