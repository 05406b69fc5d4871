/* From a request to its handler, and the reply back. See api.h. */
#include "api/api_impl.h"
#include "api/plans.h"

struct api *api_new(struct app *app, struct json global_defaults)
{
    struct api *api = mem_alloc(sizeof(*api));
    api->app = app;
    api->global_defaults = global_defaults;
    watch_init(api);
    app->on_change = watch_changed;
    app->on_change_arg = api;
    return api;
}

void api_set_server(struct api *api, struct http_server server)
{
    api->server = server;
}

void api_free(struct api *api)
{
    api->app->on_change = NULL;
    watch_free(api);
    views_free(api);
    plans_free(api);
    map_fini(&api->creating);
    buf_fini(&api->openapi);
    mem_free(api);
}

/* Where a {part} of a path goes. */
static struct str *part_of(struct call *c, struct str part)
{
    if (str_eq(part, STR("{namespace}")))
        return &c->namespace_name;
    return str_eq(part, STR("{name}")) ? &c->name : &c->item;
}

/* Whether the path is the pattern's; its parts are taken out. */
static bool matches(struct call *c, struct str pattern, struct str path)
{
    while (pattern.len || path.len) {
        struct str want = str_split(pattern, '/', &pattern);
        struct str is = str_split(path, '/', &path);
        if (want.len && want.ptr[0] == '{') {
            if (is.len == 0)
                return false;
            *part_of(c, want) = is;
        } else if (!str_eq(want, is)) {
            return false;
        }
        if ((pattern.len == 0) != (path.len == 0))
            return false;
    }
    return true;
}

static bool route_fits(struct call *c, const struct route *route)
{
    struct str path = c->r->path;
    /* "/a/" is not "/a": what comes after the last slash would be an empty name. */
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        return false;
    return matches(c, str_of(route->path), path);
}

static bool method_fits(struct str method, const struct route *route)
{
    struct str own = str_of(route->method);
    return str_eq(method, own) || (str_eq(method, STR("HEAD")) && str_eq(own, STR("GET")));
}

/* The methods of the path, for Allow; empty when there is no such path. */
static struct str allowed(struct call *c)
{
    struct buf b = {0};
    for (size_t i = 0; i < n_routes; i++) {
        if (!route_fits(c, &routes[i]))
            continue;
        buf_fmt(&b, "%s%s%s", b.len ? ", " : "", routes[i].method,
                str_eq(str_of(routes[i].method), STR("GET")) ? ", HEAD" : "");
    }
    if (b.len)
        buf_add(&b, STR(", OPTIONS"));
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return text;
}

static enum handled no_route(struct call *c, struct err *e)
{
    struct str allow = allowed(c);
    if (!allow.len) {
        fail_not_found(e, "path", c->r->path);
        return HANDLED_FAILED;
    }
    reply_header(c, STR("Allow"), allow);
    if (str_eq(c->r->method, STR("OPTIONS"))) {
        c->reply.status = 204;
        return HANDLED;
    }
    err_set(e, ERR_METHOD_NOT_ALLOWED, "%.*s does not fit here; %.*s do",
            STR_ARG(str_take(c->r->method, 40)), STR_ARG(allow));
    return HANDLED_FAILED;
}

static enum handled run(struct call *c, struct err *e)
{
    for (size_t i = 0; i < n_routes && !c->route; i++)
        if (method_fits(c->r->method, &routes[i]) && route_fits(c, &routes[i]))
            c->route = &routes[i];
    if (!c->route)
        return no_route(c, e);
    if (query_parse(c, e) < 0)
        return HANDLED_FAILED;
    return c->route->fn(c, e);
}

void api_handle(void *arg, const struct http_request *request)
{
    struct api *api = arg;
    struct call *c = ARENA_NEW(request->arena, struct call);
    c->api = api;
    c->app = api->app;
    c->r = request;
    c->a = request->arena;
    c->yaml = accepts_yaml(request);
    struct err e = {0};
    switch (run(c, &e)) {
    case HANDLED: call_done(c); return;
    case HANDLED_FAILED: call_failed(c, &e); return;
    case HANDLED_LATER:
    default: return;
    }
}
