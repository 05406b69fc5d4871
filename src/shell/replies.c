/* See replies.h. A row's owner is the hour that it came in, and old hours go as a whole: nothing that is
 * deleted can be in the way of what is written at the same time. */
#include "shell/replies.h"

#include <assert.h>

#include "base/limits.h"
#include "shell/registry_impl.h"

#define HOUR_US INT64_C(3600000000)

static const struct field reply_rows[] = {
    FIELD_AT(FIELD_STR, kept_reply, key, "key"),
    FIELD_AT(FIELD_STR, kept_reply, request, "request"),
    FIELD_AT(FIELD_TIME, kept_reply, at, "at"),
    FIELD_AT(FIELD_INT, kept_reply, status, "status"),
    FIELD_AT(FIELD_STR, kept_reply, location, "location"),
    FIELD_AT(FIELD_STR, kept_reply, etag, "etag"),
    FIELD_AT(FIELD_RAW, kept_reply, body, "body"),
};
const struct fields kept_reply_fields = {
    .name = "KeptReply", .size = sizeof(struct kept_reply), FIELDS_ROWS(reply_rows)};

static const struct kept_reply *reply_at(const struct app *app, size_t i)
{
    return app->replies[i]->value;
}

static int64_t hour_of(int64_t wall_us)
{
    return wall_us / HOUR_US;
}

static bool is_old(const struct app *app, const struct kept_reply *r)
{
    return r->at + REPLY_KEPT_US < app_wall_us(app);
}

const struct kept_reply *replies_find(const struct app *app, struct str key)
{
    for (size_t i = app->n_replies; i > 0; i--)
        if (str_eq(reply_at(app, i - 1)->key, key))
            return is_old(app, reply_at(app, i - 1)) ? NULL : reply_at(app, i - 1);
    return NULL;
}

bool replies_have_room(const struct app *app)
{
    bool first_goes = app->n_replies && is_old(app, reply_at(app, 0));
    return first_goes || (app->n_replies < LIMIT_REPLIES && app->reply_bytes < LIMIT_REPLY_BYTES);
}

/* The hour that is over altogether and still has rows, or -1. */
static int64_t oldest_hour(const struct app *app)
{
    if (app->n_replies == 0)
        return -1;
    int64_t hour = hour_of(reply_at(app, 0)->at);
    bool over = (hour + 1) * HOUR_US + REPLY_KEPT_US < app_wall_us(app);
    return over ? hour : -1;
}

size_t replies_writes(const struct app *app, struct arena *a, const struct kept_reply *reply,
                      struct store_write to[REPLY_WRITES])
{
    size_t n = 0;
    int64_t over = oldest_hour(app);
    struct str hour = arena_fmt(a, "%lld", (long long)hour_of(reply->at));
    to[n++] = (struct store_write){
        .kind = STORE_PUT,
        .row = {.table = STORE_REPLY,
                .id = arena_fmt(a, "%.*s/%.*s", STR_ARG(hour), STR_ARG(reply->key)),
                .owner = hour,
                .version = 1,
                .body = body_of(a, &kept_reply_fields, reply)},
    };
    if (over >= 0)
        to[n++] = (struct store_write){
            .kind = STORE_DELETE_OWNED,
            .row = {.table = STORE_REPLY, .owner = arena_fmt(a, "%lld", (long long)over)},
        };
    return n;
}

static void keep(struct app *app, struct object *o, size_t bytes)
{
    const struct kept_reply *r = o->value;
    size_t at = app->n_replies;
    while (at > 0 && reply_at(app, at - 1)->at > r->at)
        at--;
    objects_put(&app->replies, &app->n_replies, o, at);
    app->reply_bytes += bytes;
}

/* What one takes is its row's size, which is remembered as the object's version: rows have but one. */
static struct object *decoded(const struct store_row *row, struct err *e)
{
    return object_decode(&kept_reply_fields, row->body, (int64_t)row->body.len, e);
}

static void drop_hour(struct app *app, struct str owner)
{
    int64_t hour = -1;
    str_to_i64(owner, &hour);
    for (size_t i = app->n_replies; i > 0; i--) {
        if (hour_of(reply_at(app, i - 1)->at) != hour)
            continue;
        app->reply_bytes -= (size_t)app->replies[i - 1]->version;
        objects_drop(app->replies, &app->n_replies, i - 1);
    }
}

void replies_adopt(struct app *app, const struct store_write *w)
{
    struct err e = {0};
    if (w->row.table != STORE_REPLY)
        return;
    if (w->kind == STORE_DELETE_OWNED) {
        drop_hour(app, w->row.owner);
        return;
    }
    struct object *o = decoded(&w->row, &e);
    /* What was encoded by the same tables a moment ago is read back, or the program is wrong. */
    assert(o);
    keep(app, o, w->row.body.len);
}

int replies_load(struct app *app, const struct store_row *row, struct err *e)
{
    struct object *o = decoded(row, e);
    if (!o)
        return -1;
    keep(app, o, row->body.len);
    return 0;
}

void replies_free(struct app *app)
{
    while (app->n_replies)
        objects_drop(app->replies, &app->n_replies, app->n_replies - 1);
    mem_free(app->replies);
}
