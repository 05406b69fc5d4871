/* Actions of section 400: the running job, and stopping it for a reason. */
#include "base/uuid.h"
#include "core/step_impl.h"
#include "model/snapshot_location.h"

static void complete_start(struct step *s)
{
    step_event(s, "STATE_TRANSITION_IS_COMPLETED", "The Deployment is RUNNING");
    s->rec->operation = (struct operation){0};
}

static void note_restarts(struct step *s)
{
    if (s->facts.job != SIGHT_UP || !core_has_new_restarts(s->in))
        return;
    struct job *job = step_put_job(s);
    job->status.observed_flink_job_restarts = s->in->seen->stats.restarts;
}

void act_note_up(struct step *s)
{
    struct attempt *at = &s->rec->current;
    at->phase = PHASE_UP;
    at->up_at = s->in->wall_us;
    struct job *job = step_put_job(s);
    job->status.state = JOB_STARTED;
    job->status.started_at = s->in->wall_us;
    job->status.observed_flink_job_status = STR("RUNNING");
    note_restarts(s);
    step_restored_from(s);
    step_note_submission_error(s);
    step_event(s, "JOB_SUCCESSFULLY_STARTED", "All tasks of attempt %d run", (int)at->number);
    if (core_runs_as_wanted(s->in))
        complete_start(s);
    step_restart_timer(s);
}

/* What was not seen is not claimed. */
static void note_restored(struct step *s, bool mismatch)
{
    const struct flink_checkpoints *c = &s->in->seen->stats;
    struct attempt *at = &s->rec->current;
    if (c->outcome == OUTCOME_REFUSED) {
        at->restored = RESTORED_NOT_TOLD;
        if (at->source == SOURCE_SNAPSHOT)
            step_event(s, "RESTORED_SNAPSHOT_NOT_TOLD",
                       "Asked to restore %.*s; Flink has no checkpoint statistics of the job that "
                       "would say what it restored: %.*s",
                       STR_ARG(at->source_location), STR_ARG(c->text));
        return;
    }
    at->restored = mismatch ? RESTORED_OTHERWISE : RESTORED_AS_ASKED;
    struct job *job = step_put_job(s);
    if (c->has_restored)
        job->status.restored_location = c->restored.path;
    if (mismatch)
        step_event(s, "RESTORED_FROM_ANOTHER_SNAPSHOT",
                   "Asked to restore %.*s, Flink says that it restored %.*s",
                   STR_ARG(at->source_location.len ? at->source_location : STR("nothing")),
                   STR_ARG(c->has_restored ? c->restored.path : STR("nothing")));
}

void step_note_checkpoint_directory(struct step *s, const struct flink_checkpoint *c)
{
    if (c->id <= 0 || c->is_savepoint)
        return;
    struct str directory = snapshot_location_parent(c->path);
    if (directory.len)
        s->rec->current.checkpoint_directory = directory;
}

static void note_checkpoints(struct step *s, bool mismatch)
{
    const struct flink_checkpoints *c = &s->in->seen->stats;
    struct attempt *at = &s->rec->current;
    at->checkpointing =
        c->outcome == OUTCOME_REFUSED || c->interval_ms < 0 ? CHECKPOINTING_OFF : CHECKPOINTING_ON;
    step_note_checkpoint_directory(s, &c->latest_completed);
    s->rec->had_snapshot = s->rec->had_snapshot || c->completed_count > 0;
    if (at->restored == RESTORED_UNCHECKED)
        note_restored(s, mismatch);
}

void act_note_evidence(struct step *s)
{
    bool mismatch;
    if (core_running_evidence(s->in, &mismatch) != EVIDENCE_NONE)
        note_checkpoints(s, mismatch);
    note_restarts(s);
    if (s->rec->operation.kind != OPERATION_NONE && core_runs_as_wanted(s->in))
        complete_start(s);
    s->out->changed = true;
}

void act_cancel(struct step *s)
{
    if (s->facts.drift == DRIFT_STATELESS && s->facts.want == WANT_RUN)
        step_event(s, "USING_AN_UPGRADE_STRATEGY",
                   "The upgrade strategy is STATELESS: the job is cancelled without a snapshot");
    else
        step_event(s, "FOUND_A_JOB_TO_TERMINATE", "The job is cancelled without a snapshot");
    step_intend(s, INTENT_CANCEL, s->rec->current.number);
    step_call(s);
}

/* A trigger id and a directory of its own for every try, durable before the call. */
static void begin_savepoint(struct step *s, enum intent_kind kind, struct str savepoint_id)
{
    char hex[HEX_ID_TEXT + 1];
    uuid_to_hex(s->in->ids[0], hex);
    step_intend(s, kind, s->rec->current.number);
    struct intent *i = &s->rec->intent;
    i->trigger_id = arena_str(s->a, str_of(hex));
    i->savepoint_id = savepoint_id;
    i->directory = core_savepoint_directory(s->a, s->in, savepoint_id);
    struct trigger_try t = {.trigger_id = i->trigger_id,
                            .savepoint_id = savepoint_id,
                            .directory = i->directory,
                            .stop = kind == INTENT_STOP};
    step_append(s, &s->rec->current.tries, sizeof(t), &t);
}

void act_stop(struct step *s)
{
    struct str id = s->in->ids[1];
    if (s->facts.drift == DRIFT_STATEFUL && s->facts.want == WANT_RUN)
        step_event(s, "USING_AN_UPGRADE_STRATEGY",
                   "The upgrade strategy is STATEFUL: a savepoint is taken before the job stops");
    begin_savepoint(s, INTENT_STOP, id);
    struct savepoint *put = step_put_savepoint(s, NULL);
    put->metadata = (struct savepoint_metadata){
        .id = id,
        .namespace_name = s->in->deployment->metadata.namespace_name,
        .deployment_id = s->in->deployment->metadata.id,
        .job_id = s->rec->current.job_id,
        .origin = ORIGIN_SUSPEND,
        .type = SAVEPOINT_TYPE_UNKNOWN,
        .created_at = s->in->wall_us,
        .modified_at = s->in->wall_us,
        .annotations = step_version_annotation(s),
    };
    put->spec.savepoint_location = s->rec->intent.directory;
    put->spec.flink_savepoint_id = s->in->ids[0];
    put->status.state = SAVEPOINT_STARTED;
    step_event(s, "CREATING_A_SAVEPOINT_BEFORE_SUSPENSION", "Savepoint try %d of %d goes to %.*s",
               (int)s->rec->operation.savepoint_tries + 1,
               (int)s->in->deployment->spec.max_savepoint_creation_attempts,
               STR_ARG(s->rec->intent.directory));
    step_call(s);
}

void act_savepoint(struct step *s)
{
    const struct savepoint *asked = core_requested_savepoint(s->in);
    begin_savepoint(s, INTENT_SAVEPOINT, asked->metadata.id);
    struct savepoint *put = step_put_savepoint(s, asked);
    put->metadata.job_id = s->rec->current.job_id;
    put->metadata.annotations =
        str_map_with(s->a, &asked->metadata.annotations, STR(ANNOTATION_SPEC_VERSION),
                     step_version_annotation(s).items[0].value);
    put->spec.savepoint_location = s->rec->intent.directory;
    put->spec.flink_savepoint_id = s->in->ids[0];
    step_event(s, "NEED_TO_TRIGGER_A_SAVEPOINT", "A savepoint is taken in %.*s",
               STR_ARG(s->rec->intent.directory));
    step_call(s);
}

void act_spend_try(struct step *s)
{
    step_event(s, "SAVEPOINT_FAILED",
               "Savepoint try %d of %d is spent: not all tasks of the job ran until its deadline",
               (int)s->rec->operation.savepoint_tries + 1,
               (int)s->in->deployment->spec.max_savepoint_creation_attempts);
    step_restart_timer(s);
    step_spend_try(s);
}

void act_discard(struct step *s)
{
    const struct savepoint *old = core_discarded_savepoint(s->in);
    if (old == s->in->expired)
        step_event(s, "SAVEPOINT_EXPIRED",
                   "Savepoint %.*s of attempt %d is deleted with its data: spec.snapshotRetention "
                   "lets it go",
                   STR_ARG(old->metadata.id), (int)old->status.attempt);
    step_intend(s, INTENT_DISCARD, 0);
    s->rec->intent.savepoint_id = old->metadata.id;
    s->rec->intent.directory = old->spec.savepoint_location;
    struct savepoint *put = step_put_savepoint(s, old);
    put->status.state = SAVEPOINT_DELETING;
    step_call(s);
}

void act_replace(struct step *s)
{
    step_event(s, "REPLACING_TASKMANAGERS",
               "TaskManagers of attempt %d are missing and are started anew",
               (int)s->rec->current.number);
    step_intend(s, INTENT_PROVISION, s->rec->current.number);
    step_call(s);
}

void act_give_up(struct step *s)
{
    bool runs = s->facts.phase == PHASE_SUBMITTED || s->facts.phase == PHASE_UP;
    s->rec->spent = runs ? SPENT_SAVEPOINTS : SPENT_STARTS;
    if (runs)
        step_give_up(s, "TOO_MANY_FAILED_SUSPENSION_ATTEMPTS",
                     arena_fmt(s->a,
                               "%d of %d savepoint tries failed; the job keeps running as it was",
                               (int)s->rec->operation.savepoint_tries,
                               (int)s->in->deployment->spec.max_savepoint_creation_attempts));
    else
        step_give_up(s, "TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS",
                     arena_fmt(s->a, "%d of %d job attempts failed, the last one: %.*s",
                               (int)s->rec->failures.n,
                               (int)s->in->deployment->spec.max_job_creation_attempts,
                               STR_ARG(s->rec->current.cause)));
}

/* Here and not by a rule of its own: what else is wrong with the job goes on being mended, and must
 * not hide that no savepoint can be had. */
void step_spend_try(struct step *s)
{
    int64_t most = s->in->deployment->spec.max_savepoint_creation_attempts;
    bool stopping = s->facts.want == WANT_SUSPEND ||
                    (s->facts.want == WANT_RUN && s->facts.drift == DRIFT_STATEFUL);
    s->rec->operation.savepoint_tries++;
    if (stopping && s->rec->operation.savepoint_tries >= most)
        act_give_up(s);
}

static bool ended_unasked(const struct step *s)
{
    const struct record *r = s->rec;
    return r->current.number > r->ended_unasked && core_is_ended(s->in, r->current.number);
}

/* What is wrong, as long as it was not written down yet. */
static struct str halt_cause(const struct step *s, int64_t newest)
{
    const struct record *r = s->rec;
    if (newest > r->top && newest > r->beyond)
        return arena_fmt(s->a,
                         "attempt %d exists or has existed, and this record knows none above %d",
                         (int)newest, (int)r->top);
    if (ended_unasked(s))
        return arena_fmt(s->a, "the cluster of attempt %d was taken down, and not for this record",
                         (int)r->current.number);
    return STR("the world was newer than this record");
}

void act_halt(struct step *s)
{
    const struct seen *seen = s->in->seen;
    struct record *r = s->rec;
    int64_t newest = seen->newest_attempt;
    for (size_t i = 0; i < seen->n_clusters; i++)
        newest = seen->clusters[i].attempt > newest ? seen->clusters[i].attempt : newest;
    if (!r->halted || !r->gave_up.len)
        step_give_up(s, "HALTED_RECORD_OLDER_THAN_WORLD",
                     arena_fmt(s->a,
                               "%.*s; nothing is touched. Was an old backup of the store put back, "
                               "or does a second daemon run?",
                               STR_ARG(halt_cause(s, newest))));
    s->out->changed = s->out->changed || (newest > r->top && newest > r->beyond);
    if (newest > r->top && newest > r->beyond)
        r->beyond = newest;
    if (ended_unasked(s))
        r->ended_unasked = r->current.number;
    r->halted = true;
}

void act_remove(struct step *s)
{
    s->out->remove = true;
    s->out->changed = true;
}
