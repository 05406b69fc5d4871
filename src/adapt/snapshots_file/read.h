/* Inside of this adapter: the blocking parts, which run on a pool thread and share nothing. */
#pragma once

#include "port/snapshots.h"

struct verify_result {
    enum outcome outcome;
    struct snapshot_sight sight; /* when DONE */
    struct str text;             /* when not DONE */
};

struct remove_result {
    enum outcome outcome;
    struct str text;
};

/* `path` of these is absolute and NUL-terminated (snapshot_location_path). */
/* ret (may be NULL) gets what its _metadata says, where that was understood. */
struct verify_result snapshot_verify(struct arena *a, struct str path, struct flink_metadata **ret);
struct snapshot_listing snapshot_list(struct arena *a, struct str path);
struct remove_result snapshot_remove(struct arena *a, struct str path);

/* "chk-N": true and its number. */
bool snapshot_checkpoint_name(struct str name, int64_t *ret);
/* Flink's names of snapshot directories: chk-N and savepoint-*. */
bool snapshot_name(struct str name);
/* What errno means, for a message: "Permission denied". */
struct str snapshot_errno(struct arena *a, int error);
