/* What a client must do with a server that behaves: methods, bodies, bounds, kept connections,
 * callbacks never from inside send. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "client_world.h"

static void an_answer_of_any_status_is_done(void **state)
{
    struct world *w = *state;
    struct http_call call = world_get(w, "/x");
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    assert_int_equal(w->answer.status, 200);
    assert_string_equal(w->type, "text/plain");
    assert_non_null(strstr(w->body.ptr, "GET /x\n"));
    assert_true(w->answer.took_us > 0);
    call = world_get(w, "/fail");
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    assert_int_equal(w->answer.status, 500);
    assert_string_equal(w->body.ptr, "broken");
}

static void every_method_carries_what_it_should(void **state)
{
    struct world *w = *state;
    static const char *const METHODS[] = {"POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < 4; i++) {
        char line[64];
        struct http_call call = world_get(w, "/x");
        call.method = METHODS[i];
        call.body = STR("{\"a\":1}");
        call.content_type = "application/json";
        world_call(w, &call);
        snprintf(line, sizeof(line), "%s /x\n", METHODS[i]);
        assert_non_null(strstr(w->body.ptr, line));
        assert_non_null(strstr(w->body.ptr, "content-type: application/json\n"));
        assert_non_null(strstr(w->body.ptr, "\n\n{\"a\":1}"));
        call.body = STR("");
        call.content_type = NULL;
        world_call(w, &call);
        assert_non_null(strstr(w->body.ptr, line));
        assert_null(strstr(w->body.ptr, "content-type"));
        if (strcmp(METHODS[i], "DELETE") != 0)
            assert_non_null(strstr(w->body.ptr, "content-length: 0\n"));
    }
    struct http_call call = world_get(w, "/x");
    call.method = "HEAD";
    world_call(w, &call);
    assert_int_equal(w->answer.status, 200);
    assert_int_equal(w->body.len, 0);
}

static void a_large_body_is_sent_without_asking_first(void **state)
{
    struct world *w = *state;
    static char body[1U << 20];
    memset(body, 'x', sizeof(body));
    struct http_call call = world_get(w, "/x");
    call.method = "POST";
    call.body = (struct str){body, sizeof(body)};
    world_call(w, &call);
    assert_int_equal(w->answer.status, 200);
    assert_true(w->body.len > sizeof(body));
    assert_null(strstr(w->body.ptr, "expect:"));
}

static void a_body_that_is_refused_is_still_an_answer(void **state)
{
    struct world *w = *state;
    static char body[3U << 20];
    struct http_call call = world_get(w, "/x");
    call.method = "POST";
    call.body = (struct str){body, sizeof(body)};
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    assert_int_equal(w->answer.status, 413);
}

static void many_calls_run_at_once(void **state)
{
    struct world *w = *state;
    struct http_call call = world_get(w, "/hold");
    for (int i = 0; i < 64; i++)
        world_send(w, &call);
    struct http_call quick = world_get(w, "/x");
    for (int i = 0; i < 500; i++)
        world_send(w, &quick);
    w->awaited -= 64; /* the held ones do not hold up the others */
    world_run(w);
    assert_int_equal(w->n_held, 64);
    w->awaited += 64;
    for (int i = 0; i < 64; i++)
        w->server.ops->respond(w->held[i], &(struct http_response){.status = 200});
    w->n_held = 0;
    world_run(w);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
}

static void an_answer_has_a_limit(void **state)
{
    struct world *w = *state;
    struct http_call call = world_get(w, "/big");
    call.most_bytes = 1U << 20;
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    assert_int_equal(w->body.len, 1U << 20);
    call.most_bytes--;
    world_call(w, &call);
    assert_unknown(w, "answer too large");
    call = world_get(w, "/x"); /* and the client goes on */
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
}

static void a_call_has_a_deadline(void **state)
{
    struct world *w = *state;
    struct http_call call = world_get(w, "/hold");
    call.timeout_us = 50000;
    world_call(w, &call);
    assert_unknown(w, "no answer within 50 ms");
    assert_true(w->answer.took_us >= 40000);
}

static void redirects_are_followed_only_when_asked(void **state)
{
    struct world *w = *state;
    struct http_call call = world_get(w, "/move");
    world_call(w, &call);
    assert_int_equal(w->answer.status, 302);
    call.follow_redirects = true;
    world_call(w, &call);
    assert_int_equal(w->answer.status, 200);
    assert_non_null(strstr(w->body.ptr, "GET /end\n"));
    assert_null(strstr(w->body.ptr, "over there"));
    call.url = world_url(w->port, "/loop");
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_UNKNOWN);
    call.url = world_url(w->port, "/file");
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_UNKNOWN);
}

static void only_http_is_spoken(void **state)
{
    struct world *w = *state;
    static const char *const URLS[] = {
        "file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://x", "", "no url at all", "http://"};
    for (size_t i = 0; i < sizeof(URLS) / sizeof(URLS[0]); i++) {
        struct http_call call = world_get(w, "");
        call.url = str_of(URLS[i]);
        call.timeout_us = 2 * SECOND;
        world_call(w, &call);
        assert_int_equal(w->answer.outcome, OUTCOME_UNKNOWN);
        assert_true(w->text[0] != '\0');
        assert_int_equal(w->body.len, 0);
    }
}

static void an_answer_may_go_to_a_file(void **state)
{
    struct world *w = *state;
    FILE *file = tmpfile();
    if (!file)
        abort(); /* no test makes sense then */
    struct http_call call = world_get(w, "/big");
    call.to_fd = fileno(file);
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    assert_int_equal(w->body.len, 0);
    assert_int_equal(lseek(fileno(file), 0, SEEK_END), 1U << 20);
    fclose(file);
    call.to_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    world_call(w, &call);
    assert_unknown(w, "No space left on device");
    close(call.to_fd);
}

static void send_another(void *arg, const struct http_answer *a)
{
    struct world *w = arg;
    assert_int_equal(a->outcome, OUTCOME_DONE);
    struct http_call call = world_get(w, "/x");
    w->n_answers++;
    world_send(w, &call);
}

static void what_a_server_says_of_a_copy_goes_there_and_back(void **state)
{
    struct world *w = *state;
    struct http_call call = world_get(w, "/tagged");
    world_call(w, &call);
    assert_string_equal(w->etag, "\"v 1\"");
    assert_string_equal(w->last_modified, "a day ago");
    assert_null(strstr(w->body.ptr, "if-"));
    call = world_get(w, "/x");
    call.if_none_match = STR("\"v 1\"");
    call.if_modified_since = STR("a day ago\r\nx-more: 1");
    call.author = STR("ada");
    world_call(w, &call);
    assert_string_equal(w->etag, "");
    assert_non_null(strstr(w->body.ptr, "x-sluice-author: ada\n"));
    assert_non_null(strstr(w->body.ptr, "if-none-match: \"v 1\"\n"));
    /* A value with a line's end in it would be a header of somebody else's. */
    assert_null(strstr(w->body.ptr, "if-modified-since"));
    assert_null(strstr(w->body.ptr, "x-more"));
}

static void a_callback_may_send(void **state)
{
    struct world *w = *state;
    struct http_call call = world_get(w, "/x");
    w->client.ops->send(w->client.ctx, &call, send_another, w);
    w->awaited++;
    world_run(w);
    assert_int_equal(w->n_answers, 2);
}

static void freeing_the_client_answers_what_is_under_way(void **state)
{
    struct world *w = *state;
    struct http_call call = world_get(w, "/hold");
    for (int i = 0; i < 5; i++)
        world_send(w, &call);
    struct http_call quick = world_get(w, "/x");
    world_send(w, &quick);
    w->awaited = 1;
    w->loop.ops->run(w->loop.ctx);
    assert_int_equal(w->n_answers, 1);
    http_client_free(&w->client);
    assert_int_equal(w->n_answers, 6);
    assert_unknown(w, "given up");
}

static void connections_are_kept(void **state)
{
    struct world *w = *state;
    int64_t cold = 0;
    for (int i = 0; i < 200; i++) {
        struct http_call call = world_get(w, "/x");
        world_call(w, &call);
        cold += w->answer.took_us;
    }
    assert_int_equal(w->n_requests, 200);
    assert_true(cold / 200 < SECOND / 10);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_answer_of_any_status_is_done),
        T(every_method_carries_what_it_should),
        T(a_large_body_is_sent_without_asking_first),
        T(a_body_that_is_refused_is_still_an_answer),
        T(many_calls_run_at_once),
        T(an_answer_has_a_limit),
        T(a_call_has_a_deadline),
        T(redirects_are_followed_only_when_asked),
        T(only_http_is_spoken),
        T(an_answer_may_go_to_a_file),
        T(what_a_server_says_of_a_copy_goes_there_and_back),
        T(a_callback_may_send),
        T(freeing_the_client_answers_what_is_under_way),
        T(connections_are_kept),
    };
    return cmocka_run_group_tests_name("http_client", tests, NULL, NULL);
}
