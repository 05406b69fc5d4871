/* Every combination of facts has its row, every row its combination, and none does what the
 * invariants forbid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "forbidden.h"
#include "values.h"
#include "walk.h"

struct tally {
    uint64_t combinations;
    uint64_t boxes;
    uint64_t by_rule[256];
};

static void count(void *arg, const struct box *b)
{
    struct tally *t = arg;
    t->combinations += b->size;
    t->boxes++;
    t->by_rule[b->rule - rules] += b->size;
}

static void every_combination_has_exactly_one_row(void **state)
{
    (void)state;
    struct tally t = {0};
    walk_boxes(count, &t);
    printf("walked %llu combinations of facts in %llu boxes, %zu rows\n",
           (unsigned long long)t.combinations, (unsigned long long)t.boxes, walk_rows());
    assert_true(t.combinations == walk_space());
}

static void no_row_is_dead(void **state)
{
    (void)state;
    struct tally t = {0};
    size_t dead = 0;
    walk_boxes(count, &t);
    for (size_t i = 0; i < walk_rows(); i++) {
        if (t.by_rule[i])
            continue;
        dead++;
        print_error("rule %d decides nothing: rows above it match all it says\n", rules[i].number);
    }
    assert_int_equal(dead, 0);
}

static void numbers_rise_within_their_sections(void **state)
{
    (void)state;
    for (size_t i = 1; i < n_rules; i++)
        assert_true(rules[i].number > rules[i - 1].number);
    for (size_t i = 0; i < n_rules; i++) {
        assert_true(rules[i].number >= rule_sections[0].from);
        assert_non_null(rules[i].why);
        assert_true(rules_find(rules[i].number) == &rules[i]);
    }
    assert_null(rules_find(0));
    assert_null(rules_find(rules[n_rules - 1].number + 1));
}

/* A set that names a value its column does not have means something else than it says. */
static void no_row_names_a_value_that_does_not_exist(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++)
        for (size_t c = 0; c < FACT_COLUMNS; c++) {
            unsigned all = (1U << fact_columns[c].n) - 1;
            fact_set set = rules_column(&rules[i], c);
            unsigned beyond = set & ~all;
            /* NOT() sets all the bits beyond. */
            assert_true(beyond == 0 || beyond == (0xFFFFU & ~all));
            assert_true(set == 0 || (set & all) != 0);
        }
}

static bool meets(const struct forbidden *f, const struct box *b)
{
    if (!(f->actions >> b->rule->then & 1U))
        return false;
    for (size_t c = 0; c < b->fixed; c++) {
        fact_set set = rules_column(&f->where, c);
        if (set != 0 && !(set >> b->value[c] & 1U))
            return false;
    }
    return true;
}

struct judged {
    size_t broken;
    bool told[256][80]; /* rule, prohibition */
};

static void judge(void *arg, const struct box *b)
{
    struct judged *j = arg;
    for (size_t i = 0; i < n_forbidden; i++) {
        bool *told = &j->told[b->rule - rules][i];
        if (*told || !meets(&forbidden[i], b))
            continue;
        *told = true;
        j->broken++;
        print_error("rule %d does %s, against invariant %s\n   where", b->rule->number,
                    action_name(b->rule->then), forbidden[i].invariant);
        for (size_t c = 0; c < b->fixed; c++)
            print_error(" %s=%s", fact_columns[c].name, fact_columns[c].values[b->value[c]]);
        print_error("\n");
    }
}

static void no_row_breaks_an_invariant(void **state)
{
    (void)state;
    static struct judged j;
    assert_true(walk_rows() <= 256 && n_forbidden <= 80);
    walk_boxes(judge, &j);
    printf("%zu prohibitions, %zu broken\n", n_forbidden, j.broken);
    assert_int_equal(j.broken, 0);
}

/* The walk and the function that the step uses agree. */
static void agree(void *arg, const struct box *b)
{
    size_t *checked = arg;
    struct facts f;
    unsigned v[MAIN_COLUMNS];
    memcpy(v, b->value, sizeof(v));
    /* Two corners of the box are enough: its row asks nothing of the columns that are left. */
    for (int corner = 0; corner < 2; corner++) {
        for (size_t c = b->fixed; c < MAIN_COLUMNS; c++)
            v[c] = corner ? (unsigned)fact_columns[c].n - 1 : 0;
        f = facts_of_values(v);
        assert_true(rules_match(&f) == b->rule);
        (*checked)++;
    }
}

static void the_step_finds_the_row_that_the_walk_found(void **state)
{
    (void)state;
    size_t checked = 0;
    walk_boxes(agree, &checked);
    assert_true(checked > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_has_exactly_one_row),
        cmocka_unit_test(no_row_is_dead),
        cmocka_unit_test(numbers_rise_within_their_sections),
        cmocka_unit_test(no_row_names_a_value_that_does_not_exist),
        cmocka_unit_test(no_row_breaks_an_invariant),
        cmocka_unit_test(the_step_finds_the_row_that_the_walk_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
