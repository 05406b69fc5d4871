/* events and logs. */
#include "base/timefmt.h"
#include "cli/cli.h"

#define FOLLOW_US   (500 * US_PER_MS)
#define FIRST_LIMIT 100

struct str event_line(struct cli *c, struct json event, bool with_deployment)
{
    struct str none = {0};
    struct json m = json_get(event, STR("metadata"));
    struct str time = json_str_or(json_get(m, STR("createdAt")), none);
    int64_t rule = json_i64_or(json_path(event, "spec.rule"), 0);
    struct str name = json_str_or(json_get(m, STR("resourceName")), none);
    /* "2026-11-22T16:41:14.123456Z": milliseconds are enough. */
    if (time.len == 27)
        time = arena_fmt(c->a, "%.*sZ", STR_ARG(str_take(time, 23)));
    return arena_fmt(
        c->a, "%.*s %.*s%s%.*s%.*s %.*s", STR_ARG(plain_line(c->a, time)),
        STR_ARG(with_deployment ? plain_line(c->a, name) : none), with_deployment ? " " : "",
        STR_ARG(plain_line(c->a, json_str_or(json_get(m, STR("name")), none))),
        STR_ARG(rule ? arena_fmt(c->a, " rule=%lld", (long long)rule) : none),
        STR_ARG(plain_line(c->a, json_str_or(json_path(event, "spec.message"), none))));
}

int64_t newest_event(struct cli *c, struct str deployment_id)
{
    struct str path =
        arena_fmt(c->a, "%.*s?limit=1&deploymentId=%.*s", STR_ARG(ns_path(c, "events")),
                  STR_ARG(url_part(c->a, deployment_id)));
    struct answer answer = server_ask(c, "GET", path, (struct str){0});
    struct json items = json_get(answer.json, STR("items"));
    size_t n = json_len(items);
    return n ? json_i64_or(json_path(json_at(items, n - 1), "metadata.sequence"), 0) : 0;
}

static void print_one(struct cli *c, struct json event, bool with_deployment)
{
    if (c->format == FORMAT_NAME)
        out_fmt(c, "%.*s\n", STR_ARG(object_name(c, kind_of(RESOURCE_EVENT), event)));
    else if (!out_document(c, event))
        out_fmt(c, "%.*s\n", STR_ARG(event_line(c, event, with_deployment)));
}

static struct str events_path(struct cli *c, struct str id, int64_t since, int64_t limit)
{
    struct str path = ns_path(c, "events");
    char mark = '?';
    if (id.len) {
        path = arena_fmt(c->a, "%.*s%cdeploymentId=%.*s", STR_ARG(path), mark,
                         STR_ARG(url_part(c->a, id)));
        mark = '&';
    }
    if (since >= 0) {
        path = arena_fmt(c->a, "%.*s%csince=%lld", STR_ARG(path), mark, (long long)since);
        mark = '&';
    }
    if (limit > 0)
        path = arena_fmt(c->a, "%.*s%climit=%lld", STR_ARG(path), mark, (long long)limit);
    return path;
}

/* Prints what there is, and moves *since on. */
static int print_events(struct cli *c, struct str id, int64_t *since, int64_t limit)
{
    struct json answer;
    struct str key;
    struct json event;
    int r = server_get(c, events_path(c, id, *since, limit), "get events", &answer);
    struct json_iter it = json_each(json_get(answer, STR("items")));
    bool whole = c->format == FORMAT_JSON || c->format == FORMAT_YAML;
    if (r == EXIT_DONE && whole)
        out_document(c, answer);
    while (r == EXIT_DONE && json_next(&it, &key, &event)) {
        *since = json_i64_or(json_path(event, "metadata.sequence"), *since);
        if (!whole)
            print_one(c, event, id.len == 0);
    }
    return r == EXIT_DONE && !out_flush(c) ? EXIT_REFUSED : r;
}

static int follow(struct cli *c, struct str id, int64_t since, const char *again)
{
    struct arena *kept = c->a;
    struct arena *turn = arena_new();
    int r = EXIT_DONE;
    if (c->format == FORMAT_JSON)
        c->format = FORMAT_NDJSON;
    server_catch_signals(c);
    while (r == EXIT_DONE && server_pause(c, FOLLOW_US)) {
        c->a = turn;
        r = print_events(c, id, &since, 0);
        c->a = kept;
        arena_reset(turn);
    }
    arena_free(turn);
    if (!server_signal(c))
        return r;
    say(c, "stopped after event %lld; go on with: %s --since %lld", (long long)since, again,
        (long long)since);
    return 128 + server_signal(c);
}

int cmd_events(struct cli *c)
{
    struct str name = {0};
    struct str id = {0};
    struct json deployment;
    int64_t since;
    int64_t limit;
    int r = flag_number(c, FLAG_SINCE, -1, &since);
    if (r == EXIT_DONE)
        r = flag_number(c, FLAG_LIMIT, since < 0 ? FIRST_LIMIT : 0, &limit);
    if (r == EXIT_DONE && c->n_words)
        r = ref_deployment(c, 0, &name);
    if (r == EXIT_DONE && c->n_words)
        r = get_one_deployment(c, name, &deployment);
    if (r != EXIT_DONE)
        return r;
    if (c->n_words)
        id = json_str_or(json_path(deployment, "metadata.id"), id);
    if (flag_given(c, FLAG_FOLLOW) && c->format == FORMAT_JSON)
        c->format = FORMAT_NDJSON;
    r = print_events(c, id, &since, limit);
    if (r != EXIT_DONE || !flag_given(c, FLAG_FOLLOW))
        return r;
    return follow(
        c, id, since < 0 ? 0 : since,
        arena_fmt(c->a, "sluice events %.*s%s--follow", STR_ARG(name), name.len ? " " : "").ptr);
}

int cmd_logs(struct cli *c)
{
    struct str name;
    int64_t attempt;
    int64_t bytes;
    int r = flag_number(c, FLAG_ATTEMPT, 0, &attempt);
    if (r == EXIT_DONE)
        r = flag_number(c, FLAG_BYTES, 65536, &bytes);
    /* The second word is a process, not the name of a kind. */
    size_t n_words = c->n_words;
    c->n_words = 1;
    if (r == EXIT_DONE)
        r = ref_deployment(c, 0, &name);
    if (r != EXIT_DONE)
        return r;
    struct str process = n_words > 1 ? c->words[1] : STR("jobmanager");
    struct str path = arena_fmt(c->a, "%.*s/logs?process=%.*s&attempt=%lld&limitBytes=%lld",
                                STR_ARG(deployment_path(c, name)), STR_ARG(url_part(c->a, process)),
                                (long long)attempt, (long long)bytes);
    struct answer answer = server_ask(c, "GET", path, (struct str){0});
    r = server_judge(c, &answer, arena_fmt(c->a, "logs of deployment/%.*s", STR_ARG(name)).ptr);
    if (r != EXIT_DONE)
        return r;
    out_str(c, c->tty ? plain(c->a, answer.text) : answer.text);
    if (answer.text.len && answer.text.ptr[answer.text.len - 1] != '\n')
        out_str(c, STR("\n"));
    return EXIT_DONE;
}
