/* GET /openapi.json: made from the table of routes and the tables of fields, so that it cannot
 * disagree with what is served. */
#include "api/api_impl.h"
#include "api/lineage.h"
#include "api/operations.h"
#include "api/plan.h"
#include "api/savepoint.h"

#define SCHEMA(name) "{\"$ref\":\"#/components/schemas/" name "\"}"

/* ---- schemas that no field table has ---- */

static const struct {
    const char *name;
    const char *json;
} plain_schemas[] = {
    {"Problem",
     "{\"type\":\"object\",\"description\":\"RFC 9457; message is detail, for clients of Ververica "
     "Platform.\",\"required\":[\"type\",\"title\",\"status\",\"detail\",\"code\",\"message\"],"
     "\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
     "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},"
     "\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"},"
     "\"newPlanId\":{\"type\":\"string\",\"description\":\"With PLAN_STALE: what can be applied "
     "now.\"},"
     "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
     "\"pointer\":{\"type\":\"string\"},\"parameter\":{\"type\":\"string\"},"
     "\"detail\":{\"type\":\"string\"}}}}}}"},
    {"ListMetadata",
     "{\"type\":\"object\",\"properties\":{\"continue\":{\"type\":\"string\",\"description\":"
     "\"Present when there is more: the parameter for the next page.\"}}}"},
    {"WatchMessage",
     "{\"type\":\"object\",\"required\":[\"type\",\"object\"],\"properties\":{\"type\":{\"type\":"
     "\"string\",\"enum\":[\"ADDED\",\"MODIFIED\",\"DELETED\",\"BOOKMARK\"]},"
     "\"object\":{\"type\":\"object\"}}}"},
    {"NamespaceAnswer",
     "{\"type\":\"object\",\"properties\":{\"namespace\":" SCHEMA("Namespace") "}}"},
    {"NamespaceAnswers",
     "{\"type\":\"object\",\"properties\":{\"namespaces\":{\"type\":\"array\",\"items\":" SCHEMA(
         "Namespace") "}}}"},
    {"RevisionList",
     "{\"type\":\"object\",\"required\":[\"kind\",\"apiVersion\",\"metadata\",\"items\"],"
     "\"properties\":{\"kind\":{\"const\":\"RevisionList\"},\"apiVersion\":{\"const\":\"v1\"},"
     "\"metadata\":" SCHEMA("ListMetadata") ",\"items\":{\"type\":\"array\",\"items\":" SCHEMA(
         "RevisionHead") "}}}"},
    {"Status", "{\"type\":\"object\"}"},
    {"SystemInformation",
     "{\"type\":\"object\",\"properties\":{\"kind\":{\"type\":\"string\"},\"apiVersion\":{\"type\":"
     "\"string\"},\"status\":{\"type\":\"object\"}}}"},
    {"Version",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"version\":{\"type\":"
     "\"string\"},\"api\":{\"type\":\"string\"},\"flinkVersions\":{\"type\":\"array\",\"items\":{"
     "\"type\":\"string\"}}}}"},
};

static void put_list_schema(struct json_out *o, const struct resource *r)
{
    struct buf b = {0};
    buf_fmt(&b,
            "{\"type\":\"object\",\"required\":[\"kind\",\"apiVersion\",\"metadata\",\"items\"],"
            "\"properties\":{\"kind\":{\"const\":\"%s\"},\"apiVersion\":{\"const\":\"v1\"},"
            "\"metadata\":" SCHEMA("ListMetadata") ",\"items\":{\"type\":\"array\",\"items\":{"
                                                   "\"$ref\":\"#/components/schemas/%s\"}}}}",
            r->list_kind, r->fields->name);
    json_key(o, str_of(r->list_kind));
    json_put_raw(o, buf_str(&b));
    buf_fini(&b);
}

static void put_schemas(struct json_out *o)
{
    static const struct fields *const extra[] = {
        &plan_fields,         &restore_decision_fields, &operation_request_fields,
        &revision_fields,     &revision_head_fields,    &revision_changes_fields,
        &lineage_fields,      &verification_fields,     &compat_request_fields,
        &compat_answer_fields};
    enum { EXTRA = sizeof(extra) / sizeof(extra[0]) };
    const struct fields *tables[RESOURCE_KINDS + EXTRA + 1];
    size_t n = 0;
    for (size_t i = 0; i < RESOURCE_KINDS; i++)
        tables[n++] = resources[i].fields;
    for (size_t i = 0; i < EXTRA; i++)
        tables[n++] = extra[i];
    /* DeploymentDefaults hold a part of it as a document. */
    tables[n++] = &deployment_spec_fields;
    json_begin_object(o);
    fields_schemas(o, tables, n);
    for (size_t i = 0; i < sizeof(plain_schemas) / sizeof(plain_schemas[0]); i++) {
        json_key(o, str_of(plain_schemas[i].name));
        json_put_raw(o, str_of(plain_schemas[i].json));
    }
    for (size_t i = 0; i < RESOURCE_KINDS; i++)
        if (resources[i].list_kind && i != RESOURCE_NAMESPACE)
            put_list_schema(o, &resources[i]);
    json_end_object(o);
}

/* ---- operations ---- */

static void put_ref(struct json_out *o, const char *name)
{
    struct buf b = {0};
    buf_fmt(&b, "#/components/schemas/%s", name);
    json_begin_object(o);
    doc_str(o, "$ref", buf_str(&b));
    json_end_object(o);
    buf_fini(&b);
}

static void put_content(struct json_out *o, const char *const *types, const char *schema)
{
    json_key(o, STR("content"));
    json_begin_object(o);
    for (; *types; types++) {
        json_key(o, str_of(*types));
        json_begin_object(o);
        if (schema) {
            json_key(o, STR("schema"));
            put_ref(o, schema);
        }
        json_end_object(o);
    }
    json_end_object(o);
}

static const char *schema_of(const struct route *r)
{
    return r->gives ? r->gives->name : r->list_of;
}

static void put_answer(struct json_out *o, const struct route *r, int status, const char *schema)
{
    static const char *const documents[] = {"application/json", "application/yaml", NULL};
    const char *const other[] = {r->gives_type, NULL};
    struct buf b = {0};
    buf_fmt(&b, "%d", status);
    json_key(o, buf_str(&b));
    json_begin_object(o);
    doc_str(o, "description",
            r->queries & 1U << QUERY_WATCH
                ? STR("As asked. With watch=1 a stream of WatchMessage: server-sent events, or one "
                      "a line as application/x-ndjson.")
                : STR("As asked."));
    put_content(o, r->gives_type ? other : documents, schema);
    json_end_object(o);
    buf_fini(&b);
}

static void put_answers(struct json_out *o, const struct route *r)
{
    static const char *const problem[] = {"application/problem+json", NULL};
    json_key(o, STR("responses"));
    json_begin_object(o);
    put_answer(o, r, r->status, schema_of(r));
    if (r->status_too)
        put_answer(o, r, r->status_too, schema_of(r));
    json_key(o, STR("default"));
    json_begin_object(o);
    doc_str(o, "description", STR("Refused, or not possible."));
    put_content(o, problem, "Problem");
    json_end_object(o);
    json_end_object(o);
}

static void put_parameter(struct json_out *o, const char *in, struct str name, const char *type,
                          const char *doc)
{
    json_begin_object(o);
    doc_str(o, "name", name);
    doc_str(o, "in", str_of(in));
    if (doc)
        doc_str(o, "description", str_of(doc));
    json_key(o, STR("required"));
    json_put_bool(o, !doc);
    json_key(o, STR("schema"));
    json_begin_object(o);
    doc_str(o, "type", str_of(type));
    json_end_object(o);
    json_end_object(o);
}

static void put_parameters(struct json_out *o, const struct route *r)
{
    struct str rest = str_of(r->path);
    json_key(o, STR("parameters"));
    json_begin_array(o);
    while (rest.len) {
        struct str part = str_split(rest, '/', &rest);
        if (str_starts_with(part, STR("{")))
            put_parameter(o, "path", str_skip(str_take(part, part.len - 1), 1), "string", NULL);
    }
    for (size_t q = 0; q < QUERIES; q++)
        if (r->queries >> q & 1U)
            put_parameter(o, "query", str_of(query_infos[q].name), query_infos[q].type,
                          query_infos[q].doc);
    json_end_array(o);
}

static void put_operation(struct json_out *o, const struct route *r)
{
    static const char *const bodies[] = {"application/json", "application/yaml", NULL};
    static const char *const patches[] = {"application/merge-patch+json", "application/json",
                                          "application/yaml", NULL};
    struct buf method = {0};
    for (const char *c = r->method; *c; c++)
        buf_add_char(&method, (char)(*c | 0x20));
    json_key(o, buf_str(&method));
    buf_fini(&method);
    json_begin_object(o);
    doc_str(o, "operationId", str_of(r->id));
    doc_str(o, "summary", str_of(r->doc));
    put_parameters(o, r);
    if (r->takes) {
        json_key(o, STR("requestBody"));
        json_begin_object(o);
        json_key(o, STR("required"));
        /* A plan has its document. */
        json_put_bool(o, !(r->queries & 1U << QUERY_PLAN_ID));
        put_content(o, r->is_patch ? patches : bodies, r->takes->name);
        json_end_object(o);
    }
    put_answers(o, r);
    json_end_object(o);
}

/* The table has the methods of a path next to each other. */
static void put_paths(struct json_out *o)
{
    json_begin_object(o);
    for (size_t i = 0; i < n_routes;) {
        struct str path = str_of(routes[i].path);
        json_key(o, path);
        json_begin_object(o);
        while (i < n_routes && str_eq(path, str_of(routes[i].path)))
            put_operation(o, &routes[i++]);
        json_end_object(o);
    }
    json_end_object(o);
}

static void make(struct api *api)
{
    struct json_out o = {.buf = &api->openapi};
    json_begin_object(&o);
    doc_str(&o, "openapi", STR("3.1.0"));
    json_key(&o, STR("info"));
    json_begin_object(&o);
    doc_str(&o, "title", STR("Sluice"));
    doc_str(&o, "description",
            STR("A control plane for Apache Flink. Paths and bodies of Ververica Platform's "
                "application manager, and additions."));
    doc_str(&o, "version", api->app->settings.version);
    json_end_object(&o);
    json_key(&o, STR("paths"));
    put_paths(&o);
    json_key(&o, STR("components"));
    json_begin_object(&o);
    json_key(&o, STR("schemas"));
    put_schemas(&o);
    json_end_object(&o);
    json_end_object(&o);
}

enum handled get_openapi(struct call *c, struct err *e)
{
    (void)e;
    if (c->api->openapi.len == 0)
        make(c->api);
    return reply_text(c, 200, STR("application/json"), buf_str(&c->api->openapi));
}
