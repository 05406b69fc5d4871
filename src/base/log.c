#include "base/log.h"

#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/timefmt.h"

static enum log_format log_format = LOG_TEXT;
static enum log_level log_least = LOG_INFO;

void log_setup(enum log_format format, enum log_level least)
{
    log_format = format;
    log_least = least;
}

static void add_quoted(struct buf *b, struct str s)
{
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            buf_fmt(b, "\\%c", c);
        else if (c == '\n')
            buf_add(b, STR("\\n"));
        else if (c < 0x20)
            buf_fmt(b, "\\u%04x", c);
        else
            buf_add_char(b, (char)c);
    }
    buf_add_char(b, '"');
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] == '"' || s.ptr[i] == '=' || s.ptr[i] == '\\')
            return false;
    return s.len > 0;
}

void log_record(enum log_level level, int64_t wall_us, struct str message,
                const struct log_field *fields, size_t n_fields)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < log_least)
        return;
    struct buf b = {0};
    struct arena *a = arena_new();
    struct str when = time_rfc3339(a, wall_us);
    if (log_format == LOG_JSON) {
        buf_fmt(&b, "{\"time\":\"%.*s\",\"level\":\"%s\",\"message\":", STR_ARG(when),
                names[level]);
        add_quoted(&b, message);
    } else {
        buf_fmt(&b, "%.*s %-5s %.*s", STR_ARG(when), names[level], STR_ARG(message));
    }
    for (size_t i = 0; i < n_fields; i++) {
        buf_fmt(&b, log_format == LOG_JSON ? ",\"%s\":" : " %s=", fields[i].key);
        if (log_format == LOG_TEXT && is_plain(fields[i].value))
            buf_add(&b, fields[i].value);
        else
            add_quoted(&b, fields[i].value);
    }
    buf_add(&b, log_format == LOG_JSON ? STR("}\n") : STR("\n"));
    /* A log that cannot be written must not stop the control plane. */
    ssize_t ignored = write(STDERR_FILENO, b.ptr, b.len);
    (void)ignored;
    arena_free(a);
    buf_fini(&b);
}
