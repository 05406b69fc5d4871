/* Actions of section 200: what came of the call that was begun. */
#include "core/facts_impl.h"
#include "core/pace.h"
#include "core/step_impl.h"

void act_call_again(struct step *s)
{
    if (s->in->mono_us >= facts_call_again_at(s->in))
        step_call(s);
}

static const struct platform_cluster *own_cluster(const struct step *s)
{
    const struct seen *seen = s->in->seen;
    for (size_t i = 0; i < seen->n_clusters; i++)
        if (seen->clusters[i].attempt == s->rec->current.number)
            return &seen->clusters[i];
    return NULL;
}

void act_note_provisioned(struct step *s)
{
    const struct platform_cluster *c = own_cluster(s);
    s->rec->current.incarnation = c->incarnation;
    s->rec->current.rest_url = c->rest_url;
    struct job *job = step_put_job(s);
    job->status.rest_url = c->rest_url;
    job->status.log_directory = c->log_directory;
    step_clear_intent(s);
}

static void end_attempt(struct step *s, enum phase phase, enum end_kind end, struct str cause)
{
    s->rec->current.phase = (int)phase;
    s->rec->current.end = (int)end;
    if (cause.len)
        s->rec->current.cause = cause;
    /* There is no job any more that a savepoint would have to be taken of. */
    if (s->rec->spent == SPENT_SAVEPOINTS) {
        s->rec->spent = SPENT_NOTHING;
        s->rec->gave_up = s->rec->gave_up_message = (struct str){0};
    }
    s->rec->intent = (struct intent){0};
    step_restart_timer(s);
}

static void fail_job(struct step *s, const char *reason, struct str message)
{
    struct job *job = step_put_job(s);
    job->status.state = JOB_TERMINATING;
    job->status.failure = (struct job_failure){
        .message = message, .reason = str_of(reason), .failed_at = s->in->wall_us};
}

static void count_failure(struct step *s)
{
    struct failure_time f = {s->in->wall_us};
    step_append(s, &s->rec->failures, sizeof(f), &f);
    /* Old ones beyond any limit that can be asked for need not be carried along. */
    enum { MOST = 100 };
    if (s->rec->failures.n > MOST) {
        struct failure_time *all = s->rec->failures.items;
        s->rec->failures = (struct list){all + 1, s->rec->failures.n - 1};
    }
}

/* What the world says of why: the cluster's own last words, or the answer to the call. */
static struct str cause_of(const struct step *s)
{
    const struct seen *seen = s->in->seen;
    const struct platform_cluster *c = own_cluster(s);
    if (seen->call.sent && seen->call.timer == s->in->record->timer && seen->call.text.len)
        return seen->call.text;
    if (c && c->cause.len)
        return c->cause;
    return seen->cause;
}

void act_setback(struct step *s)
{
    struct str cause = cause_of(s);
    s->rec->setbacks++;
    fail_job(s, "SETBACK", cause);
    step_event(s, "FAILED_CREATING_A_NEW_JOB",
               "Attempt %d is abandoned before anything was submitted, and does not count: %.*s",
               (int)s->rec->current.number, STR_ARG(cause));
    end_attempt(s, PHASE_READ, END_ABANDONED, cause);
}

void act_drop_intent(struct step *s)
{
    if (s->rec->intent.kind == INTENT_PROVISION)
        s->rec->setbacks = s->facts.world == WORLD_READY ? 0 : s->rec->setbacks + 1;
    step_clear_intent(s);
}

void act_note_uploaded(struct step *s)
{
    s->rec->current.jar_id = s->in->seen->call.jar_id;
    s->rec->current.phase = PHASE_PROVISIONED;
    step_clear_intent(s);
}

/* The answer to the submission may come long after the job was seen: main() goes on after it. */
void step_note_submission_error(struct step *s)
{
    const struct seen_call *call = &s->in->seen->call;
    struct attempt *at = &s->rec->current;
    if (at->degraded || call->submitted != at->number || !call->answered ||
        call->outcome != OUTCOME_REFUSED)
        return;
    at->degraded = true;
    at->cause = call->text;
    step_event(s, "JOB_SUBMISSION_ANSWERED_WITH_AN_ERROR",
               "Flink answered with an error and runs the job all the same: %.*s",
               STR_ARG(call->text));
}

void act_note_submitted(struct step *s)
{
    step_note_submission_error(s);
    s->rec->setbacks = 0;
    step_event(s, "AWAITING_A_JOB_TO_START", "Flink has accepted attempt %d",
               (int)s->rec->current.number);
    step_clear_intent(s);
}

void act_fail_start(struct step *s)
{
    struct str cause = cause_of(s);
    /* Whose fault it is that no answer came is not known when nobody was there to hear it. */
    bool counts = facts_call_is_ours(s->in);
    if (cause.len == 0)
        cause = STR("no answer to the submission, and its JobManager does not list the job");
    if (counts)
        count_failure(s);
    else
        s->rec->setbacks++;
    fail_job(s, "FAILED_CREATING_A_NEW_JOB", cause);
    step_event(s, "FAILED_CREATING_A_NEW_JOB", "Attempt %d could not start%s: %.*s",
               (int)s->rec->current.number, counts ? "" : ", which does not count", STR_ARG(cause));
    /* Its JobManager has no statistics of a job that it does not list. */
    end_attempt(s, PHASE_READ,
                s->rec->current.phase == PHASE_SUBMITTED ? END_FAILED : END_ABANDONED, cause);
    /* What was not answered may be under way until its cluster is gone. */
    s->rec->current.unwatched = s->facts.result == RESULT_OVERDUE;
}

/* It counts as sent and not seen up yet, whatever was written about it in between. */
void act_note_late_start(struct step *s)
{
    struct attempt *at = &s->rec->current;
    at->phase = PHASE_SUBMITTED;
    at->end = END_NONE;
    at->cause = (struct str){0};
    at->unwatched = false;
    /* A daemon that died may have told its cluster to end. */
    s->rec->ended_unasked = at->number;
    s->rec->setbacks = 0;
    struct job *job = step_put_job(s);
    job->status.state = JOB_STARTING;
    job->status.failure = (struct job_failure){0};
    step_event(s, "AWAITING_A_JOB_TO_START", "Attempt %d was given up, and has started after all",
               (int)at->number);
    step_restart_timer(s);
}

/* ---- other calls ---- */

void act_supersede_by_cancel(struct step *s)
{
    step_event(s, "FOUND_A_JOB_TO_TERMINATE",
               "The job is cancelled; the savepoint that is being taken is still recorded if it "
               "succeeds");
    step_intend(s, INTENT_CANCEL, s->rec->current.number);
    step_call(s);
}

void act_note_discarded(struct step *s)
{
    s->out->dropped_savepoint = s->rec->intent.savepoint_id;
    step_event(s, "SAVEPOINT_DELETED", "The data of savepoint %.*s is removed",
               STR_ARG(s->rec->intent.savepoint_id));
    step_clear_intent(s);
}

void act_note_discard_failed(struct step *s)
{
    struct savepoint *put =
        step_put_savepoint(s, step_find_savepoint(s, s->rec->intent.savepoint_id));
    put->status.state = SAVEPOINT_FAILED_DELETION;
    put->status.failure_message = s->in->seen->call.text;
    put->status.failed_at = s->in->wall_us;
    step_event(s, "SAVEPOINT_DELETION_FAILED", "The data of savepoint %.*s is still there: %.*s",
               STR_ARG(s->rec->intent.savepoint_id), STR_ARG(s->in->seen->call.text));
    step_clear_intent(s);
}

/* ---- the end, as seen ---- */

/* Whether this end was asked for by us: then it is no failure of the job. */
static bool is_our_doing(const struct step *s, enum end_kind end)
{
    const struct record *r = s->rec;
    if (r->intent.kind == INTENT_CANCEL)
        return true;
    return end == END_FINISHED;
}

static void note_end(struct step *s, enum end_kind end, struct str cause)
{
    bool expected = is_our_doing(s, end) || s->in->deployment->spec.state != DESIRED_RUNNING;
    step_put_job(s)->status.state = JOB_TERMINATING;
    if (!expected) {
        count_failure(s);
        fail_job(s, end == END_LOST ? "JOB_LOST" : "JOB_FAILED", cause);
        /* Why it failed is asked next: the event of that waits for the answer (act_note_read). */
        if (end != END_FAILED)
            step_event(s, "JOB_FAILED", "Attempt %d %s: %.*s", (int)s->rec->current.number,
                       end == END_LOST ? "is lost" : "was cancelled behind our back",
                       STR_ARG(cause));
        if (s->rec->operation.kind == OPERATION_NONE)
            s->rec->operation =
                (struct operation){.kind = OPERATION_RECOVER,
                                   .from_spec_version = s->rec->current.spec_version,
                                   .to_spec_version = s->rec->current.spec_version,
                                   .started_at = s->in->wall_us};
        /* From here on it is the failure that leads to the start. */
        if (s->rec->operation.kind == OPERATION_UPGRADE &&
            s->in->deployment->spec.upgrade_strategy == UPGRADE_STATEFUL)
            s->rec->operation.by_user = false;
    }
    end_attempt(s, PHASE_ENDED, end, cause);
}

void act_note_end(struct step *s)
{
    switch (s->facts.job) {
    case SIGHT_FINISHED: note_end(s, END_FINISHED, (struct str){0}); break;
    case SIGHT_CANCELED: note_end(s, END_CANCELED, STR("CANCELED")); break;
    case SIGHT_FAILED:
    case SIGHT_UNKNOWN:
    case SIGHT_ABSENT:
    case SIGHT_STARTING:
    case SIGHT_UP:
    case SIGHT_RESTARTING:
    case SIGHT_VALUES:
    default: note_end(s, END_FAILED, cause_of(s)); break;
    }
}

/* What its JobManager said of the job is younger than 10 s; or it was lost so soon after the submission
 * that the job cannot have completed a checkpoint. */
static bool was_watched(const struct step *s)
{
    const struct seen *seen = s->in->seen;
    int64_t now = s->in->mono_us;
    bool told = seen->job_told_at > 0 && now - seen->job_told_at < SIGHT_FRESH_US;
    bool just_sent = facts_call_is_ours(s->in) && s->in->record->intent.kind == INTENT_SUBMIT &&
                     now - seen->call.sent_at < LOST_AT_ONCE_US;
    return (told || just_sent) && str_eq(seen->job_incarnation, s->rec->current.incarnation);
}

void act_note_lost(struct step *s)
{
    struct str cause = cause_of(s);
    if (!cause.len)
        cause = s->facts.job == SIGHT_ABSENT ? STR("its JobManager does not know the job any more")
                                             : STR("its JobManager has ended");
    note_end(s, END_LOST, cause);
    s->rec->current.phase = PHASE_READ;
    s->rec->current.unwatched = !was_watched(s);
}

void act_end_by_teardown(struct step *s)
{
    step_event(s, "FOUND_A_JOB_TO_TERMINATE",
               "The job did not react to its cancellation; its cluster is ended");
    end_attempt(s, PHASE_READ, END_CANCELED, STR("did not react to its cancellation"));
}

void act_abandon(struct step *s)
{
    step_event(s, "FOUND_A_JOB_TO_TERMINATE", "Attempt %d is abandoned: nothing was submitted",
               (int)s->rec->current.number);
    end_attempt(s, PHASE_READ, END_ABANDONED, (struct str){0});
}
