/* A changed Deployment is taken into the record. See step.h. */
#include "core/choice.h"
#include "core/step.h"

static int64_t spec_version_of(const struct deployment *d)
{
    int64_t version = 1;
    for (size_t i = 0; i < d->metadata.annotations.n; i++)
        if (str_eq(d->metadata.annotations.items[i].key, STR(ANNOTATION_SPEC_VERSION)))
            str_to_i64(d->metadata.annotations.items[i].value, &version);
    return version;
}

static enum operation_kind begun_by(const struct core_in *in, const struct record *r,
                                    bool state_changed)
{
    bool runs = r->current.phase == PHASE_SUBMITTED || r->current.phase == PHASE_UP;
    bool has_job = r->current.phase != PHASE_NONE && r->current.phase != PHASE_DONE;
    switch ((enum desired_state)in->deployment->spec.state) {
    case DESIRED_SUSPENDED: return has_job ? OPERATION_SUSPEND : OPERATION_NONE;
    case DESIRED_CANCELLED: return has_job ? OPERATION_CANCEL : OPERATION_NONE;
    case DESIRED_UNSET:
    case DESIRED_RUNNING:
    default:
        if (runs && !state_changed)
            return in->deployment->spec.upgrade_strategy == UPGRADE_NONE ? OPERATION_NONE
                                                                         : OPERATION_UPGRADE;
        return state_changed || core_edit_decides_state(in) ? OPERATION_START : OPERATION_RECOVER;
    }
}

static void note(const struct core_in *in, struct event events[ACCEPT_EVENTS], size_t *n_events,
                 const char *name, struct str message)
{
    const struct metadata *m = &in->deployment->metadata;
    events[(*n_events)++] = (struct event){.namespace_name = m->namespace_name,
                                           .deployment_id = m->id,
                                           .deployment_name = m->name,
                                           .name = str_of(name),
                                           .created_at = in->wall_us,
                                           .message = message,
                                           .actor = STR("user")};
}

bool core_accept(struct arena *a, const struct core_in *in, struct record *record,
                 struct event events[ACCEPT_EVENTS], size_t *ret_n_events)
{
    *ret_n_events = 0;
    const struct deployment *d = in->deployment;
    int64_t version = spec_version_of(d);
    bool state_changed = record->wanted_state != d->spec.state;
    bool version_changed = record->wanted_spec_version != version;
    bool retry = record->retries != record->retries_asked;
    if (!state_changed && !version_changed && !retry)
        return false;
    bool first = record->wanted_spec_version == 0;
    /* To try again is no decision to start empty: the operation stays what it was. */
    bool only_retry = !state_changed && !version_changed;
    enum operation_kind kind = only_retry ? OPERATION_NONE : begun_by(in, record, state_changed);
    int64_t from = record->spec_version;
    record->wanted_state = d->spec.state;
    record->wanted_spec_version = record->spec_version = version;
    record->retries = record->retries_asked;
    record->failures = (struct list){0};
    record->setbacks = 0;
    record->spent = SPENT_NOTHING;
    record->standby.verdict = STANDBY_UNJUDGED;
    record->standby.reason = (struct str){0};
    /* Nothing else leaves it: who asks for this has seen what is wrong. The world decides again. */
    record->halted = record->halted && !retry;
    record->gave_up = record->gave_up_message = (struct str){0};
    /* A call that is under way stays the same call, with its deadline. */
    if (record->intent.kind == INTENT_NONE)
        record->timer++;
    record->chance++;
    if (state_changed && record->current.phase == PHASE_DONE)
        record->current.phase = PHASE_NONE;
    if (kind != OPERATION_NONE)
        record->operation = (struct operation){.kind = (int)kind,
                                               .by_user = kind != OPERATION_RECOVER,
                                               .from_spec_version = from,
                                               .to_spec_version = version,
                                               .started_at = in->wall_us};
    else if (d->spec.state != DESIRED_RUNNING)
        record->operation = (struct operation){0};
    else
        record->operation.savepoint_tries = 0;
    const char *state = desired_state_names[d->spec.state];
    if (first || state_changed)
        note(in, events, ret_n_events, "STATE_TRANSITION_IS_NEEDED",
             arena_fmt(a, "The user asks for %s", state));
    else if (version_changed)
        note(in, events, ret_n_events, "STATE_TRANSITION_IS_NEEDED",
             arena_fmt(a, "The user asks for spec version %d", (int)version));
    else
        note(in, events, ret_n_events, "RETRY_REQUESTED", STR("The user asks to try again"));
    if (d->spec.state == DESIRED_SUSPENDED && record->current.phase == PHASE_NONE && !retry)
        note(in, events, ret_n_events, "COULD_NOT_FIND_A_JOB_TO_SUSPEND",
             STR("No job runs: only the state changes"));
    return true;
}
