/* The store thread: takes jobs from a queue, writes the waiting commits in groups, and hands answers
 * to the loop thread in the order of the calls. */
#pragma once

#include <pthread.h>

#include "adapt/store_sqlite/db.h"
#include "port/loop.h"

/* What may wait: above it, commits are refused rather than remembered. */
#define QUEUE_MOST_JOBS  32768U
#define QUEUE_MOST_BYTES ((size_t)256 << 20)

enum job_kind { JOB_COMMIT, JOB_EVENTS, JOB_OWNED, JOB_LOAD, JOB_LAST_SEQ };

/* Commits, events and an owner's rows are freed after their callback; of the other two the caller
 * waits and keeps the job. */
struct job {
    struct job *next;
    enum job_kind kind;
    size_t bytes; /* counted against the queue */
    int status;
    struct err err;
    struct arena *arena; /* or NULL */
    void *arg;
    /* JOB_COMMIT; an outcome of REFUSED from the start only passes through, in its place */
    struct db_txn txn;
    void (*on_commit)(void *arg, const struct store_result *result);
    /* JOB_EVENTS; of JOB_OWNED table and query.owner */
    struct store_event_query query;
    struct db_rows rows;
    void (*on_rows)(void *arg, const struct store_row *rows, size_t n, const struct err *e);
    /* JOB_LOAD, JOB_OWNED, JOB_LAST_SEQ */
    enum store_table table;
    int (*on_row)(void *arg, const struct store_row *row, struct err *e);
    int64_t last_seq;
    bool finished;
};

struct store_thread;

/* Takes the database over. NULL when no thread can be had: the caller keeps the database. */
struct store_thread *store_thread_start(struct loop loop, struct db *db);
/* True when a commit of that size may wait. */
bool store_thread_has_room(struct store_thread *t, size_t bytes);
void store_thread_send(struct store_thread *t, struct job *job);
/* Sends it and returns when it is finished. */
void store_thread_send_and_wait(struct store_thread *t, struct job *job);
void store_thread_count(struct store_thread *t, int64_t *commits, int64_t *groups);
/* Finishes what waits, delivers it, and closes the database. */
void store_thread_stop(struct store_thread *t);
