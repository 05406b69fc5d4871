#include "stale.h"

#include "core/pace.h"
#include "life.h"
#include "shell/registry_impl.h"

const char *const distortion_names[DISTORTIONS] = {
    [TOLD_AS_IT_IS] = "as it is",
    [TOLD_AT_LAST] = "late: at last",
    [TOLD_AFTER_WRITE] = "late: after the next write",
    [TOLD_AFTER_CALL] = "late: after the next call",
    [NEVER_TOLD] = "missing: no answer",
    [TOLD_UNKNOWN] = "missing: unknown",
    [TOLD_FROM_CACHE] = "repeated: from a cache",
    [TOLD_OUT_OF_ORDER] = "reversed: out of order",
};

/* ---- what cannot be ---- */

#define GIVEN_UP    "given up after 5 s and asked again after 30 s: no two are under way"
#define NO_CACHE    "Flink does not cache it"
#define ONE_MACHINE "who writes and who reads are one machine: there is one view of its files"
#define SAME_JAR    "a jar is what its hash says, and here each address has one for ever"

const char *const stale_never[OBSERVATIONS][DISTORTIONS] = {
    [SIM_INVENTORY] = {[TOLD_FROM_CACHE] = "the processes themselves are read, each time",
                       [TOLD_OUT_OF_ORDER] =
                           "what is asked of a Deployment's processes is done in that order"},
    [SIM_TASKMANAGERS] = {[TOLD_FROM_CACHE] = NO_CACHE, [TOLD_OUT_OF_ORDER] = GIVEN_UP},
    [SIM_LOOK] = {[TOLD_FROM_CACHE] = NO_CACHE, [TOLD_OUT_OF_ORDER] = GIVEN_UP},
    [SIM_TRIGGER] = {[TOLD_FROM_CACHE] = NO_CACHE, [TOLD_OUT_OF_ORDER] = GIVEN_UP},
    [SIM_CHECKPOINTS] = {[TOLD_FROM_CACHE] = "our clusters are told not to cache it"},
    [SIM_CAUSE] = {[TOLD_OUT_OF_ORDER] = GIVEN_UP},
    [SIM_PLAN] = {[TOLD_FROM_CACHE] = NO_CACHE, [TOLD_OUT_OF_ORDER] = GIVEN_UP},
    [SIM_LIST] = {[TOLD_FROM_CACHE] = ONE_MACHINE},
    [SIM_VERIFY] = {[TOLD_FROM_CACHE] = ONE_MACHINE},
    [SIM_FETCH] = {[TOLD_FROM_CACHE] = SAME_JAR,
                   [TOLD_OUT_OF_ORDER] = "who asks for the same jar meanwhile waits for the first"},
    [SIM_PINNED] = {[TOLD_FROM_CACHE] = SAME_JAR},
};

/* web.refresh-interval of our own clusters. */
const int64_t stale_cache_us = 100 * MS;

/* ---- the cache ---- */

static void cache_is_filled(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct sim *s = p;
    (void)x;
    (void)y;
    s->stale->cached = ARENA_NEW(s->a, struct w_world);
    *s->stale->cached = *w;
}

/* False: nothing of it was in the cache. */
static bool tell_from_cache(struct stale *t, struct owed *o)
{
    struct w_call asked = {
        .kind = o->call.kind, .attempt = o->call.attempt, .job_id = o->call.job_id};
    if (!t->cached)
        return false;
    call_reaches(t->cached, &asked);
    if (asked.outcome != OUTCOME_DONE)
        return false;
    o->call = asked;
    call_answered_in(o, t->cached->pace.latency);
    return true;
}

/* ---- a user, who makes a second question of the same kind ---- */

static void hints_are_there(void *arg)
{
    (void)arg;
}

static void user_asks_for_hints(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct sim *s = p;
    (void)w;
    (void)x;
    (void)y;
    struct entry *e =
        s->life ? registry_find(&s->life->app, STR("default"), s->deployment_id) : NULL;
    if (e)
        entry_see_stats(e, hints_are_there, NULL);
}

/* ---- how it is told ---- */

void stale_begin(struct sim *s, struct stale *stale)
{
    s->stale = stale;
    if (stale->how == TOLD_FROM_CACHE)
        world_at(&s->world, stale->place.at - stale_cache_us, cache_is_filled, 0, 0, s);
}

static void note_place(struct sim *s, enum sim_call kind)
{
    struct stale *t = s->stale;
    if (!t->places || t->n_places == MOST_PLACES)
        return;
    t->places[t->n_places++] =
        (struct stale_place){kind, t->answers[kind], s->world.now, s->counts[POINT_AFTER_WRITE]};
}

/* Disks and processes are read by a pool without a time-out: a disk may hang. Then what was seen is not
 * fresh any more when it is told; and it was not asked again yet. */
static int64_t at_last(const struct w_world *w, const struct w_call *c)
{
    static const bool of_pool[OBSERVATIONS] = {[SIM_INVENTORY] = true,
                                               [SIM_LIST] = true,
                                               [SIM_VERIFY] = true,
                                               [SIM_FETCH] = true,
                                               [SIM_PINNED] = true};
    return of_pool[c->kind] ? SIGHT_FRESH_US + 10 * S : call_patience(w, c) - 10 * MS;
}

static bool mislead(struct sim *s, struct owed *o)
{
    /* Long enough that it is asked again, and not so long that a user gives up. */
    enum { HANGS_FOR = 45 * S };
    switch (s->stale->how) {
    case TOLD_AT_LAST: call_answered_in(o, at_last(&s->world, &o->call)); return true;
    case TOLD_AFTER_WRITE:
    case TOLD_AFTER_CALL:
        call_answered_in(o, call_patience(&s->world, &o->call) - 10 * MS);
        return true;
    case NEVER_TOLD:
        call_answered_in(o, call_patience(&s->world, &o->call));
        o->call = call_unanswered(&o->call);
        return true;
    case TOLD_UNKNOWN:
        o->call = call_unanswered(&o->call);
        call_answered_in(o, s->world.pace.latency);
        return true;
    case TOLD_FROM_CACHE: return tell_from_cache(s->stale, o);
    case TOLD_OUT_OF_ORDER:
        call_answered_in(o, HANGS_FOR);
        if (o->call.kind == SIM_CHECKPOINTS)
            world_at(&s->world, s->world.now, user_asks_for_hints, 0, 0, s);
        return true;
    case TOLD_AS_IT_IS:
    case DISTORTIONS:
    default: return false;
    }
}

bool stale_takes(struct sim *s, struct owed *o)
{
    struct stale *t = s->stale;
    enum sim_call kind = (enum sim_call)o->call.kind;
    if (!t || !s->counting || kind >= OBSERVATIONS)
        return false;
    t->answers[kind]++;
    note_place(s, kind);
    if (kind != t->place.kind || t->answers[kind] != t->place.nth || !mislead(s, o))
        return false;
    t->misled = o;
    return true;
}

/* The crash that follows is planned from here. */
static void is_told(struct sim *s)
{
    s->stale->told = true;
    s->troubles[0] = s->stale->then;
    s->n_troubles = s->stale->then.point != POINT_NONE;
    s->struck = 0;
    memset(s->counts, 0, sizeof(s->counts));
}

static bool same_question(const struct w_call *x, const struct w_call *y)
{
    return x->kind == y->kind && x->attempt == y->attempt && str_eq(x->subject, y->subject);
}

/* Unless it was told, or who asked is no more. */
static void tell_now(struct stale *t)
{
    if (t->misled->given || t->misled->life->dead)
        return;
    t->overtaken = true;
    call_answered_in(t->misled, 0);
}

void stale_answered(struct sim *s, const struct owed *o)
{
    const struct stale *t = s->stale;
    if (!t || !t->misled)
        return;
    bool overtakes = (t->how == TOLD_AFTER_CALL && o->call.kind >= OBSERVATIONS) ||
                     (t->how == TOLD_OUT_OF_ORDER && same_question(&o->call, &t->misled->call));
    if (o == t->misled)
        is_told(s);
    else if (overtakes)
        tell_now(s->stale);
}

bool stale_came_about(const struct stale *stale)
{
    bool must_be_overtaken = stale->how == TOLD_AFTER_WRITE || stale->how == TOLD_AFTER_CALL ||
                             stale->how == TOLD_OUT_OF_ORDER;
    return stale->told && (stale->overtaken || !must_be_overtaken);
}

void stale_written(struct sim *s)
{
    const struct stale *t = s->stale;
    if (t && t->misled && t->how == TOLD_AFTER_WRITE)
        tell_now(s->stale);
}
