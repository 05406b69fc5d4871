/* Plans that are applied by their id: exactly that, while what they stand on is there. */
#include "api_world.h"
#include "base/limits.h"

#define ONE   DEPLOYMENTS "/one"
#define NS    "/api/v1/namespaces/default"
#define WIDER "{'spec':{'template':{'spec':{'parallelism':4}}}}"
#define JAR   "'template':{'spec':{'artifact':{'jarUri':'file:///x.jar'}}}"

static struct str planned(const char *path, const char *body)
{
    struct answer a = post(path, body);
    assert_status(a, 201);
    struct str id = text_at(a.json, "planId");
    assert_true(str_starts_with(id, STR("p-")));
    assert_text(header_of(&a, "Location"),
                arena_fmt(story_arena, NS "/plans/%.*s", STR_ARG(id)).ptr);
    return id;
}

static struct answer apply(const char *method, const char *path, struct str plan)
{
    return ask(
        (struct ask){.method = method,
                     .path = arena_fmt(story_arena, "%s?planId=%.*s", path, STR_ARG(plan)).ptr});
}

static int64_t parallelism(void)
{
    return number_at(get(ONE).json, "spec.template.spec.parallelism");
}

static void a_plan_is_applied_as_it_was_shown(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    struct str id = planned(ONE "/plans", WIDER);
    struct answer shown = get(arena_fmt(story_arena, NS "/plans/%.*s", STR_ARG(id)).ptr);
    assert_text(text_at(shown.json, "planId"), id.ptr);
    assert_text(text_at(shown.json, "effect"), "RESTART_WITH_STATE");
    assert_int_equal(parallelism(), 1);
    struct answer a = apply("PATCH", ONE, id);
    assert_status(a, 200);
    assert_int_equal(parallelism(), 4);
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 2);
    assert_text(text_at(get(ONE "/revisions/2").json, "metadata.effect"), "RESTART_WITH_STATE");
}

static void a_plan_creates_what_it_was_made_for(void **state)
{
    (void)state;
    struct str id = planned(ONE "/plans", "{'metadata':{'labels':{'a':'b'}},'spec':{'state':"
                                          "'CANCELLED'," JAR "}}");
    assert_status(apply("POST", DEPLOYMENTS, id), 201);
    assert_text(text_at(get(ONE).json, "spec.state"), "CANCELLED");
    id = planned(DEPLOYMENTS "/two/plans", "{'spec':{" JAR "}}");
    assert_status(apply("PUT", DEPLOYMENTS "/two", id), 201);
    assert_text(text_at(get(DEPLOYMENTS "/two").json, "metadata.name"), "two");
}

/* Of a dry run too: whoever reviewed it applies that and nothing else. */
static void a_dry_run_can_be_applied(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a =
        ask((struct ask){.method = "PATCH", .path = ONE "?dryRun=All", .body = WIDER});
    assert_status(a, 200);
    assert_status(apply("PUT", ONE, text_at(a.json, "planId")), 200);
    assert_int_equal(parallelism(), 4);
}

static void a_plan_whose_base_moved_is_refused_with_a_fresh_one(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str id = planned(ONE "/plans", WIDER);
    assert_status(patch(ONE, "{'metadata':{'labels':{'team':'a'}}}"), 200);
    struct answer a = apply("PATCH", ONE, id);
    assert_problem(a, 409, "PLAN_STALE");
    assert_int_equal(parallelism(), 1);
    struct str fresh = text_at(a.json, "newPlanId");
    assert_false(str_eq(fresh, id));
    assert_status(apply("PATCH", ONE, fresh), 200);
    assert_int_equal(parallelism(), 4);
    assert_text(text_at(get(ONE).json, "metadata.labels.team"), "a");
    /* applied: what it stood on is no more */
    assert_problem(apply("PATCH", ONE, fresh), 409, "PLAN_STALE");
}

/* The operations are made anew on what is there now. */
static void a_stale_plan_of_a_json_patch_is_made_again(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a = ask((struct ask){
        .method = "POST",
        .path = ONE "/plans",
        .body = "[{'op':'replace','path':'/spec/template/spec/parallelism','value':4}]",
        .type = "application/json-patch+json"});
    assert_status(a, 201);
    assert_status(patch(ONE, "{'metadata':{'labels':{'team':'a'}}}"), 200);
    a = apply("PATCH", ONE, text_at(a.json, "planId"));
    assert_problem(a, 409, "PLAN_STALE");
    assert_int_equal(parallelism(), 1);
    assert_status(apply("PATCH", ONE, text_at(a.json, "newPlanId")), 200);
    assert_int_equal(parallelism(), 4);
    assert_text(text_at(get(ONE).json, "metadata.labels.team"), "a");
}

static void another_job(struct record *r)
{
    r->current.job_id = STR("22222222-2222-4333-8444-555555555555");
    r->current.number = r->top = 2;
}

/* What it said of the job's state was said of another job. */
static void a_plan_of_another_job_is_refused(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    struct str id = planned(ONE "/plans", WIDER);
    edit_record("one", another_job);
    assert_problem(apply("PATCH", ONE, id), 409, "PLAN_STALE");
    assert_int_equal(parallelism(), 1);
}

/* The name and the version are as they were, and the Deployment is another. */
static void a_plan_of_one_that_was_made_anew_is_refused(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str id = planned(ONE "/plans", WIDER);
    assert_status(del(ONE), 200);
    world_pass(10000000);
    assert_problem(get(ONE), 404, "NOT_FOUND");
    have_deployment("one", "CANCELLED");
    assert_problem(apply("PATCH", ONE, id), 409, "PLAN_STALE");
    assert_int_equal(parallelism(), 1);
}

static void a_stale_plan_that_cannot_be_made_again_says_why(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str id = planned(ONE "/plans", "{'metadata':{'resourceVersion':1},'spec':{"
                                          "'maxJobCreationAttempts':7}}");
    assert_status(patch(ONE, WIDER), 200);
    struct answer a = apply("PATCH", ONE, id);
    assert_problem(a, 409, "PLAN_STALE");
    assert_true(str_contains(text_at(a.json, "detail"), STR("resourceVersion")));
    assert_text(text_at(a.json, "newPlanId"), "(none)");
}

/* Somebody else was quicker: what would be a change now was planned as something new. */
static void a_plan_of_what_is_there_meanwhile_is_refused(void **state)
{
    (void)state;
    struct str id = planned(DEPLOYMENTS "/one/plans", "{'spec':{'state':'CANCELLED'," JAR "}}");
    have_deployment("one", "CANCELLED");
    assert_problem(apply("PUT", ONE, id), 409, "PLAN_STALE");
    assert_problem(apply("POST", DEPLOYMENTS, id), 409, "ALREADY_EXISTS");
}

static void plans_live_for_a_quarter_of_an_hour(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str id = planned(ONE "/plans", WIDER);
    world_pass(INT64_C(899) * 1000000);
    struct str path = arena_fmt(story_arena, NS "/plans/%.*s", STR_ARG(id));
    assert_status(get(path.ptr), 200);
    world_pass(INT64_C(2) * 1000000);
    assert_problem(get(path.ptr), 404, "NOT_FOUND");
    assert_problem(apply("PATCH", ONE, id), 404, "NOT_FOUND");
}

static void what_does_not_fit_a_plan_is_refused(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_deployment("two", "CANCELLED");
    struct str id = planned(ONE "/plans", WIDER);
    struct str before = whole_registry();
    assert_problem(apply("PATCH", DEPLOYMENTS "/two", id), 400, "BAD_REQUEST");
    assert_problem(apply("POST", DEPLOYMENTS, id), 400, "BAD_REQUEST");
    assert_problem(apply("PATCH", ONE, STR("p-nothing")), 404, "NOT_FOUND");
    struct ask with_body = {.method = "PATCH",
                            .path = arena_fmt(story_arena, ONE "?planId=%.*s", STR_ARG(id)).ptr,
                            .body = WIDER};
    assert_problem(ask(with_body), 400, "BAD_REQUEST");
    assert_text(whole_registry(), before.ptr);
}

/* Who plans without end pushes out the oldest, and nobody else. */
static void only_the_newest_are_kept(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str first = planned(ONE "/plans", WIDER);
    struct str second = planned(ONE "/plans", WIDER);
    for (unsigned i = 0; i + 1 < LIMIT_PLANS_KEPT; i++)
        planned(ONE "/plans", WIDER);
    assert_problem(apply("PATCH", ONE, first), 404, "NOT_FOUND");
    assert_status(apply("PATCH", ONE, second), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(a_plan_is_applied_as_it_was_shown),
        API_STORY(a_plan_creates_what_it_was_made_for),
        API_STORY(a_dry_run_can_be_applied),
        API_STORY(a_plan_whose_base_moved_is_refused_with_a_fresh_one),
        API_STORY(a_stale_plan_of_a_json_patch_is_made_again),
        API_STORY(a_plan_of_another_job_is_refused),
        API_STORY(a_plan_of_one_that_was_made_anew_is_refused),
        API_STORY(a_stale_plan_that_cannot_be_made_again_says_why),
        API_STORY(a_plan_of_what_is_there_meanwhile_is_refused),
        API_STORY(plans_live_for_a_quarter_of_an_hour),
        API_STORY(what_does_not_fit_a_plan_is_refused),
        API_STORY(only_the_newest_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
