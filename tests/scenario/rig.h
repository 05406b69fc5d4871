/* The shell around core_step over the scripted world: a store, twelve lines of loop, ports, a user,
 * and a daemon that can die at any point. Nothing in here decides anything about Flink. */
#pragma once

#include "core/step.h"
#include "world/world.h"

enum { MOST_SAVEPOINTS = 400, MOST_JOBS = 60, MOST_LOG = 1000, MOST_STEPS = 40000 };

/* Where the daemon dies, or what becomes of a message; counted from 1 over the whole run. */
enum fault {
    FAULT_NONE,
    FAULT_CRASH_BEFORE_COMMIT,
    FAULT_CRASH_AFTER_COMMIT,
    FAULT_CONFLICT, /* the commit is refused: somebody else wrote */
    FAULT_CRASH_BEFORE_CALL,
    FAULT_CRASH_AFTER_CALL, /* it arrives, its answer comes to nobody */
    FAULT_REQUEST_LOST,
    FAULT_ANSWER_LOST,
    FAULT_REQUEST_LATE, /* it arrives after the caller gave up */
    FAULT_CRASH_BEFORE_STEP,
    FAULT_JOBMANAGER_DIES, /* from here on: at a commit */
    FAULT_TASKMANAGER_DIES,
    FAULT_REBOOT,
    FAULT_JOB_FAILS,
    FAULT_FLINK_UNREACHABLE, /* for a while */
    FAULT_INVENTORY_FAILS,
    FAULT_STORAGE_UNREADABLE,
    FAULT_USER_SUSPENDS,
    FAULT_USER_CANCELS,
    FAULT_USER_RUNS,
    FAULT_USER_EDITS,
    FAULT_USER_RETRIES,
    FAULT_USER_TAKES_SAVEPOINT,
    FAULT_VALUES
};

struct rig_log {
    int64_t at;
    int rule;
    char what[24]; /* action, or "user" */
    struct str event;
    struct str message;
};

struct rig {
    struct w_world world;
    struct arena *a; /* of the whole run */
    struct core_env env;

    /* the store */
    struct deployment deployment;
    struct record record;
    struct savepoint *savepoints[MOST_SAVEPOINTS];
    size_t n_savepoints;
    struct job *jobs[MOST_JOBS];
    size_t n_jobs;
    bool removed;

    /* the daemon's memory */
    bool up;
    int64_t life;
    struct seen seen;
    int64_t wake_at; /* of the timer that counts */
    const struct job *last_job;
    struct facts facts;
    const struct rule *rule;

    /* the run */
    struct rig_log log[MOST_LOG];
    size_t n_log;
    int64_t ids;
    int64_t wall_jump;             /* somebody set the clock */
    int64_t commits, calls, steps; /* so far */
    int64_t calls_of[EFFECT_KINDS];
    int64_t last_change; /* when a commit or a mutating call was made last */
    enum fault fault;
    int64_t fault_at; /* of which commit or call; 0 = none */
    int64_t down_for; /* after a crash */
    bool fault_done;
    bool started_by_user; /* the last write of a user leads to a start */
    bool verbose;

    bool unwatched; /* begins in the middle of a history: the oracle has nothing to go by */

    /* what the oracle remembers */
    int64_t highest_attempt;
    int64_t cancel_allowed; /* attempt */
    int64_t submit_judged;  /* attempt */
    bool restore_asked;     /* spec.restoreFrom waits to be used */
};

void rig_init(struct rig *r, struct arena *a);
void rig_free(struct rig *r);
/* The daemon begins to work on what is stored. */
void rig_start_daemon(struct rig *r);
void rig_crash(struct rig *r, int64_t down_for);
/* Runs until the condition holds; false when it does not within `most_us`. */
bool rig_until(struct rig *r, bool (*holds)(const struct rig *r), int64_t most_us);
void rig_run_for(struct rig *r, int64_t us);
/* Nothing was committed and nothing changed in the world by a call for `us`. */
bool rig_is_silent(const struct rig *r, int64_t us);

/* The user. */
void rig_want(struct rig *r, enum desired_state state);
void rig_edit(struct rig *r); /* an upgrade-relevant change */
void rig_retry(struct rig *r);
void rig_restore_from(struct rig *r, struct str location, struct str nonce);
void rig_delete(struct rig *r);
struct str rig_request_savepoint(struct rig *r);
void rig_discard(struct rig *r, struct str id);
struct str rig_import(struct rig *r, const char *location);
/* Other parts of the spec are changed in place; this stores them. */
void rig_touch(struct rig *r);

void rig_wake(struct rig *r);

/* Looking. */
struct core_in rig_in(struct rig *r);
/* What retention lets go next; no other Deployment shares anything here. */
const struct savepoint *rig_expired(struct arena *a, const struct core_in *in);
struct w_cluster *rig_cluster(struct rig *r);
const struct savepoint *rig_savepoint(const struct rig *r, struct str id);
const struct savepoint *rig_newest_savepoint(const struct rig *r, enum savepoint_origin origin);
const struct job *rig_job(const struct rig *r, int64_t attempt);
size_t rig_count_event(const struct rig *r, const char *name);
bool rig_had_rule(const struct rig *r, int number);
void rig_print(const struct rig *r);

bool is_running(const struct rig *r);
bool is_suspended(const struct rig *r);
bool is_cancelled(const struct rig *r);
bool is_failed(const struct rig *r);
bool is_blocked(const struct rig *r);
bool is_finished(const struct rig *r);

/* fault.c */
bool rig_fault_hits(struct rig *r, enum fault fault, int64_t count);
/* What happens to the world, or what a user does, at this commit. */
void rig_fault_strikes(struct rig *r);
extern const char *const fault_names[FAULT_VALUES];

/* send.c */
void rig_send(struct rig *r, const struct effect *e);
/* oracle.c: watches the world after every event, and every call before it is made. */
void oracle_watch(void *rig);
void oracle_call(struct rig *r, const struct effect *e);
