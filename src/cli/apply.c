/* apply, plan and delete: documents in files, and things by name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli.h"

enum { MOST_DOCUMENTS = 100 };

/* ---- files ---- */

static int unreadable(struct cli *c, struct str file, struct str why)
{
    return fail(c, EXIT_USAGE, arena_fmt(c->a, "%.*s cannot be read", STR_ARG(file)).ptr, why,
                NULL);
}

int file_read(struct cli *c, struct str file, struct str *ret)
{
    bool is_stdin = str_eq(file, STR("-"));
    int fd = is_stdin ? STDIN_FILENO : open(arena_cstr(c->a, file), O_RDONLY | O_CLOEXEC);
    struct buf b = {0};
    char chunk[16384];
    ssize_t n = -1;
    while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || b.len > LIMIT_REQUEST_BODY)
            break;
        buf_add(&b, (struct str){chunk, (size_t)n});
    }
    struct str why = n < 0 ? str_of(strerrordesc_np(errno)) : (struct str){0};
    if (n > 0)
        why = arena_fmt(c->a, "it has more than %u bytes", LIMIT_REQUEST_BODY);
    if (fd >= 0 && !is_stdin)
        close(fd);
    *ret = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return n == 0 ? EXIT_DONE : unreadable(c, file, why);
}

/* Up to the next line "---" of a YAML file. */
static struct str next_document(struct str *rest)
{
    struct str from = *rest;
    struct str left = *rest;
    size_t len = 0;
    bool has_text = false;
    while (left.len) {
        struct str line = str_split(left, '\n', &left);
        struct str text = str_trim(line);
        bool ends = str_eq(str_take(line, 3), STR("---")) && text.len == 3;
        if (ends && has_text)
            break;
        has_text = has_text || (!ends && text.len && text.ptr[0] != '#');
        len = from.len - left.len;
    }
    *rest = left;
    return has_text ? str_take(from, len) : (struct str){0};
}

/* What is in the file, as JSON objects. */
static int read_documents(struct cli *c, struct json *ret, size_t *ret_n)
{
    struct str file = c->flags[FLAG_FILE];
    struct str rest;
    struct err e = {0};
    if (!flag_given(c, FLAG_FILE))
        return fail(c, EXIT_USAGE, "which file?", STR("-f FILE is missing; - is standard input"),
                    arena_fmt(c->a, "sluice help %s", c->command->name).ptr);
    int r = file_read(c, file, &rest);
    if (r != EXIT_DONE)
        return r;
    *ret_n = 0;
    while (rest.len) {
        struct str text = next_document(&rest);
        if (!text.len)
            continue;
        if (*ret_n == MOST_DOCUMENTS)
            return unreadable(c, file, arena_fmt(c->a, "more than %d documents", MOST_DOCUMENTS));
        if (yaml_parse(c->a, text, &ret[*ret_n], &e) < 0)
            return unreadable(c, file, str_of(e.text));
        if (json_kind(ret[*ret_n]) != JSON_OBJECT)
            return unreadable(c, file, STR("a document is no object"));
        (*ret_n)++;
    }
    return *ret_n ? EXIT_DONE : unreadable(c, file, STR("it is empty"));
}

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
        *code =
            fail(c, EXIT_USAGE, "a document has no name", STR("metadata.name is missing"), NULL);
    else
        *code = fail(c, EXIT_USAGE,
                     arena_fmt(c->a, "the kind \"%.*s\" cannot be applied", STR_ARG(kind)).ptr,
                     STR("kinds: Deployment, DeploymentTarget, DeploymentDefaults"), NULL);
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
    if (flag_given(c, FLAG_PLAN_ID) && flag_given(c, FLAG_FILE))
        return fail(c, EXIT_USAGE, "a file or a plan?", STR("-f and --plan exclude each other"),
                    NULL);
    if (flag_given(c, FLAG_PLAN_ID))
        return write_planned(c, c->flags[FLAG_PLAN_ID]);
    struct json docs[MOST_DOCUMENTS];
    size_t n = 0;
    int r = read_documents(c, docs, &n);
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

static void print_plan(struct cli *c, struct json plan)
{
    struct str id = json_str_or(json_get(plan, STR("planId")), (struct str){0});
    plan_print(c, plan);
    if (id.len && plan_exit(plan) != EXIT_DONE)
        out_fmt(c, "Next      sluice apply --plan %.*s   # exactly this, within 15 minutes\n",
                STR_ARG(plain_line(c->a, id)));
}

static int plan_one(struct cli *c, struct json doc, int *worst)
{
    struct str name;
    struct json plan;
    int r = EXIT_DONE;
    const struct kind *k = document_kind(c, doc, &name, &r);
    if (!k)
        return r;
    const char *what = arena_fmt(c->a, "plan %s/%.*s", k->word, STR_ARG(name)).ptr;
    if (k->id != RESOURCE_DEPLOYMENT)
        return fail(c, EXIT_USAGE, what, STR("only Deployments have a plan"), NULL);
    r = plan_ask(c, name, doc, what, &plan);
    if (r != EXIT_DONE)
        return r;
    if (!out_document(c, plan))
        print_plan(c, plan);
    int code = plan_exit(plan);
    *worst = code > *worst ? code : *worst;
    return EXIT_DONE;
}

int cmd_plan(struct cli *c)
{
    struct json docs[MOST_DOCUMENTS];
    size_t n = 0;
    int worst = EXIT_DONE;
    int r = read_documents(c, docs, &n);
    for (size_t i = 0; r == EXIT_DONE && i < n; i++) {
        if (i > 0 && c->format == FORMAT_TABLE)
            out_fmt(c, "\n");
        separate(c, i, n);
        r = plan_one(c, docs[i], &worst);
    }
    return r == EXIT_DONE && flag_given(c, FLAG_EXIT_CODE) ? worst : r;
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
