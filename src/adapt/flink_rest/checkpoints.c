/* Checkpoint statistics and configuration of a job. */
#include "adapt/flink_rest/codec.h"

#define NOT_ENABLED     STR("Checkpointing has not been enabled")
#define NOT_ADDRESSABLE STR("<checkpoint-not-externally-addressable>")
/* Flink's interval of a job that takes no periodic checkpoints. */
#define NEVER_MS INT64_MAX

/* REFUSED when Flink itself says that the job has no checkpointing, UNKNOWN for the rest. */
static void not_told(struct arena *a, const struct http_answer *answer, struct str why,
                     struct flink_checkpoints *ret)
{
    bool off = answer->outcome == OUTCOME_DONE && answer->status == 404 &&
               str_contains(answer_errors(a, answer), NOT_ENABLED);
    ret->outcome = off ? OUTCOME_REFUSED : OUTCOME_UNKNOWN;
    ret->text = off ? STR("checkpointing is not enabled for this job") : why;
}

/* Flink writes null where there is none: what is missing was lost on the way. */
static bool decode_path(struct json v, struct str *ret)
{
    struct json path = json_get(v, STR("external_path"));
    if (json_kind(path) != JSON_NULL && !json_str(path, ret))
        return false;
    if (str_eq(*ret, NOT_ADDRESSABLE))
        *ret = (struct str){NULL, 0};
    return true;
}

static bool decode_one(struct json v, struct flink_checkpoint *ret)
{
    struct flink_checkpoint c = {0};
    struct str status;
    if (!json_i64(json_get(v, STR("id")), &c.id) || c.id <= 0 ||
        !json_str(json_get(v, STR("status")), &status) ||
        !json_bool(json_get(v, STR("is_savepoint")), &c.is_savepoint) ||
        !json_i64(json_get(v, STR("trigger_timestamp")), &c.triggered_ms))
        return false;
    c.completed = str_eq(status, STR("COMPLETED"));
    if (!c.completed && !str_eq(status, STR("FAILED")) && !str_eq(status, STR("IN_PROGRESS")))
        return false;
    if (c.completed &&
        (!decode_path(v, &c.path) || !json_bool(json_get(v, STR("discarded")), &c.discarded)))
        return false;
    c.acked_ms = json_i64_or(json_get(v, STR("latest_ack_timestamp")), 0);
    c.state_size = json_i64_or(json_get(v, STR("state_size")), 0);
    c.failure = json_str_or(json_get(v, STR("failure_message")), STR(""));
    *ret = c;
    return true;
}

/* One of "latest": null means that there is none. */
static bool decode_latest(struct json latest, struct str name, struct flink_checkpoint *ret)
{
    struct json v = json_get(latest, name);
    return json_kind(v) == JSON_NULL || decode_one(v, ret);
}

static bool decode_restored(struct json latest, struct flink_checkpoints *ret)
{
    struct json v = json_get(latest, STR("restored"));
    if (json_kind(v) == JSON_NULL)
        return true;
    ret->has_restored = true;
    ret->restored.completed = true;
    ret->restored.triggered_ms = json_i64_or(json_get(v, STR("restore_timestamp")), 0);
    return decode_path(v, &ret->restored.path) &&
           json_i64(json_get(v, STR("id")), &ret->restored.id) &&
           json_bool(json_get(v, STR("is_savepoint")), &ret->restored.is_savepoint);
}

static bool decode_history(struct arena *a, struct json list, struct flink_checkpoints *ret)
{
    if (json_kind(list) != JSON_ARRAY)
        return false;
    ret->history = ARENA_ARRAY(a, struct flink_checkpoint, json_len(list));
    struct json_iter it = json_each(list);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item)) {
        if (!decode_one(item, &ret->history[ret->n_history++]))
            return false;
    }
    return true;
}

/* "latest.completed" is of checkpoints alone; a savepoint with a higher id is newer than it. */
static void decode_newest(struct flink_checkpoints *ret, const struct flink_checkpoint *completed)
{
    ret->latest_completed = *completed;
    if (ret->latest_savepoint.id > completed->id)
        ret->latest_completed = ret->latest_savepoint;
}

void decode_checkpoints(struct arena *a, const struct http_answer *answer,
                        struct flink_checkpoints *ret)
{
    struct json v;
    struct str why;
    if (!answer_json(a, answer, 200, &v, &why)) {
        not_told(a, answer, why, ret);
        return;
    }
    struct json latest = json_get(v, STR("latest"));
    struct json counts = json_get(v, STR("counts"));
    struct flink_checkpoint completed = {0};
    bool whole = json_kind(latest) == JSON_OBJECT &&
                 json_i64(json_get(counts, STR("completed")), &ret->completed_count) &&
                 decode_latest(latest, STR("completed"), &completed) &&
                 decode_latest(latest, STR("savepoint"), &ret->latest_savepoint) &&
                 decode_latest(latest, STR("failed"), &ret->latest_failed) &&
                 decode_restored(latest, ret) &&
                 decode_history(a, json_get(v, STR("history")), ret);
    if (!whole) {
        *ret = (struct flink_checkpoints){0};
        ret->text = STR("the checkpoint statistics are not of Flink's form");
        return;
    }
    decode_newest(ret, &completed);
    ret->outcome = OUTCOME_DONE;
}

void decode_checkpoint_config(struct arena *a, const struct http_answer *answer,
                              struct flink_checkpoints *ret)
{
    struct json v;
    struct str why;
    if (!answer_json(a, answer, 200, &v, &why)) {
        not_told(a, answer, why, ret);
        return;
    }
    struct json kept = json_get(v, STR("externalization"));
    bool enabled = false;
    bool deleted = false;
    bool whole = json_i64(json_get(v, STR("interval")), &ret->interval_ms) &&
                 json_bool(json_get(kept, STR("enabled")), &enabled) &&
                 json_bool(json_get(kept, STR("delete_on_cancellation")), &deleted);
    if (!whole) {
        ret->outcome = OUTCOME_UNKNOWN;
        ret->text = STR("the checkpoint configuration is not of Flink's form");
        return;
    }
    if (ret->interval_ms == NEVER_MS || ret->interval_ms <= 0)
        ret->interval_ms = -1;
    ret->retained = enabled && !deleted;
}
