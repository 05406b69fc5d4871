/* DeploymentDefaults of a namespace, the configured global ones, and namespaces. */
#include "api/plan.h"
#include "api/settings.h"

static const struct defaults *find_defaults(const struct app *app, struct str namespace_name)
{
    for (size_t i = 0; i < app->n_defaults; i++) {
        const struct defaults *d = app->defaults[i]->value;
        if (str_eq(d->metadata.namespace_name, namespace_name))
            return d;
    }
    return NULL;
}

struct json namespace_defaults(const struct app *app, struct str namespace_name)
{
    const struct defaults *d = find_defaults(app, namespace_name);
    return d ? d->spec : (struct json){0};
}

static struct json empty_object(struct arena *a)
{
    struct json v = {0};
    struct err e;
    return json_parse(a, STR("{}"), &v, &e) < 0 ? (struct json){0} : v;
}

/* What is there, or what stands for it as long as nobody wrote any. */
static struct defaults present(struct call *c)
{
    const struct defaults *d = find_defaults(c->app, c->namespace_name);
    if (d)
        return *d;
    return (struct defaults){
        .metadata = {.namespace_name = c->namespace_name, .created_at = c->app->started_at},
        .spec = empty_object(c->a),
    };
}

enum handled get_defaults(struct call *c, struct err *e)
{
    if (check_namespace(c, e) < 0)
        return HANDLED_FAILED;
    struct defaults d = present(c);
    return reply_object(c, 200, &defaults_fields, &d);
}

enum handled get_global_defaults(struct call *c, struct err *e)
{
    (void)e;
    struct defaults d = {.spec = c->api->global_defaults};
    if (json_is_none(d.spec))
        d.spec = empty_object(c->a);
    return reply_object(c, 200, &defaults_fields, &d);
}

/* ---- writes ---- */

/* Errors of a part get the place of the part before their pointer. */
static int in_spec(struct err *e)
{
    static const char place[] = "/spec";
    enum { N = sizeof(place) - 1 };
    memmove(e->pointer + N, e->pointer, sizeof(e->pointer) - N);
    memcpy(e->pointer, place, N);
    e->pointer[sizeof(e->pointer) - 1] = '\0';
    return -1;
}

static struct json document(struct call *c, const struct defaults *d)
{
    struct json v = {0};
    struct err e;
    return json_parse(c->a, encode_object(c->a, &defaults_fields, d), &v, &e) < 0
               ? (struct json){0}
               : fields_strip(c->a, &defaults_fields, v);
}

static int read_defaults(struct call *c, const struct defaults *old, struct defaults *ret,
                         struct err *e)
{
    struct json body;
    enum fields_unknown unknown;
    if (query_unknown(c, &unknown, e) < 0 || body_parse(c, &body, e) < 0 ||
        check_if_match(c, old->metadata.resource_version, e) < 0 ||
        (c->is_json_patch &&
         body_patched(c, body, encode_object(c->a, &defaults_fields, old), &body, e) < 0) ||
        check_body_version(body, old->metadata.resource_version, e) < 0)
        return -1;
    struct json doc = fields_strip(c->a, &defaults_fields, body);
    if (c->route->is_patch && !c->is_json_patch)
        doc = json_merge_patch(c->a, document(c, old), doc);
    if (fields_decode(c->a, &defaults_fields, doc, unknown, ret, e) < 0)
        return -1;
    if (json_is_none(ret->spec))
        ret->spec = empty_object(c->a);
    if (fields_check(&deployment_spec_fields, ret->spec, unknown, e) < 0)
        return in_spec(e);
    if (ret->metadata.name.len)
        return err_at(e, ERR_INVALID, STR("/metadata/name"),
                      "a namespace has one DeploymentDefaults, which has no name");
    if (ret->metadata.namespace_name.len &&
        !str_eq(ret->metadata.namespace_name, c->namespace_name))
        return err_at(e, ERR_INVALID, STR("/metadata/namespace"), "the path says namespace %.*s",
                      STR_ARG(c->namespace_name));
    warn_unknown(c, &defaults_fields, body);
    return 0;
}

static enum handled write_defaults(struct call *c, struct err *e)
{
    bool dry_run;
    if (check_namespace(c, e) < 0 || check_store(c->app, e) < 0 ||
        query_dry_run(c, &dry_run, e) < 0)
        return HANDLED_FAILED;
    struct defaults old = present(c);
    struct defaults *d = ARENA_NEW(c->a, struct defaults);
    if (read_defaults(c, &old, d, e) < 0)
        return HANDLED_FAILED;
    d->metadata.namespace_name = c->namespace_name;
    d->metadata.id = old.metadata.id.len ? old.metadata.id : app_uuid(c->app, c->a);
    d->metadata.created_at = old.metadata.created_at;
    d->metadata.modified_at = old.metadata.modified_at;
    d->metadata.resource_version = old.metadata.resource_version;
    bool same = old.metadata.id.len && fields_diff(c->a, &defaults_fields, &old, d).n == 0;
    if (dry_run) {
        plan_reply_small(c, NULL, PLAN_STORED_ONLY);
        return HANDLED;
    }
    if (same)
        return reply_object(c, 200, &defaults_fields, &old);
    d->metadata.modified_at = app_wall_us(c->app);
    d->metadata.resource_version++;
    return setting_put(c, &setting_defaults, c->namespace_name, d, 200);
}

enum handled put_defaults(struct call *c, struct err *e)
{
    return write_defaults(c, e);
}

enum handled patch_defaults(struct call *c, struct err *e)
{
    return write_defaults(c, e);
}

/* ---- namespaces: one, in the style of VVP's platform API ---- */

static void put_namespace(struct call *c, struct json_out *o)
{
    struct namespace_object n = {
        .name = STR("namespaces/default"),
        .created_at = c->app->started_at,
        .lifecycle_phase = STR("LIFECYCLE_PHASE_ACTIVE"),
    };
    fields_encode(o, &namespace_fields, &n, false);
}

enum handled get_namespaces(struct call *c, struct err *e)
{
    struct doc d;
    (void)e;
    doc_begin(&d);
    json_begin_object(&d.out);
    json_key(&d.out, STR("namespaces"));
    json_begin_array(&d.out);
    put_namespace(c, &d.out);
    json_end_array(&d.out);
    json_end_object(&d.out);
    c->reply.status = 200;
    c->reply.body = doc_end(&d, c->a);
    return HANDLED;
}

enum handled get_namespace(struct call *c, struct err *e)
{
    struct doc d;
    if (check_namespace(c, e) < 0)
        return HANDLED_FAILED;
    doc_begin(&d);
    json_begin_object(&d.out);
    json_key(&d.out, STR("namespace"));
    put_namespace(c, &d.out);
    json_end_object(&d.out);
    c->reply.status = 200;
    c->reply.body = doc_end(&d, c->a);
    return HANDLED;
}
