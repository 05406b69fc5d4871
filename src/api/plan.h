/* Plan: what a write would do, before it is done (behaviour.md 6). Pure. */
#pragma once

#include "api/draft.h"
#include "api/hint.h"

struct call;
struct entry;

enum plan_effect {
    PLAN_UNSET,
    PLAN_NO_CHANGE,
    PLAN_METADATA_ONLY,
    PLAN_STORED_ONLY, /* used by the next transition */
    PLAN_PENDING,     /* upgrade strategy NONE: the job runs on */
    PLAN_START,
    PLAN_RESTART_WITH_STATE,
    PLAN_RESTART_EMPTY,
    PLAN_SUSPEND,
    PLAN_CANCEL,
    PLAN_BLOCKED, /* it would stop, and not start again without a user's decision */
    PLAN_DELETE,
    PLAN_RETRY,
};
enum plan_state {
    PLAN_STATE_UNSET,
    PLAN_STATE_NONE, /* nothing happens to state */
    PLAN_STATE_REWINDS,
    PLAN_STATE_DROPS, /* of operators that the new job does not have, perhaps */
    PLAN_STATE_STARTS_EMPTY,
};
enum plan_changes {
    PLAN_CHANGES_UNSET,
    PLAN_CHANGES_NONE,
    PLAN_CHANGES_SAFE,
    PLAN_CHANGES_DANGEROUS
};

struct plan_change {
    struct str path; /* JSON pointer */
    struct str op;   /* add, replace, remove */
    struct json before;
    struct json after;
    struct str class_; /* RESTART, STATE, NEXT_START, NO_RESTART */
};

struct plan_defaulted {
    struct str path; /* JSON pointer */
    struct json value;
    struct str from;
};

struct plan_step {
    struct str kind;
};

struct plan {
    struct str id;      /* to apply it by; empty: it is not kept */
    int64_t expires_at; /* wall */
    struct str deployment_id;
    struct str deployment_name;
    struct str namespace_name;
    int64_t resource_version; /* that the plan is made for; 0 = it is created */
    struct str job_id;        /* that runs */
    int effect;               /* enum plan_effect */
    int changes;              /* enum plan_changes: for exit codes */
    int state_consequence;    /* enum plan_state */
    struct list changed;      /* struct plan_change */
    struct list defaulted;    /* struct plan_defaulted */
    struct list steps;        /* struct plan_step */
    struct hint restore;      /* of the start that follows */
    bool has_restore;
    struct list warnings; /* struct hint_warning */
};

/* `now` is the Deployment as it is and `next` as it would be right after the commit, the record
 * included; `now` NULL: it is created. */
struct plan plan_make(struct arena *a, const struct core_in *now, const struct core_in *next,
                      const struct draft *draft);
/* Its effect alone. */
int plan_effect_of(struct arena *a, const struct core_in *now, const struct core_in *next,
                   const struct draft *draft);

/* struct plan_change for each difference of two Deployments; `created`: of something and nothing. */
struct list plan_changes(struct arena *a, const struct field_changes *from, bool created);

/* The Plan of a write now. `registered` is the Savepoint row that the write would add, or NULL. */
struct plan plan_of_write(struct call *c, const struct entry *entry, const struct draft *draft,
                          const struct savepoint *registered);
/* Its effect alone, which every write is asked for. *ret_operation: name of the operation that the
 * write would begin, empty = none. */
struct str plan_effect_of_write(struct call *c, const struct entry *entry,
                                const struct draft *draft, const struct savepoint *registered,
                                struct str *ret_operation);
struct str plan_effect_name(int effect);

/* The Plan of a write that has no document: DELETE, RETRY and what only stores. */
void plan_reply_small(struct call *c, const struct entry *entry, enum plan_effect effect);

extern const struct fields plan_fields;
extern const struct fields plan_change_fields; /* struct plan_change */
