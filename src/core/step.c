/* The step itself: facts, one rule, its action, what to look at next. */
#include "core/step.h"

#include <stdarg.h>

#include "core/step_impl.h"

typedef void action_fn(struct step *s);

static action_fn *const actions[ACTION_VALUES] = {
    [ACTION_HALT] = act_halt,
    [ACTION_LOOK] = NULL,
    [ACTION_REST] = NULL,
    [ACTION_CALL_AGAIN] = act_call_again,
    [ACTION_NOTE_PROVISIONED] = act_note_provisioned,
    [ACTION_SETBACK] = act_setback,
    [ACTION_DROP_INTENT] = act_drop_intent,
    [ACTION_NOTE_UPLOADED] = act_note_uploaded,
    [ACTION_NOTE_SUBMITTED] = act_note_submitted,
    [ACTION_FAIL_START] = act_fail_start,
    [ACTION_NOTE_LATE_START] = act_note_late_start,
    [ACTION_NOTE_SAVEPOINT] = act_note_savepoint,
    [ACTION_CANCEL_AFTER_SAVEPOINT] = act_cancel_after_savepoint,
    [ACTION_NOTE_TRY_FAILED] = act_note_try_failed,
    [ACTION_NOTE_SAVEPOINT_FAILED] = act_note_savepoint_failed,
    [ACTION_SUPERSEDE_BY_CANCEL] = act_supersede_by_cancel,
    [ACTION_END_BY_TEARDOWN] = act_end_by_teardown,
    [ACTION_NOTE_DISCARDED] = act_note_discarded,
    [ACTION_NOTE_DISCARD_FAILED] = act_note_discard_failed,
    [ACTION_NOTE_END] = act_note_end,
    [ACTION_NOTE_LOST] = act_note_lost,
    [ACTION_ABANDON] = act_abandon,
    [ACTION_NOTE_READ] = act_note_read,
    [ACTION_TEARDOWN] = act_teardown,
    [ACTION_SWEEP] = act_sweep,
    [ACTION_NOTE_GONE] = act_note_gone,
    [ACTION_COLLECT] = act_collect,
    [ACTION_BLOCK_EVIDENCE] = act_block_evidence,
    [ACTION_NOTE_UP] = act_note_up,
    [ACTION_NOTE_EVIDENCE] = act_note_evidence,
    [ACTION_CANCEL] = act_cancel,
    [ACTION_STOP] = act_stop,
    [ACTION_SPEND_TRY] = act_spend_try,
    [ACTION_SAVEPOINT] = act_savepoint,
    [ACTION_DISCARD] = act_discard,
    [ACTION_REPLACE] = act_replace,
    [ACTION_GIVE_UP] = act_give_up,
    [ACTION_BLOCK_PREFLIGHT] = act_block_preflight,
    [ACTION_BLOCK_CHOICE] = act_block_choice,
    [ACTION_REOPEN] = act_reopen,
    [ACTION_RESERVE] = act_reserve,
    [ACTION_UPLOAD] = act_upload,
    [ACTION_SUBMIT] = act_submit,
    [ACTION_REMOVE] = act_remove,
    [ACTION_ADOPT] = act_adopt,
    [ACTION_STANDBY_BEGIN] = act_standby_begin,
    [ACTION_STANDBY_CALL_AGAIN] = act_standby_call_again,
    [ACTION_STANDBY_UPLOAD] = act_standby_upload,
    [ACTION_STANDBY_WARM] = act_standby_warm,
    [ACTION_STANDBY_NOTE_READY] = act_standby_note_ready,
    [ACTION_STANDBY_GIVE_UP] = act_standby_give_up,
    [ACTION_STANDBY_REFUSE] = act_standby_refuse,
    [ACTION_STANDBY_END] = act_standby_end,
    [ACTION_STANDBY_NOTE_GONE] = act_standby_note_gone,
};

void step_event(struct step *s, const char *name, const char *fmt, ...)
{
    struct core_out *out = s->out;
    struct event *grown = ARENA_ARRAY(s->a, struct event, out->n_events + 1);
    if (out->n_events)
        memcpy(grown, out->events, out->n_events * sizeof(*grown));
    out->events = grown;
    va_list args;
    va_start(args, fmt);
    const struct deployment *d = s->in->deployment;
    grown[out->n_events++] = (struct event){
        .namespace_name = d->metadata.namespace_name,
        .deployment_id = d->metadata.id,
        .deployment_name = d->metadata.name,
        .job_id = s->rule->number < SECTION_STANDBY ? s->rec->current.job_id
                                                    : s->rec->standby.attempt.job_id,
        .name = str_of(name),
        .created_at = s->in->wall_us,
        .message = arena_vfmt(s->a, fmt, args),
        .rule = s->rule->number,
        .actor = STR("sluice"),
    };
    va_end(args);
    out->changed = true;
}

void step_effect(struct step *s, enum effect_kind kind, int64_t attempt, struct str subject)
{
    if (s->out->n_effects < CORE_EFFECTS)
        s->out->effects[s->out->n_effects++] = (struct effect){kind, attempt, subject};
}

void step_restart_timer(struct step *s)
{
    s->rec->timer++;
    s->rec->chance++;
    s->out->changed = true;
}

/* Else a savepoint would be waited for without end while TaskManagers come and go. */
static void restart_for(struct step *s, enum intent_kind kind)
{
    if (kind != INTENT_PROVISION)
        s->rec->chance++;
    s->rec->timer++;
    s->out->changed = true;
}

void step_intend(struct step *s, enum intent_kind kind, int64_t attempt)
{
    s->rec->intent = (struct intent){
        .kind = (int)kind, .attempt = attempt, .rule = s->rule->number, .made_at = s->in->wall_us};
    restart_for(s, kind);
}

void step_clear_intent(struct step *s)
{
    enum intent_kind kind = (enum intent_kind)s->rec->intent.kind;
    s->rec->intent = (struct intent){0};
    restart_for(s, kind);
}

const struct savepoint *step_find_savepoint(const struct step *s, struct str id)
{
    for (size_t i = 0; i < s->in->n_savepoints; i++)
        if (str_eq(s->in->savepoints[i]->metadata.id, id))
            return s->in->savepoints[i];
    return NULL;
}

struct savepoint *step_put_savepoint(struct step *s, const struct savepoint *old)
{
    struct core_out *out = s->out;
    struct savepoint *grown = ARENA_ARRAY(s->a, struct savepoint, out->n_savepoints + 1);
    if (out->n_savepoints)
        memcpy(grown, out->savepoints, out->n_savepoints * sizeof(*grown));
    out->savepoints = grown;
    out->changed = true;
    struct savepoint *put = &grown[out->n_savepoints++];
    if (old)
        *put = *old;
    put->metadata.modified_at = s->in->wall_us;
    return put;
}

struct str_map step_version_annotation(struct step *s)
{
    struct str_pair *p = ARENA_NEW(s->a, struct str_pair);
    *p = (struct str_pair){STR(ANNOTATION_SPEC_VERSION),
                           arena_fmt(s->a, "%lld", (long long)s->rec->current.spec_version)};
    return (struct str_map){p, 1};
}

static struct job *job_to_put(struct core_out *out, struct str id)
{
    for (size_t i = 0; i < out->n_jobs; i++)
        if (str_eq(out->jobs[i]->metadata.id, id))
            return out->jobs[i];
    return NULL;
}

struct job *step_put_job(struct step *s)
{
    struct core_out *out = s->out;
    struct job *job = job_to_put(out, s->in->job->metadata.id);
    if (!job) {
        job = out->jobs[out->n_jobs++] = ARENA_NEW(s->a, struct job);
        *job = *s->in->job;
    }
    job->metadata.modified_at = s->in->wall_us;
    job->status.last_update_time = s->in->wall_us;
    out->changed = true;
    return job;
}

void step_append(struct step *s, struct list *list, size_t size, const void *item)
{
    char *grown = arena_array(s->a, list->n + 1, size);
    if (list->n)
        memcpy(grown, list->items, list->n * size);
    memcpy(grown + list->n * size, item, size);
    *list = (struct list){grown, list->n + 1};
}

void step_restored_from(struct step *s)
{
    const struct attempt *at = &s->rec->current;
    if (!at->restore_nonce.len)
        return;
    s->rec->used_nonce = at->restore_nonce;
    s->rec->floor_attempt = at->number;
    s->rec->floor_sequence = s->rec->sequence;
    s->rec->floor_savepoint_id = at->source_savepoint_id;
}

void step_give_up(struct step *s, const char *event, struct str message)
{
    if (str_eq(s->rec->gave_up, str_of(event)) && str_eq(s->rec->gave_up_message, message))
        return;
    s->rec->gave_up = str_of(event);
    s->rec->gave_up_message = message;
    step_event(s, event, "%.*s", STR_ARG(message));
}

/* Anything that goes on is no longer given up; spent tries stay spent. */
static bool goes_on(enum action a)
{
    return a != ACTION_LOOK && a != ACTION_REST && a != ACTION_GIVE_UP &&
           a != ACTION_BLOCK_CHOICE && a != ACTION_BLOCK_EVIDENCE && a != ACTION_BLOCK_PREFLIGHT &&
           a != ACTION_NOTE_EVIDENCE && a != ACTION_HALT;
}

/* Notes tell the record what was seen. They change nothing in the world and send nothing, so what
 * follows from one needs neither a look nor a transaction of its own. */
static bool follows_at_once(enum action note, enum action next)
{
    static const enum action pairs[][2] = {
        {ACTION_NOTE_PROVISIONED, ACTION_UPLOAD}, {ACTION_NOTE_UPLOADED, ACTION_SUBMIT},
        {ACTION_NOTE_SAVEPOINT, ACTION_NOTE_END}, {ACTION_NOTE_END, ACTION_NOTE_READ},
        {ACTION_NOTE_READ, ACTION_TEARDOWN},      {ACTION_COLLECT, ACTION_RESERVE},
        {ACTION_COLLECT, ACTION_ADOPT},           {ACTION_NOTE_EVIDENCE, ACTION_STOP},
        {ACTION_NOTE_EVIDENCE, ACTION_CANCEL},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (pairs[i][0] == note && pairs[i][1] == next)
            return true;
    return false;
}

static const struct savepoint *newest_row(const struct core_out *out, const struct savepoint *row)
{
    for (size_t i = 0; i < out->n_savepoints; i++)
        if (str_eq(out->savepoints[i].metadata.id, row->metadata.id))
            return &out->savepoints[i];
    return row;
}

static bool is_known(const struct core_in *in, struct str savepoint_id)
{
    for (size_t i = 0; i < in->n_savepoints; i++)
        if (str_eq(in->savepoints[i]->metadata.id, savepoint_id))
            return true;
    return false;
}

static void rows_after(const struct step *s, struct core_in *in)
{
    const struct savepoint **rows =
        ARENA_ARRAY(s->a, const struct savepoint *, s->in->n_savepoints + s->out->n_savepoints);
    size_t n = 0;
    for (; n < s->in->n_savepoints; n++)
        rows[n] = newest_row(s->out, s->in->savepoints[n]);
    for (size_t i = 0; i < s->out->n_savepoints; i++)
        if (!is_known(s->in, s->out->savepoints[i].metadata.id))
            rows[n++] = &s->out->savepoints[i];
    in->savepoints = rows;
    in->n_savepoints = n;
    const struct job *job = job_to_put(s->out, s->rec->current.job_id);
    if (job)
        in->job = job;
}

/* As it is after what was done so far. What tells how an attempt ended counts only when it was
 * looked at after the note of its end. */
static const struct core_in *input_after(const struct step *s)
{
    struct core_in *in = ARENA_NEW(s->a, struct core_in);
    struct record *record = ARENA_NEW(s->a, struct record);
    struct seen *seen = ARENA_NEW(s->a, struct seen);
    *in = *s->in;
    *record = *s->rec;
    *seen = *s->in->seen;
    seen->stats_part.at = seen->cause_part.at = 0;
    seen->n_listings = 0;
    in->record = record;
    in->seen = seen;
    rows_after(s, in);
    return in;
}

static void act(struct step *s)
{
    struct record *r = s->rec;
    if (goes_on(s->rule->then) && r->gave_up.len && r->spent == SPENT_NOTHING) {
        r->gave_up = r->gave_up_message = (struct str){0};
        s->out->changed = true;
    }
    if (actions[s->rule->then])
        actions[s->rule->then](s);
    r->head = r->current.number > r->head ? r->current.number : r->head;
}

static bool go_on(struct step *s)
{
    struct core_out *out = s->out;
    if (!out->changed || out->n_then == CORE_THEN)
        return false;
    const struct core_in *in = input_after(s);
    struct facts facts = core_facts(in);
    const struct rule *next = rules_match(&facts);
    if (!follows_at_once(s->rule->then, next->then))
        return false;
    s->in = in;
    s->facts = facts;
    s->rule = out->then[out->n_then++] = next;
    act(s);
    return true;
}

/* The standby never delays what the present attempt needs: it has its turn when nothing changes. */
static void turn_of_standby(struct step *s)
{
    if (s->out->changed || s->rec->halted)
        return;
    s->standby = core_standby_facts(s->in, &s->facts);
    if (s->standby.step == STANDBY_STEP_NONE && s->standby.use != USE_BEGIN)
        return;
    const struct rule *main = s->rule;
    s->out->standby = s->rule = rules_match_standby(&s->standby);
    if (actions[s->rule->then])
        actions[s->rule->then](s);
    s->rule = main;
}

void core_step(struct arena *a, const struct core_in *in, struct core_out *out)
{
    *out = (struct core_out){.record = *in->record};
    struct step s = {.a = a, .in = in, .out = out, .rec = &out->record};
    struct event begun[ACCEPT_EVENTS];
    if (core_accept(a, in, &out->record, begun, &out->n_events)) {
        out->events = ARENA_ARRAY(a, struct event, ACCEPT_EVENTS);
        memcpy(out->events, begun, out->n_events * sizeof(*begun));
        out->changed = true;
        out->status = in->deployment->status;
        out->wake_at = in->mono_us;
        return;
    }
    s.facts = core_facts(in);
    s.rule = rules_match(&s.facts);
    out->facts = s.facts;
    out->rule = s.rule;
    act(&s);
    while (go_on(&s))
        ;
    turn_of_standby(&s);
    step_look(&s);
    out->status = core_show(a, s.in, s.rec, &s.facts, s.rule);
}
