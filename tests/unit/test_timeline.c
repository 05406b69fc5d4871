/* The layout of `sluice timeline`. */
#include "cli/timeline.h"
#include "story.h"

#include "base/timefmt.h"

#define HOUR INT64_C(3600000000)

static int64_t noon(void)
{
    int64_t at = 0;
    assert_true(time_parse_rfc3339(STR("2026-11-22T12:00:00Z"), &at));
    return at;
}

/* Ten hours in 41 columns: four columns an hour. */
static struct timeline ten_hours(const struct timeline_job *jobs, size_t n)
{
    return (struct timeline){
        .from_us = noon() - 10 * HOUR, .to_us = noon(), .jobs = jobs, .n_jobs = n, .columns = 41};
}

static void jobs_are_rows_from_their_begin_to_their_end(void **state)
{
    (void)state;
    const struct timeline_job jobs[] = {
        {noon() - 2 * HOUR, 0, TIMELINE_RUNS, STR("12"), STR("STARTED")},
        {noon() - 3 * HOUR, noon() - 2 * HOUR, TIMELINE_FAILED, STR("11"), STR("FAILED")},
        {noon() - 20 * HOUR, noon() - 3 * HOUR, TIMELINE_ENDED, STR("9"), STR("TERMINATED")},
    };
    struct timeline t = ten_hours(jobs, 3);
    struct str lines[4];
    assert_int_equal(timeline_lines(story_arena, &t, lines), 4);
    assert_text(lines[0], "    11-22 02:00         11-22 07:00       now");
    assert_text(lines[1], "12                                  |------->  STARTED");
    assert_text(lines[2], "11                              |---x          FAILED");
    assert_text(lines[3], "9   ----------------------------'              TERMINATED");
    t.utf8 = true;
    timeline_lines(story_arena, &t, lines);
    assert_text(lines[1], "12                                  ├───────►  STARTED");
}

static void snapshots_are_letters_on_the_row_of_their_job(void **state)
{
    (void)state;
    const struct timeline_job jobs[] = {
        {noon() - 10 * HOUR, 0, TIMELINE_RUNS, STR("2"), STR("")},
        {noon() - 11 * HOUR, noon() - 10 * HOUR, TIMELINE_ENDED, STR("1"), STR("")},
    };
    const struct timeline_mark marks[] = {{0, noon() - 5 * HOUR, 'U'}, {0, noon() - HOUR, 'U'},
                                          {0, noon() - HOUR, 'S'},     {0, noon() - 2 * HOUR, 'K'},
                                          {0, noon() - 2 * HOUR, 'K'}, {0, noon() - 11 * HOUR, 'U'},
                                          {1, noon() - 10 * HOUR, 'S'}};
    struct timeline t = ten_hours(jobs, 2);
    struct str lines[3];
    t.marks = marks;
    t.n_marks = sizeof(marks) / sizeof(marks[0]);
    assert_int_equal(timeline_lines(story_arena, &t, lines), 3);
    assert_text(lines[1], "2  |-------------------U-----------K---*--->  ");
    assert_text(lines[2], "1  S                                          ");
}

static void what_ended_before_the_range_has_no_row(void **state)
{
    (void)state;
    const struct timeline_job jobs[] = {
        {noon() - HOUR, noon() - HOUR, TIMELINE_FAILED, STR("2"), STR("FAILED")},
        {noon() - 30 * HOUR, noon() - 20 * HOUR, TIMELINE_ENDED, STR("1"), STR("")},
    };
    struct timeline t = ten_hours(jobs, 2);
    struct str lines[3];
    assert_int_equal(timeline_lines(story_arena, &t, lines), 2);
    assert_text(lines[1], "2                                      x      FAILED");
}

static void a_long_range_has_days_on_its_axis(void **state)
{
    (void)state;
    struct timeline t = ten_hours(NULL, 0);
    struct str lines[1];
    t.from_us = noon() - 240 * HOUR;
    assert_int_equal(timeline_lines(story_arena, &t, lines), 1);
    assert_text(lines[0], "  11-12               11-17             now");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(jobs_are_rows_from_their_begin_to_their_end),
        STORY(snapshots_are_letters_on_the_row_of_their_job),
        STORY(what_ended_before_the_range_has_no_row),
        STORY(a_long_range_has_days_on_its_axis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
