/* sluice: the client of sluiced. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && value[0];
}

/* Whether the user's terminal shows more than ASCII, by the first of these that says something. */
static bool wants_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value && value[0])
            return strcasestr(value, "UTF-8") || strcasestr(value, "utf8");
    }
    return false;
}

static void look_around(struct cli *c)
{
    const char *term = getenv("TERM");
    bool dumb = term && strcmp(term, "dumb") == 0;
    c->tty = isatty(STDOUT_FILENO);
    c->color = (c->tty && !dumb && !is_set("NO_COLOR")) || is_set("CLICOLOR_FORCE");
    c->utf8 = wants_utf8();
    /* For the width of characters; what is written does not depend on it. */
    setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, char **argv)
{
    struct cli c = {.a = arena_new()};
    look_around(&c);
    int r;
    /* What it is to complete is no command line yet. */
    if (argc > 2 && strcmp(argv[1], "__complete") == 0)
        r = complete_words(&c, argc - 2, argv + 2);
    else if ((r = args_parse(&c, argc, argv)) < 0)
        r = c.command->fn(&c);
    if (!out_flush(&c) && r == EXIT_DONE)
        r = EXIT_REFUSED;
    server_free(&c);
    buf_fini(&c.out);
    arena_free(c.a);
    return r;
}
