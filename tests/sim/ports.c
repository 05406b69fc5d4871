/* The ports of a life over the simulated world: what is asked becomes a message. */
#include "life.h"

enum { FIRST_PORT = 8000 }; /* of attempt 0, in the world's URLs */

static struct str keep(const struct life *life, struct str s)
{
    return arena_str(life->sim->a, s);
}

/* ---- platform ---- */

static void inventory(void *ctx, struct str deployment_id,
                      void (*fn)(void *arg, const struct platform_inventory *i), void *arg)
{
    struct w_call c = {.kind = SIM_INVENTORY, .subject = keep(ctx, deployment_id)};
    call_send(ctx, &c, (union sim_answer_fn){.inventory = fn}, arg);
}

static void provision(void *ctx, const struct platform_cluster_spec *spec,
                      void (*fn)(void *arg, const struct platform_result *r), void *arg)
{
    struct life *life = ctx;
    struct w_call c = {
        .kind = SIM_PROVISION,
        .attempt = spec->attempt,
        .checkpoints = keep(ctx, str_map_get_or(&spec->flink_configuration,
                                                STR("execution.checkpointing.dir"), STR(""))),
    };
    if (life->sim->ear && !life->dead)
        life->sim->ear->provision(life->sim, spec);
    call_send(life, &c, (union sim_answer_fn){.result = fn}, arg);
}

/* NOLINTNEXTLINE(readability-function-size): the port has these parameters */
static void deliver(void *ctx, struct str deployment_id, int64_t attempt, struct str incarnation,
                    const struct platform_artifact *jar,
                    void (*fn)(void *arg, const struct platform_result *r), void *arg)
{
    struct life *life = ctx;
    struct w_call c = {.kind = SIM_DELIVER,
                       .attempt = attempt,
                       .incarnation = keep(ctx, incarnation),
                       .subject = keep(ctx, jar->sha256)};
    (void)deployment_id;
    if (life->sim->ear && !life->dead)
        life->sim->ear->deliver(life->sim, attempt, jar->sha256);
    call_send(life, &c, (union sim_answer_fn){.result = fn}, arg);
}

static void teardown(void *ctx, struct str deployment_id, int64_t attempt,
                     void (*fn)(void *arg, const struct platform_result *r), void *arg)
{
    struct w_call c = {.kind = SIM_TEARDOWN, .attempt = attempt};
    (void)deployment_id;
    call_send(ctx, &c, (union sim_answer_fn){.result = fn}, arg);
}

struct platform life_platform(struct life *life)
{
    static const struct platform_ops ops = {
        .inventory = inventory, .provision = provision, .deliver = deliver, .teardown = teardown};
    return (struct platform){&ops, life};
}

/* ---- Flink: the URL says which cluster is asked ---- */

static struct w_call to_flink(struct life *life, enum sim_call kind, struct str url,
                              struct str job_id)
{
    struct str rest = url;
    int64_t port = 0;
    while (str_contains(rest, STR(":")))
        str_split(rest, ':', &rest);
    if (!str_to_i64(rest, &port))
        world_trouble(&life->sim->world, "%s is asked of '%.*s'", sim_call_names[kind],
                      STR_ARG(url));
    return (struct w_call){
        .kind = (int)kind, .attempt = port - FIRST_PORT, .job_id = keep(life, job_id)};
}

static void look(void *ctx, struct str url, struct str job_id, enum flink_look what,
                 void (*fn)(void *arg, const struct flink_sight *s), void *arg)
{
    struct w_call c =
        to_flink(ctx, what == FLINK_LOOK_JOB ? SIM_LOOK : SIM_TASKMANAGERS, url, job_id);
    call_send(ctx, &c, (union sim_answer_fn){.sight = fn}, arg);
}

static void checkpoints(void *ctx, struct str url, struct str job_id,
                        void (*fn)(void *arg, const struct flink_checkpoints *c), void *arg)
{
    struct w_call c = to_flink(ctx, SIM_CHECKPOINTS, url, job_id);
    call_send(ctx, &c, (union sim_answer_fn){.checkpoints = fn}, arg);
}

static void trigger(void *ctx, struct str url, struct str job_id, struct str trigger_id,
                    void (*fn)(void *arg, const struct flink_trigger *t), void *arg)
{
    struct w_call c = to_flink(ctx, SIM_TRIGGER, url, job_id);
    c.trigger_id = keep(ctx, trigger_id);
    call_send(ctx, &c, (union sim_answer_fn){.trigger = fn}, arg);
}

static void cause(void *ctx, struct str url, struct str job_id,
                  void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct w_call c = to_flink(ctx, SIM_CAUSE, url, job_id);
    call_send(ctx, &c, (union sim_answer_fn){.answer = fn}, arg);
}

static void plan(void *ctx, struct str url, const struct flink_plan *p,
                 void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct w_call c = to_flink(ctx, SIM_PLAN, url, p->job_id);
    c.jar_id = keep(ctx, p->jar_id);
    call_send(ctx, &c, (union sim_answer_fn){.answer = fn}, arg);
}

static void submit(void *ctx, struct str url, const struct flink_submit *f,
                   void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct life *life = ctx;
    struct w_call c = to_flink(life, SIM_SUBMIT, url, f->job_id);
    c.jar_id = keep(life, f->jar_id);
    c.restore = keep(life, f->savepoint_path);
    if (life->sim->ear && !life->dead)
        life->sim->ear->submit(life->sim, c.attempt, f);
    call_send(life, &c, (union sim_answer_fn){.answer = fn}, arg);
}

static void savepoint(void *ctx, struct str url, const struct flink_stop *f,
                      void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct life *life = ctx;
    struct w_call c = to_flink(life, SIM_SAVEPOINT, url, f->job_id);
    c.trigger_id = keep(life, f->trigger_id);
    c.directory = keep(life, f->directory);
    c.stop = f->stop;
    if (life->sim->ear && !life->dead)
        life->sim->ear->savepoint(life->sim, f);
    call_send(life, &c, (union sim_answer_fn){.answer = fn}, arg);
}

static void cancel(void *ctx, struct str url, struct str job_id,
                   void (*fn)(void *arg, const struct flink_answer *a), void *arg)
{
    struct w_call c = to_flink(ctx, SIM_CANCEL, url, job_id);
    call_send(ctx, &c, (union sim_answer_fn){.answer = fn}, arg);
}

struct flink life_flink(struct life *life)
{
    static const struct flink_ops ops = {.look = look,
                                         .checkpoints = checkpoints,
                                         .trigger = trigger,
                                         .cause = cause,
                                         .plan = plan,
                                         .submit = submit,
                                         .savepoint = savepoint,
                                         .cancel = cancel};
    return (struct flink){&ops, life};
}

/* ---- storage and artifacts ---- */

static void list(void *ctx, struct str directory,
                 void (*fn)(void *arg, const struct snapshot_listing *l), void *arg)
{
    struct w_call c = {.kind = SIM_LIST, .subject = keep(ctx, directory)};
    call_send(ctx, &c, (union sim_answer_fn){.listing = fn}, arg);
}

static void verify(void *ctx, struct str location,
                   void (*fn)(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                              struct str text),
                   void *arg)
{
    struct w_call c = {.kind = SIM_VERIFY, .subject = keep(ctx, location)};
    call_send(ctx, &c, (union sim_answer_fn){.verified = fn}, arg);
}

static void remove_data(void *ctx, struct str location,
                        void (*fn)(void *arg, enum outcome outcome, struct str text), void *arg)
{
    struct w_call c = {.kind = SIM_REMOVE, .subject = keep(ctx, location)};
    call_send(ctx, &c, (union sim_answer_fn){.removed = fn}, arg);
}

struct snapshots life_snapshots(struct life *life)
{
    static const struct snapshots_ops ops = {.list = list, .verify = verify, .remove = remove_data};
    return (struct snapshots){&ops, life};
}

static void fetch(void *ctx, const struct artifact_request *what,
                  void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    struct w_call c = {.kind = SIM_FETCH,
                       .subject = keep(ctx, what->uri),
                       .entry_class = keep(ctx, what->entry_class)};
    call_send(ctx, &c, (union sim_answer_fn){.artifact = fn}, arg);
}

static void pinned(void *ctx, const struct artifact_request *what,
                   void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    struct w_call c = {.kind = SIM_PINNED, .subject = keep(ctx, what->sha256)};
    call_send(ctx, &c, (union sim_answer_fn){.artifact = fn}, arg);
}

static void keep_only(void *ctx, struct str_list sha256s)
{
    (void)ctx;
    (void)sha256s;
}

struct artifacts life_artifacts(struct life *life)
{
    static const struct artifacts_ops ops = {fetch, pinned, keep_only};
    return (struct artifacts){&ops, life};
}
