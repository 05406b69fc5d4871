/* savepoint verify: what can be asked of a snapshot that exists. */
#include "cli/cli.h"

struct str savepoint_id(struct cli *c, struct str word)
{
    struct str rest;
    struct str first = str_split(word, '/', &rest);
    return kind_find(first) == kind_of(RESOURCE_SAVEPOINT) && rest.len ? rest : arena_str(c->a, word);
}

static struct str text_of(struct json v, const char *dotted)
{
    return json_str_or(json_path(v, dotted), (struct str){0});
}

/* POST to a part of the Savepoint that the first word names. */
static int ask_of(struct cli *c, const char *part, struct str body, struct json *ret)
{
    struct str id = savepoint_id(c, c->words[0]);
    struct str path =
        arena_fmt(c->a, "%.*s/%s", STR_ARG(object_path(c, kind_of(RESOURCE_SAVEPOINT), id)), part);
    struct answer answer = server_ask(c, "POST", path, body);
    *ret = answer.json;
    return server_judge(c, &answer,
                        arena_fmt(c->a, "%s savepoint/%.*s", c->command->name, STR_ARG(id)).ptr);
}

int cmd_savepoint_verify(struct cli *c)
{
    struct json v;
    int r = ask_of(c, "verification", (struct str){0}, &v);
    if (r != EXIT_DONE)
        return r;
    struct str outcome = text_of(v, "outcome");
    bool whole = str_eq(outcome, STR("WHOLE"));
    bool broken = str_eq(outcome, STR("BROKEN"));
    if (!out_document(c, v))
        out_fmt(c, "savepoint/%.*s %s: %.*s\n", STR_ARG(text_of(v, "metadata.savepointId")),
                whole    ? "is whole"
                : broken ? "is BROKEN"
                         : "cannot be read just now",
                STR_ARG(plain_line(c->a, text_of(v, "text"))));
    if (whole)
        return EXIT_DONE;
    return broken ? EXIT_UNSOUND : EXIT_UNSAID;
}
