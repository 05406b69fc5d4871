/* Watches that go on where they ended. */
#include "api_world.h"

#include <stdio.h>

#include "base/limits.h"

#define ONE DEPLOYMENTS "/one"

/* "MODIFIED one, BOOKMARK": types and names of an NDJSON stream. */
static struct str story_of(int at)
{
    struct buf b = {0};
    struct str rest = stream_text(at);
    while (rest.len) {
        struct json v;
        struct err e;
        struct str line = str_split(rest, '\n', &rest);
        assert_int_equal(json_parse(story_arena, line, &v, &e), 0);
        buf_fmt(&b, "%s%.*s", b.len ? ", " : "", STR_ARG(text_at(v, "type")));
        if (!str_eq(text_at(v, "type"), STR("BOOKMARK")))
            buf_fmt(&b, " %.*s", STR_ARG(text_at(v, "object.metadata.name")));
    }
    struct str text = arena_str(story_arena, buf_str(&b));
    buf_fini(&b);
    return text;
}

/* Of the stream's last message. */
static struct str place_of(int at)
{
    struct json v;
    struct err e;
    struct str text = stream_text(at);
    struct str rest = str_take(text, text.len - 1);
    while (str_find_char(rest, '\n') < rest.len)
        str_split(rest, '\n', &rest);
    assert_int_equal(json_parse(story_arena, rest, &v, &e), 0);
    return text_at(v, "resourceVersion");
}

static int watch_from(struct str place, const char *more)
{
    struct str path =
        arena_fmt(story_arena, DEPLOYMENTS "?watch=1&resourceVersion=%.*s%s", STR_ARG(place), more);
    return ask_later((struct ask){.method = "GET", .path = path.ptr});
}

static void label(const char *name, const char *value)
{
    struct str path = arena_fmt(story_arena, DEPLOYMENTS "/%s", name);
    struct str body = arena_fmt(story_arena, "{'metadata':{'labels':{'team':'%s'}}}", value);
    assert_status(patch(path.ptr, body.ptr), 200);
}

static void deleted(const char *name)
{
    struct str path = arena_fmt(story_arena, DEPLOYMENTS "/%s", name);
    assert_status(del(path.ptr), 200);
    world_pass(5000000);
    assert_problem(get(path.ptr), 404, "NOT_FOUND");
}

/* Three that have reached their state: nothing moves by itself any more. */
static void given_three(void)
{
    have_deployment("one", "CANCELLED");
    have_deployment("two", "CANCELLED");
    have_deployment("three", "CANCELLED");
    world_pass(5000000);
}

static void a_watch_goes_on_from_a_list(void **state)
{
    (void)state;
    given_three();
    struct str place = text_at(get(DEPLOYMENTS).json, "metadata.resourceVersion");
    int quiet = watch_from(place, "");
    assert_text(story_of(quiet), "BOOKMARK");
    label("two", "a");
    label("one", "a");
    label("two", "b");
    int at = watch_from(place, "");
    /* each once, as it is now, in the order of its last change */
    assert_text(story_of(at), "MODIFIED one, MODIFIED two, BOOKMARK");
    assert_text(story_of(quiet), "BOOKMARK, MODIFIED two, MODIFIED one, MODIFIED two");
    label("three", "a");
    assert_text(story_of(at), "MODIFIED one, MODIFIED two, BOOKMARK, MODIFIED three");
    assert_text(story_of(watch_from(place_of(at), "")), "BOOKMARK");
}

static void who_was_away_is_told_of_births_and_deaths(void **state)
{
    (void)state;
    given_three();
    int at = ask_later((struct ask){.method = "GET", .path = DEPLOYMENTS "?watch=1"});
    struct str place = place_of(at);
    client_leaves(at);
    deleted("one");
    have_deployment("one", "CANCELLED");
    world_pass(5000000);
    deleted("three");
    at = watch_from(place, "");
    assert_text(story_of(at), "DELETED one, ADDED one, DELETED three, BOOKMARK");
    assert_text(story_of(watch_from(place_of(at), "")), "BOOKMARK");
}

static void a_browser_comes_back_with_its_last_event(void **state)
{
    (void)state;
    given_three();
    struct ask sse = {
        .method = "GET", .path = DEPLOYMENTS "?watch=1", .accept = "text/event-stream"};
    int at = ask_later(sse);
    label("one", "a");
    struct str text = stream_text(at);
    struct str rest = str_skip(text, str_find(text, STR("event: MODIFIED")) - 40);
    rest = str_skip(rest, str_find(rest, STR("id: ")) + 4);
    struct str id = str_split(rest, '\n', &rest);
    client_leaves(at);
    label("two", "a");
    sse.last_event_id = arena_str(story_arena, id).ptr;
    at = ask_later(sse);
    text = stream_text(at);
    assert_false(str_contains(text, STR("\"name\":\"one\"")));
    assert_true(str_contains(text, STR("\nevent: MODIFIED\ndata: {\"type\":\"MODIFIED\",")));
    assert_true(str_contains(text, STR("\"name\":\"two\"")));
    /* what the browser says is newer than the address it was opened with */
    struct str old = text_at(get(DEPLOYMENTS).json, "metadata.resourceVersion");
    label("three", "a");
    sse.path =
        arena_fmt(story_arena, DEPLOYMENTS "?watch=1&resourceVersion=%.*s", STR_ARG(old)).ptr;
    sse.last_event_id = text_at(get(DEPLOYMENTS).json, "metadata.resourceVersion").ptr;
    assert_false(str_contains(stream_text(ask_later(sse)), STR("MODIFIED")));
}

static void a_selection_is_told_of_what_may_have_left_it(void **state)
{
    (void)state;
    given_three();
    label("one", "x");
    label("two", "x");
    struct str place = text_at(get(DEPLOYMENTS).json, "metadata.resourceVersion");
    label("two", "y");
    label("three", "x");
    int at = watch_from(place, "&labelSelector=team%3Dx");
    assert_text(story_of(at), "DELETED two, MODIFIED three, BOOKMARK");
    label("one", "y");
    label("three", "x");
    patch(DEPLOYMENTS "/three", "{'metadata':{'displayName':'3'}}");
    assert_text(story_of(at), "DELETED two, MODIFIED three, BOOKMARK, DELETED one, MODIFIED three");
    at = watch_from(place, "&fieldSelector=metadata.displayName%3D3");
    assert_text(story_of(at), "DELETED two, DELETED one, MODIFIED three, BOOKMARK");
}

static void fields_select_what_is_watched(void **state)
{
    (void)state;
    given_three();
    int at = ask_later((struct ask){.method = "GET",
                                    .path = DEPLOYMENTS
                                    "?watch=1&view=summary&fieldSelector=spec.state%3DSUSPENDED"});
    assert_text(story_of(at), "BOOKMARK");
    patch(ONE, "{'spec':{'state':'SUSPENDED'}}");
    assert_true(str_starts_with(story_of(at), STR("BOOKMARK, ADDED one")));
    assert_false(str_contains(stream_text(at), STR("restoreStrategy")));
    patch(ONE, "{'spec':{'state':'CANCELLED'}}");
    assert_true(str_contains(story_of(at), STR(", DELETED one")));
}

static void a_place_that_is_too_old_has_expired(void **state)
{
    (void)state;
    given_three();
    struct str place = text_at(get(DEPLOYMENTS).json, "metadata.resourceVersion");
    /* of another process */
    char other[64];
    snprintf(other, sizeof(other), "%.*s", STR_ARG(place));
    other[0] = other[0] == 'a' ? 'b' : 'a';
    assert_problem(answer_of(watch_from(str_of(other), "")), 410, "EXPIRED");
    /* of the future */
    struct str future = arena_fmt(story_arena, "%.*s9", STR_ARG(place));
    assert_problem(answer_of(watch_from(future, "")), 410, "EXPIRED");
    static const char *const nonsense[] = {"0",         "7",          "-1",         "x",
                                           "deadbeef-", "deadbeef-x", "deadbeef--1"};
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
        assert_problem(answer_of(watch_from(str_of(nonsense[i]), "")), 400, "BAD_REQUEST");
    assert_int_equal(answer_of(watch_from(place, "")).status, 200);
}

/* Deletions are what is kept; when one of them is forgotten, whoever has not heard of it lists again. */
static void a_forgotten_deletion_is_never_passed_over(void **state)
{
    (void)state;
    given_three();
    struct str before = text_at(get(DEPLOYMENTS).json, "metadata.resourceVersion");
    deleted("one");
    struct str after = text_at(get(DEPLOYMENTS).json, "metadata.resourceVersion");
    struct entry *gone = entry_named("two");
    /* as many as are kept, of one that is not looked up again */
    gone->removed = true;
    for (unsigned i = 0; i + 1 < LIMIT_TOMBSTONES; i++)
        world_app()->on_change(world_app()->on_change_arg, gone, NULL, 0);
    gone->removed = false;
    assert_int_equal(answer_of(watch_from(before, "")).status, 200);
    gone->removed = true;
    world_app()->on_change(world_app()->on_change_arg, gone, NULL, 0);
    gone->removed = false;
    assert_problem(answer_of(watch_from(before, "")), 410, "EXPIRED");
    assert_int_equal(answer_of(watch_from(after, "")).status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(a_watch_goes_on_from_a_list),
        API_STORY(who_was_away_is_told_of_births_and_deaths),
        API_STORY(a_browser_comes_back_with_its_last_event),
        API_STORY(a_selection_is_told_of_what_may_have_left_it),
        API_STORY(fields_select_what_is_watched),
        API_STORY(a_place_that_is_too_old_has_expired),
        API_STORY(a_forgotten_deletion_is_never_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
