/* See lineage.h. */
#include "api/lineage.h"

#include "api/api_impl.h"
#include "model/snapshot_location.h"

/* The lineage in the making. */
struct maker {
    struct arena *a;
    const struct entry *e;
    struct lineage *to;
    size_t room_nodes;
    size_t room_edges;
};

static void *grown(struct arena *a, struct list *list, size_t *room, size_t size)
{
    if (list->n == *room) {
        *room = *room ? *room * 2 : 64;
        void *items = arena_array(a, *room, size);
        if (list->n)
            memcpy(items, list->items, list->n * size);
        list->items = items;
    }
    return (char *)list->items + list->n++ * size;
}

static void add_node(struct maker *m, struct lineage_node node)
{
    struct lineage *l = m->to;
    *(struct lineage_node *)grown(m->a, &l->nodes, &m->room_nodes, sizeof(node)) = node;
    if (node.began_at && (!l->began_at || node.began_at < l->began_at))
        l->began_at = node.began_at;
    int64_t end = node.ended_at ? node.ended_at : node.began_at;
    if (end > l->ended_at)
        l->ended_at = end;
}

static void add_edge(struct maker *m, struct lineage_edge edge)
{
    *(struct lineage_edge *)grown(m->a, &m->to->edges, &m->room_edges, sizeof(edge)) = edge;
}

static bool has_node(const struct maker *m, struct str id)
{
    const struct lineage_node *nodes = m->to->nodes.items;
    for (size_t i = 0; i < m->to->nodes.n; i++)
        if (str_eq(nodes[i].id, id))
            return true;
    return false;
}

static int64_t spec_version_of(const struct str_map *annotations)
{
    int64_t version = 0;
    struct str text;
    if (str_map_get(annotations, STR(ANNOTATION_SPEC_VERSION), &text))
        str_to_i64(text, &version);
    return version;
}

static int64_t revision_of(const struct entry *e, int64_t spec_version)
{
    for (size_t i = e->n_revisions; i > 0; i--)
        if (e->revisions[i - 1].spec_version == spec_version)
            return e->revisions[i - 1].number;
    return 0;
}

/* ---- nodes ---- */

static void add_job(struct maker *m, const struct job *j)
{
    int64_t version = spec_version_of(&j->metadata.annotations);
    add_node(m,
             (struct lineage_node){
                 .id = j->metadata.id,
                 .kind = NODE_JOB,
                 .attempt = j->metadata.attempt,
                 .spec_version = version,
                 .revision = revision_of(m->e, version),
                 .state = str_of(job_state_names[j->status.state]),
                 .began_at = j->status.started_at ? j->status.started_at : j->metadata.created_at,
                 .ended_at = j->metadata.terminated_at,
             });
}

static void add_savepoint(struct maker *m, const struct entry *owner, const struct savepoint *s)
{
    const struct metadata *d = &entry_deployment(owner)->metadata;
    bool foreign = owner != m->e;
    if (has_node(m, s->metadata.id))
        return;
    add_node(m, (struct lineage_node){
                    .id = s->metadata.id,
                    .kind = NODE_SAVEPOINT,
                    .deployment_id = foreign ? d->id : (struct str){0},
                    .deployment_name = foreign ? d->name : (struct str){0},
                    .attempt = s->status.attempt,
                    .spec_version = spec_version_of(&s->metadata.annotations),
                    .state = str_of(savepoint_state_names[s->status.state]),
                    .origin = str_of(savepoint_origin_names[s->metadata.origin]),
                    .verified = str_of(verified_names[s->status.verified]),
                    .location = s->spec.savepoint_location,
                    .checkpoint_id = s->status.checkpoint_id,
                    .began_at = s->status.state_taken_at ? s->status.state_taken_at
                                                         : s->metadata.created_at,
                });
}

/* What a job began with; its record may be gone. */
static void add_source(struct maker *m, const struct job *j)
{
    struct str id = j->spec.savepoint_id;
    const struct savepoint *s = entry_savepoint(m->e, id);
    if (!id.len)
        return;
    if (s)
        add_savepoint(m, m->e, s);
    else if (!has_node(m, id))
        add_node(m, (struct lineage_node){.id = id,
                                          .kind = NODE_SAVEPOINT,
                                          .state = STR("GONE"),
                                          .location = j->spec.savepoint_location});
    add_edge(m,
             (struct lineage_edge){.kind = EDGE_RESTORED_FROM, .from = id, .to = j->metadata.id});
}

/* ---- copies ---- */

struct snapshots_shown {
    const struct savepoint **copies;
    const struct savepoint **originals;
    size_t n_copies;
    size_t n_originals;
};

static struct snapshots_shown snapshots_shown(const struct maker *m)
{
    const struct lineage_node *nodes = m->to->nodes.items;
    size_t n = m->to->nodes.n;
    struct snapshots_shown shown = {.copies = ARENA_ARRAY(m->a, const struct savepoint *, n),
                                    .originals = ARENA_ARRAY(m->a, const struct savepoint *, n)};
    for (size_t i = 0; i < n; i++) {
        const struct savepoint *s =
            nodes[i].kind == NODE_SAVEPOINT ? entry_savepoint(m->e, nodes[i].id) : NULL;
        if (s && s->metadata.origin == ORIGIN_COPIED)
            shown.copies[shown.n_copies++] = s;
        else if (s)
            shown.originals[shown.n_originals++] = s;
    }
    return shown;
}

static void add_copy(struct maker *m, const struct savepoint *copy,
                     const struct savepoint *original)
{
    add_edge(m, (struct lineage_edge){
                    .kind = EDGE_COPY_OF, .from = copy->metadata.id, .to = original->metadata.id});
}

static void compare(struct maker *m, const struct snapshots_shown *shown, const struct entry *other,
                    const struct savepoint *theirs)
{
    bool is_copy = theirs->metadata.origin == ORIGIN_COPIED;
    const struct savepoint **ours = is_copy ? shown->originals : shown->copies;
    size_t n = is_copy ? shown->n_originals : shown->n_copies;
    for (size_t i = 0; i < n; i++) {
        if (!snapshot_location_equal(ours[i]->spec.savepoint_location,
                                     theirs->spec.savepoint_location))
            continue;
        add_savepoint(m, other, theirs);
        if (is_copy)
            add_copy(m, theirs, ours[i]);
        else
            add_copy(m, ours[i], theirs);
    }
}

/* Of the snapshots that are shown: what they are copies of, and what is a copy of them elsewhere. */
static void add_copies(struct maker *m)
{
    const struct app *app = m->e->app;
    struct snapshots_shown shown = snapshots_shown(m);
    for (size_t i = 0; i < app->by_id.capacity; i++) {
        const struct entry *other = app->by_id.slots[i].value;
        for (size_t k = 0; other && k < other->n_savepoints; k++) {
            const struct savepoint *theirs = other->savepoints[k]->value;
            if (other != m->e || theirs->metadata.origin != ORIGIN_COPIED)
                compare(m, &shown, other, theirs);
        }
    }
}

/* ---- what comes next ---- */

static void add_next(struct maker *m, const struct hint *h, struct str job_id)
{
    bool later = h->outcome == HINT_NEW_SAVEPOINT_FIRST;
    bool chosen = h->outcome == HINT_EXISTING;
    struct str from = chosen && h->chosen.savepoint_id.len ? h->chosen.savepoint_id : job_id;
    if ((!later && !chosen) || !from.len)
        return;
    const struct savepoint *s = entry_savepoint(m->e, from);
    if (s)
        add_savepoint(m, m->e, s);
    if (!has_node(m, STR("next")))
        add_node(m, (struct lineage_node){.id = STR("next"), .kind = NODE_NEXT});
    add_edge(m, (struct lineage_edge){.kind = EDGE_NEXT,
                                      .from = from,
                                      .to = STR("next"),
                                      .scenario = h->scenario,
                                      .outcome = str_of(hint_outcome_names[h->outcome])});
}

/* The attempt behind which what is shown begins. */
static int64_t beginning(const struct entry *e, int64_t since, int64_t limit)
{
    if (limit >= (int64_t)e->n_jobs)
        return since;
    const struct job *left_out = e->jobs[e->n_jobs - (size_t)limit - 1]->value;
    return left_out->metadata.attempt > since ? left_out->metadata.attempt : since;
}

struct lineage lineage_make(struct arena *a, const struct entry *e, int64_t since, int64_t limit)
{
    const struct metadata *d = &entry_deployment(e)->metadata;
    struct lineage l = {.deployment_id = d->id,
                        .deployment_name = d->name,
                        .namespace_name = d->namespace_name,
                        .since = beginning(e, since, limit)};
    struct maker m = {.a = a, .e = e, .to = &l};
    for (size_t i = 0; i < e->n_jobs; i++) {
        const struct job *j = e->jobs[i]->value;
        if (j->metadata.attempt > l.since)
            add_job(&m, j);
    }
    for (size_t i = 0; i < e->n_savepoints; i++) {
        const struct savepoint *s = e->savepoints[i]->value;
        if (s->status.attempt <= l.since && l.since > 0)
            continue;
        add_savepoint(&m, e, s);
        if (has_node(&m, s->metadata.job_id))
            add_edge(&m, (struct lineage_edge){
                             .kind = EDGE_TOOK, .from = s->metadata.job_id, .to = s->metadata.id});
    }
    for (size_t i = 0; i < e->n_jobs; i++) {
        const struct job *j = e->jobs[i]->value;
        if (j->metadata.attempt > l.since)
            add_source(&m, j);
    }
    add_copies(&m);
    struct core_in in = entry_input(e, a);
    struct restore_decision next = hint_all(a, &in);
    const struct hint *hints[] = {&next.on_upgrade, &next.on_recovery, &next.on_start,
                                  &next.on_cancel_then_start};
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        add_next(&m, hints[i], next.job_id);
    return l;
}

/* ---- GET .../lineage ---- */

struct lineage_call {
    struct call *call;
    int64_t since;
    int64_t limit;
};

static void on_stats_seen(void *arg)
{
    const struct lineage_call *w = arg;
    struct call *c = w->call;
    struct err e = {0};
    const struct entry *entry = call_entry(c, &e);
    if (!entry) {
        call_failed(c, &e);
        return;
    }
    struct lineage l = lineage_make(c->a, entry, w->since, w->limit);
    reply_object(c, 200, &lineage_fields, &l);
    call_done(c);
}

enum handled get_lineage(struct call *c, struct err *e)
{
    struct lineage_call *w = ARENA_NEW(c->a, struct lineage_call);
    struct entry *entry = call_entry(c, e);
    w->call = c;
    if (!entry || query_number(c, QUERY_SINCE, 0, INT64_MAX, &w->since, e) < 0 ||
        query_number(c, QUERY_LIMIT, LIMIT_JOBS_KEPT, LIMIT_JOBS_KEPT, &w->limit, e) < 0)
        return HANDLED_FAILED;
    entry_see_stats(entry, on_stats_seen, w);
    return HANDLED_LATER;
}
