/* The queue of events, the clock, and what fate has in store. */
#include "world.h"

#include <assert.h>
#include <stdio.h>

/* Quick, so that a crash after every step can be tried; the order of sizes is that of real Flink. */
const struct w_pace w_quick = {
    .latency = 2 * MS,
    .jobmanager_start = 300 * MS,
    .taskmanager_start = 400 * MS,
    .main_method = 60 * MS,
    .job_init = 30 * MS,
    .tasks_up = 80 * MS,
    .checkpoint_interval = 250 * MS,
    .savepoint = 90 * MS,
    .cancel = 50 * MS,
    .discard = 20 * MS,
    .teardown = 60 * MS,
    .heartbeat = 50 * S,
    .time_out = 3 * S,
};

void world_init(struct w_world *w, struct arena *a)
{
    *w = (struct w_world){.a = a, .pace = w_quick, .now = 100 * S};
}

void world_free(struct w_world *w)
{
    mem_free(w->queue);
}

void world_at(struct w_world *w, int64_t at, w_event_fn *fn, int64_t x, int64_t y, void *p)
{
    if (w->n_queue == w->room_queue) {
        w->room_queue = w->room_queue ? 2 * w->room_queue : 64;
        w->queue = mem_realloc(w->queue, w->room_queue * sizeof(*w->queue));
    }
    w->queue[w->n_queue++] =
        (struct w_event){.at = at, .seq = w->seq++, .fn = fn, .x = x, .y = y, .p = p};
}

void world_sleep(struct w_world *w, int64_t us)
{
    for (size_t i = 0; i < w->n_queue; i++)
        w->queue[i].at += us;
    w->now += us;
}

bool world_run(struct w_world *w, int64_t until)
{
    size_t best = w->n_queue;
    for (size_t i = 0; i < w->n_queue; i++)
        if (best == w->n_queue || w->queue[i].at < w->queue[best].at ||
            (w->queue[i].at == w->queue[best].at && w->queue[i].seq < w->queue[best].seq))
            best = i;
    if (best == w->n_queue || w->queue[best].at > until) {
        w->now = until;
        return false;
    }
    struct w_event e = w->queue[best];
    w->queue[best] = w->queue[--w->n_queue];
    if (e.at > w->now)
        w->now = e.at;
    e.fn(w, e.x, e.y, e.p);
    if (w->watch)
        w->watch(w->watch_arg);
    return true;
}

void world_fate(struct w_world *w, enum fated what, enum fate fate)
{
    assert(w->n_fates[what] < MOST_FATES);
    w->fates[what][w->n_fates[what]++] = fate;
}

enum fate world_next_fate(struct w_world *w, enum fated what)
{
    return w->used_fates[what] < w->n_fates[what] ? w->fates[what][w->used_fates[what]++]
                                                  : FATE_GOOD;
}

void world_trouble(struct w_world *w, const char *fmt, ...)
{
    if (w->trouble[0])
        return;
    va_list args;
    va_start(args, fmt);
    int n = snprintf(w->trouble, sizeof(w->trouble), "at %.3f s: ", (double)w->now / (double)S);
    vsnprintf(w->trouble + n, sizeof(w->trouble) - (size_t)n, fmt, args);
    va_end(args);
}
