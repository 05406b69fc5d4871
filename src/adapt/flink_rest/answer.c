/* What every answer has in common: is it one at all, and which line of it tells a person why. */
#include "adapt/flink_rest/codec.h"

/* Of one line that is shown to people. */
#define LINE_MOST 600U
#define CAUSED_BY STR("Caused by: ")

static struct str one_line(struct arena *a, struct str s)
{
    s = str_trim(s);
    bool cut = s.len > LINE_MOST;
    size_t n = cut ? LINE_MOST : s.len;
    while (cut && n > 0 && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
        n--; /* not within a character */
    char *line = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        line[i] = c < 0x20 || c == 0x7F ? ' ' : s.ptr[i];
    }
    struct str text = {line, n};
    return cut ? arena_fmt(a, "%.*s...", STR_ARG(text)) : text;
}

/* Frames around the message that say nothing themselves. */
static bool is_noise(struct str line)
{
    return str_is_empty(line) || str_starts_with(line, STR("<Exception on server side")) ||
           str_starts_with(line, STR("End of exception on server side")) ||
           str_eq(line, STR("Internal server error.")) || str_starts_with(line, STR("at "));
}

struct str deepest_cause(struct arena *a, struct str trace)
{
    struct str first = {NULL, 0};
    struct str last = {NULL, 0};
    for (struct str rest = trace; !str_is_empty(rest);) {
        struct str line = str_split(rest, '\n', &rest);
        /* Indented ones belong to suppressed exceptions. */
        if (str_starts_with(line, CAUSED_BY))
            last = str_skip(line, CAUSED_BY.len);
        else if (str_is_empty(first) && !is_noise(str_trim(line)))
            first = line;
    }
    struct str found = str_is_empty(last) ? first : last;
    struct str wrapper = STR("org.apache.flink.util.SerializedThrowable: ");
    while (str_starts_with(found, wrapper))
        found = str_skip(found, wrapper.len);
    return one_line(a, found);
}

static bool parse(struct arena *a, struct str body, struct json *ret)
{
    struct err e;
    return json_parse(a, body, ret, &e) == 0;
}

struct str answer_errors(struct arena *a, const struct http_answer *answer)
{
    struct json v;
    struct str joined = {NULL, 0};
    if (answer->outcome != OUTCOME_DONE || !parse(a, answer->body, &v))
        return joined;
    struct buf all = {0};
    struct json_iter it = json_each(json_get(v, STR("errors")));
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item)) {
        buf_add(&all, json_str_or(item, (struct str){NULL, 0}));
        buf_add_char(&all, '\n');
    }
    joined = arena_str(a, str_trim(buf_str(&all)));
    buf_fini(&all);
    return joined;
}

struct str answer_text(struct arena *a, const struct http_answer *answer)
{
    if (answer->outcome != OUTCOME_DONE)
        return one_line(a, answer->text);
    struct str cause = deepest_cause(a, answer_errors(a, answer));
    if (!str_is_empty(cause))
        return arena_fmt(a, "HTTP %d: %.*s", answer->status, STR_ARG(cause));
    return arena_fmt(a, "HTTP %d with an answer that is not Flink's", answer->status);
}

bool answer_json(struct arena *a, const struct http_answer *answer, int status, struct json *ret,
                 struct str *why)
{
    if (answer->outcome == OUTCOME_DONE && answer->status == status && parse(a, answer->body, ret))
        return true;
    *why = answer_text(a, answer);
    return false;
}
