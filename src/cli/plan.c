/* A Plan as the server made it, in lines for people. */
#include "cli/cli.h"

static struct str text_of(struct cli *c, struct json v)
{
    struct str s;
    if (json_str(v, &s))
        return plain_line(c->a, s);
    if (json_is_none(v))
        return STR("-");
    return plain_line(c->a, json_text(c->a, v));
}

/* "/spec/template/spec/parallelism" as people write it in a file. */
static struct str dotted(struct cli *c, struct str pointer)
{
    char *to = arena_alloc(c->a, pointer.len + 1);
    size_t n = 0;
    for (size_t i = 1; i < pointer.len; i++) {
        char ch = pointer.ptr[i];
        if (ch == '~' && i + 1 < pointer.len)
            ch = pointer.ptr[++i] == '1' ? '/' : '~';
        else if (ch == '/')
            ch = '.';
        to[n++] = ch;
    }
    return plain_line(c->a, (struct str){to, n});
}

static const char *class_words(struct str class_)
{
    static const char *const words[][2] = {
        {"RESTART", "[restart]"},
        {"STATE", "[state]"},
        {"NEXT_START", "[next start]"},
        {"NO_RESTART", "[no restart]"},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq(class_, str_of(words[i][0])))
            return words[i][1];
    return "";
}

void plan_print_changes(struct cli *c, struct json changed, bool created)
{
    static const char *const heads[] = {"", "", "", ""};
    /* Of what does not run yet, everything takes a new job: not worth a column. */
    struct table t = {.heads = heads, .columns = created ? 3 : 4};
    struct json_iter it = json_each(changed);
    struct str key;
    struct json change;
    while (json_next(&it, &key, &change)) {
        struct str op = text_of(c, json_get(change, STR("op")));
        bool added = created || str_eq(op, STR("add"));
        bool removed = str_eq(op, STR("remove"));
        struct str before = text_of(c, json_get(change, STR("before")));
        struct str after = text_of(c, json_get(change, STR("after")));
        table_cell(c, &t, added ? STR("  +") : removed ? STR("  -") : STR("  ~"), TONE_PLAIN);
        table_cell(c, &t, dotted(c, text_of(c, json_get(change, STR("path")))), TONE_PLAIN);
        table_cell(c, &t,
                   added     ? after
                   : removed ? before
                             : arena_fmt(c->a, "%.*s -> %.*s", STR_ARG(before), STR_ARG(after)),
                   TONE_PLAIN);
        struct str class_ = text_of(c, json_get(change, STR("class")));
        if (!created)
            table_cell(c, &t, str_of(class_words(class_)), TONE_QUIET);
    }
    table_print(c, &t, false);
}

static const char *effect_words(struct str effect)
{
    static const char *const words[][2] = {
        {"NO_CHANGE", "none: it is like this already"},
        {"METADATA_ONLY", "metadata only, the job is not touched"},
        {"STORED_ONLY", "stored, used by the next transition"},
        {"PENDING", "pending: upgrade strategy NONE, the job runs on unchanged"},
        {"START", "the job is started"},
        {"RESTART_WITH_STATE", "restart with state"},
        {"RESTART_EMPTY", "RESTART WITHOUT STATE"},
        {"SUSPEND", "a savepoint is taken and the job stops"},
        {"CANCEL", "the job stops without a savepoint"},
        {"BLOCKED", "BLOCKED: it would not start again without a decision of yours"},
        {"DELETE", "it is deleted; the data of its snapshots stays"},
        {"RETRY", "attempts are counted anew"},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq(effect, str_of(words[i][0])))
            return words[i][1];
    return NULL;
}

static const char *consequence_words(struct str consequence)
{
    static const char *const words[][2] = {
        {"REWINDS", "goes back to an older snapshot: what came after it is processed again"},
        {"DROPS_STATE", "state of operators that the new job does not have is dropped"},
        {"STARTS_EMPTY", "starts empty: the state that exists is left behind"},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq(consequence, str_of(words[i][0])))
            return words[i][1];
    return NULL;
}

static void print_steps(struct cli *c, struct json steps)
{
    struct json_iter it = json_each(steps);
    struct str key;
    struct json step;
    bool first = true;
    while (json_next(&it, &key, &step)) {
        out_fmt(c, "%s%.*s", first ? "Steps     " : " > ",
                STR_ARG(text_of(c, json_get(step, STR("kind")))));
        first = false;
    }
    if (!first)
        out_fmt(c, "\n");
}

static void print_warnings(struct cli *c, struct json warnings)
{
    struct json_iter it = json_each(warnings);
    struct str key;
    struct json w;
    while (json_next(&it, &key, &w)) {
        struct str severity = text_of(c, json_get(w, STR("severity")));
        bool danger = str_eq(severity, STR("danger"));
        bool warning = str_eq(severity, STR("warning"));
        struct str head = danger ? STR("DANGER") : warning ? STR("Warning") : STR("Note");
        enum tone tone = danger ? TONE_BAD : warning ? TONE_BUSY : TONE_PLAIN;
        out_str(c, toned(c, head, tone));
        out_fmt(c, "%*s%.*s: %.*s\n", (int)(10 - head.len), "",
                STR_ARG(text_of(c, json_get(w, STR("code")))),
                STR_ARG(text_of(c, json_get(w, STR("text")))));
    }
}

static void print_state(struct cli *c, struct json plan)
{
    const char *loss = consequence_words(text_of(c, json_get(plan, STR("stateConsequence"))));
    struct json restore = json_get(plan, STR("restore"));
    struct json chosen = json_get(restore, STR("chosen"));
    struct str reason = json_str_or(json_get(restore, STR("reason")), (struct str){0});
    if (loss)
        out_fmt(c, "State     %s\n", loss);
    if (reason.len)
        out_fmt(c, "%s%.*s\n", loss ? "          " : "State     ",
                STR_ARG(plain_line(c->a, reason)));
    if (!json_is_none(chosen))
        out_fmt(c, "          from %.*s\n", STR_ARG(text_of(c, json_get(chosen, STR("location")))));
}

void plan_print(struct cli *c, struct json plan)
{
    int64_t base = json_i64_or(json_path(plan, "base.resourceVersion"), 0);
    struct json changed = json_get(plan, STR("changed"));
    struct json defaulted = json_get(plan, STR("defaulted"));
    struct str effect = text_of(c, json_get(plan, STR("effect")));
    const char *words = effect_words(effect);
    out_fmt(c, "deployment/%.*s%s\n",
            STR_ARG(text_of(c, json_path(plan, "metadata.deploymentName"))),
            base ? "" : " is created");
    if (json_len(changed)) {
        out_fmt(c, "\n");
        plan_print_changes(c, changed, base == 0);
        out_fmt(c, "\n");
    }
    if (json_len(defaulted))
        out_fmt(c, "Defaults  %zu of these were written by nobody (-o json says which)\n",
                json_len(defaulted));
    out_fmt(c, "Effect    %.*s\n", STR_ARG(words ? str_of(words) : effect));
    print_state(c, plan);
    print_steps(c, json_get(plan, STR("steps")));
    print_warnings(c, json_get(plan, STR("warnings")));
}

bool plan_is_dangerous(struct json plan)
{
    return str_eq(json_str_or(json_get(plan, STR("changes")), STR("")), STR("DANGEROUS"));
}
