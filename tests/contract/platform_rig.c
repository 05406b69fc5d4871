#include "platform_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

#include "adapt/loop_uv/loop_uv.h"

#define CALL_MOST_US (60 * INT64_C(1000000))

/* One call under way. */
struct call {
    struct platform_rig *rig;
    struct platform_result result;
    struct platform_inventory inventory;
    bool answered;
};

void rig_open(struct platform_rig *r)
{
    *r = (struct platform_rig){.loop = loop_uv_new(), .a = arena_new()};
}

void rig_close(struct platform_rig *r)
{
    loop_uv_free(&r->loop);
    arena_free(r->a);
}

static void stop(void *arg)
{
    struct platform_rig *r = arg;
    r->loop.ops->stop(r->loop.ctx);
}

void rig_turn(struct platform_rig *r, int64_t us)
{
    struct loop_timer *t = r->loop.ops->timer_new(r->loop.ctx, stop, r);
    r->loop.ops->timer_arm(t, us);
    r->loop.ops->run(r->loop.ctx);
    r->loop.ops->timer_free(t);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

bool rig_until(struct platform_rig *r, int seconds, bool (*holds)(void *arg), void *arg)
{
    int64_t end = now_us() + (int64_t)seconds * 1000000;
    while (!holds(arg)) {
        if (now_us() > end)
            return false;
        rig_turn(r, 20000);
    }
    return true;
}

static void wait_for(struct call *c)
{
    int64_t end = now_us() + CALL_MOST_US;
    assert_false(c->answered); /* never from inside the call */
    while (!c->answered) {
        assert_true(now_us() < end);
        rig_turn(c->rig, CALL_MOST_US);
    }
}

static void on_result(void *arg, const struct platform_result *r)
{
    struct call *c = arg;
    assert_false(c->answered); /* once */
    c->answered = true;
    c->result.outcome = r->outcome;
    c->result.text = arena_str(c->rig->a, r->text);
    c->result.jar_id = arena_str(c->rig->a, r->jar_id);
    stop(c->rig);
}

static void copy_cluster(struct arena *a, struct platform_cluster *to,
                         const struct platform_cluster *from)
{
    *to = *from;
    to->incarnation = arena_str(a, from->incarnation);
    to->rest_url = arena_str(a, from->rest_url);
    to->log_directory = arena_str(a, from->log_directory);
    to->cause = arena_str(a, from->cause);
    to->taskmanager_ids.items = ARENA_ARRAY(a, struct str, from->taskmanager_ids.n);
    for (size_t i = 0; i < from->taskmanager_ids.n; i++)
        to->taskmanager_ids.items[i] = arena_str(a, from->taskmanager_ids.items[i]);
}

static void on_inventory(void *arg, const struct platform_inventory *i)
{
    struct call *c = arg;
    struct arena *a = c->rig->a;
    assert_false(c->answered);
    c->answered = true;
    c->inventory.outcome = i->outcome;
    c->inventory.text = arena_str(a, i->text);
    c->inventory.n = i->n;
    c->inventory.newest = i->newest;
    c->inventory.n_ended = i->n_ended;
    c->inventory.ended = ARENA_ARRAY(a, int64_t, i->n_ended);
    for (size_t k = 0; k < i->n_ended; k++)
        c->inventory.ended[k] = i->ended[k];
    c->inventory.clusters = ARENA_ARRAY(a, struct platform_cluster, i->n);
    for (size_t k = 0; k < i->n; k++)
        copy_cluster(a, &c->inventory.clusters[k], &i->clusters[k]);
    stop(c->rig);
}

struct platform_inventory rig_inventory(struct platform_rig *r, struct str deployment)
{
    struct call c = {.rig = r};
    r->platform.ops->inventory(r->platform.ctx, deployment, on_inventory, &c);
    wait_for(&c);
    return c.inventory;
}

const struct platform_cluster *rig_cluster(struct platform_rig *r, struct str deployment,
                                           int64_t attempt)
{
    struct platform_inventory i = rig_inventory(r, deployment);
    assert_int_equal(i.outcome, OUTCOME_DONE);
    for (size_t k = 0; k < i.n; k++)
        if (i.clusters[k].attempt == attempt)
            return &i.clusters[k];
    return NULL;
}

struct platform_result rig_provision(struct platform_rig *r,
                                     const struct platform_cluster_spec *spec)
{
    struct call c = {.rig = r};
    r->platform.ops->provision(r->platform.ctx, spec, on_result, &c);
    wait_for(&c);
    return c.result;
}

struct platform_result rig_deliver(struct platform_rig *r, struct str deployment, int64_t attempt,
                                   struct str incarnation, const struct platform_artifact *jar)
{
    struct call c = {.rig = r};
    r->platform.ops->deliver(r->platform.ctx, deployment, attempt, incarnation, jar, on_result, &c);
    wait_for(&c);
    return c.result;
}

struct platform_result rig_teardown(struct platform_rig *r, struct str deployment, int64_t attempt)
{
    struct call c = {.rig = r};
    r->platform.ops->teardown(r->platform.ctx, deployment, attempt, on_result, &c);
    wait_for(&c);
    return c.result;
}

struct platform_result rig_logs(struct platform_rig *r, struct str deployment, int64_t attempt,
                                struct str process, int64_t most)
{
    struct call c = {.rig = r};
    r->platform.ops->logs(r->platform.ctx, deployment, attempt, process, most, on_result, &c);
    wait_for(&c);
    return c.result;
}
