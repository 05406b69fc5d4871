/* HTTP towards Flink and artifact servers: many requests at once on the loop thread, keep-alive,
 * one deadline each, answers bounded. No redirect is followed unless asked for. */
#pragma once

#include "base/str.h"
#include "port/outcome.h"

struct http_call {
    const char *method; /* "GET", "POST", "PATCH", "DELETE" */
    struct str url;     /* http:// or https:// */
    struct str body;    /* copied; empty = none */
    const char *content_type;
    int64_t timeout_us; /* whole request; required */
    size_t most_bytes;  /* of the answer's body; more is UNKNOWN "answer too large" */
    bool follow_redirects;
    /* What a server said of the copy that the caller holds: 304 when it still is that one. */
    struct str if_none_match;
    struct str if_modified_since;
    struct str author; /* X-Sluice-Author: who asks, for sluiced's history; empty = not said */
    int to_fd; /* >= 0: the body is written there (not buffered); still bounded by most_bytes */
};

struct http_answer {
    /* DONE: a complete answer came, whatever its status. UNKNOWN: none did. Never REFUSED, but for
     * a connection that was refused by the peer's kernel before a byte was sent: REFUSED. */
    enum outcome outcome;
    int status;
    struct str body; /* valid during the callback */
    struct str text; /* why, when not DONE */
    struct str content_type;
    struct str etag; /* as they came; empty = none */
    struct str last_modified;
    int64_t took_us;
};

struct http_client_ops {
    /* Starts it; fn(arg, answer) is called once, later, never from inside this call. */
    void (*send)(void *ctx, const struct http_call *call,
                 void (*fn)(void *arg, const struct http_answer *answer), void *arg);
};

struct http_client {
    const struct http_client_ops *ops;
    void *ctx;
};
