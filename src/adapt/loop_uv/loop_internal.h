/* What loop_uv.c and loop_timer.c share. */
#pragma once

#include <uv.h>

#include "port/loop.h"

struct link {
    struct link *next;
    struct link *prev;
};

struct loop_uv {
    uv_loop_t uv;
    uv_async_t wake;
    uv_signal_t signals[3];
    bool has_signals;
    void (*signal_fn)(void *arg, int signo);
    void *signal_arg;
    /* Timers of delay 0, in the order of arming. The idle handle runs only while there are any:
     * it keeps the loop from blocking. */
    uv_idle_t soon_idle;
    struct link soon;
    pthread_mutex_t post_lock;
    struct post *posts; /* under post_lock */
    struct post **posts_end;
};

struct loop_timer *loop_timer_new(void *ctx, void (*fn)(void *arg), void *arg);
void loop_timer_arm(struct loop_timer *t, int64_t delay_us);
void loop_timer_disarm(struct loop_timer *t);
void loop_timer_free(struct loop_timer *t);
void loop_timers_init(struct loop_uv *l);
