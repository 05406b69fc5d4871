/* The table. See rules.h; checked over the whole fact space by tests/exhaustive. */
#include "core/rules.h"

#define IS(value) ((fact_set)(1U << (value)))
#define NOT(...)  ((fact_set)(0xFFFFU & ~(unsigned)(__VA_ARGS__)))

#define STOPPED_WANTED (IS(WANT_SUSPEND) | IS(WANT_CANCEL))
#define MAY_RUN        (IS(PHASE_SUBMITTED) | IS(PHASE_UP))
#define NOT_STARTED    (IS(PHASE_RESERVED) | IS(PHASE_PROVISIONED))
#define CLUSTER_DEAD   (IS(WORLD_HALFDEAD) | IS(WORLD_NOTHING))
#define FINAL          (IS(SIGHT_FINISHED) | IS(SIGHT_CANCELED) | IS(SIGHT_FAILED))
#define LIVE           (IS(SIGHT_STARTING) | IS(SIGHT_UP) | IS(SIGHT_RESTARTING))
#define EDITED         (IS(DRIFT_STATELESS) | IS(DRIFT_STATEFUL))
#define NO_SUCCESS \
    (IS(RESULT_REFUSED) | IS(RESULT_UNKNOWN) | IS(RESULT_OVERDUE) | IS(RESULT_PARTIAL))
#define STARTABLE (IS(CHOICE_VERIFIED) | IS(CHOICE_EMPTY))

/* clang-format off */
const struct rule rules[] = {
/* ---- 100: do not act blind ------------------------------------------------------------------ */
{ 100, .world = IS(WORLD_NEWER),
       .then = ACTION_HALT, .why = "an attempt exists that this record does not know: the record is older than the world" },
{ 102, .world = IS(WORLD_UNKNOWN),
       .then = ACTION_LOOK, .why = "what exists has not been seen since the last decision" },
{ 106, .world = IS(WORLD_LEFTOVER), .phase = NOT(IS(PHASE_READ)), .intent = IS(INTENT_NONE),
       .then = ACTION_SWEEP, .why = "something of an attempt that is over is still alive" },
{ 108, .world = IS(WORLD_LEFTOVER), .phase = NOT(IS(PHASE_READ)), .intent = IS(INTENT_TEARDOWN), .result = NO_SUCCESS,
       .then = ACTION_CALL_AGAIN, .why = "whether the leftovers were told to end is not known" },

/* ---- 200: finish what was begun ------------------------------------------------------------- */
{ 200, .intent = IS(INTENT_PROVISION), .phase = NOT_STARTED, .want = STOPPED_WANTED,
       .then = ACTION_ABANDON, .why = "nothing was submitted and the job is no longer wanted" },
{ 201, .intent = IS(INTENT_PROVISION), .phase = NOT_STARTED, .world = IS(WORLD_READY),
       .then = ACTION_NOTE_PROVISIONED, .why = "the JobManager answers and lists exactly this attempt's TaskManagers" },
{ 202, .intent = IS(INTENT_PROVISION), .phase = NOT_STARTED, .result = IS(RESULT_REFUSED) | IS(RESULT_OVERDUE),
       .then = ACTION_SETBACK, .why = "the cluster cannot be had just now, which is not the job's fault" },
{ 203, .intent = IS(INTENT_PROVISION), .phase = NOT_STARTED, .world = IS(WORLD_HALFDEAD),
       .then = ACTION_FAIL_START, .why = "the JobManager ended before the job could be submitted" },
{ 204, .intent = IS(INTENT_PROVISION), .phase = MAY_RUN, .world = IS(WORLD_READY) | CLUSTER_DEAD,
       .then = ACTION_DROP_INTENT, .why = "the TaskManagers are back, or there is nothing left to give them to" },
{ 205, .intent = IS(INTENT_PROVISION), .phase = MAY_RUN, .job = FINAL | IS(SIGHT_ABSENT),
       .then = ACTION_DROP_INTENT, .why = "the job needs no TaskManagers any more" },
{ 206, .intent = IS(INTENT_PROVISION), .phase = MAY_RUN, .want = IS(WANT_CANCEL),
       .then = ACTION_DROP_INTENT, .why = "the job is to be cancelled" },
{ 207, .intent = IS(INTENT_PROVISION), .phase = MAY_RUN, .result = IS(RESULT_REFUSED) | IS(RESULT_OVERDUE),
       .then = ACTION_DROP_INTENT, .why = "TaskManagers could not be replaced; it is tried again after a pause" },
{ 208, .intent = IS(INTENT_PROVISION), .result = IS(RESULT_UNKNOWN),
       .then = ACTION_CALL_AGAIN, .why = "whether the cluster was asked for is not known, and asking twice is harmless" },
{ 209, .intent = IS(INTENT_PROVISION),
       .then = ACTION_LOOK, .why = "the cluster is starting" },

{ 220, .intent = IS(INTENT_UPLOAD), .phase = NOT_STARTED, .want = STOPPED_WANTED,
       .then = ACTION_ABANDON, .why = "nothing was submitted and the job is no longer wanted" },
{ 221, .intent = IS(INTENT_UPLOAD), .phase = NOT_STARTED, .world = CLUSTER_DEAD,
       .then = ACTION_SETBACK, .why = "the JobManager ended before it had the jar" },
{ 222, .intent = IS(INTENT_UPLOAD), .phase = NOT_STARTED, .result = IS(RESULT_DONE),
       .then = ACTION_NOTE_UPLOADED, .why = "this very JobManager has the jar" },
{ 224, .intent = IS(INTENT_UPLOAD), .phase = NOT_STARTED, .result = IS(RESULT_REFUSED) | IS(RESULT_OVERDUE),
       .then = ACTION_SETBACK, .why = "the jar could not be handed to the JobManager" },
{ 226, .intent = IS(INTENT_UPLOAD), .result = IS(RESULT_UNKNOWN) | IS(RESULT_PARTIAL),
       .then = ACTION_CALL_AGAIN, .why = "whether the jar arrived is not known, and a second copy is harmless" },
{ 228, .intent = IS(INTENT_UPLOAD),
       .then = ACTION_LOOK, .why = "the jar is on its way" },

{ 230, .intent = IS(INTENT_SUBMIT), .job = LIVE | FINAL,
       .then = ACTION_NOTE_SUBMITTED, .why = "its JobManager lists the job, whatever the submission was answered" },
{ 232, .intent = IS(INTENT_SUBMIT), .world = CLUSTER_DEAD,
       .then = ACTION_NOTE_LOST, .why = "the JobManager that the job was sent to has ended" },
{ 234, .intent = IS(INTENT_SUBMIT), .job = IS(SIGHT_ABSENT), .result = IS(RESULT_REFUSED),
       .then = ACTION_FAIL_START, .why = "Flink refused the job, and the JobManager it was sent to does not list it" },
{ 236, .intent = IS(INTENT_SUBMIT), .job = IS(SIGHT_ABSENT), .result = IS(RESULT_OVERDUE),
       .then = ACTION_FAIL_START, .why = "the job is not there by the deadline; ending its cluster makes sure of it" },
{ 237, .intent = IS(INTENT_SUBMIT), .job = IS(SIGHT_ABSENT), .result = IS(RESULT_UNKNOWN) | IS(RESULT_PARTIAL),
       .then = ACTION_LOOK, .why = "whether it arrived is not known: the program may be running, and must not run twice" },
{ 239, .intent = IS(INTENT_SUBMIT),
       .then = ACTION_LOOK, .why = "the job was submitted" },

{ 240, .intent = IS(INTENT_STOP), .result = IS(RESULT_DONE),
       .then = ACTION_NOTE_SAVEPOINT, .why = "the savepoint is complete and read to its end" },
{ 242, .intent = IS(INTENT_STOP), .result = IS(RESULT_PARTIAL),
       .then = ACTION_CANCEL_AFTER_SAVEPOINT, .why = "the savepoint is complete and nothing newer exists, but the job was not stopped" },
{ 244, .intent = IS(INTENT_STOP), .want = IS(WANT_CANCEL), .job = LIVE | IS(SIGHT_UNKNOWN),
       .then = ACTION_SUPERSEDE_BY_CANCEL, .why = "the user asked for a cancel, which needs no snapshot" },
{ 246, .intent = IS(INTENT_STOP), .result = IS(RESULT_REFUSED),
       .then = ACTION_NOTE_TRY_FAILED, .why = "the savepoint failed; the job runs on" },
{ 248, .intent = IS(INTENT_STOP), .world = CLUSTER_DEAD,
       .then = ACTION_NOTE_LOST, .why = "the JobManager ended while it was asked to stop the job" },
{ 250, .intent = IS(INTENT_STOP), .job = IS(SIGHT_CANCELED) | IS(SIGHT_FAILED),
       .then = ACTION_NOTE_END, .why = "the job ended while it was asked to stop" },
{ 251, .intent = IS(INTENT_STOP), .job = IS(SIGHT_FINISHED), .result = IS(RESULT_OVERDUE),
       .then = ACTION_NOTE_END, .why = "the job finished and its JobManager cannot say where the savepoint is: the directory will" },
{ 252, .intent = IS(INTENT_STOP), .job = IS(SIGHT_ABSENT),
       .then = ACTION_NOTE_LOST, .why = "its JobManager does not know the job any more" },
{ 254, .intent = IS(INTENT_STOP), .result = IS(RESULT_OVERDUE),
       .then = ACTION_NOTE_TRY_FAILED, .why = "no savepoint by the deadline; the job runs on" },
{ 256, .intent = IS(INTENT_STOP), .result = IS(RESULT_UNKNOWN), .job = LIVE,
       .then = ACTION_CALL_AGAIN, .why = "whether the trigger arrived is not known, and the same trigger id starts nothing twice" },
{ 258, .intent = IS(INTENT_STOP),
       .then = ACTION_LOOK, .why = "the savepoint is being taken" },

{ 260, .intent = IS(INTENT_SAVEPOINT), .result = IS(RESULT_DONE),
       .then = ACTION_NOTE_SAVEPOINT, .why = "the savepoint is complete and read to its end" },
{ 261, .intent = IS(INTENT_SAVEPOINT), .world = CLUSTER_DEAD,
       .then = ACTION_NOTE_LOST, .why = "the JobManager ended while it took a savepoint" },
{ 262, .intent = IS(INTENT_SAVEPOINT), .job = FINAL,
       .then = ACTION_NOTE_END, .why = "the job ended while a savepoint was taken" },
{ 263, .intent = IS(INTENT_SAVEPOINT), .job = IS(SIGHT_ABSENT),
       .then = ACTION_NOTE_LOST, .why = "its JobManager does not know the job any more" },
{ 264, .intent = IS(INTENT_SAVEPOINT), .want = IS(WANT_CANCEL),
       .then = ACTION_SUPERSEDE_BY_CANCEL, .why = "the user asked for a cancel, which needs no snapshot" },
{ 266, .intent = IS(INTENT_SAVEPOINT), .result = IS(RESULT_REFUSED) | IS(RESULT_OVERDUE) | IS(RESULT_PARTIAL),
       .then = ACTION_NOTE_SAVEPOINT_FAILED, .why = "the savepoint failed; the job runs on" },
{ 267, .intent = IS(INTENT_SAVEPOINT), .result = IS(RESULT_UNKNOWN), .job = LIVE,
       .then = ACTION_CALL_AGAIN, .why = "whether the trigger arrived is not known, and the same trigger id starts nothing twice" },
{ 268, .intent = IS(INTENT_SAVEPOINT),
       .then = ACTION_LOOK, .why = "the savepoint is being taken" },

{ 270, .intent = IS(INTENT_CANCEL), .job = FINAL,
       .then = ACTION_NOTE_END, .why = "the job has ended" },
{ 272, .intent = IS(INTENT_CANCEL), .world = CLUSTER_DEAD,
       .then = ACTION_NOTE_LOST, .why = "the JobManager has ended" },
{ 273, .intent = IS(INTENT_CANCEL), .job = IS(SIGHT_ABSENT),
       .then = ACTION_NOTE_LOST, .why = "its JobManager does not know the job any more" },
{ 274, .intent = IS(INTENT_CANCEL), .result = IS(RESULT_OVERDUE),
       .then = ACTION_END_BY_TEARDOWN, .why = "the job does not react to its cancellation by the deadline" },
{ 276, .intent = IS(INTENT_CANCEL), .result = IS(RESULT_UNKNOWN) | IS(RESULT_REFUSED) | IS(RESULT_PARTIAL),
       .then = ACTION_CALL_AGAIN, .why = "whether the cancellation arrived is not known, and a second one is harmless" },
{ 278, .intent = IS(INTENT_CANCEL),
       .then = ACTION_LOOK, .why = "the job is being cancelled" },

{ 279, .intent = IS(INTENT_TEARDOWN), .phase = IS(PHASE_READ), .world = NOT(IS(WORLD_NOTHING)), .evidence = NOT(IS(EVIDENCE_READY)), .result = IS(RESULT_UNKNOWN),
       .then = ACTION_DROP_INTENT, .why = "its cluster may not have been told to end, and the job that was given up may have started since" },
{ 280, .intent = IS(INTENT_TEARDOWN), .phase = IS(PHASE_READ), .world = IS(WORLD_NOTHING),
       .then = ACTION_NOTE_GONE, .why = "every process of the attempt is proven gone" },
{ 281, .intent = IS(INTENT_TEARDOWN), .phase = NOT(IS(PHASE_READ)), .world = NOT(IS(WORLD_LEFTOVER)),
       .then = ACTION_DROP_INTENT, .why = "the leftovers are proven gone" },
{ 282, .intent = IS(INTENT_TEARDOWN), .result = NO_SUCCESS,
       .then = ACTION_CALL_AGAIN, .why = "whether the cluster was told to end is not known, and telling it twice is harmless" },
{ 284, .intent = IS(INTENT_TEARDOWN),
       .then = ACTION_LOOK, .why = "the cluster is ending" },

{ 290, .intent = IS(INTENT_DISCARD), .result = IS(RESULT_DONE),
       .then = ACTION_NOTE_DISCARDED, .why = "the snapshot's data is gone" },
{ 292, .intent = IS(INTENT_DISCARD), .result = IS(RESULT_REFUSED) | IS(RESULT_OVERDUE) | IS(RESULT_PARTIAL),
       .then = ACTION_NOTE_DISCARD_FAILED, .why = "the snapshot's data could not be removed" },
{ 294, .intent = IS(INTENT_DISCARD), .result = IS(RESULT_UNKNOWN),
       .then = ACTION_CALL_AGAIN, .why = "whether the data was removed is not known, and removing it twice is harmless" },
{ 296, .intent = IS(INTENT_DISCARD),
       .then = ACTION_LOOK, .why = "the snapshot's data is being removed" },

/* ---- 300: the end of an attempt ------------------------------------------------------------- */
{ 300, .phase = MAY_RUN, .job = FINAL,
       .then = ACTION_NOTE_END, .why = "its JobManager says that the job has ended" },
{ 302, .phase = MAY_RUN, .world = CLUSTER_DEAD,
       .then = ACTION_NOTE_LOST, .why = "the JobManager is proven dead, and the job with it" },
{ 304, .phase = MAY_RUN, .job = IS(SIGHT_ABSENT),
       .then = ACTION_NOTE_LOST, .why = "its JobManager does not know the job any more" },
{ 306, .phase = NOT_STARTED, .world = CLUSTER_DEAD,
       .then = ACTION_SETBACK, .why = "the empty cluster ended before the job was submitted" },
{ 310, .phase = IS(PHASE_ENDED), .evidence = IS(EVIDENCE_READY) | IS(EVIDENCE_CONFLICT),
       .then = ACTION_NOTE_READ, .why = "its JobManager has told all it knows" },
{ 312, .phase = IS(PHASE_ENDED), .world = CLUSTER_DEAD,
       .then = ACTION_NOTE_READ, .why = "its JobManager can tell nothing any more" },
{ 314, .phase = IS(PHASE_ENDED),
       .then = ACTION_LOOK, .why = "its JobManager's last statistics are being read" },
{ 316, .phase = IS(PHASE_READ), .intent = IS(INTENT_NONE), .evidence = IS(EVIDENCE_CONFLICT),
       .then = ACTION_NOTE_LATE_START, .why = "the job that was given up has started after all: its JobManager lists it" },
{ 318, .phase = IS(PHASE_READ), .intent = IS(INTENT_NONE), .evidence = IS(EVIDENCE_NONE), .world = NOT(CLUSTER_DEAD),
       .then = ACTION_LOOK, .why = "whether the job that was given up has started after all is looked at before its cluster is ended" },
{ 320, .phase = IS(PHASE_READ), .world = IS(WORLD_NOTHING),
       .then = ACTION_NOTE_GONE, .why = "every process of the attempt is proven gone" },
{ 322, .phase = IS(PHASE_READ),
       .then = ACTION_TEARDOWN, .why = "all that its JobManager can tell is recorded" },
{ 330, .phase = IS(PHASE_GONE), .evidence = IS(EVIDENCE_READY),
       .then = ACTION_COLLECT, .why = "nothing can write any more, and what is left agrees with what was said" },
{ 332, .phase = IS(PHASE_GONE), .evidence = IS(EVIDENCE_CONFLICT),
       .then = ACTION_BLOCK_EVIDENCE, .why = "which snapshot is the newest cannot be established" },
{ 334, .phase = IS(PHASE_GONE),
       .then = ACTION_LOOK, .why = "what the attempt left behind is being read" },

/* ---- 400: stop for a reason ----------------------------------------------------------------- */
{ 400, .phase = NOT_STARTED, .want = STOPPED_WANTED,
       .then = ACTION_ABANDON, .why = "nothing was submitted and the job is no longer wanted" },
{ 402, .phase = NOT_STARTED, .drift = NOT(IS(DRIFT_NONE)),
       .then = ACTION_ABANDON, .why = "nothing was submitted and something newer is wanted" },
{ 404, .phase = MAY_RUN, .request = IS(REQUEST_SAVEPOINT), .pace = IS(PACE_LATE),
       .then = ACTION_NOTE_SAVEPOINT_FAILED, .why = "not all tasks ran until the deadline of the savepoint" },
{ 406, .phase = IS(PHASE_SUBMITTED), .job = IS(SIGHT_UP),
       .then = ACTION_NOTE_UP, .why = "the job is RUNNING with all its tasks" },
{ 408, .phase = IS(PHASE_UP), .evidence = IS(EVIDENCE_READY) | IS(EVIDENCE_CONFLICT),
       .then = ACTION_NOTE_EVIDENCE, .why = "Flink says what the job was restored from, where it checkpoints, or how often it restarted" },
{ 409, .phase = MAY_RUN, .want = IS(WANT_SUSPEND), .pace = IS(PACE_LATE),
       .then = ACTION_SPEND_TRY, .why = "not all tasks ran until the deadline of this try" },
{ 410, .phase = MAY_RUN, .want = IS(WANT_CANCEL),
       .then = ACTION_CANCEL, .why = "the user asked for CANCELLED, which takes no snapshot" },
{ 411, .phase = MAY_RUN, .drift = IS(DRIFT_STATEFUL), .preflight = IS(PREFLIGHT_OK), .pace = IS(PACE_LATE),
       .then = ACTION_SPEND_TRY, .why = "not all tasks ran until the deadline of this try" },
{ 412, .phase = MAY_RUN, .world = IS(WORLD_SHORT), .pace = NOT(IS(PACE_WAIT)),
       .then = ACTION_REPLACE, .why = "TaskManagers are missing; Flink restarts the job itself once they are back" },
{ 414, .phase = MAY_RUN, .request = IS(REQUEST_SAVEPOINT), .job = IS(SIGHT_UP),
       .then = ACTION_SAVEPOINT, .why = "the user asked for a savepoint" },
{ 418, .phase = NOT(MAY_RUN), .request = IS(REQUEST_SAVEPOINT),
       .then = ACTION_NOTE_SAVEPOINT_FAILED, .why = "there is no job to take a savepoint of" },

{ 420, .phase = MAY_RUN, .want = IS(WANT_SUSPEND), .pace = IS(PACE_SPENT),
       .then = ACTION_GIVE_UP, .why = "no savepoint succeeded; the job keeps running as it was" },
{ 422, .phase = MAY_RUN, .want = IS(WANT_SUSPEND), .job = IS(SIGHT_UP), .pace = IS(PACE_GO),
       .then = ACTION_STOP, .why = "the user asked for SUSPENDED, which takes a savepoint before it stops the job" },
{ 424, .phase = MAY_RUN, .want = IS(WANT_SUSPEND),
       .then = ACTION_LOOK, .why = "a savepoint needs all tasks running, and a pause after a failed one" },

{ 428, .phase = MAY_RUN, .drift = EDITED, .pace = IS(PACE_SPENT),
       .then = ACTION_GIVE_UP, .why = "no savepoint succeeded; the job keeps running as it was" },
{ 430, .phase = MAY_RUN, .drift = EDITED, .preflight = IS(PREFLIGHT_REFUSED),
       .then = ACTION_BLOCK_PREFLIGHT, .why = "what is wanted could not start; the job keeps running as it was" },
{ 432, .phase = MAY_RUN, .drift = EDITED, .preflight = IS(PREFLIGHT_UNKNOWN),
       .then = ACTION_LOOK, .why = "what is wanted is checked before the running job is stopped" },
{ 433, .phase = MAY_RUN, .drift = EDITED, .standby = IS(STANDBY_DUE),
       .then = ACTION_LOOK, .why = "the next attempt's cluster is made ready before the running job is stopped" },
{ 434, .phase = MAY_RUN, .drift = IS(DRIFT_STATELESS),
       .then = ACTION_CANCEL, .why = "what runs was edited; a stateless upgrade takes no snapshot" },
{ 442, .phase = MAY_RUN, .drift = IS(DRIFT_STATEFUL), .job = IS(SIGHT_UP), .pace = IS(PACE_GO),
       .then = ACTION_STOP, .why = "what runs was edited; a stateful upgrade takes a savepoint before it stops the job" },
{ 444, .phase = MAY_RUN, .drift = IS(DRIFT_STATEFUL),
       .then = ACTION_LOOK, .why = "a savepoint needs all tasks running, and a pause after a failed one" },
{ 450, .phase = IS(PHASE_UP) | IS(PHASE_NONE) | IS(PHASE_DONE), .request = IS(REQUEST_DISCARD),
       .then = ACTION_DISCARD, .why = "a snapshot's deletion was asked for, or retention lets it go, and nobody needs it" },

/* ---- 500: start ----------------------------------------------------------------------------- */
{ 500, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .pace = IS(PACE_SPENT),
       .then = ACTION_GIVE_UP, .why = "the job failed too often" },
{ 502, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .pace = IS(PACE_WAIT),
       .then = ACTION_LOOK, .why = "the next start waits after a failure" },
{ 504, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .preflight = IS(PREFLIGHT_REFUSED),
       .then = ACTION_BLOCK_PREFLIGHT, .why = "what is wanted could not start" },
{ 505, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .preflight = IS(PREFLIGHT_UNKNOWN),
       .then = ACTION_LOOK, .why = "what is wanted is checked before it is started" },
{ 506, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .choice = IS(CHOICE_UNKNOWN),
       .then = ACTION_LOOK, .why = "the snapshot to restore from is being verified" },
{ 507, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .choice = IS(CHOICE_FORBIDDEN) | IS(CHOICE_BAD),
       .then = ACTION_BLOCK_CHOICE, .why = "there is no snapshot that it may start from" },
{ 508, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .choice = IS(CHOICE_UNREAD),
       .then = ACTION_REOPEN, .why = "an attempt that is over may have left a newer snapshot, which was never read" },
{ 509, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .standby = IS(STANDBY_IDLE),
       .then = ACTION_LOOK, .why = "a standby that is of no use is being taken down" },
{ 510, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .world = IS(WORLD_NOTHING), .choice = STARTABLE, .standby = IS(STANDBY_NONE) | IS(STANDBY_DUE),
       .then = ACTION_RESERVE, .why = "it should run, and nothing of it does" },
{ 511, .phase = IS(PHASE_NONE), .want = IS(WANT_RUN), .world = IS(WORLD_NOTHING), .choice = STARTABLE,
       .then = ACTION_ADOPT, .why = "it should run, nothing of it does, and its cluster stands ready" },
{ 520, .phase = IS(PHASE_RESERVED), .world = IS(WORLD_READY),
       .then = ACTION_UPLOAD, .why = "the cluster is up and empty" },
{ 522, .phase = NOT_STARTED, .world = IS(WORLD_SHORT),
       .then = ACTION_REPLACE, .why = "the empty cluster is not complete" },
{ 524, .phase = NOT_STARTED, .world = IS(WORLD_STARTING),
       .then = ACTION_LOOK, .why = "the empty cluster does not list its TaskManagers just now" },
{ 530, .phase = IS(PHASE_PROVISIONED), .choice = IS(CHOICE_UNKNOWN),
       .then = ACTION_LOOK, .why = "the snapshot to restore from is being verified" },
{ 532, .phase = IS(PHASE_PROVISIONED), .choice = NOT(IS(CHOICE_UNKNOWN) | STARTABLE),
       .then = ACTION_ABANDON, .why = "there is no snapshot that it may start from" },
{ 534, .phase = IS(PHASE_PROVISIONED), .world = IS(WORLD_READY), .choice = STARTABLE,
       .then = ACTION_SUBMIT, .why = "the cluster is up, every lower attempt is over, and what to restore is verified" },

/* ---- 600: rest ------------------------------------------------------------------------------ */
{ 600, .phase = MAY_RUN, .job = IS(SIGHT_UP), .drift = IS(DRIFT_PENDING),
       .then = ACTION_REST, .why = "it runs; the edit is pending, as upgrade strategy NONE asks" },
{ 602, .phase = MAY_RUN, .job = IS(SIGHT_UP),
       .then = ACTION_REST, .why = "it runs as wanted" },
{ 604, .phase = MAY_RUN, .job = IS(SIGHT_RESTARTING) | IS(SIGHT_STARTING),
       .then = ACTION_REST, .why = "Flink is bringing the job's tasks up" },
{ 606, .phase = MAY_RUN, .job = IS(SIGHT_UNKNOWN),
       .then = ACTION_REST, .why = "the job cannot be seen, which does not mean that it is dead" },
{ 610, .phase = IS(PHASE_DONE),
       .then = ACTION_REST, .why = "the job finished by itself" },
{ 620, .phase = IS(PHASE_NONE), .world = IS(WORLD_NOTHING), .want = STOPPED_WANTED, .request = IS(REQUEST_REMOVE), .standby = IS(STANDBY_NONE),
       .then = ACTION_REMOVE, .why = "it is to be deleted, and nothing of it runs" },
{ 622, .phase = IS(PHASE_NONE), .want = IS(WANT_SUSPEND),
       .then = ACTION_REST, .why = "it is suspended" },
{ 624, .phase = IS(PHASE_NONE), .want = IS(WANT_CANCEL),
       .then = ACTION_REST, .why = "it is cancelled" },
{ 690, .then = ACTION_LOOK, .why = "nothing can be decided from what is seen" },

/* ---- 700: the standby, asked when nothing above changes anything ------------------------------ */
{ 700, .step = NOT(IS(STANDBY_STEP_NONE)), .cluster = IS(STANDBY_UNKNOWN),
       .then = ACTION_LOOK, .why = "what exists of the standby has not been seen since the last decision" },
{ 702, .step = IS(STANDBY_STEP_END), .cluster = IS(STANDBY_GONE),
       .then = ACTION_STANDBY_NOTE_GONE, .why = "every process of the standby is proven gone" },
{ 704, .step = IS(STANDBY_STEP_END), .answer = NO_SUCCESS,
       .then = ACTION_STANDBY_CALL_AGAIN, .why = "whether the standby was told to end is not known, and telling it twice is harmless" },
{ 706, .step = IS(STANDBY_STEP_END),
       .then = ACTION_LOOK, .why = "the standby is ending" },
{ 710, .step = NOT(IS(STANDBY_STEP_NONE)), .use = IS(USE_NONE),
       .then = ACTION_STANDBY_END, .why = "nobody needs the standby any more" },
{ 712, .step = NOT(IS(STANDBY_STEP_NONE)), .cluster = IS(STANDBY_DEAD),
       .then = ACTION_STANDBY_GIVE_UP, .why = "the standby's JobManager has ended" },
{ 714, .step = IS(STANDBY_STEP_UPLOAD) | IS(STANDBY_STEP_WARM) | IS(STANDBY_STEP_READY), .cluster = IS(STANDBY_GONE) | IS(STANDBY_SHORT),
       .then = ACTION_STANDBY_GIVE_UP, .why = "processes of the standby have ended" },
{ 720, .step = IS(STANDBY_STEP_PROVISION), .cluster = IS(STANDBY_UP),
       .then = ACTION_STANDBY_UPLOAD, .why = "the standby's JobManager answers and lists exactly its TaskManagers" },
{ 722, .step = IS(STANDBY_STEP_PROVISION), .answer = IS(RESULT_REFUSED) | IS(RESULT_OVERDUE),
       .then = ACTION_STANDBY_GIVE_UP, .why = "the standby's cluster cannot be had beside the running job" },
{ 724, .step = IS(STANDBY_STEP_PROVISION), .answer = IS(RESULT_UNKNOWN) | IS(RESULT_PARTIAL),
       .then = ACTION_STANDBY_CALL_AGAIN, .why = "whether the standby was asked for is not known, and asking twice is harmless" },
{ 726, .step = IS(STANDBY_STEP_PROVISION),
       .then = ACTION_LOOK, .why = "the standby's cluster is starting" },
{ 730, .step = IS(STANDBY_STEP_UPLOAD), .answer = IS(RESULT_DONE),
       .then = ACTION_STANDBY_WARM, .why = "the standby has the jar" },
{ 732, .step = IS(STANDBY_STEP_UPLOAD), .answer = IS(RESULT_REFUSED) | IS(RESULT_OVERDUE),
       .then = ACTION_STANDBY_GIVE_UP, .why = "the jar could not be handed to the standby" },
{ 734, .step = IS(STANDBY_STEP_UPLOAD), .answer = IS(RESULT_UNKNOWN) | IS(RESULT_PARTIAL),
       .then = ACTION_STANDBY_CALL_AGAIN, .why = "whether the jar arrived is not known, and a second copy is harmless" },
{ 736, .step = IS(STANDBY_STEP_UPLOAD),
       .then = ACTION_LOOK, .why = "the jar is on its way to the standby" },
{ 740, .step = IS(STANDBY_STEP_WARM), .answer = IS(RESULT_DONE),
       .then = ACTION_STANDBY_NOTE_READY, .why = "the standby made the job's plan" },
{ 742, .step = IS(STANDBY_STEP_WARM), .answer = IS(RESULT_REFUSED) | IS(RESULT_OVERDUE),
       .then = ACTION_STANDBY_REFUSE, .why = "the job's plan cannot be made: it could not start" },
{ 744, .step = IS(STANDBY_STEP_WARM),
       .then = ACTION_LOOK, .why = "the standby is making the job's plan" },
{ 750, .step = IS(STANDBY_STEP_READY),
       .then = ACTION_REST, .why = "the standby waits for its turn" },
{ 760, .use = IS(USE_BEGIN),
       .then = ACTION_STANDBY_BEGIN, .why = "what runs was edited, and its successor's cluster is to stand ready before it stops" },
{ 790, .then = ACTION_REST, .why = "no standby is needed" },
};
/* clang-format on */

const size_t n_rules = sizeof(rules) / sizeof(rules[0]);

const struct rule_section rule_sections[] = {
    {100, "Do not act blind"},
    {200, "Finish what was begun"},
    {300, "The end of an attempt"},
    {400, "Stop for a reason"},
    {500, "Start"},
    {600, "Rest"},
    {SECTION_STANDBY, "The standby"},
};
const size_t n_rule_sections = sizeof(rule_sections) / sizeof(rule_sections[0]);

static bool allows(fact_set set, unsigned value)
{
    return set == 0 || (set >> value & 1U);
}

const struct rule *rules_match(const struct facts *f)
{
    for (const struct rule *r = rules;; r++)
        if (allows(r->phase, f->phase) && allows(r->intent, f->intent) &&
            allows(r->world, f->world) && allows(r->job, f->job) && allows(r->want, f->want) &&
            allows(r->result, f->result) && allows(r->drift, f->drift) &&
            allows(r->evidence, f->evidence) && allows(r->choice, f->choice) &&
            allows(r->preflight, f->preflight) && allows(r->pace, f->pace) &&
            allows(r->request, f->request) && allows(r->standby, f->standby))
            return r;
}

const struct rule *rules_match_standby(const struct standby_facts *f)
{
    const struct rule *r = rules;
    while (r->number < SECTION_STANDBY)
        r++;
    for (;; r++)
        if (allows(r->step, f->step) && allows(r->use, f->use) && allows(r->cluster, f->world) &&
            allows(r->answer, f->result))
            return r;
}

const struct rule *rules_find(int number)
{
    for (size_t i = 0; i < n_rules; i++)
        if (rules[i].number == number)
            return &rules[i];
    return NULL;
}

fact_set rules_column(const struct rule *r, size_t i)
{
    const fact_set columns[FACT_COLUMNS] = {
        r->want,    r->phase,    r->world,  r->job,       r->intent, r->result,
        r->drift,   r->evidence, r->choice, r->preflight, r->pace,   r->request,
        r->standby, r->step,     r->use,    r->cluster,   r->answer,
    };
    return columns[i];
}

const char *action_name(enum action a)
{
    static const char *const names[] = {
        [ACTION_HALT] = "HALT",
        [ACTION_LOOK] = "LOOK",
        [ACTION_CALL_AGAIN] = "CALL_AGAIN",
        [ACTION_NOTE_PROVISIONED] = "NOTE_PROVISIONED",
        [ACTION_SETBACK] = "SETBACK",
        [ACTION_DROP_INTENT] = "DROP_INTENT",
        [ACTION_NOTE_UPLOADED] = "NOTE_UPLOADED",
        [ACTION_NOTE_SUBMITTED] = "NOTE_SUBMITTED",
        [ACTION_FAIL_START] = "FAIL_START",
        [ACTION_NOTE_LATE_START] = "NOTE_LATE_START",
        [ACTION_NOTE_SAVEPOINT] = "NOTE_SAVEPOINT",
        [ACTION_CANCEL_AFTER_SAVEPOINT] = "CANCEL_AFTER_SAVEPOINT",
        [ACTION_NOTE_TRY_FAILED] = "NOTE_TRY_FAILED",
        [ACTION_NOTE_SAVEPOINT_FAILED] = "NOTE_SAVEPOINT_FAILED",
        [ACTION_SUPERSEDE_BY_CANCEL] = "SUPERSEDE_BY_CANCEL",
        [ACTION_END_BY_TEARDOWN] = "END_BY_TEARDOWN",
        [ACTION_NOTE_DISCARDED] = "NOTE_DISCARDED",
        [ACTION_NOTE_DISCARD_FAILED] = "NOTE_DISCARD_FAILED",
        [ACTION_NOTE_END] = "NOTE_END",
        [ACTION_NOTE_LOST] = "NOTE_LOST",
        [ACTION_ABANDON] = "ABANDON",
        [ACTION_NOTE_READ] = "NOTE_READ",
        [ACTION_TEARDOWN] = "TEARDOWN",
        [ACTION_SWEEP] = "SWEEP",
        [ACTION_NOTE_GONE] = "NOTE_GONE",
        [ACTION_COLLECT] = "COLLECT",
        [ACTION_BLOCK_EVIDENCE] = "BLOCK_EVIDENCE",
        [ACTION_NOTE_UP] = "NOTE_UP",
        [ACTION_NOTE_EVIDENCE] = "NOTE_EVIDENCE",
        [ACTION_CANCEL] = "CANCEL",
        [ACTION_STOP] = "STOP",
        [ACTION_SPEND_TRY] = "SPEND_TRY",
        [ACTION_SAVEPOINT] = "SAVEPOINT",
        [ACTION_DISCARD] = "DISCARD",
        [ACTION_REPLACE] = "REPLACE",
        [ACTION_GIVE_UP] = "GIVE_UP",
        [ACTION_BLOCK_PREFLIGHT] = "BLOCK_PREFLIGHT",
        [ACTION_BLOCK_CHOICE] = "BLOCK_CHOICE",
        [ACTION_REOPEN] = "REOPEN",
        [ACTION_RESERVE] = "RESERVE",
        [ACTION_UPLOAD] = "UPLOAD",
        [ACTION_SUBMIT] = "SUBMIT",
        [ACTION_REST] = "REST",
        [ACTION_REMOVE] = "REMOVE",
        [ACTION_ADOPT] = "ADOPT",
        [ACTION_STANDBY_BEGIN] = "STANDBY_BEGIN",
        [ACTION_STANDBY_CALL_AGAIN] = "STANDBY_CALL_AGAIN",
        [ACTION_STANDBY_UPLOAD] = "STANDBY_UPLOAD",
        [ACTION_STANDBY_WARM] = "STANDBY_WARM",
        [ACTION_STANDBY_NOTE_READY] = "STANDBY_NOTE_READY",
        [ACTION_STANDBY_GIVE_UP] = "STANDBY_GIVE_UP",
        [ACTION_STANDBY_REFUSE] = "STANDBY_REFUSE",
        [ACTION_STANDBY_END] = "STANDBY_END",
        [ACTION_STANDBY_NOTE_GONE] = "STANDBY_NOTE_GONE",
    };
    return names[a];
}
