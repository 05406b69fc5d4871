/* Every canonical flow comes to the same end, whatever strikes it: a crash of the daemon at any
 * commit, call or step, a lost or late message, the death of a process, storage or Flink that cannot
 * be reached, another act of the user. The oracle watches the world all the while. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "flows.h"

static size_t runs;

static bool one_run(const struct flow *f, enum fault fault, int64_t at, int64_t down_for)
{
    struct rig *r;
    bool well = flow_runs(f, fault, at, down_for, &r);
    struct arena *a = r->a;
    rig_free(r);
    arena_free(a);
    runs++;
    return well;
}

static int64_t points(enum fault fault, const struct rig *r)
{
    if (fault == FAULT_CRASH_BEFORE_STEP)
        return r->steps;
    return fault >= FAULT_CRASH_BEFORE_CALL && fault <= FAULT_REQUEST_LATE ? r->calls : r->commits;
}

/* Not again for each point of the same fault: the first two tell enough. */
static int64_t strike_everywhere(const struct flow *f, enum fault fault, int64_t n)
{
    int64_t bad = 0;
    bool all = getenv("RIG_ALL") != NULL;
    /* Most steps only look, and most acts of a user meet the same few states. */
    int64_t stride = all                                ? 1
                     : fault == FAULT_CRASH_BEFORE_STEP ? 7
                     : fault >= FAULT_USER_SUSPENDS     ? 2
                                                        : 1;
    for (int64_t at = 1; at <= n && bad < 2; at += stride) {
        bad += !one_run(f, fault, at, 300 * MS);
        if (fault < FAULT_CRASH_BEFORE_STEP && (all || fault != FAULT_CONFLICT))
            bad += !one_run(f, fault, at, 20 * S);
    }
    return bad;
}

static void survives_everything(void **state)
{
    const struct flow *f = *state;
    struct rig *plain;
    assert_true(flow_runs(f, FAULT_NONE, 0, 0, &plain));
    runs++;
    int64_t bad = 0;
    for (enum fault fault = FAULT_NONE + 1; fault < FAULT_VALUES; fault++)
        bad += strike_everywhere(f, fault, points(fault, plain));
    struct arena *a = plain->a;
    rig_free(plain);
    arena_free(a);
    assert_int_equal(bad, 0);
}

int main(void)
{
    struct CMUnitTest *tests = test_calloc(n_flows, sizeof(*tests));
    const char *only = getenv("RIG_FLOW");
    if (only)
        cmocka_set_test_filter(only);
    for (size_t i = 0; i < n_flows; i++) {
        struct flow *f = test_malloc(sizeof(*f));
        *f = flows[i];
        tests[i] = (struct CMUnitTest){
            .name = flows[i].name, .test_func = survives_everything, .initial_state = f};
    }
    int failed = _cmocka_run_group_tests("flows", tests, n_flows, NULL, NULL);
    printf("%zu runs of %zu flows\n", runs, n_flows);
    return failed;
}
