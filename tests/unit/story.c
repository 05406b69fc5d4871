#include "story.h"

#include <stdio.h>

struct arena *story_arena;

int story_begin(void **state)
{
    (void)state;
    story_arena = arena_new();
    return 0;
}

int story_end(void **state)
{
    (void)state;
    arena_free(story_arena);
    story_arena = NULL;
    return 0;
}

struct str story_text(const char *text)
{
    char *copy = arena_cstr(story_arena, str_of(text));
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return str_of(copy);
}

struct json story_json(const char *text)
{
    struct json v = {0};
    struct err e = {0};
    if (json_parse(story_arena, story_text(text), &v, &e) < 0)
        fail_msg("%s: %s", e.text, text);
    return v;
}

void story_assert_text(struct str is, struct str expected, const char *file, int line)
{
    if (str_eq(is, expected))
        return;
    print_error("is:       %.*s\nexpected: %.*s\n", STR_ARG(is), STR_ARG(expected));
    _fail(file, line);
}
