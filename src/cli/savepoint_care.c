/* savepoint verify, compat, copy, pin, unpin: what can be asked of a snapshot that exists. */
#include "cli/cli.h"

struct str savepoint_id(struct cli *c, struct str word)
{
    struct str rest;
    struct str first = str_split(word, '/', &rest);
    return kind_find(first) == kind_of(RESOURCE_SAVEPOINT) && rest.len ? rest
                                                                       : arena_str(c->a, word);
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

static void print_findings(struct cli *c, struct json answer)
{
    static const char *const heads[] = {"VERDICT", "FINDING", "WHAT"};
    struct table t = {.heads = heads, .columns = 3};
    struct json_iter it = json_each(json_get(answer, STR("findings")));
    struct str key;
    struct json f;
    out_fmt(c, "%.*s: %.*s\n\n", STR_ARG(plain_line(c->a, text_of(answer, "verdict"))),
            STR_ARG(plain_line(c->a, text_of(answer, "reason"))));
    while (json_next(&it, &key, &f)) {
        table_cell(c, &t, plain_line(c->a, text_of(f, "verdict")), TONE_PLAIN);
        table_cell(c, &t, plain_line(c->a, text_of(f, "code")), TONE_PLAIN);
        table_cell(c, &t, plain_line(c->a, text_of(f, "text")), TONE_PLAIN);
    }
    table_print(c, &t, true);
    it = json_each(json_get(answer, STR("unchecked")));
    out_fmt(c, "\nnot told by a plan, and not checked:\n");
    while (json_next(&it, &key, &f))
        out_fmt(c, "   %.*s\n", STR_ARG(plain_line(c->a, json_str_or(f, (struct str){0}))));
}

int cmd_savepoint_compat(struct cli *c)
{
    struct str text;
    struct json v;
    struct err e = {0};
    if (!flag_given(c, FLAG_PLAN))
        return fail(c, EXIT_USAGE, "which plan?", STR("--plan FILE is missing"),
                    "sluice help savepoint compat");
    int r = file_read(c, c->flags[FLAG_PLAN], &text);
    if (r != EXIT_DONE)
        return r;
    if (json_parse(c->a, text, &v, &e) < 0)
        return fail(c, EXIT_USAGE, "the plan is no JSON", str_of(e.text), NULL);
    r = ask_of(c, "compatibility", text, &v);
    if (r != EXIT_DONE)
        return r;
    if (!out_document(c, v))
        print_findings(c, v);
    struct str verdict = text_of(v, "verdict");
    if (str_eq(verdict, STR("COMPATIBLE")))
        return EXIT_DONE;
    return str_eq(verdict, STR("INCOMPATIBLE")) ? EXIT_UNSOUND : EXIT_UNSAID;
}

int cmd_savepoint_copy(struct cli *c)
{
    struct json savepoint;
    struct json deployment;
    struct str to;
    struct str id = savepoint_id(c, c->words[0]);
    const char *what = arena_fmt(c->a, "copy savepoint/%.*s", STR_ARG(id)).ptr;
    if (!flag_given(c, FLAG_TO))
        return fail(c, EXIT_USAGE, what, STR("no Deployment is named"), "add --to NAME");
    c->words[c->n_words++] = c->flags[FLAG_TO];
    int r = ref_deployment(c, 1, &to);
    if (r == EXIT_DONE)
        r = server_get(c, object_path(c, kind_of(RESOURCE_SAVEPOINT), id), what, &savepoint);
    if (r == EXIT_DONE)
        r = get_one_deployment(c, to, &deployment);
    if (r != EXIT_DONE)
        return r;
    if (!str_eq(text_of(savepoint, "status.state"), STR("COMPLETED")))
        return fail(c, EXIT_CONFLICT, what, STR("it is not COMPLETED"), NULL);
    /* Registered once more it would be the newest, and the next start would go back to it. */
    if (str_eq(text_of(savepoint, "metadata.deploymentId"), text_of(deployment, "metadata.id")))
        return fail(c, EXIT_CONFLICT, what,
                    arena_fmt(c->a, "it is one of deployment/%.*s already", STR_ARG(to)),
                    "to start from it again, set spec.restoreFrom");
    r = savepoint_register(c, to, text_of(savepoint, "spec.savepointLocation"), &savepoint);
    if (r == EXIT_DONE)
        print_savepoint(
            c, savepoint,
            arena_fmt(c->a, "is the copy for deployment/%.*s", STR_ARG(plain_line(c->a, to))).ptr);
    return r;
}

static int set_pinned(struct cli *c, const char *body, const char *did)
{
    struct str id = savepoint_id(c, c->words[0]);
    struct answer answer =
        server_ask(c, "PATCH", object_path(c, kind_of(RESOURCE_SAVEPOINT), id), str_of(body));
    int r = server_judge(c, &answer, arena_fmt(c->a, "%s/%.*s", c->command->name, STR_ARG(id)).ptr);
    if (r == EXIT_DONE)
        print_savepoint(c, answer.json, did);
    return r;
}

int cmd_savepoint_pin(struct cli *c)
{
    return set_pinned(c, "{\"spec\":{\"pinned\":true}}", "is pinned");
}

int cmd_savepoint_unpin(struct cli *c)
{
    return set_pinned(c, "{\"spec\":{\"pinned\":false}}", "is no longer pinned");
}
