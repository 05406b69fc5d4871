/* doctor: what has to be right between this program and a Deployment that runs, from the outside in. */
#include "base/timefmt.h"
#include "cli/cli.h"

/* Ages that people read off by more than this would mislead them. */
#define CLOCK_US (5 * US_PER_S)

enum finding { FINDING_OK, FINDING_NOTE, FINDING_BAD };

enum { MOST_FINDINGS = 16 };

struct doctor {
    struct {
        const char *about;
        enum finding finding;
        struct str text;
    } found[MOST_FINDINGS];
    size_t n;
    int code;
};

static void note(struct doctor *d, const char *about, enum finding finding, struct str text)
{
    if (d->n == MOST_FINDINGS)
        return;
    d->found[d->n].about = about;
    d->found[d->n].finding = finding;
    d->found[d->n++].text = text;
    if (finding == FINDING_BAD && d->code == EXIT_DONE)
        d->code = EXIT_REFUSED;
}

/* What it says, or why it says nothing; false unless it is a 2xx. */
static bool ask(struct cli *c, struct str path, struct answer *answer, struct str *why)
{
    *answer = server_ask(c, "GET", path, (struct str){0});
    struct str message = json_str_or(json_get(answer->json, STR("message")), (struct str){0});
    if (answer->outcome != OUTCOME_DONE)
        *why = plain_line(c->a, answer->text);
    else
        *why = arena_fmt(c->a, "%d %.*s", answer->status, STR_ARG(plain_line(c->a, message)));
    return answer->outcome == OUTCOME_DONE && answer->status / 100 == 2;
}

static void check_clock(struct cli *c, struct doctor *d, const struct answer *answer)
{
    int64_t off = answer->date_us - now_wall_us();
    /* The server says whole seconds. */
    if (!answer->date_us)
        note(d, "clock", FINDING_NOTE, STR("the server does not say what time it has"));
    else if (off < -CLOCK_US || off > CLOCK_US)
        note(d, "clock", FINDING_BAD,
             arena_fmt(c->a, "the server's clock is %.*s %s: ages that are shown are wrong",
                       STR_ARG(age_text(c->a, off < 0 ? -off : off)),
                       off < 0 ? "behind" : "ahead"));
    else
        note(d, "clock", FINDING_OK, STR("the server's and this machine's agree"));
}

static void check_version(struct cli *c, struct doctor *d)
{
    struct answer answer;
    struct str why;
    if (!ask(c, STR("/version"), &answer, &why) || json_is_none(answer.json)) {
        note(d, "version", FINDING_BAD,
             arena_fmt(c->a, "what answers there is not sluiced: %.*s", STR_ARG(why)));
        return;
    }
    struct str version =
        plain_line(c->a, json_str_or(json_get(answer.json, STR("version")), STR("?")));
    struct json flinks = json_get(answer.json, STR("flinkVersions"));
    note(d, "version", FINDING_OK,
         arena_fmt(c->a, "sluiced %.*s, sluice %s", STR_ARG(version), SLUICE_VERSION));
    struct json_iter it = json_each(flinks);
    struct str key;
    struct json flink;
    struct buf b = {0};
    while (json_next(&it, &key, &flink))
        buf_fmt(&b, "%s%.*s", b.len ? ", " : "homes of ",
                STR_ARG(plain_line(c->a, json_str_or(flink, STR("?")))));
    note(d, "flink", b.len ? FINDING_OK : FINDING_BAD,
         b.len ? arena_str(c->a, buf_str(&b))
               : STR("the server knows no Flink home: nothing can be started there"));
    buf_fini(&b);
}

static void check_targets(struct cli *c, struct doctor *d)
{
    struct answer answer;
    struct str why;
    if (!ask(c, ns_path(c, "deployment-targets"), &answer, &why)) {
        note(d, "namespace", FINDING_BAD, why);
        return;
    }
    struct json_iter it = json_each(json_get(answer.json, STR("items")));
    struct str key;
    struct json target;
    struct buf b = {0};
    while (json_next(&it, &key, &target))
        buf_fmt(
            &b, "%s%.*s (%.*s)", b.len ? ", " : "",
            STR_ARG(plain_line(c->a, json_str_or(json_path(target, "metadata.name"), STR("?")))),
            STR_ARG(plain_line(c->a, json_str_or(json_path(target, "spec.kind"), STR("?")))));
    note(d, "namespace", FINDING_OK, c->ns);
    note(d, "targets", b.len ? FINDING_OK : FINDING_BAD,
         b.len ? arena_str(c->a, buf_str(&b)) : STR("there is none to run a job on"));
    buf_fini(&b);
}

static void check_deployments(struct cli *c, struct doctor *d)
{
    struct answer answer;
    struct str why;
    size_t bad = 0;
    if (!ask(c, ns_path(c, "deployments"), &answer, &why)) {
        note(d, "jobs", FINDING_BAD, why);
        return;
    }
    struct json items = json_get(answer.json, STR("items"));
    struct json_iter it = json_each(items);
    struct str key;
    struct json one;
    while (json_next(&it, &key, &one)) {
        struct str none = {0};
        bad += state_tone(json_str_or(json_path(one, "status.state"), none)) == TONE_BAD ||
               state_tone(json_str_or(json_path(one, "status.health"), none)) == TONE_BAD;
    }
    note(d, "jobs", bad ? FINDING_NOTE : FINDING_OK,
         arena_fmt(c->a, "%zu Deployments, %zu of them FAILED or failing", json_len(items), bad));
}

static void examine(struct cli *c, struct doctor *d)
{
    struct answer answer;
    struct str why;
    bool alive = ask(c, STR("/healthz"), &answer, &why);
    struct str where = arena_fmt(c->a, "%.*s (%.*s)", STR_ARG(c->url), STR_ARG(c->url_from));
    if (!alive) {
        note(d, "server", FINDING_BAD, arena_fmt(c->a, "%.*s: %.*s", STR_ARG(where), STR_ARG(why)));
        if (answer.outcome != OUTCOME_DONE)
            d->code = EXIT_UNREACHABLE;
        return;
    }
    note(d, "server", FINDING_OK, where);
    check_clock(c, d, &answer);
    bool ready = ask(c, STR("/readyz"), &answer, &why);
    note(d, "ready", ready ? FINDING_OK : FINDING_BAD,
         ready ? STR("it can store and reconcile") : why);
    check_version(c, d);
    check_targets(c, d);
    check_deployments(c, d);
}

static const char *const words[] = {"ok", "note", "bad"};

static void print_document(struct cli *c, const struct doctor *d)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct json v;
    struct err e;
    json_begin_object(&o);
    json_key(&o, STR("findings"));
    json_begin_array(&o);
    for (size_t i = 0; i < d->n; i++) {
        json_begin_object(&o);
        json_key(&o, STR("about"));
        json_put_str(&o, str_of(d->found[i].about));
        json_key(&o, STR("finding"));
        json_put_str(&o, str_of(words[d->found[i].finding]));
        json_key(&o, STR("text"));
        json_put_str(&o, d->found[i].text);
        json_end_object(&o);
    }
    json_end_array(&o);
    json_end_object(&o);
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    if (json_parse(c->a, text, &v, &e) == 0)
        out_document(c, v);
}

int cmd_doctor(struct cli *c)
{
    static const enum tone tones[] = {TONE_GOOD, TONE_BUSY, TONE_BAD};
    static const char *const heads[] = {"", "", ""};
    struct doctor d = {0};
    struct table t = {.heads = heads, .columns = 3};
    examine(c, &d);
    if (c->format != FORMAT_TABLE) {
        print_document(c, &d);
    } else {
        for (size_t i = 0; i < d.n; i++) {
            enum tone tone = tones[d.found[i].finding];
            table_cell(c, &t, marked(c, str_of(words[d.found[i].finding]), tone), tone);
            table_cell(c, &t, str_of(d.found[i].about), TONE_PLAIN);
            table_cell(c, &t, d.found[i].text, TONE_PLAIN);
        }
        table_print(c, &t, false);
    }
    if (d.code == EXIT_UNREACHABLE)
        return fail(c, EXIT_UNREACHABLE, "nobody answers", STR("everything else depends on that"),
                    "start sluiced, or name it with --server URL, SLUICE_SERVER or sluice config");
    return d.code;
}
