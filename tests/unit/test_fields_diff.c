/* Field tables: defaults, differences, look-ups, and the schema they stand for. */
#include "thing.h"

static void defaults_are_nested_and_yield_to_what_is_said(void **state)
{
    (void)state;
    struct json defaults = fields_defaults(story_arena, &thing_fields);
    story_assert_text(json_text(story_arena, defaults),
                      story_text("{'inner':{'count':3},'strategy':{'kind':'BLUE'}}"), __FILE__,
                      __LINE__);
    struct json said = story_json("{'inner':{'count':null},'strategy':{'kind':'RED'}}");
    struct json whole = json_overlay(story_arena, defaults, said);
    story_assert_text(json_text(story_arena, whole),
                      story_text("{'inner':{'count':3},'strategy':{'kind':'RED'}}"), __FILE__,
                      __LINE__);
}

static void the_same_said_otherwise_is_no_difference(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{'map':{'a':1,'b':true}}", "{'map':{'b':'true','a':'1'}}"},
        {"{'wait':'10m'}", "{'wait':600}"},
        {"{'memory':'1G'}", "{'memory':'1000m'}"},
        {"{'cpu':'500m'}", "{'cpu':0.5}"},
        {"{'colour':'red'}", "{'colour':'RED'}"},
        {"{'time':'2026-01-31T11:00:00+01:00'}", "{'time':'2026-01-31T10:00:00Z'}"},
        {"{'raw':{'a':1,'b':2}}", "{'raw':{'b':2,'a':1.0}}"},
        {"{'inner':{}}", "{}"},
        {"{'map':{}}", "{'map':null}"},
        {"{'parts':[{'name':'a','weight':1}]}", "{'parts':[{'weight':'1','name':'a'}]}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct thing x = thing_decoded(cases[i][0]);
        struct thing y = thing_decoded(cases[i][1]);
        if (fields_diff(story_arena, &thing_fields, &x, &y).n)
            fail_msg("%s and %s", cases[i][0], cases[i][1]);
    }
}

static void differences_are_named_with_their_flags(void **state)
{
    (void)state;
    static const struct {
        const char *x;
        const char *y;
        const char *path;
        const char *from;
        const char *to;
        unsigned flags;
    } cases[] = {
        {"{}", "{'text':'a'}", "text", "null", "'a'", 0},
        {"{'number':1}", "{'number':2}", "number", "1", "2", 0},
        {"{'map':{'a':'1'}}", "{'map':{'a':'2'}}", "map.a", "'1'", "'2'", FIELD_UPGRADE},
        {"{'map':{'a':'1'}}", "{}", "map.a", "'1'", "null", FIELD_UPGRADE},
        {"{'map':{'b':'1'}}", "{'map':{'a.b':'','b':1}}", "map.a.b", "null", "''", FIELD_UPGRADE},
        {"{'inner':{'count':1}}", "{'inner':{'count':2}}", "inner.count", "1", "2", FIELD_UPGRADE},
        {"{'inner':{'secret':'a'}}", "{'inner':{'secret':'b'}}", "inner.secret", "'a'", "'b'",
         FIELD_UPGRADE | FIELD_INTERNAL},
        {"{'words':['a']}", "{'words':['a','b']}", "words", "['a']", "['a','b']", 0},
        {"{'parts':[{'name':'a'}]}", "{'parts':[{'name':'b'}]}", "parts", "[{'name':'a'}]",
         "[{'name':'b'}]", 0},
        {"{'raw':{'a':1}}", "{'raw':{'a':'1'}}", "raw", "{'a':1}", "{'a':'1'}", 0},
        {"{'flag':false}", "{'flag':true}", "flag", "false", "true", FIELD_KEEP_EMPTY},
        {"{'strategy':{'kind':'RED'}}", "{}", "strategy.kind", "'RED'", "null", 0},
        {"{'seen':1}", "{'seen':2}", "seen", "1", "2", FIELD_READ_ONLY},
        {"{'cpu':1}", "{'cpu':1.5}", "cpu", "1", "1.5", 0},
        {"{'memory':'1G'}", "{}", "memory", "'1G'", "null", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct thing x = thing_decoded(cases[i].x);
        struct thing y = thing_decoded(cases[i].y);
        struct field_changes there = fields_diff(story_arena, &thing_fields, &x, &y);
        struct field_changes back = fields_diff(story_arena, &thing_fields, &y, &x);
        if (there.n != 1 || back.n != 1)
            fail_msg("%s and %s: %zu, %zu", cases[i].x, cases[i].y, there.n, back.n);
        assert_text(there.items[0].path, cases[i].path);
        assert_text(there.items[0].from, story_text(cases[i].from).ptr);
        assert_text(there.items[0].to, story_text(cases[i].to).ptr);
        assert_int_equal(there.items[0].flags, cases[i].flags);
        assert_text(back.items[0].from, story_text(cases[i].to).ptr);
        assert_text(back.items[0].to, story_text(cases[i].from).ptr);
    }
}

static void many_differences_are_all_found(void **state)
{
    (void)state;
    struct thing none = thing_decoded("{}");
    struct thing many;
    struct err e;
    assert_int_equal(fields_decode(story_arena, &thing_fields, thing_crowd("map", true, "1", 100),
                                   UNKNOWN_REFUSE, &many, &e),
                     0);
    assert_int_equal(fields_diff(story_arena, &thing_fields, &none, &many).n, 100);
}

static void rows_are_found_by_path(void **state)
{
    (void)state;
    assert_ptr_equal(fields_find(&thing_fields, STR("inner.count")), &inner_fields.rows[0]);
    assert_string_equal(fields_find(&thing_fields, STR("strategy.kind"))->name, "kind");
    assert_string_equal(fields_find(&thing_fields, STR("map.a.b"))->name, "map");
    assert_string_equal(fields_find(&thing_fields, STR("raw.x"))->name, "raw");
    assert_string_equal(fields_find(&thing_fields, STR("inner"))->name, "inner");
    assert_null(fields_find(&thing_fields, STR("text.x")));
    assert_null(fields_find(&thing_fields, STR("inner.x")));
    assert_null(fields_find(&thing_fields, STR("")));
}

static void maps_are_looked_up_and_extended(void **state)
{
    (void)state;
    struct thing t = thing_decoded("{'map':{'b':'2','d':'4'}}");
    struct str value;
    assert_true(str_map_get(&t.map, STR("b"), &value));
    assert_text(value, "2");
    assert_false(str_map_get(&t.map, STR("c"), &value));
    assert_text(str_map_get_or(&t.map, STR("e"), STR("none")), "none");
    static const char *const keys[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < 5; i++) {
        struct str_map m = str_map_with(story_arena, &t.map, str_of(keys[i]), STR("new"));
        assert_int_equal(m.n, i % 2 ? 2 : 3);
        for (size_t k = 1; k < m.n; k++)
            assert_true(str_cmp(m.items[k - 1].key, m.items[k].key) < 0);
        assert_text(str_map_get_or(&m, str_of(keys[i]), STR("")), "new");
    }
    assert_text(str_map_get_or(&t.map, STR("b"), STR("")), "2");
}

static struct json schemas(enum schema_use use)
{
    struct schemas done = {0};
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct json v = {0};
    struct err e;
    json_begin_object(&o);
    fields_schemas(&o, &done, &thing_fields, use);
    fields_schemas(&o, &done, &inner_fields, use);
    json_end_object(&o);
    assert_int_equal(json_parse(story_arena, buf_str(&b), &v, &e), 0);
    assert_int_equal(json_len(v), 4);
    buf_fini(&b);
    return v;
}

static void assert_json(struct json v, const char *text)
{
    story_assert_text(json_text(story_arena, v), story_text(text), __FILE__, __LINE__);
}

static void the_schema_of_what_is_written_says_what_is_always_there(void **state)
{
    (void)state;
    struct json v = schemas(SCHEMA_WRITTEN);
    assert_json(json_get(v, STR("Part")),
                "{'type':'object','required':['name'],'properties':{'name':{'type':'string'},"
                "'weight':{'type':'integer','format':'int64','minimum':0}},"
                "'additionalProperties':false}");
    struct json thing = json_path(v, "Thing.properties");
    assert_json(json_path(v, "Thing.required"), "['kind','flag']");
    assert_json(json_get(thing, STR("kind")), "{'const':'Thing'}");
    assert_json(json_get(thing, STR("inner")), "{'$ref':'#/components/schemas/Inner'}");
    assert_json(json_get(thing, STR("colour")),
                "{'type':'string','enum':['RED','BLUE'],'description':'Of it.'}");
    assert_json(json_get(thing, STR("raw")), "{}");
    assert_true(json_is_none(json_path(v, "Inner.properties.secret")));
}

static void the_schema_of_what_is_read_is_as_wide_as_the_decoder(void **state)
{
    (void)state;
    struct json v = schemas(SCHEMA_READ);
    assert_json(
        json_get(v, STR("PartInput")),
        "{'type':'object','required':['name'],'properties':{'name':{'type':['string',"
        "'number','boolean'],'maxLength':65536},'weight':{'type':['integer','string','null'],'pattern':"
        "'^-?[0-9]+$','format':'int64','minimum':0,'default':1}},"
        "'additionalProperties':false}");
    struct json thing = json_path(v, "ThingInput.properties");
    assert_true(json_is_none(json_path(v, "ThingInput.required")));
    assert_json(json_get(thing, STR("kind")), "{'type':['string','null'],'enum':['Thing',null]}");
    assert_json(json_get(thing, STR("inner")),
                "{'anyOf':[{'$ref':'#/components/schemas/InnerInput'},{'type':'null'}]}");
    assert_json(json_get(thing, STR("text")),
                "{'type':['string','number','boolean','null'],'maxLength':10}");
    assert_json(json_get(thing, STR("flag")), "{'enum':[true,false,'true','false',null]}");
    assert_json(json_get(thing, STR("seen")), "{'readOnly':true}");
    assert_json(json_get(thing, STR("map")),
                "{'type':['object','null'],'additionalProperties':{'type':['string','number',"
                "'boolean','null'],'maxLength':65536},'maxProperties':1024,'propertyNames':{"
                "'maxLength':512}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(defaults_are_nested_and_yield_to_what_is_said),
        STORY(the_same_said_otherwise_is_no_difference),
        STORY(differences_are_named_with_their_flags),
        STORY(many_differences_are_all_found),
        STORY(rows_are_found_by_path),
        STORY(maps_are_looked_up_and_extended),
        STORY(the_schema_of_what_is_written_says_what_is_always_there),
        STORY(the_schema_of_what_is_read_is_as_wide_as_the_decoder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
