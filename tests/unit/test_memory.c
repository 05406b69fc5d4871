/* Flink's memory model: Flink's own numbers where there is room, small processes that start, and
 * what the user fixed left as it is. */
#include "story.h"

#include <stdio.h>

#include "model/flinkconf.h"
#include "model/memory.h"

#define MIB (INT64_C(1) << 20)

static const struct str_map nothing;

static struct str_map options(const char *const *pairs)
{
    struct str_map m = {0};
    for (; *pairs; pairs += 2)
        m = str_map_with(story_arena, &m, str_of(pairs[0]), str_of(pairs[1]));
    return m;
}
#define OPTIONS(...) options((const char *const[]){__VA_ARGS__, NULL})

static struct memory_taskmanager taskmanager(int64_t process, struct str_map configuration)
{
    struct memory_taskmanager m;
    struct err e = {0};
    if (memory_taskmanager(process, &configuration, &m, &e) < 0)
        fail_msg("%s: %s", e.pointer, e.text);
    return m;
}

static struct memory_jobmanager jobmanager(int64_t process, struct str_map configuration)
{
    struct memory_jobmanager m;
    struct err e = {0};
    if (memory_jobmanager(process, &configuration, &m, &e) < 0)
        fail_msg("%s: %s", e.pointer, e.text);
    return m;
}

static void the_parts_add_up_taskmanager(const struct memory_taskmanager *m, int64_t process)
{
    const int64_t parts[] = {m->framework_heap,     m->task_heap,     m->managed,
                             m->framework_off_heap, m->task_off_heap, m->network,
                             m->metaspace,          m->overhead,      m->unused};
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        assert_true(parts[i] >= 0);
        sum += parts[i];
    }
    assert_int_equal(sum, process);
    assert_int_equal(m->process, process);
}

/* The examples of Flink's documentation: 1728m and 1600m. */
static void ordinary_sizes_get_flinks_numbers(void **state)
{
    (void)state;
    struct memory_taskmanager t = taskmanager(1728 * MIB, nothing);
    assert_int_equal(t.network, 128 * MIB);
    assert_int_equal(t.managed, 512 * MIB);
    assert_int_equal(t.framework_heap + t.task_heap, 512 * MIB);
    assert_int_equal(t.framework_off_heap, 128 * MIB);
    assert_int_equal(t.metaspace, 256 * MIB);
    assert_int_equal(t.overhead, 192 * MIB);
    assert_false(t.shrunk);
    struct memory_jobmanager j = jobmanager(1600 * MIB, nothing);
    assert_int_equal(j.heap, 1024 * MIB);
    assert_int_equal(j.off_heap, 128 * MIB);
    assert_int_equal(j.metaspace, 256 * MIB);
    assert_int_equal(j.overhead, 192 * MIB);
    assert_false(j.shrunk);
    t = taskmanager(20480 * MIB, nothing);
    assert_int_equal(t.overhead, 1024 * MIB);
    assert_int_equal(t.network, (int64_t)(19200 * 0.1 * MIB));
}

static void the_smallest_of_vvp_start(void **state)
{
    (void)state;
    struct memory_taskmanager t = taskmanager(1000000000, nothing);
    assert_true(t.shrunk);
    assert_true(t.task_heap >= 96 * MIB);
    assert_true(t.framework_heap + t.task_heap >= 192 * MIB);
    assert_true(t.network >= 16 * MIB && t.metaspace >= 128 * MIB && t.managed > 0);
    struct memory_jobmanager j = jobmanager(500000000, nothing);
    assert_true(j.shrunk);
    assert_true(j.heap >= 128 * MIB && j.metaspace >= 128 * MIB);
    j = jobmanager(1000000000, nothing);
    assert_false(j.shrunk);
    assert_true(j.heap >= 350 * MIB);
}

static void every_size_adds_up_or_is_refused_with_the_numbers(void **state)
{
    (void)state;
    bool started_taskmanager = false;
    bool started_jobmanager = false;
    struct memory_taskmanager last = {0};
    struct memory_jobmanager last_jobmanager = {0};
    for (int64_t process = 1; process < 20000 * MIB; process += MIB / 3 + process / 999) {
        struct memory_taskmanager t;
        struct memory_jobmanager j;
        struct err e = {0};
        int r = memory_taskmanager(process, &nothing, &t, &e);
        assert_true(r == 0 || !started_taskmanager);
        if (r < 0) {
            assert_true(process < 368 * MIB);
            assert_non_null(strstr(e.text, "385875968"));
        } else {
            the_parts_add_up_taskmanager(&t, process);
            assert_int_equal(t.unused, 0);
            /* A little more for the process never takes much from a part: nothing jumps. */
            assert_true(!started_taskmanager || t.task_heap + 2 * MIB >= last.task_heap);
            assert_true(t.metaspace >= last.metaspace && t.network >= last.network);
            last = t;
        }
        started_taskmanager = started_taskmanager || r == 0;
        r = memory_jobmanager(process, &nothing, &j, &e);
        assert_true(r == 0 || !started_jobmanager);
        if (r == 0) {
            assert_true(j.heap >= 128 * MIB && j.off_heap >= 0 && j.metaspace >= 0);
            assert_true(j.overhead >= 0 && j.unused == 0);
            assert_int_equal(j.heap + j.off_heap + j.metaspace + j.overhead, process);
            assert_true(j.heap + 2 * MIB >= last_jobmanager.heap);
            last_jobmanager = j;
        }
        started_jobmanager = started_jobmanager || r == 0;
    }
    assert_true(started_taskmanager && started_jobmanager);
}

/* Every combination of options over a range of sizes: what was fixed is kept, the rest adds up. */
static void what_the_user_fixed_is_kept(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "taskmanager.memory.task.heap.size",
        "taskmanager.memory.managed.size",
        "taskmanager.memory.framework.heap.size",
        "taskmanager.memory.network.min",
        "taskmanager.memory.network.max",
        "taskmanager.memory.jvm-metaspace.size",
        "taskmanager.memory.jvm-overhead.fraction",
        "taskmanager.memory.managed.fraction",
        "taskmanager.memory.framework.off-heap.size",
        "taskmanager.memory.task.off-heap.size",
    };
    static const char *const values[] = {"200m", "100m", "64m", "32m", "48m",
                                         "160m", "0.2",  "0.1", "40m", "10m"};
    enum { KEYS = sizeof(keys) / sizeof(keys[0]) };
    size_t started = 0;
    for (unsigned mask = 0; mask < 1U << KEYS; mask++) {
        struct arena *a = arena_new();
        struct str_map m = {0};
        for (unsigned i = 0; i < KEYS; i++)
            if (mask & 1U << i)
                m = str_map_with(a, &m, str_of(keys[i]), str_of(values[i]));
        for (int64_t process = 300 * MIB; process <= 4000 * MIB; process += 37 * MIB) {
            struct memory_taskmanager t;
            struct err e;
            if (memory_taskmanager(process, &m, &t, &e) < 0) {
                assert_true(process < 900 * MIB);
                continue;
            }
            started++;
            the_parts_add_up_taskmanager(&t, process);
            assert_true(!(mask & 1U << 0) || t.task_heap == 200 * MIB);
            assert_true(!(mask & 1U << 1) || t.managed == 100 * MIB);
            assert_true(!(mask & 1U << 2) || t.framework_heap == 64 * MIB);
            assert_true(!(mask & 1U << 3) || t.network >= 32 * MIB);
            assert_true(!(mask & 1U << 4) || t.network <= 48 * MIB);
            assert_true(!(mask & 1U << 5) || t.metaspace == 160 * MIB);
            assert_true(!(mask & 1U << 8) || t.framework_off_heap == 40 * MIB);
            assert_true(t.task_off_heap == (mask & 1U << 9 ? 10 * MIB : 0));
            assert_true(t.unused == 0 || mask & 1U << 0);
        }
        arena_free(a);
    }
    assert_true(started > 90000);
}

static void what_is_left_over_goes_to_the_network_as_in_flink(void **state)
{
    (void)state;
    struct memory_taskmanager t =
        taskmanager(2000 * MIB, OPTIONS("taskmanager.memory.task.heap.size", "100m",
                                        "taskmanager.memory.managed.size", "0"));
    assert_int_equal(t.task_heap, 100 * MIB);
    assert_int_equal(t.network, (2000 - 256 - 200 - 128 - 128 - 100) * MIB);
    assert_int_equal(t.unused, 0);
    t = taskmanager(2000 * MIB, OPTIONS("taskmanager.memory.task.heap.size", "100m",
                                        "taskmanager.memory.managed.size", "0",
                                        "taskmanager.memory.network.max", "64m"));
    assert_int_equal(t.network, 64 * MIB);
    assert_int_equal(t.unused, (2000 - 256 - 200 - 128 - 128 - 100 - 64) * MIB);
}

static void impossible_options_are_refused_with_the_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *value;
        const char *pointer;
        const char *says;
    } cases[] = {
        {"taskmanager.memory.managed.size", "2g", "/spec/template/spec/resources/", "managed"},
        {"taskmanager.memory.task.heap.size", "900m", "/spec/template/spec/resources/",
         "task.heap.size 900m"},
        {"taskmanager.memory.network.min", "1g", "/spec/template/spec/resources/", "network 1024m"},
        {"taskmanager.memory.managed.size", "-1", "/spec/template/spec/flinkConfiguration/",
         "a size"},
        {"taskmanager.memory.managed.size", "9999999999t",
         "/spec/template/spec/flinkConfiguration/", "a size"},
        {"taskmanager.memory.managed.fraction", "1", "/spec/template/spec/flinkConfiguration/",
         "a fraction"},
        {"taskmanager.memory.managed.fraction", "nan", "/spec/template/spec/flinkConfiguration/",
         "a fraction"},
        {"taskmanager.memory.managed.fraction", "", "/spec/template/spec/flinkConfiguration/",
         "a fraction"},
        {"taskmanager.memory.network.fraction", "0.1x", "/spec/template/spec/flinkConfiguration/",
         "a fraction"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str_map m = OPTIONS(cases[i].key, cases[i].value);
        struct memory_taskmanager t;
        struct err e = {0};
        assert_int_equal(memory_taskmanager(1000000000, &m, &t, &e), -1);
        if (!strstr(e.pointer, cases[i].pointer) || !strstr(e.text, cases[i].says))
            fail_msg("%s: %s: %s", cases[i].key, e.pointer, e.text);
    }
    struct str_map m = OPTIONS("taskmanager.memory.jvm-overhead.min", "300m",
                               "taskmanager.memory.jvm-overhead.max", "200m");
    struct memory_taskmanager t;
    struct err e = {0};
    assert_int_equal(memory_taskmanager(2000 * MIB, &m, &t, &e), -1);
    assert_non_null(strstr(e.text, "at most the maximum"));
}

static void options_name_every_part_in_bytes(void **state)
{
    (void)state;
    struct memory_taskmanager t = taskmanager(1728 * MIB, nothing);
    struct str_map m = memory_taskmanager_options(story_arena, &t);
    assert_int_equal(m.n, 10);
    for (size_t i = 1; i < m.n; i++)
        assert_true(str_cmp(m.items[i - 1].key, m.items[i].key) < 0);
    assert_text(str_map_get_or(&m, STR("taskmanager.memory.network.max"), STR("")), "134217728b");
    assert_text(str_map_get_or(&m, STR("taskmanager.memory.network.min"), STR("")), "134217728b");
    for (size_t i = 0; i < m.n; i++) {
        int64_t bytes;
        assert_true(flink_memory_parse(m.items[i].value, &bytes));
    }
}

static void flinks_sizes_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = {
        {"1024", 1024},
        {"0", 0},
        {"7b", 7},
        {"2 k", 2048},
        {"512m", 512 * MIB},
        {"512MB", 512 * MIB},
        {"1 gb", 1024 * MIB},
        {" 64 mebibytes ", 64 * MIB},
        {"1t", 1048576 * MIB},
        {"3 bytes", 3},
    };
    static const char *const bad[] = {"", "m", "1.5g", "-1m", "1 x", "1g g", "99999999999999t"};
    int64_t bytes;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(flink_memory_parse(str_of(good[i].text), &bytes));
        assert_int_equal(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(flink_memory_parse(str_of(bad[i]), &bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(ordinary_sizes_get_flinks_numbers),
        STORY(the_smallest_of_vvp_start),
        STORY(every_size_adds_up_or_is_refused_with_the_numbers),
        STORY(what_the_user_fixed_is_kept),
        STORY(what_is_left_over_goes_to_the_network_as_in_flink),
        STORY(impossible_options_are_refused_with_the_numbers),
        STORY(options_name_every_part_in_bytes),
        STORY(flinks_sizes_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
