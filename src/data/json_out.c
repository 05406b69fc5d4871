/* Writing JSON text. */
#include "data/json_impl.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH_MOST (sizeof(((struct json_out *)0)->first) / sizeof(bool))

/* Before every value: the comma, unless it is the first or follows its key. */
static void before_value(struct json_out *o)
{
    if (o->after_key) {
        o->after_key = false;
        return;
    }
    if (o->depth && !o->first[o->depth - 1])
        buf_add_char(o->buf, ',');
    if (o->depth)
        o->first[o->depth - 1] = false;
}

static void begin(struct json_out *o, char bracket)
{
    before_value(o);
    assert(o->depth < DEPTH_MOST);
    buf_add_char(o->buf, bracket);
    o->first[o->depth++] = true;
}

static void end(struct json_out *o, char bracket)
{
    assert(o->depth > 0 && !o->after_key);
    o->depth--;
    buf_add_char(o->buf, bracket);
}

void json_begin_object(struct json_out *o)
{
    begin(o, '{');
}

void json_end_object(struct json_out *o)
{
    end(o, '}');
}

void json_begin_array(struct json_out *o)
{
    begin(o, '[');
}

void json_end_array(struct json_out *o)
{
    end(o, ']');
}

static const char *escape_of(unsigned char c)
{
    switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return NULL;
    }
}

/* Names of files, jars' words and texts that were cut may hold what is no UTF-8, or a NUL: U+FFFD stands
 * for that, so that what is written can be read. */
static void quoted(struct buf *b, struct str s)
{
    buf_add_char(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
        size_t n = plain ? 1 : c >= 0x80 ? str_utf8_length(str_skip(s, i)) : 0;
        if (n == 0) {
            buf_add(b, (struct str){s.ptr + from, i - from});
            from = i + 1;
            if (escape_of(c))
                buf_add(b, str_of(escape_of(c)));
            else
                buf_fmt(b, "\\u%04x", c > 0 && c < 0x80 ? c : 0xFFFDU);
        }
        i += n ? n : 1;
    }
    buf_add(b, str_skip(s, from));
    buf_add_char(b, '"');
}

void json_key(struct json_out *o, struct str key)
{
    assert(!o->after_key && o->depth > 0);
    before_value(o);
    quoted(o->buf, key);
    buf_add_char(o->buf, ':');
    o->after_key = true;
}

void json_put_str(struct json_out *o, struct str s)
{
    before_value(o);
    quoted(o->buf, s);
}

void json_put_i64(struct json_out *o, int64_t n)
{
    before_value(o);
    buf_fmt(o->buf, "%" PRId64, n);
}

void json_put_num(struct json_out *o, double n)
{
    if (!isfinite(n)) {
        json_put_null(o);
        return;
    }
    char text[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof(text), "%.*g", precision, n);
        double back = strtod(text, NULL);
        if (!(back < n) && !(back > n))
            break;
    }
    before_value(o);
    buf_add(o->buf, str_of(text));
}

void json_put_bool(struct json_out *o, bool b)
{
    before_value(o);
    buf_add(o->buf, b ? STR("true") : STR("false"));
}

void json_put_null(struct json_out *o)
{
    before_value(o);
    buf_add(o->buf, STR("null"));
}

void json_put_raw(struct json_out *o, struct str json)
{
    before_value(o);
    buf_add(o->buf, json);
}

static void put_members(struct json_out *o, struct json v, bool object)
{
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item)) {
        if (object)
            json_key(o, key);
        json_put(o, item);
    }
}

void json_put(struct json_out *o, struct json v)
{
    struct str text = {0};
    bool b = false;
    switch (json_kind(v)) {
    case JSON_NONE:
    case JSON_NULL: json_put_null(o); return;
    case JSON_BOOL:
        json_bool(v, &b);
        json_put_bool(o, b);
        return;
    case JSON_NUMBER:
        json_number_text(v, &text);
        json_put_raw(o, text);
        return;
    case JSON_STRING:
        json_str(v, &text);
        json_put_str(o, text);
        return;
    case JSON_ARRAY:
        json_begin_array(o);
        put_members(o, v, false);
        json_end_array(o);
        return;
    case JSON_OBJECT:
        json_begin_object(o);
        put_members(o, v, true);
        json_end_object(o);
        return;
    }
}

struct str json_text(struct arena *a, struct json v)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_put(&o, v);
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}
