/* The durable record of a Deployment: what was begun and what is settled. One row, written with
 * compare-and-set together with the Job, Savepoint and Event rows of the same step.
 *
 * No program counter is kept in it: `phase` says what is proven about the attempt, `intent` says
 * which call may have been sent. (shared design: core.md, "The record") */
#pragma once

#include "data/fields.h"

/* How far the current attempt is proven to be. */
enum phase {
    PHASE_NONE,        /* no attempt, or the last one is over and its evidence settled */
    PHASE_RESERVED,    /* number and job id are durable; its cluster is empty or not there yet */
    PHASE_PROVISIONED, /* cluster up, jar delivered to this very JobManager */
    PHASE_SUBMITTED,   /* a SUBMIT intent was durable: the job possibly runs */
    PHASE_UP,          /* the job was seen with all tasks up */
    PHASE_ENDED,       /* a final state, or the JobManager's end, was seen */
    PHASE_READ,        /* all that its JobManager can tell is recorded: it may be torn down */
    PHASE_GONE,        /* every process of it is proven gone; snapshots not collected yet */
    PHASE_DONE,        /* over: a bounded job that finished by itself */
};

enum end_kind {
    END_NONE,
    END_FINISHED, /* by itself, or by our stop: evidence tells them apart */
    END_CANCELED,
    END_FAILED,
    END_LOST,      /* JobManager gone, or does not know the job any more */
    END_ABANDONED, /* never submitted */
};

enum intent_kind {
    INTENT_NONE,
    INTENT_PROVISION, /* start the cluster, or replace dead TaskManagers */
    INTENT_UPLOAD,
    INTENT_SUBMIT,
    INTENT_STOP, /* stop-with-savepoint */
    INTENT_SAVEPOINT,
    INTENT_CANCEL,
    INTENT_TEARDOWN,
    INTENT_DISCARD, /* remove a snapshot's data */
};

enum operation_kind {
    OPERATION_NONE,
    OPERATION_START,
    OPERATION_UPGRADE,
    OPERATION_SUSPEND,
    OPERATION_CANCEL,
    OPERATION_RECOVER,
};

enum source_kind { SOURCE_UNDECIDED, SOURCE_EMPTY, SOURCE_SNAPSHOT };
enum checkpointing { CHECKPOINTING_UNKNOWN, CHECKPOINTING_ON, CHECKPOINTING_OFF };
/* What is under way with the cluster that stands ready for the next attempt. The step is the durable
 * intent of its call, beside the one intent that the present attempt may have. */
enum standby_step {
    STANDBY_STEP_NONE,      /* there is none */
    STANDBY_STEP_PROVISION, /* its cluster is asked for */
    STANDBY_STEP_UPLOAD,    /* the jar is handed to its JobManager */
    STANDBY_STEP_WARM,      /* the job's plan is made there: classes are loaded, main() ran */
    STANDBY_STEP_READY,
    STANDBY_STEP_END, /* it is taken down */
    STANDBY_STEPS
};
/* What became of the standby of a spec version. */
enum standby_verdict {
    STANDBY_UNJUDGED,
    STANDBY_COLD,    /* it cannot be had: the upgrade goes on without */
    STANDBY_REFUSED, /* the job's plan cannot be made: the upgrade cannot go on */
};
/* Tries that are used up: FAILED until a new spec version, another desired state or a RETRY, whatever
 * the clock or a changed limit says by then (behaviour.md 3). */
enum spent { SPENT_NOTHING, SPENT_STARTS, SPENT_SAVEPOINTS };
/* NOT_TOLD: Flink refuses to say, as of a job without checkpointing. */
enum restored { RESTORED_UNCHECKED, RESTORED_AS_ASKED, RESTORED_OTHERWISE, RESTORED_NOT_TOLD };

/* The call that may have been sent. At most one per Deployment. */
struct intent {
    int kind; /* enum intent_kind */
    int64_t attempt;
    int64_t rule;            /* that made it */
    int64_t made_at;         /* wall, for people */
    struct str trigger_id;   /* STOP, SAVEPOINT: 32 hex, ours */
    struct str savepoint_id; /* STOP, SAVEPOINT, DISCARD */
    struct str directory;    /* STOP, SAVEPOINT: the try's own */
};

/* A savepoint trigger ever posted for the current attempt. All of them are looked at when the
 * attempt's end is judged. */
struct trigger_try {
    struct str trigger_id;
    struct str savepoint_id;
    struct str directory;
    bool stop;
    bool settled;          /* its result was read, and recorded in the Savepoint row */
    int64_t checkpoint_id; /* by its metadata or Flink's statistics; 0 = neither was seen */
};

/* What its own JobManager said at the end. */
struct final_checkpoint {
    int64_t id;
    struct str path;
};

struct attempt {
    int64_t number;
    struct str job_id; /* UUID of the Job resource; without dashes the Flink job id */
    int phase;         /* enum phase */
    int64_t spec_version;
    int source; /* enum source_kind; decided when the SUBMIT intent is made */
    struct str source_savepoint_id;
    struct str source_location;
    struct str restore_nonce; /* of spec.restoreFrom, when that was the source */
    struct str incarnation;   /* of the JobManager that the jar was given to */
    struct str rest_url;
    struct str jar_id;
    struct str artifact_sha256; /* pinned at the reservation */
    struct str artifact_name;
    struct str_list dependency_sha256s; /* of additionalDependencies, pinned with the jar */
    struct str entry_class;
    int checkpointing;               /* enum checkpointing */
    struct str checkpoint_directory; /* as Flink names it: <dir>/<job id>; empty = as configured */
    int restored;                    /* enum restored */
    int end;                         /* enum end_kind */
    struct str cause;
    bool unwatched;   /* lost or given up while nobody looked: how it ended was not seen */
    bool absent;      /* not listed when the intent to end its cluster was made */
    bool degraded;    /* runs, though its submission was answered with an error */
    bool stats_known; /* final statistics of its own JobManager were read */
    bool reopened;    /* it was over before, and what it left behind is read once more */
    struct list final_checkpoints; /* struct final_checkpoint; retained, by those statistics */
    struct list tries;             /* struct trigger_try */
    int64_t reserved_at;           /* wall */
    int64_t up_at;                 /* wall; 0 = never was */
};

struct operation {
    int kind;     /* enum operation_kind */
    bool by_user; /* a user's write began it: that write is the decision to start empty */
    int64_t from_spec_version;
    int64_t to_spec_version;
    int64_t savepoint_tries; /* spent */
    int64_t started_at;      /* wall */
};

/* The next attempt while the present one still runs (spec.warmStandby): nothing is ever submitted to
 * it before it has become the present one. */
struct standby {
    int step;               /* enum standby_step */
    struct attempt attempt; /* number 0 = there is none */
    int64_t timer;          /* rises with each step: calls and waits belong to one */
    int verdict;            /* enum standby_verdict, */
    int64_t judged_version; /* of this spec version, */
    struct str reason;      /* for this reason */
};

struct record {
    /* what the counters were made for; anything else in the Deployment resets them */
    int64_t wanted_spec_version;
    int wanted_state;      /* enum desired_state */
    int64_t retries;       /* RETRY operations taken into account, */
    int64_t retries_asked; /* and asked for */

    int64_t spec_version; /* of the Deployment: rises with each upgrade-relevant change */
    int64_t top;          /* highest attempt number ever reserved */
    int64_t
        head; /* the highest that ever was the present attempt: above it are only standbys, which
                     ran no job. 0 = as `top`: no record of before there was a standby has it */
    struct attempt current;
    struct standby standby;
    struct intent intent;
    struct operation operation;
    int64_t sequence;     /* registrations of snapshots so far */
    bool had_snapshot;    /* any completed snapshot of any kind was ever seen */
    struct list failures; /* struct failure_time: failed jobs that count */
    int64_t setbacks; /* starts in a row that failed for reasons of ours: they pace, never count */
    int64_t timer;    /* rises when a wait or deadline begins (see struct seen) */
    int64_t chance;   /* the same, but one wait for a savepoint outlasts replaced TaskManagers */
    int spent;        /* enum spent */
    struct str gave_up; /* event name of why it is FAILED; empty = it is not */
    struct str gave_up_message;
    struct str used_nonce; /* of spec.restoreFrom */
    /* Attempts that were over before all of what they left behind could be read, because nobody
     * needed it then (restore strategy NONE, restoreFrom): kept whole to be read when somebody does.
     * Oldest first, the newest RECORD_UNREAD of them. */
    struct list unread;    /* struct attempt */
    int64_t unread_lost;   /* the highest that is no longer kept; 0 = none */
    int64_t floor_attempt; /* the attempt that spec.restoreFrom began: older snapshots are behind */
    int64_t floor_sequence;
    struct str floor_savepoint_id;
    bool removing;  /* DELETE was accepted: gone as soon as nothing of it runs */
    bool halted;    /* the world is newer than this record (invariant 7); a RETRY looks again */
    int64_t beyond; /* the highest attempt ever seen above `top`: its number is not ours to use */
    int64_t ended_unasked; /* the highest that was seen torn down, or may be, though this record
                              never asked for it: a RETRY or rule 316 took that in */
    int64_t version;       /* of the row */
};

/* Where a snapshot stands that is named now: what the present attempt writes from now on is newer. */
static inline int64_t record_head(const struct record *r)
{
    return r->head > 0 ? r->head : r->top;
}

enum { RECORD_UNREAD = 8 };

struct failure_time {
    int64_t at; /* wall */
};

extern const struct fields record_fields;
extern const char *const phase_names[];
extern const char *const intent_names[];
extern const char *const operation_names[];
extern const char *const end_names[];
extern const char *const standby_step_names[];
