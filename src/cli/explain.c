/* explain: rules and fields, from the tables that the server itself is built from. And version. */
#include "cli/cli.h"
#include "core/rules.h"

/* ---- rules ---- */

static const char *section_of(int number)
{
    const char *title = "";
    for (size_t i = 0; i < n_rule_sections; i++)
        if (number >= rule_sections[i].from)
            title = rule_sections[i].title;
    return title;
}

static void print_columns(struct cli *c, const struct rule *rule)
{
    bool any = false;
    for (size_t i = 0; i < FACT_COLUMNS; i++) {
        const struct fact_column *col = &fact_columns[i];
        fact_set set = rules_column(rule, i);
        bool first = true;
        if (!set)
            continue;
        any = true;
        out_fmt(c, "  %-10s", col->name);
        for (size_t v = 0; v < col->n; v++) {
            if (!has_bit(set, (unsigned)v))
                continue;
            out_fmt(c, "%s%s", first ? "" : " or ", col->values[v]);
            first = false;
        }
        out_fmt(c, "\n");
    }
    if (!any)
        out_fmt(c, "  whatever the facts are\n");
}

static int explain_rule(struct cli *c, struct str number)
{
    int64_t n;
    const struct rule *rule =
        str_to_i64(number, &n) && n > 0 && n < 10000 ? rules_find((int)n) : NULL;
    if (!rule)
        return fail(c, EXIT_NOT_FOUND,
                    arena_fmt(c->a, "there is no rule %.*s", STR_ARG(number)).ptr,
                    STR("numbers never change their meaning; a newer server may have more"),
                    "sluice explain rules");
    out_fmt(c, "rule %d   %s\n\nwhen\n", rule->number, section_of(rule->number));
    print_columns(c, rule);
    out_fmt(c,
            "then\n  %s\nbecause\n  %s\n\nRules are read from the top; the first one that "
            "matches decides. docs/rules.md has all of them.\n",
            action_name(rule->then), rule->why);
    return EXIT_DONE;
}

static int explain_rules(struct cli *c)
{
    static const char *const heads[] = {"RULE", "THEN", "BECAUSE"};
    struct table t = {.heads = heads, .columns = 3};
    for (size_t i = 0; i < n_rules; i++) {
        table_cell(c, &t, arena_fmt(c->a, "%d", rules[i].number), TONE_PLAIN);
        table_cell(c, &t, str_of(action_name(rules[i].then)), TONE_PLAIN);
        table_cell(c, &t, str_of(rules[i].why), TONE_PLAIN);
    }
    table_print(c, &t, true);
    return EXIT_DONE;
}

/* ---- fields ---- */

static const char *type_word(enum field_type type)
{
    switch (type) {
    case FIELD_STR: return "text";
    case FIELD_UUID: return "UUID";
    case FIELD_ENUM: return "one of";
    case FIELD_INT: return "number";
    case FIELD_BOOL: return "true or false";
    case FIELD_CPU: return "number of cores";
    case FIELD_DURATION: return "duration (90s, 10m)";
    case FIELD_MEMORY: return "memory (1G, 1.5g, 2048m)";
    case FIELD_TIME: return "time (RFC 3339)";
    case FIELD_MAP: return "map of text";
    case FIELD_STR_LIST: return "list of text";
    case FIELD_OBJECT: return "object";
    case FIELD_LIST: return "list of objects";
    case FIELD_CONST: return "constant";
    case FIELD_RAW:
    default: return "any document";
    }
}

/* What changing it does, by the flags of the row and of those around it. */
static const char *change_word(const struct fields *f, struct str path)
{
    unsigned flags = 0;
    for (size_t i = 0; i <= path.len; i++) {
        const struct field *row =
            i == path.len || path.ptr[i] == '.' ? fields_find(f, str_take(path, i)) : NULL;
        flags |= row ? row->flags : 0;
    }
    if (flags & FIELD_READ_ONLY)
        return "written by the server only";
    if (flags & FIELD_IMMUTABLE)
        return "not possible";
    if (flags & FIELD_UPGRADE)
        return "takes a new job, as the upgrade strategy says";
    return str_starts_with(path, STR("spec.")) ? "used by the next transition" : "no restart";
}

static void print_rows(struct cli *c, const struct fields *f)
{
    static const char *const heads[] = {"", "", ""};
    struct table t = {.heads = heads, .columns = 3};
    out_fmt(c, "\nFIELDS\n");
    for (size_t i = 0; i < f->n; i++) {
        const struct field *row = &f->rows[i];
        if (row->flags & FIELD_INTERNAL)
            continue;
        table_cell(c, &t, arena_fmt(c->a, "  %s", row->name), TONE_PLAIN);
        table_cell(c, &t, str_of(type_word(row->type)), TONE_QUIET);
        table_cell(c, &t,
                   str_of(row->doc                          ? row->doc
                          : row->object && row->object->doc ? row->object->doc
                                                            : ""),
                   TONE_PLAIN);
    }
    table_print(c, &t, false);
}

static void print_field(struct cli *c, const struct resource *r, struct str path,
                        const struct field *row)
{
    out_fmt(c, "KIND     %s\nFIELD    %.*s\nTYPE     %s", r->kind, STR_ARG(path),
            type_word(row->type));
    for (const char *const *name = row->type == FIELD_ENUM ? row->names + 1 : NULL; name && *name;
         name++)
        out_fmt(c, "%s%s", name == row->names + 1 ? " " : ", ", *name);
    if (row->type == FIELD_CONST)
        out_fmt(c, " %s", row->names[0]);
    if (row->min || row->max)
        out_fmt(c, row->max ? ", %lld to %lld" : ", at least %lld", (long long)row->min,
                (long long)row->max);
    out_fmt(c, "\n");
    if (row->fallback)
        out_fmt(c, "DEFAULT  %s\n", row->fallback);
    if (row->flags & FIELD_REQUIRED)
        out_fmt(c, "         it has to be given\n");
    out_fmt(c, "CHANGE   %s\n", change_word(r->fields, path));
    const char *doc = row->doc ? row->doc : row->object ? row->object->doc : NULL;
    if (doc)
        out_fmt(c, "\n  %s\n", doc);
    if (row->object)
        print_rows(c, row->object);
}

static int explain_field(struct cli *c, struct str what)
{
    struct str path;
    struct str first = str_split(what, '.', &path);
    const struct kind *k = kind_find(first);
    const struct resource *r = k ? &resources[k->id] : resource_by_kind(first);
    if (!r)
        return fail(c, EXIT_NOT_FOUND,
                    arena_fmt(c->a, "there is nothing known of \"%.*s\"", STR_ARG(what)).ptr,
                    STR("write rule N, rules, or a field: deployment.spec.upgradeStrategy.kind"),
                    "sluice help explain");
    if (!path.len) {
        out_fmt(c, "KIND     %s\n\n  %s\n", r->kind, r->fields->doc ? r->fields->doc : "");
        print_rows(c, r->fields);
        return EXIT_DONE;
    }
    const struct field *row = fields_find(r->fields, path);
    if (!row || row->flags & FIELD_INTERNAL)
        return fail(c, EXIT_NOT_FOUND,
                    arena_fmt(c->a, "a %s has no field %.*s", r->kind, STR_ARG(path)).ptr,
                    STR("a part of the name is not known"),
                    arena_fmt(c->a, "sluice explain %.*s", STR_ARG(first)).ptr);
    print_field(c, r, path, row);
    return EXIT_DONE;
}

int cmd_explain(struct cli *c)
{
    bool is_rule = str_eq_nocase(c->words[0], STR("rule"));
    if (str_eq_nocase(c->words[0], STR("rules")))
        return explain_rules(c);
    if (is_rule && c->n_words == 2)
        return explain_rule(c, c->words[1]);
    if (is_rule || c->n_words != 1)
        return fail(c, EXIT_USAGE, "explain what?",
                    STR("write rule N, rules, or a field: deployment.spec.upgradeStrategy.kind"),
                    "sluice help explain");
    return explain_field(c, c->words[0]);
}

/* ---- version ---- */

int cmd_version(struct cli *c)
{
    struct json server = {0};
    struct json v;
    struct err e;
    int r = EXIT_DONE;
    if (!flag_given(c, FLAG_CLIENT))
        r = server_get(c, STR("/version"), "version of the server", &server);
    bool has = r == EXIT_DONE && !json_is_none(server);
    if (c->format == FORMAT_TABLE) {
        out_fmt(c, "sluice   %s\n", SLUICE_VERSION);
        if (has)
            out_fmt(
                c, "sluiced  %.*s  %.*s\n",
                STR_ARG(plain_line(c->a, json_str_or(json_get(server, STR("version")), STR("?")))),
                STR_ARG(c->url));
        return r;
    }
    struct str text = arena_fmt(c->a, "{\"client\":{\"version\":\"%s\"}%s%.*s}", SLUICE_VERSION,
                                has ? ",\"server\":" : "",
                                STR_ARG(has ? json_text(c->a, server) : (struct str){0}));
    if (json_parse(c->a, text, &v, &e) == 0)
        out_document(c, v);
    return r;
}
