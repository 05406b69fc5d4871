/* Jobs and Events: read only. */
#include "api/list.h"
#include "base/uuid.h"

static bool is_wanted(struct str wanted, struct str id)
{
    return !wanted.ptr || str_eq_nocase(wanted, id);
}

enum handled get_jobs(struct call *c, struct err *e)
{
    struct list_doc l;
    size_t n;
    if (check_namespace(c, e) < 0 || query_uuid(c, QUERY_DEPLOYMENT_ID, e) < 0)
        return HANDLED_FAILED;
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n);
    if (list_begin(c, RESOURCE_JOB, &l, e) < 0)
        return HANDLED_FAILED;
    for (size_t i = 0; i < n; i++) {
        if (!is_wanted(c->query[QUERY_DEPLOYMENT_ID], all[i]->id))
            continue;
        for (size_t k = 0; k < all[i]->n_jobs; k++) {
            const struct job *j = all[i]->jobs[k]->value;
            list_add(&l, &(struct list_item){.object = j,
                                             .group = entry_deployment(all[i])->metadata.name,
                                             .number = j->metadata.attempt,
                                             .id = j->metadata.id});
        }
    }
    return list_end(c, &l, e);
}

enum handled get_job(struct call *c, struct err *e)
{
    size_t n;
    if (check_namespace(c, e) < 0)
        return HANDLED_FAILED;
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < all[i]->n_jobs; k++) {
            const struct job *j = all[i]->jobs[k]->value;
            if (str_eq_nocase(j->metadata.id, c->name))
                return reply_object(c, 200, &job_fields, j);
        }
    }
    fail_not_found(e, "Job", c->name);
    return HANDLED_FAILED;
}

/* ---- events ---- */

#define EVENTS_MOST 1000

struct event_call {
    struct call *call;
    int64_t limit;
    int64_t since;
    struct field_selector selector;
    bool oldest_first; /* `since` pages on, without it the newest are asked for */
};

/* False when the job or the selector leaves it out; what cannot be read is shown as it is. */
static bool event_is_wanted(struct event_call *w, struct str body, struct event *ret)
{
    struct call *c = w->call;
    struct json v;
    struct err e;
    bool looks = query_given(c, QUERY_JOB_ID) || w->selector.n;
    if (!looks || json_parse(c->a, body, &v, &e) < 0 ||
        fields_decode(c->a, &event_fields, v, UNKNOWN_IGNORE, ret, &e) < 0)
        return true;
    return is_wanted(c->query[QUERY_JOB_ID], ret->job_id) &&
           field_selector_matches(&w->selector, &event_fields, ret);
}

/* `since` shows the first of what fits, without it the last; `sequence` is the highest that was looked
 * at, so that a page on which nothing fits still leads on. */
static void on_events(void *arg, const struct store_row *rows, size_t n, const struct err *failure)
{
    struct event_call *w = arg;
    struct call *c = w->call;
    struct list_doc l = {.a = c->a, .resource = &resources[RESOURCE_EVENT], .shown = &event_fields};
    struct err e = {0};
    const struct store_row **wanted = ARENA_ARRAY(c->a, const struct store_row *, n);
    size_t n_wanted = 0;
    size_t most = (size_t)w->limit;
    if (failure && failure->code != ERR_OK) {
        err_set(&e, ERR_UNAVAILABLE, "the events cannot be read: %s", failure->text);
        call_failed(c, &e);
        return;
    }
    l.sequence = w->since;
    for (size_t i = 0; i < n && !(w->oldest_first && n_wanted == most); i++) {
        struct event event = {0};
        l.sequence = rows[i].seq;
        if (event_is_wanted(w, rows[i].body, &event))
            wanted[n_wanted++] = &rows[i];
    }
    size_t first = n_wanted > most ? n_wanted - most : 0;
    for (size_t i = first; i < n_wanted; i++)
        list_add(&l, &(struct list_item){.json = wanted[i]->body, .number = wanted[i]->seq});
    if (list_end(c, &l, &e) == HANDLED_FAILED)
        call_failed(c, &e);
    else
        call_done(c);
}

static int event_query(struct call *c, struct event_call *w, struct err *e)
{
    w->call = c;
    w->oldest_first = query_given(c, QUERY_SINCE);
    if (check_namespace(c, e) < 0 || query_uuid(c, QUERY_DEPLOYMENT_ID, e) < 0 ||
        query_uuid(c, QUERY_JOB_ID, e) < 0 || query_uuid(c, QUERY_SESSION_CLUSTER_ID, e) < 0 ||
        query_number(c, QUERY_SINCE, 0, INT64_MAX, &w->since, e) < 0 ||
        list_selector(c, c->a, &event_fields, &w->selector, e) < 0)
        return -1;
    return query_number(c, QUERY_EVENT_LIMIT, 100, EVENTS_MOST, &w->limit, e);
}

enum handled get_events(struct call *c, struct err *e)
{
    struct event_call *w = ARENA_NEW(c->a, struct event_call);
    if (event_query(c, w, e) < 0)
        return HANDLED_FAILED;
    if (query_given(c, QUERY_SESSION_CLUSTER_ID)) {
        on_events(w, NULL, 0, NULL);
        return HANDLED_LATER;
    }
    bool filters = query_given(c, QUERY_JOB_ID) || w->selector.n;
    struct store_event_query q = {
        .owner = c->query[QUERY_DEPLOYMENT_ID],
        .after_seq = w->since,
        .oldest = w->oldest_first,
        .limit = filters ? EVENTS_MOST : (size_t)w->limit,
    };
    c->app->store.ops->events(c->app->store.ctx, &q, on_events, w);
    return HANDLED_LATER;
}
