/* RestoreDecision and Plan: what the next job would be restored from, and what a write would do. */
#include "api_world.h"

#define ONE  DEPLOYMENTS "/one"
#define ID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define ID_B "aaaaaaaa-0000-4000-8000-000000000002"

static struct json decision(void)
{
    struct answer a = get(ONE "/restore-decision");
    assert_status(a, 200);
    return a.json;
}

static struct str outcome(const char *scenario)
{
    return text_at(json_get(decision(), str_of(scenario)), "outcome");
}

static struct json scenario(const char *name)
{
    return json_get(decision(), str_of(name));
}

/* The verdict over the candidate that is the id, or the live checkpoint (NULL). */
static struct str verdict(const char *name, const char *id)
{
    struct json_iter it = json_each(json_get(scenario(name), STR("candidates")));
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item)) {
        struct str is = text_at(item, "savepointId");
        if (id ? str_eq(is, str_of(id)) : str_eq(text_at(item, "origin"), STR("LIVE_CHECKPOINT")))
            return text_at(item, "verdict");
    }
    return STR("(not listed)");
}

static bool warns(struct json list, const char *code)
{
    struct json_iter it = json_each(list);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item))
        if (str_eq(text_at(item, "code"), str_of(code)))
            return true;
    return false;
}

static void strategies(const char *upgrade, const char *restore)
{
    struct str body = arena_fmt(story_arena,
                                "{'spec':{'upgradeStrategy':{'kind':'%s'},'restoreStrategy':{'kind'"
                                ":'%s'}}}",
                                upgrade, restore);
    assert_status(patch(ONE, body.ptr), 200);
}

static void running(const char *upgrade, const char *restore)
{
    have_deployment("one", "RUNNING");
    strategies(upgrade, restore);
    have_running_job("one");
    have_checkpoint("one", 9, true);
}

static void stateful_takes_a_savepoint_first(void **state)
{
    (void)state;
    running("STATEFUL", "LATEST_STATE");
    struct json h = scenario("onUpgrade");
    assert_text(text_at(h, "outcome"), "NEW_SAVEPOINT_FIRST");
    assert_int_equal(number_at(h, "rule"), 442);
    assert_text(text_at(h, "fallback.origin"), "LIVE_CHECKPOINT");
    assert_text(text_at(h, "fallback.age"), "41s");
    assert_text(verdict("onUpgrade", NULL), "FALLBACK");
    assert_text(outcome("onRecovery"), "EXISTING");
    assert_text(verdict("onRecovery", NULL), "CHOSEN");
    assert_text(outcome("onStart"), "NOT_APPLICABLE");
    assert_text(outcome("onCancelThenStart"), "EXISTING");
}

static void stateful_with_none_starts_empty_and_warns(void **state)
{
    (void)state;
    running("STATEFUL", "NONE");
    struct json h = scenario("onUpgrade");
    assert_text(text_at(h, "outcome"), "EMPTY");
    assert_true(warns(json_get(h, STR("warnings")), "RESTORE_NONE_WITH_STATEFUL"));
    assert_text(verdict("onUpgrade", NULL), "STRATEGY");
    assert_text(outcome("onRecovery"), "EMPTY");
}

static void stateless_goes_back_to_what_is_there(void **state)
{
    (void)state;
    running("STATELESS", "LATEST_STATE");
    assert_text(text_at(scenario("onUpgrade"), "chosen.origin"), "LIVE_CHECKPOINT");
    assert_text(text_at(scenario("onUpgrade"), "rewind"), "41s");
    /* without retention it is as if only savepoints counted */
    have_checkpoint("one", 9, false);
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    struct json h = scenario("onUpgrade");
    assert_text(text_at(h, "chosen.savepointId"), ID_A);
    assert_true(warns(json_get(h, STR("warnings")), "RETENTION_MISSING"));
    assert_true(warns(json_get(h, STR("warnings")), "REWINDS"));
}

static void latest_savepoint_passes_checkpoints_over(void **state)
{
    (void)state;
    running("STATELESS", "LATEST_SAVEPOINT");
    have_savepoint("one", ID_A, ORIGIN_SUSPEND, 1, 3, "file:///s/a");
    have_savepoint("one", ID_B, ORIGIN_RETAINED_CHECKPOINT, 1, 5, "file:///s/b");
    struct json h = scenario("onUpgrade");
    assert_text(text_at(h, "chosen.savepointId"), ID_A);
    assert_text(text_at(h, "chosen.age"), "1h");
    assert_text(verdict("onUpgrade", ID_B), "STRATEGY");
    assert_text(verdict("onUpgrade", NULL), "STRATEGY");
    assert_true(warns(json_get(h, STR("warnings")), "REWINDS"));
}

static void upgrade_none_waits(void **state)
{
    (void)state;
    running("NONE", "LATEST_STATE");
    assert_text(outcome("onUpgrade"), "PENDING");
    assert_text(outcome("onRecovery"), "EXISTING");
}

static void what_was_not_read_is_not_guessed(void **state)
{
    (void)state;
    running("STATELESS", "LATEST_STATE");
    flink_is_silent();
    assert_text(outcome("onUpgrade"), "UNKNOWN");
    assert_text(outcome("onRecovery"), "UNKNOWN");
}

static void ended(struct record *r)
{
    r->current.phase = PHASE_GONE;
    r->current.end = END_LOST;
}

static void while_an_end_is_open_nothing_is_promised(void **state)
{
    (void)state;
    running("STATEFUL", "LATEST_STATE");
    edit_record("one", ended);
    assert_text(outcome("onStart"), "UNKNOWN");
}

static void had_state(struct record *r)
{
    r->had_snapshot = true;
}

static void recovery_without_a_snapshot_is_blocked_where_there_was_state(void **state)
{
    (void)state;
    running("STATEFUL", "LATEST_STATE");
    have_checkpoint("one", 0, true);
    assert_text(outcome("onRecovery"), "EMPTY");
    edit_record("one", had_state);
    assert_text(outcome("onRecovery"), "BLOCKED");
    /* a user's own start begins empty, and is told so */
    assert_text(outcome("onCancelThenStart"), "EMPTY");
    assert_true(warns(json_get(scenario("onCancelThenStart"), STR("warnings")), "STARTS_EMPTY"));
}

static void a_first_start_is_empty_and_harmless(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a = patch(ONE "?dryRun=All", "{'spec':{'state':'RUNNING'}}");
    assert_text(text_at(a.json, "effect"), "START");
    assert_text(text_at(a.json, "changes"), "SAFE");
    assert_text(text_at(a.json, "stateConsequence"), "NONE");
    assert_text(text_at(a.json, "restore.outcome"), "EMPTY");
}

/* ---- plans ---- */

/* Without its id, which is another one each time. */
static struct str content(const struct answer *plan)
{
    return str_skip(plan->body, str_find(plan->body, STR("\"metadata\"")));
}

static struct json plan(const char *body)
{
    struct str before = whole_registry();
    struct answer a = post(ONE "/plans", body);
    assert_status(a, 201);
    assert_text(whole_registry(), before.ptr);
    struct answer same = patch(ONE "?dryRun=All", body);
    assert_text(content(&same), content(&a).ptr);
    return a.json;
}

#define PARALLELISM "{'spec':{'template':{'spec':{'parallelism':3}}}}"

static struct str steps_of(struct json p)
{
    struct buf b = {0};
    struct json_iter it = json_each(json_get(p, STR("steps")));
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item))
        buf_fmt(&b, "%s%.*s", b.len ? " " : "", STR_ARG(text_at(item, "kind")));
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void a_stateful_upgrade_is_safe(void **state)
{
    (void)state;
    running("STATEFUL", "LATEST_STATE");
    struct json p =
        plan("{'metadata':{'labels':{'a.b/c':'d'}},'spec':{'maxJobCreationAttempts':5,"
             "'template':{'spec':{'parallelism':3,'flinkConfiguration':{'x.y':'z'}}}}}");
    assert_text(text_at(p, "effect"), "RESTART_WITH_STATE");
    assert_text(text_at(p, "changes"), "SAFE");
    assert_text(steps_of(p),
                "SAVEPOINT STOP TEARDOWN COLLECT DEPLOY SUBMIT RESTORE RUNNING VERIFY");
    struct json changed = json_get(p, STR("changed"));
    assert_int_equal(json_len(changed), 4);
    assert_text(text_at(json_at(changed, 0), "path"), "/metadata/labels/a.b~1c");
    assert_text(text_at(json_at(changed, 0), "class"), "NO_RESTART");
    assert_text(text_at(json_at(changed, 1), "class"), "NEXT_START");
    assert_text(text_at(json_at(changed, 2), "path"), "/spec/template/spec/parallelism");
    assert_text(text_at(json_at(changed, 2), "class"), "RESTART");
    assert_int_equal(number_at(json_at(changed, 2), "before"), 1);
    assert_int_equal(number_at(json_at(changed, 2), "after"), 3);
    assert_text(text_at(json_at(changed, 3), "path"), "/spec/template/spec/flinkConfiguration/x.y");
    assert_text(text_at(json_at(changed, 3), "op"), "add");
    assert_true(warns(json_get(p, STR("warnings")), "NO_CHECKPOINT_INTERVAL"));
}

static void with_a_standby_its_cluster_comes_first(void **state)
{
    (void)state;
    running("STATEFUL", "LATEST_STATE");
    struct json p = plan("{'spec':{'warmStandby':true,'template':{'spec':{'parallelism':3}}}}");
    assert_text(steps_of(p),
                "STANDBY SAVEPOINT STOP TEARDOWN COLLECT SUBMIT RESTORE RUNNING VERIFY");
    assert_true(warns(json_get(p, STR("warnings")), "STANDBY_NEEDS_ROOM"));
    p = plan("{'spec':{'warmStandby':true}}");
    assert_text(text_at(p, "effect"), "STORED_ONLY");
    assert_false(warns(json_get(p, STR("warnings")), "STANDBY_NEEDS_ROOM"));
}

static void lose_its_only_state(struct record *r)
{
    r->current = (struct attempt){.number = 1, .phase = PHASE_NONE};
    r->had_snapshot = true;
    r->operation = (struct operation){.kind = OPERATION_RECOVER};
    r->gave_up = STR("BLOCKED_NO_SNAPSHOT");
}

/* What caused the start decides, not what is written since (docs/decisions/0003). */
static void an_edit_of_a_blocked_recovery_is_blocked_too_and_that_is_shown(void **state)
{
    (void)state;
    running("STATEFUL", "LATEST_SAVEPOINT");
    edit_record("one", lose_its_only_state);
    assert_text(outcome("onUpgrade"), "BLOCKED");
    assert_text(outcome("onStart"), "BLOCKED");
    assert_text(outcome("onCancelThenStart"), "EMPTY");
    assert_text(text_at(plan(PARALLELISM), "effect"), "BLOCKED");
    struct json p = plan("{'spec':{'restoreStrategy':{'kind':'NONE'},"
                         "'template':{'spec':{'parallelism':3}}}}");
    assert_text(text_at(p, "effect"), "START");
    assert_text(text_at(p, "restore.outcome"), "EMPTY");
}

static void what_loses_state_is_dangerous(void **state)
{
    (void)state;
    running("STATEFUL", "NONE");
    struct json p = plan(PARALLELISM);
    assert_text(text_at(p, "effect"), "RESTART_EMPTY");
    assert_text(text_at(p, "stateConsequence"), "STARTS_EMPTY");
    assert_text(text_at(p, "changes"), "DANGEROUS");
    assert_true(warns(json_get(p, STR("warnings")), "STATEFUL_WITH_RESTORE_NONE"));
    strategies("STATELESS", "LATEST_SAVEPOINT");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    p = plan(PARALLELISM);
    assert_text(text_at(p, "stateConsequence"), "REWINDS");
    assert_text(text_at(p, "changes"), "DANGEROUS");
    p = plan("{'spec':{'state':'CANCELLED'}}");
    assert_text(text_at(p, "effect"), "CANCEL");
    assert_text(text_at(p, "changes"), "DANGEROUS");
    p = plan("{'spec':{'state':'SUSPENDED'}}");
    assert_text(text_at(p, "effect"), "SUSPEND");
    assert_text(text_at(p, "changes"), "SAFE");
    assert_text(steps_of(p), "SAVEPOINT STOP TEARDOWN COLLECT");
}

static void dropped_operators_are_said(void **state)
{
    (void)state;
    running("STATEFUL", "LATEST_STATE");
    patch(ONE, "{'spec':{'restoreStrategy':{'allowNonRestoredState':true}}}");
    have_checkpoint("one", 9, true);
    struct json p = plan("{'spec':{'template':{'spec':{'artifact':{'jarUri':'file:///y.jar'}}}}}");
    assert_text(text_at(p, "stateConsequence"), "DROPS_STATE");
    assert_true(warns(json_get(p, STR("warnings")), "ALLOW_NON_RESTORED_STATE"));
    assert_text(text_at(plan(PARALLELISM), "stateConsequence"), "NONE");
}

static void what_only_is_stored_is_said(void **state)
{
    (void)state;
    running("NONE", "LATEST_STATE");
    assert_text(text_at(plan("{}"), "effect"), "NO_CHANGE");
    assert_text(text_at(plan("{}"), "changes"), "NONE");
    assert_text(text_at(plan("{'metadata':{'labels':{'a':'b'}}}"), "effect"), "METADATA_ONLY");
    assert_text(text_at(plan("{'spec':{'maxJobCreationAttempts':5}}"), "effect"), "STORED_ONLY");
    assert_text(text_at(plan(PARALLELISM), "effect"), "PENDING");
}

static void a_restore_to_an_older_one_rewinds(void **state)
{
    (void)state;
    running("STATEFUL", "LATEST_STATE");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    struct json p = plan("{'spec':{'restoreFrom':{'savepointId':'" ID_A "','nonce':'1'},"
                         "'template':{'spec':{'parallelism':3}}}}");
    assert_text(text_at(p, "restore.outcome"), "EXISTING");
    assert_text(text_at(p, "restore.chosen.savepointId"), ID_A);
    assert_text(text_at(p, "stateConsequence"), "REWINDS");
}

static void a_creation_is_planned_with_where_values_come_from(void **state)
{
    (void)state;
    assert_status(put("/api/v1/namespaces/default/deployment-defaults",
                      "{'spec':{'maxJobCreationAttempts':9}}"),
                  200);
    struct str before = whole_registry();
    struct answer a = post(
        ONE "/plans", "{'spec':{'template':{'spec':{'artifact':{'jarUri':'file:///x.jar'}}}}}");
    assert_status(a, 201);
    assert_int_equal(number_at(a.json, "base.resourceVersion"), 0);
    assert_text(text_at(a.json, "effect"), "START");
    struct json_iter it = json_each(json_get(a.json, STR("defaulted")));
    struct str key;
    struct json item;
    size_t own = 0;
    size_t built_in = 0;
    while (json_next(&it, &key, &item)) {
        bool attempts = str_eq(text_at(item, "path"), STR("/spec/maxJobCreationAttempts"));
        own += attempts && str_eq(text_at(item, "from"), STR("DeploymentDefaults"));
        built_in += !attempts && str_eq(text_at(item, "from"), STR("built-in"));
    }
    assert_int_equal(own, 1);
    assert_true(built_in > 5);
    assert_text(whole_registry(), before.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(stateful_takes_a_savepoint_first),
        API_STORY(stateful_with_none_starts_empty_and_warns),
        API_STORY(stateless_goes_back_to_what_is_there),
        API_STORY(latest_savepoint_passes_checkpoints_over),
        API_STORY(upgrade_none_waits),
        API_STORY(what_was_not_read_is_not_guessed),
        API_STORY(while_an_end_is_open_nothing_is_promised),
        API_STORY(recovery_without_a_snapshot_is_blocked_where_there_was_state),
        API_STORY(an_edit_of_a_blocked_recovery_is_blocked_too_and_that_is_shown),
        API_STORY(a_first_start_is_empty_and_harmless),
        API_STORY(a_stateful_upgrade_is_safe),
        API_STORY(with_a_standby_its_cluster_comes_first),
        API_STORY(what_loses_state_is_dangerous),
        API_STORY(dropped_operators_are_said),
        API_STORY(what_only_is_stored_is_said),
        API_STORY(a_restore_to_an_older_one_rewinds),
        API_STORY(a_creation_is_planned_with_where_values_come_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
