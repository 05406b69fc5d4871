#include "hand_loop.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/arena.h"

#define PATIENCE_S 60

struct posted {
    struct posted *next;
    void (*fn)(void *arg);
    void *arg;
    pthread_t joins; /* the pool thread that ends with this, when has_thread */
    bool has_thread;
};

struct hand_loop {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    struct posted *first;
    struct posted *last;
    size_t working;
};

struct work {
    struct hand_loop *loop;
    struct posted *done;
    void (*fn)(void *arg);
};

static void append(struct hand_loop *l, struct posted *p)
{
    pthread_mutex_lock(&l->mutex);
    if (l->last)
        l->last->next = p;
    else
        l->first = p;
    l->last = p;
    pthread_cond_signal(&l->cond);
    pthread_mutex_unlock(&l->mutex);
}

static void loop_post(void *ctx, void (*fn)(void *arg), void *arg)
{
    struct posted *p = mem_alloc(sizeof(*p));
    p->fn = fn;
    p->arg = arg;
    append(ctx, p);
}

static void *work_main(void *arg)
{
    struct work *w = arg;
    w->fn(w->done->arg);
    w->done->joins = pthread_self();
    w->done->has_thread = true;
    append(w->loop, w->done);
    mem_free(w);
    return NULL;
}

static void loop_work(void *ctx, void (*fn)(void *arg), void (*done)(void *arg), void *arg)
{
    struct hand_loop *l = ctx;
    struct work *w = mem_alloc(sizeof(*w));
    w->loop = l;
    w->fn = fn;
    w->done = mem_alloc(sizeof(*w->done));
    w->done->fn = done;
    w->done->arg = arg;
    l->working++;
    pthread_t thread;
    if (pthread_create(&thread, NULL, work_main, w) != 0)
        __builtin_trap();
}

/* The next posted function; waits for one until the deadline. */
static struct posted *take(struct hand_loop *l, const struct timespec *deadline)
{
    pthread_mutex_lock(&l->mutex);
    int rc = 0;
    while (!l->first && rc == 0)
        rc = deadline ? pthread_cond_clockwait(&l->cond, &l->mutex, CLOCK_MONOTONIC, deadline)
                      : ETIMEDOUT;
    struct posted *p = l->first;
    if (p) {
        l->first = p->next;
        if (!l->first)
            l->last = NULL;
    }
    pthread_mutex_unlock(&l->mutex);
    return p;
}

static void run(struct hand_loop *l, struct posted *p)
{
    if (p->has_thread) {
        pthread_join(p->joins, NULL);
        l->working--;
    }
    p->fn(p->arg);
    mem_free(p);
}

bool hand_loop_until(struct hand_loop *l, bool (*holds)(void *arg), void *arg)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += PATIENCE_S;
    while (!holds(arg)) {
        struct posted *p = take(l, &deadline);
        if (!p)
            return false;
        run(l, p);
    }
    return true;
}

static bool nothing_works(void *arg)
{
    const struct hand_loop *l = arg;
    return l->working == 0;
}

struct hand_loop *hand_loop_new(void)
{
    struct hand_loop *l = mem_alloc(sizeof(*l));
    pthread_mutex_init(&l->mutex, NULL);
    pthread_cond_init(&l->cond, NULL);
    return l;
}

void hand_loop_free(struct hand_loop *l)
{
    hand_loop_until(l, nothing_works, l);
    for (struct posted *p; (p = take(l, NULL)) != NULL;)
        run(l, p);
    pthread_cond_destroy(&l->cond);
    pthread_mutex_destroy(&l->mutex);
    mem_free(l);
}

struct loop hand_loop_port(struct hand_loop *l)
{
    static const struct loop_ops ops = {.post = loop_post, .work = loop_work};
    return (struct loop){&ops, l};
}
