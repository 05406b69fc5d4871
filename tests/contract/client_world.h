/* A client and a well-behaved server on one loop. */
#pragma once

#include "adapt/http_client/http_client.h"
#include "adapt/http_server/http_server.h"
#include "base/buf.h"

#define SECOND INT64_C(1000000)

struct world {
    struct loop loop;
    struct http_client client;
    struct http_server server;
    struct loop_timer *deadline;
    int port;
    struct http_exchange *held[64];
    int n_held;
    int n_requests;
    int awaited; /* answers until the loop stops */
    int n_answers;
    bool in_send;
    /* The last answer. */
    struct http_answer answer;
    struct buf body;
    char text[512];
    char type[128];
    char etag[64];
    char last_modified[64];
};

/* For cmocka; the state is a struct world. A test that takes 20 s fails. */
int world_set_up(void **state);
int world_tear_down(void **state);
/* A GET of the server's /path. */
struct http_call world_get(const struct world *w, const char *path);
/* In a static buffer. */
struct str world_url(int port, const char *path);
void world_send(struct world *w, const struct http_call *call);
/* Until all that was sent is answered. */
void world_run(struct world *w);
/* Sends it and waits for the answer. */
void world_call(struct world *w, const struct http_call *call);
void assert_unknown(const struct world *w, const char *why);
