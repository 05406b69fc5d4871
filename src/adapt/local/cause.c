#include "adapt/local/internal.h"

#define CAUSE_MOST 500U

static bool speaks_of_a_taken_port(struct str line)
{
    return str_contains(line, STR("BindException")) ||
           str_contains(line, STR("failed to bind to")) ||
           str_contains(line, STR("Address already in use"));
}

static bool is_a_problem(struct str line)
{
    return str_contains(line, STR(" ERROR ")) || str_contains(line, STR(" FATAL ")) ||
           str_contains(line, STR("Exception")) || str_contains(line, STR("Error:")) ||
           str_starts_with(line, STR("Error"));
}

/* The last line that names a root cause; `taken` is set when any line speaks of a port in use. */
static struct str deepest_line(struct str text, bool *taken)
{
    struct str cause = {0};
    struct str problem = {0};
    struct str port = {0};
    struct str last = {0};
    while (text.len > 0) {
        struct str line = str_trim(str_split(text, '\n', &text));
        if (line.len == 0 || str_starts_with(line, STR("at ")))
            continue;
        last = line;
        if (speaks_of_a_taken_port(line))
            port = line;
        if (str_starts_with(line, STR("Caused by: ")))
            cause = str_skip(line, strlen("Caused by: "));
        else if (is_a_problem(line))
            problem = line;
    }
    *taken = port.len > 0;
    return port.len ? port : cause.len ? cause : problem.len ? problem : last;
}

struct str cause_of(struct arena *a, struct str log, struct str output, struct str end)
{
    bool taken = false;
    struct str line = deepest_line(log, &taken);
    if (!taken) {
        bool output_taken = false;
        struct str output_line = deepest_line(output, &output_taken);
        /* What never got as far as its log (no class, no memory) says so on standard output. */
        if (line.len == 0 || output_taken)
            line = output_line;
        taken = output_taken;
    }
    line = str_take(line, CAUSE_MOST);
    struct str status = end.len ? end : STR("ended without an exit status");
    if (line.len == 0)
        return arena_str(a, status);
    return arena_fmt(a, "%s%.*s (%.*s)", taken ? "port taken: " : "", STR_ARG(line),
                     STR_ARG(status));
}
