/* describe: one thing on one screen. */
#include "base/timefmt.h"
#include "cli/cli.h"

static struct str text_at(struct cli *c, struct json v, const char *path)
{
    struct json at = json_path(v, path);
    struct str s;
    if (json_str(at, &s))
        return plain_line(c->a, s);
    return json_is_none(at) ? (struct str){0} : plain_line(c->a, json_text(c->a, at));
}

static void line(struct cli *c, const char *label, struct str text)
{
    if (text.len)
        out_fmt(c, "   %-9s %.*s\n", label, STR_ARG(text));
}

static struct str or_dash(struct str s)
{
    return s.len ? s : STR("-");
}

static struct str state_text(struct cli *c, struct str state)
{
    return toned(c, marked(c, or_dash(state), state_tone(state)), state_tone(state));
}

/* ---- a Deployment ---- */

static void describe_status(struct cli *c, struct json d)
{
    struct str health = text_at(c, d, "status.health");
    struct str why = text_at(c, d, "status.healthMessage");
    struct str next = text_at(c, d, "status.nextTryAt");
    struct str since = text_at(c, d, "status.waitingSince");
    int64_t rule = json_i64_or(json_path(d, "status.rule"), 0);
    bool pending = false;
    out_fmt(c, "   %-9s %.*s", "Desired", STR_ARG(or_dash(text_at(c, d, "spec.state"))));
    out_fmt(c, "        Actual  %.*s", STR_ARG(state_text(c, text_at(c, d, "status.state"))));
    if (health.len)
        out_fmt(c, "        Health  %.*s%s%.*s", STR_ARG(state_text(c, health)),
                why.len ? ": " : "", STR_ARG(why));
    out_fmt(c, "\n");
    if (rule)
        out_fmt(c, "   %-9s %.*s: %.*s (rule %lld)\n", "Because",
                STR_ARG(or_dash(text_at(c, d, "status.reason"))),
                STR_ARG(text_at(c, d, "status.message")), (long long)rule);
    if (since.len)
        line(c, "Waiting",
             arena_fmt(c->a, "since %.*s%s%.*s", STR_ARG(since), next.len ? ", next try " : "",
                       STR_ARG(next)));
    if (json_bool(json_path(d, "status.pendingChange"), &pending) && pending)
        line(c, "Pending", STR("something was edited that the running job does not show"));
    struct json_iter it = json_each(json_path(d, "status.choices"));
    struct str key;
    struct json choice;
    while (json_next(&it, &key, &choice))
        line(c, "Can help", plain_line(c->a, json_str_or(choice, STR(""))));
}

static void describe_job(struct cli *c, struct json d, struct json jobs)
{
    size_t n = json_len(jobs);
    struct json job = n ? json_at(jobs, n - 1) : (struct json){0};
    if (json_is_none(job))
        return;
    struct str restored = text_at(c, job, "spec.savepointLocation");
    struct str restarts = text_at(c, job, "status.started.observedFlinkJobRestarts");
    line(c, "Job",
         arena_fmt(c->a, "%.*s  attempt %.*s  %.*s%s%.*s  spec version %.*s",
                   STR_ARG(text_at(c, job, "metadata.id")),
                   STR_ARG(text_at(c, job, "metadata.attempt")),
                   STR_ARG(text_at(c, job, "status.state")), restarts.len ? "  restarts " : "",
                   STR_ARG(restarts), STR_ARG(or_dash(text_at(c, d, "status.specVersion")))));
    line(c, "",
         arena_fmt(c->a, "restored from %.*s",
                   STR_ARG(restored.len ? restored : STR("nothing: it began empty"))));
    line(c, "Failure", text_at(c, job, "status.failure.message"));
    line(c, "Flink", text_at(c, job, "status.restUrl"));
    line(c, "Logs", text_at(c, job, "status.logDirectory"));
}

static void describe_spec(struct cli *c, struct json d)
{
    line(c, "Runs",
         arena_fmt(c->a, "%.*s  parallelism %.*s  Flink %.*s  target %.*s",
                   STR_ARG(text_at(c, d, "spec.template.spec.artifact.jarUri")),
                   STR_ARG(or_dash(text_at(c, d, "spec.template.spec.parallelism"))),
                   STR_ARG(or_dash(text_at(c, d, "spec.template.spec.artifact.flinkVersion"))),
                   STR_ARG(or_dash(text_at(c, d, "spec.deploymentTargetName")))));
    line(c, "Strategy",
         arena_fmt(c->a,
                   "upgrade %.*s  restore %.*s  savepoint attempts %.*s  "
                   "job attempts %.*s",
                   STR_ARG(text_at(c, d, "spec.upgradeStrategy.kind")),
                   STR_ARG(text_at(c, d, "spec.restoreStrategy.kind")),
                   STR_ARG(text_at(c, d, "spec.maxSavepointCreationAttempts")),
                   STR_ARG(text_at(c, d, "spec.maxJobCreationAttempts"))));
}

static void describe_savepoints(struct cli *c, struct json items)
{
    struct json_iter it = json_each(items);
    struct str key;
    struct json s;
    struct json newest = {0};
    size_t n = 0;
    while (json_next(&it, &key, &s)) {
        if (!str_eq(text_at(c, s, "status.state"), STR("COMPLETED")))
            continue;
        newest = s;
        n++;
    }
    if (!n)
        return;
    line(c, "State",
         arena_fmt(c->a, "%zu snapshots, the newest %.*s  %.*s  %.*s old  %.*s", n,
                   STR_ARG(text_at(c, newest, "metadata.id")),
                   STR_ARG(text_at(c, newest, "metadata.origin")),
                   STR_ARG(age_of(c, json_path(newest, "status.stateTakenAt"))),
                   STR_ARG(or_dash(text_at(c, newest, "status.verified")))));
}

static int get_of(struct cli *c, const char *segment, struct str id, const char *more,
                  struct json *items)
{
    struct json answer;
    struct str path = arena_fmt(c->a, "%.*s?deploymentId=%.*s%s", STR_ARG(ns_path(c, segment)),
                                STR_ARG(url_part(c->a, id)), more);
    int r = server_get(c, path, arena_fmt(c->a, "get %s", segment).ptr, &answer);
    *items = json_get(answer, STR("items"));
    return r;
}

static int describe_deployment(struct cli *c, struct str name)
{
    struct json d;
    struct json jobs = {0};
    struct json savepoints = {0};
    struct json events = {0};
    struct json decision = {0};
    int64_t n_events;
    int r = flag_number(c, FLAG_EVENTS, 5, &n_events);
    if (r == EXIT_DONE)
        r = get_one_deployment(c, name, &d);
    if (r != EXIT_DONE || out_document(c, d))
        return r;
    struct str id = text_at(c, d, "metadata.id");
    r = get_of(c, "jobs", id, "", &jobs);
    if (r == EXIT_DONE)
        r = get_of(c, "savepoints", id, "", &savepoints);
    if (r == EXIT_DONE)
        r = restore_get(c, name, &decision);
    if (r == EXIT_DONE && n_events > 0)
        r = get_of(c, "events", id, arena_fmt(c->a, "&limit=%lld", (long long)n_events).ptr,
                   &events);
    if (r != EXIT_DONE)
        return r;
    struct str labels = text_at(c, d, "metadata.labels");
    out_fmt(c, "deployment/%.*s  %.*s%s%.*s\n", STR_ARG(text_at(c, d, "metadata.name")),
            STR_ARG(id), labels.len ? "  " : "", STR_ARG(labels));
    describe_status(c, d);
    describe_spec(c, d);
    describe_job(c, d, jobs);
    describe_savepoints(c, savepoints);
    out_fmt(c, "Restore  (more: sluice restore d/%.*s --explain)\n",
            STR_ARG(text_at(c, d, "metadata.name")));
    restore_print(c, decision, "   ", false);
    out_fmt(c, "Events (last %zu)\n", json_len(events));
    struct json_iter it = json_each(events);
    struct str key;
    struct json event;
    while (json_next(&it, &key, &event))
        out_fmt(c, "   %.*s\n", STR_ARG(event_line(c, event, false)));
    return EXIT_DONE;
}

int cmd_describe(struct cli *c)
{
    const struct kind *k;
    struct str name;
    struct json object;
    int r = ref_parse(c, 0, kind_of(RESOURCE_DEPLOYMENT), &k, &name);
    if (r != EXIT_DONE)
        return r;
    if (!name.len && k->id != RESOURCE_DEFAULTS)
        return fail(c, EXIT_USAGE, "what is to be described?",
                    arena_fmt(c->a, "write %s/NAME", k->word), NULL);
    if (k->id == RESOURCE_DEPLOYMENT)
        return describe_deployment(c, name);
    r = server_get(c, object_path(c, k, name),
                   arena_fmt(c->a, "describe %s/%.*s", k->word, STR_ARG(name)).ptr, &object);
    if (r == EXIT_DONE && !out_document(c, object))
        out_str(c, plain(c->a, json_yaml(c->a, object)));
    return r;
}
