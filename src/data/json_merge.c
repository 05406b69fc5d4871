/* Building values: merge patch and overlay. */
#include "data/json_impl.h"

#include <assert.h>

yyjson_mut_doc *json_builder(struct arena *a)
{
    yyjson_alc alc = json_arena_alc(a);
    return yyjson_mut_doc_new(&alc);
}

struct json json_freeze(struct arena *a, yyjson_mut_val *v)
{
    yyjson_alc alc = json_arena_alc(a);
    return json_of(v ? yyjson_doc_get_root(yyjson_mut_val_imut_copy(v, &alc)) : NULL);
}

yyjson_mut_val *json_thaw(yyjson_mut_doc *doc, struct json v)
{
    return yyjson_val_mut_copy(doc, json_val(v));
}

yyjson_mut_val *json_build_str(yyjson_mut_doc *doc, struct str s)
{
    return yyjson_mut_strncpy(doc, s.ptr ? s.ptr : "", s.len);
}

void json_build_add(yyjson_mut_doc *doc, yyjson_mut_val *object, struct str key,
                    yyjson_mut_val *item)
{
    bool added = yyjson_mut_obj_add(object, json_build_str(doc, key), item);
    assert(added);
    (void)added;
}

struct json json_copy(struct arena *a, struct json v)
{
    return json_is_none(v) ? v : json_freeze(a, json_thaw(json_builder(a), v));
}

/* What a null in the upper document does to a member of the lower one. */
enum null_means { NULL_REMOVES, NULL_IS_ABSENT };

struct merge {
    struct arena *a;
    yyjson_mut_doc *doc;
    enum null_means null_means;
};

static yyjson_mut_val *merge(const struct merge *m, struct json under, struct json over)
{
    if (json_kind(over) != JSON_OBJECT)
        return json_thaw(m->doc, over);
    if (json_kind(under) != JSON_OBJECT)
        under = (struct json){0};
    yyjson_mut_val *result = yyjson_mut_obj(m->doc);
    struct json_index index = json_index_of(m->a, over);
    struct json_iter it = json_each(under);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item)) {
        struct json_member *change = json_index_find(&index, key);
        if (change)
            change->seen = true;
        bool null = change && json_kind(change->item) == JSON_NULL;
        if (!change || (null && m->null_means == NULL_IS_ABSENT))
            json_build_add(m->doc, result, key, json_thaw(m->doc, item));
        else if (!null)
            json_build_add(m->doc, result, key, merge(m, item, change->item));
    }
    it = json_each(over);
    while (json_next(&it, &key, &item)) {
        if (json_kind(item) != JSON_NULL && !json_index_find(&index, key)->seen)
            json_build_add(m->doc, result, key, merge(m, (struct json){0}, item));
    }
    return result;
}

struct json json_merge_patch(struct arena *a, struct json target, struct json patch)
{
    struct merge m = {a, json_builder(a), NULL_REMOVES};
    return json_is_none(patch) ? target : json_freeze(a, merge(&m, target, patch));
}

struct json json_overlay(struct arena *a, struct json under, struct json over)
{
    struct merge m = {a, json_builder(a), NULL_IS_ABSENT};
    if (json_is_none(over) || json_kind(over) == JSON_NULL)
        return under;
    return json_freeze(a, merge(&m, under, over));
}
