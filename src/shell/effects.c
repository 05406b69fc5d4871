/* Effects to ports, answers to seen. One function out and one back per kind; none of them decides. */
#include "base/log.h"
#include "base/timefmt.h"
#include "core/choice.h"
#include "shell/jars.h"
#include "shell/registry_impl.h"
#include "shell/seen.h"
#include "shell/words.h"

/* A call under way. */
struct ask {
    struct entry *entry;
    struct arena *arena;
    int64_t began;
    int64_t timer; /* of the record when it was sent */
    int intent;    /* kind of the intent that it was sent for */
    struct str subject;
    int64_t spec_version;
    void (*then)(void *arg); /* entry_see_stats */
    void *then_arg;
};

static struct ask *ask_new(struct entry *e, struct seen_part *part)
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

static void ask_end(struct ask *k)
{
    struct entry *e = k->entry;
    arena_free(k->arena);
    mem_free(k);
    entry_answered(e);
}

static const struct job *current_job(const struct entry *e)
{
    for (size_t i = e->n_jobs; i > 0; i--) {
        const struct job *j = e->jobs[i - 1]->value;
        if (str_eq(j->metadata.id, entry_record(e)->current.job_id))
            return j;
    }
    return NULL;
}

static struct str flink_job_id(const struct entry *e)
{
    const struct job *j = current_job(e);
    return j ? j->status.flink_job_id : (struct str){0};
}

static const struct platform_cluster *current_cluster(const struct entry *e)
{
    for (size_t i = 0; i < e->seen.n_clusters; i++)
        if (e->seen.clusters[i].attempt == entry_record(e)->current.number)
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
    const struct platform_cluster *c = current_cluster(e);
    if (!c || !c->jobmanager_alive || !c->rest_url.len)
        return;
    struct ask *k = ask_new(e, &e->seen.job_part);
    k->subject = arena_str(k->arena, c->incarnation);
    e->app->flink.ops->look(e->app->flink.ctx, c->rest_url, flink_job_id(e),
                            f->kind == LOOK_JOB ? FLINK_LOOK_JOB : FLINK_LOOK_TASKMANAGERS,
                            on_jobmanager, k);
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
                                   flink_job_id(e), on_stats, k);
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
    e->app->flink.ops->cause(e->app->flink.ctx, entry_record(e)->current.rest_url, flink_job_id(e),
                             on_cause, k);
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
                               flink_job_id(e), k->subject, on_trigger, k);
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

static struct str_list uris_of(struct arena *a, const struct artifact *artifact, bool program)
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
    struct jars_request q = {.uris = uris_of(k->arena, artifact, true),
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

/* ---- calling ---- */

/* What is asked of the world and what it answers: with the intents, all that a reader of the log
 * needs to know where a crash fell. */
static void log_call(const struct entry *e, int intent, struct str what, struct str text)
{
    struct log_field fields[] = {
        {"deployment", entry_deployment(e)->metadata.name},
        {"intent", str_of(intent_names[intent])},
        {"text", text},
    };
    log_record(LOG_INFO, app_wall_us(e->app), what, fields, text.len ? 3 : 2);
}

static void call_sent(struct entry *e)
{
    arena_free(e->seen_arenas[SEEN_CALL]);
    e->seen_arenas[SEEN_CALL] = NULL;
    int64_t timer = entry_record(e)->timer;
    int64_t times = e->seen.call.sent && e->seen.call.timer == timer ? e->seen.call.times : 0;
    e->seen.call = (struct seen_call){
        .timer = timer, .sent = true, .sent_at = app_mono_us(e->app), .times = times + 1};
}

static void call_answered(struct ask *k, enum outcome outcome, int status, struct str text,
                          struct str jar_id)
{
    struct entry *e = k->entry;
    struct seen_call *call = &e->seen.call;
    if (call->timer == k->timer && !e->removed) {
        static const struct str words[] = {
            {"answer unknown", 14}, {"answer done", 11}, {"answer refused", 14}};
        log_call(e, k->intent, words[outcome], text);
        struct arena *a = seen_arena(e, SEEN_CALL);
        call->answered = true;
        call->answered_at = app_mono_us(e->app);
        call->outcome = outcome;
        call->status = status;
        call->text = arena_str(a, text);
        call->jar_id = arena_str(a, jar_id);
    }
    ask_end(k);
}

static void on_platform(void *arg, const struct platform_result *r)
{
    call_answered(arg, r->outcome, 0, r->text, r->jar_id);
}

static void on_flink(void *arg, const struct flink_answer *a)
{
    call_answered(arg, a->outcome, a->status, a->text, (struct str){0});
}

static struct ask *call_new(struct entry *e)
{
    call_sent(e);
    return ask_new(e, NULL);
}

/* A jar that cannot be had is looked for again before the next start, and said there. */
static bool has_jars(struct ask *k, const struct jars_sight *s)
{
    struct entry *e = k->entry;
    const struct record *r = entry_record(e);
    if (s->outcome == OUTCOME_DONE && k->timer == r->timer && k->intent == r->intent.kind &&
        !e->removed)
        return true;
    if (s->outcome == OUTCOME_REFUSED)
        e->seen.artifact.part = (struct seen_part){0};
    call_answered(k, s->outcome == OUTCOME_REFUSED ? OUTCOME_REFUSED : OUTCOME_UNKNOWN, 0, s->text,
                  (struct str){0});
    return false;
}

static struct platform_artifact jar_of(const struct artifact_sight *s)
{
    return (struct platform_artifact){.path = s->path, .sha256 = s->sha256, .name = s->name};
}

static void on_dependencies(void *arg, const struct jars_sight *s)
{
    struct ask *k = arg;
    struct entry *e = k->entry;
    if (!has_jars(k, s))
        return;
    const struct job *job = current_job(e);
    const struct metadata *m = &entry_deployment(e)->metadata;
    struct platform_cluster_spec spec = {
        .deployment_id = e->id,
        .deployment_name = m->name,
        .namespace_name = m->namespace_name,
        .attempt = entry_record(e)->intent.attempt,
        .template_ = &job->spec.template_,
        .flink_configuration = job->spec.template_.flink_configuration,
        .dependencies = ARENA_ARRAY(k->arena, struct platform_artifact, s->n + 1),
        .n_dependencies = s->n,
    };
    for (size_t i = 0; i < s->n; i++)
        spec.dependencies[i] = jar_of(&s->items[i]);
    e->app->platform.ops->provision(e->app->platform.ctx, &spec, on_platform, k);
}

static void call_provision(struct entry *e, const struct effect *f)
{
    (void)f;
    const struct attempt *at = &entry_record(e)->current;
    struct ask *k = call_new(e);
    struct jars_request q = {
        .uris = uris_of(k->arena, &current_job(e)->spec.template_.artifact, false),
        .sha256s = at->dependency_sha256s,
    };
    /* Of an attempt that began before its dependencies were recorded there are none. */
    q.uris.n = q.sha256s.n < q.uris.n ? q.sha256s.n : q.uris.n;
    jars_get(&e->app->artifacts, &q, on_dependencies, k);
}

static void on_pinned(void *arg, const struct jars_sight *s)
{
    struct ask *k = arg;
    struct entry *e = k->entry;
    if (!has_jars(k, s))
        return;
    const struct attempt *at = &entry_record(e)->current;
    struct platform_artifact jar = jar_of(&s->items[0]);
    e->app->platform.ops->deliver(e->app->platform.ctx, e->id, at->number, at->incarnation, &jar,
                                  on_platform, k);
}

static void call_upload(struct entry *e, const struct effect *f)
{
    (void)f;
    const struct attempt *at = &entry_record(e)->current;
    struct ask *k = call_new(e);
    struct str uri = current_job(e)->spec.template_.artifact.jar_uri;
    struct str sha256 = at->artifact_sha256;
    struct jars_request q = {
        .uris = {&uri, 1}, .sha256s = {&sha256, 1}, .name = at->artifact_name, .program = true};
    jars_get(&e->app->artifacts, &q, on_pinned, k);
}

static void call_submit(struct entry *e, const struct effect *f)
{
    (void)f;
    const struct attempt *at = &entry_record(e)->current;
    const struct job *job = current_job(e);
    struct ask *k = call_new(e);
    struct flink_submit s = {
        .jar_id = at->jar_id,
        .job_id = job->status.flink_job_id,
        .entry_class = at->entry_class,
        .args = words_split(k->arena, job->spec.template_.artifact.main_args),
        .parallelism = job->spec.template_.parallelism,
        .savepoint_path = at->source == SOURCE_SNAPSHOT ? at->source_location : STR(""),
        .allow_non_restored_state = job->spec.allow_non_restored_state,
        .timeout_us = 100 * US_PER_S, /* below the intent's own deadline */
    };
    e->seen.call.submitted = at->number;
    e->app->flink.ops->submit(e->app->flink.ctx, at->rest_url, &s, on_flink, k);
}

static bool wants_drain(const struct deployment *d)
{
    for (size_t i = 0; i < d->metadata.annotations.n; i++)
        if (str_eq(d->metadata.annotations.items[i].key, STR(ANNOTATION_STOP_WITH_DRAIN)) &&
            str_eq_nocase(d->metadata.annotations.items[i].value, STR("true")))
            return true;
    return d->spec.stop_with_drain;
}

static void call_stop(struct entry *e, const struct effect *f)
{
    (void)f;
    const struct record *r = entry_record(e);
    const struct deployment *d = entry_deployment(e);
    struct ask *k = call_new(e);
    struct flink_stop s = {
        .job_id = flink_job_id(e),
        .trigger_id = r->intent.trigger_id,
        .directory = r->intent.directory,
        .native = d->spec.savepoint_format == FORMAT_NATIVE,
        .drain = wants_drain(d),
        .stop = r->intent.kind == INTENT_STOP,
    };
    e->app->flink.ops->savepoint(e->app->flink.ctx, r->current.rest_url, &s, on_flink, k);
}

static void call_cancel(struct entry *e, const struct effect *f)
{
    (void)f;
    struct ask *k = call_new(e);
    e->app->flink.ops->cancel(e->app->flink.ctx, entry_record(e)->current.rest_url, flink_job_id(e),
                              on_flink, k);
}

static void call_teardown(struct entry *e, const struct effect *f)
{
    struct ask *k = call_new(e);
    e->app->platform.ops->teardown(e->app->platform.ctx, e->id, f->attempt, on_platform, k);
}

static void on_removed(void *arg, enum outcome outcome, struct str text)
{
    call_answered(arg, outcome, 0, text, (struct str){0});
}

static void call_discard(struct entry *e, const struct effect *f)
{
    struct ask *k = call_new(e);
    e->app->snapshots.ops->remove(e->app->snapshots.ctx, f->subject, on_removed, k);
}

void effect_run(struct entry *e, const struct effect *f)
{
    static void (*const run[])(struct entry *, const struct effect *) = {
        [LOOK_WORLD] = look_world,         [LOOK_TASKMANAGERS] = look_jobmanager,
        [LOOK_JOB] = look_jobmanager,      [LOOK_STATS] = look_stats,
        [LOOK_CAUSE] = look_cause,         [LOOK_TRIGGER] = look_trigger,
        [LOOK_DIRECTORY] = look_directory, [LOOK_SNAPSHOT] = look_snapshot,
        [LOOK_ARTIFACT] = look_artifact,   [CALL_PROVISION] = call_provision,
        [CALL_UPLOAD] = call_upload,       [CALL_SUBMIT] = call_submit,
        [CALL_STOP] = call_stop,           [CALL_CANCEL] = call_cancel,
        [CALL_TEARDOWN] = call_teardown,   [CALL_DISCARD] = call_discard,
    };
    run[f->kind](e, f);
    if (f->kind >= CALL_PROVISION)
        log_call(e, entry_record(e)->intent.kind, STR("call sent"), (struct str){0});
}
