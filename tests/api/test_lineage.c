/* Lineage: what came of what. */
#include "api_world.h"
#include "model/job.h"
#include "shell/registry_impl.h"

#define LINEAGE DEPLOYMENTS "/one/lineage"
#define JOB_1   "11111111-2222-4333-8444-000000000001"
#define JOB_2   "11111111-2222-4333-8444-000000000002"
#define OLD     "aaaaaaaa-0000-4000-8000-000000000001"
#define NEW     "aaaaaaaa-0000-4000-8000-000000000002"

static void have_job(const char *id, int64_t attempt, const char *from)
{
    struct entry *e = entry_named("one");
    struct err err = {0};
    struct job j = {
        .metadata = {.id = str_of(id),
                     .deployment_id = e->id,
                     .attempt = attempt,
                     .created_at = INT64_C(1700000000000000) + attempt,
                     .annotations = str_map_with(story_arena, &(struct str_map){0},
                                                 STR(ANNOTATION_SPEC_VERSION),
                                                 arena_fmt(story_arena, "%d", (int)attempt))},
        .spec = {.savepoint_id = str_of(from), .savepoint_location = STR("file:///s/gone")},
        .status = {.state = JOB_TERMINATED},
    };
    struct object *o = object_decode(&job_fields, body_of(story_arena, &job_fields, &j), 1, &err);
    assert_non_null(o);
    entry_set_job(e, o);
}

static void have_snapshot_of(const char *job, const char *id, int64_t attempt, const char *location)
{
    struct entry *e = entry_named("one");
    have_savepoint("one", id, ORIGIN_SUSPEND, attempt, 5, location);
    struct savepoint *s = e->savepoints[e->n_savepoints - 1]->value;
    s->metadata.job_id = str_of(job);
}

/* Job 1 took OLD; job 2 began with it and took NEW. */
static void given_two_jobs(void)
{
    have_deployment("one", "CANCELLED");
    assert_status(patch(DEPLOYMENTS "/one", "{'spec':{'template':{'spec':{'parallelism':2}}}}"),
                  200);
    have_job(JOB_1, 1, NULL);
    have_snapshot_of(JOB_1, OLD, 1, "file:///s/old");
    have_job(JOB_2, 2, OLD);
    have_snapshot_of(JOB_2, NEW, 2, "file:///s/new");
}

static struct json node(struct json lineage, const char *id)
{
    struct json nodes = json_get(lineage, STR("nodes"));
    for (size_t i = 0; i < json_len(nodes); i++)
        if (str_eq(text_at(json_at(nodes, i), "id"), str_of(id)))
            return json_at(nodes, i);
    return (struct json){0};
}

static size_t edges(struct json lineage, const char *kind, const char *from, const char *to)
{
    struct json list = json_get(lineage, STR("edges"));
    size_t n = 0;
    for (size_t i = 0; i < json_len(list); i++)
        n += str_eq(text_at(json_at(list, i), "kind"), str_of(kind)) &&
             str_eq(text_at(json_at(list, i), "from"), str_of(from)) &&
             str_eq(text_at(json_at(list, i), "to"), str_of(to));
    return n;
}

static size_t all_edges(struct json lineage)
{
    return json_len(json_get(lineage, STR("edges")));
}

static void jobs_snapshots_and_what_came_of_what(void **state)
{
    (void)state;
    given_two_jobs();
    struct answer a = get(LINEAGE);
    assert_status(a, 200);
    assert_text(text_at(a.json, "kind"), "Lineage");
    assert_text(text_at(node(a.json, JOB_1), "kind"), "JOB");
    assert_text(text_at(node(a.json, JOB_1), "state"), "TERMINATED");
    assert_int_equal(number_at(node(a.json, JOB_2), "revision"), 2);
    assert_text(text_at(node(a.json, NEW), "kind"), "SAVEPOINT");
    assert_text(text_at(node(a.json, NEW), "origin"), "SUSPEND");
    assert_int_equal(edges(a.json, "TOOK", JOB_1, OLD), 1);
    assert_int_equal(edges(a.json, "TOOK", JOB_2, NEW), 1);
    assert_int_equal(edges(a.json, "RESTORED_FROM", OLD, JOB_2), 1);
    /* one for each scenario that has an answer; nothing else */
    assert_int_equal(edges(a.json, "NEXT", NEW, "next"), all_edges(a.json) - 3);
    assert_true(edges(a.json, "NEXT", NEW, "next") > 0);
    assert_int_equal(json_len(json_get(a.json, STR("nodes"))), 5);
}

/* What the next job begins with is what the RestoreDecision says. */
static void the_next_job_is_where_the_decision_says(void **state)
{
    (void)state;
    given_two_jobs();
    assert_status(
        patch(DEPLOYMENTS "/one", "{'spec':{'restoreFrom':{'savepointId':'" OLD "','nonce':'a'}}}"),
        200);
    struct answer a = get(LINEAGE);
    struct json decision = json_get(get(DEPLOYMENTS "/one/restore-decision").json, STR("onStart"));
    assert_text(text_at(decision, "chosen.savepointId"), OLD);
    assert_true(edges(a.json, "NEXT", OLD, "next") > 0);
    assert_int_equal(edges(a.json, "NEXT", NEW, "next"), 0);
}

static void a_fork_and_its_source_show_each_other(void **state)
{
    (void)state;
    given_two_jobs();
    assert_status(post(DEPLOYMENTS "?forkOf=one", "{'metadata':{'name':'two'}}"), 201);
    const struct savepoint *copy = entry_named("two")->savepoints[0]->value;
    const char *id = arena_cstr(story_arena, copy->metadata.id);
    struct answer source = get(LINEAGE);
    assert_int_equal(edges(source.json, "COPY_OF", id, NEW), 1);
    assert_text(text_at(node(source.json, id), "deploymentName"), "two");
    struct answer fork = get(DEPLOYMENTS "/two/lineage");
    assert_int_equal(edges(fork.json, "COPY_OF", id, NEW), 1);
    assert_text(text_at(node(fork.json, NEW), "deploymentName"), "one");
    assert_true(edges(fork.json, "NEXT", id, "next") > 0);
}

static void the_older_part_can_be_left_out(void **state)
{
    (void)state;
    given_two_jobs();
    struct answer a = get(LINEAGE "?since=1");
    assert_true(json_is_none(node(a.json, JOB_1)));
    /* what a job that is shown began with is shown */
    assert_int_equal(edges(a.json, "RESTORED_FROM", OLD, JOB_2), 1);
    assert_false(json_is_none(node(a.json, OLD)));
    assert_int_equal(number_at(a.json, "range.since"), 1);
    assert_text(get(LINEAGE "?limit=1").body, a.body.ptr);
    assert_problem(get(LINEAGE "?limit=x"), 400, "BAD_REQUEST");
    assert_problem(get(DEPLOYMENTS "/nobody/lineage"), 404, "NOT_FOUND");
}

static void a_snapshot_that_is_forgotten_stays_in_the_picture(void **state)
{
    (void)state;
    given_two_jobs();
    entry_drop_savepoint(entry_named("one"), STR(OLD));
    struct answer a = get(LINEAGE);
    assert_text(text_at(node(a.json, OLD), "state"), "GONE");
    assert_text(text_at(node(a.json, OLD), "location"), "file:///s/gone");
    assert_int_equal(edges(a.json, "RESTORED_FROM", OLD, JOB_2), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(jobs_snapshots_and_what_came_of_what),
        API_STORY(the_next_job_is_where_the_decision_says),
        API_STORY(a_fork_and_its_source_show_each_other),
        API_STORY(the_older_part_can_be_left_out),
        API_STORY(a_snapshot_that_is_forgotten_stays_in_the_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
