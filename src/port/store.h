/* The durable store: rows of text, written in transactions with compare-and-set.
 *
 * Contract: when a commit reports DONE, its rows survive any crash and power cut (invariant 5).
 * CONFLICT: nothing of it was written. UNKNOWN: it may or may not have been written, and from then on
 * the store refuses every further commit until the process has started anew: the truth is re-read.
 * REFUSED: nothing was written and the store is sound (no room); commits may be tried again. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum store_table {
    STORE_DEPLOYMENT, /* the resource; id = deployment id */
    STORE_RECORD,     /* core's record of it; same id */
    STORE_JOB,        /* owner = deployment id */
    STORE_SAVEPOINT,  /* owner = deployment id */
    STORE_EVENT,      /* owner = deployment id, seq = global number */
    STORE_TARGET,
    STORE_DEFAULTS,
    STORE_NAMESPACE,
    STORE_REVISION, /* owner = deployment id; many and seldom read, so that they stay in the store */
    STORE_TABLES,
};

struct store_row {
    enum store_table table;
    struct str id;
    struct str owner; /* empty for tables without one */
    int64_t version;  /* >= 1 */
    int64_t seq;      /* events only, else 0 */
    struct str body;
};

enum store_write_kind { STORE_PUT, STORE_DELETE, STORE_DELETE_OWNED };

/* PUT: `expect` 0 = must not exist, else the version that must be there.
 * DELETE: the version that must be there. DELETE_OWNED: every row of `table` with that owner. */
struct store_write {
    enum store_write_kind kind;
    struct store_row row;
    int64_t expect;
};

enum store_outcome { STORE_DONE, STORE_CONFLICT, STORE_REFUSED, STORE_UNKNOWN };

struct store_result {
    enum store_outcome outcome;
    struct str text; /* valid during the callback */
};

struct store_event_query {
    struct str owner;  /* empty = all */
    int64_t after_seq; /* only later ones */
    size_t limit;      /* the newest `limit` of them, in rising order */
};

struct store_ops {
    /* Queues the transaction (copies everything); fn(arg, result) once, on the loop thread, in the
     * order of the calls. The store thread groups waiting transactions into one durable write. */
    void (*commit)(void *ctx, const struct store_write *writes, size_t n,
                   void (*fn)(void *arg, const struct store_result *result), void *arg);
    /* Reads every row of a table in id order (events excepted), synchronously; for start-up.
     * Revisions come without their bodies. */
    int (*load)(void *ctx, enum store_table table,
                int (*row)(void *arg, const struct store_row *row, struct err *e), void *arg,
                struct err *e);
    /* Reads events; fn once, on the loop thread; rows valid during the call; n = 0 and e set on
     * failure. */
    void (*events)(void *ctx, const struct store_event_query *q,
                   void (*fn)(void *arg, const struct store_row *rows, size_t n,
                              const struct err *e),
                   void *arg);
    /* Reads the rows of an owner in id order, from a table that has owners (events excepted); as
     * `events` does. */
    void (*owned)(void *ctx, enum store_table table, struct str owner,
                  void (*fn)(void *arg, const struct store_row *rows, size_t n,
                             const struct err *e),
                  void *arg);
    /* The highest event number ever committed; for start-up. */
    int (*last_seq)(void *ctx, int64_t *ret, struct err *e);
    /* Bytes on disk, commits and groups so far; for /metrics. */
    void (*stats)(void *ctx, int64_t *bytes, int64_t *commits, int64_t *groups);
    /* Waits for the queue to drain, closes. */
    void (*close)(void *ctx);
};

struct store {
    const struct store_ops *ops;
    void *ctx;
};
