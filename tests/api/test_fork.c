/* Forks: a new Deployment from the spec and the state of another one, which keeps both. */
#include "api_world.h"

#define ONE      DEPLOYMENTS "/one"
#define FORK     DEPLOYMENTS "?forkOf=one"
#define TWO      "{'metadata':{'name':'two'}}"
#define OLD      "aaaaaaaa-0000-4000-8000-000000000001"
#define NEW      "aaaaaaaa-0000-4000-8000-000000000002"
#define DEFAULTS "/api/v1/namespaces/default/deployment-defaults"

static void given_a_source_with_two_snapshots(void)
{
    assert_status(post(DEPLOYMENTS, "{'metadata':{'name':'one','labels':{'team':'a'}},'spec':{"
                                    "'state':'RUNNING','restoreStrategy':{'kind':"
                                    "'LATEST_SAVEPOINT'},'template':{'spec':{'artifact':{'jarUri':"
                                    "'file:///x.jar'},'parallelism':3,'flinkConfiguration':{"
                                    "'a.b':'1'}}}}}"),
                  201);
    have_savepoint("one", OLD, ORIGIN_USER_REQUEST, 1, 3, "file:///s/old");
    have_savepoint("one", NEW, ORIGIN_RETAINED_CHECKPOINT, 1, 5, "file:///s/new");
}

static void a_fork_has_the_spec_and_begins_from_the_newest_state(void **state)
{
    (void)state;
    given_a_source_with_two_snapshots();
    struct str source = get(ONE).body;
    struct answer a = post(FORK, TWO);
    assert_status(a, 201);
    assert_text(header_of(&a, "Location"), DEPLOYMENTS "/two");
    assert_int_equal(number_at(a.json, "spec.template.spec.parallelism"), 3);
    assert_text(text_at(a.json, "spec.restoreStrategy.kind"), "LATEST_SAVEPOINT");
    /* It writes where its source writes: whoever wants both to run says so. */
    assert_text(text_at(a.json, "spec.state"), "CANCELLED");
    assert_text(text_at(a.json, "spec.restoreFrom.location"), "file:///s/new");
    assert_true(str_starts_with(text_at(a.json, "spec.restoreFrom.nonce"), STR("fork-")));
    assert_int_equal(number_at(a.json, "metadata.generation"), 1);
    struct json hint = json_get(get(DEPLOYMENTS "/two/restore-decision").json, STR("onStart"));
    assert_text(text_at(hint, "outcome"), "EXISTING");
    assert_text(text_at(hint, "chosen.location"), "file:///s/new");
    assert_text(text_at(hint, "chosen.origin"), "COPIED");
    assert_text(get(ONE).body, source.ptr);
}

/* The data stays its source's, and its source cannot delete it under the fork. */
static void a_fork_owns_no_data(void **state)
{
    (void)state;
    given_a_source_with_two_snapshots();
    assert_status(post(FORK "&state=" OLD, TWO), 201);
    assert_problem(del(SAVEPOINTS "/" OLD), 409, "CONFLICT");
    const struct savepoint *copy = entry_named("two")->savepoints[0]->value;
    assert_int_equal(copy->metadata.origin, ORIGIN_COPIED);
    assert_text(copy->spec.savepoint_location, "file:///s/old");
    struct str path = arena_fmt(story_arena, SAVEPOINTS "/%.*s", STR_ARG(copy->metadata.id));
    assert_problem(del(path.ptr), 409, "CONFLICT");
}

static void the_body_is_merged_into_the_spec(void **state)
{
    (void)state;
    given_a_source_with_two_snapshots();
    struct answer a = post(FORK, "{'metadata':{'name':'two','labels':{'for':'tests'}},'spec':{"
                                 "'state':'RUNNING','template':{'spec':{'parallelism':1,"
                                 "'flinkConfiguration':{'a.b':null,'c':'d'}}}}}");
    assert_status(a, 201);
    assert_text(text_at(a.json, "spec.state"), "RUNNING");
    assert_int_equal(number_at(a.json, "spec.template.spec.parallelism"), 1);
    assert_text(json_text(story_arena, json_path(a.json, "spec.template.spec.flinkConfiguration")),
                "{\"c\":\"d\"}");
    assert_text(json_text(story_arena, json_path(a.json, "metadata.labels")),
                "{\"for\":\"tests\"}");
}

/* What the source has is all: defaults that came later do not get in. */
static void defaults_add_nothing(void **state)
{
    (void)state;
    given_a_source_with_two_snapshots();
    assert_status(put(DEFAULTS, "{'spec':{'maxJobCreationAttempts':9,'template':{'spec':{"
                                "'flinkConfiguration':{'later':'yes'}}}}}"),
                  200);
    struct answer a = post(FORK, TWO);
    assert_int_equal(number_at(a.json, "spec.maxJobCreationAttempts"), 4);
    assert_text(json_text(story_arena, json_path(a.json, "spec.template.spec.flinkConfiguration")),
                "{\"a.b\":\"1\"}");
}

static void it_can_begin_empty_or_from_what_the_body_names(void **state)
{
    (void)state;
    given_a_source_with_two_snapshots();
    struct answer a = post(FORK "&state=none", TWO);
    assert_status(a, 201);
    assert_true(json_is_none(json_path(a.json, "spec.restoreFrom")));
    assert_int_equal(entry_named("two")->n_savepoints, 0);
    a = post(FORK, "{'metadata':{'name':'three'},'spec':{'restoreFrom':{'location':"
                   "'file:///elsewhere','nonce':'n'}}}");
    assert_status(a, 201);
    assert_text(text_at(a.json, "spec.restoreFrom.location"), "file:///elsewhere");
}

/* What its source was told once is not told to the fork. */
static void the_past_of_its_source_is_not_its_own(void **state)
{
    (void)state;
    given_a_source_with_two_snapshots();
    assert_status(patch(ONE, "{'spec':{'restoreFrom':{'savepointId':'" OLD "','nonce':'x'}}}"),
                  200);
    assert_status(post(ONE "/operations", "{'spec':{'kind':'RESTART'}}"), 202);
    struct answer a = post(FORK "&state=none", TWO);
    assert_true(json_is_none(json_path(a.json, "spec.restoreFrom")));
    assert_true(json_is_none(json_path(a.json, "spec.template.metadata.annotations")));
}

static void a_dry_run_shows_where_it_would_begin(void **state)
{
    (void)state;
    given_a_source_with_two_snapshots();
    struct str before = whole_registry();
    struct answer a = post(FORK "&dryRun=All", "{'metadata':{'name':'two'},'spec':{'state':"
                                               "'RUNNING'}}");
    assert_status(a, 200);
    assert_text(text_at(a.json, "effect"), "START");
    assert_text(text_at(a.json, "restore.chosen.location"), "file:///s/new");
    assert_text(whole_registry(), before.ptr);
}

static void what_cannot_be_forked_is_refused(void **state)
{
    (void)state;
    have_deployment("bare", "CANCELLED");
    given_a_source_with_two_snapshots();
    struct str before = whole_registry();
    assert_problem(post(DEPLOYMENTS "?forkOf=nobody", TWO), 404, "NOT_FOUND");
    assert_problem(post(DEPLOYMENTS "?forkOf=bare", TWO), 409, "CONFLICT");
    assert_problem(post(DEPLOYMENTS "?state=latest", TWO), 400, "BAD_REQUEST");
    assert_problem(post(FORK "&state=newest", TWO), 400, "BAD_REQUEST");
    assert_problem(post(FORK, "{'metadata':{'name':'one'}}"), 409, "ALREADY_EXISTS");
    assert_text(assert_problem(post(FORK, "{'spec':{}}"), 400, "INVALID"), "/metadata/name");
    assert_problem(post(FORK, "{'metadata':{'name':'two'},'spec':{'nope':1}}"), 400,
                   "UNKNOWN_FIELD");
    assert_problem(post(FORK "&state=latest", "{'metadata':{'name':'two'},'spec':{'restoreFrom':{"
                                              "'location':'file:///s/old','nonce':'n'}}}"),
                   400, "INVALID");
    assert_text(whole_registry(), before.ptr);
}

/* Data that is gone meanwhile is found out before anything is created. */
static void a_snapshot_whose_data_is_gone_makes_no_fork(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_savepoint("one", OLD, ORIGIN_USER_REQUEST, 1, 3, "file:///s/absent");
    assert_problem(post(FORK, TWO), 400, "INVALID");
    assert_problem(get(DEPLOYMENTS "/two"), 404, "NOT_FOUND");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(a_fork_has_the_spec_and_begins_from_the_newest_state),
        API_STORY(a_fork_owns_no_data),
        API_STORY(the_body_is_merged_into_the_spec),
        API_STORY(defaults_add_nothing),
        API_STORY(it_can_begin_empty_or_from_what_the_body_names),
        API_STORY(the_past_of_its_source_is_not_its_own),
        API_STORY(a_dry_run_shows_where_it_would_begin),
        API_STORY(what_cannot_be_forked_is_refused),
        API_STORY(a_snapshot_whose_data_is_gone_makes_no_fork),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
