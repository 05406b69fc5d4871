/* The crash grid: the daemon dies before and after every durable write, every call and every answer
 * of every canonical flow, and each time the flow comes to the same end, with every invariant held
 * all the while. What runs is the daemon's own shell, core and API; see sim.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "flows.h"

static int64_t crashes[POINTS];

static int64_t one_run(const struct flow *f, enum sim_point point, int64_t at, int64_t down_for)
{
    struct sim *s;
    bool well = flow_runs(f, point, at, down_for, &s);
    crashes[point] += s->struck;
    sim_free(s);
    return well ? 0 : 1;
}

/* Not again for each place of the same kind: the first two tell enough. */
static int64_t crash_everywhere(const struct flow *f, enum sim_point point, int64_t places)
{
    int64_t bad = 0;
    for (int64_t at = 1; at <= places && bad < 2; at++) {
        bad += one_run(f, point, at, 300 * MS);
        if (point == POINT_BEFORE_WRITE || point == POINT_AFTER_WRITE)
            bad += one_run(f, point, at, 20 * S);
    }
    return bad;
}

static void comes_to_its_end(void **state)
{
    const struct flow *f = *state;
    struct sim *plain;
    int64_t counts[POINTS];
    bool well = flow_runs(f, POINT_NONE, 0, 0, &plain);
    memcpy(counts, plain->counts, sizeof(counts));
    sim_free(plain);
    assert_true(well);
    assert_true(counts[POINT_AFTER_WRITE] > 0);
    int64_t bad = 0;
    for (enum sim_point point = POINT_NONE + 1; point < POINTS; point++)
        bad += crash_everywhere(f, point, counts[point]);
    assert_int_equal(bad, 0);
}

static void assert_same_rows(const struct sim *x, const struct sim *y)
{
    for (size_t table = 0; table < STORE_TABLES; table++) {
        const struct sim_row *a = x->store.tables[table];
        const struct sim_row *b = y->store.tables[table];
        for (; a && b; a = a->next, b = b->next) {
            assert_true(str_eq(a->row.id, b->row.id));
            assert_true(str_eq(a->row.body, b->row.body));
        }
        assert_true(!a && !b);
    }
}

static void a_run_is_the_same_each_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_flows; i++) {
        struct sim *first, *second;
        assert_true(flow_runs(&flows[i], POINT_AFTER_WRITE, 3, 300 * MS, &first));
        assert_true(flow_runs(&flows[i], POINT_AFTER_WRITE, 3, 300 * MS, &second));
        assert_true(first->world.now == second->world.now);
        assert_true(first->events == second->events);
        assert_same_rows(first, second);
        sim_free(first);
        sim_free(second);
    }
}

int main(void)
{
    struct CMUnitTest *tests = test_calloc(n_flows + 1, sizeof(*tests));
    const char *only = getenv("SIM_FLOW");
    if (only)
        cmocka_set_test_filter(only);
    for (size_t i = 0; i < n_flows; i++) {
        struct flow *f = test_malloc(sizeof(*f));
        *f = flows[i];
        tests[i] = (struct CMUnitTest){
            .name = flows[i].name, .test_func = comes_to_its_end, .initial_state = f};
    }
    tests[n_flows] = (struct CMUnitTest)cmocka_unit_test(a_run_is_the_same_each_time);
    int failed = _cmocka_run_group_tests("crash", tests, n_flows + 1, NULL, NULL);
    for (enum sim_point point = POINT_NONE + 1; point < POINTS; point++)
        printf("%lld crashes %s\n", (long long)crashes[point], sim_point_names[point]);
    return failed;
}
