/* Locks and shared memory of the connections to a file, within this one process. Neither outlives
 * it, so no crash image has any. Connections are used by one thread at a time. */
#pragma once

#include <stdbool.h>

struct lock_place;

/* One open file. */
struct lock_holder {
    struct lock_place *place;
    int level;          /* SQLITE_LOCK_... */
    unsigned shared;    /* bits: locks on the shared memory that it shares */
    unsigned exclusive; /* and that it has alone */
};

void locks_join(struct lock_holder *h, int file);
/* Gives up all. */
void locks_leave(struct lock_holder *h);

int locks_take(struct lock_holder *h, int level);
int locks_give(struct lock_holder *h, int level);
bool locks_reserved(const struct lock_holder *h);

int locks_memory(struct lock_holder *h, int page, int size, int extend, void volatile **ret);
int locks_memory_lock(struct lock_holder *h, int offset, int n, int flags);
void locks_memory_leave(struct lock_holder *h);
