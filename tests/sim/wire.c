#include "wire.h"

#include "adapt/flink_rest/flink_rest.h"
#include "life.h"

#define BASE STR("http://jobmanager:8081")

struct asked {
    void (*fn)(void *arg, const struct http_answer *answer);
    void *arg;
    struct str asked; /* "GET jobs/overview" */
};

enum { MOST_REQUESTS = 4 };

struct wire {
    struct flink_rest *rest;
    struct sim *sim;
    struct asked requests[MOST_REQUESTS];
    size_t n_requests;
    bool newer; /* Flink 2.3, else 1.20 */
    int64_t one_in;
    struct dice dice;
    int64_t damaged;
    struct http_answer last[WIRE_QUESTIONS]; /* that went well */
};

/* ---- the adapter's HTTP: what it asks is answered in turn ---- */

static void ask(struct wire *w, const char *method, struct str url, struct asked r)
{
    struct str path = str_skip(url, BASE.len + 1);
    if (w->n_requests == MOST_REQUESTS) {
        world_trouble(&w->sim->world, "more than %d requests at once", MOST_REQUESTS);
        return;
    }
    r.asked = arena_fmt(w->sim->a, "%s %.*s", method, STR_ARG(path));
    w->requests[w->n_requests++] = r;
}

static void http_send(void *ctx, const struct http_call *call,
                      void (*fn)(void *arg, const struct http_answer *answer), void *arg)
{
    ask(ctx, call->method, call->url, (struct asked){fn, arg, {0}});
}

/* The adapter sends nothing when it is given an id that is none. */
static void loop_post(void *ctx, void (*fn)(void *arg), void *arg)
{
    struct wire *w = ctx;
    world_trouble(&w->sim->world, "Flink is asked what cannot be sent");
    fn(arg);
}

void wire_begin(struct sim *s)
{
    static const struct http_client_ops http = {.send = http_send};
    static const struct loop_ops loop = {.post = loop_post};
    struct wire *w = s->wire = ARENA_NEW(s->a, struct wire);
    w->sim = s;
    w->rest = flink_rest_new((struct http_client){&http, w}, (struct loop){&loop, w});
}

void wire_end(struct sim *s)
{
    flink_rest_free(s->wire->rest);
}

/* ---- which answer ---- */

/* "*" is one segment. */
static const struct {
    const char *asked;
    enum wire_question what;
} questions[] = {
    {"GET jobs/overview", WIRE_OVERVIEW},
    {"GET taskmanagers", WIRE_TASKMANAGERS},
    {"GET jobs/*/checkpoints", WIRE_CHECKPOINTS},
    {"GET jobs/*/checkpoints/config", WIRE_CONFIG},
    {"GET jobs/*/metrics?get=numRestarts", WIRE_RESTARTS},
    {"GET jobs/*/savepoints/*", WIRE_TRIGGER},
    {"GET jobs/*/exceptions?maxExceptions=1", WIRE_CAUSE},
    {"POST jars/*/plan", WIRE_PLAN},
    {"POST jars/*/run", WIRE_SUBMIT},
    {"POST jobs/*/savepoints", WIRE_SAVEPOINT},
    {"POST jobs/*/stop", WIRE_SAVEPOINT},
    {"PATCH jobs/*?mode=cancel", WIRE_CANCEL},
};

static bool matches(struct str asked, const char *pattern)
{
    size_t i = 0;
    for (; *pattern; pattern++) {
        if (*pattern != '*') {
            if (i == asked.len || asked.ptr[i] != *pattern)
                return false;
            i++;
            continue;
        }
        while (i < asked.len && asked.ptr[i] != '/' && asked.ptr[i] != '?')
            i++;
    }
    return i == asked.len;
}

static enum wire_question question_of(struct wire *w, struct str asked)
{
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
        if (matches(asked, questions[i].asked))
            return questions[i].what;
    world_trouble(&w->sim->world, "Flink is asked '%.*s'", STR_ARG(asked));
    return WIRE_QUESTIONS;
}

/* ---- damage ---- */

void wire_damages(struct sim *s, int64_t one_in, struct dice dice)
{
    s->wire->one_in = one_in;
    s->wire->dice = dice;
    s->wire->newer = roll(&s->wire->dice, 2);
}

int64_t wire_damaged(const struct sim *s)
{
    return s->wire->damaged;
}

/* Of another kind; Flink's errors are no such answers, as they are well-formed ones to any question. */
static void confuse(const struct wire *w, struct http_answer *answer, enum wire_question what,
                    uint64_t x)
{
    const struct http_answer *other =
        &w->last[(what + 1 + x % (WIRE_QUESTIONS - 1)) % WIRE_QUESTIONS];
    if (other->outcome == OUTCOME_DONE)
        *answer = *other;
}

static void damage(struct wire *w, struct http_answer *answer, enum wire_question what)
{
    enum wire_damage how = (enum wire_damage)roll(&w->dice, DAMAGES);
    uint64_t x = (uint64_t)roll(&w->dice, 1 << 30);
    w->damaged++;
    if (how == DAMAGE_PROXY)
        *answer = wire_proxy(x);
    else if (how == DAMAGE_ANOTHER)
        confuse(w, answer, what, x);
    else
        answer->body = wire_hurt(w->sim->a, answer->body, how, x);
}

static void on_its_way(struct wire *w, struct http_answer *answer, enum wire_question what)
{
    struct http_answer whole = *answer;
    if (answer->outcome != OUTCOME_DONE)
        return;
    if (w->sim->counting && w->one_in && roll(&w->dice, w->one_in) == 0)
        damage(w, answer, what);
    if (!w->one_in || whole.status >= 400)
        return;
    w->last[what] = whole;
    w->last[what].body = arena_str(w->sim->a, whole.body);
}

/* ---- given ---- */

static void answer_all(struct wire *w, const struct w_call *c)
{
    for (size_t i = 0; i < w->n_requests; i++) {
        struct arena *a = arena_new();
        struct asked r = w->requests[i];
        enum wire_question what = question_of(w, r.asked);
        struct http_answer answer = {0};
        if (what != WIRE_QUESTIONS)
            answer = wire_answer(a, c, what, w->newer);
        on_its_way(w, &answer, what);
        r.fn(r.arg, &answer);
        arena_free(a);
    }
    w->n_requests = 0;
}

static void look(struct flink f, const struct owed *o)
{
    enum flink_look what = o->call.kind == SIM_LOOK ? FLINK_LOOK_JOB : FLINK_LOOK_TASKMANAGERS;
    f.ops->look(f.ctx, BASE, o->call.job_id, what, o->fn.sight, o->arg);
}

static void checkpoints(struct flink f, const struct owed *o)
{
    f.ops->checkpoints(f.ctx, BASE, o->call.job_id, o->fn.checkpoints, o->arg);
}

static void trigger(struct flink f, const struct owed *o)
{
    f.ops->trigger(f.ctx, BASE, o->call.job_id, o->call.trigger_id, o->fn.trigger, o->arg);
}

static void cause(struct flink f, const struct owed *o)
{
    f.ops->cause(f.ctx, BASE, o->call.job_id, o->fn.answer, o->arg);
}

static void plan(struct flink f, const struct owed *o)
{
    struct flink_plan p = {.job_id = o->call.job_id, .jar_id = o->call.jar_id, .timeout_us = S};
    f.ops->plan(f.ctx, BASE, &p, o->fn.answer, o->arg);
}

static void submit(struct flink f, const struct owed *o)
{
    struct flink_submit s = {.jar_id = o->call.jar_id,
                             .job_id = o->call.job_id,
                             .savepoint_path = o->call.restore,
                             .timeout_us = S};
    f.ops->submit(f.ctx, BASE, &s, o->fn.answer, o->arg);
}

static void savepoint(struct flink f, const struct owed *o)
{
    struct flink_stop s = {.job_id = o->call.job_id,
                           .trigger_id = o->call.trigger_id,
                           .directory = o->call.directory,
                           .stop = o->call.stop};
    f.ops->savepoint(f.ctx, BASE, &s, o->fn.answer, o->arg);
}

static void cancel(struct flink f, const struct owed *o)
{
    f.ops->cancel(f.ctx, BASE, o->call.job_id, o->fn.answer, o->arg);
}

void wire_give(struct owed *o)
{
    static void (*const ask_adapter[SIM_CALLS])(struct flink f, const struct owed *o) = {
        [SIM_LOOK] = look,           [SIM_TASKMANAGERS] = look, [SIM_CHECKPOINTS] = checkpoints,
        [SIM_TRIGGER] = trigger,     [SIM_CAUSE] = cause,       [SIM_SUBMIT] = submit,
        [SIM_SAVEPOINT] = savepoint, [SIM_CANCEL] = cancel,     [SIM_PLAN] = plan,
    };
    struct wire *w = o->life->sim->wire;
    ask_adapter[o->call.kind](flink_rest_port(w->rest), o);
    answer_all(w, &o->call);
}
