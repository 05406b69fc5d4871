/* What every Flink keeps of port/flink.h, told as stories: the real one over its REST API, and the one
 * that the simulations believe in. Each story begins with no cluster. How long things take and how a
 * cause is worded is nobody's promise, and is not compared. */
#pragma once

#include "flink_rig.h"

/* What a submission runs. */
enum flink_program {
    PROGRAM_RUNS,        /* until it is ended */
    PROGRAM_ENDS,        /* by itself, after some checkpoints */
    PROGRAM_FAILS,       /* again and again, until Flink gives it up */
    PROGRAM_THROWS,      /* before it submits a job */
    PROGRAM_THROWS_LATE, /* when its job is submitted, which runs */
    FLINK_PROGRAMS
};

struct flink_world {
    struct flink_rig rig;
    int patience_s; /* how long anything may take */
    int64_t interval_ms;
    struct str directory;  /* below it savepoints may be written */
    struct str impossible; /* nothing can be written there */
    struct str nobody;     /* URL at which nobody listens */
    bool unperiodic;       /* clusters are configured without periodic checkpoints */

    /* Brings up the next attempt's cluster in place of the last: rig.url is its JobManager, which holds
     * the job's jar, and two TaskManagers are alive. */
    void (*next_cluster)(struct flink_world *w);
    struct str jar_id;
    struct str_list taskmanagers; /* resource ids that may register there, says the platform */
    struct str_list args;         /* of the program */

    void (*kill_taskmanager)(struct flink_world *w);
    void (*replace_taskmanagers)(struct flink_world *w);
    void (*choose)(struct flink_world *w, enum flink_program next);
    bool (*has_snapshot)(struct flink_world *w, struct str location);
};

struct flink_story {
    const char *name;
    void (*tell)(struct flink_world *w);
};
enum { FLINK_STORIES = 15 };
extern const struct flink_story flink_stories[FLINK_STORIES];

/* What the stories are made of: flink_steps.c. */
#define FIRST_JOB  STR("50b4000000000000000000000000f001")
#define SECOND_JOB STR("50b4000000000000000000000000f002")

void assert_outcome(struct flink_answer a, enum outcome outcome);
struct flink_submit submission(struct flink_world *w, struct str job);
/* The job as its JobManager, which answers, tells of it. */
struct flink_sight job_now(struct flink_world *w, struct str job);
/* Its statistics, which are told. */
struct flink_checkpoints stats_now(struct flink_world *w, struct str job);
bool is_up(const struct flink_sight *s);
/* Submits it, empty or from a snapshot, and waits until all of its tasks run. */
void start(struct flink_world *w, struct str job, struct str snapshot);
void wait_up(struct flink_world *w, struct str job);
void wait_for_job(struct flink_world *w, struct str job, enum flink_job_status status);
/* Until its latest checkpoint has a higher id than that; gives it back. */
struct flink_checkpoint wait_checkpoint(struct flink_world *w, struct str job, int64_t after);
void wait_removed(struct flink_world *w, struct str location);
/* Posts it; what became of it, when that is decided. */
struct flink_trigger take_savepoint(struct flink_world *w, const struct flink_stop *s);

/* flink_savepoints.c */
void story_savepoint(struct flink_world *w);
void story_impossible_savepoint(struct flink_world *w);
void story_stop_and_restore(struct flink_world *w);
void story_ended_job_has_no_savepoints(struct flink_world *w);
