/* The server: libmicrohttpd without threads, its epoll set watched by the loop. After each run the
 * library says when it wants to be run at the latest; forgetting that stalls connections. */
#include "adapt/http_server/http_server.h"

#include <unistd.h>

#include "adapt/http_server/server_internal.h"
#include "base/limits.h"

#define QUIET_US   30000000
#define REQUEST_US 60000000

static void run_library(struct server *s)
{
    s->is_due = false;
    MHD_run(s->mhd);
    MHD_UNSIGNED_LONG_LONG ms = 0;
    if (s->is_due)
        s->loop.ops->timer_arm(s->timer, 0);
    else if (MHD_get_timeout(s->mhd, &ms) == MHD_YES)
        s->loop.ops->timer_arm(s->timer, (int64_t)ms * 1000);
    else
        s->loop.ops->timer_disarm(s->timer);
}

void server_run_soon(struct server *s)
{
    if (s->is_due)
        return;
    s->is_due = true;
    s->loop.ops->timer_arm(s->timer, 0);
}

static void on_readable(void *arg, int events)
{
    (void)events;
    run_library(arg);
}

static void on_time(void *arg)
{
    run_library(arg);
}

static void on_completed(void *arg, struct MHD_Connection *conn, void **exchange,
                         enum MHD_RequestTerminationCode code)
{
    (void)code;
    struct server *s = arg;
    struct http_exchange *x = *exchange;
    if (!x)
        return;
    *exchange = NULL;
    peer_waits(s, conn);
    exchange_over(x);
    if (s->stopping && s->n_open == 0)
        s->loop.ops->timer_arm(s->drain, 0);
}

/* The path is decoded here, once, from the target as it came (target.c). */
static size_t leave_as_is(void *arg, struct MHD_Connection *conn, char *text)
{
    (void)arg;
    (void)conn;
    return strlen(text);
}

static struct MHD_Daemon *start_library(struct server *s, int fd, int64_t quiet_us)
{
    /* No MHD_USE_ERROR_LOG: it writes a line to standard error for every client that leaves. */
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, request_more, s,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, request_begin, s,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_as_is, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        s, MHD_OPTION_NOTIFY_CONNECTION, peer_notify, s, MHD_OPTION_CONNECTION_LIMIT,
        LIMIT_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)((quiet_us + 999999) / 1000000), MHD_OPTION_END);
}

/* Ends what is left and tells on_stopped. The library aborts when it is stopped with suspended
 * connections, so they are resumed first; they are closed before they do anything. */
static void shut_down(struct server *s)
{
    if (!s->mhd)
        return;
    for (struct http_exchange *x = s->exchanges; x; x = x->next)
        exchange_end_stream(x);
    s->loop.ops->watch_free(s->watch);
    struct MHD_Daemon *mhd = s->mhd;
    s->mhd = NULL;
    MHD_stop_daemon(mhd);
    s->loop.ops->timer_disarm(s->timer);
    s->loop.ops->timer_disarm(s->drain);
    if (s->on_stopped)
        s->on_stopped(s->arg);
}

static void on_drained(void *arg)
{
    shut_down(arg);
}

static int port(void *ctx)
{
    const struct server *s = ctx;
    return s->port;
}

static void stop(void *ctx)
{
    struct server *s = ctx;
    if (s->stopping)
        return;
    s->stopping = true;
    close(MHD_quiesce_daemon(s->mhd));
    for (struct http_exchange *x = s->exchanges; x; x = x->next) {
        if (x->is_stream)
            exchange_end_stream(x);
    }
    s->loop.ops->timer_arm(s->drain, s->n_open ? DRAIN_US : 0);
}

static const struct http_server_ops OPS = {
    .respond = exchange_respond,
    .stream = exchange_stream,
    .push = exchange_push,
    .finish = exchange_finish,
    .port = port,
    .stop = stop,
};

static void server_free(struct server *s)
{
    exchange_forget_spares(s);
    refusals_fini(s);
    peers_fini(s);
    s->loop.ops->timer_free(s->timer);
    s->loop.ops->timer_free(s->drain);
    mem_free(s);
}

int http_server_new(const struct http_server_config *config, struct http_server *ret, struct err *e)
{
    int fd = listen_on(config->host, config->port, e);
    if (fd < 0)
        return -1;
    struct server *s = mem_alloc(sizeof(*s));
    s->loop = *config->loop;
    s->handler = config->handler;
    s->arg = config->arg;
    s->on_stopped = config->on_stopped;
    s->port = port_of(fd);
    s->on_loopback = is_on_loopback(fd);
    s->request_us = config->request_us ? config->request_us : REQUEST_US;
    s->timer = s->loop.ops->timer_new(s->loop.ctx, on_time, s);
    s->drain = s->loop.ops->timer_new(s->loop.ctx, on_drained, s);
    peers_init(s);
    refusals_init(s);
    s->mhd = start_library(s, fd, config->quiet_us ? config->quiet_us : QUIET_US);
    if (!s->mhd) {
        close(fd);
        server_free(s);
        return err_set(e, ERR_UNAVAILABLE, "the HTTP server cannot be set up");
    }
    int epoll_fd = MHD_get_daemon_info(s->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    s->watch = s->loop.ops->watch_new(s->loop.ctx, epoll_fd, on_readable, s);
    s->loop.ops->watch_set(s->watch, LOOP_READ);
    run_library(s); /* puts the listening socket into the set */
    *ret = (struct http_server){&OPS, s};
    return 0;
}

void http_server_free(struct http_server *server)
{
    struct server *s = server->ctx;
    s->on_stopped = NULL;
    shut_down(s);
    server_free(s);
    *server = (struct http_server){0};
}
