/* The ports of the test's world. */
#pragma once

#include "api_world.h"

struct http_exchange {
    struct arena *arena;
    struct http_request request;
    struct http_header headers[16];
    size_t n_headers;
    bool answered;
    int status;
    struct str body;
    struct str type;
    struct http_header *answer_headers;
    size_t n_answer_headers;
    bool streams;
    bool finished;
    bool slow;
    struct buf stream;
    void (*on_gone)(void *arg);
    void *gone_arg;
};

struct loop_timer {
    void (*fn)(void *arg);
    void *arg;
    int64_t due; /* 0 = not armed */
    struct loop_timer *next;
};

/* An answer on its way. */
struct queued {
    struct queued *next;
    void (*deliver)(struct queued *q);
    void (*fn)(void);
    void *arg;
    struct str text;
    struct str owner;
    size_t limit;
    bool oldest;
    int64_t number;
};

/* Delivered by the next world_settle, in the order of asking. */
struct queued *enqueue(void (*deliver)(struct queued *q), void (*fn)(void), void *arg);

struct stored_event {
    struct str owner;
    struct str body;
    int64_t seq;
};

struct stored_reply {
    struct str id;
    struct str owner;
    struct str body;
};

enum { MOST_EXCHANGES = 2000, MOST_EVENTS = 4000, MOST_REVISIONS = 200, MOST_REPLIES = 64 };

struct api_world {
    struct app app;
    struct api *api;
    int64_t mono;
    uint64_t randomness;
    struct http_exchange *exchanges[MOST_EXCHANGES];
    int n_exchanges;
    struct loop_timer *timers;
    struct queued *first;
    struct queued *last;
    enum store_outcome store_outcome;
    int64_t commits;
    struct flink_checkpoints flink_stats; /* what Flink answers when asked; zero = nothing */
    struct stored_event events[MOST_EVENTS];
    size_t n_events;
    struct store_row revisions[MOST_REVISIONS]; /* in the order of their writing */
    size_t n_revisions;
    struct stored_reply replies[MOST_REPLIES];
    size_t n_replies;
    struct str last_commit; /* "PUT deployment, PUT record": what was in it, by number of table */
};

struct loop ports_loop(void);
struct clock ports_clock(void);
struct store ports_store(void);
struct platform ports_platform(void);
struct flink ports_flink(void);
struct snapshots ports_snapshots(void);
struct artifacts ports_artifacts(void);
struct http_server ports_server(void);
int ports_exchange(void);
void ports_free(void);
