/* One way in which a power cut can end: for each operation that was not yet durable, what of it is on
 * the disk. */
#pragma once

#include <stdio.h>

#include "crash.h"

/* Kinds of damage; an image has any number of them. */
enum damage {
    DAMAGE_LOST,      /* whole writes or resizes are missing */
    DAMAGE_TORN_512,  /* a write is there in part, in sectors of 512 bytes, */
    DAMAGE_TORN_4096, /* or of 4096 */
    DAMAGE_REORDERED, /* operations took effect in another order */
    DAMAGE_NAMES,     /* names are not made, changed or removed */
    DAMAGE_EXTENDED,  /* files end where the lost writes would have ended, with zeros, */
    DAMAGE_GARBAGE,   /* or with anything */
    DAMAGES,
};

enum extension { EXTEND_NOT, EXTEND_ZEROS, EXTEND_GARBAGE };

struct image {
    size_t sector;
    enum extension extension;
    size_t n;
    struct {
        size_t pending;    /* place in the crash's list */
        uint64_t kept;     /* sectors; 0 = lost */
    } parts[PENDING_MOST]; /* in the order in which they took effect */
};

/* As a count is titled: "torn at 512 B". */
const char *damage_name(enum damage damage);

/* How many images are made at a point. */
size_t image_count(const struct crash *c);
/* The one of that number (below image_count): the first ones are every subset of the operations when
 * there are few, else all and none; the others are drawn. */
void image_choose(const struct crash *c, uint64_t seed, size_t number, struct image *ret);
/* Bits: 1 << enum damage. */
unsigned image_damage(const struct crash *c, const struct image *image);
/* The disk after the cut; the caller frees it. */
struct disk image_apply(const struct crash *c, const struct image *image);
/* What is on the disk of each operation that could have been lost. */
void image_print(const struct crash *c, const struct image *image, FILE *out);
