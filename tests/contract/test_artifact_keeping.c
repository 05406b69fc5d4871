/* What is held: fetched once, asked for again only when it may have changed, had again when it was
 * lost, let go of when nobody needs it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "artifacts_world.h"
#include "jar_writer.h"
#include "scratch.h"

#define CLASS "org/example/Job.class"
#define NAME  "org.example.Job"
#define OTHER "org/example/Other.class"
#define URL   "https://host/path/job.jar"

static int setup(void **state)
{
    *state = artifacts_world_new();
    return 0;
}

static int teardown(void **state)
{
    artifacts_world_free(*state);
    return 0;
}

static void serve_jar(struct artifacts_world *w, const char *entry)
{
    jar_make(source_path(w, "served.jar"), NULL, entry);
    web_serve(&w->web, source_path(w, "served.jar"));
}

/* Answers to several questions at once. */
struct answers {
    int done;
    int refused;
    int expected;
};

static void count(void *arg, const struct artifact_sight *s)
{
    struct answers *a = arg;
    a->done += s->outcome == OUTCOME_DONE;
    a->refused += s->outcome == OUTCOME_REFUSED;
    a->expected--;
}

static bool all_answered(void *arg)
{
    return ((struct answers *)arg)->expected == 0;
}

static void ask(struct artifacts_world *w, const char *class, struct answers *a)
{
    struct artifact_request q = {.uri = STR(URL), .entry_class = str_of(class)};
    a->expected++;
    w->artifacts.ops->fetch(w->artifacts.ctx, &q, count, a);
}

static void one_download_at_a_time_answers_all_who_ask_meanwhile(void **state)
{
    struct artifacts_world *w = *state;
    struct answers a = {0};
    serve_jar(w, CLASS);
    w->web.silent = true;
    ask(w, NAME, &a);
    ask(w, NAME, &a);
    ask(w, "org.example.Missing", &a);
    ask(w, NAME, &a);
    assert_int_equal(w->web.asked, 1);
    w->web.silent = false;
    web_answer_now(&w->web);
    assert_true(hand_loop_until(w->loop, all_answered, &a));
    /* Another question about it had its turn afterwards. */
    assert_int_equal(a.done, 3);
    assert_int_equal(a.refused, 1);
    assert_int_equal(w->web.asked, 2);
}

static void who_waits_for_a_download_at_the_close_is_not_called(void **state)
{
    struct artifacts_world *w = *state;
    struct answers a = {0};
    serve_jar(w, CLASS);
    w->web.silent = true;
    ask(w, NAME, &a);
    ask(w, NAME, &a);
    artifacts_world_restart(w);
    w->web.silent = false;
    web_answer_now(&w->web);
    assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
    assert_int_equal(a.done + a.refused, 0);
}

static void a_strong_etag_spares_the_download(void **state)
{
    struct artifacts_world *w = *state;
    serve_jar(w, CLASS);
    w->web.etag = "\"v1\"";
    assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
    assert_string_equal(w->web.if_none_match, "");
    char first[128];
    snprintf(first, sizeof(first), "%s", w->sha256);

    w->web.status = 304;
    assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
    assert_string_equal(w->web.if_none_match, "\"v1\"");
    assert_string_equal(w->sha256, first);
    assert_int_equal(fetch(w, URL, "org.example.Missing"), OUTCOME_REFUSED); /* still looked into */

    /* A new one replaces it. */
    serve_jar(w, OTHER);
    w->web.status = 200;
    w->web.etag = "\"v2\"";
    assert_int_equal(fetch(w, URL, "org.example.Other"), OUTCOME_DONE);
    assert_string_not_equal(w->sha256, first);
    w->web.status = 304;
    assert_int_equal(fetch(w, URL, "org.example.Other"), OUTCOME_DONE);
    assert_string_equal(w->web.if_none_match, "\"v2\"");
}

static void a_copy_that_was_lost_is_downloaded_without_condition(void **state)
{
    struct artifacts_world *w = *state;
    serve_jar(w, CLASS);
    w->web.etag = "\"v1\"";
    assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
    assert_int_equal(unlink(w->path), 0);
    assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
    assert_string_equal(w->web.if_none_match, "");
    assert_int_equal(access(w->path, R_OK), 0);
}

static void what_proves_too_little_is_no_condition(void **state)
{
    struct artifacts_world *w = *state;
    char now[100];
    time_t t = time(NULL);
    struct tm tm;
    strftime(now, sizeof(now), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&t, &tm));
    const struct {
        const char *etag;
        const char *modified;
    } weak[] = {{"W/\"v1\"", NULL}, {"v1", NULL}, {NULL, now}, {NULL, "yesterday"}, {NULL, NULL}};
    serve_jar(w, CLASS);
    for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
        w->web.etag = weak[i].etag;
        w->web.last_modified = weak[i].modified;
        assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
        assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
        assert_string_equal(w->web.if_none_match, "");
        assert_string_equal(w->web.if_modified_since, "");
    }
    /* 304 to a question that was not asked is no answer. */
    w->web.status = 304;
    assert_int_equal(fetch(w, URL, NAME), OUTCOME_UNKNOWN);
}

static void an_old_last_modified_will_do(void **state)
{
    struct artifacts_world *w = *state;
    serve_jar(w, CLASS);
    w->web.last_modified = "Mon, 05 Jan 2026 10:00:00 GMT";
    assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
    w->web.status = 304;
    assert_int_equal(fetch(w, URL, NAME), OUTCOME_DONE);
    assert_string_equal(w->web.if_modified_since, "Mon, 05 Jan 2026 10:00:00 GMT");
}

static void a_lost_copy_is_had_again_by_its_hash_and_by_no_other_bytes(void **state)
{
    struct artifacts_world *w = *state;
    char sha256[128];
    char uri[600];
    jar_make(source_path(w, "job.jar"), NULL, CLASS);
    snprintf(uri, sizeof(uri), "%s", source_uri(w, "job.jar"));
    assert_int_equal(fetch(w, uri, NAME), OUTCOME_DONE);
    snprintf(sha256, sizeof(sha256), "%s", w->sha256);

    /* Damaged, then deleted: the source still has it. */
    assert_int_equal(truncate(w->path, 10), 0);
    assert_int_equal(pinned_or(w, sha256, uri), OUTCOME_DONE);
    assert_int_equal(unlink(w->path), 0);
    assert_int_equal(pinned_or(w, sha256, uri), OUTCOME_DONE);
    assert_string_equal(w->sha256, sha256);
    assert_int_equal(pinned(w, sha256), OUTCOME_DONE);

    /* The source has something else by now: that is refused, and said, and not kept. */
    assert_int_equal(unlink(w->path), 0);
    jar_make(source_path(w, "job.jar"), NULL, OTHER);
    assert_int_equal(pinned_or(w, sha256, uri), OUTCOME_REFUSED);
    assert_non_null(strstr(w->text, "job.jar was lost or damaged"));
    assert_non_null(strstr(w->text, "other content"));
    assert_int_equal(count_files(w, ""), 0);

    /* And the same for a server. */
    assert_int_equal(pinned_or(w, sha256, URL), OUTCOME_REFUSED);
    serve_jar(w, CLASS);
    assert_int_equal(pinned_or(w, sha256, URL), OUTCOME_DONE);
    w->web.status = 503;
    assert_int_equal(unlink(w->path), 0);
    assert_int_equal(pinned_or(w, sha256, URL), OUTCOME_UNKNOWN);
}

static void what_nobody_needs_is_deleted(void **state)
{
    struct artifacts_world *w = *state;
    struct str needed;
    char first[128];
    char note[400];
    jar_make(source_path(w, "one.jar"), NULL, CLASS);
    jar_make(source_path(w, "two.jar"), NULL, OTHER);
    assert_int_equal(fetch_library(w, source_uri(w, "one.jar")), OUTCOME_DONE);
    snprintf(first, sizeof(first), "%s", w->sha256);
    assert_int_equal(fetch_library(w, source_uri(w, "two.jar")), OUTCOME_DONE);
    snprintf(note, sizeof(note), "%s/notes.txt", w->directory);
    FILE *f = fopen(note, "w");
    if (!f)
        abort(); /* no test makes sense then */
    fclose(f);

    /* While a fetch is under way nothing is: its answer is in nobody's list yet. */
    struct answers a = {0};
    w->web.silent = true;
    ask(w, NAME, &a);
    w->artifacts.ops->keep_only(w->artifacts.ctx, (struct str_list){0});
    assert_int_equal(count_files(w, ""), 4); /* with the download's own */
    w->web.silent = false;
    web_answer_now(&w->web);
    assert_true(hand_loop_until(w->loop, all_answered, &a));

    needed = str_of(first);
    w->artifacts.ops->keep_only(w->artifacts.ctx, (struct str_list){&needed, 1});
    assert_int_equal(count_files(w, ""), 2);
    assert_int_equal(pinned(w, first), OUTCOME_DONE);
    assert_int_equal(count_files(w, "notes.txt"), 1);
}

static void a_jar_of_the_class_path_needs_no_class(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "lib.jar"), NULL, CLASS);
    assert_int_equal(fetch(w, source_uri(w, "lib.jar"), ""), OUTCOME_REFUSED);
    assert_int_equal(fetch_library(w, source_uri(w, "lib.jar")), OUTCOME_DONE);
    assert_string_equal(w->entry_class, "");
    /* It is a jar all the same. */
    FILE *f = fopen(source_path(w, "no.jar"), "w");
    if (!f)
        abort(); /* no test makes sense then */
    fputs("no jar at all, but long enough for a look at its end", f);
    fclose(f);
    assert_int_equal(fetch_library(w, source_uri(w, "no.jar")), OUTCOME_REFUSED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_download_at_a_time_answers_all_who_ask_meanwhile),
        CASE(who_waits_for_a_download_at_the_close_is_not_called),
        CASE(a_strong_etag_spares_the_download),
        CASE(a_copy_that_was_lost_is_downloaded_without_condition),
        CASE(what_proves_too_little_is_no_condition),
        CASE(an_old_last_modified_will_do),
        CASE(a_lost_copy_is_had_again_by_its_hash_and_by_no_other_bytes),
        CASE(what_nobody_needs_is_deleted),
        CASE(a_jar_of_the_class_path_needs_no_class),
    };
    int failures = cmocka_run_group_tests_name("artifact_keeping", tests, NULL, NULL);
    scratch_remove();
    return failures;
}
