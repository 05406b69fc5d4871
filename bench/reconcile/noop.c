/* bench_noop DIRECTORY [STEPS]: a reconcile that finds nothing to do.
 *
 * A Deployment is started and upgraded a few times by the real shell, core and store, over a world
 * that does at once what it is asked. At rest the clock is stopped, so that nothing comes due, and
 * the same decision is made STEPS times: core_step alone, and the whole turn of the shell around it
 * (input, ids, step, timer). For instructions run it under valgrind --tool=callgrind with
 * --toggle-collect=core_step or =entry_turn. */
#include <stdio.h>
#include <stdlib.h>

#include "app/registry_impl.h"
#include "rig.h"

enum { UPGRADES = 5 };

static struct rig rig;
static struct entry *entry;
static int upgrades;
static struct loop_timer *pause_timer;

static void edit(void *arg)
{
    rig_edit(&rig, arg);
}

static void after_pause(void *arg)
{
    (void)arg;
    if (upgrades++ < UPGRADES)
        entry_when_idle(entry, edit, entry);
    else
        rig_stop(&rig);
}

/* The pause lets it note what there is to note about a job that has just started. */
static void on_running(void *arg, struct entry *e)
{
    (void)arg;
    entry = e;
    if (!pause_timer)
        pause_timer = rig.app.loop.ops->timer_new(rig.app.loop.ctx, after_pause, NULL);
    rig.app.loop.ops->timer_arm(pause_timer, 200000);
}

static void freeze(void)
{
    rig.frozen_at = rig.app.clock.ops->mono_us(rig.app.clock.ctx);
    rig.frozen = true;
}

/* Nanoseconds a step. */
static double time_steps(size_t steps)
{
    struct arena *a = arena_new();
    struct arena *of_input = arena_new();
    struct core_in in = entry_input(entry, of_input);
    struct core_out *out = mem_alloc(sizeof(*out));
    size_t idle = 0;
    int64_t began = rig_now_ns();
    for (size_t i = 0; i < steps; i++) {
        core_step(a, &in, out);
        idle += !out->changed && out->n_effects == 0 && out->rule->then == ACTION_REST;
        arena_reset(a);
    }
    double ns = (double)(rig_now_ns() - began) / (double)steps;
    if (idle != steps) {
        fprintf(stderr, "bench_noop: %zu of %zu steps were none that rest\n", steps - idle, steps);
        exit(1);
    }
    mem_free(out);
    arena_free(of_input);
    arena_free(a);
    return ns;
}

static double time_turns(size_t steps)
{
    int64_t before = rig.app.counters.no_op_steps;
    int64_t began = rig_now_ns();
    for (size_t i = 0; i < steps; i++)
        entry_turn(entry);
    double ns = (double)(rig_now_ns() - began) / (double)steps;
    if (rig.app.counters.no_op_steps - before != (int64_t)steps) {
        fputs("bench_noop: a turn had something to do\n", stderr);
        exit(1);
    }
    return ns;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: bench_noop DIRECTORY [STEPS]\n", stderr);
        return 2;
    }
    size_t steps = argc > 2 ? strtoul(argv[2], NULL, 10) : 200000;
    rig.on_running = on_running;
    rig_open(&rig, argv[1]);
    rig_create(&rig, 1);
    rig_run(&rig);
    freeze();
    size_t some = steps < 10 ? steps : steps / 10;
    double best_step = time_steps(some);
    double best_turn = time_turns(some);
    for (int round = 0; round < 9; round++) {
        double step = time_steps(some);
        double turn = time_turns(some);
        best_step = step < best_step ? step : best_step;
        best_turn = turn < best_turn ? turn : best_turn;
    }
    printf("core_step at rest  %7.0f ns  (%zu savepoints, %zu jobs; best of 10 rounds of %zu)\n",
           best_step, entry->n_savepoints, entry->n_jobs, some);
    printf("turn of the shell  %7.0f ns\n", best_turn);
    printf("steps %zu\n", 10 * some);
    rig_close(&rig);
    return 0;
}
