/* Values to block-style YAML. */
#include "data/yaml_impl.h"

#include <stdio.h>

static void put_indent(struct buf *b, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        buf_add(b, STR("  "));
}

/* Length of the character at `at` that must be escaped because a YAML reader takes it for a line
 * break, a byte order mark or nothing printable; 0 when it need not. ASCII is the caller's. */
static size_t special_at(struct str s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t left = s.len - at;
    if (left >= 2 && p[0] == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F)
        return 2;
    if (left >= 3 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9))
        return 3;
    if (left >= 3 && p[0] == 0xEF &&
        ((p[1] == 0xBB && p[2] == 0xBF) || (p[1] == 0xBF && p[2] >= 0xBE)))
        return 3;
    return 0;
}

static unsigned code_point(const unsigned char *p, size_t n)
{
    if (n == 2)
        return (p[0] & 0x1FU) << 6 | (p[1] & 0x3FU);
    return (p[0] & 0x0FU) << 12 | (p[1] & 0x3FU) << 6 | (p[2] & 0x3FU);
}

static void put_quoted(struct buf *b, struct str s)
{
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t special = special_at(s, i);
        if (c == '"' || c == '\\')
            buf_fmt(b, "\\%c", c);
        else if (c == '\n')
            buf_add(b, STR("\\n"));
        else if (c == '\t')
            buf_add(b, STR("\\t"));
        else if (c < 0x20 || c == 0x7F)
            buf_fmt(b, "\\x%02x", c);
        else if (special)
            buf_fmt(b, "\\u%04x", code_point((const unsigned char *)s.ptr + i, special));
        else
            buf_add_char(b, (char)c);
        i += special ? special : 1;
    }
    buf_add_char(b, '"');
}

/* Whether a text of several lines reads the same as a literal block: log templates, scripts. */
static bool fits_block(struct str s)
{
    if (str_find_char(s, '\n') == s.len || s.ptr[0] == ' ' || s.ptr[0] == '\n')
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool ends_line = i + 1 == s.len || s.ptr[i + 1] == '\n';
        if ((c < 0x20 && c != '\n') || c == 0x7F || (c == ' ' && ends_line) || special_at(s, i))
            return false;
    }
    return true;
}

static void put_block(struct buf *b, struct str s, unsigned depth)
{
    bool ended = str_ends_with(s, STR("\n"));
    buf_add(b, !ended ? STR("|-") : str_ends_with(s, STR("\n\n")) ? STR("|+") : STR("|"));
    struct str rest = s;
    while (rest.len) {
        struct str line = str_split(rest, '\n', &rest);
        buf_add_char(b, '\n');
        if (line.len)
            put_indent(b, depth);
        buf_add(b, line);
    }
}

static void put_string(struct buf *b, struct str s, unsigned depth)
{
    if (yaml_is_plain_safe(s))
        buf_add(b, s);
    else if (fits_block(s))
        put_block(b, s, depth ? depth : 1);
    else
        put_quoted(b, s);
}

static void put_value(struct buf *b, struct json v, unsigned depth, bool in_sequence);

static void put_array(struct buf *b, struct json v, unsigned depth, bool in_sequence)
{
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    for (bool first = true; json_next(&it, &key, &item); first = false) {
        if (!first || !in_sequence) {
            buf_add_char(b, '\n');
            put_indent(b, depth);
        }
        buf_add(b, STR("- "));
        put_value(b, item, depth + 1, true);
    }
}

/* Readers give up on "key: value" when the key is over 1024 bytes, escapes included. */
#define SIMPLE_KEY_MOST 160U

static void put_key(struct buf *b, struct str key, unsigned depth)
{
    bool simple = key.len <= SIMPLE_KEY_MOST;
    if (!simple)
        buf_add(b, STR("? "));
    if (yaml_is_plain_safe(key))
        buf_add(b, key);
    else
        put_quoted(b, key);
    if (!simple) {
        buf_add_char(b, '\n');
        put_indent(b, depth);
    }
    buf_add_char(b, ':');
}

static void put_object(struct buf *b, struct json v, unsigned depth, bool in_sequence)
{
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    for (bool first = true; json_next(&it, &key, &item); first = false) {
        if (!first || !in_sequence) {
            buf_add_char(b, '\n');
            put_indent(b, depth);
        }
        put_key(b, key, depth);
        if (json_len(item) == 0)
            buf_add_char(b, ' ');
        /* A sequence in a mapping is written below its key, not further in. */
        put_value(b, item, json_kind(item) == JSON_ARRAY ? depth : depth + 1, false);
    }
}

/* After "key:" or "- ". What has lines of its own begins with the line break, except directly after
 * a dash, where its first entry stands on the dash's line. */
static void put_value(struct buf *b, struct json v, unsigned depth, bool in_sequence)
{
    struct json_out text = {.buf = b};
    struct str s;
    if (json_str(v, &s))
        put_string(b, s, depth);
    else if (json_len(v) == 0)
        json_put(&text, v);
    else if (json_kind(v) == JSON_ARRAY)
        put_array(b, v, depth, in_sequence);
    else
        put_object(b, v, depth, in_sequence);
}

struct str json_yaml(struct arena *a, struct json v)
{
    struct buf b = {0};
    put_value(&b, v, 0, true);
    buf_add_char(&b, '\n');
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}
