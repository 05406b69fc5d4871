/* One Deployment with one attempt before the core, to be changed by each test: it is desired RUNNING
 * under STATEFUL and LATEST_STATE, its only attempt is UP on a cluster that is seen complete. */
#pragma once

#include "core/choice.h"
#include "core/evidence.h"
#include "core/pace.h"
#include "core/step.h"
#include "story.h"

#define NOW         (1000 * US_PER_S)
#define JOB         "d1000000-0000-4000-8000-000000000001"
#define FRESH_ID    "d1000000-0000-4000-8000-000000000002" /* for the next Job */
#define CHECKPOINTS "file:/cp/d1000000000040008000000000000001"
#define TRY         "file:/sp/try-1"
#define PLACE       TRY "/savepoint-1" /* of the savepoint in it */

enum { CORE_STORY_ROWS = 4 };

struct core_story {
    struct deployment deployment;
    struct record record;
    struct job job;
    struct job standby_job;
    struct seen seen;
    struct core_env env;
    struct platform_cluster cluster;
    struct str taskmanagers[1];
    struct seen_listing listings[3];
    struct snapshot_sight sights[3];
    struct savepoint rows[CORE_STORY_ROWS];
    const struct savepoint *list[CORE_STORY_ROWS];
    size_t n_rows;
    struct trigger_try tries[1];
    struct str_pair conf[1];
    struct core_out out;
};
extern struct core_story c;

/* Fresh for each test when it is run through CORE_STORY. */
int core_story_begin(void **state);
#define CORE_STORY(test) cmocka_unit_test_setup_teardown(test, core_story_begin, story_end)

struct core_in core_story_in(void);
/* The next step: what it decided is in c.out; the rule's action is expected to be this. */
void then_it_does(enum action action);
/* The same, and the row that decided; of section 700, about the standby. */
void then_row(int number, enum action action);
/* Afresh: the call was made by this process and not answered yet; or, with INTENT_NONE, none was. */
void given_call(enum intent_kind kind, enum phase phase);
void given_answer(enum outcome outcome);
/* It was made by an earlier life of the daemon, if at all. */
void given_nobody_heard(void);
void given_wanted(enum desired_state state);
void given_its_jobmanager_is_dead(void);
void given_nothing_exists(void);
/* The user's request that is waited for, since so long. */
void given_request_waited(const char *id, int64_t us);
struct savepoint *given_row(const char *id, enum savepoint_state state);
/* A stop or savepoint that was posted, under trigger t1, as Savepoint s1, into TRY. */
void given_try(enum intent_kind kind);
/* Such a try was posted and answered, and Flink says this of its trigger, with the savepoint at PLACE. */
void given_a_trigger(enum intent_kind kind, enum flink_trigger_state state);
/* What lies at PLACE was looked at: checkpoint 7. */
void given_it_was_read(enum outcome outcome, enum verified verified);
/* The deadline of the try has passed. */
void given_it_is_late(void);
/* Spec version 2, which can start, is wanted of the job that runs. */
void given_a_checked_edit_under(enum upgrade_kind upgrade);
/* What a directory holds: nothing (checkpoint 0), or one snapshot. */
struct snapshot_sight *given_listing(const char *directory, enum outcome outcome,
                                     int64_t checkpoint);
/* Clusters of two attempts are there, each as the one of the story. */
void given_clusters(int64_t first, int64_t second);
/* The wait began this long ago. */
void given_waited(int64_t us);
/* It failed, every process of it is gone, and its JobManager named this checkpoint last (0 = none). */
void given_it_is_gone(int64_t final_checkpoint);
/* What the step said in an event of this name, empty when there was none; the row that it put of a
 * Savepoint, or NULL; whether it asks to look. */
struct str said(const char *event);
const struct savepoint *put_of(const char *id);
bool looks(enum effect_kind kind);
/* What its end proves. */
struct end_evidence judged(void);
