#include "model/conditions.h"

static const struct str yes = {"True", 4};
static const struct str no = {"False", 5};
static const struct str unknown = {"Unknown", 7};

/* An edit that no look came after. */
static bool is_news(const struct deployment *d)
{
    return d->status.observed_generation < d->metadata.generation;
}

static bool is_reached(const struct deployment *d)
{
    int state = d->status.state;
    switch ((enum desired_state)d->spec.state) {
    case DESIRED_SUSPENDED: return state == OBSERVED_SUSPENDED;
    case DESIRED_CANCELLED: return state == OBSERVED_CANCELLED;
    case DESIRED_UNSET:
    case DESIRED_RUNNING:
    default: return state == OBSERVED_RUNNING || state == OBSERVED_FINISHED;
    }
}

static struct condition reconciled(const struct deployment *d)
{
    const struct deployment_status *st = &d->status;
    struct condition c = {.type = STR("Reconciled"), .status = no};
    if (is_news(d)) {
        c.reason = STR("NOT_LOOKED_AT_YET");
    } else if (st->pending_change) {
        c.reason = STR("PENDING_CHANGE");
        c.message = st->message;
    } else if (is_reached(d)) {
        c.status = yes;
        c.reason = STR("AS_WANTED");
    } else {
        c.reason = st->reason.len ? st->reason : STR("TRANSITIONING");
        c.message = st->message;
        c.last_transition_time = st->waiting_since;
    }
    return c;
}

static struct condition healthy(const struct deployment *d)
{
    struct condition c = {.type = STR("Healthy"), .message = d->status.health_message};
    c.reason = str_of(health_names[d->status.health]);
    c.status = d->status.health == HEALTH_OK        ? yes
               : d->status.health == HEALTH_UNKNOWN ? unknown
                                                    : no;
    return c;
}

static struct condition pending(const struct deployment *d)
{
    bool is = d->status.pending_change;
    return (struct condition){
        .type = STR("PendingChange"),
        .status = is ? yes : no,
        .reason = is ? STR("UPGRADE_STRATEGY_NONE") : STR("NOTHING_PENDING"),
        .message =
            is ? STR("something was edited that the running job does not show") : (struct str){0},
    };
}

static struct condition reachable(const struct deployment *d)
{
    const struct deployment_status *st = &d->status;
    bool unseen = str_eq(st->reason, STR("WORLD_NOT_SEEN"));
    bool looked = st->observed_generation > 0;
    return (struct condition){
        .type = STR("TargetReachable"),
        .status = unseen   ? no
                  : looked ? yes
                           : unknown,
        .reason = unseen   ? st->reason
                  : looked ? STR("SEEN")
                           : STR("NOT_LOOKED_AT_YET"),
        .message = unseen ? st->message : (struct str){0},
        .last_transition_time = unseen ? st->waiting_since : 0,
    };
}

size_t deployment_conditions(const struct deployment *d,
                             struct condition ret[DEPLOYMENT_CONDITIONS])
{
    size_t n = 0;
    ret[n++] = reconciled(d);
    if (d->status.health != HEALTH_UNSET)
        ret[n++] = healthy(d);
    ret[n++] = pending(d);
    ret[n++] = reachable(d);
    for (size_t i = 0; i < n; i++)
        ret[i].observed_generation = d->status.observed_generation;
    return n;
}
