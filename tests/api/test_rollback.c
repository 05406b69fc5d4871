/* Going back to a revision, with the newest state or with its own, and starting anew. */
#include "api_ports.h"
#include "core/choice.h"

#define ONE        DEPLOYMENTS "/one"
#define OPERATIONS ONE "/operations"
#define OLD        "aaaaaaaa-0000-4000-8000-000000000001"
#define NEWER      "aaaaaaaa-0000-4000-8000-000000000002"
#define FOREIGN    "aaaaaaaa-0000-4000-8000-000000000003"
#define RESTART    "{'spec':{'kind':'RESTART'}}"

static void set_parallelism(int n)
{
    struct str body =
        arena_fmt(story_arena, "{'spec':{'template':{'spec':{'parallelism':%d}}}}", n);
    assert_status(patch(ONE, body.ptr), 200);
}

static struct answer roll_back(int revision, const char *more)
{
    struct str body =
        arena_fmt(story_arena, "{'spec':{'kind':'ROLLBACK','revision':%d%s}}", revision, more);
    return post(OPERATIONS, body.ptr);
}

static struct json spec_now(void)
{
    return json_get(get(ONE).json, STR("spec"));
}

/* A snapshot that a job of that spec version left. */
static void have_snapshot_of(int64_t spec_version, const char *id, int64_t checkpoint)
{
    struct entry *e = entry_named("one");
    have_savepoint("one", id, ORIGIN_SUSPEND, spec_version, checkpoint,
                   arena_fmt(story_arena, "file:///s/%s", id).ptr);
    struct savepoint *s = e->savepoints[e->n_savepoints - 1]->value;
    s->metadata.job_id = STR("11111111-2222-4333-8444-555555555555");
    s->metadata.annotations =
        str_map_with(story_arena, &(struct str_map){0}, STR(ANNOTATION_SPEC_VERSION),
                     arena_fmt(story_arena, "%lld", (long long)spec_version));
}

/* Revision 1 ran with parallelism 1; 2 with parallelism 2 is what is wanted, and runs. */
static void given_two_revisions(void)
{
    have_deployment("one", "RUNNING");
    set_parallelism(2);
    have_running_job("one");
    have_checkpoint("one", 7, true);
}

static void the_spec_is_that_of_the_revision(void **state)
{
    (void)state;
    given_two_revisions();
    struct answer a = roll_back(1, "");
    assert_status(a, 202);
    assert_text(text_at(a.json, "spec.kind"), "ROLLBACK");
    assert_int_equal(number_at(a.json, "status.revision"), 3);
    assert_int_equal(number_at(spec_now(), "template.spec.parallelism"), 1);
    assert_int_equal(entry_record(entry_named("one"))->operation.kind, OPERATION_UPGRADE);
    struct json made = json_get(get(ONE "/revisions/3").json, STR("metadata"));
    assert_int_equal(number_at(made, "rollbackTo"), 1);
    assert_int_equal(number_at(made, "specVersion"), 3);
    assert_text(text_at(made, "effect"), "RESTART_WITH_STATE");
    /* and forward again */
    assert_status(roll_back(2, ""), 202);
    assert_int_equal(number_at(spec_now(), "template.spec.parallelism"), 2);
}

static void names_labels_and_the_desired_state_stay(void **state)
{
    (void)state;
    given_two_revisions();
    assert_status(patch(ONE, "{'metadata':{'labels':{'team':'a'},'displayName':'One'},"
                             "'spec':{'state':'SUSPENDED'}}"),
                  200);
    assert_status(roll_back(1, ""), 202);
    struct answer now = get(ONE);
    assert_text(text_at(now.json, "spec.state"), "SUSPENDED");
    assert_text(text_at(now.json, "metadata.labels.team"), "a");
    assert_text(text_at(now.json, "metadata.displayName"), "One");
    assert_int_equal(number_at(now.json, "spec.template.spec.parallelism"), 1);
}

static void a_dry_run_shows_the_plan(void **state)
{
    (void)state;
    given_two_revisions();
    struct str before = whole_registry();
    struct answer a = post(OPERATIONS "?dryRun=All", "{'spec':{'kind':'ROLLBACK','revision':1}}");
    assert_status(a, 200);
    assert_text(text_at(a.json, "kind"), "Plan");
    assert_text(text_at(a.json, "effect"), "RESTART_WITH_STATE");
    assert_text(text_at(a.json, "restore.outcome"), "NEW_SAVEPOINT_FIRST");
    assert_text(text_at(a.json, "changes"), "SAFE");
    assert_text(whole_registry(), before.ptr);
}

static void what_is_wanted_already_is_no_change(void **state)
{
    (void)state;
    given_two_revisions();
    struct answer a = roll_back(2, "");
    assert_status(a, 202);
    assert_int_equal(number_at(a.json, "status.revision"), 2);
    assert_int_equal(number_at(get(ONE).json, "metadata.resourceVersion"), 2);
}

/* Its own state: the newest that its jobs left, used once, and the job is replaced for it. */
static void its_own_state_comes_back_when_it_is_asked_for(void **state)
{
    (void)state;
    given_two_revisions();
    have_snapshot_of(1, OLD, 3);
    have_snapshot_of(1, NEWER, 5);
    have_snapshot_of(2, FOREIGN, 9);
    struct answer plan = post(OPERATIONS "?dryRun=All",
                              "{'spec':{'kind':'ROLLBACK','revision':1,'state':'AT_REVISION'}}");
    assert_text(text_at(plan.json, "stateConsequence"), "REWINDS");
    assert_text(text_at(plan.json, "restore.chosen.savepointId"), NEWER);
    assert_status(roll_back(1, ",'state':'AT_REVISION'"), 202);
    assert_text(text_at(spec_now(), "restoreFrom.savepointId"), NEWER);
    struct str nonce = text_at(spec_now(), "restoreFrom.nonce");
    assert_true(str_starts_with(nonce, STR("rollback-")));
    struct core_in in = entry_input(entry_named("one"), story_arena);
    assert_true(core_restore_from_is_due(&in));
    /* once more is once more */
    assert_status(roll_back(1, ",'state':'at_revision'"), 202);
    assert_false(str_eq(text_at(spec_now(), "restoreFrom.nonce"), nonce));
}

static void its_own_state_replaces_the_job_even_if_the_spec_is_the_same(void **state)
{
    (void)state;
    given_two_revisions();
    have_snapshot_of(2, OLD, 3);
    assert_status(roll_back(2, ",'state':'AT_REVISION'"), 202);
    assert_int_equal(entry_record(entry_named("one"))->spec_version, 3);
    assert_int_equal(entry_record(entry_named("one"))->operation.kind, OPERATION_UPGRADE);
}

static void a_revision_that_left_no_state_says_so(void **state)
{
    (void)state;
    given_two_revisions();
    have_savepoint("one", FOREIGN, ORIGIN_COPIED, 1, 3, "file:///s/copied");
    struct str before = whole_registry();
    struct answer a = roll_back(1, ",'state':'AT_REVISION'");
    assert_problem(a, 409, "CONFLICT");
    assert_true(str_contains(text_at(a.json, "detail"), STR("no completed snapshot")));
    assert_text(whole_registry(), before.ptr);
}

static void used_up(struct record *r)
{
    r->used_nonce = STR("b");
}

/* Revision 2 named a snapshot once. To go back to it must not go back to that snapshot again. */
static void an_old_choice_of_state_is_not_made_again(void **state)
{
    (void)state;
    given_two_revisions();
    have_snapshot_of(1, OLD, 3);
    have_snapshot_of(1, NEWER, 5);
    assert_status(patch(ONE, "{'spec':{'restoreFrom':{'savepointId':'" OLD "','nonce':'a'}}}"),
                  200);
    set_parallelism(4);
    assert_status(patch(ONE, "{'spec':{'restoreFrom':{'savepointId':'" NEWER "','nonce':'b'}}}"),
                  200);
    edit_record("one", used_up);
    assert_status(roll_back(3, ""), 202);
    struct core_in in = entry_input(entry_named("one"), story_arena);
    assert_false(core_restore_from_is_due(&in));
    assert_text(text_at(spec_now(), "restoreFrom.nonce"), "b");
    /* and one that was not used yet is taken back */
    assert_status(patch(ONE, "{'spec':{'restoreFrom':{'savepointId':'" OLD "','nonce':'c'}}}"),
                  200);
    assert_status(roll_back(1, ""), 202);
    assert_text(text_at(spec_now(), "restoreFrom.nonce"), "(none)");
}

static void what_cannot_be_gone_back_to_is_named(void **state)
{
    (void)state;
    given_two_revisions();
    struct str before = whole_registry();
    assert_text(assert_problem(roll_back(7, ""), 400, "INVALID"), "/spec/revision");
    assert_text(assert_problem(post(OPERATIONS, "{'spec':{'kind':'ROLLBACK'}}"), 400, "INVALID"),
                "/spec/revision");
    assert_text(assert_problem(roll_back(1, ",'state':'OLDEST'"), 400, "INVALID"), "/spec/state");
    assert_text(
        assert_problem(post(OPERATIONS, "{'spec':{'kind':'RETRY','revision':1}}"), 400, "INVALID"),
        "/spec/revision");
    assert_text(assert_problem(post(OPERATIONS, "{'spec':{'kind':'RESTART','state':'NEWEST'}}"),
                               400, "INVALID"),
                "/spec/state");
    assert_problem(post(DEPLOYMENTS "/two/operations", "{'spec':{'kind':'ROLLBACK','revision':1}}"),
                   404, "NOT_FOUND");
    assert_problem(post(OPERATIONS, "{'metadata':{'resourceVersion':1},'spec':{'kind':'ROLLBACK',"
                                    "'revision':1}}"),
                   409, "CONFLICT");
    assert_text(whole_registry(), before.ptr);
}

static void a_restart_takes_a_new_job_of_the_same_spec(void **state)
{
    (void)state;
    given_two_revisions();
    assert_text(text_at(post(OPERATIONS "?dryRun=All", RESTART).json, "effect"),
                "RESTART_WITH_STATE");
    assert_status(post(OPERATIONS, RESTART), 202);
    assert_int_equal(entry_record(entry_named("one"))->spec_version, 3);
    assert_int_equal(entry_record(entry_named("one"))->operation.kind, OPERATION_UPGRADE);
    struct str at =
        str_map_get_or(&entry_deployment(entry_named("one"))->spec.template_.annotations,
                       STR(ANNOTATION_RESTARTED_AT), (struct str){0});
    assert_true(at.len > 0);
    /* a document that knows nothing of it does not take it back: that would be another restart */
    struct answer now = get(ONE);
    assert_status(put(ONE, "{'metadata':{'name':'one'},'spec':{'state':'RUNNING','template':{"
                           "'spec':{'artifact':{'jarUri':'file:///x.jar'},'parallelism':2}}}}"),
                  200);
    assert_text(get(ONE).body, now.body.ptr);
    world->mono += 2000000;
    assert_status(post(OPERATIONS, RESTART), 202);
    assert_int_equal(entry_record(entry_named("one"))->spec_version, 4);
}

static void a_rollback_is_no_second_restart(void **state)
{
    (void)state;
    given_two_revisions();
    assert_status(post(OPERATIONS, RESTART), 202);
    assert_status(roll_back(2, ""), 202);
    assert_int_equal(entry_record(entry_named("one"))->spec_version, 3);
}

static void where_nothing_may_be_replaced_nothing_is_started_anew(void **state)
{
    (void)state;
    given_two_revisions();
    assert_status(patch(ONE, "{'spec':{'upgradeStrategy':{'kind':'NONE'}}}"), 200);
    assert_problem(post(OPERATIONS, RESTART), 409, "CONFLICT");
    assert_status(
        patch(ONE, "{'spec':{'upgradeStrategy':{'kind':'STATEFUL'},'state':'SUSPENDED'}}"), 200);
    assert_problem(post(OPERATIONS, RESTART), 409, "CONFLICT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(the_spec_is_that_of_the_revision),
        API_STORY(names_labels_and_the_desired_state_stay),
        API_STORY(a_dry_run_shows_the_plan),
        API_STORY(what_is_wanted_already_is_no_change),
        API_STORY(its_own_state_comes_back_when_it_is_asked_for),
        API_STORY(its_own_state_replaces_the_job_even_if_the_spec_is_the_same),
        API_STORY(a_revision_that_left_no_state_says_so),
        API_STORY(an_old_choice_of_state_is_not_made_again),
        API_STORY(what_cannot_be_gone_back_to_is_named),
        API_STORY(a_restart_takes_a_new_job_of_the_same_spec),
        API_STORY(a_rollback_is_no_second_restart),
        API_STORY(where_nothing_may_be_replaced_nothing_is_started_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
