/* Clients that feed a request byte by byte. The library closes a connection that is quiet; one that
 * says a little now and then would stay for ever. So each connection that owes us a request is
 * listed with the time since when, oldest first, and one timer looks at the head of the list. */
#include <sys/socket.h>
#include <time.h>

#include "adapt/http_server/server_internal.h"

static int64_t now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void peer_unlist(struct server *s, struct peer *p)
{
    if (!p->is_listed)
        return;
    if (p->prev)
        p->prev->next = p->next;
    else
        s->first_peer = p->next;
    if (p->next)
        p->next->prev = p->prev;
    else
        s->last_peer = p->prev;
    p->is_listed = false;
}

static void peer_list(struct server *s, struct peer *p)
{
    p->since_us = now_us();
    p->is_listed = true;
    p->next = NULL;
    p->prev = s->last_peer;
    if (p->prev) {
        p->prev->next = p;
        s->last_peer = p;
        return;
    }
    s->first_peer = p;
    s->last_peer = p;
    s->loop.ops->timer_arm(s->sweep, s->request_us);
}

/* Ends the oldest, and comes again when the next could be due. */
static void sweep(void *arg)
{
    struct server *s = arg;
    int64_t now = now_us();
    while (s->first_peer && s->first_peer->since_us + s->request_us <= now) {
        struct peer *p = s->first_peer;
        peer_unlist(s, p);
        shutdown(p->fd, SHUT_RDWR); /* the library sees it as closed by the client */
    }
    if (s->first_peer)
        s->loop.ops->timer_arm(s->sweep, s->first_peer->since_us + s->request_us - now);
}

static struct peer *peer_of(struct MHD_Connection *conn)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info->socket_context;
}

void peer_is_served(struct server *s, struct MHD_Connection *conn)
{
    peer_unlist(s, peer_of(conn));
}

void peer_waits(struct server *s, struct MHD_Connection *conn)
{
    struct peer *p = peer_of(conn);
    if (!p->is_listed)
        peer_list(s, p);
}

void peer_notify(void *server, struct MHD_Connection *conn, void **peer,
                 enum MHD_ConnectionNotificationCode what)
{
    struct server *s = server;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        struct peer *p = mem_alloc(sizeof(*p));
        p->fd = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        peer_list(s, p);
        *peer = p;
    } else {
        peer_unlist(s, *peer);
        mem_free(*peer);
        *peer = NULL;
        /* At its limit the library accepts again only in the run after the one that closed. */
        server_run_soon(s);
    }
}

void peers_init(struct server *s)
{
    s->sweep = s->loop.ops->timer_new(s->loop.ctx, sweep, s);
}

void peers_fini(struct server *s)
{
    s->loop.ops->timer_free(s->sweep);
}
