/* Facts about the standby: the cluster of the next attempt, made ready while the present job runs. Its
 * step is its intent, so that it goes on beside whatever the present attempt does. */
#include "core/choice.h"
#include "core/facts_impl.h"
#include "core/pace.h"

static bool may_run(enum phase phase)
{
    return phase == PHASE_SUBMITTED || phase == PHASE_UP;
}

static bool is_judged(const struct core_in *in, enum standby_verdict verdict)
{
    const struct standby *s = &in->record->standby;
    return s->verdict == (int)verdict && s->judged_version == core_target_version(in);
}

bool core_plan_is_refused(const struct core_in *in)
{
    return in->deployment->spec.warm_standby && may_run((enum phase)in->record->current.phase) &&
           is_judged(in, STANDBY_REFUSED);
}

/* It was begun for what is wanted now, and is not being taken down. */
static bool fits(const struct core_in *in)
{
    const struct standby *s = &in->record->standby;
    return s->step != STANDBY_STEP_NONE && s->step != STANDBY_STEP_END &&
           s->attempt.spec_version == core_target_version(in);
}

enum standby_fact core_standby_fact(const struct core_in *in, enum phase phase, enum drift drift)
{
    const struct standby *s = &in->record->standby;
    enum standby_fact there = s->step == STANDBY_STEP_NONE ? STANDBY_NONE : STANDBY_IDLE;
    bool edited = drift == DRIFT_STATELESS || drift == DRIFT_STATEFUL;
    if (may_run(phase) && edited && in->deployment->spec.warm_standby &&
        !is_judged(in, STANDBY_COLD))
        return fits(in) && s->step == STANDBY_STEP_READY ? STANDBY_READY : STANDBY_DUE;
    bool starts = phase == PHASE_NONE && in->deployment->spec.state != DESIRED_SUSPENDED &&
                  in->deployment->spec.state != DESIRED_CANCELLED;
    return starts && fits(in) ? STANDBY_READY : there;
}

static enum standby_use use_of(const struct core_in *in, const struct facts *f)
{
    const struct record *r = in->record;
    bool exists = r->standby.step != STANDBY_STEP_NONE;
    if (f->want != WANT_RUN || !in->deployment->spec.warm_standby || r->gave_up.len ||
        (exists && !fits(in)))
        return USE_NONE;
    switch (f->phase) {
    case PHASE_SUBMITTED:
    case PHASE_UP:
        if (f->standby != STANDBY_DUE && f->standby != STANDBY_READY)
            return USE_NONE;
        if (f->preflight == PREFLIGHT_REFUSED)
            return USE_NONE;
        return f->preflight == PREFLIGHT_OK && f->world != WORLD_UNKNOWN ? USE_BEGIN : USE_KEEP;
    case PHASE_ENDED:
    case PHASE_READ:
    case PHASE_GONE:
    case PHASE_NONE: return USE_KEEP;
    case PHASE_RESERVED:
    case PHASE_PROVISIONED:
    case PHASE_DONE:
    default: return USE_NONE;
    }
}

static enum standby_world cluster_fact(const struct core_in *in, const struct platform_cluster *c)
{
    const struct standby *s = &in->record->standby;
    const struct seen_standby *seen = &in->seen->standby;
    bool replaced = s->attempt.incarnation.len > 0 && c->incarnation.len > 0 &&
                    !str_eq(c->incarnation, s->attempt.incarnation);
    if (c->jobmanager_dead || replaced)
        return STANDBY_DEAD;
    if (!c->jobmanager_alive)
        return STANDBY_STARTING;
    if (c->taskmanagers_alive < c->taskmanagers_wanted)
        return STANDBY_SHORT;
    if (s->step != STANDBY_STEP_PROVISION)
        return STANDBY_UP;
    bool told = facts_are_fresh(in, &seen->part) && seen->sight.outcome == OUTCOME_DONE &&
                str_eq(seen->incarnation, c->incarnation);
    return told && facts_lists_only_ours(&seen->sight, c) ? STANDBY_UP : STANDBY_STARTING;
}

static enum standby_world cluster_of(const struct core_in *in)
{
    const struct seen *seen = in->seen;
    if (in->record->standby.step == STANDBY_STEP_NONE || !facts_are_fresh(in, &seen->world_part) ||
        seen->world_outcome != OUTCOME_DONE)
        return STANDBY_UNKNOWN;
    for (size_t i = 0; i < seen->n_clusters; i++)
        if (seen->clusters[i].attempt == in->record->standby.attempt.number)
            return cluster_fact(in, &seen->clusters[i]);
    return STANDBY_GONE;
}

static int64_t since_step(const struct core_in *in)
{
    const struct seen_standby *seen = &in->seen->standby;
    return seen->timer == in->record->standby.timer ? in->mono_us - seen->timer_since : 0;
}

/* A plan that was asked for by an earlier step says nothing about this one. */
static enum result plan_result(const struct core_in *in)
{
    const struct seen_standby *seen = &in->seen->standby;
    bool told = seen->plan_part.at > 0 && seen->timer == in->record->standby.timer &&
                seen->plan_part.at >= seen->timer_since;
    if (told && seen->plan_outcome != OUTCOME_UNKNOWN)
        return seen->plan_outcome == OUTCOME_DONE ? RESULT_DONE : RESULT_REFUSED;
    return since_step(in) > DEADLINE_PLAN_US ? RESULT_OVERDUE : RESULT_WAITING;
}

static enum result result_of(const struct core_in *in)
{
    static const int64_t deadlines[STANDBY_STEPS] = {
        [STANDBY_STEP_PROVISION] = DEADLINE_PROVISION_US,
        [STANDBY_STEP_UPLOAD] = DEADLINE_UPLOAD_US,
        [STANDBY_STEP_END] = DEADLINE_TEARDOWN_US,
    };
    const struct seen_standby *seen = &in->seen->standby;
    enum standby_step step = (enum standby_step)in->record->standby.step;
    if (step == STANDBY_STEP_WARM)
        return plan_result(in);
    if (!deadlines[step])
        return RESULT_WAITING;
    bool ours = seen->call.sent && seen->call.timer == in->record->standby.timer;
    return facts_call_result(&seen->call, ours, since_step(in) > deadlines[step]);
}

struct standby_facts core_standby_facts(const struct core_in *in, const struct facts *facts)
{
    return (struct standby_facts){
        .step = (enum standby_step)in->record->standby.step,
        .use = use_of(in, facts),
        .world = cluster_of(in),
        .result = result_of(in),
    };
}
