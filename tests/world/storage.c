/* Snapshot storage of the scripted world. */
#include <assert.h>
#include <stdio.h>

#include "model/savepoint.h"
#include "model/snapshot_location.h"
#include "world.h"

/* Of the checkpoints that Flink discarded the oldest are forgotten. What a user gave up is not: its
 * removal may be asked for once more. */
static void make_room(struct w_world *w)
{
    for (size_t i = 0; i < w->n_snapshots; i++) {
        const struct w_snapshot *s = &w->snapshots[i];
        if (s->there || s->savepoint || s->given_up)
            continue;
        w->n_snapshots--;
        memmove(&w->snapshots[i], &w->snapshots[i + 1],
                (w->n_snapshots - i) * sizeof(w->snapshots[0]));
        return;
    }
}

struct w_snapshot *storage_add(struct w_world *w, const char *location)
{
    if (w->n_snapshots == MOST_SNAPSHOTS)
        make_room(w);
    assert(w->n_snapshots < MOST_SNAPSHOTS);
    struct w_snapshot *s = &w->snapshots[w->n_snapshots++];
    *s = (struct w_snapshot){.there = true, .taken_at = w->now};
    snprintf(s->location, sizeof(s->location), "%s", location);
    return s;
}

struct w_snapshot *storage_find(struct w_world *w, struct str location)
{
    for (size_t i = 0; i < w->n_snapshots; i++)
        if (snapshot_location_equal(str_of(w->snapshots[i].location), location))
            return &w->snapshots[i];
    return NULL;
}

static struct snapshot_sight sight_of(struct w_world *w, const struct w_snapshot *s)
{
    return (struct snapshot_sight){
        .location = arena_str(w->a, str_of(s->location)),
        .verified = s->broken ? VERIFIED_BROKEN : VERIFIED_FULL,
        .text = s->broken ? STR("a file it refers to is missing") : STR("read to its end"),
        .checkpoint_id = s->id,
        .metadata_version = 4,
        .size_bytes = 1000,
        .incremental = !s->savepoint,
        .modified_at = s->taken_at,
    };
}

void storage_list(struct w_world *w, struct w_call *c)
{
    c->outcome = OUTCOME_REFUSED;
    c->text = STR("no such directory");
    if (w->storage_unreadable) {
        c->outcome = OUTCOME_UNKNOWN;
        c->text = STR("permission denied");
        return;
    }
    c->items = ARENA_ARRAY(w->a, struct snapshot_sight, w->n_snapshots);
    /* Flink makes the directory when the job starts. */
    for (size_t i = 0; i < w->n_clusters; i++)
        if (w->clusters[i].job.exists && !w->checkpointing_off &&
            snapshot_location_equal(str_of(w->clusters[i].job.checkpoints), c->subject))
            c->outcome = OUTCOME_DONE;
    for (size_t i = 0; i < w->n_snapshots; i++) {
        struct str location = str_of(w->snapshots[i].location);
        if (!str_starts_with(location, c->subject) || location.len <= c->subject.len ||
            location.ptr[c->subject.len] != '/')
            continue;
        c->outcome = OUTCOME_DONE;
        if (w->snapshots[i].there)
            c->items[c->n_items++] = sight_of(w, &w->snapshots[i]);
    }
}

void storage_verify(struct w_world *w, struct w_call *c)
{
    if (w->storage_unreadable) {
        c->outcome = OUTCOME_UNKNOWN;
        c->text = STR("permission denied");
        return;
    }
    const struct w_snapshot *s = storage_find(w, c->subject);
    if (!s || !s->there) {
        c->outcome = OUTCOME_REFUSED;
        c->text = STR("there is no _metadata");
        return;
    }
    c->outcome = OUTCOME_DONE;
    c->items = ARENA_NEW(w->a, struct snapshot_sight);
    c->items[0] = sight_of(w, s);
    c->n_items = 1;
}

void storage_remove(struct w_world *w, struct w_call *c)
{
    struct w_snapshot *s = storage_find(w, c->subject);
    enum fate fate = world_next_fate(w, FATED_DISCARD);
    if (fate == FATE_HANGS)
        return; /* no answer */
    if (fate == FATE_FAILS) {
        c->outcome = OUTCOME_REFUSED;
        c->status = 403;
        c->text = STR("permission denied");
        return;
    }
    if (s)
        s->there = false;
    c->outcome = OUTCOME_DONE;
}
