/* The daemon's own shell, core and API in one process with a simulated world, in virtual time.
 *
 * Only ports are replaced: what is linked into sluiced runs here as it is. A life is one run of the
 * daemon; it ends by a crash, which takes all of its memory, and the next one begins from what the
 * store holds. A user asks over the API and asks again until there is an answer. Everything happens
 * as an event of the world's one queue, so that a run is the same each time. One thread. */
#pragma once

#include "core/record.h"
#include "shell/app.h"
#include "world/world.h"

struct life;  /* of the daemon: life.h */
struct stale; /* stale.h */
struct trace; /* of the run: trace.h */
struct wire;  /* wire.h */
struct sim;

#define SIM_WALL INT64_C(1795000000000000) /* when the world began, in microseconds since 1970 */

/* What the daemon asks of the world. */
enum sim_call {
    SIM_INVENTORY,
    SIM_TASKMANAGERS,
    SIM_LOOK,
    SIM_CHECKPOINTS,
    SIM_TRIGGER,
    SIM_CAUSE,
    SIM_PLAN,
    SIM_LIST,
    SIM_VERIFY,
    SIM_FETCH,
    SIM_PINNED,
    SIM_PROVISION, /* from here on calls change the world */
    SIM_DELIVER,
    SIM_SUBMIT,
    SIM_SAVEPOINT,
    SIM_CANCEL,
    SIM_TEARDOWN,
    SIM_REMOVE,
    SIM_CALLS
};
extern const char *const sim_call_names[SIM_CALLS];

/* Where a life can end, and what can become of a message. */
enum sim_point {
    POINT_NONE,
    POINT_BEFORE_WRITE, /* nothing of it is durable */
    POINT_AFTER_WRITE,  /* it is durable, and nobody was told */
    POINT_BEFORE_CALL,  /* it never leaves */
    POINT_AFTER_CALL,   /* it arrived, and its answer comes to nobody */
    POINT_AFTER_ANSWER, /* what it said was taken in, and nothing done with it yet */
    POINT_REQUEST_LOST,
    POINT_REQUEST_LATE, /* it arrives long after who asked gave it up */
    POINT_ANSWER_LOST,
    POINT_ANSWER_LATE, /* it is told how things were a while ago */
    POINTS
};
extern const char *const sim_point_names[POINTS];
#define POINTS_OF_CRASHES POINT_REQUEST_LOST

/* At the at-th event of its kind since the one before; of the first, since points are counted. */
struct sim_trouble {
    enum sim_point point;
    int64_t at;
};
enum { MOST_TROUBLES = 2 };

struct sim_row {
    struct store_row row;
    struct sim_row *next;
};

/* What survives a crash. */
struct sim_store {
    struct sim_row *tables[STORE_TABLES]; /* by id; events by their number */
    int64_t last_seq;
};

/* What the user asked for last; that is known to the oracle whatever the daemon makes of it. */
struct sim_wish {
    enum desired_state state;
    enum upgrade_kind upgrade;
    enum restore_kind restore;
    struct str jar_uri;
    int64_t edits;
    bool deleted;
    bool starts;             /* the last wish leads to a start */
    struct str restore_from; /* spec.restoreFrom: what is older than it is behind */
    int64_t floor;           /* the highest attempt when that was asked for */
    int64_t keeps;           /* spec.snapshotRetention.maxCount */
    int64_t acknowledged;    /* resourceVersion of the last answer */
};

/* What a test hears of what becomes durable, and of the calls that start and stop jobs as the ports
 * get them, each before it happens. */
struct sim_ear {
    void (*durable)(struct sim *s);
    void (*provision)(struct sim *s, const struct platform_cluster_spec *spec);
    void (*deliver)(struct sim *s, int64_t attempt, struct str sha256);
    void (*submit)(struct sim *s, int64_t attempt, const struct flink_submit *f);
    void (*savepoint)(struct sim *s, const struct flink_stop *f);
    /* Another job than that of the attempt is wished; else the oracle asks its jar. */
    bool (*edited)(struct sim *s, int64_t attempt);
};

struct sim_expected {
    int64_t attempt; /* whose start was judged */
    int64_t position;
    bool checked;
};

struct sim {
    struct w_world world;
    struct arena *a; /* of the whole run */
    struct sim_store store;
    struct life *life; /* NULL while the daemon is down */
    int64_t lives;
    struct trace *trace; /* NULL: nobody asked for one */
    uint64_t randomness;
    int64_t down_for;    /* after a crash */
    int64_t write_takes; /* a durable write */

    struct sim_trouble troubles[MOST_TROUBLES];
    size_t n_troubles;
    size_t struck;                                   /* so many of them */
    bool (*strike)(void *arg, enum sim_point point); /* who decides instead; NULL = nobody */
    void *strike_arg;
    const struct sim_ear *ear; /* NULL = nobody hears */
    void *ear_arg;
    bool counting;
    int64_t counts[POINTS];
    struct stale *stale; /* which answer misleads; NULL = none */
    struct wire *wire;   /* what Flink answers goes over it */

    int64_t events;      /* so far */
    int64_t most_events; /* more than any run that goes well */
    int64_t *rules;      /* decisions of all lives are added here; NULL = nowhere */
    int64_t last_change; /* when anything was written, or a call made that changes the world */
    struct sim_wish wish;
    struct sim_wish wish_before; /* the same, but while a wish is not acknowledged: both may hold */
    bool asking;                 /* that is so */
    bool warm_standby;           /* asked for at the creation */
    struct str deployment_id;
    struct str savepoint_id; /* of the savepoint that was requested last */

    /* the oracle's */
    struct record record;     /* the durable one, read anew with each write */
    int64_t cancel_allowed;   /* attempt */
    int64_t finished_attempt; /* whose job finished by itself */
    int64_t minute_began;     /* commits are counted since */
    int64_t minute_writes;
    struct sim_expected expected;
    char delivered[MOST_CLUSTERS + 1][80]; /* hash of the jar that each attempt was given */
};

/* sim.c */
struct sim *sim_new(void);
void sim_free(struct sim *s);
/* True when trouble was planned for here. */
bool sim_hits(struct sim *s, enum sim_point point);
/* True when this is where the life ends; it has ended then. */
bool sim_strikes(struct sim *s, enum sim_point point);
void sim_crash(struct sim *s);
/* Runs until the condition holds; false when it does not within `most_us`, or there is trouble. */
bool sim_until(struct sim *s, bool (*holds)(struct sim *s), int64_t most_us);
void sim_run_for(struct sim *s, int64_t us);

#define SIM_NAMESPACE  "/api/v1/namespaces/default"
#define SIM_DEPLOYMENT SIM_NAMESPACE "/deployments/counter"

struct user_answer {
    int status;
    struct json body;
};

/* user.c: each returns when it is acknowledged. */
void user_creates(struct sim *s, enum upgrade_kind upgrade, enum restore_kind restore);
void user_wants(struct sim *s, enum desired_state state);
void user_edits(struct sim *s);
void user_requests_savepoint(struct sim *s);
void user_keeps(struct sim *s, int64_t count); /* spec.snapshotRetention.maxCount */
void user_deletes(struct sim *s);
void user_discards_savepoint(struct sim *s); /* savepoint_id */
/* Of any of them; the newest is refused. */
void user_discards_some_savepoint(struct sim *s);
void user_retries(struct sim *s);
/* Runs, from that and nothing else. */
void user_restores_from(struct sim *s, const char *location);
/* Runs, with restore strategy NONE from now on. */
void user_starts_empty(struct sim *s);
/* Any request, and its answer whatever it is. */
struct user_answer user_sends(struct sim *s, const char *method, struct str path, struct str body);
/* As the API shows it. OBSERVED_UNSET while the daemon is down or does not know the Deployment. */
enum observed_state user_sees(const struct sim *s);

/* oracle.c */
void oracle_event(void *sim);
void oracle_durable(struct sim *s);
void oracle_sent(struct sim *s, const struct w_call *c);
void oracle_removed(struct sim *s, struct str location);
/* One job runs, of the jar that the user asked for last; or of the one before. */
bool runs_as_wished(struct sim *s);
bool runs_as_before(struct sim *s);
bool runs_restored(struct sim *s); /* by an attempt that began after restoreFrom was asked for */
bool is_suspended(struct sim *s);
bool is_cancelled(struct sim *s);
bool is_removed(struct sim *s);
bool has_savepoint(struct sim *s);
bool has_no_savepoint(struct sim *s);
bool keeps_as_wished(struct sim *s); /* runs so, and retention has left what it should */
bool is_failed(struct sim *s);
bool is_finished(struct sim *s); /* by itself, and so it is shown */
bool is_silent(struct sim *s);
/* Location of the newest snapshot that the restore strategy allows; NULL = there is none. */
const char *oracle_newest(const struct sim *s);

/* calls.c: the hash of the jar of that name. */
struct str jar_hash(struct arena *a, struct str uri);

/* store.c */
const struct store_row *store_find(const struct sim *s, enum store_table table, struct str id);
