/* port/http_client.h on libcurl. Loop thread only.
 *
 * A call happens at most once: only GET and HEAD may travel on a kept connection, because a
 * request that dies with one is sent again without a word. Proxy settings of the environment are
 * ignored: Flink is near, and what is asked of it is nobody else's. */
#pragma once

#include "port/http_client.h"
#include "port/loop.h"

/* The loop is copied and must outlive the client. */
struct http_client http_client_new(const struct loop *loop);
/* Ends every call under way: its fn is called from here, with UNKNOWN. A send from inside such a
 * callback is dropped without an answer. Not to be called from inside a callback otherwise. */
void http_client_free(struct http_client *client);
