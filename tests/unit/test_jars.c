/* The jars of an attempt: asked for in order, by their recorded hashes or as they are now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "shell/jars.h"

static struct asked {
    bool recorded;
    bool library;
    char uri[40];
    char sha256[40];
    char entry_class[40];
} asked[8];
static int n_asked;
static int fails_at; /* -1: never */

static void put(char to[40], struct str from)
{
    snprintf(to, 40, "%.*s", STR_ARG(from));
}

static void answer(const struct artifact_request *what, bool recorded,
                   void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    struct asked *x = &asked[n_asked];
    *x = (struct asked){.recorded = recorded, .library = what->library};
    put(x->uri, what->uri);
    put(x->sha256, what->sha256);
    put(x->entry_class, what->entry_class);
    struct artifact_sight s = {.outcome = OUTCOME_DONE, .path = STR("/p"), .sha256 = STR("hash")};
    if (n_asked++ == fails_at)
        s = (struct artifact_sight){.outcome = OUTCOME_REFUSED, .text = STR("it is not there")};
    fn(arg, &s);
}

static void fetch(void *ctx, const struct artifact_request *what,
                  void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    (void)ctx;
    answer(what, false, fn, arg);
}

static void pinned(void *ctx, const struct artifact_request *what,
                   void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    (void)ctx;
    answer(what, true, fn, arg);
}

struct told {
    int times;
    enum outcome outcome;
    char text[100];
    size_t n;
};

static void tell(void *arg, const struct jars_sight *s)
{
    struct told *t = arg;
    t->times++;
    t->outcome = s->outcome;
    t->n = s->n;
    snprintf(t->text, sizeof(t->text), "%.*s", STR_ARG(s->text));
}

static struct told get(const struct jars_request *q, int failing)
{
    static const struct artifacts_ops ops = {.fetch = fetch, .pinned = pinned};
    struct artifacts from = {&ops, NULL};
    struct told t = {0};
    n_asked = 0;
    fails_at = failing;
    jars_get(&from, q, tell, &t);
    assert_int_equal(t.times, 1);
    return t;
}

static struct str uris[] = {{"file:///job.jar", 15}, {"file:///a.jar", 13}, {"file:///b.jar", 13}};
static struct str hashes[] = {{"h0", 2}, {"h1", 2}, {"h2", 2}};

static void a_program_comes_first_and_is_looked_into(void **state)
{
    (void)state;
    struct jars_request q = {.uris = {uris, 3}, .entry_class = STR("a.B"), .program = true};
    struct told t = get(&q, -1);
    assert_int_equal(t.outcome, OUTCOME_DONE);
    assert_int_equal(t.n, 3);
    assert_string_equal(asked[0].uri, "file:///job.jar");
    assert_string_equal(asked[0].entry_class, "a.B");
    assert_false(asked[0].library || asked[0].recorded);
    assert_true(asked[1].library && asked[2].library);
    assert_string_equal(asked[1].entry_class, "");
    assert_string_equal(asked[2].uri, "file:///b.jar");
}

static void what_was_recorded_is_had_by_its_hash(void **state)
{
    (void)state;
    struct jars_request q = {.uris = {uris, 3}, .sha256s = {hashes, 3}, .program = true};
    assert_int_equal(get(&q, -1).outcome, OUTCOME_DONE);
    for (int i = 0; i < 3; i++) {
        assert_true(asked[i].recorded);
        assert_string_equal(asked[i].sha256, hashes[i].ptr);
    }
}

static void the_first_that_cannot_be_had_is_said_and_ends_it(void **state)
{
    (void)state;
    struct jars_request q = {.uris = {uris, 3}, .program = true};
    struct told t = get(&q, 2);
    assert_int_equal(t.outcome, OUTCOME_REFUSED);
    assert_string_equal(t.text, "additionalDependencies[1]: it is not there");
    t = get(&q, 0);
    assert_string_equal(t.text, "it is not there");
    assert_int_equal(n_asked, 1);
    q.program = false; /* the class path alone */
    t = get(&q, 0);
    assert_string_equal(t.text, "additionalDependencies[0]: it is not there");
}

static void of_none_there_is_nothing_to_wait_for(void **state)
{
    (void)state;
    struct jars_request q = {0};
    struct told t = get(&q, -1);
    assert_int_equal(t.outcome, OUTCOME_DONE);
    assert_int_equal(t.n, 0);
    assert_int_equal(n_asked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_comes_first_and_is_looked_into),
        cmocka_unit_test(what_was_recorded_is_had_by_its_hash),
        cmocka_unit_test(the_first_that_cannot_be_had_is_said_and_ends_it),
        cmocka_unit_test(of_none_there_is_nothing_to_wait_for),
    };
    return cmocka_run_group_tests_name("jars", tests, NULL, NULL);
}
