/* Time slices, as the kernel itself tells them. Before Linux 6.12 it tells of none: skipped there. */
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/slice.h"
#include "story.h"

static struct sched_attr attributes(void)
{
    struct sched_attr attr = {0};
    assert_int_equal(syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0), 0);
    return attr;
}

static void a_short_slice_is_taken_and_given_back(void **state)
{
    (void)state;
    struct sched_attr before = attributes();
    if (before.sched_policy != SCHED_NORMAL || before.sched_runtime == 0)
        skip();
    slice_short();
    assert_int_equal(attributes().sched_runtime, 100000);
    assert_int_equal(attributes().sched_nice, before.sched_nice);
    slice_default();
    assert_true(attributes().sched_runtime > 100000);
}

static void what_somebody_chose_for_us_is_left_alone(void **state)
{
    (void)state;
    struct sched_param none = {0};
    if (syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &none) != 0)
        skip();
    uint64_t before = attributes().sched_runtime;
    slice_short();
    assert_int_equal(attributes().sched_policy, SCHED_BATCH);
    assert_int_equal(attributes().sched_runtime, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_short_slice_is_taken_and_given_back),
        STORY(what_somebody_chose_for_us_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
