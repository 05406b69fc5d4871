/* FIELD=VALUE on the command line, as part of a document. */
#include "cli/cli.h"
#include "model/deployment.h"

/* How much of the path is read as one name here: "state.backend" is one key of a map. */
static struct str next_name(struct str path, size_t from)
{
    const struct field *row =
        from ? fields_find(&deployment_fields, str_take(path, from - 1)) : NULL;
    struct str rest = str_skip(path, from);
    bool is_key = row && (row->type == FIELD_MAP || row->type == FIELD_RAW);
    return is_key ? rest : str_take(rest, str_find_char(rest, '.'));
}

static struct str quoted(struct cli *c, struct str s)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_put_str(&o, s);
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return text;
}

/* {"spec":{"template":...VALUE...}} */
static struct str nested(struct cli *c, struct str path, struct str value)
{
    struct buf b = {0};
    size_t depth = 0;
    for (size_t at = 0; at < path.len;) {
        struct str name = next_name(path, at);
        buf_fmt(&b, "{%.*s:", STR_ARG(quoted(c, name)));
        at += name.len + 1;
        depth++;
    }
    buf_add(&b, value);
    while (depth--)
        buf_add_char(&b, '}');
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return text;
}

/* `value` is JSON. */
static int put(struct cli *c, struct str path, struct str value, struct json *document)
{
    struct json patch;
    struct err e = {0};
    if (json_parse(c->a, nested(c, path, value), &patch, &e) < 0)
        return fail(c, EXIT_USAGE,
                    arena_fmt(c->a, "%.*s cannot be set", STR_ARG(plain_line(c->a, path))).ptr,
                    str_of(e.text), NULL);
    *document = json_is_none(*document) ? patch : json_merge_patch(c->a, *document, patch);
    return EXIT_DONE;
}

/* A version 1.20 is text, and so is every value of a map. */
static bool wants_text(const struct field *row, struct str value)
{
    bool written_out = value.len && strchr("{[\"", value.ptr[0]);
    return !written_out && row->type != FIELD_INT && row->type != FIELD_BOOL &&
           row->type != FIELD_CPU && row->type != FIELD_STR_LIST && row->type != FIELD_OBJECT &&
           row->type != FIELD_LIST && row->type != FIELD_RAW;
}

int assign(struct cli *c, struct str word, struct json *document)
{
    struct str value;
    struct str path = str_split(word, '=', &value);
    struct json parsed;
    struct err e = {0};
    const struct field *row = path.len ? fields_find(&deployment_fields, path) : NULL;
    if (!str_contains(word, STR("=")) || !row)
        return fail(c, EXIT_USAGE, "what is to be set?",
                    arena_fmt(c->a, "\"%.*s\" is not FIELD=VALUE of a Deployment",
                              STR_ARG(plain_line(c->a, word))),
                    "sluice explain deployment.spec");
    /* As in a file: 8 is a number, true a truth, [a, b] a list, anything else a text. */
    if (!wants_text(row, value) && yaml_parse(c->a, value, &parsed, &e) == 0)
        return put(c, path, json_text(c->a, parsed), document);
    return put(c, path, quoted(c, value), document);
}

int assign_text(struct cli *c, struct str path, struct str text, struct json *document)
{
    return put(c, path, quoted(c, text), document);
}
