/* A call becomes a message that takes time to arrive; its answer finds its way back only to the
 * life that asked. */
#include <stdio.h>

#include "life.h"
#include "stale.h"
#include "trace.h"
#include "wire.h"

/* ---- the artifacts' world: any URI is a jar, whose hash is made of its name ---- */

struct str jar_hash(struct arena *a, struct str uri)
{
    enum { WORDS = 4 };
    char hex[16 * WORDS + 1];
    for (size_t k = 0; k < WORDS; k++) {
        uint64_t h = 14695981039346656037ULL + k;
        for (size_t i = 0; i < uri.len; i++)
            h = (h ^ (uint8_t)uri.ptr[i]) * 1099511628211ULL;
        snprintf(hex + 16 * k, sizeof(hex) - 16 * k, "%016llx", (unsigned long long)h);
    }
    return arena_str(a, str_of(hex));
}

static void fetch_artifact(struct w_world *w, struct w_call *c)
{
    c->outcome = OUTCOME_DONE;
    c->text = jar_hash(w->a, c->subject);
}

static void find_artifact(struct w_world *w, struct w_call *c)
{
    (void)w;
    c->outcome = OUTCOME_DONE;
    c->text = c->subject;
}

static void deliver_jar(struct w_world *w, struct w_call *c)
{
    struct sim *s = w->watch_arg;
    world_deliver(w, c);
    if (c->outcome == OUTCOME_DONE && c->attempt <= MOST_CLUSTERS)
        snprintf(s->delivered[c->attempt], sizeof(s->delivered[0]), "%.*s", STR_ARG(c->subject));
}

/* Files have wall times, and bytes. */
static void read_files(struct w_world *w, const struct w_call *c)
{
    wire_read_metadata(w->a, c->items, c->n_items);
    for (size_t i = 0; i < c->n_items; i++)
        c->items[i].modified_at += SIM_WALL;
}

static void list_directory(struct w_world *w, struct w_call *c)
{
    storage_list(w, c);
    read_files(w, c);
}

static void verify_snapshot(struct w_world *w, struct w_call *c)
{
    storage_verify(w, c);
    read_files(w, c);
}

static void remove_snapshot(struct w_world *w, struct w_call *c)
{
    oracle_removed(w->watch_arg, c->subject);
    storage_remove(w, c);
}

/* ---- answers ---- */

static void give_inventory(struct owed *o)
{
    const struct w_call *c = &o->call;
    struct platform_inventory i = {.outcome = c->outcome,
                                   .text = c->text,
                                   .clusters = c->clusters,
                                   .n = c->n_clusters,
                                   .newest = c->newest,
                                   .ended = c->ended,
                                   .n_ended = c->n_ended};
    o->fn.inventory(o->arg, &i);
}

static void give_result(struct owed *o)
{
    struct platform_result r = {o->call.outcome, o->call.text, o->call.jar_id};
    o->fn.result(o->arg, &r);
}

static void give_listing(struct owed *o)
{
    struct snapshot_listing l = {o->call.outcome, o->call.text, o->call.items, o->call.n_items};
    o->fn.listing(o->arg, &l);
}

static void give_verified(struct owed *o)
{
    const struct snapshot_sight none = {0};
    o->fn.verified(o->arg, o->call.outcome, o->call.n_items ? o->call.items : &none, o->call.text);
}

static void give_removed(struct owed *o)
{
    o->fn.removed(o->arg, o->call.outcome, o->call.text);
}

static void give_artifact(struct owed *o)
{
    struct artifact_sight s = {.outcome = o->call.outcome,
                               .path = o->call.text,
                               .sha256 = o->call.text,
                               .name = STR("job.jar"),
                               .entry_class =
                                   o->call.entry_class.len ? o->call.entry_class : STR("Job"),
                               .size_bytes = 1000};
    o->fn.artifact(o->arg, &s);
}

/* ---- the way there and back ---- */

const char *const sim_call_names[SIM_CALLS] = {
    "inventory", "taskmanagers", "look",      "checkpoints", "trigger",  "cause",
    "plan",      "list",         "verify",    "fetch",       "pinned",   "provision",
    "deliver",   "submit",       "savepoint", "cancel",      "teardown", "remove",
};

static void (*const arrive[SIM_CALLS])(struct w_world *w, struct w_call *c) = {
    [SIM_INVENTORY] = world_inventory,
    [SIM_TASKMANAGERS] = flink_look_taskmanagers,
    [SIM_LOOK] = flink_look,
    [SIM_CHECKPOINTS] = flink_stats,
    [SIM_TRIGGER] = flink_read_trigger,
    [SIM_CAUSE] = flink_cause,
    [SIM_PLAN] = flink_make_plan,
    [SIM_LIST] = list_directory,
    [SIM_VERIFY] = verify_snapshot,
    [SIM_FETCH] = fetch_artifact,
    [SIM_PINNED] = find_artifact,
    [SIM_PROVISION] = world_provision,
    [SIM_DELIVER] = deliver_jar,
    [SIM_SUBMIT] = flink_submit,
    [SIM_SAVEPOINT] = flink_trigger_savepoint,
    [SIM_CANCEL] = flink_cancel,
    [SIM_TEARDOWN] = world_teardown,
    [SIM_REMOVE] = remove_snapshot,
};

struct w_call call_unanswered(const struct w_call *c)
{
    return (struct w_call){.kind = c->kind,
                           .job_id = c->job_id,
                           .trigger_id = c->trigger_id,
                           .directory = c->directory,
                           .jar_id = c->jar_id,
                           .restore = c->restore,
                           .stop = c->stop};
}

void call_answer(struct owed *o)
{
    static void (*const give[SIM_CALLS])(struct owed *o) = {
        [SIM_INVENTORY] = give_inventory, [SIM_TASKMANAGERS] = wire_give,
        [SIM_LOOK] = wire_give,           [SIM_CHECKPOINTS] = wire_give,
        [SIM_TRIGGER] = wire_give,        [SIM_CAUSE] = wire_give,
        [SIM_PLAN] = wire_give,           [SIM_LIST] = give_listing,
        [SIM_VERIFY] = give_verified,     [SIM_FETCH] = give_artifact,
        [SIM_PINNED] = give_artifact,     [SIM_PROVISION] = give_result,
        [SIM_DELIVER] = give_result,      [SIM_SUBMIT] = wire_give,
        [SIM_SAVEPOINT] = wire_give,      [SIM_CANCEL] = wire_give,
        [SIM_TEARDOWN] = give_result,     [SIM_REMOVE] = give_removed,
    };
    o->given = true;
    give[o->call.kind](o);
}

static void answered(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct owed *o = p;
    (void)x;
    (void)y;
    if (o->given || o->life->dead)
        return;
    call_answer(o);
    stale_answered(w->watch_arg, o);
    if (!o->life->dead) /* it may have died of what it did with it */
        sim_strikes(w->watch_arg, POINT_AFTER_ANSWER);
}

void call_answered_in(struct owed *o, int64_t us)
{
    struct w_world *w = &o->life->sim->world;
    world_at(w, w->now + us, answered, 0, 0, o);
}

void call_reaches(struct w_world *w, struct w_call *c)
{
    arrive[c->kind](w, c);
}

/* main() may take long, so an answer to a submission is waited for long. */
int64_t call_patience(const struct w_world *w, const struct w_call *c)
{
    if (c->kind == SIM_PLAN)
        return 50 * S;
    return c->kind == SIM_SUBMIT ? 100 * S : w->pace.time_out;
}

static int64_t answer_takes(const struct w_world *w, const struct w_call *c)
{
    bool none = c->outcome == OUTCOME_UNKNOWN && (c->kind >= SIM_PROVISION || c->kind == SIM_PLAN);
    if (none)
        return call_patience(w, c);
    if (c->kind == SIM_SUBMIT) /* when the job is made, or cannot be */
        return w->pace.latency + w->pace.main_method + w->pace.job_init;
    return w->pace.latency + (c->kind == SIM_PLAN ? w->pace.main_method : 0);
}

static void arrives_for_nobody(struct w_world *w, int64_t x, int64_t y, void *p)
{
    /* The world may be at work on it for long. */
    struct w_call *unheard = ARENA_NEW(w->a, struct w_call);
    *unheard = ((struct owed *)p)->call;
    (void)x;
    (void)y;
    call_reaches(w, unheard);
}

static void arrives(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct owed *o = p;
    struct sim *s = w->watch_arg;
    (void)x;
    (void)y;
    call_reaches(w, &o->call);
    if (o->given || o->life->dead || sim_strikes(s, POINT_AFTER_CALL))
        return;
    if (stale_takes(s, o))
        return;
    bool late = sim_hits(s, POINT_ANSWER_LATE);
    call_answered_in(o, late ? call_patience(w, &o->call) - 10 * MS : answer_takes(w, &o->call));
}

/* What a caller tells itself. */
static void times_out(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct owed *o = p;
    struct owed unanswered = *o; /* the world may be at work on the call still */
    (void)w;
    (void)x;
    (void)y;
    if (o->given || o->life->dead)
        return;
    o->given = true;
    unanswered.call = call_unanswered(&o->call);
    call_answer(&unanswered);
}

/* On its way there or back. */
static bool goes_astray(struct sim *s, struct owed *o)
{
    enum { LATE = 20 * S };
    struct w_world *w = &s->world;
    bool lost = sim_hits(s, POINT_REQUEST_LOST);
    bool late = sim_hits(s, POINT_REQUEST_LATE);
    bool unheard = sim_hits(s, POINT_ANSWER_LOST);
    if (!lost && !late && !unheard)
        return false;
    world_at(w, w->now + call_patience(w, &o->call), times_out, 0, 0, o);
    if (!lost)
        world_at(w, w->now + (late ? call_patience(w, &o->call) + LATE : w->pace.latency),
                 arrives_for_nobody, 0, 0, o);
    return true;
}

void call_send(struct life *life, const struct w_call *c, union sim_answer_fn fn, void *arg)
{
    struct sim *s = life->sim;
    struct owed *o = ARENA_NEW(s->a, struct owed);
    *o = (struct owed){.life = life, .call = *c, .fn = fn, .arg = arg, .next = life->owed};
    life->owed = o;
    if (life->dead)
        return;
    if (sim_strikes(s, POINT_BEFORE_CALL))
        return;
    oracle_sent(s, &o->call);
    trace_sent(s, &o->call);
    if (c->kind >= SIM_PROVISION)
        s->last_change = s->world.now;
    if (goes_astray(s, o))
        return;
    world_at(&s->world, s->world.now + s->world.pace.latency, arrives, 0, 0, o);
}
