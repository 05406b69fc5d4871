/* One run of the daemon, and what the simulated ports keep of it. */
#pragma once

#include "api/api.h"
#include "sim.h"

union sim_answer_fn {
    void (*inventory)(void *arg, const struct platform_inventory *i);
    void (*result)(void *arg, const struct platform_result *r);
    void (*sight)(void *arg, const struct flink_sight *s);
    void (*checkpoints)(void *arg, const struct flink_checkpoints *c);
    void (*trigger)(void *arg, const struct flink_trigger *t);
    void (*answer)(void *arg, const struct flink_answer *a);
    void (*listing)(void *arg, const struct snapshot_listing *l);
    void (*verified)(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                     struct str text);
    void (*removed)(void *arg, enum outcome outcome, struct str text);
    void (*artifact)(void *arg, const struct artifact_sight *s);
    void (*committed)(void *arg, const struct store_result *r);
};

/* An answer that is owed to a life: of a call, or of the store. Lives as long as the run. */
struct owed {
    struct life *life; /* gone once `given` */
    struct w_call call;
    union sim_answer_fn fn;
    void *arg;
    bool is_write;
    struct store_write *writes;
    size_t n_writes;
    bool given;
    struct owed *next;
};

struct loop_timer {
    struct life *life;
    void (*fn)(void *arg);
    void *arg;
    int64_t serial;
    int64_t armings; /* so far: an event of an earlier one does nothing */
    bool armed;
    struct loop_timer *next;
};

struct life {
    struct sim *sim;
    int64_t number;
    bool dead;
    struct app app;
    struct api *api;
    struct loop_timer *timers;
    int64_t timers_made;
    struct owed *owed;              /* newest first */
    struct http_exchange *exchange; /* under way; NULL = none */
};

/* life.c */
void life_begin(struct sim *s);
/* Gives back all memory of a dead life. */
void life_bury(struct life *life);
struct loop life_loop(struct life *life);
struct clock life_clock(struct life *life);

/* store.c */
struct store life_store(struct life *life);
void store_refuse(struct owed *o);

/* ports.c */
struct platform life_platform(struct life *life);
struct flink life_flink(struct life *life);
struct snapshots life_snapshots(struct life *life);
struct artifacts life_artifacts(struct life *life);

/* calls.c */
/* `c` is copied; what it points to belongs to the run. fn(arg, ...) once, later, or when the life
 * is buried. */
void call_send(struct life *life, const struct w_call *c, union sim_answer_fn fn, void *arg);
/* The question, which nothing has answered. */
struct w_call call_unanswered(const struct w_call *c);
/* Gives the answer as it stands in o->call. */
void call_answer(struct owed *o);
/* The same after so long, unless it was given by then. */
void call_answered_in(struct owed *o, int64_t us);
/* The world does what is asked, and its answer stands in `c`. */
void call_reaches(struct w_world *w, struct w_call *c);
/* For so long who asked waits. */
int64_t call_patience(const struct w_world *w, const struct w_call *c);

/* user.c */
struct http_server life_server(struct life *life);
void user_hangs_up(struct life *life);
