/* A user's write of a Deployment on its way: checked, its snapshot verified where it names one,
 * checked again when the Deployment is idle, then committed or planned. */
#pragma once

#include "api/api_impl.h"
#include "api/draft.h"

/* Who writes, from where and why, as the client says. */
struct author {
    struct str name;
    struct str source; /* as revision_source_is_valid says */
    struct str message;
};

enum write_kind { WRITE_CREATE, WRITE_PUT, WRITE_PATCH };

struct write {
    struct call *call;
    enum write_kind kind;
    struct json request; /* the body as it was sent */
    struct json body;    /* the document that is written: what was sent, or what `compose` made */
    /* NULL: what was sent. Else it makes the document from what is there, each time anew. */
    int (*compose)(struct write *w, const struct entry *entry, struct err *e);
    const void *operation; /* for it */
    /* NULL: the Deployment. */
    void (*answer)(struct write *w, const struct deployment *d);
    struct str did; /* for the event: "rolled it back to revision 3"; empty: what was changed */
    int64_t rollback_to; /* for the revision */
    struct str id;       /* of the Deployment that is there; empty = it is created */
    struct str new_id;
    enum fields_unknown unknown;
    bool with_defaults;
    bool plan_only;  /* dryRun=All, or POST .../plans */
    struct str plan; /* id of the plan that is applied */
    bool is_stale;   /* it is not for what is there: a new one is made, and the call has failed */
    struct draft draft;
    struct author author;
    /* of spec.restoreFrom.location, once it was looked at */
    struct str verified_location;
    struct savepoint found;
};

/* Begins it; the call is answered in the course of it. */
enum handled write_begin(struct call *c, enum write_kind kind, bool plan_only, struct err *e);
/* Query, author and body of the call. */
int write_read(struct write *w, bool plan_only, struct err *e) ERR_CHECK;
/* Goes on with what was read, and with `entry` as it is now (NULL: it is created). -1: nothing was
 * begun, and the call is to be answered. */
int write_go(struct write *w, const struct entry *entry, struct err *e) ERR_CHECK;
/* Answers the call with the error. */
void write_fail(struct write *w, struct err *e);

/* ---- fork.c ---- */

/* ?forkOf and ?state of a creation. */
int fork_take(struct write *w, struct err *e) ERR_CHECK;

/* ---- revisions.c ---- */

/* From X-Sluice-Author, X-Sluice-Source (else User-Agent) and X-Sluice-Message or ?message. */
int author_read(const struct call *c, struct author *ret, struct err *e) ERR_CHECK;
/* Adds what the history gets of a write to its change; `registered` as in plan_of_write. */
void write_revisions(struct write *w, const struct entry *entry, const struct savepoint *registered,
                     struct change *change);

/* A read of revisions that is under way. */
struct revision_reading {
    struct call *call;
    struct str id; /* of the Deployment */
    int64_t number;
    int64_t from; /* of changes */
};
struct revision_reading *revision_reading(struct call *c, const struct entry *entry);
/* The Deployment, when all is well. NULL: the call has failed. */
struct entry *revision_reading_entry(const struct revision_reading *r, const struct err *failure);
/* Number in the path, of a revision that there is. */
int revision_number(const struct call *c, const struct entry *entry, int64_t *ret,
                    struct err *e) ERR_CHECK;

/* ---- register.c ---- */

/* What verification said of a snapshot that a user names. */
struct named_snapshot {
    enum outcome outcome;
    const struct snapshot_sight *sight;
    struct str text;
    struct str location;
    struct str pointer; /* into the body, to the name */
};
/* The row of it. Errors: INVALID at the pointer when it cannot be used. */
int register_snapshot(struct arena *a, const struct named_snapshot *named, struct savepoint *ret,
                      struct err *e) ERR_CHECK;
/* Its place in the lineage of the Deployment (NULL: a new one): it counts from now. */
void register_place(const struct entry *e, struct savepoint *s);
/* What lies there is going: it could not be held. */
int register_fail_going(struct str pointer, struct err *e);
/* -1 unless text that could be the location of a snapshot. */
int register_check_location(struct str location, struct str pointer, struct err *e) ERR_CHECK;
