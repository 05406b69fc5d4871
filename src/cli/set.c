/* set and scale: small changes of a Deployment, as a merge patch. */
#include "cli/cli.h"

/* Plans, shows what it would do, and does it unless --plan says not to. */
static int change(struct cli *c, struct str name, struct json patch)
{
    struct json deployment;
    struct json plan;
    const char *what = arena_fmt(c->a, "%s deployment/%.*s", c->command->name, STR_ARG(name)).ptr;
    /* A plan for a name that does not exist would be one for a new Deployment. */
    int r = get_one_deployment(c, name, &deployment);
    if (r == EXIT_DONE)
        r = plan_ask(c, name, patch, what, &plan);
    if (r != EXIT_DONE)
        return r;
    if (!flag_given(c, FLAG_ONLY_PLAN)) {
        if (!plan_is_dangerous(plan) || flag_given(c, FLAG_YES) ||
            flag_given(c, FLAG_ALLOW_STATE_LOSS))
            plan_tell(c, plan);
        return write_document(c, name, patch, plan, what);
    }
    if (!out_document(c, plan))
        plan_print(c, plan);
    return EXIT_DONE;
}

/* The reference is what stands in front of the first word with a sign of equality. */
static size_t words_of_reference(const struct cli *c)
{
    size_t n = 0;
    while (n < c->n_words && !str_contains(c->words[n], STR("=")))
        n++;
    return n;
}

int cmd_set(struct cli *c)
{
    struct str name;
    struct json patch = {0};
    size_t n_words = c->n_words;
    size_t n_name = words_of_reference(c);
    n_name = n_name == 0 || n_name > 2 ? 1 : n_name;
    c->n_words = n_name;
    int r = ref_deployment(c, 0, &name);
    if (r == EXIT_DONE && n_words == n_name)
        r = fail(c, EXIT_USAGE, "what is to be set?", STR("PATH=VALUE is missing"),
                 "sluice help set");
    if (r == EXIT_DONE)
        r = assignments(c, &c->words[n_name], n_words - n_name, &patch);
    return r == EXIT_DONE ? change(c, name, patch) : r;
}

int cmd_scale(struct cli *c)
{
    struct json patch = {0};
    struct str name;
    struct err e;
    int64_t n;
    struct str number = c->words[c->n_words - 1];
    c->n_words--;
    int r = ref_deployment(c, 0, &name);
    if (r != EXIT_DONE)
        return r;
    if (!str_to_i64(number, &n) || n < 1)
        return fail(c, EXIT_USAGE,
                    arena_fmt(c->a, "\"%.*s\" is no parallelism", STR_ARG(number)).ptr,
                    STR("it is a number, 1 or more"), "sluice scale ledger 8");
    struct str text = arena_fmt(c->a, "{\"spec\":{\"template\":{\"spec\":{\"parallelism\":%lld}}}}",
                                (long long)n);
    if (json_parse(c->a, text, &patch, &e) < 0)
        return fail(c, EXIT_USAGE, "scale", str_of(e.text), NULL);
    return change(c, name, patch);
}
