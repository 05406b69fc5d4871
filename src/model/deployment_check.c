/* What one field cannot tell: names, targets, artifacts, configuration, memory. */
#include "model/deployment.h"

#include <inttypes.h>

#include "base/limits.h"
#include "model/flinkconf.h"
#include "model/memory.h"

#define TEMPLATE      "/spec/template/spec"
#define CONFIGURATION TEMPLATE "/flinkConfiguration/"
#define SLOTS_KEY     "taskmanager.numberOfTaskSlots"
#define SLOTS_MOST    1024
/* Each is copied for every attempt. */
#define DEPENDENCIES_MOST 100

static int check_metadata(const struct metadata *m, struct err *e)
{
    if (!name_is_valid(m->name))
        return err_at(e, ERR_INVALID, STR("/metadata/name"),
                      "the name must be 1 to %u of a-z, 0-9 and hyphens, with no hyphen at either "
                      "end",
                      LIMIT_NAME);
    if (m->namespace_name.len && !name_is_valid(m->namespace_name))
        return err_at(e, ERR_INVALID, STR("/metadata/namespace"), "no namespace has such a name");
    if (m->labels.n > LIMIT_LABELS)
        return err_at(e, ERR_TOO_LARGE, STR("/metadata/labels"), "more than %u labels",
                      LIMIT_LABELS);
    return 0;
}

static int check_target(const struct deployment_spec *s, struct err *e)
{
    if (s->session_cluster_name.len)
        return err_at(e, ERR_INVALID, STR("/spec/sessionClusterName"),
                      "session clusters are not available yet");
    if (s->deployment_target_id.len && s->deployment_target_name.len)
        return err_at(e, ERR_INVALID, STR("/spec/deploymentTargetName"),
                      "give deploymentTargetId or deploymentTargetName, not both");
    if (s->deployment_target_name.len && !long_name_is_valid(s->deployment_target_name))
        return err_at(e, ERR_INVALID, STR("/spec/deploymentTargetName"),
                      "no target has such a name");
    return 0;
}

static int check_restore(const struct deployment_spec *s, struct err *e)
{
    const struct restore_from *from = &s->restore_from;
    if (from->savepoint_id.len && from->location.len)
        return err_at(e, ERR_INVALID, STR("/spec/restoreFrom/location"),
                      "give savepointId or location, not both");
    if (from->nonce.len && !from->savepoint_id.len && !from->location.len)
        return err_at(e, ERR_INVALID, STR("/spec/restoreFrom/nonce"),
                      "a nonce needs a savepointId or a location");
    if ((from->savepoint_id.len || from->location.len) && !from->nonce.len)
        return err_at(e, ERR_INVALID, STR("/spec/restoreFrom/nonce"),
                      "a nonce is needed, so that applying the same again does not rewind the job");
    if (s->require_state && s->restore_strategy == RESTORE_NONE && !from->nonce.len)
        return err_at(e, ERR_INVALID, STR("/spec/restoreStrategy/requireState"),
                      "restore strategy NONE starts empty, which requireState forbids");
    return 0;
}

/* Either a release that is known (1.20.5), or the line of one (1.20). */
static bool version_is_known(struct str wanted, const struct str_list *versions)
{
    for (size_t i = 0; i < versions->n; i++) {
        struct str known = versions->items[i];
        bool line = known.len > wanted.len && str_starts_with(known, wanted) &&
                    known.ptr[wanted.len] == '.' && str_contains(wanted, STR("."));
        if (str_eq(known, wanted) || line)
            return true;
    }
    return false;
}

static int check_version(struct str wanted, const struct str_list *versions, struct err *e)
{
    if (wanted.len == 0 || versions->n == 0 || version_is_known(wanted, versions))
        return 0;
    char known[300];
    size_t n = 0;
    known[0] = '\0';
    for (size_t i = 0; i < versions->n && n + versions->items[i].len + 3 < sizeof(known); i++) {
        if (i > 0) {
            memcpy(known + n, ", ", 2);
            n += 2;
        }
        memcpy(known + n, versions->items[i].ptr, versions->items[i].len);
        n += versions->items[i].len;
        known[n] = '\0';
    }
    return err_at(e, ERR_INVALID, STR(TEMPLATE "/artifact/flinkVersion"),
                  "Flink %.*s is not known here; known: %s", STR_ARG(wanted), known);
}

static int check_artifact(const struct artifact *a, const struct str_list *versions, struct err *e)
{
    if (a->kind != ARTIFACT_JAR && a->kind != ARTIFACT_UNSET)
        return err_at(e, ERR_INVALID, STR(TEMPLATE "/artifact/kind"),
                      "%s artifacts are not supported yet; JAR is", artifact_kind_names[a->kind]);
    if (a->sql_script.len || a->python_artifact_uri.len || a->entry_module.len ||
        a->additional_python_libraries.n || a->additional_python_archives.n)
        return err_at(
            e, ERR_INVALID, STR(TEMPLATE "/artifact"),
            "sqlScript and the fields of Python programs do not belong to a JAR artifact");
    if (a->additional_dependencies.n > DEPENDENCIES_MOST)
        return err_at(e, ERR_INVALID, STR(TEMPLATE "/artifact/additionalDependencies"),
                      "more than %d additional dependencies", DEPENDENCIES_MOST);
    for (size_t i = 0; i < a->additional_dependencies.n; i++)
        if (str_trim(a->additional_dependencies.items[i]).len == 0)
            return err_at(e, ERR_INVALID, STR(TEMPLATE "/artifact/additionalDependencies"),
                          "an additional dependency without a URI");
    if (a->jar_uri.len == 0)
        return err_at(e, ERR_INVALID, STR(TEMPLATE "/artifact/jarUri"), "jarUri is required");
    return check_version(a->flink_version, versions, e);
}

/* With the pointer to the entry of flinkConfiguration. */
static int refuse_key(struct err *e, enum err_code code, struct str key, const char *why)
{
    struct buf pointer = {0};
    buf_add(&pointer, STR(CONFIGURATION));
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '~' || key.ptr[i] == '/')
            buf_add(&pointer, key.ptr[i] == '~' ? STR("~0") : STR("~1"));
        else
            buf_add_char(&pointer, key.ptr[i]);
    }
    int r = err_at(e, code, buf_str(&pointer), "%.*s: %s", STR_ARG(str_take(key, 120)), why);
    buf_fini(&pointer);
    return r;
}

static int check_configuration(const struct str_map *m, struct err *e)
{
    struct str text;
    int64_t slots = 1;
    for (size_t i = 0; i < m->n; i++) {
        const char *why = flink_key_refused(m->items[i].key);
        if (why)
            return refuse_key(e, ERR_FORBIDDEN_KEY, m->items[i].key, why);
        why = flink_value_refused(m->items[i].key, m->items[i].value);
        if (why)
            return refuse_key(e, ERR_INVALID, m->items[i].key, why);
        if (m->items[i].key.len == 0)
            return refuse_key(e, ERR_INVALID, m->items[i].key, "an option needs a name");
    }
    if (str_map_get(m, STR(SLOTS_KEY), &text) &&
        (!str_to_i64(str_trim(text), &slots) || slots < 1 || slots > SLOTS_MOST))
        return refuse_key(e, ERR_INVALID, STR(SLOTS_KEY), "must be a number from 1 to 1024");
    return 0;
}

int64_t deployment_slots(const struct job_template *t)
{
    int64_t slots;
    struct str text = str_map_get_or(&t->flink_configuration, STR(SLOTS_KEY), STR("1"));
    return str_to_i64(str_trim(text), &slots) && slots >= 1 && slots <= SLOTS_MOST ? slots : 1;
}

int64_t deployment_task_managers(const struct job_template *t)
{
    int64_t slots = deployment_slots(t);
    if (t->number_of_task_managers > 0)
        return t->number_of_task_managers;
    return t->parallelism > 0 ? (t->parallelism + slots - 1) / slots : 1;
}

static int check_sizes(const struct job_template *t, struct err *e)
{
    int64_t slots = deployment_slots(t) * deployment_task_managers(t);
    struct memory_jobmanager jobmanager;
    struct memory_taskmanager taskmanager;
    if (slots < t->parallelism)
        return err_at(e, ERR_INVALID, STR(TEMPLATE "/numberOfTaskManagers"),
                      "parallelism %" PRId64 " needs as many slots; there would be %" PRId64
                      " (%" PRId64 " TaskManagers with %" PRId64 " each)",
                      t->parallelism, slots, deployment_task_managers(t), deployment_slots(t));
    if (t->resources.jobmanager.memory.text.len &&
        memory_jobmanager(t->resources.jobmanager.memory.bytes, &t->flink_configuration,
                          &jobmanager, e) < 0)
        return -1;
    if (t->resources.taskmanager.memory.text.len &&
        memory_taskmanager(t->resources.taskmanager.memory.bytes, &t->flink_configuration,
                           &taskmanager, e) < 0)
        return -1;
    return 0;
}

int deployment_validate(const struct deployment *d, const struct str_list *versions, struct err *e)
{
    const struct job_template *t = &d->spec.template_.spec;
    if (check_metadata(&d->metadata, e) < 0 || check_target(&d->spec, e) < 0 ||
        check_restore(&d->spec, e) < 0 || check_artifact(&t->artifact, versions, e) < 0 ||
        check_configuration(&t->flink_configuration, e) < 0)
        return -1;
    return check_sizes(t, e);
}
