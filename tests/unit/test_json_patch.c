/* JSON patch: the words and examples of RFC 6902, and limits. */
#include "story.h"

#include "base/buf.h"
#include "base/limits.h"
#include "data/json.h"

static const struct {
    const char *target;
    const char *patch;
    const char *result; /* NULL: refused */
    const char *pointer;
} cases[] = {
    /* the RFC's appendix A */
    {"{'foo':'bar'}", "[{'op':'add','path':'/baz','value':'qux'}]", "{'baz':'qux','foo':'bar'}", 0},
    {"{'foo':['bar','baz']}", "[{'op':'add','path':'/foo/1','value':'qux'}]",
     "{'foo':['bar','qux','baz']}", 0},
    {"{'baz':'qux','foo':'bar'}", "[{'op':'remove','path':'/baz'}]", "{'foo':'bar'}", 0},
    {"{'foo':['bar','qux','baz']}", "[{'op':'remove','path':'/foo/1'}]", "{'foo':['bar','baz']}",
     0},
    {"{'baz':'qux','foo':'bar'}", "[{'op':'replace','path':'/baz','value':'boo'}]",
     "{'baz':'boo','foo':'bar'}", 0},
    {"{'foo':{'bar':'baz','waldo':'fred'},'qux':{'corge':'grault'}}",
     "[{'op':'move','from':'/foo/waldo','path':'/qux/thud'}]",
     "{'foo':{'bar':'baz'},'qux':{'corge':'grault','thud':'fred'}}", 0},
    {"{'foo':['all','grass','cows','eat']}", "[{'op':'move','from':'/foo/1','path':'/foo/3'}]",
     "{'foo':['all','cows','eat','grass']}", 0},
    {"{'baz':'qux','foo':['a',2,'c']}",
     "[{'op':'test','path':'/baz','value':'qux'},{'op':'test','path':'/foo/1','value':2}]",
     "{'baz':'qux','foo':['a',2,'c']}", 0},
    {"{'baz':'qux'}", "[{'op':'test','path':'/baz','value':'bar'}]", NULL, "/0/value"},
    {"{'foo':'bar'}", "[{'op':'add','path':'/child','value':{'grandchild':{}}}]",
     "{'foo':'bar','child':{'grandchild':{}}}", 0},
    {"{'foo':'bar'}", "[{'op':'add','path':'/baz','value':'qux','xyz':123}]",
     "{'foo':'bar','baz':'qux'}", 0},
    {"{'foo':'bar'}", "[{'op':'add','path':'/baz/bat','value':'qux'}]", NULL, "/0/path"},
    {"{'/':9,'~1':10}", "[{'op':'test','path':'/~01','value':10}]", "{'/':9,'~1':10}", 0},
    {"{'/':9,'~1':10}", "[{'op':'test','path':'/~01','value':'10'}]", NULL, "/0/value"},
    {"{'foo':['bar']}", "[{'op':'add','path':'/foo/-','value':['abc','def']}]",
     "{'foo':['bar',['abc','def']]}", 0},

    /* places */
    {"{'a':1}", "[]", "{'a':1}", 0},
    {"{'a':1}", "[{'op':'add','path':'/a','value':null}]", "{'a':null}", 0},
    {"{'a':1}", "[{'op':'add','path':'','value':[1]}]", "[1]", 0},
    {"{'a':1}", "[{'op':'replace','path':'','value':{}}]", "{}", 0},
    {"{'a':1}", "[{'op':'test','path':'','value':{'a':1.0}}]", "{'a':1}", 0},
    {"{'':{'':1}}", "[{'op':'replace','path':'//','value':2}]", "{'':{'':2}}", 0},
    {"{'a':{'b':1}}", "[{'op':'copy','from':'/a','path':'/a/c'}]", "{'a':{'b':1,'c':{'b':1}}}", 0},
    {"{'a':{'b':1}}", "[{'op':'copy','from':'','path':'/c'}]", "{'a':{'b':1},'c':{'a':{'b':1}}}",
     0},
    {"{'a':{'b':1}}", "[{'op':'move','from':'/a/b','path':'/a'}]", "{'a':1}", 0},
    {"{'a':1}", "[{'op':'move','from':'/a','path':'/a'}]", "{'a':1}", 0},
    {"{'a':{'b':1}}", "[{'op':'move','from':'/a','path':'/a/b'}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'remove','path':''}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'remove','path':'/b'}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'replace','path':'/b','value':1}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'copy','from':'/b','path':'/c'}]", NULL, "/0/from"},
    {"{'a':1}", "[{'op':'add','path':'/a/b','value':1}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'add','path':'a','value':1}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'add','path':'/~2','value':1}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'add','path':'/~','value':1}]", NULL, "/0/path"},
    {"{'a':[1]}", "[{'op':'add','path':'/a/2','value':1}]", NULL, "/0/path"},
    {"{'a':[1]}", "[{'op':'add','path':'/a/01','value':1}]", NULL, "/0/path"},
    {"{'a':[1]}", "[{'op':'add','path':'/a/+1','value':1}]", NULL, "/0/path"},
    {"{'a':[1]}", "[{'op':'add','path':'/a/x','value':1}]", NULL, "/0/path"},
    {"{'a':[1]}", "[{'op':'remove','path':'/a/-'}]", NULL, "/0/path"},
    {"{'a':[1]}", "[{'op':'remove','path':'/a/1'}]", NULL, "/0/path"},
    {"{'a':[1,2]}", "[{'op':'replace','path':'/a/1','value':3}]", "{'a':[1,3]}", 0},

    /* operations that are none */
    {"{'a':1}", "[{'op':'test','path':'/a','value':1},{'op':'merge','path':'/a'}]", NULL, "/1/op"},
    {"{'a':1}", "[{'path':'/a','value':1}]", NULL, "/0/op"},
    {"{'a':1}", "[{'op':'add','value':1}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'add','path':7,'value':1}]", NULL, "/0/path"},
    {"{'a':1}", "[{'op':'add','path':'/b'}]", NULL, "/0/value"},
    {"{'a':1}", "[{'op':'move','path':'/b'}]", NULL, "/0/from"},
    {"{'a':1}", "['add']", NULL, "/0"},
    {"{'a':1}", "{'op':'add','path':'/b','value':1}", NULL, ""},
};

static void the_rfc_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct json target = story_json(cases[i].target);
        struct json result;
        struct err e = {0};
        int r = json_patch(story_arena, target, story_json(cases[i].patch), &result, &e);
        if ((r == 0) != (cases[i].result != NULL))
            fail_msg("%s: %s %s", cases[i].patch, e.pointer, e.text);
        if (r == 0 && !json_equal(result, story_json(cases[i].result)))
            fail_msg("%s: %.*s", cases[i].patch, STR_ARG(json_text(story_arena, result)));
        if (r < 0)
            assert_string_equal(e.pointer, cases[i].pointer);
        /* the document itself is never touched */
        assert_true(json_equal(target, story_json(cases[i].target)));
    }
}

/* n operations, each the text with its number. */
static int patched(const char *target, const char *operation, size_t n, struct err *e)
{
    struct buf b = {0};
    struct json patch;
    struct json result;
    struct err parse;
    for (size_t i = 0; i < n; i++)
        buf_fmt(&b, "%s%s", i ? "," : "[", operation);
    buf_fmt(&b, "]");
    assert_int_equal(json_parse(story_arena, arena_str(story_arena, story_text(buf_str(&b).ptr)),
                                &patch, &parse),
                     0);
    buf_fini(&b);
    return json_patch(story_arena, story_json(target), patch, &result, e);
}

static void what_grows_without_end_is_refused(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(
        patched("{'a':[]}", "{'op':'add','path':'/a/-','value':1}", LIMIT_PATCH_OPERATIONS, &e), 0);
    assert_int_equal(
        patched("{'a':[]}", "{'op':'add','path':'/a/-','value':1}", LIMIT_PATCH_OPERATIONS + 1, &e),
        -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    /* each doubles what is there */
    assert_int_equal(patched("{'a':[1]}", "{'op':'copy','from':'/a','path':'/a/-'}", 60, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    assert_int_equal(patched("{'a':1}", "{'op':'copy','from':'','path':'/b'}", 40, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_rfc_is_kept),
        STORY(what_grows_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
