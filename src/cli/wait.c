/* Waiting: for a Deployment to become something, telling what happens meanwhile. */
#include "cli/wait.h"

#include <signal.h>

#include "base/timefmt.h"
#include "cli/track.h"

#define TURN_US    (500 * US_PER_MS)
#define TIMEOUT_US (600 * US_PER_S)
#define ENDLESS_US (INT64_MAX / 2)

/* ---- turns ---- */

static int ended(struct cli *c, const struct turns *t, int64_t timeout_us)
{
    if (server_signal(c)) {
        live_leave(t->live);
        say(c, "%sdetached; the server goes on. Re-attach: %s", t->live->on ? "\n" : "", t->again);
        return 128 + server_signal(c);
    }
    live_leave(t->live);
    return fail(
        c, EXIT_TIMED_OUT,
        arena_fmt(c->a, "%s: not within %.*s", t->what, STR_ARG(duration_text(c->a, timeout_us)))
            .ptr,
        STR("the server goes on with it"), t->again);
}

int wait_turns(struct cli *c, const struct turns *t)
{
    int64_t timeout_us;
    int r = flag_duration(c, FLAG_TIMEOUT, t->endless ? ENDLESS_US : TIMEOUT_US, &timeout_us);
    if (r != EXIT_DONE)
        return r;
    struct arena *kept = c->a;
    struct arena *turn = arena_new();
    int64_t deadline = now_mono_us() + timeout_us;
    server_catch_signals(c);
    for (r = NOT_YET; r == NOT_YET;) {
        c->a = turn;
        r = t->look(c, t->arg);
        c->a = kept;
        arena_reset(turn);
        if (server_signal(c) || (r == NOT_YET && now_mono_us() >= deadline) ||
            (r == NOT_YET && !server_pause(c, TURN_US)))
            r = ended(c, t, timeout_us);
    }
    arena_free(turn);
    return r;
}

/* ---- a Deployment ---- */

struct watched {
    const struct goal *goal;
    int64_t begin_us;
    bool fail_fast;
    bool seen;         /* at least once */
    bool lost;         /* the server does not answer */
    unsigned hopeless; /* looks in a row by which it cannot be reached */
    struct track track;
    struct live live;
    const char *again;
};

static struct str text_at(struct cli *c, struct json d, const char *path)
{
    struct json v = json_path(d, path);
    struct str s;
    if (json_str(v, &s))
        return s;
    return json_is_none(v) ? (struct str){0} : json_text(c->a, v);
}

static void show(struct cli *c, struct watched *w, bool goes_on)
{
    struct str lines[MOST_PROGRESS_LINES + 1];
    struct cli look = live_look(c, &w->live);
    size_t n = progress_lines(&look, &w->track.progress, now_wall_us(), lines);
    if (goes_on)
        lines[n++] = toned(
            &look, arena_fmt(c->a, "  Ctrl-C detaches; re-attach with  %s", w->again), TONE_QUIET);
    live_show(&w->live, lines, n);
    if (!goes_on)
        live_leave(&w->live);
}

/* What the server has looked at is what was last asked for. */
static bool is_observed(struct json d)
{
    return json_i64_or(json_path(d, "status.observedGeneration"), 0) >=
           json_i64_or(json_path(d, "metadata.generation"), 0);
}

static bool is_reached(struct cli *c, const struct goal *g, struct json d)
{
    if (!g->path.len || !is_observed(d))
        return false;
    struct str value = text_at(c, d, arena_str(c->a, g->path).ptr);
    return str_eq_nocase(value, g->value) || (g->or_finished && str_eq(value, STR("FINISHED")));
}

/* The state that has to be asked for, for that state to be observed; empty: any. */
static struct str desired_for(struct str goal)
{
    if (str_eq_nocase(goal, STR("FINISHED")))
        return STR("RUNNING");
    if (str_eq_nocase(goal, STR("RUNNING")) || str_eq_nocase(goal, STR("SUSPENDED")) ||
        str_eq_nocase(goal, STR("CANCELLED")))
        return goal;
    return (struct str){0};
}

/* Why it cannot be reached unless somebody does something; empty while it can. */
static struct str why_hopeless(struct cli *c, const struct goal *g, struct json d)
{
    bool of_state = str_eq(g->path, STR("status.state"));
    struct str none = {0};
    struct str state = text_at(c, d, "status.state");
    struct str desired = text_at(c, d, "spec.state");
    struct str need = of_state ? desired_for(g->value) : none;
    if (!g->path.len || !is_observed(d))
        return none;
    if (need.len && !str_eq_nocase(need, desired))
        return arena_fmt(c->a, "the desired state is %.*s", STR_ARG(desired));
    if (str_eq(state, STR("FAILED")))
        return STR("it is FAILED");
    if (str_starts_with(text_at(c, d, "status.reason"), STR("BLOCKED")))
        return arena_fmt(c->a, "it is blocked (%.*s)", STR_ARG(text_at(c, d, "status.reason")));
    if (of_state && str_eq(state, STR("FINISHED")))
        return STR("the job has finished");
    return none;
}

static int give_up(struct cli *c, struct watched *w, struct json d, struct str why)
{
    struct buf b = {0};
    struct json_iter it = json_each(json_path(d, "status.choices"));
    struct str key;
    struct json choice;
    struct str value = w->goal->value;
    show(c, w, false);
    buf_add(&b, text_at(c, d, "status.message"));
    while (json_next(&it, &key, &choice))
        buf_fmt(&b, "\ncan help: %.*s", STR_ARG(json_str_or(choice, STR(""))));
    int r = fail(c, EXIT_ENDED,
                 arena_fmt(c->a, "deployment/%.*s cannot reach %.*s: %.*s", STR_ARG(w->goal->name),
                           STR_ARG(value), STR_ARG(why))
                     .ptr,
                 arena_str(c->a, buf_str(&b)),
                 arena_fmt(c->a, "sluice describe d/%.*s", STR_ARG(w->goal->name)).ptr);
    buf_fini(&b);
    return r;
}

static int is_done(struct cli *c, const struct watched *w, struct str state)
{
    if (c->format == FORMAT_TABLE)
        out_fmt(c, "deployment/%.*s is %.*s after %.1fs\n", STR_ARG(w->goal->name), STR_ARG(state),
                (double)(now_mono_us() - w->begin_us) / US_PER_S);
    return EXIT_DONE;
}

/* The server did not give the Deployment. */
static int without(struct cli *c, struct watched *w, const struct answer *answer)
{
    bool gone = answer->outcome == OUTCOME_DONE && answer->status == 404;
    if (gone && !w->goal->path.len)
        return is_done(c, w, STR("gone"));
    if (gone && w->seen)
        return fail(c, EXIT_ENDED,
                    arena_fmt(c->a, "deployment/%.*s cannot reach %.*s: it was deleted",
                              STR_ARG(w->goal->name), STR_ARG(w->goal->value))
                        .ptr,
                    STR("somebody deleted it while this waited"), "sluice events");
    /* A daemon that is started anew is worth waiting for; one that never answered is not. */
    if (answer->outcome != OUTCOME_DONE && w->seen) {
        if (!w->lost)
            live_clear(&w->live);
        if (!w->lost)
            say(c, "the server does not answer (%.*s); trying on",
                STR_ARG(plain_line(c->a, answer->text)));
        w->lost = true;
        return NOT_YET;
    }
    return server_judge(c, answer,
                        arena_fmt(c->a, "wait for deployment/%.*s", STR_ARG(w->goal->name)).ptr);
}

static int look(struct cli *c, void *arg)
{
    struct watched *w = arg;
    struct answer answer = server_ask(c, "GET", deployment_path(c, w->goal->name), (struct str){0});
    if (server_signal(c))
        return NOT_YET;
    if (answer.outcome != OUTCOME_DONE || answer.status != 200)
        return without(c, w, &answer);
    if (w->lost)
        say(c, "the server answers again");
    w->lost = false;
    w->seen = true;
    track_look(c, &w->track, answer.json);
    if (is_reached(c, w->goal, answer.json)) {
        show(c, w, false);
        return is_done(c, w, text_at(c, answer.json, arena_str(c->a, w->goal->path).ptr));
    }
    struct str why = why_hopeless(c, w->goal, answer.json);
    /* Twice: right after a retry the server may still show what it gave up before. */
    w->hopeless = why.len && w->fail_fast ? w->hopeless + 1 : 0;
    if (w->hopeless > 1)
        return give_up(c, w, answer.json, why);
    show(c, w, true);
    return NOT_YET;
}

int wait_for(struct cli *c, const struct goal *goal, int64_t since)
{
    struct watched w = {
        .goal = goal,
        .begin_us = now_mono_us(),
        .fail_fast = !flag_given(c, FLAG_NO_FAIL_FAST),
        .again = arena_fmt(c->a, "sluice wait d/%.*s --for %.*s", STR_ARG(goal->name),
                           STR_ARG(goal->text))
                     .ptr,
    };
    live_begin(c, &w.live, stderr);
    w.track = (struct track){.since = since, .lines = w.live.on ? NULL : stderr};
    struct turns t = {
        .look = look,
        .arg = &w,
        .live = &w.live,
        .again = w.again,
        .what =
            arena_fmt(c->a, "deployment/%.*s %.*s", STR_ARG(goal->name), STR_ARG(goal->text)).ptr,
    };
    return wait_turns(c, &t);
}

/* "state=RUNNING", "health=OK", "deleted", "/status/specVersion=3" */
static int parse_goal(struct cli *c, struct goal *g)
{
    struct str value;
    struct str what = str_split(c->flags[FLAG_FOR], '=', &value);
    bool has_value = str_contains(c->flags[FLAG_FOR], STR("="));
    g->value = value;
    g->text = c->flags[FLAG_FOR];
    if (str_eq(what, STR("deleted")) && !has_value) {
        g->value = STR("deletion");
        return EXIT_DONE;
    }
    if (has_value && str_eq(what, STR("state"))) {
        g->path = STR("status.state");
        return EXIT_DONE;
    }
    if (has_value && str_eq(what, STR("health"))) {
        g->path = STR("status.health");
        return EXIT_DONE;
    }
    if (has_value && str_starts_with(what, STR("/")) && what.len > 1) {
        char *path = arena_cstr(c->a, str_skip(what, 1));
        for (char *p = path; *p; p++)
            *p = *p == '/' ? '.' : *p;
        g->path = str_of(path);
        return EXIT_DONE;
    }
    return fail(c, EXIT_USAGE, "what to wait for cannot be understood",
                flag_given(c, FLAG_FOR) ? c->flags[FLAG_FOR] : STR("--for is missing"),
                "--for state=RUNNING, --for health=OK, --for deleted, --for /status/specVersion=3");
}

/* A state that is never observed would be waited for in vain. */
static int check_state(struct cli *c, const struct goal *g)
{
    static const char *const states[] = {"RUNNING",       "SUSPENDED", "CANCELLED",
                                         "TRANSITIONING", "FAILED",    "FINISHED"};
    if (!str_eq(g->path, STR("status.state")))
        return EXIT_DONE;
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (str_eq_nocase(g->value, str_of(states[i])))
            return EXIT_DONE;
    return fail(c, EXIT_USAGE, arena_fmt(c->a, "there is no state \"%.*s\"", STR_ARG(g->value)).ptr,
                STR("states: RUNNING, SUSPENDED, CANCELLED, TRANSITIONING, FAILED, FINISHED"),
                NULL);
}

int cmd_wait(struct cli *c)
{
    struct goal goal = {0};
    int r = ref_deployment(c, 0, &goal.name);
    if (r == EXIT_DONE)
        r = parse_goal(c, &goal);
    if (r == EXIT_DONE)
        r = check_state(c, &goal);
    return r == EXIT_DONE ? wait_for(c, &goal, -1) : r;
}
