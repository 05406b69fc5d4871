/* What a run did, as far as the protocol is concerned: one line for each change of the record, each call
 * that changes the world, and each thing that happened there. tests/model replays it as a behaviour of
 * the model; README.md there says what becomes of each line.
 *
 *   seconds record ATTEMPT of version SPEC_VERSION PHASE intent INTENT stops TRIES end END
 *   seconds record halts
 *   seconds user STATE
 *   seconds user edits SPEC_VERSION UPGRADE_STRATEGY
 *   seconds call provision|submit|stop|cancel|teardown ATTEMPT [TRY]
 *   seconds world ATTEMPT what happened
 *   seconds daemon dies */
#pragma once

#include <stdio.h>

#include "sim.h"

/* Runs that begin from now on are told there; NULL = nowhere. */
void trace_to(FILE *to);

/* Called by the simulator: where a run begins, after each event, write and call, and at a crash. */
void trace_begin(struct sim *s);
void trace_world(struct sim *s);
void trace_durable(struct sim *s);
void trace_sent(struct sim *s, const struct w_call *c);
void trace_crash(struct sim *s);
