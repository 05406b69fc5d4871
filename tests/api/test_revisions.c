/* The history of a spec: which changes are in it, who made them, what goes, and what stays. */
#include "api_world.h"
#include "base/limits.h"

#define ONE       DEPLOYMENTS "/one"
#define REVISIONS ONE "/revisions"

static struct json revision(size_t i)
{
    return json_at(json_get(get(REVISIONS).json, STR("items")), i);
}

static size_t revisions(void)
{
    return json_len(json_get(get(REVISIONS).json, STR("items")));
}

static void set_parallelism(int n)
{
    struct str body =
        arena_fmt(story_arena, "{'spec':{'template':{'spec':{'parallelism':%d}}}}", n);
    assert_status(patch(ONE, body.ptr), 200);
}

static void each_accepted_change_of_the_spec_is_a_revision(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    assert_int_equal(revisions(), 1);
    set_parallelism(2);
    set_parallelism(2); /* nothing new */
    assert_status(patch(ONE, "{'metadata':{'labels':{'team':'a'}}}"), 200);
    assert_status(patch(ONE, "{'spec':{'maxJobCreationAttempts':9}}"), 200);
    assert_problem(patch(ONE, "{'spec':{'maxJobCreationAttempts':-1}}"), 400, "INVALID");
    assert_status(post(ONE "/plans", "{'spec':{'maxJobCreationAttempts':3}}"), 201);
    assert_int_equal(revisions(), 3);
    assert_int_equal(number_at(revision(0), "metadata.number"), 1);
    assert_int_equal(number_at(revision(1), "metadata.specVersion"), 2);
    assert_int_equal(number_at(revision(2), "metadata.number"), 3);
    assert_int_equal(number_at(revision(2), "metadata.specVersion"), 2);
    assert_int_equal(number_at(revision(2), "metadata.number"),
                     number_at(get(ONE).json, "metadata.generation"));
}

static void a_revision_has_the_whole_spec_as_it_was(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer before = get(ONE);
    set_parallelism(2);
    struct answer a = get(REVISIONS "/1");
    assert_status(a, 200);
    assert_text(text_at(a.json, "kind"), "Revision");
    assert_true(json_equal(json_get(a.json, STR("spec")), json_get(before.json, STR("spec"))));
    assert_true(json_is_none(json_get(revision(0), STR("spec"))));
    assert_problem(get(REVISIONS "/3"), 404, "NOT_FOUND");
    assert_problem(get(REVISIONS "/x"), 404, "NOT_FOUND");
    assert_problem(get(DEPLOYMENTS "/two/revisions"), 404, "NOT_FOUND");
}

static void two_of_them_are_compared(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    set_parallelism(2);
    set_parallelism(5);
    assert_status(patch(ONE, "{'spec':{'maxJobCreationAttempts':9}}"), 200);
    struct json changed = json_get(get(REVISIONS "/4/changes?from=2").json, STR("changed"));
    assert_int_equal(json_len(changed), 2);
    assert_text(text_at(json_at(changed, 0), "path"), "/spec/maxJobCreationAttempts");
    assert_text(text_at(json_at(changed, 0), "class"), "NEXT_START");
    assert_text(text_at(json_at(changed, 1), "path"), "/spec/template/spec/parallelism");
    assert_text(text_at(json_at(changed, 1), "class"), "RESTART");
    assert_int_equal(number_at(json_at(changed, 1), "before"), 2);
    assert_int_equal(number_at(json_at(changed, 1), "after"), 5);
    /* with the one before, where nothing else is said; the first has none */
    struct answer a = get(REVISIONS "/3/changes");
    assert_int_equal(number_at(a.json, "metadata.from"), 2);
    assert_int_equal(json_len(json_get(a.json, STR("changed"))), 1);
    assert_int_equal(json_len(json_get(get(REVISIONS "/1/changes").json, STR("changed"))), 0);
    assert_problem(get(REVISIONS "/4/changes?from=7"), 404, "NOT_FOUND");
    assert_problem(get(REVISIONS "/4/changes?from=x"), 400, "BAD_REQUEST");
}

static void what_it_does_is_told(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    assert_text(text_at(revision(0), "metadata.effect"), "START");
    assert_text(text_at(revision(0), "metadata.operation"), "START");
    have_running_job("one");
    have_checkpoint("one", 7, true);
    set_parallelism(2);
    assert_text(text_at(revision(1), "metadata.effect"), "RESTART_WITH_STATE");
    assert_text(text_at(revision(1), "metadata.operation"), "UPGRADE");
    assert_status(patch(ONE, "{'spec':{'maxJobCreationAttempts':9}}"), 200);
    assert_text(text_at(revision(2), "metadata.effect"), "STORED_ONLY");
    assert_text(text_at(revision(2), "metadata.operation"), "(none)");
    assert_text(json_text(story_arena, json_path(revision(2), "status.current")), "true");
    assert_true(json_is_none(json_path(revision(1), "status.current")));
}

static void it_tells_who_made_it_and_why(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    assert_text(text_at(revision(0), "metadata.author"), "anonymous");
    assert_text(text_at(revision(0), "metadata.source"), "api");
    struct ask a = {.method = "PATCH",
                    .path = ONE "?message=because+of+INC-1",
                    .body = "{'spec':{'maxJobCreationAttempts':5}}",
                    .agent = "sluice",
                    .author = "ada"};
    assert_status(ask(a), 200);
    assert_text(text_at(revision(1), "metadata.author"), "ada");
    assert_text(text_at(revision(1), "metadata.source"), "cli");
    assert_text(text_at(revision(1), "metadata.message"), "because of INC-1");
    a = (struct ask){.method = "PATCH",
                     .path = ONE,
                     .body = "{'spec':{'maxJobCreationAttempts':6}}",
                     .agent = "Mozilla/5.0",
                     .source = "gitops:4f1c2aa",
                     .message = "release"};
    assert_status(ask(a), 200);
    assert_text(text_at(revision(2), "metadata.source"), "gitops:4f1c2aa");
    assert_text(text_at(revision(2), "metadata.message"), "release");
}

static void what_is_no_source_or_message_is_refused(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str before = whole_registry();
    struct ask a = {
        .method = "PATCH", .path = ONE, .body = "{'spec':{'maxJobCreationAttempts':5}}"};
    a.source = "gitops:not a sha";
    assert_problem(ask(a), 400, "BAD_REQUEST");
    a.source = "gitops:";
    assert_problem(ask(a), 400, "BAD_REQUEST");
    a.source = NULL;
    a.message = "two\nlines";
    assert_problem(ask(a), 400, "BAD_REQUEST");
    a.message = NULL;
    a.author = "\xff";
    assert_problem(ask(a), 400, "BAD_REQUEST");
    assert_text(whole_registry(), before.ptr);
    assert_int_equal(revisions(), 1);
}

/* A write that the store does not take leaves no revision either. */
static void a_change_that_is_not_stored_is_no_revision(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    store_says(STORE_REFUSED);
    assert_problem(patch(ONE, "{'spec':{'maxJobCreationAttempts':5}}"), 507, "STORE_FULL");
    store_says(STORE_DONE);
    assert_int_equal(revisions(), 1);
    assert_problem(get(REVISIONS "/2"), 404, "NOT_FOUND");
}

static void the_oldest_go_but_not_what_runs(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one"); /* of spec version 1 */
    assert_status(patch(ONE, "{'spec':{'upgradeStrategy':{'kind':'NONE'}}}"), 200);
    for (int i = 0; i < (int)LIMIT_REVISIONS_KEPT + 5; i++)
        set_parallelism(2 + i);
    assert_int_equal(revisions(), LIMIT_REVISIONS_KEPT);
    /* the last one of spec version 1 is what the job runs */
    assert_int_equal(number_at(revision(0), "metadata.number"), 2);
    assert_int_equal(number_at(revision(1), "metadata.number"), 9);
    assert_int_equal(number_at(revision(LIMIT_REVISIONS_KEPT - 1), "metadata.number"),
                     LIMIT_REVISIONS_KEPT + 7);
    assert_problem(get(REVISIONS "/1"), 404, "NOT_FOUND");
    assert_status(get(REVISIONS "/2"), 200);
}

static void they_go_with_their_deployment(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_deployment("two", "CANCELLED");
    set_parallelism(2);
    assert_status(del(ONE), 200);
    world_pass(10000000);
    assert_problem(get(ONE), 404, "NOT_FOUND");
    have_deployment("one", "CANCELLED");
    assert_int_equal(revisions(), 1);
    assert_int_equal(json_len(json_get(get(DEPLOYMENTS "/two/revisions").json, STR("items"))), 1);
}

/* What was made before there were revisions: its spec is kept when it is changed for the first time. */
static void a_deployment_without_history_gets_one(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    set_parallelism(2);
    entry_named("one")->n_revisions = 0;
    revisions_are_lost();
    assert_int_equal(revisions(), 0);
    set_parallelism(3);
    assert_int_equal(revisions(), 2);
    assert_int_equal(number_at(revision(0), "metadata.number"), 2);
    assert_text(text_at(revision(0), "metadata.source"), "(none)");
    assert_int_equal(number_at(get(REVISIONS "/2").json, "spec.template.spec.parallelism"), 2);
    assert_int_equal(number_at(get(REVISIONS "/3").json, "spec.template.spec.parallelism"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(each_accepted_change_of_the_spec_is_a_revision),
        API_STORY(a_revision_has_the_whole_spec_as_it_was),
        API_STORY(two_of_them_are_compared),
        API_STORY(what_it_does_is_told),
        API_STORY(it_tells_who_made_it_and_why),
        API_STORY(what_is_no_source_or_message_is_refused),
        API_STORY(a_change_that_is_not_stored_is_no_revision),
        API_STORY(the_oldest_go_but_not_what_runs),
        API_STORY(they_go_with_their_deployment),
        API_STORY(a_deployment_without_history_gets_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
