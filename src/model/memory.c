#include "model/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/flinkconf.h"

#define MIB      (INT64_C(1) << 20)
#define GIB      (INT64_C(1) << 30)
#define NO_LIMIT INT64_MAX

/* One part of a process. */
struct part {
    const char *key; /* of its own size */
    int64_t least;   /* known to work */
    int64_t want;    /* what Flink gives it when there is room */
    int64_t most;
    bool fixed; /* the user said so: least = want = most */
    int64_t size;
};

struct model {
    const struct str_map *configuration;
    const char *pointer; /* of the process size */
    int64_t process;
    struct err *e;
};

static int bad_option(const struct model *m, const char *key, const char *expected)
{
    struct buf pointer = {0};
    buf_fmt(&pointer, "/spec/template/spec/flinkConfiguration/%s", key);
    int r = err_at(m->e, ERR_INVALID, buf_str(&pointer), "%s must be %s", key, expected);
    buf_fini(&pointer);
    return r;
}

/* Leaves *ret as it is when the option is not set; *found says whether it is. */
static int read_size(const struct model *m, const char *key, int64_t *ret, bool *found)
{
    struct str text;
    *found = str_map_get(m->configuration, str_of(key), &text);
    if (!*found || (flink_memory_parse(text, ret) && *ret <= 1024 * 1024 * GIB))
        return 0;
    return bad_option(m, key, "a size such as 512m");
}

static int read_fraction(const struct model *m, const char *key, double *ret)
{
    struct str text;
    char digits[32] = "";
    char *end = digits;
    if (!str_map_get(m->configuration, str_of(key), &text))
        return 0;
    text = str_trim(text);
    double value = NAN;
    if (text.len > 0 && text.len < sizeof(digits)) {
        memcpy(digits, text.ptr, text.len);
        digits[text.len] = '\0';
        value = strtod(digits, &end);
    }
    if (*end != '\0' || !(value >= 0 && value < 1))
        return bad_option(m, key, "a fraction from 0 to less than 1");
    *ret = value;
    return 0;
}

static int read_fixed(const struct model *m, struct part *p)
{
    int64_t size;
    if (read_size(m, p->key, &size, &p->fixed) < 0)
        return -1;
    if (p->fixed)
        p->least = p->want = p->most = size;
    return 0;
}

static int64_t clamp(int64_t n, int64_t least, int64_t most)
{
    return n < least ? least : n > most ? most : n;
}

/* A part that Flink sizes as a share of `whole` between a least and a most. */
struct share {
    const char *fraction_key;
    const char *least_key;
    const char *most_key;
    double fraction;
    int64_t least; /* Flink's own, which small processes may go below */
    int64_t most;
};

static int read_share(const struct model *m, const struct share *s, int64_t whole, struct part *p)
{
    double fraction = s->fraction;
    int64_t least = s->least;
    int64_t most = s->most;
    bool least_set;
    bool most_set;
    if (read_fraction(m, s->fraction_key, &fraction) < 0 ||
        read_size(m, s->least_key, &least, &least_set) < 0 ||
        read_size(m, s->most_key, &most, &most_set) < 0)
        return -1;
    if (least_set && !most_set && most < least)
        most = least;
    if (most_set && !least_set && least > most)
        least = most;
    if (least > most)
        return bad_option(m, s->least_key, "at most the maximum");
    int64_t want = whole > 0 ? (int64_t)((double)whole * fraction) : 0;
    p->want = clamp(want, least, most);
    p->most = most_set ? most : NO_LIMIT;
    if (least_set || p->least > p->want)
        p->least = least_set ? least : p->want;
    p->fixed = least_set && least == most;
    return 0;
}

static int too_small(const struct model *m, const struct part *parts, size_t n, int64_t needed)
{
    char list[300];
    size_t at = 0;
    list[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const char *name = strstr(parts[i].key, "memory.") + strlen("memory.");
        int more = snprintf(list + at, sizeof(list) - at, "%s%s %" PRId64 "m", i ? ", " : "", name,
                            (parts[i].least + MIB - 1) / MIB);
        at += more > 0 && at + (size_t)more < sizeof(list) ? (size_t)more : 0;
    }
    return err_at(m->e, ERR_INVALID, str_of(m->pointer),
                  "%" PRId64 " bytes are too few: at least %" PRId64 " are needed (in MiB: %s)",
                  m->process, needed, list);
}

/* Sizes the parts so that they fill the process. parts[0] takes what is left over; when the user
 * fixed it, parts[1] does, up to its most. *unused is what then remains. */
static int fit(const struct model *m, struct part *parts, size_t n, int64_t *unused, bool *shrunk)
{
    int64_t least = 0;
    int64_t want = 0;
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        least += parts[i].least;
        want += parts[i].want;
    }
    if (least > m->process)
        return too_small(m, parts, n, least);
    *shrunk = want > m->process;
    for (size_t i = 0; i < n; i++) {
        parts[i].size = parts[i].want;
        if (*shrunk)
            parts[i].size =
                parts[i].least + (int64_t)((double)(parts[i].want - parts[i].least) *
                                           (double)(m->process - least) / (double)(want - least));
        sum += parts[i].size;
    }
    int64_t left = m->process - sum;
    for (size_t i = 0; i < 2 && left > 0; i++) {
        int64_t more = clamp(left, 0, parts[i].most - parts[i].size);
        parts[i].size += more;
        left -= more;
    }
    *unused = left;
    return 0;
}

static int read_outside(const struct model *m, const struct share *overhead_share,
                        struct part *metaspace, struct part *overhead)
{
    if (read_fixed(m, metaspace) < 0)
        return -1;
    return read_share(m, overhead_share, m->process, overhead);
}

int memory_jobmanager(int64_t process, const struct str_map *configuration,
                      struct memory_jobmanager *ret, struct err *e)
{
    enum { HEAP, OVERHEAD, OFF_HEAP, METASPACE, PARTS };
    const struct share overhead = {"jobmanager.memory.jvm-overhead.fraction",
                                   "jobmanager.memory.jvm-overhead.min",
                                   "jobmanager.memory.jvm-overhead.max",
                                   0.1,
                                   192 * MIB,
                                   GIB};
    struct part parts[PARTS] = {
        [HEAP] = {"jobmanager.memory.heap.size", 128 * MIB, 256 * MIB, NO_LIMIT, false, 0},
        [OVERHEAD] = {"jobmanager.memory.jvm-overhead", 64 * MIB, 0, 0, false, 0},
        [OFF_HEAP] = {"jobmanager.memory.off-heap.size", 64 * MIB, 128 * MIB, 0, false, 0},
        [METASPACE] = {"jobmanager.memory.jvm-metaspace.size", 128 * MIB, 256 * MIB, 0, false, 0},
    };
    struct model m = {configuration, "/spec/template/spec/resources/jobmanager/memory", process, e};
    int64_t unused;
    bool shrunk;
    if (read_fixed(&m, &parts[HEAP]) < 0 || read_fixed(&m, &parts[OFF_HEAP]) < 0 ||
        read_outside(&m, &overhead, &parts[METASPACE], &parts[OVERHEAD]) < 0 ||
        fit(&m, parts, PARTS, &unused, &shrunk) < 0)
        return -1;
    *ret = (struct memory_jobmanager){
        .process = process,
        .heap = parts[HEAP].size,
        .off_heap = parts[OFF_HEAP].size,
        .metaspace = parts[METASPACE].size,
        .overhead = parts[OVERHEAD].size,
        .unused = unused,
        .shrunk = shrunk,
    };
    return 0;
}

enum {
    TASK_HEAP,
    NETWORK,
    MANAGED,
    FRAMEWORK_HEAP,
    FRAMEWORK_OFF_HEAP,
    TASK_OFF_HEAP,
    METASPACE,
    OVERHEAD,
    PARTS,
};

/* Managed memory is a share of Flink's own memory unless its size is given. */
static int read_managed(const struct model *m, int64_t flink, struct part *managed)
{
    double fraction = 0.4;
    if (read_fixed(m, managed) < 0 ||
        read_fraction(m, "taskmanager.memory.managed.fraction", &fraction) < 0)
        return -1;
    if (!managed->fixed)
        managed->want = flink > 0 ? (int64_t)((double)flink * fraction) : 0;
    return 0;
}

static int read_taskmanager(const struct model *m, struct part *parts)
{
    const struct share overhead = {"taskmanager.memory.jvm-overhead.fraction",
                                   "taskmanager.memory.jvm-overhead.min",
                                   "taskmanager.memory.jvm-overhead.max",
                                   0.1,
                                   192 * MIB,
                                   GIB};
    const struct share network = {"taskmanager.memory.network.fraction",
                                  "taskmanager.memory.network.min",
                                  "taskmanager.memory.network.max",
                                  0.1,
                                  64 * MIB,
                                  NO_LIMIT};
    if (read_outside(m, &overhead, &parts[METASPACE], &parts[OVERHEAD]) < 0)
        return -1;
    int64_t flink = m->process - parts[METASPACE].want - parts[OVERHEAD].want;
    if (read_share(m, &network, flink, &parts[NETWORK]) < 0 ||
        read_managed(m, flink, &parts[MANAGED]) < 0 || read_fixed(m, &parts[TASK_HEAP]) < 0 ||
        read_fixed(m, &parts[FRAMEWORK_HEAP]) < 0 ||
        read_fixed(m, &parts[FRAMEWORK_OFF_HEAP]) < 0 || read_fixed(m, &parts[TASK_OFF_HEAP]) < 0)
        return -1;
    return 0;
}

int memory_taskmanager(int64_t process, const struct str_map *configuration,
                       struct memory_taskmanager *ret, struct err *e)
{
    /* The least of each is what real Flink 1.20 and 2.3 were seen to run a stateful job with. */
    struct part parts[PARTS] = {
        [TASK_HEAP] = {"taskmanager.memory.task.heap.size", 96 * MIB, 128 * MIB, NO_LIMIT, false,
                       0},
        [NETWORK] = {"taskmanager.memory.network", 16 * MIB, 0, 0, false, 0},
        [MANAGED] = {"taskmanager.memory.managed.size", 0, 0, 0, false, 0},
        [FRAMEWORK_HEAP] = {"taskmanager.memory.framework.heap.size", 32 * MIB, 128 * MIB, 0, false,
                            0},
        [FRAMEWORK_OFF_HEAP] = {"taskmanager.memory.framework.off-heap.size", 32 * MIB, 128 * MIB,
                                0, false, 0},
        [TASK_OFF_HEAP] = {"taskmanager.memory.task.off-heap.size", 0, 0, 0, false, 0},
        [METASPACE] = {"taskmanager.memory.jvm-metaspace.size", 128 * MIB, 256 * MIB, 0, false, 0},
        [OVERHEAD] = {"taskmanager.memory.jvm-overhead", 64 * MIB, 0, 0, false, 0},
    };
    struct model m = {configuration, "/spec/template/spec/resources/taskmanager/memory", process,
                      e};
    int64_t unused;
    bool shrunk;
    if (read_taskmanager(&m, parts) < 0 || fit(&m, parts, PARTS, &unused, &shrunk) < 0)
        return -1;
    *ret = (struct memory_taskmanager){
        .process = process,
        .framework_heap = parts[FRAMEWORK_HEAP].size,
        .task_heap = parts[TASK_HEAP].size,
        .managed = parts[MANAGED].size,
        .framework_off_heap = parts[FRAMEWORK_OFF_HEAP].size,
        .task_off_heap = parts[TASK_OFF_HEAP].size,
        .network = parts[NETWORK].size,
        .metaspace = parts[METASPACE].size,
        .overhead = parts[OVERHEAD].size,
        .unused = unused,
        .shrunk = shrunk,
    };
    return 0;
}

struct str_map memory_taskmanager_options(struct arena *a, const struct memory_taskmanager *m)
{
    const struct {
        const char *key;
        int64_t bytes;
    } rows[] = {
        {"taskmanager.memory.framework.heap.size", m->framework_heap},
        {"taskmanager.memory.framework.off-heap.size", m->framework_off_heap},
        {"taskmanager.memory.jvm-metaspace.size", m->metaspace},
        {"taskmanager.memory.jvm-overhead.max", m->overhead},
        {"taskmanager.memory.jvm-overhead.min", m->overhead},
        {"taskmanager.memory.managed.size", m->managed},
        {"taskmanager.memory.network.max", m->network},
        {"taskmanager.memory.network.min", m->network},
        {"taskmanager.memory.task.heap.size", m->task_heap},
        {"taskmanager.memory.task.off-heap.size", m->task_off_heap},
    };
    size_t n = sizeof(rows) / sizeof(rows[0]);
    struct str_map map = {ARENA_ARRAY(a, struct str_pair, n), n};
    for (size_t i = 0; i < n; i++)
        map.items[i] =
            (struct str_pair){str_of(rows[i].key), arena_fmt(a, "%" PRId64 "b", rows[i].bytes)};
    return map;
}
