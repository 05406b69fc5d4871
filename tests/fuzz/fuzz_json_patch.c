/* JSON patches (RFC 6902): two JSON texts, one behind the other. What comes of it stays within the limits,
 * is the document that a test of it finds, and the first document stays as it was. */
#include "base/limits.h"
#include "data/json.h"
#include "fuzz.h"

static size_t depth_of(struct json v)
{
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    size_t deepest = 0;
    if (json_kind(v) != JSON_OBJECT && json_kind(v) != JSON_ARRAY)
        return 0;
    while (json_next(&it, &key, &item)) {
        size_t depth = depth_of(item);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

/* [{"op":"test","path":"","value":v}] */
static struct json test_of(struct arena *a, struct json v)
{
    struct json patch = {0};
    struct err e = {0};
    struct str text =
        arena_fmt(a, "[{\"op\":\"test\",\"path\":\"\",\"value\":%.*s}]", STR_ARG(json_text(a, v)));
    FUZZ_RULE(json_parse(a, text, &patch, &e) == 0 || e.code == ERR_TOO_LARGE);
    return patch;
}

static void must_hold(struct arena *a, struct json target, struct json patch)
{
    struct json result = {0};
    struct json again = {0};
    struct err e = {0};
    struct str before = json_text(a, target);
    if (json_patch(a, target, patch, &result, &e) < 0) {
        FUZZ_RULE(e.code == ERR_INVALID || e.code == ERR_TEST_FAILED || e.code == ERR_TOO_LARGE);
        FUZZ_RULE(e.text[0] && (!e.pointer[0] || e.pointer[0] == '/'));
    } else {
        FUZZ_RULE(depth_of(result) <= LIMIT_JSON_DEPTH);
        struct json test = test_of(a, result);
        if (json_kind(test) == JSON_ARRAY && json_patch(a, result, test, &again, &e) == 0)
            FUZZ_RULE(json_equal(result, again));
        else
            FUZZ_RULE(e.code != ERR_TEST_FAILED);
    }
    FUZZ_RULE(str_eq(before, json_text(a, target)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str second;
    struct str first = str_split((struct str){(const char *)bytes, n}, '\n', &second);
    struct arena *a = arena_new();
    struct json target = {0};
    struct json patch = {0};
    struct err e = {0};
    if (json_parse(a, first, &target, &e) == 0 && json_parse(a, second, &patch, &e) == 0)
        must_hold(a, target, patch);
    arena_free(a);
    return 0;
}
