/* The cells of the grid: one of them, or all. */
#pragma once

#include "desired.h"

struct grid_counts {
    int64_t refused;   /* invalid edits */
    int64_t alone;     /* valid edits, one at a time */
    int64_t pairs;     /* A then B */
    int64_t unfit;     /* of these: B does not go with A, however it comes */
    int64_t by_rule;   /* of these: the path matters, as the model says */
    int64_t converged; /* runs that came to rest at what is due */
    int64_t failed;
};

/* Valid edits, in the order of the table. Returns how many; `ret` may be NULL. */
size_t grid_valid(struct grid_edit *ret);

/* Each says on standard error what is wrong, and counts it. */
void grid_refuses(const struct grid_place *p, struct grid_counts *n);
void grid_alone(const struct grid_place *p, const struct grid_edit *e, struct grid_counts *n);
/* B comes at rest, after so many durable writes, and at once with A. */
void grid_pair(const struct grid_place *p, const struct grid_edit *a, const struct grid_edit *b,
               int64_t writes, struct grid_counts *n);
void grid_print(const struct grid_counts *n);
