/* One request at a time to the server, on a loop that runs until the answer has come. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapt/http_client/http_client.h"
#include "adapt/loop_uv/loop_uv.h"
#include "base/timefmt.h"
#include "cli/cli.h"

#define REQUEST_TIMEOUT_US (30 * US_PER_S)
#define MOST_ANSWER        (256U << 20)

struct server {
    struct loop loop;
    struct http_client http;
    struct loop_timer *timer;
    struct arena *a; /* where the answer goes; NULL = nobody wants it any more */
    struct answer answer;
    bool answered;
    bool expired;
    int signal;
};

static struct server *server_of(struct cli *c)
{
    if (c->server)
        return c->server;
    struct server *s = mem_alloc(sizeof(*s));
    s->loop = loop_uv_new();
    s->http = http_client_new(&s->loop);
    c->server = s;
    return s;
}

void server_free(struct cli *c)
{
    struct server *s = c->server;
    if (!s)
        return;
    http_client_free(&s->http);
    if (s->timer)
        s->loop.ops->timer_free(s->timer);
    loop_uv_free(&s->loop);
    mem_free(s);
    c->server = NULL;
}

static void on_answer(void *arg, const struct http_answer *answer)
{
    struct server *s = arg;
    struct err e;
    if (!s->a)
        return;
    s->answered = true;
    s->answer = (struct answer){
        .outcome = answer->outcome,
        .status = answer->status,
        .text = arena_str(s->a, answer->outcome == OUTCOME_DONE ? answer->body : answer->text),
    };
    bool json = str_contains(answer->content_type, STR("json"));
    if (answer->outcome == OUTCOME_DONE && json &&
        json_parse(s->a, s->answer.text, &s->answer.json, &e) < 0)
        s->answer.json = (struct json){0};
    s->loop.ops->stop(s->loop.ctx);
}

/* Who asks: the history says so of what is written. What a header may hold beyond ASCII is not agreed
 * upon. */
static struct str author(void)
{
    enum { MOST = 100 };
    struct str name = str_of(getenv("SLUICE_AUTHOR"));
    if (!name.len)
        name = str_of(getenv("USER"));
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] < 0x20 || name.ptr[i] > 0x7e)
            return (struct str){0};
    return str_take(name, MOST);
}

struct answer server_ask(struct cli *c, const char *method, struct str path, struct str body)
{
    struct server *s = server_of(c);
    struct http_call call = {
        .method = method,
        .url = arena_fmt(c->a, "%.*s%.*s", STR_ARG(c->url), STR_ARG(path)),
        .body = body,
        .content_type = body.len ? "application/json" : NULL,
        .author = author(),
        .timeout_us = REQUEST_TIMEOUT_US,
        .most_bytes = MOST_ANSWER,
        .to_fd = -1,
    };
    s->a = c->a;
    s->answered = false;
    s->http.ops->send(s->http.ctx, &call, on_answer, s);
    while (!s->answered && !s->signal)
        s->loop.ops->run(s->loop.ctx);
    if (s->answered)
        return s->answer;
    /* A signal came first. The call is still under way; http_client_free ends it. */
    s->a = NULL;
    return (struct answer){.outcome = OUTCOME_UNKNOWN, .text = STR("interrupted")};
}

/* ---- what an answer means ---- */

static int exit_of(int status)
{
    switch (status) {
    case 401:
    case 403: return EXIT_DENIED;
    case 404:
    case 410: return EXIT_NOT_FOUND;
    case 409:
    case 412: return EXIT_CONFLICT;
    default: return EXIT_REFUSED;
    }
}

static const char *advice(int status)
{
    switch (status) {
    case 400: return "correct it; sluice explain KIND.FIELD says what a field takes";
    case 401:
    case 403: return "ask whoever runs the server for access";
    case 404: return "sluice get deployments";
    case 409:
    case 412: return "look at what it is now (sluice describe KIND/NAME), then try again";
    default: return "look at the server's log";
    }
}

static int no_answer(struct cli *c, const struct answer *answer, const char *what)
{
    struct str why = arena_fmt(c->a, "%.*s: %.*s", STR_ARG(c->url), STR_ARG(answer->text));
    if (answer->outcome == OUTCOME_UNKNOWN)
        why =
            arena_fmt(c->a, "%.*s\nwhether the server got the request is not known", STR_ARG(why));
    return fail(c, EXIT_UNREACHABLE, arena_fmt(c->a, "%s: no answer from the server", what).ptr,
                why, "is sluiced running there? name it with --server URL or SLUICE_SERVER");
}

/* Where in the document, if the server says so. */
static struct str pointer_of(struct cli *c, struct json problem)
{
    struct json first = json_at(json_get(problem, STR("errors")), 0);
    struct str pointer = json_str_or(json_get(first, STR("pointer")), (struct str){0});
    struct str parameter = json_str_or(json_get(first, STR("parameter")), (struct str){0});
    if (parameter.len)
        return arena_fmt(c->a, " at ?%.*s", STR_ARG(plain_line(c->a, parameter)));
    return arena_fmt(c->a, "%s%.*s", pointer.len ? " at " : "", STR_ARG(plain_line(c->a, pointer)));
}

int server_judge(struct cli *c, const struct answer *answer, const char *what)
{
    struct str none = {0};
    if (answer->outcome != OUTCOME_DONE)
        return no_answer(c, answer, what);
    if (answer->status / 100 == 2)
        return EXIT_DONE;
    struct str code = json_str_or(json_get(answer->json, STR("code")), none);
    struct str why = json_str_or(json_get(answer->json, STR("message")), none);
    if (!why.len)
        return fail(c, EXIT_UNREACHABLE,
                    arena_fmt(c->a, "%s: HTTP status %d", what, answer->status).ptr,
                    arena_fmt(c->a, "what answers at %.*s is not sluiced", STR_ARG(c->url)),
                    "name the server with --server URL or SLUICE_SERVER");
    struct str head =
        arena_fmt(c->a, "%s (%d %.*s)%.*s", what, answer->status, STR_ARG(plain_line(c->a, code)),
                  STR_ARG(pointer_of(c, answer->json)));
    struct str plan = json_str_or(json_get(answer->json, STR("newPlanId")), none);
    const char *next =
        plan.len ? arena_fmt(c->a, "sluice apply --plan %.*s", STR_ARG(plain_line(c->a, plan))).ptr
                 : advice(answer->status);
    return fail(c, (enum exit_code)exit_of(answer->status), head.ptr, why, next);
}

int server_get(struct cli *c, struct str path, const char *what, struct json *ret)
{
    struct answer answer = server_ask(c, "GET", path, (struct str){0});
    int r = server_judge(c, &answer, what);
    if (r == EXIT_DONE && json_is_none(answer.json))
        r = fail(c, EXIT_UNREACHABLE, what,
                 arena_fmt(c->a, "what answers at %.*s is not sluiced", STR_ARG(c->url)),
                 "name the server with --server URL or SLUICE_SERVER");
    *ret = answer.json;
    return r;
}

/* ---- time and signals ---- */

static void on_timer(void *arg)
{
    struct server *s = arg;
    s->expired = true;
    s->loop.ops->stop(s->loop.ctx);
}

bool server_pause(struct cli *c, int64_t us)
{
    struct server *s = server_of(c);
    if (!s->timer)
        s->timer = s->loop.ops->timer_new(s->loop.ctx, on_timer, s);
    s->expired = false;
    s->loop.ops->timer_arm(s->timer, us);
    while (!s->expired && !s->signal)
        s->loop.ops->run(s->loop.ctx);
    return !s->signal;
}

static void on_signal(void *arg, int signo)
{
    struct server *s = arg;
    /* The second one does not wait for anything. */
    if (s->signal)
        _exit(128 + signo);
    s->signal = signo;
    s->loop.ops->stop(s->loop.ctx);
}

void server_catch_signals(struct cli *c)
{
    struct server *s = server_of(c);
    s->loop.ops->on_signal(s->loop.ctx, on_signal, s);
}

int server_signal(const struct cli *c)
{
    return c->server ? c->server->signal : 0;
}

/* ---- paths ---- */

struct str url_part(struct arena *a, struct str s)
{
    struct buf b = {0};
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.ptr[i];
        bool same = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                    (ch >= '0' && ch <= '9') || ch == '-' || ch == '_' || ch == '.' || ch == '~';
        if (same)
            buf_add_char(&b, (char)ch);
        else
            buf_fmt(&b, "%%%02X", ch);
    }
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}

struct str ns_path(const struct cli *c, const char *segment)
{
    return arena_fmt(c->a, "/api/v1/namespaces/%.*s/%s", STR_ARG(url_part(c->a, c->ns)), segment);
}

struct str deployment_path(const struct cli *c, struct str name)
{
    return arena_fmt(c->a, "%.*s/%.*s", STR_ARG(ns_path(c, "deployments")),
                     STR_ARG(url_part(c->a, name)));
}
