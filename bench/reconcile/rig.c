#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "adapt/clock/clock_system.h"
#include "adapt/loop_uv/loop_uv.h"
#include "adapt/store_sqlite/store_sqlite.h"
#include "base/log.h"

static int64_t mono_us(void *ctx)
{
    const struct rig *r = ctx;
    struct clock real = clock_system();
    return r->frozen ? r->frozen_at : real.ops->mono_us(real.ctx);
}

static int64_t wall_us(void *ctx)
{
    (void)ctx;
    struct clock real = clock_system();
    return real.ops->wall_us(real.ctx);
}

static void fill_random(void *ctx, void *ret, size_t n)
{
    (void)ctx;
    struct clock real = clock_system();
    real.ops->random(real.ctx, ret, n);
}

int64_t rig_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void on_change(void *arg, struct entry *e, const struct event *events, size_t n)
{
    struct rig *r = arg;
    (void)events;
    (void)n;
    if (!e)
        return;
    size_t place = 0;
    while (place < r->world.n_places && !str_eq(str_of(r->world.places[place].deployment), e->id))
        place++;
    if (place == r->world.n_places)
        return;
    bool runs = entry_deployment(e)->status.state == OBSERVED_RUNNING;
    bool became = runs && !r->running[place];
    r->running[place] = runs;
    if (became && r->on_running)
        r->on_running(r->arg, e);
}

void rig_open(struct rig *r, const char *directory)
{
    static const struct clock_ops CLOCK = {mono_us, wall_us, fill_random};
    struct err e = {0};
    struct app *app = &r->app;
    log_setup(LOG_TEXT, LOG_ERROR);
    app->arena = arena_new();
    app->loop = loop_uv_new();
    app->clock = (struct clock){&CLOCK, r};
    r->world.loop = app->loop;
    app->platform = world_platform(&r->world);
    app->flink = world_flink(&r->world);
    app->snapshots = world_snapshots(&r->world);
    app->artifacts = world_artifacts(&r->world);
    app->env.storage_base_uri = STR("file:/world");
    app->on_change = on_change;
    app->on_change_arg = r;
    struct store_sqlite_options store = {.directory = directory, .loop = app->loop};
    if (store_sqlite_open(&store, &app->store, &e) < 0 || registry_load(app, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        exit(1);
    }
}

static void acknowledged(void *arg, struct entry *e, const struct store_result *result)
{
    struct rig *r = arg;
    if (result->outcome != STORE_DONE) {
        fprintf(stderr, "a write was not done: %.*s\n", STR_ARG(result->text));
        exit(1);
    }
    if (r->on_acknowledged)
        r->on_acknowledged(r->arg, e);
}

static struct deployment new_deployment(struct arena *a, size_t number)
{
    static struct str_pair conf[] = {
        {{"execution.checkpointing.interval", 32}, {"10s", 3}},
        {{"state.backend.type", 18}, {"rocksdb", 7}},
        {{"restart-strategy.type", 21}, {"exponential-delay", 17}},
    };
    return (struct deployment){
        .metadata = {.id = arena_fmt(a, "d0000000-0000-4000-8000-%012zu", number),
                     .name = arena_fmt(a, "counter-%zu", number),
                     .namespace_name = STR("default"),
                     .resource_version = 1,
                     .generation = 1},
        .spec = {.state = DESIRED_RUNNING,
                 .upgrade_strategy = UPGRADE_STATEFUL,
                 .restore_strategy = RESTORE_LATEST_STATE,
                 .max_savepoint_creation_attempts = 4,
                 .max_job_creation_attempts = 4,
                 .job_failure_expiration_time = {.text = STR("10m"), .us = 600000000},
                 .template_.spec = {.artifact = {.kind = ARTIFACT_JAR,
                                                 .jar_uri = STR("file:/world/job.jar"),
                                                 .flink_version = STR("1.20")},
                                    .parallelism = 1,
                                    .flink_configuration = {conf, 3}}},
    };
}

void rig_create(struct rig *r, size_t n)
{
    struct arena *a = arena_new();
    for (size_t i = 0; i < n; i++) {
        struct deployment d = new_deployment(a, r->n_deployments++);
        struct change c = {.deployment = &d};
        change_commit(&r->app, &c, acknowledged, r);
    }
    arena_free(a);
}

void rig_edit(struct rig *r, struct entry *e)
{
    struct arena *a = arena_new();
    struct deployment d = *entry_deployment(e);
    d.metadata.resource_version++;
    d.metadata.generation++;
    d.metadata.annotations =
        str_map_with(a, &d.metadata.annotations, STR(ANNOTATION_SPEC_VERSION),
                     arena_fmt(a, "%lld", (long long)entry_record(e)->spec_version + 1));
    d.spec.template_.spec.parallelism = 3 - d.spec.template_.spec.parallelism;
    struct change c = {.entry = e, .deployment = &d};
    change_commit(&r->app, &c, acknowledged, r);
    arena_free(a);
}

void rig_run(struct rig *r)
{
    r->app.loop.ops->run(r->app.loop.ctx);
}

void rig_stop(struct rig *r)
{
    r->app.loop.ops->stop(r->app.loop.ctx);
}

void rig_close(struct rig *r)
{
    r->app.store.ops->close(r->app.store.ctx);
}

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x;
    double b = *(const double *)y;
    return (a > b) - (a < b);
}

double rig_quantile(double *values, size_t n, double share)
{
    qsort(values, n, sizeof(*values), by_value);
    size_t at = (size_t)((double)n * share);
    return values[at < n ? at : n - 1];
}
