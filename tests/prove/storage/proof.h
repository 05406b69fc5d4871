/* Seeds, their points, the images of each: counted, and stopped at the first that is not sound. */
#pragma once

#include <stdio.h>

#include "fault.h"
#include "image.h"

#define PROOF_ALL SIZE_MAX

struct proof_options {
    uint64_t seed;   /* the first; others follow by ones */
    uint64_t images; /* at least so many, unless a violation is found */
    enum fault fault;
    size_t point; /* this alone of the first seed, or PROOF_ALL */
    size_t image; /* this alone of that point, or PROOF_ALL */
    FILE *out;
};

struct proof_counts {
    uint64_t images; /* different from each other, each opened and looked through */
    uint64_t passed;
    uint64_t repeats; /* made again and not looked through again */
    uint64_t by_damage[DAMAGES];
    uint64_t undamaged; /* as if all had been synced, or nothing been under way */
    uint64_t points;
    uint64_t acknowledged; /* transactions that were looked for, over all images */
    uint64_t under_way;    /* images that hold one that was not acknowledged, whole */
    uint64_t fingerprint;  /* of all images in their order */
    uint64_t violations;   /* 0 or 1 */
    uint64_t bad_seed;     /* where it was found; point 0 = without a power cut */
    size_t bad_point;
    size_t bad_image;
    /* of the workloads */
    uint64_t seeds;
    uint64_t commits; /* transactions that were acknowledged */
    uint64_t kills;
    uint64_t groups; /* of several transactions */
    uint64_t logs;   /* the log was begun, */
    uint64_t copied; /* and pages were copied out of it */
};

struct proof_counts proof_run(const struct proof_options *options);
void proof_print(const struct proof_counts *counts, double seconds, FILE *out);
