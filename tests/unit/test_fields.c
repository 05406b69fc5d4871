/* Field tables: what they accept, what they refuse and where, and what they write. */
#include "base/limits.h"
#include "thing.h"

static void what_is_absent_stays_absent(void **state)
{
    (void)state;
    struct thing t = thing_decoded("{}");
    assert_string_equal(thing_encoded(&t, true), "{'kind':'Thing','flag':false}");
    t = thing_decoded("{'text':null,'id':'','colour':null,'map':{'a':null},'inner':{},'parts':[],"
                      "'raw':null,'strategy':null,'words':null}");
    assert_string_equal(thing_encoded(&t, true), "{'kind':'Thing','flag':false}");
}

static void values_are_read_in_every_accepted_spelling(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"'colour':'red'", "'colour':'RED'"},
        {"'number':'42'", "'number':42"},
        {"'number':4.2e1", "'number':42"},
        {"'cpu':'0.5'", "'cpu':0.5"},
        {"'cpu':'1500m'", "'cpu':1.5"},
        {"'cpu':1.0", "'cpu':1"},
        {"'cpu':0.123", "'cpu':0.123"},
        {"'wait':90", "'wait':'90'"},
        {"'wait':'PT10M'", "'wait':'PT10M'"},
        {"'memory':1024", "'memory':'1024'"},
        {"'memory':'1.5g'", "'memory':'1.5g'"},
        {"'time':'2026-01-31T11:00:00.5+01:00'", "'time':'2026-01-31T10:00:00.500000Z'"},
        {"'map':{'b':true,'a':1,'c':0.10,'':'x'}", "'map':{'':'x','a':'1','b':'true','c':'0.10'}"},
        {"'kind':'thing'", ""},
        {"'strategy':{'kind':'Blue'}", "'strategy':{'kind':'BLUE'}"},
        {"'raw':{'n':0.10}", "'raw':{'n':0.10}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str text = arena_fmt(story_arena, "{%s}", cases[i][0]);
        struct thing t = thing_decoded(text.ptr);
        if (!strstr(thing_encoded(&t, false), cases[i][1]))
            fail_msg("%s became %s", cases[i][0], thing_encoded(&t, false));
    }
    struct thing yes = thing_decoded("{'flag':'TRUE','memory':'1G','wait':'1h30m'}");
    assert_true(yes.flag);
    assert_int_equal(yes.memory.bytes, 1000000000);
    assert_int_equal(yes.wait.us, INT64_C(5400000000));
}

static const struct {
    const char *text;
    const char *pointer;
    const char *says;
    enum err_code code;
} wrong[] = {
    {"[]", "", "Thing must be an object", ERR_INVALID},
    {"null", "", "Thing must be an object", ERR_INVALID},
    {"{'nunber':1}", "/nunber", "did you mean number?", ERR_UNKNOWN_FIELD},
    {"{'Text':'a'}", "/Text", "did you mean text?", ERR_UNKNOWN_FIELD},
    {"{'zzzzzzzz':1}", "/zzzzzzzz", "Thing has no field \"zzzzzzzz\"", ERR_UNKNOWN_FIELD},
    {"{'a/b~c':1}", "/a~1b~0c", "no field", ERR_UNKNOWN_FIELD},
    {"{'inner':{'cuont':1}}", "/inner/cuont", "did you mean count?", ERR_UNKNOWN_FIELD},
    {"{'inner':[]}", "/inner", "must be an object", ERR_INVALID},
    {"{'inner':{'secretx':1}}", "/inner/secretx", "Inner has no field \"secretx\"",
     ERR_UNKNOWN_FIELD},
    {"{'text':[1]}", "/text", "must be a string, not a list", ERR_INVALID},
    {"{'id':1}", "/id", "must be a string, not a number", ERR_INVALID},
    {"{'text':'12345678901'}", "/text", "longer than 10 bytes", ERR_TOO_LARGE},
    {"{'id':'x'}", "/id", "must be a UUID", ERR_INVALID},
    {"{'colour':'GREEN'}", "/colour", "one of RED, BLUE", ERR_INVALID},
    {"{'colour':''}", "/colour", "one of RED, BLUE", ERR_INVALID},
    {"{'colour':1}", "/colour", "must be a string", ERR_INVALID},
    {"{'number':0}", "/number", "at least 1", ERR_INVALID},
    {"{'number':101}", "/number", "at most 100", ERR_INVALID},
    {"{'number':1.5}", "/number", "whole number", ERR_INVALID},
    {"{'number':99999999999999999999}", "/number", "whole number", ERR_INVALID},
    {"{'number':'1x'}", "/number", "whole number", ERR_INVALID},
    {"{'number':true}", "/number", "whole number, not a boolean", ERR_INVALID},
    {"{'flag':1}", "/flag", "true or false", ERR_INVALID},
    {"{'flag':'yes'}", "/flag", "true or false", ERR_INVALID},
    {"{'cpu':0.05}", "/cpu", "at least 100 thousandths", ERR_INVALID},
    {"{'cpu':0.1234}", "/cpu", "three decimals", ERR_INVALID},
    {"{'cpu':-1}", "/cpu", "number of cores", ERR_INVALID},
    {"{'cpu':'1.2.3'}", "/cpu", "number of cores", ERR_INVALID},
    {"{'cpu':'.'}", "/cpu", "number of cores", ERR_INVALID},
    {"{'cpu':1e99}", "/cpu", "number of cores", ERR_INVALID},
    {"{'cpu':99999999999999999999999999999999}", "/cpu", "cores", ERR_INVALID},
    {"{'wait':'soon'}", "/wait", "duration", ERR_INVALID},
    {"{'wait':-1}", "/wait", "duration", ERR_INVALID},
    {"{'wait':{}}", "/wait", "duration", ERR_INVALID},
    {"{'memory':'1Gi'}", "/memory", "powers of ten", ERR_INVALID},
    {"{'memory':'G'}", "/memory", "powers of ten", ERR_INVALID},
    {"{'memory':'-1G'}", "/memory", "powers of ten", ERR_INVALID},
    {"{'memory':'9999999G'}", "/memory", "powers of ten", ERR_INVALID},
    {"{'memory':true}", "/memory", "a size, not a boolean", ERR_INVALID},
    {"{'time':'yesterday'}", "/time", "RFC 3339", ERR_INVALID},
    {"{'time':5}", "/time", "must be a time", ERR_INVALID},
    {"{'map':{'a':{'b':1}}}", "/map/a", "not an object", ERR_INVALID},
    {"{'map':{'a/b':[]}}", "/map/a~1b", "not a list", ERR_INVALID},
    {"{'map':'a'}", "/map", "must be an object", ERR_INVALID},
    {"{'words':['a',{}]}", "/words/1", "list of strings", ERR_INVALID},
    {"{'words':[null]}", "/words/0", "list of strings", ERR_INVALID},
    {"{'words':{}}", "/words", "must be a list", ERR_INVALID},
    {"{'parts':[{'name':'a'},{}]}", "/parts/1/name", "name is required", ERR_INVALID},
    {"{'parts':[{'name':null}]}", "/parts/0/name", "name is required", ERR_INVALID},
    {"{'parts':[1]}", "/parts/0", "must be an object", ERR_INVALID},
    {"{'parts':{}}", "/parts", "must be a list", ERR_INVALID},
    {"{'kind':'Other'}", "/kind", "kind must be Thing", ERR_INVALID},
    {"{'kind':1}", "/kind", "must be a string", ERR_INVALID},
    {"{'strategy':{'kind':'X'}}", "/strategy/kind", "one of RED, BLUE", ERR_INVALID},
    {"{'strategy':'BLUE'}", "/strategy", "must be an object", ERR_INVALID},
};

static void wrong_values_are_refused_where_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct thing t;
        struct err e = {0};
        struct json v = story_json(wrong[i].text);
        if (fields_decode(story_arena, &thing_fields, v, UNKNOWN_REFUSE, &t, &e) == 0)
            fail_msg("was accepted: %s", wrong[i].text);
        if (e.code != wrong[i].code || strcmp(e.pointer, wrong[i].pointer) != 0 ||
            !strstr(e.text, wrong[i].says))
            fail_msg("%s: %s %s: %s", wrong[i].text, err_code_name(e.code), e.pointer, e.text);
    }
}

static void crowds_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool keyed;
        const char *item;
        size_t most;
    } cases[] = {
        {"map", true, "'x'", LIMIT_MAP_ENTRIES},
        {"words", false, "'x'", LIMIT_LIST_ENTRIES},
        {"parts", false, "{'name':'x'}", LIMIT_LIST_ENTRIES},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct thing t;
        struct err e = {0};
        struct json fits = thing_crowd(cases[i].name, cases[i].keyed, cases[i].item, cases[i].most);
        struct json more =
            thing_crowd(cases[i].name, cases[i].keyed, cases[i].item, cases[i].most + 1);
        assert_int_equal(fields_decode(story_arena, &thing_fields, fits, UNKNOWN_REFUSE, &t, &e),
                         0);
        assert_int_equal(fields_decode(story_arena, &thing_fields, more, UNKNOWN_REFUSE, &t, &e),
                         -1);
        assert_int_equal(e.code, ERR_TOO_LARGE);
    }
}

static void long_texts_are_refused(void **state)
{
    (void)state;
    char *text = arena_alloc(story_arena, LIMIT_STRING + 2);
    memset(text, 'x', LIMIT_STRING + 1);
    for (size_t extra = 0; extra < 2; extra++) {
        struct str s =
            arena_fmt(story_arena, "{'map':{'a':'%.*s'}}", (int)(LIMIT_STRING + extra), text);
        struct thing t;
        struct err e = {0};
        int r =
            fields_decode(story_arena, &thing_fields, story_json(s.ptr), UNKNOWN_REFUSE, &t, &e);
        assert_int_equal(r, extra ? -1 : 0);
        if (extra)
            assert_string_equal(e.pointer, "/map/a");
    }
}

static void unknown_fields_can_be_passed_over_and_are_listed(void **state)
{
    (void)state;
    struct json v = story_json("{'nunber':1,'number':2,'inner':{'x':1},"
                               "'parts':[{'name':'a','wieght':1}],'raw':{'any':1}}");
    struct thing t;
    struct err e;
    assert_int_equal(fields_decode(story_arena, &thing_fields, v, UNKNOWN_IGNORE, &t, &e), 0);
    assert_int_equal(t.number, 2);
    struct str_list list = fields_unknown_members(story_arena, &thing_fields, v);
    assert_int_equal(list.n, 3);
    assert_text(list.items[0], "/nunber: unknown field; did you mean number?");
    assert_text(list.items[1], "/inner/x: unknown field");
    assert_text(list.items[2], "/parts/0/wieght: unknown field; did you mean weight?");
}

static void a_partial_document_is_checked_for_what_it_has(void **state)
{
    (void)state;
    struct err e = {0};
    struct json v = story_json("{'parts':[{}],'number':5}");
    assert_int_equal(fields_check(&thing_fields, v, UNKNOWN_REFUSE, &e), 0);
    assert_int_equal(fields_check(&thing_fields, story_json("{'number':0}"), UNKNOWN_REFUSE, &e),
                     -1);
    assert_string_equal(e.pointer, "/number");
}

static void what_the_user_may_not_write_is_stripped(void **state)
{
    (void)state;
    struct json v = story_json("{'seen':1,'text':'a','inner':{'secret':'s','count':1},'other':"
                               "{'seen':1},'raw':{'seen':1}}");
    struct json stripped = fields_strip(story_arena, &thing_fields, v);
    story_assert_text(json_text(story_arena, stripped),
                      story_text("{'text':'a','inner':{'count':1},'other':{'seen':1},"
                                 "'raw':{'seen':1}}"),
                      __FILE__, __LINE__);
}

static void what_is_internal_is_shown_only_to_the_store(void **state)
{
    (void)state;
    struct thing t = thing_decoded("{'inner':{'secret':'s'}}");
    assert_string_equal(thing_encoded(&t, false), "{'kind':'Thing','flag':false}");
    assert_string_equal(thing_encoded(&t, true),
                        "{'kind':'Thing','flag':false,'inner':{'secret':'s'}}");
}

static void decoded_values_outlive_the_document(void **state)
{
    (void)state;
    struct arena *request = arena_new();
    struct json v = {0};
    struct thing t;
    struct err e;
    struct str text = story_text("{'text':'a','map':{'k':'v'},'words':['w'],'raw':{'r':1},"
                                 "'wait':5,'parts':[{'name':'n'}]}");
    assert_int_equal(json_parse(request, text, &v, &e), 0);
    assert_int_equal(fields_decode(story_arena, &thing_fields, v, UNKNOWN_REFUSE, &t, &e), 0);
    arena_free(request);
    assert_string_equal(thing_encoded(&t, true),
                        "{'kind':'Thing','text':'a','flag':false,'wait':'5','map':{'k':'v'},"
                        "'words':['w'],'parts':[{'name':'n'}],'raw':{'r':1}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(what_is_absent_stays_absent),
        STORY(values_are_read_in_every_accepted_spelling),
        STORY(wrong_values_are_refused_where_they_stand),
        STORY(crowds_are_refused),
        STORY(long_texts_are_refused),
        STORY(unknown_fields_can_be_passed_over_and_are_listed),
        STORY(a_partial_document_is_checked_for_what_it_has),
        STORY(what_the_user_may_not_write_is_stripped),
        STORY(what_is_internal_is_shown_only_to_the_store),
        STORY(decoded_values_outlive_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
