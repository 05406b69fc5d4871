/* The local target against real child processes that misbehave. Nothing that is not proven ours is
 * ended, nothing that lives is called gone. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "local_fake.h"

static bool is_dead(void *arg)
{
    const struct platform_cluster *c = look(*(int64_t *)arg);
    return c && c->jobmanager_dead;
}

static struct str run_file(const char *name)
{
    struct attempt at = local_world_attempt(&w, 1);
    return arena_fmt(ARENA, "%.*s/%s", STR_ARG(attempt_run_dir(ARENA, &at)), name);
}

static void write_record(const char *name, const struct pid_record *r)
{
    struct buf b = {0};
    struct err e;
    pid_record_write(&b, r);
    assert_int_equal(file_write(ARENA, run_file(name), buf_str(&b), 0644, &e), 0);
    buf_fini(&b);
}

/* A process that is nobody's: a child of the test in its own session. */
static pid_t stranger(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        for (;;)
            pause();
    }
    return pid;
}

static void end_stranger(pid_t pid)
{
    assert_int_equal(kill(pid, 0), 0); /* it has lived through everything */
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void processes_outlive_the_daemon_and_are_found_again(void **state)
{
    (void)state;
    provision();
    struct str before = look(1)->incarnation;
    local_world_restart(&w);
    const struct platform_cluster *c = look(1);
    assert_true(c->jobmanager_alive);
    assert_int_equal(c->taskmanagers_alive, 2);
    assert_true(str_eq(c->incarnation, before));
    provision();
    assert_int_equal(look(1)->taskmanager_ids.n, 2);
    assert_goes(1);
}

static void after_a_reboot_nothing_of_before_is_alive(void **state)
{
    (void)state;
    provision();
    struct attempt at = local_world_attempt(&w, 1);
    for (size_t i = 0; i < at.n_processes; i++) {
        kill((pid_t)at.processes[i].record.java.pid, SIGKILL);
        kill((pid_t)at.processes[i].record.shim.pid, SIGKILL);
    }
    /* The numbers may be others' by now: play that by a stranger who has them. */
    pid_t other = stranger();
    struct process_id id = {.pid = other};
    assert_int_equal(process_start_time("/proc", other, &id.start), 0);
    struct pid_record r = at.processes[0].record;
    r.java = id;
    r.shim = id;
    write_record("jobmanager.pid", &r);
    setenv("SLUICE_BOOT_ID", "another-boot", 1);
    local_world_restart(&w);
    const struct platform_cluster *c = look(1);
    assert_true(c->jobmanager_dead);
    assert_int_equal(c->taskmanagers_alive, 0);
    assert_goes(1);
    end_stranger(other);
}

static void a_reused_pid_is_somebody_else(void **state)
{
    (void)state;
    provision();
    w.world.kill(&w.world, 1, STR("jobmanager"));
    int64_t one = 1;
    assert_true(rig_until(&w.world.rig, 10, is_dead, &one));
    /* The number lives again, with another start time. */
    pid_t other = stranger();
    struct attempt at = local_world_attempt(&w, 1);
    struct pid_record r = attempt_process(&at, STR("jobmanager"))->record;
    r.java.pid = other;
    r.shim.pid = other;
    write_record("jobmanager.pid", &r);
    assert_true(look(1)->jobmanager_dead);
    assert_goes(1);
    end_stranger(other);
}

static void a_record_that_names_a_stranger_does_not_kill_it(void **state)
{
    (void)state;
    provision();
    struct attempt at = local_world_attempt(&w, 1);
    struct pid_record ours = attempt_process(&at, STR("jobmanager"))->record;
    struct pid_record wrong = ours;
    pid_t other = stranger();
    /* Even start time and boot fit: only the environment says whose it is. */
    wrong.java.pid = other;
    assert_int_equal(process_start_time("/proc", other, &wrong.java.start), 0);
    write_record("jobmanager.pid", &wrong);
    rig_teardown(&w.world.rig, DEPLOYMENT, 1);
    rig_turn(&w.world.rig, 300000);
    struct platform_result r = rig_teardown(&w.world.rig, DEPLOYMENT, 1);
    assert_int_equal(r.outcome, OUTCOME_UNKNOWN);
    assert_true(str_contains(r.text, STR("does not carry the identity")));
    assert_non_null(look(1));
    end_stranger(other);
    write_record("jobmanager.pid", &ours);
    assert_goes(1);
}

static void a_process_that_no_record_names_is_found_by_its_environment(void **state)
{
    (void)state;
    provision();
    /* As if the daemon had died between the spawn and the record. */
    assert_int_equal(unlink(run_file("jobmanager.pid").ptr), 0);
    local_world_restart(&w);
    const struct platform_cluster *c = look(1);
    assert_true(c->jobmanager_alive);
    assert_true(c->incarnation.len > 0);
    /* No second one is started beside it. */
    struct platform_result r = rig_provision(&w.world.rig, &w.world.spec);
    assert_int_equal(r.outcome, OUTCOME_UNKNOWN);
    assert_true(str_contains(r.text, STR("is being started")));
    assert_goes(1);
}

static void an_attempt_without_a_directory_is_found_and_ended(void **state)
{
    (void)state;
    provision();
    struct attempt at = local_world_attempt(&w, 1);
    struct err e;
    assert_int_equal(tree_remove(at.dir, &e), 0);
    local_world_restart(&w);
    assert_true(look(1)->jobmanager_alive);
    assert_goes(1);
    for (size_t i = 0; i < at.n_processes; i++)
        assert_int_equal(process_alive("/proc", at.processes[i].record.java, &e), ALIVE_NO);
}

static void another_data_directorys_processes_are_not_ours(void **state)
{
    (void)state;
    provision();
    struct str own = w.local->data_id;
    w.local->data_id = STR("11111111-2222-4333-8444-555555555555");
    struct attempt at = local_world_attempt(&w, 1);
    strays_doubt(w.local);
    assert_int_equal(rig_teardown(&w.world.rig, DEPLOYMENT, 1).outcome, OUTCOME_UNKNOWN);
    struct err e;
    assert_int_equal(process_alive("/proc", at.processes[0].record.java, &e), ALIVE_YES);
    w.local->data_id = own;
    strays_doubt(w.local);
    assert_goes(1);
}

static bool has_no_taskmanager(void *arg)
{
    return look(*(int64_t *)arg)->taskmanagers_alive == 0;
}

struct asked {
    bool answered;
    enum outcome outcome;
};

static void on_teardown(void *arg, const struct platform_result *r)
{
    struct asked *asked = arg;
    assert_false(asked->answered); /* once */
    *asked = (struct asked){true, r->outcome};
}

static void ask_for_teardown(struct asked *asked)
{
    struct platform *p = &w.world.rig.platform;
    *asked = (struct asked){0};
    p->ops->teardown(p->ctx, DEPLOYMENT, 1, on_teardown, asked);
}

static bool is_answered(void *arg)
{
    const struct asked *asked = arg;
    return asked->answered;
}

static void a_process_that_ignores_sigterm_is_killed_after_the_grace(void **state)
{
    (void)state;
    int64_t one = 1;
    struct asked asked;
    java_is("-Dfake=stubborn");
    w.local->config.stop_grace_us = 3000000;
    provision();
    ask_for_teardown(&asked);
    assert_true(rig_until(&w.world.rig, 20, has_no_taskmanager, &one));
    assert_true(look(1)->jobmanager_alive); /* TaskManagers first */
    assert_false(asked.answered);           /* and the answer last */
    assert_true(rig_until(&w.world.rig, 20, is_answered, &asked));
    assert_int_equal(asked.outcome, OUTCOME_DONE);
    assert_null(look(1));
}

static void who_asks_for_an_end_again_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    int64_t one = 1;
    struct asked first;
    struct asked second;
    java_is("-Dfake=stubborn");
    w.local->config.stop_grace_us = 3000000;
    provision();
    ask_for_teardown(&first);
    assert_true(rig_until(&w.world.rig, 20, has_no_taskmanager, &one));
    ask_for_teardown(&second);
    assert_true(rig_until(&w.world.rig, 20, is_answered, &first));
    assert_int_equal(first.outcome, OUTCOME_DONE); /* asked is not gone */
    assert_true(look(1)->jobmanager_alive);
    assert_false(second.answered);
    assert_true(rig_until(&w.world.rig, 20, is_answered, &second));
    assert_null(look(1));
}

static void what_a_process_left_behind_is_ended_with_it(void **state)
{
    (void)state;
    java_is("-Dfake=child");
    provision();
    struct strays s;
    struct err e;
    rig_turn(&w.world.rig, 200000);
    assert_int_equal(strays_of(w.local, ARENA, DEPLOYMENT, true, &s, &e), 0);
    assert_int_equal(s.n, 9); /* three each: shim, process, child in its own session */
    assert_goes(1);
    assert_int_equal(strays_of(w.local, ARENA, DEPLOYMENT, true, &s, &e), 0);
    assert_int_equal(s.n, 0);
}

static void a_taken_port_and_an_exit_are_told(void **state)
{
    (void)state;
    int64_t one = 1;
    java_is("-Dfake=taken");
    provision();
    assert_true(rig_until(&w.world.rig, 10, is_dead, &one));
    assert_true(str_starts_with(look(1)->cause, STR("port taken: java.net.BindException")));
    assert_true(str_ends_with(look(1)->cause, STR("(exit 1)")));
    assert_goes(1);
}

static void what_cannot_be_run_says_so(void **state)
{
    (void)state;
    struct err e;
    struct str program = arena_fmt(ARENA, "%s/no-java", w.data_dir);
    assert_int_equal(file_write(ARENA, program, STR("not a program"), 0755, &e), 0);
    w.local->config.java = program;
    struct platform_result r = rig_provision(&w.world.rig, &w.world.spec);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    assert_true(str_contains(r.text, STR("Exec format error")));
    assert_goes(1);
}

static void an_error_of_proc_is_never_taken_for_gone(void **state)
{
    (void)state;
    provision();
    w.local->proc = "/dev/null";
    struct platform_inventory i = rig_inventory(&w.world.rig, DEPLOYMENT);
    assert_int_equal(i.outcome, OUTCOME_UNKNOWN);
    assert_true(i.text.len > 0);
    assert_int_equal(rig_teardown(&w.world.rig, DEPLOYMENT, 1).outcome, OUTCOME_UNKNOWN);
    w.local->proc = "/proc";
    assert_goes(1);
}

static void a_directory_that_cannot_be_written_refuses_the_start(void **state)
{
    (void)state;
    /* A file where the directory should be: refuses root as well. */
    struct err e;
    struct str place = arena_fmt(ARENA, "%s/clusters/%.*s", w.data_dir, STR_ARG(DEPLOYMENT));
    assert_int_equal(file_write(ARENA, place, STR("x"), 0644, &e), 0);
    struct platform_result r = rig_provision(&w.world.rig, &w.world.spec);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    assert_true(str_contains(r.text, STR("Not a directory")));
    assert_int_equal(unlink(place.ptr), 0);
    provision();
    assert_goes(1);
}

static void ports_of_the_living_stay_leased_over_a_restart(void **state)
{
    (void)state;
    provision();
    struct lease lease = local_world_attempt(&w, 1).lease;
    local_world_restart(&w);
    assert_true(w.local->ports.leased[lease.rest - w.local->ports.first]);
    assert_goes(1);
    assert_false(w.local->ports.leased[lease.rest - w.local->ports.first]);
}

static void an_id_that_is_a_path_is_refused(void **state)
{
    (void)state;
    struct platform_result r = rig_teardown(&w.world.rig, STR("../../etc"), 1);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    assert_int_equal(rig_inventory(&w.world.rig, STR("a/b")).outcome, OUTCOME_REFUSED);
    r = rig_logs(&w.world.rig, DEPLOYMENT, 1, STR("tm-/../../../x-1"), 100);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(processes_outlive_the_daemon_and_are_found_again),
        STORY(after_a_reboot_nothing_of_before_is_alive),
        STORY(a_reused_pid_is_somebody_else),
        STORY(a_record_that_names_a_stranger_does_not_kill_it),
        STORY(a_process_that_no_record_names_is_found_by_its_environment),
        STORY(an_attempt_without_a_directory_is_found_and_ended),
        STORY(another_data_directorys_processes_are_not_ours),
        STORY(a_process_that_ignores_sigterm_is_killed_after_the_grace),
        STORY(who_asks_for_an_end_again_takes_the_place_of_the_one_before),
        STORY(what_a_process_left_behind_is_ended_with_it),
        STORY(a_taken_port_and_an_exit_are_told),
        STORY(what_cannot_be_run_says_so),
        STORY(an_error_of_proc_is_never_taken_for_gone),
        STORY(a_directory_that_cannot_be_written_refuses_the_start),
        STORY(ports_of_the_living_stay_leased_over_a_restart),
        STORY(an_id_that_is_a_path_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
