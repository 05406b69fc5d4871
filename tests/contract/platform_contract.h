/* What every platform keeps of port/platform.h, told as stories. Each runs in a world that has
 * nothing in it yet and leaves nothing behind. */
#pragma once

#include "platform_rig.h"

struct platform_world {
    struct platform_rig rig;
    struct platform_cluster_spec spec; /* attempt 1 of a fresh deployment, two TaskManagers */
    struct platform_artifact jar;
    struct str plan_request; /* body with which Flink can make a plan of the jar */
    int patience_s;          /* how long a cluster may take to come up or to go */
    /* Ends a process the hard way, from outside: "jobmanager" or a TaskManager id. */
    void (*kill)(struct platform_world *w, int64_t attempt, struct str process);
    /* Asks the REST API at the url; the body, or empty while there is no answer of status 200.
     * NULL: what runs here is not Flink, and the stories leave its answers out. */
    struct str (*http)(struct platform_world *w, struct str url, const char *method,
                       const char *path, struct str body);
};

/* An empty cluster comes up once, however often it is asked for, and its TaskManagers register. */
void contract_provision(struct platform_world *w);
/* A jar belongs to the JobManager that it was given to. */
void contract_deliver(struct platform_world *w);
/* A dead TaskManager is replaced by one with another id; the JobManager stays the same. */
void contract_replace(struct platform_world *w);
/* A dead JobManager is seen as dead, and is never started again. */
void contract_dead_jobmanager(struct platform_world *w);
/* What was ended is gone and cannot come back; other attempts are untouched. */
void contract_teardown(struct platform_world *w);
