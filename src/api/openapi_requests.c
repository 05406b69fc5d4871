/* What an operation reads: parameters of the path, the query and the headers, and the body. */
#include "api/openapi_impl.h"

/* ---- parameters ---- */

static const struct parameter {
    const char *key; /* in components.parameters */
    const char *in;
    const char *name;
    const char *json; /* schema; ' stands for " */
    const char *doc;
} own_parameters[] = {
    {"namespace", "path", "namespace", "{'type':'string','minLength':1,'examples':['default']}",
     "There is one: default."},
    {"name", "path", "name", "{'type':'string','minLength':1,'pattern':'^[^/]+$'}",
     "Of the object: its id; or its name, where it has one."},
    {"number", "path", "number", "{'type':'integer','minimum':1}", "Of the revision."},
    {"ifMatch", "header", "If-Match", "{'type':'string'}",
     "An ETag, a list of them, or *: refuse (412) unless one is the present version."},
    {"ifNoneMatch", "header", "If-None-Match", "{'type':'string'}",
     "*: refuse (412) when it exists."},
    {"requestId", "header", "X-Request-Id", "{'type':'string'}",
     "Up to 128 visible characters of ASCII: they come back in the answer, and are in the log."},
    {"idempotencyKey", "header", "Idempotency-Key",
     "{'type':'string','maxLength':64,'pattern':'^[!-~]*$'}",
     "Sent again with it within a day, the request gets the first answer, and nothing is done "
     "twice."},
    {"lastEventId", "header", "Last-Event-ID", "{'type':'string'}",
     "With watch: where a browser's EventSource was last. It goes before resourceVersion."},
    {"author", "header", "X-Sluice-Author", "{'type':'string','maxLength':100}",
     "Who writes, for the history; anonymous without."},
    {"source", "header", "X-Sluice-Source",
     "{'type':'string','pattern':'^(ui|cli|api|gitops:[0-9A-Za-z]+)?$'}",
     "From where, for the history; without it User-Agent tells."},
    {"messageHeader", "header", "X-Sluice-Message", "{'type':'string','maxLength':1000}",
     "Why, for the history; the parameter `message` goes before it."},
};
enum { OWN_PARAMETERS = sizeof(own_parameters) / sizeof(own_parameters[0]) };

static const char *query_key(const struct query_info *q)
{
    return q->key ? q->key : q->name;
}

static void put_query_schema(struct json_out *o, const struct query_info *q)
{
    struct buf b = {0};
    buf_fmt(&b, "{'type':'%s'%s%s}", q->type, q->limits ? "," : "", q->limits ? q->limits : "");
    buf_add_char(&b, '\0');
    put_quoted(o, b.ptr);
    buf_fini(&b);
}

static void begin_parameter(struct json_out *o, const struct parameter *p)
{
    json_key(o, str_of(p->key));
    json_begin_object(o);
    doc_str(o, "name", str_of(p->name));
    doc_str(o, "in", str_of(p->in));
    doc_str(o, "description", str_of(p->doc));
    if (str_eq(str_of(p->in), STR("path"))) {
        json_key(o, STR("required"));
        json_put_bool(o, true);
    }
    json_key(o, STR("schema"));
}

void openapi_request_components(struct json_out *o)
{
    json_key(o, STR("parameters"));
    json_begin_object(o);
    for (size_t i = 0; i < OWN_PARAMETERS; i++) {
        begin_parameter(o, &own_parameters[i]);
        put_quoted(o, own_parameters[i].json);
        json_end_object(o);
    }
    for (size_t q = 0; q < QUERIES; q++) {
        const struct query_info *info = &query_infos[q];
        begin_parameter(
            o, &(struct parameter){
                   .key = query_key(info), .in = "query", .name = info->name, .doc = info->doc});
        put_query_schema(o, info);
        json_end_object(o);
    }
    json_end_object(o);
}

static void put_parameter_ref(struct json_out *o, struct str key)
{
    json_begin_object(o);
    put_component_ref(o, "parameters", key);
    json_end_object(o);
}

/* "namespace" of "{namespace}". */
static struct str inside_braces(struct str part)
{
    return str_skip(str_take(part, part.len - 1), 1);
}

static void put_author_refs(struct json_out *o)
{
    put_parameter_ref(o, STR("author"));
    put_parameter_ref(o, STR("source"));
    put_parameter_ref(o, STR("messageHeader"));
}

static void put_parameters(struct json_out *o, const struct route *r)
{
    struct str rest = str_of(r->path);
    json_key(o, STR("parameters"));
    json_begin_array(o);
    while (rest.len) {
        struct str part = str_split(rest, '/', &rest);
        if (str_starts_with(part, STR("{")))
            put_parameter_ref(o, inside_braces(part));
    }
    for (size_t q = 0; q < QUERIES; q++)
        if (r->queries >> q & 1U)
            put_parameter_ref(o, str_of(query_key(&query_infos[q])));
    if (openapi_may_refuse(r, 412))
        put_parameter_ref(o, STR("ifMatch"));
    if (str_eq(str_of(r->method), STR("PUT")) && r->status_too == 201)
        put_parameter_ref(o, STR("ifNoneMatch"));
    if (r->is_keyed)
        put_parameter_ref(o, STR("idempotencyKey"));
    if (r->queries & 1U << QUERY_WATCH)
        put_parameter_ref(o, STR("lastEventId"));
    if (r->queries & 1U << QUERY_MESSAGE)
        put_author_refs(o);
    put_parameter_ref(o, STR("requestId"));
    json_end_array(o);
}

/* ---- bodies ---- */

static const struct {
    const char *type;
    bool is_patch;
    const char *schema; /* NULL: that of what the route takes */
} body_types[] = {
    {"application/merge-patch+json", true, NULL},
    {"application/merge-patch+yaml", true, NULL},
    {"application/json-patch+json", true, "JsonPatch"},
    {"application/json", false, NULL},
    {"application/yaml", false, NULL},
};

static void put_body(struct json_out *o, const struct route *r)
{
    json_key(o, STR("requestBody"));
    json_begin_object(o);
    json_key(o, STR("required"));
    /* A plan has its document. */
    json_put_bool(o, !(r->queries & 1U << QUERY_PLAN_ID));
    json_key(o, STR("content"));
    json_begin_object(o);
    for (size_t i = 0; i < sizeof(body_types) / sizeof(body_types[0]); i++) {
        if (body_types[i].is_patch && !r->is_patch)
            continue;
        json_key(o, str_of(body_types[i].type));
        json_begin_object(o);
        json_key(o, STR("schema"));
        json_begin_object(o);
        const char *schema = body_types[i].schema;
        if (schema)
            put_component_ref(o, "schemas", str_of(schema));
        else
            fields_schema_ref(o, r->takes, SCHEMA_READ);
        json_end_object(o);
        openapi_examples(o, schema ? schema : r->id);
        json_end_object(o);
    }
    json_end_object(o);
    json_end_object(o);
}

void openapi_request(struct json_out *o, const struct route *r)
{
    put_parameters(o, r);
    if (r->takes)
        put_body(o, r);
}
