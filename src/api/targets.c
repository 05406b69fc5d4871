/* DeploymentTargets: the built-in `local`, and those that users write. */
#include "api/list.h"
#include "api/plan.h"
#include "api/settings.h"
#include "model/selector.h"

const struct target *target_find(const struct app *app, struct arena *a, struct str namespace_name,
                                 struct str name)
{
    struct str_map none = {0};
    if (str_eq(name, STR("local"))) {
        struct target *t = ARENA_NEW(a, struct target);
        t->kind = TARGET_LOCAL;
        t->metadata = (struct metadata){
            .id = STR(LOCAL_TARGET_ID),
            .name = STR("local"),
            .namespace_name = namespace_name,
            .created_at = app->started_at,
            .modified_at = app->started_at,
            .labels = none,
            .annotations = none,
            .resource_version = 1,
        };
        return t;
    }
    for (size_t i = 0; i < app->n_targets; i++) {
        const struct target *t = app->targets[i]->value;
        if (str_eq(t->metadata.name, name) && str_eq(t->metadata.namespace_name, namespace_name))
            return t;
    }
    return NULL;
}

const struct target *target_find_id(const struct app *app, struct arena *a,
                                    struct str namespace_name, struct str id)
{
    if (str_eq_nocase(id, STR(LOCAL_TARGET_ID)))
        return target_find(app, a, namespace_name, STR("local"));
    for (size_t i = 0; i < app->n_targets; i++) {
        const struct target *t = app->targets[i]->value;
        if (str_eq_nocase(t->metadata.id, id) && str_eq(t->metadata.namespace_name, namespace_name))
            return t;
    }
    return NULL;
}

static struct str row_id(struct call *c, struct str name)
{
    return arena_fmt(c->a, "%.*s/%.*s", STR_ARG(c->namespace_name), STR_ARG(name));
}

static void add_target(struct list_doc *l, const struct selector *labels, const struct target *t)
{
    if (selector_matches(labels, &t->metadata.labels))
        list_add(l, &(struct list_item){.object = t, .id = t->metadata.name});
}

enum handled get_targets(struct call *c, struct err *e)
{
    struct list_doc l;
    struct selector labels = {0};
    if (check_namespace(c, e) < 0 || list_begin(c, RESOURCE_TARGET, &l, e) < 0 ||
        selector_parse(c->a, c->query[QUERY_LABEL_SELECTOR], &labels, e) < 0)
        return HANDLED_FAILED;
    add_target(&l, &labels, target_find(c->app, c->a, c->namespace_name, STR("local")));
    for (size_t i = 0; i < c->app->n_targets; i++) {
        const struct target *t = c->app->targets[i]->value;
        if (str_eq(t->metadata.namespace_name, c->namespace_name))
            add_target(&l, &labels, t);
    }
    return list_end(c, &l, e);
}

static const struct target *call_target(struct call *c, struct err *e)
{
    if (check_namespace(c, e) < 0)
        return NULL;
    const struct target *t = target_find_id(c->app, c->a, c->namespace_name, c->name);
    if (!t)
        t = target_find(c->app, c->a, c->namespace_name, c->name);
    if (!t)
        fail_not_found(e, "DeploymentTarget", c->name);
    return t;
}

enum handled get_target(struct call *c, struct err *e)
{
    const struct target *t = call_target(c, e);
    return t ? reply_object(c, 200, &target_fields, t) : HANDLED_FAILED;
}

/* ---- writes ---- */

static int check_body(const struct call *c, struct target *t, struct str name, struct err *e)
{
    struct metadata *m = &t->metadata;
    if (!m->name.len)
        m->name = name;
    if (!long_name_is_valid(m->name))
        return err_at(e, ERR_INVALID, STR("/metadata/name"),
                      "the name must be of a-z, A-Z, 0-9, hyphens and underscores");
    if (name.len && !str_eq(m->name, name))
        return err_at(e, ERR_INVALID, STR("/metadata/name"),
                      "the name never changes; the path says %.*s", STR_ARG(name));
    if (m->namespace_name.len && !str_eq(m->namespace_name, c->namespace_name))
        return err_at(e, ERR_INVALID, STR("/metadata/namespace"), "the path says namespace %.*s",
                      STR_ARG(c->namespace_name));
    if (m->labels.n > LIMIT_LABELS)
        return err_at(e, ERR_TOO_LARGE, STR("/metadata/labels"), "more than %u labels",
                      LIMIT_LABELS);
    m->namespace_name = c->namespace_name;
    if (t->kind == TARGET_UNSET)
        t->kind = TARGET_KUBERNETES;
    return 0;
}

static int read_target(struct call *c, struct str name, struct target *ret, bool *dry_run,
                       struct json *ret_body, struct err *e)
{
    enum fields_unknown unknown;
    if (check_namespace(c, e) < 0 || check_store(c->app, e) < 0 ||
        query_unknown(c, &unknown, e) < 0 || query_dry_run(c, dry_run, e) < 0 ||
        body_parse(c, ret_body, e) < 0)
        return -1;
    warn_unknown(c, &target_fields, *ret_body);
    struct json user = fields_strip(c->a, &target_fields, *ret_body);
    if (fields_decode(c->a, &target_fields, user, unknown, ret, e) < 0)
        return -1;
    return check_body(c, ret, name, e);
}

static enum handled store_target(struct call *c, const struct target *old, struct target *t,
                                 bool dry_run)
{
    int64_t now = app_wall_us(c->app);
    t->metadata.id = old ? old->metadata.id : app_uuid(c->app, c->a);
    t->metadata.created_at = old ? old->metadata.created_at : now;
    t->metadata.modified_at = now;
    t->metadata.resource_version = old ? old->metadata.resource_version + 1 : 1;
    if (dry_run) {
        plan_reply_small(c, NULL, PLAN_STORED_ONLY);
        return HANDLED;
    }
    return setting_put(c, &setting_targets, row_id(c, t->metadata.name), t, old ? 200 : 201);
}

enum handled post_target(struct call *c, struct err *e)
{
    struct target *t = ARENA_NEW(c->a, struct target);
    struct json body;
    bool dry_run;
    if (read_target(c, (struct str){0}, t, &dry_run, &body, e) < 0)
        return HANDLED_FAILED;
    if (target_find(c->app, c->a, c->namespace_name, t->metadata.name)) {
        err_at(e, ERR_ALREADY_EXISTS, STR("/metadata/name"),
               "a DeploymentTarget of the name %.*s exists", STR_ARG(t->metadata.name));
        return HANDLED_FAILED;
    }
    return store_target(c, NULL, t, dry_run);
}

static int check_replacement(struct call *c, const struct target *old, const struct target *t,
                             struct json body, struct err *e)
{
    if (str_eq(request_header(c->r, STR("if-none-match")), STR("*")))
        return err_set(e, ERR_PRECONDITION_FAILED,
                       "If-None-Match does not hold: the target exists");
    if (t->kind != old->kind)
        return err_at(e, ERR_INVALID, STR("/spec/kind"), "the kind of a target never changes");
    if (!str_eq(t->kubernetes_namespace, old->kubernetes_namespace))
        return err_at(e, ERR_INVALID, STR("/spec/kubernetes/namespace"),
                      "the spec of a target never changes");
    if (check_if_match(c, old->metadata.resource_version, e) < 0)
        return -1;
    return check_body_version(body, old->metadata.resource_version, e);
}

enum handled put_target(struct call *c, struct err *e)
{
    struct target *t = ARENA_NEW(c->a, struct target);
    struct json body;
    bool dry_run;
    const struct target *by_id = target_find_id(c->app, c->a, c->namespace_name, c->name);
    struct str name = by_id ? by_id->metadata.name : c->name;
    if (read_target(c, name, t, &dry_run, &body, e) < 0)
        return HANDLED_FAILED;
    if (str_eq(name, STR("local"))) {
        err_set(e, ERR_CONFLICT, "the target local is built in and cannot be changed");
        return HANDLED_FAILED;
    }
    const struct target *old = target_find(c->app, c->a, c->namespace_name, name);
    if (!old && request_header(c->r, STR("if-match")).len) {
        err_set(e, ERR_PRECONDITION_FAILED, "If-Match does not hold: there is no such target");
        return HANDLED_FAILED;
    }
    if (old && check_replacement(c, old, t, body, e) < 0)
        return HANDLED_FAILED;
    if (old) {
        t->metadata.created_at = old->metadata.created_at;
        t->metadata.modified_at = old->metadata.modified_at;
        t->metadata.id = old->metadata.id;
        t->metadata.resource_version = old->metadata.resource_version;
        if (fields_diff(c->a, &target_fields, old, t).n == 0 && !dry_run)
            return reply_object(c, 200, &target_fields, old);
    }
    return store_target(c, old, t, dry_run);
}

static bool names_target(struct str name, struct str id, const struct target *t)
{
    return str_eq(name, t->metadata.name) || str_eq_nocase(id, t->metadata.id);
}

static int check_unused(struct call *c, const struct target *t, struct err *e)
{
    size_t n;
    struct entry **all = registry_list(c->app, c->a, c->namespace_name, &n);
    struct json defaults = namespace_defaults(c->app, c->namespace_name);
    for (size_t i = 0; i < n; i++) {
        const struct deployment *d = entry_deployment(all[i]);
        if (names_target(d->spec.deployment_target_name, d->spec.deployment_target_id, t))
            return err_set(e, ERR_CONFLICT, "Deployment %.*s names the target",
                           STR_ARG(d->metadata.name));
    }
    if (names_target(json_str_or(json_get(defaults, STR("deploymentTargetName")), STR("")),
                     json_str_or(json_get(defaults, STR("deploymentTargetId")), STR("")), t))
        return err_set(e, ERR_CONFLICT, "the DeploymentDefaults name the target");
    return 0;
}

enum handled delete_target(struct call *c, struct err *e)
{
    bool dry_run;
    const struct target *t = call_target(c, e);
    if (!t || query_dry_run(c, &dry_run, e) < 0 || check_store(c->app, e) < 0 ||
        check_if_match(c, t->metadata.resource_version, e) < 0)
        return HANDLED_FAILED;
    if (str_eq(t->metadata.name, STR("local"))) {
        err_set(e, ERR_CONFLICT, "the target local is built in and cannot be deleted");
        return HANDLED_FAILED;
    }
    if (check_unused(c, t, e) < 0)
        return HANDLED_FAILED;
    if (dry_run) {
        plan_reply_small(c, NULL, PLAN_DELETE);
        return HANDLED;
    }
    reply_object(c, 200, &target_fields, t);
    return setting_drop(c, &setting_targets, row_id(c, t->metadata.name));
}
