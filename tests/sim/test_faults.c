/* Faults that need the daemon as it is: its API, its store and its end. F01 to F70 of the list of faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flows.h"

enum { LONG = 4000 };

static struct sim *s;

static int begin(void **state)
{
    (void)state;
    s = sim_new();
    user_creates(s, UPGRADE_STATEFUL, RESTORE_LATEST_STATE);
    assert_true(sim_until(s, runs_as_wished, LONG * S));
    sim_run_for(s, 900 * MS); /* to some checkpoints */
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (s->world.trouble[0])
        print_error("%s\n", s->world.trouble);
    int wrong = s->world.trouble[0] ? -1 : 0;
    sim_free(s);
    return wrong;
}

#define STORY(test) cmocka_unit_test_setup_teardown(test, begin, end)

static int64_t shown(const char *field)
{
    struct user_answer a = user_sends(s, "GET", STR(SIM_DEPLOYMENT), STR(""));
    int64_t value = -1;
    json_i64(json_path(a.body, field), &value);
    return value;
}

/* The wish is fulfilled by attempt 2, and nothing more happens. */
static void then_one_upgrade_follows(void)
{
    assert_true(sim_until(s, runs_as_wished, LONG * S));
    assert_true(sim_until(s, is_silent, 300 * S));
    assert_int_equal(s->record.current.number, 2);
    assert_int_equal(s->world.clusters[0].n_triggers, 1);
    assert_int_equal(s->record.failures.n, 0);
}

/* F01: the answer never left, so the user says it again. */
static void an_edit_that_was_stored_and_not_answered_is_one_edit(void **state)
{
    (void)state;
    int64_t generation = shown("metadata.generation");
    s->troubles[0] = (struct sim_trouble){POINT_AFTER_WRITE, 1};
    s->n_troubles = 1;
    s->counting = true;
    user_edits(s);
    assert_int_equal(s->struck, 1);
    assert_int_equal(s->lives, 2);
    assert_int_equal(shown("metadata.generation"), generation + 1);
    then_one_upgrade_follows();
    assert_int_equal(s->record.current.spec_version, 2);
}

/* F02 */
static void an_edit_that_was_answered_and_not_begun_is_begun_later(void **state)
{
    (void)state;
    user_edits(s);
    assert_int_equal(s->record.intent.kind, INTENT_NONE);
    sim_crash(s);
    then_one_upgrade_follows();
}

enum { MOST_CRASHES = 100 };

static bool dies_after_a_write(void *crashes, enum sim_point point)
{
    int64_t *n = crashes;
    if (point != POINT_AFTER_WRITE || *n == MOST_CRASHES)
        return false;
    ++*n;
    return true;
}

/* F11: no life of the daemon gets further than its first write. A submission that it cannot have made, for
 * all it knows, is given up; that is no failure of the job's. */
static void a_recovery_bears_a_hundred_crashes_in_a_row(void **state)
{
    int64_t crashes = 0;
    (void)state;
    s->strike = dies_after_a_write;
    s->strike_arg = &crashes;
    s->counting = true;
    world_kill_jobmanager(&s->world, 1, "killed");
    assert_true(sim_until(s, runs_as_wished, LONG * S));
    assert_int_equal(crashes, MOST_CRASHES);
    assert_in_range(s->record.current.number, 2, 15);
    assert_int_equal(s->record.failures.n, 1); /* that of attempt 1 */
    assert_int_equal(s->record.setbacks, 0);
    assert_true(sim_until(s, is_silent, 300 * S));
}

static bool bears(const struct flow *f, struct sim_trouble first, struct sim_trouble second,
                  int64_t *pairs)
{
    struct sim *run;
    bool well = flow_runs(f, (struct sim_trouble[]){first, second}, 2, 300 * MS, &run);
    *pairs += run->struck == 2;
    sim_free(run);
    return well;
}

/* F12: at any write, and at any of those that follow. */
static void an_upgrade_bears_any_two_crashes(void **state)
{
    static const enum sim_point points[] = {POINT_BEFORE_WRITE, POINT_AFTER_WRITE};
    const struct flow *f = flows;
    struct sim *plain;
    int64_t pairs = 0;
    (void)state;
    while (strcmp(f->name, "upgrade STATEFUL, LATEST_STATE") != 0)
        f++;
    assert_true(flow_runs(f, NULL, 0, 0, &plain));
    int64_t writes = plain->counts[POINT_AFTER_WRITE];
    sim_free(plain);
    for (int64_t i = 1; i <= writes; i++)
        for (int64_t k = 1; k <= writes; k++)
            for (size_t how = 0; how < 4; how++)
                assert_true(bears(f, (struct sim_trouble){points[how / 2], i},
                                  (struct sim_trouble){points[how % 2], k}, &pairs));
    assert_true(pairs > writes * writes);
}

struct deafness {
    int64_t until;
    int64_t calls;
};

/* From the stop on; requests pass all the while. */
static bool loses_answers(void *deafness, enum sim_point point)
{
    struct deafness *d = deafness;
    if (s->record.intent.kind == INTENT_STOP && d->until == 0)
        d->until = s->world.now + 3600 * S;
    if (point != POINT_ANSWER_LOST || s->world.now >= d->until)
        return false;
    d->calls++;
    return true;
}

/* F26 */
static void who_hears_no_answer_for_an_hour_asks_now_and_then(void **state)
{
    struct deafness d = {0};
    (void)state;
    s->strike = loses_answers;
    s->strike_arg = &d;
    s->counting = true;
    user_edits(s);
    sim_run_for(s, 3600 * S);
    assert_int_equal(s->world.clusters[0].n_triggers, 1);
    assert_int_equal(s->record.current.number, 1);
    assert_in_range(d.calls, 100, 10000);
    then_one_upgrade_follows();
}

/* F70: meanwhile nothing is done that is not written, and what is known is still told. */
static void a_store_that_takes_half_a_minute_delays_and_loses_nothing(void **state)
{
    (void)state;
    s->write_takes = 30 * S;
    user_edits(s);
    assert_int_equal(s->world.clusters[0].n_triggers, 0);
    sim_run_for(s, 10 * S); /* the intent is on its way */
    assert_int_equal(s->world.clusters[0].n_triggers, 0);
    assert_int_equal(shown("spec.maxJobCreationAttempts"), 4);
    assert_true(sim_until(s, runs_as_wished, LONG * S));
    assert_int_equal(s->record.current.number, 2);
    assert_int_equal(s->world.clusters[0].n_triggers, 1);
    assert_int_equal(s->record.failures.n, 0);
}

static bool is_intended(struct sim *sim)
{
    return sim->record.intent.savepoint_id.len > 0;
}

static void then_it_does_not_start(const char *why)
{
    s->down_for = 1 * S;
    sim_crash(s);
    sim_run_for(s, 2 * S);
    assert_non_null(strstr(s->world.trouble, why));
    s->world.trouble[0] = 0; /* that was the one to come */
}

/* Rows that belong together were taken apart by somebody else; to go on without one could start a
 * second copy of a job, or forget a savepoint. */
static void without_the_job_of_its_attempt_nothing_is_begun(void **state)
{
    (void)state;
    s->store.tables[STORE_JOB] = NULL;
    then_it_does_not_start("the Job of an attempt of Deployment");
}

static void without_the_savepoint_of_its_intent_nothing_is_begun(void **state)
{
    (void)state;
    user_edits(s);
    assert_true(sim_until(s, is_intended, LONG * S));
    s->store.tables[STORE_SAVEPOINT] = NULL;
    then_it_does_not_start("at work for Deployment");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(an_edit_that_was_stored_and_not_answered_is_one_edit),
        STORY(an_edit_that_was_answered_and_not_begun_is_begun_later),
        STORY(a_recovery_bears_a_hundred_crashes_in_a_row),
        cmocka_unit_test(an_upgrade_bears_any_two_crashes),
        STORY(who_hears_no_answer_for_an_hour_asks_now_and_then),
        STORY(a_store_that_takes_half_a_minute_delays_and_loses_nothing),
        STORY(without_the_job_of_its_attempt_nothing_is_begun),
        STORY(without_the_savepoint_of_its_intent_nothing_is_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
