/* What may stand in a user's flinkConfiguration, and reading the values Sluice needs from it. */
#pragma once

#include "base/buf.h"
#include "data/fields.h"

/* Why Sluice refuses the key (a clause: "it is internal to Flink"), or NULL when the user may set it. Keys are compared as Flink does: exactly, case counts. */
const char *flink_key_refused(struct str key);

/* Why Sluice refuses the value of a key that it accepts (a clause), or NULL: options for the JVM that
 * would change what Sluice sets itself, or that are none. */
const char *flink_value_refused(struct str key, struct str value);

/* Words of env.java.opts.*, one key's at most. */
#define JAVA_OPTIONS_MOST 50

/* The next word of env.java.opts.* as Flink's scripts split them: at white space, with quotes around
 * what holds some. False at the end. */
bool java_options_next(struct str *rest, struct buf *word);

/* Flink's MemorySize: "512m", "1 gb", "64 mebibytes", "1024" (bytes); suffixes are powers of two,
 * in any case. False when it is none. */
bool flink_memory_parse(struct str s, int64_t *ret_bytes);
