/* Whether a job can be restored from a snapshot, as far as the job's plan tells. Pure.
 *
 * What Flink checks at a restore, in its order: each operator of the snapshot that has state is looked
 * for among all operators of the job, by id; the job's parallelism must not exceed the operator's max
 * parallelism, which must not change once it was set. A plan names only the first operator of a chain
 * by id, so what is chained behind it cannot be told, and is not guessed. Never told by a plan, and
 * therefore not part of the verdict: whether the state's types still fit, a max parallelism that the
 * program sets, and ids that it gives with setUidHash. */
#pragma once

#include "data/fields.h"
#include "model/flink_metadata.h"
#include "model/job_plan.h"

enum compat_verdict {
    COMPAT_UNSET,
    COMPAT_COMPATIBLE,
    COMPAT_UNKNOWN,
    COMPAT_INCOMPATIBLE, /* it would be refused, or fail at once */
};

enum compat_code {
    COMPAT_CODE_UNSET,
    COMPAT_TAKEN,             /* the operator's state has its task */
    COMPAT_NEW_TASK,          /* a task that the snapshot does not know: it starts empty */
    COMPAT_STATE_DROPPED,     /* no task for it, and allowNonRestoredState */
    COMPAT_OPERATOR_MISSING,  /* no task for it */
    COMPAT_MAY_BE_CHAINED,    /* no task for it, but chains that may hold it */
    COMPAT_ABOVE_MAX,         /* parallelism above the state's max parallelism */
    COMPAT_MAX_DIFFERS,       /* fine unless the program sets it */
    COMPAT_FINISHED,          /* it had ended; restored only into a job of the same shape */
    COMPAT_CANNOT_READ,       /* a newer Flink wrote the snapshot */
    COMPAT_MAY_READ,          /* Flink promises nothing from 1.x to 2.x */
    COMPAT_FLINK_NOT_KNOWN,   /* what the Flink to start can read is not known */
    COMPAT_SNAPSHOT_UNREAD,   /* its storage cannot be read from here just now */
    COMPAT_SNAPSHOT_UNUSABLE, /* it is not there, or broken */
    COMPAT_TOO_MANY,          /* it has more than COMPAT_MOST_OPERATORS */
};

struct compat_finding {
    int verdict; /* enum compat_verdict: of this alone */
    int code;    /* enum compat_code */
    struct str operator_id;
    struct str name;
    struct str uid;
    struct str vertex_id; /* the task in the plan */
    struct str text;
};

enum { COMPAT_MOST_FINDINGS = 1000, COMPAT_MOST_OPERATORS = 20000 };

struct compat {
    int verdict;       /* the worst of all findings */
    struct str reason; /* one sentence */
    bool drops_state;
    struct list findings; /* struct compat_finding; those that are not COMPATIBLE first, at most
                             COMPAT_MOST_FINDINGS */
    int64_t n;            /* of all, also of those that are left out */
};

struct compat_in {
    const struct flink_metadata *snapshot;
    const struct job_plan *plan;
    struct str flink_version; /* that is to start */
    bool allow_non_restored_state;
};

/* Points into what `in` points to. */
struct compat compat_judge(struct arena *a, const struct compat_in *in);
/* The answer when the snapshot could not be looked into. */
struct compat compat_unread(struct arena *a, bool unusable, struct str why);

extern const char *const compat_verdict_names[];
extern const char *const compat_code_names[];
