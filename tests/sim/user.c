/* The user: one client of the API, who asks again until there is an answer. */
#include "life.h"

#include <stdio.h>

/* One request and its answer; lives as long as the run. */
struct http_exchange {
    struct life *life;
    struct http_request request;
    struct http_header content_type;
    bool answered;
    int status;
    struct str body;
};

/* ---- the server's side ---- */

static void respond(struct http_exchange *x, const struct http_response *r)
{
    struct life *life = x->life;
    if (!life->dead) {
        x->answered = true;
        x->status = r->status;
        x->body = arena_str(life->sim->a, r->body);
    }
    life->exchange = NULL;
    arena_free(x->request.arena);
    x->request.arena = NULL;
}

struct http_server life_server(struct life *life)
{
    static const struct http_server_ops ops = {.respond = respond};
    return (struct http_server){&ops, life};
}

void user_hangs_up(struct life *life)
{
    if (life->exchange)
        arena_free(life->exchange->request.arena);
    life->exchange = NULL;
}

/* ---- the client's side ---- */

static bool is_up(struct sim *s)
{
    return s->life != NULL;
}

/* Against the life that is up. False: it has ended before it answered. */
static bool try_once(struct sim *s, const char *method, struct str path, struct str body,
                     struct user_answer *ret)
{
    struct life *life = s->life;
    int64_t number = life->number;
    struct http_exchange *x = ARENA_NEW(s->a, struct http_exchange);
    x->life = life;
    x->content_type =
        (struct http_header){STR("content-type"), str_of(str_eq(str_of(method), STR("PATCH"))
                                                             ? "application/merge-patch+json"
                                                             : "application/json")};
    x->request = (struct http_request){.method = str_of(method),
                                       .path = path,
                                       .body = body,
                                       .headers = &x->content_type,
                                       .n_headers = 1,
                                       .arena = arena_new(),
                                       .exchange = x};
    life->exchange = x;
    api_handle(life->api, &x->request);
    int64_t until = s->world.now + 60 * S;
    while (!x->answered && s->life && s->life->number == number && !s->world.trouble[0])
        if (!world_run(&s->world, until))
            world_trouble(&s->world, "%s %.*s is not answered", method, STR_ARG(path));
    struct err e;
    *ret = (struct user_answer){.status = x->status};
    if (x->answered && x->body.len && json_parse(s->a, x->body, &ret->body, &e) < 0)
        world_trouble(&s->world, "%s %.*s is answered with %.*s", method, STR_ARG(path),
                      STR_ARG(x->body));
    return x->answered;
}

struct user_answer user_sends(struct sim *s, const char *method, struct str path, struct str body)
{
    struct user_answer a = {0};
    do {
        sim_until(s, is_up, 600 * S);
    } while (!s->world.trouble[0] && !try_once(s, method, path, body, &a));
    return a;
}

enum { ANY_REFUSAL = -1 };

/* Anything but success is trouble, but for `also` (0: nothing). */
static struct user_answer ask(struct sim *s, const char *method, struct str path, struct str body,
                              int also)
{
    struct user_answer a = user_sends(s, method, path, body);
    if (a.status / 100 != 2 && a.status != also && !(also == ANY_REFUSAL && a.status / 100 == 4))
        world_trouble(&s->world, "%s %.*s is answered with %d: %.*s", method, STR_ARG(path),
                      a.status, STR_ARG(json_str_or(json_path(a.body, "detail"), STR(""))));
    return a;
}

/* Invariant 5: what is acknowledged is durable. */
static void acknowledged(struct sim *s, const struct user_answer *a)
{
    int64_t version = 0;
    const struct store_row *row = store_find(s, STORE_DEPLOYMENT, s->deployment_id);
    json_i64(json_path(a->body, "metadata.resourceVersion"), &version);
    if (!version || !row || row->version < version)
        world_trouble(&s->world, "invariant 5: version %lld is acknowledged, and not durable",
                      (long long)version);
    s->wish.acknowledged = version;
    s->wish_before = s->wish;
}

static void patch(struct sim *s, struct str body)
{
    s->asking = true;
    struct user_answer a = ask(s, "PATCH", STR(SIM_DEPLOYMENT), body, 0);
    s->asking = false;
    if (!s->world.trouble[0])
        acknowledged(s, &a);
}

void user_creates(struct sim *s, enum upgrade_kind upgrade, enum restore_kind restore)
{
    s->wish = (struct sim_wish){.state = DESIRED_RUNNING,
                                .upgrade = upgrade,
                                .restore = restore,
                                .jar_uri = STR("file:/jobs/counter.jar"),
                                .starts = true};
    struct str body = arena_fmt(
        s->a,
        "{\"metadata\":{\"name\":\"counter\"},\"spec\":{\"state\":\"RUNNING\",\"warmStandby\":%s,"
        "\"upgradeStrategy\":{\"kind\":\"%s\"},\"restoreStrategy\":{\"kind\":\"%s\"},"
        "\"template\":{\"spec\":{\"artifact\":{\"kind\":\"JAR\",\"jarUri\":\"%.*s\","
        "\"flinkVersion\":\"1.20\"},\"parallelism\":1}}}}",
        s->warm_standby ? "true" : "false", upgrade_kind_names[upgrade],
        restore_kind_names[restore], STR_ARG(s->wish.jar_uri));
    /* An answer may have been lost: then the second request finds it there. */
    struct user_answer a = ask(s, "POST", STR(SIM_NAMESPACE "/deployments"), body, 409);
    if (a.status == 409)
        a = ask(s, "GET", STR(SIM_DEPLOYMENT), STR(""), 0);
    s->deployment_id =
        arena_str(s->a, json_str_or(json_path(a.body, "metadata.id"), STR("(none)")));
    if (!s->world.trouble[0])
        acknowledged(s, &a);
}

void user_wants(struct sim *s, enum desired_state state)
{
    s->wish_before = s->wish;
    s->wish.state = state;
    s->wish.starts = state == DESIRED_RUNNING;
    patch(s, arena_fmt(s->a, "{\"spec\":{\"state\":\"%s\"}}", desired_state_names[state]));
}

void user_edits(struct sim *s)
{
    s->wish_before = s->wish;
    s->wish.jar_uri =
        arena_fmt(s->a, "file:/jobs/counter-%lld.jar", (long long)++s->wish.edits + 1);
    /* Of a job that has finished an edit asks for the next one. */
    s->wish.starts = s->wish.starts || s->wish.upgrade == UPGRADE_STATELESS ||
                     (s->finished_attempt && s->finished_attempt == s->record.current.number);
    patch(s, arena_fmt(s->a,
                       "{\"spec\":{\"template\":{\"spec\":{\"artifact\":{\"jarUri\":\"%.*s\"}}}}}",
                       STR_ARG(s->wish.jar_uri)));
}

void user_keeps(struct sim *s, int64_t count)
{
    s->wish_before = s->wish;
    s->wish.keeps = count;
    patch(s, arena_fmt(s->a, "{\"spec\":{\"snapshotRetention\":{\"maxCount\":%lld}}}",
                       (long long)count));
}

void user_requests_savepoint(struct sim *s)
{
    struct str body =
        arena_fmt(s->a, "{\"metadata\":{\"deploymentId\":\"%.*s\"}}", STR_ARG(s->deployment_id));
    struct user_answer a = ask(s, "POST", STR(SIM_NAMESPACE "/savepoints"), body, 409);
    s->savepoint_id = arena_str(s->a, json_str_or(json_path(a.body, "metadata.id"), STR("(none)")));
}

static struct user_answer discard(struct sim *s, struct str id, int also)
{
    const struct store_row *row = store_find(s, STORE_SAVEPOINT, id);
    for (size_t i = 0; row && i < s->world.n_snapshots; i++) {
        struct w_snapshot *x = &s->world.snapshots[i];
        x->given_up = x->given_up || str_contains(row->body, str_of(x->location));
    }
    return ask(s, "DELETE", arena_fmt(s->a, SIM_NAMESPACE "/savepoints/%.*s", STR_ARG(id)), STR(""),
               also);
}

void user_discards_savepoint(struct sim *s)
{
    discard(s, s->savepoint_id, 404);
}

void user_discards_some_savepoint(struct sim *s)
{
    for (const struct sim_row *r = s->store.tables[STORE_SAVEPOINT]; r; r = r->next) {
        if (!str_contains(r->row.body, STR("\"COMPLETED\"")))
            continue;
        struct str id = arena_str(s->a, r->row.id);
        size_t n = s->world.n_snapshots;
        bool *before = ARENA_ARRAY(s->a, bool, n);
        for (size_t i = 0; i < n; i++)
            before[i] = s->world.snapshots[i].given_up;
        int64_t life = s->lives;
        struct user_answer a = discard(s, id, ANY_REFUSAL);
        /* Of what was asked twice, the first may have been accepted. */
        bool refused = a.status / 100 == 4 && s->lives == life;
        for (size_t i = 0; i < n && refused && n == s->world.n_snapshots; i++)
            s->world.snapshots[i].given_up = before[i];
        return;
    }
}

/* Asked again after a crash there may be nothing left to try again. */
void user_retries(struct sim *s)
{
    ask(s, "POST", STR(SIM_DEPLOYMENT "/operations"), STR("{\"spec\":{\"kind\":\"RETRY\"}}"), 409);
}

void user_restores_from(struct sim *s, const char *location)
{
    s->wish_before = s->wish;
    s->wish.state = DESIRED_RUNNING;
    s->wish.restore_from = str_of(location);
    s->wish.floor = s->record.top;
    patch(s, arena_fmt(s->a,
                       "{\"spec\":{\"state\":\"RUNNING\",\"restoreFrom\":{\"location\":\"%s\","
                       "\"nonce\":\"once\"}}}",
                       location));
}

void user_starts_empty(struct sim *s)
{
    s->wish_before = s->wish;
    s->wish.state = DESIRED_RUNNING;
    s->wish.restore = RESTORE_NONE;
    s->wish.starts = true;
    patch(s, STR("{\"spec\":{\"state\":\"RUNNING\","
                 "\"restoreStrategy\":{\"kind\":\"NONE\"}}}"));
}

void user_deletes(struct sim *s)
{
    s->wish_before = s->wish;
    s->wish.deleted = true;
    ask(s, "DELETE", STR(SIM_DEPLOYMENT), STR(""), 404);
}

enum observed_state user_sees(const struct sim *s)
{
    const struct entry *e =
        s->life ? registry_by_name(&s->life->app, STR("default"), STR("counter")) : NULL;
    return e ? (enum observed_state)entry_deployment(e)->status.state : OBSERVED_UNSET;
}
