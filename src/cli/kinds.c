/* Kinds of things: what people call them, where they are, which columns a list of them has. */
#include "cli/cli.h"

static const char *const deployment_words[] = {"deployment", "deployments", "dep", "d", NULL};
static const char *const job_words[] = {"job", "jobs", "j", NULL};
static const char *const savepoint_words[] = {"savepoint", "savepoints", "sp", NULL};
static const char *const event_words[] = {"event", "events", "ev", NULL};
static const char *const target_words[] = {
    "target", "targets", "dt", "deployment-target", "deployment-targets", "deploymenttarget", NULL};
static const char *const defaults_words[] = {"defaults", "deployment-defaults",
                                             "deploymentdefaults", NULL};
static const char *const namespace_words[] = {"namespace", "namespaces", "ns", NULL};

/* clang-format off */
static const struct kind kinds[] = {
{ RESOURCE_DEPLOYMENT, "deployment", deployment_words, "items", {
    { "NAME", "metadata.name", COLUMN_TEXT, false },
    { "DESIRED", "spec.state", COLUMN_TEXT, false },
    { "ACTUAL", "status.state", COLUMN_STATE, false },
    { "HEALTH", "status.health", COLUMN_STATE, false },
    { "JOB UP", "status.running.transitionTime", COLUMN_AGE, false },
    { "FLINK", "spec.template.spec.artifact.flinkVersion", COLUMN_TEXT, false },
    { "PAR", "spec.template.spec.parallelism", COLUMN_TEXT, false },
    { "TARGET", "spec.deploymentTargetName", COLUMN_TEXT, false },
    { "UPGRADE", "spec.upgradeStrategy.kind", COLUMN_TEXT, true },
    { "RESTORE", "spec.restoreStrategy.kind", COLUMN_TEXT, true },
    { "PENDING", "status.pendingChange", COLUMN_TEXT, true },
    { "MESSAGE", "status.message", COLUMN_LINE, true } } },
{ RESOURCE_JOB, "job", job_words, "items", {
    { "ID", "metadata.id", COLUMN_TEXT, false },
    { "DEPLOYMENT", "metadata.deploymentName", COLUMN_TEXT, false },
    { "ATTEMPT", "metadata.attempt", COLUMN_TEXT, false },
    { "STATE", "status.state", COLUMN_STATE, false },
    { "FLINK SAYS", "status.started.observedFlinkJobStatus", COLUMN_TEXT, false },
    { "RESTARTS", "status.started.observedFlinkJobRestarts", COLUMN_TEXT, false },
    { "AGE", "metadata.createdAt", COLUMN_AGE, false },
    { "RESTORED", "spec.savepointId", COLUMN_TEXT, false },
    { "REST", "status.restUrl", COLUMN_TEXT, true },
    { "FAILURE", "status.failure.message", COLUMN_LINE, true } } },
{ RESOURCE_SAVEPOINT, "savepoint", savepoint_words, "items", {
    { "ID", "metadata.id", COLUMN_TEXT, false },
    { "ORIGIN", "metadata.origin", COLUMN_TEXT, false },
    { "STATE", "status.state", COLUMN_STATE, false },
    { "ATTEMPT", "status.attempt", COLUMN_TEXT, false },
    { "CHECKPOINT", "status.checkpointId", COLUMN_TEXT, false },
    { "AGE", "status.stateTakenAt", COLUMN_AGE, false },
    { "SIZE", "status.sizeBytes", COLUMN_SIZE, false },
    { "VERIFIED", "status.verified", COLUMN_TEXT, false },
    { "TYPE", "metadata.type", COLUMN_TEXT, true },
    { "DEPLOYMENT ID", "metadata.deploymentId", COLUMN_TEXT, true },
    { "LOCATION", "spec.savepointLocation", COLUMN_LINE, true },
    { "PINNED", "spec.pinned", COLUMN_TEXT, true } } },
{ RESOURCE_EVENT, "event", event_words, "items", {
    { "SEQ", "metadata.sequence", COLUMN_TEXT, false },
    { "TIME", "metadata.createdAt", COLUMN_TEXT, false },
    { "DEPLOYMENT", "metadata.resourceName", COLUMN_TEXT, false },
    { "EVENT", "metadata.name", COLUMN_TEXT, false },
    { "RULE", "spec.rule", COLUMN_TEXT, false },
    { "MESSAGE", "spec.message", COLUMN_LINE, false } } },
{ RESOURCE_TARGET, "target", target_words, "items", {
    { "NAME", "metadata.name", COLUMN_TEXT, false },
    { "KIND", "spec.kind", COLUMN_TEXT, false },
    { "AGE", "metadata.createdAt", COLUMN_AGE, false },
    { "ID", "metadata.id", COLUMN_TEXT, true } } },
{ RESOURCE_DEFAULTS, "defaults", defaults_words, NULL, {
    { "NAMESPACE", "metadata.namespace", COLUMN_TEXT, false },
    { "SPEC", "spec", COLUMN_LINE, false } } },
{ RESOURCE_NAMESPACE, "namespace", namespace_words, "namespaces", {
    { "NAME", "name", COLUMN_TEXT, false },
    { "PHASE", "lifecyclePhase", COLUMN_TEXT, false } } },
};
/* clang-format on */
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const struct kind *kind_find(struct str word)
{
    for (size_t i = 0; i < N_KINDS; i++)
        for (const char *const *alias = kinds[i].aliases; *alias; alias++)
            if (str_eq_nocase(word, str_of(*alias)))
                return &kinds[i];
    return NULL;
}

const struct kind *kind_of(enum resource_kind id)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (kinds[i].id == id)
            return &kinds[i];
    return NULL;
}

static int unknown_kind(struct cli *c, struct str word)
{
    return fail(c, EXIT_USAGE, arena_fmt(c->a, "unknown kind \"%.*s\"", STR_ARG(word)).ptr,
                STR("kinds: deployment (d), job (j), savepoint (sp), event (ev), target (dt), "
                    "defaults, namespace (ns)"),
                "sluice help get");
}

int ref_parse(struct cli *c, size_t i, const struct kind *fallback, const struct kind **ret,
              struct str *name)
{
    struct str word = i < c->n_words ? c->words[i] : (struct str){0};
    bool slash = str_contains(word, STR("/"));
    struct str rest;
    struct str first = str_split(word, '/', &rest);
    *name = (struct str){0};
    *ret = kind_find(first);
    if (slash) {
        *name = rest;
    } else if (i + 1 < c->n_words && (*ret || !fallback)) {
        *name = c->words[i + 1];
    } else if (fallback) {
        *ret = fallback;
        *name = word;
    }
    if (!*ret)
        return unknown_kind(c, first);
    if (slash && !rest.len)
        return fail(c, EXIT_USAGE, "a name is missing behind the /",
                    arena_fmt(c->a, "it reads \"%.*s\"", STR_ARG(word)), NULL);
    return EXIT_DONE;
}

int ref_deployment(struct cli *c, size_t i, struct str *name)
{
    const struct kind *own = kind_of(RESOURCE_DEPLOYMENT);
    const struct kind *k;
    int r = ref_parse(c, i, own, &k, name);
    if (r == EXIT_DONE && k != own)
        return fail(c, EXIT_USAGE, "a Deployment is needed here",
                    arena_fmt(c->a, "\"%.*s\" is a %s", STR_ARG(c->words[i]), k->word), NULL);
    if (r == EXIT_DONE && !name->len)
        return fail(c, EXIT_USAGE, "the name of a Deployment is empty", STR("write it, or d/NAME"),
                    NULL);
    return r;
}

struct str object_path(const struct cli *c, const struct kind *k, struct str name)
{
    struct str list = k->id == RESOURCE_NAMESPACE ? STR("/namespaces/v1/namespaces")
                                                  : ns_path(c, resources[k->id].segment);
    if (!name.len || k->id == RESOURCE_DEFAULTS)
        return list;
    return arena_fmt(c->a, "%.*s/%.*s", STR_ARG(list), STR_ARG(url_part(c->a, name)));
}

struct str object_name(const struct cli *c, const struct kind *k, struct json object)
{
    const char *path = k->id == RESOURCE_NAMESPACE ? "name"
                       : resources[k->id].named    ? "metadata.name"
                                                   : "metadata.id";
    struct str name = json_str_or(json_path(object, path), STR(""));
    /* Namespaces are named "namespaces/default". */
    if (k->id == RESOURCE_NAMESPACE && str_starts_with(name, STR("namespaces/")))
        name = str_skip(name, sizeof("namespaces/") - 1);
    return arena_fmt(c->a, "%s/%.*s", k->word, STR_ARG(plain_line(c->a, name)));
}

int get_one_deployment(struct cli *c, struct str name, struct json *ret)
{
    return server_get(c, deployment_path(c, name),
                      arena_fmt(c->a, "get deployment/%.*s", STR_ARG(name)).ptr, ret);
}
