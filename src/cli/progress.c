/* See progress.h. */
#include "cli/progress.h"

#include <stdio.h>

#include "base/timefmt.h"

enum turn {
    BEGINS, /* the step begins, and with it the one before has ended well */
    ENDS,   /* the step has ended well */
    FAILS,  /* the step, or without a name whichever is active, has failed */
    CLOSES, /* the transition has ended, and with it whatever is active */
    RESETS, /* a new transition */
};

/* The names are those of the plan's steps (ux: one vocabulary). */
static const struct {
    const char *code;
    enum turn turn;
    const char *step;
} turns[] = {
    {"STATE_TRANSITION_IS_NEEDED", RESETS, NULL},
    {"RETRY_REQUESTED", RESETS, NULL},
    {"CREATING_A_SAVEPOINT_BEFORE_SUSPENSION", BEGINS, "savepoint"},
    {"NEED_TO_TRIGGER_A_SAVEPOINT", BEGINS, "savepoint"},
    {"TRANSITIONED_TO_COMPLETED", ENDS, "savepoint"},
    {"FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION", ENDS, "stop"},
    {"SAVEPOINT_FAILED", FAILS, "savepoint"},
    {"TOO_MANY_FAILED_SUSPENSION_ATTEMPTS", FAILS, "savepoint"},
    {"FOUND_A_JOB_TO_TERMINATE", BEGINS, "stop"},
    {"FOUND_AN_OLD_JOB_AND_WILL_TERMINATE_IT", BEGINS, "stop"},
    {"FOUND_A_STOPPED_JOB_AND_WILL_TERMINATE_IT", BEGINS, "stop"},
    {"AWAIT_FOR_A_CLUSTER_TO_TEARDOWN", BEGINS, "teardown"},
    {"READING_AN_ATTEMPT_THAT_IS_OVER", BEGINS, "collect"},
    {"RETAINED_CHECKPOINTS_COLLECTED", ENDS, "collect"},
    {"CREATING_A_NEW_JOB", BEGINS, "deploy"},
    {"RESTORING_FROM_A_SNAPSHOT", BEGINS, "restore"},
    {"STARTING_WITHOUT_STATE", BEGINS, "submit"},
    {"AWAITING_A_JOB_TO_START", BEGINS, "running"},
    {"JOB_SUCCESSFULLY_STARTED", ENDS, "running"},
    {"FAILED_CREATING_A_NEW_JOB", FAILS, NULL},
    {"JOB_FAILED", FAILS, NULL},
    {"JOB_LOST", FAILS, NULL},
    {"TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS", FAILS, NULL},
    {"STATE_TRANSITION_IS_COMPLETED", CLOSES, NULL},
    {"TRANSITIONED_TO_FINISHED_STATE", CLOSES, NULL},
};

static struct progress_step *last_step(struct progress *p)
{
    return p->n ? &p->steps[p->n - 1] : NULL;
}

static void end_active(struct progress *p, enum step_state state, int64_t at)
{
    struct progress_step *last = last_step(p);
    if (!last || last->state != STEP_ACTIVE)
        return;
    last->state = state;
    last->ended_us = at;
}

static struct progress_step *begin(struct progress *p, const char *name, int64_t at)
{
    if (p->over)
        p->n = 0;
    p->over = false;
    end_active(p, STEP_DONE, at);
    if (p->n == MOST_STEPS) {
        memmove(p->steps, p->steps + 1, (MOST_STEPS - 1) * sizeof(p->steps[0]));
        p->n--;
    }
    p->steps[p->n] = (struct progress_step){.name = name, .begun_us = at};
    return &p->steps[p->n++];
}

/* The step that is told to have ended may not have been seen to begin. */
static struct progress_step *ended(struct progress *p, const char *name, enum step_state state,
                                   int64_t at)
{
    struct progress_step *last = last_step(p);
    bool this_one = last && !p->over && (!name || strcmp(last->name, name) == 0);
    if (!this_one && !name)
        return NULL;
    if (!this_one)
        last = begin(p, name, at);
    last->state = state;
    last->ended_us = at;
    return last;
}

void progress_event(struct progress *p, struct json event)
{
    struct str none = {0};
    struct str code = json_str_or(json_path(event, "metadata.name"), none);
    struct progress_step *step = NULL;
    int64_t at = 0;
    time_parse_rfc3339(json_str_or(json_path(event, "metadata.createdAt"), none), &at);
    for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
        if (!str_eq(code, str_of(turns[i].code)))
            continue;
        switch (turns[i].turn) {
        case BEGINS: step = begin(p, turns[i].step, at); break;
        case ENDS: step = ended(p, turns[i].step, STEP_DONE, at); break;
        case FAILS: step = ended(p, turns[i].step, STEP_FAILED, at); break;
        case CLOSES:
            end_active(p, STEP_DONE, at);
            p->over = true;
            break;
        case RESETS:
        default: p->n = 0; p->over = false;
        }
    }
    if (step)
        snprintf(step->text, sizeof(step->text), "%.*s",
                 STR_ARG(json_str_or(json_path(event, "spec.message"), none)));
}

void progress_status(struct progress *p, struct json d)
{
    struct str none = {0};
    struct json st = json_get(d, STR("status"));
    p->name = json_str_or(json_path(d, "metadata.name"), none);
    p->desired = json_str_or(json_path(d, "spec.state"), none);
    p->state = json_str_or(json_get(st, STR("state")), none);
    p->health = json_str_or(json_get(st, STR("health")), none);
    p->reason = json_str_or(json_get(st, STR("reason")), none);
    p->message = json_str_or(json_get(st, STR("message")), none);
    p->rule = json_i64_or(json_get(st, STR("rule")), 0);
    p->waiting_since_us = p->next_try_us = 0;
    time_parse_rfc3339(json_str_or(json_get(st, STR("waitingSince")), none), &p->waiting_since_us);
    time_parse_rfc3339(json_str_or(json_get(st, STR("nextTryAt")), none), &p->next_try_us);
}
