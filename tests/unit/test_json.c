/* JSON: what is read, what is refused, and that it is written back as it was. */
#include "story.h"

#include "base/limits.h"

static void refused(struct str text, enum err_code code, const char *says)
{
    struct json v = {0};
    struct err e = {0};
    assert_int_equal(json_parse(story_arena, text, &v, &e), -1);
    assert_true(json_is_none(v));
    assert_string_equal(err_code_name(e.code), err_code_name(code));
    if (!strstr(e.text, says))
        fail_msg("\"%s\" does not say \"%s\"", e.text, says);
}

static void numbers_are_written_as_they_were_read(void **state)
{
    (void)state;
    const char *text = "[0.1,18446744073709551615,1e400,-0,1.10,123456789012345678901234567890]";
    assert_text(json_text(story_arena, story_json(text)), text);
}

static void whole_numbers_are_read_exactly_or_not_at_all(void **state)
{
    (void)state;
    struct json v = story_json("[9223372036854775807,9223372036854775808,2.0,2e1,2.5,'3']");
    int64_t n = 7;
    assert_true(json_i64(json_at(v, 0), &n));
    assert_int_equal(n, INT64_MAX);
    assert_false(json_i64(json_at(v, 1), &n));
    assert_int_equal(n, INT64_MAX);
    assert_true(json_i64(json_at(v, 2), &n));
    assert_int_equal(n, 2);
    assert_true(json_i64(json_at(v, 3), &n));
    assert_int_equal(n, 20);
    assert_false(json_i64(json_at(v, 4), &n));
    assert_false(json_i64(json_at(v, 5), &n));
}

static void malformed_text_is_located(void **state)
{
    (void)state;
    refused(STR("{\n  \"a\": 1,\n  \"b\": }\n"), ERR_MALFORMED, "line 3, column 8");
    refused(STR("[\"\xc3\xa9\xc3\xa9\", x]"), ERR_MALFORMED, "line 1, column 8");
    refused(STR(""), ERR_MALFORMED, "empty");
    refused(STR("  "), ERR_MALFORMED, "line 1");
    refused(STR("{} {}"), ERR_MALFORMED, "line 1, column 4");
    refused(STR("[1,]"), ERR_MALFORMED, "line 1");
    refused(STR("{'a':1}"), ERR_MALFORMED, "line 1");
    refused(STR("[NaN]"), ERR_MALFORMED, "line 1");
    refused(STR("[01]"), ERR_MALFORMED, "line 1");
    refused(STR("// no\n1"), ERR_MALFORMED, "line 1");
    refused(STR("[\"\xff\"]"), ERR_MALFORMED, "line 1");
    refused(STR("[\"\xed\xa0\x80\"]"), ERR_MALFORMED, "line 1");
    refused(STR("[\"\\ud800\"]"), ERR_MALFORMED, "line 1");
    refused(STR("[\"a\\u0000b\"]"), ERR_MALFORMED, "NUL");
    refused(STR("{\"a\\u0000b\":1}"), ERR_MALFORMED, "NUL");
}

static void keys_that_occur_twice_are_refused_at_any_depth(void **state)
{
    (void)state;
    refused(story_text("{'a':1,'b':2,'a':3}"), ERR_MALFORMED, "\"a\"");
    refused(story_text("[{'x':{'k':1,'\\u006b':2}}]"), ERR_MALFORMED, "\"k\"");
}

static struct str nested(char open, char close, size_t depth)
{
    struct buf b = {0};
    for (size_t i = 0; i < depth; i++)
        buf_add_char(&b, open);
    for (size_t i = 0; i < depth; i++)
        buf_add_char(&b, close);
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void depth_is_limited(void **state)
{
    (void)state;
    struct json v;
    struct err e;
    assert_int_equal(json_parse(story_arena, nested('[', ']', LIMIT_JSON_DEPTH), &v, &e), 0);
    refused(nested('[', ']', LIMIT_JSON_DEPTH + 1), ERR_TOO_LARGE, "32 levels");
    refused(nested('[', ']', 500000), ERR_TOO_LARGE, "32 levels");
}

static void many_keys_cost_no_square(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add(&b, STR("{\"k\":0"));
    for (int i = 0; i < 100000; i++)
        buf_fmt(&b, ",\"k%d\":0", i);
    buf_add(&b, STR("}"));
    struct json v;
    struct err e;
    assert_int_equal(json_parse(story_arena, buf_str(&b), &v, &e), 0);
    assert_true(json_equal(v, json_merge_patch(story_arena, v, v)));
    buf_fini(&b);
}

static void values_are_walked_in_order(void **state)
{
    (void)state;
    struct json v = story_json("{'b':[10,[],{}],'a':{'c':true},'':null}");
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    assert_true(json_next(&it, &key, &item));
    assert_text(key, "b");
    assert_int_equal(json_len(item), 3);
    assert_int_equal(json_i64_or(json_at(item, 0), -1), 10);
    assert_true(json_is_none(json_at(item, 3)));
    assert_true(json_next(&it, &key, &item));
    assert_text(key, "a");
    assert_true(json_next(&it, &key, &item));
    assert_text(key, "");
    assert_int_equal(json_kind(item), JSON_NULL);
    assert_false(json_next(&it, &key, &item));
    assert_int_equal(json_kind(json_path(v, "a.c")), JSON_BOOL);
    assert_true(json_is_none(json_path(v, "a.c.d")));
    assert_true(json_is_none(json_path(v, "x.c")));
    it = json_each(json_at(json_get(v, STR("b")), 2));
    assert_false(json_next(&it, &key, &item));
    it = json_each(json_get(v, STR("")));
    assert_false(json_next(&it, &key, &item));
}

static void equality_is_by_value(void **state)
{
    (void)state;
    static const struct {
        const char *x;
        const char *y;
        bool equal;
    } cases[] = {
        {"{'a':1,'b':2}", "{'b':2,'a':1}", true},
        {"{'a':1}", "{'a':1,'b':2}", false},
        {"{'a':1}", "{'b':1}", false},
        {"[1,2]", "[2,1]", false},
        {"1", "1.0", true},
        {"1.5", "15e-1", true},
        {"1.5", "1.6", false},
        {"18446744073709551615", "18446744073709551614", false},
        {"1", "'1'", false},
        {"null", "false", false},
        {"''", "''", true},
        {"{'a':[{'b':null}]}", "{'a':[{'b':null}]}", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool equal = json_equal(story_json(cases[i].x), story_json(cases[i].y));
        if (equal != cases[i].equal)
            fail_msg("%s and %s", cases[i].x, cases[i].y);
    }
}

/* The examples of RFC 7396, appendix A. */
static void merge_patch_does_what_the_rfc_says(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"{'a':'b'}", "{'a':'c'}", "{'a':'c'}"},
        {"{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}"},
        {"{'a':'b'}", "{'a':null}", "{}"},
        {"{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}"},
        {"{'a':['b']}", "{'a':'c'}", "{'a':'c'}"},
        {"{'a':'c'}", "{'a':['b']}", "{'a':['b']}"},
        {"{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}"},
        {"{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}"},
        {"['a','b']", "['c','d']", "['c','d']"},
        {"{'a':'b'}", "['c']", "['c']"},
        {"{'a':'foo'}", "null", "null"},
        {"{'a':'foo'}", "'bar'", "'bar'"},
        {"{'e':null}", "{'a':1}", "{'e':null,'a':1}"},
        {"[1,2]", "{'a':'b','c':null}", "{'a':'b'}"},
        {"{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct json is =
            json_merge_patch(story_arena, story_json(cases[i][0]), story_json(cases[i][1]));
        story_assert_text(json_text(story_arena, is), story_text(cases[i][2]), __FILE__, __LINE__);
    }
}

static void an_overlay_takes_null_for_no_opinion(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"{'a':{'b':1,'c':2}}", "{'a':{'c':3}}", "{'a':{'b':1,'c':3}}"},
        {"{'a':1}", "{'a':null,'b':null}", "{'a':1}"},
        {"{'a':{'b':1}}", "{'a':null}", "{'a':{'b':1}}"},
        {"{'a':[1]}", "{'a':[2,3]}", "{'a':[2,3]}"},
        {"{'a':1}", "null", "{'a':1}"},
        {"{'n':0.10}", "{'m':1e2}", "{'n':0.10,'m':1e2}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct json is =
            json_overlay(story_arena, story_json(cases[i][0]), story_json(cases[i][1]));
        story_assert_text(json_text(story_arena, is), story_text(cases[i][2]), __FILE__, __LINE__);
    }
}

static void the_writer_quotes_and_separates(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    json_key(&o, STR("text\""));
    json_put_str(&o, STR("\x01\b\f\n\r\t\\ \xc3\xa9/"));
    json_key(&o, STR("list"));
    json_begin_array(&o);
    json_put_i64(&o, INT64_MIN);
    json_put_num(&o, 0.1);
    json_put_num(&o, 1.0 / 3);
    json_put_num(&o, 3);
    json_put_num(&o, 1e300 * 1e10);
    json_put_bool(&o, true);
    json_put(&o, (struct json){0});
    json_put_raw(&o, STR("{\"x\":[]}"));
    json_end_array(&o);
    json_key(&o, STR("none"));
    json_begin_object(&o);
    json_end_object(&o);
    json_end_object(&o);
    assert_text(buf_str(&b), "{\"text\\\"\":\"\\u0001\\b\\f\\n\\r\\t\\\\ \xc3\xa9/\",\"list\":"
                             "[-9223372036854775808,0.1,0.3333333333333333,3,null,true,null,"
                             "{\"x\":[]}],\"none\":{}}");
    struct json back;
    struct err e;
    assert_int_equal(json_parse(story_arena, buf_str(&b), &back, &e), 0);
    buf_fini(&b);
}

static void what_is_no_utf8_is_written_so_that_it_can_be_read(void **state)
{
    (void)state;
    static const struct {
        struct str bytes;
        const char *written;
    } texts[] = {
        {{"a\xff", 2}, "[\"a\\ufffd\"]"},
        {{"\xc3", 1}, "[\"\\ufffd\"]"}, /* cut within a character */
        {{"\xc3\xa4\xe2\x82z", 5}, "[\"\xc3\xa4\\ufffd\\ufffdz\"]"},
        {{"\xed\xa0\x80", 3}, "[\"\\ufffd\\ufffd\\ufffd\"]"}, /* half of a pair */
        {{"\xc0\x80\0", 3}, "[\"\\ufffd\\ufffd\\ufffd\"]"},
        {{"\xf0\x9f\x98\x80", 4}, "[\"\xf0\x9f\x98\x80\"]"},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct buf b = {0};
        struct json_out o = {.buf = &b};
        struct json v;
        struct err e;
        json_begin_array(&o);
        json_put_str(&o, texts[i].bytes);
        json_end_array(&o);
        assert_string_equal(buf_str(&b).ptr, texts[i].written);
        assert_int_equal(json_parse(story_arena, buf_str(&b), &v, &e), 0);
        buf_fini(&b);
    }
}

static void a_copy_outlives_what_it_was_copied_from(void **state)
{
    (void)state;
    struct arena *request = arena_new();
    struct json v = {0};
    struct err e;
    assert_int_equal(json_parse(request, STR("{\"a\":[\"text\",0.10,null]}"), &v, &e), 0);
    struct json copy = json_copy(story_arena, v);
    arena_free(request);
    assert_text(json_text(story_arena, copy), "{\"a\":[\"text\",0.10,null]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(numbers_are_written_as_they_were_read),
        STORY(whole_numbers_are_read_exactly_or_not_at_all),
        STORY(malformed_text_is_located),
        STORY(keys_that_occur_twice_are_refused_at_any_depth),
        STORY(depth_is_limited),
        STORY(many_keys_cost_no_square),
        STORY(values_are_walked_in_order),
        STORY(equality_is_by_value),
        STORY(merge_patch_does_what_the_rfc_says),
        STORY(an_overlay_takes_null_for_no_opinion),
        STORY(the_writer_quotes_and_separates),
        STORY(what_is_no_utf8_is_written_so_that_it_can_be_read),
        STORY(a_copy_outlives_what_it_was_copied_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
