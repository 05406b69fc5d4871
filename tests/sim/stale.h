/* One observation that misleads: what was seen is told late, not at all, again, or after what is newer.
 *
 * A run is the same each time until there is trouble. So a first run notes every answer to a question
 * (its place), and each further run misleads at one of them. */
#pragma once

#include "sim.h"

struct owed;

/* Calls below this one observe, and change nothing. */
#define OBSERVATIONS SIM_PROVISION

enum distortion {
    TOLD_AS_IT_IS,
    TOLD_AT_LAST,      /* late: just before who asked gives up */
    TOLD_AFTER_WRITE,  /* late: seen before the next durable write, told right after it */
    TOLD_AFTER_CALL,   /* late: the same of the next answer to a call that changes the world */
    NEVER_TOLD,        /* missing: who asked gives up */
    TOLD_UNKNOWN,      /* missing: an error, at once */
    TOLD_FROM_CACHE,   /* repeated: as it was when somebody else asked before */
    TOLD_OUT_OF_ORDER, /* reversed: after the answer to the same question asked again */
    DISTORTIONS
};
extern const char *const distortion_names[DISTORTIONS];

/* Why an answer of that kind can never be so; NULL = it can. */
extern const char *const stale_never[OBSERVATIONS][DISTORTIONS];
/* For so long a cache may give the same answer again. */
extern const int64_t stale_cache_us;

struct stale_place {
    enum sim_call kind;
    int64_t nth;    /* answer of its kind, since points are counted */
    int64_t at;     /* when the question arrived */
    int64_t writes; /* durable ones until then */
};

enum { MOST_PLACES = 2000 };

struct stale {
    struct stale_place place;
    enum distortion how;
    struct sim_trouble then;    /* after it was told; POINT_NONE = nothing */
    int64_t act_after;          /* of a flow: so much later than else */
    struct stale_place *places; /* room for MOST_PLACES of the run, or NULL */

    size_t n_places;
    int64_t answers[OBSERVATIONS]; /* so far */
    struct w_world *cached;        /* the world when the cache was filled */
    struct owed *misled;           /* the answer; NULL = it did not come to that */
    bool overtaken;                /* by what it was to be told after */
    bool told;
};

/* It was told as was planned, and not only when who asked was about to give up. */
bool stale_came_about(const struct stale *stale);

/* Of a run that has not begun. */
void stale_begin(struct sim *s, struct stale *stale);
/* The world's answer is there. True when it is told in another way than at once. */
bool stale_takes(struct sim *s, struct owed *o);
/* An answer was taken in. */
void stale_answered(struct sim *s, const struct owed *o);
/* A write is durable, and known to be. */
void stale_written(struct sim *s);
