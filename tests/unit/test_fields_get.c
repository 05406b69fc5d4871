/* Single values of objects, what selects by them, and base64 for addresses. */
#include "thing.h"

#include "base/base64.h"
#include "data/fields_get.h"

#define THING                                                                                   \
    "{'text':'a,b','colour':'red','number':7,'flag':true,'cpu':0.5,'wait':'90s','memory':'1G'," \
    "'time':'2026-01-31T10:00:00Z','map':{'x.y':'1'},'words':['w'],'inner':{'count':3},"        \
    "'strategy':{'kind':'BLUE'}}"

static void paths_name_single_values(void **state)
{
    (void)state;
    static const char *const single[] = {
        "text",   "id",   "colour",  "number",      "flag",          "cpu",  "wait",
        "memory", "time", "map.x.y", "inner.count", "strategy.kind", "kind", "seen"};
    static const char *const others[] = {"",        "map",          "words",  "words.0",  "inner",
                                         "parts",   "raw",          "raw.a",  "strategy", "text.a",
                                         "nothing", "inner.secret", "inner.", ".text",    "map."};
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
        if (!fields_scalar(&thing_fields, str_of(single[i])))
            fail_msg("%s is a single value", single[i]);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (fields_scalar(&thing_fields, str_of(others[i])))
            fail_msg("%s is no single value", others[i]);
}

static int64_t number_of(const struct thing *t, const char *path)
{
    struct scalar s = fields_get(&thing_fields, t, str_of(path));
    assert_int_equal(s.kind, SCALAR_NUMBER);
    return s.number;
}

static void values_are_compared_as_what_they_are(void **state)
{
    (void)state;
    struct thing t = thing_decoded(THING);
    struct thing none = thing_decoded("{}");
    assert_int_equal(number_of(&t, "cpu"), 500);
    assert_int_equal(number_of(&t, "wait"), 90000000);
    assert_int_equal(number_of(&t, "memory"), 1000000000);
    assert_int_equal(number_of(&t, "time"), INT64_C(1769853600000000));
    assert_text(fields_get(&thing_fields, &t, STR("map.x.y")).text, "1");
    assert_text(fields_get(&thing_fields, &t, STR("strategy.kind")).text, "BLUE");
    assert_text(fields_get(&thing_fields, &none, STR("flag")).text, "false");
    static const char *const absent[] = {"text", "colour", "wait", "memory", "time", "map.x.y"};
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        struct scalar is = fields_get(&thing_fields, &t, str_of(absent[i]));
        struct scalar no = fields_get(&thing_fields, &none, str_of(absent[i]));
        assert_int_equal(no.kind, SCALAR_ABSENT);
        assert_int_equal(scalar_cmp(&no, &is), -1);
        assert_int_equal(scalar_cmp(&is, &no), 1);
        assert_int_equal(scalar_cmp(&is, &is), 0);
    }
}

static void selectors_choose_by_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool matches;
    } cases[] = {
        {"", true},
        {"colour=red", true},
        {"colour==RED,number!=8", true},
        {"colour=BLUE", false},
        {"colour!=BLUE,number=8", false},
        {"text=a\\,b", true},
        {"text=a\\,c", false},
        {"text!=a\\,b", false},
        {" flag = true , cpu=500m ", true},
        {"wait=1m30s,memory=1000m,time=2026-01-31T11:00:00+01:00", true},
        {"wait=1m31s", false},
        {"number=200", false},
        {"id=", true},
        {"id!=", false},
        {"map.x.y=1", true},
        {"map.x=", true},
        {"kind=Thing", true},
    };
    struct thing t = thing_decoded(THING);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct field_selector s;
        struct err e = {0};
        if (field_selector_parse(story_arena, &thing_fields, str_of(cases[i].text), &s, &e) < 0)
            fail_msg("%s: %s", cases[i].text, e.text);
        if (field_selector_matches(&s, &thing_fields, &t) != cases[i].matches)
            fail_msg("%s", cases[i].text);
    }
}

static void what_selects_nothing_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"number",    "=1",      "!=1",       "nothing=1",
                                        "map=1",     "words=w", "colour=up", "number=x",
                                        "wait=soon", "a=1,,",   "time=now"};
    struct field_selector s;
    struct err e = {0};
    struct buf many = {0};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (field_selector_parse(story_arena, &thing_fields, str_of(wrong[i]), &s, &e) == 0)
            fail_msg("%s was understood", wrong[i]);
        assert_int_equal(e.code, ERR_BAD_REQUEST);
    }
    for (int i = 0; i < 33; i++)
        buf_fmt(&many, "%snumber=7", i ? "," : "");
    assert_int_equal(field_selector_parse(story_arena, &thing_fields, buf_str(&many), &s, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    buf_fini(&many);
}

static void base64_goes_both_ways(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", ""},        {"f", "Zg"},        {"fo", "Zm8"},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"\xfb\xff\xfe", "-__-"},
    };
    struct str text;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_text(base64url(story_arena, str_of(pairs[i][0])), pairs[i][1]);
        assert_true(base64url_decode(story_arena, str_of(pairs[i][1]), &text));
        assert_text(text, pairs[i][0]);
    }
    static const char *const wrong[] = {"Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9v Y"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (base64url_decode(story_arena, str_of(wrong[i]), &text))
            fail_msg("%s is not what it writes", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(paths_name_single_values),   STORY(values_are_compared_as_what_they_are),
        STORY(selectors_choose_by_values), STORY(what_selects_nothing_is_refused),
        STORY(base64_goes_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
