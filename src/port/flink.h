/* One Flink cluster's REST API, as facts and three-valued outcomes. Works on 1.20 and 2.3 alike.
 *
 * Truth is read where Flink does not cache it: job states and task counts from /jobs/overview, never
 * from /jobs/:id. All calls are asynchronous: fn(arg, result) once, on the loop thread, never from
 * inside the call; what the result points to is valid during the callback. */
#pragma once

#include "base/arena.h"
#include "data/fields.h"
#include "port/outcome.h"

enum flink_job_status {
    FLINK_JOB_UNKNOWN,
    FLINK_JOB_ABSENT, /* this JobManager answered, and does not list the id */
    FLINK_JOB_INITIALIZING,
    FLINK_JOB_CREATED,
    FLINK_JOB_RUNNING,
    FLINK_JOB_RESTARTING,
    FLINK_JOB_FAILING,
    FLINK_JOB_CANCELLING,
    FLINK_JOB_SUSPENDED,
    FLINK_JOB_RECONCILING,
    FLINK_JOB_FINISHED,
    FLINK_JOB_CANCELED,
    FLINK_JOB_FAILED,
};

/* What is looked at. A JobManager is slow while it does what is waited for: it is asked one thing. */
enum flink_look {
    FLINK_LOOK_JOB,
    FLINK_LOOK_TASKMANAGERS,
};

struct flink_sight {
    enum outcome outcome; /* DONE = what was asked for was answered; the other part says nothing */
    struct str text;
    /* the job */
    enum flink_job_status job;
    int64_t tasks_total;
    int64_t tasks_up;      /* RUNNING or FINISHED */
    int64_t start_time_ms; /* Flink's clock */
    int64_t end_time_ms;   /* -1 = not ended */
    /* the TaskManagers that are registered */
    struct str_list taskmanager_ids;
};

struct flink_checkpoint {
    int64_t id;
    struct str path; /* external_path; empty when not addressable */
    bool is_savepoint;
    bool discarded;
    bool completed;
    int64_t triggered_ms;
    int64_t acked_ms;
    int64_t state_size;
    struct str failure;
};

struct flink_checkpoints {
    enum outcome outcome; /* REFUSED: checkpointing is not enabled for this job */
    struct str text;
    int64_t completed_count;
    struct flink_checkpoint latest_completed; /* checkpoint or savepoint; id 0 = none */
    struct flink_checkpoint latest_savepoint;
    struct flink_checkpoint latest_failed;
    bool has_restored;
    struct flink_checkpoint restored;
    struct flink_checkpoint *history; /* newest first */
    size_t n_history;
    int64_t interval_ms; /* of /checkpoints/config; -1 = periodic checkpointing is off */
    bool retained;       /* RETAIN_ON_CANCELLATION */
    /* numRestarts metric, whatever the outcome, told up to 10 s late; -1 = not known. */
    int64_t restarts;
};

enum flink_trigger_state {
    FLINK_TRIGGER_UNREACHABLE,
    FLINK_TRIGGER_NOT_KNOWN, /* 404: this JobManager has no such id (never came, or forgotten) */
    FLINK_TRIGGER_IN_PROGRESS,
    FLINK_TRIGGER_COMPLETED,
    FLINK_TRIGGER_STOP_FAILED, /* "A savepoint has been created at ..., but ... failed during
                                  stopping": location is set */
    FLINK_TRIGGER_FAILED,      /* COMPLETED with a failure cause */
};

struct flink_trigger {
    enum flink_trigger_state state;
    struct str location;
    struct str text; /* deepest useful cause */
};

struct flink_submit {
    struct str jar_id;
    struct str job_id;
    struct str entry_class; /* empty = from the manifest */
    struct str_list args;
    int64_t parallelism;
    struct str savepoint_path; /* empty = start empty */
    bool allow_non_restored_state;
    int64_t timeout_us;
};

struct flink_plan {
    struct str job_id; /* of the job that it will be */
    struct str jar_id;
    struct str entry_class; /* empty = from the manifest */
    struct str_list args;
    int64_t parallelism;
    int64_t timeout_us;
};

struct flink_answer {
    enum outcome outcome; /* submit: DONE only for 200; REFUSED = any other complete HTTP answer
                             (main() may have submitted all the same: look); UNKNOWN = no answer */
    int status;
    struct str text; /* deepest useful cause, one line */
};

struct flink_stop {
    struct str job_id;
    struct str trigger_id; /* 32 hex, ours; posting it again starts nothing new */
    struct str directory;  /* target directory URI of this try */
    bool native;
    bool drain;
    bool stop; /* false = a savepoint while the job runs on */
};

struct flink_ops {
    void (*look)(void *ctx, struct str url, struct str job_id, enum flink_look what,
                 void (*fn)(void *arg, const struct flink_sight *s), void *arg);
    /* Checkpoint statistics as they are, and configuration. Flink would cache statistics for 3 s: our
     * own clusters are told not to. */
    void (*checkpoints)(void *ctx, struct str url, struct str job_id,
                        void (*fn)(void *arg, const struct flink_checkpoints *c), void *arg);
    void (*trigger)(void *ctx, struct str url, struct str job_id, struct str trigger_id,
                    void (*fn)(void *arg, const struct flink_trigger *t), void *arg);
    /* Deepest cause of the job's failure, one line; empty when there is none. */
    void (*cause)(void *ctx, struct str url, struct str job_id,
                  void (*fn)(void *arg, const struct flink_answer *a), void *arg);
    /* Makes the job's plan, and runs nothing of it: main() is run up to execute() in the JobManager,
     * whose classes are loaded from then on. DONE = there is a plan; REFUSED = Flink says why it
     * cannot be made, and no job either. */
    void (*plan)(void *ctx, struct str url, const struct flink_plan *p,
                 void (*fn)(void *arg, const struct flink_answer *a), void *arg);
    void (*submit)(void *ctx, struct str url, const struct flink_submit *s,
                   void (*fn)(void *arg, const struct flink_answer *a), void *arg);
    /* DONE = 202 accepted, also for a job that has ended or never was: its trigger is FAILED. The
     * result must be read with trigger() once, whatever it is. */
    void (*savepoint)(void *ctx, struct str url, const struct flink_stop *s,
                      void (*fn)(void *arg, const struct flink_answer *a), void *arg);
    /* DONE = 202 accepted, once more by a job that was cancelled; REFUSED = 404, or 409 where it
     * ended otherwise. */
    void (*cancel)(void *ctx, struct str url, struct str job_id,
                   void (*fn)(void *arg, const struct flink_answer *a), void *arg);
};

struct flink {
    const struct flink_ops *ops;
    void *ctx;
};
