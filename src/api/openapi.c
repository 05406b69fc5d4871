/* GET /openapi.json: made from the table of routes and the tables of fields, so that it cannot
 * disagree with what is served. */
#include "api/openapi_impl.h"

void put_quoted(struct json_out *o, const char *json)
{
    struct buf b = {0};
    for (; *json; json++)
        buf_add_char(&b, *json == '\'' ? '"' : *json);
    json_put_raw(o, buf_str(&b));
    buf_fini(&b);
}

void put_component_ref(struct json_out *o, const char *section, struct str name)
{
    struct buf b = {0};
    buf_fmt(&b, "#/components/%s/%.*s", section, STR_ARG(name));
    doc_str(o, "$ref", buf_str(&b));
    buf_fini(&b);
}

/* ---- tags: what a path is about ---- */

#define IN_NAMESPACE "/api/v1/namespaces/{namespace}/"

static struct str tag_of(const struct route *r)
{
    struct str path = str_of(r->path);
    struct str rest;
    if (str_starts_with(path, STR(IN_NAMESPACE)))
        return str_split(str_skip(path, sizeof(IN_NAMESPACE) - 1), '/', &rest);
    if (str_starts_with(path, STR("/namespaces/")))
        return STR("namespaces");
    return STR("server");
}

static void put_tag(struct json_out *o, struct str tag)
{
    const struct resource *r = resource_by_segment(tag);
    json_begin_object(o);
    doc_str(o, "name", tag);
    doc_str(o, "description",
            str_of(r && r->fields->doc ? r->fields->doc : "What the server says of itself."));
    json_end_object(o);
}

static void put_tags(struct json_out *o)
{
    json_key(o, STR("tags"));
    json_begin_array(o);
    for (size_t i = 0; i < n_routes; i++) {
        bool known = false;
        for (size_t k = 0; k < i; k++)
            known = known || str_eq(tag_of(&routes[i]), tag_of(&routes[k]));
        if (!known)
            put_tag(o, tag_of(&routes[i]));
    }
    json_end_array(o);
}

/* ---- paths ---- */

static void put_operation(struct json_out *o, const struct route *r)
{
    struct buf method = {0};
    for (const char *c = r->method; *c; c++)
        buf_add_char(&method, (char)(*c | 0x20));
    json_key(o, buf_str(&method));
    buf_fini(&method);
    json_begin_object(o);
    doc_str(o, "operationId", str_of(r->id));
    json_key(o, STR("tags"));
    json_begin_array(o);
    json_put_str(o, tag_of(r));
    json_end_array(o);
    doc_str(o, "summary", str_of(r->doc));
    openapi_request(o, r);
    openapi_answers(o, r);
    json_end_object(o);
}

/* The table has the methods of a path next to each other. */
static void put_paths(struct json_out *o)
{
    json_key(o, STR("paths"));
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

static void put_info(struct json_out *o, struct str version)
{
    json_key(o, STR("info"));
    json_begin_object(o);
    doc_str(o, "title", STR("Sluice"));
    doc_str(o, "description",
            STR("A control plane for Apache Flink. Paths and bodies of Ververica Platform's "
                "application manager, and additions.\n\nWhere GET is served, HEAD is too: the same "
                "without a body. OPTIONS names the methods of a path, and so does `Allow` of the "
                "405 that the others get. A path that is not described here is a 404. Enumerated "
                "values are read in upper and lower case."));
    doc_str(o, "version", version);
    json_key(o, STR("license"));
    put_quoted(o, "{'name':'Apache 2.0','identifier':'Apache-2.0'}");
    json_end_object(o);
}

static void put_components(struct json_out *o)
{
    json_key(o, STR("components"));
    json_begin_object(o);
    json_key(o, STR("schemas"));
    openapi_schemas(o);
    openapi_request_components(o);
    openapi_answer_components(o);
    json_end_object(o);
}

static void make(struct api *api)
{
    struct json_out o = {.buf = &api->openapi};
    json_begin_object(&o);
    doc_str(&o, "openapi", STR("3.1.0"));
    put_info(&o, api->app->settings.version);
    json_key(&o, STR("servers"));
    put_quoted(&o, "[{'url':'/'}]");
    /* There is nobody to tell apart yet. */
    json_key(&o, STR("security"));
    put_quoted(&o, "[]");
    put_tags(&o);
    put_paths(&o);
    put_components(&o);
    json_end_object(&o);
}

enum handled get_openapi(struct call *c, struct err *e)
{
    (void)e;
    if (c->api->openapi.len == 0)
        make(c->api);
    return reply_text(c, 200, STR("application/json"), buf_str(&c->api->openapi));
}
