/* What Flink answers of checkpoints, as bytes. */
#include <stdio.h>

#include "wire_put.h"

static void put_checkpoint(struct json_out *o, const struct flink_checkpoint *c)
{
    json_begin_object(o);
    put_str(o, "className", STR("completed"));
    put_i64(o, "id", c->id);
    put_str(o, "status", STR("COMPLETED"));
    put_bool(o, "is_savepoint", c->is_savepoint);
    put_null(o, "savepointFormat");
    put_i64(o, "trigger_timestamp", c->triggered_ms);
    put_i64(o, "latest_ack_timestamp", c->acked_ms);
    put_i64(o, "state_size", c->state_size);
    put_i64(o, "num_subtasks", 2);
    put_str(o, "checkpoint_type", c->is_savepoint ? STR("SAVEPOINT") : STR("CHECKPOINT"));
    begin(o, "tasks");
    json_end_object(o);
    put_str(o, "external_path", c->path);
    put_bool(o, "discarded", c->discarded);
    json_end_object(o);
}

/* Of the history; the world keeps the newest of both kinds together. */
static const struct flink_checkpoint *newest_checkpoint(const struct flink_checkpoints *s)
{
    for (size_t i = 0; i < s->n_history; i++)
        if (!s->history[i].is_savepoint)
            return &s->history[i];
    return NULL;
}

static void put_latest(struct json_out *o, const struct flink_checkpoints *s)
{
    const struct flink_checkpoint *completed = newest_checkpoint(s);
    begin(o, "latest");
    json_key(o, STR("completed"));
    if (completed)
        put_checkpoint(o, completed);
    else
        json_put_null(o);
    json_key(o, STR("savepoint"));
    if (s->latest_savepoint.id)
        put_checkpoint(o, &s->latest_savepoint);
    else
        json_put_null(o);
    put_null(o, "failed");
    json_key(o, STR("restored"));
    if (s->has_restored) {
        json_begin_object(o);
        put_i64(o, "id", s->restored.id);
        put_i64(o, "restore_timestamp", s->restored.triggered_ms);
        put_bool(o, "is_savepoint", s->restored.is_savepoint);
        put_str(o, "external_path", s->restored.path);
        json_end_object(o);
    } else {
        json_put_null(o);
    }
    json_end_object(o);
}

void wire_put_checkpoints(struct json_out *o, const struct w_call *c, bool newer)
{
    const struct flink_checkpoints *s = &c->stats;
    (void)newer;
    json_begin_object(o);
    begin(o, "counts");
    put_i64(o, "restored", s->has_restored);
    put_i64(o, "total", s->completed_count);
    put_i64(o, "in_progress", 0);
    put_i64(o, "completed", s->completed_count);
    put_i64(o, "failed", 0);
    json_end_object(o);
    put_latest(o, s);
    json_key(o, STR("history"));
    json_begin_array(o);
    for (size_t i = 0; i < s->n_history; i++)
        put_checkpoint(o, &s->history[i]);
    json_end_array(o);
    json_end_object(o);
}

void wire_put_config(struct json_out *o, const struct w_call *c, bool newer)
{
    int64_t interval = c->stats.interval_ms;
    (void)newer;
    json_begin_object(o);
    put_str(o, "mode", STR("exactly_once"));
    put_i64(o, "interval", interval < 0 ? INT64_MAX : interval);
    put_i64(o, "timeout", 600000);
    begin(o, "externalization");
    put_bool(o, "enabled", true);
    put_bool(o, "delete_on_cancellation", !c->stats.retained);
    json_end_object(o);
    put_str(o, "state_backend", STR("HashMapStateBackend"));
    json_end_object(o);
}

void wire_put_restarts(struct json_out *o, const struct w_call *c, bool newer)
{
    char value[24];
    (void)newer;
    snprintf(value, sizeof(value), "%lld", (long long)c->stats.restarts);
    json_begin_array(o);
    if (c->stats.restarts >= 0) {
        json_begin_object(o);
        put_str(o, "id", STR("numRestarts"));
        put_str(o, "value", str_of(value));
        json_end_object(o);
    }
    json_end_array(o);
}
