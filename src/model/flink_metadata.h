/* Reading Flink's `_metadata`, the one file that makes a savepoint or retained checkpoint whole.
 *
 * Pure: bytes in, structs out. Versions 2 to 6 (Flink 1.8 to 2.x), read to the last byte: a file
 * that was cut anywhere is refused, never half understood. Every count is bounded by the bytes that
 * are left, nesting is bounded, and an unknown tag is an error that names its offset. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/uuid.h"

/* The versions that can be read. */
#define FLINK_METADATA_OLDEST 2
#define FLINK_METADATA_NEWEST 6

enum flink_file_kind {
    FLINK_FILE_ABSOLUTE, /* path is a URI or an absolute path */
    FLINK_FILE_RELATIVE, /* path is relative to the directory that holds `_metadata` */
};

/* A file outside `_metadata` that the snapshot needs. */
struct flink_file {
    enum flink_file_kind kind;
    bool segment;    /* only a part of the file is used (file merging) */
    struct str path; /* as Flink spells it: no percent encoding */
    int64_t size;    /* the file has at least so many bytes */
};

struct flink_subtask {
    int64_t index;
    int64_t size; /* bytes of state */
    bool finished;
};

struct flink_operator {
    char id[HEX_ID_TEXT + 1]; /* as in REST and in Flink's messages */
    struct str name;          /* since version 5; empty before */
    struct str uid;           /* since version 5; empty = not set by the user */
    int64_t parallelism;
    int64_t max_parallelism;
    struct flink_subtask *subtasks; /* those that have state or are finished; in any order */
    size_t n_subtasks;
    int64_t size;   /* bytes of state, all subtasks and the coordinator */
    bool has_state; /* what a restore must map, or be allowed to drop */
    bool finished;  /* all of it had ended; it has no state */
};

enum flink_snapshot_kind {
    FLINK_SNAPSHOT_UNSAID, /* version 2 and 3 do not tell */
    FLINK_SNAPSHOT_CHECKPOINT,
    FLINK_SNAPSHOT_SAVEPOINT,
};
enum flink_snapshot_format {
    FLINK_FORMAT_UNSAID,
    FLINK_FORMAT_CANONICAL,
    FLINK_FORMAT_NATIVE,
};

struct flink_metadata {
    int64_t version;
    int64_t checkpoint_id;
    enum flink_snapshot_kind kind;
    enum flink_snapshot_format format; /* of savepoints */
    struct flink_operator *operators;
    size_t n_operators;
    int64_t size;             /* bytes of state, inline and in files */
    struct flink_file *files; /* each path once, by rising path */
    size_t n_files;
};

/* Reads `bytes` completely. Nothing in *ret points into `bytes`. Memory taken from `a` is a small
 * multiple of bytes.len.
 * Errors: MALFORMED "... at byte N"; the text says so when a newer Flink wrote the file. */
int flink_metadata_read(struct arena *a, struct str bytes, struct flink_metadata *ret,
                        struct err *e) ERR_CHECK;

/* The operator id that Flink derives from a uid: MurmurHash3 x64 128, seed 0. */
void flink_operator_id(struct str uid, char ret[HEX_ID_TEXT + 1]);
