/* Deployments: reads, DELETE and RETRY; writes of their content are write.c. */
#include "api/hint.h"
#include "api/list.h"
#include "api/operations.h"
#include "api/plan.h"
#include "api/write.h"
#include "model/selector.h"

enum handled get_deployments(struct call *c, struct err *e)
{
    static const struct str none = {0};
    struct selector selector = {0};
    struct list_doc l;
    size_t n;
    bool watch;
    if (check_namespace(c, e) < 0 || watch_asked(c, &watch, e) < 0 ||
        selector_parse(c->a, c->query[QUERY_LABEL_SELECTOR], &selector, e) < 0)
        return HANDLED_FAILED;
    if (watch)
        return watch_begin(c, none, e);
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n);
    if (list_begin(c, RESOURCE_DEPLOYMENT, &l, e) < 0)
        return HANDLED_FAILED;
    for (size_t i = 0; i < n; i++) {
        const struct metadata *m = &entry_deployment(all[i])->metadata;
        if (selector_matches(&selector, &m->labels))
            list_add(&l, &(struct list_item){
                             .object = view_shown(c->a, all[i]), .entry = all[i], .id = m->name});
    }
    l.resource_version = history_token(c->a, c->api, c->api->changes);
    return list_end(c, &l, e);
}

enum handled get_deployment(struct call *c, struct err *e)
{
    bool watch;
    struct entry *entry = call_entry(c, e);
    if (!entry || watch_asked(c, &watch, e) < 0)
        return HANDLED_FAILED;
    return watch ? watch_begin(c, entry->id, e) : reply_deployment(c, 200, entry);
}

enum handled post_deployment(struct call *c, struct err *e)
{
    return write_begin(c, WRITE_CREATE, false, e);
}

enum handled put_deployment(struct call *c, struct err *e)
{
    return write_begin(c, WRITE_PUT, false, e);
}

enum handled patch_deployment(struct call *c, struct err *e)
{
    return write_begin(c, WRITE_PATCH, false, e);
}

enum handled post_plan(struct call *c, struct err *e)
{
    return write_begin(c, WRITE_PATCH, true, e);
}

/* ---- DELETE and RETRY: small writes without a document ---- */

struct small_write {
    struct call *call;
    struct str id;
    bool dry_run;
    int (*check)(const struct entry *entry, struct err *e);
    struct change change;
    void (*answer)(struct call *c, const struct entry *entry);
};

static void small_committed(void *arg, struct entry *entry, const struct store_result *r)
{
    struct small_write *w = arg;
    struct err e = {0};
    if (!commit_done(r, &e)) {
        call_failed(w->call, &e);
        return;
    }
    w->answer(w->call, entry);
    call_done(w->call);
}

static void small_idle(void *arg)
{
    struct small_write *w = arg;
    struct err e = {0};
    struct entry *entry = map_find(&w->call->app->by_id, w->id);
    if (!entry)
        err_set(&e, ERR_NOT_FOUND, "the Deployment is gone");
    if (!entry ||
        check_if_match(w->call, entry_deployment(entry)->metadata.resource_version, &e) < 0 ||
        w->check(entry, &e) < 0) {
        call_failed(w->call, &e);
    } else if (w->dry_run) {
        plan_reply_small(w->call, entry, w->change.remove ? PLAN_DELETE : PLAN_RETRY);
        call_done(w->call);
    } else if (w->change.remove && entry_record(entry)->removing) {
        w->answer(w->call, entry);
        call_done(w->call);
    } else {
        w->change.entry = entry;
        if (w->call->key.len)
            w->answer(w->call, entry);
        w->change.reply = key_reply(w->call);
        change_commit(w->call->app, &w->change, small_committed, w);
    }
}

static struct small_write *small_write(struct call *c, const struct entry *entry,
                                       int (*check)(const struct entry *entry, struct err *e),
                                       void (*answer)(struct call *c, const struct entry *entry))
{
    struct small_write *w = ARENA_NEW(c->a, struct small_write);
    w->call = c;
    w->id = arena_str(c->a, entry->id);
    w->check = check;
    w->answer = answer;
    return w;
}

static int check_deletable(const struct entry *entry, struct err *e)
{
    const struct deployment *d = entry_deployment(entry);
    if (d->spec.state != DESIRED_RUNNING)
        return 0;
    return err_set(e, ERR_CONFLICT,
                   "the desired state is RUNNING; a Deployment can be deleted once it is CANCELLED "
                   "or SUSPENDED");
}

static void answer_deployment(struct call *c, const struct entry *entry)
{
    reply_deployment(c, 200, entry);
}

enum handled delete_deployment(struct call *c, struct err *e)
{
    bool dry_run;
    struct entry *entry = call_entry(c, e);
    if (!entry || query_dry_run(c, &dry_run, e) < 0 || check_store(c->app, e) < 0)
        return HANDLED_FAILED;
    const struct metadata *m = &entry_deployment(entry)->metadata;
    struct small_write *w = small_write(c, entry, check_deletable, answer_deployment);
    w->dry_run = dry_run;
    w->change = (struct change){
        .remove = true,
        .events = {{.namespace_name = STR("default"),
                    .deployment_id = w->id,
                    .deployment_name = arena_str(c->a, m->name),
                    .name = STR("DEPLOYMENT_DELETED"),
                    .created_at = app_wall_us(c->app),
                    .message = STR("The user deletes the Deployment"),
                    .actor = STR("user")}},
        .n_events = 1,
    };
    entry_when_idle(entry, small_idle, w);
    return HANDLED_LATER;
}

static int check_retryable(const struct entry *entry, struct err *e)
{
    const struct record *r = entry_record(entry);
    bool runs = r->current.phase == PHASE_UP || r->current.phase == PHASE_SUBMITTED;
    if (r->removing && !r->gave_up.len)
        return err_set(e, ERR_CONFLICT, "the Deployment is being deleted");
    if (r->gave_up.len || (!runs && r->failures.n + (size_t)r->setbacks > 0))
        return 0;
    return err_set(e, ERR_CONFLICT, "there is nothing to try again: nothing was given up");
}

static void answer_retry(struct call *c, const struct entry *entry)
{
    operation_reply(c, entry_deployment(entry), ASKED_RETRY);
}

enum handled retry_begin(struct call *c, struct entry *entry, bool dry_run)
{
    struct small_write *w = small_write(c, entry, check_retryable, answer_retry);
    w->dry_run = dry_run;
    w->change = (struct change){.retry = true};
    entry_when_idle(entry, small_idle, w);
    return HANDLED_LATER;
}

/* ---- the hint, logs ---- */

static void on_stats_seen(void *arg)
{
    struct call *c = arg;
    struct err e = {0};
    const struct entry *entry = call_entry(c, &e);
    if (!entry) {
        call_failed(c, &e);
        return;
    }
    struct core_in in = entry_input(entry, c->a);
    struct restore_decision d = hint_all(c->a, &in);
    reply_object(c, 200, &restore_decision_fields, &d);
    call_done(c);
}

enum handled get_restore_decision(struct call *c, struct err *e)
{
    struct entry *entry = call_entry(c, e);
    if (!entry)
        return HANDLED_FAILED;
    entry_see_stats(entry, on_stats_seen, c);
    return HANDLED_LATER;
}

static void on_logs(void *arg, const struct platform_result *r)
{
    struct call *c = arg;
    struct err e = {0};
    if (r->outcome == OUTCOME_DONE) {
        reply_text(c, 200, STR("text/plain; charset=utf-8"), r->text);
        call_done(c);
        return;
    }
    err_set(&e, r->outcome == OUTCOME_REFUSED ? ERR_NOT_FOUND : ERR_UNAVAILABLE,
            "the log cannot be read: %.*s", STR_ARG(r->text));
    call_failed(c, &e);
}

/* "jobmanager" or the id of a TaskManager; nothing that could be a path. */
static bool is_process_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && c != '.')
            return false;
    }
    return s.len > 0 && s.len <= 100 && s.ptr[0] != '.';
}

enum handled get_logs(struct call *c, struct err *e)
{
    int64_t attempt;
    int64_t most;
    struct entry *entry = call_entry(c, e);
    if (!entry || query_number(c, QUERY_ATTEMPT, 0, INT64_MAX, &attempt, e) < 0 ||
        query_number(c, QUERY_LIMIT_BYTES, 64 << 10, 1 << 20, &most, e) < 0)
        return HANDLED_FAILED;
    struct str process =
        query_given(c, QUERY_PROCESS) ? c->query[QUERY_PROCESS] : STR("jobmanager");
    if (!is_process_name(process)) {
        fail_query(e, QUERY_PROCESS, "must be jobmanager or a TaskManager's id");
        return HANDLED_FAILED;
    }
    if (attempt == 0)
        attempt = record_head(entry_record(entry));
    if (attempt == 0) {
        err_set(e, ERR_NOT_FOUND, "the Deployment was never started");
        return HANDLED_FAILED;
    }
    c->app->platform.ops->logs(c->app->platform.ctx, entry->id, attempt, process, most, on_logs, c);
    return HANDLED_LATER;
}
