/* What happens between one power cut and the next: a few processes in a row, each of which opens the
 * store, commits one by one and in groups, and ends in order or is killed. */
#pragma once

#include "fault.h"
#include "history.h"

/* Runs on the booted host; the history learns what was sent and acknowledged, and when. False when
 * the store fails although nothing but kills befell it; `why` says how. */
bool workload_run(struct history *h, uint64_t *rng, enum fault fault, char why[600]);
