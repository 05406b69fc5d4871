#include "shell/location.h"

#include "core/retention.h"
#include "model/snapshot_location.h"
#include "shell/app.h"

struct found {
    bool another; /* than the Savepoint asked for */
    bool going;
    struct entry *busy; /* a commit of its owner is under way, and may be about it */
};

static void look_at(struct entry *e, struct str location, const struct savepoint *except,
                    struct found *ret)
{
    for (size_t i = 0; i < e->n_savepoints; i++) {
        const struct savepoint *s = e->savepoints[i]->value;
        if (s == except || !snapshot_location_equal(s->spec.savepoint_location, location))
            continue;
        ret->another = true;
        ret->going = ret->going || s->status.state == SAVEPOINT_PENDING_DELETION ||
                     s->status.state == SAVEPOINT_DELETING;
        ret->busy = e->busy ? e : ret->busy;
    }
}

static struct found find(const struct app *app, struct str location, const struct savepoint *except)
{
    struct found f = {0};
    for (size_t i = 0; i < app->by_id.capacity; i++)
        if (app->by_id.slots[i].key.ptr)
            look_at(app->by_id.slots[i].value, location, except, &f);
    return f;
}

static void try_to_hold(void *arg)
{
    struct location_hold *h = arg;
    struct found f = find(h->app, h->location, NULL);
    if (f.busy) {
        entry_when_idle(f.busy, try_to_hold, h);
        return;
    }
    h->going = f.going;
    h->held = !f.going;
    if (h->held) {
        h->next = h->app->holds;
        h->app->holds = h;
    }
    h->fn(h->arg);
}

void location_hold(struct app *app, struct location_hold *hold, struct str location,
                   void (*fn)(void *arg), void *arg)
{
    *hold = (struct location_hold){.location = location, .app = app, .fn = fn, .arg = arg};
    try_to_hold(hold);
}

void location_release(struct location_hold *hold)
{
    if (!hold->held)
        return;
    struct location_hold **at = &hold->app->holds;
    while (*at != hold)
        at = &(*at)->next;
    *at = hold->next;
    hold->held = false;
}

bool location_is_shared(const struct app *app, const struct savepoint *s)
{
    for (const struct location_hold *h = app->holds; h; h = h->next)
        if (snapshot_location_equal(h->location, s->spec.savepoint_location))
            return true;
    return find(app, s->spec.savepoint_location, s).another;
}

const struct savepoint *location_expired(const struct entry *e, struct arena *a,
                                         const struct core_in *in)
{
    size_t n;
    const struct savepoint **list = core_expired(a, in, &n);
    for (size_t i = 0; i < n; i++)
        if (!location_is_shared(e->app, list[i]))
            return list[i];
    return NULL;
}
