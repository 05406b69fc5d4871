/* What the user reads. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/timefmt.h"
#include "cli/cli.h"

int64_t now_wall_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

int64_t now_mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

void out_fmt(struct cli *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_add(&c->out, arena_vfmt(c->a, fmt, args));
    va_end(args);
}

void out_str(struct cli *c, struct str s)
{
    buf_add(&c->out, s);
}

bool out_flush(struct cli *c)
{
    struct str rest = buf_str(&c->out);
    while (rest.len) {
        ssize_t n = write(STDOUT_FILENO, rest.ptr, rest.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            /* A reader that has seen enough (head, less) is no error worth a word. */
            if (errno == EPIPE)
                _exit(EXIT_SIGPIPE);
            fprintf(stderr, "error: cannot write to standard output: %s\n", strerrordesc_np(errno));
            buf_clear(&c->out);
            return false;
        }
        rest = str_skip(rest, (size_t)n);
    }
    buf_clear(&c->out);
    return true;
}

void say(struct cli *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct str text = arena_vfmt(c->a, fmt, args);
    va_end(args);
    fprintf(stderr, "%.*s\n", STR_ARG(text));
}

int fail(struct cli *c, enum exit_code code, const char *what, struct str why, const char *next)
{
    out_flush(c);
    fprintf(stderr, "error: %s\n", what);
    struct str rest = plain(c->a, why);
    while (rest.len) {
        struct str line = str_split(rest, '\n', &rest);
        fprintf(stderr, "  %.*s\n", STR_ARG(line));
    }
    if (next)
        fprintf(stderr, "  next: %s\n", next);
    else
        fprintf(stderr, "  next: sluice help%s%s\n", c->command ? " " : "",
                c->command ? c->command->name : "");
    return (int)code;
}

/* ---- documents ---- */

static void indent(struct cli *c, unsigned depth)
{
    buf_add_char(&c->out, '\n');
    for (unsigned i = 0; i < depth; i++)
        buf_add(&c->out, STR("  "));
}

static void put_pretty(struct cli *c, struct json v, unsigned depth)
{
    enum json_kind kind = json_kind(v);
    bool object = kind == JSON_OBJECT;
    if ((!object && kind != JSON_ARRAY) || json_len(v) == 0) {
        buf_add(&c->out, json_text(c->a, v));
        return;
    }
    struct json_iter it = json_each(v);
    struct json item;
    struct str key;
    bool first = true;
    buf_add_char(&c->out, object ? '{' : '[');
    while (json_next(&it, &key, &item)) {
        if (!first)
            buf_add_char(&c->out, ',');
        first = false;
        indent(c, depth + 1);
        if (object) {
            struct json_out o = {.buf = &c->out};
            json_put_str(&o, key);
            buf_add(&c->out, STR(": "));
        }
        put_pretty(c, item, depth + 1);
    }
    indent(c, depth);
    buf_add_char(&c->out, object ? '}' : ']');
}

void out_json(struct cli *c, struct json v)
{
    put_pretty(c, v, 0);
    buf_add_char(&c->out, '\n');
}

bool out_document(struct cli *c, struct json v)
{
    switch (c->format) {
    case FORMAT_JSON: out_json(c, v); return true;
    case FORMAT_NDJSON:
        buf_add(&c->out, json_text(c->a, v));
        buf_add_char(&c->out, '\n');
        return true;
    case FORMAT_YAML: buf_add(&c->out, json_yaml(c->a, v)); return true;
    case FORMAT_TABLE:
    case FORMAT_TSV:
    case FORMAT_WIDE:
    case FORMAT_NAME:
    case FORMATS:
    default: return false;
    }
}

/* ---- text for people ---- */

/* C0 and DEL as one byte, C1 as U+0080 to U+009F in UTF-8. */
static size_t control_len(struct str s, size_t i, bool keep_lines)
{
    unsigned char ch = (unsigned char)s.ptr[i];
    if (ch == '\n' || ch == '\t')
        return keep_lines ? 0 : 1;
    if (ch < 0x20 || ch == 0x7f)
        return 1;
    bool c1 = ch == 0xc2 && i + 1 < s.len && (unsigned char)s.ptr[i + 1] < 0xa0;
    return c1 ? 2 : 0;
}

static struct str cleaned(struct arena *a, struct str s, bool keep_lines)
{
    char *to = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len;) {
        size_t skip = control_len(s, i, keep_lines);
        to[n++] = skip ? ' ' : s.ptr[i];
        i += skip ? skip : 1;
    }
    return (struct str){to, n};
}

struct str plain(struct arena *a, struct str s)
{
    return cleaned(a, s, true);
}

struct str plain_line(struct arena *a, struct str s)
{
    struct str trimmed = str_trim(s);
    return cleaned(a, str_take(trimmed, str_find_char(trimmed, '\n')), false);
}

struct str age_text(struct arena *a, int64_t us)
{
    int64_t s = us < 0 ? 0 : us / US_PER_S;
    if (s < 120)
        return arena_fmt(a, "%llds", (long long)s);
    if (s < 120 * 60)
        return arena_fmt(a, "%lldm", (long long)(s / 60));
    if (s < 48 * 3600)
        return arena_fmt(a, "%lldh", (long long)(s / 3600));
    return arena_fmt(a, "%lldd", (long long)(s / 86400));
}

struct str size_text(struct arena *a, int64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    double n = (double)bytes;
    size_t unit = 0;
    while (n >= 1000 && unit < 5) {
        n /= 1000;
        unit++;
    }
    return arena_fmt(a, unit && n < 100 ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

struct str age_of(const struct cli *c, struct json time)
{
    int64_t at;
    if (!time_parse_rfc3339(json_str_or(time, (struct str){0}), &at))
        return STR("-");
    return age_text(c->a, now_wall_us() - at);
}

enum tone state_tone(struct str state)
{
    static const struct {
        const char *word;
        enum tone tone;
    } tones[] = {
        {"RUNNING", TONE_GOOD},          {"STARTED", TONE_GOOD},
        {"COMPLETED", TONE_GOOD},        {"OK", TONE_GOOD},
        {"FINISHED", TONE_GOOD},         {"TRANSITIONING", TONE_BUSY},
        {"STARTING", TONE_BUSY},         {"TERMINATING", TONE_BUSY},
        {"PENDING_DELETION", TONE_BUSY}, {"DELETING", TONE_BUSY},
        {"DEGRADED", TONE_BUSY},         {"FAILED", TONE_BAD},
        {"FAILED_DELETION", TONE_BAD},   {"FAILING", TONE_BAD},
        {"UNKNOWN", TONE_BUSY},          {"SUSPENDED", TONE_QUIET},
        {"CANCELLED", TONE_QUIET},       {"TERMINATED", TONE_QUIET},
    };
    for (size_t i = 0; i < sizeof(tones) / sizeof(tones[0]); i++)
        if (str_eq(state, str_of(tones[i].word)))
            return tones[i].tone;
    return TONE_PLAIN;
}

struct str toned(const struct cli *c, struct str text, enum tone tone)
{
    static const char *const colors[] = {"", "\033[32m", "\033[33m", "\033[31m", "\033[2m"};
    if (!c->color || tone == TONE_PLAIN)
        return text;
    return arena_fmt(c->a, "%s%.*s\033[0m", colors[tone], STR_ARG(text));
}

struct str marked(const struct cli *c, struct str text, enum tone tone)
{
    static const char *const symbols[] = {"", "● ", "◐ ", "▲ ", "○ "};
    if (!c->tty || !c->utf8)
        return text;
    return arena_fmt(c->a, "%s%.*s", symbols[tone], STR_ARG(text));
}

const char *arrow(const struct cli *c)
{
    return c->tty && c->utf8 ? "→" : "->";
}
