/* A slice of the desired-state grid: every field has its values; every invalid one in every state;
 * every valid one alone in every state; and in every state half of them with another one after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "desired_grid.h"

static struct grid_counts counts;

static bool has_kind(const struct grid_field *f, enum grid_kind kind)
{
    for (size_t i = 0; i < grid_values(f); i++)
        if (f->values[i].kind == kind)
            return true;
    return false;
}

static bool has_bounds(enum field_type t)
{
    return t == FIELD_INT || t == FIELD_CPU || t == FIELD_DURATION || t == FIELD_MEMORY;
}

/* A field without a row, or without the values that its type needs. */
static bool is_covered(const struct grid_row *row)
{
    const struct grid_field *f = grid_find(row->path);
    if (!f) {
        print_error("no row for spec.%.*s\n", STR_ARG(row->path));
        return false;
    }
    bool well = has_kind(f, GRID_TYPICAL) || has_kind(f, GRID_ABSENT);
    /* Of jarUri absence is invalid. */
    well = well && (has_kind(f, GRID_ABSENT) || has_kind(f, GRID_BELOW));
    if (row->row->type != FIELD_RAW)
        well = well && has_kind(f, GRID_WRONG);
    if (has_bounds(row->row->type))
        well = well && has_kind(f, GRID_SMALLEST) && has_kind(f, GRID_LARGEST) &&
               has_kind(f, GRID_BELOW) && has_kind(f, GRID_ABOVE) && has_kind(f, GRID_OTHER);
    if (!well)
        print_error("spec.%s lacks values\n", f->path);
    return well;
}

static void every_field_has_its_values(void **state)
{
    struct arena *a = arena_new();
    size_t n = grid_walk(a, NULL);
    struct grid_row *rows = ARENA_ARRAY(a, struct grid_row, n);
    size_t leaves = 0;
    size_t bad = 0;
    (void)state;
    grid_walk(a, rows);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].row->type == FIELD_OBJECT)
            continue;
        leaves++;
        bad += !is_covered(&rows[i]);
    }
    arena_free(a);
    assert_int_equal(bad, 0);
    assert_int_equal(leaves, n_grid_fields);
}

static void what_is_invalid_is_refused(void **state)
{
    (void)state;
    for (size_t p = 0; p < n_grid_places; p++)
        grid_refuses(&grid_places[p], &counts);
    assert_int_equal(counts.failed, 0);
}

static struct grid_edit *valid_edits(struct arena *a, size_t *ret_n)
{
    *ret_n = grid_valid(NULL);
    struct grid_edit *edits = ARENA_ARRAY(a, struct grid_edit, *ret_n);
    grid_valid(edits);
    return edits;
}

static void what_is_valid_is_reached(void **state)
{
    struct arena *a = arena_new();
    size_t n;
    const struct grid_edit *edits = valid_edits(a, &n);
    (void)state;
    for (size_t p = 0; p < n_grid_places; p++)
        for (size_t i = 0; i < n; i++)
            grid_alone(&grid_places[p], &edits[i], &counts);
    arena_free(a);
    assert_int_equal(counts.failed, 0);
}

/* Every other one in each state, and not the same after it. */
static void the_path_does_not_matter(void **state)
{
    enum { STRIDE = 37, WRITES = 12 };
    struct arena *a = arena_new();
    size_t n;
    const struct grid_edit *edits = valid_edits(a, &n);
    (void)state;
    for (size_t p = 0; p < n_grid_places; p++)
        for (size_t i = p % 2; i < n; i += 2)
            grid_pair(&grid_places[p], &edits[i], &edits[(i * STRIDE + p * 11 + 5) % n],
                      (int64_t)((i + p) % WRITES), &counts);
    arena_free(a);
    assert_int_equal(counts.failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_has_its_values),
        cmocka_unit_test(what_is_invalid_is_refused),
        cmocka_unit_test(what_is_valid_is_reached),
        cmocka_unit_test(the_path_does_not_matter),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    grid_print(&counts);
    return failed;
}
