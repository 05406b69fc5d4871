/* The pure step: what is wanted, what was seen and what was begun give the one next step.
 *
 * The shell commits `record` and the rows with compare-and-set, and only then hands out the effects.
 * An effect carries no decision: everything a call needs is in the record, its Job and here. */
#pragma once

#include "base/arena.h"
#include "core/input.h"
#include "core/rules.h"
#include "model/event.h"

enum effect_kind {
    LOOK_WORLD,        /* platform inventory */
    LOOK_TASKMANAGERS, /* that the JobManager of the latest inventory lists */
    LOOK_JOB,          /* flink look, at the same JobManager */
    LOOK_STATS,
    LOOK_TRIGGER,   /* subject = trigger id */
    LOOK_DIRECTORY, /* subject = directory */
    LOOK_SNAPSHOT,  /* subject = location */
    LOOK_CAUSE,     /* why the job failed */
    LOOK_ARTIFACT,  /* of the template to start */
    LOOK_STANDBY,   /* TaskManagers that the standby's JobManager lists */
    LOOK_PLAN,      /* the standby's JobManager makes the job's plan */
    CALL_PROVISION,
    CALL_UPLOAD,
    CALL_SUBMIT,
    CALL_STOP, /* with intent.kind SAVEPOINT: the job runs on */
    CALL_CANCEL,
    CALL_TEARDOWN, /* attempt */
    CALL_DISCARD,  /* subject = location */
    CALL_STANDBY_PROVISION,
    CALL_STANDBY_UPLOAD,
    CALL_STANDBY_TEARDOWN,
    EFFECT_KINDS
};

struct effect {
    enum effect_kind kind;
    int64_t attempt;
    struct str subject;
};

/* Looks and calls beyond CORE_EFFECTS come with a later step: both are repeated until answered. */
enum { CORE_EFFECTS = 16, CORE_THEN = 4, CORE_JOBS = 2, ACCEPT_EVENTS = 2 };

struct core_out {
    struct facts facts;
    const struct rule *rule;            /* of these facts */
    const struct rule *then[CORE_THEN]; /* what followed from it alone, in the same transaction */
    size_t n_then;
    const struct rule *standby; /* the row of section 700, where it was asked */
    bool changed;               /* record, status or any row differs: commit */
    struct record record;
    struct deployment_status status;
    struct job *jobs[CORE_JOBS]; /* rows to put: of the attempt that was over, of the next one */
    size_t n_jobs;
    struct savepoint *savepoints; /* rows to put */
    size_t n_savepoints;
    struct str dropped_savepoint; /* id of a row to delete, or empty */
    bool remove;                  /* delete the Deployment and all it owns */
    struct event *events;         /* without seq and id */
    size_t n_events;
    struct effect effects[CORE_EFFECTS];
    size_t n_effects;
    bool under_way;  /* it waits for something: its looks are many */
    int64_t wake_at; /* monotonic; when to look again if nothing happens before */
};

/* What `out` points to lies in `a` or in what `in` points to. */
void core_step(struct arena *a, const struct core_in *in, struct core_out *out);

/* Takes a changed Deployment into the record: counters are made anew for a new spec version, desired
 * state or RETRY, and an operation begins. Returns whether anything changed. Used by the writer of a
 * user's edit, in the same transaction, and by core_step in case that writer was not this program. */
bool core_accept(struct arena *a, const struct core_in *in, struct record *record,
                 struct event events[ACCEPT_EVENTS], size_t *ret_n_events);

/* Which savepoint is asked for by now, and since when; before each step. */
void core_notice_request(const struct core_in *in, struct seen *seen);

/* Status as readers see it. */
struct deployment_status core_show(struct arena *a, const struct core_in *in,
                                   const struct record *record, const struct facts *facts,
                                   const struct rule *rule);

/* The effective Flink configuration of a job: the user's, and what Sluice adds (directories,
 * retention). */
struct str_map core_effective_configuration(struct arena *a, const struct core_in *in,
                                            const struct job_template *t);
/* Where savepoint try `id` of a Deployment goes. */
struct str core_savepoint_directory(struct arena *a, const struct core_in *in, struct str id);
