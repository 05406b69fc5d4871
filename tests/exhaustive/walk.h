/* Walks every combination of facts and says which row decides it.
 *
 * Columns are fixed one after the other and the rows that still match are kept as a set. As soon as
 * the first of them asks nothing more of the columns left, it decides all their combinations at once:
 * a box. Boxes are disjoint, and together they are the whole space. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/rules.h"

struct box {
    const struct rule *rule;
    size_t fixed; /* so many columns, in the order of fact_columns, have the value below */
    unsigned value[MAIN_COLUMNS];
    uint64_t size; /* combinations in it */
};

typedef void box_fn(void *arg, const struct box *b);

/* Rows of sections 100 to 600: all that is said here is of those. */
size_t walk_rows(void);
/* All combinations: the product of the columns. */
uint64_t walk_space(void);
void walk_boxes(box_fn *fn, void *arg);
