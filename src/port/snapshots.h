/* Snapshot storage: what lies in a directory, and whether a snapshot is whole. Runs on the pool.
 * Callbacks: once, on the loop thread, never from inside the call, data valid during the callback. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/flink_metadata.h"
#include "port/outcome.h"

struct snapshot_sight {
    struct str location; /* "file:/..." directory of the snapshot */
    /* enum verified of model/savepoint.h: FULL (all referenced files there and large enough),
     * METADATA (read to its last byte), BROKEN (missing or contradicting: text says what) */
    int verified;
    struct str text;
    int64_t checkpoint_id;
    int64_t metadata_version;
    int64_t size_bytes;
    bool incremental;    /* refers to files outside its own directory */
    int64_t modified_at; /* wall microseconds of _metadata */
};

struct snapshot_listing {
    enum outcome outcome; /* DONE: complete. REFUSED: the directory does not exist. UNKNOWN: cannot
                             be said (unreadable, not a scheme that can be read from here) */
    struct str text;
    struct snapshot_sight *items; /* chk-N and savepoint-* below it that have a _metadata, by rising
                                     checkpoint id; a chk-N without one was never finished */
    size_t n;
};

struct snapshots_ops {
    /* Lists and verifies the snapshots directly below `directory` (URI or path). */
    void (*list)(void *ctx, struct str directory,
                 void (*fn)(void *arg, const struct snapshot_listing *l), void *arg);
    /* Verifies one. outcome DONE: sight says how far, or BROKEN; REFUSED: proven not there;
     * UNKNOWN: cannot be read from here. */
    void (*verify)(void *ctx, struct str location,
                   void (*fn)(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                              struct str text),
                   void *arg);
    /* Verifies one as verify does, and tells what its _metadata says: m is NULL when it could not
     * be understood (BROKEN), or unless DONE. */
    void (*read)(void *ctx, struct str location,
                 void (*fn)(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                            const struct flink_metadata *m, struct str text),
                 void *arg);
    /* Removes the snapshot's own directory, _metadata last. Never follows links out of it. */
    void (*remove)(void *ctx, struct str location,
                   void (*fn)(void *arg, enum outcome outcome, struct str text), void *arg);
};

struct snapshots {
    const struct snapshots_ops *ops;
    void *ctx;
};
