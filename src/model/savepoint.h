/* Savepoint: a snapshot that a job can be restored from, of any origin. */
#pragma once

#include "model/meta.h"

enum savepoint_state {
    SAVEPOINT_UNSET,
    SAVEPOINT_STARTED,
    SAVEPOINT_COMPLETED,
    SAVEPOINT_FAILED,
    SAVEPOINT_PENDING_DELETION,
    SAVEPOINT_DELETING,
    SAVEPOINT_FAILED_DELETION,
};
enum savepoint_origin {
    ORIGIN_UNSET,
    ORIGIN_USER_REQUEST,
    ORIGIN_SUSPEND,
    ORIGIN_COPIED,
    ORIGIN_RETAINED_CHECKPOINT,
};
enum savepoint_type {
    SAVEPOINT_TYPE_UNSET,
    SAVEPOINT_TYPE_UNKNOWN,
    SAVEPOINT_TYPE_FULL,
    SAVEPOINT_TYPE_INCREMENTAL
};
/* How far it was checked (behaviour.md 5). UNCONFIRMED and BROKEN are never chosen by themselves. */
enum verified {
    VERIFIED_UNSET,
    VERIFIED_FULL,
    VERIFIED_METADATA,
    VERIFIED_REPORTED,
    VERIFIED_UNCONFIRMED,
    VERIFIED_BROKEN
};

struct savepoint_metadata {
    struct str id; /* UUID */
    struct str namespace_name;
    struct str deployment_id;
    struct str job_id; /* empty for imported ones */
    int origin;        /* enum savepoint_origin */
    int type;          /* enum savepoint_type */
    int64_t created_at;
    int64_t modified_at;
    struct str_map annotations; /* ANNOTATION_SPEC_VERSION */
    int64_t resource_version;
};

struct savepoint_spec {
    struct str savepoint_location;
    struct str flink_savepoint_id; /* trigger id as UUID; zeros for imports */
    bool pinned;                   /* ours: neither a user nor retention deletes it */
};

struct savepoint_status {
    int state; /* enum savepoint_state */
    struct str failure_message;
    int64_t failed_at;
    int verified;             /* ours; enum verified */
    struct str verified_text; /* ours: what was looked at, or what contradicts */
    int64_t verified_at;
    /* Lineage order, ours: attempt, then Flink's checkpoint id. An imported one counts from its
     * registration: the highest attempt reserved by then, and a sequence above every id of it. */
    int64_t attempt;
    int64_t checkpoint_id;
    int64_t sequence; /* rises with each registration in this Deployment; breaks ties of imports */
    int64_t size_bytes;
    int64_t state_taken_at;   /* wall microseconds when the snapshot was triggered, 0 unknown */
    int64_t metadata_version; /* of _metadata; decides which Flink can read it */
};

struct savepoint {
    struct savepoint_metadata metadata;
    struct savepoint_spec spec;
    struct savepoint_status status;
};

extern const struct fields savepoint_fields;
extern const char *const savepoint_state_names[];
extern const char *const savepoint_origin_names[];
extern const char *const savepoint_type_names[];
extern const char *const verified_names[];
