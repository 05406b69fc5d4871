/* RestoreDecision: what the next job would be restored from, for each of the things that may come
 * next. Pure; decided by core_choose, the function that the reconciler itself uses, over a record
 * adjusted to the scenario (behaviour.md 6). What is shown for a scenario is what happens when that
 * scenario comes next and nothing else does. */
#pragma once

#include "core/choice.h"

enum hint_scenario {
    HINT_ON_UPGRADE,  /* what runs is edited now */
    HINT_ON_RECOVERY, /* the job is lost now */
    HINT_ON_START,    /* nothing runs, and RUNNING is asked for */
    HINT_ON_CANCEL_THEN_START,
};

enum hint_outcome {
    HINT_UNSET,
    HINT_NEW_SAVEPOINT_FIRST, /* one is taken and used */
    HINT_EXISTING,
    HINT_EMPTY,
    HINT_BLOCKED, /* nothing is started: a user has to decide */
    HINT_UNKNOWN, /* cannot be said yet; reason says what would settle it */
    HINT_PENDING, /* nothing happens: upgrade strategy NONE */
    HINT_NOT_APPLICABLE,
};

struct hint_snapshot {
    struct str savepoint_id; /* empty: a checkpoint of the running job */
    struct str location;
    struct str origin; /* a Savepoint's, or LIVE_CHECKPOINT */
    int64_t checkpoint_id;
    struct str verified;
    int64_t state_taken_at;
    struct duration_val age;
    struct str verdict; /* of candidates: CHOSEN, FALLBACK, or why not */
};

struct hint_warning {
    struct str code;
    struct str severity; /* info, warning, danger */
    struct str text;
};

struct hint {
    struct str scenario;           /* "onUpgrade" */
    int strategy;                  /* enum restore_kind */
    int outcome;                   /* enum hint_outcome */
    struct hint_snapshot chosen;   /* EXISTING */
    struct hint_snapshot fallback; /* used when the job dies before the new savepoint is complete */
    bool allow_non_restored_state;
    bool rewinds;               /* newer state is known, and is left behind */
    struct duration_val rewind; /* how much input is read again, as far as is known */
    struct str reason;
    int64_t rule;           /* row of the reconciler's table */
    struct list warnings;   /* struct hint_warning */
    struct list candidates; /* struct hint_snapshot, newest first */
};

struct restore_decision {
    struct str deployment_id;
    struct str deployment_name;
    struct str namespace_name;
    int64_t resource_version;
    struct str job_id; /* that runs */
    struct hint on_upgrade;
    struct hint on_recovery;
    struct hint on_start;
    struct hint on_cancel_then_start;
};

struct hint hint_make(struct arena *a, const struct core_in *in, enum hint_scenario scenario);
struct restore_decision hint_all(struct arena *a, const struct core_in *in);

/* Whether a job of it may be running. */
bool hint_job_runs(const struct core_in *in);
/* Whether it ever had state that an empty start would leave behind. */
bool hint_had_state(const struct core_in *in);
void hint_warn(struct arena *a, struct list *warnings, const char *code, const char *severity,
               struct str text);

extern const struct fields hint_fields;         /* struct hint */
extern const struct fields hint_warning_fields; /* struct hint_warning */
extern const struct fields restore_decision_fields;
extern const char *const hint_outcome_names[];
