/* What the observers last saw. Volatile: empty after a start of the daemon, and that is enough.
 *
 * Every part carries when its observation began (monotonic; 0 = never made): an observation counts
 * only when it began after the present record was durable. An error never reads as "absent". */
#pragma once

#include "base/uuid.h"
#include "data/fields.h"
#include "model/savepoint.h"
#include "port/flink.h"
#include "port/outcome.h"
#include "port/platform.h"
#include "port/snapshots.h"

struct seen_part {
    int64_t at; /* monotonic; when the observation that gave the value began */
    bool asked; /* one is under way */
    int64_t asked_at;
};

/* The answer to the intent's call, if this process sent it. */
struct seen_call {
    int64_t timer; /* the record's timer when it was sent: another value = not this call */
    bool sent;
    bool answered;
    int64_t sent_at; /* monotonic; the last time */
    int64_t times;   /* sent so far */
    int64_t answered_at;
    enum outcome outcome;
    int status; /* HTTP status of the answer, 0 = none */
    struct str text;
    struct str jar_id;
    int64_t submitted; /* attempt that it submitted, 0 = it was another call */
};

struct seen_trigger {
    struct seen_part part;
    struct str trigger_id; /* that it is about */
    enum flink_trigger_state state;
    struct str location;
    struct str text;
};

struct seen_listing {
    struct seen_part part;
    struct str directory;
    enum outcome outcome;
    struct str text;
    struct snapshot_sight *items;
    size_t n;
    struct arena *arena; /* the shell's: holds text and items */
};

struct seen_snapshot {
    struct seen_part part;
    struct str location;
    enum outcome outcome;
    struct snapshot_sight sight;
    struct str text;
};

struct seen_artifact {
    struct seen_part part;
    int64_t spec_version; /* that it was made for */
    enum outcome outcome;
    struct str text;
    struct str sha256;
    struct str name;
    struct str_list dependency_sha256s;
    struct str entry_class;
};

/* Of the cluster that stands ready for the next attempt. */
struct seen_standby {
    int64_t timer; /* of the record's standby, and */
    int64_t timer_since;
    struct seen_part part; /* its TaskManagers, as its JobManager lists them */
    struct flink_sight sight;
    struct str incarnation; /* of that JobManager process */
    struct seen_call call;  /* of its present step */
    struct seen_part plan_part;
    enum outcome plan_outcome; /* UNKNOWN: no answer */
    struct str plan_text;
};

struct seen {
    int64_t committed_at; /* monotonic: since when the present record is durable */
    int64_t timer;        /* the record's timer, and */
    int64_t timer_since;  /* monotonic: since when it has had this value */
    int64_t chance;       /* the same of the record's chance */
    int64_t chance_since;
    char request[UUID_TEXT + 1]; /* the savepoint that a user asks for and no try is about yet */
    int64_t request_since;       /* monotonic: since when it is that one */

    struct seen_part world_part;
    enum outcome world_outcome;
    struct str world_text;
    struct platform_cluster *clusters;
    size_t n_clusters;
    int64_t newest_attempt; /* see struct platform_inventory */
    int64_t *ended;
    size_t n_ended;

    /* What its JobManager was asked last: before the submission for its TaskManagers, from then on
     * for the job. */
    struct seen_part job_part;
    int64_t job_good_at; /* when its JobManager last answered */
    /* When that very process last said of the job what it does, or that it is not there. */
    int64_t job_told_at;
    struct str job_incarnation; /* of the JobManager process when it was asked */
    struct flink_sight job;

    struct seen_part stats_part;
    struct flink_checkpoints stats;

    struct seen_part cause_part;
    struct str cause;

    struct seen_call call;
    struct seen_trigger trigger;
    struct seen_listing *listings; /* one per directory asked for */
    size_t n_listings;
    struct seen_snapshot snapshot;
    struct seen_artifact artifact;
    struct seen_standby standby;
};
