/* bench_react DIRECTORY [SAMPLES [DEPLOYMENTS]]: from an acknowledged edit to the first remote action.
 *
 * The real shell, core and store; a world that does at once what it is asked. A Deployment that is
 * RUNNING is edited: from then to the acknowledgement is the commit's latency, and from there until
 * Flink is asked for the savepoint is ours. Several Deployments are upgraded at the same time, so
 * that commits meet as they do in a busy daemon. */
#include <stdio.h>
#include <stdlib.h>

#include "rig.h"
#include "shell/registry_impl.h"

#define MOST_SAMPLES 100000
#define WARM_UP      20 /* upgrades that are not counted */

struct timing {
    int64_t asked;
    int64_t acknowledged;
    bool waits; /* for the first action since */
};

struct bench {
    struct rig rig;
    struct timing timings[WORLD_MOST];
    struct loop_timer *pause[WORLD_MOST];
    size_t samples;
    size_t n_commits;
    size_t n_actions;
    double commits[MOST_SAMPLES];
    double actions[MOST_SAMPLES];
};

static struct bench bench;

static size_t number_of(struct str id)
{
    int64_t n = 0;
    str_to_i64(str_skip(id, id.len - 4), &n);
    return (size_t)n;
}

static void on_acknowledged(void *arg, struct entry *e)
{
    (void)arg;
    struct timing *t = &bench.timings[number_of(e->id)];
    if (!t->asked)
        return;
    t->acknowledged = rig_now_ns();
    t->waits = true;
    if (bench.n_commits < bench.samples + WARM_UP)
        bench.commits[bench.n_commits++] = (double)(t->acknowledged - t->asked) / 1e3;
}

static void on_action(void *arg, struct str deployment_id)
{
    (void)arg;
    struct timing *t = &bench.timings[number_of(deployment_id)];
    if (!t->waits)
        return;
    t->waits = false;
    if (bench.n_actions == bench.samples + WARM_UP)
        return;
    bench.actions[bench.n_actions++] = (double)(rig_now_ns() - t->acknowledged) / 1e3;
    if (bench.n_actions == bench.samples + WARM_UP)
        rig_stop(&bench.rig);
}

static void edit(void *arg)
{
    struct entry *e = arg;
    bench.timings[number_of(e->id)].asked = rig_now_ns();
    rig_edit(&bench.rig, e);
}

static void edit_when_idle(void *arg)
{
    entry_when_idle(arg, edit, arg);
}

/* The user thinks for a moment: what the start leaves to be noted is noted by then. */
static void on_running(void *arg, struct entry *e)
{
    (void)arg;
    size_t n = number_of(e->id);
    struct loop loop = bench.rig.app.loop;
    if (!bench.pause[n])
        bench.pause[n] = loop.ops->timer_new(loop.ctx, edit_when_idle, e);
    loop.ops->timer_arm(bench.pause[n], 30000 + (int64_t)(n * 1700));
}

static void print(const char *what, double *values, size_t n)
{
    printf("%-42s p50 %8.0f us  p99 %8.0f us  n %zu\n", what, rig_quantile(values, n, 0.5),
           rig_quantile(values, n, 0.99), n);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: bench_react DIRECTORY [SAMPLES [DEPLOYMENTS]]\n", stderr);
        return 2;
    }
    bench.samples = argc > 2 ? strtoul(argv[2], NULL, 10) : 500;
    size_t deployments = argc > 3 ? strtoul(argv[3], NULL, 10) : 4;
    if (bench.samples < 1 || bench.samples > MOST_SAMPLES - WARM_UP || deployments < 1 ||
        deployments > WORLD_MOST) {
        fputs("bench_react: 1 to 64 deployments, 1 to 99980 samples\n", stderr);
        return 2;
    }
    bench.rig.on_acknowledged = on_acknowledged;
    bench.rig.on_running = on_running;
    bench.rig.world.on_action = on_action;
    rig_open(&bench.rig, argv[1]);
    rig_create(&bench.rig, deployments);
    rig_run(&bench.rig);
    double *commits = bench.commits + WARM_UP;
    double *actions = bench.actions + WARM_UP;
    print("commit of an edit", commits, bench.n_commits - WARM_UP);
    print("acknowledged edit to first remote action", actions, bench.samples);
    double most = 2 * rig_quantile(commits, bench.n_commits - WARM_UP, 0.99) + 5000;
    double is = rig_quantile(actions, bench.samples, 0.99);
    printf("p99 %.0f us, at most 2 x commit p99 + 5 ms = %.0f us: %s\n", is, most,
           is <= most ? "ok" : "missed");
    rig_close(&bench.rig);
    return is <= most ? 0 : 1;
}
