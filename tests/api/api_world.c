#include "api_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "api_ports.h"
#include "base/log.h"
#include "model/target.h"
#include "shell/record_row.h"
#include "shell/registry_impl.h"

struct api_world *world;

int world_begin(void **state)
{
    story_begin(state);
    log_setup(LOG_TEXT, LOG_ERROR);
    world = mem_alloc(sizeof(*world));
    world->mono = INT64_C(1000000000);
    world->app.arena = arena_new();
    world->app.loop = ports_loop();
    world->app.clock = ports_clock();
    world->app.store = ports_store();
    world->app.platform = ports_platform();
    world->app.flink = ports_flink();
    world->app.snapshots = ports_snapshots();
    world->app.artifacts = ports_artifacts();
    world->app.env.storage_base_uri = STR("file:///storage");
    static struct str versions[] = {{"1.20.5", 6}, {"2.3.0", 5}};
    world->app.settings.flink_versions = (struct str_list){versions, 2};
    world->app.settings.version = STR("0.0.1");
    world->app.started_at = app_wall_us(&world->app);
    struct json none = {0};
    world->api = api_new(&world->app, none);
    api_set_server(world->api, ports_server());
    return 0;
}

int world_end(void **state)
{
    api_free(world->api);
    registry_free(&world->app);
    ports_free();
    arena_free(world->app.arena);
    mem_free(world);
    world = NULL;
    return story_end(state);
}

struct str last_commit(void)
{
    return world->last_commit;
}

struct app *world_app(void)
{
    return &world->app;
}

void configured_defaults(const char *spec)
{
    api_free(world->api);
    world->api = api_new(&world->app, story_json(spec));
    api_set_server(world->api, ports_server());
}

/* ---- requests ---- */

static void add_header(struct http_exchange *x, const char *name, const char *value)
{
    if (value)
        x->headers[x->n_headers++] = (struct http_header){str_of(name), str_of(value)};
}

int ask_later(struct ask a)
{
    int at = ports_exchange();
    struct http_exchange *x = world->exchanges[at];
    struct str query;
    x->request.path = str_split(arena_str(x->arena, str_of(a.path)), '?', &query);
    x->request.query = query;
    x->request.method = str_of(a.method);
    x->request.body = a.body ? arena_str(x->arena, story_text(a.body)) : a.raw;
    if (x->request.body.len || a.type)
        add_header(x, "content-type", a.type ? a.type : "application/json");
    add_header(x, "accept", a.accept);
    add_header(x, "if-match", a.if_match);
    add_header(x, "if-none-match", a.if_none_match);
    add_header(x, "x-request-id", a.request_id);
    add_header(x, "user-agent", a.agent);
    add_header(x, "x-sluice-author", a.author);
    add_header(x, "x-sluice-source", a.source);
    add_header(x, "x-sluice-message", a.message);
    add_header(x, "last-event-id", a.last_event_id);
    add_header(x, "idempotency-key", a.idempotency_key);
    x->request.peer = a.peer ? str_of(a.peer) : STR("127.0.0.1");
    x->request.headers = x->headers;
    x->request.n_headers = x->n_headers;
    x->request.arena = x->arena;
    x->request.exchange = x;
    api_handle(world->api, &x->request);
    return at;
}

bool answered(int exchange)
{
    return world->exchanges[exchange]->answered;
}

struct answer answer_of(int exchange)
{
    const struct http_exchange *x = world->exchanges[exchange];
    struct err e;
    struct answer a = {
        .status = x->status,
        .body = x->body,
        .type = x->type,
        .headers = x->answer_headers,
        .n_headers = x->n_answer_headers,
    };
    assert_true(x->answered);
    if (json_parse(story_arena, a.body, &a.json, &e) < 0)
        a.json = (struct json){0};
    return a;
}

struct answer ask(struct ask a)
{
    int at = ask_later(a);
    world_settle();
    return answer_of(at);
}

struct answer get(const char *path)
{
    return ask((struct ask){.method = "GET", .path = path});
}

struct answer post(const char *path, const char *body)
{
    return ask((struct ask){.method = "POST", .path = path, .body = body});
}

struct answer put(const char *path, const char *body)
{
    return ask((struct ask){.method = "PUT", .path = path, .body = body});
}

struct answer patch(const char *path, const char *body)
{
    return ask((struct ask){.method = "PATCH", .path = path, .body = body});
}

struct answer del(const char *path)
{
    return ask((struct ask){.method = "DELETE", .path = path});
}

struct str stream_text(int exchange)
{
    return buf_str(&world->exchanges[exchange]->stream);
}

bool stream_ended(int exchange)
{
    return world->exchanges[exchange]->finished;
}

void client_leaves(int exchange)
{
    struct http_exchange *x = world->exchanges[exchange];
    x->finished = true;
    x->on_gone(x->gone_arg);
}

void client_reads_too_slowly(int exchange)
{
    world->exchanges[exchange]->slow = true;
}

/* ---- what is there ---- */

void have_deployment(const char *name, const char *state)
{
    struct str body = arena_fmt(story_arena,
                                "{'metadata':{'name':'%s'},'spec':{'state':'%s','template':{'spec':"
                                "{'artifact':{'jarUri':'file:///x.jar'}}}}}",
                                name, state);
    struct answer a = post(DEPLOYMENTS, body.ptr);
    assert_status(a, 201);
}

struct entry *entry_named(const char *name)
{
    struct entry *e = registry_by_name(&world->app, STR("default"), str_of(name));
    assert_non_null(e);
    return e;
}

void edit_record(const char *name, void (*edit)(struct record *r))
{
    struct entry *e = entry_named(name);
    struct record r = *entry_record(e);
    struct err err = {0};
    edit(&r);
    struct str body = record_body(story_arena, &r, &entry_deployment(e)->status);
    struct object *o = object_decode(&record_row_fields, body, e->record.version, &err);
    assert_non_null(o);
    entry_set_record(e, o);
    e->changes++;
}

static void run_attempt_1(struct record *r)
{
    r->top = 1;
    r->current = (struct attempt){
        .number = 1,
        .job_id = STR("11111111-2222-4333-8444-555555555555"),
        .phase = PHASE_UP,
        .spec_version = r->spec_version,
        .source = SOURCE_EMPTY,
        .incarnation = STR("boot/1/1"),
        .checkpointing = CHECKPOINTING_ON,
        .up_at = INT64_C(1700000000000000),
        .restored = RESTORED_AS_ASKED,
    };
    r->operation = (struct operation){0};
}

static void spend_attempt_2(struct record *r)
{
    r->head = r->current.number;
    r->top = r->head + 1;
}

void have_standby_given_up(const char *name)
{
    edit_record(name, spend_attempt_2);
}

void have_running_job(const char *name)
{
    edit_record(name, run_attempt_1);
}

void have_checkpoint(const char *name, int64_t id, bool retained)
{
    struct entry *e = entry_named(name);
    struct flink_checkpoints *c = &world->flink_stats;
    *c = (struct flink_checkpoints){
        .outcome = OUTCOME_DONE,
        .completed_count = id,
        .retained = retained,
        .interval_ms = 1000,
    };
    if (id > 0)
        c->latest_completed = (struct flink_checkpoint){
            .id = id,
            .path = STR("file:/storage/checkpoints/chk"),
            .completed = true,
            .triggered_ms = app_wall_us(&world->app) / 1000 - 41000,
        };
    e->seen.stats = *c;
    e->seen.stats_part.at = world->mono;
}

void flink_is_silent(void)
{
    world->flink_stats = (struct flink_checkpoints){0};
}

void have_savepoint(const char *name, const char *id, enum savepoint_origin origin, int64_t attempt,
                    int64_t checkpoint_id, const char *location)
{
    struct entry *e = entry_named(name);
    struct err err = {0};
    struct savepoint s = {
        .metadata = {.id = str_of(id),
                     .namespace_name = STR("default"),
                     .deployment_id = e->id,
                     .origin = (int)origin,
                     .type = SAVEPOINT_TYPE_FULL,
                     .created_at = app_wall_us(&world->app),
                     .resource_version = 1},
        .spec = {.savepoint_location = str_of(location)},
        .status = {.state = SAVEPOINT_COMPLETED,
                   .verified = VERIFIED_FULL,
                   .attempt = attempt,
                   .checkpoint_id = checkpoint_id,
                   .sequence = (int64_t)e->n_savepoints + 1,
                   .state_taken_at = app_wall_us(&world->app) - INT64_C(3600000000)},
    };
    struct object *o =
        object_decode(&savepoint_fields, body_of(story_arena, &savepoint_fields, &s), 1, &err);
    assert_non_null(o);
    entry_set_savepoint(e, o);
}

bool event_told(const char *name, const char *part)
{
    struct json items = json_get(get("/api/v1/namespaces/default/events").json, STR("items"));
    for (size_t i = 0; i < json_len(items); i++)
        if (str_eq(text_at(json_at(items, i), "metadata.name"), str_of(name)) &&
            str_contains(text_at(json_at(items, i), "spec.message"), str_of(part)))
            return true;
    return false;
}

/* ---- asking for parts ---- */

struct str text_at(struct json v, const char *dotted)
{
    return json_str_or(json_path(v, dotted), STR("(none)"));
}

int64_t number_at(struct json v, const char *dotted)
{
    return json_i64_or(json_path(v, dotted), -1);
}

struct str header_of(const struct answer *a, const char *name)
{
    for (size_t i = 0; i < a->n_headers; i++)
        if (str_eq_nocase(a->headers[i].name, str_of(name)))
            return a->headers[i].value;
    return (struct str){0};
}

static void add_text(struct buf *b, const struct fields *f, const void *object)
{
    buf_add(b, body_of(story_arena, f, object));
    buf_add_char(b, '\n');
}

struct str whole_registry(void)
{
    struct buf b = {0};
    size_t n;
    struct entry **all = registry_list(&world->app, story_arena, STR("default"), &n);
    for (size_t i = 0; i < n; i++) {
        add_text(&b, &deployment_fields, entry_deployment(all[i]));
        add_text(&b, &record_fields, entry_record(all[i]));
        for (size_t k = 0; k < all[i]->n_savepoints; k++)
            add_text(&b, &savepoint_fields, all[i]->savepoints[k]->value);
        for (size_t k = 0; k < all[i]->n_jobs; k++)
            add_text(&b, &job_fields, all[i]->jobs[k]->value);
    }
    for (size_t i = 0; i < world->app.n_targets; i++)
        add_text(&b, &target_fields, world->app.targets[i]->value);
    for (size_t i = 0; i < world->app.n_defaults; i++)
        add_text(&b, &defaults_fields, world->app.defaults[i]->value);
    buf_fmt(&b, "%lld commits\n", (long long)store_commits());
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

void assert_is_status(struct answer a, int status, const char *file, int line)
{
    if (a.status == status)
        return;
    print_error("answered %d: %.*s\n", a.status, (int)a.body.len, a.body.ptr);
    _assert_int_equal((uintmax_t)a.status, (uintmax_t)status, file, line);
}

struct str assert_is_problem(struct answer a, int status, const char *code, const char *file,
                             int line)
{
    assert_is_status(a, status, file, line);
    story_assert_text(a.type, STR("application/problem+json"), file, line);
    story_assert_text(text_at(a.json, "code"), str_of(code), file, line);
    story_assert_text(text_at(a.json, "message"), text_at(a.json, "detail"), file, line);
    _assert_int_equal((uintmax_t)number_at(a.json, "status"), (uintmax_t)status, file, line);
    return json_str_or(json_get(json_at(json_get(a.json, STR("errors")), 0), STR("pointer")),
                       STR("(no pointer)"));
}
