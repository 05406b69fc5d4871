#include "forbidden.h"

#define IS(value)    ((fact_set)(1U << (value)))
#define NOT(...)     ((fact_set)(0xFFFFU & ~(unsigned)(__VA_ARGS__)))
#define DO(action)   (1ULL << ACTION_##action)
#define BUT(actions) (((1ULL << ACTION_VALUES) - 1) & ~(actions))

#define MAY_RUN      (IS(PHASE_SUBMITTED) | IS(PHASE_UP))
#define CLUSTER_DEAD (IS(WORLD_HALFDEAD) | IS(WORLD_NOTHING))
#define FINAL        (IS(SIGHT_FINISHED) | IS(SIGHT_CANCELED) | IS(SIGHT_FAILED))
#define STARTABLE    (IS(CHOICE_VERIFIED) | IS(CHOICE_EMPTY))
#define BLIND        (DO(LOOK) | DO(HALT))
/* Begins an intent of its own. */
#define BEGINS                                                                        \
    (DO(STOP) | DO(SAVEPOINT) | DO(CANCEL) | DO(TEARDOWN) | DO(SWEEP) | DO(DISCARD) | \
     DO(REPLACE) | DO(REOPEN) | DO(RESERVE) | DO(ADOPT) | DO(UPLOAD) | DO(SUBMIT))
/* May end a job that runs. */
#define ENDS_JOB                                                                    \
    (DO(CANCEL) | DO(TEARDOWN) | DO(END_BY_TEARDOWN) | DO(CANCEL_AFTER_SAVEPOINT) | \
     DO(SUPERSEDE_BY_CANCEL) | DO(ABANDON) | DO(FAIL_START) | DO(SETBACK))

/* clang-format off */
const struct forbidden forbidden[] = {
{ "1: one submission, of a provisioned attempt", DO(SUBMIT), { .phase = NOT(IS(PHASE_PROVISIONED)) } },
{ "1: nothing else exists, and the cluster is complete, when the job is submitted", DO(SUBMIT), { .world = NOT(IS(WORLD_READY)) } },
{ "1: a new attempt only when nothing of any exists", DO(RESERVE) | DO(ADOPT), { .world = NOT(IS(WORLD_NOTHING)) } },
{ "1: a new attempt only when the last one is over and its evidence settled", DO(RESERVE) | DO(ADOPT), { .phase = NOT(IS(PHASE_NONE)) } },
{ "1: a new attempt only when no standby exists", DO(RESERVE), { .standby = IS(STANDBY_IDLE) | IS(STANDBY_READY) } },
{ "1: a standby takes over only when it was begun for what is wanted", DO(ADOPT), { .standby = NOT(IS(STANDBY_READY)) } },
{ "1: the program of an attempt runs once", DO(CALL_AGAIN), { .intent = IS(INTENT_SUBMIT) } },
{ "1: an attempt that may run is over only when that is seen", DO(NOTE_LOST), { .world = NOT(CLUSTER_DEAD), .job = NOT(IS(SIGHT_ABSENT)) } },
{ "1: an attempt that may run is over only when that is seen", DO(NOTE_END), { .job = NOT(FINAL) } },
{ "1: an attempt is over only when every process of it is proven gone", DO(NOTE_GONE), { .world = NOT(IS(WORLD_NOTHING)) } },
{ "1: an attempt that may run is not abandoned", DO(ABANDON) | DO(SETBACK), { .phase = NOT(IS(PHASE_RESERVED) | IS(PHASE_PROVISIONED)) } },
{ "1: a submission counts as failed only when its JobManager says so or is dead", DO(FAIL_START), { .job = NOT(IS(SIGHT_ABSENT)), .world = NOT(CLUSTER_DEAD) } },

{ "2: a cancel of its own only for CANCELLED or a stateless upgrade", DO(CANCEL), { .want = IS(WANT_SUSPEND) } },
{ "2: a cancel of its own only for CANCELLED or a stateless upgrade", DO(CANCEL), { .want = IS(WANT_RUN), .drift = NOT(IS(DRIFT_STATELESS)) } },
{ "2: a stateful upgrade or suspension cancels only what has a newest savepoint", DO(CANCEL_AFTER_SAVEPOINT), { .result = NOT(IS(RESULT_PARTIAL)) } },
{ "2: a stateful upgrade or suspension cancels only what has a newest savepoint", DO(CANCEL_AFTER_SAVEPOINT), { .intent = NOT(IS(INTENT_STOP)) } },
{ "2: a savepoint is given up only for a user's cancel", DO(SUPERSEDE_BY_CANCEL), { .want = NOT(IS(WANT_CANCEL)) } },
{ "2: a cluster is ended under a job only after its cancellation was asked for", DO(END_BY_TEARDOWN), { .intent = NOT(IS(INTENT_CANCEL)) } },
{ "2: nothing is torn down before all that its JobManager can tell is recorded", DO(TEARDOWN), { .phase = NOT(IS(PHASE_READ)) } },
{ "2: nor while a job that was given up may have started, or has", DO(TEARDOWN), { .phase = IS(PHASE_READ), .evidence = NOT(IS(EVIDENCE_READY)), .world = NOT(CLUSTER_DEAD) } },
{ "2: nor is its cluster told again to end by who may not have told it before", DO(CALL_AGAIN), { .phase = IS(PHASE_READ), .intent = IS(INTENT_TEARDOWN), .result = IS(RESULT_UNKNOWN), .evidence = NOT(IS(EVIDENCE_READY)) } },
{ "2: what was given up goes on only when its job is listed", DO(NOTE_LATE_START), { .evidence = NOT(IS(EVIDENCE_CONFLICT)) } },
{ "2: what a JobManager can tell is read before it counts as read", DO(NOTE_READ), { .evidence = IS(EVIDENCE_NONE), .world = NOT(CLUSTER_DEAD) } },
{ "2: a stop is asked for where one is wanted", DO(STOP), { .want = IS(WANT_CANCEL) } },
{ "2: a stop is asked for where one is wanted", DO(STOP), { .want = IS(WANT_RUN), .drift = NOT(IS(DRIFT_STATEFUL)) } },
{ "2: a savepoint is asked of a job with all its tasks", DO(STOP) | DO(SAVEPOINT), { .job = NOT(IS(SIGHT_UP)) } },
{ "2: under upgrade NONE an edit stops nothing", ENDS_JOB | DO(STOP), { .want = IS(WANT_RUN), .drift = IS(DRIFT_PENDING), .phase = MAY_RUN, .intent = IS(INTENT_NONE) } },
{ "2: nothing ends a job that runs as wanted", ENDS_JOB | DO(STOP), { .want = IS(WANT_RUN), .drift = IS(DRIFT_NONE), .phase = MAY_RUN, .intent = IS(INTENT_NONE) } },
{ "2: a job that cannot be seen is not stopped by us on our own account", DO(STOP) | DO(SAVEPOINT) | DO(NOTE_UP), { .job = IS(SIGHT_UNKNOWN) } },

{ "3: no start but from what is verified, or empty where that is allowed", DO(SUBMIT) | DO(RESERVE) | DO(ADOPT), { .choice = NOT(STARTABLE) } },
{ "3: what an attempt left behind is registered only when its parts agree", DO(COLLECT), { .evidence = NOT(IS(EVIDENCE_READY)) } },
{ "3: what an attempt left behind is registered only when nothing of it can write", DO(COLLECT), { .phase = NOT(IS(PHASE_GONE)) } },
{ "3: an attempt is read once more only when that decides", DO(REOPEN), { .choice = NOT(IS(CHOICE_UNREAD)) } },
{ "3: an attempt is read once more only when no other is under way", DO(REOPEN), { .phase = NOT(IS(PHASE_NONE)) } },
{ "4: no start that has not been checked", DO(RESERVE) | DO(ADOPT), { .preflight = NOT(IS(PREFLIGHT_OK)) } },
{ "4: a running job is not stopped for what cannot start", DO(STOP) | DO(CANCEL), { .want = IS(WANT_RUN), .preflight = NOT(IS(PREFLIGHT_OK)) } },

{ "4: nor before its standby, where one is asked for", DO(STOP) | DO(CANCEL), { .want = IS(WANT_RUN), .standby = IS(STANDBY_DUE) } },

{ "6: one intent at a time", BEGINS, { .intent = NOT(IS(INTENT_NONE)) } },
{ "6: no call without an intent", DO(CALL_AGAIN) | DO(DROP_INTENT), { .intent = IS(INTENT_NONE) } },
{ "6: a call that may have been sent is not dropped while its job lives", DO(DROP_INTENT), { .intent = IS(INTENT_SUBMIT) | IS(INTENT_STOP) | IS(INTENT_SAVEPOINT) | IS(INTENT_CANCEL) } },
{ "6: an open call is resolved, not rested on", DO(REST) | DO(REMOVE) | DO(GIVE_UP), { .intent = NOT(IS(INTENT_NONE)) } },

{ "7: a world that is newer than the record halts", BUT(DO(HALT)), { .world = IS(WORLD_NEWER) } },
{ "7: a world that is not newer does not halt", DO(HALT), { .world = NOT(IS(WORLD_NEWER)) } },
{ "1: what was not seen is looked at, nothing else", BUT(BLIND), { .world = IS(WORLD_UNKNOWN) } },
{ "8: only leftovers are swept", DO(SWEEP), { .world = NOT(IS(WORLD_LEFTOVER)) } },
{ "8: while something of a lower attempt lives nothing is started", DO(RESERVE) | DO(ADOPT) | DO(SUBMIT) | DO(UPLOAD) | DO(REMOVE), { .world = IS(WORLD_LEFTOVER) } },

{ "9: data is removed only where it was asked for", DO(DISCARD), { .request = NOT(IS(REQUEST_DISCARD)) } },
{ "9: nothing is forgotten while something of it exists", DO(REMOVE), { .world = NOT(IS(WORLD_NOTHING)) } },
{ "9: nothing is forgotten while something of it exists", DO(REMOVE), { .standby = NOT(IS(STANDBY_NONE)) } },
{ "9: nothing is forgotten while something of it exists", DO(REMOVE), { .phase = NOT(IS(PHASE_NONE)) } },
{ "9: a Deployment that should run is not forgotten", DO(REMOVE), { .want = IS(WANT_RUN) } },

{ "10: spent tries never stop a job", DO(STOP), { .pace = NOT(IS(PACE_GO)) } },
{ "10: spent job attempts start nothing, and neither does a back-off", DO(RESERVE) | DO(ADOPT), { .pace = IS(PACE_SPENT) | IS(PACE_WAIT) } },
{ "10: only spent tries are given up", DO(GIVE_UP), { .pace = NOT(IS(PACE_SPENT)) } },
{ "10: spent tries leave the job running", ENDS_JOB, { .pace = IS(PACE_SPENT), .want = IS(WANT_SUSPEND), .phase = MAY_RUN, .intent = IS(INTENT_NONE) } },
{ "10: spent tries leave the job running", ENDS_JOB, { .pace = IS(PACE_SPENT), .want = IS(WANT_RUN), .drift = IS(DRIFT_STATEFUL), .phase = MAY_RUN, .intent = IS(INTENT_NONE) } },

{ "10: spent tries leave the job running", ENDS_JOB, { .pace = IS(PACE_SPENT), .want = IS(WANT_RUN), .drift = IS(DRIFT_STATELESS), .phase = MAY_RUN, .intent = IS(INTENT_NONE) } },
{ "10: a try is spent by its deadline only", DO(SPEND_TRY), { .pace = NOT(IS(PACE_LATE)) } },
{ "10: nothing outruns the deadline of a try", DO(REPLACE) | DO(LOOK), { .pace = IS(PACE_LATE), .want = IS(WANT_SUSPEND), .phase = MAY_RUN, .intent = IS(INTENT_NONE), .world = NOT(IS(WORLD_UNKNOWN)) } },

{ "11: nothing is started that is no longer wanted", DO(RESERVE) | DO(ADOPT) | DO(SUBMIT) | DO(UPLOAD), { .want = NOT(IS(WANT_RUN)) } },
{ "11: nothing is submitted that was edited since", DO(SUBMIT) | DO(UPLOAD), { .drift = NOT(IS(DRIFT_NONE)) } },
{ "11: a cancel does not wait for a savepoint", DO(STOP) | DO(SAVEPOINT) | DO(REPLACE), { .want = IS(WANT_CANCEL) } },
};
/* clang-format on */
const size_t n_forbidden = sizeof(forbidden) / sizeof(forbidden[0]);
