/* get: lists and single objects, in any format. */
#include "base/map.h"
#include "base/timefmt.h"
#include "cli/cli.h"

#define WATCH_US US_PER_S

static struct str cell_text(const struct cli *c, const struct column *col, struct json v)
{
    struct str s;
    int64_t n;
    bool b;
    if (col->type == COLUMN_AGE && c->format != FORMAT_TSV)
        return age_of(c, v);
    if (col->type == COLUMN_SIZE && json_i64(v, &n) && c->format != FORMAT_TSV)
        return size_text(c->a, n);
    if (json_str(v, &s))
        return s.len ? plain_line(c->a, s) : STR("-");
    if (json_bool(v, &b))
        return b ? STR("yes") : STR("-");
    if (json_is_none(v) || json_kind(v) == JSON_NULL)
        return STR("-");
    return plain_line(c->a, json_text(c->a, v));
}

static bool is_shown(const struct cli *c, const struct column *col)
{
    return col->head && (!col->wide || c->format == FORMAT_WIDE || c->format == FORMAT_TSV);
}

enum { MOST_COLUMNS = sizeof(((struct kind *)0)->columns) / sizeof(struct column) };

static void add_row(struct cli *c, const struct kind *k, struct table *t, struct json object)
{
    for (size_t i = 0; i < MOST_COLUMNS; i++) {
        const struct column *col = &k->columns[i];
        if (!is_shown(c, col))
            continue;
        struct str text = cell_text(c, col, json_path(object, col->path));
        enum tone tone = col->type == COLUMN_STATE ? state_tone(text) : TONE_PLAIN;
        table_cell(c, t, c->format == FORMAT_TSV ? text : marked(c, text, tone), tone);
    }
}

static void begin_table(struct cli *c, const struct kind *k, struct table *t)
{
    const char **heads = ARENA_ARRAY(c->a, const char *, MOST_COLUMNS);
    *t = (struct table){.heads = heads};
    for (size_t i = 0; i < MOST_COLUMNS; i++)
        if (is_shown(c, &k->columns[i]))
            heads[t->columns++] = k->columns[i].head;
}

/* The items of a list, or the one object, one after the other. */
static void print_items(struct cli *c, const struct kind *k, struct json items, bool heads)
{
    struct table t;
    struct json_iter it = json_each(items);
    struct json item;
    struct str key;
    begin_table(c, k, &t);
    while (json_next(&it, &key, &item)) {
        if (c->format == FORMAT_NAME)
            out_fmt(c, "%.*s\n", STR_ARG(object_name(c, k, item)));
        else if (!out_document(c, item))
            add_row(c, k, &t, item);
    }
    if (c->format == FORMAT_TABLE || c->format == FORMAT_WIDE || c->format == FORMAT_TSV)
        table_print(c, &t, heads && (c->format != FORMAT_TSV || flag_given(c, FLAG_HEADER)));
}

static struct json as_list(struct cli *c, struct json object)
{
    struct err e;
    struct json list = {0};
    /* What was parsed a moment ago is well-formed. */
    if (json_parse(c->a, arena_fmt(c->a, "[%.*s]", STR_ARG(json_text(c->a, object))), &list, &e) <
        0)
        return (struct json){0};
    return list;
}

static void print_all(struct cli *c, const struct kind *k, struct json answer, bool one)
{
    struct json items = one ? as_list(c, answer) : json_get(answer, str_of(k->list_key));
    bool whole = c->format == FORMAT_JSON || c->format == FORMAT_YAML;
    if (whole)
        out_document(c, answer);
    else
        print_items(c, k, items, true);
    if (json_len(items) == 0 && c->format == FORMAT_TABLE)
        say(c, "no %ss%s in namespace %.*s", k->word,
            flag_given(c, FLAG_SELECTOR) || flag_given(c, FLAG_DEPLOYMENT) ? " that fit" : "",
            STR_ARG(c->ns));
}

/* ---- the request ---- */

static void add_query(struct cli *c, struct buf *b, const char *name, struct str value)
{
    buf_fmt(b, "%s%s=%.*s", b->len ? "&" : "?", name, STR_ARG(url_part(c->a, value)));
}

static int request_path(struct cli *c, const struct kind *k, struct str name, struct str *ret)
{
    struct buf query = {0};
    struct json deployment;
    int r = EXIT_DONE;
    if (flag_given(c, FLAG_SELECTOR))
        add_query(c, &query, "labelSelector", c->flags[FLAG_SELECTOR]);
    if (flag_given(c, FLAG_LIMIT))
        add_query(c, &query, "limit", c->flags[FLAG_LIMIT]);
    if (flag_given(c, FLAG_DEPLOYMENT)) {
        r = get_one_deployment(c, c->flags[FLAG_DEPLOYMENT], &deployment);
        add_query(c, &query, "deploymentId",
                  json_str_or(json_path(deployment, "metadata.id"), (struct str){0}));
    }
    *ret = arena_fmt(c->a, "%.*s%.*s", STR_ARG(object_path(c, k, name)), STR_ARG(buf_str(&query)));
    buf_fini(&query);
    return r;
}

/* ---- watch ---- */

/* What was shown of an object, by its id or name. */
static bool is_news(struct map *shown, struct arena *kept, struct str id, struct str text)
{
    struct str *before = map_find(shown, id);
    if (before && str_eq(*before, text))
        return false;
    if (!before) {
        before = ARENA_NEW(kept, struct str);
        map_put(shown, arena_str(kept, id), before);
    }
    *before = arena_str(kept, text);
    return true;
}

static void print_news(struct cli *c, const struct kind *k, struct json items, struct map *shown,
                       struct arena *kept, bool first)
{
    struct json_iter it = json_each(items);
    struct json item;
    struct str key;
    bool heads = first;
    while (json_next(&it, &key, &item)) {
        struct str id = object_name(c, k, item);
        if (!is_news(shown, kept, id, json_text(c->a, item)))
            continue;
        print_items(c, k, as_list(c, item), heads);
        heads = false;
    }
}

static int watch(struct cli *c, const struct kind *k, struct str path, const char *what, bool one)
{
    struct arena *kept = c->a;
    struct arena *turn = arena_new();
    struct map shown = {0};
    int r = EXIT_DONE;
    /* Objects that follow each other have to be told apart. */
    if (c->format == FORMAT_JSON)
        c->format = FORMAT_NDJSON;
    server_catch_signals(c);
    for (bool first = true; r == EXIT_DONE; first = false) {
        struct json answer;
        c->a = turn;
        r = server_get(c, path, what, &answer);
        if (r == EXIT_DONE)
            print_news(c, k, one ? as_list(c, answer) : json_get(answer, str_of(k->list_key)),
                       &shown, kept, first);
        if (!out_flush(c))
            r = EXIT_REFUSED;
        c->a = kept;
        arena_reset(turn);
        if (r == EXIT_DONE && !server_pause(c, WATCH_US))
            r = 128 + server_signal(c);
    }
    if (server_signal(c))
        r = 128 + server_signal(c);
    map_fini(&shown);
    arena_free(turn);
    return r;
}

int cmd_get(struct cli *c)
{
    const struct kind *k;
    struct str name;
    struct str path;
    struct json answer;
    int r = ref_parse(c, 0, NULL, &k, &name);
    if (r != EXIT_DONE)
        return r;
    bool one = name.len > 0 || k->id == RESOURCE_DEFAULTS;
    const char *what =
        arena_fmt(c->a, one ? "get %s/%.*s" : "get %ss%.*s", k->word, STR_ARG(name)).ptr;
    r = request_path(c, k, name, &path);
    if (r != EXIT_DONE)
        return r;
    if (flag_given(c, FLAG_WATCH))
        return watch(c, k, path, what, one);
    r = server_get(c, path, what, &answer);
    if (r != EXIT_DONE)
        return r;
    if (one && k->id == RESOURCE_NAMESPACE)
        answer = json_get(answer, STR("namespace"));
    print_all(c, k, answer, one);
    return EXIT_DONE;
}
