/* apply, plan and delete: documents in files, and things by name. */
#include <stdio.h>

#include "cli/files.h"

/* ---- one document ---- */

/* NULL, and *code says with which exit code to end. */
static const struct kind *document_kind(struct cli *c, struct json doc, struct str *name, int *code)
{
    struct str kind = json_str_or(json_get(doc, STR("kind")), (struct str){0});
    const struct resource *r = resource_by_kind(kind);
    const struct kind *k = r ? kind_of((enum resource_kind)(r - resources)) : NULL;
    *name = json_str_or(json_path(doc, "metadata.name"), (struct str){0});
    bool can = k && (k->id == RESOURCE_DEPLOYMENT || k->id == RESOURCE_TARGET ||
                     k->id == RESOURCE_DEFAULTS);
    if (can && (name->len || k->id == RESOURCE_DEFAULTS))
        return k;
    if (can)
        *code = fail(c, EXIT_USAGE, "a document has no name", STR("metadata.name is missing"),
                     "sluice explain deployment.metadata");
    else
        *code = fail(c, EXIT_USAGE,
                     arena_fmt(c->a, "the kind \"%.*s\" cannot be applied", STR_ARG(kind)).ptr,
                     STR("kinds: Deployment, DeploymentTarget, DeploymentDefaults"),
                     "sluice explain KIND lists what a kind has");
    return NULL;
}

/* Targets and defaults have no state that could be lost: they are replaced. */
static int put_plain(struct cli *c, const struct kind *k, struct str name, struct json doc,
                     const char *what)
{
    struct answer answer = server_ask(c, "PUT", object_path(c, k, name), json_text(c->a, doc));
    int r = server_judge(c, &answer, what);
    if (r != EXIT_DONE)
        return r;
    if (c->format == FORMAT_NAME)
        out_fmt(c, "%.*s\n", STR_ARG(object_name(c, k, answer.json)));
    else if (!out_document(c, answer.json))
        out_fmt(c, "%s%s%.*s %s\n", k->word, name.len ? "/" : "", STR_ARG(name),
                answer.status == 201 ? "created" : "written");
    return EXIT_DONE;
}

static int apply_one(struct cli *c, struct json doc)
{
    struct str name;
    int r = EXIT_DONE;
    const struct kind *k = document_kind(c, doc, &name, &r);
    if (!k)
        return r;
    const char *what = arena_fmt(c->a, "apply %s/%.*s", k->word, STR_ARG(name)).ptr;
    if (k->id == RESOURCE_DEPLOYMENT)
        return write_deployment(c, name, doc, what);
    return put_plain(c, k, name, doc, what);
}

/* Documents that follow each other have to be told apart. */
static void separate(struct cli *c, size_t i, size_t n)
{
    if (n > 1 && c->format == FORMAT_JSON)
        c->format = FORMAT_NDJSON;
    if (i > 0 && c->format == FORMAT_YAML)
        out_fmt(c, "---\n");
}

int cmd_apply(struct cli *c)
{
    if (flag_given(c, FLAG_PLAN) && flag_given(c, FLAG_FILE))
        return fail(c, EXIT_USAGE, "a file or a plan?", STR("-f and --plan exclude each other"),
                    NULL);
    if (flag_given(c, FLAG_PLAN))
        return write_planned(c, c->flags[FLAG_PLAN]);
    struct json docs[MOST_DOCUMENTS];
    size_t n = 0;
    int r = file_documents(c, docs, &n);
    for (size_t i = 0; r == EXIT_DONE && i < n; i++) {
        separate(c, i, n);
        r = apply_one(c, docs[i]);
        if (!out_flush(c))
            r = EXIT_REFUSED;
    }
    return r;
}

/* ---- plan ---- */

static int plan_exit(struct json plan)
{
    if (plan_is_dangerous(plan))
        return EXIT_STATE_LOSS;
    bool none = str_eq(json_str_or(json_get(plan, STR("changes")), STR("")), STR("NONE"));
    return none ? EXIT_DONE : EXIT_CHANGES;
}

/* How many of the documents create something, change something, leave it as it is. */
struct tally {
    size_t create;
    size_t change;
    size_t nothing;
    int worst;
};

static void count(struct tally *t, struct json plan)
{
    int code = plan_exit(plan);
    t->worst = code > t->worst ? code : t->worst;
    if (json_i64_or(json_path(plan, "base.resourceVersion"), 0) == 0)
        t->create++;
    else if (code == EXIT_DONE)
        t->nothing++;
    else
        t->change++;
}

static void print_plan(struct cli *c, struct json plan)
{
    struct str id = json_str_or(json_get(plan, STR("planId")), (struct str){0});
    plan_print(c, plan);
    if (id.len && plan_exit(plan) != EXIT_DONE)
        out_fmt(c, "Next      sluice apply --plan %.*s   # exactly this, within 15 minutes\n",
                STR_ARG(plain_line(c->a, id)));
}

static int plan_one(struct cli *c, struct json doc, struct tally *tally)
{
    struct str name;
    struct json plan;
    int r = EXIT_DONE;
    const struct kind *k = document_kind(c, doc, &name, &r);
    if (!k)
        return r;
    const char *what = arena_fmt(c->a, "plan %s/%.*s", k->word, STR_ARG(name)).ptr;
    if (k->id != RESOURCE_DEPLOYMENT)
        return fail(c, EXIT_USAGE, what, STR("only Deployments have a plan"),
                    "sluice validate -f FILE checks the others");
    r = plan_ask(c, name, doc, what, &plan);
    if (r != EXIT_DONE)
        return r;
    if (!out_document(c, plan))
        print_plan(c, plan);
    count(tally, plan);
    return EXIT_DONE;
}

static void print_tally(struct cli *c, const struct tally *t)
{
    out_fmt(c, "\n%zu to create, %zu to change, %zu unchanged\n", t->create, t->change, t->nothing);
}

int cmd_plan(struct cli *c)
{
    struct json docs[MOST_DOCUMENTS];
    size_t n = 0;
    struct tally tally = {0};
    int r = file_documents(c, docs, &n);
    for (size_t i = 0; r == EXIT_DONE && i < n; i++) {
        if (i > 0 && c->format == FORMAT_TABLE)
            out_fmt(c, "\n");
        separate(c, i, n);
        r = plan_one(c, docs[i], &tally);
    }
    if (r == EXIT_DONE && c->format == FORMAT_TABLE)
        print_tally(c, &tally);
    return r == EXIT_DONE && flag_given(c, FLAG_EXIT_CODE) ? tally.worst : r;
}

/* ---- delete ---- */

int cmd_delete(struct cli *c)
{
    const struct kind *k;
    struct str name;
    int r = ref_parse(c, 0, NULL, &k, &name);
    if (r != EXIT_DONE)
        return r;
    if (!name.len)
        return fail(c, EXIT_USAGE, "what is to be deleted?",
                    arena_fmt(c->a, "write %s/NAME", k->word), NULL);
    struct str path = object_path(c, k, name);
    if (flag_given(c, FLAG_FORCE))
        path = arena_fmt(c->a, "%.*s?force=true", STR_ARG(path));
    struct answer answer = server_ask(c, "DELETE", path, (struct str){0});
    r = server_judge(c, &answer, arena_fmt(c->a, "delete %s/%.*s", k->word, STR_ARG(name)).ptr);
    if (r != EXIT_DONE)
        return r;
    bool waits = k->id == RESOURCE_DEPLOYMENT && flag_given(c, FLAG_WAIT);
    if (!waits) {
        out_fmt(c, "%s/%.*s is deleted\n", k->word, STR_ARG(name));
        return EXIT_DONE;
    }
    struct goal gone = {.name = name, .value = STR("deletion"), .text = STR("deleted")};
    return wait_for(c, &gone, -1);
}
