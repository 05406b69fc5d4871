/* What the scenarios share: one Deployment in its world per test, waiting with a deadline, and the
 * narrative of what was decided. Numbers S... are those of the list of scenarios. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "core/choice.h"
#include "model/snapshot_location.h"
#include "rig.h"

extern struct rig *r;
int scenario_begin(void **state);
int scenario_end(void **state); /* the oracle found nothing */
#define SCENARIO(test) cmocka_unit_test_setup_teardown(test, scenario_begin, scenario_end)

/* The spec that most stories start from; then the Deployment is stored and the daemon started. */
void given_strategies(enum upgrade_kind up, enum restore_kind restore);
void given_it_is_created(void);
void given_it_runs(void); /* and has taken a few checkpoints */
void given_it_runs_under(enum upgrade_kind up, enum restore_kind restore);
void given_a_savepoint_on_request(void);
/* It runs, short of one that Flink needs to take a savepoint. */
void given_taskmanagers_that_cannot_be_replaced(void);
void edit_and_wait(void); /* until it has_started, from a mark of its own */

bool has_started(const struct rig *rig);  /* and Flink has said what it was restored from */
bool is_recovered(const struct rig *rig); /* has_started, by attempt 2 */
bool stops(const struct rig *rig);        /* is in the middle of a stop-with-savepoint */

/* Fails the test, with what happened, when it does not hold in time (an hour of the world). */
#define until(condition_) scenario_until((condition_), #condition_, __FILE__, __LINE__)
void scenario_until(bool (*holds)(const struct rig *r), const char *what, const char *file,
                    int line);
/* It has_started by its first attempt, once, though what was to go wrong has. */
void then_the_first_attempt_is_the_only_one(void);
/* What is so stays so, and nothing is done about it. */
void then_all_is_quiet(void);

/* Marks the present; the narrative counts from here. */
void when(void);
/* "442 STOP, 240 NOTE_SAVEPOINT": the decisions since the mark that changed something. */
#define then_it_decided(expected_) scenario_narrative((expected_), __FILE__, __LINE__)
void scenario_narrative(const char *expected, const char *file, int line);
size_t calls_since(enum effect_kind kind); /* since the mark */
size_t mutating_calls(void);               /* those of all kinds, since the mark */

/* What the running attempt was restored from; "" = empty. */
struct str restored_from(void);
const struct w_snapshot *newest_snapshot(bool savepoint);
#define assert_place(is_, expected_) assert_true(snapshot_location_equal((is_), (expected_)))
