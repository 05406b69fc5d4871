/* Actions of section 200 about savepoints: what became of a try, by Flink's word, by the snapshot as
 * it was read, and by the try's own directory. */
#include "core/step_impl.h"
#include "model/snapshot_location.h"

static void mark_settled(struct step *s, struct str trigger_id, int64_t checkpoint_id)
{
    struct list *tries = &s->rec->current.tries;
    struct trigger_try *copy = ARENA_ARRAY(s->a, struct trigger_try, tries->n);
    memcpy(copy, tries->items, tries->n * sizeof(*copy));
    for (size_t i = 0; i < tries->n; i++)
        if (str_eq(copy[i].trigger_id, trigger_id)) {
            copy[i].settled = true;
            copy[i].checkpoint_id = checkpoint_id;
        }
    tries->items = copy;
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

/* No snapshot of the attempt that is known by now is newer: the lowest its number can be. */
static int64_t highest_known_checkpoint(const struct step *s)
{
    int64_t highest = 0;
    for (size_t i = 0; i < s->in->n_savepoints; i++) {
        const struct savepoint_status *st = &s->in->savepoints[i]->status;
        if (st->attempt == s->rec->current.number && st->checkpoint_id > highest)
            highest = st->checkpoint_id;
    }
    return highest;
}

/* A savepoint of this very try that is complete, as Flink says or as its directory shows. */
struct complete {
    struct str location;
    const struct snapshot_sight *sight; /* NULL = it was not read */
    struct str text;
    bool broken;
};

static bool find_complete(const struct step *s, struct complete *ret)
{
    const struct seen_trigger *t = &s->in->seen->trigger;
    const struct seen_snapshot *n = &s->in->seen->snapshot;
    bool ours = str_eq(t->trigger_id, s->rec->intent.trigger_id);
    *ret = (struct complete){0};
    if (ours && (t->state == FLINK_TRIGGER_COMPLETED || t->state == FLINK_TRIGGER_STOP_FAILED)) {
        bool looked = n->part.at > 0 && snapshot_location_equal(n->location, t->location);
        ret->location = t->location;
        ret->sight = looked && n->outcome == OUTCOME_DONE ? &n->sight : NULL;
        ret->text = ret->sight ? n->sight.text : looked ? n->text : (struct str){0};
        ret->broken = (looked && n->outcome == OUTCOME_REFUSED) ||
                      (ret->sight && ret->sight->verified == VERIFIED_BROKEN);
        return true;
    }
    ret->sight = sight_of_directory(s);
    if (ret->sight)
        *ret = (struct complete){
            .location = ret->sight->location, .sight = ret->sight, .text = ret->sight->text};
    return ret->sight != NULL;
}

static void complete_savepoint(struct step *s, const struct complete *c)
{
    const struct savepoint *old = step_find_savepoint(s, s->rec->intent.savepoint_id);
    const struct snapshot_sight *sight = c->sight;
    /* Where its metadata cannot be read, Flink may still tell its number. */
    int64_t number = sight && sight->checkpoint_id > 0
                         ? sight->checkpoint_id
                         : core_told_checkpoint(&s->in->seen->stats, c->location);
    struct savepoint *put = step_put_savepoint(s, old);
    put->spec.savepoint_location = c->location;
    put->metadata.type =
        sight && sight->incremental ? SAVEPOINT_TYPE_INCREMENTAL : SAVEPOINT_TYPE_FULL;
    put->status.state = SAVEPOINT_COMPLETED;
    put->status.verified = sight       ? sight->verified
                           : c->broken ? VERIFIED_BROKEN
                                       : VERIFIED_REPORTED;
    put->status.verified_text = c->text;
    put->status.verified_at = s->in->wall_us;
    put->status.attempt = s->rec->current.number;
    put->status.checkpoint_id = number ? number : highest_known_checkpoint(s);
    put->status.sequence = ++s->rec->sequence;
    put->status.size_bytes = sight ? sight->size_bytes : 0;
    put->status.metadata_version = sight ? sight->metadata_version : 0;
    put->status.state_taken_at = s->rec->intent.made_at;
    s->rec->had_snapshot = true;
    step_event(s, "TRANSITIONED_TO_COMPLETED", "Savepoint %.*s is complete at %.*s",
               STR_ARG(put->metadata.id), STR_ARG(c->location));
    mark_settled(s, s->rec->intent.trigger_id, number);
}

void act_note_savepoint(struct step *s)
{
    struct complete c;
    find_complete(s, &c); /* that it is there is why we are here */
    complete_savepoint(s, &c);
    if (s->rec->intent.kind == INTENT_STOP)
        step_event(s, "FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION",
                   "The job is stopped with its savepoint");
    step_clear_intent(s);
}

void act_cancel_after_savepoint(struct step *s)
{
    struct complete c;
    find_complete(s, &c);
    complete_savepoint(s, &c);
    step_event(s, "FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT",
               "The savepoint is complete and nothing newer exists, but the job was not stopped; "
               "it is cancelled");
    step_intend(s, INTENT_CANCEL, s->rec->current.number);
    step_call(s);
}

static struct str savepoint_failure(const struct step *s)
{
    const struct seen_trigger *t = &s->in->seen->trigger;
    struct complete c;
    if (find_complete(s, &c))
        return c.broken && c.text.len ? c.text
               : c.broken             ? STR("it cannot be read")
                                      : STR("it is complete and kept, but the job goes on");
    bool told =
        str_eq(t->trigger_id, s->rec->intent.trigger_id) && t->state == FLINK_TRIGGER_FAILED;
    return told ? t->text : STR("no result by the deadline");
}

static void fail_savepoint(struct step *s, const struct savepoint *old, struct str why)
{
    struct savepoint *put = step_put_savepoint(s, old);
    put->status.state = SAVEPOINT_FAILED;
    put->status.failure_message = why;
    put->status.failed_at = s->in->wall_us;
}

void act_note_try_failed(struct step *s)
{
    struct str why = savepoint_failure(s);
    struct complete c;
    bool found = find_complete(s, &c);
    /* A savepoint that is complete stays one, though the job was not stopped by it or went on since:
     * it just is not the newest. One that Flink says it stopped the job with is, and if it is broken
     * it blocks: an older one is never taken in its place. */
    bool stopped =
        s->in->seen->trigger.state == FLINK_TRIGGER_COMPLETED && s->facts.result == RESULT_REFUSED;
    if (found && (stopped || !c.broken))
        complete_savepoint(s, &c);
    else
        fail_savepoint(s, step_find_savepoint(s, s->rec->intent.savepoint_id), why);
    step_event(s, "SAVEPOINT_FAILED", "Savepoint try %d of %d failed%s: %.*s",
               (int)s->rec->operation.savepoint_tries + 1,
               (int)s->in->deployment->spec.max_savepoint_creation_attempts,
               s->facts.job == SIGHT_FINISHED ? "" : ", the job runs on", STR_ARG(why));
    step_clear_intent(s);
    step_spend_try(s);
}

/* What a user asked for and could not be posted. */
static void fail_request(struct step *s)
{
    struct str why = s->facts.pace == PACE_LATE ? STR("not all tasks of the job ran")
                                                : STR("there is no job to take it of");
    fail_savepoint(s, core_requested_savepoint(s->in), why);
    step_event(s, "SAVEPOINT_FAILED", "The savepoint failed, the job is as it was: %.*s",
               STR_ARG(why));
}

void act_note_savepoint_failed(struct step *s)
{
    struct complete c;
    if (s->rec->intent.kind != INTENT_SAVEPOINT) {
        fail_request(s);
        return;
    }
    if (find_complete(s, &c) && !c.broken) {
        complete_savepoint(s, &c);
    } else {
        struct str why = savepoint_failure(s);
        fail_savepoint(s, step_find_savepoint(s, s->rec->intent.savepoint_id), why);
        step_event(s, "SAVEPOINT_FAILED", "The savepoint failed, the job is as it was: %.*s",
                   STR_ARG(why));
    }
    step_clear_intent(s);
}
