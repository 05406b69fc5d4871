/* config.yaml of one cluster: our defaults, over them the user's keys, over them the keys that are
 * Sluice's. One file serves both processes, and Flink 1.20 as well as 2.x. */
#include "adapt/local/internal.h"

#include <inttypes.h>
#include <stdlib.h>

#define KEYS_MOST (LIMIT_MAP_ENTRIES + 128U)

struct key {
    const char *key;
    const char *value;
};

/* What the user may say otherwise. */
static const struct key defaults[] = {
    /* A TaskManager whose JobManager died stops processing within the time-out, sooner when its
     * port answers with a reset; a loaded two-core machine does not lose one by it. */
    {"heartbeat.interval", "2s"},
    {"heartbeat.timeout", "15s"},
    /* A TaskManager that was there before its JobManager would wait 10 s for its second try. */
    {"cluster.registration.error-delay", "200ms"},
    {"cluster.registration.initial-timeout", "100ms"},
    {"cluster.registration.refused-registration-delay", "1s"},
    {"web.checkpoints.history", "50"},
};

/* What the protocol stands on. */
static const struct key owned[] = {
    {"jobmanager.rpc.address", "127.0.0.1"},
    {"jobmanager.bind-host", "127.0.0.1"},
    {"rest.address", "127.0.0.1"},
    {"rest.bind-address", "127.0.0.1"},
    {"taskmanager.host", "127.0.0.1"},
    {"taskmanager.bind-host", "127.0.0.1"},
    {"taskmanager.rpc.port", "0"},
    {"taskmanager.data.port", "0"},
    {"high-availability.type", "NONE"}, /* a dead JobManager is the end of its attempt */
    {"web.submit.enable", "true"},
    {"rest.profiling.enabled", "false"},
    /* The final state of the job stays readable until we take the cluster down. Half a year:
     * Flink's scheduler refuses more than 21474835 s, and with it the start. */
    {"jobstore.expiration-time", "15552000"},
    /* One job is all that a cluster ever has. A file of it, Flink's default, is written by the very
     * thread that answers whether the job has ended. */
    {"jobstore.type", "Memory"},
    {"rest.async.store-duration", "1h"},
    /* What REST shows of jobs is hardly older than it says. */
    {"web.refresh-interval", "100"},
    /* What is asked of checkpoints is told as it is then: one that completed just before its job ended
     * and is not among its last statistics would never be restored. 0 = no cache. */
    {"rest.cache.checkpoint-statistics.timeout", "0ms"},
};

/* Keys of the user's that mean nothing here or would undo what is above. */
static const char *const dropped[] = {
    "high-availability",
    "jobmanager.rpc.",
    "rest.port",
    "rest.bind-port",
    "blob.server.port",
    "taskmanager.resource-id",
    "web.tmpdir",
    /* Already in the sizes of model/memory.h; Flink refuses sums that are said twice. */
    "taskmanager.memory.process.size",
    "taskmanager.memory.flink.size",
    "taskmanager.memory.managed.fraction",
    "taskmanager.memory.network.fraction",
    "taskmanager.memory.jvm-overhead.fraction",
    "jobmanager.memory.",
};

static void put(struct str_map *m, struct str key, struct str value)
{
    for (size_t i = 0; i < m->n; i++) {
        if (str_eq(m->items[i].key, key)) {
            m->items[i].value = value;
            return;
        }
    }
    if (m->n < KEYS_MOST)
        m->items[m->n++] = (struct str_pair){key, value};
}

static void put_keys(struct str_map *m, const struct key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put(m, str_of(keys[i].key), str_of(keys[i].value));
}

static bool is_dropped(struct str key)
{
    for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
        if (str_starts_with(key, str_of(dropped[i])))
            return true;
    return false;
}

static void put_map(struct str_map *m, struct str_map from, bool all)
{
    for (size_t i = 0; i < from.n; i++)
        if (all || !is_dropped(from.items[i].key))
            put(m, from.items[i].key, from.items[i].value);
}

static void put_own_place(struct arena *a, struct str_map *m, const struct cluster_plan *p)
{
    struct str rest = arena_fmt(a, "%" PRId64, p->lease.rest);
    put(m, STR("jobmanager.rpc.port"), arena_fmt(a, "%" PRId64, p->lease.rpc));
    put(m, STR("rest.port"), rest);
    put(m, STR("rest.bind-port"), rest);
    put(m, STR("blob.server.port"), arena_fmt(a, "%" PRId64, p->lease.blob));
    put(m, STR("taskmanager.numberOfTaskSlots"), arena_fmt(a, "%" PRId64, p->slots));
    put(m, STR("taskmanager.cpu.cores"),
        arena_fmt(a, "%" PRId64 ".%03" PRId64, p->taskmanager_cpu_milli / 1000,
                  p->taskmanager_cpu_milli % 1000));
    put(m, STR("io.tmp.dirs"), arena_fmt(a, "%.*s/tmp", STR_ARG(p->dir)));
    put(m, STR("web.tmpdir"), arena_fmt(a, "%.*s/tmp", STR_ARG(p->dir)));
    put(m, STR("web.upload.dir"), arena_fmt(a, "%.*s/upload", STR_ARG(p->dir)));
    put(m, STR("web.log.path"), arena_fmt(a, "%.*s/log/jobmanager.log", STR_ARG(p->dir)));
}

/* A double-quoted YAML scalar: nothing in it can be taken for anything but text. */
static void quote(struct buf *b, struct str s)
{
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            buf_fmt(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_fmt(b, "\\x%02x", c);
        else
            buf_add_char(b, (char)c);
    }
    buf_add_char(b, '"');
}

static int by_key(const void *x, const void *y)
{
    return str_cmp(((const struct str_pair *)x)->key, ((const struct str_pair *)y)->key);
}

struct str plan_config_yaml(struct arena *a, const struct cluster_plan *p)
{
    struct str_map m = {.items = ARENA_ARRAY(a, struct str_pair, KEYS_MOST)};
    put_keys(&m, defaults, sizeof(defaults) / sizeof(defaults[0]));
    put_map(&m, p->user, false);
    put_map(&m, memory_taskmanager_options(a, &p->taskmanager), true);
    put_keys(&m, owned, sizeof(owned) / sizeof(owned[0]));
    put_own_place(a, &m, p);
    qsort(m.items, m.n, sizeof(m.items[0]), by_key);
    struct buf b = {0};
    for (size_t i = 0; i < m.n; i++) {
        quote(&b, m.items[i].key);
        buf_add(&b, STR(": "));
        quote(&b, m.items[i].value);
        buf_add_char(&b, '\n');
    }
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}
