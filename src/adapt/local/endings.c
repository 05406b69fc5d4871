/* A teardown is asked for once and takes several steps: this goes on with them until the attempt is
 * gone, and answers then, so that nobody has to ask again. Who asks again all the same takes the place
 * of the one before. After a restart of the daemon whoever asked asks again. */
#include "adapt/local/internal.h"

#include <time.h>
#include <unistd.h>

#include "base/timefmt.h"

/* The next step is taken when a process ends that the last one waited for, and after a while anyhow. */
#define STEP_FIRST_US (20 * US_PER_MS)
#define STEP_MOST_US  (500 * US_PER_MS)

struct ending {
    struct ending *next;
    struct local *l;
    struct arena *a;
    struct str deployment;
    int64_t attempt;
    int64_t step_us;
    int64_t hard_at_us; /* monotonic */
    struct loop_timer *timer;
    int fd; /* of the awaited process, -1: none */
    struct loop_watch *watch;
    /* Who asked last and has no answer yet; NULL: nobody. */
    void (*on_result)(void *arg, const struct platform_result *r);
    void *arg;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

static struct ending *find(struct local *l, struct str deployment, int64_t attempt)
{
    for (struct ending *x = l->endings; x; x = x->next)
        if (x->attempt == attempt && str_eq(x->deployment, deployment))
            return x;
    return NULL;
}

static void await_nobody(struct ending *x)
{
    if (x->fd < 0)
        return;
    x->l->loop->ops->watch_free(x->watch);
    close(x->fd);
    x->fd = -1;
}

static void answer(struct ending *x, const struct operation_result *result)
{
    void (*fn)(void *arg, const struct platform_result *r) = x->on_result;
    struct platform_result r = {result->outcome, result->text, {0}};
    x->on_result = NULL;
    if (fn)
        fn(x->arg, &r);
}

static void ending_free(struct ending *x)
{
    await_nobody(x);
    x->l->loop->ops->timer_free(x->timer);
    arena_free(x->a);
    mem_free(x);
}

static void on_end(void *arg, int events)
{
    struct ending *x = arg;
    (void)events;
    await_nobody(x);
    x->l->loop->ops->timer_arm(x->timer, 0);
}

static void take_next_step(struct ending *x, struct process_id awaited)
{
    const struct loop *loop = x->l->loop;
    int64_t delay = x->step_us;
    await_nobody(x);
    if (awaited.pid > 0) {
        x->fd = process_watch(x->l->proc, awaited);
        if (x->fd < 0)
            delay = 0; /* it has ended meanwhile */
    }
    if (x->fd >= 0) {
        x->watch = loop->ops->watch_new(loop->ctx, x->fd, on_end, x);
        loop->ops->watch_set(x->watch, LOOP_READ);
    }
    loop->ops->timer_arm(x->timer, delay);
    x->step_us = x->step_us * 2 < STEP_MOST_US ? x->step_us * 2 : STEP_MOST_US;
}

struct tidying {
    struct local *l;
    struct arena *a;
    struct str dir;
};

static void tidy(void *arg)
{
    struct tidying *t = arg;
    sharing_keep(t->l, t->dir);
    attempt_tidy(t->a, t->dir);
}

static void tidied(void *arg)
{
    struct tidying *t = arg;
    struct local *l = t->l;
    arena_free(t->a);
    mem_free(t);
    local_pool_end(l);
}

void endings_tidy(struct local *l, struct str dir)
{
    struct tidying *t = mem_alloc(sizeof(*t));
    *t = (struct tidying){.l = l, .a = arena_new()};
    t->dir = arena_str(t->a, dir);
    local_pool(l, tidy, tidied, t);
}

static void step_done(struct operation *o)
{
    struct local *l = o->l;
    if (o->result.untidy.len > 0)
        endings_tidy(l, o->result.untidy);
    struct ending *x = find(l, o->deployment, o->attempt);
    if (!x)
        return;
    if (o->result.again) {
        take_next_step(x, o->result.awaited);
        if (o->result.outcome != OUTCOME_DONE)
            answer(x, &o->result);
        return;
    }
    struct ending **at = &l->endings;
    while (*at != x)
        at = &(*at)->next;
    *at = x->next;
    answer(x, &o->result);
    ending_free(x);
}

static void on_timer(void *arg)
{
    struct ending *x = arg;
    await_nobody(x);
    struct operation *o = operation_new(x->l, x->deployment, x->attempt);
    o->hard = now_us() >= x->hard_at_us;
    o->run = teardown_run;
    o->done = step_done;
    operation_submit(o);
}

static struct ending *ending_new(struct operation *teardown)
{
    struct local *l = teardown->l;
    struct ending *x = mem_alloc(sizeof(*x));
    x->l = l;
    x->a = arena_new();
    x->deployment = arena_str(x->a, teardown->deployment);
    x->attempt = teardown->attempt;
    x->step_us = STEP_FIRST_US;
    x->hard_at_us = now_us() + l->config.stop_grace_us;
    x->timer = l->loop->ops->timer_new(l->loop->ctx, on_timer, x);
    x->fd = -1;
    x->next = l->endings;
    l->endings = x;
    return x;
}

void endings_add(struct operation *teardown)
{
    struct ending *x = find(teardown->l, teardown->deployment, teardown->attempt);
    if (x) {
        answer(x, &teardown->result);
    } else {
        x = ending_new(teardown);
        take_next_step(x, teardown->result.awaited);
    }
    if (teardown->result.outcome != OUTCOME_DONE)
        return;
    x->on_result = teardown->on_result;
    x->arg = teardown->arg;
    teardown->on_result = NULL;
}

void endings_close(struct local *l)
{
    while (l->endings) {
        struct ending *x = l->endings;
        l->endings = x->next;
        ending_free(x);
    }
}
