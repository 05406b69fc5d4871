/* The port: HTTP calls one after another, or beside each other where neither answer decides whether the
 * other is asked for; all within one deadline. */
#include "adapt/flink_rest/flink_rest.h"

#include "adapt/flink_rest/codec.h"
#include "base/limits.h"
#include "base/timefmt.h"
#include "base/uuid.h"

#define READ_TIMEOUT  (5 * US_PER_S)
#define WRITE_TIMEOUT (30 * US_PER_S)
#define NOT_SENT      "nothing was sent: the address or an id is not valid"

struct flink_rest {
    struct http_client http;
    struct loop loop;
};

/* One operation of the port. It owns all that its result points to, and goes after the callback. */
struct call {
    struct flink_rest *rest;
    struct arena *arena;
    struct str url; /* of the cluster */
    struct str job_id;
    struct str trigger_id;
    int64_t left_us; /* of its deadline */
    size_t pending;  /* requests without an answer yet */
    int64_t took_us; /* the slowest of those that were sent together */
    void *arg;
    void (*on_sight)(void *arg, const struct flink_sight *s);
    void (*on_checkpoints)(void *arg, const struct flink_checkpoints *c);
    void (*on_trigger)(void *arg, const struct flink_trigger *t);
    void (*on_answer)(void *arg, const struct flink_answer *a);
    struct flink_sight sight;
    struct flink_checkpoints checkpoints;
};

struct request {
    struct call *call;
    void (*next)(struct call *c, const struct http_answer *answer);
};

static struct call *call_new(void *ctx, struct str url, struct str job_id, int64_t timeout_us,
                             void *arg)
{
    struct arena *a = arena_new();
    struct call *c = ARENA_NEW(a, struct call);
    c->rest = ctx;
    c->arena = a;
    c->url = arena_str(a, url);
    c->job_id = hex_id_is_valid(job_id) ? arena_str(a, job_id) : (struct str){NULL, 0};
    c->left_us = timeout_us;
    c->arg = arg;
    return c;
}

static void on_http(void *arg, const struct http_answer *answer)
{
    const struct request *r = arg;
    struct call *c = r->call;
    if (answer->took_us > c->took_us)
        c->took_us = answer->took_us;
    if (--c->pending == 0) {
        c->left_us -= c->took_us;
        c->took_us = 0;
    }
    r->next(c, answer);
}

/* Answers a request that cannot be made, from the loop and not from inside the call. */
static void on_not_sent(void *arg)
{
    struct http_answer none = {.outcome = OUTCOME_UNKNOWN, .text = STR(NOT_SENT)};
    on_http(arg, &none);
}

/* Sends a request of the job, or of the cluster (no job id in the path); next gets its answer. An
 * empty path says that an argument was not valid. */
static void send_request(struct call *c, const char *method, struct str path, struct str body,
                         void (*next)(struct call *c, const struct http_answer *answer))
{
    struct loop loop = c->rest->loop;
    struct http_client http = c->rest->http;
    struct request *r = ARENA_NEW(c->arena, struct request);
    *r = (struct request){c, next};
    c->pending++;
    struct http_call call = {
        .method = method,
        .url = request_url(c->arena, c->url, path),
        .body = body,
        .content_type = str_is_empty(body) ? NULL : "application/json",
        .timeout_us = c->left_us > 0 ? c->left_us : 1,
        .most_bytes = LIMIT_FLINK_ANSWER,
        .to_fd = -1,
    };
    if (str_is_empty(path) || str_is_empty(call.url) || str_is_empty(c->job_id))
        loop.ops->post(loop.ctx, on_not_sent, r);
    else
        http.ops->send(http.ctx, &call, on_http, r);
}

static void get(struct call *c, struct str path,
                void (*next)(struct call *c, const struct http_answer *answer))
{
    send_request(c, "GET", path, (struct str){NULL, 0}, next);
}

/* "jobs/<id><rest>" */
static struct str job_path(struct call *c, const char *rest)
{
    return arena_fmt(c->arena, "jobs/%.*s%s", STR_ARG(c->job_id), rest);
}

static void answered(struct call *c, struct flink_answer answer)
{
    c->on_answer(c->arg, &answer);
    arena_free(c->arena);
}

/* What was seen, or nothing of it: half a sight must not be taken for a whole one. */
static void seen(struct call *c, bool whole, struct str why)
{
    struct flink_sight nothing = {.outcome = OUTCOME_UNKNOWN, .text = why};
    c->sight.outcome = OUTCOME_DONE;
    c->on_sight(c->arg, whole ? &c->sight : &nothing);
    arena_free(c->arena);
}

static void taskmanagers_known(struct call *c, const struct http_answer *answer)
{
    struct str why = {NULL, 0};
    seen(c, decode_taskmanagers(c->arena, answer, &c->sight, &why), why);
}

static void job_known(struct call *c, const struct http_answer *answer)
{
    struct str why = {NULL, 0};
    seen(c, decode_overview(c->arena, answer, c->job_id, &c->sight, &why), why);
}

/* NOLINTNEXTLINE(readability-function-size): the port has these parameters */
static void look(void *ctx, struct str url, struct str job_id, enum flink_look what,
                 void (*fn)(void *arg, const struct flink_sight *s), void *arg)
{
    struct call *c = call_new(ctx, url, job_id, READ_TIMEOUT, arg);
    c->on_sight = fn;
    c->sight = (struct flink_sight){.end_time_ms = -1};
    if (what == FLINK_LOOK_JOB)
        get(c, STR("jobs/overview"), job_known);
    else
        get(c, STR("taskmanagers"), taskmanagers_known);
}

static void checkpoints_known(struct call *c)
{
    if (c->pending > 0)
        return;
    c->on_checkpoints(c->arg, &c->checkpoints);
    arena_free(c->arena);
}

static void checkpoints_restarts(struct call *c, const struct http_answer *answer)
{
    c->checkpoints.restarts = decode_restarts(c->arena, answer);
    checkpoints_known(c);
}

static void checkpoints_config(struct call *c, const struct http_answer *answer)
{
    decode_checkpoint_config(c->arena, answer, &c->checkpoints);
    checkpoints_known(c);
}

static void checkpoints_statistics(struct call *c, const struct http_answer *answer)
{
    decode_checkpoints(c->arena, answer, &c->checkpoints);
    c->checkpoints.restarts = -1;
    if (c->checkpoints.outcome == OUTCOME_DONE)
        get(c, job_path(c, "/checkpoints/config"), checkpoints_config);
    if (c->checkpoints.outcome != OUTCOME_UNKNOWN)
        get(c, job_path(c, "/metrics?get=numRestarts"), checkpoints_restarts);
    checkpoints_known(c);
}

static void checkpoints(void *ctx, struct str url, struct str job_id,
                        void (*fn)(void *arg, const struct flink_checkpoints *c), void *arg)
{
    struct call *c = call_new(ctx, url, job_id, READ_TIMEOUT, arg);
    c->on_checkpoints = fn;
    get(c, job_path(c, "/checkpoints"), checkpoints_statistics);
}

static void trigger_known(struct call *c, const struct http_answer *answer)
{
    struct flink_trigger t = decode_trigger(c->arena, answer);
    c->on_trigger(c->arg, &t);
    arena_free(c->arena);
}

static void trigger(void *ctx, struct str url, struct str job_id, struct str trigger_id,
                    void (*fn)(void *arg, const struct flink_trigger *t), void *arg)
{
    struct call *c = call_new(ctx, url, job_id, READ_TIMEOUT, arg);
    struct str path = {NULL, 0};
    c->on_trigger = fn;
    if (hex_id_is_valid(trigger_id))
        path = arena_fmt(c->arena, "jobs/%.*s/savepoints/%.*s", STR_ARG(c->job_id),
                         STR_ARG(trigger_id));
    get(c, path, trigger_known);
}

static void cause_known(struct call *c, const struct http_answer *answer)
{
    answered(c, decode_cause(c->arena, answer));
}

static void cause(void *ctx, struct str url, struct str job_id,
                  void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct call *c = call_new(ctx, url, job_id, READ_TIMEOUT, arg);
    c->on_answer = fn;
    get(c, job_path(c, "/exceptions?maxExceptions=1"), cause_known);
}

static void planned(struct call *c, const struct http_answer *answer)
{
    answered(c, decode_plan(c->arena, answer));
}

static void plan(void *ctx, struct str url, const struct flink_plan *p,
                 void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct call *c = call_new(ctx, url, p->job_id, p->timeout_us, arg);
    struct str jar = request_segment(c->arena, p->jar_id);
    struct str path = {NULL, 0};
    c->on_answer = fn;
    if (!str_is_empty(jar))
        path = arena_fmt(c->arena, "jars/%.*s/plan", STR_ARG(jar));
    send_request(c, "POST", path, request_plan(c->arena, p), planned);
}

static void submitted(struct call *c, const struct http_answer *answer)
{
    answered(c, decode_submit(c->arena, answer, c->job_id));
}

static void submit(void *ctx, struct str url, const struct flink_submit *s,
                   void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct call *c = call_new(ctx, url, s->job_id, s->timeout_us, arg);
    struct str jar = request_segment(c->arena, s->jar_id);
    struct str path = {NULL, 0};
    c->on_answer = fn;
    if (!str_is_empty(jar))
        path = arena_fmt(c->arena, "jars/%.*s/run", STR_ARG(jar));
    send_request(c, "POST", path, request_submit(c->arena, s), submitted);
}

static void posted(struct call *c, const struct http_answer *answer)
{
    answered(c, decode_posted(c->arena, answer, c->trigger_id));
}

static void savepoint(void *ctx, struct str url, const struct flink_stop *s,
                      void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct call *c = call_new(ctx, url, s->job_id, WRITE_TIMEOUT, arg);
    struct str path = {NULL, 0};
    c->on_answer = fn;
    c->trigger_id = arena_str(c->arena, s->trigger_id);
    if (hex_id_is_valid(s->trigger_id) && !str_is_empty(s->directory))
        path = job_path(c, s->stop ? "/stop" : "/savepoints");
    send_request(c, "POST", path, request_stop(c->arena, s), posted);
}

static void cancelled(struct call *c, const struct http_answer *answer)
{
    answered(c, decode_cancel(c->arena, answer));
}

static void cancel(void *ctx, struct str url, struct str job_id,
                   void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct call *c = call_new(ctx, url, job_id, WRITE_TIMEOUT, arg);
    c->on_answer = fn;
    send_request(c, "PATCH", job_path(c, "?mode=cancel"), (struct str){NULL, 0}, cancelled);
}

struct flink_rest *flink_rest_new(struct http_client http, struct loop loop)
{
    struct flink_rest *f = mem_alloc(sizeof(*f));
    f->http = http;
    f->loop = loop;
    return f;
}

void flink_rest_free(struct flink_rest *f)
{
    mem_free(f);
}

struct flink flink_rest_port(struct flink_rest *f)
{
    static const struct flink_ops ops = {
        .look = look,
        .checkpoints = checkpoints,
        .trigger = trigger,
        .cause = cause,
        .plan = plan,
        .submit = submit,
        .savepoint = savepoint,
        .cancel = cancel,
    };
    return (struct flink){&ops, f};
}
