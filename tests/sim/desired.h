/* The desired-state grid: every field of Deployment.spec, to its smallest, largest, typical, invalid
 * and absent value, in every state of a Deployment's life; alone, and one edit after another.
 *
 * What must hold:
 *
 * An invalid value is refused with 4xx and a pointer to the field. Nothing is written or called for
 * it, and the Deployment goes where it was going.
 *
 * A valid one is acknowledged. Stored is then what was, with that field as the value says (or as the
 * default says when it is absent), and nothing else. Every start and every savepoint does what was
 * stored when it was sent: the jar, its arguments and further jars, parallelism, resources, the
 * effective Flink configuration, allowNonRestoredState, format and drain; the oracle judges which
 * snapshot it restores, and that none is lost.
 *
 * The end of an edit is what `due_after` says: a model of a page, made of behaviour.md and not of
 * src/core. It knows what is wanted and what ran, and nothing of how to get there.
 *
 * The end does not depend on the path: edit A, then B while A is under way or when all is at rest,
 * and both at once in one PUT, come to the same end. Compared is
 *   - spec, as stored;
 *   - the observed state, whether it is blocked, and whether an edit is pending;
 *   - whether a job runs, and the template, target and annotations it was started with; that it was
 *     given just these is judged at its start.
 * Not compared is what tells of the path itself: attempt numbers and job ids, resource and spec
 * version, generation, times, events, jobs that are over and snapshots; and what only a start uses
 * (restore strategy, restoreFrom, allowNonRestoredState, savepointFormat, stopWithDrain): another path
 * may start at another time, and each start is judged by what was stored then.
 *
 * By behaviour.md the path may matter, and the model says where: an edit under upgrade strategy NONE
 * is pending, and was none before; what gave up is left by an edit, also by one that is taken back; a
 * start that may not be made is made, or not, before the reason goes; Flink does not go back. An edit
 * that meets another under way must come to the end of one of the two orders: the first took effect,
 * or it never did. */
#pragma once

#include "sim.h"

/* ---- the table ---- */

enum grid_kind {
    GRID_SMALLEST,
    GRID_LARGEST,
    GRID_TYPICAL,
    GRID_OTHER,
    GRID_ABSENT,
    GRID_BELOW, /* from here on refused */
    GRID_ABOVE,
    GRID_WRONG,
    GRID_KINDS
};
extern const char *const grid_kind_names[GRID_KINDS];

struct grid_value {
    enum grid_kind kind;
    const char *written; /* JSON; with words for what is long, or known only later: grid_text */
    const char *shown;   /* as it is stored and shown; NULL = as written */
    const char *with;    /* a merge patch of spec that belongs to it; NULL = none */
    bool keeps;          /* saying nothing leaves it as it is: no default */
    const char *at;      /* the pointer of the refusal; NULL = that of the field */
};

enum { GRID_VALUES = 12 };
struct grid_field {
    const char *path; /* below spec */
    struct grid_value values[GRID_VALUES];
};
extern const struct grid_field grid_fields[];
extern const size_t n_grid_fields;

/* A field of the daemon's own table that a user can set. */
struct grid_row {
    struct str path; /* below spec */
    const struct field *row;
};
/* Returns how many; `ret` may be NULL. Objects stand before what is in them. */
size_t grid_walk(struct arena *a, struct grid_row *ret);
const struct grid_field *grid_find(struct str path);
size_t grid_values(const struct grid_field *f);

/* ---- documents ---- */

/* RFC 7396, written anew: what the daemon merges with is what is judged. */
struct json grid_merge(struct arena *a, struct json under, struct json over);
/* Equal but for empty objects and lists. */
bool grid_same(struct arena *a, struct json x, struct json y);
struct json grid_json(struct arena *a, struct str text);
/* {"a":{"b":VALUE}} of a.b */
struct json grid_nest(struct arena *a, struct str path, struct str value);

/* ---- what is due ---- */

struct due {
    struct json spec;
    struct json what; /* the spec that what runs was started with; none = nothing runs */
    bool gave_up;     /* tries are spent: FAILED, until something newer is wanted */
    bool finished;    /* by itself */
    bool broken;      /* the newest snapshot is */
    bool blocked;     /* a start may not be made */
    struct str nonce; /* of spec.restoreFrom, used up */
};
/* At rest, after spec was stored. */
struct due due_after(struct due before, struct json spec);
enum observed_state due_state(const struct due *d);
bool due_is_pending(const struct due *d);
/* A change of what runs: template, target or session cluster. */
bool due_same_what(struct json x, struct json y);

/* ---- a run ---- */

enum { GRID_EDITS = 6 };

struct grid_edit {
    const struct grid_field *field;
    const struct grid_value *value;
};

struct grid_run {
    struct sim *s;
    struct due begins; /* at rest, before the edits of the path */
    /* each was stored; `meets` = the one before it was still under way */
    struct json path[GRID_EDITS];
    bool meets[GRID_EDITS];
    size_t n_path;
    struct json written; /* the whole spec as users wrote it so far */
    int64_t writes;      /* durable ones, so far */
    struct str target_ids[2];
    /* by the ear: */
    struct json spec; /* as stored */
    int64_t version;
    struct str nonce;
    struct intent stop;
    struct json asked[MOST_CLUSTERS + 1]; /* spec, when the attempt was reserved */
};

/* ear.c: hears what is stored, started and stopped, tells the oracle what is wished, and judges. */
extern const struct sim_ear grid_ear;

/* Where a Deployment can be when an edit comes. */
struct grid_place {
    const char *name;
    void (*comes)(struct grid_run *r);
    bool under_way; /* something is: an edit meets it */
};
extern const struct grid_place grid_places[];
extern const size_t n_grid_places;

struct grid_run *grid_begin(const struct grid_place *place);
void grid_end(struct grid_run *r);
/* The document of spec that the edit is. */
struct json grid_patch(struct grid_run *r, const struct grid_edit *e, bool as_shown);
/* Sends it. False: it was refused. */
bool grid_edits(struct grid_run *r, const struct grid_edit *e, bool meets);
/* Both in one PUT of the whole. */
bool grid_puts(struct grid_run *r, const struct grid_edit *a, const struct grid_edit *b,
               bool meets);
/* Refused, with the right pointer, and without a trace; else there is trouble. */
void grid_is_refused(struct grid_run *r, struct str patch, struct str pointer);
/* Until so many durable writes after now, or nothing happens any more. */
void grid_goes_on(struct grid_run *r, int64_t writes);
/* Comes to rest at what is due; else there is trouble. */
bool grid_rests(struct grid_run *r);
/* The ends of the path that are due: of `ret` (GRID_ENDS) how many. */
enum { GRID_ENDS = 32 };
size_t grid_dues(const struct grid_run *r, struct due ret[GRID_ENDS]);
/* The end as it is, for comparison. */
struct str grid_shows(struct grid_run *r);
