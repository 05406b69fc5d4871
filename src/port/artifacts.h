/* Job artifacts: fetched once per content hash, verified, pinned. */
#pragma once

#include "base/arena.h"
#include "data/fields.h"
#include "port/outcome.h"

struct artifact_request {
    struct str uri;         /* file:, http:, https:; the query string counts as part of it */
    bool library;           /* a further jar for the class path: no class is looked for in it */
    struct str entry_class; /* empty: the manifest's Main-Class */
    struct str sha256;      /* pinned: hash that was recorded */
    struct str name;        /* pinned: file name that was recorded; empty = made of the uri */
};

struct artifact_sight {
    enum outcome outcome;   /* REFUSED: it does not exist, is no jar, has not the entry class */
    struct str text;        /* never holds the uri of a server: that may hold a password */
    struct str path;        /* of the pinned copy */
    struct str sha256;      /* hex */
    struct str name;        /* file name, ends in .jar */
    struct str entry_class; /* the one asked for, or the manifest's */
    int64_t size_bytes;
};

struct artifacts_ops {
    /* Fetches the jar as it is now, hashes and checks it. A copy already held for the same uri and
     * an unchanged source is used again. Of one uri at most one fetch runs; who asks meanwhile waits
     * for it. */
    void (*fetch)(void *ctx, const struct artifact_request *what,
                  void (*fn)(void *arg, const struct artifact_sight *s), void *arg);
    /* The pinned copy of a hash. One that was lost or damaged is fetched again, but only the very
     * same bytes count: REFUSED when the source has others by now, or is not there. */
    void (*pinned)(void *ctx, const struct artifact_request *what,
                   void (*fn)(void *arg, const struct artifact_sight *s), void *arg);
    /* Deletes the pinned copies whose hash is not listed. Does nothing while a fetch is under way:
     * its answer is not in anybody's list yet. Blocks for as long as the file system does. */
    void (*keep_only)(void *ctx, struct str_list sha256s);
};

struct artifacts {
    const struct artifacts_ops *ops;
    void *ctx;
};
