/* Starting: in line when there are many, never after the attempt's end was asked for, with what was
 * asked for on the class path. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "local_fake.h"

/* Files go after the end was told: the next cluster does not wait for that. */
static bool is_removed(void *arg)
{
    return !path_exists(*(struct str *)arg);
}

struct answer {
    int n;
    struct platform_result last;
};

static void on_answer(void *arg, const struct platform_result *r)
{
    struct answer *x = arg;
    x->n++;
    x->last.outcome = r->outcome;
}

static bool has_answered(void *arg)
{
    return ((struct answer *)arg)->n > 0;
}

static void starts_wait_in_line(void **state)
{
    (void)state;
    w.local->config.max_concurrent_starts = 1;
    java_is("-Dfake=mute");
    struct answer first = {0};
    struct answer second = {0};
    const struct platform *p = &w.world.rig.platform;
    p->ops->provision(p->ctx, &w.world.spec, on_answer, &first);
    w.world.spec.attempt = 2;
    p->ops->provision(p->ctx, &w.world.spec, on_answer, &second);
    assert_true(rig_until(&w.world.rig, 10, has_answered, &first));
    assert_int_equal(first.last.outcome, OUTCOME_DONE);
    /* The first never answers over REST, so the second has to wait ... */
    rig_turn(&w.world.rig, 500000);
    assert_int_equal(second.n, 0);
    /* and is told as something that may come up yet ... */
    const struct platform_cluster *c = look(2);
    assert_non_null(c);
    assert_false(c->jobmanager_alive || c->jobmanager_dead);
    assert_int_equal(c->taskmanagers_wanted, 2);
    /* ... until the first is over. */
    assert_goes(1);
    assert_true(rig_until(&w.world.rig, 10, has_answered, &second));
    assert_int_equal(second.last.outcome, OUTCOME_DONE);
    assert_goes(2);
}

static void the_next_in_line_starts_when_the_one_before_answers_or_ends(void **state)
{
    (void)state;
    w.local->config.max_concurrent_starts = 1;
    struct answer answers[3] = {0};
    const struct platform *p = &w.world.rig.platform;
    p->ops->provision(p->ctx, &w.world.spec, on_answer, &answers[0]);
    w.world.spec.attempt = 2;
    java_is("-Dfake=exit");
    p->ops->provision(p->ctx, &w.world.spec, on_answer, &answers[1]);
    w.world.spec.attempt = 3;
    p->ops->provision(p->ctx, &w.world.spec, on_answer, &answers[2]);
    for (int i = 0; i < 3; i++)
        assert_true(rig_until(&w.world.rig, 20, has_answered, &answers[i]));
}

static void one_that_waits_in_line_can_be_ended(void **state)
{
    (void)state;
    w.local->config.max_concurrent_starts = 1;
    java_is("-Dfake=mute");
    provision();
    struct answer second = {0};
    const struct platform *p = &w.world.rig.platform;
    w.world.spec.attempt = 2;
    p->ops->provision(p->ctx, &w.world.spec, on_answer, &second);
    assert_int_equal(rig_teardown(&w.world.rig, DEPLOYMENT, 2).outcome, OUTCOME_DONE);
    assert_true(rig_until(&w.world.rig, 10, has_answered, &second));
    assert_int_equal(second.last.outcome, OUTCOME_REFUSED);
    assert_null(look(2));
    /* For good: neither the free place nor another daemon starts it. */
    assert_goes(1);
    assert_int_equal(rig_provision(&w.world.rig, &w.world.spec).outcome, OUTCOME_REFUSED);
    local_world_restart(&w);
    assert_int_equal(rig_provision(&w.world.rig, &w.world.spec).outcome, OUTCOME_REFUSED);
    assert_null(look(2));
    w.world.spec.attempt = 3;
    provision();
    assert_goes(3);
}

static void what_ended_before_the_newest_stays_ended_when_its_logs_are_gone(void **state)
{
    (void)state;
    w.local->config.logs_kept = 1;
    for (int64_t n = 1; n <= 3; n++) {
        w.world.spec.attempt = n;
        provision();
        assert_goes(n);
    }
    assert_int_equal(local_world_attempt(&w, 1).stage, STAGE_ABSENT);
    w.world.spec.attempt = 1;
    assert_int_equal(rig_provision(&w.world.rig, &w.world.spec).outcome, OUTCOME_REFUSED);
    assert_null(look(1));
}

/* As a machine leaves it that crashes before the first process: the leases are there, of what the
 * processes read nothing is. */
static void a_start_that_was_cut_short_writes_its_configuration_anew(void **state)
{
    (void)state;
    static const char *const dirs[] = {"conf", "lib", "tmp", "upload", "log", "run"};
    struct err e;
    struct str text;
    struct attempt at = local_world_attempt(&w, 1);
    struct str conf = attempt_path(ARENA, &at, "conf/config.yaml");
    struct str lease = STR("rpc 31997\nrest 31998\nblob 31999\ntaskmanagers 2\n");
    assert_int_equal(
        dir_make(arena_fmt(ARENA, "%.*s/%.*s", STR_ARG(w.local->clusters), STR_ARG(DEPLOYMENT)),
                 0755, &e),
        0);
    assert_int_equal(dir_make(at.dir, 0755, &e), 0);
    for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
        assert_int_equal(dir_make(attempt_path(ARENA, &at, dirs[i]), 0755, &e), 0);
    assert_int_equal(file_write(ARENA, attempt_path(ARENA, &at, "cluster"), lease, 0644, &e), 0);
    assert_int_equal(file_write(ARENA, conf, STR(""), 0600, &e), 0);
    java_is("-Dfake=mute");
    provision();
    assert_int_equal(file_read(ARENA, conf, 1U << 16, &text, &e), FILE_READ);
    assert_true(str_contains(text, STR("\"rest.port\": \"31998\"")));
    assert_goes(1);
}

/* The command line of the attempt's JobManager. */
static struct str command_line(void)
{
    struct attempt at = local_world_attempt(&w, w.world.spec.attempt);
    const struct process *p = attempt_process(&at, STR("jobmanager"));
    char path[64];
    char *text = arena_alloc(ARENA, 1U << 16);
    snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)p->record.java.pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, text, 1U << 16);
    close(fd);
    assert_true(n > 0);
    return (struct str){text, (size_t)n};
}

static void dependencies_join_the_class_path_in_their_order(void **state)
{
    (void)state;
    struct err e;
    struct str jar = arena_fmt(ARENA, "%s/pinned", w.data_dir);
    assert_int_equal(file_write(ARENA, jar, STR("a jar"), 0400, &e), 0);
    struct platform_artifact two[] = {{.path = jar, .name = STR("udf.jar")},
                                      {.path = jar, .name = STR("a:b.jar")}};
    w.world.spec.dependencies = two;
    w.world.spec.n_dependencies = 2;
    provision();
    struct attempt at = local_world_attempt(&w, 1);
    struct str first = attempt_path(ARENA, &at, "lib/0_udf.jar");
    struct str second = attempt_path(ARENA, &at, "lib/1_dependency.jar");
    assert_true(path_exists(first) && path_exists(second));
    assert_true(str_contains(
        command_line(), arena_fmt(ARENA, "flink-runtime-1.20.5.jar:%s:%s", first.ptr, second.ptr)));
    assert_goes(1);
    assert_true(rig_until(&w.world.rig, 20, is_removed, &first));
    assert_true(path_exists(jar));
}

/* As a daemon leaves it that is killed between the mark and the removal. */
static void what_was_left_untidy_is_removed_with_the_next_end(void **state)
{
    (void)state;
    struct err e;
    provision();
    struct attempt at = local_world_attempt(&w, 1);
    struct str conf = attempt_path(ARENA, &at, "conf");
    struct str last = attempt_path(ARENA, &at, "run.ended");
    assert_goes(1);
    assert_true(rig_until(&w.world.rig, 20, is_removed, &last));
    assert_int_equal(dir_make(conf, 0755, &e), 0);
    assert_int_equal(dir_make(last, 0755, &e), 0);
    assert_int_equal(local_world_attempt(&w, 1).stage, STAGE_ENDED);

    w.world.spec.attempt = 2;
    provision();
    assert_goes(2);

    assert_false(path_exists(conf) || path_exists(last));
    assert_int_equal(local_world_attempt(&w, 1).stage, STAGE_ENDED);
}

static bool no_start_is_under_way(void *arg)
{
    (void)arg;
    return w.local->n_starts == 0;
}

/* The attempt lists its classes, and is over soon: what was listed is in the result then. */
static struct str given_a_list_of_classes(const char *of_a_java_that_is)
{
    struct err e;
    w.local->config.class_data_sharing = true;
    w.local->config.cache_dir = arena_fmt(ARENA, "%s/cache", w.data_dir);
    if (of_a_java_that_is)
        java_is(of_a_java_that_is);
    provision();
    assert_true(str_contains(command_line(), STR("-XX:DumpLoadedClassList=")));
    struct attempt at = local_world_attempt(&w, 1);
    struct str written = attempt_path(ARENA, &at, "tmp/jobmanager.classes");
    assert_int_equal(file_write(ARENA, written, STR("a/Class id: 1\nhalf a li"), 0644, &e), 0);
    if (!of_a_java_that_is)
        assert_true(rig_until(&w.world.rig, 20, no_start_is_under_way, NULL));
    assert_goes(1);
    assert_true(rig_until(&w.world.rig, 20, is_removed, &written));
    return arena_fmt(ARENA, "%s/cache/cds", w.data_dir);
}

static void what_a_start_that_failed_has_loaded_is_not_kept(void **state)
{
    (void)state;
    assert_false(path_exists(given_a_list_of_classes("-Dfake=mute")));
}

/* Else one that is over within seconds would leave its successors without an archive, each time. */
static void lists_of_classes_outlive_their_attempt(void **state)
{
    (void)state;
    struct err e;
    struct str_list kept;
    struct str text;
    struct str cds = given_a_list_of_classes(NULL);
    assert_int_equal(dir_list(ARENA, cds, &kept, &e), FILE_READ);
    assert_int_equal(kept.n, 1);
    assert_true(str_contains(kept.items[0], STR("-jobmanager.jsa.classes")));
    struct str path = arena_fmt(ARENA, "%.*s/%.*s", STR_ARG(cds), STR_ARG(kept.items[0]));
    assert_int_equal(file_read(ARENA, path, 1000, &text, &e), FILE_READ);
    assert_true(str_eq(text, STR("a/Class id: 1\n")));
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(starts_wait_in_line),
        STORY(the_next_in_line_starts_when_the_one_before_answers_or_ends),
        STORY(one_that_waits_in_line_can_be_ended),
        STORY(what_ended_before_the_newest_stays_ended_when_its_logs_are_gone),
        STORY(a_start_that_was_cut_short_writes_its_configuration_anew),
        STORY(dependencies_join_the_class_path_in_their_order),
        STORY(what_was_left_untidy_is_removed_with_the_next_end),
        STORY(lists_of_classes_outlive_their_attempt),
        STORY(what_a_start_that_failed_has_loaded_is_not_kept),
    };
    return cmocka_run_group_tests_name("local starts", tests, NULL, NULL);
}
