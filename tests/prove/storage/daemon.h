/* A process with the store open, as far as the store can tell. */
#pragma once

#include "fault.h"
#include "hand_loop.h"
#include "model.h"

struct daemon_process {
    struct hand_loop *loop;
    struct store store;
    struct err err; /* why it does not open or cannot be read */
};

/* Opens the store on the host. False: it does not open; nothing is left of it. */
bool daemon_begin(struct daemon_process *d, enum fault fault);
void daemon_end(struct daemon_process *d);

struct daemon_answers {
    size_t expected;
    size_t n;
    enum store_outcome outcomes[8];
    char text[300]; /* of the last that was not DONE */
};

/* Sends a transaction; the answer comes into the next place of `ret`. */
void daemon_send(struct daemon_process *d, const struct txn *txn, struct daemon_answers *ret);
/* False when they do not come within a minute. */
bool daemon_await(struct daemon_process *d, struct daemon_answers *a);
/* Returns when the store does nothing any more. */
void daemon_settle(struct daemon_process *d);

/* Reads all that the store holds. `ret` may be NULL; its rows are in `a` then. */
bool daemon_read(struct daemon_process *d, uint64_t *digest, struct model *ret, struct arena *a);
