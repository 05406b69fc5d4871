/* Which combinations can come about: the others are listed with the reason, these are all made, and
 * core_facts says of each what it was made for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/rules.h"
#include "reach.h"
#include "values.h"

struct count {
    uint64_t unreachable[32];
    uint64_t reachable;
    uint64_t wrong;
    uint64_t undecided;
};

static void print_facts(const unsigned v[MAIN_COLUMNS])
{
    for (size_t c = 0; c < MAIN_COLUMNS; c++)
        print_error("%s=%s ", fact_columns[c].name, fact_columns[c].values[v[c]]);
    print_error("\n");
}

static void check(struct count *n, const unsigned v[MAIN_COLUMNS], const struct facts *f)
{
    static struct made m;
    n->reachable++;
    make(f, &m);
    struct facts is = core_facts(&m.in);
    if (memcmp(&is, f, sizeof(is)) != 0 && n->wrong++ < 10) {
        unsigned other[MAIN_COLUMNS];
        facts_values(&is, other);
        print_error("made for: ");
        print_facts(v);
        print_error("gives:    ");
        print_facts(other);
    }
    if (rules_match(f)->number == 690 && n->undecided++ < 10) {
        print_error("undecided: ");
        print_facts(v);
    }
}

static void walk(struct count *n, unsigned v[MAIN_COLUMNS], size_t column, uint64_t size)
{
    if (column == MAIN_COLUMNS) {
        struct facts f = facts_of_values(v);
        check(n, v, &f);
        return;
    }
    size /= fact_columns[column].n;
    for (unsigned value = 0; value < fact_columns[column].n; value++) {
        v[column] = value;
        struct facts f = facts_of_values(v);
        size_t i = unreachable_by(&f, column);
        if (i < n_unreachable)
            n->unreachable[i] += size;
        else
            walk(n, v, column + 1, size);
    }
}

static void every_reachable_combination_is_made(void **state)
{
    (void)state;
    static struct count n;
    unsigned v[MAIN_COLUMNS] = {0};
    uint64_t space = 1;
    for (size_t c = 0; c < MAIN_COLUMNS; c++)
        space *= fact_columns[c].n;
    walk(&n, v, 0, space);
    uint64_t sum = n.reachable;
    for (size_t i = 0; i < n_unreachable; i++) {
        printf("%12llu unreachable: %s\n", (unsigned long long)n.unreachable[i],
               unreachable[i].why);
        sum += n.unreachable[i];
    }
    printf("%12llu reachable, %llu of them made otherwise, %llu left to rule 690\n",
           (unsigned long long)n.reachable, (unsigned long long)n.wrong,
           (unsigned long long)n.undecided);
    assert_true(sum == space);
    assert_int_equal(n.wrong, 0);
    assert_int_equal(n.undecided, 0);
}

static const struct facts up = {
    .phase = PHASE_UP, .world = WORLD_READY, .job = SIGHT_UP, .preflight = PREFLIGHT_OK};

static void what_another_process_says_of_the_job_counts_nothing(void **state)
{
    (void)state;
    static struct made m;
    make(&up, &m);
    assert_int_equal(core_facts(&m.in).job, SIGHT_UP);
    m.seen.job_incarnation = STR("process-2");
    assert_int_equal(core_facts(&m.in).job, SIGHT_UNKNOWN);
}

static void what_was_seen_before_the_record_was_durable_counts_nothing(void **state)
{
    (void)state;
    static struct made m;
    make(&up, &m);
    m.seen.committed_at = m.seen.job_part.at + 1;
    assert_int_equal(core_facts(&m.in).job, SIGHT_UNKNOWN);
    assert_int_equal(core_facts(&m.in).world, WORLD_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reachable_combination_is_made),
        cmocka_unit_test(what_another_process_says_of_the_job_counts_nothing),
        cmocka_unit_test(what_was_seen_before_the_record_was_durable_counts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
