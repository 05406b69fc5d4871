/* Lists: sorted, selected and cut into pages by the server. */
#include "api_world.h"

#define EVENTS  "/api/v1/namespaces/default/events"
#define TARGETS "/api/v1/namespaces/default/deployment-targets"

/* "a b c": the names of a list, in its order. */
static struct str names_of(struct json list)
{
    struct buf b = {0};
    struct json_iter it = json_each(json_get(list, STR("items")));
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item))
        buf_fmt(&b, "%s%.*s", b.len ? " " : "", STR_ARG(text_at(item, "metadata.name")));
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void assert_names(const char *query, const char *names)
{
    struct answer a = get(arena_fmt(story_arena, DEPLOYMENTS "?%s", query).ptr);
    assert_status(a, 200);
    assert_text(names_of(a.json), names);
}

/* Every page behind the first, joined with " | "; with `drop`, the last item of the first page goes
 * before the second is asked for. */
static struct str pages(const char *query, bool drop)
{
    struct buf b = {0};
    struct str next = {0};
    do {
        struct str path = arena_fmt(story_arena, DEPLOYMENTS "?%s%s%.*s", query,
                                    next.len ? "&continue=" : "", STR_ARG(next));
        struct answer a = get(path.ptr);
        assert_status(a, 200);
        struct str names = names_of(a.json);
        buf_fmt(&b, "%s%.*s", b.len ? " | " : "", STR_ARG(names));
        next = json_str_or(json_path(a.json, "metadata.continue"), (struct str){0});
        int64_t left = number_at(a.json, "metadata.remainingItemCount");
        assert_int_equal(next.len > 0, left > 0);
        if (drop) {
            struct str last = str_skip(names, names.len - 1);
            struct str one = arena_fmt(story_arena, DEPLOYMENTS "/%.*s", STR_ARG(last));
            assert_status(del(one.ptr), 200);
            world_pass(10000000);
            assert_problem(get(one.ptr), 404, "NOT_FOUND");
            drop = false;
        }
    } while (next.len);
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

/* a to e, written in this order; attempts 5 4 3 4 5, team x for a and c. */
static void given_five(void)
{
    static const struct {
        const char *name;
        int attempts;
        const char *team;
    } all[] = {{"c", 3, "x"}, {"a", 5, "x"}, {"e", 5, "y"}, {"b", 4, "y"}, {"d", 4, "y"}};
    for (size_t i = 0; i < 5; i++) {
        struct str body = arena_fmt(
            story_arena,
            "{'metadata':{'name':'%s','labels':{'team':'%s','a.b/c':'%d'}},'spec':{'state':"
            "'CANCELLED','maxJobCreationAttempts':%d,'template':{'spec':{'artifact':{'jarUri':"
            "'file:///x.jar'}}}}}",
            all[i].name, all[i].team, all[i].attempts, all[i].attempts);
        assert_status(post(DEPLOYMENTS, body.ptr), 201);
        world_pass(2000000);
    }
}

static void a_list_is_sorted_as_asked(void **state)
{
    (void)state;
    given_five();
    assert_names("", "a b c d e");
    assert_names("sort=metadata.name", "a b c d e");
    assert_names("sort=-metadata.name", "e d c b a");
    assert_names("sort=metadata.createdAt", "c a e b d");
    assert_names("sort=-metadata.modifiedAt", "d b e a c");
    assert_names("sort=spec.maxJobCreationAttempts", "c b d a e");
    assert_names("sort=-spec.maxJobCreationAttempts,-metadata.name", "e a d b c");
    assert_names("sort=-metadata.labels.team,metadata.name", "b d e a c");
    patch(DEPLOYMENTS "/b", "{'metadata':{'displayName':'B'}}");
    assert_names("sort=-metadata.modifiedAt&limit=1", "b");
    assert_names("sort=-metadata.displayName", "b a c d e");
}

static void a_list_holds_what_is_selected(void **state)
{
    (void)state;
    given_five();
    assert_names("fieldSelector=status.state%3DCANCELLED", "a b c d e");
    assert_names("fieldSelector=status.state%3Dcancelled,metadata.name!%3Dc", "a b d e");
    assert_names("fieldSelector=status.state%3DRUNNING", "");
    assert_names("fieldSelector=spec.maxJobCreationAttempts%3D%3D4", "b d");
    assert_names("fieldSelector=metadata.labels.team%3Dx", "a c");
    assert_names("fieldSelector=metadata.labels.a.b/c%3D5", "a e");
    assert_names("fieldSelector=metadata.displayName%3D", "a b c d e");
    assert_names("fieldSelector=spec.jobFailureExpirationTime%3D600s", "a b c d e");
    assert_names("fieldSelector=spec.template.spec.resources.taskmanager.memory%3D2000m",
                 "a b c d e");
    assert_names("fieldSelector=spec.stopWithDrain%3Dfalse&labelSelector=team%3Dx", "a c");
    struct str id =
        arena_fmt(story_arena, "fieldSelector=metadata.id%%3D%.*s", STR_ARG(entry_named("d")->id));
    assert_names(id.ptr, "d");
}

static void pages_follow_each_other(void **state)
{
    (void)state;
    given_five();
    assert_text(pages("limit=2", false), "a b | c d | e");
    assert_text(pages("limit=5", false), "a b c d e");
    assert_text(pages("limit=2&sort=-metadata.createdAt", false), "d b | e a | c");
    assert_text(pages("limit=2&sort=spec.maxJobCreationAttempts", false), "c b | d a | e");
    assert_text(pages("limit=1&fieldSelector=metadata.labels.team%3Dy", false), "b | d | e");
    struct answer a = get(DEPLOYMENTS "?limit=2");
    assert_int_equal(number_at(a.json, "metadata.remainingItemCount"), 3);
    assert_true(text_at(a.json, "metadata.resourceVersion").len > 10);
}

static void a_page_goes_on_where_its_last_item_was(void **state)
{
    (void)state;
    given_five();
    assert_text(pages("limit=2&sort=spec.maxJobCreationAttempts", true), "c b | d a | e");
}

static void a_summary_is_short(void **state)
{
    (void)state;
    given_five();
    struct answer full = get(DEPLOYMENTS);
    struct answer a = get(DEPLOYMENTS "?view=summary&sort=-metadata.name");
    struct json first = json_at(json_get(a.json, STR("items")), 0);
    assert_text(text_at(first, "kind"), "Deployment");
    assert_text(text_at(first, "metadata.name"), "e");
    assert_text(text_at(first, "status.state"), "CANCELLED");
    assert_text(text_at(first, "spec.state"), "CANCELLED");
    assert_text(text_at(first, "spec.template.spec.artifact.flinkVersion"), "2.3.0");
    assert_true(json_is_none(json_path(first, "spec.restoreStrategy")));
    assert_true(json_is_none(json_path(first, "metadata.annotations")));
    assert_true(a.body.len < 5 * 620);
    assert_true(a.body.len * 2 < full.body.len);
    assert_text(names_of(get(DEPLOYMENTS "?view=FULL").json), "a b c d e");
}

static void what_no_list_can_do_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "sort=metadata",
        "sort=metadata.labels",
        "sort=metadata.nonsense",
        "sort=spec.template",
        "sort=metadata.name.x",
        "sort=kind,kind,kind,kind,kind",
        "fieldSelector=x%3D1",
        "fieldSelector=metadata.name",
        "fieldSelector=%3D1",
        "fieldSelector=,",
        "fieldSelector=spec.state%3DRUNING",
        "fieldSelector=spec.maxJobCreationAttempts%3Dfour",
        "view=tiny",
        "limit=-1",
        "limit=10001",
        "continue=WzFd",
        "continue=!",
        "sort=metadata.name&continue=W1tdLCIiLDAsImEiXQ",
        "watch=1&limit=1",
        "watch=1&sort=metadata.name",
        "watch=1&fieldSelector=x%3D1",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct answer a = get(arena_fmt(story_arena, DEPLOYMENTS "?%s", wrong[i]).ptr);
        print_message("%s\n", wrong[i]);
        assert_problem(a, 400, "BAD_REQUEST");
        assert_true(json_len(json_get(a.json, STR("errors"))) == 1);
    }
    /* the same place without that order is one */
    assert_status(get(DEPLOYMENTS "?continue=W1tdLCIiLDAsImEiXQ"), 200);
}

static void savepoints_jobs_and_targets_are_lists_too(void **state)
{
    (void)state;
    have_deployment("one", "CANCELLED");
    have_savepoint("one", "aaaaaaaa-0000-4000-8000-000000000002", ORIGIN_SUSPEND, 1, 1,
                   "file:///s");
    have_savepoint("one", "aaaaaaaa-0000-4000-8000-000000000001", ORIGIN_COPIED, 1, 2, "file:///t");
    struct answer a = get(SAVEPOINTS "?sort=-status.checkpointId&limit=1");
    struct json first = json_at(json_get(a.json, STR("items")), 0);
    assert_text(text_at(first, "metadata.origin"), "COPIED");
    assert_int_equal(number_at(a.json, "metadata.remainingItemCount"), 1);
    a = get(SAVEPOINTS "?fieldSelector=metadata.origin%3Dsuspend");
    assert_int_equal(json_len(json_get(a.json, STR("items"))), 1);
    assert_status(get("/api/v1/namespaces/default/jobs?view=summary&sort=-metadata.attempt"), 200);
    post(TARGETS, "{'metadata':{'name':'Moon','labels':{'a':'b'}}}");
    assert_text(names_of(get(TARGETS "?sort=-metadata.name").json), "local Moon");
    assert_text(names_of(get(TARGETS "?labelSelector=a").json), "Moon");
}

/* ---- events ---- */

/* Reads from the beginning in pages of two, as a reader does that must not miss one. */
static void a_reader_of_events_misses_none(void **state)
{
    (void)state;
    given_five();
    int64_t since = 0;
    int64_t seen = 0;
    for (;;) {
        struct str path = arena_fmt(story_arena, EVENTS "?since=%lld&limit=2", (long long)since);
        struct answer a = get(path.ptr);
        struct json items = json_get(a.json, STR("items"));
        for (size_t i = 0; i < json_len(items); i++)
            assert_int_equal(number_at(json_at(items, i), "metadata.sequence"), ++seen);
        if (json_len(items) == 0)
            break;
        since = number_at(a.json, "metadata.sequence");
    }
    assert_int_equal(seen, world_app()->last_seq);
    assert_int_equal(since, seen);
}

static void events_are_selected_by_what_happened(void **state)
{
    (void)state;
    given_five();
    struct answer a = get(EVENTS "?fieldSelector=metadata.name%3DDEPLOYMENT_CREATED");
    assert_int_equal(json_len(json_get(a.json, STR("items"))), 5);
    a = get(EVENTS "?fieldSelector=metadata.name%3DNOTHING&since=0&limit=1");
    assert_int_equal(json_len(json_get(a.json, STR("items"))), 0);
    /* nothing fits, and yet it leads on */
    assert_int_equal(number_at(a.json, "metadata.sequence"), world_app()->last_seq);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(a_list_is_sorted_as_asked),
        API_STORY(a_list_holds_what_is_selected),
        API_STORY(pages_follow_each_other),
        API_STORY(a_page_goes_on_where_its_last_item_was),
        API_STORY(a_summary_is_short),
        API_STORY(what_no_list_can_do_is_refused),
        API_STORY(savepoints_jobs_and_targets_are_lists_too),
        API_STORY(a_reader_of_events_misses_none),
        API_STORY(events_are_selected_by_what_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
