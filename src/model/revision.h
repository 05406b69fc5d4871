/* Revision: one accepted change of a Deployment's spec, with who made it and why. Never changes. Its
 * number is the generation of the Deployment that the change made. */
#pragma once

#include "model/deployment.h"

struct revision_metadata {
    struct str deployment_id;
    struct str deployment_name;
    struct str namespace_name;
    int64_t number;
    int64_t
        spec_version;   /* that Jobs and Savepoints of it carry; several revisions may share one */
    int64_t created_at; /* wall */
    struct str author;  /* as the client says; empty: not known */
    struct str source;  /* "ui", "cli", "api", "gitops:<sha>"; empty: not known */
    struct str message;
    struct str effect;    /* of the write's Plan, as it was foreseen */
    struct str operation; /* that the write began; empty: none */
    int64_t rollback_to;  /* the revision that it went back to; 0: none */
};

/* A Job that ran its spec version. */
struct revision_job {
    struct str id;
    int64_t attempt;
    struct str state;
};

/* Derived when it is read. */
struct revision_status {
    bool current;     /* what is wanted now */
    struct list jobs; /* struct revision_job, by attempt */
};

struct revision {
    struct revision_metadata metadata;
    struct revision_status status;
    struct deployment_spec spec;
};

/* What is known of a revision without reading it. */
struct revision_head {
    int64_t number;
    int64_t spec_version;
};

extern const struct fields revision_fields;      /* struct revision */
extern const struct fields revision_head_fields; /* the same without its spec, for lists */

/* Of `n` heads by rising number the index of the one that goes when there are too many: the oldest,
 * but neither the newest nor the one that a job of `live_spec_version` runs. `n` when none may. */
size_t revision_to_drop(const struct revision_head *heads, size_t n, int64_t live_spec_version);

/* "ui", "cli", "api", or "gitops:" and 1 to 64 of 0-9 a-z A-Z. */
bool revision_source_is_valid(struct str source);
