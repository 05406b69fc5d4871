#include "adapt/local/internal.h"

#include <inttypes.h>

static void add_taskmanager(struct platform_cluster *c, const struct process *p)
{
    /* The dead ones stay listed: Flink may go on naming one until its heartbeat times out. */
    c->taskmanager_ids.items[c->taskmanager_ids.n++] = p->name;
    c->taskmanagers_alive += process_state(p) == ALIVE_YES;
}

static void add_jobmanager(struct arena *a, const struct attempt *at, struct platform_cluster *c,
                           const struct process *p)
{
    c->incarnation = process_incarnation(a, p);
    c->jobmanager_alive = process_state(p) == ALIVE_YES;
    c->jobmanager_dead = !c->jobmanager_alive;
    if (c->jobmanager_dead)
        c->cause = process_cause(a, at, p);
}

/* Processes that no record names are found by their environment. */
static void add_strays(struct arena *a, const struct attempt *at, const struct strays *s,
                       const char *boot, struct platform_cluster *c)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct stray *one = &s->items[i];
        if (one->owner.attempt != at->number || attempt_process(at, one->owner.process))
            continue;
        if (!process_is_jobmanager(one->owner.process)) {
            c->taskmanagers_alive++;
            continue;
        }
        c->jobmanager_alive = true;
        c->incarnation = arena_fmt(a, "%s:%" PRId64 ":%" PRIu64, boot, one->id.pid, one->id.start);
    }
}

static void describe(struct arena *a, const struct attempt *at, struct platform_cluster *c)
{
    c->attempt = at->number;
    c->taskmanagers_wanted = at->lease.taskmanagers;
    c->taskmanager_ids.items = ARENA_ARRAY(a, struct str, at->n_processes + 1);
    c->log_directory = attempt_path(a, at, "log");
    if (at->lease.rest > 0)
        c->rest_url = arena_fmt(a, "http://127.0.0.1:%" PRId64, at->lease.rest);
    const struct process *newest_dead = NULL;
    for (size_t i = 0; i < at->n_processes; i++) {
        const struct process *p = &at->processes[i];
        if (process_is_jobmanager(p->name)) {
            add_jobmanager(a, at, c, p);
            continue;
        }
        add_taskmanager(c, p);
        if (process_state(p) == ALIVE_NO &&
            (!newest_dead ||
             plan_taskmanager_number(p->name) > plan_taskmanager_number(newest_dead->name)))
            newest_dead = p;
    }
    if (c->cause.len == 0 && newest_dead)
        c->cause = arena_fmt(a, "%.*s: %.*s", STR_ARG(newest_dead->name),
                             STR_ARG(process_cause(a, at, newest_dead)));
}

static bool has_stray(const struct strays *s, int64_t attempt)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].owner.attempt == attempt)
            return true;
    return false;
}

/* Attempts that have a directory, and those that only have processes; no number twice. */
static size_t all_numbers(struct arena *a, const int64_t *listed, size_t n_listed,
                          const struct strays *s, int64_t **ret)
{
    int64_t *all = ARENA_ARRAY(a, int64_t, n_listed + s->n + 1);
    size_t n = n_listed;
    if (n_listed > 0)
        memcpy(all, listed, n_listed * sizeof(*all));
    for (size_t i = 0; i < s->n; i++) {
        size_t j = 0;
        while (j < n && all[j] != s->items[i].owner.attempt)
            j++;
        if (j == n)
            all[n++] = s->items[i].owner.attempt;
    }
    *ret = all;
    return n;
}

static int collect(struct local *l, struct arena *a, struct str deployment,
                   struct platform_inventory *ret, struct err *e)
{
    struct strays strays;
    int64_t *listed;
    int64_t *numbers;
    size_t n_listed = 0;
    if (strays_of(l, a, deployment, false, &strays, e) < 0 ||
        attempt_list(l, a, deployment, &listed, &n_listed, e) < 0)
        return -1;
    size_t n = all_numbers(a, listed, n_listed, &strays, &numbers);
    ret->clusters = ARENA_ARRAY(a, struct platform_cluster, n + 1);
    ret->ended = ARENA_ARRAY(a, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct attempt at;
        if (attempt_read(l, a, deployment, numbers[i], &at, e) < 0)
            return -1;
        if (numbers[i] > ret->newest)
            ret->newest = numbers[i];
        if (at.stage == STAGE_ENDED)
            ret->ended[ret->n_ended++] = numbers[i];
        bool swept = at.stage == STAGE_ABSENT || at.stage == STAGE_ENDED;
        if (swept && !has_stray(&strays, at.number))
            continue;
        struct platform_cluster *c = &ret->clusters[ret->n++];
        describe(a, &at, c);
        add_strays(a, &at, &strays, l->boot_id, c);
    }
    return 0;
}

static bool is_listed(const struct platform_inventory *i, int64_t attempt)
{
    for (size_t k = 0; k < i->n; k++)
        if (i->clusters[k].attempt == attempt)
            return true;
    return false;
}

void inventory_add_waiting(struct operation *o)
{
    const struct operation **provisions;
    struct platform_inventory *i = &o->inventory;
    if (i->outcome != OUTCOME_DONE)
        return;
    size_t n = operations_to_provision(o->l, o->a, o->deployment, &provisions);
    struct platform_cluster *all = ARENA_ARRAY(o->a, struct platform_cluster, i->n + n + 1);
    if (i->n > 0)
        memcpy(all, i->clusters, i->n * sizeof(*all));
    i->clusters = all;
    for (size_t k = 0; k < n; k++)
        if (!is_listed(i, provisions[k]->attempt))
            i->clusters[i->n++] = (struct platform_cluster){
                .attempt = provisions[k]->attempt,
                .taskmanagers_wanted = provisions[k]->request.plan.lease.taskmanagers,
            };
}

void inventory_run(struct operation *o)
{
    struct err e = {0};
    struct platform_inventory *ret = &o->inventory;
    *ret = (struct platform_inventory){.outcome = OUTCOME_DONE};
    if (collect(o->l, o->a, o->deployment, ret, &e) == 0)
        return;
    *ret = (struct platform_inventory){.outcome = OUTCOME_UNKNOWN,
                                       .text = arena_str(o->a, str_of(e.text))};
}
