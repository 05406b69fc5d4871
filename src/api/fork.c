/* POST deployments?forkOf=: a new Deployment from the spec of another one, which begins from a snapshot
 * of it. The snapshot is registered as a copy: the fork never owns its data, and while the fork knows
 * it, nobody deletes it. */
#include "api/hint.h"
#include "api/write.h"

struct fork {
    struct str source; /* name or id */
    struct str from;   /* "latest", "none", or the id of a Savepoint */
    struct str nonce;
};

/* The newest that there is, whatever strategy its owner has: as the reconciler would choose. */
static int choose_latest(struct arena *a, const struct entry *source, struct str *ret,
                         struct err *e)
{
    struct core_in in = entry_input(source, a);
    struct deployment d = *in.deployment;
    d.spec.restore_strategy = RESTORE_LATEST_STATE;
    d.spec.restore_from = (struct restore_from){0};
    d.spec.max_state_age = (struct duration_val){0};
    in.deployment = &d;
    struct choice c = core_choose(a, &in, false);
    if (c.kind == PICK_SNAPSHOT) {
        *ret = c.savepoint->spec.savepoint_location;
        return 0;
    }
    struct str why = c.kind == PICK_BAD ? c.reason : STR("it has no completed snapshot");
    return err_at(e, ERR_CONFLICT, STR("?state"),
                  "Deployment %.*s has no state to begin from: %.*s. Take a savepoint of it first, "
                  "or say state=none",
                  STR_ARG(d.metadata.name), STR_ARG(why));
}

static int choose(struct arena *a, const struct fork *f, const struct entry *source,
                  struct str *ret, struct err *e)
{
    if (str_eq_nocase(f->from, STR("latest")))
        return choose_latest(a, source, ret, e);
    const struct savepoint *s = entry_savepoint(source, f->from);
    if (!s)
        return err_at(e, ERR_BAD_REQUEST, STR("?state"),
                      "must be latest, none or the id of a Savepoint of Deployment %.*s",
                      STR_ARG(entry_deployment(source)->metadata.name));
    if (s->status.state != SAVEPOINT_COMPLETED)
        return err_at(e, ERR_CONFLICT, STR("?state"), "Savepoint %.*s is %s, not COMPLETED",
                      STR_ARG(f->from), savepoint_state_names[s->status.state]);
    *ret = s->spec.savepoint_location;
    return 0;
}

/* The source's spec, without what belongs to its own past. */
static struct json base_of(struct arena *a, const struct entry *source)
{
    struct deployment d = {.spec = entry_deployment(source)->spec};
    struct str_map *annotations = &d.spec.template_.annotations;
    struct str_map kept = {ARENA_ARRAY(a, struct str_pair, annotations->n), 0};
    for (size_t i = 0; i < annotations->n; i++)
        if (!str_eq(annotations->items[i].key, STR(ANNOTATION_RESTARTED_AT)))
            kept.items[kept.n++] = annotations->items[i];
    *annotations = kept;
    d.spec.restore_from = (struct restore_from){0};
    d.spec.state = DESIRED_CANCELLED;
    return draft_document(a, &d);
}

static struct json with_restore(struct arena *a, struct json doc, struct str location,
                                struct str nonce)
{
    struct deployment d = {.spec.restore_from = {.location = location, .nonce = nonce}};
    struct json from = json_path(draft_document(a, &d), "spec.restoreFrom");
    struct json patch = {0};
    struct err e;
    struct str text =
        arena_fmt(a, "{\"spec\":{\"restoreFrom\":%.*s}}", STR_ARG(json_text(a, from)));
    /* Our own text. */
    return json_parse(a, text, &patch, &e) < 0 ? doc : json_merge_patch(a, doc, patch);
}

static int compose_fork(struct write *w, const struct entry *none, struct err *e)
{
    const struct fork *f = w->operation;
    struct call *c = w->call;
    struct str location = {0};
    const struct entry *source = registry_find(c->app, c->namespace_name, f->source);
    (void)none;
    if (!source)
        return err_at(e, ERR_NOT_FOUND, STR("?forkOf"), "there is no Deployment \"%.*s\"",
                      STR_ARG(str_take(f->source, 100)));
    struct json doc = json_merge_patch(c->a, base_of(c->a, source), w->request);
    bool named = json_kind(json_path(w->request, "spec.restoreFrom")) == JSON_OBJECT;
    bool starts_empty = str_eq_nocase(f->from, STR("none")) || (named && !f->from.len);
    if (named && f->from.len)
        return err_at(e, ERR_INVALID, STR("/spec/restoreFrom"), "it and ?state exclude each other");
    if (!starts_empty && choose(c->a, f, source, &location, e) < 0)
        return -1;
    w->body = starts_empty ? doc : with_restore(c->a, doc, location, f->nonce);
    w->did = arena_fmt(c->a, "created it as a fork of Deployment %.*s, %s%.*s",
                       STR_ARG(entry_deployment(source)->metadata.name),
                       location.len ? "to begin from " : "without its state", STR_ARG(location));
    return 0;
}

int fork_take(struct write *w, struct err *e)
{
    struct call *c = w->call;
    if (!query_given(c, QUERY_FORK_OF))
        return query_given(c, QUERY_STATE) ? fail_query(e, QUERY_STATE, "belongs to forkOf") : 0;
    if (w->plan.len)
        return fail_query(e, QUERY_PLAN_ID, "and forkOf exclude each other");
    struct fork *f = ARENA_NEW(c->a, struct fork);
    f->source = c->query[QUERY_FORK_OF];
    f->from = c->query[QUERY_STATE];
    f->nonce = arena_fmt(c->a, "fork-%.*s", STR_ARG(app_uuid(c->app, c->a)));
    bool named = json_kind(json_path(w->request, "spec.restoreFrom")) == JSON_OBJECT;
    if (!f->from.len && !named)
        f->from = STR("latest");
    w->compose = compose_fork;
    w->operation = f;
    return 0;
}
