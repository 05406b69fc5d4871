/* Event: what happened and why, immutable, numbered across the daemon. */
#pragma once

#include "model/meta.h"

struct event {
    int64_t seq; /* global, rises by one per event */
    struct str id;
    struct str namespace_name;
    struct str deployment_id;
    struct str deployment_name;
    struct str job_id;
    struct str name; /* VVP's or one of ours: EVENT_NAMES */
    int64_t created_at;
    struct str message;
    int64_t resource_version;
    int64_t rule;     /* number of the rule that decided, 0 = a user or the system */
    struct str actor; /* "user", "sluice" */
};

extern const struct fields event_fields;
