/* Preparing an attempt's directory and starting what is missing of it. */
#include "adapt/local/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

/* Dead TaskManagers whose records and logs are kept for looking at. */
#define DEAD_KEPT 8

static void refuse(struct arena *a, struct operation_result *ret, enum outcome outcome,
                   const struct err *e)
{
    ret->outcome = outcome;
    ret->text = arena_str(a, str_of(e->text));
}

static int make_dirs(struct local *l, struct arena *a, const struct attempt *at, struct err *e)
{
    /* Flink writes these four; what we decide by (run, cluster) stays ours. */
    static const char *const flinks[] = {"tmp", "upload", "log"};
    struct str parent = arena_fmt(a, "%.*s/%.*s", STR_ARG(l->clusters), STR_ARG(at->deployment));
    bool first = !path_exists(parent);
    if (dir_make(parent, 0755, e) < 0 || dir_make(at->dir, 0755, e) < 0 ||
        dir_make(attempt_path(a, at, "conf"), 0755, e) < 0 ||
        dir_make(attempt_path(a, at, "lib"), 0755, e) < 0)
        return -1;
    for (size_t i = 0; i < sizeof(flinks) / sizeof(flinks[0]); i++) {
        struct str dir = attempt_path(a, at, flinks[i]);
        if (dir_make(dir, 0755, e) < 0)
            return -1;
        if (l->config.user.len > 0 && chown(dir.ptr, l->user_id, l->group_id) < 0)
            return err_file(e, "hand over", dir, errno);
    }
    return (first && dir_sync(l->clusters, e) < 0) || dir_sync(parent, e) < 0 ? -1 : 0;
}

static int write_conf(struct local *l, struct arena *a, const struct attempt *at,
                      const struct cluster_plan *p, struct err *e)
{
    struct str log4j = arena_fmt(a, "%.*s/conf/%s", STR_ARG(at->dir), plan_log4j_name(p));
    if (file_put(a, log4j, plan_log4j(a, p), 0644, e) < 0)
        return -1;
    /* The user's keys may hold credentials. */
    struct str path = attempt_path(a, at, "conf/config.yaml");
    if (file_put(a, path, plan_config_yaml(a, p), 0600, e) < 0)
        return -1;
    if (l->config.user.len > 0 && chown(path.ptr, l->user_id, l->group_id) < 0)
        return err_file(e, "hand over", path, errno);
    return 0;
}

static int lease_ports(struct local *l, struct arena *a, struct attempt *at, int64_t taskmanagers,
                       struct err *e)
{
    int64_t ports[3];
    if (ports_lease(&l->ports, ports, 3, e) < 0)
        return -1;
    at->lease = (struct lease){ports[0], ports[1], ports[2], taskmanagers};
    struct str text = arena_fmt(
        a, "rpc %" PRId64 "\nrest %" PRId64 "\nblob %" PRId64 "\ntaskmanagers %" PRId64 "\n",
        ports[0], ports[1], ports[2], taskmanagers);
    if (file_write(a, attempt_path(a, at, "cluster"), text, 0644, e) == 0)
        return 0;
    for (size_t i = 0; i < 3; i++)
        ports_mark(&l->ports, ports[i], false);
    return -1;
}

static int give_dependencies(struct local *l, struct arena *a, const struct attempt *at,
                             struct start_request *r, struct err *e)
{
    for (size_t i = 0; i < r->dependency_paths.n; i++) {
        struct str to = arena_fmt(a, "%.*s/lib/%d_%.*s", STR_ARG(at->dir), (int)i,
                                  STR_ARG(r->dependency_names.items[i]));
        if (file_give(a, r->dependency_paths.items[i], to, l->config.user.len > 0, e) < 0)
            return -1;
    }
    return 0;
}

/* What its processes read. No process outlives a crash of the machine, so these files need not
 * either: until the JobManager has a record, every provision writes them. */
static int write_inputs(struct local *l, struct arena *a, const struct attempt *at,
                        struct start_request *r, struct err *e)
{
    r->plan.lease = at->lease;
    return give_dependencies(l, a, at, r, e) < 0 ? -1 : write_conf(l, a, at, &r->plan, e);
}

/* STAGE_ABSENT → STAGE_PREPARED. The directory `run` comes last: without it nothing counts. */
static int prepare(struct local *l, struct arena *a, struct attempt *at, struct start_request *r,
                   struct err *e)
{
    if (make_dirs(l, a, at, e) < 0 || lease_ports(l, a, at, r->plan.lease.taskmanagers, e) < 0)
        return -1;
    struct str run = attempt_path(a, at, "run");
    int failed = write_inputs(l, a, at, r, e);
    if (failed == 0)
        failed = dir_make(run, 0755, e);
    if (failed == 0)
        failed = dir_sync(at->dir, e);
    if (failed == 0) {
        at->stage = STAGE_PREPARED;
        return 0;
    }
    if (!path_exists(run)) {
        ports_mark(&l->ports, at->lease.rpc, false);
        ports_mark(&l->ports, at->lease.rest, false);
        ports_mark(&l->ports, at->lease.blob, false);
    }
    return -1;
}

/* Whatever a provision before this one, of this daemon or another, has left to do. */
static int make_ready(struct local *l, struct arena *a, struct attempt *at, struct start_request *r,
                      struct err *e)
{
    if (at->stage == STAGE_ABSENT)
        return prepare(l, a, at, r, e);
    if (!attempt_process(at, STR(JOBMANAGER)))
        return write_inputs(l, a, at, r, e);
    r->plan.lease = at->lease;
    return 0;
}

/* Paths that both processes are started with. */
static int complete_plan(struct local *l, struct arena *a, const struct attempt *at,
                         struct start_request *r, struct err *e)
{
    struct cluster_plan *p = &r->plan;
    struct str_list jars;
    p->dir = at->dir;
    if (home_find(l, a, p->flink_version, &p->home, e) < 0 || java_find(l, a, &p->java, e) < 0 ||
        home_class_path(a, p->home, &jars, e) < 0 || account_check(l, a, p->java, p->home, e) < 0)
        return -1;
    size_t n = r->dependency_names.n;
    p->class_path.items = ARENA_ARRAY(a, struct str, jars.n + n);
    p->class_path.n = jars.n + n;
    memcpy(p->class_path.items, jars.items, jars.n * sizeof(*jars.items));
    for (size_t i = 0; i < n; i++)
        p->class_path.items[jars.n + i] = arena_fmt(a, "%.*s/lib/%d_%.*s", STR_ARG(at->dir), (int)i,
                                                    STR_ARG(r->dependency_names.items[i]));
    sharing_plan(l, a, p, jars.n);
    return 0;
}

/* Is a process of this attempt alive that no record names? Its record may come any moment. */
static int check_strays(struct local *l, struct arena *a, const struct attempt *at, struct err *e)
{
    struct strays s;
    if (strays_of(l, a, at->deployment, false, &s, e) < 0)
        return -1;
    for (size_t i = 0; i < s.n; i++) {
        const struct stray *one = &s.items[i];
        if (one->owner.attempt == at->number && !attempt_process(at, one->owner.process)) {
            strays_doubt(l);
            return err_set(e, ERR_UNAVAILABLE, "process %" PRId64 " (%.*s) is being started",
                           one->id.pid, STR_ARG(one->owner.process));
        }
    }
    return 0;
}

static enum outcome start(struct local *l, struct arena *a, const struct attempt *at,
                          const struct cluster_plan *p, struct str name, struct err *e)
{
    enum outcome outcome = spawn_process(l, a, at, name, plan_command(a, p, name), e);
    if (outcome != OUTCOME_DONE)
        err_wrap(e, "%.*s", STR_ARG(name));
    return outcome;
}

/* Forgets the oldest dead TaskManagers, so that a crash loop does not fill the disk. */
static void forget_dead(struct arena *a, const struct attempt *at, int64_t newest)
{
    static const char *const logs[] = {"out", "log", "log.1", "log.2", "log.3", "hs_err.log"};
    for (size_t i = 0; i < at->n_processes; i++) {
        const struct process *p = &at->processes[i];
        if (process_state(p) != ALIVE_NO || process_is_jobmanager(p->name) ||
            plan_taskmanager_number(p->name) > newest - DEAD_KEPT)
            continue;
        for (size_t j = 0; j < sizeof(logs) / sizeof(logs[0]); j++)
            unlink(
                arena_fmt(a, "%.*s/log/%.*s.%s", STR_ARG(at->dir), STR_ARG(p->name), logs[j]).ptr);
        unlink(arena_fmt(a, "%.*s/run/%.*s.exit", STR_ARG(at->dir), STR_ARG(p->name)).ptr);
        unlink(arena_fmt(a, "%.*s/run/%.*s.pid", STR_ARG(at->dir), STR_ARG(p->name)).ptr);
    }
}

static enum outcome start_taskmanagers(struct local *l, struct arena *a, const struct attempt *at,
                                       const struct cluster_plan *p, struct err *e)
{
    int64_t alive = 0;
    int64_t newest = 0;
    for (size_t i = 0; i < at->n_processes; i++) {
        const struct process *x = &at->processes[i];
        int64_t number = plan_taskmanager_number(x->name);
        newest = number > newest ? number : newest;
        alive += !process_is_jobmanager(x->name) && process_state(x) == ALIVE_YES;
    }
    for (; alive < at->lease.taskmanagers; alive++) {
        enum outcome outcome = start(l, a, at, p, plan_taskmanager_id(a, p, ++newest), e);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    forget_dead(a, at, newest);
    return OUTCOME_DONE;
}

static enum outcome start_missing(struct local *l, struct arena *a, const struct attempt *at,
                                  const struct cluster_plan *p, struct operation_result *ret,
                                  struct err *e)
{
    const struct process *jobmanager = attempt_process(at, STR(JOBMANAGER));
    if (jobmanager && process_state(jobmanager) == ALIVE_NO) {
        err_set(e, ERR_CONFLICT, "the JobManager of attempt %" PRId64 " has ended: %.*s",
                at->number, STR_ARG(process_cause(a, at, jobmanager)));
        return OUTCOME_REFUSED;
    }
    if (!jobmanager) {
        enum outcome outcome = start(l, a, at, p, STR(JOBMANAGER), e);
        if (outcome != OUTCOME_DONE)
            return outcome;
        ret->starting_rest_port = at->lease.rest;
    }
    return start_taskmanagers(l, a, at, p, e);
}

void provision_run(struct operation *o)
{
    struct local *l = o->l;
    struct arena *a = o->a;
    struct start_request *r = &o->request;
    struct operation_result *ret = &o->result;
    struct err e = {0};
    struct attempt at;
    bool over = false;
    if (attempt_read(l, a, r->plan.deployment, r->plan.attempt, &at, &e) < 0 ||
        check_strays(l, a, &at, &e) < 0 || attempt_is_over(l, a, &at, &over, &e) < 0) {
        refuse(a, ret, OUTCOME_UNKNOWN, &e);
        return;
    }
    if (over) {
        err_set(&e, ERR_CONFLICT, "attempt %" PRId64 " was ended", at.number);
        refuse(a, ret, OUTCOME_REFUSED, &e);
        return;
    }
    if ((r->beside && at.stage == STAGE_ABSENT && room_check(l, a, &r->plan, &e) < 0) ||
        complete_plan(l, a, &at, r, &e) < 0 || make_ready(l, a, &at, r, &e) < 0) {
        refuse(a, ret, OUTCOME_REFUSED, &e);
        return;
    }
    ret->outcome = start_missing(l, a, &at, &r->plan, ret, &e);
    if (ret->outcome != OUTCOME_DONE)
        refuse(a, ret, ret->outcome, &e);
}
