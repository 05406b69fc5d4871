/* What an unquoted YAML scalar means, and which strings may be written without quotes. */
#include "data/yaml_impl.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/uuid.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t digits_at(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && is_digit(s.ptr[at + n]))
        n++;
    return n;
}

static bool one_of(struct str s, const char *const *words)
{
    for (; *words; words++)
        if (str_eq(s, str_of(*words)))
            return true;
    return false;
}

/* 0o17 and 0x1F; false when it is neither, or too large for JSON readers. */
static bool based_number(struct str s, int64_t *ret)
{
    if (s.len < 3 || s.len > 17 || s.ptr[0] != '0' || (s.ptr[1] != 'o' && s.ptr[1] != 'x'))
        return false;
    char digits[18];
    char *end;
    memcpy(digits, s.ptr + 2, s.len - 2);
    digits[s.len - 2] = '\0';
    if (!is_digit(digits[0]) && !is_letter(digits[0]))
        return false;
    *ret = strtoll(digits, &end, s.ptr[1] == 'o' ? 8 : 16);
    return *end == '\0';
}

/* [-+]? ( digits ( '.' digits? )? | '.' digits ) ( [eE] [-+]? digits )?, rewritten as JSON wants
 * it: no plus sign, a digit on both sides of the point. False when it is no such number. */
static bool decimal_number(struct arena *a, struct str s, struct str *ret)
{
    bool minus = s.len && s.ptr[0] == '-';
    size_t at = s.len && (minus || s.ptr[0] == '+') ? 1 : 0;
    size_t whole = digits_at(s, at);
    struct str before = str_take(str_skip(s, at), whole);
    at += whole;
    bool point = at < s.len && s.ptr[at] == '.';
    size_t fraction = point ? digits_at(s, at + 1) : 0;
    struct str after = str_take(str_skip(s, at + 1), fraction);
    at += point ? 1 + fraction : 0;
    if (whole + fraction == 0 || (whole > 1 && before.ptr[0] == '0'))
        return false;
    struct str exponent = str_skip(s, at);
    if (exponent.len) {
        size_t sign = exponent.len > 1 && (exponent.ptr[1] == '-' || exponent.ptr[1] == '+');
        size_t n = digits_at(exponent, 1 + sign);
        if ((exponent.ptr[0] | 0x20) != 'e' || n == 0 || 1 + sign + n != exponent.len)
            return false;
    }
    *ret = arena_fmt(a, "%s%.*s%s%.*s%.*s", minus ? "-" : "", STR_ARG(whole ? before : STR("0")),
                     point ? "." : "", STR_ARG(point && !fraction ? STR("0") : after),
                     STR_ARG(exponent));
    return true;
}

yyjson_mut_val *yaml_plain(yyjson_mut_doc *doc, struct arena *a, struct str text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    struct str number;
    int64_t n;
    if (one_of(text, nulls))
        return yyjson_mut_null(doc);
    if (one_of(text, trues) || one_of(text, falses))
        return yyjson_mut_bool(doc, one_of(text, trues));
    if (based_number(text, &n))
        number = arena_fmt(a, "%" PRId64, n);
    else if (!decimal_number(a, text, &number))
        return json_build_str(doc, text);
    return yyjson_mut_rawncpy(doc, number.ptr, number.len);
}

/* "2G", "500m", "10min": digits, then letters. No reader takes that for a number. */
static bool is_quantity(struct str s)
{
    size_t n = digits_at(s, 0);
    if (n == 0 || n == s.len)
        return false;
    for (size_t i = n; i < s.len; i++)
        if (!is_letter(s.ptr[i]))
            return false;
    return true;
}

bool yaml_is_plain_safe(struct str text)
{
    const struct str others = STR(" _-./:@+=,;()%$?&*~'^|<>");
    static const char *const words[] = {"true", "false", "yes",  "no",  "on",  "off",
                                        "y",    "n",     "null", "nan", "inf", NULL};
    if (is_quantity(text) || uuid_is_valid(text))
        return true;
    if (text.len == 0 || !(is_letter(text.ptr[0]) || text.ptr[0] == '/' || text.ptr[0] == '_'))
        return false;
    for (const char *const *w = words; *w; w++)
        if (str_eq_nocase(text, str_of(*w)))
            return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool last = i + 1 == text.len;
        if (c == ' ' && (last || text.ptr[i + 1] == '#' || text.ptr[i + 1] == ' '))
            return false;
        if (c == ':' && (last || text.ptr[i + 1] == ' '))
            return false;
        if (!is_letter(c) && !is_digit(c) && str_find_char(others, c) == others.len)
            return false;
    }
    return true;
}
