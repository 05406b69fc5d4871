/* The status that readers see: derived from the record, the facts and the rule, never decided by. */
#include "core/facts_impl.h"
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

static bool names_one(const struct choice *c)
{
    return c->savepoint && c->kind != PICK_FORBIDDEN;
}

static bool is_too_old(const struct choice *c)
{
    return c->savepoint && c->kind == PICK_FORBIDDEN;
}

static bool is_asked_for(const struct choice *c)
{
    return c->restore_nonce.len > 0;
}

/* An explicit restore goes before the strategy. */
static bool hangs_on_strategy(const struct choice *c)
{
    return !is_asked_for(c);
}

/* What a user can do about it, by the code of what gave up; only what can help. */
struct way_out {
    const char *code;
    const char *choice;
    bool (*helps)(const struct choice *next); /* NULL = always */
};

static const struct way_out ways_out[] = {
    {"BLOCKED_NO_SNAPSHOT", "mend the snapshot that is named: it goes on by itself", names_one},
    {"BLOCKED_NO_SNAPSHOT", "raise spec.restoreStrategy.maxStateAge", is_too_old},
    {"BLOCKED_NO_SNAPSHOT", "restore another snapshot: set spec.restoreFrom", NULL},
    {"BLOCKED_NO_SNAPSHOT", "remove spec.restoreFrom", is_asked_for},
    {"BLOCKED_NO_SNAPSHOT", "start empty: set spec.restoreStrategy.kind to NONE",
     hangs_on_strategy},
    {"BLOCKED_STATE_NOT_ESTABLISHED", "make what cannot be read readable: it goes on by itself",
     NULL},
    {"BLOCKED_STATE_NOT_ESTABLISHED", "restore a snapshot that is known: set spec.restoreFrom",
     NULL},
    {"BLOCKED_STATE_NOT_ESTABLISHED", "start empty: set spec.restoreStrategy.kind to NONE", NULL},
    {"BLOCKED_STATE_NOT_ESTABLISHED",
     "leave it for later: set spec.state to CANCELLED; the next start reads it again", NULL},
    {"BLOCKED_CANNOT_START", "put the artifact where it is expected: it goes on by itself", NULL},
    {"BLOCKED_CANNOT_START", "edit the artifact in spec.template", NULL},
    {"BLOCKED_PLAN_REFUSED", "edit spec.template: a new spec version starts anew", NULL},
    {"BLOCKED_PLAN_REFUSED", "retry: the plan is made again", NULL},
    {"BLOCKED_PLAN_REFUSED", "go on without: set spec.warmStandby to false", NULL},
    {"BLOCKED_FLINK_CANNOT_READ", "ask for a Flink version that can read the state", NULL},
    {"BLOCKED_FLINK_CANNOT_READ", "start empty: set spec.restoreStrategy.kind to NONE", NULL},
    {"TOO_MANY_FAILED_SUSPENSION_ATTEMPTS", "retry: the same again, with as many tries", NULL},
    {"TOO_MANY_FAILED_SUSPENSION_ATTEMPTS", "edit the spec: a new spec version starts anew", NULL},
    {"TOO_MANY_FAILED_SUSPENSION_ATTEMPTS",
     "cancel, without a savepoint: what a later start restores is shown beforehand", NULL},
    {"TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS", "edit the spec: a new spec version starts anew",
     NULL},
    {"TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS", "retry: the same again, with as many attempts", NULL},
    {"HALTED_RECORD_OLDER_THAN_WORLD",
     "bring back the newest store, or end the other daemon and what it started; then retry", NULL},
};

static void add_choices(struct arena *a, const struct core_in *in, const struct record *r,
                        struct deployment_status *st)
{
    enum { WAYS_OUT = sizeof(ways_out) / sizeof(ways_out[0]) };
    struct choice next = core_choose(a, in, false);
    st->choices = (struct str_list){.items = ARENA_ARRAY(a, struct str, WAYS_OUT)};
    for (size_t i = 0; i < WAYS_OUT; i++)
        if (str_eq(r->gave_up, str_of(ways_out[i].code)) &&
            (!ways_out[i].helps || ways_out[i].helps(&next)))
            st->choices.items[st->choices.n++] = str_of(ways_out[i].choice);
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

/* A call that was answered with a no is no secret: what was said, and when it is made again. */
static void show_call_again(struct arena *a, const struct core_in *in, bool same,
                            struct deployment_status *st)
{
    const struct seen_call *call = &in->seen->call;
    int64_t at = facts_call_again_at(in);
    if (at <= in->mono_us)
        return;
    bool known = same && in->deployment->status.next_try_at > in->wall_us;
    st->next_try_at = known ? in->deployment->status.next_try_at : in->wall_us + at - in->mono_us;
    if (!call->answered || call->outcome != OUTCOME_REFUSED)
        return;
    st->reason = STR("CALL_REFUSED");
    st->message = arena_fmt(a, "it was refused and is asked again: %.*s", STR_ARG(call->text));
}

/* Nothing is left of the attempt that could tell why the next one waits. */
static bool waits_after_a_failure(const struct record *r, const struct rule *rule)
{
    return rule->number == 502 && r->current.cause.len > 0;
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
    if (waits_after_a_failure(r, rule))
        st->message = arena_fmt(a, "%s: %.*s", rule->why, STR_ARG(r->current.cause));
    if (r->gave_up.len) {
        st->reason = r->gave_up;
        st->message = r->gave_up_message;
        add_choices(a, in, r, st);
    }
    bool rests = rule->then == ACTION_REST && f->job != SIGHT_RESTARTING;
    st->waiting_since = rests ? 0
                        : same && in->deployment->status.waiting_since
                            ? in->deployment->status.waiting_since
                            : in->wall_us;
    st->next_try_at = 0;
    if (rule->then == ACTION_CALL_AGAIN)
        show_call_again(a, in, same, st);
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
    if (!str_eq(st->reason, STR("WORLD_NOT_SEEN")))
        st->waiting_since = in->wall_us;
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
    if (facts->world == WORLD_UNKNOWN && !in->record->gave_up.len &&
        in->deployment->status.state != OBSERVED_UNSET) {
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
