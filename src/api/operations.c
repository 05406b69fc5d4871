/* RESTART and ROLLBACK: edits that are made from what is there, and go the way of every other one. */
#include "api/operations.h"

#include "api/hint.h"
#include "api/write.h"
#include "base/timefmt.h"

struct operation_write {
    struct write *write;
    struct operation_request asked;
    struct revision_head head;
    struct deployment_spec spec; /* of the revision */
    struct str nonce;            /* of spec.restoreFrom, when it is needed */
    struct str restarted_at;
};

/* ---- RESTART ---- */

static void put_restart(struct arena *a, struct deployment *d, struct str at)
{
    struct str_map *annotations = &d->spec.template_.annotations;
    *annotations = str_map_with(a, annotations, STR(ANNOTATION_RESTARTED_AT), at);
}

static int compose_restart(struct write *w, const struct entry *entry, struct err *e)
{
    const struct operation_write *r = w->operation;
    if (!entry)
        return 0;
    struct deployment d = *entry_deployment(entry);
    struct core_in in = entry_input(entry, w->call->a);
    if (d.spec.state != DESIRED_RUNNING)
        return err_set(e, ERR_CONFLICT, "the desired state is %s: there is nothing to start anew",
                       desired_state_names[d.spec.state]);
    if (d.spec.upgrade_strategy == UPGRADE_NONE && hint_job_runs(&in))
        return err_set(e, ERR_CONFLICT,
                       "upgrade strategy NONE replaces no running job; suspend or cancel it, then "
                       "start it");
    put_restart(w->call->a, &d, r->restarted_at);
    w->body = draft_document(w->call->a, &d);
    return 0;
}

/* ---- ROLLBACK ---- */

static bool is_of(const struct savepoint *s, int64_t spec_version)
{
    struct str text;
    int64_t version;
    return s->metadata.job_id.len &&
           str_map_get(&s->metadata.annotations, STR(ANNOTATION_SPEC_VERSION), &text) &&
           str_to_i64(text, &version) && version == spec_version;
}

/* The newest that the jobs of that spec version left. */
static const struct savepoint *left_by(const struct entry *entry, int64_t spec_version)
{
    const struct savepoint *best = NULL;
    for (size_t i = 0; i < entry->n_savepoints; i++) {
        const struct savepoint *s = entry->savepoints[i]->value;
        if (is_of(s, spec_version) && savepoint_is_usable(s) &&
            (!best || savepoint_order(s, best) > 0))
            best = s;
    }
    return best;
}

/* Its state too. The job is replaced even if it runs that very spec: its state is another one. */
static int rewind_to(const struct operation_write *r, const struct entry *entry,
                     struct deployment *d, struct err *e)
{
    const struct savepoint *s = left_by(entry, r->head.spec_version);
    if (!s)
        return err_set(e, ERR_CONFLICT,
                       "no completed snapshot of a job of revision %lld (spec version %lld) is "
                       "known; state NEWEST goes on from what there is",
                       (long long)r->head.number, (long long)r->head.spec_version);
    d->spec.restore_from = (struct restore_from){.savepoint_id = s->metadata.id, .nonce = r->nonce};
    if (d->spec.state == DESIRED_RUNNING)
        put_restart(r->write->call->a, d, r->restarted_at);
    return 0;
}

/* An old spec.restoreFrom would be used once more, and take the job back in time. The present one is
 * kept where it was used already. */
static struct restore_from restore_from_now(struct arena *a, const struct entry *entry)
{
    struct core_in in = entry_input(entry, a);
    return core_restore_from_is_due(&in) ? (struct restore_from){0}
                                         : entry_deployment(entry)->spec.restore_from;
}

static int compose_rollback(struct write *w, const struct entry *entry, struct err *e)
{
    const struct operation_write *r = w->operation;
    struct arena *a = w->call->a;
    if (!entry)
        return 0;
    struct deployment d = *entry_deployment(entry);
    int state = d.spec.state;
    struct str restarted_at;
    bool restarted =
        str_map_get(&d.spec.template_.annotations, STR(ANNOTATION_RESTARTED_AT), &restarted_at);
    d.spec = r->spec;
    d.spec.state = state;
    d.spec.restore_from = restore_from_now(a, entry);
    /* That it was started anew is no part of what is gone back to. */
    if (restarted)
        put_restart(a, &d, restarted_at);
    if (r->asked.state == ROLLBACK_AT_REVISION && rewind_to(r, entry, &d, e) < 0)
        return -1;
    w->body = draft_document(a, &d);
    return 0;
}

static int no_revision(const struct entry *entry, int64_t number, struct err *e)
{
    if (entry->n_revisions == 0)
        return err_at(e, ERR_INVALID, STR("/spec/revision"),
                      "no revisions are known: the spec was not changed since they are kept");
    return err_at(e, ERR_INVALID, STR("/spec/revision"),
                  "there is no revision %lld; there are %lld to %lld, some of which may be gone",
                  (long long)number, (long long)entry->revisions[0].number,
                  (long long)entry->revisions[entry->n_revisions - 1].number);
}

static struct deployment_spec own_spec(struct arena *a, const struct deployment_spec *spec)
{
    struct deployment d = {.spec = *spec};
    struct json v = json_get(draft_document(a, &d), STR("spec"));
    struct deployment_spec copy = {0};
    struct err e;
    /* Our own text. */
    if (fields_decode(a, &deployment_spec_fields, v, UNKNOWN_IGNORE, &copy, &e) < 0)
        return (struct deployment_spec){0};
    return copy;
}

static void on_revision(void *arg, const struct revision *revisions, size_t n,
                        const struct err *failure)
{
    struct operation_write *r = arg;
    struct call *c = r->write->call;
    struct err e = {0};
    struct entry *entry = map_find(&c->app->by_id, r->write->id);
    if (failure->code != ERR_OK)
        err_set(&e, ERR_UNAVAILABLE, "the revision cannot be read: %s", failure->text);
    else if (!entry)
        err_set(&e, ERR_NOT_FOUND, "the Deployment is gone");
    else if (n == 0)
        no_revision(entry, r->head.number, &e);
    if (e.code != ERR_OK) {
        call_failed(c, &e);
        return;
    }
    r->spec = own_spec(c->a, &revisions[0].spec);
    if (write_go(r->write, entry, &e) < 0)
        call_failed(c, &e);
}

/* ---- POST .../operations ---- */

void operation_reply(struct call *c, const struct deployment *d, enum operation_asked kind)
{
    const struct metadata *m = &d->metadata;
    const struct operation_request o = {
        .deployment_id = m->id,
        .namespace_name = m->namespace_name,
        .resource_version = m->resource_version,
        .kind = (int)kind,
        .made_revision = m->generation,
        .made_version = m->resource_version,
    };
    reply_object(c, 202, &operation_request_fields, &o);
}

static void answer(struct write *w, const struct deployment *d)
{
    const struct operation_write *r = w->operation;
    operation_reply(w->call, d, (enum operation_asked)r->asked.kind);
}

static int read_operation(struct operation_write *r, struct err *e)
{
    struct write *w = r->write;
    struct arena *a = w->call->a;
    if (write_read(w, false, e) < 0)
        return -1;
    struct json body = fields_strip(a, &operation_request_fields, w->request);
    if (fields_decode(a, &operation_request_fields, body, UNKNOWN_REFUSE, &r->asked, e) < 0)
        return -1;
    bool rolls_back = r->asked.kind == ASKED_ROLLBACK;
    if (rolls_back && !r->asked.revision)
        return err_at(e, ERR_INVALID, STR("/spec/revision"), "which revision? It is required");
    if (!rolls_back && (r->asked.revision || r->asked.state))
        return err_at(e, ERR_INVALID,
                      r->asked.revision ? STR("/spec/revision") : STR("/spec/state"),
                      "only ROLLBACK takes it");
    return 0;
}

static enum handled begin_rollback(struct operation_write *r, struct entry *entry, struct err *e)
{
    struct write *w = r->write;
    const struct revision_head *head = entry_revision(entry, r->asked.revision);
    if (!head) {
        no_revision(entry, r->asked.revision, e);
        return HANDLED_FAILED;
    }
    r->head = *head;
    r->nonce = arena_fmt(w->call->a, "rollback-%.*s", STR_ARG(app_uuid(w->call->app, w->call->a)));
    w->compose = compose_rollback;
    w->rollback_to = head->number;
    w->did = arena_fmt(w->call->a, "goes back to revision %lld", (long long)head->number);
    w->id = arena_str(w->call->a, entry->id);
    entry_read_revisions(entry, head->number, on_revision, r);
    return HANDLED_LATER;
}

enum handled post_operation(struct call *c, struct err *e)
{
    struct operation_write *r = ARENA_NEW(c->a, struct operation_write);
    struct write *w = r->write = ARENA_NEW(c->a, struct write);
    struct entry *entry = call_entry(c, e);
    w->call = c;
    w->kind = WRITE_PUT;
    w->operation = r;
    w->answer = answer;
    if (!entry || read_operation(r, e) < 0)
        return HANDLED_FAILED;
    if (r->asked.kind == ASKED_RETRY)
        return check_body_version(w->request, entry_deployment(entry)->metadata.resource_version,
                                  e) < 0
                   ? HANDLED_FAILED
                   : retry_begin(c, entry, w->plan_only);
    r->restarted_at = time_rfc3339(c->a, app_wall_us(c->app));
    if (r->asked.kind == ASKED_ROLLBACK)
        return begin_rollback(r, entry, e);
    w->compose = compose_restart;
    w->did = STR("starts it anew");
    return write_go(w, entry, e) < 0 ? HANDLED_FAILED : HANDLED_LATER;
}
