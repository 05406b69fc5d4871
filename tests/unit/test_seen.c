/* What the shell keeps of what a JobManager said, and of which JobManager that was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/registry_impl.h"
#include "shell/seen.h"

static int64_t now;

static int64_t mono_us(void *ctx)
{
    (void)ctx;
    return now;
}

static const struct clock_ops clock_ops = {.mono_us = mono_us};
static struct app app = {.clock = {&clock_ops, NULL}};
static struct entry e = {.app = &app};

static void given_it_says(enum outcome outcome, enum flink_job_status job, const char *process)
{
    const struct flink_sight sight = {.outcome = outcome, .job = job};
    now++;
    seen_jobmanager(&e, &sight, str_of(process));
}

/* A job that is lost right after its submission was not watched because another attempt's was. */
static void what_one_jobmanager_told_says_nothing_of_the_next_ones_job(void **state)
{
    (void)state;
    given_it_says(OUTCOME_DONE, FLINK_JOB_RUNNING, "one");
    assert_int_equal(e.seen.job_told_at, now);
    given_it_says(OUTCOME_DONE, FLINK_JOB_UNKNOWN, "two"); /* asked for its TaskManagers */
    assert_int_equal(e.seen.job_told_at, 0);
    assert_int_equal(e.seen.job_good_at, now);
}

static void what_it_told_counts_on_while_it_does_not_answer(void **state)
{
    (void)state;
    given_it_says(OUTCOME_DONE, FLINK_JOB_ABSENT, "two");
    int64_t told = now;
    given_it_says(OUTCOME_UNKNOWN, FLINK_JOB_UNKNOWN, "two");
    assert_int_equal(e.seen.job_told_at, told);
    assert_int_equal(e.seen.job_good_at, told);
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < SEEN_KINDS; i++)
        arena_free(e.seen_arenas[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_jobmanager_told_says_nothing_of_the_next_ones_job),
        cmocka_unit_test(what_it_told_counts_on_while_it_does_not_answer),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
