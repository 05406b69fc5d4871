/* GET /metrics, in Prometheus' text format. */
#include "api/api_impl.h"

static void head(struct buf *b, const char *name, const char *type, const char *help)
{
    buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(struct buf *b, const char *name, const char *type, const char *help, int64_t value)
{
    head(b, name, type, help);
    buf_fmt(b, "%s %lld\n", name, (long long)value);
}

static void put_deployments(struct buf *b, const struct app *app)
{
    enum { STATES = OBSERVED_FINISHED + 1, HEALTHS = HEALTH_UNKNOWN + 1 };
    int64_t by_state[STATES] = {0};
    int64_t by_health[HEALTHS] = {0};
    for (size_t i = 0; i < app->by_id.capacity; i++) {
        if (!app->by_id.slots[i].key.ptr)
            continue;
        const struct deployment *d = entry_deployment(app->by_id.slots[i].value);
        by_state[d->status.state]++;
        by_health[d->status.health]++;
    }
    head(b, "sluice_deployments", "gauge", "Deployments by observed state.");
    for (size_t s = 1; s < STATES; s++)
        buf_fmt(b, "sluice_deployments{state=\"%s\"} %lld\n", observed_state_names[s],
                (long long)by_state[s]);
    head(b, "sluice_deployment_health", "gauge", "Deployments with a job, by its health.");
    for (size_t h = 1; h < HEALTHS; h++)
        buf_fmt(b, "sluice_deployment_health{health=\"%s\"} %lld\n", health_names[h],
                (long long)by_health[h]);
}

static void put_requests(struct buf *b, const struct api *api)
{
    head(b, "sluice_http_requests_total", "counter", "Requests by route and class of status.");
    for (size_t r = 0; r <= MOST_ROUTES; r++) {
        for (size_t s = 0; s < 6; s++) {
            if (api->requests[r][s] == 0)
                continue;
            const struct route *route = r < n_routes ? &routes[r] : NULL;
            buf_fmt(
                b, "sluice_http_requests_total{method=\"%s\",route=\"%s\",status=\"%zuxx\"} %lld\n",
                route ? route->method : "", route ? route->path : "", s,
                (long long)api->requests[r][s]);
        }
    }
    one(b, "sluice_watchers", "gauge", "Streams of changes that are open.",
        (int64_t)api->n_watchers);
}

static void put_decisions(struct buf *b, const struct counters *c)
{
    head(b, "sluice_decisions_total", "counter", "Steps by the rule that decided.");
    for (size_t i = 0; i < sizeof(c->rules) / sizeof(c->rules[0]); i++)
        if (c->rules[i])
            buf_fmt(b, "sluice_decisions_total{rule=\"%zu\"} %lld\n", i, (long long)c->rules[i]);
    one(b, "sluice_steps_total", "counter", "Steps of the reconciler.", c->steps);
    one(b, "sluice_steps_without_change_total", "counter", "Steps that changed nothing.",
        c->no_op_steps);
}

static void put_effects(struct buf *b, const struct counters *c)
{
    static const char *const names[] = {
        [LOOK_WORLD] = "look_world",
        [LOOK_TASKMANAGERS] = "look_taskmanagers",
        [LOOK_JOB] = "look_job",
        [LOOK_STATS] = "look_stats",
        [LOOK_TRIGGER] = "look_trigger",
        [LOOK_DIRECTORY] = "look_directory",
        [LOOK_SNAPSHOT] = "look_snapshot",
        [LOOK_CAUSE] = "look_cause",
        [LOOK_ARTIFACT] = "look_artifact",
        [LOOK_STANDBY] = "look_standby",
        [LOOK_PLAN] = "look_plan",
        [CALL_PROVISION] = "provision",
        [CALL_UPLOAD] = "upload",
        [CALL_SUBMIT] = "submit",
        [CALL_STOP] = "stop",
        [CALL_CANCEL] = "cancel",
        [CALL_TEARDOWN] = "teardown",
        [CALL_DISCARD] = "discard",
        [CALL_STANDBY_PROVISION] = "standby_provision",
        [CALL_STANDBY_UPLOAD] = "standby_upload",
        [CALL_STANDBY_TEARDOWN] = "standby_teardown",
    };
    head(b, "sluice_effects_total", "counter", "What was asked of the world.");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        buf_fmt(b, "sluice_effects_total{effect=\"%s\"} %lld\n", names[i],
                (long long)c->effects[i]);
}

static void put_store(struct buf *b, const struct app *app)
{
    int64_t bytes = 0;
    int64_t commits = 0;
    int64_t groups = 0;
    app->store.ops->stats(app->store.ctx, &bytes, &commits, &groups);
    one(b, "sluice_store_bytes", "gauge", "Size of the store.", bytes);
    one(b, "sluice_store_commits_total", "counter", "Transactions.", commits);
    one(b, "sluice_store_groups_total", "counter", "Durable writes that they were grouped into.",
        groups);
    one(b, "sluice_commit_failures_total", "counter", "Transactions of Deployments that failed.",
        app->counters.commit_failures);
    one(b, "sluice_store_broken", "gauge", "1 when the store cannot be trusted any more.",
        app->store_broken);
}

enum handled get_metrics(struct call *c, struct err *e)
{
    const struct app *app = c->app;
    struct buf b = {0};
    (void)e;
    head(&b, "sluice_build_info", "gauge", "The version.");
    buf_fmt(&b, "sluice_build_info{version=\"%.*s\"} 1\n", STR_ARG(app->settings.version));
    one(&b, "sluice_start_time_seconds", "gauge", "When the daemon was started.",
        app->started_at / 1000000);
    put_deployments(&b, app);
    put_requests(&b, c->api);
    put_decisions(&b, &app->counters);
    put_effects(&b, &app->counters);
    put_store(&b, app);
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return reply_text(c, 200, STR("text/plain; version=0.0.4; charset=utf-8"), text);
}
