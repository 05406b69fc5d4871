/* sluice-man DIR: writes the manual pages, from the tables of commands, flags, exit codes and fields.
 * mdoc; `mandoc -T lint` has nothing to say about them. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "model/deployment.h"

/* The day of the last change that a reader of the pages should know. */
#define PAGE_DATE "November 29, 2026"
#define LINE      72

/* ---- text ---- */

/* A word of running text. */
static void put_word(FILE *f, struct str word, bool first)
{
    if (first && word.len && (word.ptr[0] == '.' || word.ptr[0] == '\''))
        fputs("\\&", f);
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '\\')
            fputs("\\e", f);
        else if (word.ptr[i] == '-')
            fputs("\\-", f);
        else
            fputc(word.ptr[i], f);
    }
}

static bool ends_sentence(struct str word)
{
    return str_ends_with(word, STR(".")) && !str_ends_with(word, STR(".."));
}

/* Each sentence begins a line, as roff wants it. */
static void put_text(FILE *f, struct str text)
{
    size_t column = 0;
    while (text.len) {
        struct str word = str_split(text, ' ', &text);
        bool breaks = column && column + word.len + 1 > LINE;
        if (breaks)
            fputc('\n', f);
        else if (column)
            fputc(' ', f);
        put_word(f, word, column == 0 || breaks);
        column = breaks ? word.len : column + word.len + 1;
        if (ends_sentence(word) && text.len) {
            fputc('\n', f);
            column = 0;
        }
    }
    fputc('\n', f);
}

/* One argument of a macro, whatever it holds. */
static void put_quoted(FILE *f, struct str text)
{
    fputc('"', f);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            fputs("\\(dq", f);
        else if (text.ptr[i] == '\\')
            fputs("\\e", f);
        else
            fputc(text.ptr[i], f);
    }
    fputc('"', f);
}

/* "savepoint create" as the name of a page: sluice-savepoint-create */
static struct str page_name(struct arena *a, const struct command *cmd)
{
    char *name = arena_cstr(a, arena_fmt(a, "sluice-%s", cmd->name));
    for (char *p = name; *p; p++)
        *p = *p == ' ' ? '-' : *p;
    return str_of(name);
}

static void put_head(FILE *f, const char *title, int section, struct str name, struct str about)
{
    /* The description is no sentence. */
    if (str_ends_with(about, STR(".")))
        about.len--;
    fprintf(f, ".Dd %s\n.Dt %s %d\n.Os\n.Sh NAME\n.Nm %.*s\n.Nd ", PAGE_DATE, title, section,
            STR_ARG(name));
    put_quoted(f, about);
    fputc('\n', f);
}

static struct str upper(struct arena *a, struct str s)
{
    char *text = arena_cstr(a, s);
    for (char *p = text; *p; p++)
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    return str_of(text);
}

/* ---- a command ---- */

/* "KIND [NAME] | KIND/NAME" */
static void put_args(FILE *f, struct str args)
{
    while (args.len) {
        struct str word = str_split(args, ' ', &args);
        bool optional = str_starts_with(word, STR("[")) && str_ends_with(word, STR("]"));
        if (str_eq(word, STR("|"))) {
            fputs(".No \\&|\n", f);
            continue;
        }
        fputs(optional ? ".Op Ar " : str_starts_with(word, STR("-")) ? ".Fl " : ".Ar ", f);
        if (optional)
            word = str_take(str_skip(word, 1), word.len - 2);
        if (str_starts_with(word, STR("-")))
            word = str_skip(word, 1);
        put_quoted(f, word);
        fputc('\n', f);
    }
    fputs(".Op Ar FLAG ...\n", f);
}

static void put_flag(FILE *f, enum flag flag)
{
    const struct flag_info *info = &flag_infos[flag];
    fputs(".It ", f);
    if (info->letter)
        fprintf(f, "Fl %c , ", info->letter);
    fprintf(f, "Fl Fl %s", info->name);
    if (info->value)
        fprintf(f, " Ar %s", info->value);
    fputc('\n', f);
    put_text(f, str_of(info->doc));
}

static void put_flags(FILE *f, const struct command *cmd)
{
    fputs("The flags are as follows:\n.Bl -tag -width Ds\n", f);
    for (size_t i = 0; i < FLAGS; i++) {
        if (!has_bit(command_flags(cmd), (unsigned)i))
            continue;
        put_flag(f, (enum flag)i);
        if (i != FLAG_OUTPUT)
            continue;
        fputs("One of", f);
        for (size_t k = 0, n = 0; k < FORMATS; k++)
            if (has_bit(cmd->formats, (unsigned)k))
                fprintf(f, "%s %s", n++ ? "," : "", format_names[k]);
        fputs(".\n", f);
    }
    fputs(".El\n", f);
}

static void put_exits(FILE *f, const struct command *cmd)
{
    fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds\n", f);
    for (size_t i = 0; i < n_exit_infos; i++) {
        if (cmd && !command_ends_with(cmd, exit_infos[i].code))
            continue;
        fprintf(f, ".It %d\n", (int)exit_infos[i].code);
        put_text(f, str_of(exit_infos[i].meaning));
    }
    fputs(".El\n", f);
}

static void put_examples(FILE *f, struct str lines)
{
    fputs(".Sh EXAMPLES\n.Bd -literal -offset indent\n", f);
    while (lines.len) {
        struct str line = str_split(lines, '\n', &lines);
        put_word(f, line, true);
        fputc('\n', f);
    }
    fputs(".Ed\n", f);
}

static void put_command(struct arena *a, FILE *f, const struct command *cmd)
{
    struct str name = page_name(a, cmd);
    put_head(f, upper(a, name).ptr, 1, name, str_of(cmd->doc));
    fprintf(f, ".Sh SYNOPSIS\n.Nm sluice %s\n", cmd->name);
    put_args(f, str_of(cmd->args));
    fputs(".Sh DESCRIPTION\n", f);
    put_text(f, str_of(cmd->doc));
    if (cmd->alias)
        fprintf(f, ".Pp\n.Ql sluice %s\nis the same.\n", cmd->alias);
    fputs(".Pp\n", f);
    put_flags(f, cmd);
    put_exits(f, cmd);
    put_examples(f, str_of(cmd->examples));
    fputs(".Sh SEE ALSO\n.Xr sluice 1\n", f);
}

/* ---- all commands ---- */

static const struct {
    const char *name;
    const char *doc;
} environment[] = {
    {"SLUICE_SERVER", "Where sluiced answers, as with --server."},
    {"SLUICE_NAMESPACE", "The namespace, as with --namespace."},
    {"SLUICE_CONTEXT", "The context that is in effect instead of the file's current one."},
    {"SLUICE_OUTPUT", "The format, as with --output, for the commands that know it."},
    {"NO_COLOR", "No colours."},
    {"CLICOLOR_FORCE", "Colours in a pipe too."},
    {"CI", "No repainted progress: one line a change."},
    {"TERM", "With dumb there are no colours, and nothing is repainted."},
    {"LC_ALL , LC_CTYPE , LANG", "Symbols beyond ASCII only where it says UTF-8."},
    {"VISUAL , EDITOR", "What sluice edit opens; else vi."},
    {"XDG_CONFIG_HOME", "Where sluice/config.yaml lies; else .config below HOME."},
};

static void put_overview(struct arena *a, FILE *f)
{
    put_head(f, "SLUICE", 1, STR("sluice"),
             STR("asks sluiced, the control plane for Apache Flink"));
    fputs(".Sh SYNOPSIS\n.Nm\n.Ar COMMAND\n.Op Ar ARGUMENT ...\n.Op Ar FLAG ...\n"
          ".Sh DESCRIPTION\n"
          "A Deployment may be written as ledger, d/ledger or deployment/ledger.\n"
          "Results go to standard output, everything else to standard error.\n"
          "An error has three parts: what, why, and what to do next.\n"
          ".Pp\nThe commands are as follows:\n.Bl -tag -width Ds\n",
          f);
    for (size_t i = 0; i < n_commands; i++) {
        fprintf(f, ".It Xr %.*s 1\n", STR_ARG(page_name(a, &commands[i])));
        put_text(f, str_of(commands[i].doc));
    }
    fputs(".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n", f);
    for (size_t i = 0; i < sizeof(environment) / sizeof(environment[0]); i++) {
        fprintf(f, ".It Ev %s\n", environment[i].name);
        put_text(f, str_of(environment[i].doc));
    }
    fputs(".El\n.Sh FILES\n.Bl -tag -width Ds\n.It Pa ~/.config/sluice/config.yaml\n"
          "Contexts: names for a server and a namespace, see\n.Xr sluice-config-set 1 .\n"
          "Flags come before the environment, and the environment before this file.\n.El\n",
          f);
    put_exits(f, NULL);
    fputs(".Sh SEE ALSO\n.Xr sluice-deployment 5 ,\n.Xr sluiced 8\n", f);
}

/* ---- fields ---- */

static void put_fields(struct arena *a, FILE *f, const struct fields *table, struct str prefix)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct field *row = &table->rows[i];
        if (row->flags & (FIELD_INTERNAL | FIELD_READ_ONLY))
            continue;
        struct str path =
            arena_fmt(a, "%.*s%s%s", STR_ARG(prefix), prefix.len ? "." : "", row->name);
        if (row->type == FIELD_OBJECT) {
            put_fields(a, f, row->object, path);
            continue;
        }
        fprintf(f, ".It Va %.*s\n", STR_ARG(path));
        put_text(f, str_of(row->doc ? row->doc : "As in Ververica Platform."));
        for (const char *const *name = row->type == FIELD_ENUM ? row->names + 1 : NULL;
             name && *name; name++)
            fprintf(f, "%s%s", name == row->names + 1 ? "One of " : ", ", *name);
        if (row->type == FIELD_ENUM)
            fputs(".\n", f);
        if (row->fallback) {
            fputs("Default: ", f);
            put_word(f, str_of(row->fallback), false);
            fputs(".\n", f);
        }
    }
}

static void put_deployment(struct arena *a, FILE *f)
{
    put_head(f, "SLUICE-DEPLOYMENT", 5, STR("sluice-deployment"),
             STR("what a Deployment is declared with"));
    fputs(".Sh DESCRIPTION\n"
          "A file for\n.Xr sluice-apply 1\nholds one or more documents in YAML or JSON.\n"
          "Of a Deployment these fields may be written:\n.Bl -tag -width Ds\n",
          f);
    put_fields(a, f, &deployment_fields, (struct str){0});
    fputs(".El\n.Sh SEE ALSO\n.Xr sluice-explain 1 ,\n.Xr sluice-validate 1\n", f);
}

/* ---- files ---- */

static FILE *open_page(struct arena *a, const char *dir, int section, struct str name)
{
    struct str folder = arena_fmt(a, "%s/man%d", dir, section);
    struct str path = arena_fmt(a, "%.*s/%.*s.%d", STR_ARG(folder), STR_ARG(name), section);
    bool made = mkdir(folder.ptr, 0755) == 0 || errno == EEXIST;
    FILE *f = made ? fopen(path.ptr, "we") : NULL;
    if (!f)
        fprintf(stderr, "sluice-man: %.*s: %s\n", STR_ARG(path), strerrordesc_np(errno));
    return f;
}

static bool close_page(FILE *f)
{
    return fclose(f) == 0;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    bool done = argc == 2;
    FILE *f;
    if (!done)
        fprintf(stderr, "usage: sluice-man DIR\n");
    for (size_t i = 0; done && i < n_commands; i++) {
        f = open_page(a, argv[1], 1, page_name(a, &commands[i]));
        if (f)
            put_command(a, f, &commands[i]);
        done = f && close_page(f);
    }
    if (done && (f = open_page(a, argv[1], 1, STR("sluice")))) {
        put_overview(a, f);
        done = close_page(f);
    }
    if (done && (f = open_page(a, argv[1], 5, STR("sluice-deployment")))) {
        put_deployment(a, f);
        done = close_page(f);
    }
    arena_free(a);
    return done ? 0 : 1;
}
