/* A power cut at a time of a journal: what is durable, and which operations may yet be lost. */
#pragma once

#include "host.h"

enum { PENDING_MOST = 512 };

struct crash {
    const struct journal *journal;
    size_t time; /* so many operations were asked for */
    struct disk durable;
    size_t pending[PENDING_MOST]; /* their numbers, in order */
    size_t n;
};

/* Before the first operation. */
struct crash crash_begin(const struct journal *j);
void crash_free(struct crash *c);
/* One operation later; false when there is none. */
bool crash_advance(struct crash *c);
/* The i-th of the operations that may be lost. */
const struct op *crash_op(const struct crash *c, size_t i);

/* Does to the disk what the operation does, a write only in those of its sectors whose bit is in
 * `kept` (bit 0 is the first that it touches). */
void crash_apply(struct disk *d, const struct journal *j, const struct op *op, size_t sector,
                 uint64_t kept);
/* How many sectors a write touches; 1 for all else. */
unsigned crash_sectors(const struct op *op, size_t sector);
