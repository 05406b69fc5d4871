/* What a Deployment becomes by a user's document. Pure. */
#pragma once

#include "model/deployment.h"

struct draft_in {
    const struct deployment *current; /* NULL: it is created */
    struct json body;                 /* an object, as the user sent it */
    bool is_patch;                    /* RFC 7396, onto current */
    bool with_defaults;               /* global and namespace's too; built-in ones always */
    enum fields_unknown unknown;
    struct json global_defaults;           /* specs, or none */
    struct json namespace_defaults;        /* stronger than the global ones */
    const struct str_list *flink_versions; /* known ones; the last is what a new one gets */
    struct str namespace_name;
    struct str name; /* of the path; empty = the body's */
    struct str id;   /* for a new one */
    int64_t wall_us;
};

struct defaulted {
    struct str path;  /* "spec.upgradeStrategy.kind" */
    struct str value; /* JSON text */
    struct str from;  /* "built-in", "GlobalDeploymentDefaults", "DeploymentDefaults" */
};

struct draft {
    struct deployment deployment; /* complete: versions, annotation, times */
    struct field_changes changes; /* against current; empty = the write changes nothing */
    bool spec_changed;
    bool upgrade;          /* something changed that takes a new job */
    struct list defaulted; /* struct defaulted: what the user did not write */
};

/* Errors carry a pointer into the body. */
int draft_make(struct arena *a, const struct draft_in *in, struct draft *ret,
               struct err *e) ERR_CHECK;
/* A Deployment as the document that a user could send. */
struct json draft_document(struct arena *a, const struct deployment *d);
/* The spec version of a Deployment: its annotation, 1 without. */
int64_t draft_spec_version(const struct deployment *d);
