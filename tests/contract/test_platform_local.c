/* The local target keeps the platform's contract: with a stand-in for Java, which takes a second,
 * and with real Flink where a home is in the cache. Program and shim by environment: SLUICE_SHIM,
 * FAKE_JAVA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "jar_writer.h"
#include "local_world.h"
#include "scratch.h"

static void class_path(struct platform_world *world);

static void (*const stories[])(struct platform_world *) = {
    contract_provision,       contract_deliver,  contract_replace,
    contract_dead_jobmanager, contract_teardown, class_path,
};
#define N_STORIES (sizeof(stories) / sizeof(stories[0]))

/* A home that holds one empty jar, enough to be told apart as Flink 1.20.5. */
static const char *fake_home(void)
{
    static char home[256];
    char path[300];
    snprintf(home, sizeof(home), "%s-home", scratch_fresh());
    mkdir(home, 0755);
    snprintf(path, sizeof(path), "%s/lib", home);
    mkdir(path, 0755);
    snprintf(path, sizeof(path), "%s/lib/flink-runtime-1.20.5.jar", home);
    FILE *f = fopen(path, "w");
    if (!f)
        abort(); /* no test makes sense then */
    fclose(f);
    return home;
}

static void remove_fake_home(const char *home)
{
    char path[300];
    snprintf(path, sizeof(path), "%s/lib/flink-runtime-1.20.5.jar", home);
    unlink(path);
    snprintf(path, sizeof(path), "%s/lib", home);
    rmdir(path);
    rmdir(home);
}

/* What is left when a story fails in its middle is cleaned up after it all the same. */
static struct local_world w;
static const char *home_made;
static char copy[300]; /* of a home, for another account */

static int close_world(void **state)
{
    (void)state;
    if (w.local)
        local_world_close(&w);
    w.local = NULL;
    if (home_made)
        remove_fake_home(home_made);
    home_made = NULL;
    struct err e;
    return copy[0] ? tree_remove(str_of(copy), &e) : 0;
}

static void with_fake_java(void **state)
{
    void (*story)(struct platform_world *) = *(void (*const *)(struct platform_world *))*state;
    char jar[300];
    home_made = fake_home();
    local_world_open(&w, getenv("FAKE_JAVA"), home_made, "1.20");
    snprintf(jar, sizeof(jar), "%s/lib/flink-runtime-1.20.5.jar", home_made);
    w.world.jar = (struct platform_artifact){.path = str_of(jar), .name = STR("job.jar")};
    story(&w.world);
}

/* A jar whose plan Flink can make: the counter job that the build put into the cache. */
static const char *counter_jar(void)
{
    static char jar[1000];
    const char *given = getenv("COUNTER_JAR");
    if (given)
        return given;
    FILE *f = NULL;
    char command[1200];
    snprintf(command, sizeof(command), "ls -t %s/*/counter-job.jar 2>/dev/null",
             local_world_cached("examples"));
    f = popen(command, "r");
    bool ok = f && fgets(jar, sizeof(jar), f);
    if (f)
        pclose(f);
    jar[strcspn(jar, "\n")] = '\0';
    return ok ? jar : NULL;
}

struct real {
    const char *version;
    size_t story;
    const char *account; /* NULL: the one that the test runs under */
};

/* A home where another account can reach it: the cache often lies below a closed directory. */
static void copy_home(char *path, size_t n)
{
    char command[4000];
    snprintf(copy, sizeof(copy), "/tmp/sluice-flink-%d", (int)getpid());
    snprintf(command, sizeof(command), "cp -al '%s' %s 2>/dev/null || cp -a '%s' %s", path, copy,
             path, copy);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a test's own words */
    snprintf(path, n, "%s", copy);
}

/* Given an uploaded jar without the program, and the program's jar as a dependency, then Flink finds
 * the program: dependencies are on its class path. */
static void class_path(struct platform_world *world)
{
    static char hollow[300];
    struct platform_artifact program = world->jar;
    world->spec.dependencies = &program;
    world->spec.n_dependencies = 1;
    snprintf(hollow, sizeof(hollow), "%s/hollow.jar", w.data_dir);
    jar_make(hollow, NULL, "org/example/Nothing.class");
    world->jar = (struct platform_artifact){.path = str_of(hollow), .name = STR("hollow.jar")};
    world->plan_request = STR("{\"entryClass\":\"sluice.counter.CounterJob\","
                              "\"programArgsList\":[\"--out\",\"/nowhere/out\"]}");
    contract_deliver(world);
}

static void with_flink(void **state)
{
    const struct real *real = *state;
    char home[1000];
    const char *jar = counter_jar();
    snprintf(home, sizeof(home), "%s/%s", local_world_cached("flink"), real->version);
    if (access(home, R_OK) < 0 || !jar) {
        print_message("skipped: no Flink %s or no example job in the cache\n", real->version);
        skip();
    }
    if (real->account && geteuid() != 0) {
        print_message("skipped: only root can run Flink under another account\n");
        skip();
    }
    if (real->account)
        copy_home(home, sizeof(home));
    local_world_open(&w, NULL, home, real->version);
    if (real->account) {
        w.config.user = str_of(real->account);
        w.config.cache_dir = str_of(copy);
        local_world_restart(&w);
        assert_true(str_eq(local_notice(w.local), STR("")));
    }
    w.world.jar = (struct platform_artifact){.path = str_of(jar), .name = STR("counter-job.jar")};
    w.world.plan_request = STR("{\"programArgsList\":[\"--out\",\"/nowhere/out\"]}");
    stories[real->story](&w.world);
}

#define FAKE(i, name) \
    {"stand-in: " name, with_fake_java, NULL, close_world, (void *)(uintptr_t)&stories[i]}
#define REAL_AS(i, version, name, account)                                        \
    {                                                                             \
        "Flink " version ": " name, with_flink, NULL, close_world, &(struct real) \
        {                                                                         \
            version, i, account                                                   \
        }                                                                         \
    }
#define REAL(i, version, name) REAL_AS(i, version, name, NULL)

int main(int argc, char **argv)
{
    const struct CMUnitTest fake[] = {
        FAKE(0, "provision"),       FAKE(1, "deliver"),  FAKE(2, "replace"),
        FAKE(3, "dead JobManager"), FAKE(4, "teardown"),
    };
    const struct CMUnitTest old[] = {
        REAL(0, "1.20.5", "provision"), REAL(1, "1.20.5", "deliver"),
        REAL(2, "1.20.5", "replace"),   REAL(3, "1.20.5", "dead JobManager"),
        REAL(4, "1.20.5", "teardown"),  REAL(5, "1.20.5", "class path"),
    };
    const struct CMUnitTest new[] = {REAL(1, "2.3.0", "deliver"), REAL(2, "2.3.0", "replace")};
    const struct CMUnitTest account[] = {
        REAL_AS(1, "1.20.5", "deliver, under another account", "nobody"),
        REAL_AS(2, "1.20.5", "replace, under another account", "nobody"),
        REAL_AS(4, "1.20.5", "teardown, under another account", "nobody"),
    };
    const char *what = argc > 1 ? argv[1] : "stand-in";
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    if (strcmp(what, "stand-in") == 0)
        return cmocka_run_group_tests_name("platform local", fake, NULL, NULL);
    if (strcmp(what, "1.20.5") == 0)
        return cmocka_run_group_tests_name("platform local, Flink 1.20.5", old, NULL, NULL);
    if (strcmp(what, "account") == 0)
        return cmocka_run_group_tests_name("platform local, another account", account, NULL, NULL);
    return cmocka_run_group_tests_name("platform local, Flink 2.3.0", new, NULL, NULL);
}
