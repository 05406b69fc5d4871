/* config list, show, set, use, delete: the contexts of this user. */
#include "cli/contexts.h"

static bool is_context_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.ptr[i];
        bool fits = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                    (ch >= '0' && ch <= '9') || ch == '-' || ch == '_' || ch == '.';
        if (!fits)
            return false;
    }
    return name.len > 0 && name.len <= 63;
}

static struct str member(struct cli *c, struct json v, const char *name)
{
    return plain_line(c->a, json_str_or(json_get(v, str_of(name)), (struct str){0}));
}

/* The context of the first word. */
static int find(struct cli *c, struct json *document)
{
    int r = contexts_read(c, document);
    if (r != EXIT_DONE)
        return r;
    if (is_context_name(c->words[0]) &&
        !json_is_none(json_get(json_get(*document, STR("contexts")), c->words[0])))
        return EXIT_DONE;
    return fail(c, EXIT_NOT_FOUND,
                arena_fmt(c->a, "there is no context \"%.*s\"", STR_ARG(c->words[0])).ptr,
                arena_fmt(c->a, "%.*s has none of that name", STR_ARG(contexts_path(c))),
                "sluice config list");
}

int cmd_config_list(struct cli *c)
{
    static const char *const heads[] = {"CURRENT", "NAME", "SERVER", "NAMESPACE"};
    struct table t = {.heads = heads, .columns = 4};
    struct json document;
    struct str name;
    struct json context;
    int r = contexts_read(c, &document);
    if (r != EXIT_DONE || out_document(c, document))
        return r;
    struct json contexts = json_get(document, STR("contexts"));
    struct json_iter it = json_each(contexts);
    while (json_next(&it, &name, &context)) {
        struct str server = member(c, context, "server");
        struct str ns = member(c, context, "namespace");
        bool current = str_eq(name, contexts_current(document));
        table_cell(c, &t, current ? STR("*") : STR("-"), TONE_PLAIN);
        table_cell(c, &t, plain_line(c->a, name), TONE_PLAIN);
        table_cell(c, &t, server.len ? server : STR("-"), TONE_PLAIN);
        table_cell(c, &t, ns.len ? ns : STR("-"), TONE_PLAIN);
    }
    if (json_len(contexts))
        table_print(c, &t, c->format != FORMAT_TSV || flag_given(c, FLAG_HEADER));
    else
        say(c, "no contexts; make one: sluice config set NAME --server URL");
    return EXIT_DONE;
}

int cmd_config_show(struct cli *c)
{
    struct json v;
    struct err e;
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    const struct {
        const char *key;
        struct str value;
        struct str from;
    } rows[] = {
        {"server", c->url, c->url_from},
        {"namespace", c->ns, c->ns_from},
        {"file", contexts_path(c), (struct str){0}},
    };
    json_begin_object(&o);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_key(&o, str_of(rows[i].key));
        json_put_str(&o, rows[i].value);
        if (c->format == FORMAT_TABLE)
            out_fmt(c, "%-10s %.*s%s%.*s%s\n", rows[i].key, STR_ARG(rows[i].value),
                    rows[i].from.len ? "  (" : "", STR_ARG(rows[i].from),
                    rows[i].from.len ? ")" : "");
    }
    json_end_object(&o);
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    if (json_parse(c->a, text, &v, &e) == 0)
        out_document(c, v);
    return EXIT_DONE;
}

int cmd_config_set(struct cli *c)
{
    static const struct {
        enum flag flag;
        const char *key;
    } members[] = {{FLAG_SERVER, "server"}, {FLAG_NAMESPACE, "namespace"}};
    struct json document;
    struct str name = c->words[0];
    struct str server = c->flags[FLAG_SERVER];
    if (!is_context_name(name))
        return fail(c, EXIT_USAGE,
                    arena_fmt(c->a, "\"%.*s\" is no name for a context", STR_ARG(name)).ptr,
                    STR("1 to 63 of a-z, A-Z, 0-9, hyphens, underscores and dots"), NULL);
    if (!server.len && !flag_given(c, FLAG_NAMESPACE))
        return fail(c, EXIT_USAGE, "what is the context to say?",
                    STR("--server URL, --namespace NAME, or both"), "sluice help config set");
    if (server.len && !str_starts_with(server, STR("http://")) &&
        !str_starts_with(server, STR("https://")))
        return fail(c, EXIT_USAGE,
                    arena_fmt(c->a, "\"%.*s\" is no URL of a server", STR_ARG(server)).ptr,
                    STR("it must begin with http:// or https://"), NULL);
    int r = contexts_read(c, &document);
    if (r != EXIT_DONE)
        return r;
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    /* The first one is the one that is used. */
    if (json_len(json_get(document, STR("contexts"))) == 0) {
        json_key(&o, STR("current"));
        json_put_str(&o, name);
    }
    json_key(&o, STR("contexts"));
    json_begin_object(&o);
    json_key(&o, name);
    json_begin_object(&o);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (!flag_given(c, members[i].flag))
            continue;
        json_key(&o, str_of(members[i].key));
        json_put_str(&o, c->flags[members[i].flag]);
    }
    json_end_object(&o);
    json_end_object(&o);
    json_end_object(&o);
    r = contexts_write(c, document, buf_str(&b));
    buf_fini(&b);
    if (r == EXIT_DONE)
        out_fmt(c, "context %.*s written to %.*s\n", STR_ARG(name), STR_ARG(contexts_path(c)));
    return r;
}

int cmd_config_use(struct cli *c)
{
    struct json document;
    int r = find(c, &document);
    if (r == EXIT_DONE)
        r = contexts_write(c, document,
                           arena_fmt(c->a, "{\"current\":\"%.*s\"}", STR_ARG(c->words[0])));
    if (r == EXIT_DONE)
        out_fmt(c, "context %.*s is used from now on\n", STR_ARG(c->words[0]));
    return r;
}

int cmd_config_delete(struct cli *c)
{
    struct json document;
    int r = find(c, &document);
    if (r != EXIT_DONE)
        return r;
    struct str current = json_str_or(json_get(document, STR("current")), (struct str){0});
    r = contexts_write(c, document,
                       arena_fmt(c->a, "{%s\"contexts\":{\"%.*s\":null}}",
                                 str_eq(current, c->words[0]) ? "\"current\":null," : "",
                                 STR_ARG(c->words[0])));
    if (r == EXIT_DONE)
        out_fmt(c, "context %.*s deleted\n", STR_ARG(c->words[0]));
    return r;
}
