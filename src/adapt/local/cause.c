#include "adapt/local/internal.h"

#include <signal.h>
#include <string.h>

#define CAUSE_MOST 500U

static bool speaks_of_a_taken_port(struct str line)
{
    return str_contains(line, STR("BindException")) ||
           str_contains(line, STR("failed to bind to")) ||
           str_contains(line, STR("Address already in use"));
}

static bool is_a_problem(struct str line)
{
    if (str_contains(line, STR(" INFO ")) || str_contains(line, STR(" DEBUG ")) ||
        str_contains(line, STR(" TRACE ")))
        return false; /* that an exception was handled, say */
    return str_contains(line, STR(" ERROR ")) || str_contains(line, STR(" FATAL ")) ||
           str_contains(line, STR("Exception")) || str_contains(line, STR("Error:")) ||
           str_starts_with(line, STR("Error"));
}

struct lines {
    struct str problem; /* the last line that names a root cause, else an error */
    struct str port;    /* the last that speaks of a port in use */
    struct str last;
};

static struct lines read_lines(struct str text)
{
    struct lines l = {0};
    struct str cause = {0};
    while (text.len > 0) {
        struct str line = str_trim(str_split(text, '\n', &text));
        if (line.len == 0 || str_starts_with(line, STR("at ")))
            continue;
        l.last = line;
        if (speaks_of_a_taken_port(line))
            l.port = line;
        if (str_starts_with(line, STR("Caused by: ")))
            cause = str_skip(line, strlen("Caused by: "));
        else if (is_a_problem(line))
            l.problem = line;
    }
    if (cause.len > 0)
        l.problem = cause;
    return l;
}

/* "signal 9" as "signal 9 (SIGKILL)". */
static struct str in_words(struct arena *a, struct str end)
{
    int64_t number = 0;
    if (end.len == 0)
        return STR("ended without an exit status");
    if (!str_starts_with(end, STR("signal ")) ||
        !str_to_i64(str_skip(end, strlen("signal ")), &number) || number < 1 || number >= NSIG ||
        !sigabbrev_np((int)number))
        return arena_str(a, end);
    return arena_fmt(a, "%.*s (SIG%s)", STR_ARG(end), sigabbrev_np((int)number));
}

struct str cause_of(struct arena *a, struct str log, struct str output, struct str end)
{
    struct lines l = read_lines(log);
    struct lines o = read_lines(output);
    struct str status = in_words(a, end);
    struct str port = l.port.len ? l.port : o.port;
    if (port.len > 0)
        return arena_fmt(a, "port taken: %.*s (%.*s)", STR_ARG(str_take(port, CAUSE_MOST)),
                         STR_ARG(status));
    /* What never got as far as its log (no class, no memory) says so on standard output. */
    struct str line = l.problem.len ? l.problem : o.problem;
    bool killed = str_starts_with(end, STR("signal "));
    if (line.len == 0 && log.len == 0 && !killed)
        line = o.last;
    line = str_take(line, CAUSE_MOST);
    if (line.len == 0)
        return status;
    /* Who was killed did not end by what it complained about, perhaps long ago. */
    if (killed)
        return arena_fmt(a, "%.*s; the last error before: %.*s", STR_ARG(status), STR_ARG(line));
    return arena_fmt(a, "%.*s (%.*s)", STR_ARG(line), STR_ARG(status));
}
