/* YAML: read as Kubernetes users expect it, within limits; written so that everybody reads it back. */
#include "story.h"

#include "base/limits.h"

static void reads(const char *yaml, const char *json)
{
    struct json v = {0};
    struct err e = {0};
    if (yaml_parse(story_arena, str_of(yaml), &v, &e) < 0)
        fail_msg("%s\n%s", e.text, yaml);
    assert_text(json_text(story_arena, v), story_text(json).ptr);
}

static void refused(const char *yaml, enum err_code code, const char *says)
{
    struct json v = {0};
    struct err e = {0};
    if (yaml_parse(story_arena, str_of(yaml), &v, &e) == 0)
        fail_msg("was read: %.300s", yaml);
    assert_true(json_is_none(v));
    assert_string_equal(err_code_name(e.code), err_code_name(code));
    if (!strstr(e.text, says))
        fail_msg("\"%s\" does not say \"%s\"", e.text, says);
}

static void a_manifest_reads_as_the_same_json(void **state)
{
    (void)state;
    reads("# a comment\n"
          "kind: Deployment\n"
          "metadata:\n"
          "  name: counter\n"
          "  labels: {team: a, 'on': \"1\"}\n"
          "spec:\n"
          "  template:\n"
          "    parallelism: 2\n"
          "    args: >-\n"
          "      --x 1\n"
          "      --y 2\n"
          "    script: |\n"
          "      a\n"
          "      b\n"
          "    list:\n"
          "    - file:///a.jar?v=1\n"
          "    - [1, 2]\n"
          "    none:\n",
          "{'kind':'Deployment','metadata':{'name':'counter','labels':{'team':'a','on':'1'}},"
          "'spec':{'template':{'parallelism':2,'args':'--x 1 --y 2','script':'a\\nb\\n',"
          "'list':['file:///a.jar?v=1',[1,2]],'none':null}}}");
    reads("---\n{\"json\": [\"is\", \"yaml\", 1e3]}\n...\n", "{'json':['is','yaml',1e3]}");
}

static void scalars_follow_the_core_schema(void **state)
{
    (void)state;
    reads("[null, Null, NULL, ~, ]", "[null,null,null,null]");
    reads("[true, True, TRUE, false, False, FALSE]", "[true,true,true,false,false,false]");
    reads("[yes, No, on, OFF, y, N, tRUE, nULL]", "['yes','No','on','OFF','y','N','tRUE','nULL']");
    reads("[0, -0, +12, 0x1F, 0o17, 18446744073709551615]", "[0,-0,12,31,15,18446744073709551615]");
    reads("[1.10, -.5, 5., +1e3, 1.5E-7]", "[1.10,-0.5,5.0,1e3,1.5E-7]");
    reads("[007, 1_000, 1:30, 1.2.3, 0x, 0o8, 1e, ., .inf, .nan, 2G, 2026-01-01]",
          "['007','1_000','1:30','1.2.3','0x','0o8','1e','.','.inf','.nan','2G','2026-01-01']");
    reads("[\"1\", '2', !!str 3, ! 4]", "['1','2','3','4']");
    reads("{1: a, true: b, ~: c}", "{'1':'a','true':'b','~':'c'}");
}

static void aliases_repeat_their_value(void **state)
{
    (void)state;
    reads("a: &x {k: [1]}\nb: *x\nc: *x\n", "{'a':{'k':[1]},'b':{'k':[1]},'c':{'k':[1]}}");
    reads("[&x 1, *x, &x 2, *x]", "[1,1,2,2]");
    refused("[*x]", ERR_MALFORMED, "not there");
    refused("&x [*x]", ERR_MALFORMED, "part of");
    refused("a: &x {k: 1}\nb:\n  <<: *x\n", ERR_MALFORMED, "merge keys");
}

static void what_is_no_single_document_is_refused(void **state)
{
    (void)state;
    refused("", ERR_MALFORMED, "empty");
    refused("# only a comment\n", ERR_MALFORMED, "empty");
    refused("--- 1\n--- 2\n", ERR_MALFORMED, "one document");
    refused("a: 1\nb: 2\na: 3\n", ERR_MALFORMED, "\"a\"");
    refused("a:\n  - b: {c: 1, 'c': 2}\n", ERR_MALFORMED, "\"c\"");
    refused("a: [1\n", ERR_MALFORMED, "line 2");
    refused("a: 1\n b: 2\n", ERR_MALFORMED, "line 2");
    refused("a:\n\t- 1\n", ERR_MALFORMED, "line 2");
    refused("? [a]\n: 1\n", ERR_MALFORMED, "line 1, column 3: a key");
    refused("? *x\n: 1\n", ERR_MALFORMED, "a key");
    refused("!!python/object:os.system x", ERR_MALFORMED, "tags");
    refused("!mine [1]", ERR_MALFORMED, "tag");
    refused("!!set {a: 1}", ERR_MALFORMED, "tag");
    refused("\"a\\0b\"", ERR_MALFORMED, "NUL");
    refused("a: \xff\n", ERR_MALFORMED, "UTF-8");
    refused("%YAML 3.0\n--- a", ERR_MALFORMED, "line 1");
}

static struct str repeated(const char *what, size_t n, const char *end)
{
    struct buf b = {0};
    for (size_t i = 0; i < n; i++)
        buf_add(&b, str_of(what));
    buf_add(&b, str_of(end));
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void bombs_do_not_go_off(void **state)
{
    (void)state;
    /* When every level names the one before nine times: 9^9 values. */
    struct buf b = {0};
    buf_add(&b, STR("a0: &a0 [x,x,x,x,x,x,x,x,x]\n"));
    for (int i = 1; i < 9; i++) {
        buf_fmt(&b, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++)
            buf_fmt(&b, "%s*a%d", k ? "," : "", i - 1);
        buf_add(&b, STR("]\n"));
    }
    size_t before = arena_used(story_arena);
    refused(buf_str(&b).ptr, ERR_TOO_LARGE, "too many");
    assert_true(arena_used(story_arena) - before < 8U << 20);
    buf_fini(&b);

    refused(repeated("[", 100000, "").ptr, ERR_TOO_LARGE, "too deep");
    refused(repeated("{a: ", 40, "").ptr, ERR_TOO_LARGE, "too deep");
    refused(repeated("- ", LIMIT_JSON_DEPTH + 1, "").ptr, ERR_TOO_LARGE, "too deep");
    refused(repeated("- 1\n", LIMIT_YAML_NODES, "").ptr, ERR_TOO_LARGE, "too many values");
    refused(repeated("- *x\n", 1, "").ptr, ERR_MALFORMED, "not there");

    struct buf many = {0};
    buf_add(&many, STR("- &x 1\n"));
    for (unsigned i = 0; i <= LIMIT_YAML_ALIASES; i++)
        buf_add(&many, STR("- *x\n"));
    refused(buf_str(&many).ptr, ERR_TOO_LARGE, "too many aliases");
    buf_clear(&many);
    for (unsigned i = 0; i <= LIMIT_YAML_ALIASES; i++)
        buf_fmt(&many, "- &x%u 1\n", i);
    refused(buf_str(&many).ptr, ERR_TOO_LARGE, "too many anchors");
    buf_fini(&many);
}

static void aliases_cannot_nest_past_the_depth(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add(&b, STR("- &a0 [[[[[[[[[[1]]]]]]]]]]\n"));
    for (int i = 1; i < 5; i++)
        buf_fmt(&b, "- &a%d [[[[[[[[[[*a%d]]]]]]]]]]\n", i, i - 1);
    refused(buf_str(&b).ptr, ERR_TOO_LARGE, "levels");
    buf_fini(&b);
}

/* What some reader might take for something else. */
static const char *const strings[] = {
    "",
    " ",
    "a",
    "a b",
    " a",
    "a ",
    "yes",
    "No",
    "true",
    "null",
    "~",
    "1",
    "1.5",
    "0x1F",
    "007",
    "1e3",
    "-",
    "- a",
    "?",
    ": a",
    "a: b",
    "a:b",
    "a:",
    "#a",
    "a #b",
    "a#b",
    "[a]",
    "{a}",
    "*a",
    "&a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a",
    "'a'",
    "\"a\"",
    "a'b",
    "a\"b",
    "a\\b",
    "a\nb",
    "a\n",
    "a\n\n",
    "\na",
    " a\nb",
    "a\n b\n",
    "a \nb",
    "a\tb",
    "\t",
    "\r",
    "a\r\nb",
    "\x01",
    "\x7f",
    "\xc2\x85",
    "\xc2\xa0",
    "\xe2\x80\xa8",
    "\xef\xbb\xbf",
    "\xef\xbf\xbf",
    "\xc3\xa9",
    "\xf0\x9f\x98\x80",
    "---",
    "--- a",
    "...",
    "a,b",
    "2G",
    "500m",
    "2026-01-01",
    "12:30",
    "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    "file:///a/b.jar?v=1",
    "<<",
    "=",
    "_",
    "/x",
    "y",
    "# x\ny",
    "a\n# x\n",
    "a\n\nb\n",
    "a\n---\nb",
};

/* Both strings in every position there is: key and value, in objects and lists, nested. */
static void put_nested(struct json_out *o, struct str one, struct str two)
{
    json_begin_object(o);
    json_key(o, one);
    json_put_str(o, two);
    json_key(o, STR("list"));
    json_begin_array(o);
    json_put_str(o, two);
    json_begin_array(o);
    json_put_str(o, one);
    json_put_i64(o, 1);
    json_end_array(o);
    json_begin_object(o);
    json_key(o, two);
    json_begin_object(o);
    json_key(o, one);
    json_begin_array(o);
    json_put_str(o, one);
    json_end_array(o);
    json_end_object(o);
    json_key(o, STR("last"));
    json_put_str(o, one);
    json_end_object(o);
    json_end_array(o);
    json_end_object(o);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    size_t n = sizeof(strings) / sizeof(strings[0]);
    for (size_t i = 0; i < n * n; i++) {
        struct buf b = {0};
        struct json_out o = {.buf = &b};
        struct arena *a = arena_new();
        struct json v = {0};
        struct json back = {0};
        struct err e = {0};
        put_nested(&o, str_of(strings[i % n]), str_of(strings[i / n]));
        if (json_parse(a, buf_str(&b), &v, &e) < 0)
            fail_msg("%s", e.text);
        struct str yaml = json_yaml(a, v);
        if (yaml_parse(a, yaml, &back, &e) < 0)
            fail_msg("%s\n%.*s", e.text, STR_ARG(yaml));
        if (!json_equal(v, back))
            fail_msg("%.*s\n%.*s", STR_ARG(buf_str(&b)), STR_ARG(yaml));
        arena_free(a);
        buf_fini(&b);
    }
}

static void keys_longer_than_readers_look_ahead_read_back(void **state)
{
    (void)state;
    static const char *const values[] = {"1", "[1,{'a':2}]", "{'b':[1],'c':{}}", "'a\\nb\\n'"};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct str key = repeated(i % 2 ? "x" : "\x7f", 5000, "");
        struct str text = arena_fmt(story_arena, "{'l':[{'%s':%s,'z':0}],'%s':%s,'z':0}", key.ptr,
                                    values[i], key.ptr, values[i]);
        struct json v = story_json(text.ptr);
        struct json back = {0};
        struct err e = {0};
        if (yaml_parse(story_arena, json_yaml(story_arena, v), &back, &e) < 0)
            fail_msg("%s", e.text);
        assert_true(json_equal(v, back));
    }
}

static void it_is_written_as_people_write_it(void **state)
{
    (void)state;
    struct json v = story_json("{'kind':'Deployment','spec':{'cpu':0.5,'memory':'2G','on':true,"
                               "'none':null,'args':'--x \\'1\\'','version':'1.20','empty':{},"
                               "'no':[],'list':['a',{'b':1,'c':[2,3]}],'log':'x\\ny\\n'}}");
    assert_text(json_yaml(story_arena, v), "kind: Deployment\n"
                                           "spec:\n"
                                           "  cpu: 0.5\n"
                                           "  memory: 2G\n"
                                           "  \"on\": true\n"
                                           "  none: null\n"
                                           "  args: \"--x \\\"1\\\"\"\n"
                                           "  version: \"1.20\"\n"
                                           "  empty: {}\n"
                                           "  \"no\": []\n"
                                           "  list:\n"
                                           "  - a\n"
                                           "  - b: 1\n"
                                           "    c:\n"
                                           "    - 2\n"
                                           "    - 3\n"
                                           "  log: |\n"
                                           "    x\n"
                                           "    y\n");
    assert_text(json_yaml(story_arena, story_json("'text'")), "text\n");
    assert_text(json_yaml(story_arena, story_json("[]")), "[]\n");
    assert_text(json_yaml(story_arena, story_json("[[1,2],[],{}]")), "- - 1\n  - 2\n- []\n- {}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_manifest_reads_as_the_same_json),
        STORY(scalars_follow_the_core_schema),
        STORY(aliases_repeat_their_value),
        STORY(what_is_no_single_document_is_refused),
        STORY(bombs_do_not_go_off),
        STORY(aliases_cannot_nest_past_the_depth),
        STORY(what_is_written_reads_back),
        STORY(keys_longer_than_readers_look_ahead_read_back),
        STORY(it_is_written_as_people_write_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
