/* POST savepoints: takes one of the running job, or registers one that exists. */
#include "api/hint.h"
#include "api/plan.h"
#include "api/savepoint.h"
#include "api/write.h"
#include "base/uuid.h"
#include "core/step.h"

#define LOCATION STR("/spec/savepointLocation")
#define ZERO_ID  STR("00000000-0000-0000-0000-000000000000")

struct creation {
    struct call *call;
    struct savepoint asked;
    struct str deployment_id;
    bool dry_run;
    bool imports;
    struct savepoint row;
};

/* ---- what was asked for ---- */

static int check_import(const struct creation *w, struct json body, struct err *e)
{
    struct str state = json_str_or(json_path(body, "status.state"), STR("COMPLETED"));
    struct str trigger = w->asked.spec.flink_savepoint_id;
    if (!str_eq_nocase(state, STR("COMPLETED")))
        return err_at(e, ERR_INVALID, STR("/status/state"),
                      "only a COMPLETED snapshot can be registered");
    if (trigger.len && !str_eq(trigger, ZERO_ID))
        return err_at(e, ERR_INVALID, STR("/spec/flinkSavepointId"),
                      "a snapshot that is registered has the id %.*s", STR_ARG(ZERO_ID));
    if (w->asked.metadata.job_id.len)
        return err_at(e, ERR_INVALID, STR("/metadata/jobId"),
                      "a snapshot that is registered has no Job");
    return register_check_location(w->asked.spec.savepoint_location, LOCATION, e);
}

static int read_body(struct creation *w, struct err *e)
{
    struct call *c = w->call;
    struct json body;
    enum fields_unknown unknown;
    if (query_unknown(c, &unknown, e) < 0 || query_dry_run(c, &w->dry_run, e) < 0 ||
        body_parse(c, &body, e) < 0)
        return -1;
    warn_unknown(c, &savepoint_fields, body);
    struct json user = fields_strip(c->a, &savepoint_fields, body);
    if (fields_decode(c->a, &savepoint_fields, user, unknown, &w->asked, e) < 0)
        return -1;
    const struct savepoint_metadata *m = &w->asked.metadata;
    if (!m->deployment_id.len)
        return err_at(e, ERR_INVALID, STR("/metadata/deploymentId"), "deploymentId is required");
    if (m->namespace_name.len && !str_eq(m->namespace_name, c->namespace_name))
        return err_at(e, ERR_INVALID, STR("/metadata/namespace"), "the path says namespace %.*s",
                      STR_ARG(c->namespace_name));
    w->imports = w->asked.spec.savepoint_location.len > 0;
    if (!w->imports && w->asked.spec.flink_savepoint_id.len)
        return err_at(e, ERR_INVALID, LOCATION, "a snapshot that exists is named by its location");
    return w->imports ? check_import(w, body, e) : 0;
}

static int check_active(const struct creation *w, const struct entry *entry, struct err *e)
{
    const struct attempt *at = &entry_record(entry)->current;
    struct core_in in = entry_input(entry, w->call->a);
    struct str job = w->asked.metadata.job_id;
    if (!hint_job_runs(&in) || entry_deployment(entry)->spec.state != DESIRED_RUNNING)
        return err_set(e, ERR_CONFLICT, "No active job for the Deployment");
    if (job.len && !str_eq_nocase(job, at->job_id))
        return err_at(e, ERR_CONFLICT, STR("/metadata/jobId"), "Job %.*s does not run",
                      STR_ARG(job));
    return 0;
}

static int check_entry(const struct creation *w, const struct entry *entry, struct err *e)
{
    if (!entry)
        return err_at(e, ERR_NOT_FOUND, STR("/metadata/deploymentId"),
                      "there is no Deployment %.*s", STR_ARG(w->asked.metadata.deployment_id));
    if (entry_record(entry)->removing)
        return err_set(e, ERR_CONFLICT, "the Deployment is being deleted");
    return w->imports ? 0 : check_active(w, entry, e);
}

/* ---- the row ---- */

static void fill_common(struct creation *w, const struct entry *entry)
{
    struct app *app = w->call->app;
    struct savepoint_metadata *m = &w->row.metadata;
    const struct deployment *d = entry_deployment(entry);
    m->id = app_uuid(app, w->call->a);
    m->namespace_name = d->metadata.namespace_name;
    m->deployment_id = entry->id;
    m->created_at = m->modified_at = app_wall_us(app);
    m->resource_version = 1;
    m->annotations = w->asked.metadata.annotations;
    w->row.spec.pinned = w->asked.spec.pinned;
}

static void put_spec_version(struct creation *w, int64_t version)
{
    struct savepoint_metadata *m = &w->row.metadata;
    m->annotations = str_map_with(w->call->a, &m->annotations, STR(ANNOTATION_SPEC_VERSION),
                                  arena_fmt(w->call->a, "%lld", (long long)version));
}

static void fill_import(struct creation *w, const struct entry *entry)
{
    struct str given;
    fill_common(w, entry);
    if (!str_map_get(&w->row.metadata.annotations, STR(ANNOTATION_SPEC_VERSION), &given))
        put_spec_version(w, draft_spec_version(entry_deployment(entry)));
    w->row.status.verified_at = app_wall_us(w->call->app);
    register_place(entry, &w->row);
}

static void fill_trigger(struct creation *w, const struct entry *entry)
{
    const struct attempt *at = &entry_record(entry)->current;
    struct core_in in = entry_input(entry, w->call->a);
    w->row = (struct savepoint){0};
    fill_common(w, entry);
    put_spec_version(w, at->spec_version);
    w->row.metadata.job_id = at->job_id;
    w->row.metadata.origin = ORIGIN_USER_REQUEST;
    w->row.metadata.type = SAVEPOINT_TYPE_UNKNOWN;
    w->row.spec.savepoint_location = core_savepoint_directory(w->call->a, &in, w->row.metadata.id);
    w->row.status.state = SAVEPOINT_STARTED;
}

static struct event creation_event(const struct creation *w, const struct entry *entry)
{
    struct event event = savepoint_event(
        w->call, entry, w->imports ? STR("SAVEPOINT_REGISTERED") : STR("SAVEPOINT_REQUESTED"),
        w->imports ? arena_fmt(w->call->a, "The user registers the snapshot at %.*s",
                               STR_ARG(w->row.spec.savepoint_location))
                   : STR("The user asks for a savepoint"));
    event.job_id = w->row.metadata.job_id;
    return event;
}

static void on_committed(void *arg, struct entry *entry, const struct store_result *r)
{
    struct creation *w = arg;
    struct err e = {0};
    if (!commit_done(r, &e)) {
        call_failed(w->call, &e);
        return;
    }
    const struct savepoint *s = entry_savepoint(entry, w->row.metadata.id);
    reply_object(w->call, 201, &savepoint_fields, s ? s : &w->row);
    reply_header(w->call, STR("Location"),
                 arena_fmt(w->call->a, "/api/v1/namespaces/%.*s/savepoints/%.*s",
                           STR_ARG(w->call->namespace_name), STR_ARG(w->row.metadata.id)));
    call_done(w->call);
}

static void creation_idle(void *arg)
{
    struct creation *w = arg;
    struct call *c = w->call;
    struct err e = {0};
    struct entry *entry = map_find(&c->app->by_id, w->deployment_id);
    if (check_entry(w, entry, &e) < 0) {
        call_failed(c, &e);
        return;
    }
    if (w->imports)
        fill_import(w, entry);
    else
        fill_trigger(w, entry);
    if (w->dry_run) {
        plan_reply_small(c, entry, PLAN_STORED_ONLY);
        call_done(c);
        return;
    }
    struct change change = {
        .entry = entry,
        .savepoint = &w->row,
        .savepoint_is_new = true,
        .events = {creation_event(w, entry)},
        .n_events = 1,
    };
    change_commit(c->app, &change, on_committed, w);
}

static void on_verified(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                        struct str text)
{
    struct creation *w = arg;
    struct err e = {0};
    struct entry *entry = map_find(&w->call->app->by_id, w->deployment_id);
    const struct named_snapshot named = {.outcome = outcome,
                                         .sight = s,
                                         .text = text,
                                         .location = w->asked.spec.savepoint_location,
                                         .pointer = LOCATION};
    if (register_snapshot(w->call->a, &named, &w->row, &e) < 0 || check_entry(w, entry, &e) < 0) {
        call_failed(w->call, &e);
        return;
    }
    entry_when_idle(entry, creation_idle, w);
}

/* From here until the row is committed nobody deletes what it is about. */
static void on_held(void *arg)
{
    struct creation *w = arg;
    struct app *app = w->call->app;
    struct err e = {0};
    if (!w->call->hold.going) {
        app->snapshots.ops->verify(app->snapshots.ctx, w->asked.spec.savepoint_location,
                                   on_verified, w);
        return;
    }
    register_fail_going(LOCATION, &e);
    call_failed(w->call, &e);
}

enum handled post_savepoint(struct call *c, struct err *e)
{
    struct creation *w = ARENA_NEW(c->a, struct creation);
    w->call = c;
    if (check_namespace(c, e) < 0 || check_store(c->app, e) < 0 || read_body(w, e) < 0)
        return HANDLED_FAILED;
    struct entry *entry = registry_find(c->app, c->namespace_name, w->asked.metadata.deployment_id);
    if (check_entry(w, entry, e) < 0)
        return HANDLED_FAILED;
    w->deployment_id = arena_str(c->a, entry->id);
    if (w->imports)
        location_hold(c->app, &c->hold, w->asked.spec.savepoint_location, on_held, w);
    else
        entry_when_idle(entry, creation_idle, w);
    return HANDLED_LATER;
}
