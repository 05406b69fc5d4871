/* The simulated Flink keeps the Flink port's contract, asked over the port that the simulated daemon
 * itself uses, in virtual time. What the oracle says of calls that no daemon intended is not heard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flink_contract.h"
#include "sim/life.h"

#define CHECKPOINTS "file:/storage/checkpoints"
#define NOWHERE     "file:/storage/a-file/savepoints"

struct simulated {
    struct flink_world world; /* first: the stories hand it back */
    struct sim *sim;
    int64_t attempt;
};
static struct simulated simulated;

static void turn(struct flink_rig *r, int64_t us)
{
    struct w_world *w = &((struct simulated *)r)->sim->world;
    int64_t until = w->now + us;
    while (world_run(w, until))
        ;
}

static int64_t now_us(struct flink_rig *r)
{
    return ((struct simulated *)r)->sim->world.now;
}

static struct w_cluster *cluster(struct flink_world *world)
{
    struct simulated *s = (struct simulated *)world;
    struct w_cluster *c = world_cluster(&s->sim->world, s->attempt);
    assert_non_null(c);
    return c;
}

static void provision(struct flink_world *world)
{
    struct simulated *s = (struct simulated *)world;
    struct w_call call = {.attempt = s->attempt, .checkpoints = STR(CHECKPOINTS)};
    world_provision(&s->sim->world, &call);
    assert_int_equal(call.outcome, OUTCOME_DONE);
}

static void name_taskmanagers(struct flink_world *world)
{
    const struct simulated *s = (const struct simulated *)world;
    struct w_call call = {.attempt = s->attempt};
    world_inventory(&s->sim->world, &call);
    for (size_t i = 0; i < call.n_clusters; i++)
        if (call.clusters[i].attempt == s->attempt)
            world->taskmanagers = call.clusters[i].taskmanager_ids;
}

static bool is_up_and_registered(void *arg)
{
    const struct w_cluster *c = cluster(arg);
    return c->jobmanager_alive && c->taskmanagers[0].registered && c->taskmanagers[1].registered;
}

static void next_cluster(struct flink_world *world)
{
    struct simulated *s = (struct simulated *)world;
    struct w_world *w = &s->sim->world;
    if (s->attempt > 0)
        world_teardown(w, &(struct w_call){.attempt = s->attempt});
    if (world->unperiodic)
        w->pace.checkpoint_interval = 0;
    s->attempt++;
    provision(world);
    cluster(world)->wanted = 2;
    provision(world);
    name_taskmanagers(world);
    assert_true(rig_holds(&world->rig, world->patience_s, is_up_and_registered, world));

    struct w_call jar = {.attempt = s->attempt, .incarnation = str_of(cluster(world)->incarnation)};
    world_deliver(w, &jar);
    world->jar_id = jar.jar_id;
    world->rig.url = arena_fmt(world->rig.a, "http://127.0.0.1:%d", 8000 + (int)s->attempt);
}

static void kill_taskmanager(struct flink_world *world)
{
    struct simulated *s = (struct simulated *)world;
    world_kill_taskmanager(&s->sim->world, s->attempt, 0);
}

static void replace_taskmanagers(struct flink_world *world)
{
    provision(world);
    name_taskmanagers(world);
}

static void finishes(struct w_world *w, int64_t attempt, int64_t y, void *p)
{
    (void)y;
    (void)p;
    flink_job_finishes(w, attempt);
}

static void choose(struct flink_world *world, enum flink_program next)
{
    static const enum fate fates[FLINK_PROGRAMS] = {[PROGRAM_FAILS] = FATE_JOB_FAILS,
                                                    [PROGRAM_THROWS] = FATE_FAILS,
                                                    [PROGRAM_THROWS_LATE] = FATE_RUNS_ANYWAY};
    struct simulated *s = (struct simulated *)world;
    struct w_world *w = &s->sim->world;
    world_fate(w, FATED_SUBMIT, fates[next]);
    if (next == PROGRAM_ENDS)
        world_at(w, w->now + 5 * S, finishes, s->attempt, 0, NULL);
}

static bool has_snapshot(struct flink_world *world, struct str location)
{
    const struct w_snapshot *x = storage_find(&((struct simulated *)world)->sim->world, location);
    return x && x->there;
}

static void simulation(void **state)
{
    const struct flink_story *story = *state;
    struct sim *s = sim_new();
    s->world.unwritable = NOWHERE;
    simulated = (struct simulated){
        .sim = s,
        .world = {.rig = {.flink = life_flink(s->life), .a = s->a, .turn = turn, .now_us = now_us},
                  .patience_s = 60,
                  .interval_ms = s->world.pace.checkpoint_interval / MS,
                  .directory = STR("file:/storage/savepoints"),
                  .impossible = STR(NOWHERE),
                  .nobody = STR("http://127.0.0.1:8040"),
                  .next_cluster = next_cluster,
                  .kill_taskmanager = kill_taskmanager,
                  .replace_taskmanagers = replace_taskmanagers,
                  .choose = choose,
                  .has_snapshot = has_snapshot},
    };
    story->tell(&simulated.world);
}

static int end(void **state)
{
    (void)state;
    sim_free(simulated.sim);
    return 0;
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[FLINK_STORIES];
    struct arena *names = arena_new();
    for (size_t i = 0; i < FLINK_STORIES; i++)
        tests[i] = (struct CMUnitTest){arena_fmt(names, "simulated: %s", flink_stories[i].name).ptr,
                                       simulation, NULL, end, (void *)(uintptr_t)&flink_stories[i]};
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    int failed = cmocka_run_group_tests_name("Flink, simulated", tests, NULL, NULL);
    arena_free(names);
    return failed;
}
