/* Job artifacts: fetched once per content hash, verified, pinned. */
#pragma once

#include "base/arena.h"
#include "port/outcome.h"

struct artifact_sight {
    enum outcome outcome; /* REFUSED: it does not exist, is no jar, has not the entry class */
    struct str text;
    struct str path;        /* of the pinned copy */
    struct str sha256;      /* hex */
    struct str name;        /* file name, ends in .jar */
    struct str entry_class; /* the one asked for, or the manifest's */
    int64_t size_bytes;
};

struct artifacts_ops {
    /* Fetches `uri` (file:, http:, https:; the query string counts as part of it), hashes, checks
     * that it is a jar with `entry_class` (or a Main-Class when that is empty). A copy already held
     * for the same uri and unchanged source is used again. */
    void (*fetch)(void *ctx, struct str uri, struct str entry_class,
                  void (*fn)(void *arg, const struct artifact_sight *s), void *arg);
    /* The pinned copy of a hash, without fetching anything. REFUSED: not held. */
    void (*pinned)(void *ctx, struct str sha256, struct str name,
                   void (*fn)(void *arg, const struct artifact_sight *s), void *arg);
};

struct artifacts {
    const struct artifacts_ops *ops;
    void *ctx;
};
