/* Between the files that write Flink's answers. */
#pragma once

#include "data/json.h"
#include "wire.h"

static inline void put_i64(struct json_out *o, const char *key, int64_t n)
{
    json_key(o, str_of(key));
    json_put_i64(o, n);
}

static inline void put_str(struct json_out *o, const char *key, struct str s)
{
    json_key(o, str_of(key));
    json_put_str(o, s);
}

static inline void put_bool(struct json_out *o, const char *key, bool b)
{
    json_key(o, str_of(key));
    json_put_bool(o, b);
}

static inline void put_null(struct json_out *o, const char *key)
{
    json_key(o, str_of(key));
    json_put_null(o);
}

static inline void begin(struct json_out *o, const char *key)
{
    json_key(o, str_of(key));
    json_begin_object(o);
}

/* wire_checkpoints.c */
void wire_put_checkpoints(struct json_out *o, const struct w_call *c, bool newer);
void wire_put_config(struct json_out *o, const struct w_call *c, bool newer);
void wire_put_restarts(struct json_out *o, const struct w_call *c, bool newer);
