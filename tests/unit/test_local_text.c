/* The pure parts of the local target: records, configuration, command lines, causes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "adapt/local/internal.h"
#include "model/flinkconf.h"

static struct arena *a;

static int open_arena(void **state)
{
    (void)state;
    a = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static void assert_has(struct str text, const char *part)
{
    if (!str_contains(text, str_of(part)))
        print_error("no \"%s\" in:\n%.*s\n", part, STR_ARG(text));
    assert_true(str_contains(text, str_of(part)));
}

static void a_record_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct pid_record r = {"boot-1", {17, 123456}, {18, 123457}};
    struct pid_record back;
    struct buf b = {0};
    pid_record_write(&b, &r);
    assert_true(pid_record_read(buf_str(&b), &back));
    assert_string_equal(back.boot, "boot-1");
    assert_int_equal(back.shim.pid, 17);
    assert_int_equal(back.java.start, 123457);
    /* A crash can leave any beginning of it behind: none of them is a record. */
    for (size_t n = 0; n < b.len; n++)
        assert_false(pid_record_read(str_take(buf_str(&b), n), &back));
    buf_fini(&b);
    assert_false(pid_record_read(STR("boot x\nshim -1 2\njava 3 4\n"), &back));
    assert_false(pid_record_read(STR("boot x\nshim 1 2\nperl 3 4\n"), &back));
}

static struct cluster_plan plan(struct str_map user)
{
    struct cluster_plan p = {.deployment = STR("0f7d2c1e-1111"), .attempt = 3, .user = user};
    p.dir = STR("/data/c/3");
    p.java = STR("/usr/bin/java");
    p.lease = (struct lease){21001, 21002, 21003, 2};
    p.slots = 2;
    p.taskmanager_cpu_milli = 1500;
    p.jobmanager = (struct memory_jobmanager){.heap = 400, .metaspace = 200};
    p.taskmanager = (struct memory_taskmanager){.framework_heap = 10,
                                                .task_heap = 20,
                                                .framework_off_heap = 1,
                                                .task_off_heap = 2,
                                                .network = 4,
                                                .metaspace = 100};
    return p;
}

static void keys_of_sluice_win_over_the_users_and_those_over_defaults(void **state)
{
    (void)state;
    struct str_pair pairs[] = {
        {STR("heartbeat.timeout"), STR("60s")},
        {STR("high-availability"), STR("zookeeper")},
        {STR("jobmanager.rpc.port"), STR("6123")},
        {STR("pipeline.name"), STR("say \"hi\": #1\n")},
        {STR("rest.cache.checkpoint-statistics.timeout"), STR("10s")},
        {STR("rest.port"), STR("8081")},
        {STR("taskmanager.memory.process.size"), STR("1g")},
        {STR("web.upload.dir"), STR("/shared")},
    };
    struct cluster_plan p = plan((struct str_map){pairs, 8});
    struct str text = plan_config_yaml(a, &p);
    assert_has(text, "\"heartbeat.timeout\": \"60s\"\n");
    assert_has(text, "\"heartbeat.interval\": \"2s\"\n");
    assert_has(text, "\"high-availability.type\": \"NONE\"\n");
    assert_has(text, "\"jobmanager.rpc.port\": \"21001\"\n");
    assert_has(text, "\"rest.port\": \"21002\"\n");
    assert_has(text, "\"rest.cache.checkpoint-statistics.timeout\": \"0ms\"\n");
    assert_has(text, "\"web.upload.dir\": \"/data/c/3/upload\"\n");
    assert_has(text, "\"taskmanager.cpu.cores\": \"1.500\"\n");
    /* Text that YAML would take for more than text stays one value. */
    assert_has(text, "\"pipeline.name\": \"say \\\"hi\\\": #1\\x0a\"\n");
    assert_false(str_contains(text, STR("zookeeper")));
    assert_false(str_contains(text, STR("process.size")));
    assert_false(str_contains(text, STR("8081")));
}

static bool has_argument(char **v, const char *argument)
{
    for (; *v; v++)
        if (strcmp(*v, argument) == 0)
            return true;
    return false;
}

static void a_command_has_the_memory_and_the_users_options(void **state)
{
    (void)state;
    struct str_pair pairs[] = {
        {STR("env.java.opts.all"), STR("-Da=1 '-Db=two words'  -Dc=\"\"")},
        {STR("env.java.opts.jobmanager"), STR("-Donly=jm")},
    };
    struct cluster_plan p = plan((struct str_map){pairs, 2});
    p.quick_start = QUICK_JOBMANAGER;
    char **jm = plan_command(a, &p, STR("jobmanager"));
    assert_string_equal(jm[0], "/usr/bin/java");
    assert_true(has_argument(jm, "-Xmx400"));
    assert_true(has_argument(jm, "-XX:TieredStopAtLevel=1"));
    assert_true(has_argument(jm, "-XX:+UseSerialGC"));
    assert_true(has_argument(jm, "-Da=1"));
    assert_true(has_argument(jm, "-Db=two words"));
    assert_true(has_argument(jm, "-Dc="));
    assert_true(has_argument(jm, "-Donly=jm"));
    char **tm = plan_command(a, &p, plan_taskmanager_id(a, &p, 12));
    assert_true(has_argument(tm, "-Xmx30"));
    assert_true(has_argument(tm, "-XX:MaxDirectMemorySize=7"));
    assert_true(has_argument(tm, "taskmanager.resource-id=tm-0f7d2c1e-3-12"));
    assert_false(has_argument(tm, "-XX:TieredStopAtLevel=1"));
    assert_false(has_argument(tm, "-Donly=jm"));
    assert_int_equal(plan_taskmanager_number(STR("tm-0f7d2c1e-3-12")), 12);
    assert_int_equal(plan_taskmanager_number(STR("jobmanager")), 0);
}

static void who_chooses_a_collector_has_that_one_only(void **state)
{
    (void)state;
    struct str_pair pairs[] = {{STR("env.java.opts"), STR("-ea '-XX:+UseG1GC'")}};
    struct cluster_plan p = plan((struct str_map){pairs, 1});
    p.quick_start = QUICK_ALL;
    for (int i = 0; i < 2; i++) {
        char **v = plan_command(a, &p, i ? STR("jobmanager") : plan_taskmanager_id(a, &p, 1));
        assert_true(has_argument(v, "-XX:+UseG1GC"));
        assert_false(has_argument(v, "-XX:+UseSerialGC"));
        assert_true(has_argument(v, "-XX:TieredStopAtLevel=1"));
    }
}

static void options_of_the_jvm_may_not_undo_what_sluice_sets(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "-Dx=1 -XX:+UseG1GC  \t'-Dy=two words'",
        "--add-opens java.base/java.lang=ALL-UNNAMED -ea",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "-javaagent:/opt/agent.jar=port=9404",
    };
    static const char *const bad[] = {
        "-Xmx4g",      "-Dx=1 -Xms1g",     "-XX:MaxMetaspaceSize=1g", "-XX:MaxRAMPercentage=80",
        "-cp /x",      "org.example.Main", "@/tmp/arguments",         "-Dx=1 -",
        "--add-opens", "-Dlog.file=/x",    "'-jar' /x.jar",
    };
    struct str key = STR("env.java.opts.taskmanager");
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (flink_value_refused(key, str_of(good[i])))
            fail_msg("%s: %s", good[i], flink_value_refused(key, str_of(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (!flink_value_refused(key, str_of(bad[i])))
            fail_msg("%s", bad[i]);
    assert_null(flink_value_refused(STR("pipeline.name"), STR("-Xmx4g")));
    struct buf many = {0};
    for (int i = 0; i <= JAVA_OPTIONS_MOST; i++)
        buf_add(&many, STR(" -ea"));
    assert_non_null(flink_value_refused(key, buf_str(&many)));
    buf_fini(&many);
}

static void a_thousand_options_do_not_push_out_the_program(void **state)
{
    (void)state;
    char many[4000];
    for (size_t i = 0; i + 2 < sizeof(many); i += 2)
        memcpy(many + i, "x ", 3);
    struct str_pair pairs[] = {{STR("env.java.opts.all"), str_of(many)}};
    struct cluster_plan p = plan((struct str_map){pairs, 1});
    char **tm = plan_command(a, &p, STR("tm-0f7d2c1e-3-1"));
    assert_true(has_argument(tm, "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"));
    assert_true(has_argument(tm, "taskmanager.resource-id=tm-0f7d2c1e-3-1"));
}

static void loggers_cannot_add_properties(void **state)
{
    (void)state;
    struct str_pair loggers[] = {{STR("org.x"), STR("DEBUG")},
                                 {STR("evil"), STR("INFO\nappender.x.type = Socket")}};
    struct cluster_plan p = plan((struct str_map){0});
    p.loggers = (struct str_map){loggers, 2};
    struct str text = plan_log4j(a, &p);
    assert_has(text, "name = org.x\n");
    assert_has(text, "level = DEBUG\n");
    assert_has(text, "rootLogger.level = INFO\n");
    assert_false(str_contains(text, STR("Socket")));
    p.log_template = STR("<Configuration/>");
    assert_string_equal(plan_log4j_name(&p), "log4j.xml");
}

static void a_cause_is_the_deepest_line(void **state)
{
    (void)state;
    struct str none = {0};
    struct str log = STR("2026 INFO  x - fine\n"
                         "2026 ERROR x - Could not start cluster entrypoint.\n"
                         "java.lang.RuntimeException: outer\n\tat a.b(C.java:1)\n"
                         "Caused by: java.io.IOException: disk\n\t... 2 more\n");
    assert_has(cause_of(a, log, none, STR("exit 1")), "java.io.IOException: disk (exit 1)");
    assert_has(cause_of(a, none, STR("Error: no main class\n"), STR("exit 1")), "no main class");
    assert_has(cause_of(a, none, none, STR("signal 9")), "signal 9");
    assert_has(cause_of(a, none, none, none), "without an exit status");
}

static void who_was_killed_is_said_to_be_killed(void **state)
{
    (void)state;
    struct str none = {0};
    struct str quiet =
        STR("2026 INFO  x.y - Completed checkpoint 7\n"
            "2026 INFO  x.y - Exception handlers are set, java.lang.Exception: no\n");
    struct str out = STR("hello\n");
    assert_true(str_eq(cause_of(a, quiet, out, STR("signal 9")), STR("signal 9 (SIGKILL)")));
    assert_true(str_eq(cause_of(a, quiet, out, STR("exit 143")), STR("exit 143")));
    assert_true(str_eq(cause_of(a, none, out, STR("signal 11")), STR("signal 11 (SIGSEGV)")));
    assert_true(str_eq(cause_of(a, none, out, STR("signal 4000")), STR("signal 4000")));
    /* An error that it lived through is not why it ended, but may help. */
    struct str hurt = STR("2026 ERROR x.y - disk is slow\n2026 INFO  x.y - goes on\n");
    struct str text = cause_of(a, hurt, none, STR("signal 9"));
    assert_true(str_starts_with(text, STR("signal 9 (SIGKILL); the last error before: ")));
    assert_has(text, "disk is slow");
    /* What dies before it has a log has only its output. */
    assert_has(cause_of(a, none, STR("no room for the heap\n"), STR("exit 1")), "no room");
}

static void a_taken_port_is_told_apart(void **state)
{
    (void)state;
    struct str none = {0};
    struct str log = STR("Caused by: java.net.BindException: Could not start rest endpoint\n"
                         "2026 INFO x - Terminating\n");
    assert_true(str_starts_with(cause_of(a, log, none, STR("exit 1")), STR("port taken: ")));
    log = STR("2026 ERROR NettyTransport - failed to bind to host:127.0.0.1 port:3\n");
    assert_true(str_starts_with(cause_of(a, log, none, STR("exit 1")), STR("port taken: ")));
}

static void ports_are_leased_once(void **state)
{
    (void)state;
    struct ports p;
    struct err e = {0};
    int64_t x[3];
    int64_t y[3];
    ports_init(&p, 27400, 27407);
    assert_int_equal(ports_lease(&p, x, 3, &e), 0);
    assert_int_equal(ports_lease(&p, y, 3, &e), 0);
    for (size_t i = 0; i < 9; i++)
        assert_int_not_equal(x[i / 3], y[i % 3]);
    /* Two are left: three are refused, and the two are still there. */
    assert_int_equal(ports_lease(&p, y, 3, &e), -1);
    assert_true(strstr(e.text, "no free port") != NULL);
    assert_int_equal(ports_lease(&p, y, 2, &e), 0);
    ports_mark(&p, x[1], false);
    assert_int_equal(ports_lease(&p, y, 1, &e), 0);
    assert_int_equal(y[0], x[1]);
    ports_fini(&p);
}

/* A standby must not cost the running job its memory. */
static void what_is_free_is_read_as_the_kernel_says_it(void **state)
{
    (void)state;
    int64_t free = 0;
    assert_true(room_of_machine(STR("MemTotal:       24684912 kB\nMemFree:  17 kB\n"
                                    "MemAvailable:   20499456 kB\nBuffers: 1 kB\n"),
                                &free));
    assert_int_equal(free, 20499456LL * 1024);
    assert_false(room_of_machine(STR("MemTotal:       24684912 kB\n"), &free));
    assert_false(room_of_machine(STR("MemAvailable:   much kB\n"), &free));
    assert_false(room_of_machine(STR(""), &free));
    assert_true(room_of_cgroup(STR("1000000\n"), STR("700000\n"),
                               STR("anon 5\ninactive_file 200000\n"), &free));
    assert_int_equal(free, 500000);
    assert_true(room_of_cgroup(STR("1000000\n"), STR("700000\n"), STR("anon 5\n"), &free));
    assert_int_equal(free, 300000);
    assert_false(room_of_cgroup(STR("max\n"), STR("700000\n"), STR(""), &free));
    assert_false(room_of_cgroup(STR("1000000\n"), STR(""), STR(""), &free));
}

static void what_does_not_fit_beside_is_refused_with_the_numbers(void **state)
{
    (void)state;
    struct err e = {0};
    struct local l = {.proc = "/proc"};
    struct cluster_plan p = {.lease = {.taskmanagers = 2}};
    p.jobmanager.process = p.taskmanager.process = 1;
    assert_int_equal(room_check(&l, a, &p, &e), 0);
    p.taskmanager.process = INT64_C(1) << 50;
    assert_int_equal(room_check(&l, a, &p, &e), -1);
    assert_true(strstr(e.text, "it needs 2147483648 MiB beside what runs, and ") != NULL);
    l.proc = "/nowhere"; /* nobody can tell: then it is not risked */
    p.taskmanager.process = 1;
    assert_int_equal(room_check(&l, a, &p, &e), -1);
    assert_string_equal(e.text, "how much memory is free cannot be told");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_read_as_it_was_written),
        cmocka_unit_test(keys_of_sluice_win_over_the_users_and_those_over_defaults),
        cmocka_unit_test(a_command_has_the_memory_and_the_users_options),
        cmocka_unit_test(who_chooses_a_collector_has_that_one_only),
        cmocka_unit_test(options_of_the_jvm_may_not_undo_what_sluice_sets),
        cmocka_unit_test(a_thousand_options_do_not_push_out_the_program),
        cmocka_unit_test(loggers_cannot_add_properties),
        cmocka_unit_test(a_cause_is_the_deepest_line),
        cmocka_unit_test(who_was_killed_is_said_to_be_killed),
        cmocka_unit_test(a_taken_port_is_told_apart),
        cmocka_unit_test(ports_are_leased_once),
        cmocka_unit_test(what_is_free_is_read_as_the_kernel_says_it),
        cmocka_unit_test(what_does_not_fit_beside_is_refused_with_the_numbers),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
