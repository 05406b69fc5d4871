/* What to look at next, and when to look again. Looking decides nothing and changes nothing; it only
 * makes the facts that the rules asked for. */
#include "core/pace.h"
#include "core/step_impl.h"
#include "model/snapshot_location.h"

/* A teardown ends all that is over. */
static bool is_kept(const struct record *r, int64_t attempt)
{
    bool current = attempt == r->current.number && r->current.phase != PHASE_READ &&
                   r->current.phase != PHASE_GONE && r->current.phase != PHASE_NONE &&
                   r->current.phase != PHASE_DONE;
    return current || attempt == r->standby.attempt.number;
}

/* The call that belongs to the intent in the record. */
void step_call(struct step *s)
{
    static const enum effect_kind calls[INTENT_VALUES] = {
        [INTENT_PROVISION] = CALL_PROVISION, [INTENT_UPLOAD] = CALL_UPLOAD,
        [INTENT_SUBMIT] = CALL_SUBMIT,       [INTENT_STOP] = CALL_STOP,
        [INTENT_SAVEPOINT] = CALL_STOP,      [INTENT_CANCEL] = CALL_CANCEL,
        [INTENT_TEARDOWN] = CALL_TEARDOWN,   [INTENT_DISCARD] = CALL_DISCARD,
    };
    const struct intent *i = &s->rec->intent;
    const struct seen *seen = s->in->seen;
    if (i->kind != INTENT_TEARDOWN) {
        step_effect(s, calls[i->kind], i->attempt, i->directory);
        return;
    }
    for (size_t k = 0; k < seen->n_clusters; k++)
        if (!is_kept(s->rec, seen->clusters[k].attempt))
            step_effect(s, CALL_TEARDOWN, seen->clusters[k].attempt, (struct str){0});
}

static bool due(const struct step *s, const struct seen_part *part, int64_t every_us)
{
    int64_t now = s->in->mono_us;
    if (part->asked)
        return now - part->asked_at > LOOK_LOST_US;
    /* What a call did shows to those looks only that began after its answer. */
    const struct seen_call *call = &s->in->seen->call;
    bool before_answer = call->timer == s->rec->timer && part->at < call->answered_at;
    return part->at == 0 || s->out->changed || part->at < s->in->seen->committed_at ||
           before_answer || now - part->at >= every_us;
}

static void wake_by(struct step *s, int64_t at)
{
    if (at < s->out->wake_at)
        s->out->wake_at = at;
}

static void look(struct step *s, enum effect_kind kind, const struct seen_part *part,
                 struct str subject, int64_t every_us)
{
    int64_t now = s->in->mono_us;
    if (due(s, part, every_us)) {
        step_effect(s, kind, s->rec->current.number, subject);
        wake_by(s, now + LOOK_LOST_US);
    } else {
        /* The answer to one that is under way wakes by itself. */
        wake_by(s, part->asked ? part->asked_at + LOOK_LOST_US : part->at + every_us);
    }
}

/* Nothing is under way: only deviations are looked for. */
static bool at_rest(const struct step *s)
{
    const struct record *r = s->rec;
    bool quiet =
        (s->rule->then == ACTION_REST && r->operation.kind == OPERATION_NONE) || r->gave_up.len > 0;
    bool standby = r->standby.step != STANDBY_STEP_NONE && r->standby.step != STANDBY_STEP_READY;
    return (r->halted || (quiet && r->intent.kind == INTENT_NONE && !standby)) && !s->out->changed;
}

/* Not up yet: how soon the next step follows hangs on the next look. */
static bool comes_up(const struct step *s)
{
    return s->rec->current.phase == PHASE_SUBMITTED && s->facts.job != SIGHT_UNKNOWN;
}

static int64_t busy_interval(const struct step *s)
{
    const struct seen *seen = s->in->seen;
    bool waits = seen->timer == s->rec->timer;
    return pace_look_us(waits ? s->in->mono_us - seen->timer_since : 0, s->in->under_way);
}

static int64_t rest_interval(const struct step *s)
{
    return s->facts.job == SIGHT_RESTARTING ? LOOK_PATIENT_US : LOOK_REST_US;
}

static int64_t patient_interval(const struct step *s)
{
    int64_t busy = busy_interval(s);
    return busy < LOOK_PATIENT_US ? LOOK_PATIENT_US : busy;
}

static bool call_is_open(const struct step *s)
{
    const struct seen_call *call = &s->in->seen->call;
    return call->sent && !call->answered && call->timer == s->rec->timer;
}

/* Processes are what is waited for only while they are to end, and only where the answer to the call
 * came before they had: else that they began or ended is looked at when it answers. */
static int64_t world_interval(const struct step *s)
{
    if (at_rest(s) && !comes_up(s))
        return rest_interval(s);
    bool end = s->rec->intent.kind == INTENT_TEARDOWN && !call_is_open(s);
    return end || s->rec->standby.step == STANDBY_STEP_END ? busy_interval(s) : patient_interval(s);
}

static int64_t job_interval(const struct step *s)
{
    if (at_rest(s) && !comes_up(s))
        return rest_interval(s);
    return s->facts.pace == PACE_WAIT ? patient_interval(s) : busy_interval(s);
}

/* What hangs on its JobManager: before the submission, whether it lists its TaskManagers; then, what
 * became of the job. */
static void look_at_jobmanager(struct step *s)
{
    const struct seen_part *part = &s->in->seen->job_part;
    switch ((enum phase)s->rec->current.phase) {
    case PHASE_RESERVED:
    case PHASE_PROVISIONED:
        look(s, LOOK_TASKMANAGERS, part, (struct str){0}, job_interval(s));
        break;
    case PHASE_READ: /* it may have started after it was given up */
        if (s->facts.evidence == EVIDENCE_NONE)
            look(s, LOOK_JOB, part, (struct str){0}, job_interval(s));
        break;
    case PHASE_SUBMITTED:
    case PHASE_UP: look(s, LOOK_JOB, part, (struct str){0}, job_interval(s)); break;
    case PHASE_NONE:
    case PHASE_ENDED:
    case PHASE_GONE:
    case PHASE_DONE:
    default: break;
    }
}

static void look_at_statistics(struct step *s)
{
    const struct seen *seen = s->in->seen;
    enum phase phase = (enum phase)s->rec->current.phase;
    const struct attempt *at = &s->rec->current;
    bool recorded = at->restored != RESTORED_UNCHECKED &&
                    at->checkpointing != CHECKPOINTING_UNKNOWN &&
                    (at->checkpoint_directory.len || at->checkpointing == CHECKPOINTING_OFF);
    if (phase == PHASE_UP && s->rec->intent.kind == INTENT_NONE)
        look(s, LOOK_STATS, &seen->stats_part, (struct str){0},
             recorded ? LOOK_STATS_REST_US : LOOK_STATS_US);
    if (phase == PHASE_ENDED && at->end == END_FAILED)
        look(s, LOOK_CAUSE, &seen->cause_part, (struct str){0}, LOOK_PATIENT_US);
    if (phase == PHASE_ENDED)
        look(s, LOOK_STATS, &seen->stats_part, (struct str){0}, LOOK_PATIENT_US);
}

static void look_at_directory(struct step *s, struct str directory, int64_t every_us)
{
    static const struct seen_part never = {0};
    const struct seen_part *part = &never;
    for (size_t i = 0; i < s->in->seen->n_listings; i++)
        if (str_eq(s->in->seen->listings[i].directory, directory))
            part = &s->in->seen->listings[i].part;
    look(s, LOOK_DIRECTORY, part, directory, every_us);
}

/* Flink knows no trigger whose request is still on its way; the answer to that request wakes us. */
static bool trigger_is_on_its_way(const struct step *s)
{
    return s->out->changed || call_is_open(s);
}

static void look_at_trigger(struct step *s)
{
    const struct intent *i = &s->rec->intent;
    const struct seen *seen = s->in->seen;
    const struct seen_trigger *t = &seen->trigger;
    if (i->kind != INTENT_STOP && i->kind != INTENT_SAVEPOINT)
        return;
    if (!trigger_is_on_its_way(s))
        look(s, LOOK_TRIGGER, &t->part, i->trigger_id, busy_interval(s));
    bool ours = str_eq(t->trigger_id, i->trigger_id);
    if (ours && (t->state == FLINK_TRIGGER_COMPLETED || t->state == FLINK_TRIGGER_STOP_FAILED) &&
        !snapshot_location_equal(seen->snapshot.location, t->location))
        look(s, LOOK_SNAPSHOT, &seen->snapshot.part, t->location, LOOK_PATIENT_US);
    if (i->kind == INTENT_SAVEPOINT && seen->snapshot.outcome == OUTCOME_UNKNOWN &&
        seen->snapshot.part.at > 0 && snapshot_location_equal(seen->snapshot.location, t->location))
        look(s, LOOK_STATS, &seen->stats_part, (struct str){0}, LOOK_PATIENT_US);
    /* Complete, and the job goes on: whether the savepoint still is the newest decides. */
    bool late =
        seen->timer == s->rec->timer && s->in->mono_us - seen->timer_since > DEADLINE_SAVEPOINT_US;
    if (ours &&
        (t->state == FLINK_TRIGGER_STOP_FAILED || (t->state == FLINK_TRIGGER_COMPLETED && late)))
        look(s, LOOK_STATS, &seen->stats_part, (struct str){0}, LOOK_PATIENT_US);
    if (ours && t->state == FLINK_TRIGGER_NOT_KNOWN)
        look_at_directory(s, i->directory, busy_interval(s));
}

static void look_at_directories(struct step *s)
{
    if (s->rec->current.phase != PHASE_GONE)
        return;
    struct str missing = core_unlisted_directory(s->a, s->in);
    if (!missing.len)
        return;
    look_at_directory(s, missing, s->rec->gave_up.len ? LOOK_REST_US : LOOK_PATIENT_US);
}

/* Before a start, and before a running job is stopped for what is wanted instead. */
static void look_at_artifact(struct step *s)
{
    const struct seen_artifact *a = &s->in->seen->artifact;
    bool wanted = s->facts.want == WANT_RUN &&
                  (s->facts.phase == PHASE_NONE || s->facts.phase == PHASE_GONE ||
                   s->facts.drift == DRIFT_STATEFUL || s->facts.drift == DRIFT_STATELESS);
    if (!wanted || (a->part.at > 0 && a->spec_version == core_target_version(s->in) &&
                    a->outcome == OUTCOME_DONE))
        return;
    bool other = a->spec_version != core_target_version(s->in);
    look(s, LOOK_ARTIFACT, &a->part, (struct str){0},
         other || a->part.at == 0 ? LOOK_BUSY_US : LOOK_ARTIFACT_AGAIN_US);
}

static void look_at_choice(struct step *s)
{
    bool settled = core_choice_is_settled(s->in) && s->facts.preflight != PREFLIGHT_OK;
    bool wanted = s->facts.want == WANT_RUN && s->facts.choice != CHOICE_VERIFIED &&
                  (s->facts.phase == PHASE_NONE || s->facts.phase == PHASE_PROVISIONED);
    if (!wanted && !settled)
        return;
    struct choice c = core_choose(s->a, s->in, false);
    if (!c.savepoint)
        return;
    /* What is broken may be mended. */
    bool broken = c.savepoint->status.verified == VERIFIED_BROKEN;
    if (c.kind != PICK_SNAPSHOT && !broken)
        return;
    const struct seen_snapshot *seen = &s->in->seen->snapshot;
    bool same = snapshot_location_equal(seen->location, c.savepoint->spec.savepoint_location);
    look(s, LOOK_SNAPSHOT, &seen->part, c.savepoint->spec.savepoint_location,
         same ? LOOK_SNAPSHOT_AGAIN_US : 0);
}

static int64_t standby_interval(const struct step *s)
{
    const struct seen_standby *seen = &s->in->seen->standby;
    bool waits = seen->timer == s->rec->standby.timer;
    return pace_look_us(waits ? s->in->mono_us - seen->timer_since : 0, s->in->under_way);
}

/* main() runs for it: it is asked for once a step, and again only when there was no answer. */
static void look_at_plan(struct step *s)
{
    const struct seen_standby *seen = &s->in->seen->standby;
    bool asked = seen->timer == s->rec->standby.timer && seen->plan_part.at >= seen->timer_since;
    if (seen->plan_part.asked)
        return;
    if (!asked || s->in->mono_us - seen->plan_part.at >= LOOK_SLOW_US)
        step_effect(s, LOOK_PLAN, s->rec->standby.attempt.number, (struct str){0});
    wake_by(s, s->in->mono_us + LOOK_SLOW_US);
}

static void look_at_standby(struct step *s)
{
    if (s->rec->standby.step == STANDBY_STEP_PROVISION)
        look(s, LOOK_STANDBY, &s->in->seen->standby.part, (struct str){0}, standby_interval(s));
    if (s->rec->standby.step == STANDBY_STEP_WARM)
        look_at_plan(s);
}

void step_look(struct step *s)
{
    const struct seen *seen = s->in->seen;
    s->out->wake_at = s->in->mono_us + 60 * US_PER_S;
    s->out->under_way = !at_rest(s) || comes_up(s);
    if (s->out->remove)
        return;
    look(s, LOOK_WORLD, &seen->world_part, (struct str){0}, world_interval(s));
    look_at_jobmanager(s);
    look_at_statistics(s);
    look_at_trigger(s);
    look_at_directories(s);
    look_at_artifact(s);
    look_at_choice(s);
    look_at_standby(s);
}

void core_notice_request(const struct core_in *in, struct seen *seen)
{
    const struct savepoint *asked = core_requested_savepoint(in);
    struct str id = asked ? asked->metadata.id : STR("");
    if (str_eq((struct str){seen->request, strlen(seen->request)}, id))
        return;
    size_t n = id.len < UUID_TEXT ? id.len : UUID_TEXT;
    memcpy(seen->request, id.ptr, n);
    seen->request[n] = 0;
    seen->request_since = in->mono_us;
}
