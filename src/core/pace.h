/* Pacing and deadlines: every number of the core, with its unit and why. Monotonic microseconds. */
#pragma once

#include "base/timefmt.h"

/* How often to look: while something is under way, and at rest. VVP polls every 3 s. */
#define LOOK_BUSY_US           (3 * US_PER_MS) /* and ever more seldom, see pace_look_us */
#define LOOK_SLOW_US           (1 * US_PER_S)
#define WAIT_LONG_US           (20 * US_PER_S)   /* the start of a JVM on a busy machine */
#define LOOK_PATIENT_US        (200 * US_PER_MS) /* at what is not what is waited for */
#define LOOK_REST_US           (2 * US_PER_S)
#define LOOK_STATS_US          (1 * US_PER_S)  /* until what they tell is recorded */
#define LOOK_STATS_REST_US     (15 * US_PER_S) /* for the restore hint */
#define LOOK_ARTIFACT_AGAIN_US (10 * US_PER_S) /* after a refusal: it may be mended */
#define LOOK_SNAPSHOT_AGAIN_US (2 * US_PER_S)
#define NOTE_RESTARTS_US       (10 * US_PER_S) /* one write in so long, in a loop too */
/* An observation without an answer for so long is asked again. */
#define LOOK_LOST_US (30 * US_PER_S)
/* A sight older than this decides nothing. */
#define SIGHT_FRESH_US (10 * US_PER_S)
/* A submission whose JobManager is dead by then: its main() has hardly begun. */
#define LOST_AT_ONCE_US (1 * US_PER_S)
/* Verification of the snapshot to restore must be younger than this when the job is submitted. */
#define VERIFIED_FRESH_US (60 * US_PER_S)

/* Deadlines of intents. */
#define DEADLINE_PROVISION_US (180 * US_PER_S)
#define DEADLINE_UPLOAD_US    (60 * US_PER_S)
#define DEADLINE_SUBMIT_US    (120 * US_PER_S)
/* The daemon that submitted is no more: most programs have handed over their job by then. */
#define DEADLINE_UNHEARD_SUBMIT_US (10 * US_PER_S)
#define DEADLINE_SAVEPOINT_US \
    (660 * US_PER_S)                          /* Flink's own execution.checkpointing.timeout: 600 */
#define DEADLINE_CANCEL_US   (180 * US_PER_S) /* Flink's own task.cancellation.timeout: 180 */
#define DEADLINE_TEARDOWN_US (30 * US_PER_S)
#define DEADLINE_DISCARD_US  (60 * US_PER_S)
#define DEADLINE_PLAN_US     (60 * US_PER_S) /* main() up to execute() */
/* Other waits. */
#define WAIT_SAVEPOINTABLE_US (60 * US_PER_S) /* until a try is spent on a job that is not up */
#define WAIT_STATISTICS_US    (20 * US_PER_S) /* for the last statistics of a JobManager */
#define WAIT_LISTING_US       (60 * US_PER_S) /* for the directories of an attempt that is gone */
#define UNSEEN_US             (10 * US_PER_S) /* until health is Unknown */

/* How often to look at what has been waited for since `waited`, so that noticing late costs little:
 * every 3 ms at first, then a 1000th of the wait, and a 50th when it lasts longer than any that goes
 * well. All Deployments that wait for something (`under_way`, this one too) share 333 looks a
 * second, so that a thousand of them flood nobody; a look a second is never refused. */
int64_t pace_look_us(int64_t waited, int64_t under_way);

/* Exponential back-off after n failures in a row: 1 s x 2, at most 60 s, jitter of up to a quarter
 * from `seed`, so that Deployments do not march in step. n = 0 gives 0. */
int64_t pace_backoff_us(int64_t n, int64_t seed);
