/* Restore selection: the one function that answers "what would the next start restore from?", for
 * the reconciler and for every interface alike (behaviour.md 1 and 5; invariants 3 and 4).
 *
 * Order of snapshots is lineage order: attempt, then Flink's checkpoint id, then registration. Never
 * the wall clock. */
#pragma once

#include "base/arena.h"
#include "core/input.h"

enum choice_kind {
    PICK_SNAPSHOT,
    PICK_EMPTY,     /* and it may */
    PICK_FORBIDDEN, /* it would be empty, or too old, and must not start */
    PICK_BAD,       /* the newest eligible one is broken, unreadable by this Flink, or not known */
};

/* Why a candidate is not the one. Stable names, shown to people. */
enum reject {
    REJECT_CHOSEN,
    REJECT_OLDER, /* a newer eligible one exists */
    REJECT_NOT_COMPLETED,
    REJECT_STRATEGY, /* restore NONE, or a retained checkpoint under LATEST_SAVEPOINT */
    REJECT_UNCONFIRMED,
    REJECT_BROKEN,
    REJECT_BEHIND,     /* older than what spec.restoreFrom began with */
    REJECT_NOT_NAMED,  /* spec.restoreFrom names another */
    REJECT_UNREADABLE, /* written by a newer Flink than the one to start */
    REJECT_TOO_OLD,    /* spec.restoreStrategy.maxStateAge */
};

struct candidate {
    const struct savepoint *savepoint;
    enum reject reject;
};

struct choice {
    enum choice_kind kind;
    const struct savepoint *savepoint; /* PICK_SNAPSHOT and PICK_BAD */
    const struct attempt *unread;      /* PICK_BAD: this one must be read first, or NULL */
    struct str restore_nonce;          /* spec.restoreFrom made the choice */
    struct str reason;                 /* one sentence */
    struct candidate *candidates;      /* newest first */
    size_t n_candidates;
};

/* Pure. Decides over the Savepoint records; that the chosen one is really there is verified apart
 * (facts). `candidates` is filled only when explain is set. */
struct choice core_choose(struct arena *a, const struct core_in *in, bool explain);

/* spec.restoreFrom names a snapshot and has not been used up. */
bool core_restore_from_is_due(const struct core_in *in);

/* An edit made now is itself the decision to start empty, should no snapshot be eligible. It is not
 * when it only meets a start that a failure caused (docs/decisions/0003). */
bool core_edit_decides_state(const struct core_in *in);

/* The spec version that the next attempt runs: the newest, but for the recovery of a running job
 * under upgrade strategy NONE, which keeps what ran. */
int64_t core_target_version(const struct core_in *in);
/* The template of that version. */
const struct job_template *core_target_template(const struct core_in *in);
/* The attempt whose recorded jars the next one runs: what takes a failed job's place runs the bytes
 * that it ran, whatever is behind the URIs by now. NULL: what is behind them. */
const struct attempt *core_recorded_jars(const struct core_in *in);

/* -1, 0, 1 in lineage order. */
int savepoint_order(const struct savepoint *x, const struct savepoint *y);
bool savepoint_is_usable(const struct savepoint *s); /* COMPLETED, neither broken nor unconfirmed */
const char *reject_name(enum reject r);
