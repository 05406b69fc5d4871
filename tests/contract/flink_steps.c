#include "flink_contract.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/timefmt.h"

struct waiting {
    struct flink_world *w;
    struct str job;
    enum flink_job_status status;
    int64_t after;
    struct str trigger;
    struct flink_checkpoint checkpoint;
    struct flink_trigger result;
};

void assert_outcome(struct flink_answer a, enum outcome outcome)
{
    if (a.outcome != outcome)
        print_error("status %d: %.*s\n", a.status, STR_ARG(a.text));
    assert_int_equal(a.outcome, outcome);
}

struct flink_submit submission(struct flink_world *w, struct str job)
{
    return (struct flink_submit){.jar_id = w->jar_id,
                                 .job_id = job,
                                 .args = w->args,
                                 .parallelism = 2,
                                 .timeout_us = 120 * US_PER_S};
}

struct flink_sight job_now(struct flink_world *w, struct str job)
{
    struct flink_sight s = rig_look(&w->rig, job, FLINK_LOOK_JOB);
    assert_int_equal(s.outcome, OUTCOME_DONE);
    return s;
}

struct flink_checkpoints stats_now(struct flink_world *w, struct str job)
{
    struct flink_checkpoints c = rig_checkpoints(&w->rig, job);
    if (c.outcome != OUTCOME_DONE)
        print_error("no statistics: %.*s\n", STR_ARG(c.text));
    assert_int_equal(c.outcome, OUTCOME_DONE);
    return c;
}

bool is_up(const struct flink_sight *s)
{
    return s->job == FLINK_JOB_RUNNING && s->tasks_total > 0 && s->tasks_up == s->tasks_total;
}

static void wait_until(struct waiting *x, bool (*holds)(void *arg))
{
    if (rig_holds(&x->w->rig, x->w->patience_s, holds, x))
        return;
    struct flink_sight s = rig_look(&x->w->rig, x->job, FLINK_LOOK_JOB);
    struct flink_answer cause = rig_cause(&x->w->rig, x->job);
    fail_msg("in vain: job state %d, %" PRId64 " of %" PRId64 " tasks, %.*s", (int)s.job,
             s.tasks_up, s.tasks_total, STR_ARG(cause.text));
}

static bool runs(void *arg)
{
    const struct waiting *x = arg;
    struct flink_sight s = job_now(x->w, x->job);
    assert_int_not_equal(s.job, FLINK_JOB_FAILED);
    return is_up(&s);
}

void wait_up(struct flink_world *w, struct str job)
{
    wait_until(&(struct waiting){.w = w, .job = job}, runs);
}

void start(struct flink_world *w, struct str job, struct str snapshot)
{
    struct flink_submit s = submission(w, job);
    s.savepoint_path = snapshot;
    struct flink_answer answer = rig_submit(&w->rig, &s);
    assert_outcome(answer, OUTCOME_DONE);
    assert_int_equal(answer.status, 200);
    assert_int_not_equal(job_now(w, job).job, FLINK_JOB_ABSENT);
    wait_up(w, job);
}

static bool has_status(void *arg)
{
    const struct waiting *x = arg;
    return job_now(x->w, x->job).job == x->status;
}

void wait_for_job(struct flink_world *w, struct str job, enum flink_job_status status)
{
    wait_until(&(struct waiting){.w = w, .job = job, .status = status}, has_status);
}

static bool has_checkpoint(void *arg)
{
    struct waiting *x = arg;
    x->checkpoint = stats_now(x->w, x->job).latest_completed;
    return x->checkpoint.id > x->after && !x->checkpoint.is_savepoint;
}

struct flink_checkpoint wait_checkpoint(struct flink_world *w, struct str job, int64_t after)
{
    struct waiting x = {.w = w, .job = job, .after = after};
    wait_until(&x, has_checkpoint);
    return x.checkpoint;
}

static bool is_removed(void *arg)
{
    const struct waiting *x = arg;
    return !x->w->has_snapshot(x->w, x->checkpoint.path);
}

void wait_removed(struct flink_world *w, struct str location)
{
    wait_until(&(struct waiting){.w = w, .checkpoint.path = location}, is_removed);
}

/* From the moment that it is accepted it is known. */
static bool is_decided(void *arg)
{
    struct waiting *x = arg;
    x->result = rig_trigger(&x->w->rig, x->job, x->trigger);
    assert_int_not_equal(x->result.state, FLINK_TRIGGER_UNREACHABLE);
    assert_int_not_equal(x->result.state, FLINK_TRIGGER_NOT_KNOWN);
    return x->result.state != FLINK_TRIGGER_IN_PROGRESS;
}

struct flink_trigger take_savepoint(struct flink_world *w, const struct flink_stop *s)
{
    struct waiting x = {.w = w, .job = s->job_id, .trigger = s->trigger_id};
    struct flink_answer answer = rig_savepoint(&w->rig, s);
    assert_outcome(answer, OUTCOME_DONE);
    assert_int_equal(answer.status, 202);
    wait_until(&x, is_decided);
    return x.result;
}
