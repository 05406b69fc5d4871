/* The command line, by the tables of commands.c. */
#include <stdio.h>
#include <stdlib.h>

#include "base/timefmt.h"
#include "cli/cli.h"

/* -1 = go on. */
#define GO_ON (-1)

static const uint64_t COMMON =
    1U << FLAG_SERVER | 1U << FLAG_NAMESPACE | 1U << FLAG_NO_COLOR | 1U << FLAG_HELP;

static uint64_t flags_of(const struct command *cmd)
{
    uint64_t flags = COMMON;
    if (cmd)
        flags |= cmd->flags;
    if (cmd && cmd->formats)
        flags |= 1U << FLAG_OUTPUT;
    return flags;
}

static bool named(struct str name, const char *want)
{
    return want && str_eq(name, str_of(want));
}

static const struct command *command_find(struct str name)
{
    for (size_t i = 0; i < n_commands; i++)
        if (named(name, commands[i].name) || named(name, commands[i].alias))
            return &commands[i];
    return NULL;
}

/* A word that is the first of two: "savepoint". */
static bool is_group(struct str word)
{
    for (size_t i = 0; i < n_commands; i++) {
        struct str name = str_of(commands[i].name);
        if (str_starts_with(name, word) && name.len > word.len && name.ptr[word.len] == ' ')
            return true;
    }
    return false;
}

static int unknown_command(struct cli *c, struct str name)
{
    const char *near = NULL;
    size_t least = name.len / 2 + 1;
    for (size_t i = 0; i < n_commands; i++) {
        size_t distance = str_distance(str_of(commands[i].name), name);
        if (distance < least) {
            least = distance;
            near = commands[i].name;
        }
    }
    struct str why = near ? arena_fmt(c->a, "did you mean: sluice %s", near)
                          : STR("it is none of those that sluice help lists");
    return fail(c, EXIT_USAGE, arena_fmt(c->a, "unknown command \"%.*s\"", STR_ARG(name)).ptr, why,
                "sluice help");
}

__attribute__((format(printf, 2, 3))) static int wrong_usage(struct cli *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct str what = arena_vfmt(c->a, fmt, args);
    va_end(args);
    struct str why =
        c->command ? arena_fmt(c->a, "usage: sluice %s %s", c->command->name, c->command->args)
                   : STR("usage: sluice COMMAND [ARGUMENT...] [FLAG...]");
    struct str next =
        c->command ? arena_fmt(c->a, "sluice help %s", c->command->name) : STR("sluice help");
    return fail(c, EXIT_USAGE, what.ptr, why, next.ptr);
}

/* ---- flags ---- */

static int unknown_flag(struct cli *c, struct str name)
{
    const char *near = NULL;
    size_t least = name.len / 2 + 1;
    for (size_t f = 0; f < FLAGS; f++) {
        size_t distance = str_distance(str_of(flag_infos[f].name), name);
        if (has_bit(flags_of(c->command), (unsigned)f) && distance < least) {
            least = distance;
            near = flag_infos[f].name;
        }
    }
    if (!near)
        return wrong_usage(c, "unknown flag \"%.*s\"", STR_ARG(name));
    return wrong_usage(c, "unknown flag \"%.*s\"; did you mean --%s?", STR_ARG(name), near);
}

static int set_flag(struct cli *c, enum flag f, struct str value)
{
    if (flag_given(c, f))
        return wrong_usage(c, "--%s is given twice", flag_infos[f].name);
    c->flags[f] = value;
    return GO_ON;
}

/* Takes argv[*i], and argv[*i + 1] when that is its value. */
static int long_flag(struct cli *c, struct str text, int argc, char **argv, int *i)
{
    bool has_value = str_contains(text, STR("="));
    struct str value;
    struct str name = str_split(text, '=', &value);
    for (size_t f = 0; f < FLAGS; f++) {
        if (!named(name, flag_infos[f].name) || !has_bit(flags_of(c->command), (unsigned)f))
            continue;
        if (!flag_infos[f].value && has_value)
            return wrong_usage(c, "--%.*s takes no value", STR_ARG(name));
        if (flag_infos[f].value && !has_value) {
            if (*i + 1 >= argc)
                return wrong_usage(c, "--%.*s needs a value", STR_ARG(name));
            value = str_of(argv[++*i]);
        }
        return set_flag(c, (enum flag)f, flag_infos[f].value ? value : STR("yes"));
    }
    return unknown_flag(c, arena_fmt(c->a, "--%.*s", STR_ARG(name)));
}

/* "-o json", "-ojson", "-wl x": switches may stand together, a value ends the group. */
static int short_flags(struct cli *c, struct str text, int argc, char **argv, int *i)
{
    while (text.len) {
        size_t f = 0;
        char letter = text.ptr[0];
        while (f < FLAGS &&
               (flag_infos[f].letter != letter || !has_bit(flags_of(c->command), (unsigned)f)))
            f++;
        if (f == FLAGS)
            return unknown_flag(c, arena_fmt(c->a, "-%c", letter));
        text = str_skip(text, 1);
        if (!flag_infos[f].value) {
            int r = set_flag(c, (enum flag)f, STR("yes"));
            if (r != GO_ON)
                return r;
            continue;
        }
        if (!text.len && *i + 1 >= argc)
            return wrong_usage(c, "-%c needs a value", flag_infos[f].letter);
        return set_flag(c, (enum flag)f, text.len ? text : str_of(argv[++*i]));
    }
    return GO_ON;
}

/* ---- words ---- */

static int take_word(struct cli *c, struct str word, struct str *group)
{
    if (c->command) {
        if (c->n_words == c->command->most)
            return wrong_usage(c, "\"%.*s\" is one argument too many", STR_ARG(word));
        c->words[c->n_words++] = word;
        return GO_ON;
    }
    struct str name =
        group->len ? arena_fmt(c->a, "%.*s %.*s", STR_ARG(*group), STR_ARG(word)) : word;
    c->command = command_find(name);
    if (c->command)
        return GO_ON;
    if (group->len || !is_group(word))
        return unknown_command(c, name);
    *group = word;
    return GO_ON;
}

static int take_all(struct cli *c, int argc, char **argv, struct str *group)
{
    bool only_words = false;
    int r = GO_ON;
    for (int i = 1; i < argc && r == GO_ON; i++) {
        struct str arg = str_of(argv[i]);
        if (!str_is_utf8(arg))
            return wrong_usage(c, "argument %d is not UTF-8", i);
        if (only_words || arg.len < 2 || arg.ptr[0] != '-')
            r = take_word(c, arg, group);
        else if (str_eq(arg, STR("--")))
            only_words = true;
        else if (arg.ptr[1] == '-')
            r = long_flag(c, str_skip(arg, 2), argc, argv, &i);
        else
            r = short_flags(c, str_skip(arg, 1), argc, argv, &i);
    }
    return r;
}

/* ---- what they mean ---- */

static int choose_format(struct cli *c)
{
    unsigned can = c->command->formats;
    struct str want =
        flag_given(c, FLAG_OUTPUT) ? c->flags[FLAG_OUTPUT] : str_of(getenv("SLUICE_OUTPUT"));
    c->format = c->tty || !has_bit(can, FORMAT_TSV) ? FORMAT_TABLE : FORMAT_TSV;
    if (!want.len || !can)
        return GO_ON;
    for (size_t f = 0; f < FORMATS; f++) {
        if (named(want, format_names[f]) && has_bit(can, (unsigned)f)) {
            c->format = (enum format)f;
            return GO_ON;
        }
    }
    /* A habit set for all commands does not bind those that cannot follow it. */
    if (!flag_given(c, FLAG_OUTPUT))
        return GO_ON;
    struct buf b = {0};
    for (size_t f = 0; f < FORMATS; f++)
        if (has_bit(can, (unsigned)f))
            buf_fmt(&b, "%s%s", b.len ? ", " : "", format_names[f]);
    int r = wrong_usage(c, "unknown format \"%.*s\"; there are %.*s", STR_ARG(want),
                        STR_ARG(buf_str(&b)));
    buf_fini(&b);
    return r;
}

static int choose_server(struct cli *c)
{
    struct str url =
        flag_given(c, FLAG_SERVER) ? c->flags[FLAG_SERVER] : str_of(getenv("SLUICE_SERVER"));
    struct str ns = flag_given(c, FLAG_NAMESPACE) ? c->flags[FLAG_NAMESPACE]
                                                  : str_of(getenv("SLUICE_NAMESPACE"));
    c->ns = ns.len ? ns : STR("default");
    c->url = url.len ? url : STR("http://127.0.0.1:8080");
    if (!str_starts_with(c->url, STR("http://")) && !str_starts_with(c->url, STR("https://")))
        return wrong_usage(c, "the server's URL must begin with http:// or https://, not \"%.*s\"",
                           STR_ARG(c->url));
    while (str_ends_with(c->url, STR("/")))
        c->url = str_take(c->url, c->url.len - 1);
    return GO_ON;
}

int args_parse(struct cli *c, int argc, char **argv)
{
    struct str group = {0};
    int r = take_all(c, argc, argv, &group);
    if (flag_given(c, FLAG_NO_COLOR))
        c->color = false;
    if (r != GO_ON)
        return r;
    if (!c->command && flag_given(c, FLAG_HELP)) {
        group.len ? help_group(c, group) : help_all(c);
        return EXIT_DONE;
    }
    if (!c->command && group.len)
        return fail(c, EXIT_USAGE,
                    arena_fmt(c->a, "\"%.*s\" is only half a command", STR_ARG(group)).ptr,
                    STR("what it is about follows"),
                    arena_fmt(c->a, "sluice help %.*s", STR_ARG(group)).ptr);
    if (!c->command)
        return wrong_usage(c, "which command?");
    if (flag_given(c, FLAG_HELP)) {
        help_command(c, c->command);
        return EXIT_DONE;
    }
    if (c->n_words < c->command->least)
        return wrong_usage(c, "sluice %s: an argument is missing", c->command->name);
    r = choose_format(c);
    return r == GO_ON ? choose_server(c) : r;
}

int flag_duration(struct cli *c, enum flag f, int64_t fallback_us, int64_t *ret_us)
{
    *ret_us = fallback_us;
    if (!flag_given(c, f) || duration_parse(c->flags[f], ret_us))
        return EXIT_DONE;
    return wrong_usage(c, "\"%.*s\" is no duration; write 90s, 10m, 1h30m", STR_ARG(c->flags[f]));
}

int flag_number(struct cli *c, enum flag f, int64_t fallback, int64_t *ret)
{
    *ret = fallback;
    if (!flag_given(c, f) || (str_to_i64(c->flags[f], ret) && *ret >= 0))
        return EXIT_DONE;
    return wrong_usage(c, "\"%.*s\" is no number", STR_ARG(c->flags[f]));
}
