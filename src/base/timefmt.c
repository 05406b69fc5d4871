#include "base/timefmt.h"

#include <stdio.h>

/* Days since 1970-01-01 of a civil date and back (Howard Hinnant's well-known algorithms). */
static int64_t days_of_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_of_days(int64_t z, int64_t *ret_y, int64_t *ret_m, int64_t *ret_d)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *ret_d = doy - (153 * mp + 2) / 5 + 1;
    *ret_m = mp + (mp < 10 ? 3 : -9);
    *ret_y = yoe + era * 400 + (*ret_m <= 2);
}

struct str time_rfc3339(struct arena *a, int64_t wall_us)
{
    int64_t seconds = wall_us / US_PER_S;
    int64_t us = wall_us % US_PER_S;
    if (us < 0) {
        us += US_PER_S;
        seconds--;
    }
    int64_t days = seconds / 86400;
    int64_t rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    int64_t y;
    int64_t m;
    int64_t d;
    civil_of_days(days, &y, &m, &d);
    return arena_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", (int)y, (int)m, (int)d,
                     (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60), (int)us);
}

/* Exactly n digits at *s. */
static bool digits(struct str *s, size_t n, int64_t *ret)
{
    if (s->len < n || s->ptr[0] == '-' || !str_to_i64(str_take(*s, n), ret))
        return false;
    *s = str_skip(*s, n);
    return true;
}

static bool literal(struct str *s, char c)
{
    if (s->len == 0 || (s->ptr[0] | 0x20) != (c | 0x20))
        return false;
    *s = str_skip(*s, 1);
    return true;
}

static bool fraction(struct str *s, int64_t *ret_us)
{
    int64_t scale = 100000;
    *ret_us = 0;
    if (!literal(s, '.'))
        return true;
    size_t n = 0;
    while (s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9') {
        *ret_us += (s->ptr[0] - '0') * scale;
        scale /= 10;
        *s = str_skip(*s, 1);
        n++;
    }
    return n > 0;
}

static bool offset(struct str *s, int64_t *ret_seconds)
{
    *ret_seconds = 0;
    if (literal(s, 'Z'))
        return true;
    bool minus = s->len && s->ptr[0] == '-';
    int64_t h;
    int64_t m;
    if (s->len == 0 || (!minus && s->ptr[0] != '+'))
        return false;
    *s = str_skip(*s, 1);
    if (!digits(s, 2, &h) || !literal(s, ':') || !digits(s, 2, &m) || h > 23 || m > 59)
        return false;
    *ret_seconds = (h * 3600 + m * 60) * (minus ? -1 : 1);
    return true;
}

bool time_parse_rfc3339(struct str s, int64_t *ret_wall_us)
{
    int64_t y;
    int64_t mo;
    int64_t d;
    int64_t h;
    int64_t mi;
    int64_t sec;
    int64_t us;
    int64_t off;
    if (!digits(&s, 4, &y) || !literal(&s, '-') || !digits(&s, 2, &mo) || !literal(&s, '-') ||
        !digits(&s, 2, &d) || !literal(&s, 'T') || !digits(&s, 2, &h) || !literal(&s, ':') ||
        !digits(&s, 2, &mi) || !literal(&s, ':') || !digits(&s, 2, &sec) || !fraction(&s, &us) ||
        !offset(&s, &off) || s.len)
        return false;
    if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || sec > 60)
        return false;
    int64_t days = days_of_civil(y, mo, d);
    *ret_wall_us = (days * 86400 + h * 3600 + mi * 60 + sec - off) * US_PER_S + us;
    return true;
}

static const struct {
    struct str name;
    int64_t us;
} units[] = {
    {{"ms", 2}, US_PER_MS},       {{"s", 1}, US_PER_S},           {{"sec", 3}, US_PER_S},
    {{"second", 6}, US_PER_S},    {{"seconds", 7}, US_PER_S},     {{"m", 1}, 60 * US_PER_S},
    {{"min", 3}, 60 * US_PER_S},  {{"minute", 6}, 60 * US_PER_S}, {{"minutes", 7}, 60 * US_PER_S},
    {{"h", 1}, 3600 * US_PER_S},  {{"hour", 4}, 3600 * US_PER_S}, {{"hours", 5}, 3600 * US_PER_S},
    {{"d", 1}, 86400 * US_PER_S}, {{"day", 3}, 86400 * US_PER_S}, {{"days", 4}, 86400 * US_PER_S},
    {{"", 0}, US_PER_S},
};

static bool unit_us(struct str name, int64_t *ret)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (str_eq_nocase(name, units[i].name)) {
            *ret = units[i].us;
            return true;
        }
    }
    return false;
}

bool duration_parse(struct str s, int64_t *ret_us)
{
    const int64_t most = INT64_C(3650) * 86400 * US_PER_S;
    int64_t total = 0;
    s = str_trim(s);
    if (s.len > 1 && (s.ptr[0] | 0x20) == 'p')
        s = str_skip(s, (s.ptr[1] | 0x20) == 't' ? 2 : 1);
    if (s.len == 0)
        return false;
    while (s.len) {
        size_t n = 0;
        int64_t value;
        int64_t unit;
        while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
            n++;
        if (!str_to_i64(str_take(s, n), &value))
            return false;
        s = str_trim(str_skip(s, n));
        for (n = 0; n < s.len && ((s.ptr[n] | 0x20) >= 'a' && (s.ptr[n] | 0x20) <= 'z');)
            n++;
        if (!unit_us(str_take(s, n), &unit) || __builtin_mul_overflow(value, unit, &value) ||
            __builtin_add_overflow(total, value, &total) || total > most)
            return false;
        s = str_trim(str_skip(s, n));
    }
    *ret_us = total;
    return true;
}

struct str duration_text(struct arena *a, int64_t us)
{
    static const struct {
        int64_t us;
        const char *name;
    } parts[] = {{86400 * US_PER_S, "d"},
                 {3600 * US_PER_S, "h"},
                 {60 * US_PER_S, "m"},
                 {US_PER_S, "s"},
                 {US_PER_MS, "ms"}};
    char text[96];
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        int64_t count = us / parts[i].us;
        if (count == 0)
            continue;
        n +=
            (size_t)snprintf(text + n, sizeof(text) - n, "%lld%s", (long long)count, parts[i].name);
        us %= parts[i].us;
    }
    return n ? arena_str(a, str_of(text)) : arena_str(a, STR("0s"));
}
