/* Clusters of the scripted world: processes of attempts. */
#include <assert.h>
#include <stdio.h>

#include "world.h"

struct w_cluster *world_cluster(struct w_world *w, int64_t attempt)
{
    for (size_t i = w->n_clusters; i > 0; i--)
        if (w->clusters[i - 1].there && w->clusters[i - 1].attempt == attempt)
            return &w->clusters[i - 1];
    return NULL;
}

static void taskmanager_registers(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)x;
    struct w_taskmanager *t = &c->taskmanagers[y];
    if (!c->there || c->ending || !t->alive || !c->jobmanager_alive)
        return;
    t->registered = true;
    flink_taskmanager_back(w, c);
}

static void jobmanager_starts(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)x;
    (void)y;
    if (!c->there || c->ending || c->jobmanager_dead)
        return;
    c->jobmanager_alive = true;
    snprintf(c->incarnation, sizeof(c->incarnation), "process-%lld", (long long)++w->processes);
}

static void add_taskmanager(struct w_world *w, struct w_cluster *c)
{
    assert(c->n_taskmanagers < MOST_TASKMANAGERS);
    size_t i = c->n_taskmanagers++;
    struct w_taskmanager *t = &c->taskmanagers[i];
    *t = (struct w_taskmanager){.alive = true};
    snprintf(t->id, sizeof(t->id), "tm-%lld-%zu", (long long)c->attempt, i);
    world_at(w, w->now + w->pace.taskmanager_start, taskmanager_registers, 0, (int64_t)i, c);
}

static int64_t alive(const struct w_cluster *c)
{
    int64_t n = 0;
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        n += c->taskmanagers[i].alive;
    return n;
}

static struct w_cluster *add_cluster(struct w_world *w, int64_t attempt)
{
    assert(w->n_clusters < MOST_CLUSTERS);
    struct w_cluster *c = &w->clusters[w->n_clusters++];
    *c = (struct w_cluster){.attempt = attempt, .there = true, .wanted = 1};
    world_at(w, w->now + w->pace.jobmanager_start, jobmanager_starts, 0, 0, c);
    return c;
}

/* What was told to end is fenced: nothing of it can start any more, however late it is asked for. */
static bool is_fenced(const struct w_world *w, int64_t attempt)
{
    for (size_t i = 0; i < w->n_clusters; i++)
        if (w->clusters[i].attempt == attempt && w->clusters[i].ended)
            return true;
    return false;
}

static void fence(struct w_world *w, int64_t attempt)
{
    if (is_fenced(w, attempt))
        return;
    assert(w->n_clusters < MOST_CLUSTERS);
    w->clusters[w->n_clusters++] = (struct w_cluster){.attempt = attempt, .ended = true};
}

/* Ensures: a JobManager that ended is never replaced, TaskManagers are. */
void world_provision(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = world_cluster(w, call->attempt);
    enum fate fate = world_next_fate(w, FATED_PROVISION);
    call->outcome = OUTCOME_REFUSED;
    if (fate == FATE_FAILS) {
        call->text = STR("port taken: 6123");
        return;
    }
    if (c && (c->jobmanager_dead || c->ending)) {
        call->text = STR("its JobManager has ended");
        return;
    }
    if (is_fenced(w, call->attempt)) {
        call->text = STR("it was told to end");
        return;
    }
    call->outcome = OUTCOME_DONE;
    if (fate == FATE_HANGS)
        return;
    if (!c)
        c = add_cluster(w, call->attempt);
    snprintf(c->checkpoints, sizeof(c->checkpoints), "%.*s", STR_ARG(call->checkpoints));
    while (alive(c) < c->wanted)
        add_taskmanager(w, c);
}

void world_deliver(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = world_cluster(w, call->attempt);
    if (!c || !c->jobmanager_alive || c->ending ||
        !str_eq(call->incarnation, str_of(c->incarnation))) {
        call->outcome = OUTCOME_REFUSED;
        call->text = STR("that JobManager has ended");
        return;
    }
    snprintf(c->jar, sizeof(c->jar), "jar-%.*s", 30, c->incarnation);
    call->outcome = OUTCOME_DONE;
    call->jar_id = arena_str(w->a, str_of(c->jar));
}

static void torn_down(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_cluster *c = p;
    (void)x;
    (void)y;
    c->there = false;
    c->ended = true;
    c->jobmanager_alive = false;
    flink_jobmanager_gone(w, c);
}

/* TaskManagers first. */
void world_teardown(struct w_world *w, struct w_call *call)
{
    struct w_cluster *c = world_cluster(w, call->attempt);
    call->outcome = OUTCOME_DONE;
    if (!c)
        fence(w, call->attempt);
    if (!c || c->ending)
        return;
    c->ending = true;
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        c->taskmanagers[i] = (struct w_taskmanager){0};
    flink_taskmanager_gone(w, c);
    world_at(w, w->now + w->pace.teardown, torn_down, 0, 0, c);
}

static struct platform_cluster sight_of(struct w_world *w, const struct w_cluster *c)
{
    struct platform_cluster p = {
        .attempt = c->attempt,
        .incarnation = arena_str(w->a, str_of(c->incarnation)),
        .jobmanager_alive = c->jobmanager_alive,
        .jobmanager_dead = c->jobmanager_dead,
        .taskmanagers_alive = alive(c),
        .taskmanagers_wanted = c->wanted,
        .rest_url = arena_fmt(w->a, "http://127.0.0.1:%lld", 8000 + (long long)c->attempt),
        .cause = arena_str(w->a, str_of(c->cause)),
    };
    p.taskmanager_ids.items = ARENA_ARRAY(w->a, struct str, MOST_TASKMANAGERS);
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        if (c->taskmanagers[i].alive)
            p.taskmanager_ids.items[p.taskmanager_ids.n++] =
                arena_str(w->a, str_of(c->taskmanagers[i].id));
    return p;
}

void world_inventory(struct w_world *w, struct w_call *call)
{
    if (w->inventory_fails) {
        call->outcome = OUTCOME_UNKNOWN;
        return;
    }
    call->outcome = OUTCOME_DONE;
    call->clusters = ARENA_ARRAY(w->a, struct platform_cluster, MOST_CLUSTERS);
    call->ended = ARENA_ARRAY(w->a, int64_t, MOST_CLUSTERS);
    for (size_t i = 0; i < w->n_clusters; i++) {
        const struct w_cluster *c = &w->clusters[i];
        if (c->there)
            call->clusters[call->n_clusters++] = sight_of(w, c);
        if (c->attempt > call->newest)
            call->newest = c->attempt;
        if (c->ended)
            call->ended[call->n_ended++] = c->attempt;
    }
}

void world_kill_jobmanager(struct w_world *w, int64_t attempt, const char *cause)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (!c)
        return;
    c->jobmanager_alive = false;
    c->jobmanager_dead = true;
    snprintf(c->cause, sizeof(c->cause), "%s", cause);
    flink_jobmanager_gone(w, c);
}

void world_kill_taskmanager(struct w_world *w, int64_t attempt, size_t i)
{
    struct w_cluster *c = world_cluster(w, attempt);
    if (!c || i >= c->n_taskmanagers || !c->taskmanagers[i].alive)
        return;
    c->taskmanagers[i] = (struct w_taskmanager){0};
    flink_taskmanager_gone(w, c);
}

/* Every process is gone at once; what was leased is still written down. */
void world_reboot(struct w_world *w)
{
    for (size_t k = 0; k < w->n_clusters; k++) {
        struct w_cluster *c = &w->clusters[k];
        if (!c->there)
            continue;
        for (size_t i = 0; i < c->n_taskmanagers; i++)
            c->taskmanagers[i] = (struct w_taskmanager){0};
        c->jobmanager_alive = false;
        c->jobmanager_dead = true;
        snprintf(c->cause, sizeof(c->cause), "the machine was started anew");
        flink_jobmanager_gone(w, c);
    }
}

void world_foreign_cluster(struct w_world *w, int64_t attempt)
{
    struct w_cluster *c = add_cluster(w, attempt);
    add_taskmanager(w, c);
}
