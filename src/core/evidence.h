/* Evidence about an attempt's end: what it left behind, judged over the directories of every savepoint
 * try ever posted for it and its checkpoint directory, once nothing of it can write any more
 * (behaviour.md 5; architecture, "Snapshots"). */
#pragma once

#include "base/arena.h"
#include "core/facts.h"

/* A snapshot that the attempt left behind. */
struct left_behind {
    const struct snapshot_sight *sight;
    const struct trigger_try *try_; /* NULL = a retained checkpoint */
    bool unconfirmed;               /* lies there, though the final statistics do not know it */
};

struct end_evidence {
    enum evidence verdict;
    struct str conflict;       /* EVIDENCE_CONFLICT: one sentence */
    bool stopped_by_us;        /* FINISHED, and one of our savepoints succeeded */
    bool unread;               /* READY only because a user's decision does without the rest */
    struct left_behind *found; /* by rising checkpoint id */
    size_t n_found;
};

/* PHASE_GONE: what is to be registered. NONE while a listing is missing. */
struct end_evidence core_end_evidence(struct arena *a, const struct core_in *in);

/* A directory that must be listed for it and has not been since the record is durable, or the empty
 * slice. Both functions walk the same list. Last come those of savepoints whose number nobody told:
 * without them there is evidence as long as nothing lies there that could be newer. */
struct str core_unlisted_directory(struct arena *a, const struct core_in *in);

/* PHASE_UP: something about the running job waits to be recorded. `mismatch` = it was not restored
 * from what was asked for. */
enum evidence core_running_evidence(const struct core_in *in, bool *ret_mismatch);

/* A stop of ours is recorded with its complete savepoint. */
bool core_stop_is_recorded(const struct core_in *in);

/* The number of the completed savepoint at `location`, as Flink's statistics name it; 0 = they do not.
 * A try's own directory makes the location unique, so older statistics may answer too. */
int64_t core_told_checkpoint(const struct flink_checkpoints *c, struct str location);

/* Flink told more restarts of the running job than its row says. What is not known (-1) is none. */
bool core_has_new_restarts(const struct core_in *in);
