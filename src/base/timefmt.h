/* Times and durations as text. Reading a clock is a port's business, not this file's.
 *
 * Two kinds of time, never mixed: wall time (int64 microseconds since 1970, UTC) for what people
 * read, and monotonic time (int64 microseconds of this boot) for deadlines. */
#pragma once

#include "base/arena.h"

#define US_PER_MS INT64_C(1000)
#define US_PER_S  INT64_C(1000000)

/* "2026-11-23T02:27:29.123456Z" */
struct str time_rfc3339(struct arena *a, int64_t wall_us);
/* The reverse; any fraction and offset of RFC 3339. False on anything else. */
bool time_parse_rfc3339(struct str s, int64_t *ret_wall_us);

/* "90s", "10m", "1h30m", "250ms", "2d", ISO "PT10M", or a plain number of seconds; also Flink's
 * spellings ("10 min", "30 s"). False when malformed, negative or over 10 years. */
bool duration_parse(struct str s, int64_t *ret_us);
/* Shortest exact spelling for people: "10m", "1h30m", "250ms". */
struct str duration_text(struct arena *a, int64_t us);
