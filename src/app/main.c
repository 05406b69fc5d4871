/* sluiced: puts the adapters behind the ports, loads, serves, ends. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "adapt/artifacts/artifacts.h"
#include "adapt/clock/clock_system.h"
#include "adapt/flink_rest/flink_rest.h"
#include "adapt/http_client/http_client.h"
#include "adapt/http_server/http_server.h"
#include "adapt/local/local.h"
#include "adapt/loop_uv/loop_uv.h"
#include "adapt/snapshots_file/snapshots_file.h"
#include "adapt/store_sqlite/store_sqlite.h"
#include "api/api.h"
#include "app/config.h"
#include "base/slice.h"
#include "base/timefmt.h"
#include "shell/app.h"
#include "shell/jars.h"

#define JARS_EVERY_US (INT64_C(600) * US_PER_S)

struct daemon_parts {
    struct app app;
    struct config config;
    struct http_client http;
    struct http_server server;
    struct flink_rest *flink;
    struct snapshots_file *snapshots;
    struct local *local;
    struct api *api;
    struct loop_timer *jars_timer;
    bool stopping;
};

static int64_t wall_now(const struct daemon_parts *d)
{
    return app_wall_us(&d->app);
}

static enum quick_start quick_start_of(struct str s)
{
    if (str_eq_nocase(s, STR("off")))
        return QUICK_OFF;
    return str_eq_nocase(s, STR("all")) ? QUICK_ALL : QUICK_UNSET;
}

static int make_directory(struct str path, struct err *e)
{
    if (mkdir(path.ptr, 0700) < 0 && errno != EEXIST)
        return err_set(e, ERR_UNAVAILABLE, "%s cannot be made: %s", path.ptr,
                       strerrordesc_np(errno));
    return 0;
}

static int open_local(struct daemon_parts *d, struct err *e)
{
    const struct local_settings *s = &d->config.file.local;
    const char *home = getenv("FLINK_HOME");
    struct local_config c = {
        .data_dir = d->config.data_directory,
        .flink_homes = d->config.file.flink_homes,
        .flink_home = str_of(home),
        .java = s->java,
        .user = s->user,
        .storage_uri = d->config.file.storage_base_uri,
        .max_concurrent_starts = s->max_concurrent_starts,
        .port_first = s->port_first,
        .port_last = s->port_last,
        .logs_kept = s->kept_logs,
        .quick_start = (int)quick_start_of(s->quick_start),
        .class_data_sharing = !s->no_class_data_sharing,
    };
    if (local_new(&c, &d->app.loop, &d->local, e) < 0)
        return -1;
    if (local_notice(d->local).len > 0)
        log_record(LOG_WARN, wall_now(d), local_notice(d->local), NULL, 0);
    d->app.platform = local_platform(d->local);
    d->app.settings.flink_versions = local_versions(d->local, d->app.arena);
    return 0;
}

static int open_parts(struct daemon_parts *d, struct err *e)
{
    struct app *app = &d->app;
    if (make_directory(d->config.data_directory, e) < 0)
        return -1;
    app->loop = loop_uv_new();
    app->clock = clock_system();
    app->started_at = app_wall_us(app);
    d->http = http_client_new(&app->loop);
    d->flink = flink_rest_new(d->http, app->loop);
    app->flink = flink_rest_port(d->flink);
    d->snapshots = snapshots_file_new(app->loop);
    app->snapshots = snapshots_file_port(d->snapshots);
    struct store_sqlite_options store = {.directory = d->config.data_directory.ptr,
                                         .loop = app->loop};
    struct artifacts_options artifacts = {
        .directory = arena_fmt(app->arena, "%s/artifacts", d->config.data_directory.ptr).ptr,
        .loop = app->loop,
        .http = &d->http,
    };
    if (store_sqlite_open(&store, &app->store, e) < 0 ||
        artifacts_open(&artifacts, &app->artifacts, e) < 0 || open_local(d, e) < 0)
        return -1;
    app->env.storage_base_uri = d->config.file.storage_base_uri;
    app->settings.data_directory = d->config.data_directory;
    app->settings.version = STR(SLUICE_VERSION);
    app->settings.rate_per_second = d->config.file.rate.per_second;
    app->settings.rate_burst = d->config.file.rate.burst;
    return registry_load(app, e);
}

static void on_signal(void *arg, int signo)
{
    struct daemon_parts *d = arg;
    (void)signo;
    if (d->stopping)
        return;
    d->stopping = true;
    log_record(LOG_INFO, wall_now(d), STR("ending; the jobs run on"), NULL, 0);
    d->server.ops->stop(d->server.ctx);
}

static void on_server_stopped(void *arg)
{
    struct daemon_parts *d = arg;
    d->app.loop.ops->stop(d->app.loop.ctx);
}

static void on_request(void *arg, const struct http_request *request)
{
    struct daemon_parts *d = arg;
    api_handle(d->api, request);
}

static void on_jars_timer(void *arg)
{
    struct daemon_parts *d = arg;
    jars_keep_needed(&d->app);
    d->app.loop.ops->timer_arm(d->jars_timer, JARS_EVERY_US);
}

static int serve(struct daemon_parts *d, struct err *e)
{
    d->jars_timer = d->app.loop.ops->timer_new(d->app.loop.ctx, on_jars_timer, d);
    d->app.loop.ops->timer_arm(d->jars_timer, 0);
    d->api = api_new(&d->app, d->config.file.defaults);
    struct http_server_config c = {
        .loop = &d->app.loop,
        .host = d->config.listen_host,
        .port = d->config.listen_port,
        .handler = on_request,
        .arg = d,
        .on_stopped = on_server_stopped,
    };
    d->app.loop.ops->on_signal(d->app.loop.ctx, on_signal, d);
    if (http_server_new(&c, &d->server, e) < 0)
        return -1;
    api_set_server(d->api, d->server);
    /* The descriptor, not stdio's buffer: whoever waits for the line reads a pipe. */
    printf("sluiced ready url=http://%.*s:%d\n", STR_ARG(d->config.listen_host),
           d->server.ops->port(d->server.ctx));
    fflush(stdout);
    d->app.loop.ops->run(d->app.loop.ctx);
    return 0;
}

/* Whatever is still under way is left to the next start: that is what the store is for. */
static void close_parts(struct daemon_parts *d)
{
    if (d->app.store.ops)
        d->app.store.ops->close(d->app.store.ctx);
}

/* LIMIT_CONNECTIONS and the calls to Flink need more descriptors than the usual soft limit. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct daemon_parts *d = mem_alloc(sizeof(*d));
    d->app.arena = arena_new();
    int done = config_read(d->app.arena, argc, argv, SLUICE_VERSION, &d->config, &e);
    if (done < 0) {
        fprintf(stderr, "sluiced: %s\n", e.text);
        return 2;
    }
    if (done > 0)
        return 0;
    raise_descriptor_limit();
    slice_short();
    log_setup(d->config.log_format, LOG_INFO);
    if (open_parts(d, &e) < 0 || serve(d, &e) < 0) {
        fprintf(stderr, "sluiced: %s\n", e.text);
        close_parts(d);
        return 1;
    }
    close_parts(d);
    return 0;
}
