/* A Deployment that is looked at again and again: its progress, and what was told of it. */
#pragma once

#include "cli/progress.h"

#include <stdio.h>

struct track {
    struct progress progress;
    FILE *lines;   /* where each change becomes a line; NULL = nowhere */
    int64_t since; /* events up to this one are old news; -1 = all that there are at first */
    int64_t known; /* the last event that was taken in */
    bool begun;
    char state[80]; /* as it was told, with the health */
    char reason[400];
};

/* Fetches its new events, and takes them and the Deployment in. */
void track_look(struct cli *c, struct track *t, struct json deployment);
/* One event of it, and its status: for those who have fetched them already. */
void track_event(struct cli *c, struct track *t, struct json event, bool is_news);
void track_status(struct cli *c, struct track *t, struct json deployment);
