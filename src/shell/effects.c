/* Effects to ports, answers to seen. One function out and one back per kind; none of them decides. */
#include "base/timefmt.h"
#include "core/choice.h"
#include "shell/effects_impl.h"
#include "shell/seen.h"
#include "shell/words.h"

struct ask *ask_new(struct entry *e, struct seen_part *part)
{
    struct ask *k = mem_alloc(sizeof(*k));
    k->entry = e;
    k->arena = arena_new();
    k->timer = entry_record(e)->timer;
    k->intent = entry_record(e)->intent.kind;
    k->began = part ? seen_ask(e, part) : app_mono_us(e->app);
    e->calls++;
    return k;
}

void ask_end(struct ask *k)
{
    struct entry *e = k->entry;
    arena_free(k->arena);
    mem_free(k);
    entry_answered(e);
}

struct str effect_flink_job_id(const struct entry *e, struct str id)
{
    const struct job *j = entry_job(e, id);
    return j ? j->status.flink_job_id : (struct str){0};
}

const struct platform_cluster *effect_cluster(const struct entry *e, int64_t attempt)
{
    for (size_t i = 0; i < e->seen.n_clusters; i++)
        if (e->seen.clusters[i].attempt == attempt)
            return &e->seen.clusters[i];
    return NULL;
}

/* ---- looking ---- */

static void on_world(void *arg, const struct platform_inventory *i)
{
    struct ask *k = arg;
    seen_world(k->entry, i);
    seen_answered(&k->entry->seen.world_part, k->began);
    ask_end(k);
}

static void look_world(struct entry *e, const struct effect *f)
{
    (void)f;
    struct ask *k = ask_new(e, &e->seen.world_part);
    e->app->platform.ops->inventory(e->app->platform.ctx, e->id, on_world, k);
}

static void on_jobmanager(void *arg, const struct flink_sight *s)
{
    struct ask *k = arg;
    seen_jobmanager(k->entry, s, k->subject);
    seen_answered(&k->entry->seen.job_part, k->began);
    ask_end(k);
}

static void look_jobmanager(struct entry *e, const struct effect *f)
{
    const struct platform_cluster *c = effect_cluster(e, entry_record(e)->current.number);
    if (!c || !c->jobmanager_alive || !c->rest_url.len)
        return;
    struct ask *k = ask_new(e, &e->seen.job_part);
    k->subject = arena_str(k->arena, c->incarnation);
    e->app->flink.ops->look(
        e->app->flink.ctx, c->rest_url, effect_flink_job_id(e, entry_record(e)->current.job_id),
        f->kind == LOOK_JOB ? FLINK_LOOK_JOB : FLINK_LOOK_TASKMANAGERS, on_jobmanager, k);
}

static void on_stats(void *arg, const struct flink_checkpoints *c)
{
    struct ask *k = arg;
    seen_stats(k->entry, c);
    seen_answered(&k->entry->seen.stats_part, k->began);
    if (k->then)
        k->then(k->then_arg);
    ask_end(k);
}

static void ask_stats(struct entry *e, void (*then)(void *arg), void *arg)
{
    struct ask *k = ask_new(e, &e->seen.stats_part);
    k->then = then;
    k->then_arg = arg;
    e->app->flink.ops->checkpoints(e->app->flink.ctx, entry_record(e)->current.rest_url,
                                   effect_flink_job_id(e, entry_record(e)->current.job_id),
                                   on_stats, k);
}

static void look_stats(struct entry *e, const struct effect *f)
{
    (void)f;
    ask_stats(e, NULL, NULL);
}

void entry_see_stats(struct entry *e, void (*fn)(void *arg), void *arg)
{
    if (entry_record(e)->current.phase == PHASE_UP)
        ask_stats(e, fn, arg);
    else
        fn(arg);
}

static void on_cause(void *arg, const struct flink_answer *a)
{
    struct ask *k = arg;
    seen_cause(k->entry, a->outcome == OUTCOME_DONE ? a->text : (struct str){0});
    seen_answered(&k->entry->seen.cause_part, k->began);
    ask_end(k);
}

static void look_cause(struct entry *e, const struct effect *f)
{
    (void)f;
    struct ask *k = ask_new(e, &e->seen.cause_part);
    e->app->flink.ops->cause(e->app->flink.ctx, entry_record(e)->current.rest_url,
                             effect_flink_job_id(e, entry_record(e)->current.job_id), on_cause, k);
}

static void on_trigger(void *arg, const struct flink_trigger *t)
{
    struct ask *k = arg;
    seen_trigger(k->entry, t, k->subject);
    seen_answered(&k->entry->seen.trigger.part, k->began);
    ask_end(k);
}

static void look_trigger(struct entry *e, const struct effect *f)
{
    struct ask *k = ask_new(e, &e->seen.trigger.part);
    k->subject = arena_str(k->arena, f->subject);
    e->app->flink.ops->trigger(e->app->flink.ctx, entry_record(e)->current.rest_url,
                               effect_flink_job_id(e, entry_record(e)->current.job_id), k->subject,
                               on_trigger, k);
}

static void on_directory(void *arg, const struct snapshot_listing *l)
{
    struct ask *k = arg;
    struct seen_listing *to = seen_listing_of(k->entry, k->subject);
    seen_listing(to, l);
    seen_answered(&to->part, k->began);
    ask_end(k);
}

static void look_directory(struct entry *e, const struct effect *f)
{
    struct seen_listing *to = seen_listing_of(e, f->subject);
    if (to->part.asked && app_mono_us(e->app) - to->part.asked_at < US_PER_S)
        return;
    struct ask *k = ask_new(e, &to->part);
    k->subject = arena_str(k->arena, f->subject);
    e->app->snapshots.ops->list(e->app->snapshots.ctx, k->subject, on_directory, k);
}

static void on_snapshot(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                        struct str text)
{
    struct ask *k = arg;
    seen_snapshot(k->entry, outcome, s, text, k->subject);
    seen_answered(&k->entry->seen.snapshot.part, k->began);
    ask_end(k);
}

static void look_snapshot(struct entry *e, const struct effect *f)
{
    struct ask *k = ask_new(e, &e->seen.snapshot.part);
    k->subject = arena_str(k->arena, f->subject);
    e->app->snapshots.ops->verify(e->app->snapshots.ctx, k->subject, on_snapshot, k);
}

static void on_artifact(void *arg, const struct jars_sight *s)
{
    struct ask *k = arg;
    seen_artifact(
        k->entry, s,
        &(struct seen_artifact){.spec_version = k->spec_version, .entry_class = k->subject});
    seen_answered(&k->entry->seen.artifact.part, k->began);
    ask_end(k);
}

struct str_list effect_uris(struct arena *a, const struct artifact *artifact, bool program)
{
    const struct str_list *more = &artifact->additional_dependencies;
    struct str_list uris = {.items = ARENA_ARRAY(a, struct str, more->n + 1)};
    if (program)
        uris.items[uris.n++] = artifact->jar_uri;
    for (size_t i = 0; i < more->n; i++)
        uris.items[uris.n++] = more->items[i];
    return uris;
}

static void use_recorded_jars(struct arena *a, const struct attempt *at, struct jars_request *q)
{
    const struct str_list *more = &at->dependency_sha256s;
    q->sha256s.items = ARENA_ARRAY(a, struct str, more->n + 1);
    q->sha256s.items[q->sha256s.n++] = at->artifact_sha256;
    for (size_t i = 0; i < more->n; i++)
        q->sha256s.items[q->sha256s.n++] = more->items[i];
    q->name = at->artifact_name;
    q->entry_class = at->entry_class;
}

static void look_artifact(struct entry *e, const struct effect *f)
{
    (void)f;
    struct ask *k = ask_new(e, &e->seen.artifact.part);
    struct core_in in = entry_input(e, k->arena);
    const struct artifact *artifact = &core_target_template(&in)->artifact;
    struct jars_request q = {.uris = effect_uris(k->arena, artifact, true),
                             .entry_class = artifact->entry_class,
                             .program = true};
    k->spec_version = core_target_version(&in);
    const struct attempt *recorded = core_recorded_jars(&in);
    if (recorded) {
        use_recorded_jars(k->arena, recorded, &q);
        k->subject = arena_str(k->arena, q.entry_class);
    }
    jars_get(&e->app->artifacts, &q, on_artifact, k);
}

/* ---- looking at the standby ---- */

static void on_standby(void *arg, const struct flink_sight *s)
{
    struct ask *k = arg;
    seen_standby(k->entry, s, k->subject);
    seen_answered(&k->entry->seen.standby.part, k->began);
    ask_end(k);
}

static void look_standby(struct entry *e, const struct effect *f)
{
    (void)f;
    const struct platform_cluster *c = effect_cluster(e, entry_record(e)->standby.attempt.number);
    if (!c || !c->jobmanager_alive || !c->rest_url.len)
        return;
    struct ask *k = ask_new(e, &e->seen.standby.part);
    k->subject = arena_str(k->arena, c->incarnation);
    e->app->flink.ops->look(e->app->flink.ctx, c->rest_url,
                            effect_flink_job_id(e, entry_record(e)->standby.attempt.job_id),
                            FLINK_LOOK_TASKMANAGERS, on_standby, k);
}

static void on_plan(void *arg, const struct flink_answer *a)
{
    struct ask *k = arg;
    seen_plan(k->entry, a->outcome, a->text);
    seen_answered(&k->entry->seen.standby.plan_part, k->began);
    ask_end(k);
}

static void look_plan(struct entry *e, const struct effect *f)
{
    (void)f;
    const struct attempt *at = &entry_record(e)->standby.attempt;
    const struct job_template *t = &entry_job(e, at->job_id)->spec.template_;
    struct ask *k = ask_new(e, &e->seen.standby.plan_part);
    struct flink_plan p = {
        .job_id = effect_flink_job_id(e, at->job_id),
        .jar_id = at->jar_id,
        .entry_class = at->entry_class,
        .args = words_split(k->arena, t->artifact.main_args),
        .parallelism = t->parallelism,
        .timeout_us = 50 * US_PER_S, /* below the deadline of the step */
    };
    e->app->flink.ops->plan(e->app->flink.ctx, at->rest_url, &p, on_plan, k);
}

void effect_run(struct entry *e, const struct effect *f)
{
    static void (*const run[])(struct entry *, const struct effect *) = {
        [LOOK_WORLD] = look_world,         [LOOK_TASKMANAGERS] = look_jobmanager,
        [LOOK_JOB] = look_jobmanager,      [LOOK_STATS] = look_stats,
        [LOOK_CAUSE] = look_cause,         [LOOK_TRIGGER] = look_trigger,
        [LOOK_DIRECTORY] = look_directory, [LOOK_SNAPSHOT] = look_snapshot,
        [LOOK_ARTIFACT] = look_artifact,   [LOOK_STANDBY] = look_standby,
        [LOOK_PLAN] = look_plan,
    };
    if (f->kind < CALL_PROVISION)
        run[f->kind](e, f);
    else
        call_run(e, f);
}
