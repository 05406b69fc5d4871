/* What may stand in a user's flinkConfiguration, and reading the values Sluice needs from it. */
#pragma once

#include "data/fields.h"

/* Why Sluice refuses the key (a clause: "it is internal to Flink"), or NULL when the user may set it. Keys are compared as Flink does: exactly, case counts. */
const char *flink_key_refused(struct str key);

/* Flink's MemorySize: "512m", "1 gb", "64 mebibytes", "1024" (bytes); suffixes are powers of two,
 * in any case. False when it is none. */
bool flink_memory_parse(struct str s, int64_t *ret_bytes);
