/* timeline: a Deployment's jobs and snapshots, fetched and drawn. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/timefmt.h"
#include "cli/cli.h"
#include "cli/timeline.h"

enum { COLUMNS_ELSEWHERE = 100, MOST_COLUMNS = 400, MOST_JOBS = 200 };

static struct str text_at(struct json v, const char *path)
{
    return json_str_or(json_path(v, path), (struct str){0});
}

static int64_t time_at(struct json v, const char *path)
{
    int64_t at = 0;
    time_parse_rfc3339(text_at(v, path), &at);
    return at;
}

static size_t screen_columns(const struct cli *c)
{
    struct winsize size = {0};
    int64_t columns = COLUMNS_ELSEWHERE;
    const char *said = getenv("COLUMNS");
    if (c->tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
        columns = size.ws_col;
    else if (said)
        str_to_i64(str_of(said), &columns);
    return columns < TIMELINE_LEAST ? TIMELINE_LEAST
           : columns > MOST_COLUMNS ? MOST_COLUMNS
                                    : (size_t)columns;
}

static char letter_of(struct json savepoint)
{
    static const struct {
        const char *origin;
        char letter;
    } letters[] = {
        {"USER_REQUEST", 'U'}, {"SUSPEND", 'S'}, {"RETAINED_CHECKPOINT", 'K'}, {"COPIED", 'C'}};
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
        if (str_eq(text_at(savepoint, "metadata.origin"), str_of(letters[i].origin)))
            return letters[i].letter;
    return '?';
}

/* What the job began with: ", from S of 30". While it starts that may not be decided yet. */
static struct str origin_of(struct cli *c, struct json job, struct json savepoints)
{
    struct str id = text_at(job, "spec.savepointId");
    struct json_iter it = json_each(savepoints);
    struct str key;
    struct json s;
    while (id.len && json_next(&it, &key, &s))
        if (str_eq(text_at(s, "metadata.id"), id))
            return arena_fmt(c->a, ", from %c of %lld", letter_of(s),
                             (long long)json_i64_or(json_path(s, "status.attempt"), 0));
    if (text_at(job, "spec.savepointLocation").len)
        return STR(", from elsewhere");
    return str_eq(text_at(job, "status.state"), STR("STARTING")) ? (struct str){0} : STR(", empty");
}

static struct timeline_job job_of(struct cli *c, struct json job, struct json savepoints)
{
    struct str state = text_at(job, "status.state");
    struct timeline_job ret = {
        .begun_us = time_at(job, "metadata.createdAt"),
        .ended_us = time_at(job, "metadata.terminatedAt"),
        .label =
            arena_fmt(c->a, "%lld", (long long)json_i64_or(json_path(job, "metadata.attempt"), 0)),
        .note = arena_fmt(c->a, "%.*s%.*s", STR_ARG(plain_line(c->a, state)),
                          STR_ARG(origin_of(c, job, savepoints))),
    };
    int64_t failed = time_at(job, "status.failure.failedAt");
    if (str_eq(state, STR("FAILED")))
        ret.end = TIMELINE_FAILED;
    else if (ret.ended_us || str_eq(state, STR("TERMINATED")) || str_eq(state, STR("FINISHED")))
        ret.end = TIMELINE_ENDED;
    /* Nobody says when: it is drawn as a moment. */
    if (ret.end != TIMELINE_RUNS && !ret.ended_us)
        ret.ended_us = failed ? failed : ret.begun_us;
    return ret;
}

/* Newest first, as they are read. */
static size_t take_jobs(struct cli *c, struct json jobs, struct json savepoints,
                        struct timeline_job *ret)
{
    size_t n = 0;
    for (size_t i = json_len(jobs); i > 0 && n < MOST_JOBS; i--)
        ret[n++] = job_of(c, json_at(jobs, i - 1), savepoints);
    return n;
}

/* The row of the job that took it. */
static bool row_of(struct json jobs, size_t n, struct json savepoint, size_t *ret)
{
    size_t all = json_len(jobs);
    int64_t attempt = json_i64_or(json_path(savepoint, "status.attempt"), -1);
    for (size_t i = 0; i < n; i++) {
        if (json_i64_or(json_path(json_at(jobs, all - 1 - i), "metadata.attempt"), 0) != attempt)
            continue;
        *ret = i;
        return true;
    }
    return false;
}

static size_t take_marks(struct json jobs, size_t n_jobs, struct json savepoints,
                         struct timeline_mark *ret)
{
    struct json_iter it = json_each(savepoints);
    struct str key;
    struct json s;
    size_t n = 0;
    while (json_next(&it, &key, &s)) {
        int64_t at = time_at(s, "status.stateTakenAt");
        if (!at)
            at = time_at(s, "metadata.createdAt");
        if (!str_eq(text_at(s, "status.state"), STR("COMPLETED")) || !at ||
            !row_of(jobs, n_jobs, s, &ret[n].job))
            continue;
        ret[n].at_us = at;
        ret[n++].letter = letter_of(s);
    }
    return n;
}

static void draw(struct cli *c, struct json jobs, struct json savepoints, int64_t range_us)
{
    struct timeline_job *rows = ARENA_ARRAY(c->a, struct timeline_job, MOST_JOBS);
    struct timeline_mark *marks = ARENA_ARRAY(c->a, struct timeline_mark, json_len(savepoints) + 1);
    struct str *lines = ARENA_ARRAY(c->a, struct str, MOST_JOBS + 1);
    struct timeline t = {.jobs = rows, .marks = marks, .to_us = now_wall_us(), .utf8 = c->utf8};
    size_t around = sizeof("123  ") + sizeof("  TERMINATED, from S of 123");
    size_t columns = screen_columns(c);
    t.n_jobs = take_jobs(c, jobs, savepoints, rows);
    t.n_marks = take_marks(jobs, t.n_jobs, savepoints, marks);
    t.columns = columns > around + TIMELINE_LEAST ? columns - around : TIMELINE_LEAST;
    t.from_us = range_us ? t.to_us - range_us : rows[t.n_jobs - 1].begun_us;
    if (t.from_us >= t.to_us)
        t.from_us = t.to_us - US_PER_S;
    size_t n = timeline_lines(c->a, &t, lines);
    for (size_t i = 0; i < n; i++)
        out_fmt(c, "%.*s\n", STR_ARG(lines[i]));
    out_fmt(c, "U user  S suspend or upgrade  K retained checkpoint  C copied  * several\n");
}

int cmd_timeline(struct cli *c)
{
    struct str name;
    struct json deployment;
    struct json jobs = {0};
    struct json savepoints = {0};
    int64_t range_us;
    int r = flag_duration(c, FLAG_RANGE, 0, &range_us);
    if (r == EXIT_DONE)
        r = ref_deployment(c, 0, &name);
    if (r == EXIT_DONE)
        r = get_one_deployment(c, name, &deployment);
    if (r != EXIT_DONE)
        return r;
    struct str id = url_part(c->a, text_at(deployment, "metadata.id"));
    r = server_get(
        c, arena_fmt(c->a, "%.*s?deploymentId=%.*s", STR_ARG(ns_path(c, "jobs")), STR_ARG(id)),
        "get jobs", &jobs);
    if (r == EXIT_DONE)
        r = server_get(c,
                       arena_fmt(c->a, "%.*s?deploymentId=%.*s", STR_ARG(ns_path(c, "savepoints")),
                                 STR_ARG(id)),
                       "get savepoints", &savepoints);
    if (r != EXIT_DONE)
        return r;
    jobs = json_get(jobs, STR("items"));
    if (json_len(jobs))
        draw(c, jobs, json_get(savepoints, STR("items")), range_us);
    else
        say(c, "deployment/%.*s never had a job", STR_ARG(name));
    return EXIT_DONE;
}
