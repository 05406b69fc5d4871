/* What the two halves of the effects share: looks (effects.c) and calls (calls.c). */
#pragma once

#include "shell/jars.h"
#include "shell/registry_impl.h"

/* A look or a call under way. */
struct ask {
    struct entry *entry;
    struct arena *arena;
    int64_t began;
    int64_t timer; /* of the record, or of its standby, when it was sent */
    int intent;    /* kind of the intent that it was sent for */
    bool standby;  /* it is about the standby, not about the present attempt */
    struct str subject;
    int64_t spec_version;
    void (*then)(void *arg); /* entry_see_stats */
    void *then_arg;
};

/* part: NULL for a call. */
struct ask *ask_new(struct entry *e, struct seen_part *part);
/* Frees it and wakes the Deployment. */
void ask_end(struct ask *k);
/* Of a Job; empty when there is none of that id. */
struct str effect_flink_job_id(const struct entry *e, struct str id);
/* Cluster of an attempt in the latest inventory, or NULL. */
const struct platform_cluster *effect_cluster(const struct entry *e, int64_t attempt);
/* The program's jar, unless left out, and what joins the class path. */
struct str_list effect_uris(struct arena *a, const struct artifact *artifact, bool program);
/* calls.c; logs what was sent. */
void call_run(struct entry *e, const struct effect *f);
