/* history: the revisions of a Deployment, and what is different between two. */
#include "cli/cli.h"

static struct str cell(struct cli *c, struct json object, const char *path)
{
    struct json v = json_path(object, path);
    struct str s;
    if (json_str(v, &s) && s.len)
        return plain_line(c->a, s);
    return json_is_none(v) ? STR("-") : plain_line(c->a, json_text(c->a, v));
}

/* "3,4": the attempts that ran it, as far as they are known. */
static struct str attempts(struct cli *c, struct json jobs)
{
    struct json_iter it = json_each(jobs);
    struct str key;
    struct json job;
    struct buf b = {0};
    while (json_next(&it, &key, &job))
        buf_fmt(&b, "%s%.*s", b.len ? "," : "", STR_ARG(cell(c, job, "attempt")));
    struct str text = b.len ? arena_str(c->a, buf_str(&b)) : STR("-");
    buf_fini(&b);
    return text;
}

static void add_row(struct cli *c, struct table *t, struct json revision)
{
    struct json made = json_path(revision, "metadata.createdAt");
    bool wanted = false;
    json_bool(json_path(revision, "status.current"), &wanted);
    table_cell(c, t, cell(c, revision, "metadata.number"), TONE_PLAIN);
    table_cell(c, t, wanted ? STR("yes") : STR("-"), TONE_PLAIN);
    table_cell(c, t,
               c->format == FORMAT_TSV ? cell(c, revision, "metadata.createdAt") : age_of(c, made),
               TONE_PLAIN);
    table_cell(c, t, cell(c, revision, "metadata.author"), TONE_PLAIN);
    table_cell(c, t, cell(c, revision, "metadata.source"), TONE_PLAIN);
    table_cell(c, t, cell(c, revision, "metadata.effect"), TONE_PLAIN);
    table_cell(c, t, attempts(c, json_path(revision, "status.jobs")), TONE_PLAIN);
    struct str message = cell(c, revision, "metadata.message");
    struct str back = cell(c, revision, "metadata.rollbackTo");
    if (!str_eq(back, STR("-")))
        message = arena_fmt(c->a, "back to %.*s%s%.*s", STR_ARG(back),
                            str_eq(message, STR("-")) ? "" : ": ",
                            STR_ARG(str_eq(message, STR("-")) ? STR("") : message));
    table_cell(c, t, message, TONE_PLAIN);
}

static int list(struct cli *c, struct str name, const char *what)
{
    static const char *const heads[] = {"REV",    "WANTED", "AGE",      "AUTHOR",
                                        "SOURCE", "EFFECT", "ATTEMPTS", "MESSAGE"};
    struct table t = {.heads = heads, .columns = sizeof(heads) / sizeof(heads[0])};
    struct json answer;
    struct str key;
    struct json revision;
    int r = server_get(c, arena_fmt(c->a, "%.*s/revisions", STR_ARG(deployment_path(c, name))),
                       what, &answer);
    if (r != EXIT_DONE)
        return r;
    struct json items = json_get(answer, STR("items"));
    if (c->format == FORMAT_JSON || c->format == FORMAT_YAML) {
        out_document(c, answer);
        return EXIT_DONE;
    }
    struct json_iter it = json_each(items);
    while (json_next(&it, &key, &revision))
        if (!out_document(c, revision))
            add_row(c, &t, revision);
    if (c->format != FORMAT_NDJSON)
        table_print(c, &t, c->format != FORMAT_TSV || flag_given(c, FLAG_HEADER));
    if (json_len(items) == 0 && c->format == FORMAT_TABLE)
        say(c, "the spec of deployment/%.*s was not changed since revisions are kept",
            STR_ARG(name));
    return EXIT_DONE;
}

static bool is_number(struct str s)
{
    int64_t n;
    return str_to_i64(s, &n) && n > 0;
}

/* "17..19", or "19": against the one before it. */
static int compare(struct cli *c, struct str name, const char *what)
{
    struct str given = c->flags[FLAG_DIFF];
    size_t dots = str_find(given, STR(".."));
    bool two = dots < given.len;
    struct str from = two ? str_take(given, dots) : (struct str){0};
    struct str to = two ? str_skip(given, dots + 2) : given;
    struct json answer;
    if (!is_number(to) || (two && !is_number(from)))
        return fail(c, EXIT_USAGE, "which revisions?",
                    arena_fmt(c->a, "\"%.*s\" is neither 19 nor 17..19", STR_ARG(given)),
                    "sluice help history");
    struct str path =
        arena_fmt(c->a, "%.*s/revisions/%.*s/changes%s%.*s", STR_ARG(deployment_path(c, name)),
                  STR_ARG(to), two ? "?from=" : "", STR_ARG(from));
    int r = server_get(c, path, what, &answer);
    if (r != EXIT_DONE || out_document(c, answer))
        return r;
    struct json changed = json_get(answer, STR("changed"));
    out_fmt(c, "deployment/%.*s, revision %.*s -> %.*s\n", STR_ARG(name),
            STR_ARG(cell(c, answer, "metadata.from")), STR_ARG(cell(c, answer, "metadata.to")));
    plan_print_changes(c, changed, false);
    if (json_len(changed) == 0)
        out_fmt(c, "  no difference\n");
    return EXIT_DONE;
}

int cmd_history(struct cli *c)
{
    struct str name;
    int r = ref_deployment(c, 0, &name);
    if (r != EXIT_DONE)
        return r;
    const char *what = arena_fmt(c->a, "history of deployment/%.*s", STR_ARG(name)).ptr;
    return flag_given(c, FLAG_DIFF) ? compare(c, name, what) : list(c, name, what);
}
