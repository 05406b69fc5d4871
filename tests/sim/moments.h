/* The kinds of moments: one table makes, plays, prints and reads them. */
#pragma once

#include "storm.h"

/* While a storm is played. */
struct play {
    struct sim *sim;
    struct armed armed[MOST_ARMED];
    size_t n_armed;
    int64_t faults; /* that struck */
    int64_t operations;
};

enum moment_group {
    GROUP_USER,
    GROUP_CRASH,
    GROUP_MESSAGE,
    GROUP_WORLD,
    GROUP_FATE,
    GROUP_BLIND,
    GROUP_REST
};

struct moment_kind {
    const char *text; /* without the numbers */
    enum moment_group group;
    int64_t most_x; /* 1..most_x is its number; 0 = it has none */
    void (*happens)(struct play *p, const struct moment *m);
    int64_t y; /* a point, a state, or a fate */
    int64_t z; /* what is fated */
};
extern const struct moment_kind moment_kinds[];
extern const size_t n_moment_kinds;
