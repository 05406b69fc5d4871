/* The loop side: curl says which sockets and which time to watch, the loop says when. */
#include "adapt/http_client/http_client.h"

#include <stdio.h>
#include <stdlib.h>

#include "adapt/http_client/client_internal.h"
#include "base/arena.h"

#define MOST_SPARE 64U

struct sock {
    struct client *client;
    curl_socket_t fd;
    struct loop_watch *watch;
};

static void unlink_call(struct client *c, struct call *call)
{
    if (call->prev)
        call->prev->next = call->next;
    else
        c->calls = call->next;
    if (call->next)
        call->next->prev = call->prev;
}

static void finish(struct client *c, struct call *call, CURLcode code)
{
    curl_multi_remove_handle(c->multi, call->easy);
    unlink_call(c, call);
    call_answer(call, code);
    if (c->n_spare >= MOST_SPARE || c->closing) {
        call_free(call);
        return;
    }
    call_recycle(call);
    call->next = c->spare;
    c->spare = call;
    c->n_spare++;
}

static void finish_ready(struct client *c)
{
    int left = 0;
    for (CURLMsg *m; (m = curl_multi_info_read(c->multi, &left));) {
        if (m->msg != CURLMSG_DONE)
            continue;
        struct call *call = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        finish(c, call, m->data.result);
    }
}

static void on_socket(void *arg, int events)
{
    struct sock *s = arg;
    struct client *c = s->client;
    int bits = 0;
    if (events & LOOP_READ)
        bits |= CURL_CSELECT_IN;
    if (events & LOOP_WRITE)
        bits |= CURL_CSELECT_OUT;
    int running = 0;
    curl_multi_socket_action(c->multi, s->fd, bits, &running); /* s may be gone after it */
    finish_ready(c);
}

static void on_timer(void *arg)
{
    struct client *c = arg;
    int running = 0;
    curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish_ready(c);
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *of_socket)
{
    (void)easy;
    struct client *c = arg;
    struct sock *s = of_socket;
    const struct loop_ops *loop = c->loop.ops;
    if (what == CURL_POLL_REMOVE) {
        if (s) {
            loop->watch_free(s->watch);
            mem_free(s);
        }
        return 0;
    }
    if (!s) {
        s = mem_alloc(sizeof(*s));
        s->client = c;
        s->fd = fd;
        s->watch = loop->watch_new(c->loop.ctx, fd, on_socket, s);
        curl_multi_assign(c->multi, fd, s);
    }
    int events = 0;
    if (what & CURL_POLL_IN)
        events |= LOOP_READ;
    if (what & CURL_POLL_OUT)
        events |= LOOP_WRITE;
    loop->watch_set(s->watch, events);
    return 0;
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
    (void)multi;
    struct client *c = arg;
    if (ms < 0)
        c->loop.ops->timer_disarm(c->timer);
    else
        c->loop.ops->timer_arm(c->timer, (int64_t)ms * 1000);
    return 0;
}

static void send_call(void *ctx, const struct http_call *what,
                      void (*fn)(void *arg, const struct http_answer *answer), void *arg)
{
    struct client *c = ctx;
    if (c->closing)
        return;
    struct call *call = c->spare;
    if (call) {
        c->spare = call->next;
        c->n_spare--;
    } else {
        call = call_new(c);
    }
    call->fn = fn;
    call->arg = arg;
    call_prepare(call, what);
    call->prev = NULL;
    call->next = c->calls;
    if (c->calls)
        c->calls->prev = call;
    c->calls = call;
    curl_multi_add_handle(c->multi, call->easy); /* only sets the timer */
}

struct http_client http_client_new(const struct loop *loop)
{
    static const struct http_client_ops OPS = {send_call};
    struct client *c = mem_alloc(sizeof(*c));
    c->loop = *loop;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(c->multi = curl_multi_init())) {
        fputs("sluice: the HTTP client cannot be set up\n", stderr);
        abort();
    }
    c->timer = loop->ops->timer_new(loop->ctx, on_timer, c);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
    curl_multi_setopt(c->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)CONNECTIONS);
    return (struct http_client){&OPS, c};
}

void http_client_free(struct http_client *client)
{
    struct client *c = client->ctx;
    c->closing = true;
    while (c->calls) {
        struct call *call = c->calls;
        snprintf(call->error, sizeof(call->error), "given up: this program is ending");
        finish(c, call, CURLE_ABORTED_BY_CALLBACK);
    }
    while (c->spare) {
        struct call *next = c->spare->next;
        call_free(c->spare);
        c->spare = next;
    }
    curl_multi_cleanup(c->multi);
    c->loop.ops->timer_free(c->timer);
    curl_global_cleanup();
    mem_free(c);
    *client = (struct http_client){0};
}
