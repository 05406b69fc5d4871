/* Calls: what an intent allows is asked of the world, and the answer becomes part of what was seen.
 * The standby's step is its intent. */
#include "base/log.h"
#include "base/timefmt.h"
#include "shell/effects_impl.h"
#include "shell/seen.h"
#include "shell/words.h"

/* What is asked of the world and what it answers: with the intents, all that a reader of the log
 * needs to know where a crash fell. */
static void log_call(const struct entry *e, const char *intent, struct str what, struct str text)
{
    struct log_field fields[] = {
        {"deployment", entry_deployment(e)->metadata.name},
        {"intent", str_of(intent)},
        {"text", text},
    };
    log_record(LOG_INFO, app_wall_us(e->app), what, fields, text.len ? 3 : 2);
}

/* As `intent` in the log. */
static const char *const standby_words[STANDBY_STEPS] = {
    [STANDBY_STEP_PROVISION] = "STANDBY_PROVISION",
    [STANDBY_STEP_UPLOAD] = "STANDBY_UPLOAD",
    [STANDBY_STEP_END] = "STANDBY_TEARDOWN",
};

static bool is_of_standby(const struct effect *f)
{
    return f->kind >= CALL_STANDBY_PROVISION;
}

static const struct attempt *attempt_of(const struct entry *e, bool standby)
{
    const struct record *r = entry_record(e);
    return standby ? &r->standby.attempt : &r->current;
}

static int64_t timer_of(const struct entry *e, bool standby)
{
    const struct record *r = entry_record(e);
    return standby ? r->standby.timer : r->timer;
}

static struct seen_call *call_of(struct entry *e, bool standby)
{
    return standby ? &e->seen.standby.call : &e->seen.call;
}

static struct ask *call_new(struct entry *e, bool standby)
{
    struct seen_call *call = call_of(e, standby);
    int64_t timer = timer_of(e, standby);
    int64_t times = call->sent && call->timer == timer ? call->times : 0;
    seen_arena(e, standby ? SEEN_STANDBY_CALL : SEEN_CALL);
    *call = (struct seen_call){
        .timer = timer, .sent = true, .sent_at = app_mono_us(e->app), .times = times + 1};
    struct ask *k = ask_new(e, NULL);
    k->standby = standby;
    k->timer = timer;
    if (standby)
        k->intent = entry_record(e)->standby.step;
    return k;
}

static void call_answered(struct ask *k, enum outcome outcome, int status, struct str text,
                          struct str jar_id)
{
    struct entry *e = k->entry;
    struct seen_call *call = call_of(e, k->standby);
    if (call->timer == k->timer && !e->removed) {
        static const struct str words[] = {
            {"answer unknown", 14}, {"answer done", 11}, {"answer refused", 14}};
        log_call(e, k->standby ? standby_words[k->intent] : intent_names[k->intent], words[outcome],
                 text);
        struct arena *a = seen_arena(e, k->standby ? SEEN_STANDBY_CALL : SEEN_CALL);
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

/* A jar that cannot be had is looked for again before the next start, and said there. */
static bool has_jars(struct ask *k, const struct jars_sight *s)
{
    struct entry *e = k->entry;
    const struct record *r = entry_record(e);
    bool same = k->timer == timer_of(e, k->standby) &&
                k->intent == (k->standby ? r->standby.step : r->intent.kind);
    if (s->outcome == OUTCOME_DONE && same && !e->removed)
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
    const struct attempt *at = attempt_of(e, k->standby);
    const struct job *job = entry_job(e, at->job_id);
    const struct metadata *m = &entry_deployment(e)->metadata;
    struct platform_cluster_spec spec = {
        .deployment_id = e->id,
        .deployment_name = m->name,
        .namespace_name = m->namespace_name,
        .attempt = at->number,
        .template_ = &job->spec.template_,
        .flink_configuration = job->spec.template_.flink_configuration,
        .dependencies = ARENA_ARRAY(k->arena, struct platform_artifact, s->n + 1),
        .n_dependencies = s->n,
        .beside = k->standby,
    };
    for (size_t i = 0; i < s->n; i++)
        spec.dependencies[i] = jar_of(&s->items[i]);
    e->app->platform.ops->provision(e->app->platform.ctx, &spec, on_platform, k);
}

static void call_provision(struct entry *e, const struct effect *f)
{
    const struct attempt *at = attempt_of(e, is_of_standby(f));
    struct ask *k = call_new(e, is_of_standby(f));
    struct jars_request q = {
        .uris = effect_uris(k->arena, &entry_job(e, at->job_id)->spec.template_.artifact, false),
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
    const struct attempt *at = attempt_of(e, k->standby);
    struct platform_artifact jar = jar_of(&s->items[0]);
    e->app->platform.ops->deliver(e->app->platform.ctx, e->id, at->number, at->incarnation, &jar,
                                  on_platform, k);
}

static void call_upload(struct entry *e, const struct effect *f)
{
    const struct attempt *at = attempt_of(e, is_of_standby(f));
    struct ask *k = call_new(e, is_of_standby(f));
    struct str uri = entry_job(e, at->job_id)->spec.template_.artifact.jar_uri;
    struct str sha256 = at->artifact_sha256;
    struct jars_request q = {
        .uris = {&uri, 1}, .sha256s = {&sha256, 1}, .name = at->artifact_name, .program = true};
    jars_get(&e->app->artifacts, &q, on_pinned, k);
}

static void call_submit(struct entry *e, const struct effect *f)
{
    (void)f;
    const struct attempt *at = &entry_record(e)->current;
    const struct job *job = entry_job(e, entry_record(e)->current.job_id);
    struct ask *k = call_new(e, false);
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
    struct ask *k = call_new(e, false);
    struct flink_stop s = {
        .job_id = effect_flink_job_id(e, entry_record(e)->current.job_id),
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
    struct ask *k = call_new(e, false);
    e->app->flink.ops->cancel(e->app->flink.ctx, entry_record(e)->current.rest_url,
                              effect_flink_job_id(e, entry_record(e)->current.job_id), on_flink, k);
}

static void call_teardown(struct entry *e, const struct effect *f)
{
    struct ask *k = call_new(e, is_of_standby(f));
    e->app->platform.ops->teardown(e->app->platform.ctx, e->id, f->attempt, on_platform, k);
}

static void on_removed(void *arg, enum outcome outcome, struct str text)
{
    call_answered(arg, outcome, 0, text, (struct str){0});
}

static void call_discard(struct entry *e, const struct effect *f)
{
    struct ask *k = call_new(e, false);
    e->app->snapshots.ops->remove(e->app->snapshots.ctx, f->subject, on_removed, k);
}

void call_run(struct entry *e, const struct effect *f)
{
    static void (*const run[])(struct entry *, const struct effect *) = {
        [CALL_PROVISION] = call_provision,   [CALL_UPLOAD] = call_upload,
        [CALL_SUBMIT] = call_submit,         [CALL_STOP] = call_stop,
        [CALL_CANCEL] = call_cancel,         [CALL_TEARDOWN] = call_teardown,
        [CALL_DISCARD] = call_discard,       [CALL_STANDBY_PROVISION] = call_provision,
        [CALL_STANDBY_UPLOAD] = call_upload, [CALL_STANDBY_TEARDOWN] = call_teardown,
    };
    const struct record *r = entry_record(e);
    const char *intent =
        is_of_standby(f) ? standby_words[r->standby.step] : intent_names[r->intent.kind];
    run[f->kind](e, f);
    log_call(e, intent, STR("call sent"), (struct str){0});
}
