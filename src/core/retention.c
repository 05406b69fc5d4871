#include "core/retention.h"

#include <stdlib.h>

#include "core/choice.h"
#include "model/snapshot_location.h"

/* ---- what is needed ---- */

/* The one that a start, now or after the job, would be restored from. */
static bool is_newest(struct arena *a, const struct core_in *in, const struct savepoint *s)
{
    const struct savepoint *newest = NULL;
    for (size_t i = 0; i < in->n_savepoints; i++)
        if (savepoint_is_usable(in->savepoints[i]) &&
            (!newest || savepoint_order(in->savepoints[i], newest) > 0))
            newest = in->savepoints[i];
    return newest == s || core_choose(a, in, false).savepoint == s;
}

static bool is_base(const struct core_in *in, const struct savepoint *s)
{
    const struct attempt *at = &in->record->current;
    bool alive = at->phase != PHASE_NONE && at->phase != PHASE_DONE;
    return alive && at->source == SOURCE_SNAPSHOT &&
           (str_eq(at->source_savepoint_id, s->metadata.id) ||
            snapshot_location_equal(at->source_location, s->spec.savepoint_location));
}

const char *core_needed_because(struct arena *a, const struct core_in *in,
                                const struct savepoint *s)
{
    if (s->metadata.origin == ORIGIN_COPIED)
        return "it was registered, its data belongs to somebody else";
    if (is_base(in, s))
        return "the present job was restored from it";
    if (s->status.state == SAVEPOINT_COMPLETED && is_newest(a, in, s))
        return "it is the newest snapshot of its Deployment";
    return NULL;
}

/* ---- what is expired ---- */

/* Nothing is under way, and the job that runs has proven to be restored as it was asked: whatever may
 * still go wrong with a start, all that it could fall back on is there. */
static bool is_at_rest(const struct core_in *in)
{
    const struct record *r = in->record;
    bool runs = r->current.phase == PHASE_UP && r->current.restored == RESTORED_AS_ASKED;
    bool over = r->current.phase == PHASE_NONE || r->current.phase == PHASE_DONE;
    return (runs || over) && r->operation.kind == OPERATION_NONE && r->intent.kind == INTENT_NONE &&
           !r->gave_up.len && !r->halted && !r->removing && !core_restore_from_is_due(in);
}

/* What Sluice made by itself, and read whole. What a person asked for goes when a person says so; what
 * is broken or unconfirmed is evidence for one. */
static bool is_subject(const struct savepoint *s)
{
    bool own =
        s->metadata.origin == ORIGIN_SUSPEND || s->metadata.origin == ORIGIN_RETAINED_CHECKPOINT;
    bool whole = s->status.verified == VERIFIED_FULL || s->status.verified == VERIFIED_METADATA;
    return own && whole && s->status.state == SAVEPOINT_COMPLETED && !s->spec.pinned;
}

static struct choice choice_under(struct arena *a, const struct core_in *in,
                                  enum restore_kind strategy)
{
    struct deployment *d = ARENA_NEW(a, struct deployment);
    struct core_in other = *in;
    *d = *in->deployment;
    d->spec.restore_strategy = (int)strategy;
    other.deployment = d;
    return core_choose(a, &other, false);
}

static bool is_too_old(const struct core_in *in, const struct savepoint *s)
{
    int64_t most = in->deployment->spec.snapshot_retention.max_age.us;
    int64_t taken = s->status.state_taken_at ? s->status.state_taken_at : s->metadata.created_at;
    return most > 0 && taken > 0 && in->wall_us - taken > most;
}

static int oldest_first(const void *x, const void *y)
{
    const struct savepoint *const *a = x;
    const struct savepoint *const *b = y;
    return savepoint_order(*a, *b);
}

static const struct savepoint **subjects(struct arena *a, const struct core_in *in, size_t *ret_n)
{
    const struct savepoint **list = ARENA_ARRAY(a, const struct savepoint *, in->n_savepoints);
    size_t n = 0;
    for (size_t i = 0; i < in->n_savepoints; i++)
        if (is_subject(in->savepoints[i]))
            list[n++] = in->savepoints[i];
    qsort(list, n, sizeof(const struct savepoint *), oldest_first);
    *ret_n = n;
    return list;
}

const struct savepoint **core_expired(struct arena *a, const struct core_in *in, size_t *ret_n)
{
    const struct snapshot_retention *keep = &in->deployment->spec.snapshot_retention;
    *ret_n = 0;
    if ((keep->max_count == 0 && keep->max_age.us == 0) || !is_at_rest(in))
        return NULL;
    /* Unless it is known that there is a state to start from, none of the others goes. */
    struct choice newest = choice_under(a, in, RESTORE_LATEST_STATE);
    if (newest.kind != PICK_SNAPSHOT)
        return NULL;
    const struct savepoint *savepoint = choice_under(a, in, RESTORE_LATEST_SAVEPOINT).savepoint;
    size_t n;
    const struct savepoint **list = subjects(a, in, &n);
    for (size_t i = 0; i < n; i++) {
        const struct savepoint *s = list[i];
        bool surplus = keep->max_count > 0 && (int64_t)(n - i) > keep->max_count;
        bool goes = surplus || is_too_old(in, s);
        if (goes && s != newest.savepoint && s != savepoint && !core_needed_because(a, in, s))
            list[(*ret_n)++] = s;
    }
    return *ret_n ? list : NULL;
}
