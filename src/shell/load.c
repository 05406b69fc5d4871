/* Everything is read from the store when the daemon starts. A row that cannot be read stops it:
 * going on without one could start a second copy of a job. */
#include "model/resource.h"
#include "model/target.h"
#include "shell/record_row.h"
#include "shell/registry_impl.h"

static int unreadable(struct err *e, const struct store_row *row)
{
    return err_wrap(e, "row %.*s cannot be read", STR_ARG(row->id));
}

static struct object *decode(const struct fields *f, const struct store_row *row, struct err *e)
{
    struct object *o = object_decode(f, row->body, row->version, e);
    if (!o)
        unreadable(e, row);
    return o;
}

static int load_deployment(void *arg, const struct store_row *row, struct err *e)
{
    struct app *app = arg;
    struct object *o = decode(&deployment_fields, row, e);
    if (!o)
        return -1;
    entry_new(app, o);
    return 0;
}

static int load_record(void *arg, const struct store_row *row, struct err *e)
{
    struct app *app = arg;
    struct entry *entry = map_find(&app->by_id, row->id);
    struct object *o = decode(&record_row_fields, row, e);
    if (!o)
        return -1;
    if (!entry) {
        object_free(o);
        return err_set(e, ERR_STORE_BROKEN, "record %.*s has no Deployment", STR_ARG(row->id));
    }
    entry_set_record(entry, o);
    return 0;
}

static int load_job(void *arg, const struct store_row *row, struct err *e)
{
    struct app *app = arg;
    struct entry *entry = map_find(&app->by_id, row->owner);
    struct object *o = entry ? decode(&job_fields, row, e) : NULL;
    if (o)
        entry_set_job(entry, o);
    return o || !entry ? 0 : -1;
}

static int load_savepoint(void *arg, const struct store_row *row, struct err *e)
{
    struct app *app = arg;
    struct entry *entry = map_find(&app->by_id, row->owner);
    struct object *o = entry ? decode(&savepoint_fields, row, e) : NULL;
    if (o)
        entry_set_savepoint(entry, o);
    return o || !entry ? 0 : -1;
}

static int load_revision(void *arg, const struct store_row *row, struct err *e)
{
    struct app *app = arg;
    struct entry *entry = map_find(&app->by_id, row->owner);
    if (!entry || entry_set_revision(entry, row->id))
        return 0;
    return err_set(e, ERR_STORE_BROKEN, "row %.*s is no revision", STR_ARG(row->id));
}

static int load_target(void *arg, const struct store_row *row, struct err *e)
{
    struct app *app = arg;
    struct object *o = decode(&target_fields, row, e);
    if (o)
        objects_put(&app->targets, &app->n_targets, o, app->n_targets);
    return o ? 0 : -1;
}

static int load_defaults(void *arg, const struct store_row *row, struct err *e)
{
    struct app *app = arg;
    struct object *o = decode(&defaults_fields, row, e);
    if (o)
        objects_put(&app->defaults, &app->n_defaults, o, app->n_defaults);
    return o ? 0 : -1;
}

static bool has_job(const struct entry *entry, const struct attempt *at)
{
    return at->job_id.len == 0 || entry_job(entry, at->job_id);
}

/* A record is written in one transaction with the rows that it names, and the core counts on them. */
static int check_whole(const struct entry *entry, struct err *e)
{
    const struct record *r = entry_record(entry);
    const struct attempt *unread = r->unread.items;
    bool whole = has_job(entry, &r->current) && has_job(entry, &r->standby.attempt);
    for (size_t i = 0; i < r->unread.n; i++)
        whole = whole && has_job(entry, &unread[i]);
    if (!whole)
        return err_set(e, ERR_STORE_BROKEN, "the Job of an attempt of Deployment %.*s is missing",
                       STR_ARG(entry->id));
    if (r->intent.savepoint_id.len && !entry_savepoint(entry, r->intent.savepoint_id))
        return err_set(e, ERR_STORE_BROKEN,
                       "Savepoint %.*s, at work for Deployment %.*s, is missing",
                       STR_ARG(r->intent.savepoint_id), STR_ARG(entry->id));
    return 0;
}

int registry_load(struct app *app, struct err *e)
{
    static const struct {
        enum store_table table;
        int (*row)(void *arg, const struct store_row *row, struct err *e);
    } tables[] = {
        {STORE_DEPLOYMENT, load_deployment},
        {STORE_RECORD, load_record},
        {STORE_JOB, load_job},
        {STORE_SAVEPOINT, load_savepoint},
        {STORE_REVISION, load_revision},
        {STORE_TARGET, load_target},
        {STORE_DEFAULTS, load_defaults},
    };
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        if (app->store.ops->load(app->store.ctx, tables[i].table, tables[i].row, app, e) < 0)
            return -1;
    if (app->store.ops->last_seq(app->store.ctx, &app->last_seq, e) < 0)
        return -1;
    /* A wait that was under way begins anew; without its timer it would never end. */
    for (size_t i = 0; i < app->by_id.capacity; i++) {
        if (!app->by_id.slots[i].value)
            continue;
        if (check_whole(app->by_id.slots[i].value, e) < 0)
            return -1;
        seen_committed(app->by_id.slots[i].value);
        entry_wake(app->by_id.slots[i].value);
    }
    return 0;
}

void registry_free(struct app *app)
{
    for (size_t i = 0; i < app->by_id.capacity; i++)
        if (app->by_id.slots[i].value)
            entry_free(app->by_id.slots[i].value);
    map_fini(&app->by_id);
    map_fini(&app->by_name);
    while (app->n_targets)
        objects_drop(app->targets, &app->n_targets, app->n_targets - 1);
    while (app->n_defaults)
        objects_drop(app->defaults, &app->n_defaults, app->n_defaults - 1);
    mem_free(app->targets);
    mem_free(app->defaults);
    arena_free(app->turn.arena);
    mem_free(app->turn.out);
}
