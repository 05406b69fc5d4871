/* restore: the RestoreDecision as the server made it. */
#include "cli/cli.h"

static struct str text_at(struct cli *c, struct json v, const char *path)
{
    return plain_line(c->a, json_str_or(json_path(v, path), (struct str){0}));
}

static const struct {
    const char *member;
    const char *title;
} scenarios[] = {
    {"onUpgrade", "If you upgrade now"},
    {"onRecovery", "If the job is lost now"},
    {"onStart", "If it starts now"},
    {"onCancelThenStart", "If cancelled, then started"},
};
enum { N_SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

/* "chk-12" or the beginning of the Savepoint's id: enough to find it in the list below. */
static struct str short_name(struct cli *c, struct json snapshot)
{
    struct str id = text_at(c, snapshot, "savepointId");
    int64_t checkpoint = json_i64_or(json_get(snapshot, STR("checkpointId")), 0);
    if (id.len)
        return arena_fmt(c->a, "savepoint/%.*s", STR_ARG(id));
    return arena_fmt(c->a, "chk-%lld", (long long)checkpoint);
}

static struct str outcome_words(struct cli *c, struct json h)
{
    static const char *const words[][2] = {
        {"NEW_SAVEPOINT_FIRST", "a NEW SAVEPOINT, taken first"},
        {"EMPTY", "EMPTY"},
        {"BLOCKED", "BLOCKED"},
        {"UNKNOWN", "not known yet"},
        {"PENDING", "nothing happens"},
        {"NOT_APPLICABLE", "-"},
    };
    struct str outcome = text_at(c, h, "outcome");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq(outcome, str_of(words[i][0])))
            return str_of(words[i][1]);
    struct json chosen = json_get(h, STR("chosen"));
    if (json_is_none(chosen))
        return outcome;
    struct str age = text_at(c, chosen, "age");
    return arena_fmt(c->a, "%.*s, %.*s%s%.*s old", STR_ARG(short_name(c, chosen)),
                     STR_ARG(text_at(c, chosen, "origin")), age.len ? ", " : "",
                     STR_ARG(age.len ? age : STR("not known how")));
}

static enum tone outcome_tone(struct cli *c, struct json h)
{
    struct str outcome = text_at(c, h, "outcome");
    bool rewinds = false;
    json_bool(json_get(h, STR("rewinds")), &rewinds);
    if (str_eq(outcome, STR("BLOCKED")) || rewinds)
        return TONE_BAD;
    if (str_eq(outcome, STR("EMPTY")) || str_eq(outcome, STR("UNKNOWN")))
        return TONE_BUSY;
    return str_eq(outcome, STR("NOT_APPLICABLE")) ? TONE_QUIET : TONE_GOOD;
}

static void print_details(struct cli *c, struct json h)
{
    struct json fallback = json_get(h, STR("fallback"));
    struct str rewind = text_at(c, h, "rewind");
    struct json_iter it = json_each(json_get(h, STR("warnings")));
    struct str key;
    struct json w;
    if (text_at(c, h, "reason").len)
        out_fmt(c, "    %.*s\n", STR_ARG(text_at(c, h, "reason")));
    if (!json_is_none(fallback))
        out_fmt(c, "    if the job dies before the savepoint is complete: %.*s\n",
                STR_ARG(short_name(c, fallback)));
    if (rewind.len)
        out_fmt(c, "    about %.*s of input is read again\n", STR_ARG(rewind));
    while (json_next(&it, &key, &w))
        out_fmt(c, "    %.*s %.*s: %.*s\n", STR_ARG(text_at(c, w, "severity")),
                STR_ARG(text_at(c, w, "code")), STR_ARG(text_at(c, w, "text")));
}

/* False for what need not be shown. */
static bool is_shown(struct cli *c, struct json h, bool explain)
{
    return !json_is_none(h) &&
           (explain || !str_eq(text_at(c, h, "outcome"), STR("NOT_APPLICABLE")));
}

void restore_print(struct cli *c, struct json decision, const char *indent, bool explain)
{
    size_t width = 0;
    for (size_t i = 0; i < N_SCENARIOS; i++) {
        struct json h = json_get(decision, str_of(scenarios[i].member));
        size_t n = is_shown(c, h, explain) ? outcome_words(c, h).len : 0;
        width = n > width ? n : width;
    }
    for (size_t i = 0; i < N_SCENARIOS; i++) {
        struct json h = json_get(decision, str_of(scenarios[i].member));
        int64_t rule = json_i64_or(json_get(h, STR("rule")), 0);
        if (!is_shown(c, h, explain))
            continue;
        struct str words = arena_fmt(c->a, "%-*.*s", (int)width, STR_ARG(outcome_words(c, h)));
        struct str by = arena_fmt(c->a, "rule %lld", (long long)rule);
        out_fmt(c, "%s%-28s %.*s  %.*s\n", indent, scenarios[i].title,
                STR_ARG(toned(c, words, outcome_tone(c, h))),
                STR_ARG(toned(c, rule ? by : STR(""), TONE_QUIET)));
        if (explain)
            print_details(c, h);
    }
}

/* False for a list that was printed for an earlier scenario: mostly the verdicts are the same. */
static bool is_another(struct json decision, size_t i, struct json candidates)
{
    for (size_t k = 0; k < i; k++)
        if (json_equal(json_path(json_get(decision, str_of(scenarios[k].member)), "candidates"),
                       candidates))
            return false;
    return json_len(candidates) > 0;
}

/* Those that could be restored from, and the rest, which could not. */
static enum tone verdict_tone(struct str verdict)
{
    if (str_eq(verdict, STR("CHOSEN")) || str_eq(verdict, STR("FALLBACK")))
        return TONE_GOOD;
    return str_eq(verdict, STR("OLDER")) ? TONE_QUIET : TONE_BAD;
}

static void print_candidates(struct cli *c, struct json decision)
{
    static const char *const heads[] = {"SNAPSHOT", "ORIGIN",  "AGE",
                                        "VERIFIED", "VERDICT", "LOCATION"};
    for (size_t i = 0; i < N_SCENARIOS; i++) {
        struct table t = {.heads = heads, .columns = 6};
        struct json h = json_get(decision, str_of(scenarios[i].member));
        struct json candidates = json_get(h, STR("candidates"));
        struct json_iter it = json_each(candidates);
        struct str key;
        struct json s;
        if (!is_another(decision, i, candidates))
            continue;
        while (json_next(&it, &key, &s)) {
            struct str verdict = text_at(c, s, "verdict");
            table_cell(c, &t, short_name(c, s), TONE_PLAIN);
            table_cell(c, &t, text_at(c, s, "origin"), TONE_PLAIN);
            table_cell(c, &t, text_at(c, s, "age"), TONE_PLAIN);
            table_cell(c, &t, text_at(c, s, "verified"), TONE_PLAIN);
            table_cell(c, &t, marked(c, verdict, verdict_tone(verdict)), verdict_tone(verdict));
            table_cell(c, &t, text_at(c, s, "location"), TONE_QUIET);
        }
        out_fmt(c, "\nCandidates: %s\n", scenarios[i].title);
        table_print(c, &t, true);
    }
}

int restore_get(struct cli *c, struct str name, struct json *ret)
{
    return server_get(c,
                      arena_fmt(c->a, "%.*s/restore-decision", STR_ARG(deployment_path(c, name))),
                      arena_fmt(c->a, "restore deployment/%.*s", STR_ARG(name)).ptr, ret);
}

int cmd_restore(struct cli *c)
{
    struct str name;
    struct json decision = {0};
    int r = ref_deployment(c, 0, &name);
    if (r == EXIT_DONE)
        r = restore_get(c, name, &decision);
    if (r != EXIT_DONE || out_document(c, decision))
        return r;
    bool explain = flag_given(c, FLAG_EXPLAIN);
    restore_print(c, decision, "", explain);
    if (explain)
        print_candidates(c, decision);
    return EXIT_DONE;
}
