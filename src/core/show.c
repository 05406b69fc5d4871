/* The status that readers see: derived from the record, the facts and the rule, never decided by. */
#include "core/pace.h"
#include "core/step_impl.h"

static bool is_blocked(const struct record *r)
{
    return str_starts_with(r->gave_up, STR("BLOCKED_"));
}

static enum observed_state reached(const struct core_in *in, const struct record *r,
                                   const struct facts *f)
{
    switch (f->phase) {
    case PHASE_DONE: return OBSERVED_FINISHED;
    case PHASE_UP:
        return f->want == WANT_RUN && r->operation.kind == OPERATION_NONE ? OBSERVED_RUNNING
                                                                          : OBSERVED_TRANSITIONING;
    case PHASE_NONE:
        if (f->want == WANT_SUSPEND)
            return OBSERVED_SUSPENDED;
        return f->want == WANT_CANCEL ? OBSERVED_CANCELLED : OBSERVED_TRANSITIONING;
    case PHASE_RESERVED:
    case PHASE_PROVISIONED:
    case PHASE_SUBMITTED:
    case PHASE_ENDED:
    case PHASE_READ:
    case PHASE_GONE:
    default: (void)in; return OBSERVED_TRANSITIONING;
    }
}

static bool unseen_for_long(const struct core_in *in)
{
    int64_t last = in->seen->job_good_at > in->seen->committed_at ? in->seen->job_good_at
                                                                  : in->seen->committed_at;
    return in->mono_us - last > UNSEEN_US;
}

static void show_health(const struct core_in *in, const struct record *r, const struct facts *f,
                        struct deployment_status *st)
{
    const struct attempt *at = &r->current;
    bool running = f->phase == PHASE_UP || f->phase == PHASE_SUBMITTED;
    st->health = HEALTH_UNSET;
    st->health_message = (struct str){0};
    if (!running)
        return;
    st->health = HEALTH_OK;
    if (at->restored == RESTORED_OTHERWISE) {
        st->health = HEALTH_FAILING;
        st->health_message = STR("it was not restored from the snapshot that was asked for");
    } else if (f->job == SIGHT_UNKNOWN && unseen_for_long(in)) {
        st->health = HEALTH_UNKNOWN;
        st->health_message = STR("the job cannot be seen; that does not mean that it is dead");
    } else if (f->job == SIGHT_UNKNOWN) {
        st->health = in->deployment->status.health;
        st->health_message = in->deployment->status.health_message;
    } else if (f->job == SIGHT_RESTARTING) {
        st->health = HEALTH_DEGRADED;
        st->health_message = STR("Flink is restarting the job's tasks");
    } else if (at->degraded) {
        st->health = HEALTH_DEGRADED;
        st->health_message = at->cause;
    } else if (f->world == WORLD_SHORT) {
        st->health = HEALTH_DEGRADED;
        st->health_message = STR("TaskManagers are missing");
    }
}

static void add_choices(struct arena *a, const struct record *r, struct deployment_status *st)
{
    static const struct str spent[] = {
        {"edit the spec: a new spec version starts anew", 45},
        {"retry: the same again", 21},
        {"cancel, then start: goes on from the newest retained checkpoint", 62},
    };
    static const struct str blocked[] = {
        {"retry: mend what is missing; it goes on by itself", 49},
        {"restore an older snapshot: set spec.restoreFrom", 47},
        {"start empty: set spec.restoreStrategy.kind to NONE", 50},
    };
    const struct str *from = is_blocked(r) ? blocked : spent;
    st->choices = (struct str_list){ARENA_ARRAY(a, struct str, 3), 3};
    for (size_t i = 0; i < 3; i++)
        st->choices.items[i] = from[i];
}

static void show_conditions(struct arena *a, const struct core_in *in, struct deployment_status *st)
{
    const struct list *old = &in->deployment->status.running_conditions;
    struct condition *c = ARENA_NEW(a, struct condition);
    bool failing = st->health == HEALTH_FAILING;
    bool unknown = st->health == HEALTH_UNKNOWN;
    c->type = STR("JobFailing");
    c->status = unknown ? STR("Unknown") : (failing ? STR("True") : STR("False"));
    c->reason = unknown ? STR("ClusterUnreachable") : (failing ? STR("JobFailing") : STR("JobOk"));
    c->message = st->health_message;
    c->last_transition_time = c->last_update_time = in->wall_us;
    const struct condition *before = old->n ? old->items : NULL;
    if (before && str_eq(before->status, c->status))
        c->last_transition_time = before->last_transition_time;
    if (before && str_eq(before->status, c->status) && str_eq(before->message, c->message))
        c->last_update_time = before->last_update_time;
    st->running_conditions = (struct list){c, 1};
}

static void show_reason(struct arena *a, const struct core_in *in, const struct record *r,
                        const struct facts *f, const struct rule *rule,
                        struct deployment_status *st)
{
    bool same = in->deployment->status.rule == rule->number;
    st->rule = rule->number;
    st->message = str_of(rule->why);
    st->reason = str_of(action_name(rule->then));
    st->choices = (struct str_list){0};
    if (r->gave_up.len) {
        st->reason = r->gave_up;
        st->message = r->gave_up_message;
        add_choices(a, r, st);
    }
    bool rests = rule->then == ACTION_REST && f->job != SIGHT_RESTARTING;
    st->waiting_since = rests ? 0
                        : same && in->deployment->status.waiting_since
                            ? in->deployment->status.waiting_since
                            : in->wall_us;
    st->next_try_at = 0;
    if (f->pace == PACE_WAIT && !rests)
        st->next_try_at = same && in->deployment->status.next_try_at
                              ? in->deployment->status.next_try_at
                              : in->wall_us + pace_backoff_us((int64_t)r->failures.n + r->setbacks +
                                                                  r->operation.savepoint_tries,
                                                              r->top);
}

/* Why nothing is decided, when that is not just a look that is under way. */
static void show_blindness(const struct core_in *in, struct deployment_status *st)
{
    const struct seen *seen = in->seen;
    if (seen->world_part.at == 0 || seen->world_outcome != OUTCOME_UNKNOWN)
        return;
    st->health = HEALTH_UNKNOWN;
    st->health_message = STR("what exists of it cannot be seen");
    st->reason = STR("WORLD_NOT_SEEN");
    st->message = seen->world_text;
}

struct deployment_status core_show(struct arena *a, const struct core_in *in,
                                   const struct record *record, const struct facts *facts,
                                   const struct rule *rule)
{
    struct deployment_status st = in->deployment->status;
    st.state = (int)reached(in, record, facts);
    if (record->gave_up.len && !is_blocked(record))
        st.state = OBSERVED_FAILED;
    /* While nothing fresh was seen, the observed state stays what it was. */
    if (facts->world == WORLD_UNKNOWN && !in->record->gave_up.len && record->version > 0 &&
        rule->number == 102 && in->deployment->status.state != OBSERVED_UNSET) {
        show_blindness(in, &st);
        return st;
    }
    show_health(in, record, facts, &st);
    show_reason(a, in, record, facts, rule, &st);
    st.pending_change = facts->drift == DRIFT_PENDING;
    st.spec_version = record->current.number ? record->current.spec_version : 0;
    st.observed_generation = in->deployment->metadata.generation;
    bool running = facts->phase == PHASE_UP;
    st.running_job_id = running ? record->current.job_id : (struct str){0};
    st.running_transition_time = running ? record->current.up_at : 0;
    st.running_conditions = (struct list){0};
    if (running)
        show_conditions(a, in, &st);
    return st;
}
