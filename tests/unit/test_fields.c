/* Field tables: what they accept, what they refuse and where, and what they say of a difference. */
#include "story.h"

#include "base/limits.h"
#include "data/fields.h"

enum colour { COLOUR_UNSET, COLOUR_RED, COLOUR_BLUE };
static const char *const colour_names[] = {"", "RED", "BLUE", NULL};
static const char *const kind_names[] = {"Thing", NULL};

struct part {
    struct str name;
    int64_t weight;
};

struct inner {
    int64_t count;
    struct str secret;
};

struct thing {
    struct str text;
    struct str id;
    int colour;
    int64_t number;
    bool flag;
    int64_t cpu;
    struct duration_val wait;
    struct memory_val memory;
    int64_t time;
    struct str_map map;
    struct str_list words;
    struct inner inner;
    struct list parts;
    struct json raw;
    int strategy; /* in the document: strategy.kind */
    int64_t seen;
};

static const struct field part_rows[] = {
    FIELD_AT(FIELD_STR, part, name, "name", .flags = FIELD_REQUIRED),
    FIELD_AT(FIELD_INT, part, weight, "weight", .fallback = "1"),
};
static const struct fields part_fields = {
    .name = "Part", .size = sizeof(struct part), FIELDS_ROWS(part_rows)};
static const struct field inner_rows[] = {
    FIELD_AT(FIELD_INT, inner, count, "count", .fallback = "3"),
    FIELD_AT(FIELD_STR, inner, secret, "secret", .flags = FIELD_INTERNAL),
};
static const struct fields inner_fields = {
    .name = "Inner", .size = sizeof(struct inner), FIELDS_ROWS(inner_rows), .doc = "Inside."};
static const struct field strategy_rows[] = {
    FIELD_AT(FIELD_ENUM, thing, strategy, "kind", .names = colour_names, .fallback = "\"BLUE\""),
};
static const struct fields strategy_fields = {.name = "Strategy", FIELDS_ROWS(strategy_rows)};
static const struct field thing_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = kind_names},
    FIELD_AT(FIELD_STR, thing, text, "text", .max = 10),
    FIELD_AT(FIELD_UUID, thing, id, "id"),
    FIELD_AT(FIELD_ENUM, thing, colour, "colour", .names = colour_names, .doc = "Of it."),
    FIELD_AT(FIELD_INT, thing, number, "number", .min = 1, .max = 100),
    FIELD_AT(FIELD_BOOL, thing, flag, "flag", .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_CPU, thing, cpu, "cpu", .min = 100),
    FIELD_AT(FIELD_DURATION, thing, wait, "wait"),
    FIELD_AT(FIELD_MEMORY, thing, memory, "memory"),
    FIELD_AT(FIELD_TIME, thing, time, "time"),
    FIELD_AT(FIELD_MAP, thing, map, "map", .flags = FIELD_UPGRADE),
    FIELD_AT(FIELD_STR_LIST, thing, words, "words"),
    FIELD_AT(FIELD_OBJECT, thing, inner, "inner", .object = &inner_fields, .flags = FIELD_UPGRADE),
    FIELD_AT(FIELD_LIST, thing, parts, "parts", .object = &part_fields),
    FIELD_AT(FIELD_RAW, thing, raw, "raw"),
    FIELD_FLAT("strategy", &strategy_fields),
    FIELD_AT(FIELD_INT, thing, seen, "seen", .flags = FIELD_READ_ONLY),
};
static const struct fields thing_fields = {
    .name = "Thing", .size = sizeof(struct thing), FIELDS_ROWS(thing_rows)};

static struct thing decoded(const char *text)
{
    struct thing t;
    struct err e = {0};
    if (fields_decode(story_arena, &thing_fields, story_json(text), UNKNOWN_REFUSE, &t, &e) < 0)
        fail_msg("%s: %s: %s", e.pointer, e.text, text);
    return t;
}

static const char *encoded(const struct thing *t, bool internal)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    fields_encode(&o, &thing_fields, t, internal);
    for (size_t i = 0; i < b.len; i++)
        if (b.ptr[i] == '"')
            b.ptr[i] = '\'';
    const char *text = arena_cstr(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void what_is_absent_stays_absent(void **state)
{
    (void)state;
    struct thing t = decoded("{}");
    assert_string_equal(encoded(&t, true), "{'kind':'Thing','flag':false}");
    t = decoded("{'text':null,'id':'','colour':null,'map':{'a':null},'inner':{},'parts':[],"
                "'raw':null,'strategy':null,'words':null}");
    assert_string_equal(encoded(&t, true), "{'kind':'Thing','flag':false}");
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
        struct thing t = decoded(text.ptr);
        if (!strstr(encoded(&t, false), cases[i][1]))
            fail_msg("%s became %s", cases[i][0], encoded(&t, false));
    }
    struct thing yes = decoded("{'flag':'TRUE','memory':'1G','wait':'1h30m'}");
    assert_true(yes.flag);
    assert_int_equal(yes.memory.bytes, 1000000000);
    assert_int_equal(yes.wait.us, INT64_C(5400000000));
}

static void wrong_values_are_refused_where_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *pointer;
        const char *says;
        enum err_code code;
    } cases[] = {
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
        {"{'text':1}", "/text", "must be a string, not a number", ERR_INVALID},
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
        {"{'words':['a',1]}", "/words/1", "list of strings", ERR_INVALID},
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
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct thing t;
        struct err e = {0};
        struct json v = story_json(cases[i].text);
        if (fields_decode(story_arena, &thing_fields, v, UNKNOWN_REFUSE, &t, &e) == 0)
            fail_msg("was accepted: %s", cases[i].text);
        if (e.code != cases[i].code || strcmp(e.pointer, cases[i].pointer) != 0 ||
            !strstr(e.text, cases[i].says))
            fail_msg("%s: %s %s: %s", cases[i].text, err_code_name(e.code), e.pointer, e.text);
    }
}

/* {"<name>":<open>1,1,...<close>} with n entries; keyed entries have keys of their own. */
static struct json crowd(const char *name, bool keyed, const char *item, size_t n)
{
    struct buf b = {0};
    struct json v = {0};
    struct err e;
    buf_fmt(&b, "{\"%s\":%s", name, keyed ? "{" : "[");
    for (size_t i = 0; i < n; i++) {
        buf_fmt(&b, "%s", i ? "," : "");
        if (keyed)
            buf_fmt(&b, "\"k%zu\":", i);
        buf_add(&b, story_text(item));
    }
    buf_add(&b, keyed ? STR("}}") : STR("]}"));
    assert_int_equal(json_parse(story_arena, buf_str(&b), &v, &e), 0);
    buf_fini(&b);
    return v;
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
        struct json fits = crowd(cases[i].name, cases[i].keyed, cases[i].item, cases[i].most);
        struct json more = crowd(cases[i].name, cases[i].keyed, cases[i].item, cases[i].most + 1);
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
    struct thing t = decoded("{'inner':{'secret':'s'}}");
    assert_string_equal(encoded(&t, false), "{'kind':'Thing','flag':false}");
    assert_string_equal(encoded(&t, true), "{'kind':'Thing','flag':false,'inner':{'secret':'s'}}");
}

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
        struct thing x = decoded(cases[i][0]);
        struct thing y = decoded(cases[i][1]);
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
        struct thing x = decoded(cases[i].x);
        struct thing y = decoded(cases[i].y);
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
    struct thing none = decoded("{}");
    struct thing many;
    struct err e;
    assert_int_equal(fields_decode(story_arena, &thing_fields, crowd("map", true, "1", 100),
                                   UNKNOWN_REFUSE, &many, &e),
                     0);
    assert_int_equal(fields_diff(story_arena, &thing_fields, &none, &many).n, 100);
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
    assert_string_equal(encoded(&t, true),
                        "{'kind':'Thing','text':'a','flag':false,'wait':'5','map':{'k':'v'},"
                        "'words':['w'],'parts':[{'name':'n'}],'raw':{'r':1}}");
}

static void rows_are_found_by_path(void **state)
{
    (void)state;
    assert_ptr_equal(fields_find(&thing_fields, STR("inner.count")), &inner_rows[0]);
    assert_ptr_equal(fields_find(&thing_fields, STR("strategy.kind")), &strategy_rows[0]);
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
    struct thing t = decoded("{'map':{'b':'2','d':'4'}}");
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

static void the_schema_says_what_the_table_says(void **state)
{
    (void)state;
    const struct fields *const tables[] = {&thing_fields, &inner_fields};
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct json v = {0};
    struct err e;
    json_begin_object(&o);
    fields_schemas(&o, tables, 2);
    json_end_object(&o);
    assert_int_equal(json_parse(story_arena, buf_str(&b), &v, &e), 0);
    assert_int_equal(json_len(v), 4);
    story_assert_text(json_text(story_arena, json_get(v, STR("Part"))),
                      story_text("{'type':'object','required':['name'],'properties':{'name':{"
                                 "'type':'string'},'weight':{'type':'integer','format':'int64',"
                                 "'minimum':0,'default':1}},'additionalProperties':false}"),
                      __FILE__, __LINE__);
    struct json thing = json_path(v, "Thing.properties");
    assert_text(json_text(story_arena, json_get(thing, STR("kind"))), "{\"const\":\"Thing\"}");
    assert_text(json_text(story_arena, json_get(thing, STR("inner"))),
                "{\"$ref\":\"#/components/schemas/Inner\"}");
    assert_text(json_text(story_arena, json_get(thing, STR("colour"))),
                "{\"type\":\"string\",\"enum\":[\"RED\",\"BLUE\"],\"description\":\"Of it.\"}");
    assert_true(json_is_none(json_path(v, "Inner.properties.secret")));
    buf_fini(&b);
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
        STORY(defaults_are_nested_and_yield_to_what_is_said),
        STORY(the_same_said_otherwise_is_no_difference),
        STORY(differences_are_named_with_their_flags),
        STORY(many_differences_are_all_found),
        STORY(decoded_values_outlive_the_document),
        STORY(rows_are_found_by_path),
        STORY(maps_are_looked_up_and_extended),
        STORY(the_schema_says_what_the_table_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
