/* bench_noop DIRECTORY [STEPS [step|turn]]: a reconcile that finds nothing to do.
 *
 * A Deployment is started and upgraded a few times by the real shell, core and store, over a world
 * that does at once what it is asked. At rest the clock is stopped, so that nothing comes due, and
 * the same decision is made again and again: core_step alone, and the whole turn of the shell around
 * it (input, ids, step, status, timer). With a third argument only that is done, STEPS times, for
 * valgrind to count the instructions of measured_step or measured_turn. */
#include <stdio.h>
#include <stdlib.h>

#include "rig.h"
#include "shell/registry_impl.h"

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

/* The functions that valgrind counts: never inlined, one call each. */
__attribute__((noinline)) static void measured_step(struct arena *a, const struct core_in *in,
                                                    struct core_out *out)
{
    core_step(a, in, out);
}

__attribute__((noinline)) static void measured_turn(struct entry *e)
{
    entry_turn(e);
}

static void step_many(size_t steps)
{
    struct arena *a = arena_new();
    struct arena *of_input = arena_new();
    struct core_in in = entry_input(entry, of_input);
    struct core_out *out = mem_alloc(sizeof(*out));
    size_t idle = 0;
    for (size_t i = 0; i < steps; i++) {
        measured_step(a, &in, out);
        idle += !out->changed && out->n_effects == 0 && out->rule->then == ACTION_REST;
        arena_reset(a);
    }
    if (idle != steps) {
        fprintf(stderr, "bench_noop: %zu of %zu steps had something to do\n", steps - idle, steps);
        exit(1);
    }
    mem_free(out);
    arena_free(of_input);
    arena_free(a);
}

static void turn_many(size_t steps)
{
    int64_t before = rig.app.counters.no_op_steps;
    for (size_t i = 0; i < steps; i++)
        measured_turn(entry);
    if (rig.app.counters.no_op_steps - before != (int64_t)steps) {
        fputs("bench_noop: a turn had something to do\n", stderr);
        exit(1);
    }
}

/* Nanoseconds of one, in the best of ten rounds. */
static double best_of(void (*many)(size_t steps), size_t steps)
{
    double best = 0;
    for (int round = 0; round < 10; round++) {
        int64_t began = rig_now_ns();
        many(steps);
        double ns = (double)(rig_now_ns() - began) / (double)steps;
        best = round == 0 || ns < best ? ns : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    size_t steps = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000;
    if (argc < 2 || steps < 1) {
        fputs("usage: bench_noop DIRECTORY [STEPS [step|turn]]\n", stderr);
        return 2;
    }
    rig.on_running = on_running;
    rig_open(&rig, argv[1]);
    rig_create(&rig, 1);
    rig_run(&rig);
    freeze();
    if (argc > 3 && strcmp(argv[3], "step") == 0) {
        step_many(steps);
    } else if (argc > 3) {
        turn_many(steps);
    } else {
        printf("at rest, %zu savepoints and %zu jobs known; best of 10 rounds of %zu\n",
               entry->n_savepoints, entry->n_jobs, steps);
        printf("core_step          %6.0f ns\n", best_of(step_many, steps));
        printf("turn of the shell  %6.0f ns\n", best_of(turn_many, steps));
    }
    rig_close(&rig);
    return 0;
}
