/* What the server says of itself. */
#include "api/api_impl.h"

enum handled get_status(struct call *c, struct err *e)
{
    (void)e;
    c->reply.status = 200;
    c->reply.body = STR("{}");
    return HANDLED;
}

enum handled get_system_info(struct call *c, struct err *e)
{
    struct doc d;
    (void)e;
    doc_begin(&d);
    json_begin_object(&d.out);
    doc_str(&d.out, "kind", STR("SystemInformation"));
    doc_str(&d.out, "apiVersion", STR("v1"));
    json_key(&d.out, STR("status"));
    json_begin_object(&d.out);
    json_key(&d.out, STR("revisionInformation"));
    json_begin_object(&d.out);
    doc_str(&d.out, "buildVersion", c->app->settings.version);
    json_end_object(&d.out);
    json_end_object(&d.out);
    json_end_object(&d.out);
    c->reply.status = 200;
    c->reply.body = doc_end(&d, c->a);
    return HANDLED;
}

enum handled get_healthz(struct call *c, struct err *e)
{
    (void)e;
    return reply_text(c, 200, STR("text/plain; charset=utf-8"), STR("ok\n"));
}

enum handled get_readyz(struct call *c, struct err *e)
{
    if (check_store(c->app, e) < 0)
        return HANDLED_FAILED;
    return reply_text(c, 200, STR("text/plain; charset=utf-8"), STR("ok\n"));
}

enum handled get_version(struct call *c, struct err *e)
{
    const struct settings *s = &c->app->settings;
    struct doc d;
    (void)e;
    doc_begin(&d);
    json_begin_object(&d.out);
    doc_str(&d.out, "name", STR("sluiced"));
    doc_str(&d.out, "version", s->version);
    doc_str(&d.out, "api", STR("v1"));
    json_key(&d.out, STR("flinkVersions"));
    json_begin_array(&d.out);
    for (size_t i = 0; i < s->flink_versions.n; i++)
        json_put_str(&d.out, s->flink_versions.items[i]);
    json_end_array(&d.out);
    json_end_object(&d.out);
    c->reply.status = 200;
    c->reply.body = doc_end(&d, c->a);
    return HANDLED;
}
