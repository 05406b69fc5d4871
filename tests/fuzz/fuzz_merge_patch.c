/* Merge patches (RFC 7396): two JSON texts, one behind the other. What comes of it is judged by the
 * words of the RFC, member by member, and patched again it stays as it is. */
#include "data/json.h"
#include "fuzz.h"

static struct json member(struct json v, struct str key)
{
    return json_kind(v) == JSON_OBJECT ? json_get(v, key) : (struct json){0};
}

static void must_follow(struct json target, struct json patch, struct json result)
{
    struct json_iter it;
    struct str key;
    struct json item;
    if (json_kind(patch) != JSON_OBJECT) {
        FUZZ_RULE(json_equal(result, patch));
        return;
    }
    FUZZ_RULE(json_kind(result) == JSON_OBJECT);
    for (it = json_each(patch); json_next(&it, &key, &item);) {
        if (json_kind(item) == JSON_NULL)
            FUZZ_RULE(json_is_none(json_get(result, key)));
        else
            must_follow(member(target, key), item, json_get(result, key));
    }
    for (it = json_each(result); json_next(&it, &key, &item);)
        if (json_is_none(json_get(patch, key)))
            FUZZ_RULE(json_equal(item, member(target, key)));
    if (json_kind(target) != JSON_OBJECT)
        return;
    for (it = json_each(target); json_next(&it, &key, &item);)
        FUZZ_RULE(!json_is_none(json_get(patch, key)) || !json_is_none(json_get(result, key)));
}

/* Of defaults nothing is lost but what is said otherwise. */
static void must_lie_below(struct arena *a, struct json under, struct json over)
{
    struct json result = json_overlay(a, under, over);
    FUZZ_RULE(json_equal(result, json_overlay(a, result, over)));
    if (json_kind(over) != JSON_OBJECT || json_kind(under) != JSON_OBJECT)
        return;
    struct json_iter it = json_each(under);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item))
        FUZZ_RULE(!json_is_none(json_get(result, key)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str second;
    struct str first = str_split((struct str){(const char *)bytes, n}, '\n', &second);
    struct arena *a = arena_new();
    struct json target = {0};
    struct json patch = {0};
    struct err e = {0};
    if (json_parse(a, first, &target, &e) == 0 && json_parse(a, second, &patch, &e) == 0) {
        struct json result = json_merge_patch(a, target, patch);
        must_follow(target, patch, result);
        FUZZ_RULE(json_equal(result, json_merge_patch(a, result, patch)));
        must_lie_below(a, target, patch);
    }
    arena_free(a);
    return 0;
}
