/* The crash grid: the daemon dies before and after every durable write, every call and every answer
 * of every canonical flow, or twice in a row, or a message goes astray; and each time the flow comes to
 * the same end, with every invariant held all the while. What runs is the daemon's own shell, core and
 * API; see sim.h. */
#include <stdio.h>

#include "each_flow.h"

static int64_t strikes[POINTS];
static int64_t pairs;
/* Of the places of a first crash, every so many-th only: "K/N", from the K-th on. */
static int part, parts = 1;

static int64_t one_run(const struct flow *f, struct sim_trouble trouble, int64_t down_for)
{
    struct sim *s;
    bool well = flow_runs(f, &trouble, 1, down_for, &s);
    strikes[trouble.point] += (int64_t)s->struck;
    sim_free(s);
    return well ? 0 : 1;
}

/* Not again for each place of the same kind: the first two tell enough. */
static int64_t trouble_everywhere(const struct flow *f, enum sim_point point, int64_t places)
{
    int64_t bad = 0;
    for (int64_t at = 1; at <= places && bad < 2; at++) {
        bad += one_run(f, (struct sim_trouble){point, at}, 300 * MS);
        if (point == POINT_BEFORE_WRITE || point == POINT_AFTER_WRITE)
            bad += one_run(f, (struct sim_trouble){point, at}, 20 * S);
    }
    return bad;
}

/* How often each point comes up in a run without trouble. */
static void count_points(const struct flow *f, int64_t ret[POINTS])
{
    struct sim *plain;
    bool well = flow_runs(f, NULL, 0, 0, &plain);
    memcpy(ret, plain->counts, sizeof(plain->counts));
    sim_free(plain);
    assert_true(well);
    assert_true(ret[POINT_AFTER_WRITE] > 0);
}

static void bears_a_crash_anywhere(void **state)
{
    int64_t counts[POINTS];
    int64_t bad = 0;
    count_points(*state, counts);
    for (enum sim_point point = POINT_NONE + 1; point < POINTS_OF_CRASHES; point++)
        bad += trouble_everywhere(*state, point, counts[point]);
    assert_int_equal(bad, 0);
}

static void bears_any_message_astray(void **state)
{
    int64_t counts[POINTS];
    int64_t bad = 0;
    count_points(*state, counts);
    for (enum sim_point point = POINTS_OF_CRASHES; point < POINTS; point++)
        bad += trouble_everywhere(*state, point, counts[point]);
    assert_int_equal(bad, 0);
}

/* The daemon dies at `first`, comes back, and dies at one of the next `most` places of a kind. */
static int64_t second_crash(const struct flow *f, struct sim_trouble first, enum sim_point point,
                            int64_t most)
{
    bool well = true;
    bool struck = true;
    for (int64_t next = 1; well && struck && next <= most; next++) {
        struct sim *s;
        struct sim_trouble both[] = {first, {point, next}};
        well = flow_runs(f, both, 2, 300 * MS, &s);
        struck = s->struck == 2;
        pairs += struck;
        sim_free(s);
    }
    return !well;
}

static void bears_two_crashes(void **state)
{
    int64_t counts[POINTS];
    int64_t bad = 0;
    count_points(*state, counts);
    for (int64_t at = 1; at <= counts[POINT_AFTER_WRITE] && bad < 2; at++)
        for (enum sim_point second = POINT_BEFORE_WRITE; second <= POINT_AFTER_WRITE; second++)
            bad += second_crash(*state, (struct sim_trouble){POINT_AFTER_WRITE, at}, second, 6);
    assert_int_equal(bad, 0);
}

static void bears_every_two_crashes(void **state)
{
    int64_t counts[POINTS];
    int64_t bad = 0;
    int place = 0;
    count_points(*state, counts);
    for (enum sim_point first = POINT_NONE + 1; first < POINTS_OF_CRASHES; first++)
        for (int64_t at = 1; at <= counts[first] && bad < 2; at++) {
            if (place++ % parts != part)
                continue;
            for (enum sim_point second = POINT_NONE + 1; second < POINTS_OF_CRASHES; second++)
                bad += second_crash(*state, (struct sim_trouble){first, at}, second, INT64_MAX);
        }
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
    static const struct sim_trouble third = {POINT_AFTER_WRITE, 3};
    (void)state;
    for (size_t i = 0; i < n_flows; i++) {
        struct sim *first, *second;
        assert_true(flow_runs(&flows[i], &third, 1, 300 * MS, &first));
        assert_true(flow_runs(&flows[i], &third, 1, 300 * MS, &second));
        assert_true(first->world.now == second->world.now);
        assert_true(first->events == second->events);
        assert_same_rows(first, second);
        sim_free(first);
        sim_free(second);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest same[] = {cmocka_unit_test(a_run_is_the_same_each_time)};
    const char *what = argc > 1 ? argv[1] : "";
    int failed = 0;
    if (argc > 2 && (sscanf(argv[2], "%d/%d", &part, &parts) != 2 || parts < 1))
        return 2;
    if (strcmp(what, "pairs") == 0)
        failed = each_flow("two crashes", bears_two_crashes);
    else if (strcmp(what, "all-pairs") == 0)
        failed = each_flow("two crashes anywhere", bears_every_two_crashes);
    else if (strcmp(what, "messages") == 0)
        failed = each_flow("a message astray", bears_any_message_astray);
    else
        failed =
            each_flow("a crash", bears_a_crash_anywhere) + cmocka_run_group_tests(same, NULL, NULL);
    for (enum sim_point point = POINT_NONE + 1; point < POINTS; point++)
        if (strikes[point])
            printf("%lld times: %s\n", (long long)strikes[point], sim_point_names[point]);
    if (pairs)
        printf("%lld times: two crashes\n", (long long)pairs);
    for (enum sim_point point = POINT_NONE + 1; point < POINTS; point++)
        pairs += strikes[point];
    printf("%lld passed, %d failed\n", (long long)pairs, failed);
    return failed;
}
