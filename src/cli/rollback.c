/* rollback and restart: planned first, asked about where state would be lost, then done. */
#include "cli/cli.h"

/* `spec` is the operation's as JSON. */
static int operate(struct cli *c, struct str name, struct str spec, const char *did)
{
    struct str none = {0};
    struct str path = arena_fmt(c->a, "%.*s/operations", STR_ARG(deployment_path(c, name)));
    const char *what = arena_fmt(c->a, "%s deployment/%.*s", c->command->name, STR_ARG(name)).ptr;
    struct answer answer = server_ask(c, "POST", arena_fmt(c->a, "%.*s?dryRun=All", STR_ARG(path)),
                                      arena_fmt(c->a, "{\"spec\":%.*s}", STR_ARG(spec)));
    struct json plan = answer.json;
    int64_t since = -1;
    struct json deployment;
    int r = server_judge(c, &answer, what);
    if (r != EXIT_DONE || !write_confirm(c, plan, what, &r))
        return r;
    if (flag_given(c, FLAG_WAIT))
        since = newest_event(c, json_str_or(json_path(plan, "metadata.deploymentId"), none));
    /* What was planned, or nothing: if the Deployment has moved on by then, the server refuses. */
    answer =
        server_ask(c, "POST", with_message(c, path),
                   arena_fmt(c->a, "{\"metadata\":{\"resourceVersion\":%lld},\"spec\":%.*s}",
                             (long long)json_i64_or(json_path(plan, "base.resourceVersion"), 0),
                             STR_ARG(spec)));
    r = server_judge(c, &answer, what);
    if (r == EXIT_DONE)
        r = get_one_deployment(c, name, &deployment);
    if (r != EXIT_DONE)
        return r;
    bool changed = !str_eq(json_str_or(json_get(plan, STR("changes")), none), STR("NONE"));
    return write_finish(c, deployment, changed ? did : "unchanged", since);
}

int cmd_restart(struct cli *c)
{
    struct str name;
    int r = ref_deployment(c, 0, &name);
    return r == EXIT_DONE ? operate(c, name, STR("{\"kind\":\"RESTART\"}"), "is started anew") : r;
}

int cmd_rollback(struct cli *c)
{
    struct str name;
    int64_t to;
    struct str state = flag_given(c, FLAG_STATE) ? c->flags[FLAG_STATE] : STR("newest");
    int r = ref_deployment(c, 0, &name);
    if (r == EXIT_DONE)
        r = flag_number(c, FLAG_TO_REVISION, 0, &to);
    if (r != EXIT_DONE)
        return r;
    if (to == 0)
        return fail(c, EXIT_USAGE, "to which revision?", STR("--to N is missing"),
                    arena_fmt(c->a, "sluice history %.*s", STR_ARG(name)).ptr);
    bool newest = str_eq_nocase(state, STR("newest"));
    if (!newest && !str_eq_nocase(state, STR("at-revision")))
        return fail(c, EXIT_USAGE, "with which state?",
                    arena_fmt(c->a, "\"%.*s\" is neither newest nor at-revision", STR_ARG(state)),
                    NULL);
    struct str spec = arena_fmt(c->a, "{\"kind\":\"ROLLBACK\",\"revision\":%lld,\"state\":\"%s\"}",
                                (long long)to, newest ? "NEWEST" : "AT_REVISION");
    return operate(c, name, spec, arena_fmt(c->a, "goes back to revision %lld", (long long)to).ptr);
}
