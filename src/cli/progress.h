/* How far a transition of a Deployment has come, told by its events and its status. Data only: what it
 * looks like is progress_view.c's, and where it appears live.h's business. */
#pragma once

#include "cli/cli.h"

enum step_state { STEP_ACTIVE, STEP_DONE, STEP_FAILED };

struct progress_step {
    const char *name; /* "savepoint" */
    enum step_state state;
    int64_t begun_us; /* wall */
    int64_t ended_us; /* 0 = not yet */
    char text[240];   /* what the event said, as much as a line shows */
};

enum { MOST_STEPS = 12 };

struct progress {
    struct str name; /* of the Deployment */
    struct str desired;
    struct str state;
    struct str health;
    struct str reason;
    struct str message;
    int64_t rule;
    int64_t waiting_since_us; /* wall; 0 = it does not wait */
    int64_t next_try_us;      /* wall; 0 = nothing is to be tried again */
    struct progress_step steps[MOST_STEPS];
    size_t n;
    bool over; /* the transition that the steps belong to has ended */
};

/* Takes the next event in: a step begins, is done, has failed; a new transition forgets the steps of the
 * one before. */
void progress_event(struct progress *p, struct json event);
/* Takes what a Deployment's status says now. Text stays where it is. */
void progress_status(struct progress *p, struct json deployment);

enum { MOST_PROGRESS_LINES = MOST_STEPS + 3 };

/* The lines of one transition for a person, at the wall time `now_us`. c says which symbols and colours
 * there are. Returns how many. */
size_t progress_lines(const struct cli *c, const struct progress *p, int64_t now_us,
                      struct str *lines);
/* One line: its state, health and what it is at. */
struct str progress_line(const struct cli *c, const struct progress *p, int64_t now_us,
                         size_t name_width);
