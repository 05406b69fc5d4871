/* Decoding of single values. */
#include "data/fields_impl.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/timefmt.h"
#include "base/uuid.h"

struct in {
    struct arena *a;
    const struct field *row;
    struct json v;
    const struct place *at;
    struct err *e;
};

static const char *const kind_names[] = {
    [JSON_NONE] = "nothing",     [JSON_NULL] = "null",       [JSON_BOOL] = "a boolean",
    [JSON_NUMBER] = "a number",  [JSON_STRING] = "a string", [JSON_ARRAY] = "a list",
    [JSON_OBJECT] = "an object",
};

static int wrong_kind(const struct in *in, const char *expected)
{
    return fields_fail(in->e, ERR_INVALID, in->at, "%s must be %s, not %s", in->row->name, expected,
                       kind_names[json_kind(in->v)]);
}

/* The text of a string or of a number. */
static bool scalar_text(struct json v, struct str *ret)
{
    return json_str(v, ret) || json_number_text(v, ret);
}

/* 1, "1" and true, "true" are the same to Flink, and to Ververica Platform where a string belongs: YAML
 * does not quote what looks like something else. */
static bool any_text(struct json v, struct str *ret)
{
    bool b;
    if (json_bool(v, &b)) {
        *ret = b ? STR("true") : STR("false");
        return true;
    }
    return scalar_text(v, ret);
}

static int check_length(const struct in *in, struct str s)
{
    int64_t most = in->row->type == FIELD_STR && in->row->max ? in->row->max : LIMIT_STRING;
    if (s.len <= (size_t)most)
        return 0;
    return fields_fail(in->e, ERR_TOO_LARGE, in->at, "%s is longer than %" PRId64 " bytes",
                       in->row->name, most);
}

static int decode_str(const struct in *in, struct str *ret)
{
    struct str s;
    bool is_text = in->row->type == FIELD_UUID ? json_str(in->v, &s) : any_text(in->v, &s);
    if (!is_text)
        return wrong_kind(in, "a string");
    if (check_length(in, s) < 0)
        return -1;
    if (in->row->type == FIELD_UUID && s.len && !uuid_is_valid(s))
        return fields_fail(in->e, ERR_INVALID, in->at, "%s must be a UUID", in->row->name);
    *ret = arena_str(in->a, s);
    return 0;
}

static int decode_enum(const struct in *in, int *ret)
{
    struct str s;
    if (!json_str(in->v, &s))
        return wrong_kind(in, "a string");
    struct str known = {0};
    for (int i = 0; in->row->names[i]; i++) {
        struct str name = str_of(in->row->names[i]);
        if (name.len && str_eq_nocase(name, s)) {
            *ret = i;
            return 0;
        }
        if (name.len)
            known = arena_fmt(in->a, "%.*s%s%.*s", STR_ARG(known), known.len ? ", " : "",
                              STR_ARG(name));
    }
    return fields_fail(in->e, ERR_INVALID, in->at, "%s must be one of %.*s", in->row->name,
                       STR_ARG(known));
}

static int check_bounds(const struct in *in, int64_t n, const char *unit)
{
    if (n < in->row->min)
        return fields_fail(in->e, ERR_INVALID, in->at, "%s must be at least %" PRId64 "%s",
                           in->row->name, in->row->min, unit);
    if (in->row->max && n > in->row->max)
        return fields_fail(in->e, ERR_INVALID, in->at, "%s must be at most %" PRId64 "%s",
                           in->row->name, in->row->max, unit);
    return 0;
}

static int decode_int(const struct in *in, int64_t *ret)
{
    struct str s;
    int64_t n;
    if (!json_i64(in->v, &n) && !(json_str(in->v, &s) && str_to_i64(s, &n)))
        return wrong_kind(in, "a whole number");
    if (check_bounds(in, n, "") < 0)
        return -1;
    *ret = n;
    return 0;
}

static int decode_bool(const struct in *in, bool *ret)
{
    struct str s;
    if (json_bool(in->v, ret))
        return 0;
    bool text = json_str(in->v, &s);
    bool yes = text && str_eq_nocase(s, STR("true"));
    if (!yes && !(text && str_eq_nocase(s, STR("false"))))
        return wrong_kind(in, "true or false");
    *ret = yes;
    return 0;
}

/* A decimal number with an optional fraction, times `scale`; nothing after it but *rest. */
static bool parse_decimal(struct str s, double scale, double *ret, struct str *rest)
{
    size_t n = 0;
    size_t points = 0;
    char digits[40];
    while (n < s.len && ((s.ptr[n] >= '0' && s.ptr[n] <= '9') || s.ptr[n] == '.'))
        points += s.ptr[n++] == '.';
    if (n == 0 || n == points || points > 1 || n >= sizeof(digits))
        return false;
    memcpy(digits, s.ptr, n);
    digits[n] = '\0';
    *ret = strtod(digits, NULL) * scale;
    *rest = str_skip(s, n);
    return true;
}

/* Cores as a number ("0.5", 2) or, as Kubernetes writes them, as millicores ("500m"). */
static int decode_cpu(const struct in *in, int64_t *ret)
{
    struct str s;
    struct str unit;
    double milli;
    if (!scalar_text(in->v, &s))
        return wrong_kind(in, "a number of cores");
    if (!parse_decimal(str_trim(s), 1000, &milli, &unit) || (unit.len && !str_eq(unit, STR("m"))))
        return fields_fail(in->e, ERR_INVALID, in->at,
                           "%s must be a number of cores, such as 0.5 or 2", in->row->name);
    if (unit.len)
        milli /= 1000;
    int64_t whole = milli < 1e9 ? (int64_t)(milli + 0.5) : 0;
    double off = milli - (double)whole;
    if (off > 1e-6 || off < -1e-6)
        return fields_fail(in->e, ERR_INVALID, in->at,
                           "%s must be a number of cores with at most three decimals",
                           in->row->name);
    if (check_bounds(in, whole, " thousandths of a core") < 0)
        return -1;
    *ret = whole;
    return 0;
}

static int decode_duration(const struct in *in, struct duration_val *ret)
{
    struct str s;
    int64_t us;
    if (!scalar_text(in->v, &s))
        return wrong_kind(in, "a duration");
    if (!duration_parse(s, &us))
        return fields_fail(in->e, ERR_INVALID, in->at, "%s must be a duration, such as 90s or 10m",
                           in->row->name);
    if (check_bounds(in, us, " microseconds") < 0)
        return -1;
    *ret = (struct duration_val){arena_str(in->a, s), us};
    return 0;
}

bool memory_parse(struct str s, int64_t *ret_bytes)
{
    static const struct {
        char suffix;
        double scale;
    } units[] = {{'k', 1e3}, {'m', 1e6}, {'g', 1e9}};
    double scale = 1;
    double bytes;
    struct str rest;
    s = str_trim(s);
    char last = s.len ? (char)(s.ptr[s.len - 1] | 0x20) : '\0';
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (last == units[i].suffix)
            scale = units[i].scale;
    if (scale > 1)
        s = str_trim(str_take(s, s.len - 1));
    if (!parse_decimal(s, scale, &bytes, &rest) || rest.len || bytes > 1e15)
        return false;
    *ret_bytes = (int64_t)bytes;
    return true;
}

static int decode_memory(const struct in *in, struct memory_val *ret)
{
    struct str s;
    int64_t bytes;
    if (!scalar_text(in->v, &s))
        return wrong_kind(in, "a size");
    if (!memory_parse(s, &bytes))
        return fields_fail(in->e, ERR_INVALID, in->at,
                           "%s must be a size such as 1G, 1536m or a number of bytes"
                           " (k, m and g are powers of ten)",
                           in->row->name);
    if (check_bounds(in, bytes, " bytes") < 0)
        return -1;
    *ret = (struct memory_val){arena_str(in->a, s), bytes};
    return 0;
}

static int decode_time(const struct in *in, int64_t *ret)
{
    struct str s;
    if (!json_str(in->v, &s))
        return wrong_kind(in, "a time");
    if (!time_parse_rfc3339(s, ret))
        return fields_fail(in->e, ERR_INVALID, in->at,
                           "%s must be a time of RFC 3339, such as 2026-01-31T10:00:00Z",
                           in->row->name);
    return 0;
}

static int by_key(const void *x, const void *y)
{
    const struct str_pair *a = x;
    const struct str_pair *b = y;
    return str_cmp(a->key, b->key);
}

static int decode_map(const struct in *in, struct str_map *ret)
{
    if (json_kind(in->v) != JSON_OBJECT)
        return wrong_kind(in, "an object");
    if (json_len(in->v) > LIMIT_MAP_ENTRIES)
        return fields_fail(in->e, ERR_TOO_LARGE, in->at, "%s has more than %u entries",
                           in->row->name, LIMIT_MAP_ENTRIES);
    struct str_map map = {.items = ARENA_ARRAY(in->a, struct str_pair, json_len(in->v))};
    struct json_iter it = json_each(in->v);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item)) {
        struct place here = {.up = in->at, .key = key};
        struct in entry = {in->a, in->row, item, &here, in->e};
        struct str text;
        if (json_kind(item) == JSON_NULL)
            continue;
        if (key.len > LIMIT_MAP_KEY)
            return fields_fail(in->e, ERR_TOO_LARGE, in->at, "a key of %s is longer than %u bytes",
                               in->row->name, LIMIT_MAP_KEY);
        if (!any_text(item, &text))
            return fields_fail(in->e, ERR_INVALID, &here,
                               "a value in %s must be a string, a number or a boolean, not %s",
                               in->row->name, kind_names[json_kind(item)]);
        if (check_length(&entry, text) < 0)
            return -1;
        map.items[map.n++] = (struct str_pair){arena_str(in->a, key), arena_str(in->a, text)};
    }
    qsort(map.items, map.n, sizeof(map.items[0]), by_key);
    *ret = map;
    return 0;
}

static int decode_str_list(const struct in *in, struct str_list *ret)
{
    if (json_kind(in->v) != JSON_ARRAY)
        return wrong_kind(in, "a list");
    if (json_len(in->v) > LIMIT_LIST_ENTRIES)
        return fields_fail(in->e, ERR_TOO_LARGE, in->at, "%s has more than %u entries",
                           in->row->name, LIMIT_LIST_ENTRIES);
    struct str_list list = {.items = ARENA_ARRAY(in->a, struct str, json_len(in->v))};
    struct json_iter it = json_each(in->v);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item)) {
        struct place here = {.up = in->at, .index = list.n + 1};
        struct in entry = {in->a, in->row, item, &here, in->e};
        struct str text;
        if (!any_text(item, &text))
            return wrong_kind(&entry, "a list of strings");
        if (check_length(&entry, text) < 0)
            return -1;
        list.items[list.n++] = arena_str(in->a, text);
    }
    *ret = list;
    return 0;
}

static int decode_const(const struct in *in)
{
    struct str s;
    if (!json_str(in->v, &s))
        return wrong_kind(in, "a string");
    if (!str_eq_nocase(s, str_of(in->row->names[0])))
        return fields_fail(in->e, ERR_INVALID, in->at, "%s must be %s", in->row->name,
                           in->row->names[0]);
    return 0;
}

static int decode_raw(const struct in *in, struct json *ret)
{
    static const char *const types[] = {
        [JSON_NONE] = "",         [JSON_NULL] = "null",     [JSON_BOOL] = "boolean",
        [JSON_NUMBER] = "number", [JSON_STRING] = "string", [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object",
    };
    const char *const *names = in->row->names;
    if (names && !str_eq(str_of(names[0]), str_of(types[json_kind(in->v)])))
        return wrong_kind(in, arena_fmt(in->a, "of type %s", names[0]).ptr);
    *ret = json_copy(in->a, in->v);
    return 0;
}

int fields_decode_value(struct arena *a, const struct field *row, struct json v, void *to,
                        const struct place *at, struct err *e)
{
    struct in in = {a, row, v, at, e};
    switch (row->type) {
    case FIELD_STR:
    case FIELD_UUID: return decode_str(&in, to);
    case FIELD_ENUM: return decode_enum(&in, to);
    case FIELD_INT: return decode_int(&in, to);
    case FIELD_BOOL: return decode_bool(&in, to);
    case FIELD_CPU: return decode_cpu(&in, to);
    case FIELD_DURATION: return decode_duration(&in, to);
    case FIELD_MEMORY: return decode_memory(&in, to);
    case FIELD_TIME: return decode_time(&in, to);
    case FIELD_MAP: return decode_map(&in, to);
    case FIELD_STR_LIST: return decode_str_list(&in, to);
    case FIELD_RAW: return decode_raw(&in, to);
    case FIELD_CONST: return decode_const(&in);
    case FIELD_OBJECT:
    case FIELD_LIST: break;
    }
    return wrong_kind(&in, "of another type");
}
