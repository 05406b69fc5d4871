/* What is asked for by POST .../operations: what no desired state can say. */
#pragma once

#include "api/api_impl.h"

enum operation_asked {
    ASKED_UNSET,
    ASKED_RETRY,    /* counts attempts anew and goes on */
    ASKED_RESTART,  /* a new job, though nothing was edited */
    ASKED_ROLLBACK, /* the spec of a revision */
};
enum rollback_state {
    ROLLBACK_UNSET,
    ROLLBACK_NEWEST,      /* what the strategy chooses, as for any other edit */
    ROLLBACK_AT_REVISION, /* the newest snapshot that the jobs of that revision left */
};

struct operation_request {
    struct str deployment_id;
    struct str namespace_name;
    int64_t resource_version; /* that it is meant for; 0: any */
    int kind;                 /* enum operation_asked */
    int64_t revision;         /* to go back to */
    int state;                /* enum rollback_state */
    int64_t made_revision;    /* answered: what is wanted now */
    int64_t made_version;
};
extern const struct fields operation_request_fields;

/* 202 with what is wanted now. */
void operation_reply(struct call *c, const struct deployment *d, enum operation_asked kind);

/* deployments.c */
enum handled retry_begin(struct call *c, struct entry *entry, bool dry_run);
