/* One request and its answer. It lives while the library holds the connection for it or the handler
 * owes it an answer, whichever is longer; then it is kept for the next request, with its memory. */
#include <assert.h>
#include <errno.h>
#include <sys/socket.h>

#include "adapt/http_server/server_internal.h"

#define MOST_SPARE 64U
/* A buffer that grew beyond this is not kept for the next request. */
#define SPARE_BUFFER (64U << 10)
#define STREAM_BLOCK 4096U /* only for HTTP/1.0; chunks are made in the connection's memory */

static void keep_or_free(struct buf *b)
{
    if (b->cap > SPARE_BUFFER)
        buf_fini(b);
    else
        buf_clear(b);
}

static void exchange_free(struct http_exchange *x)
{
    arena_free(x->arena);
    buf_fini(&x->body);
    buf_fini(&x->out);
    mem_free(x);
}

struct http_exchange *exchange_new(struct server *s, struct MHD_Connection *conn)
{
    struct http_exchange *x = s->spare;
    if (x) {
        s->spare = x->next;
        s->n_spare--;
    } else {
        x = mem_alloc(sizeof(*x));
        x->arena = arena_new();
    }
    x->server = s;
    x->loop = s->loop;
    x->conn = conn;
    x->prev = NULL;
    x->next = s->exchanges;
    if (x->next)
        x->next->prev = x;
    s->exchanges = x;
    s->n_open++;
    return x;
}

/* Neither the library nor the handler knows it any more. */
static void exchange_put(struct http_exchange *x)
{
    struct server *s = x->server;
    if (!s) {
        exchange_free(x);
        return;
    }
    if (x->prev)
        x->prev->next = x->next;
    else
        s->exchanges = x->next;
    if (x->next)
        x->next->prev = x->prev;
    if (s->n_spare >= MOST_SPARE) {
        exchange_free(x);
        return;
    }
    struct http_exchange kept = {.arena = x->arena, .body = x->body, .out = x->out};
    arena_reset(kept.arena);
    keep_or_free(&kept.body);
    keep_or_free(&kept.out);
    kept.next = s->spare;
    *x = kept;
    s->spare = x;
    s->n_spare++;
}

void exchange_forget_spares(struct server *s)
{
    while (s->spare) {
        struct http_exchange *next = s->spare->next;
        exchange_free(s->spare);
        s->spare = next;
    }
    for (struct http_exchange *x = s->exchanges; x; x = x->next)
        x->server = NULL;
}

/* At most once in the life of a stream, and never after finish. */
static void tell_gone(struct http_exchange *x)
{
    if (!x->is_stream || x->is_finished)
        return;
    x->is_finished = true;
    x->on_gone(x->gone_arg);
}

void exchange_over(struct http_exchange *x)
{
    if (x->watch)
        x->loop.ops->watch_free(x->watch);
    x->watch = NULL;
    x->conn = NULL;
    x->server->n_open--;
    tell_gone(x);
    if (!x->is_owed)
        exchange_put(x);
}

void exchange_resume(struct http_exchange *x)
{
    if (!x->is_suspended)
        return;
    x->is_suspended = false;
    MHD_resume_connection(x->conn);
    server_run_soon(x->server);
}

void exchange_end_stream(struct http_exchange *x)
{
    tell_gone(x);
    exchange_resume(x);
}

/* False: a header is none (the library refuses line breaks in it, for one). */
static bool add_header(struct http_exchange *x, struct MHD_Response *m, struct str name,
                       struct str value)
{
    return MHD_add_response_header(m, arena_cstr(x->arena, name), arena_cstr(x->arena, value)) ==
           MHD_YES;
}

/* Hands the answer to the library and lets the connection go on. */
static void answer(struct http_exchange *x, const struct http_response *r, struct MHD_Response *m)
{
    bool is_good = r->content_type.len == 0 ||
                   add_header(x, m, STR(MHD_HTTP_HEADER_CONTENT_TYPE), r->content_type);
    for (size_t i = 0; i < r->n_headers; i++)
        is_good = is_good && add_header(x, m, r->headers[i].name, r->headers[i].value);
    if (!is_good || MHD_queue_response(x->conn, (unsigned)r->status, m) != MHD_YES)
        refuse(x, REFUSE_INTERNAL);
    MHD_destroy_response(m); /* the connection holds it */
    exchange_resume(x);
}

void exchange_respond(struct http_exchange *x, const struct http_response *r)
{
    assert(x->is_owed);
    x->is_owed = false;
    if (!x->conn) {
        exchange_put(x);
        return;
    }
    buf_add(&x->out, r->body);
    answer(x, r, MHD_create_response_from_buffer(x->out.len, x->out.ptr, MHD_RESPMEM_PERSISTENT));
}

static ssize_t read_stream(void *arg, uint64_t at, char *ret, size_t most)
{
    (void)at;
    struct http_exchange *x = arg;
    size_t n = x->out.len - x->out_at;
    if (x->is_cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (n == 0 && x->is_finished)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (n == 0) {
        MHD_suspend_connection(x->conn);
        x->is_suspended = true;
        return 0;
    }
    if (n > most)
        n = most;
    memcpy(ret, x->out.ptr + x->out_at, n);
    x->out_at += n;
    if (x->out_at == x->out.len) {
        buf_clear(&x->out);
        x->out_at = 0;
    }
    return (ssize_t)n;
}

static int socket_of(const struct http_exchange *x)
{
    return MHD_get_connection_info(x->conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/* The library does not look at a connection while its stream waits for something to send, so it
 * would learn that the client has left from the next event, if ever. */
static void on_client(void *arg, int events)
{
    (void)events;
    struct http_exchange *x = arg;
    char c;
    ssize_t n = recv(socket_of(x), &c, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    x->loop.ops->watch_set(x->watch, 0);
    if (n > 0)
        return; /* the next request; it is read when this one is over */
    x->is_cut = true;
    exchange_resume(x);
}

/* Of a stream that was started after its client had gone. */
static void be_gone(void *arg)
{
    struct http_exchange *x = arg;
    tell_gone(x);
    exchange_put(x);
}

void exchange_stream(struct http_exchange *x, const struct http_response *head,
                     void (*on_gone)(void *arg), void *arg)
{
    assert(x->is_owed);
    x->is_owed = false;
    x->is_stream = true;
    x->on_gone = on_gone;
    x->gone_arg = arg;
    if (!x->conn) {
        x->loop.ops->post(x->loop.ctx, be_gone, x);
        return;
    }
    x->watch = x->loop.ops->watch_new(x->loop.ctx, socket_of(x), on_client, x);
    x->loop.ops->watch_set(x->watch, LOOP_READ);
    buf_add(&x->out, head->body);
    answer(x, head,
           MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, x, NULL));
}

bool exchange_push(struct http_exchange *x, struct str bytes)
{
    if (!x->conn || x->is_finished)
        return true;
    if (x->is_cut || x->out.len - x->out_at + bytes.len > STREAM_WAITING_MOST) {
        x->is_cut = true;
        buf_fini(&x->out);
        x->out_at = 0;
        return false;
    }
    if (x->out_at > x->out.len / 2) {
        buf_drop(&x->out, x->out_at);
        x->out_at = 0;
    }
    buf_add(&x->out, bytes);
    exchange_resume(x);
    return true;
}

void exchange_finish(struct http_exchange *x)
{
    x->is_finished = true;
    if (x->conn)
        exchange_resume(x);
}
