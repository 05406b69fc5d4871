/* What no row may do, as a table: an action of the set must not be decided where all the columns
 * that are given have one of the values. */
#pragma once

#include "core/rules.h"

struct forbidden {
    const char *invariant; /* number in the architecture, and what it says here */
    uint64_t actions;      /* bits of enum action */
    struct rule where;     /* columns as in a rule; 0 = any */
};

extern const struct forbidden forbidden[];
extern const size_t n_forbidden;
