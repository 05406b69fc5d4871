/* Looking again and again until something holds, the time is up or the user goes away. */
#pragma once

#include "cli/live.h"

/* What look gives while it does not hold. */
#define NOT_YET (-1)

struct turns {
    int (*look)(struct cli *c, void *arg); /* memory of c->a lives for one look */
    void *arg;
    const char *what;  /* "deployment/x /status/state=RUNNING" */
    const char *again; /* the command that waits for the same */
    struct live *live; /* where look paints */
    bool endless;      /* without --timeout there is no end */
};
/* The exit code that look ended with, EXIT_TIMED_OUT by --timeout, or 128 and the signal. */
int wait_turns(struct cli *c, const struct turns *t);
