/* Savepoints over the API: asked for, registered, named by a restore, deleted. */
#include "api_world.h"

#define ONE  DEPLOYMENTS "/one"
#define ID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define ID_B "aaaaaaaa-0000-4000-8000-000000000002"
#define ZERO "00000000-0000-0000-0000-000000000000"

static struct str body_for(const char *name, const char *more)
{
    return arena_fmt(story_arena, "{'metadata':{'deploymentId':'%.*s'}%s}",
                     STR_ARG(entry_named(name)->id), more);
}

static struct answer create(const char *name, const char *more)
{
    return post(SAVEPOINTS, body_for(name, more).ptr);
}

static void one_is_taken_of_the_running_job(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    struct answer a = create("one", "");
    assert_status(a, 201);
    assert_text(text_at(a.json, "status.state"), "STARTED");
    assert_text(text_at(a.json, "metadata.origin"), "USER_REQUEST");
    assert_text(text_at(a.json, "metadata.jobId"), "11111111-2222-4333-8444-555555555555");
    assert_true(
        str_contains(text_at(a.json, "spec.savepointLocation"), text_at(a.json, "metadata.id")));
    assert_text(json_str_or(json_get(json_path(a.json, "metadata.annotations"),
                                     STR(ANNOTATION_SPEC_VERSION)),
                            STR("")),
                "1");
    assert_text(get(header_of(&a, "Location").ptr).body, a.body.ptr);
    /* it cannot be deleted while it is taken, forced or not */
    struct str path = arena_fmt(story_arena, "%.*s?force=true", STR_ARG(header_of(&a, "Location")));
    assert_problem(del(path.ptr), 409, "CONFLICT");
}

static void without_a_job_there_is_nothing_to_take(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a = create("one", "");
    assert_problem(a, 409, "CONFLICT");
    assert_true(str_contains(text_at(a.json, "message"), STR("No active job")));
    assert_text(assert_problem(post(SAVEPOINTS, "{'metadata':{'deploymentId':'" ID_A "'}}"), 404,
                               "NOT_FOUND"),
                "/metadata/deploymentId");
    assert_text(assert_problem(post(SAVEPOINTS, "{}"), 400, "INVALID"), "/metadata/deploymentId");
}

static void one_that_exists_is_registered(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct answer a = create("one", ",'spec':{'savepointLocation':'file:///s/good','"
                                    "flinkSavepointId':'" ZERO "'},'status':{'state':'COMPLETED'}");
    assert_status(a, 201);
    assert_text(text_at(a.json, "metadata.origin"), "COPIED");
    assert_text(text_at(a.json, "status.state"), "COMPLETED");
    assert_text(text_at(a.json, "status.verified"), "FULL");
    assert_text(text_at(a.json, "spec.flinkSavepointId"), ZERO);
    assert_int_equal(number_at(a.json, "status.sizeBytes"), 1234);
    assert_int_equal(number_at(a.json, "status.sequence"), 1);
    assert_true(entry_record(entry_named("one"))->had_snapshot);
    assert_int_equal(entry_record(entry_named("one"))->sequence, 1);
    /* plainly, from where it cannot be looked at */
    a = create("one", ",'spec':{'savepointLocation':'s3://bucket/s'}");
    assert_status(a, 201);
    assert_text(text_at(a.json, "status.verified"), "REPORTED");
    assert_int_equal(number_at(a.json, "status.sequence"), 2);
    struct str list =
        arena_fmt(story_arena, SAVEPOINTS "?deploymentId=%.*s", STR_ARG(entry_named("one")->id));
    assert_int_equal(json_len(json_get(get(list.ptr).json, STR("items"))), 2);
}

static void it_counts_from_its_registration(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    have_checkpoint("one", 41, true);
    struct answer a = create("one", ",'spec':{'savepointLocation':'file:///s/good'}");
    assert_status(a, 201);
    assert_int_equal(number_at(a.json, "status.attempt"), 1);
    assert_int_equal(number_at(a.json, "status.checkpointId"), 41);
}

/* The number of a standby that was given up is above that of the job that runs on: placed there, an
 * import would outrank all that this job writes from now on, and a recovery would go back to it. */
static void a_standby_lifts_no_import_above_the_running_job(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    have_standby_given_up("one");
    have_checkpoint("one", 41, true);
    struct answer a = create("one", ",'spec':{'savepointLocation':'file:///s/good'}");
    assert_status(a, 201);
    assert_int_equal(number_at(a.json, "status.attempt"), 1);
    assert_int_equal(number_at(a.json, "status.checkpointId"), 41);
}

static void what_cannot_be_restored_is_not_registered(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str before = whole_registry();
    static const char *const bodies[] = {
        ",'spec':{'savepointLocation':'file:///s/broken'}",
        ",'spec':{'savepointLocation':'file:///s/absent'}",
        ",'spec':{'savepointLocation':'a\\u0007b'}",
    };
    for (size_t i = 0; i < 3; i++)
        assert_text(assert_problem(create("one", bodies[i]), 400, "INVALID"),
                    "/spec/savepointLocation");
    assert_text(assert_problem(create("one", ",'spec':{'savepointLocation':'file:///s/good'},"
                                             "'status':{'state':'FAILED'}"),
                               400, "INVALID"),
                "/status/state");
    assert_text(assert_problem(create("one", ",'spec':{'savepointLocation':'file:///s/good',"
                                             "'flinkSavepointId':'" ID_A "'}"),
                               400, "INVALID"),
                "/spec/flinkSavepointId");
    assert_text(whole_registry(), before.ptr);
}

/* ---- restoreFrom ---- */

#define FROM(location, nonce) \
    "{'spec':{'restoreFrom':{'location':'" location "','nonce':'" nonce "'}}}"

static void a_restore_by_location_registers_it(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    assert_status(patch(ONE, FROM("file:///s/good", "1")), 200);
    struct entry *e = entry_named("one");
    assert_int_equal(e->n_savepoints, 1);
    const struct savepoint *s = e->savepoints[0]->value;
    assert_text(s->spec.savepoint_location, "file:///s/good");
    assert_int_equal(s->metadata.origin, ORIGIN_COPIED);
    assert_int_equal(s->status.state, SAVEPOINT_COMPLETED);
    assert_text(s->metadata.deployment_id, e->id.ptr);
    /* the same again, and another restore of the same place, need no second row */
    struct answer a = patch(ONE, FROM("file:///s/good", "1"));
    assert_int_equal(number_at(a.json, "metadata.resourceVersion"), 2);
    assert_status(patch(ONE, FROM("file:/s/good/", "2")), 200);
    assert_int_equal(entry_named("one")->n_savepoints, 1);
}

static void a_new_deployment_can_begin_with_a_restore(void **state)
{
    (void)state;
    struct answer a =
        post(DEPLOYMENTS, "{'metadata':{'name':'one'},'spec':{'state':'CANCELLED','restoreFrom':{"
                          "'location':'file:///s/good','nonce':'1'},'template':{'spec':{'artifact':"
                          "{'jarUri':'file:///x.jar'}}}}}");
    assert_status(a, 201);
    struct entry *e = entry_named("one");
    assert_int_equal(e->n_savepoints, 1);
    const struct savepoint *s = e->savepoints[0]->value;
    assert_text(s->metadata.deployment_id, e->id.ptr);
    assert_int_equal(entry_record(e)->sequence, 1);
    assert_text(text_at(get(ONE "/restore-decision").json, "onStart.outcome"), "EXISTING");
}

static void a_restore_of_what_is_not_there_is_refused(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    struct str before = whole_registry();
    assert_text(assert_problem(patch(ONE, FROM("file:///s/absent", "1")), 400, "INVALID"),
                "/spec/restoreFrom/location");
    assert_text(assert_problem(patch(ONE, "{'spec':{'restoreFrom':{'savepointId':'" ID_A "','nonce'"
                                          ":'1'}}}"),
                               400, "INVALID"),
                "/spec/restoreFrom/savepointId");
    assert_text(assert_problem(patch(ONE, "{'spec':{'restoreFrom':{'savepointId':'" ID_A "'}}}"),
                               400, "INVALID"),
                "/spec/restoreFrom/nonce");
    assert_text(whole_registry(), before.ptr);
}

/* ---- deletion ---- */

static struct answer drop(const char *id, const char *query)
{
    return del(arena_fmt(story_arena, SAVEPOINTS "/%s%s", id, query).ptr);
}

static int state_of(const char *id)
{
    const struct savepoint *s = entry_savepoint(entry_named("one"), str_of(id));
    return s ? s->status.state : -1;
}

static void an_older_one_is_deleted_with_its_data(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    have_savepoint("one", ID_B, ORIGIN_USER_REQUEST, 1, 5, "file:///s/b");
    struct answer a = drop(ID_A, "");
    assert_status(a, 200);
    assert_text(text_at(a.json, "status.state"), "PENDING_DELETION");
    assert_int_equal(state_of(ID_A), SAVEPOINT_PENDING_DELETION);
    assert_status(drop(ID_A, ""), 200);
    assert_problem(drop(ZERO, ""), 404, "NOT_FOUND");
}

static struct str refusal(const char *id)
{
    struct answer a = drop(id, "");
    assert_problem(a, 409, "CONFLICT");
    return text_at(a.json, "detail");
}

static void base_of_the_job(struct record *r)
{
    r->current.source = SOURCE_SNAPSHOT;
    r->current.source_savepoint_id = STR(ID_A);
    r->current.source_location = STR("file:///s/a");
}

static void what_somebody_needs_is_not_deleted(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_savepoint("one", ID_B, ORIGIN_USER_REQUEST, 1, 5, "file:///s/b");
    assert_true(str_contains(refusal(ID_B), STR("newest")));
    have_savepoint("one", ID_A, ORIGIN_COPIED, 1, 3, "file:///s/a");
    assert_true(str_contains(refusal(ID_A), STR("somebody else")));
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:/s/b/");
    assert_true(str_contains(refusal(ID_A), STR("same location")));
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    have_running_job("one");
    edit_record("one", base_of_the_job);
    assert_true(str_contains(refusal(ID_A), STR("restored from it")));
    assert_int_equal(state_of(ID_A), SAVEPOINT_COMPLETED);
    /* the record can be forgotten all the same */
    assert_status(drop(ID_A, "?force=true"), 200);
    assert_int_equal(state_of(ID_A), -1);
    assert_status(drop(ID_B, "?force=true"), 200);
    assert_int_equal(entry_named("one")->n_savepoints, 0);
}

static void a_dry_run_touches_nothing(void **state)
{
    (void)state;
    have_deployment("one", "RUNNING");
    have_running_job("one");
    have_savepoint("one", ID_A, ORIGIN_USER_REQUEST, 1, 3, "file:///s/a");
    have_savepoint("one", ID_B, ORIGIN_USER_REQUEST, 1, 5, "file:///s/b");
    struct str before = whole_registry();
    assert_text(text_at(drop(ID_A, "?dryRun=All").json, "kind"), "Plan");
    assert_problem(drop(ID_B, "?dryRun=All"), 409, "CONFLICT");
    struct answer a = post(SAVEPOINTS "?dryRun=All", body_for("one", "").ptr);
    assert_text(text_at(a.json, "kind"), "Plan");
    assert_status(patch(ONE "?dryRun=All", FROM("file:///s/good", "1")), 200);
    assert_text(whole_registry(), before.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(one_is_taken_of_the_running_job),
        API_STORY(without_a_job_there_is_nothing_to_take),
        API_STORY(one_that_exists_is_registered),
        API_STORY(it_counts_from_its_registration),
        API_STORY(a_standby_lifts_no_import_above_the_running_job),
        API_STORY(what_cannot_be_restored_is_not_registered),
        API_STORY(a_restore_by_location_registers_it),
        API_STORY(a_new_deployment_can_begin_with_a_restore),
        API_STORY(a_restore_of_what_is_not_there_is_refused),
        API_STORY(an_older_one_is_deleted_with_its_data),
        API_STORY(what_somebody_needs_is_not_deleted),
        API_STORY(a_dry_run_touches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
