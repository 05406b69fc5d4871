#include "flink_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/timefmt.h"

#define CALL_MOST_US (150 * US_PER_S)
#define STEP_US      20000

/* One call under way, and the answer to it. */
struct call {
    struct flink_rig *rig;
    bool answered;
    struct flink_sight sight;
    struct flink_checkpoints checkpoints;
    struct flink_trigger trigger;
    struct flink_answer answer;
};

static struct arena *answered(struct call *c)
{
    assert_false(c->answered); /* once */
    c->answered = true;
    return c->rig->a;
}

static void wait_for(struct call *c)
{
    int64_t end = c->rig->now_us(c->rig) + CALL_MOST_US;
    assert_false(c->answered); /* never from inside the call */
    while (!c->answered) {
        assert_true(c->rig->now_us(c->rig) < end);
        c->rig->turn(c->rig, STEP_US);
    }
}

bool rig_holds(struct flink_rig *r, int seconds, bool (*holds)(void *arg), void *arg)
{
    int64_t end = r->now_us(r) + seconds * US_PER_S;
    while (!holds(arg)) {
        if (r->now_us(r) > end)
            return false;
        r->turn(r, STEP_US);
    }
    return true;
}

static void on_sight(void *arg, const struct flink_sight *s)
{
    struct call *c = arg;
    struct arena *a = answered(c);
    c->sight = *s;
    c->sight.text = arena_str(a, s->text);
    c->sight.taskmanager_ids.items = ARENA_ARRAY(a, struct str, s->taskmanager_ids.n);
    for (size_t i = 0; i < s->taskmanager_ids.n; i++)
        c->sight.taskmanager_ids.items[i] = arena_str(a, s->taskmanager_ids.items[i]);
}

static struct flink_checkpoint copy(struct arena *a, struct flink_checkpoint c)
{
    c.path = arena_str(a, c.path);
    c.failure = arena_str(a, c.failure);
    return c;
}

static void on_checkpoints(void *arg, const struct flink_checkpoints *x)
{
    struct call *c = arg;
    struct arena *a = answered(c);
    struct flink_checkpoints *to = &c->checkpoints;
    *to = *x;
    to->text = arena_str(a, x->text);
    to->latest_completed = copy(a, x->latest_completed);
    to->latest_savepoint = copy(a, x->latest_savepoint);
    to->latest_failed = copy(a, x->latest_failed);
    to->restored = copy(a, x->restored);
    to->history = ARENA_ARRAY(a, struct flink_checkpoint, x->n_history);
    for (size_t i = 0; i < x->n_history; i++)
        to->history[i] = copy(a, x->history[i]);
}

static void on_trigger(void *arg, const struct flink_trigger *t)
{
    struct call *c = arg;
    struct arena *a = answered(c);
    c->trigger = (struct flink_trigger){t->state, arena_str(a, t->location), arena_str(a, t->text)};
}

static void on_answer(void *arg, const struct flink_answer *x)
{
    struct call *c = arg;
    struct arena *a = answered(c);
    c->answer = (struct flink_answer){x->outcome, x->status, arena_str(a, x->text)};
}

struct flink_sight rig_look(struct flink_rig *r, struct str job, enum flink_look what)
{
    struct call c = {.rig = r};
    r->flink.ops->look(r->flink.ctx, r->url, job, what, on_sight, &c);
    wait_for(&c);
    return c.sight;
}

struct flink_checkpoints rig_checkpoints(struct flink_rig *r, struct str job)
{
    struct call c = {.rig = r};
    r->flink.ops->checkpoints(r->flink.ctx, r->url, job, on_checkpoints, &c);
    wait_for(&c);
    return c.checkpoints;
}

struct flink_trigger rig_trigger(struct flink_rig *r, struct str job, struct str trigger)
{
    struct call c = {.rig = r};
    r->flink.ops->trigger(r->flink.ctx, r->url, job, trigger, on_trigger, &c);
    wait_for(&c);
    return c.trigger;
}

struct flink_answer rig_cause(struct flink_rig *r, struct str job)
{
    struct call c = {.rig = r};
    r->flink.ops->cause(r->flink.ctx, r->url, job, on_answer, &c);
    wait_for(&c);
    return c.answer;
}

struct flink_answer rig_submit(struct flink_rig *r, const struct flink_submit *s)
{
    struct call c = {.rig = r};
    r->flink.ops->submit(r->flink.ctx, r->url, s, on_answer, &c);
    wait_for(&c);
    return c.answer;
}

struct flink_answer rig_savepoint(struct flink_rig *r, const struct flink_stop *s)
{
    struct call c = {.rig = r};
    r->flink.ops->savepoint(r->flink.ctx, r->url, s, on_answer, &c);
    wait_for(&c);
    return c.answer;
}

struct flink_answer rig_cancel(struct flink_rig *r, struct str job)
{
    struct call c = {.rig = r};
    r->flink.ops->cancel(r->flink.ctx, r->url, job, on_answer, &c);
    wait_for(&c);
    return c.answer;
}
