/* Names of fact columns and values, as people read them. */
#include "core/facts.h"

static const char *const wants[] = {"RUN", "SUSPEND", "CANCEL"};
static const char *const phases[] = {"NONE",  "RESERVED", "PROVISIONED", "SUBMITTED", "UP",
                                     "ENDED", "READ",     "GONE",        "DONE"};
static const char *const worlds[] = {"UNKNOWN", "NOTHING",  "STARTING", "READY",
                                     "SHORT",   "HALFDEAD", "LEFTOVER", "NEWER"};
static const char *const jobs[] = {"UNKNOWN",    "ABSENT",   "STARTING", "UP",
                                   "RESTARTING", "FINISHED", "CANCELED", "FAILED"};
static const char *const intents[] = {"NONE",      "PROVISION", "UPLOAD",   "SUBMIT", "STOP",
                                      "SAVEPOINT", "CANCEL",    "TEARDOWN", "DISCARD"};
static const char *const results[] = {"WAITING", "DONE",    "PARTIAL",
                                      "REFUSED", "UNKNOWN", "OVERDUE"};
static const char *const drifts[] = {"NONE", "STATELESS", "STATEFUL", "PENDING"};
static const char *const evidences[] = {"NONE", "READY", "CONFLICT"};
static const char *const choices[] = {"UNKNOWN", "VERIFIED", "EMPTY", "FORBIDDEN", "BAD", "UNREAD"};
static const char *const preflights[] = {"UNKNOWN", "OK", "REFUSED"};
static const char *const paces[] = {"GO", "WAIT", "LATE", "SPENT"};
static const char *const requests[] = {"NONE", "SAVEPOINT", "DISCARD", "REMOVE"};
static const char *const standbys[] = {"NONE", "DUE", "READY", "IDLE"};
static const char *const uses[] = {"NONE", "KEEP", "BEGIN"};
static const char *const standby_worlds[] = {"UNKNOWN", "GONE", "STARTING", "UP", "SHORT", "DEAD"};

const struct fact_column fact_columns[FACT_COLUMNS] = {
    {"want", WANT_VALUES, wants},
    {"phase", PHASE_VALUES, phases},
    {"world", WORLD_VALUES, worlds},
    {"job", SIGHT_VALUES, jobs},
    {"intent", INTENT_VALUES, intents},
    {"result", RESULT_VALUES, results},
    {"drift", DRIFT_VALUES, drifts},
    {"evidence", EVIDENCE_VALUES, evidences},
    {"choice", CHOICE_VALUES, choices},
    {"preflight", PREFLIGHT_VALUES, preflights},
    {"pace", PACE_VALUES, paces},
    {"request", REQUEST_VALUES, requests},
    {"standby", STANDBY_VALUES, standbys},
    {"step", STANDBY_STEPS, standby_step_names},
    {"use", USE_VALUES, uses},
    {"cluster", STANDBY_WORLDS, standby_worlds},
    {"answer", RESULT_VALUES, results},
};
