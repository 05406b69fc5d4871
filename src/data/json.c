/* Reading values. See json.h. */
#include "data/json_impl.h"

#include <stdlib.h>

_Static_assert(sizeof(((struct json_iter *)0)->state) >= sizeof(yyjson_obj_iter), "iterator fits");
_Static_assert(sizeof(((struct json_iter *)0)->state) >= sizeof(yyjson_arr_iter), "iterator fits");

enum json_kind json_kind(struct json v)
{
    switch (yyjson_get_type(json_val(v))) {
    case YYJSON_TYPE_NULL: return JSON_NULL;
    case YYJSON_TYPE_BOOL: return JSON_BOOL;
    case YYJSON_TYPE_RAW:
    case YYJSON_TYPE_NUM: return JSON_NUMBER;
    case YYJSON_TYPE_STR: return JSON_STRING;
    case YYJSON_TYPE_ARR: return JSON_ARRAY;
    case YYJSON_TYPE_OBJ: return JSON_OBJECT;
    default: return JSON_NONE;
    }
}

bool json_is_none(struct json v)
{
    return !v.v;
}

struct json json_get(struct json object, struct str key)
{
    return json_of(yyjson_obj_getn(json_val(object), key.ptr ? key.ptr : "", key.len));
}

struct json json_path(struct json v, const char *dotted)
{
    struct str rest = str_of(dotted);
    while (rest.len && !json_is_none(v)) {
        struct str key = str_split(rest, '.', &rest);
        v = json_get(v, key);
    }
    return v;
}

struct json json_at(struct json array, size_t i)
{
    return json_of(yyjson_arr_get(json_val(array), i));
}

size_t json_len(struct json v)
{
    enum json_kind kind = json_kind(v);
    if (kind == JSON_ARRAY)
        return yyjson_arr_size(json_val(v));
    return kind == JSON_OBJECT ? yyjson_obj_size(json_val(v)) : 0;
}

struct json_iter json_each(struct json v)
{
    struct json_iter it = {.n = json_len(v)};
    if (json_kind(v) == JSON_OBJECT) {
        yyjson_obj_iter members = yyjson_obj_iter_with(json_val(v));
        memcpy(it.state, &members, sizeof(members));
    } else if (it.n) {
        yyjson_arr_iter elements = yyjson_arr_iter_with(json_val(v));
        memcpy(it.state, &elements, sizeof(elements));
    }
    it.object = json_kind(v) == JSON_OBJECT;
    return it;
}

bool json_next(struct json_iter *it, struct str *key, struct json *item)
{
    if (it->at == it->n)
        return false;
    it->at++;
    if (!it->object) {
        yyjson_arr_iter elements;
        memcpy(&elements, it->state, sizeof(elements));
        *key = (struct str){0};
        *item = json_of(yyjson_arr_iter_next(&elements));
        memcpy(it->state, &elements, sizeof(elements));
        return true;
    }
    yyjson_obj_iter members;
    memcpy(&members, it->state, sizeof(members));
    yyjson_val *name = yyjson_obj_iter_next(&members);
    *key = (struct str){yyjson_get_str(name), yyjson_get_len(name)};
    *item = json_of(yyjson_obj_iter_get_val(name));
    memcpy(it->state, &members, sizeof(members));
    return true;
}

bool json_str(struct json v, struct str *ret)
{
    if (json_kind(v) != JSON_STRING)
        return false;
    *ret = (struct str){yyjson_get_str(json_val(v)), yyjson_get_len(json_val(v))};
    return true;
}

bool json_number_text(struct json v, struct str *ret)
{
    if (!yyjson_is_raw(json_val(v)))
        return false;
    *ret = (struct str){yyjson_get_raw(json_val(v)), yyjson_get_len(json_val(v))};
    return true;
}

bool json_num(struct json v, double *ret)
{
    struct str text;
    if (!json_number_text(v, &text))
        return false;
    /* The digits sit in the middle of a larger text, so they are copied to be ended. No number that
     * a double can tell apart needs more than this. */
    char digits[512];
    if (text.len >= sizeof(digits))
        return false;
    memcpy(digits, text.ptr, text.len);
    digits[text.len] = '\0';
    *ret = strtod(digits, NULL);
    return true;
}

bool json_i64(struct json v, int64_t *ret)
{
    const double exact = 9007199254740992.0; /* 2^53 */
    struct str text;
    double number;
    if (!json_number_text(v, &text))
        return false;
    if (str_to_i64(text, ret))
        return true;
    if (str_find_char(text, '.') == text.len && str_find_char(text, 'e') == text.len &&
        str_find_char(text, 'E') == text.len)
        return false; /* digits only, and too many */
    if (!json_num(v, &number) || !(number > -exact && number < exact))
        return false;
    int64_t whole = (int64_t)number;
    if ((double)whole < number || (double)whole > number)
        return false;
    *ret = whole;
    return true;
}

bool json_bool(struct json v, bool *ret)
{
    if (json_kind(v) != JSON_BOOL)
        return false;
    *ret = yyjson_get_bool(json_val(v));
    return true;
}

struct str json_str_or(struct json v, struct str fallback)
{
    json_str(v, &fallback);
    return fallback;
}

int64_t json_i64_or(struct json v, int64_t fallback)
{
    json_i64(v, &fallback);
    return fallback;
}

static bool equal_numbers(struct json x, struct json y)
{
    struct str a;
    struct str b;
    int64_t ia;
    int64_t ib;
    double da;
    double db;
    if (!json_number_text(x, &a) || !json_number_text(y, &b))
        return false;
    if (str_eq(a, b))
        return true;
    if (json_i64(x, &ia) && json_i64(y, &ib))
        return ia == ib;
    /* 1.5 and 15e-1. With more digits than a double holds only the same text is the same number. */
    if (a.len > 15 || b.len > 15 || !json_num(x, &da) || !json_num(y, &db))
        return false;
    return !(da < db) && !(da > db);
}

static bool equal_arrays(struct json x, struct json y)
{
    struct json_iter ix = json_each(x);
    struct json_iter iy = json_each(y);
    struct str key;
    struct json a;
    struct json b;
    while (json_next(&ix, &key, &a) && json_next(&iy, &key, &b))
        if (!json_equal(a, b))
            return false;
    return true;
}

static bool equal_objects(struct json x, struct json y)
{
    struct arena *scratch = arena_new();
    struct json_index index = json_index_of(scratch, y);
    struct json_iter it = json_each(x);
    struct str key;
    struct json item;
    bool same = true;
    while (same && json_next(&it, &key, &item)) {
        struct json_member *other = json_index_find(&index, key);
        same = other && json_equal(item, other->item);
    }
    arena_free(scratch);
    return same;
}

bool json_equal(struct json x, struct json y)
{
    enum json_kind kind = json_kind(x);
    if (kind != json_kind(y) || json_len(x) != json_len(y))
        return false;
    switch (kind) {
    case JSON_NONE:
    case JSON_NULL: return true;
    case JSON_BOOL: return yyjson_get_bool(json_val(x)) == yyjson_get_bool(json_val(y));
    case JSON_NUMBER: return equal_numbers(x, y);
    case JSON_STRING: return str_eq(json_str_or(x, STR("")), json_str_or(y, STR("")));
    case JSON_ARRAY: return equal_arrays(x, y);
    case JSON_OBJECT: return equal_objects(x, y);
    }
    return false;
}
