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

struct local_world w;
static struct str_pair options[2];
static char home[300];

static void make_home(void)
{
    char path[400];
    snprintf(home, sizeof(home), "/tmp/sluice-home-%d", (int)getpid());
    mkdir(home, 0755);
    snprintf(path, sizeof(path), "%s/lib", home);
    mkdir(path, 0755);
    snprintf(path, sizeof(path), "%s/lib/flink-runtime-1.20.5.jar", home);
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
}

int open_world(void **state)
{
    (void)state;
    unsetenv("SLUICE_BOOT_ID");
    make_home();
    local_world_open(&w, getenv("FAKE_JAVA"), home, "1.20");
    return 0;
}

int close_world(void **state)
{
    struct err e;
    (void)state;
    local_world_close(&w);
    return tree_remove(str_of(home), &e);
}

void java_is(const char *how)
{
    options[0] = (struct str_pair){STR("env.java.opts.all"), str_of(how)};
    w.world.spec.flink_configuration = (struct str_map){options, 1};
}

void provision(void)
{
    struct platform_result r = rig_provision(&w.world.rig, &w.world.spec);
    if (r.outcome != OUTCOME_DONE)
        print_error("%.*s\n", STR_ARG(r.text));
    assert_int_equal(r.outcome, OUTCOME_DONE);
}

const struct platform_cluster *look(int64_t attempt)
{
    return rig_cluster(&w.world.rig, DEPLOYMENT, attempt);
}

bool is_gone(void *arg)
{
    return look(*(int64_t *)arg) == NULL;
}

void assert_goes(int64_t attempt)
{
    assert_int_equal(rig_teardown(&w.world.rig, DEPLOYMENT, attempt).outcome, OUTCOME_DONE);
    assert_true(rig_until(&w.world.rig, 20, is_gone, &attempt));
}
