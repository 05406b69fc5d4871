/* What an operation may answer: statuses, headers, media types, schemas. Most of it follows from
 * what the route is; what does not is in route.also. */
#include "api/openapi_impl.h"
#include "api/plan.h"
#include "data/fields_get.h"

static bool has_query(const struct route *r, enum query q)
{
    return r->queries >> q & 1U;
}

static bool is_method(const struct route *r, const char *method)
{
    return str_eq(str_of(r->method), str_of(method));
}

static bool is_write(const struct route *r)
{
    return !is_method(r, "GET");
}

static bool has_path_parameter(const struct route *r)
{
    return str_contains(str_of(r->path), STR("{"));
}

/* ---- headers ---- */

/* From HEADER_REQUEST_ID on they say nothing of the object. */
enum header {
    HEADER_ETAG,
    HEADER_LOCATION,
    HEADER_WARNING,
    HEADER_REPLAYED,
    HEADER_REQUEST_ID,
    HEADER_RETRY_AFTER,
    HEADER_RATE_LIMIT,
    HEADER_RATE_REMAINING,
    HEADER_RATE_RESET,
    HEADERS
};

static const struct {
    const char *name;
    const char *doc;
    const char *pattern;
} header_infos[HEADERS] = {
    [HEADER_ETAG] = {"ETag", "The resourceVersion, for If-Match. A Plan has none.", "^\"[0-9]+\"$"},
    [HEADER_LOCATION] = {"Location", "The path of what was created.", "^/"},
    [HEADER_WARNING] = {"Warning", "With fieldValidation=Warn: a field that is not known.",
                        "^299 - \".*\"$"},
    [HEADER_REPLAYED] = {"Idempotency-Replayed",
                         "The answer that the first request with this Idempotency-Key got.",
                         "^true$"},
    [HEADER_REQUEST_ID] = {"X-Request-Id",
                           "What the request said in this header, or one that the server made.",
                           "^[!-~]{1,128}$"},
    [HEADER_RETRY_AFTER] = {"Retry-After", "In so many seconds it may do better.", "^[0-9]+$"},
    [HEADER_RATE_LIMIT] = {"RateLimit-Limit",
                           "Where a rate is configured: so many requests at once.", "^[0-9]+$"},
    [HEADER_RATE_REMAINING] = {"RateLimit-Remaining", "So many are left of them.", "^[0-9]+$"},
    [HEADER_RATE_RESET] = {"RateLimit-Reset", "In so many seconds all of them are back.",
                           "^[0-9]+$"},
};

static bool gives_header(const struct route *r, int status, enum header h)
{
    switch (h) {
    case HEADER_ETAG: return r->gives && fields_scalar(r->gives, STR("metadata.resourceVersion"));
    case HEADER_LOCATION: return status == 201;
    case HEADER_WARNING: return has_query(r, QUERY_FIELD_VALIDATION);
    case HEADER_REPLAYED: return r->is_keyed;
    case HEADER_REQUEST_ID: return true;
    case HEADER_RATE_LIMIT:
    case HEADER_RATE_REMAINING:
    case HEADER_RATE_RESET: return !r->is_unlimited;
    case HEADER_RETRY_AFTER:
    case HEADERS: break;
    }
    return false;
}

/* Of an answer that says nothing of the object: a Plan. */
static bool gives_header_of_plan(const struct route *r, enum header h)
{
    return h >= HEADER_REQUEST_ID ? gives_header(r, 0, h)
                                  : h == HEADER_WARNING && gives_header(r, 0, h);
}

static bool refuses_with_header(int status, enum header h)
{
    if (h == HEADER_RETRY_AFTER)
        return status == 409 || status == 429;
    return h == HEADER_WARNING || h >= HEADER_REQUEST_ID;
}

static void put_header_ref(struct json_out *o, enum header h)
{
    json_key(o, str_of(header_infos[h].name));
    json_begin_object(o);
    put_component_ref(o, "headers", str_of(header_infos[h].name));
    json_end_object(o);
}

static void put_header(struct json_out *o, enum header h)
{
    json_key(o, str_of(header_infos[h].name));
    json_begin_object(o);
    doc_str(o, "description", str_of(header_infos[h].doc));
    if (h == HEADER_LOCATION) {
        json_key(o, STR("required"));
        json_put_bool(o, true);
    }
    json_key(o, STR("schema"));
    json_begin_object(o);
    doc_str(o, "type", STR("string"));
    doc_str(o, "pattern", str_of(header_infos[h].pattern));
    json_end_object(o);
    json_end_object(o);
}

/* ---- refusals ---- */

static const struct refusal {
    int status; /* 0: whatever the HTTP server itself says */
    const char *name;
    const char *doc;
} refusals[] = {
    {400, "BadRequest",
     "The query or the body cannot be understood, or a value is not valid: "
     "`errors` says where. Nothing was changed."},
    {404, "NotFound", "There is no such namespace, or no such object in it."},
    {409, "Conflict",
     "What is there does not allow it, or a request with the same Idempotency-Key is under way. "
     "Nothing was changed."},
    {410, "Expired", "What has changed since then is not known any more: list again."},
    {412, "PreconditionFailed", "If-Match or If-None-Match does not hold. Nothing was changed."},
    {413, "TooLarge", "The body, or a part of it, is larger than what is read."},
    {415, "UnsupportedMedia", "The body is neither JSON nor YAML, or it does not say what it is."},
    {422, "KeyReused", "The Idempotency-Key came with another request before."},
    {429, "TooMany",
     "There are as many as there can be, or the client asks more often than the configured rate "
     "allows."},
    {503, "Unavailable",
     "Not possible now. Of a write: whether it was stored is not known, or the "
     "store cannot be trusted until the daemon is started anew."},
    {507, "StoreFull", "The store has no room. Nothing was changed."},
    {0, "Refused",
     "The HTTP server itself refuses, whatever the path: 400, 413, 414, 421 or 431 "
     "for a request that it does not read, 500 or 503 when it cannot answer."},
};
enum { REFUSALS = sizeof(refusals) / sizeof(refusals[0]) };

bool openapi_may_refuse(const struct route *r, int status)
{
    /* every write that stores something can be asked for its Plan instead */
    bool stores = has_query(r, QUERY_DRY_RUN);
    bool replaces = stores && !is_method(r, "POST");
    switch (status) {
    case 404: return has_path_parameter(r);
    case 409: return is_write(r);
    case 410: return has_query(r, QUERY_RESOURCE_VERSION);
    case 412: return replaces || r->also & ALSO_PRECONDITION_FAILED;
    case 413:
    case 415: return r->takes != NULL;
    case 422: return r->is_keyed;
    case 429: return !r->is_unlimited;
    case 503: return stores || r->also & ALSO_UNAVAILABLE;
    case 507: return stores;
    default: return true;
    }
}

static void put_status_key(struct json_out *o, int status)
{
    struct buf b = {0};
    buf_fmt(&b, "%d", status);
    json_key(o, status ? buf_str(&b) : STR("default"));
    buf_fini(&b);
}

static void put_refusals(struct json_out *o, const struct route *r)
{
    for (size_t i = 0; i < REFUSALS; i++) {
        if (!openapi_may_refuse(r, refusals[i].status))
            continue;
        put_status_key(o, refusals[i].status);
        json_begin_object(o);
        put_component_ref(o, "responses", str_of(refusals[i].name));
        json_end_object(o);
    }
}

void openapi_answer_components(struct json_out *o)
{
    json_key(o, STR("headers"));
    json_begin_object(o);
    for (size_t h = 0; h < HEADERS; h++)
        put_header(o, (enum header)h);
    json_end_object(o);
    json_key(o, STR("responses"));
    json_begin_object(o);
    for (size_t i = 0; i < REFUSALS; i++) {
        json_key(o, str_of(refusals[i].name));
        json_begin_object(o);
        doc_str(o, "description", str_of(refusals[i].doc));
        json_key(o, STR("headers"));
        json_begin_object(o);
        for (size_t h = 0; h < HEADERS; h++)
            if (refuses_with_header(refusals[i].status, (enum header)h))
                put_header_ref(o, (enum header)h);
        json_end_object(o);
        json_key(o, STR("content"));
        put_quoted(o, "{'application/problem+json':{'schema':{'$ref':'#/components/schemas/"
                      "Problem'}}}");
        json_end_object(o);
    }
    json_end_object(o);
}

/* ---- when it goes well ---- */

static void put_schema(struct json_out *o, const char *schema, bool or_plan)
{
    json_key(o, STR("schema"));
    json_begin_object(o);
    if (or_plan) {
        json_key(o, STR("oneOf"));
        json_begin_array(o);
        json_begin_object(o);
    }
    put_component_ref(o, "schemas", str_of(schema));
    if (or_plan) {
        json_end_object(o);
        put_quoted(o, "{'$ref':'#/components/schemas/Plan'}");
        json_end_array(o);
        json_key(o, STR("discriminator"));
        put_quoted(o, "{'propertyName':'kind'}");
    }
    json_end_object(o);
}

static void put_text_content(struct json_out *o, const char *type)
{
    json_key(o, str_of(type));
    put_quoted(o, "{'schema':{'type':'string'}}");
}

/* A stream is described as the list of all that comes, as OpenAPI 3.2 will have it. */
static void put_streams(struct json_out *o)
{
    json_key(o, STR("application/x-ndjson"));
    put_quoted(o, "{'schema':{'type':'array','description':'With watch=1: a message a line.',"
                  "'items':{'$ref':'#/components/schemas/WatchMessage'}}}");
    json_key(o, STR("text/event-stream"));
    put_quoted(o, "{'schema':{'type':'array','description':'With watch=1, and with this type in "
                  "Accept: a message an event.','items':{'$ref':'#/components/schemas/WatchEvent'"
                  "}}}");
}

static void put_content(struct json_out *o, const struct route *r, const char *schema, bool or_plan)
{
    const char *const documents[] = {"application/json", r->gives_type ? NULL : "application/yaml",
                                     NULL};
    json_key(o, STR("content"));
    json_begin_object(o);
    if (!schema)
        put_text_content(o, r->gives_type);
    for (size_t i = 0; schema && documents[i]; i++) {
        json_key(o, str_of(documents[i]));
        json_begin_object(o);
        put_schema(o, schema, or_plan);
        openapi_examples(o, schema);
        json_end_object(o);
    }
    if (has_query(r, QUERY_WATCH))
        put_streams(o);
    json_end_object(o);
}

/* To all operations on the one that was created. */
static void put_links(struct json_out *o, const struct route *r)
{
    struct str path = str_of(r->path);
    json_key(o, STR("links"));
    json_begin_object(o);
    for (size_t i = 0; i < n_routes; i++) {
        struct str other = str_of(routes[i].path);
        if (!str_starts_with(other, path) ||
            !str_starts_with(str_skip(other, path.len), STR("/{name}")))
            continue;
        json_key(o, str_of(routes[i].id));
        json_begin_object(o);
        doc_str(o, "operationId", str_of(routes[i].id));
        json_key(o, STR("parameters"));
        put_quoted(o, "{'namespace':'$request.path.namespace','name':'$response.body#/metadata/id'"
                      "}");
        json_end_object(o);
    }
    json_end_object(o);
}

static const char *words_of(int status, bool plan_only)
{
    if (plan_only)
        return "With dryRun=All: what it would do. Nothing was changed.";
    switch (status) {
    case 201: return "Created.";
    case 202: return "Taken; it is done from now on.";
    default: return "As asked.";
    }
}

static void put_success(struct json_out *o, const struct route *r, int status, bool plans)
{
    bool own = status != 200 || r->status == 200 || !plans;
    put_status_key(o, status);
    json_begin_object(o);
    doc_str(o, "description", str_of(words_of(status, !own)));
    json_key(o, STR("headers"));
    json_begin_object(o);
    for (size_t h = 0; h < HEADERS; h++)
        if (own ? gives_header(r, status, (enum header)h) : gives_header_of_plan(r, (enum header)h))
            put_header_ref(o, (enum header)h);
    json_end_object(o);
    put_content(o, r, own ? openapi_gives(r) : plan_fields.name, own && plans && status == 200);
    if (status == 201 && is_method(r, "POST"))
        put_links(o, r);
    json_end_object(o);
}

void openapi_answers(struct json_out *o, const struct route *r)
{
    bool plans = has_query(r, QUERY_DRY_RUN);
    json_key(o, STR("responses"));
    json_begin_object(o);
    if (r->status != 200 && (plans || r->status_too == 200))
        put_success(o, r, 200, plans);
    put_success(o, r, r->status, plans);
    if (r->status_too && r->status_too != 200)
        put_success(o, r, r->status_too, plans);
    put_refusals(o, r);
    json_end_object(o);
}
