/* Where Flink clusters come from: processes of this machine, or Kubernetes. One empty cluster per
 * attempt; the platform knows nothing of jobs.
 *
 * Identity: everything of an attempt carries deployment id and attempt number. What does not carry
 * them is never touched (invariant 8); nothing is ended but by the incarnation that was seen.
 * Callbacks: once, on the loop thread, never from inside the call, data valid during the callback. */
#pragma once

#include "data/fields.h"
#include "model/deployment.h"
#include "port/outcome.h"

/* One attempt's cluster as it is now. "gone" is the absence from a DONE inventory; a provision that
 * was asked for and has not run yet is listed, with nothing alive. */
struct platform_cluster {
    int64_t attempt;
    /* Identity of the JobManager process or container: equal only while it is the very same one.
     * Empty when it has not started yet. local: boot id, pid, start time. */
    struct str incarnation;
    bool jobmanager_alive;
    bool jobmanager_dead; /* proven: it was started and has ended. Neither = not started yet. */
    int64_t taskmanagers_alive;
    int64_t taskmanagers_wanted;
    struct str_list taskmanager_ids; /* resource ids that may register */
    struct str rest_url;
    struct str log_directory;
    struct str cause; /* deepest useful line of what ended a process, when one ended */
};

struct platform_inventory {
    enum outcome outcome; /* only DONE says that what is not listed does not exist */
    struct str text;
    struct platform_cluster *clusters; /* of this deployment, any attempt with anything left alive,
                                          or whose processes ended but were not swept yet */
    size_t n;
    /* What is gone counts here too, as far as the platform remembers it, which it does for the
     * newest and for the one that ended last at least. Together with the store they say when the
     * store is older than the world: a backup of it that was put back (invariant 7, F72). */
    int64_t newest; /* the highest attempt that anything was ever made for; 0 = none */
    int64_t *ended; /* whose teardown was asked for and is complete, in any order */
    size_t n_ended;
};

struct platform_artifact {
    struct str path;   /* local file */
    struct str sha256; /* hex */
    struct str name;   /* file name for Flink, ends in .jar */
};

struct platform_cluster_spec {
    struct str deployment_id;
    struct str deployment_name;
    struct str namespace_name;
    int64_t attempt;
    const struct job_template *template_;   /* resources, parallelism, logging, flinkVersion */
    struct str_map flink_configuration;     /* effective: the user's and what Sluice adds */
    struct platform_artifact *dependencies; /* join the class path */
    size_t n_dependencies;
    /* A standby: another attempt runs, and must not suffer. REFUSED where both do not fit. */
    bool beside;
};

struct platform_result {
    enum outcome outcome; /* REFUSED: cannot be done for a reason that text says */
    struct str text;
    struct str jar_id; /* deliver only */
};

struct platform_ops {
    /* Everything that exists of this deployment. */
    void (*inventory)(void *ctx, struct str deployment_id,
                      void (*fn)(void *arg, const struct platform_inventory *i), void *arg);
    /* Ensures: starts what is missing (JobManager only if it never ran: a dead JobManager is never
     * replaced within an attempt; dead TaskManagers are). DONE = what had to be started was
     * started; it is up when inventory and Flink say so. Waits in line at maxConcurrentStarts. */
    void (*provision)(void *ctx, const struct platform_cluster_spec *spec,
                      void (*fn)(void *arg, const struct platform_result *r), void *arg);
    /* Gives the jar to this very JobManager, in an upload directory that never outlives it. */
    void (*deliver)(void *ctx, struct str deployment_id, int64_t attempt, struct str incarnation,
                    const struct platform_artifact *jar,
                    void (*fn)(void *arg, const struct platform_result *r), void *arg);
    /* Ends the attempt's processes, TaskManagers first, and frees its leases once they are proven
     * gone. DONE = asked for; where the platform learns of the end by itself, it answers then. Asked
     * again meanwhile, it answers the earlier one at once. Only the inventory says gone. Attempt 0..n
     * of this deployment. A provision of it, one that waits or one that comes later, also after a
     * restart, is REFUSED. */
    void (*teardown)(void *ctx, struct str deployment_id, int64_t attempt,
                     void (*fn)(void *arg, const struct platform_result *r), void *arg);
    /* Last lines of a process's log, "jobmanager" or a TaskManager id. */
    void (*logs)(void *ctx, struct str deployment_id, int64_t attempt, struct str process,
                 int64_t most_bytes, void (*fn)(void *arg, const struct platform_result *r),
                 void *arg); /* text = the log */
};

struct platform {
    const struct platform_ops *ops;
    void *ctx;
};
