#include "thing.h"

static const char *const colour_names[] = {"", "RED", "BLUE", NULL};
static const char *const kind_names[] = {"Thing", NULL};

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
const struct fields inner_fields = {
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
const struct fields thing_fields = {
    .name = "Thing", .size = sizeof(struct thing), FIELDS_ROWS(thing_rows)};

struct thing thing_decoded(const char *text)
{
    struct thing t;
    struct err e = {0};
    if (fields_decode(story_arena, &thing_fields, story_json(text), UNKNOWN_REFUSE, &t, &e) < 0)
        fail_msg("%s: %s: %s", e.pointer, e.text, text);
    return t;
}

const char *thing_encoded(const struct thing *t, bool internal)
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

struct json thing_crowd(const char *name, bool keyed, const char *item, size_t n)
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
