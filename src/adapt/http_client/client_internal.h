/* What http_client.c (the loop side) and http_call.c (one call) share. */
#pragma once

#include <curl/curl.h>

#include "base/buf.h"
#include "port/http_client.h"
#include "port/loop.h"

/* Kept connections, and those open at once; further calls wait, within their deadlines. Together
 * with the server's LIMIT_CONNECTIONS this stays below the usual 4096 descriptors. */
#define CONNECTIONS 1024

struct client {
    struct loop loop;
    CURLM *multi;
    struct loop_timer *timer;
    struct call *calls; /* under way */
    struct call *spare; /* finished, to be used again: a curl handle is dear to make */
    size_t n_spare;
    bool closing;
};

struct call {
    struct client *client;
    struct call *next;
    struct call *prev; /* unused in the spare list */
    CURL *easy;
    struct curl_slist *headers;
    struct buf request;
    struct buf answer;
    char error[CURL_ERROR_SIZE];
    size_t received;
    size_t most_bytes;
    int64_t timeout_us;
    int to_fd;
    int write_errno; /* of to_fd */
    bool too_large;
    bool has_head; /* the last head came to its end */
    void (*fn)(void *arg, const struct http_answer *answer);
    void *arg;
};

struct call *call_new(struct client *client);
void call_free(struct call *call);
/* Makes a spare call ready for another start. */
void call_recycle(struct call *call);
/* Fills the curl handle in. */
void call_prepare(struct call *call, const struct http_call *what);
/* Tells fn what came of it. */
void call_answer(struct call *call, CURLcode code);
