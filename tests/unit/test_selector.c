/* Label selectors, and which Flink reads whose snapshots. */
#include "story.h"

#include "model/flinkver.h"
#include "model/selector.h"

static void selectors_choose_by_labels(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool matches;
    } cases[] = {
        {"", true},
        {"  ", true},
        {"team=a", true},
        {"team==a", true},
        {" team = a ", true},
        {"team=b", false},
        {"team!=a", false},
        {"team!=b", true},
        {"other!=b", true},
        {"other=b", false},
        {"team", true},
        {"other", false},
        {"!other", true},
        {"!team", false},
        {"! other", true},
        {"team in (a,b)", true},
        {"team in ( b , a )", true},
        {"team in (b,c)", false},
        {"other in (a)", false},
        {"team notin (b,c)", true},
        {"team notin (a)", false},
        {"other notin (a)", true},
        {"team=a,tier=front", true},
        {"team=a,tier=back", false},
        {"team in (a,b),tier!=back,!other,tier", true},
        {"empty=", true},
        {"empty", true},
        {"team=", false},
        {"empty in ()", true},
        {"example.com/x_y-z=1.0", true},
        {"in=1", false},
        {"in in (in)", false},
    };
    struct str_pair pairs[] = {{STR("empty"), STR("")},
                               {STR("example.com/x_y-z"), STR("1.0")},
                               {STR("team"), STR("a")},
                               {STR("tier"), STR("front")}};
    struct str_map labels = {pairs, 4};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct selector s;
        struct err e = {0};
        if (selector_parse(story_arena, str_of(cases[i].text), &s, &e) < 0)
            fail_msg("%s: %s", cases[i].text, e.text);
        if (selector_matches(&s, &labels) != cases[i].matches)
            fail_msg("%s", cases[i].text);
    }
}

static void malformed_selectors_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "=",       "=a",    ",",         "a,",     ",a",      "a,,b",       "a b",
        "a=b c",   "a=b=c", "a in",      "a in a", "a in (a", "a in (a b)", "a in a)",
        "!",       "!a=b",  "a=\"b\"",   "a ~ b",  "a>1",     "a in (a),",  "a notin",
        "a in (,", "a;b=c", "a=b,\x01c", "a =! b", "!!a",     "a\xc3\xa9",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct selector s;
        struct err e = {0};
        if (selector_parse(story_arena, str_of(cases[i]), &s, &e) == 0)
            fail_msg("was accepted: %s", cases[i]);
        assert_int_equal(e.code, ERR_BAD_REQUEST);
        assert_non_null(strstr(e.text, "labelSelector"));
    }
}

static void long_selectors_are_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    struct selector s;
    struct err e = {0};
    for (int i = 0; i < 32; i++)
        buf_fmt(&b, "%sk%d", i ? "," : "", i);
    assert_int_equal(selector_parse(story_arena, buf_str(&b), &s, &e), 0);
    assert_int_equal(s.n, 32);
    buf_add(&b, STR(",more"));
    assert_int_equal(selector_parse(story_arena, buf_str(&b), &s, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    buf_clear(&b);
    buf_add(&b, STR("k in (a"));
    for (int i = 0; i < 64; i++)
        buf_add(&b, STR(",a"));
    buf_add(&b, STR(")"));
    assert_int_equal(selector_parse(story_arena, buf_str(&b), &s, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    buf_fini(&b);
}

static struct flink_version version(const char *text)
{
    struct flink_version v;
    if (!flink_version_parse(str_of(text), &v))
        fail_msg("%s", text);
    return v;
}

static void versions_are_lines_or_releases(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "1",        "1.",   "1.20.", ".20",  "1.20.5.1",
                                      "1.x", "1.20-rc1", "-1.2", "1.-2",  "1..2", "99999.1"};
    assert_int_equal(version("1.20").minor, 20);
    assert_int_equal(version("1.20").patch, -1);
    assert_int_equal(version("2.3.1").major, 2);
    assert_int_equal(version("2.3.1").patch, 1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct flink_version v;
        if (flink_version_parse(str_of(bad[i]), &v))
            fail_msg("%s", bad[i]);
    }
}

static void newer_flink_reads_older_snapshots_and_not_the_other_way_round(void **state)
{
    (void)state;
    static const struct {
        const char *from; /* NULL = not known */
        const char *to;
        int64_t metadata;
        enum flink_reads reads;
    } cases[] = {
        {"1.20.5", "1.20.5", 4, FLINK_READS},   {"1.18", "1.20", 4, FLINK_READS},
        {"1.20", "2.3", 4, FLINK_MAY_READ},     {"2.3", "1.20", 6, FLINK_CANNOT_READ},
        {"2.3", "1.20", 0, FLINK_CANNOT_READ},  {"2.0", "2.3", 5, FLINK_READS},
        {"2.3", "2.0", 6, FLINK_CANNOT_READ},   {"2.3", "2.1", 6, FLINK_MAY_READ},
        {"1.20", "1.18", 4, FLINK_MAY_READ},    {"1.16", "1.15", 4, FLINK_CANNOT_READ},
        {NULL, "1.20", 5, FLINK_CANNOT_READ},   {NULL, "2.3", 6, FLINK_READS},
        {NULL, "2.3", 7, FLINK_CANNOT_READ},    {NULL, "1.20", 0, FLINK_READ_UNKNOWN},
        {"1.20", "3.0", 4, FLINK_READ_UNKNOWN}, {"1.20", "1.20", 0, FLINK_READS},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct flink_version from = version(cases[i].from ? cases[i].from : "1.0");
        enum flink_reads reads =
            flink_can_read(cases[i].from ? &from : NULL, version(cases[i].to), cases[i].metadata);
        if (reads != cases[i].reads)
            fail_msg("%s to %s", cases[i].from ? cases[i].from : "?", cases[i].to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(selectors_choose_by_labels),
        STORY(malformed_selectors_are_refused),
        STORY(long_selectors_are_refused),
        STORY(versions_are_lines_or_releases),
        STORY(newer_flink_reads_older_snapshots_and_not_the_other_way_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
