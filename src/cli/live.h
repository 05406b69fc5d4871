/* A block of lines at the end of a terminal that is painted over and over. Where there is no such
 * terminal nothing is painted, and what is told is a line each. */
#pragma once

#include <stdio.h>

#include "cli/cli.h"

struct live {
    FILE *to;
    bool on;      /* there is a terminal that can be painted */
    size_t shown; /* lines of the block that stands there */
};

/* Looks at the surroundings: a terminal, not TERM=dumb, not CI, not --no-progress. */
void live_begin(const struct cli *c, struct live *l, FILE *to);
/* c as lines for that stream are made with it: its symbols and colours. */
struct cli live_look(const struct cli *c, const struct live *l);
/* Paints the lines where the block was, each cut to the width, the last ones when they are too many. */
void live_show(struct live *l, const struct str *lines, size_t n);
/* Takes the block away. */
void live_clear(struct live *l);
/* Leaves it standing: what comes is written below it. */
void live_leave(struct live *l);
