/* A user's document onto a Deployment: strip, patch, defaults, decode, check, compare. See
 * draft.h. */
#include "api/draft.h"

#include "base/limits.h"

static const char *const target_keys[] = {"deploymentTargetId", "deploymentTargetName",
                                          "sessionClusterName"};
enum { TARGET_KEYS = sizeof(target_keys) / sizeof(target_keys[0]) };

static bool is_given(struct json v)
{
    return !json_is_none(v) && json_kind(v) != JSON_NULL;
}

static struct json parsed(struct arena *a, struct str text)
{
    struct json v = {0};
    struct err e;
    /* Our own text. */
    return json_parse(a, text, &v, &e) < 0 ? (struct json){0} : v;
}

struct json draft_document(struct arena *a, const struct deployment *d)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    fields_encode(&o, &deployment_fields, d, false);
    struct json v = parsed(a, arena_str(a, buf_str(&b)));
    buf_fini(&b);
    return fields_strip(a, &deployment_fields, v);
}

static struct json under_spec(struct arena *a, struct json spec)
{
    return json_is_none(spec)
               ? spec
               : parsed(a, arena_fmt(a, "{\"spec\":%.*s}", STR_ARG(json_text(a, spec))));
}

/* Whoever names one kind of target has no opinion left for the defaults to have. */
static struct json without_targets(struct arena *a, struct json defaults, struct json doc)
{
    struct json spec = json_get(doc, STR("spec"));
    bool named = false;
    for (size_t i = 0; i < TARGET_KEYS; i++)
        named = named || is_given(json_get(spec, str_of(target_keys[i])));
    if (!named)
        return defaults;
    return json_merge_patch(a, defaults,
                            parsed(a, STR("{\"spec\":{\"deploymentTargetId\":null,"
                                          "\"deploymentTargetName\":null,"
                                          "\"sessionClusterName\":null}}")));
}

static struct json defaults_for(struct arena *a, const struct draft_in *in, struct json doc)
{
    struct json all = fields_defaults(a, &deployment_fields);
    if (in->with_defaults) {
        all = json_overlay(a, all, under_spec(a, in->global_defaults));
        all = json_overlay(a, all, under_spec(a, in->namespace_defaults));
    }
    return without_targets(a, all, doc);
}

/* The id and the resourceVersion are read-only, and yet a wrong one must not pass: it says that the
 * writer means another object. */
static int check_id(const struct draft_in *in, struct err *e)
{
    struct str id;
    struct json v = json_path(in->body, "metadata.id");
    if (!in->current || !is_given(v))
        return 0;
    if (json_str(v, &id) && str_eq_nocase(id, in->current->metadata.id))
        return 0;
    return err_at(e, ERR_INVALID, STR("/metadata/id"),
                  "the id never changes; that of this Deployment is %.*s",
                  STR_ARG(in->current->metadata.id));
}

static int check_names(const struct draft_in *in, struct metadata *m, struct err *e)
{
    struct str name = in->current ? in->current->metadata.name : in->name;
    if (!m->name.len)
        m->name = name;
    if (name.len && !str_eq(m->name, name))
        return err_at(e, ERR_INVALID, STR("/metadata/name"),
                      "the name never changes; the path says %.*s", STR_ARG(name));
    if (m->namespace_name.len && !str_eq(m->namespace_name, in->namespace_name))
        return err_at(e, ERR_INVALID, STR("/metadata/namespace"), "the path says namespace %.*s",
                      STR_ARG(in->namespace_name));
    m->namespace_name = in->namespace_name;
    return 0;
}

/* Documents know nothing of a restart: one that does not mention it does not take it back. */
static void keep_restart(struct arena *a, const struct draft_in *in, struct deployment *d)
{
    struct str_map *annotations = &d->spec.template_.annotations;
    struct str key = STR(ANNOTATION_RESTARTED_AT);
    struct str at;
    if (in->current && !str_map_get(annotations, key, &at) &&
        str_map_get(&in->current->spec.template_.annotations, key, &at))
        *annotations = str_map_with(a, annotations, key, at);
}

/* What nobody wrote and no table knows a default for. */
static void fill_in(struct arena *a, const struct draft_in *in, struct deployment *d)
{
    struct artifact *artifact = &d->spec.template_.spec.artifact;
    struct str *profile = &d->spec.template_.spec.logging.logging_profile;
    struct json *kubernetes = &d->spec.template_.spec.kubernetes;
    const struct str_list *known = in->flink_versions;
    if (!d->spec.deployment_target_id.len && !d->spec.deployment_target_name.len &&
        !d->spec.session_cluster_name.len)
        d->spec.deployment_target_name = STR("local");
    /* An empty text is stored as none: the next write, of whatever it is, would bring the default. */
    if (!profile->len)
        *profile = STR("default");
    /* An empty object says nothing, and is no edit of what runs. */
    if (json_kind(*kubernetes) == JSON_OBJECT && json_len(*kubernetes) == 0)
        *kubernetes = (struct json){0};
    /* Pinned: a Flink that is added to the machine later must not change what runs. */
    if (!artifact->flink_version.len && in->current)
        artifact->flink_version = in->current->spec.template_.spec.artifact.flink_version;
    if (!artifact->flink_version.len && known && known->n)
        artifact->flink_version = arena_str(a, known->items[known->n - 1]);
}

int64_t draft_spec_version(const struct deployment *d)
{
    int64_t version = 1;
    struct str text;
    if (str_map_get(&d->metadata.annotations, STR(ANNOTATION_SPEC_VERSION), &text))
        str_to_i64(text, &version);
    return version;
}

static void put_spec_version(struct arena *a, struct metadata *m, int64_t version)
{
    m->annotations = str_map_with(a, &m->annotations, STR(ANNOTATION_SPEC_VERSION),
                                  arena_fmt(a, "%lld", (long long)version));
}

static void compare(struct arena *a, const struct draft_in *in, struct draft *ret)
{
    struct deployment *d = &ret->deployment;
    const struct deployment *old = in->current;
    int64_t version = old ? draft_spec_version(old) : 1;
    d->metadata.id = old ? old->metadata.id : in->id;
    d->metadata.created_at = old ? old->metadata.created_at : in->wall_us;
    d->metadata.modified_at = old ? old->metadata.modified_at : in->wall_us;
    d->metadata.resource_version = old ? old->metadata.resource_version : 1;
    d->metadata.generation = old ? old->metadata.generation : 1;
    if (old)
        d->status = old->status;
    else
        d->status.state = OBSERVED_TRANSITIONING;
    put_spec_version(a, &d->metadata, version);
    struct deployment nothing = {0};
    if (!old) {
        nothing.metadata = d->metadata;
        nothing.status = d->status;
    }
    ret->changes = fields_diff(a, &deployment_fields, old ? old : &nothing, d);
    for (size_t i = 0; i < ret->changes.n; i++) {
        const struct field_change *c = &ret->changes.items[i];
        ret->spec_changed = ret->spec_changed || str_starts_with(c->path, STR("spec."));
        ret->upgrade = ret->upgrade || (c->flags & FIELD_UPGRADE);
    }
    if (!old || ret->changes.n == 0)
        return;
    d->metadata.modified_at = in->wall_us;
    d->metadata.resource_version++;
    d->metadata.generation += ret->spec_changed;
    if (ret->upgrade)
        put_spec_version(a, &d->metadata, version + 1);
}

/* ---- what came from where ---- */

struct tracer {
    struct arena *a;
    const struct draft_in *in;
    struct defaulted *items;
    size_t n;
};

static struct json get(struct json object, struct str key)
{
    return json_kind(object) == JSON_OBJECT ? json_get(object, key) : (struct json){0};
}

/* `doc` is what the user wrote here, the others what the defaults say. */
static void trace(struct tracer *t, struct str path, struct json defaults, struct json doc,
                  struct json global, struct json own)
{
    struct json_iter it = json_each(defaults);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item) && t->n < LIMIT_MAP_ENTRIES) {
        struct json written = get(doc, key);
        struct str here =
            arena_fmt(t->a, "%.*s%s%.*s", STR_ARG(path), path.len ? "." : "", STR_ARG(key));
        bool nested = json_kind(item) == JSON_OBJECT;
        if (nested && (!is_given(written) || json_kind(written) == JSON_OBJECT)) {
            trace(t, here, item, written, get(global, key), get(own, key));
            continue;
        }
        if (is_given(written))
            continue;
        struct str from = is_given(get(own, key))      ? STR("DeploymentDefaults")
                          : is_given(get(global, key)) ? STR("GlobalDeploymentDefaults")
                                                       : STR("built-in");
        t->items[t->n++] = (struct defaulted){here, json_text(t->a, item), from};
    }
}

static struct list trace_defaults(struct arena *a, const struct draft_in *in, struct json defaults,
                                  struct json doc)
{
    struct tracer t = {a, in, ARENA_ARRAY(a, struct defaulted, LIMIT_MAP_ENTRIES), 0};
    struct json none = {0};
    trace(&t, STR(""), defaults, doc, in->with_defaults ? under_spec(a, in->global_defaults) : none,
          in->with_defaults ? under_spec(a, in->namespace_defaults) : none);
    return (struct list){t.items, t.n};
}

int draft_make(struct arena *a, const struct draft_in *in, struct draft *ret, struct err *e)
{
    *ret = (struct draft){0};
    if (check_id(in, e) < 0)
        return -1;
    struct json doc = fields_strip(a, &deployment_fields, in->body);
    if (in->is_patch && in->current)
        doc = json_merge_patch(a, draft_document(a, in->current), doc);
    struct json defaults = defaults_for(a, in, doc);
    struct deployment *d = &ret->deployment;
    if (fields_decode(a, &deployment_fields, json_overlay(a, defaults, doc), in->unknown, d, e) < 0)
        return -1;
    fill_in(a, in, d);
    keep_restart(a, in, d);
    if (check_names(in, &d->metadata, e) < 0 || deployment_validate(d, in->flink_versions, e) < 0)
        return -1;
    if (!in->is_patch || !in->current)
        ret->defaulted = trace_defaults(a, in, defaults, doc);
    compare(a, in, ret);
    return 0;
}
