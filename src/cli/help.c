/* Help, from the table of commands. */
#include "cli/cli.h"

static const struct {
    enum exit_code code;
    const char *meaning;
} exits[] = {
    {EXIT_DONE, "done; with plan: nothing would change"},
    {EXIT_REFUSED, "the server said no"},
    {EXIT_USAGE, "the command line or a file cannot be understood"},
    {EXIT_NOT_FOUND, "there is no such thing"},
    {EXIT_CONFLICT, "it has changed meanwhile, or its state forbids it"},
    {EXIT_TIMED_OUT, "the time is up; the server goes on"},
    {EXIT_DENIED, "not allowed"},
    {EXIT_UNREACHABLE, "the server cannot be reached"},
    {EXIT_ENDED, "it FAILED, or what was waited for cannot come any more"},
    {EXIT_DECLINED, "you said no, or there was nobody to ask"},
    {EXIT_CHANGES, "plan --exit-code: changes, none of them dangerous"},
    {EXIT_STATE_LOSS, "plan --exit-code: changes that drop or rewind state"},
    {EXIT_UNSOUND, "it was looked at, and is broken or does not fit"},
    {EXIT_UNSAID, "it was looked at, and cannot be said"},
};
enum { N_EXITS = sizeof(exits) / sizeof(exits[0]) };

static const unsigned ALWAYS =
    1U << EXIT_DONE | 1U << EXIT_REFUSED | 1U << EXIT_USAGE | 1U << EXIT_UNREACHABLE;

static void list_commands(struct cli *c, struct str prefix)
{
    for (size_t i = 0; i < n_commands; i++)
        if (str_starts_with(str_of(commands[i].name), prefix))
            out_fmt(c, "  %-19s %s\n", commands[i].name, commands[i].doc);
}

void help_all(struct cli *c)
{
    out_fmt(c, "sluice asks sluiced, the control plane for Apache Flink deployments.\n\n"
               "usage: sluice COMMAND [ARGUMENT...] [FLAG...]\n\n");
    list_commands(c, (struct str){0});
    out_fmt(c, "\nEvery command takes --server URL, --namespace NAME, --no-color and --help.\n"
               "A Deployment may be written as ledger, d/ledger or deployment/ledger.\n");
}

void help_group(struct cli *c, struct str word)
{
    out_fmt(c, "usage: sluice %.*s COMMAND [ARGUMENT...] [FLAG...]\n\n", STR_ARG(word));
    list_commands(c, arena_fmt(c->a, "%.*s ", STR_ARG(word)));
}

static void print_flag(struct cli *c, enum flag f)
{
    const struct flag_info *info = &flag_infos[f];
    char letter[] = {info->letter ? '-' : ' ', info->letter ? info->letter : ' ',
                     info->letter ? ',' : ' ', '\0'};
    struct str name = arena_fmt(c->a, "--%s%s%s", info->name, info->value ? " " : "",
                                info->value ? info->value : "");
    out_fmt(c, "  %s %-22.*s %s", letter, STR_ARG(name), info->doc);
    for (size_t i = 0, n = 0; f == FLAG_OUTPUT && i < FORMATS; i++)
        if (has_bit(c->command->formats, (unsigned)i))
            out_fmt(c, "%s%s", n++ ? ", " : " One of: ", format_names[i]);
    out_fmt(c, "\n");
}

void help_command(struct cli *c, const struct command *cmd)
{
    c->command = cmd;
    out_fmt(c, "%s\n\nusage: sluice %s %s [FLAG...]\n", cmd->doc, cmd->name, cmd->args);
    if (cmd->alias)
        out_fmt(c, "       sluice %s is the same\n", cmd->alias);
    out_fmt(c, "\nexamples:\n");
    struct str rest = str_of(cmd->examples);
    while (rest.len) {
        struct str line = str_split(rest, '\n', &rest);
        out_fmt(c, "  %.*s\n", STR_ARG(line));
    }
    out_fmt(c, "\nflags:\n");
    for (size_t f = 0; f < FLAGS; f++) {
        bool own = has_bit(cmd->flags, (unsigned)f) || f < FLAG_OUTPUT || f == FLAG_NO_COLOR ||
                   f == FLAG_HELP || (f == FLAG_OUTPUT && cmd->formats);
        if (own)
            print_flag(c, (enum flag)f);
    }
    out_fmt(c, "\nexit codes:\n");
    for (size_t i = 0; i < N_EXITS; i++)
        if (has_bit(cmd->exits | ALWAYS, exits[i].code))
            out_fmt(c, "  %-3d %s\n", (int)exits[i].code, exits[i].meaning);
}

int cmd_help(struct cli *c)
{
    struct str name = c->words[0];
    if (c->n_words == 2)
        name = arena_fmt(c->a, "%.*s %.*s", STR_ARG(c->words[0]), STR_ARG(c->words[1]));
    if (c->n_words == 0) {
        help_all(c);
        return EXIT_DONE;
    }
    bool found = false;
    for (size_t i = 0; i < n_commands; i++) {
        struct str own = str_of(commands[i].name);
        bool alias = commands[i].alias && str_eq(name, str_of(commands[i].alias));
        if (str_eq(own, name) || alias) {
            help_command(c, &commands[i]);
            return EXIT_DONE;
        }
        found =
            found || (str_starts_with(own, name) && own.len > name.len && own.ptr[name.len] == ' ');
    }
    if (found) {
        help_group(c, name);
        return EXIT_DONE;
    }
    return fail(c, EXIT_USAGE, arena_fmt(c->a, "there is no command \"%.*s\"", STR_ARG(name)).ptr,
                STR("it is none of those that sluice help lists"), "sluice help");
}
