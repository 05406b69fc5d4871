/* Flink's answers as bytes: bodies as 1.20.5 and 2.3.0 were seen to send them. */
#include <stdio.h>

#include "wire_put.h"

/* ---- the job and the TaskManagers ---- */

static const char *const states[] = {
    [FLINK_JOB_INITIALIZING] = "INITIALIZING",
    [FLINK_JOB_CREATED] = "CREATED",
    [FLINK_JOB_RUNNING] = "RUNNING",
    [FLINK_JOB_RESTARTING] = "RESTARTING",
    [FLINK_JOB_FAILING] = "FAILING",
    [FLINK_JOB_CANCELLING] = "CANCELLING",
    [FLINK_JOB_SUSPENDED] = "SUSPENDED",
    [FLINK_JOB_RECONCILING] = "RECONCILING",
    [FLINK_JOB_FINISHED] = "FINISHED",
    [FLINK_JOB_CANCELED] = "CANCELED",
    [FLINK_JOB_FAILED] = "FAILED",
};

static void put_tasks(struct json_out *o, const struct flink_sight *s)
{
    bool finished = s->job == FLINK_JOB_FINISHED;
    begin(o, "tasks");
    put_i64(o, "running", finished ? 0 : s->tasks_up);
    put_i64(o, "canceling", 0);
    put_i64(o, "canceled", 0);
    put_i64(o, "total", s->tasks_total);
    put_i64(o, "created", s->tasks_total - s->tasks_up);
    put_i64(o, "scheduled", 0);
    put_i64(o, "deploying", 0);
    put_i64(o, "reconciling", 0);
    put_i64(o, "finished", finished ? s->tasks_up : 0);
    put_i64(o, "initializing", 0);
    put_i64(o, "failed", 0);
    json_end_object(o);
}

static void put_overview(struct json_out *o, const struct w_call *c, bool newer)
{
    const struct flink_sight *s = &c->sight;
    json_begin_object(o);
    json_key(o, STR("jobs"));
    json_begin_array(o);
    if (s->job != FLINK_JOB_ABSENT) {
        json_begin_object(o);
        put_str(o, "jid", c->job_id);
        put_str(o, "name", STR("counter"));
        put_i64(o, "start-time", s->start_time_ms);
        put_i64(o, "end-time", s->end_time_ms);
        put_i64(o, "duration", 15202);
        put_str(o, "state", str_of(states[s->job]));
        put_i64(o, "last-modification", s->start_time_ms);
        put_tasks(o, s);
        if (newer) {
            put_i64(o, "pending-operators", 0);
            put_str(o, "jobType", STR("STREAMING"));
            put_str(o, "schedulerType", STR("Default"));
        }
        json_end_object(o);
    }
    json_end_array(o);
    json_end_object(o);
}

static void put_taskmanagers(struct json_out *o, const struct w_call *c, bool newer)
{
    const struct str_list *ids = &c->sight.taskmanager_ids;
    json_begin_object(o);
    json_key(o, STR("taskmanagers"));
    json_begin_array(o);
    for (size_t i = 0; i < ids->n; i++) {
        json_begin_object(o);
        put_str(o, "id", ids->items[i]);
        put_str(o, "path", STR("pekko.tcp://flink@127.0.0.1:44349/user/rpc/taskmanager_0"));
        put_i64(o, "dataPort", 37735);
        put_i64(o, "slotsNumber", 2);
        put_i64(o, "freeSlots", 1);
        put_bool(o, "blocked", false);
        if (newer)
            put_null(o, "assignedTasks");
        json_end_object(o);
    }
    json_end_array(o);
    json_end_object(o);
}

static void put_plan(struct json_out *o, const struct w_call *c, bool newer)
{
    (void)newer;
    json_begin_object(o);
    begin(o, "plan");
    put_str(o, "jid", c->job_id);
    put_str(o, "name", STR("counter"));
    put_str(o, "type", STR("STREAMING"));
    json_key(o, STR("nodes"));
    json_begin_array(o);
    json_begin_object(o);
    put_str(o, "id", STR("cbc357ccb763df2852fee8c4fc7d55f2"));
    put_i64(o, "parallelism", 1);
    json_end_object(o);
    json_end_array(o);
    json_end_object(o);
    json_end_object(o);
}

/* ---- savepoints, failures, and what became of a write ---- */

static void put_failure(struct json_out *o, struct str trace)
{
    begin(o, "failure-cause");
    put_str(o, "class", STR("java.util.concurrent.CompletionException"));
    put_str(o, "stack-trace", trace);
    put_str(o, "serialized-throwable", STR("rO0ABXNy"));
    json_end_object(o);
}

static void put_trigger(struct json_out *o, const struct w_call *c, bool newer)
{
    char trace[1000];
    (void)newer;
    bool pending = c->trigger == FLINK_TRIGGER_IN_PROGRESS;
    json_begin_object(o);
    begin(o, "status");
    put_str(o, "id", pending ? STR("IN_PROGRESS") : STR("COMPLETED"));
    json_end_object(o);
    if (pending) {
        put_null(o, "operation");
        json_end_object(o);
        return;
    }
    begin(o, "operation");
    if (c->trigger == FLINK_TRIGGER_COMPLETED) {
        put_str(o, "location", c->directory);
    } else if (c->trigger == FLINK_TRIGGER_FAILED) {
        snprintf(trace, sizeof(trace),
                 "java.util.concurrent.CompletionException: x\n\tat y\nCaused by: %.*s\n",
                 STR_ARG(c->text));
        put_failure(o, str_of(trace));
    } else {
        snprintf(trace, sizeof(trace),
                 "java.util.concurrent.CompletionException: x\n\tat y\nCaused by: "
                 "StopWithSavepointStoppingException: A savepoint has been created at: %.*s, but "
                 "the corresponding job %.*s failed during stopping. The savepoint is "
                 "consistent, but might have uncommitted transactions.\n",
                 STR_ARG(c->directory), STR_ARG(c->job_id));
        put_failure(o, str_of(trace));
    }
    json_end_object(o);
    json_end_object(o);
}

static void put_cause(struct json_out *o, const struct w_call *c, bool newer)
{
    char trace[1000];
    json_begin_object(o);
    if (!newer) {
        put_null(o, "root-exception");
        put_null(o, "timestamp");
        json_key(o, STR("all-exceptions"));
        json_begin_array(o);
        json_end_array(o);
        put_bool(o, "truncated", false);
    }
    begin(o, "exceptionHistory");
    json_key(o, STR("entries"));
    json_begin_array(o);
    if (c->text.len) {
        snprintf(trace, sizeof(trace), "JobException: it failed\n\tat x\nCaused by: %.*s\n",
                 STR_ARG(c->text));
        json_begin_object(o);
        put_str(o, "exceptionName", STR("org.apache.flink.runtime.JobException"));
        put_str(o, "stacktrace", str_of(trace));
        put_i64(o, "timestamp", 1795403009300);
        json_end_object(o);
    }
    json_end_array(o);
    put_bool(o, "truncated", false);
    json_end_object(o);
    json_end_object(o);
}

static void put_submitted(struct json_out *o, const struct w_call *c, bool newer)
{
    json_begin_object(o);
    put_str(o, "jobid", c->job_id);
    if (newer)
        put_str(o, "applicationId", c->job_id);
    json_end_object(o);
}

static void put_posted(struct json_out *o, const struct w_call *c, bool newer)
{
    (void)newer;
    json_begin_object(o);
    put_str(o, "request-id", c->trigger_id);
    json_end_object(o);
}

static void put_cancelled(struct json_out *o, const struct w_call *c, bool newer)
{
    (void)c;
    (void)newer;
    json_begin_object(o);
    json_end_object(o);
}

/* ---- errors ---- */

static struct http_answer error(struct arena *a, int status, struct str text)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    json_key(&o, STR("errors"));
    json_begin_array(&o);
    json_put_str(
        &o, arena_fmt(a, "org.apache.flink.runtime.rest.handler.RestHandlerException: %.*s\n\tat x",
                      STR_ARG(text)));
    json_end_array(&o);
    json_end_object(&o);
    struct str body = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return (struct http_answer){.outcome = OUTCOME_DONE, .status = status, .body = body};
}

/* The status that the question is answered with; 0 = silence. */
static int status_of(const struct w_call *c, enum wire_question what)
{
    switch (what) {
    case WIRE_CHECKPOINTS: return c->stats.outcome == OUTCOME_REFUSED ? 404 : 200;
    case WIRE_TRIGGER: return c->trigger == FLINK_TRIGGER_NOT_KNOWN ? 404 : 200;
    case WIRE_PLAN:
    case WIRE_SUBMIT:
    case WIRE_SAVEPOINT:
    case WIRE_CANCEL: return c->status;
    case WIRE_OVERVIEW:
    case WIRE_TASKMANAGERS:
    case WIRE_CONFIG:
    case WIRE_RESTARTS:
    case WIRE_CAUSE:
    case WIRE_QUESTIONS:
    default: return 200;
    }
}

static struct str error_text(struct arena *a, const struct w_call *c, enum wire_question what)
{
    if (c->outcome == OUTCOME_UNKNOWN)
        return arena_fmt(a, "Job %.*s not found", STR_ARG(c->job_id));
    if (what == WIRE_CHECKPOINTS)
        return STR("Checkpointing has not been enabled.");
    if (what == WIRE_TRIGGER)
        return arena_fmt(a, "There is no savepoint operation with triggerId=%.*s for job %.*s.",
                         STR_ARG(c->trigger_id), STR_ARG(c->job_id));
    if (what == WIRE_CANCEL)
        return c->status == 404 ? STR("Job could not be found.")
                                : STR("Job cancellation failed because the job has already "
                                      "reached another terminal state (FINISHED).");
    return arena_fmt(a, "it could not be done\n\tat y\nCaused by: %.*s", STR_ARG(c->text));
}

struct http_answer wire_answer(struct arena *a, const struct w_call *c, enum wire_question what,
                               bool newer)
{
    static void (*const put[WIRE_QUESTIONS])(struct json_out *o, const struct w_call *c,
                                             bool newer) = {
        [WIRE_OVERVIEW] = put_overview,
        [WIRE_TASKMANAGERS] = put_taskmanagers,
        [WIRE_CHECKPOINTS] = wire_put_checkpoints,
        [WIRE_CONFIG] = wire_put_config,
        [WIRE_RESTARTS] = wire_put_restarts,
        [WIRE_TRIGGER] = put_trigger,
        [WIRE_CAUSE] = put_cause,
        [WIRE_PLAN] = put_plan,
        [WIRE_SUBMIT] = put_submitted,
        [WIRE_SAVEPOINT] = put_posted,
        [WIRE_CANCEL] = put_cancelled,
    };
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    if (c->outcome == OUTCOME_UNKNOWN && c->status == 0)
        return (struct http_answer){.text = STR("no answer within its time")};
    int status = c->outcome == OUTCOME_UNKNOWN ? c->status : status_of(c, what);
    if (status >= 400 || what >= WIRE_QUESTIONS)
        return error(a, status, error_text(a, c, what));
    put[what](&o, c, newer);
    struct str body = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return (struct http_answer){.outcome = OUTCOME_DONE, .status = status, .body = body};
}
