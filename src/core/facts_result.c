/* What became of the intent's call: by the answer to it, and for savepoints by the trigger's state, the
 * try's own directory and the snapshot as it was read. */
#include "core/evidence.h"
#include "core/facts_impl.h"
#include "core/pace.h"
#include "model/snapshot_location.h"

bool facts_call_is_ours(const struct core_in *in)
{
    return in->seen->call.sent && in->seen->call.timer == in->record->timer;
}

static int64_t deadline_of(const struct core_in *in, enum intent_kind kind)
{
    static const int64_t deadlines[INTENT_VALUES] = {
        [INTENT_PROVISION] = DEADLINE_PROVISION_US, [INTENT_UPLOAD] = DEADLINE_UPLOAD_US,
        [INTENT_SUBMIT] = DEADLINE_SUBMIT_US,       [INTENT_STOP] = DEADLINE_SAVEPOINT_US,
        [INTENT_SAVEPOINT] = DEADLINE_SAVEPOINT_US, [INTENT_CANCEL] = DEADLINE_CANCEL_US,
        [INTENT_TEARDOWN] = DEADLINE_TEARDOWN_US,   [INTENT_DISCARD] = DEADLINE_DISCARD_US,
    };
    /* Nobody waits for the answer any more, so none can come. */
    return kind == INTENT_SUBMIT && !facts_call_is_ours(in) ? DEADLINE_UNHEARD_SUBMIT_US
                                                            : deadlines[kind];
}

/* The cluster's own end tells a taken port from a job's fault. */
static bool port_was_taken(const struct core_in *in)
{
    for (size_t i = 0; i < in->seen->n_clusters; i++)
        if (in->seen->clusters[i].attempt == in->record->current.number)
            return str_starts_with(in->seen->clusters[i].cause, STR("port taken"));
    return false;
}

/* A savepoint is complete when Flink says so *and* its _metadata was read to the end; where the
 * storage cannot be read from here, Flink's word is taken and shown as REPORTED. */
static enum result savepoint_read(const struct core_in *in, struct str location)
{
    const struct seen_snapshot *s = &in->seen->snapshot;
    if (s->part.at == 0 || !snapshot_location_equal(s->location, location))
        return RESULT_WAITING;
    if (s->outcome == OUTCOME_REFUSED)
        return RESULT_REFUSED;
    return s->outcome == OUTCOME_DONE && s->sight.verified == VERIFIED_BROKEN ? RESULT_REFUSED
                                                                              : RESULT_DONE;
}

/* Where the storage cannot be read, only Flink can tell a savepoint's number, by which it is newer or
 * older than others. One answer is waited for. That of a stop needs none: nothing follows it. */
static enum result numbered(const struct core_in *in, enum result read, bool late)
{
    const struct seen *seen = in->seen;
    bool unread = read == RESULT_DONE && seen->snapshot.outcome == OUTCOME_UNKNOWN;
    bool asked = seen->stats_part.at >= seen->snapshot.part.at;
    return unread && !asked && !late ? RESULT_WAITING : read;
}

/* A complete snapshot in the try's own directory, when Flink cannot say any more. */
static const struct snapshot_sight *in_directory(const struct core_in *in, bool *ret_listed)
{
    *ret_listed = false;
    for (size_t i = 0; i < in->seen->n_listings; i++) {
        const struct seen_listing *l = &in->seen->listings[i];
        if (!str_eq(l->directory, in->record->intent.directory) ||
            l->part.at < in->seen->trigger.part.at || l->outcome == OUTCOME_UNKNOWN)
            continue;
        *ret_listed = true;
        for (size_t k = l->n; k > 0; k--)
            if (l->items[k - 1].verified != VERIFIED_BROKEN)
                return &l->items[k - 1];
    }
    return NULL;
}

/* The savepoint is complete but the job goes on. */
static enum result partial(const struct core_in *in, struct str location)
{
    const struct flink_checkpoints *c = &in->seen->stats;
    enum result read = savepoint_read(in, location);
    if (read != RESULT_DONE)
        return read;
    /* Checkpoints go on: only what was asked a moment ago, and after the savepoint was read, says that
     * nothing is newer. */
    bool now = in->seen->stats_part.at >= in->seen->trigger.part.at &&
               in->seen->stats_part.at >= in->seen->snapshot.part.at &&
               in->mono_us - in->seen->stats_part.at <= LOOK_PATIENT_US;
    if (!now || c->outcome != OUTCOME_DONE)
        return RESULT_WAITING;
    /* Where the storage cannot be read, Flink may know when it was taken. */
    int64_t taken = in->seen->snapshot.sight.checkpoint_id;
    if (taken == 0)
        taken = core_told_checkpoint(c, location);
    return taken == 0 || c->latest_completed.id > taken ? RESULT_REFUSED : RESULT_PARTIAL;
}

/* A server error may come from a gateway or a time-out inside: the work may go on. */
static bool is_refusal(const struct seen_call *call)
{
    return call->outcome == OUTCOME_REFUSED && call->status < 500;
}

/* Once it is answered, if this process sent it. */
static bool call_was_refused(const struct core_in *in)
{
    return facts_call_is_ours(in) && is_refusal(&in->seen->call);
}

/* The more often in vain, the later (behaviour.md 4). */
int64_t facts_call_again_at(const struct core_in *in)
{
    const struct seen_call *call = &in->seen->call;
    return facts_call_is_ours(in) ? call->sent_at + pace_backoff_us(call->times, in->record->top)
                                  : 0;
}

/* Our own request may still have been on its way when Flink was asked about it. */
static bool asked_before_answer(const struct core_in *in)
{
    const struct seen_call *call = &in->seen->call;
    return facts_call_is_ours(in) &&
           (!call->answered || in->seen->trigger.part.at < call->answered_at);
}

/* So long after the deadline Flink was asked in vain whether anything is newer than a savepoint whose job
 * goes on. */
static bool is_overdue(const struct core_in *in)
{
    return facts_since_timer(in) > DEADLINE_SAVEPOINT_US + WAIT_STATISTICS_US;
}

static enum result trigger_result(const struct core_in *in, bool late)
{
    const struct seen_trigger *t = &in->seen->trigger;
    const struct intent *intent = &in->record->intent;
    bool listed;
    if (t->part.at < in->seen->committed_at || !str_eq(t->trigger_id, intent->trigger_id))
        return late ? RESULT_OVERDUE : (facts_call_is_ours(in) ? RESULT_WAITING : RESULT_UNKNOWN);
    switch (t->state) {
    case FLINK_TRIGGER_COMPLETED: {
        enum result read = savepoint_read(in, t->location);
        if (intent->kind == INTENT_SAVEPOINT)
            read = numbered(in, read, late);
        bool stopped = intent->kind == INTENT_SAVEPOINT || in->seen->job.job == FLINK_JOB_FINISHED;
        if (read != RESULT_DONE || stopped)
            return read == RESULT_WAITING && late ? RESULT_OVERDUE : read;
        read = late ? partial(in, t->location) : RESULT_WAITING;
        return read == RESULT_WAITING && is_overdue(in) ? RESULT_OVERDUE : read;
    }
    case FLINK_TRIGGER_STOP_FAILED: {
        enum result r = intent->kind == INTENT_SAVEPOINT ? savepoint_read(in, t->location)
                                                         : partial(in, t->location);
        return r == RESULT_WAITING && late ? RESULT_OVERDUE : r;
    }
    case FLINK_TRIGGER_FAILED: return RESULT_REFUSED;
    case FLINK_TRIGGER_NOT_KNOWN:
        if (asked_before_answer(in))
            return late ? RESULT_OVERDUE : RESULT_WAITING;
        if (in_directory(in, &listed))
            return in->seen->job.job == FLINK_JOB_FINISHED || intent->kind == INTENT_SAVEPOINT
                       ? RESULT_DONE
                       : RESULT_REFUSED;
        if (late)
            return RESULT_OVERDUE;
        return listed || call_was_refused(in) ? RESULT_UNKNOWN : RESULT_WAITING;
    case FLINK_TRIGGER_IN_PROGRESS:
    case FLINK_TRIGGER_UNREACHABLE:
    default: return late ? RESULT_OVERDUE : RESULT_WAITING;
    }
}

enum result facts_call_result(const struct seen_call *call, bool is_ours, bool late)
{
    if (late)
        return RESULT_OVERDUE;
    if (!is_ours)
        return RESULT_UNKNOWN;
    if (!call->answered)
        return RESULT_WAITING;
    if (call->outcome == OUTCOME_DONE)
        return RESULT_DONE;
    return is_refusal(call) ? RESULT_REFUSED : RESULT_UNKNOWN;
}

enum result facts_result(const struct core_in *in)
{
    const struct intent *intent = &in->record->intent;
    if (intent->kind == INTENT_NONE)
        return RESULT_WAITING;
    bool late = facts_since_timer(in) > deadline_of(in, (enum intent_kind)intent->kind);
    if (intent->kind == INTENT_STOP || intent->kind == INTENT_SAVEPOINT)
        return trigger_result(in, late);
    if (intent->kind == INTENT_PROVISION && port_was_taken(in))
        return RESULT_REFUSED;
    return facts_call_result(&in->seen->call, facts_call_is_ours(in), late);
}
