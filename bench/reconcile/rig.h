/* The real shell, core and store, over the world of world.h: Deployments that are edited in turns.
 * One thread, one loop. */
#pragma once

#include "shell/app.h"
#include "world.h"

struct rig {
    struct app app;
    struct bench_world world;
    size_t n_deployments;
    bool frozen; /* the clock stands still at: */
    int64_t frozen_at;
    /* Called when a write of the user is durable, and when a Deployment has become RUNNING. */
    void (*on_acknowledged)(void *arg, struct entry *e);
    void (*on_running)(void *arg, struct entry *e);
    void *arg;
    bool running[WORLD_MOST]; /* by place in the world */
};

/* A rig with its store in `directory`, which must be empty. Ends the process when that fails. */
void rig_open(struct rig *r, const char *directory);
/* Creates n Deployments. */
void rig_create(struct rig *r, size_t n);
/* A user's write that asks for an upgrade. */
void rig_edit(struct rig *r, struct entry *e);
/* Turns until rig_stop. */
void rig_run(struct rig *r);
void rig_stop(struct rig *r);
/* Closes the store; the rest ends with the process. */
void rig_close(struct rig *r);

int64_t rig_now_ns(void);
/* The value below which `share` (0 to 1) of the n values lie; sorts them. */
double rig_quantile(double *values, size_t n, double share);
