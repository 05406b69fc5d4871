/* Answers to single calls: a trigger's state, a failure's cause, and what became of a write. */
#include "adapt/flink_rest/codec.h"

#define STOPPING_FROM STR("A savepoint has been created at: ")
#define STOPPING_TO   STR(", but the corresponding job")

static struct flink_trigger unreachable(struct str text)
{
    return (struct flink_trigger){.state = FLINK_TRIGGER_UNREACHABLE, .text = text};
}

/* Where the savepoint of a stop that failed afterwards lies; empty when it is another failure. */
static struct str stopping_location(struct str trace)
{
    struct str none = {NULL, 0};
    size_t from = str_find(trace, STOPPING_FROM);
    if (from == trace.len)
        return none;
    struct str rest = str_skip(trace, from + STOPPING_FROM.len);
    size_t to = str_find(rest, STOPPING_TO);
    struct str location = str_take(rest, to);
    if (to == rest.len || str_find_char(location, '\n') < location.len)
        return none;
    return location;
}

static struct flink_trigger failed_trigger(struct arena *a, struct json cause)
{
    struct str trace;
    struct flink_trigger t = {.state = FLINK_TRIGGER_FAILED};
    if (!json_str(json_get(cause, STR("stack-trace")), &trace)) /* it may name a savepoint */
        return unreachable(STR("the failure of the savepoint is not of Flink's form"));
    t.text = deepest_cause(a, trace);
    if (str_is_empty(t.text))
        t.text = deepest_cause(a, json_str_or(json_get(cause, STR("class")), STR("")));
    t.location = stopping_location(trace);
    if (!str_is_empty(t.location))
        t.state = FLINK_TRIGGER_STOP_FAILED;
    return t;
}

struct flink_trigger decode_trigger(struct arena *a, const struct http_answer *answer)
{
    struct json v;
    struct str why;
    if (!answer_json(a, answer, 200, &v, &why)) {
        struct flink_trigger t = unreachable(why);
        if (answer->outcome == OUTCOME_DONE && answer->status == 404 &&
            str_contains(answer_errors(a, answer), STR("There is no savepoint operation")))
            t.state = FLINK_TRIGGER_NOT_KNOWN;
        return t;
    }
    struct str status = json_str_or(json_path(v, "status.id"), STR(""));
    if (str_eq(status, STR("IN_PROGRESS")))
        return (struct flink_trigger){.state = FLINK_TRIGGER_IN_PROGRESS};
    struct json operation = json_get(v, STR("operation"));
    struct json cause = json_get(operation, STR("failure-cause"));
    struct str location = json_str_or(json_get(operation, STR("location")), STR(""));
    if (str_eq(status, STR("COMPLETED")) && json_kind(cause) == JSON_OBJECT)
        return failed_trigger(a, cause);
    if (str_eq(status, STR("COMPLETED")) && !str_is_empty(location))
        return (struct flink_trigger){.state = FLINK_TRIGGER_COMPLETED, .location = location};
    return unreachable(STR("the state of the savepoint is not of Flink's form"));
}

struct flink_answer decode_cause(struct arena *a, const struct http_answer *answer)
{
    struct flink_answer result = {.status = answer->status};
    struct json v;
    if (!answer_json(a, answer, 200, &v, &result.text))
        return result;
    struct json entries = json_path(v, "exceptionHistory.entries");
    if (json_kind(entries) != JSON_ARRAY) {
        result.text = STR("the list of exceptions is not of Flink's form");
        return result;
    }
    struct str trace = STR("");
    if (json_len(entries) > 0 &&
        !json_str(json_get(json_at(entries, 0), STR("stacktrace")), &trace)) {
        result.text = STR("an exception is not of Flink's form");
        return result;
    }
    result.outcome = OUTCOME_DONE;
    result.text = deepest_cause(a, trace);
    return result;
}

struct flink_answer decode_submit(struct arena *a, const struct http_answer *answer,
                                  struct str job_id)
{
    struct flink_answer result = {.status = answer->status};
    if (answer->outcome != OUTCOME_DONE) {
        result.text = answer_text(a, answer);
        return result;
    }
    struct json v;
    result.outcome = OUTCOME_REFUSED;
    if (!answer_json(a, answer, 200, &v, &result.text))
        return result;
    if (str_eq(json_str_or(json_get(v, STR("jobid")), STR("")), job_id))
        result.outcome = OUTCOME_DONE;
    else
        result.text = STR("the cluster answered with another job id");
    return result;
}

/* A refusal is Flink's own: a proxy's error page proves nothing. */
static struct flink_answer not_accepted(struct arena *a, const struct http_answer *answer,
                                        bool refusal)
{
    struct flink_answer result = {.status = answer->status, .text = answer_text(a, answer)};
    if (refusal && !str_is_empty(answer_errors(a, answer)))
        result.outcome = OUTCOME_REFUSED;
    return result;
}

struct flink_answer decode_plan(struct arena *a, const struct http_answer *answer)
{
    struct json v;
    struct str why;
    if (!answer_json(a, answer, 200, &v, &why))
        return not_accepted(a, answer, answer->status >= 400);
    struct flink_answer result = {.status = answer->status};
    if (json_kind(json_path(v, "plan.nodes")) == JSON_ARRAY)
        result.outcome = OUTCOME_DONE;
    else
        result.text = STR("the plan is not of Flink's form");
    return result;
}

struct flink_answer decode_posted(struct arena *a, const struct http_answer *answer,
                                  struct str trigger_id)
{
    struct json v;
    struct str why;
    if (!answer_json(a, answer, 202, &v, &why))
        return not_accepted(a, answer, answer->status >= 400 && answer->status < 500);
    struct flink_answer result = {.status = answer->status};
    if (str_eq(json_str_or(json_get(v, STR("request-id")), STR("")), trigger_id))
        result.outcome = OUTCOME_DONE;
    else
        result.text = STR("the cluster answered with another trigger id");
    return result;
}

struct flink_answer decode_cancel(struct arena *a, const struct http_answer *answer)
{
    struct json v;
    struct str why;
    if (answer_json(a, answer, 202, &v, &why) && json_kind(v) == JSON_OBJECT)
        return (struct flink_answer){.outcome = OUTCOME_DONE, .status = answer->status};
    return not_accepted(a, answer, answer->status == 404 || answer->status == 409);
}
