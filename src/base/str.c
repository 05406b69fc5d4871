#include "base/str.h"

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool str_starts_with(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_take(s, prefix.len), prefix);
}

bool str_ends_with(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c != 0)
        return c < 0 ? -1 : 1;
    return a.len == b.len ? 0 : (a.len < b.len ? -1 : 1);
}

size_t str_find_char(struct str s, char c)
{
    const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return p ? (size_t)(p - s.ptr) : s.len;
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0 || s.len < needle.len)
        return s.len;
    const char *p = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return p ? (size_t)(p - s.ptr) : s.len;
}

struct str str_skip(struct str s, size_t n)
{
    if (n > s.len)
        n = s.len;
    /* An empty slice may have no memory: then there is nothing to point behind. */
    return n ? (struct str){s.ptr + n, s.len - n} : s;
}

struct str str_take(struct str s, size_t n)
{
    return (struct str){s.ptr, n < s.len ? n : s.len};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str str_trim(struct str s)
{
    while (s.len && is_space(s.ptr[0]))
        s = str_skip(s, 1);
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct str str_split(struct str s, char sep, struct str *rest)
{
    size_t at = str_find_char(s, sep);
    *rest = str_skip(s, at + 1);
    return str_take(s, at);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool str_percent_decode(struct str s, char *to, size_t *ret_len)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%') {
            int high = s.len - i > 2 ? hex_digit(s.ptr[i + 1]) : -1;
            int low = s.len - i > 2 ? hex_digit(s.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        to[n++] = c;
    }
    *ret_len = n;
    return true;
}

bool str_to_i64(struct str s, int64_t *ret)
{
    bool negative = s.len && s.ptr[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == s.len)
        return false;
    int64_t value = 0;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, s.ptr[i] - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret = negative ? value : -value;
    return true;
}

size_t str_distance(struct str a, struct str b)
{
    enum { MOST = 64 };
    if (a.len > MOST || b.len > MOST)
        return MOST;
    size_t row[MOST + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = diagonal + (lower(a.ptr[i - 1]) == lower(b.ptr[j - 1]) ? 0 : 1);
            diagonal = row[j];
            size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < best ? change : best;
        }
    }
    return row[b.len];
}

/* Length of the UTF-8 sequence that starts with `lead`, 0 when it cannot start one. */
static size_t utf8_length(unsigned char lead)
{
    if (lead < 0x80)
        return lead == 0 ? 0 : 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if ((lead & 0xF0) == 0xE0)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

size_t str_utf8_length(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t n = s.len ? utf8_length(p[0]) : 0;
    if (n > s.len)
        return 0;
    for (size_t k = 1; k < n; k++)
        if ((p[k] & 0xC0) != 0x80)
            return 0;
    bool overlong = n >= 3 && ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90));
    bool outside = n >= 3 && ((p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF4 && p[1] > 0x8F));
    return overlong || outside ? 0 : n;
}

bool str_is_utf8(struct str s)
{
    while (s.len) {
        size_t n = str_utf8_length(s);
        if (n == 0)
            return false;
        s = str_skip(s, n);
    }
    return true;
}
