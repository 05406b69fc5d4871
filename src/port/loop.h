/* The one loop thread: timers, file descriptors, work for the pool, messages from other threads.
 * Everything runs on the loop thread unless a member says otherwise. Callbacks may call any member.
 */
#pragma once

#include "base/str.h"

enum loop_fd { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop_timer;
struct loop_watch;

struct loop_ops {
    /* A one-shot timer, unarmed. free cancels it. */
    struct loop_timer *(*timer_new)(void *ctx, void (*fn)(void *arg), void *arg);
    /* (Re)arms it to fire once in delay_us (0 = next turn). */
    void (*timer_arm)(struct loop_timer *t, int64_t delay_us);
    void (*timer_disarm)(struct loop_timer *t);
    void (*timer_free)(struct loop_timer *t);
    /* Watches a descriptor, level-triggered, for the given enum loop_fd bits; 0 pauses. */
    struct loop_watch *(*watch_new)(void *ctx, int fd, void (*fn)(void *arg, int events),
                                    void *arg);
    void (*watch_set)(struct loop_watch *w, int events);
    /* Stops watching; does not close the descriptor. */
    void (*watch_free)(struct loop_watch *w);
    /* Runs fn(arg) on the loop thread soon. The only member that any thread may call. */
    void (*post)(void *ctx, void (*fn)(void *arg), void *arg);
    /* Runs work(arg) on a pool thread, then done(arg) on the loop thread. */
    void (*work)(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg);
    /* Runs until stop. Signals: fn(arg, signo) on the loop thread for SIGTERM, SIGINT, SIGHUP. */
    void (*run)(void *ctx);
    void (*stop)(void *ctx);
    void (*on_signal)(void *ctx, void (*fn)(void *arg, int signo), void *arg);
};

struct loop {
    const struct loop_ops *ops;
    void *ctx;
};
