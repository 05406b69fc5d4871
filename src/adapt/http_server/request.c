/* A request on its way in. A refusal waits until the body was read (and dropped), since a client that
 * is cut off while it sends often does not read why; where that would take too long, or where the
 * body ends cannot be trusted, it comes at once and the connection is closed. */
#include "adapt/http_server/server_internal.h"
#include "base/limits.h"

/* Called with the raw target, before the library cuts it up. */
void *request_begin(void *server, const char *target, struct MHD_Connection *conn)
{
    struct http_exchange *x = exchange_new(server, conn);
    if (target) {
        x->target = arena_str(x->arena, str_of(target));
        x->target_end = target + x->target.len;
    }
    return x;
}

static enum MHD_Result take_body(struct http_exchange *x, struct str part)
{
    x->n_received += part.len;
    if (x->n_received > LIMIT_REQUEST_BODY && x->refusal == REFUSE_NOTHING) {
        x->refusal = REFUSE_BODY_SIZE;
        buf_fini(&x->body);
    }
    if (x->n_received > DISCARD_MOST) {
        refuse_raw(x, x->refusal);
        return MHD_NO;
    }
    if (x->refusal == REFUSE_NOTHING)
        buf_add(&x->body, part);
    return MHD_YES;
}

static enum MHD_Result hand_over(struct http_exchange *x)
{
    if (x->refusal != REFUSE_NOTHING)
        return refuse(x, x->refusal);
    struct server *s = x->server;
    peer_is_served(s, x->conn);
    x->request.body = buf_str(&x->body);
    x->is_owed = true;
    s->handler(s->arg, &x->request);
    if (x->is_owed) {
        MHD_suspend_connection(x->conn);
        x->is_suspended = true;
    }
    return MHD_YES;
}

/* NOLINTNEXTLINE(readability-function-size): the library wants these parameters */
enum MHD_Result request_more(void *server, struct MHD_Connection *conn, const char *url,
                             const char *method, const char *version, const char *body,
                             size_t *n_body, void **exchange)
{
    (void)server;
    (void)conn;
    (void)url;
    struct http_exchange *x = *exchange;
    if (!x->is_read) {
        x->is_read = true;
        return head_take(x, method, version) ? MHD_YES : refuse(x, x->refusal);
    }
    if (*n_body) {
        size_t n = *n_body;
        *n_body = 0;
        return take_body(x, (struct str){body, n});
    }
    return hand_over(x);
}
