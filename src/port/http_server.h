/* HTTP towards users. The server parses and limits; the handler answers now, later, or as a stream.
 * Loop thread only. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

struct http_exchange; /* one request and its answer; owned by the server */

struct http_header {
    struct str name; /* lower case */
    struct str value;
};

struct http_request {
    struct str method;
    struct str path;  /* decoded once, no query; "." and ".." segments, NUL and bad UTF-8 refused */
    struct str query; /* raw */
    struct str body;
    struct str peer; /* the client's address, without a port; empty when there is none */
    const struct http_header *headers;
    size_t n_headers;
    struct arena *arena; /* lives until the exchange ends */
    struct http_exchange *exchange;
};

struct http_response {
    int status;
    struct str body;
    struct str content_type;
    const struct http_header *headers;
    size_t n_headers;
};

struct http_server_ops {
    /* Answers once; copies. May be called inside the handler or any time later, also after the
     * client has gone (then nothing happens). */
    void (*respond)(struct http_exchange *x, const struct http_response *r);
    /* Starts a streamed answer; on_gone(arg) once when the client leaves or the server stops,
     * never from inside this call and not after finish. The exchange is over when it returns. */
    void (*stream)(struct http_exchange *x, const struct http_response *head,
                   void (*on_gone)(void *arg), void *arg);
    /* Adds to the stream; false when the client reads too slowly (over 1 MiB is waiting): the
     * caller then ends it. */
    bool (*push)(struct http_exchange *x, struct str bytes);
    /* Ends the stream: what is waiting is still sent (not after a false push). Over for the
     * caller; on_gone will not be called. */
    void (*finish)(struct http_exchange *x);
    /* The port that is listened on (port 0 was resolved). */
    int (*port)(void *ctx);
    /* No new connections; ends streams; finishes answers for at most a second. */
    void (*stop)(void *ctx);
};

struct http_server {
    const struct http_server_ops *ops;
    void *ctx;
};

/* The server calls this for each complete request. It must lead to respond or stream, once. */
typedef void http_handler(void *arg, const struct http_request *request);
