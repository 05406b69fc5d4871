/* Jobs and Events: read only. */
#include "api/api_impl.h"
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
    if (list_begin(c, "JobList", &l, e) < 0)
        return HANDLED_FAILED;
    for (size_t i = 0; i < n; i++) {
        if (!is_wanted(c->query[QUERY_DEPLOYMENT_ID], all[i]->id))
            continue;
        for (size_t k = 0; k < all[i]->n_jobs; k++)
            fields_encode(&l.doc.out, &job_fields, all[i]->jobs[k]->value, false);
    }
    return list_end(c, &l);
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
    bool oldest_first; /* `since` pages on, without it the newest are asked for */
};

static bool event_is_wanted(const struct call *c, struct str body)
{
    struct json v;
    struct err e;
    if (!query_given(c, QUERY_JOB_ID))
        return true;
    return json_parse(c->a, body, &v, &e) == 0 &&
           str_eq_nocase(json_str_or(json_path(v, "metadata.jobId"), (struct str){0}),
                         c->query[QUERY_JOB_ID]);
}

static void on_events(void *arg, const struct store_row *rows, size_t n, const struct err *failure)
{
    struct event_call *w = arg;
    struct call *c = w->call;
    struct list_doc l;
    struct err e = {0};
    const struct store_row **wanted = ARENA_ARRAY(c->a, const struct store_row *, n);
    size_t n_wanted = 0;
    if (failure && failure->code != ERR_OK) {
        err_set(&e, ERR_UNAVAILABLE, "the events cannot be read: %s", failure->text);
        call_failed(c, &e);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (event_is_wanted(c, rows[i].body))
            wanted[n_wanted++] = &rows[i];
    size_t most = (size_t)w->limit;
    size_t first = !w->oldest_first && n_wanted > most ? n_wanted - most : 0;
    size_t end = n_wanted - first > most ? first + most : n_wanted;
    if (list_begin(c, "EventList", &l, &e) < 0) {
        call_failed(c, &e);
        return;
    }
    for (size_t i = first; i < end; i++)
        json_put_raw(&l.doc.out, wanted[i]->body);
    list_end(c, &l);
    call_done(c);
}

static int event_query(struct call *c, struct event_call *w, int64_t *ret_since, struct err *e)
{
    w->call = c;
    w->oldest_first = query_given(c, QUERY_SINCE);
    if (check_namespace(c, e) < 0 || query_uuid(c, QUERY_DEPLOYMENT_ID, e) < 0 ||
        query_uuid(c, QUERY_JOB_ID, e) < 0 || query_uuid(c, QUERY_SESSION_CLUSTER_ID, e) < 0 ||
        query_number(c, QUERY_SINCE, 0, INT64_MAX, ret_since, e) < 0)
        return -1;
    return query_number(c, QUERY_EVENT_LIMIT, 100, EVENTS_MOST, &w->limit, e);
}

enum handled get_events(struct call *c, struct err *e)
{
    struct event_call *w = ARENA_NEW(c->a, struct event_call);
    struct store_event_query q = {0};
    if (event_query(c, w, &q.after_seq, e) < 0)
        return HANDLED_FAILED;
    if (query_given(c, QUERY_SESSION_CLUSTER_ID)) {
        on_events(w, NULL, 0, NULL);
        return HANDLED_LATER;
    }
    q.owner = c->query[QUERY_DEPLOYMENT_ID];
    bool filters = query_given(c, QUERY_JOB_ID) || w->oldest_first;
    q.limit = filters ? EVENTS_MOST : (size_t)w->limit;
    c->app->store.ops->events(c->app->store.ctx, &q, on_events, w);
    return HANDLED_LATER;
}
