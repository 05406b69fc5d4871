/* Actions of section 300 while something of the attempt may live: read its last words, tear it down. */
#include "base/timefmt.h"
#include "core/facts_impl.h"
#include "core/step_impl.h"
#include "model/snapshot_location.h"

static void add_final(struct step *s, const struct flink_checkpoint *c)
{
    struct list *final = &s->rec->current.final_checkpoints;
    const struct final_checkpoint *known = final->items;
    if (!c->completed || c->discarded || c->is_savepoint || !c->path.len)
        return;
    for (size_t i = 0; i < final->n; i++)
        if (known[i].id == c->id)
            return;
    struct final_checkpoint f = {c->id, c->path};
    step_append(s, final, sizeof(f), &f);
    step_note_checkpoint_directory(s, c);
}

/* The history is a ring that failed checkpoints fill too: the newest completed one may have left
 * it, and is told apart. A job without periodic checkpoints has statistics, but no directory. */
static void note_final_statistics(struct step *s, const struct flink_checkpoints *c)
{
    struct attempt *at = &s->rec->current;
    at->stats_known = true;
    s->rec->had_snapshot = s->rec->had_snapshot || c->completed_count > 0;
    for (size_t i = 0; i < c->n_history; i++)
        add_final(s, &c->history[i]);
    add_final(s, &c->latest_completed);
    if (c->interval_ms >= 0 || at->final_checkpoints.n > 0)
        at->checkpointing = CHECKPOINTING_ON;
    else if (at->checkpointing == CHECKPOINTING_UNKNOWN)
        at->checkpointing = CHECKPOINTING_OFF;
}

static bool is_known(const struct step *s, const struct flink_checkpoint *c)
{
    const struct attempt *at = &s->rec->current;
    const struct trigger_try *tries = at->tries.items;
    const struct final_checkpoint *final = at->final_checkpoints.items;
    for (size_t i = 0; i < at->tries.n; i++)
        if (snapshot_location_equal(snapshot_location_parent(c->path), tries[i].directory))
            return true;
    for (size_t i = 0; i < at->final_checkpoints.n; i++)
        if (final[i].id > c->id)
            return true;
    for (size_t i = 0; i < s->in->n_savepoints; i++)
        if (snapshot_location_equal(s->in->savepoints[i]->spec.savepoint_location, c->path))
            return true;
    return false;
}

/* Somebody else took it, and stopped the job with it perhaps: a later start would go back behind it. */
static void keep_foreign_savepoint(struct step *s, const struct flink_checkpoint *c)
{
    if (c->id <= 0 || c->discarded || !c->path.len || is_known(s, c))
        return;
    const struct snapshot_sight sight = {
        .location = c->path,
        .checkpoint_id = c->id,
        .verified = VERIFIED_REPORTED,
        .text = STR("its JobManager named it as complete"),
        .size_bytes = c->state_size,
        .modified_at = c->acked_ms * US_PER_MS,
    };
    step_register_snapshot(s, &(struct left_behind){.sight = &sight}, ORIGIN_COPIED);
    step_event(s, "FOUND_A_SAVEPOINT_OF_SOMEBODY_ELSE",
               "Somebody else took savepoint %.*s of attempt %d, and nothing newer is known",
               STR_ARG(c->path), (int)s->rec->current.number);
}

/* A failure that was asked for, as of a job that fails while it is cancelled, counts for nothing and
 * has no event. */
static void note_cause(struct step *s)
{
    struct attempt *at = &s->rec->current;
    const struct job *was = s->in->job;
    if (s->in->seen->cause.len)
        at->cause = s->in->seen->cause;
    if (!was->status.failure.failed_at)
        return;
    step_put_job(s)->status.failure.message = at->cause;
    step_event(s, "JOB_FAILED", "Attempt %d failed: %.*s", (int)at->number,
               STR_ARG(at->cause.len ? at->cause : STR("Flink did not say why")));
}

void act_note_read(struct step *s)
{
    const struct seen *seen = s->in->seen;
    struct attempt *at = &s->rec->current;
    bool fresh = seen->stats_part.at > 0 && seen->stats_part.at >= seen->committed_at;
    if (fresh && seen->stats.outcome == OUTCOME_REFUSED &&
        at->checkpointing == CHECKPOINTING_UNKNOWN)
        at->checkpointing = CHECKPOINTING_OFF;
    if (fresh && seen->stats.outcome == OUTCOME_DONE)
        note_final_statistics(s, &seen->stats);
    if (fresh && seen->stats.outcome == OUTCOME_DONE)
        keep_foreign_savepoint(s, &seen->stats.latest_savepoint);
    if (at->end == END_FAILED)
        note_cause(s);
    at->phase = PHASE_READ;
    step_restart_timer(s);
}

void act_teardown(struct step *s)
{
    step_event(s, "AWAIT_FOR_A_CLUSTER_TO_TEARDOWN", "The cluster of attempt %d is taken down",
               (int)s->rec->current.number);
    s->rec->current.absent = s->facts.job == SIGHT_ABSENT;
    step_intend(s, INTENT_TEARDOWN, s->rec->current.number);
    step_call(s);
}

void act_sweep(struct step *s)
{
    step_event(s, "FOUND_AN_OLD_JOB_AND_WILL_TERMINATE_IT",
               "Processes of an attempt that is over are still alive");
    step_intend(s, INTENT_TEARDOWN, s->rec->top);
    step_call(s);
}

/* Its cluster was told to end right after it was seen without the job: by this process, or by the one
 * that made the intent, of which the platform knows. Else it may have run until something else ended
 * it. */
static bool never_started(const struct step *s)
{
    const struct attempt *at = &s->rec->current;
    bool told = facts_call_is_ours(s->in) || core_is_ended(s->in, at->number);
    return facts_may_start_late(s->in) && at->absent && told;
}

void act_note_gone(struct step *s)
{
    if (never_started(s))
        s->rec->current.unwatched = false;
    s->rec->current.phase = PHASE_GONE;
    s->rec->current.incarnation = (struct str){0};
    s->rec->intent = (struct intent){0};
    step_restart_timer(s);
}
