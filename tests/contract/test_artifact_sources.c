/* Where artifacts come from: every form of URI, and web servers in every mood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "artifacts_world.h"
#include "base/limits.h"
#include "jar_writer.h"
#include "scratch.h"

#define CLASS "org/example/Job.class"
#define NAME  "org.example.Job"
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

static void a_uri_that_is_not_understood_is_refused(void **state)
{
    static const char *const uris[] = {
        "",
        "job.jar",
        "/tmp/job.jar",
        "file:job.jar",
        "file:",
        "file://",
        "file://job.jar",
        "file://elsewhere/job.jar",
        "file:///%00.jar",
        "file:///a%2",
        "file:///a%zz.jar",
        "s3://bucket/job.jar",
        "ftp://host/job.jar",
        "jar:file:/x.jar!/y",
        "http:",
        "http:///job.jar",
        "https:job.jar",
        "http://host/%zz.jar",
    };
    struct artifacts_world *w = *state;
    for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
        enum outcome outcome = fetch(w, uris[i], NAME);
        if (outcome != OUTCOME_REFUSED)
            fail_msg("%s: outcome %d", uris[i], (int)outcome);
        assert_true(w->text[0] != '\0');
    }
    assert_int_equal(0, w->web.asked);
}

static void every_spelling_of_a_file_uri_is_found(void **state)
{
    static const char *const forms[] = {"file:%s/a%%20b.jar", "file://%s/a%%20b.jar",
                                        "FILE://LocalHost%s/a%%20b.jar", "file:%s/a b.jar",
                                        "file:%s/a%%20b.jar?redeploy=7#now"};
    struct artifacts_world *w = *state;
    char uri[600];
    jar_make(source_path(w, "a b.jar"), NULL, CLASS);
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(uri, sizeof(uri), forms[i], w->sources);
#pragma GCC diagnostic pop
        if (fetch(w, uri, NAME) != OUTCOME_DONE)
            fail_msg("%s: %s", uri, w->text);
        assert_string_equal("a_b.jar", w->name);
    }
}

/* Names end up in directories of Flink: whatever the URI says, they are one plain file name. */
static void names_are_plain_file_names(void **state)
{
    static const struct {
        const char *url;
        const char *name;
    } cases[] = {
        {"http://h/job-1.2_x.jar", "job-1.2_x.jar"},
        {"http://h/", "job.jar"},
        {"http://h", "job.jar"},
        {"http://h/download?file=../../x.jar", "download.jar"},
        {"http://h/a/..%2f..%2fetc%2fpasswd", "passwd.jar"},
        {"http://h/..", "job.jar"},
        {"http://h/...jar", "job.jar"},
        {"http://h/.hidden.jar", "hidden.jar"},
        {"http://h/a%5cb%0ac%3bd.jar", "a_b_c_d.jar"},
        {"http://h/gr%C3%BC%C3%9Fe.jar", "gr____e.jar"},
    };
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), NULL, CLASS);
    web_serve(&w->web, source_path(w, "job.jar"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(OUTCOME_DONE, fetch(w, cases[i].url, NAME));
        assert_string_equal(cases[i].name, w->name);
    }
}

static void a_long_name_is_cut(void **state)
{
    struct artifacts_world *w = *state;
    char url[1000] = "http://h/";
    memset(url + 9, 'x', 900);
    jar_make(source_path(w, "job.jar"), NULL, CLASS);
    web_serve(&w->web, source_path(w, "job.jar"));
    assert_int_equal(OUTCOME_DONE, fetch(w, url, NAME));
    assert_in_range(strlen(w->name), 5, 200);
    assert_string_equal(".jar", w->name + strlen(w->name) - 4);
}

static void a_download_is_bounded_checked_and_pinned(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), "Main-Class: " NAME "\n", CLASS);
    web_serve(&w->web, source_path(w, "job.jar"));
    assert_int_equal(OUTCOME_DONE, fetch(w, URL "?token=abc", ""));
    assert_string_equal("job.jar", w->name);
    assert_string_equal(NAME, w->entry_class);
    assert_int_equal(w->web.body_size, w->size);
    assert_int_equal(0, access(w->path, R_OK));
    assert_int_equal(0, count_files(w, ".fetch-"));
    assert_int_equal(LIMIT_JAR, w->web.last.most_bytes);
    assert_true(w->web.last.timeout_us > 0);
    assert_true(w->web.last.follow_redirects);
}

/* Nothing proves a download unchanged, unless its server does. */
static void a_second_fetch_downloads_again(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), NULL, CLASS);
    web_serve(&w->web, source_path(w, "job.jar"));
    assert_int_equal(OUTCOME_DONE, fetch(w, URL, NAME));
    assert_int_equal(OUTCOME_DONE, fetch(w, URL, NAME));
    assert_int_equal(2, w->web.asked);
    assert_int_equal(1, count_files(w, ""));
}

static void only_not_found_and_gone_prove_an_absence(void **state)
{
    static const struct {
        int status;
        enum outcome outcome;
    } cases[] = {
        {404, OUTCOME_REFUSED}, {410, OUTCOME_REFUSED}, {204, OUTCOME_UNKNOWN},
        {206, OUTCOME_UNKNOWN}, {302, OUTCOME_UNKNOWN}, {401, OUTCOME_UNKNOWN},
        {403, OUTCOME_UNKNOWN}, {429, OUTCOME_UNKNOWN}, {500, OUTCOME_UNKNOWN},
        {503, OUTCOME_UNKNOWN},
    };
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), NULL, CLASS);
    web_serve(&w->web, source_path(w, "job.jar"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        w->web.status = cases[i].status;
        if (fetch(w, URL, NAME) != cases[i].outcome)
            fail_msg("status %d: outcome %d", cases[i].status, (int)w->outcome);
        assert_int_equal(0, count_files(w, ""));
    }
}

/* A server that is down says nothing about the artifact: REFUSED by its kernel is UNKNOWN here. */
static void a_server_that_does_not_answer_is_unknown(void **state)
{
    struct artifacts_world *w = *state;
    w->web.outcome = OUTCOME_UNKNOWN;
    assert_int_equal(OUTCOME_UNKNOWN, fetch(w, URL, NAME));
    w->web.outcome = OUTCOME_REFUSED;
    assert_int_equal(OUTCOME_UNKNOWN, fetch(w, URL, NAME));
    assert_non_null(strstr(w->text, "no answer"));
    assert_int_equal(0, count_files(w, ""));
}

static void a_login_page_is_unknown_and_other_garbage_is_refused(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), NULL, CLASS);
    web_serve(&w->web, source_path(w, "job.jar"));
    w->web.body_size = 60;
    w->web.content_type = "text/html; charset=utf-8";
    assert_int_equal(OUTCOME_UNKNOWN, fetch(w, URL, NAME));
    w->web.content_type = "application/java-archive";
    assert_int_equal(OUTCOME_REFUSED, fetch(w, URL, NAME));
    assert_int_equal(0, count_files(w, ""));
}

/* Texts end up in events and logs, and a URI may carry a token. */
static void what_is_said_of_a_download_does_not_repeat_its_uri(void **state)
{
    struct artifacts_world *w = *state;
    w->web.status = 404;
    fetch(w, "https://user:secret@host/job.jar?token=secret", NAME);
    assert_null(strstr(w->text, "secret"));
    w->web.status = 200;
    fetch(w, "https://user:secret@host/job.jar?token=secret", NAME);
    assert_null(strstr(w->text, "secret"));
}

static void without_a_client_there_is_no_download(void **state)
{
    struct artifacts_world *w = *state;
    struct artifacts_options options = {.directory = w->directory, .loop = hand_loop_port(w->loop)};
    artifacts_close(&w->artifacts);
    assert_int_equal(0, artifacts_open(&options, &w->artifacts, NULL));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, URL, NAME));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_uri_that_is_not_understood_is_refused),
        CASE(every_spelling_of_a_file_uri_is_found),
        CASE(names_are_plain_file_names),
        CASE(a_long_name_is_cut),
        CASE(a_download_is_bounded_checked_and_pinned),
        CASE(a_second_fetch_downloads_again),
        CASE(only_not_found_and_gone_prove_an_absence),
        CASE(a_server_that_does_not_answer_is_unknown),
        CASE(a_login_page_is_unknown_and_other_garbage_is_refused),
        CASE(what_is_said_of_a_download_does_not_repeat_its_uri),
        CASE(without_a_client_there_is_no_download),
    };
    int failures = cmocka_run_group_tests_name("artifact_sources", tests, NULL, NULL);
    scratch_remove();
    return failures;
}
