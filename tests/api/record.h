/* What was asked and answered, for tests/openapi/answers: one JSON text a line in a file of its own
 * for each test program, below the folder that SLUICE_API_RECORD names. Without it, nothing. */
#pragma once

#include "api_ports.h"

/* Of an exchange that was answered, while its request is there; of a stream at its end. */
void record_exchange(const struct http_exchange *x);
