/* From the platform's specification to what a start needs. Everything is copied: the specification
 * belongs to the caller and is gone after the call. */
#include "adapt/local/internal.h"

static struct str_map map_copy(struct arena *a, struct str_map from)
{
    struct str_map m = {.items = ARENA_ARRAY(a, struct str_pair, from.n), .n = from.n};
    for (size_t i = 0; i < from.n; i++) {
        m.items[i].key = arena_str(a, from.items[i].key);
        m.items[i].value = arena_str(a, from.items[i].value);
    }
    return m;
}

static void fill_logging(struct arena *a, const struct logging *l, struct cluster_plan *p)
{
    p->log_template = arena_str(a, l->log4j2_configuration_template);
    p->loggers = map_copy(a, l->log4j_loggers);
    for (size_t i = 0; i < p->loggers.n; i++)
        if (p->loggers.items[i].key.len == 0)
            p->root_level = p->loggers.items[i].value;
}

/* The jar's own name when it can be one in a class path, so that a stack trace can be read. */
static struct str dependency_name(struct arena *a, struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/' || name.ptr[i] == ':' || (unsigned char)name.ptr[i] < ' ')
            return STR("dependency.jar");
    return name.len > 0 && name.len < 200 ? arena_str(a, name) : STR("dependency.jar");
}

static void fill_dependencies(struct arena *a, const struct platform_cluster_spec *spec,
                              struct start_request *r)
{
    size_t n = spec->n_dependencies;
    r->dependency_paths = (struct str_list){ARENA_ARRAY(a, struct str, n), n};
    r->dependency_names = (struct str_list){ARENA_ARRAY(a, struct str, n), n};
    for (size_t i = 0; i < n; i++) {
        r->dependency_paths.items[i] = arena_str(a, spec->dependencies[i].path);
        r->dependency_names.items[i] = dependency_name(a, spec->dependencies[i].name);
    }
}

int start_request_fill(struct arena *a, const struct local_config *c,
                       const struct platform_cluster_spec *spec, struct start_request *ret,
                       struct err *e)
{
    const struct job_template *t = spec->template_;
    const struct resources *res = &t->resources;
    struct cluster_plan *p = &ret->plan;
    ret->beside = spec->beside;
    p->deployment = arena_str(a, spec->deployment_id);
    p->attempt = spec->attempt;
    p->user = map_copy(a, spec->flink_configuration);
    p->slots = deployment_slots(t);
    p->lease.taskmanagers = deployment_task_managers(t);
    p->flink_version = arena_str(a, t->artifact.flink_version);
    p->quick_start = c->quick_start;
    p->taskmanager_cpu_milli =
        res->taskmanager.cpu_milli > 0 ? res->taskmanager.cpu_milli : 1000 * p->slots;
    fill_logging(a, &t->logging, p);
    fill_dependencies(a, spec, ret);
    if (memory_jobmanager(res->jobmanager.memory.bytes, &p->user, &p->jobmanager, e) < 0)
        return err_wrap(e, "JobManager");
    if (memory_taskmanager(res->taskmanager.memory.bytes, &p->user, &p->taskmanager, e) < 0)
        return err_wrap(e, "TaskManager");
    return 0;
}
