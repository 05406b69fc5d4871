/* validate: documents against the field tables that are built into this program. No server is asked:
 * what depends on one (targets, namespaces, the Flink homes it has) is its to check. */
#include "cli/files.h"
#include "model/deployment.h"
#include "model/target.h"

static int check_deployment(struct cli *c, struct json doc, struct err *e)
{
    struct deployment d;
    struct str_list versions = {&c->flags[FLAG_FLINK_VERSION], 1};
    struct str_list any = {0};
    struct json user = fields_strip(c->a, &deployment_fields, doc);
    struct json whole = json_overlay(c->a, fields_defaults(c->a, &deployment_fields), user);
    if (fields_decode(c->a, &deployment_fields, whole, UNKNOWN_REFUSE, &d, e) < 0)
        return -1;
    return deployment_validate(&d, flag_given(c, FLAG_FLINK_VERSION) ? &versions : &any, e);
}

static int check_target(struct cli *c, struct json doc, struct err *e)
{
    struct target t;
    struct json user = fields_strip(c->a, &target_fields, doc);
    if (fields_decode(c->a, &target_fields, user, UNKNOWN_REFUSE, &t, e) < 0)
        return -1;
    if (!long_name_is_valid(t.metadata.name))
        return err_at(e, ERR_INVALID, STR("/metadata/name"),
                      "the name must be of a-z, A-Z, 0-9, hyphens and underscores");
    return 0;
}

static int check_defaults(struct cli *c, struct json doc, struct err *e)
{
    struct defaults d;
    struct json user = fields_strip(c->a, &defaults_fields, doc);
    if (fields_decode(c->a, &defaults_fields, user, UNKNOWN_REFUSE, &d, e) < 0)
        return -1;
    if (json_is_none(d.spec))
        return 0;
    struct err inner = {0};
    if (fields_check(&deployment_spec_fields, d.spec, UNKNOWN_REFUSE, &inner) == 0)
        return 0;
    return err_at(e, inner.code, arena_fmt(c->a, "/spec%s", inner.pointer), "%s", inner.text);
}

static int check(struct cli *c, struct json doc, struct err *e)
{
    struct str kind = json_str_or(json_get(doc, STR("kind")), (struct str){0});
    const struct resource *r = resource_by_kind(kind);
    switch (r ? r - resources : RESOURCE_KINDS) {
    case RESOURCE_DEPLOYMENT: return check_deployment(c, doc, e);
    case RESOURCE_TARGET: return check_target(c, doc, e);
    case RESOURCE_DEFAULTS: return check_defaults(c, doc, e);
    default:
        return err_at(e, ERR_INVALID, STR("/kind"),
                      "\"%.*s\" cannot be applied: Deployment, DeploymentTarget or "
                      "DeploymentDefaults is expected",
                      STR_ARG(kind));
    }
}

struct verdict {
    struct str what; /* "deployment/ledger" */
    bool valid;
    struct err e;
};

static void put_str(struct json_out *o, const char *key, struct str value)
{
    json_key(o, str_of(key));
    json_put_str(o, value);
}

/* One object with a list: what programs read. */
static void put_document(struct cli *c, const struct verdict *v, size_t n, size_t n_bad)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct json document;
    struct err e;
    json_begin_object(&o);
    json_key(&o, STR("valid"));
    json_put_bool(&o, n_bad == 0);
    json_key(&o, STR("documents"));
    json_begin_array(&o);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(&o);
        put_str(&o, "name", v[i].what);
        json_key(&o, STR("valid"));
        json_put_bool(&o, v[i].valid);
        if (!v[i].valid) {
            put_str(&o, "pointer", str_of(v[i].e.pointer));
            put_str(&o, "message", str_of(v[i].e.text));
        }
        json_end_object(&o);
    }
    json_end_array(&o);
    json_end_object(&o);
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    if (json_parse(c->a, text, &document, &e) == 0)
        out_document(c, document);
}

static struct str name_of(struct cli *c, struct json doc, size_t i)
{
    struct str none = {0};
    struct str kind = plain_line(c->a, json_str_or(json_get(doc, STR("kind")), none));
    struct str name = plain_line(c->a, json_str_or(json_path(doc, "metadata.name"), none));
    const struct resource *r = resource_by_kind(kind);
    const struct kind *k = r ? kind_of((enum resource_kind)(r - resources)) : NULL;
    if (!k)
        return arena_fmt(c->a, "document %zu", i + 1);
    return arena_fmt(c->a, "%s%s%.*s", k->word, name.len ? "/" : "", STR_ARG(name));
}

int cmd_validate(struct cli *c)
{
    struct json docs[MOST_DOCUMENTS];
    size_t n = 0;
    size_t n_bad = 0;
    int r = file_documents(c, docs, &n);
    if (r != EXIT_DONE)
        return r;
    struct verdict *v = ARENA_ARRAY(c->a, struct verdict, n);
    for (size_t i = 0; i < n; i++) {
        v[i].what = name_of(c, docs[i], i);
        v[i].valid = check(c, docs[i], &v[i].e) == 0;
        n_bad += !v[i].valid;
        if (c->format == FORMAT_TABLE && v[i].valid)
            out_fmt(c, "%.*s is valid\n", STR_ARG(v[i].what));
    }
    if (c->format != FORMAT_TABLE)
        put_document(c, v, n, n_bad);
    for (size_t i = 0; i < n; i++)
        if (!v[i].valid)
            r = fail(c, EXIT_REFUSED,
                     arena_fmt(c->a, "%.*s is not valid%s%s", STR_ARG(v[i].what),
                               v[i].e.pointer[0] ? " at " : "", v[i].e.pointer)
                         .ptr,
                     str_of(v[i].e.text), "sluice explain KIND.FIELD says what a field takes");
    return r;
}
