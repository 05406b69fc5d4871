/* The picture of a Deployment's jobs and snapshots over time: layout only, pure. */
#pragma once

#include "base/arena.h"

enum timeline_end { TIMELINE_RUNS, TIMELINE_ENDED, TIMELINE_FAILED };

struct timeline_job {
    int64_t begun_us; /* wall */
    int64_t ended_us; /* 0 = it has not */
    enum timeline_end end;
    struct str label; /* in front of its row */
    struct str note;  /* behind it */
};

struct timeline_mark {
    size_t job; /* on whose row */
    int64_t at_us;
    char letter;
};

struct timeline {
    int64_t from_us;
    int64_t to_us; /* later than from_us */
    const struct timeline_job *jobs;
    size_t n_jobs;
    const struct timeline_mark *marks;
    size_t n_marks;
    size_t columns; /* for the time, at least TIMELINE_LEAST */
    bool utf8;
};

enum { TIMELINE_LEAST = 20 };

/* One line for the axis, then one for each job in the order given. A job that ended before, or a mark
 * outside the range, is not drawn; two marks in one column are a *. Returns how many lines; `lines`
 * has room for n_jobs + 1. */
size_t timeline_lines(struct arena *a, const struct timeline *t, struct str *lines);
