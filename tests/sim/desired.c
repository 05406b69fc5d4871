/* A run of the grid: a place, edits, and the end. */
#include "desired.h"

#include <stdio.h>
#include <stdlib.h>

#include "life.h"

enum { QUIET = 10, PATIENCE = 600 };

/* ---- values ---- */

/* $x(N): a text so long; $keys(N): so many entries; $items(N): so many URIs; $savepoint and
 * $target(N): ids. */
static size_t number_in(struct str *rest, const char *word)
{
    struct str inner = str_skip(*rest, strlen(word));
    struct str after;
    int64_t n = 0;
    if (!str_to_i64(str_split(inner, ')', &after), &n))
        abort(); /* the table is wrong */
    *rest = after;
    return (size_t)n;
}

static void put_many(struct buf *b, size_t n, const char *open, const char *item, const char *close)
{
    buf_add(b, str_of(open));
    for (size_t i = 0; i < n; i++) {
        buf_fmt(b, "%s\"%s%zu\"", i ? "," : "", item, i);
        if (open[0] == '{')
            buf_add(b, STR(":\"1\""));
    }
    buf_add(b, str_of(close));
}

static struct str expanded(struct grid_run *r, const char *text)
{
    struct buf b = {0};
    for (struct str rest = str_of(text); rest.len > 0;) {
        if (str_starts_with(rest, STR("$x("))) {
            for (size_t n = number_in(&rest, "$x("); n > 0; n--)
                buf_add_char(&b, 'x');
        } else if (str_starts_with(rest, STR("$keys("))) {
            put_many(&b, number_in(&rest, "$keys("), "{", "key", "}");
        } else if (str_starts_with(rest, STR("$items("))) {
            put_many(&b, number_in(&rest, "$items("), "[", "file:/jobs/lib-", "]");
        } else if (str_starts_with(rest, STR("$target("))) {
            buf_add(&b, r->target_ids[number_in(&rest, "$target(")]);
        } else if (str_starts_with(rest, STR("$savepoint"))) {
            buf_add(&b, r->s->savepoint_id);
            rest = str_skip(rest, strlen("$savepoint"));
        } else {
            buf_add_char(&b, rest.ptr[0]);
            rest = str_skip(rest, 1);
        }
    }
    struct str full = arena_str(r->s->a, buf_str(&b));
    buf_fini(&b);
    return full;
}

/* One document on top of the other, nulls kept: both are patches. */
static void put_both(struct json_out *o, struct json under, struct json over)
{
    struct str key;
    struct json item;
    json_begin_object(o);
    for (struct json_iter it = json_each(under); json_next(&it, &key, &item);) {
        struct json more = json_get(over, key);
        json_key(o, key);
        if (json_kind(item) == JSON_OBJECT && json_kind(more) == JSON_OBJECT)
            put_both(o, item, more);
        else
            json_put(o, json_is_none(more) ? item : more);
    }
    for (struct json_iter it = json_each(over); json_next(&it, &key, &item);) {
        if (!json_is_none(json_get(under, key)))
            continue;
        json_key(o, key);
        json_put(o, item);
    }
    json_end_object(o);
}

struct json grid_patch(struct grid_run *r, const struct grid_edit *e, bool as_shown)
{
    const struct grid_value *v = e->value;
    struct arena *a = r->s->a;
    const char *text = as_shown && v->shown ? v->shown : v->written;
    if (as_shown && v->keeps)
        return grid_json(a, STR("{}"));
    struct json own = grid_nest(a, str_of(e->field->path), expanded(r, text));
    if (!v->with)
        return own;
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    put_both(&o, grid_json(a, expanded(r, v->with)), own);
    struct json both = grid_json(a, arena_str(a, buf_str(&b)));
    buf_fini(&b);
    return both;
}

/* ---- edits ---- */

static struct user_answer send(struct grid_run *r, const char *method, struct json spec)
{
    struct sim *s = r->s;
    return user_sends(s, method, STR(SIM_DEPLOYMENT),
                      arena_fmt(s->a, "{\"spec\":%.*s}", STR_ARG(json_text(s->a, spec))));
}

/* The first field that differs. */
static void is_stored_otherwise(struct grid_run *r, struct json due)
{
    struct sim *s = r->s;
    size_t n = grid_walk(s->a, NULL);
    struct grid_row *rows = ARENA_ARRAY(s->a, struct grid_row, n);
    grid_walk(s->a, rows);
    for (size_t i = 0; i < n; i++) {
        char *path = arena_cstr(s->a, rows[i].path);
        struct json is = json_path(r->spec, path);
        if (rows[i].row->type == FIELD_OBJECT || grid_same(s->a, is, json_path(due, path)))
            continue;
        struct str text = json_is_none(is) ? STR("absent") : json_text(s->a, is);
        struct str want =
            json_path(due, path).v ? json_text(s->a, json_path(due, path)) : STR("absent");
        world_trouble(&s->world, "stored is %s = %.*s, asked for is %.*s", path,
                      STR_ARG(str_take(text, 200)), STR_ARG(str_take(want, 200)));
    }
    world_trouble(&s->world, "stored is what no field says");
}

/* Acknowledged is durable, and what is durable is what was asked for. */
static bool is_taken(struct grid_run *r, const struct user_answer *x, struct json due, bool meets)
{
    struct sim *s = r->s;
    int64_t version = json_i64_or(json_path(x->body, "metadata.resourceVersion"), 0);
    if (x->status / 100 == 4)
        return false;
    if (x->status != 200 || version != r->version)
        world_trouble(&s->world, "it is answered with %d and version %lld, stored is %lld",
                      x->status, (long long)version, (long long)r->version);
    if (!grid_same(s->a, r->spec, due))
        is_stored_otherwise(r, due);
    if (!grid_same(s->a, r->spec, json_path(x->body, "spec")))
        world_trouble(&s->world, "it is answered with another spec than is stored");
    r->meets[r->n_path] = meets;
    r->path[r->n_path++] = r->spec;
    return true;
}

bool grid_edits(struct grid_run *r, const struct grid_edit *e, bool meets)
{
    struct sim *s = r->s;
    struct json due = grid_merge(s->a, r->spec, grid_patch(r, e, true));
    struct user_answer x = send(r, "PATCH", grid_patch(r, e, false));
    if (!is_taken(r, &x, due, meets))
        return false;
    if (!e->value->keeps)
        r->written = grid_merge(s->a, r->written, grid_patch(r, e, false));
    return true;
}

bool grid_puts(struct grid_run *r, const struct grid_edit *a, const struct grid_edit *b, bool meets)
{
    struct sim *s = r->s;
    const struct grid_edit *both[] = {a, b};
    struct json due = r->spec;
    for (size_t i = 0; i < 2; i++) {
        due = grid_merge(s->a, due, grid_patch(r, both[i], true));
        if (!both[i]->value->keeps)
            r->written = grid_merge(s->a, r->written, grid_patch(r, both[i], false));
    }
    struct user_answer x = send(r, "PUT", r->written);
    return is_taken(r, &x, due, meets);
}

static int64_t changes_by_users(const struct sim *s)
{
    int64_t n = 0;
    for (const struct sim_row *e = s->store.tables[STORE_EVENT]; e; e = e->next)
        n += str_contains(e->row.body, STR("\"DEPLOYMENT_CHANGED\""));
    return n;
}

void grid_is_refused(struct grid_run *r, struct str patch, struct str pointer)
{
    struct sim *s = r->s;
    int64_t now = s->world.now;
    int64_t change = s->last_change;
    int64_t seq = s->store.last_seq;
    int64_t writes = r->writes;
    int64_t version = r->version;
    int64_t events = changes_by_users(s);
    struct user_answer x = user_sends(s, "PATCH", STR(SIM_DEPLOYMENT),
                                      arena_fmt(s->a, "{\"spec\":%.*s}", STR_ARG(patch)));
    struct str at = json_str_or(
        json_get(json_at(json_get(x.body, STR("errors")), 0), STR("pointer")), STR("(none)"));
    if (x.status / 100 != 4)
        world_trouble(&s->world, "%.*s is answered with %d", STR_ARG(str_take(patch, 200)),
                      x.status);
    if (!str_eq(at, pointer))
        world_trouble(&s->world, "%.*s is refused at %.*s, not at %.*s: %.*s",
                      STR_ARG(str_take(patch, 200)), STR_ARG(at), STR_ARG(pointer),
                      STR_ARG(json_str_or(json_path(x.body, "detail"), STR(""))));
    /* An answer that took time came while other things went on. */
    bool stood_still = s->world.now == now;
    if (version != r->version || events != changes_by_users(s) ||
        (stood_still &&
         (writes != r->writes || change != s->last_change || seq != s->store.last_seq)))
        world_trouble(&s->world, "%.*s is refused and leaves a trace",
                      STR_ARG(str_take(patch, 200)));
}

/* ---- on the way, and at the end ---- */

static struct grid_run *run_of(const struct sim *s)
{
    return s->ear_arg;
}

static bool is_quiet(struct sim *s)
{
    return s->world.now - s->last_change >= QUIET * S;
}

void grid_goes_on(struct grid_run *r, int64_t writes)
{
    int64_t until = r->writes + writes;
    struct sim *s = r->s;
    while (r->writes < until && !is_quiet(s) && !s->world.trouble[0])
        if (!world_run(&s->world, s->world.now + S))
            return;
}

size_t grid_dues(const struct grid_run *r, struct due ret[GRID_ENDS])
{
    size_t n = 0;
    /* bit i: edit i was met by the next one before it had any effect */
    for (size_t passed = 0; passed < (size_t)1 << (r->n_path ? r->n_path - 1 : 0); passed++) {
        struct due d = r->begins;
        bool may_be = true;
        for (size_t i = 0; i < r->n_path; i++) {
            bool skipped = i + 1 < r->n_path && passed >> i & 1U;
            may_be = may_be && (!skipped || r->meets[i + 1]);
            if (!skipped)
                d = due_after(d, r->path[i]);
        }
        if (may_be)
            ret[n++] = d;
    }
    return n;
}

static const struct deployment_status *status_of(const struct sim *s)
{
    const struct entry *e =
        s->life ? registry_by_name(&s->life->app, STR("default"), STR("counter")) : NULL;
    return e ? &entry_deployment(e)->status : NULL;
}

/* The only cluster there is, with its job up; NULL. */
static const struct w_cluster *what_runs(const struct sim *s, size_t *ret_n)
{
    const struct w_cluster *c = NULL;
    *ret_n = 0;
    for (size_t i = 0; i < s->world.n_clusters; i++)
        if (s->world.clusters[i].there) {
            c = &s->world.clusters[i];
            ++*ret_n;
        }
    return c && *ret_n == 1 && c->job.up && c->job.status == FLINK_JOB_RUNNING ? c : NULL;
}

static bool is_at(struct grid_run *r, const struct due *d)
{
    const struct deployment_status *st = status_of(r->s);
    size_t n;
    const struct w_cluster *c = what_runs(r->s, &n);
    if (!st || st->state != (int)due_state(d) || st->pending_change != due_is_pending(d) ||
        str_starts_with(st->reason, STR("BLOCKED_")) != d->blocked)
        return false;
    if (json_is_none(d->what))
        return n == 0;
    return c && due_same_what(r->asked[c->attempt], d->what);
}

static bool is_due(struct sim *s)
{
    struct due dues[GRID_ENDS];
    struct grid_run *r = run_of(s);
    size_t n = grid_dues(r, dues);
    for (size_t i = 0; i < n; i++)
        if (is_at(r, &dues[i]))
            return true;
    return false;
}

/* What may differ from path to path is left out. */
struct str grid_shows(struct grid_run *r)
{
    struct sim *s = r->s;
    const struct deployment_status *st = status_of(s);
    size_t n;
    const struct w_cluster *c = what_runs(s, &n);
    bool blocked = st && str_starts_with(st->reason, STR("BLOCKED_"));
    struct str what = n ? STR("something that is not up") : STR("nothing");
    if (c && due_same_what(r->asked[c->attempt], r->spec))
        what = STR("what is stored");
    else if (c && due_same_what(r->asked[c->attempt], r->begins.spec))
        what = STR("what ran before");
    else if (c)
        what = STR("neither what is stored nor what ran before");
    return arena_fmt(s->a, "%s%s%s, %.*s runs", st ? observed_state_names[st->state] : "unknown",
                     blocked ? ", blocked" : "", st && st->pending_change ? ", pending" : "",
                     STR_ARG(what));
}

static struct str due_shows(struct grid_run *r, const struct due *d)
{
    struct str what = json_is_none(d->what)                    ? STR("nothing")
                      : due_same_what(d->what, d->spec)        ? STR("what is stored")
                      : due_same_what(d->what, r->begins.spec) ? STR("what ran before")
                                                               : STR("another");
    return arena_fmt(r->s->a, "%s%s%s, %.*s runs", observed_state_names[due_state(d)],
                     d->blocked ? ", blocked" : "", due_is_pending(d) ? ", pending" : "",
                     STR_ARG(what));
}

bool grid_rests(struct grid_run *r)
{
    struct sim *s = r->s;
    bool there = sim_until(s, is_quiet, PATIENCE * S) &&
                 (is_due(s) || sim_until(s, is_due, PATIENCE * S)) &&
                 sim_until(s, is_quiet, PATIENCE * S) && is_due(s);
    struct due dues[GRID_ENDS] = {0};
    size_t n = grid_dues(r, dues);
    if (!there)
        world_trouble(&s->world, "it ends as: %.*s; due is: %.*s%s", STR_ARG(grid_shows(r)),
                      STR_ARG(due_shows(r, &dues[0])), n > 1 ? ", or as by the other order" : "");
    return !s->world.trouble[0];
}

struct grid_run *grid_begin(const struct grid_place *place)
{
    struct sim *s = sim_new();
    struct grid_run *r = ARENA_NEW(s->a, struct grid_run);
    r->s = s;
    s->ear = &grid_ear;
    s->ear_arg = r;
    place->comes(r);
    return r;
}

void grid_end(struct grid_run *r)
{
    sim_free(r->s);
}
