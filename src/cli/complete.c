/* What may stand where the cursor is: from the table of commands, the field tables, and the server,
 * which gets 300 ms. */
#include "base/timefmt.h"
#include "cli/contexts.h"
#include "model/deployment.h"

#define SERVER_US (300 * US_PER_MS)

struct typed {
    struct str group; /* the first of two words that name a command */
    const struct command *command;
    struct str words[MOST_WORDS]; /* behind the command's name */
    size_t n;
    enum flag wants_value; /* FLAGS = none does */
    struct str current;
};

static void offer(struct cli *c, const struct typed *t, struct str text, const char *doc)
{
    if (str_starts_with(text, t->current))
        out_fmt(c, "%.*s%s%s\n", STR_ARG(plain_line(c->a, text)), doc && doc[0] ? "\t" : "",
                doc ? doc : "");
}

static void offer_all(struct cli *c, const struct typed *t, const char *const *texts)
{
    for (; *texts; texts++)
        offer(c, t, str_of(*texts), NULL);
}

/* ---- what was typed so far ---- */

static const struct command *find_command(struct str name)
{
    for (size_t i = 0; i < n_commands; i++) {
        const char *alias = commands[i].alias;
        if (str_eq(name, str_of(commands[i].name)) || (alias && str_eq(name, str_of(alias))))
            return &commands[i];
    }
    return NULL;
}

/* The flag that the word is, when its value follows as a word of its own. */
static enum flag flag_waiting(struct cli *c, const struct typed *t, struct str word)
{
    for (size_t f = 0; f < FLAGS; f++) {
        const struct flag_info *info = &flag_infos[f];
        char letter[] = {'-', info->letter, '\0'};
        struct str name = arena_fmt(c->a, "--%s", info->name);
        struct str with_value = arena_fmt(c->a, "--%s=", info->name);
        if (!info->value || !has_bit(command_flags(t->command), (unsigned)f))
            continue;
        if (str_starts_with(word, with_value))
            c->flags[f] = str_skip(word, with_value.len);
        if (str_eq(word, name) || (info->letter && str_eq(word, str_of(letter))))
            return (enum flag)f;
    }
    return FLAGS;
}

static void take_word(struct cli *c, struct typed *t, struct str word)
{
    if (t->wants_value != FLAGS) {
        c->flags[t->wants_value] = word;
        t->wants_value = FLAGS;
    } else if (word.len && word.ptr[0] == '-') {
        t->wants_value = flag_waiting(c, t, word);
    } else if (t->command) {
        if (t->n < MOST_WORDS)
            t->words[t->n++] = word;
    } else if (t->group.len) {
        t->command = find_command(arena_fmt(c->a, "%.*s %.*s", STR_ARG(t->group), STR_ARG(word)));
    } else {
        t->command = find_command(word);
        t->group = t->command ? (struct str){0} : word;
    }
}

/* ---- commands and flags ---- */

static void offer_commands(struct cli *c, const struct typed *t)
{
    struct str before = {0};
    for (size_t i = 0; i < n_commands; i++) {
        struct str second;
        struct str first = str_split(str_of(commands[i].name), ' ', &second);
        if (t->group.len && str_eq(first, t->group))
            offer(c, t, second, commands[i].doc);
        if (!t->group.len && !str_eq(first, before))
            offer(c, t, first, second.len ? NULL : commands[i].doc);
        before = first;
    }
}

static void offer_flags(struct cli *c, const struct typed *t)
{
    for (size_t f = 0; f < FLAGS; f++)
        if (has_bit(command_flags(t->command), (unsigned)f) && !flag_given(c, (enum flag)f))
            offer(c, t, arena_fmt(c->a, "--%s", flag_infos[f].name), flag_infos[f].doc);
}

/* ---- names that the server knows ---- */

/* `before` is put in front of each: "d/". */
static void offer_names(struct cli *c, const struct typed *t, const struct kind *k,
                        struct str before)
{
    const char *path = k->id == RESOURCE_NAMESPACE ? "name"
                       : resources[k->id].named    ? "metadata.name"
                                                   : "metadata.id";
    if (!k->list_key || context_choose(c) != EXIT_DONE)
        return;
    struct answer answer =
        server_ask(c, "GET", object_path(c, k, (struct str){0}), (struct str){0});
    struct json_iter it = json_each(json_get(answer.json, str_of(k->list_key)));
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item)) {
        struct str name = json_str_or(json_path(item, path), (struct str){0});
        if (k->id == RESOURCE_NAMESPACE && str_starts_with(name, STR("namespaces/")))
            name = str_skip(name, sizeof("namespaces/") - 1);
        if (name.len)
            offer(c, t, arena_fmt(c->a, "%.*s%.*s", STR_ARG(before), STR_ARG(name)), NULL);
    }
}

static void offer_contexts(struct cli *c, const struct typed *t)
{
    struct json document;
    struct str name;
    struct json context;
    if (contexts_read(c, &document) != EXIT_DONE)
        return;
    struct json_iter it = json_each(json_get(document, STR("contexts")));
    while (json_next(&it, &name, &context))
        offer(c, t, name, NULL);
}

static void offer_kinds(struct cli *c, const struct typed *t, const char *behind)
{
    for (size_t id = 0; id < RESOURCE_KINDS; id++) {
        const struct kind *k = kind_of((enum resource_kind)id);
        if (k)
            offer(c, t, arena_fmt(c->a, "%s%s", k->word, behind), NULL);
    }
}

/* "d/led": a kind, and the name's beginning. */
static bool offer_of_kind(struct cli *c, const struct typed *t)
{
    struct str rest;
    struct str first = str_split(t->current, '/', &rest);
    const struct kind *k = kind_find(first);
    if (!str_contains(t->current, STR("/")))
        return false;
    if (k)
        offer_names(c, t, k, arena_fmt(c->a, "%.*s/", STR_ARG(first)));
    return true;
}

/* ---- fields ---- */

/* The next names below the path that is typed so far; of a leaf, `behind` follows. */
static void offer_fields(struct cli *c, const struct typed *t, struct str prefix,
                         const struct fields *f, const char *behind)
{
    struct str path = str_skip(t->current, prefix.len);
    size_t dot = path.len;
    while (dot > 0 && path.ptr[dot - 1] != '.')
        dot--;
    struct str parent = str_take(path, dot);
    if (dot > 0) {
        const struct field *row = fields_find(f, str_take(path, dot - 1));
        f = row && row->type == FIELD_OBJECT ? row->object : NULL;
    }
    for (size_t i = 0; f && i < f->n; i++) {
        const struct field *row = &f->rows[i];
        if (row->flags & (FIELD_INTERNAL | FIELD_READ_ONLY) || row->type == FIELD_CONST)
            continue;
        bool open = row->type == FIELD_OBJECT || row->type == FIELD_MAP;
        offer(c, t,
              arena_fmt(c->a, "%.*s%.*s%s%s", STR_ARG(prefix), STR_ARG(parent), row->name,
                        open ? "." : behind),
              row->doc);
    }
}

static void offer_explain(struct cli *c, const struct typed *t)
{
    struct str rest;
    struct str first = str_split(t->current, '.', &rest);
    const struct kind *k = kind_find(first);
    if (str_contains(t->current, STR(".")) && k) {
        offer_fields(c, t, arena_fmt(c->a, "%.*s.", STR_ARG(first)), resources[k->id].fields, "");
        return;
    }
    offer(c, t, STR("rule"), "what a rule number means");
    offer(c, t, STR("rules"), "all of them");
    offer_kinds(c, t, ".");
}

/* ---- arguments, by the word that the usage line has in their place ---- */

static struct str usage_word(const struct command *cmd, size_t i)
{
    struct str rest = str_of(cmd->args);
    struct str word = {0};
    for (size_t at = 0; at <= i && rest.len; at++) {
        struct str next = str_split(rest, ' ', &rest);
        /* What follows is another way to say it, or flags; a list goes on. */
        if (str_eq(next, STR("|")) || str_starts_with(next, STR("-")))
            return (struct str){0};
        word = next;
        if (str_contains(next, STR("...")))
            break;
        if (at < i && !rest.len)
            word = (struct str){0};
    }
    return word;
}

static void offer_deployments(struct cli *c, const struct typed *t)
{
    if (!offer_of_kind(c, t))
        offer_names(c, t, kind_of(RESOURCE_DEPLOYMENT), (struct str){0});
}

static void offer_argument(struct cli *c, const struct typed *t)
{
    static const char *const shells[] = {"bash", "zsh", "fish", NULL};
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};
    struct str word = usage_word(t->command, t->n);
    const struct kind *named = t->n ? kind_find(t->words[0]) : NULL;
    bool of_config = str_starts_with(str_of(t->command->name), STR("config "));
    if (named && str_eq(word, STR("[NAME]")))
        offer_names(c, t, named, (struct str){0});
    else if (str_contains(word, STR("PATH=VALUE")))
        offer_fields(c, t, (struct str){0}, &deployment_fields, "=");
    else if (str_starts_with(word, STR("KIND")))
        offer_of_kind(c, t) ? (void)0 : offer_kinds(c, t, "");
    else if (str_starts_with(word, STR("rule")))
        offer_explain(c, t);
    else if (str_contains(word, STR("NAME")) && of_config)
        offer_contexts(c, t);
    else if (str_contains(word, STR("NAME")))
        offer_deployments(c, t);
    else if (str_eq(word, STR("ID")))
        offer_names(c, t, kind_of(RESOURCE_SAVEPOINT), (struct str){0});
    else if (str_eq(word, STR("PATH")) && t->n == 0)
        out_fmt(c, ":files\n");
    else if (str_contains(word, STR("COMMAND")))
        offer_commands(c, &(struct typed){.group = t->words[0], .current = t->current});
    else if (str_eq(word, STR("SHELL")))
        offer_all(c, t, shells);
    else if (str_eq(word, STR("METHOD")))
        offer_all(c, t, methods);
}

static void offer_value(struct cli *c, const struct typed *t)
{
    static const char *const goals[] = {"state=RUNNING",
                                        "state=SUSPENDED",
                                        "state=CANCELLED",
                                        "state=FINISHED",
                                        "health=OK",
                                        "deleted",
                                        NULL};
    static const char *const states[] = {"newest", "at-revision", NULL};
    switch ((int)t->wants_value) {
    case FLAG_OUTPUT:
        for (size_t f = 0; f < FORMATS; f++)
            if (t->command && has_bit(t->command->formats, (unsigned)f))
                offer(c, t, str_of(format_names[f]), NULL);
        break;
    case FLAG_FILE: out_fmt(c, ":files\n"); break;
    case FLAG_PLAN:
        if (t->command && str_starts_with(str_of(t->command->name), STR("savepoint")))
            out_fmt(c, ":files\n");
        break;
    case FLAG_STATE: offer_all(c, t, states); break;
    case FLAG_FOR: offer_all(c, t, goals); break;
    case FLAG_CONTEXT: offer_contexts(c, t); break;
    case FLAG_NAMESPACE: offer_names(c, t, kind_of(RESOURCE_NAMESPACE), (struct str){0}); break;
    case FLAG_DEPLOYMENT: offer_names(c, t, kind_of(RESOURCE_DEPLOYMENT), (struct str){0}); break;
    default: break;
    }
}

int complete_words(struct cli *c, int n, char **words)
{
    struct typed t = {.wants_value = FLAGS};
    c->request_timeout_us = SERVER_US;
    for (int i = 0; i < n; i++) {
        if (!str_is_utf8(str_of(words[i])))
            return EXIT_DONE;
        if (i + 1 < n)
            take_word(c, &t, str_of(words[i]));
    }
    t.current = str_of(words[n - 1]);
    if (t.wants_value != FLAGS)
        offer_value(c, &t);
    else if (t.current.len && t.current.ptr[0] == '-')
        offer_flags(c, &t);
    else if (t.command)
        offer_argument(c, &t);
    else
        offer_commands(c, &t);
    return EXIT_DONE;
}
