/* The bytes of Flink's answers, whole and with each damage at each place: what is damaged says what the
 * whole one said, or is no answer. Nothing that was there is ever missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapt/flink_rest/codec.h"
#include "wire.h"

#define JOB     STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01")
#define TRIGGER STR("5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a02")

static struct arena *a;

/* ---- what Flink is asked, with something to tell of each ---- */

static struct flink_checkpoint snapshot(int64_t id, bool is_savepoint)
{
    return (struct flink_checkpoint){.id = id,
                                     .is_savepoint = is_savepoint,
                                     .completed = true,
                                     .path = arena_fmt(a, "file:/s/%lld", (long long)id),
                                     .state_size = 1000};
}

static struct w_call a_job(void)
{
    static struct str taskmanagers[] = {{"tm-1", 4}, {"tm-2", 4}};
    struct w_call c = {.outcome = OUTCOME_DONE, .job_id = JOB, .trigger_id = TRIGGER};
    c.sight = (struct flink_sight){.outcome = OUTCOME_DONE,
                                   .job = FLINK_JOB_RUNNING,
                                   .tasks_total = 2,
                                   .tasks_up = 2,
                                   .end_time_ms = -1,
                                   .taskmanager_ids = {taskmanagers, 2}};
    c.stats = (struct flink_checkpoints){.outcome = OUTCOME_DONE,
                                         .completed_count = 3,
                                         .latest_completed = snapshot(7, false),
                                         .latest_savepoint = snapshot(6, true),
                                         .has_restored = true,
                                         .restored = snapshot(4, true),
                                         .n_history = 2,
                                         .interval_ms = 1000,
                                         .retained = true,
                                         .restarts = 3};
    c.stats.history = ARENA_ARRAY(a, struct flink_checkpoint, 2);
    c.stats.history[0] = snapshot(7, false);
    c.stats.history[1] = snapshot(6, true);
    return c;
}

static struct w_call answered(int status)
{
    struct w_call c = a_job();
    c.status = status;
    if (status >= 400)
        c.outcome = OUTCOME_REFUSED;
    c.text = STR("it was not possible");
    return c;
}

static struct w_call trigger_in(enum flink_trigger_state state)
{
    struct w_call c = a_job();
    c.trigger = state;
    c.directory = STR("file:/s/savepoint-1");
    c.text = STR("a task declined the savepoint");
    return c;
}

/* ---- what the adapter makes of it, as one text ---- */

static const char *unknown = "unknown";

static const char *told(struct str format)
{
    return format.ptr;
}

static const char *read_overview(const struct http_answer *x)
{
    struct flink_sight s = {0};
    struct str why;
    if (!decode_overview(a, x, JOB, &s, &why))
        return unknown;
    return told(arena_fmt(a, "job %d, %lld of %lld", s.job, (long long)s.tasks_up,
                          (long long)s.tasks_total));
}

static const char *read_taskmanagers(const struct http_answer *x)
{
    struct flink_sight s = {0};
    struct str why;
    if (!decode_taskmanagers(a, x, &s, &why))
        return unknown;
    return told(arena_fmt(a, "%zu TaskManagers", s.taskmanager_ids.n));
}

static struct str one(struct flink_checkpoint c)
{
    return arena_fmt(a, "[%lld %.*s savepoint %d completed %d discarded %d]", (long long)c.id,
                     STR_ARG(c.path), c.is_savepoint, c.completed, c.discarded);
}

static const char *read_checkpoints(const struct http_answer *x)
{
    struct flink_checkpoints c = {0};
    struct str history = STR("");
    decode_checkpoints(a, x, &c);
    if (c.outcome == OUTCOME_UNKNOWN)
        return unknown;
    for (size_t i = 0; i < c.n_history; i++)
        history = arena_fmt(a, "%.*s%.*s", STR_ARG(history), STR_ARG(one(c.history[i])));
    return told(arena_fmt(a, "outcome %d, %lld completed, %.*s %.*s restored %d %.*s: %.*s",
                          c.outcome, (long long)c.completed_count, STR_ARG(one(c.latest_completed)),
                          STR_ARG(one(c.latest_savepoint)), c.has_restored,
                          STR_ARG(one(c.restored)), STR_ARG(history)));
}

static const char *read_config(const struct http_answer *x)
{
    struct flink_checkpoints c = {.outcome = OUTCOME_DONE};
    decode_checkpoint_config(a, x, &c);
    if (c.outcome == OUTCOME_UNKNOWN)
        return unknown;
    return told(arena_fmt(a, "every %lld, retained %d", (long long)c.interval_ms, c.retained));
}

static const char *read_restarts(const struct http_answer *x)
{
    int64_t n = decode_restarts(a, x);
    return n < 0 ? unknown : told(arena_fmt(a, "%lld restarts", (long long)n));
}

static const char *read_trigger(const struct http_answer *x)
{
    struct flink_trigger t = decode_trigger(a, x);
    if (t.state == FLINK_TRIGGER_UNREACHABLE)
        return unknown;
    return told(arena_fmt(a, "trigger %d at %.*s", t.state, STR_ARG(t.location)));
}

static const char *outcome_of(struct flink_answer x)
{
    return x.outcome == OUTCOME_UNKNOWN ? unknown : told(arena_fmt(a, "outcome %d", x.outcome));
}

static const char *read_cause(const struct http_answer *x)
{
    struct flink_answer cause = decode_cause(a, x);
    if (cause.outcome == OUTCOME_UNKNOWN)
        return unknown;
    return told(arena_fmt(a, "cause %.*s", STR_ARG(cause.text)));
}

/* Any complete answer but the right one is REFUSED to this port: main() may have submitted, and the job
 * is looked for. */
static const char *read_submitted(const struct http_answer *x)
{
    struct flink_answer s = decode_submit(a, x, JOB);
    return s.outcome == OUTCOME_DONE ? "submitted" : unknown;
}

static const char *read_posted(const struct http_answer *x)
{
    return outcome_of(decode_posted(a, x, TRIGGER));
}

static const char *read_cancelled(const struct http_answer *x)
{
    return outcome_of(decode_cancel(a, x));
}

static const char *read_plan(const struct http_answer *x)
{
    return outcome_of(decode_plan(a, x));
}

static const char *(*const readers[WIRE_QUESTIONS])(const struct http_answer *x) = {
    [WIRE_OVERVIEW] = read_overview,
    [WIRE_TASKMANAGERS] = read_taskmanagers,
    [WIRE_CHECKPOINTS] = read_checkpoints,
    [WIRE_CONFIG] = read_config,
    [WIRE_RESTARTS] = read_restarts,
    [WIRE_TRIGGER] = read_trigger,
    [WIRE_CAUSE] = read_cause,
    [WIRE_PLAN] = read_plan,
    [WIRE_SUBMIT] = read_submitted,
    [WIRE_SAVEPOINT] = read_posted,
    [WIRE_CANCEL] = read_cancelled,
};

/* ---- every damage ---- */

static const char *whole; /* what the undamaged answer says */

static void must_not_mislead(enum wire_question what, const struct http_answer *x, const char *how)
{
    const char *read = readers[what](x);
    if (strcmp(read, unknown) != 0 && strcmp(read, whole) != 0)
        fail_msg("%s\nread as: %s\ninstead: %s\nfrom: %.*s", how, read, whole, STR_ARG(x->body));
}

static void damage_everywhere(enum wire_question what, struct http_answer answer)
{
    struct http_answer hurt = answer;
    for (uint64_t x = 0; x < answer.body.len; x++) {
        hurt.body = wire_hurt(a, answer.body, DAMAGE_CUT, x);
        must_not_mislead(what, &hurt, "cut");
    }
    for (uint64_t x = 0; x < 8 * answer.body.len; x++) {
        if (!wire_shows(answer.body, x / 8))
            continue;
        hurt.body = wire_hurt(a, answer.body, DAMAGE_FLIPPED, x);
        must_not_mislead(what, &hurt, "a flipped bit");
    }
    hurt.body = STR("");
    must_not_mislead(what, &hurt, "emptied");
    for (uint64_t x = 0; x < 5; x++) {
        hurt = wire_proxy(x);
        must_not_mislead(what, &hurt, "a proxy's page");
    }
}

/* An answer that went well to another question. A cancellation says nothing but that it is accepted, so
 * any other that was accepted says it too. */
static void confuse_with_others(enum wire_question what, const struct w_call *c, bool newer)
{
    for (int other = 0; other < WIRE_QUESTIONS; other++) {
        struct http_answer x = wire_answer(a, c, (enum wire_question)other, newer);
        if (other != (int)what && what != WIRE_CANCEL && x.status < 300)
            must_not_mislead(what, &x, "another answer");
    }
}

static void damage_all(enum wire_question what, struct w_call c, const char *expected)
{
    for (int newer = 0; newer < 2; newer++) {
        a = a ? a : arena_new();
        struct http_answer answer = wire_answer(a, &c, what, newer);
        whole = readers[what](&answer);
        assert_string_equal(whole, expected);
        damage_everywhere(what, answer);
        confuse_with_others(what, &c, newer);
    }
    arena_free(a);
    a = NULL;
}

static int fresh(void **state)
{
    (void)state;
    a = arena_new();
    return 0;
}

static void a_job_is_never_absent(void **state)
{
    (void)state;
    damage_all(WIRE_OVERVIEW, a_job(), "job 4, 2 of 2");
}

static void no_taskmanager_is_missing(void **state)
{
    (void)state;
    damage_all(WIRE_TASKMANAGERS, a_job(), "2 TaskManagers");
}

static void no_snapshot_is_missing(void **state)
{
    (void)state;
    damage_all(WIRE_CHECKPOINTS, a_job(),
               "outcome 1, 3 completed, [7 file:/s/7 savepoint 0 completed 1 discarded 0] "
               "[6 file:/s/6 savepoint 1 completed 1 discarded 0] restored 1 "
               "[4 file:/s/4 savepoint 1 completed 1 discarded 0]: "
               "[7 file:/s/7 savepoint 0 completed 1 discarded 0]"
               "[6 file:/s/6 savepoint 1 completed 1 discarded 0]");
}

static void a_configuration_is_never_another(void **state)
{
    (void)state;
    damage_all(WIRE_CONFIG, a_job(), "every 1000, retained 1");
}

static void restarts_are_never_fewer(void **state)
{
    (void)state;
    damage_all(WIRE_RESTARTS, a_job(), "3 restarts");
}

static void a_completed_savepoint_is_never_lost(void **state)
{
    (void)state;
    damage_all(WIRE_TRIGGER, trigger_in(FLINK_TRIGGER_COMPLETED),
               "trigger 3 at file:/s/savepoint-1");
}

static void nor_is_one_whose_stop_failed(void **state)
{
    (void)state;
    damage_all(WIRE_TRIGGER, trigger_in(FLINK_TRIGGER_STOP_FAILED),
               "trigger 4 at file:/s/savepoint-1");
}

static void a_savepoint_under_way_neither_failed_nor_ended(void **state)
{
    (void)state;
    damage_all(WIRE_TRIGGER, trigger_in(FLINK_TRIGGER_IN_PROGRESS), "trigger 2 at ");
}

static void what_flink_does_not_know_it_says_itself(void **state)
{
    (void)state;
    damage_all(WIRE_TRIGGER, trigger_in(FLINK_TRIGGER_NOT_KNOWN), "trigger 1 at ");
}

static void a_failure_keeps_its_cause(void **state)
{
    (void)state;
    struct w_call c = a_job();
    c.text = STR("OutOfMemoryError");
    damage_all(WIRE_CAUSE, c, "cause OutOfMemoryError");
}

static void a_plan_is_refused_by_flink_alone(void **state)
{
    (void)state;
    damage_all(WIRE_PLAN, answered(200), "outcome 1");
}

static void a_submission_is_done_by_its_job_alone(void **state)
{
    (void)state;
    damage_all(WIRE_SUBMIT, answered(200), "submitted");
}

static void a_savepoint_is_refused_by_flink_alone(void **state)
{
    (void)state;
    damage_all(WIRE_SAVEPOINT, answered(202), "outcome 1");
}

static void and_refused_it_is_not_accepted(void **state)
{
    (void)state;
    damage_all(WIRE_SAVEPOINT, answered(400), "outcome 2");
}

static void a_cancellation_is_refused_by_flink_alone(void **state)
{
    (void)state;
    damage_all(WIRE_CANCEL, answered(202), "outcome 1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, fresh)
    const struct CMUnitTest tests[] = {
        TEST(a_job_is_never_absent),
        TEST(no_taskmanager_is_missing),
        TEST(no_snapshot_is_missing),
        TEST(a_configuration_is_never_another),
        TEST(restarts_are_never_fewer),
        TEST(a_completed_savepoint_is_never_lost),
        TEST(nor_is_one_whose_stop_failed),
        TEST(a_savepoint_under_way_neither_failed_nor_ended),
        TEST(what_flink_does_not_know_it_says_itself),
        TEST(a_failure_keeps_its_cause),
        TEST(a_plan_is_refused_by_flink_alone),
        TEST(a_submission_is_done_by_its_job_alone),
        TEST(a_savepoint_is_refused_by_flink_alone),
        TEST(and_refused_it_is_not_accepted),
        TEST(a_cancellation_is_refused_by_flink_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
