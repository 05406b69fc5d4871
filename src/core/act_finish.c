/* Actions of section 200: what came of the call that was begun. */
#include "core/facts_impl.h"
#include "core/pace.h"
#include "core/step_impl.h"
#include "model/snapshot_location.h"

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
    if (job) {
        job->status.rest_url = c->rest_url;
        job->status.log_directory = c->log_directory;
    }
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
    if (!job)
        return;
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
    count_failure(s);
    fail_job(s, "FAILED_CREATING_A_NEW_JOB", cause);
    step_event(s, "FAILED_CREATING_A_NEW_JOB", "Attempt %d could not start: %.*s",
               (int)s->rec->current.number, STR_ARG(cause));
    /* Its JobManager has no statistics of a job that it does not list. */
    end_attempt(s, PHASE_READ,
                s->rec->current.phase == PHASE_SUBMITTED ? END_FAILED : END_ABANDONED, cause);
}

/* ---- savepoints ---- */

static struct trigger_try *settle_try(struct step *s, struct str trigger_id)
{
    struct list *tries = &s->rec->current.tries;
    struct trigger_try *copy = ARENA_ARRAY(s->a, struct trigger_try, tries->n);
    struct trigger_try *found = NULL;
    if (tries->n)
        memcpy(copy, tries->items, tries->n * sizeof(*copy));
    for (size_t i = 0; i < tries->n; i++) {
        if (str_eq(copy[i].trigger_id, trigger_id)) {
            copy[i].settled = true;
            found = &copy[i];
        }
    }
    tries->items = copy;
    return found;
}

/* The directory's own answer, when Flink has forgotten the trigger. */
static const struct snapshot_sight *sight_of_directory(const struct step *s)
{
    for (size_t i = 0; i < s->in->seen->n_listings; i++) {
        const struct seen_listing *l = &s->in->seen->listings[i];
        if (!str_eq(l->directory, s->rec->intent.directory))
            continue;
        for (size_t k = l->n; k > 0; k--)
            if (l->items[k - 1].verified != VERIFIED_BROKEN)
                return &l->items[k - 1];
    }
    return NULL;
}

/* Where its metadata cannot be read: newer than all that is known of the attempt. Later ones of the
 * same number are told apart by their registration. */
static int64_t newest_known_checkpoint(const struct step *s)
{
    const struct flink_checkpoints *c = &s->in->seen->stats;
    /* What its restore was checked by are statistics of this very attempt. */
    bool told = s->rec->current.restored != RESTORED_UNCHECKED && c->outcome == OUTCOME_DONE;
    int64_t newest = told ? c->latest_savepoint.id : 0;
    for (size_t i = 0; i < s->in->n_savepoints; i++) {
        const struct savepoint_status *st = &s->in->savepoints[i]->status;
        if (st->attempt == s->rec->current.number && st->checkpoint_id > newest)
            newest = st->checkpoint_id;
    }
    return newest;
}

static void complete_savepoint(struct step *s)
{
    const struct seen *seen = s->in->seen;
    const struct snapshot_sight *sight = &seen->snapshot.sight;
    struct str location = seen->trigger.location;
    if (seen->trigger.state == FLINK_TRIGGER_NOT_KNOWN) {
        sight = sight_of_directory(s);
        location = sight->location;
    }
    bool read =
        seen->trigger.state == FLINK_TRIGGER_NOT_KNOWN || seen->snapshot.outcome == OUTCOME_DONE;
    const struct savepoint *old = step_find_savepoint(s, s->rec->intent.savepoint_id);
    if (!old)
        return;
    struct savepoint *put = step_put_savepoint(s, old);
    put->spec.savepoint_location = location;
    put->metadata.type =
        read && sight->incremental ? SAVEPOINT_TYPE_INCREMENTAL : SAVEPOINT_TYPE_FULL;
    put->status.state = SAVEPOINT_COMPLETED;
    put->status.verified = read                                        ? sight->verified
                           : seen->snapshot.outcome == OUTCOME_REFUSED ? VERIFIED_BROKEN
                                                                       : VERIFIED_REPORTED;
    put->status.verified_text = read ? sight->text : seen->snapshot.text;
    put->status.verified_at = s->in->wall_us;
    put->status.attempt = s->rec->current.number;
    put->status.checkpoint_id =
        read && sight->checkpoint_id > 0 ? sight->checkpoint_id : newest_known_checkpoint(s);
    put->status.sequence = ++s->rec->sequence;
    put->status.size_bytes = read ? sight->size_bytes : 0;
    put->status.metadata_version = read ? sight->metadata_version : 0;
    put->status.state_taken_at = s->rec->intent.made_at;
    s->rec->had_snapshot = true;
    step_event(s, "TRANSITIONED_TO_COMPLETED", "Savepoint %.*s is complete at %.*s",
               STR_ARG(put->metadata.id), STR_ARG(location));
    settle_try(s, s->rec->intent.trigger_id);
}

void act_note_savepoint(struct step *s)
{
    complete_savepoint(s);
    if (s->rec->intent.kind == INTENT_STOP)
        step_event(s, "FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION",
                   "The job is stopped with its savepoint");
    step_clear_intent(s);
}

void act_cancel_after_savepoint(struct step *s)
{
    complete_savepoint(s);
    step_event(s, "FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT",
               "The savepoint is complete and nothing newer exists, but the job was not stopped; "
               "it is cancelled");
    step_intend(s, INTENT_CANCEL, s->rec->current.number);
    step_call(s);
}

static struct str savepoint_failure(const struct step *s)
{
    const struct seen *seen = s->in->seen;
    if (s->facts.result == RESULT_OVERDUE)
        return STR("no result by the deadline");
    if (seen->trigger.state == FLINK_TRIGGER_FAILED)
        return seen->trigger.text;
    if (seen->snapshot.text.len || seen->snapshot.sight.text.len)
        return seen->snapshot.text.len ? seen->snapshot.text : seen->snapshot.sight.text;
    return STR("the job goes on and has a newer checkpoint");
}

static void fail_savepoint(struct step *s, const struct savepoint *old, struct str why)
{
    if (!old)
        return;
    struct savepoint *put = step_put_savepoint(s, old);
    put->status.state = SAVEPOINT_FAILED;
    put->status.failure_message = why;
    put->status.failed_at = s->in->wall_us;
}

void act_note_try_failed(struct step *s)
{
    struct str why = savepoint_failure(s);
    const struct seen *seen = s->in->seen;
    /* A savepoint that is complete, though the job was not stopped by it, stays a savepoint. One
     * that Flink stopped the job with is the newest, and if it is broken it blocks: an older one is
     * never taken in its place. */
    bool stopped =
        seen->trigger.state == FLINK_TRIGGER_COMPLETED && s->facts.result == RESULT_REFUSED;
    bool whole = seen->trigger.state == FLINK_TRIGGER_STOP_FAILED &&
                 seen->snapshot.outcome == OUTCOME_DONE &&
                 seen->snapshot.sight.verified != VERIFIED_BROKEN;
    if (stopped || whole)
        complete_savepoint(s);
    else
        fail_savepoint(s, step_find_savepoint(s, s->rec->intent.savepoint_id), why);
    step_event(s, "SAVEPOINT_FAILED", "Savepoint try %d of %d failed%s: %.*s",
               (int)s->rec->operation.savepoint_tries + 1,
               (int)s->in->deployment->spec.max_savepoint_creation_attempts,
               stopped ? "" : ", the job runs on", STR_ARG(why));
    step_clear_intent(s);
    step_spend_try(s);
}

void act_note_savepoint_failed(struct step *s)
{
    bool posted = s->rec->intent.kind == INTENT_SAVEPOINT;
    const struct savepoint *old = posted ? step_find_savepoint(s, s->rec->intent.savepoint_id)
                                         : core_requested_savepoint(s->in);
    struct str why = posted                       ? savepoint_failure(s)
                     : s->facts.pace == PACE_LATE ? STR("not all tasks of the job ran")
                                                  : STR("there is no job to take it of");
    fail_savepoint(s, old, why);
    step_event(s, "SAVEPOINT_FAILED", "The savepoint failed, the job is as it was: %.*s",
               STR_ARG(why));
    if (posted)
        step_clear_intent(s);
}

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
    const struct savepoint *old = step_find_savepoint(s, s->rec->intent.savepoint_id);
    if (old) {
        struct savepoint *put = step_put_savepoint(s, old);
        put->status.state = SAVEPOINT_FAILED_DELETION;
        put->status.failure_message = s->in->seen->call.text;
        put->status.failed_at = s->in->wall_us;
    }
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
    struct job *job = step_put_job(s);
    if (job)
        job->status.state = JOB_TERMINATING;
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

/* The job of this attempt was really seen a moment before. */
static bool was_watched(const struct step *s)
{
    const struct seen *seen = s->in->seen;
    return seen->job_good_at > 0 && s->in->mono_us - seen->job_good_at < SIGHT_FRESH_US &&
           str_eq(seen->job_incarnation, s->rec->current.incarnation);
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
