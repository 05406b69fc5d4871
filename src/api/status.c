/* What the server says of itself. */
#include "api/api_impl.h"

static const char *const operation_kind_names[] = {"", "RETRY", NULL};
static const char *const operation_kind[] = {"Operation", NULL};

static const struct field operation_metadata_rows[] = {
    FIELD_AT(FIELD_UUID, operation_request, deployment_id, "deploymentId",
             .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_STR, operation_request, namespace_name, "namespace", .flags = FIELD_READ_ONLY),
};
static const struct fields operation_metadata_fields = {.name = "OperationMetadata",
                                                        FIELDS_ROWS(operation_metadata_rows)};
static const struct field operation_spec_rows[] = {
    FIELD_AT(FIELD_ENUM, operation_request, kind, "kind", .names = operation_kind_names,
             .flags = FIELD_REQUIRED, .doc = "RETRY: counts anew and goes on."),
};
static const struct fields operation_spec_fields = {.name = "OperationSpec",
                                                    FIELDS_ROWS(operation_spec_rows)};
static const struct field operation_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = operation_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_FLAT("metadata", &operation_metadata_fields),
    FIELD_FLAT("spec", &operation_spec_fields, .flags = FIELD_REQUIRED),
};
const struct fields operation_request_fields = {.name = "Operation",
                                                .size = sizeof(struct operation_request),
                                                FIELDS_ROWS(operation_rows),
                                                .doc = "Something to do that no desired state can "
                                                       "say."};

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
    json_key(&d.out, STR("resourceQuota"));
    json_put_raw(&d.out, STR("{\"kind\":\"ResourceQuota\",\"apiVersion\":\"v1\","
                             "\"spec\":{\"type\":\"UNLIMITED\"}}"));
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
