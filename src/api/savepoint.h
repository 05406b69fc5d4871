/* What the handlers of one Savepoint share. */
#pragma once

#include "api/api_impl.h"
#include "model/compat.h"

/* The Savepoint that the path names, and whose it is. NULL with *e set when there is none. */
const struct savepoint *call_savepoint(const struct call *c, struct entry **ret_entry,
                                       struct err *e);
/* An event of the user's about a Savepoint of the Deployment. */
struct event savepoint_event(const struct call *c, const struct entry *entry, struct str name,
                             struct str message);

/* POST .../verification. */
enum verification_outcome {
    VERIFICATION_UNSET,
    VERIFICATION_WHOLE,   /* as far as it can be read from here */
    VERIFICATION_BROKEN,  /* proven: it is not there, or something of it is missing */
    VERIFICATION_UNKNOWN, /* its storage cannot be read just now; nothing is recorded */
};
struct verification {
    struct str savepoint_id;
    struct str deployment_id;
    struct str namespace_name;
    struct str location;
    int outcome;  /* enum verification_outcome */
    int verified; /* enum verified: what the Savepoint says by now */
    bool recorded;
    struct str text;
    int64_t looked_at; /* wall microseconds */
};
extern const struct fields verification_fields;

/* POST .../compatibility: Flink's document, and what may stand beside it. */
struct compat_request {
    struct json plan;
    struct json vertices;
    struct str flink_version; /* else the Deployment's */
    bool allow_non_restored_state;
};
extern const struct fields compat_request_fields;

struct compat_answer {
    struct str savepoint_id;
    struct str deployment_id;
    struct str namespace_name;
    struct str location;
    struct str flink_version;
    bool allow_non_restored_state;
    struct compat result;
    struct str_list unchecked;
};
extern const struct fields compat_answer_fields;
