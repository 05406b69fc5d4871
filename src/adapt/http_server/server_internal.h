/* What the files of this folder share. */
#pragma once

#include <sys/types.h>

#include <microhttpd.h>

#include "adapt/http_server/http_server.h"
#include "base/buf.h"

/* A connection's memory: the request's headers, the library's table of them, the answer's headers.
 * All of it is written for each request, so more costs time too. */
#define CONNECTION_MEMORY   (24U << 10)
#define STREAM_WAITING_MOST (1U << 20)
#define DRAIN_US            1000000
/* So much of a refused body is read and dropped. */
#define DISCARD_MOST (64U << 20)

enum refusal {
    REFUSE_NOTHING,
    REFUSE_TARGET,
    REFUSE_FRAMING,
    REFUSE_HEADERS,
    REFUSE_BODY_SIZE,
    REFUSE_URL_SIZE,
    REFUSE_HOST,
    REFUSE_HEADERS_SIZE,
    REFUSE_INTERNAL,
    REFUSE_STOPPING,
    REFUSALS
};

/* A connection that owes us a request, since then; in the order of time. See peers.c. */
struct peer {
    struct peer *next;
    struct peer *prev;
    int fd;
    int64_t since_us;
    bool is_listed;
};

struct server {
    struct loop loop;
    http_handler *handler;
    void *arg;
    void (*on_stopped)(void *arg);
    struct MHD_Daemon *mhd; /* NULL when stopped */
    struct loop_watch *watch;
    struct loop_timer *timer; /* when the library wants to be run without an event */
    bool is_due;              /* it wants so now, though it does not know */
    struct loop_timer *drain; /* ends stop() */
    int port;
    bool on_loopback;
    bool stopping;
    struct MHD_Response *refusals[REFUSALS];
    struct http_exchange *exchanges; /* all that are not spare */
    size_t n_open;                   /* those the library still holds */
    struct http_exchange *spare;
    size_t n_spare;
    struct peer *first_peer;
    struct peer *last_peer;
    struct loop_timer *sweep;
    int64_t request_us;
};

struct http_exchange {
    struct http_exchange *next;
    struct http_exchange *prev;  /* unused in the spare list */
    struct server *server;       /* NULL: the server is freed, an answer is still owed */
    struct loop loop;            /* the server's */
    struct MHD_Connection *conn; /* NULL: the library has let go of it */
    struct arena *arena;
    struct http_request request;
    struct http_header *headers; /* what request.headers points at */
    struct str target;           /* as it came */
    const char *target_end;      /* in the library's buffer: where it believes the target ends */
    struct buf body;
    size_t n_received; /* of the body */
    enum refusal refusal;
    struct buf out; /* the answer; of a stream what waits to be sent, from out_at on */
    size_t out_at;
    bool is_read; /* the headers were looked at */
    bool is_owed; /* the handler was called and has not answered */
    bool is_suspended;
    bool is_stream;
    bool is_finished;         /* of a stream: nobody is to be told any more */
    bool is_cut;              /* of a stream: the client was too slow or left, it breaks off here */
    struct loop_watch *watch; /* of a stream: whether the client is still there */
    void (*on_gone)(void *arg);
    void *gone_arg;
};

/* http_server.c: the library does not notice by itself that a connection is to go on. */
void server_run_soon(struct server *s);

/* exchange.c */
struct http_exchange *exchange_new(struct server *s, struct MHD_Connection *conn);
/* The library is done with it, whatever the reason. */
void exchange_over(struct http_exchange *x);
void exchange_forget_spares(struct server *s);
void exchange_respond(struct http_exchange *x, const struct http_response *r);
void exchange_stream(struct http_exchange *x, const struct http_response *head,
                     void (*on_gone)(void *arg), void *arg);
bool exchange_push(struct http_exchange *x, struct str bytes);
void exchange_finish(struct http_exchange *x);
/* For a server that stops: tells the owner of a stream, and ends it. */
void exchange_end_stream(struct http_exchange *x);
void exchange_resume(struct http_exchange *x);

/* request.c: the two callbacks that bring a request in. */
void *request_begin(void *server, const char *target, struct MHD_Connection *conn);
enum MHD_Result request_more(void *server, struct MHD_Connection *conn, const char *url,
                             const char *method, const char *version, const char *body,
                             size_t *n_body, void **exchange);

/* head.c: fills in the request but for its body, and x->refusal. False: refuse at once. */
bool head_take(struct http_exchange *x, const char *method, const char *version);

/* target.c, pure: splits the target and decodes the path into the arena. False: not clean. */
bool target_decode(struct str target, struct arena *arena, struct str *ret_path,
                   struct str *ret_query);
bool is_token(struct str s);

/* refusal.c */
void refusals_init(struct server *s);
void refusals_fini(struct server *s);
enum MHD_Result refuse(struct http_exchange *x, enum refusal why);
/* For a refusal in the middle of a body, where the library takes no answer: writes it itself.
 * The connection must be closed then. */
void refuse_raw(struct http_exchange *x, enum refusal why);

/* listen.c: a listening socket, or -1. */
int listen_on(struct str host, int port, struct err *e);
int port_of(int fd);
bool is_on_loopback(int fd);

/* peers.c */
void peers_init(struct server *s);
void peers_fini(struct server *s);
void peer_notify(void *server, struct MHD_Connection *conn, void **peer,
                 enum MHD_ConnectionNotificationCode what);
/* The request of this connection is complete; until peer_waits it may take its time. */
void peer_is_served(struct server *s, struct MHD_Connection *conn);
void peer_waits(struct server *s, struct MHD_Connection *conn);
