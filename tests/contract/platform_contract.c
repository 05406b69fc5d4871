#include "platform_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_done(struct platform_result r)
{
    if (r.outcome != OUTCOME_DONE)
        print_error("not done: %.*s\n", STR_ARG(r.text));
    assert_int_equal(r.outcome, OUTCOME_DONE);
}

static void assert_str(struct str x, struct str y)
{
    if (!str_eq(x, y))
        print_error("%.*s is not %.*s\n", STR_ARG(x), STR_ARG(y));
    assert_true(str_eq(x, y));
}

static const struct platform_cluster *look(struct platform_world *w, int64_t attempt)
{
    return rig_cluster(&w->rig, w->spec.deployment_id, attempt);
}

struct waiting {
    struct platform_world *w;
    int64_t attempt;
    int64_t taskmanagers;
};

static bool is_gone(void *arg)
{
    const struct waiting *x = arg;
    return look(x->w, x->attempt) == NULL;
}

static bool jobmanager_is_dead(void *arg)
{
    const struct waiting *x = arg;
    const struct platform_cluster *c = look(x->w, x->attempt);
    return c && c->jobmanager_dead;
}

static bool has_taskmanagers(void *arg)
{
    const struct waiting *x = arg;
    const struct platform_cluster *c = look(x->w, x->attempt);
    return c && c->taskmanagers_alive == x->taskmanagers;
}

/* REST names as many TaskManagers as there should be, each of them one that the platform named. */
static bool is_registered(void *arg)
{
    struct waiting *x = arg;
    const struct platform_cluster *c = look(x->w, x->attempt);
    if (c->jobmanager_dead)
        fail_msg("the JobManager ended: %.*s", STR_ARG(c->cause));
    struct str body = x->w->http(x->w, c->rest_url, "GET", "/taskmanagers", (struct str){0});
    int64_t named = 0;
    for (size_t i = 0; i < c->taskmanager_ids.n; i++)
        named += str_contains(body, c->taskmanager_ids.items[i]);
    return named >= c->taskmanagers_alive && c->taskmanagers_alive == c->taskmanagers_wanted;
}

static void wait_until(struct platform_world *w, int64_t attempt, int64_t taskmanagers,
                       bool (*holds)(void *arg))
{
    struct waiting x = {w, attempt, taskmanagers};
    assert_true(rig_until(&w->rig, w->patience_s, holds, &x));
}

static const struct platform_cluster *bring_up(struct platform_world *w)
{
    assert_done(rig_provision(&w->rig, &w->spec));
    if (w->http)
        wait_until(w, w->spec.attempt, 0, is_registered);
    const struct platform_cluster *c = look(w, w->spec.attempt);
    assert_non_null(c);
    assert_true(c->jobmanager_alive);
    return c;
}

static void bring_down(struct platform_world *w)
{
    assert_done(rig_teardown(&w->rig, w->spec.deployment_id, w->spec.attempt));
    wait_until(w, w->spec.attempt, 0, is_gone);
}

void contract_provision(struct platform_world *w)
{
    /* Given nothing, nothing is what there is. */
    struct platform_inventory i = rig_inventory(&w->rig, w->spec.deployment_id);
    assert_int_equal(i.outcome, OUTCOME_DONE);
    assert_int_equal(i.n, 0);
    assert_int_equal(i.newest, 0);
    assert_int_equal(i.n_ended, 0);

    /* When a cluster is asked for, there is one JobManager and the TaskManagers that it needs. */
    const struct platform_cluster *c = bring_up(w);
    assert_false(c->jobmanager_dead);
    assert_true(c->incarnation.len > 0);
    assert_true(c->rest_url.len > 0);
    assert_int_equal(c->taskmanagers_wanted, 2);
    assert_int_equal(c->taskmanagers_alive, 2);
    assert_int_equal(c->taskmanager_ids.n, 2);
    assert_false(str_eq(c->taskmanager_ids.items[0], c->taskmanager_ids.items[1]));

    /* When it is asked for again, it is the same one. */
    assert_done(rig_provision(&w->rig, &w->spec));
    const struct platform_cluster *same = look(w, w->spec.attempt);
    assert_str(same->incarnation, c->incarnation);
    assert_int_equal(same->taskmanager_ids.n, 2);
    assert_int_equal(same->taskmanagers_alive, 2);

    /* Its log can be read. */
    if (w->http) {
        struct platform_result log =
            rig_logs(&w->rig, w->spec.deployment_id, w->spec.attempt, STR("jobmanager"), 4000);
        assert_done(log);
        assert_true(log.text.len > 0 && log.text.len <= 4000);
    }
    bring_down(w);
}

/* Flink's answer to a plan request says whether this process knows the jar. */
static bool knows_jar(struct platform_world *w, struct str url, struct str jar_id)
{
    struct str path = arena_fmt(w->rig.a, "/jars/%.*s/plan", STR_ARG(jar_id));
    struct str body = w->http(w, url, "POST", path.ptr, w->plan_request);
    return str_contains(body, STR("\"plan\""));
}

void contract_deliver(struct platform_world *w)
{
    const struct platform_cluster *c = bring_up(w);
    struct str id = w->spec.deployment_id;

    /* Another incarnation than the living one gets nothing. */
    struct platform_result r = rig_deliver(&w->rig, id, 1, STR("another:1:1"), &w->jar);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    assert_int_equal(r.jar_id.len, 0);
    assert_true(r.text.len > 0);

    /* The living one gets it, and has it. */
    r = rig_deliver(&w->rig, id, 1, c->incarnation, &w->jar);
    assert_done(r);
    assert_true(r.jar_id.len > 0);
    if (w->http)
        assert_true(knows_jar(w, c->rest_url, r.jar_id));

    /* The next attempt's JobManager does not know it. */
    bring_down(w);
    w->spec.attempt = 2;
    c = bring_up(w);
    if (w->http)
        assert_false(knows_jar(w, c->rest_url, r.jar_id));
    bring_down(w);
}

void contract_replace(struct platform_world *w)
{
    const struct platform_cluster *c = bring_up(w);
    struct str before = c->incarnation;
    struct str victim = c->taskmanager_ids.items[0];

    w->kill(w, 1, victim);
    wait_until(w, 1, 1, has_taskmanagers);
    assert_true(look(w, 1)->cause.len > 0);

    assert_done(rig_provision(&w->rig, &w->spec));
    wait_until(w, 1, 2, has_taskmanagers);
    c = look(w, 1);
    assert_str(c->incarnation, before);
    assert_true(c->jobmanager_alive);
    struct str newest = c->taskmanager_ids.items[c->taskmanager_ids.n - 1];
    assert_false(str_eq(newest, victim));
    if (w->http)
        wait_until(w, 1, 0, is_registered);
    bring_down(w);
}

void contract_dead_jobmanager(struct platform_world *w)
{
    bring_up(w);
    w->kill(w, 1, STR("jobmanager"));
    wait_until(w, 1, 0, jobmanager_is_dead);
    const struct platform_cluster *c = look(w, 1);
    assert_false(c->jobmanager_alive);
    assert_true(c->cause.len > 0);

    /* Not started again, and the TaskManagers it left are still told. */
    struct platform_result r = rig_provision(&w->rig, &w->spec);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);
    assert_true(look(w, 1)->jobmanager_dead);
    r = rig_deliver(&w->rig, w->spec.deployment_id, 1, c->incarnation, &w->jar);
    assert_int_equal(r.outcome, OUTCOME_REFUSED);

    /* That it died is not that it was ended. */
    assert_int_equal(rig_inventory(&w->rig, w->spec.deployment_id).n_ended, 0);
    bring_down(w);
}

static bool is_ended(const struct platform_inventory *i, int64_t attempt)
{
    for (size_t k = 0; k < i->n_ended; k++)
        if (i->ended[k] == attempt)
            return true;
    return false;
}

void contract_teardown(struct platform_world *w)
{
    /* Given two attempts at once. */
    bring_up(w);
    w->spec.attempt = 2;
    struct str second = bring_up(w)->incarnation;
    assert_false(str_eq(look(w, 1)->rest_url, look(w, 2)->rest_url));

    /* When the first is ended, the second does not notice. */
    assert_done(rig_teardown(&w->rig, w->spec.deployment_id, 1));
    wait_until(w, 1, 0, is_gone);
    const struct platform_cluster *c = look(w, 2);
    assert_true(c->jobmanager_alive);
    assert_int_equal(c->taskmanagers_alive, 2);
    assert_str(c->incarnation, second);

    /* That there was a first, and that it was ended, is remembered. */
    struct platform_inventory i = rig_inventory(&w->rig, w->spec.deployment_id);
    assert_int_equal(i.newest, 2);
    assert_int_equal(i.n_ended, 1);
    assert_int_equal(i.ended[0], 1);

    /* Ending it again is harmless; starting it again is refused. */
    assert_done(rig_teardown(&w->rig, w->spec.deployment_id, 1));
    w->spec.attempt = 1;
    assert_int_equal(rig_provision(&w->rig, &w->spec).outcome, OUTCOME_REFUSED);
    assert_null(look(w, 1));

    /* What never was can be ended too. */
    assert_done(rig_teardown(&w->rig, w->spec.deployment_id, 7));
    w->spec.attempt = 2;
    bring_down(w);
    i = rig_inventory(&w->rig, w->spec.deployment_id);
    assert_int_equal(i.n, 0);
    assert_true(is_ended(&i, 7) && is_ended(&i, 2));
}
