/* What a server must do for the handler and for clients that mean well. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "adapt/loop_uv/loop_uv.h"
#include "http_rig.h"

static void a_request_arrives_whole(void **state)
{
    const char *answer = ask(*state, "PATCH /echo/a%20b%C3%A9?x=%31&y HTTP/1.1\r\n" HOST
                                     "X-Some: Thing \r\nContent-Length: 5\r\n\r\nhello");
    assert_has(answer, "HTTP/1.1 200 OK\r\n");
    assert_has(answer, "PATCH /echo/a b\xC3\xA9?x=%31&y\n");
    assert_has(answer, "host: localhost\n");
    assert_has(answer, "x-some: Thing\n");
    assert_has(answer, "\n\nhello");
    assert_has(answer, "Content-Type: text/plain\r\n");
    assert_has(answer, "X-Tag: rig\r\n");
}

static void a_connection_carries_many_requests_even_at_once(void **state)
{
    int fd = rig_connect(*state);
    for (int i = 0; i < 100; i++) {
        send_text(fd, "GET /echo HTTP/1.1\r\n" HOST "\r\n");
        assert_has(read_answer(fd), "GET /echo?\n");
    }
    char all[8192] = "";
    size_t n = 0;
    for (int i = 0; i < 100; i++)
        n += (size_t)snprintf(all + n, sizeof(all) - n, "GET /echo?%d HTTP/1.1\r\n" HOST "\r\n", i);
    send_all(fd, all, n);
    for (int i = 0; i < 100; i++) {
        char line[32];
        snprintf(line, sizeof(line), "GET /echo?%d\n", i);
        assert_has(read_answer(fd), line);
    }
    close(fd);
}

static void a_pipelined_request_waits_for_the_answer_before_it(void **state)
{
    int fd = rig_connect(*state);
    send_text(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\nGET /echo?second HTTP/1.1\r\n" HOST "\r\n");
    rig_wait_held(*state, 1);
    rig_release(*state, "first");
    assert_has(read_answer(fd), "\r\n\r\nfirst");
    assert_has(read_answer(fd), "GET /echo?second\n");
    close(fd);
}

static void an_answer_may_come_later(void **state)
{
    int fds[20];
    for (int i = 0; i < 20; i++) {
        fds[i] = rig_connect(*state);
        send_text(fds[i], "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    }
    rig_wait_held(*state, 20);
    rig_release(*state, "at last");
    for (int i = 0; i < 20; i++) {
        assert_has(read_answer(fds[i]), "\r\n\r\nat last");
        close(fds[i]);
    }
}

static void an_answer_for_a_client_that_left_goes_nowhere(void **state)
{
    for (int round = 1; round <= 3; round++) {
        int fd = rig_connect(*state);
        send_text(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
        rig_wait_held(*state, round);
        close(fd);
        rig_release(*state, "nobody");
    }
    assert_has(ask(*state, "GET /echo HTTP/1.1\r\n" HOST "\r\n"), " 200 ");
}

static void head_is_a_get_without_the_body(void **state)
{
    int fd = rig_connect(*state);
    send_text(fd, "HEAD /size HTTP/1.1\r\n" HOST "\r\n");
    const char *head = read_until(fd, "\r\n\r\n");
    assert_has(head, "Content-Length: 1\r\n");
    send_text(fd, "GET /size HTTP/1.1\r\n" HOST "\r\n"); /* no body stood in between */
    assert_has(read_answer(fd), "HTTP/1.1 200 OK\r\n");
    close(fd);
}

static void a_head_of_a_stream_ends_at_once(void **state)
{
    int fd = rig_connect(*state);
    send_text(fd, "HEAD /stream HTTP/1.1\r\n" HOST "\r\n");
    assert_has(read_until(fd, "\r\n\r\n"), "HTTP/1.1 200 OK\r\n");
    rig_wait_gone(*state, 1);
    close(fd);
}

static void any_method_reaches_the_handler(void **state)
{
    assert_has(ask(*state, "BREW /echo HTTP/1.1\r\n" HOST "\r\n"), "BREW /echo?\n");
    assert_has(ask(*state, "OPTIONS /echo HTTP/1.1\r\n" HOST "\r\n"), "OPTIONS /echo?\n");
}

static void a_body_may_come_in_chunks(void **state)
{
    const char *answer =
        ask(*state, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n");
    assert_has(answer, "\n\nabcdefg");
}

static void a_client_may_ask_before_it_sends(void **state)
{
    int fd = rig_connect(*state);
    send_text(fd,
              "POST /size HTTP/1.1\r\n" HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    assert_has(read_until(fd, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n");
    send_text(fd, "abc");
    assert_has(read_answer(fd), "\r\n\r\n3");
    close(fd);
}

static void http_1_0_is_answered_and_closed(void **state)
{
    int fd = rig_connect(*state);
    send_text(fd, "GET /echo HTTP/1.0\r\n\r\n");
    assert_has(read_answer(fd), "GET /echo?\n");
    assert_true(is_closed(fd));
    close(fd);
}

static void an_answer_without_a_body(void **state)
{
    int fd = rig_connect(*state);
    send_text(fd, "GET /empty HTTP/1.1\r\n" HOST "\r\n");
    assert_has(read_answer(fd), "HTTP/1.1 204 No Content\r\n");
    send_text(fd, "GET /echo HTTP/1.1\r\n" HOST "\r\n");
    assert_has(read_answer(fd), "HTTP/1.1 200 OK\r\n");
    close(fd);
}

static void a_large_answer_arrives_whole(void **state)
{
    const char *answer = ask(*state, "GET /big HTTP/1.1\r\n" HOST "\r\n");
    assert_has(answer, "Content-Length: 3145728\r\n");
}

static void a_header_with_a_line_break_is_an_internal_error(void **state)
{
    const char *answer = ask(*state, "GET /bad-header HTTP/1.1\r\n" HOST "\r\n");
    assert_has(answer, "HTTP/1.1 500 ");
    assert_null(strstr(answer, "lines: 1"));
}

static void a_thousand_connections_at_once(void **state)
{
    static int fds[1000];
    for (int i = 0; i < 1000; i++)
        fds[i] = rig_connect(*state);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++)
            send_text(fds[i], "GET /size HTTP/1.1\r\n" HOST "\r\n");
        for (int i = 0; i < 1000; i++)
            assert_has(read_answer(fds[i]), "\r\n\r\n0");
    }
    for (int i = 0; i < 1000; i++)
        close(fds[i]);
}

static void stop_refuses_what_is_new_and_finishes_what_is_under_way(void **state)
{
    int held = rig_connect(*state);
    int idle = rig_connect(*state);
    send_text(idle, "GET /size HTTP/1.1\r\n" HOST "\r\n");
    read_answer(idle);
    send_text(held, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    rig_wait_held(*state, 1);
    int stream = rig_connect(*state);
    send_text(stream, "GET /stream HTTP/1.1\r\n" HOST "\r\n");
    rig_wait_streams(*state, 1);

    rig_stop(*state);
    rig_stop(*state); /* once more does nothing */
    assert_int_equal(rig_gone(*state), 1);
    assert_has(read_answer(stream), "0\r\n\r\n");
    send_text(idle, "GET /size HTTP/1.1\r\n" HOST "\r\n");
    assert_has(read_answer(idle), "HTTP/1.1 503 ");
    rig_release(*state, "finished");
    assert_has(read_answer(held), "\r\n\r\nfinished");
    rig_wait_stopped(*state);
    assert_true(is_closed(held));
    assert_int_equal(rig_gone(*state), 1);
    close(held);
    close(idle);
    close(stream);
}

static void stop_waits_a_second_at_most(void **state)
{
    int held = rig_connect(*state);
    send_text(held, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    rig_wait_held(*state, 1);
    rig_stop(*state);
    rig_wait_stopped(*state);
    assert_true(is_closed(held));
    rig_release(*state, "too late"); /* must do no harm */
    close(held);
}

static void the_address_is_exactly_the_one_asked_for(void **state)
{
    (void)state;
    struct loop loop = loop_uv_new();
    struct http_server six;
    struct http_server four;
    struct http_server again;
    struct err e = {0};
    struct http_server_config config = {.loop = &loop, .host = STR("[::1]")};
    assert_int_equal(http_server_new(&config, &six, &e), 0);
    config.host = STR("127.0.0.1");
    config.port = six.ops->port(six.ctx); /* free: [::1] did not take IPv4 along */
    assert_int_equal(http_server_new(&config, &four, &e), 0);
    assert_int_equal(four.ops->port(four.ctx), config.port);
    assert_int_equal(http_server_new(&config, &again, &e), -1);
    assert_has(e.text, "Address already in use");
    config.host = STR("256.0.0.1");
    assert_int_equal(http_server_new(&config, &again, &e), -1);
    config.host = STR("127.0.0.1");
    config.port = 65536;
    assert_int_equal(http_server_new(&config, &again, &e), -1);
    http_server_free(&six);
    http_server_free(&four);
    loop_uv_free(&loop);
}

#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_request_arrives_whole),
        T(a_connection_carries_many_requests_even_at_once),
        T(a_pipelined_request_waits_for_the_answer_before_it),
        T(an_answer_may_come_later),
        T(an_answer_for_a_client_that_left_goes_nowhere),
        T(head_is_a_get_without_the_body),
        T(a_head_of_a_stream_ends_at_once),
        T(any_method_reaches_the_handler),
        T(a_body_may_come_in_chunks),
        T(a_client_may_ask_before_it_sends),
        T(http_1_0_is_answered_and_closed),
        T(an_answer_without_a_body),
        T(a_large_answer_arrives_whole),
        T(a_header_with_a_line_break_is_an_internal_error),
        T(a_thousand_connections_at_once),
        T(stop_refuses_what_is_new_and_finishes_what_is_under_way),
        T(stop_waits_a_second_at_most),
        cmocka_unit_test(the_address_is_exactly_the_one_asked_for),
    };
    return cmocka_run_group_tests_name("http_server", tests, NULL, NULL);
}
