/* Started as root, Flink is not root: under an account of its own it has what it needs and no more.
 * Only root can play these stories; for everybody else they are skipped. */
#include <fcntl.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "local_world.h"

static struct local_world w;
static char place[200]; /* what the account may reach: a Flink home and Java */
static struct str home;
static struct str java;
static const struct passwd *nobody;

#define ARENA      (w.world.rig.a)
#define DEPLOYMENT (w.world.spec.deployment_id)

static struct arena *paths;

static int open_world(void **state)
{
    struct err e;
    (void)state;
    nobody = getpwnam("nobody");
    if (geteuid() != 0 || !nobody)
        return 0;
    paths = arena_new();
    snprintf(place, sizeof(place), "/tmp/sluice-account-%d", (int)getpid());
    home = arena_fmt(paths, "%s/flink", place);
    java = arena_fmt(paths, "%s/java", place);
    struct str lib = arena_fmt(paths, "%s/lib", home.ptr);
    assert_int_equal(dir_make(str_of(place), 0755, &e), 0);
    assert_int_equal(dir_make(home, 0755, &e), 0);
    assert_int_equal(dir_make(lib, 0755, &e), 0);
    assert_int_equal(file_write(paths, arena_fmt(paths, "%s/flink-runtime-1.20.5.jar", lib.ptr),
                                STR("jar"), 0644, &e),
                     0);
    assert_int_equal(file_give(paths, str_of(getenv("FAKE_JAVA")), java, true, &e), 0);
    assert_int_equal(chmod(java.ptr, 0755), 0);
    local_world_open(&w, java.ptr, home.ptr, "1.20");
    w.config.cache_dir = arena_fmt(paths, "%s/cache", place);
    w.config.storage_uri = arena_fmt(paths, "file://%s/storage", w.data_dir);
    w.world.jar = (struct platform_artifact){
        .path = arena_fmt(paths, "%s/flink-runtime-1.20.5.jar", lib.ptr), .name = STR("job.jar")};
    return 0;
}

static int close_world(void **state)
{
    struct err e;
    (void)state;
    if (!w.local)
        return 0;
    local_world_close(&w);
    w.local = NULL;
    int result = tree_remove(str_of(place), &e);
    arena_free(paths);
    return result;
}

static void as(const char *user)
{
    if (!w.local) {
        print_message("skipped: needs root and an account nobody\n");
        skip();
    }
    w.config.user = str_of(user);
    local_world_restart(&w);
}

static struct platform_result provision(void)
{
    struct platform_result r = rig_provision(&w.world.rig, &w.world.spec);
    if (r.outcome != OUTCOME_DONE)
        print_message("%.*s\n", STR_ARG(r.text));
    return r;
}

static bool is_gone(void *arg)
{
    (void)arg;
    return rig_cluster(&w.world.rig, DEPLOYMENT, 1) == NULL;
}

static void assert_goes(void)
{
    assert_int_equal(rig_teardown(&w.world.rig, DEPLOYMENT, 1).outcome, OUTCOME_DONE);
    assert_true(rig_until(&w.world.rig, 20, is_gone, NULL));
}

static struct stat look_at(struct str path)
{
    struct stat st;
    assert_int_equal(lstat(path.ptr, &st), 0);
    return st;
}

static uid_t runs_as(int64_t pid)
{
    return look_at(arena_fmt(ARENA, "/proc/%d", (int)pid)).st_uid;
}

static struct str inside(const char *name)
{
    struct attempt at = local_world_attempt(&w, 1);
    return attempt_path(ARENA, &at, name);
}

static void flink_runs_as_the_account_and_is_ended_by_root(void **state)
{
    (void)state;
    as("nobody");
    assert_int_equal(local_notice(w.local).len, 0);
    assert_int_equal(provision().outcome, OUTCOME_DONE);
    struct attempt at = local_world_attempt(&w, 1);
    assert_int_equal(at.n_processes, 3);
    for (size_t i = 0; i < at.n_processes; i++) {
        assert_int_equal(runs_as(at.processes[i].record.java.pid), nobody->pw_uid);
        assert_int_equal(runs_as(at.processes[i].record.shim.pid), 0);
    }
    /* It writes where it must, cannot change what Sluice decides by, and its keys are its own. */
    assert_int_equal(look_at(inside("tmp")).st_uid, nobody->pw_uid);
    assert_int_equal(look_at(inside("log")).st_uid, nobody->pw_uid);
    assert_int_equal(look_at(inside("run")).st_uid, 0);
    struct stat conf = look_at(inside("conf/config.yaml"));
    assert_int_equal(conf.st_uid, nobody->pw_uid);
    assert_int_equal(conf.st_mode & 0777, 0600);

    /* The next daemon finds it again, gives it a jar, and ends it. */
    local_world_restart(&w);
    const struct platform_cluster *c = rig_cluster(&w.world.rig, DEPLOYMENT, 1);
    assert_true(c->jobmanager_alive);
    struct platform_result r =
        rig_deliver(&w.world.rig, DEPLOYMENT, 1, c->incarnation, &w.world.jar);
    assert_int_equal(r.outcome, OUTCOME_DONE);
    struct stat jar =
        look_at(inside(arena_fmt(ARENA, "upload/flink-web-upload/%.*s", STR_ARG(r.jar_id)).ptr));
    assert_int_equal(jar.st_mode & 0777, 0644);
    assert_goes();
}

static void a_daemon_of_another_account_ends_what_is_left(void **state)
{
    (void)state;
    as("nobody");
    assert_int_equal(provision().outcome, OUTCOME_DONE);
    struct err e;
    struct attempt at = local_world_attempt(&w, 1);
    assert_int_equal(tree_remove(at.dir, &e), 0); /* only their environment tells of them now */
    as("root");
    assert_true(rig_cluster(&w.world.rig, DEPLOYMENT, 1)->jobmanager_alive);
    assert_goes();
    for (size_t i = 0; i < at.n_processes; i++)
        assert_int_equal(process_alive("/proc", at.processes[i].record.java, &e), ALIVE_NO);
}

static void what_the_account_cannot_reach_refuses_the_start_with_the_path(void **state)
{
    (void)state;
    as("nobody");
    assert_int_equal(chmod(home.ptr, 0700), 0);
    struct platform_result r = provision();
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    assert_true(str_contains(r.text, STR("/flink/lib: Permission denied")));
    assert_true(str_contains(r.text, STR("account nobody")));
    /* The next daemon says so at its start, and still looks after what runs. */
    local_world_restart(&w);
    assert_true(str_contains(local_notice(w.local), STR("/flink/lib: Permission denied")));
}

static void the_default_is_an_account_that_can_reach_everything_or_root_with_a_warning(void **state)
{
    (void)state;
    as("");
    assert_int_equal(local_notice(w.local).len, 0);
    assert_int_not_equal(w.local->user_id, 0);
    assert_int_equal(chmod(home.ptr, 0700), 0);
    local_world_restart(&w);
    assert_true(str_starts_with(local_notice(w.local), STR("jobs run as root: ")));
    assert_true(str_contains(local_notice(w.local), STR("/flink/lib: Permission denied")));
    assert_int_equal(provision().outcome, OUTCOME_DONE);
    struct attempt at = local_world_attempt(&w, 1);
    assert_int_equal(runs_as(at.processes[0].record.java.pid), 0);
    assert_goes();
    as("root"); /* who asks for it is not warned */
    assert_int_equal(local_notice(w.local).len, 0);
}

static void storage_of_earlier_jobs_is_handed_over_and_nothing_else(void **state)
{
    (void)state;
    struct err e;
    as("root");
    struct str storage = arena_fmt(ARENA, "%s/storage", w.data_dir);
    struct str chk = arena_fmt(ARENA, "%s/chk-1", storage.ptr);
    struct str state_file = arena_fmt(ARENA, "%s/_metadata", chk.ptr);
    struct str foreign = arena_fmt(ARENA, "%s/foreign", place);
    assert_int_equal(dir_make(storage, 0755, &e), 0);
    assert_int_equal(dir_make(chk, 0755, &e), 0);
    assert_int_equal(file_write(ARENA, state_file, STR("m"), 0644, &e), 0);
    assert_int_equal(file_write(ARENA, foreign, STR("f"), 0644, &e), 0);
    assert_int_equal(symlink(foreign.ptr, arena_fmt(ARENA, "%s/link", storage.ptr).ptr), 0);
    assert_int_equal(link(foreign.ptr, arena_fmt(ARENA, "%s/second-name", storage.ptr).ptr), 0);
    as("nobody");
    assert_int_equal(look_at(storage).st_uid, nobody->pw_uid);
    assert_int_equal(look_at(state_file).st_uid, nobody->pw_uid);
    assert_int_equal(look_at(foreign).st_uid, 0);
    /* What root adds meanwhile is handed over when it is the account's turn again. */
    as("root");
    assert_int_equal(chown(state_file.ptr, 0, 0), 0);
    as("nobody");
    assert_int_equal(look_at(state_file).st_uid, nobody->pw_uid);
}

static void links_that_the_account_plants_lead_root_nowhere(void **state)
{
    (void)state;
    struct err e;
    as("nobody");
    assert_int_equal(provision().outcome, OUTCOME_DONE);
    const struct platform_cluster *c = rig_cluster(&w.world.rig, DEPLOYMENT, 1);
    struct str target = arena_fmt(ARENA, "%s/target", place);
    struct str secret = arena_fmt(ARENA, "%s/secret", place);
    assert_int_equal(dir_make(target, 0700, &e), 0);
    assert_int_equal(file_write(ARENA, secret, STR("secret"), 0600, &e), 0);

    assert_int_equal(symlink(target.ptr, inside("upload/flink-web-upload").ptr), 0);
    struct platform_result r =
        rig_deliver(&w.world.rig, DEPLOYMENT, 1, c->incarnation, &w.world.jar);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    assert_int_equal(look_at(target).st_uid, 0);
    struct str_list files = {0};
    assert_int_equal(dir_list(ARENA, target, &files, &e), FILE_READ);
    assert_int_equal(files.n, 0);

    assert_int_equal(symlink(secret.ptr, inside("log/jobmanager.log").ptr), 0);
    r = rig_logs(&w.world.rig, DEPLOYMENT, 1, STR("jobmanager"), 1000);
    assert_int_not_equal(r.outcome, OUTCOME_DONE);
    assert_false(str_contains(r.text, STR("secret\n")));
    assert_int_equal(mkfifo(inside("log/tm-x-1-9.log").ptr, 0666), 0);
    r = rig_logs(&w.world.rig, DEPLOYMENT, 1, STR("tm-x-1-9"), 1000);
    assert_int_not_equal(r.outcome, OUTCOME_DONE);
    assert_goes();
}

static void an_account_that_does_not_exist_is_a_mistake_in_the_configuration(void **state)
{
    (void)state;
    struct err e = {0};
    struct local *none = NULL;
    as("root");
    struct local_config c = w.config;
    c.user = STR("no-such-account");
    assert_int_equal(local_new(&c, &w.world.rig.loop, &none, &e), -1);
    assert_non_null(strstr(e.text, "there is no account no-such-account"));
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(flink_runs_as_the_account_and_is_ended_by_root),
        STORY(a_daemon_of_another_account_ends_what_is_left),
        STORY(what_the_account_cannot_reach_refuses_the_start_with_the_path),
        STORY(the_default_is_an_account_that_can_reach_everything_or_root_with_a_warning),
        STORY(storage_of_earlier_jobs_is_handed_over_and_nothing_else),
        STORY(links_that_the_account_plants_lead_root_nowhere),
        STORY(an_account_that_does_not_exist_is_a_mistake_in_the_configuration),
    };
    return cmocka_run_group_tests_name("local account", tests, NULL, NULL);
}
