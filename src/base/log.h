/* Log records: one line each, to standard error, as text or JSON. Layers below app do not log.
 * Never hand a secret to it: values are written as they are. */
#pragma once

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

/* Call once before threads start. */
void log_setup(enum log_format format, enum log_level least);

struct log_field {
    const char *key;
    struct str value;
};

/* One record; wall_us is the time to print. Thread-safe: one write(2) a record. */
void log_record(enum log_level level, int64_t wall_us, struct str message,
                const struct log_field *fields, size_t n_fields);
