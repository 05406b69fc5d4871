/* The daemon's shared context: ports, configuration, registry. One per process, loop thread only. */
#pragma once

#include "base/map.h"
#include "base/uuid.h"
#include "core/input.h"
#include "core/step.h"
#include "model/revision.h"
#include "port/artifacts.h"
#include "port/clock.h"
#include "port/flink.h"
#include "port/loop.h"
#include "port/platform.h"
#include "port/snapshots.h"
#include "port/store.h"
#include "shell/location.h"

/* One stored object: a decoded resource in an arena of its own, equal to its last commit. */
struct object {
    struct arena *arena;
    void *value;     /* struct deployment, job, savepoint, target, ... */
    int64_t version; /* of the row */
};

/* A change that waits for its Deployment to be idle. */
struct waiting {
    void (*fn)(void *arg);
    void *arg;
    struct waiting *next;
};

enum seen_kind {
    SEEN_WORLD,
    SEEN_JOB,
    SEEN_STATS,
    SEEN_CAUSE,
    SEEN_CALL,
    SEEN_TRIGGER,
    SEEN_SNAPSHOT,
    SEEN_ARTIFACT,
    SEEN_LISTINGS,
    SEEN_STANDBY,
    SEEN_STANDBY_CALL,
    SEEN_PLAN,
    SEEN_KINDS
};

/* A Deployment with all that belongs to it. */
struct entry {
    struct app *app;
    struct str id; /* live as long as the process: keys of the maps */
    struct str name_key;
    struct object deployment; /* struct deployment; status is the derived one, see status_arena */
    struct object record;     /* struct record */
    struct arena *status_arena;
    struct object **savepoints; /* struct savepoint, by creation */
    size_t n_savepoints;
    struct object **jobs; /* struct job, by rising attempt */
    size_t n_jobs;
    struct revision_head *revisions; /* by rising number; the rest of them is in the store */
    size_t n_revisions;
    bool removed;    /* rows are gone; freed when no call is under way */
    bool busy;       /* a commit is under way */
    bool awake;      /* a wake is due in this turn */
    bool under_way;  /* as its last step said */
    int64_t changes; /* rises with each visible change, for watchers */
    size_t calls;    /* answers that are still to come */
    struct waiting *waiting;
    struct loop_timer *timer;
    struct seen seen;
    struct arena *seen_arenas[SEEN_KINDS];
    int last_rule; /* for the log: only changes are worth a line */
};

struct settings {
    struct str data_directory;
    struct str listen_host;
    int listen_port;
    struct str_list flink_versions; /* that homes are known for */
    struct str version;             /* of sluiced */
};

/* Counters for /metrics. */
struct counters {
    int64_t steps;
    int64_t no_op_steps;
    int64_t commits;
    int64_t commit_failures;
    int64_t effects[EFFECT_KINDS];
    int64_t rules[1000]; /* decisions by rule number */
};

/* What a turn of the shell works with; most turns change nothing, and leave it to the next one. */
struct turn {
    struct arena *arena; /* NULL: a commit has taken it over */
    struct core_out *out;
    char ids[CORE_IDS][UUID_TEXT + 1]; /* offered to each step until one may have used them */
    bool has_ids;
};

struct app {
    struct loop loop;
    struct clock clock;
    struct store store;
    struct platform platform;
    struct flink flink;
    struct snapshots snapshots;
    struct artifacts artifacts;
    struct core_env env;
    struct settings settings;
    struct arena *arena;     /* lives as long as the process */
    struct map by_id;        /* struct entry */
    struct map by_name;      /* key "namespace/name" */
    struct object **targets; /* struct target */
    size_t n_targets;
    struct object **defaults; /* struct defaults, one per namespace that has any */
    size_t n_defaults;
    int64_t last_seq;   /* of events */
    int64_t started_at; /* wall */
    int64_t under_way;  /* entries that are */
    bool store_broken;
    struct str store_text;
    struct counters counters;
    struct location_hold *holds; /* see location.h */
    struct turn turn;
    /* Called after each visible change: entry (NULL = another resource), for watchers. */
    void (*on_change)(void *arg, struct entry *e, const struct event *events, size_t n_events);
    void *on_change_arg;
};

int64_t app_mono_us(const struct app *app);
int64_t app_wall_us(const struct app *app);
/* A fresh random UUID in `a`. */
struct str app_uuid(const struct app *app, struct arena *a);

/* ---- registry.c ---- */

/* Loads everything from the store. */
int registry_load(struct app *app, struct err *e) ERR_CHECK;
void registry_free(struct app *app);
struct entry *registry_by_name(const struct app *app, struct str namespace_name, struct str name);
/* UUID or name, as VVP addresses Deployments. */
struct entry *registry_find(const struct app *app, struct str namespace_name,
                            struct str name_or_id);
/* All of a namespace, by name. */
struct entry **registry_list(const struct app *app, struct arena *a, struct str namespace_name,
                             size_t *ret_n);
static inline const struct deployment *entry_deployment(const struct entry *e)
{
    return e->deployment.value;
}
static inline const struct record *entry_record(const struct entry *e)
{
    return e->record.value;
}
const struct savepoint *entry_savepoint(const struct entry *e, struct str id);
/* What core needs to know of it. Borrowed; ids are made when `a` is given. */
struct core_in entry_input(const struct entry *e, struct arena *a);

/* ---- revisions.c ---- */

/* NULL when there is none of that number, or no more. */
const struct revision_head *entry_revision(const struct entry *e, int64_t number);
/* Reads one, or with number 0 all that are kept, from the store: fn once, later, on the loop thread.
 * By rising number, decoded in an arena that ends with the call; e set when they cannot be read. */
void entry_read_revisions(struct entry *e, int64_t number,
                          void (*fn)(void *arg, const struct revision *revisions, size_t n,
                                     const struct err *e),
                          void *arg);

/* ---- reconcile.c: the shell ---- */

/* Looks at it in the next turn of the loop. */
void entry_wake(struct entry *e);
/* Runs fn at once when no commit of it is under way, else as soon as that is so. */
void entry_when_idle(struct entry *e, void (*fn)(void *arg), void *arg);

/* Asks Flink for the newest checkpoints of a running job, then calls fn: a restore hint must not be
 * older than the question. At once when no job is up. fn may find the Deployment gone. */
void entry_see_stats(struct entry *e, void (*fn)(void *arg), void *arg);

/* A user's write, one transaction. What is NULL or empty stays as it is. */
struct change {
    struct entry *entry;                 /* NULL = create `deployment` */
    const struct deployment *deployment; /* new content; resourceVersion, generation and the spec
                                            version annotation are set by the caller */
    const struct savepoint *savepoint;   /* row to put */
    bool savepoint_is_new;
    struct str drop_savepoint; /* id of a row to delete */
    bool remove;               /* DELETE was accepted */
    bool retry;
    struct event events[4]; /* without seq and id */
    size_t n_events;
    struct revision revisions[2]; /* rows to put, by rising number */
    size_t n_revisions;
};
/* Copies what it needs. fn(arg, entry, result) once, on the loop thread; entry is NULL when nothing
 * was written. The entry must be idle. */
void change_commit(struct app *app, const struct change *c,
                   void (*fn)(void *arg, struct entry *entry, const struct store_result *r),
                   void *arg);
