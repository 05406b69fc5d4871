#include "adapt/local/internal.h"

void strays_doubt(struct local *l)
{
    pthread_mutex_lock(&l->lock);
    l->in_doubt = true;
    pthread_mutex_unlock(&l->lock);
}

static struct stray stray_copy(struct arena *a, const struct stray *s)
{
    struct stray copy = *s;
    copy.owner.data = arena_str(a, s->owner.data);
    copy.owner.deployment = arena_str(a, s->owner.deployment);
    copy.owner.process = arena_str(a, s->owner.process);
    return copy;
}

static bool same(struct process_id x, struct process_id y)
{
    return x.pid == y.pid && x.start == y.start;
}

static bool is_in(const struct strays *s, struct process_id id)
{
    for (size_t i = 0; i < s->n; i++)
        if (same(s->items[i].id, id))
            return true;
    return false;
}

/* A process on its way out loses its environment some time before it ends: what was known before
 * counts until it has ended. */
static struct strays with_known(struct local *l, struct arena *a, struct strays found)
{
    struct err ignored;
    struct strays all = {ARENA_ARRAY(a, struct stray, found.n + l->strays.n + 1), found.n};
    if (found.n > 0)
        memcpy(all.items, found.items, found.n * sizeof(*found.items));
    for (size_t i = 0; i < l->strays.n; i++) {
        const struct stray *known = &l->strays.items[i];
        if (!is_in(&found, known->id) && process_alive(l->proc, known->id, &ignored) != ALIVE_NO)
            all.items[all.n++] = stray_copy(a, known);
    }
    return all;
}

static int rescan_locked(struct local *l, struct err *e)
{
    struct arena *fresh = arena_new();
    struct strays found;
    const struct scan_for what = {l->data_id, l->user_id, l->clusters};
    if (process_scan(fresh, l->proc, &what, &found, e) < 0) {
        arena_free(fresh);
        return -1;
    }
    found = with_known(l, fresh, found);
    arena_free(l->strays_arena);
    l->strays_arena = fresh;
    l->strays = found;
    l->in_doubt = false;
    return 0;
}

int strays_of(struct local *l, struct arena *a, struct str deployment, bool rescan,
              struct strays *ret, struct err *e)
{
    struct strays mine = {0};
    pthread_mutex_lock(&l->lock);
    int result = rescan || l->in_doubt ? rescan_locked(l, e) : 0;
    if (result == 0) {
        mine.items = ARENA_ARRAY(a, struct stray, l->strays.n + 1);
        for (size_t i = 0; i < l->strays.n; i++)
            if (str_eq(l->strays.items[i].owner.deployment, deployment))
                mine.items[mine.n++] = stray_copy(a, &l->strays.items[i]);
    }
    pthread_mutex_unlock(&l->lock);
    size_t kept = 0;
    for (size_t i = 0; i < mine.n && result == 0; i++) {
        enum alive alive = process_alive(l->proc, mine.items[i].id, e);
        if (alive == ALIVE_UNKNOWN)
            result = -1;
        else if (alive == ALIVE_YES)
            mine.items[kept++] = mine.items[i];
    }
    mine.n = kept;
    *ret = mine;
    return result;
}

bool stray_is_recorded(const struct attempt *at, const struct stray *s)
{
    for (size_t i = 0; i < at->n_processes; i++)
        if (same(at->processes[i].record.shim, s->id) || same(at->processes[i].record.java, s->id))
            return true;
    return false;
}
