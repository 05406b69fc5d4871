/* status.conditions: each says what the status says. */
#include "model/conditions.h"
#include "story.h"

static struct deployment running(void)
{
    return (struct deployment){
        .metadata.generation = 3,
        .spec.state = DESIRED_RUNNING,
        .status = {.state = OBSERVED_RUNNING,
                   .health = HEALTH_OK,
                   .observed_generation = 3,
                   .reason = STR("REST"),
                   .message = STR("it runs as wanted")},
    };
}

static struct condition condition(const struct deployment *d, const char *type)
{
    struct condition all[DEPLOYMENT_CONDITIONS];
    size_t n = deployment_conditions(d, all);
    for (size_t i = 0; i < n; i++)
        if (str_eq(all[i].type, str_of(type)))
            return all[i];
    return (struct condition){.status = STR("(none)")};
}

static void what_runs_as_wanted_is_reconciled_and_healthy(void **state)
{
    (void)state;
    struct deployment d = running();
    assert_text(condition(&d, "Reconciled").status, "True");
    assert_text(condition(&d, "Healthy").status, "True");
    assert_text(condition(&d, "PendingChange").status, "False");
    assert_text(condition(&d, "TargetReachable").status, "True");
    assert_int_equal(condition(&d, "Reconciled").observed_generation, 3);
    d.status.state = OBSERVED_FINISHED;
    assert_text(condition(&d, "Reconciled").status, "True");
}

static void what_is_under_way_or_failed_is_not_reconciled(void **state)
{
    (void)state;
    struct deployment d = running();
    d.status.state = OBSERVED_FAILED;
    d.status.reason = STR("TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS");
    d.status.message = STR("4 of 4");
    d.status.waiting_since = 77;
    struct condition c = condition(&d, "Reconciled");
    assert_text(c.status, "False");
    assert_text(c.reason, "TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS");
    assert_text(c.message, "4 of 4");
    assert_int_equal(c.last_transition_time, 77);
    d = running();
    d.spec.state = DESIRED_SUSPENDED;
    assert_text(condition(&d, "Reconciled").status, "False");
    d.status.state = OBSERVED_SUSPENDED;
    assert_text(condition(&d, "Reconciled").status, "True");
    d.spec.state = DESIRED_CANCELLED;
    assert_text(condition(&d, "Reconciled").status, "False");
    d.status.state = OBSERVED_CANCELLED;
    assert_text(condition(&d, "Reconciled").status, "True");
}

/* What was edited a moment ago may well be what runs; nobody has looked yet. */
static void an_edit_that_was_not_looked_at_is_not_reconciled(void **state)
{
    (void)state;
    struct deployment d = running();
    d.metadata.generation = 4;
    assert_text(condition(&d, "Reconciled").status, "False");
    assert_text(condition(&d, "Reconciled").reason, "NOT_LOOKED_AT_YET");
    assert_int_equal(condition(&d, "Reconciled").observed_generation, 3);
}

static void an_edit_that_waits_for_the_user_is_pending(void **state)
{
    (void)state;
    struct deployment d = running();
    d.status.pending_change = true;
    assert_text(condition(&d, "PendingChange").status, "True");
    assert_text(condition(&d, "Reconciled").status, "False");
    assert_text(condition(&d, "Reconciled").reason, "PENDING_CHANGE");
}

static void health_is_of_a_job_that_runs(void **state)
{
    (void)state;
    static const struct {
        enum health health;
        const char *status;
    } rows[] = {{HEALTH_OK, "True"},
                {HEALTH_DEGRADED, "False"},
                {HEALTH_FAILING, "False"},
                {HEALTH_UNKNOWN, "Unknown"},
                {HEALTH_UNSET, "(none)"}};
    struct deployment d = running();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        d.status.health = (int)rows[i].health;
        assert_text(condition(&d, "Healthy").status, rows[i].status);
    }
}

static void what_cannot_be_seen_is_said(void **state)
{
    (void)state;
    struct deployment d = running();
    d.status.reason = STR("WORLD_NOT_SEEN");
    d.status.message = STR("the target does not answer");
    assert_text(condition(&d, "TargetReachable").status, "False");
    assert_text(condition(&d, "TargetReachable").message, "the target does not answer");
    d = running();
    d.status.observed_generation = 0;
    assert_text(condition(&d, "TargetReachable").status, "Unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(what_runs_as_wanted_is_reconciled_and_healthy),
        STORY(what_is_under_way_or_failed_is_not_reconciled),
        STORY(an_edit_that_was_not_looked_at_is_not_reconciled),
        STORY(an_edit_that_waits_for_the_user_is_pending),
        STORY(health_is_of_a_job_that_runs),
        STORY(what_cannot_be_seen_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
