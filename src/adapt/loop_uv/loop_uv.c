/* See loop_uv.h. Handles are closed asynchronously by libuv, so their memory goes in the close
 * callback, also when a callback frees its own handle. */
#include "adapt/loop_uv/loop_uv.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "adapt/loop_uv/loop_internal.h"
#include "base/arena.h"

static const int SIGNALS[] = {SIGTERM, SIGINT, SIGHUP};

struct post {
    struct post *next;
    void (*fn)(void *arg);
    void *arg;
};

struct work {
    uv_work_t uv;
    void (*work)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

struct loop_watch {
    uv_poll_t uv;
    void (*fn)(void *arg, int events);
    void *arg;
    int events;
};

/* The calls that may fail here only do so without memory or descriptors, at start-up. */
static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "sluice: %s: %s\n", what, uv_strerror(rc));
    abort();
}

static void free_data(uv_handle_t *h)
{
    mem_free(h->data);
}

static void on_poll(uv_poll_t *uv, int status, int events)
{
    struct loop_watch *w = uv->data;
    int seen = 0;
    if (events & UV_READABLE)
        seen |= LOOP_READ;
    if (events & UV_WRITABLE)
        seen |= LOOP_WRITE;
    /* A descriptor in error is ready for whatever was asked: the owner's next call names it. */
    if (status < 0)
        seen = w->events;
    w->fn(w->arg, seen);
}

static struct loop_watch *watch_new(void *ctx, int fd, void (*fn)(void *arg, int events), void *arg)
{
    struct loop_uv *l = ctx;
    struct loop_watch *w = mem_alloc(sizeof(*w));
    must(uv_poll_init(&l->uv, &w->uv, fd), "cannot watch a descriptor");
    w->uv.data = w;
    w->fn = fn;
    w->arg = arg;
    return w;
}

static void watch_set(struct loop_watch *w, int events)
{
    w->events = events;
    if (!events) {
        uv_poll_stop(&w->uv);
        return;
    }
    int want = 0;
    if (events & LOOP_READ)
        want |= UV_READABLE;
    if (events & LOOP_WRITE)
        want |= UV_WRITABLE;
    uv_poll_start(&w->uv, want, on_poll);
}

static void watch_free(struct loop_watch *w)
{
    uv_poll_stop(&w->uv);
    uv_close((uv_handle_t *)&w->uv, free_data);
}

static void post(void *ctx, void (*fn)(void *arg), void *arg)
{
    struct loop_uv *l = ctx;
    struct post *p = mem_alloc(sizeof(*p));
    p->fn = fn;
    p->arg = arg;
    pthread_mutex_lock(&l->post_lock);
    *l->posts_end = p;
    l->posts_end = &p->next;
    pthread_mutex_unlock(&l->post_lock);
    uv_async_send(&l->wake);
}

/* Runs what was posted so far; true when there was something. */
static bool run_posts(struct loop_uv *l)
{
    pthread_mutex_lock(&l->post_lock);
    struct post *p = l->posts;
    l->posts = NULL;
    l->posts_end = &l->posts;
    pthread_mutex_unlock(&l->post_lock);
    bool any = p != NULL;
    while (p) {
        struct post *next = p->next;
        p->fn(p->arg);
        mem_free(p);
        p = next;
    }
    return any;
}

static void on_wake(uv_async_t *uv)
{
    run_posts(uv->data);
}

static void on_work(uv_work_t *uv)
{
    struct work *w = uv->data;
    w->work(w->arg);
}

static void on_worked(uv_work_t *uv, int status)
{
    (void)status; /* nothing is ever cancelled */
    struct work *w = uv->data;
    w->done(w->arg);
    mem_free(w);
}

static void work(void *ctx, void (*fn)(void *arg), void (*done)(void *arg), void *arg)
{
    struct loop_uv *l = ctx;
    struct work *w = mem_alloc(sizeof(*w));
    w->uv.data = w;
    w->work = fn;
    w->done = done;
    w->arg = arg;
    must(uv_queue_work(&l->uv, &w->uv, on_work, on_worked), "cannot queue work");
}

static void run(void *ctx)
{
    struct loop_uv *l = ctx;
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

static void stop(void *ctx)
{
    struct loop_uv *l = ctx;
    uv_stop(&l->uv);
}

static void on_uv_signal(uv_signal_t *uv, int signo)
{
    struct loop_uv *l = uv->data;
    l->signal_fn(l->signal_arg, signo);
}

static void on_signal(void *ctx, void (*fn)(void *arg, int signo), void *arg)
{
    struct loop_uv *l = ctx;
    l->signal_fn = fn;
    l->signal_arg = arg;
    for (size_t i = 0; i < 3 && !l->has_signals; i++) {
        must(uv_signal_init(&l->uv, &l->signals[i]), "cannot receive signals");
        l->signals[i].data = l;
        must(uv_signal_start(&l->signals[i], on_uv_signal, SIGNALS[i]), "cannot receive signals");
    }
    l->has_signals = true;
}

static const struct loop_ops OPS = {
    .timer_new = loop_timer_new,
    .timer_arm = loop_timer_arm,
    .timer_disarm = loop_timer_disarm,
    .timer_free = loop_timer_free,
    .watch_new = watch_new,
    .watch_set = watch_set,
    .watch_free = watch_free,
    .post = post,
    .work = work,
    .run = run,
    .stop = stop,
    .on_signal = on_signal,
};

struct loop loop_uv_new(void)
{
    signal(SIGPIPE, SIG_IGN);
    struct loop_uv *l = mem_alloc(sizeof(*l));
    must(uv_loop_init(&l->uv), "cannot make an event loop");
    must(uv_async_init(&l->uv, &l->wake, on_wake), "cannot make an event loop");
    l->wake.data = l;
    pthread_mutex_init(&l->post_lock, NULL);
    l->posts_end = &l->posts;
    loop_timers_init(l);
    return (struct loop){&OPS, l};
}

/* Timers and watches own their memory; the loop's own handles are part of it. */
static void close_one(uv_handle_t *h, void *arg)
{
    (void)arg;
    if (uv_is_closing(h))
        return;
    bool own = h->type == UV_TIMER || h->type == UV_POLL;
    uv_close(h, own ? free_data : NULL);
}

void loop_uv_free(struct loop *loop)
{
    struct loop_uv *l = loop->ctx;
    bool busy = true;
    while (busy) {
        uv_walk(&l->uv, close_one, NULL);
        uv_run(&l->uv, UV_RUN_ONCE);
        busy = run_posts(l) || uv_loop_close(&l->uv) != 0;
    }
    pthread_mutex_destroy(&l->post_lock);
    mem_free(l);
    *loop = (struct loop){0};
}
