/* What Sluice adds to a user's Flink configuration, and where snapshots go. What the user wrote
 * wins (behaviour.md 2, "Directories"). */
#include "core/step.h"

static struct str find(const struct str_map *m, struct str key)
{
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->items[i].key, key))
            return m->items[i].value;
    return (struct str){0};
}

static struct str base_of(struct arena *a, const struct core_in *in)
{
    return arena_fmt(a, "%.*s/namespaces/%.*s/deployments/%.*s", STR_ARG(in->env->storage_base_uri),
                     STR_ARG(in->deployment->metadata.namespace_name),
                     STR_ARG(in->deployment->metadata.id));
}

struct str core_savepoint_directory(struct arena *a, const struct core_in *in, struct str id)
{
    const struct str_map *conf = &in->deployment->spec.template_.spec.flink_configuration;
    if (in->job)
        conf = &in->job->spec.template_.flink_configuration;
    struct str own = find(conf, STR("execution.checkpointing.savepoint-dir"));
    if (!own.len)
        own = find(conf, STR("state.savepoints.dir"));
    if (!own.len)
        own = arena_fmt(a, "%.*s/savepoints", STR_ARG(base_of(a, in)));
    while (own.len && own.ptr[own.len - 1] == '/')
        own.len--;
    return arena_fmt(a, "%.*s/%.*s", STR_ARG(own), STR_ARG(id));
}

static void put(struct str_map *m, struct str key, struct str value)
{
    size_t at = m->n++;
    for (; at > 0 && str_cmp(m->items[at - 1].key, key) > 0; at--)
        m->items[at] = m->items[at - 1];
    m->items[at] = (struct str_pair){key, value};
}

struct str_map core_effective_configuration(struct arena *a, const struct core_in *in,
                                            const struct job_template *t)
{
    const struct {
        struct str key;
        struct str old_key;
        struct str value;
    } added[] = {
        {STR("execution.checkpointing.dir"), STR("state.checkpoints.dir"),
         arena_fmt(a, "%.*s/checkpoints", STR_ARG(base_of(a, in)))},
        {STR("execution.checkpointing.savepoint-dir"), STR("state.savepoints.dir"),
         arena_fmt(a, "%.*s/savepoints", STR_ARG(base_of(a, in)))},
        {STR("execution.checkpointing.externalized-checkpoint-retention"),
         {NULL, 0},
         STR("RETAIN_ON_CANCELLATION")},
        {STR("execution.checkpointing.num-retained"), STR("state.checkpoints.num-retained"),
         STR("3")},
    };
    enum { ADDED = sizeof(added) / sizeof(added[0]) };
    const struct str_map *user = &t->flink_configuration;
    struct str_map m = {ARENA_ARRAY(a, struct str_pair, user->n + ADDED), user->n};
    if (user->n)
        memcpy(m.items, user->items, user->n * sizeof(*m.items));
    for (size_t i = 0; i < ADDED; i++)
        if (!find(user, added[i].key).len && !find(user, added[i].old_key).len)
            put(&m, added[i].key, added[i].value);
    return m;
}
