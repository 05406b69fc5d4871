/* The daemon's beginning and end, its clock and its loop. */
#include "life.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "shell/registry_impl.h"

/* ---- clock ---- */

static int64_t mono_us(void *ctx)
{
    const struct life *life = ctx;
    return life->sim->world.now;
}

static int64_t wall_us(void *ctx)
{
    return SIM_WALL + mono_us(ctx);
}

static void random_bytes(void *ctx, void *ret, size_t n)
{
    const struct life *life = ctx;
    uint64_t *state = &life->sim->randomness;
    for (size_t i = 0; i < n; i++) {
        *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
        ((uint8_t *)ret)[i] = (uint8_t)(*state >> 56);
    }
}

struct clock life_clock(struct life *life)
{
    static const struct clock_ops ops = {mono_us, wall_us, random_bytes};
    return (struct clock){&ops, life};
}

/* ---- loop ---- */

static struct loop_timer *timer_new(void *ctx, void (*fn)(void *arg), void *arg)
{
    struct life *life = ctx;
    struct loop_timer *t = mem_alloc(sizeof(*t));
    *t = (struct loop_timer){
        .life = life, .fn = fn, .arg = arg, .serial = ++life->timers_made, .next = life->timers};
    life->timers = t;
    return t;
}

/* Which timer, and how often it had been armed. */
enum { ARMINGS = 1 << 30 };

static void fires(struct w_world *w, int64_t life, int64_t which, void *p)
{
    const struct sim *s = p;
    (void)w;
    if (!s->life || s->life->number != life)
        return;
    struct loop_timer *t = s->life->timers;
    while (t && t->serial != which / ARMINGS)
        t = t->next;
    if (!t || !t->armed || t->armings != which % ARMINGS)
        return;
    t->armed = false;
    t->fn(t->arg);
}

/* Time passes between two turns of a loop: without that an endless loop would stop the clock. */
static void timer_arm(struct loop_timer *t, int64_t delay_us)
{
    struct sim *s = t->life->sim;
    if (t->life->dead)
        return;
    t->armed = true;
    t->armings++;
    world_at(&s->world, s->world.now + (delay_us > 0 ? delay_us : 1), fires, t->life->number,
             t->serial * ARMINGS + t->armings, s);
}

static void timer_disarm(struct loop_timer *t)
{
    t->armed = false;
}

static void timer_free(struct loop_timer *t)
{
    struct loop_timer **at = &t->life->timers;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    mem_free(t);
}

struct loop life_loop(struct life *life)
{
    static const struct loop_ops ops = {
        .timer_new = timer_new,
        .timer_arm = timer_arm,
        .timer_disarm = timer_disarm,
        .timer_free = timer_free,
    };
    return (struct loop){&ops, life};
}

/* ---- beginning and end ---- */

void life_begin(struct sim *s)
{
    struct life *life = mem_alloc(sizeof(*life));
    struct app *app = &life->app;
    static struct str versions[] = {{"1.20.5", 6}, {"2.3.0", 5}};
    struct err e = {0};
    log_setup(LOG_TEXT, getenv("SIM_VERBOSE") ? LOG_INFO : LOG_ERROR);
    life->sim = s;
    life->number = ++s->lives;
    app->arena = arena_new();
    app->loop = life_loop(life);
    app->clock = life_clock(life);
    app->store = life_store(life);
    app->platform = life_platform(life);
    app->flink = life_flink(life);
    app->snapshots = life_snapshots(life);
    app->artifacts = life_artifacts(life);
    app->env.storage_base_uri = STR("file:/storage");
    app->settings.version = STR("0");
    app->settings.flink_versions = (struct str_list){versions, 2};
    app->started_at = app_wall_us(app);
    s->life = life;
    if (registry_load(app, &e) < 0)
        world_trouble(&s->world, "what is stored cannot be read: %s", e.text);
    struct json no_defaults = {0};
    life->api = api_new(app, no_defaults);
    api_set_server(life->api, life_server(life));
}

/* What a dead life still waits for is answered, so that its memory can be given back; by then it
 * reaches nothing and nobody any more. */
void life_bury(struct life *life)
{
    while (life->owed) {
        struct owed *o = life->owed;
        life->owed = o->next;
        if (o->given)
            continue;
        o->given = true;
        if (o->is_write) {
            store_refuse(o);
        } else {
            struct owed unanswered = *o; /* the world may be at work on the call still */
            unanswered.call = call_unanswered(&o->call);
            call_answer(&unanswered);
        }
    }
    user_hangs_up(life);
    for (size_t i = 0; life->sim->rules && i < 1000; i++)
        life->sim->rules[i] += life->app.counters.rules[i];
    api_free(life->api);
    registry_free(&life->app);
    arena_free(life->app.arena);
    mem_free(life);
}
