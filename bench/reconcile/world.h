/* Ports whose other side does at once whatever it is asked: clusters come up, jobs run, savepoints
 * succeed. What is left to measure is our own. Answers come in the next turn of the loop. */
#pragma once

#include "port/artifacts.h"
#include "port/flink.h"
#include "port/loop.h"
#include "port/platform.h"
#include "port/snapshots.h"

enum { WORLD_MOST = 64, WORLD_ID = 64, WORLD_PATH = 512 };

/* What exists of one Deployment. */
struct world_place {
    char deployment[WORLD_ID];
    char url[WORLD_ID + 8];
    bool alive; /* its cluster */
    int64_t attempt;
    char name[32]; /* of the JobManager process and of the TaskManager */
    struct str ids[1];
    enum flink_job_status job;
    char restored[WORLD_PATH];
    char trigger[WORLD_ID];
    char savepoint[WORLD_PATH];
    int64_t checkpoint_id;
};

struct bench_world {
    struct loop loop;
    struct world_place places[WORLD_MOST];
    size_t n_places;
    /* Called as a savepoint, cancel, provision or submission is asked for, before it is done. */
    void (*on_action)(void *arg, struct str deployment_id);
    void *arg;
};

struct platform world_platform(struct bench_world *w);
struct flink world_flink(struct bench_world *w);
struct snapshots world_snapshots(struct bench_world *w);
struct artifacts world_artifacts(struct bench_world *w);
