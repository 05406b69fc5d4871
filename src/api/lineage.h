/* Lineage: which job took which snapshot, which one was restored from it, which is a copy of which, and
 * where the next job would begin. Made from the rows and the RestoreDecision; nothing of it is kept. */
#pragma once

#include "api/hint.h"
#include "model/job.h"
#include "shell/app.h"

enum lineage_node_kind { NODE_UNSET, NODE_JOB, NODE_SAVEPOINT, NODE_NEXT };
enum lineage_edge_kind { EDGE_UNSET, EDGE_TOOK, EDGE_RESTORED_FROM, EDGE_COPY_OF, EDGE_NEXT };

struct lineage_node {
    struct str id;
    int kind;                 /* enum lineage_node_kind */
    struct str deployment_id; /* that it belongs to, when it is another one */
    struct str deployment_name;
    int64_t attempt;
    int64_t spec_version;
    int64_t revision; /* the newest that is kept of that spec version; 0 = none */
    struct str state; /* of a Job or Savepoint; GONE: only its id is known */
    struct str origin;
    struct str verified;
    struct str location;
    int64_t checkpoint_id;
    int64_t began_at; /* a job was started, a snapshot was triggered; wall, 0 = not known */
    int64_t ended_at;
};

struct lineage_edge {
    int kind; /* enum lineage_edge_kind */
    struct str from;
    struct str to;
    struct str scenario; /* of NEXT: "onUpgrade" */
    struct str outcome;  /* of NEXT */
};

struct lineage {
    struct str deployment_id;
    struct str deployment_name;
    struct str namespace_name;
    int64_t since; /* attempts up to this one are left out */
    int64_t began_at;
    int64_t ended_at;  /* of all that is shown */
    struct list nodes; /* struct lineage_node; jobs first, by attempt */
    struct list edges; /* struct lineage_edge */
};

/* Jobs of attempts behind `since`, the newest `limit` of them, and what they have to do with. */
struct lineage lineage_make(struct arena *a, const struct entry *e, int64_t since, int64_t limit);

extern const struct fields lineage_fields;
