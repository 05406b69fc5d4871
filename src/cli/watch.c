/* watch: Deployments as they change, until the user has seen enough. */
#include "base/map.h"
#include "cli/track.h"
#include "cli/wait.h"

/* More than a screen shows; their changes come as lines all the same. */
enum { MOST_WATCHED = 1000 };

struct watch {
    struct live live;
    struct arena *a;   /* what outlives a look */
    struct map tracks; /* by the Deployment's id */
    struct str names[MOST_WORDS];
    size_t n_names; /* 0 = all there are */
    int64_t since;  /* the last event that was fetched */
    bool begun;
    bool lost;
};

static bool is_wanted(const struct watch *w, struct str name)
{
    for (size_t i = 0; i < w->n_names; i++)
        if (str_eq(w->names[i], name))
            return true;
    return w->n_names == 0;
}

static struct track *track_of(struct watch *w, struct str id)
{
    struct track *t = map_find(&w->tracks, id);
    if (t || w->tracks.n == MOST_WATCHED)
        return t;
    t = ARENA_NEW(w->a, struct track);
    *t = (struct track){.lines = w->live.on ? NULL : stdout};
    map_put(&w->tracks, arena_str(w->a, id), t);
    return t;
}

/* The answer's items, or an exit code: a server that went away after it was there is waited for. */
static int fetch(struct cli *c, struct watch *w, struct str path, struct json *items)
{
    struct answer answer = server_ask(c, "GET", path, (struct str){0});
    *items = json_get(answer.json, STR("items"));
    if (server_signal(c))
        return NOT_YET;
    if (answer.outcome == OUTCOME_DONE || !w->begun) {
        if (w->lost)
            say(c, "the server answers again");
        w->lost = false;
        return server_judge(c, &answer, "watch");
    }
    if (!w->lost) {
        live_clear(&w->live);
        say(c, "the server does not answer (%.*s); trying on",
            STR_ARG(plain_line(c->a, answer.text)));
    }
    w->lost = true;
    return NOT_YET;
}

struct sight {
    struct track *track;
    struct json deployment;
};

static void paint(struct cli *c, struct watch *w, const struct sight *seen, size_t n)
{
    enum { MOST = 200 };
    struct str lines[MOST + MOST_PROGRESS_LINES];
    struct cli look = live_look(c, &w->live);
    size_t n_lines = 0;
    size_t width = 0;
    int64_t now = now_wall_us();
    for (size_t i = 0; i < n; i++)
        width = seen[i].track->progress.name.len > width ? seen[i].track->progress.name.len : width;
    if (n == 1)
        n_lines = progress_lines(&look, &seen[0].track->progress, now, lines);
    for (size_t i = 0; n > 1 && i < n && n_lines < MOST; i++)
        lines[n_lines++] = progress_line(&look, &seen[i].track->progress, now, width);
    lines[n_lines++] = toned(&look, STR("  Ctrl-C ends this; what is watched goes on"), TONE_QUIET);
    live_show(&w->live, lines, n_lines);
}

/* Those of the list that are watched. */
static size_t choose(struct watch *w, struct json items, struct sight *ret)
{
    struct json_iter it = json_each(items);
    struct str none = {0};
    struct str key;
    struct json d;
    size_t n = 0;
    while (json_next(&it, &key, &d) && n < MOST_WATCHED) {
        if (!is_wanted(w, json_str_or(json_path(d, "metadata.name"), none)))
            continue;
        struct track *t = track_of(w, json_str_or(json_path(d, "metadata.id"), none));
        if (t)
            ret[n++] = (struct sight){t, d};
    }
    return n;
}

static void take_events(struct cli *c, struct watch *w, struct json events)
{
    struct json_iter it = json_each(events);
    struct str key;
    struct json event;
    while (json_next(&it, &key, &event)) {
        struct str id = json_str_or(json_path(event, "metadata.deploymentId"), (struct str){0});
        struct track *t = map_find(&w->tracks, id);
        w->since = json_i64_or(json_path(event, "metadata.sequence"), w->since);
        if (t)
            track_event(c, t, event, w->begun);
    }
}

static int look(struct cli *c, void *arg)
{
    struct watch *w = arg;
    struct json deployments;
    struct json events;
    struct sight seen[MOST_WATCHED];
    int r = fetch(c, w, ns_path(c, "deployments"), &deployments);
    if (r != EXIT_DONE)
        return r;
    size_t n = choose(w, deployments, seen);
    if (!w->begun && n < w->n_names)
        return fail(
            c, EXIT_NOT_FOUND, "watch: not all of these Deployments are there",
            arena_fmt(c->a, "%zu of %zu are in namespace %.*s", n, w->n_names, STR_ARG(c->ns)),
            "sluice get deployments");
    struct str query =
        w->begun ? arena_fmt(c->a, "since=%lld", (long long)w->since) : STR("limit=200");
    r = fetch(c, w, arena_fmt(c->a, "%.*s?%.*s", STR_ARG(ns_path(c, "events")), STR_ARG(query)),
              &events);
    if (r != EXIT_DONE)
        return r;
    take_events(c, w, events);
    w->begun = true;
    for (size_t i = 0; i < n; i++)
        track_status(c, seen[i].track, seen[i].deployment);
    if (w->live.on)
        paint(c, w, seen, n);
    return NOT_YET;
}

int cmd_watch(struct cli *c)
{
    struct watch w = {.a = c->a};
    struct buf again = {0};
    int r = EXIT_DONE;
    buf_fmt(&again, "sluice watch");
    for (size_t i = 0; r == EXIT_DONE && i < c->n_words; i++) {
        struct cli one = *c;
        one.words[0] = c->words[i];
        one.n_words = 1;
        r = ref_deployment(&one, 0, &w.names[w.n_names++]);
        buf_fmt(&again, " %.*s", STR_ARG(c->words[i]));
    }
    live_begin(c, &w.live, stdout);
    struct turns t = {
        .look = look,
        .arg = &w,
        .live = &w.live,
        .what = "watch",
        .again = arena_str(c->a, buf_str(&again)).ptr,
        .endless = true,
    };
    if (r == EXIT_DONE)
        r = wait_turns(c, &t);
    buf_fini(&again);
    map_fini(&w.tracks);
    return r;
}
