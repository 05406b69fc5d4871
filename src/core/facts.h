/* Facts: all that a rule may look at. One small enum per column, computed by one pure function, so
 * that the whole space of decisions is finite and is walked by a test. */
#pragma once

#include "core/input.h"

/* What the user wants of it now. */
enum want { WANT_RUN, WANT_SUSPEND, WANT_CANCEL, WANT_VALUES };

/* The attempt's cluster, by a complete inventory that began after the record was durable. */
enum world {
    WORLD_UNKNOWN,  /* not seen freshly, or the inventory failed */
    WORLD_NOTHING,  /* nothing of this Deployment exists */
    WORLD_STARTING, /* processes of the attempt, not all registered yet */
    WORLD_READY,    /* JobManager answers and lists exactly this attempt's TaskManagers */
    WORLD_SHORT,    /* JobManager alive, TaskManagers dead or missing */
    WORLD_HALFDEAD, /* JobManager proven dead; something of the attempt may still be alive */
    WORLD_LEFTOVER, /* a lower attempt has something alive */
    WORLD_NEWER,    /* an attempt above any that the record knows */
    WORLD_VALUES
};

/* The job, as the very JobManager process that the SUBMIT intent names tells it. */
enum job_fact {
    SIGHT_UNKNOWN,
    SIGHT_ABSENT,
    SIGHT_STARTING,   /* initialising, created, or never yet with all tasks up */
    SIGHT_UP,         /* RUNNING and every task RUNNING or FINISHED */
    SIGHT_RESTARTING, /* anything else that is not final */
    SIGHT_FINISHED,
    SIGHT_CANCELED,
    SIGHT_FAILED,
    SIGHT_VALUES
};

/* What became of the intent's call. */
enum result {
    RESULT_WAITING, /* sent by this process, no answer yet, or the answer says "under way" */
    RESULT_DONE,
    RESULT_PARTIAL, /* STOP: the savepoint is complete and newest, the job was not stopped */
    RESULT_REFUSED,
    RESULT_UNKNOWN, /* perhaps never sent, perhaps sent and lost */
    RESULT_OVERDUE,
    RESULT_VALUES
};

/* What runs against what is wanted, and what the upgrade strategy says to it. */
enum drift { DRIFT_NONE, DRIFT_STATELESS, DRIFT_STATEFUL, DRIFT_PENDING, DRIFT_VALUES };

/* Evidence that waits to be recorded: about the running job (what it restored, where it checkpoints,
 * that it is what the operation led to, that it restarted), about the end (statistics), whether a job
 * that was given up has started after all, about what the attempt left behind (listings). */
enum evidence { EVIDENCE_NONE, EVIDENCE_READY, EVIDENCE_CONFLICT, EVIDENCE_VALUES };

/* What the next start would restore from (core/choice.h), verified freshly. */
enum choice_fact {
    CHOICE_UNKNOWN,   /* not verified yet */
    CHOICE_VERIFIED,  /* a snapshot */
    CHOICE_EMPTY,     /* starts empty, and may */
    CHOICE_FORBIDDEN, /* would start empty, or too old, and must not */
    CHOICE_BAD,       /* the newest eligible one is missing or contradicts */
    CHOICE_UNREAD,    /* an attempt that is over must be read before the newest is known */
    CHOICE_VALUES
};

/* Whether what is wanted could be started at all: artifact there, snapshot format readable, and the
 * snapshot to restore whole where it is known beforehand. */
enum preflight { PREFLIGHT_UNKNOWN, PREFLIGHT_OK, PREFLIGHT_REFUSED, PREFLIGHT_VALUES };

/* Tries and back-off: savepoint tries while a job runs, job attempts otherwise. */
enum pace {
    PACE_GO,
    PACE_WAIT,  /* backing off */
    PACE_LATE,  /* waited for a chance to take a savepoint until the deadline of this try */
    PACE_SPENT, /* no tries left */
    PACE_VALUES
};

/* Something else a user asked for. */
enum request { REQUEST_NONE, REQUEST_SAVEPOINT, REQUEST_DISCARD, REQUEST_REMOVE, REQUEST_VALUES };

/* The next attempt's cluster, where spec.warmStandby asks for one. */
enum standby_fact {
    STANDBY_NONE,  /* none exists, and none is waited for */
    STANDBY_DUE,   /* the running job is to be replaced, and waits for its standby */
    STANDBY_READY, /* before the stop: it stands ready. Before a start: it can be gone on with */
    STANDBY_IDLE,  /* it exists, and the present attempt has no use for it just now */
    STANDBY_VALUES
};

/* ---- what section 700 looks at ---- */

/* What the present attempt wants of a standby. */
enum standby_use {
    USE_NONE,
    USE_KEEP,  /* it is, or may be, the next attempt */
    USE_BEGIN, /* an edit that was checked waits to replace the running job */
    USE_VALUES
};

/* Its cluster, by the same inventory as the present attempt's. */
enum standby_world {
    STANDBY_UNKNOWN,
    STANDBY_GONE,
    STANDBY_STARTING,
    STANDBY_UP, /* its JobManager lists exactly its TaskManagers */
    STANDBY_SHORT,
    STANDBY_DEAD, /* its JobManager is proven dead, or another process */
    STANDBY_WORLDS
};

#define PHASE_VALUES  (PHASE_DONE + 1)
#define INTENT_VALUES (INTENT_DISCARD + 1)

struct facts {
    enum want want;
    enum phase phase;
    enum world world;
    enum job_fact job;
    enum intent_kind intent;
    enum result result;
    enum drift drift;
    enum evidence evidence;
    enum choice_fact choice;
    enum preflight preflight;
    enum pace pace;
    enum request request;
    enum standby_fact standby;
};

struct standby_facts {
    enum standby_step step;
    enum standby_use use;
    enum standby_world world;
    enum result result; /* of the step's call, or of the plan */
};

/* Pure. Reads nothing but `in`. */
struct facts core_facts(const struct core_in *in);
/* The same of the standby; `facts`: those of the same input. */
struct standby_facts core_standby_facts(const struct core_in *in, const struct facts *facts);

/* The teardown of this attempt was asked for and is complete, as the platform knows. */
bool core_is_ended(const struct core_in *in, int64_t attempt);

/* A job runs that an edit will replace, and what its successor restores does not hang on how that
 * job ends: spec.restoreFrom names it, or no savepoint is taken and checkpoints do not count. Then it
 * is verified before the running job is stopped (S035). */
bool core_choice_is_settled(const struct core_in *in);

/* The job is up, and nothing that is wanted differs but an edit that upgrade strategy NONE keeps
 * pending: an operation that led here is over. */
bool core_runs_as_wanted(const struct core_in *in);

/* The Savepoint that a user asked to take, and no try is about yet; the one to delete; or NULL. */
const struct savepoint *core_requested_savepoint(const struct core_in *in);
const struct savepoint *core_discarded_savepoint(const struct core_in *in);

/* Names of the columns and their values, for `sluice explain rule` and docs/rules.md. */
struct fact_column {
    const char *name;
    size_t n;
    const char *const *values;
};
/* The first MAIN_COLUMNS are those of sections 100 to 600, the others those of section 700. */
enum { MAIN_COLUMNS = 13, FACT_COLUMNS = MAIN_COLUMNS + 4 };
extern const struct fact_column fact_columns[FACT_COLUMNS];
