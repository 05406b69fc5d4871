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

static struct json named(struct cli *c, struct str name)
{
    struct json patch = {0};
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct err e;
    buf_add(&b, STR("{\"metadata\":{\"name\":"));
    json_put_str(&o, name);
    buf_add(&b, STR("}}"));
    /* Our own text. */
    int r = json_parse(c->a, buf_str(&b), &patch, &e);
    buf_fini(&b);
    return r < 0 ? (struct json){0} : patch;
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
    size_t first = first_assignment(c);
    r = assignments(c, &c->words[first], c->n_words - first, &document);
    if (r != EXIT_DONE)
        return r;
    document = json_merge_patch(c->a, document, named(c, c->flags[FLAG_NAME]));
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
