/* Transactions: what a step or a user's write changes becomes rows, then memory. Memory is changed
 * only after the commit, from the very text that was committed. */
#include <assert.h>

#include "model/resource.h"
#include "shell/record_row.h"
#include "shell/registry_impl.h"

static const struct field record_row_rows[] = {
    FIELD_AT(FIELD_OBJECT, record_row, record, "record", .object = &record_fields),
    FIELD_AT(FIELD_OBJECT, record_row, status, "status", .object = &deployment_status_fields),
};
const struct fields record_row_fields = {
    .name = "RecordRow", .size = sizeof(struct record_row), FIELDS_ROWS(record_row_rows)};

static void add_write(struct batch *b, struct store_write w)
{
    if (b->n == b->capacity) {
        size_t capacity = b->capacity ? b->capacity * 2 : 16;
        struct store_write *grown = ARENA_ARRAY(b->arena, struct store_write, capacity);
        if (b->n)
            memcpy(grown, b->writes, b->n * sizeof(*grown));
        b->writes = grown;
        b->capacity = capacity;
    }
    b->writes[b->n++] = w;
}

void batch_put(struct batch *b, enum store_table table, struct str id, struct str owner,
               int64_t expect, struct str body)
{
    struct store_row row = {
        .table = table, .id = id, .owner = owner, .version = expect + 1, .body = body};
    add_write(b, (struct store_write){.kind = STORE_PUT, .row = row, .expect = expect});
}

void batch_drop(struct batch *b, enum store_table table, struct str id, int64_t expect)
{
    add_write(b, (struct store_write){.kind = STORE_DELETE,
                                      .row = {.table = table, .id = arena_str(b->arena, id)},
                                      .expect = expect});
}

struct str body_of(struct arena *a, const struct fields *f, const void *object)
{
    struct buf buf = {0};
    struct json_out out = {.buf = &buf};
    fields_encode(&out, f, object, true);
    struct str body = arena_str(a, buf_str(&buf));
    buf_fini(&buf);
    return body;
}

struct str record_body(struct arena *a, const struct record *r, const struct deployment_status *st)
{
    struct record_row row = {.record = *r, .status = *st};
    return body_of(a, &record_row_fields, &row);
}

void batch_event(struct app *app, struct batch *b, struct event *event)
{
    event->seq = ++app->last_seq;
    event->id = app_uuid(app, b->arena);
    add_write(b, (struct store_write){
                     .kind = STORE_PUT,
                     .row = {.table = STORE_EVENT,
                             .id = event->id,
                             .owner = event->deployment_id,
                             .version = 1,
                             .seq = event->seq,
                             .body = body_of(b->arena, &event_fields, event)},
                 });
}

/* Everything that an entry owns, in one transaction; snapshots' data stays. */
void batch_remove_all(struct batch *b, const struct entry *e)
{
    static const enum store_table owned[] = {STORE_JOB, STORE_SAVEPOINT, STORE_EVENT,
                                             STORE_REVISION};
    batch_drop(b, STORE_DEPLOYMENT, e->id, e->deployment.version);
    batch_drop(b, STORE_RECORD, e->id, e->record.version);
    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        add_write(b, (struct store_write){.kind = STORE_DELETE_OWNED,
                                          .row = {.table = owned[i], .owner = e->id}});
}

/* The committed rows become memory. */
static void adopt_row(struct entry *e, const struct store_write *w)
{
    static const struct fields *const tables[STORE_TABLES] = {
        [STORE_DEPLOYMENT] = &deployment_fields,
        [STORE_RECORD] = &record_row_fields,
        [STORE_JOB] = &job_fields,
        [STORE_SAVEPOINT] = &savepoint_fields,
    };
    static void (*const set[STORE_TABLES])(struct entry *, struct object *) = {
        [STORE_DEPLOYMENT] = entry_set_deployment,
        [STORE_RECORD] = entry_set_record,
        [STORE_JOB] = entry_set_job,
        [STORE_SAVEPOINT] = entry_set_savepoint,
    };
    struct err err = {0};
    if (w->kind == STORE_DELETE && w->row.table == STORE_SAVEPOINT)
        entry_drop_savepoint(e, w->row.id);
    if (w->kind == STORE_DELETE && w->row.table == STORE_REVISION)
        entry_drop_revision(e, w->row.id);
    if (w->kind == STORE_PUT && w->row.table == STORE_REVISION)
        entry_set_revision(e, w->row.id);
    if (w->kind != STORE_PUT || !set[w->row.table])
        return;
    struct object *o = object_decode(tables[w->row.table], w->row.body, w->row.version, &err);
    /* What was encoded by the same tables a moment ago is read back, or the program is wrong. */
    assert(o);
    set[w->row.table](e, o);
}

void batch_adopt(struct entry *e, const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        adopt_row(e, &b->writes[i]);
}
