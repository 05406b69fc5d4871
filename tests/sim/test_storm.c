/* Storms themselves: that they are the same each time, and read as they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "moments.h"
#include "storm.h"

static struct storm storm;
static struct storm_end end;

static void a_storm_is_the_same_each_time(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct storm_end again;
        storm_make(&storm, seed, &storm_profiles[seed % n_storm_profiles]);
        storm_play(&storm, &end);
        storm_play(&storm, &again);
        assert_true(end.held);
        assert_string_equal(end.digest, again.digest);
        assert_int_equal(end.events, again.events);
        assert_int_equal(end.virtual_us, again.virtual_us);
        assert_memory_equal(end.rules, again.rules, sizeof(end.rules));
    }
}

static void another_seed_is_another_storm(void **state)
{
    (void)state;
    struct storm other;
    storm_make(&storm, 1, storm_profile("all"));
    storm_make(&other, 2, storm_profile("all"));
    assert_true(storm.n != other.n ||
                memcmp(storm.moments, other.moments, storm.n * sizeof(storm.moments[0])) != 0);
}

static bool reads(const char *text, struct storm *ret, int *ret_line)
{
    char copy[20000];
    size_t n = strlen(text);
    assert_true(n < sizeof(copy));
    memcpy(copy, text, n + 1);
    *ret = (struct storm){0};
    *ret_line = 0;
    FILE *f = n ? fmemopen(copy, n, "r") : fopen("/dev/null", "r");
    bool read = f && storm_read(f, ret, ret_line);
    if (f)
        fclose(f);
    return read;
}

static void a_storm_reads_as_it_is_written(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        char *text = NULL;
        size_t size = 0;
        struct storm read;
        int line = 0;
        storm_make(&storm, seed, &storm_profiles[seed % n_storm_profiles]);
        FILE *f = open_memstream(&text, &size);
        assert_non_null(f);
        storm_print(f, &storm);
        fclose(f);
        assert_true(reads(text, &read, &line));
        free(text);
        assert_int_equal(read.seed, storm.seed);
        assert_int_equal(read.upgrade, storm.upgrade);
        assert_int_equal(read.restore, storm.restore);
        assert_int_equal(read.down_for_us, storm.down_for_us);
        assert_int_equal(read.damaged_one_in, storm.damaged_one_in);
        assert_int_equal(read.n, storm.n);
        for (size_t i = 0; i < read.n; i++) {
            assert_string_equal(read.moments[i].kind->text, storm.moments[i].kind->text);
            assert_int_equal(read.moments[i].after_us, storm.moments[i].after_us);
            assert_int_equal(read.moments[i].x, storm.moments[i].x);
        }
    }
}

#define HEAD                                            \
    "storm of seed 7\nupgrade STATEFUL\nrestore NONE\n" \
    "a dead daemon comes back after 0.300 s\n"

static void what_is_no_storm_is_refused_at_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
    } texts[] = {
        {"", 0},
        {"storm of seed x\n", 1},
        {"storm of seed 7\nupgrade NEVER\n", 2},
        {"storm of seed 7\nupgrade STATEFUL\nrestore\n", 3},
        {HEAD "the job fails\n", 5},
        {HEAD "+1 the job fails\n", 5},
        {HEAD "one in 0 answers of Flink is damaged\n", 5},
        {HEAD "+1.000000 the job fails\none in 3 answers of Flink is damaged\n", 6},
        {HEAD "# a word\n+1.000000 the job sings\n", 6},
        {HEAD "+1.000000 the job fails 3\n", 5},
        {HEAD "+1.000000 lost will be request\n", 5},
        {HEAD "+1.000000 lost will be request 0\n", 5},
        {HEAD "+1.000000 lost will be request 31\n", 5},
    };
    int line = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_false(reads(texts[i].text, &storm, &line));
        assert_int_equal(line, texts[i].line);
    }
    assert_true(reads(HEAD "# a word\n\n+1.000000 lost will be request 3\n", &storm, &line));
    assert_int_equal(storm.n, 1);
    assert_int_equal(storm.moments[0].x, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_is_the_same_each_time),
        cmocka_unit_test(another_seed_is_another_storm),
        cmocka_unit_test(a_storm_reads_as_it_is_written),
        cmocka_unit_test(what_is_no_storm_is_refused_at_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
