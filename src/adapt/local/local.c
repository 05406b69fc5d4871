#include "adapt/local/local.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "adapt/local/internal.h"
#include "base/timefmt.h"
#include "base/uuid.h"

static const char bad_id[] = "not an id of a Deployment";

/* --- operations, from the port to the pool and back --- */

static void tell_result(struct operation *o)
{
    struct platform_result r = {o->result.outcome, o->result.text, o->result.jar_id};
    o->on_result(o->arg, &r);
}

static struct operation *result_operation(struct local *l, struct str deployment, int64_t attempt,
                                          void (*fn)(void *arg, const struct platform_result *r),
                                          void *arg)
{
    struct operation *o = operation_new(l, deployment, attempt);
    o->on_result = fn;
    o->arg = arg;
    o->done = tell_result;
    return o;
}

static void submit_checked(struct operation *o)
{
    if (deployment_id_is_safe(o->deployment) && o->attempt >= 0)
        operation_submit(o);
    else
        operation_refuse(o, bad_id);
}

static void refuse_inventory(struct operation *o)
{
    o->inventory.outcome = OUTCOME_REFUSED;
    o->inventory.text = str_of(bad_id);
}

static void tell_inventory(struct operation *o)
{
    inventory_add_waiting(o);
    o->on_inventory(o->arg, &o->inventory);
}

static void op_inventory(void *ctx, struct str deployment_id,
                         void (*fn)(void *arg, const struct platform_inventory *i), void *arg)
{
    struct operation *o = operation_new(ctx, deployment_id, 0);
    o->run = deployment_id_is_safe(o->deployment) ? inventory_run : refuse_inventory;
    o->done = tell_inventory;
    o->on_inventory = fn;
    o->arg = arg;
    operation_submit(o);
}

static void provision_done(struct operation *o)
{
    starts_ran(o);
    tell_result(o);
}

static void op_provision(void *ctx, const struct platform_cluster_spec *spec,
                         void (*fn)(void *arg, const struct platform_result *r), void *arg)
{
    struct local *l = ctx;
    struct err e = {0};
    struct operation *o = result_operation(l, spec->deployment_id, spec->attempt, fn, arg);
    if (!deployment_id_is_safe(o->deployment) || o->attempt < 0) {
        operation_refuse(o, bad_id);
    } else if (start_request_fill(o->a, &l->config, spec, &o->request, &e) < 0) {
        operation_refuse(o, e.text);
    } else {
        o->run = provision_run;
        o->done = provision_done;
        starts_enter(o);
    }
}

/* NOLINTNEXTLINE(readability-function-size): the port has these parameters */
static void op_deliver(void *ctx, struct str deployment_id, int64_t attempt, struct str incarnation,
                       const struct platform_artifact *jar,
                       void (*fn)(void *arg, const struct platform_result *r), void *arg)
{
    struct operation *o = result_operation(ctx, deployment_id, attempt, fn, arg);
    o->run = deliver_run;
    o->text = arena_str(o->a, incarnation);
    o->jar.path = arena_str(o->a, jar->path);
    o->jar.name = arena_str(o->a, jar->name);
    o->jar.sha256 = arena_str(o->a, jar->sha256);
    submit_checked(o);
}

static void teardown_done(struct operation *o)
{
    if (o->result.again)
        endings_add(o);
    if (o->result.untidy.len > 0)
        endings_tidy(o->l, o->result.untidy);
    if (o->on_result)
        tell_result(o);
}

static void op_teardown(void *ctx, struct str deployment_id, int64_t attempt,
                        void (*fn)(void *arg, const struct platform_result *r), void *arg)
{
    struct operation *o = result_operation(ctx, deployment_id, attempt, fn, arg);
    o->run = teardown_run;
    o->done = teardown_done;
    o->hard = o->l->config.stop_grace_us == 0;
    starts_drop(o->l, o->deployment, attempt);
    submit_checked(o);
}

/* NOLINTNEXTLINE(readability-function-size): the port has these parameters */
static void op_logs(void *ctx, struct str deployment_id, int64_t attempt, struct str process,
                    int64_t most_bytes, void (*fn)(void *arg, const struct platform_result *r),
                    void *arg)
{
    struct operation *o = result_operation(ctx, deployment_id, attempt, fn, arg);
    o->run = logs_run;
    o->text = arena_str(o->a, process);
    o->most = most_bytes;
    submit_checked(o);
}

static const struct platform_ops ops = {
    .inventory = op_inventory,
    .provision = op_provision,
    .deliver = op_deliver,
    .teardown = op_teardown,
    .logs = op_logs,
};

/* --- life --- */

static struct str beside_self(struct arena *a, const char *name)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    while (n > 0 && path[n - 1] != '/')
        n--;
    return n > 0 ? arena_fmt(a, "%.*s%s", (int)n, path, name) : arena_str(a, str_of(name));
}

static struct str default_cache(struct arena *a)
{
    const char *given = getenv("SLUICE_CACHE");
    const char *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (given && *given)
        return arena_str(a, str_of(given));
    if (xdg && *xdg)
        return arena_fmt(a, "%s/sluice", xdg);
    return arena_fmt(a, "%s/.cache/sluice", home && *home ? home : "/root");
}

static struct str absolute(struct arena *a, struct str path)
{
    char *real = realpath(arena_cstr(a, path), NULL);
    struct str result = arena_str(a, real ? str_of(real) : path);
    free(real);
    return result;
}

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

static void fill_config(struct local *l, const struct local_config *given)
{
    struct arena *a = l->arena;
    struct local_config *c = &l->config;
    *c = *given;
    c->data_dir = absolute(a, given->data_dir);
    c->flink_home = arena_str(a, given->flink_home);
    c->cache_dir = given->cache_dir.len ? arena_str(a, given->cache_dir) : default_cache(a);
    c->java = arena_str(a, given->java);
    c->shim = given->shim.len ? arena_str(a, given->shim) : beside_self(a, "sluice-shim");
    c->user = arena_str(a, given->user);
    c->storage_uri = arena_str(a, given->storage_uri);
    c->flink_homes.items = ARENA_ARRAY(a, struct str_pair, given->flink_homes.n);
    for (size_t i = 0; i < given->flink_homes.n; i++) {
        c->flink_homes.items[i].key = arena_str(a, given->flink_homes.items[i].key);
        c->flink_homes.items[i].value = arena_str(a, given->flink_homes.items[i].value);
    }
    int64_t cores = sysconf(_SC_NPROCESSORS_ONLN);
    c->max_concurrent_starts = or_default(given->max_concurrent_starts, cores > 3 ? cores / 2 : 1);
    c->port_first = or_default(given->port_first, 21000);
    c->port_last = or_default(given->port_last, 31999);
    c->stop_grace_us = or_default(given->stop_grace_us, 2 * US_PER_S);
    c->logs_kept = or_default(given->logs_kept, 5);
    c->quick_start = given->quick_start ? given->quick_start : QUICK_JOBMANAGER;
    l->proc = given->proc.len ? arena_cstr(a, given->proc) : "/proc";
}

static int read_data_id(struct local *l, struct err *e)
{
    struct str text;
    uint8_t random[16];
    char uuid[UUID_TEXT + 1];
    struct str path = arena_fmt(l->arena, "%.*s/data-id", STR_ARG(l->config.data_dir));
    switch (file_read(l->arena, path, 64, &text, e)) {
    case FILE_FAILED: return -1;
    case FILE_READ:
        l->data_id = str_trim(text);
        if (uuid_is_valid(l->data_id))
            return 0;
        return err_set(e, ERR_UNAVAILABLE, "%.*s does not hold a UUID", STR_ARG(path));
    case FILE_ABSENT: break;
    }
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return err_set(e, ERR_UNAVAILABLE, "no random numbers: %s", errno_text(errno));
    uuid_format(random, uuid);
    l->data_id = arena_str(l->arena, str_of(uuid));
    return file_write(l->arena, path, l->data_id, 0644, e);
}

/* The ports of every attempt that was not swept stay leased. */
static int mark_leases(struct local *l, struct err *e)
{
    struct arena *a = arena_new();
    struct str_list deployments = {0};
    int result = dir_list(a, l->clusters, &deployments, e) == FILE_FAILED ? -1 : 0;
    for (size_t i = 0; i < deployments.n && result == 0; i++) {
        int64_t *numbers;
        size_t n = 0;
        if (!deployment_id_is_safe(deployments.items[i]))
            continue;
        result = attempt_list(l, a, deployments.items[i], &numbers, &n, e);
        for (size_t j = 0; j < n && result == 0; j++) {
            struct attempt at;
            struct err ignored;
            /* What cannot be read makes the inventory of its deployment unknown, not the start of
             * the daemon; the bind test still keeps others off its ports while they are used. */
            if (attempt_read(l, a, deployments.items[i], numbers[j], &at, &ignored) < 0)
                continue;
            ports_mark(&l->ports, at.lease.rpc, true);
            ports_mark(&l->ports, at.lease.rest, true);
            ports_mark(&l->ports, at.lease.blob, true);
        }
    }
    arena_free(a);
    return result;
}

static int open_data(struct local *l, struct err *e)
{
    if (l->config.port_first > l->config.port_last || l->config.port_last > 65535)
        return err_set(e, ERR_INVALID, "local.ports: %" PRId64 "-%" PRId64 " is no range of ports",
                       l->config.port_first, l->config.port_last);
    if (boot_id_read(l->boot_id) < 0)
        return err_set(e, ERR_UNAVAILABLE, "cannot read the boot id: %s", errno_text(errno));
    if (access(arena_cstr(l->arena, l->config.shim), X_OK) < 0)
        return err_file(e, "use the shim", l->config.shim, errno);
    ports_init(&l->ports, l->config.port_first, l->config.port_last);
    l->clusters = arena_fmt(l->arena, "%.*s/clusters", STR_ARG(l->config.data_dir));
    if (read_data_id(l, e) < 0 || dir_make(l->clusters, 0755, e) < 0 || account_choose(l, e) < 0)
        return -1;
    return mark_leases(l, e);
}

int local_new(const struct local_config *config, const struct loop *loop, struct local **ret,
              struct err *e)
{
    struct local *l = mem_alloc(sizeof(*l));
    l->arena = arena_new();
    l->loop = loop;
    l->in_doubt = true; /* the last daemon may have died in the middle of a spawn */
    pthread_mutex_init(&l->lock, NULL);
    fill_config(l, config);
    if (open_data(l, e) < 0) {
        local_free(l);
        return err_wrap(e, "target local");
    }
    *ret = l;
    return 0;
}

static void local_destroy(struct local *l)
{
    if (l->ports.leased)
        ports_fini(&l->ports);
    arena_free(l->strays_arena);
    arena_free(l->arena);
    pthread_mutex_destroy(&l->lock);
    mem_free(l);
}

void local_pool(struct local *l, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    l->in_flight++;
    l->loop->ops->work(l->loop->ctx, work, done, arg);
}

void local_pool_end(struct local *l)
{
    if (--l->in_flight == 0 && l->closing)
        local_destroy(l);
}

void local_free(struct local *l)
{
    if (!l)
        return;
    l->closing = true;
    starts_close(l);
    endings_close(l);
    sharing_close(l);
    operations_close(l);
    if (l->in_flight == 0)
        local_destroy(l);
}

struct str local_notice(const struct local *l)
{
    return l->notice;
}

struct platform local_platform(struct local *l)
{
    return (struct platform){&ops, l};
}
