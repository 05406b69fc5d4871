/* The target `local`: Flink clusters as processes of this machine. Implements port/platform.h.
 *
 * On disk, per attempt, DATA/clusters/DEPLOYMENT/ATTEMPT/: conf, lib (dependencies), tmp, upload
 * (web.upload.dir), log, run (who was started), and `cluster` (the leased ports). The processes
 * outlive this daemon and are found again (docs/local-target.md). */
#pragma once

#include "port/loop.h"
#include "port/platform.h"

enum quick_start {
    QUICK_UNSET, /* QUICK_JOBMANAGER */
    QUICK_OFF,
    QUICK_JOBMANAGER, /* serial collector and no optimising compiler for JobManagers only */
    QUICK_ALL,        /* for TaskManagers too: starts sooner, processes slower */
};

/* Unset (zero) members mean their defaults. */
struct local_config {
    struct str data_dir;        /* must exist */
    struct str_map flink_homes; /* flink.homes.VERSION */
    struct str flink_home;      /* FLINK_HOME */
    struct str cache_dir;       /* holds flink/VERSION/lib; empty: as ./dev finds it */
    struct str java;            /* program; empty: JAVA_HOME/bin/java, else java in PATH */
    struct str shim;            /* program; empty: sluice-shim beside the running program */
    /* local.user: account for Flink when started as root. Empty: `sluice`, else `nobody`; when that
     * one cannot reach what Flink needs, root's own, and local_notice says so. */
    struct str user;
    struct str storage_uri; /* storage.baseUri: handed over to that account when it is ours */
    int64_t
        max_concurrent_starts; /* local.maxConcurrentStarts; default: half the cores, 1 at least */
    int64_t port_first;        /* local.ports: leased from here on; default 21000 */
    int64_t port_last;         /* default 31999: below the ports of outgoing connections */
    int64_t stop_grace_us;     /* local.stopGrace: SIGTERM to SIGKILL of a JobManager; 2 s */
    int64_t logs_kept;         /* local.keptLogs: ended attempts per Deployment; default 5 */
    int quick_start;           /* enum quick_start; local.quickStart */
    bool class_data_sharing;   /* local.classDataSharing: build archives in the background */
    struct str proc;           /* tests: stands in for /proc */
};

struct local;

/* Reads or creates the identity of the data directory. The loop is used until local_free.
 * -1: the directory cannot be used, or the shim or the account does not exist. */
int local_new(const struct local_config *config, const struct loop *loop, struct local **ret,
              struct err *e) ERR_CHECK;
/* On the loop thread, before the loop is freed. No callback comes after it, what is on the pool
 * ends by itself. Leaves all processes as they are. NULL is allowed. */
void local_free(struct local *l);
struct platform local_platform(struct local *l);
/* What the administrator should know of how it was set up; empty = nothing. Lives as long as it. */
struct str local_notice(const struct local *l);
/* Versions that can be started, sorted ("1.20.5", "2.3.0"); for validation. Looks at the disk. */
struct str_list local_versions(const struct local *l, struct arena *a);
