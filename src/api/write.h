/* A user's write of a Deployment on its way: checked, its snapshot verified where it names one,
 * checked again when the Deployment is idle, then committed or planned. */
#pragma once

#include "api/api_impl.h"
#include "api/draft.h"

enum write_kind { WRITE_CREATE, WRITE_PUT, WRITE_PATCH };

struct write {
    struct call *call;
    enum write_kind kind;
    struct json body;
    struct str id; /* of the Deployment that is there; empty = it is created */
    struct str new_id;
    enum fields_unknown unknown;
    bool with_defaults;
    bool plan_only; /* dryRun=All, or POST .../plans */
    struct draft draft;
    /* of spec.restoreFrom.location, once it was looked at */
    struct str verified_location;
    struct savepoint found;
};

/* Begins it; the call is answered in the course of it. */
enum handled write_begin(struct call *c, enum write_kind kind, bool plan_only, struct err *e);

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
