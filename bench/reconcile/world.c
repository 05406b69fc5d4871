#include "world.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/savepoint.h"

/* One answer on its way. */
struct letter {
    struct bench_world *world;
    struct world_place *place;
    void (*deliver)(struct letter *l);
    void (*fn)(void);
    void *arg;
    char text[WORLD_PATH];
};

static void arrives(void *arg)
{
    struct letter *l = arg;
    l->deliver(l);
    mem_free(l);
}

/* fn is cast back to what it was by `deliver`. */
static void answer(struct bench_world *w, struct world_place *p, void (*deliver)(struct letter *l),
                   void (*fn)(void), void *arg, struct str text)
{
    struct letter *l = mem_alloc(sizeof(*l));
    *l = (struct letter){.world = w, .place = p, .deliver = deliver, .fn = fn, .arg = arg};
    snprintf(l->text, sizeof(l->text), "%.*s", STR_ARG(text));
    w->loop.ops->post(w->loop.ctx, arrives, l);
}

static struct world_place *place_of(struct bench_world *w, struct str deployment_id)
{
    for (size_t i = 0; i < w->n_places; i++)
        if (str_eq(str_of(w->places[i].deployment), deployment_id))
            return &w->places[i];
    if (w->n_places == WORLD_MOST)
        abort();
    struct world_place *p = &w->places[w->n_places++];
    snprintf(p->deployment, sizeof(p->deployment), "%.*s", STR_ARG(deployment_id));
    snprintf(p->url, sizeof(p->url), "http://%.*s", STR_ARG(deployment_id));
    return p;
}

static struct world_place *at_url(struct bench_world *w, struct str url)
{
    return place_of(w, str_skip(url, strlen("http://")));
}

static void acts(struct bench_world *w, const struct world_place *p)
{
    if (w->on_action)
        w->on_action(w->arg, str_of(p->deployment));
}

/* ---- platform ---- */

typedef void inventory_fn(void *arg, const struct platform_inventory *i);
typedef void platform_fn(void *arg, const struct platform_result *r);

static void tell_inventory(struct letter *l)
{
    struct world_place *p = l->place;
    p->ids[0] = str_of(p->name);
    struct platform_cluster c = {
        .attempt = p->attempt,
        .incarnation = p->ids[0],
        .jobmanager_alive = true,
        .taskmanagers_alive = 1,
        .taskmanagers_wanted = 1,
        .taskmanager_ids = {p->ids, 1},
        .rest_url = str_of(p->url),
    };
    struct platform_inventory i = {.outcome = OUTCOME_DONE, .clusters = &c, .n = p->alive ? 1 : 0};
    ((inventory_fn *)l->fn)(l->arg, &i);
}

static void inventory(void *ctx, struct str deployment_id, inventory_fn *fn, void *arg)
{
    answer(ctx, place_of(ctx, deployment_id), tell_inventory, (void (*)(void))fn, arg, STR(""));
}

static void tell_done(struct letter *l)
{
    struct platform_result r = {.outcome = OUTCOME_DONE, .jar_id = STR("jar")};
    ((platform_fn *)l->fn)(l->arg, &r);
}

static void provision(void *ctx, const struct platform_cluster_spec *spec, platform_fn *fn,
                      void *arg)
{
    struct world_place *p = place_of(ctx, spec->deployment_id);
    acts(ctx, p);
    p->alive = true;
    p->attempt = spec->attempt;
    p->job = FLINK_JOB_ABSENT;
    snprintf(p->name, sizeof(p->name), "p-%lld", (long long)p->attempt);
    answer(ctx, p, tell_done, (void (*)(void))fn, arg, STR(""));
}

/* NOLINTNEXTLINE(readability-function-size): the port has these parameters */
static void deliver(void *ctx, struct str deployment_id, int64_t attempt, struct str incarnation,
                    const struct platform_artifact *jar, platform_fn *fn, void *arg)
{
    (void)attempt;
    (void)incarnation;
    (void)jar;
    answer(ctx, place_of(ctx, deployment_id), tell_done, (void (*)(void))fn, arg, STR(""));
}

static void teardown(void *ctx, struct str deployment_id, int64_t attempt, platform_fn *fn,
                     void *arg)
{
    struct world_place *p = place_of(ctx, deployment_id);
    p->alive = p->alive && p->attempt != attempt;
    answer(ctx, p, tell_done, (void (*)(void))fn, arg, STR(""));
}

struct platform world_platform(struct bench_world *w)
{
    static const struct platform_ops OPS = {
        .inventory = inventory, .provision = provision, .deliver = deliver, .teardown = teardown};
    return (struct platform){&OPS, w};
}

/* ---- Flink ---- */

typedef void look_fn(void *arg, const struct flink_sight *s);
typedef void checkpoints_fn(void *arg, const struct flink_checkpoints *c);
typedef void trigger_fn(void *arg, const struct flink_trigger *t);
typedef void flink_fn(void *arg, const struct flink_answer *a);

static void tell_sight(struct letter *l)
{
    struct world_place *p = l->place;
    p->ids[0] = str_of(p->name);
    struct flink_sight s = {.outcome = p->alive ? OUTCOME_DONE : OUTCOME_UNKNOWN,
                            .job = p->job,
                            .tasks_total = 1,
                            .tasks_up = 1,
                            .taskmanager_ids = {p->ids, 1}};
    ((look_fn *)l->fn)(l->arg, &s);
}

static void look(void *ctx, struct str url, struct str job_id, enum flink_look what, look_fn *fn,
                 void *arg)
{
    (void)job_id;
    (void)what;
    answer(ctx, at_url(ctx, url), tell_sight, (void (*)(void))fn, arg, STR(""));
}

static void tell_checkpoints(struct letter *l)
{
    const struct world_place *p = l->place;
    struct flink_checkpoint last = {
        .id = p->checkpoint_id, .path = STR("file:/world/chk/1/chk-1"), .completed = true};
    struct flink_checkpoints c = {.outcome = OUTCOME_DONE,
                                  .interval_ms = 1000,
                                  .retained = true,
                                  .completed_count = 1,
                                  .latest_completed = last,
                                  .has_restored = p->restored[0] != '\0',
                                  .restored = {.path = str_of(p->restored)}};
    ((checkpoints_fn *)l->fn)(l->arg, &c);
}

static void checkpoints(void *ctx, struct str url, struct str job_id, checkpoints_fn *fn, void *arg)
{
    (void)job_id;
    answer(ctx, at_url(ctx, url), tell_checkpoints, (void (*)(void))fn, arg, STR(""));
}

static void tell_trigger(struct letter *l)
{
    const struct world_place *p = l->place;
    struct flink_trigger t = {.state = FLINK_TRIGGER_NOT_KNOWN};
    if (strcmp(p->trigger, l->text) == 0)
        t = (struct flink_trigger){.state = FLINK_TRIGGER_COMPLETED,
                                   .location = str_of(p->savepoint)};
    ((trigger_fn *)l->fn)(l->arg, &t);
}

static void trigger(void *ctx, struct str url, struct str job_id, struct str trigger_id,
                    trigger_fn *fn, void *arg)
{
    (void)job_id;
    answer(ctx, at_url(ctx, url), tell_trigger, (void (*)(void))fn, arg, trigger_id);
}

static void tell_accepted(struct letter *l)
{
    struct flink_answer a = {.outcome = OUTCOME_DONE, .status = 202};
    ((flink_fn *)l->fn)(l->arg, &a);
}

static void cause(void *ctx, struct str url, struct str job_id, flink_fn *fn, void *arg)
{
    (void)job_id;
    answer(ctx, at_url(ctx, url), tell_accepted, (void (*)(void))fn, arg, STR(""));
}

static void plan(void *ctx, struct str url, const struct flink_plan *f, flink_fn *fn, void *arg)
{
    (void)f;
    answer(ctx, at_url(ctx, url), tell_accepted, (void (*)(void))fn, arg, STR(""));
}

static void submit(void *ctx, struct str url, const struct flink_submit *s, flink_fn *fn, void *arg)
{
    struct world_place *p = at_url(ctx, url);
    acts(ctx, p);
    p->job = FLINK_JOB_RUNNING;
    snprintf(p->restored, sizeof(p->restored), "%.*s", STR_ARG(s->savepoint_path));
    answer(ctx, p, tell_accepted, (void (*)(void))fn, arg, STR(""));
}

static void savepoint(void *ctx, struct str url, const struct flink_stop *s, flink_fn *fn,
                      void *arg)
{
    struct world_place *p = at_url(ctx, url);
    acts(ctx, p);
    snprintf(p->trigger, sizeof(p->trigger), "%.*s", STR_ARG(s->trigger_id));
    snprintf(p->savepoint, sizeof(p->savepoint), "%.*s/savepoint-1", STR_ARG(s->directory));
    p->checkpoint_id++;
    if (s->stop)
        p->job = FLINK_JOB_FINISHED;
    answer(ctx, p, tell_accepted, (void (*)(void))fn, arg, STR(""));
}

static void cancel(void *ctx, struct str url, struct str job_id, flink_fn *fn, void *arg)
{
    (void)job_id;
    struct world_place *p = at_url(ctx, url);
    acts(ctx, p);
    p->job = FLINK_JOB_CANCELED;
    answer(ctx, p, tell_accepted, (void (*)(void))fn, arg, STR(""));
}

struct flink world_flink(struct bench_world *w)
{
    static const struct flink_ops OPS = {look, checkpoints, trigger,   cause,
                                         plan, submit,      savepoint, cancel};
    return (struct flink){&OPS, w};
}

/* ---- storage ---- */

typedef void list_fn(void *arg, const struct snapshot_listing *l);
typedef void verify_fn(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                       struct str text);
typedef void artifact_fn(void *arg, const struct artifact_sight *s);

static struct snapshot_sight sight_of(const struct bench_world *w, struct str location)
{
    struct snapshot_sight s = {.location = location,
                               .verified = VERIFIED_FULL,
                               .checkpoint_id = 1,
                               .metadata_version = 4,
                               .size_bytes = 4096};
    for (size_t i = 0; i < w->n_places; i++)
        if (str_eq(str_of(w->places[i].savepoint), location))
            s.checkpoint_id = w->places[i].checkpoint_id;
    return s;
}

static void tell_listing(struct letter *l)
{
    struct snapshot_sight found[1];
    struct snapshot_listing listing = {.outcome = OUTCOME_DONE, .items = found};
    for (size_t i = 0; i < l->world->n_places; i++) {
        struct str s = str_of(l->world->places[i].savepoint);
        if (str_starts_with(s, str_of(l->text)))
            found[listing.n++] = sight_of(l->world, s);
    }
    ((list_fn *)l->fn)(l->arg, &listing);
}

static void list(void *ctx, struct str directory, list_fn *fn, void *arg)
{
    answer(ctx, NULL, tell_listing, (void (*)(void))fn, arg, directory);
}

static void tell_verified(struct letter *l)
{
    struct snapshot_sight s = sight_of(l->world, str_of(l->text));
    ((verify_fn *)l->fn)(l->arg, OUTCOME_DONE, &s, STR(""));
}

static void verify(void *ctx, struct str location, verify_fn *fn, void *arg)
{
    answer(ctx, NULL, tell_verified, (void (*)(void))fn, arg, location);
}

struct snapshots world_snapshots(struct bench_world *w)
{
    static const struct snapshots_ops OPS = {.list = list, .verify = verify};
    return (struct snapshots){&OPS, w};
}

static void tell_artifact(struct letter *l)
{
    struct artifact_sight s = {.outcome = OUTCOME_DONE,
                               .path = STR("/world/job.jar"),
                               .sha256 = STR("5e884898da28047151d0e56f8dc62927"),
                               .name = STR("job.jar"),
                               .entry_class = STR("example.Job")};
    ((artifact_fn *)l->fn)(l->arg, &s);
}

static void fetch(void *ctx, const struct artifact_request *what, artifact_fn *fn, void *arg)
{
    answer(ctx, NULL, tell_artifact, (void (*)(void))fn, arg, what->uri);
}

static void pinned(void *ctx, const struct artifact_request *what, artifact_fn *fn, void *arg)
{
    answer(ctx, NULL, tell_artifact, (void (*)(void))fn, arg, what->sha256);
}

static void keep_only(void *ctx, struct str_list sha256s)
{
    (void)ctx;
    (void)sha256s;
}

struct artifacts world_artifacts(struct bench_world *w)
{
    static const struct artifacts_ops OPS = {fetch, pinned, keep_only};
    return (struct artifacts){&OPS, w};
}
