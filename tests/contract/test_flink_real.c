/* The REST adapter over real Flink keeps the Flink port's contract: clusters of the local target, the
 * counter job (examples/counter) and real files. Usage: test_flink_real VERSION [FILTER]; the jar and
 * the shim by environment: COUNTER_JAR, SLUICE_SHIM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "adapt/flink_rest/flink_rest.h"
#include "adapt/http_client/http_client.h"
#include "flink_contract.h"
#include "local_world.h"
#include "model/snapshot_location.h"

struct real {
    struct flink_world world; /* first: the stories hand it back */
    struct local_world local;
    struct http_client http;
    struct flink_rest *rest;
    bool is_open;
};
static struct real real;
static const char *version;

static struct platform_rig *platform_of(struct real *r)
{
    return &r->local.world.rig;
}

static void turn(struct flink_rig *rig, int64_t us)
{
    rig_turn(platform_of((struct real *)rig), us);
}

static int64_t now_us(struct flink_rig *rig)
{
    struct timespec t;
    (void)rig;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const struct platform_cluster *cluster(struct real *r)
{
    const struct platform_cluster_spec *spec = &r->local.world.spec;
    return rig_cluster(platform_of(r), spec->deployment_id, spec->attempt);
}

static void provision(struct real *r)
{
    struct platform_result p = rig_provision(platform_of(r), &r->local.world.spec);
    if (p.outcome != OUTCOME_DONE)
        fail_msg("no cluster: %.*s", STR_ARG(p.text));
    r->world.taskmanagers = cluster(r)->taskmanager_ids;
}

/* Until then nothing answers at its address. */
static bool is_registered(void *arg)
{
    struct real *r = arg;
    const struct platform_cluster *c = cluster(r);
    if (c->jobmanager_dead)
        fail_msg("the JobManager ended: %.*s", STR_ARG(c->cause));
    r->world.rig.url = c->rest_url;
    struct flink_sight s = rig_look(&r->world.rig, FIRST_JOB, FLINK_LOOK_TASKMANAGERS);
    return s.outcome == OUTCOME_DONE && s.taskmanager_ids.n == (size_t)c->taskmanagers_wanted;
}

static bool is_gone(void *arg)
{
    return !cluster(arg);
}

static void end_cluster(struct real *r)
{
    struct platform_cluster_spec *spec = &r->local.world.spec;
    rig_teardown(platform_of(r), spec->deployment_id, spec->attempt);
    assert_true(rig_holds(&r->world.rig, r->world.patience_s, is_gone, r));
}

static void next_cluster(struct flink_world *world)
{
    struct real *r = (struct real *)world;
    struct platform_cluster_spec *spec = &r->local.world.spec;
    if (world->jar_id.len > 0) {
        end_cluster(r);
        spec->attempt++;
    }
    spec->flink_configuration.n -= world->unperiodic; /* the interval is its last */
    provision(r);
    assert_true(rig_holds(&world->rig, world->patience_s, is_registered, r));
    struct platform_artifact jar = {.path = str_of(getenv("COUNTER_JAR")),
                                    .name = STR("counter-job.jar")};
    struct platform_result given = rig_deliver(platform_of(r), spec->deployment_id, spec->attempt,
                                               cluster(r)->incarnation, &jar);
    assert_int_equal(given.outcome, OUTCOME_DONE);
    world->jar_id = given.jar_id;
}

static void kill_taskmanager(struct flink_world *world)
{
    struct local_world *l = &((struct real *)world)->local;
    l->world.kill(&l->world, l->world.spec.attempt, world->taskmanagers.items[0]);
}

static bool has_lost_one(void *arg)
{
    const struct platform_cluster *c = cluster(arg);
    return c->taskmanagers_alive < c->taskmanagers_wanted;
}

static void replace_taskmanagers(struct flink_world *world)
{
    assert_true(rig_holds(&world->rig, world->patience_s, has_lost_one, world));
    provision((struct real *)world);
}

static void choose(struct flink_world *world, enum flink_program next)
{
    static const char *const options[FLINK_PROGRAMS][3] = {
        [PROGRAM_ENDS] = {"--count", "2000"}, /* ten seconds of it */
        [PROGRAM_FAILS] = {"--fail-from", "0"},
        [PROGRAM_THROWS] = {"--main-throws", "told to throw"},
        [PROGRAM_THROWS_LATE] = {"--second-execute-throws"},
    };
    struct real *r = (struct real *)world;
    struct arena *a = world->rig.a;
    struct str_list *args = &world->args;
    *args = (struct str_list){ARENA_ARRAY(a, struct str, 4), 2};
    args->items[0] = STR("--out");
    args->items[1] = arena_fmt(a, "%s/out", r->local.data_dir);
    for (size_t i = 0; options[next][i]; i++)
        args->items[args->n++] = str_of(options[next][i]);
}

static bool has_snapshot(struct flink_world *world, struct str location)
{
    struct str path = snapshot_location_path(world->rig.a, location);
    return access(arena_fmt(world->rig.a, "%.*s/_metadata", STR_ARG(path)).ptr, F_OK) == 0;
}

static void configure(struct real *r)
{
    struct arena *a = r->world.rig.a;
    const struct str_pair keys[] = {
        {STR("execution.checkpointing.dir"),
         arena_fmt(a, "file://%s/checkpoints", r->local.data_dir)},
        {STR("execution.checkpointing.externalized-checkpoint-retention"),
         STR("RETAIN_ON_CANCELLATION")},
        {STR("execution.checkpointing.num-retained"), STR("3")},
        {STR("restart-strategy.type"), STR("fixed-delay")},
        {STR("restart-strategy.fixed-delay.attempts"), STR("3")},
        {STR("restart-strategy.fixed-delay.delay"), STR("500 ms")},
        {STR("execution.checkpointing.interval"), STR("1s")},
    };
    struct str_map *m = &r->local.world.spec.flink_configuration;
    *m = (struct str_map){ARENA_ARRAY(a, struct str_pair, sizeof(keys) / sizeof(keys[0])),
                          sizeof(keys) / sizeof(keys[0])};
    memcpy(m->items, keys, sizeof(keys));
}

/* Under it no directory can be made. */
static struct str a_file(struct real *r)
{
    struct str path = arena_fmt(r->world.rig.a, "%s/a-file", r->local.data_dir);
    FILE *f = fopen(path.ptr, "w");
    if (!f)
        abort(); /* no test makes sense then */
    fclose(f);
    return arena_fmt(r->world.rig.a, "file://%.*s/savepoints", STR_ARG(path));
}

static void open_world(struct real *r, const char *home)
{
    *r = (struct real){.is_open = true};
    local_world_open(&r->local, NULL, home, version);
    r->http = http_client_new(&platform_of(r)->loop);
    r->rest = flink_rest_new(r->http, platform_of(r)->loop);
    r->world = (struct flink_world){
        .rig = {.flink = flink_rest_port(r->rest),
                .a = platform_of(r)->a,
                .turn = turn,
                .now_us = now_us},
        .patience_s = 180,
        .interval_ms = 1000,
        .nobody = STR("http://127.0.0.1:1"),
        .next_cluster = next_cluster,
        .kill_taskmanager = kill_taskmanager,
        .replace_taskmanagers = replace_taskmanagers,
        .choose = choose,
        .has_snapshot = has_snapshot,
    };
    r->world.directory = arena_fmt(r->world.rig.a, "file://%s/savepoints", r->local.data_dir);
    r->world.impossible = a_file(r);
    configure(r);
    choose(&r->world, PROGRAM_RUNS);
}

static void real_flink(void **state)
{
    const struct flink_story *story = *state;
    char home[1100];
    snprintf(home, sizeof(home), "%s/%s", local_world_cached("flink"), version);
    if (access(home, R_OK) < 0 || !getenv("COUNTER_JAR")) {
        print_message("skipped: no Flink %s in the cache, or no COUNTER_JAR\n", version);
        skip();
    }
    open_world(&real, home);
    story->tell(&real.world);
}

/* What is left when a story fails in its middle is ended all the same. */
static int end(void **state)
{
    (void)state;
    if (!real.is_open)
        return 0;
    http_client_free(&real.http);
    flink_rest_free(real.rest);
    local_world_close(&real.local);
    real.is_open = false;
    return 0;
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[FLINK_STORIES];
    struct arena *names = arena_new();
    version = argc > 1 ? argv[1] : "1.20.5";
    for (size_t i = 0; i < FLINK_STORIES; i++)
        tests[i] =
            (struct CMUnitTest){arena_fmt(names, "%s: %s", version, flink_stories[i].name).ptr,
                                real_flink, NULL, end, (void *)(uintptr_t)&flink_stories[i]};
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    int failed = cmocka_run_group_tests_name("Flink over REST", tests, NULL, NULL);
    arena_free(names);
    return failed;
}
