/* fork: a new Deployment from another one. */
#include "cli/cli.h"

/* Behind the name of the source, which may be two words. */
static size_t first_assignment(const struct cli *c)
{
    return !str_contains(c->words[0], STR("/")) && kind_find(c->words[0]) ? 2 : 1;
}

static struct str fork_path(struct cli *c, struct str source)
{
    struct str path = arena_fmt(c->a, "%.*s?forkOf=%.*s", STR_ARG(ns_path(c, "deployments")),
                                STR_ARG(url_part(c->a, source)));
    if (flag_given(c, FLAG_FROM))
        path = arena_fmt(c->a, "%.*s&state=%.*s", STR_ARG(path),
                         STR_ARG(url_part(c->a, c->flags[FLAG_FROM])));
    return with_message(c, path);
}

int cmd_fork(struct cli *c)
{
    struct str source;
    struct json document = {0};
    int r = ref_deployment(c, 0, &source);
    if (r != EXIT_DONE)
        return r;
    if (!flag_given(c, FLAG_NAME))
        return fail(c, EXIT_USAGE, "what is the new one called?", STR("--name NEW is missing"),
                    "sluice help fork");
    for (size_t i = first_assignment(c); i < c->n_words && r == EXIT_DONE; i++)
        r = assign(c, c->words[i], &document);
    if (r == EXIT_DONE)
        r = assign_text(c, STR("metadata.name"), c->flags[FLAG_NAME], &document);
    if (r != EXIT_DONE)
        return r;
    const char *what = arena_fmt(c->a, "fork deployment/%.*s", STR_ARG(source)).ptr;
    struct answer answer = server_ask(c, "POST", fork_path(c, source), json_text(c->a, document));
    r = server_judge(c, &answer, what);
    if (r != EXIT_DONE)
        return r;
    struct str from = json_str_or(json_path(answer.json, "spec.restoreFrom.location"), STR(""));
    struct str did =
        from.len ? arena_fmt(c->a, "created, begins from %.*s", STR_ARG(plain_line(c->a, from)))
                 : STR("created, begins empty");
    return write_finish(c, answer.json, did.ptr, 0);
}
