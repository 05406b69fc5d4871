/* set and scale: small changes of a Deployment, as a merge patch. */
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

static int parse(struct cli *c, struct str text, struct assignment *ret)
{
    struct str value;
    struct str path = str_split(text, '=', &value);
    *ret = (struct assignment){.text = text};
    if (!str_contains(text, STR("=")))
        return fail(c, EXIT_USAGE, arena_fmt(c->a, "\"%.*s\" sets nothing", STR_ARG(text)).ptr,
                    STR("write PATH=VALUE; null as the value removes it"),
                    "sluice set ledger spec.template.spec.parallelism=8");
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
                "sluice help set");
}

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
    struct assignment *all = ARENA_ARRAY(c->a, struct assignment, MOST_WORDS);
    struct str name;
    struct json patch = {0};
    size_t n_words = c->n_words;
    size_t n_name = words_of_reference(c);
    n_name = n_name == 0 || n_name > 2 ? 1 : n_name;
    c->n_words = n_name;
    int r = ref_deployment(c, 0, &name);
    for (size_t i = n_name; r == EXIT_DONE && i < n_words; i++)
        r = parse(c, c->words[i], &all[i - n_name]);
    if (r == EXIT_DONE && n_words == n_name)
        r = fail(c, EXIT_USAGE, "what is to be set?", STR("PATH=VALUE is missing"),
                 "sluice help set");
    if (r == EXIT_DONE)
        r = patch_of(c, all, n_words - n_name, &patch);
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
