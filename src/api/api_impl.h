/* What the parts of the API share. */
#pragma once

#include "api/api.h"
#include "base/limits.h"
#include "model/resource.h"
#include "model/target.h"

struct call;

enum handled {
    HANDLED_FAILED = -1, /* *e says why: a problem document */
    HANDLED,             /* call->reply is the answer */
    HANDLED_LATER,       /* call_done or call_failed follows, or the call became a stream */
};
typedef enum handled route_fn(struct call *c, struct err *e);

/* Query parameters that exist; a route lists those it knows as bits. Others are refused: a misspelt
 * dryRun must not become a write. */
enum query {
    QUERY_LABEL_SELECTOR,
    QUERY_LIMIT,
    QUERY_CONTINUE,
    QUERY_WATCH,
    QUERY_DRY_RUN,
    QUERY_APPLY_DEFAULTS,
    QUERY_FIELD_VALIDATION,
    QUERY_DEPLOYMENT_ID,
    QUERY_JOB_ID,
    QUERY_SESSION_CLUSTER_ID,
    QUERY_SINCE,
    QUERY_FORCE,
    QUERY_PROCESS,
    QUERY_ATTEMPT,
    QUERY_LIMIT_BYTES,
    QUERY_MESSAGE,
    QUERY_FROM_REVISION,
    QUERY_PLAN_ID,
    QUERY_FORK_OF,
    QUERY_STATE,
    QUERIES,
};
struct query_info {
    const char *name;
    const char *type; /* of JSON Schema */
    const char *doc;
};
extern const struct query_info query_infos[QUERIES];

struct route {
    const char *method;
    const char *path; /* "/api/v1/namespaces/{namespace}/deployments/{name}" */
    route_fn *fn;
    const char *id; /* operationId */
    const char *doc;
    const struct fields *takes; /* the body; NULL = none */
    const struct fields *gives; /* NULL = no resource: see gives_type */
    const char *list_of;        /* name of the list schema instead of `gives` */
    const char *gives_type;     /* media type of what is no JSON document */
    unsigned queries;           /* bits 1 << enum query */
    int status;                 /* when it goes well */
    int status_too;             /* another one, 0 = none */
    bool is_patch;              /* the body is a merge patch */
};
extern const struct route routes[];
extern const size_t n_routes;
enum { MOST_ROUTES = 64 };

struct stored_plan;
struct view; /* the encoded Deployment, see view.c */
struct watcher;

struct api {
    struct app *app;
    struct http_server server;
    struct json global_defaults;
    struct map views;    /* struct view by Deployment id */
    struct map creating; /* names (namespace/name) whose creation is under way */
    struct stored_plan *plans[LIMIT_PLANS_KEPT]; /* the oldest first */
    size_t n_plans;
    size_t plan_bytes;
    struct watcher *watchers;
    size_t n_watchers;
    struct loop_timer *heartbeat;
    struct buf openapi;                   /* made with the first request for it */
    int64_t requests[MOST_ROUTES + 1][6]; /* by route (last = none) and status / 100 */
};

enum { REPLY_HEADERS = 16 };

struct reply {
    int status;
    struct str body;         /* JSON, unless there is a content_type */
    struct str content_type; /* empty = a document: JSON or YAML as the client likes */
    struct http_header headers[REPLY_HEADERS];
    size_t n_headers;
};

/* One request that is being handled. Lives in the request's arena. */
struct call {
    struct api *api;
    struct app *app;
    const struct http_request *r;
    struct arena *a;
    const struct route *route; /* NULL: none fits */
    struct str namespace_name;
    struct str name;           /* of the object in the path; name or id */
    struct str item;           /* of what is below it in the path: a revision's number */
    struct str query[QUERIES]; /* .ptr NULL = not given */
    struct str new_plan_id;    /* for the problem that says that a plan is stale */
    bool yaml;
    struct reply reply;
    struct location_hold hold; /* of what it registers; released when the call is over */
};

/* ---- answer.c ---- */

/* A JSON document in the making. */
struct doc {
    struct buf buf;
    struct json_out out;
};
/* The pointers inside stay valid as long as the struct is not moved. */
void doc_begin(struct doc *d);
/* The text, in `a`. */
struct str doc_end(struct doc *d, struct arena *a);
void doc_str(struct json_out *o, const char *key, struct str value);
void doc_i64(struct json_out *o, const char *key, int64_t value);
/* An object of a table as JSON, as users see it. */
struct str encode_object(struct arena *a, const struct fields *f, const void *object);

void reply_header(struct call *c, struct str name, struct str value);
enum handled reply_object(struct call *c, int status, const struct fields *f, const void *object);
enum handled reply_text(struct call *c, int status, struct str content_type, struct str body);
/* For handlers that answered HANDLED_LATER. The call is over. */
void call_done(struct call *c);
void call_failed(struct call *c, struct err *e);
/* False, with *e set, unless the commit is durable. */
bool commit_done(const struct store_result *r, struct err *e);
/* Whether a write can be tried at all. */
int check_store(const struct app *app, struct err *e) ERR_CHECK;
int fail_not_found(struct err *e, const char *what, struct str name);
/* An error of a query parameter. */
int fail_query(struct err *e, enum query q, const char *expected);

/* ---- request.c ---- */

int query_parse(struct call *c, struct err *e) ERR_CHECK;
static inline bool query_given(const struct call *c, enum query q)
{
    return c->query[q].ptr != NULL;
}
/* Absent is `fallback`. */
int query_bool(const struct call *c, enum query q, bool *ret, struct err *e) ERR_CHECK;
int query_number(const struct call *c, enum query q, int64_t fallback, int64_t most, int64_t *ret,
                 struct err *e) ERR_CHECK;
int query_uuid(const struct call *c, enum query q, struct err *e) ERR_CHECK;
/* dryRun=All. */
int query_dry_run(const struct call *c, bool *ret, struct err *e) ERR_CHECK;
/* fieldValidation: Strict refuses unknown fields. */
int query_unknown(const struct call *c, enum fields_unknown *ret, struct err *e) ERR_CHECK;
/* Under fieldValidation=Warn, a Warning header for each unknown field. */
void warn_unknown(struct call *c, const struct fields *f, struct json body);
/* The body as JSON or YAML, as Content-Type says; an object. */
int body_parse(struct call *c, struct json *ret, struct err *e) ERR_CHECK;
/* Empty when it was not sent. */
struct str request_header(const struct http_request *r, struct str name);
/* Whether the first acceptable media type in Accept is the given one. */
bool accepts_first(const struct http_request *r, const char *const *types);
bool accepts_yaml(const struct http_request *r);
/* If-Match against the version that is there. */
int check_if_match(const struct call *c, int64_t version, struct err *e) ERR_CHECK;
/* metadata.resourceVersion of a body against the version that is there. */
int check_body_version(struct json body, int64_t version, struct err *e) ERR_CHECK;

/* ---- view.c ---- */

/* The Deployment as readers see it, JSON; valid until its next change. */
struct str view_json(struct api *api, const struct entry *e);
/* True once a reader saw it before. */
bool view_known(const struct api *api, const struct entry *e);
/* Whose Deployment is gone. */
void view_drop(struct api *api, struct str id);
void views_free(struct api *api);
/* 404 unless the namespace exists. */
int check_namespace(const struct call *c, struct err *e) ERR_CHECK;
/* The Deployment that the path names. NULL with *e set when there is none. */
struct entry *call_entry(const struct call *c, struct err *e);
enum handled reply_deployment(struct call *c, int status, const struct entry *e);

/* A list in the making: kind, apiVersion, metadata, items. */
struct list_doc {
    struct doc doc;
    int64_t limit; /* 0 = all */
    int64_t n;
    struct str last;  /* key of the last item */
    struct str after; /* items up to this key were on earlier pages */
    bool more;
};
int list_begin(struct call *c, const char *list_kind, struct list_doc *l, struct err *e) ERR_CHECK;
/* Whether the item of this key is to be put now; keys rise. */
bool list_takes(struct list_doc *l, struct str key);
enum handled list_end(struct call *c, struct list_doc *l);

/* ---- watch.c ---- */

/* watch=1; a HEAD is answered as without it. */
int watch_asked(const struct call *c, bool *ret, struct err *e) ERR_CHECK;
/* The call becomes a stream of all Deployments that match, or of the one. */
enum handled watch_begin(struct call *c, struct str only_id, struct err *e);
void watch_changed(void *arg, struct entry *e, const struct event *events, size_t n_events);
void watch_init(struct api *api);
void watch_free(struct api *api);

/* ---- the built-in target and the defaults: targets.c ---- */

#define LOCAL_TARGET_ID "6c6f6361-6c00-4000-8000-000000000000"
/* The target by name; the built-in one as well. NULL when there is none. */
const struct target *target_find(const struct app *app, struct arena *a, struct str namespace_name,
                                 struct str name);
/* The same by id. */
const struct target *target_find_id(const struct app *app, struct arena *a,
                                    struct str namespace_name, struct str id);
/* spec of the namespace's DeploymentDefaults; none when nobody wrote any. */
struct json namespace_defaults(const struct app *app, struct str namespace_name);

extern const struct fields revision_changes_fields;

/* ---- handlers ---- */

route_fn get_deployments, post_deployment, get_deployment, put_deployment, patch_deployment,
    delete_deployment, post_operation, post_plan, get_restore_decision, get_logs, get_revisions,
    get_revision, get_revision_changes, get_plan, get_lineage;
route_fn get_jobs, get_job, get_savepoints, get_savepoint, post_savepoint, delete_savepoint,
    patch_savepoint, post_verification, post_compatibility, get_events;
route_fn get_targets, post_target, get_target, put_target, delete_target, get_defaults,
    put_defaults, patch_defaults, get_global_defaults, get_namespaces, get_namespace;
route_fn get_status, get_system_info, get_healthz, get_readyz, get_version, get_metrics,
    get_openapi;
