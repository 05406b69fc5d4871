/* A small world in virtual time: clusters, Flink jobs and snapshot storage, as far as a Deployment can
 * notice them. It follows what was seen of real Flink, and knows nothing of records, rules or steps.
 *
 * Everything happens as an event of one queue, so that a run is the same each time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "port/flink.h"
#include "port/platform.h"
#include "port/snapshots.h"

#define MS (1000LL)
#define S  (1000LL * MS)

enum { MOST_CLUSTERS = 48, MOST_TASKMANAGERS = 16, MOST_SNAPSHOTS = 300, MOST_TRIGGERS = 30 };
enum { LOCATION_TEXT = 200, ID_TEXT = 40 };

struct w_snapshot {
    char location[LOCATION_TEXT];
    int64_t attempt;
    int64_t id;
    bool savepoint;
    bool there;
    bool broken;
    bool imported;  /* by a user, at the attempt it says */
    bool given_up;  /* a user asked for its deletion */
    bool to_delete; /* a checkpoint whose job has finished: Flink deletes it, if it has the time */
    int64_t sequence;
    bool stop; /* taken by stop-with-savepoint */
    int64_t position;
    int64_t taken_at;
};

struct w_trigger {
    char id[ID_TEXT];
    char job[ID_TEXT];
    char directory[LOCATION_TEXT];
    char location[LOCATION_TEXT];
    bool stop;
    bool forgotten;
    enum flink_trigger_state state;
    int64_t checkpoint_id;
    int64_t position;
};

struct w_taskmanager {
    char id[ID_TEXT];
    bool alive;
    bool registered;
    bool works; /* processes records */
};

struct w_job {
    bool exists;
    char id[ID_TEXT];
    enum flink_job_status status;
    bool up;
    bool made;          /* its JobMaster: from then on it has tasks and statistics */
    bool failing_start; /* it will fail instead of getting up */
    char restored[LOCATION_TEXT];
    int64_t restored_id;
    bool restored_own; /* a checkpoint of its own, after a failure */
    int64_t next_checkpoint;
    int64_t position; /* when it began to work */
    int64_t works_since;
    int64_t restarts;
    int64_t submitted_at, ended_at;
    int64_t submissions; /* accepted: more than one never may be */
    char cause[LOCATION_TEXT];
    char checkpoints[LOCATION_TEXT]; /* its own directory */
};

struct w_cluster {
    int64_t attempt;
    bool there;
    bool ending;
    bool ended; /* its teardown is complete */
    bool jobmanager_alive;
    bool jobmanager_dead;
    char incarnation[ID_TEXT];
    char cause[LOCATION_TEXT];
    struct w_taskmanager taskmanagers[MOST_TASKMANAGERS];
    size_t n_taskmanagers;
    int64_t wanted;
    char jar[ID_TEXT];
    char checkpoints[LOCATION_TEXT]; /* configured directory */
    struct w_job job;
    struct w_trigger triggers[MOST_TRIGGERS]; /* posted to its JobManager */
    size_t n_triggers;
};

/* What the next trigger, submission and so on comes to; each is used up by one. */
enum fate {
    FATE_GOOD,
    FATE_FAILS,           /* trigger: failed · submission: 400, nothing runs · provision: refused */
    FATE_STOP_FAILS,      /* the savepoint is complete, the job was not stopped and runs on */
    FATE_STOP_HANGS,      /* the savepoint is complete, the stop never comes to an end */
    FATE_HANGS,           /* never comes to an end */
    FATE_FORGOTTEN,       /* trigger: done, and not known any more */
    FATE_RUNS_ANYWAY,     /* submission: 400, and the job runs */
    FATE_JOB_FAILS,       /* submission: 200, and the job fails before it is up */
    FATE_JOBMANAGER_DIES, /* submission: the process ends */
    FATE_JOB_FAILS_STOPPING, /* the savepoint is complete, the job fails while it stops */
};
enum fated {
    FATED_TRIGGER,
    FATED_SUBMIT,
    FATED_PLAN,
    FATED_CANCEL,
    FATED_PROVISION,
    FATED_DISCARD,
    FATED_VALUES
};
enum { MOST_FATES = 32 };

/* How long things take. */
struct w_pace {
    int64_t latency; /* of a message, one way */
    int64_t jobmanager_start;
    int64_t taskmanager_start;
    int64_t main_method;
    int64_t job_init;
    int64_t tasks_up;
    int64_t checkpoint_interval; /* 0 = no checkpoints */
    int64_t savepoint;
    int64_t cancel;
    int64_t discard; /* of the checkpoints of a job that has finished */
    int64_t teardown;
    int64_t heartbeat;
    int64_t time_out; /* of a message without answer */
};
extern const struct w_pace w_quick;

/* A request and its answer. */
struct w_call {
    int kind; /* the caller's word for it */
    int64_t attempt;
    struct str subject;
    int64_t sent_at;
    int64_t daemon; /* which life of the daemon sent it */
    int64_t timer;
    struct str job_id;
    struct str trigger_id;
    struct str directory;
    struct str restore;
    struct str checkpoints; /* directory that is configured with a provision */
    struct str jar_id;
    struct str entry_class; /* asked for with a fetch */
    bool stop;
    int64_t spec_version;
    /* the answer */
    enum outcome outcome;
    int status;
    struct str text;
    struct str incarnation;
    struct platform_cluster *clusters;
    size_t n_clusters;
    int64_t newest;
    int64_t *ended;
    size_t n_ended;
    struct flink_sight sight;
    struct flink_checkpoints stats;
    enum flink_trigger_state trigger;
    struct snapshot_sight *items;
    size_t n_items;
};

struct w_world;
typedef void w_event_fn(struct w_world *w, int64_t x, int64_t y, void *p);

struct w_event {
    int64_t at;
    int64_t seq;
    w_event_fn *fn;
    int64_t x, y;
    void *p;
};

struct w_world {
    struct arena *a;
    struct w_pace pace;
    int64_t now;
    int64_t seq;
    struct w_event *queue;
    size_t n_queue, room_queue;
    struct w_cluster clusters[MOST_CLUSTERS];
    size_t n_clusters;
    struct w_snapshot snapshots[MOST_SNAPSHOTS];
    size_t n_snapshots;
    int64_t processes; /* started so far: makes incarnations */
    enum fate fates[FATED_VALUES][MOST_FATES];
    size_t n_fates[FATED_VALUES];
    size_t used_fates[FATED_VALUES];
    bool flink_unreachable;
    bool inventory_fails;
    bool storage_unreadable;
    bool checkpointing_off;
    bool checkpoints_in_memory; /* of the JobManager: they complete, and have no place */
    bool fail_restores;
    bool restarts_unknown;           /* Flink does not say how often a job restarted */
    const char *unwritable;          /* no savepoint can be written into this directory */
    bool triggers_refused;           /* any savepoint is answered with 400 */
    const char *checkpoints_in_code; /* the job's own code sets another directory */
    int64_t artifact_missing;        /* spec version whose artifact is not there; 0 = none */
    char trouble[1000];              /* what no world may allow, the first of it */
    void (*watch)(void *arg);        /* after every event */
    void *watch_arg;
};

void world_init(struct w_world *w, struct arena *a);
void world_free(struct w_world *w);
void world_at(struct w_world *w, int64_t at, w_event_fn *fn, int64_t x, int64_t y, void *p);
/* So long nobody gets a turn: all that is to come comes that much later. */
void world_sleep(struct w_world *w, int64_t us);
/* Runs the next event; false when there is none at or before `until` (then it is that time). */
bool world_run(struct w_world *w, int64_t until);
void world_fate(struct w_world *w, enum fated what, enum fate fate);
enum fate world_next_fate(struct w_world *w, enum fated what);
void world_trouble(struct w_world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* platform.c */
struct w_cluster *world_cluster(struct w_world *w, int64_t attempt);
void world_provision(struct w_world *w, struct w_call *c);
void world_deliver(struct w_world *w, struct w_call *c);
void world_teardown(struct w_world *w, struct w_call *c);
void world_inventory(struct w_world *w, struct w_call *c);
void world_kill_jobmanager(struct w_world *w, int64_t attempt, const char *cause);
void world_kill_taskmanager(struct w_world *w, int64_t attempt, size_t i);
void world_reboot(struct w_world *w);
/* A cluster that somebody else started. */
void world_foreign_cluster(struct w_world *w, int64_t attempt);

/* flink.c, flink_tell.c, flink_savepoints.c */
void flink_look(struct w_world *w, struct w_call *c);
void flink_look_taskmanagers(struct w_world *w, struct w_call *c);
void flink_cause(struct w_world *w, struct w_call *c);
void flink_stats(struct w_world *w, struct w_call *c);
void flink_read_trigger(struct w_world *w, struct w_call *c);
void flink_make_plan(struct w_world *w, struct w_call *c);
void flink_submit(struct w_world *w, struct w_call *c);
void flink_trigger_savepoint(struct w_world *w, struct w_call *c);
void flink_cancel(struct w_world *w, struct w_call *c);
void flink_job_fails(struct w_world *w, int64_t attempt, const char *cause);
void flink_job_finishes(struct w_world *w, int64_t attempt);
void flink_job_cancelled_by_somebody(struct w_world *w, int64_t attempt);
void flink_job_stopped_by_somebody(struct w_world *w, int64_t attempt);
void flink_job_restarts(struct w_world *w, int64_t attempt, int64_t for_us);
void flink_jobmanager_gone(struct w_world *w, struct w_cluster *c);
void flink_taskmanager_gone(struct w_world *w, struct w_cluster *c);
void flink_taskmanager_back(struct w_world *w, struct w_cluster *c);
bool flink_is_final(enum flink_job_status s);

/* storage.c */
struct w_snapshot *storage_add(struct w_world *w, const char *location);
struct w_snapshot *storage_find(struct w_world *w, struct str location);
void storage_list(struct w_world *w, struct w_call *c);
void storage_verify(struct w_world *w, struct w_call *c);
void storage_remove(struct w_world *w, struct w_call *c);
