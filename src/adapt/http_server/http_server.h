/* port/http_server.h on libmicrohttpd. Loop thread only.
 *
 * Refused before the handler sees it, with a problem document that also carries `message`: targets
 * that are no clean path (400), framing that two readers could understand differently (400), URLs
 * over LIMIT_URL (414), headers over LIMIT_REQUEST_HEADERS (431), bodies over LIMIT_REQUEST_BODY
 * (413), and on a loopback address a Host that is not a loopback name (421): a page of another site
 * whose name was made to point here (DNS rebinding). Connections over LIMIT_CONNECTIONS wait.
 * What the library cannot read at all it answers itself, in HTML, or just closes. */
#pragma once

#include "port/http_server.h"
#include "port/loop.h"

struct http_server_config {
    const struct loop *loop; /* copied; must outlive the server */
    struct str host;         /* an address, with or without brackets, or a name that has one */
    int port;                /* 0: any free one */
    http_handler *handler;
    void *arg;
    int64_t quiet_us;   /* a connection that says nothing for so long is closed; 0: 30 s */
    int64_t request_us; /* a request must be complete so long after the last answer; 0: 60 s */
    void (*on_stopped)(void *arg); /* once, after stop(): everything is closed; may be NULL */
};

/* Listens and serves. On failure -1 and a sentence for the user, who chose the address. */
int http_server_new(const struct http_server_config *config, struct http_server *ret,
                    struct err *e) ERR_CHECK;
/* Closes everything at once (on_gone of streams is called). Not from inside a callback of it.
 * Exchanges whose answer is still owed stay valid until respond or stream is called. */
void http_server_free(struct http_server *server);

/* localhost, 127.0.0.0/8, ::1, [::1]: names that cannot mean another machine. Pure. */
bool http_host_is_loopback(struct str host);
