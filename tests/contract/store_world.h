/* Words for tests of the store: one store with a loop, and commits whose answers are waited for. */
#pragma once

#include "hand_loop.h"
#include "port/store.h"

struct answers {
    struct hand_loop *loop;
    size_t expected;
    size_t n;
    size_t by_outcome[4];
    enum store_outcome last;
    char text[600]; /* of the last that was not DONE */
};

/* Rows as they are read back, joined as "id:version:body " (owner with "@owner" when there is one). */
struct listing {
    char text[4000];
    size_t rows;
    size_t bytes; /* of all bodies */
};

struct store_row row_of(enum store_table table, const char *id, int64_t version, const char *body);
struct store_row owned_row(enum store_table table, const char *id, const char *owner,
                           const char *body);
struct store_row event_row(int64_t seq, const char *owner);
/* Ids of these live in a ring of static memory: good for a while, not for ever. */
const char *id_of(const char *prefix, int64_t number);

struct store_write put_new(struct store_row row);
struct store_write put_over(struct store_row row, int64_t expect);
struct store_write delete_row(enum store_table table, const char *id, int64_t expect);
struct store_write delete_owned(enum store_table table, const char *owner);

/* Starts a commit whose answer is counted in `a`. */
void begin_commit(struct store *s, struct answers *a, const struct store_write *writes, size_t n);
/* Waits for every answer. */
void await_answers(struct answers *a);
/* One commit, answered. */
enum store_outcome commit_now(struct store *s, struct hand_loop *l,
                              const struct store_write *writes, size_t n);
#define COMMIT(s, l, ...)                                     \
    commit_now((s), (l), (struct store_write[]){__VA_ARGS__}, \
               sizeof((struct store_write[]){__VA_ARGS__}) / sizeof(struct store_write))

/* A whole table, or the events of a query. Fails the test when it cannot be read. */
struct listing list_table(struct store *s, enum store_table table);
struct listing list_events(struct store *s, struct hand_loop *l, const char *owner, int64_t after,
                           size_t limit);
/* An owner's rows of a table, with their bodies. */
struct listing list_owned(struct store *s, struct hand_loop *l, enum store_table table,
                          const char *owner);
int64_t last_seq(struct store *s);
