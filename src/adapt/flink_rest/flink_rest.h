/* port/flink.h over Flink's REST API, versions 1.20 to 2.3.
 *
 * A call whose arguments cannot be put into a request (an id that is none, an address that is not
 * http) is answered UNKNOWN, and nothing is sent. */
#pragma once

#include "port/flink.h"
#include "port/http_client.h"
#include "port/loop.h"

struct flink_rest;

/* Both must outlive it. */
struct flink_rest *flink_rest_new(struct http_client http, struct loop loop);
/* After the last callback has come. NULL is allowed. */
void flink_rest_free(struct flink_rest *f);
struct flink flink_rest_port(struct flink_rest *f);
