/* A storm: what a user asks for and what befalls the world and the daemon meanwhile, as a list of
 * moments. It is made from a seed and a profile, and is a text that can be read, cut down and played
 * again. After it the world heals: then the Deployment must come to what was asked for last, and rest. */
#pragma once

#include <stdio.h>

#include "sim.h"

enum { MOST_MOMENTS = 200, MOST_ARMED = 32 };

struct moment_kind;

struct moment {
    int64_t after_us; /* since the one before */
    const struct moment_kind *kind;
    int64_t x; /* its number, see most_x */
};

struct storm {
    uint64_t seed; /* also of the ids that the daemon makes */
    enum upgrade_kind upgrade;
    enum restore_kind restore;
    bool warm_standby;
    int64_t down_for_us;    /* the daemon, after it died */
    int64_t damaged_one_in; /* answer of Flink: its bytes; 0 = none is */
    struct moment moments[MOST_MOMENTS];
    size_t n;
};

/* What a storm is made of; weights of its kinds of moments. */
struct storm_profile {
    const char *name;
    const char *about;
    int user, crash, message, world, fate, blind;
};
extern const struct storm_profile storm_profiles[];
extern const size_t n_storm_profiles;
const struct storm_profile *storm_profile(const char *name); /* NULL: there is none */

/* Something that is in the way of the next n-th event of its kind. */
struct armed {
    enum sim_point point;
    int64_t left;
};

/* What became of it. */
struct storm_end {
    bool held;
    char wrong[1000];   /* of the first thing that no world may allow */
    char digest[17];    /* of all that is durable at the end */
    bool needed_user;   /* it was blocked or failed, and went on by a user's decision */
    int64_t operations; /* the user's */
    int64_t faults;     /* that struck; what was fated and never came about is none */
    int64_t damaged;    /* answers of Flink, beside them */
    int64_t virtual_us;
    int64_t events;
    int64_t lives;
    int64_t rules[1000]; /* decisions by rule number */
};

void storm_make(struct storm *ret, uint64_t seed, const struct storm_profile *profile);
void storm_play(const struct storm *storm, struct storm_end *ret);

/* One line for each moment. Reading gives false, and the number of the line that is not understood. */
void storm_print(FILE *to, const struct storm *storm);
bool storm_read(FILE *from, struct storm *ret, int *ret_line);

/* The fewest moments, as far as leaving out shows, that still go wrong in the same way. */
void storm_shrink(struct storm *storm, const struct storm_end *end);
