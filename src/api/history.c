/* Where a watch can go on from. Changes of Deployments are numbered; the view of each remembers its last.
 * So whoever was away is told once of everything that changed since then, as it is now, however long that
 * was: only deletions have to be kept, and only they expire. Numbers begin anew with each process, which
 * the place says too. */
#include <stdio.h>

#include "api/api_impl.h"

void history_init(struct api *api)
{
    uint8_t random[4];
    api->app->clock.ops->random(api->app->clock.ctx, random, sizeof(random));
    snprintf(api->boot, sizeof(api->boot), "%02x%02x%02x%02x", random[0], random[1], random[2],
             random[3]);
    api->tombstones = mem_alloc(LIMIT_TOMBSTONES * sizeof(*api->tombstones));
}

void history_free(struct api *api)
{
    mem_free(api->tombstones);
}

static void bury(struct api *api, const struct entry *e)
{
    const struct metadata *m = &entry_deployment(e)->metadata;
    struct tombstone *t = &api->tombstones[api->n_tombstones++ % LIMIT_TOMBSTONES];
    t->number = api->changes;
    snprintf(t->id, sizeof(t->id), "%.*s", STR_ARG(m->id));
    snprintf(t->name, sizeof(t->name), "%.*s", STR_ARG(m->name));
    snprintf(t->namespace_name, sizeof(t->namespace_name), "%.*s", STR_ARG(m->namespace_name));
}

int64_t history_add(struct api *api, const struct entry *e)
{
    api->changes++;
    if (e->removed)
        bury(api, e);
    else
        view_changed(api, e, api->changes);
    return api->changes;
}

struct str history_token(struct arena *a, const struct api *api, int64_t number)
{
    return arena_fmt(a, "%s-%lld", api->boot, (long long)number);
}

const struct tombstone *history_tombstone(const struct api *api, size_t i)
{
    int64_t first = api->n_tombstones > LIMIT_TOMBSTONES ? api->n_tombstones - LIMIT_TOMBSTONES : 0;
    int64_t at = first + (int64_t)i;
    return at < api->n_tombstones ? &api->tombstones[at % LIMIT_TOMBSTONES] : NULL;
}

/* Deletions up to this change may be forgotten. */
static int64_t forgotten(const struct api *api)
{
    const struct tombstone *oldest = history_tombstone(api, 0);
    return api->n_tombstones > LIMIT_TOMBSTONES ? oldest->number - 1 : 0;
}

int history_place(const struct api *api, struct str token, int64_t *ret, struct err *e)
{
    struct str number;
    struct str boot = str_split(token, '-', &number);
    if (boot.len != sizeof(api->boot) - 1 || !str_to_i64(number, ret) || *ret < 0)
        return err_at(e, ERR_BAD_REQUEST, STR("?resourceVersion"),
                      "resourceVersion is not one that a list or a watch gave");
    if (str_eq(boot, str_of(api->boot)) && *ret >= forgotten(api) && *ret <= api->changes)
        return 0;
    return err_at(e, ERR_EXPIRED, STR("?resourceVersion"),
                  "what has changed since %.*s is not known; list again, and watch from there",
                  STR_ARG(token));
}
