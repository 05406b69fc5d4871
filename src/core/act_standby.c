/* Actions of section 700, and of the row that makes a standby the present attempt. */
#include "core/facts_impl.h"
#include "core/pace.h"
#include "core/step_impl.h"

static void take_step(struct step *s, enum standby_step step)
{
    s->rec->standby.step = (int)step;
    s->rec->standby.timer++;
    s->out->changed = true;
}

static void call(struct step *s)
{
    static const enum effect_kind calls[STANDBY_STEPS] = {
        [STANDBY_STEP_PROVISION] = CALL_STANDBY_PROVISION,
        [STANDBY_STEP_UPLOAD] = CALL_STANDBY_UPLOAD,
        [STANDBY_STEP_END] = CALL_STANDBY_TEARDOWN,
    };
    step_effect(s, calls[s->rec->standby.step], s->rec->standby.attempt.number, (struct str){0});
}

static const struct platform_cluster *cluster(const struct step *s)
{
    const struct seen *seen = s->in->seen;
    for (size_t i = 0; i < seen->n_clusters; i++)
        if (seen->clusters[i].attempt == s->rec->standby.attempt.number)
            return &seen->clusters[i];
    return NULL;
}

static struct job *put_job(struct step *s)
{
    struct job *job = s->out->jobs[s->out->n_jobs++] = ARENA_NEW(s->a, struct job);
    *job = *s->in->standby_job;
    job->metadata.modified_at = job->status.last_update_time = s->in->wall_us;
    s->out->changed = true;
    return job;
}

void act_standby_begin(struct step *s)
{
    struct standby *standby = &s->rec->standby;
    standby->attempt = step_next_attempt(s);
    step_next_job(s, &standby->attempt)->status.state = JOB_STANDBY;
    step_event(s, "PREPARING_A_STANDBY",
               "Attempt %d of spec version %d is made ready while attempt %d runs on",
               (int)standby->attempt.number, (int)standby->attempt.spec_version,
               (int)s->rec->current.number);
    take_step(s, STANDBY_STEP_PROVISION);
    call(s);
}

/* The more often in vain, the later. */
void act_standby_call_again(struct step *s)
{
    const struct seen_call *sent = &s->in->seen->standby.call;
    bool ours = sent->sent && sent->timer == s->rec->standby.timer;
    if (!ours || s->in->mono_us >= sent->sent_at + pace_backoff_us(sent->times, s->rec->top))
        call(s);
}

void act_standby_upload(struct step *s)
{
    const struct platform_cluster *c = cluster(s);
    struct attempt *at = &s->rec->standby.attempt;
    at->incarnation = c->incarnation;
    at->rest_url = c->rest_url;
    struct job *job = put_job(s);
    job->status.rest_url = c->rest_url;
    job->status.log_directory = c->log_directory;
    take_step(s, STANDBY_STEP_UPLOAD);
    call(s);
}

void act_standby_warm(struct step *s)
{
    struct attempt *at = &s->rec->standby.attempt;
    at->jar_id = s->in->seen->standby.call.jar_id;
    at->phase = PHASE_PROVISIONED;
    take_step(s, STANDBY_STEP_WARM);
}

void act_standby_note_ready(struct step *s)
{
    step_event(s, "STANDBY_IS_READY",
               "The cluster of attempt %d is up, and has made the job's plan",
               (int)s->rec->standby.attempt.number);
    take_step(s, STANDBY_STEP_READY);
}

static void end(struct step *s)
{
    take_step(s, STANDBY_STEP_END);
    call(s);
}

static void judge(struct step *s, enum standby_verdict verdict, struct str reason)
{
    s->rec->standby.verdict = (int)verdict;
    s->rec->standby.judged_version = s->rec->standby.attempt.spec_version;
    s->rec->standby.reason = reason;
}

static struct str cause(const struct step *s)
{
    const struct seen_standby *seen = &s->in->seen->standby;
    const struct platform_cluster *c = cluster(s);
    if (seen->call.sent && seen->call.timer == s->rec->standby.timer && seen->call.text.len)
        return seen->call.text;
    return c && c->cause.len ? c->cause : str_of(s->rule->why);
}

void act_standby_give_up(struct step *s)
{
    struct str why = cause(s);
    step_event(
        s, "STANDBY_GIVEN_UP",
        "Attempt %d does not stand ready: %.*s; the running job is replaced without a standby",
        (int)s->rec->standby.attempt.number, STR_ARG(why));
    judge(s, STANDBY_COLD, why);
    end(s);
}

void act_standby_refuse(struct step *s)
{
    const struct seen_standby *seen = &s->in->seen->standby;
    struct str why =
        s->standby.result == RESULT_OVERDUE
            ? STR("the job's plan was not made in time; does main() come to execute()?")
            : arena_fmt(s->a, "the job's plan cannot be made: %.*s", STR_ARG(seen->plan_text));
    step_event(s, "STANDBY_REFUSED_THE_JOB", "Attempt %d: %.*s",
               (int)s->rec->standby.attempt.number, STR_ARG(why));
    judge(s, STANDBY_REFUSED, why);
    end(s);
}

void act_standby_end(struct step *s)
{
    step_event(s, "STANDBY_IS_NOT_NEEDED",
               "The cluster of attempt %d is taken down: nothing waits for it",
               (int)s->rec->standby.attempt.number);
    end(s);
}

void act_standby_note_gone(struct step *s)
{
    struct job *job = put_job(s);
    job->status.state = JOB_TERMINATED;
    job->status.rest_url = (struct str){0};
    job->metadata.terminated_at = s->in->wall_us;
    s->rec->standby.attempt = (struct attempt){0};
    take_step(s, STANDBY_STEP_NONE);
}

/* What was begun with it goes on as that of the present attempt; what was sent already bears
 * repetition. */
void act_adopt(struct step *s)
{
    struct standby *standby = &s->rec->standby;
    bool asked_for = standby->step == STANDBY_STEP_PROVISION;
    s->rec->current = standby->attempt;
    put_job(s)->status.state = JOB_STARTING;
    standby->attempt = (struct attempt){0};
    take_step(s, STANDBY_STEP_NONE);
    step_event(s, "CREATING_A_NEW_JOB", "Attempt %d of spec version %d goes on from its standby",
               (int)s->rec->current.number, (int)s->rec->current.spec_version);
    step_restart_timer(s);
    if (!asked_for)
        return;
    step_intend(s, INTENT_PROVISION, s->rec->current.number);
    step_call(s);
}
