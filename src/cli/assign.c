/* PATH=VALUE on the command line, as a merge patch of a Deployment. */
#include "cli/cli.h"
#include "model/deployment.h"

enum { MOST_DEPTH = 16 };

struct assignment {
    struct str keys[MOST_DEPTH]; /* the path, name by name */
    size_t n;
    struct str value; /* JSON text */
    struct str text;  /* as it was given */
    bool written;
};

/* How many names of the dotted path are members, by the field tables; what follows is the key of a
 * map, which may have dots itself: spec.template.spec.flinkConfiguration.state.backend. Without a map,
 * all of them. */
static size_t names_before_key(struct str path)
{
    size_t n = 0;
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] != '.')
            continue;
        const struct field *row = fields_find(&deployment_fields, str_take(path, i));
        n++;
        if (row && row->type == FIELD_MAP)
            return n;
    }
    return SIZE_MAX;
}

static bool split_path(struct str path, struct assignment *a)
{
    size_t before_key = names_before_key(path);
    while (path.len) {
        struct str rest;
        struct str name = str_split(path, '.', &rest);
        if (a->n == before_key) {
            name = path;
            rest = (struct str){0};
        }
        if (!name.len || a->n == MOST_DEPTH)
            return false;
        a->keys[a->n++] = name;
        path = rest;
    }
    return a->n > 0;
}

/* Where text is expected, 1.20 is text. */
static bool wants_text(struct str path)
{
    const struct field *row = fields_find(&deployment_fields, path);
    if (!row)
        return false;
    switch (row->type) {
    case FIELD_STR:
    case FIELD_UUID:
    case FIELD_ENUM:
    case FIELD_DURATION:
    case FIELD_MEMORY:
    case FIELD_TIME:
    case FIELD_MAP: return true;
    case FIELD_INT:
    case FIELD_BOOL:
    case FIELD_CPU:
    case FIELD_STR_LIST:
    case FIELD_OBJECT:
    case FIELD_LIST:
    case FIELD_RAW:
    case FIELD_CONST:
    default: return false;
    }
}

/* null, and what is written as JSON, is taken as such; the rest by what the field takes, and where
 * this program does not know it, as YAML would. */
static bool value_json(struct cli *c, struct str path, struct str value, struct str *ret)
{
    struct json v = {0};
    struct err e;
    char first = value.len ? value.ptr[0] : '\0';
    bool json = first == '"' || first == '{' || first == '[' || str_eq(value, STR("null"));
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    if (json && json_parse(c->a, value, &v, &e) < 0)
        return false;
    if (!json && !wants_text(path) && yaml_parse(c->a, value, &v, &e) < 0)
        v = (struct json){0};
    if (json_is_none(v))
        json_put_str(&o, value);
    else
        json_put(&o, v);
    *ret = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return true;
}

static const char *help_of(struct cli *c)
{
    return arena_fmt(c->a, "sluice help %s", c->command->name).ptr;
}

static int parse(struct cli *c, struct str text, struct assignment *ret)
{
    struct str value;
    struct str path = str_split(text, '=', &value);
    *ret = (struct assignment){.text = text};
    if (!str_contains(text, STR("=")))
        return fail(c, EXIT_USAGE, arena_fmt(c->a, "\"%.*s\" sets nothing", STR_ARG(text)).ptr,
                    STR("write PATH=VALUE, such as spec.template.spec.parallelism=8; null as the "
                        "value removes it"),
                    help_of(c));
    if (split_path(path, ret) && value_json(c, path, value, &ret->value))
        return EXIT_DONE;
    return fail(c, EXIT_USAGE, arena_fmt(c->a, "\"%.*s\" cannot be understood", STR_ARG(text)).ptr,
                STR("write PATH=VALUE, the path with dots: spec.template.spec.parallelism=8"),
                "sluice explain deployment.spec");
}

static bool same_place(const struct assignment *x, const struct assignment *y, size_t depth)
{
    for (size_t i = 0; i <= depth; i++)
        if (i >= x->n || i >= y->n || !str_eq(x->keys[i], y->keys[i]))
            return false;
    return true;
}

/* The members at this depth of those that share `first`'s path so far. False when one of them is
 * given twice. */
static bool put_members(struct json_out *o, struct assignment *all, size_t n,
                        const struct assignment *first, size_t depth)
{
    json_begin_object(o);
    for (size_t i = 0; i < n; i++) {
        struct assignment *a = &all[i];
        if (a->written || (depth > 0 && !same_place(a, first, depth - 1)))
            continue;
        for (size_t k = 0; k < n; k++)
            if (k != i && same_place(a, &all[k], depth) &&
                (a->n == depth + 1 || all[k].n == depth + 1))
                return false;
        json_key(o, a->keys[depth]);
        if (a->n == depth + 1) {
            json_put_raw(o, a->value);
            a->written = true;
        } else if (!put_members(o, all, n, a, depth + 1)) {
            return false;
        }
    }
    json_end_object(o);
    return true;
}

static int patch_of(struct cli *c, struct assignment *all, size_t n, struct json *ret)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct err e = {0};
    bool distinct = put_members(&o, all, n, NULL, 0);
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    if (distinct && json_parse(c->a, text, ret, &e) == 0)
        return EXIT_DONE;
    return fail(c, EXIT_USAGE, "these cannot be set together",
                distinct ? str_of(e.text) : STR("one path is given twice, or lies within another"),
                help_of(c));
}

int assignments(struct cli *c, const struct str *words, size_t n, struct json *ret)
{
    struct assignment *all = ARENA_ARRAY(c->a, struct assignment, n + 1);
    for (size_t i = 0; i < n; i++) {
        int r = parse(c, words[i], &all[i]);
        if (r != EXIT_DONE)
            return r;
    }
    return patch_of(c, all, n, ret);
}
