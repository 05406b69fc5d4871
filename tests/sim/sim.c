/* A run: time, crashes, and where they strike. */
#include "life.h"
#include "trace.h"
#include "wire.h"

const char *const sim_point_names[POINTS] = {
    [POINT_NONE] = "no crash",
    [POINT_BEFORE_WRITE] = "before durable write",
    [POINT_AFTER_WRITE] = "after durable write",
    [POINT_BEFORE_CALL] = "before call",
    [POINT_AFTER_CALL] = "after call",
    [POINT_AFTER_ANSWER] = "after answer",
    [POINT_REQUEST_LOST] = "request lost",
    [POINT_REQUEST_LATE] = "request late",
    [POINT_ANSWER_LOST] = "answer lost",
    [POINT_ANSWER_LATE] = "answer late",
};

static void after_an_event(void *sim)
{
    oracle_event(sim);
    trace_world(sim);
}

struct sim *sim_new(void)
{
    struct arena *a = arena_new();
    struct sim *s = ARENA_NEW(a, struct sim);
    s->a = a;
    s->down_for = 300 * MS;
    s->write_takes = 1 * MS;
    s->most_events = 200000;
    world_init(&s->world, a);
    s->world.watch = after_an_event;
    s->world.watch_arg = s;
    wire_begin(s);
    trace_begin(s);
    life_begin(s);
    return s;
}

void sim_free(struct sim *s)
{
    if (s->life) {
        s->life->dead = true;
        life_bury(s->life);
    }
    wire_end(s);
    world_free(&s->world);
    arena_free(s->a);
}

/* As an event of its own: the crash may have come deep inside a call of the daemon. */
static void bury(struct w_world *w, int64_t x, int64_t y, void *p)
{
    (void)w;
    (void)x;
    (void)y;
    life_bury(p);
}

static void boot(struct w_world *w, int64_t x, int64_t y, void *p)
{
    (void)w;
    (void)x;
    (void)y;
    life_begin(p);
}

void sim_crash(struct sim *s)
{
    struct w_world *w = &s->world;
    trace_crash(s);
    s->life->dead = true;
    world_at(w, w->now, bury, 0, 0, s->life);
    world_at(w, w->now + s->down_for, boot, 0, 0, s);
    s->life = NULL;
}

bool sim_hits(struct sim *s, enum sim_point point)
{
    if (!s->counting)
        return false;
    if (s->strike)
        return s->strike(s->strike_arg, point);
    s->counts[point]++;
    if (s->struck == s->n_troubles)
        return false;
    const struct sim_trouble *t = &s->troubles[s->struck];
    if (t->point != point || s->counts[point] != t->at)
        return false;
    s->struck++;
    memset(s->counts, 0, sizeof(s->counts));
    return true;
}

bool sim_strikes(struct sim *s, enum sim_point point)
{
    if (!sim_hits(s, point))
        return false;
    sim_crash(s);
    return true;
}

static bool run_one(struct sim *s, int64_t until)
{
    if (++s->events > s->most_events)
        world_trouble(&s->world, "%lld events and no end", (long long)s->most_events);
    return !s->world.trouble[0] && world_run(&s->world, until);
}

bool sim_until(struct sim *s, bool (*holds)(struct sim *s), int64_t most_us)
{
    int64_t until = s->world.now + most_us;
    while (!holds(s))
        if (!run_one(s, until))
            return !s->world.trouble[0] && holds(s);
    return !s->world.trouble[0];
}

void sim_run_for(struct sim *s, int64_t us)
{
    int64_t until = s->world.now + us;
    while (run_one(s, until))
        ;
}
