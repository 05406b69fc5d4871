/* What a server must do for streamed answers: order, back pressure, and on_gone exactly once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "http_rig.h"

#define GET_STREAM "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"

static int push(struct rig *r, const char *text)
{
    return rig_push(r, text, strlen(text));
}

/* A connected client whose stream n has started. */
static int open_stream(struct rig *r, int n)
{
    int fd = rig_connect(r);
    send_text(fd, GET_STREAM);
    rig_wait_streams(r, n);
    return fd;
}

static void events_arrive_as_they_are_pushed(void **state)
{
    int fd = open_stream(*state, 1);
    const char *head = read_until(fd, "\r\n\r\n");
    assert_non_null(strstr(head, "Content-Type: text/event-stream\r\n"));
    for (int i = 0; i < 50; i++) {
        char event[32];
        snprintf(event, sizeof(event), "data: %d\n\n", i);
        assert_int_equal(push(*state, event), 0);
        read_until(fd, event);
    }
    rig_finish(*state);
    read_until(fd, "0\r\n\r\n");
    assert_int_equal(rig_gone(*state), 0);
    /* The connection goes on after the stream. */
    send_text(fd, "GET /size HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_non_null(strstr(read_answer(fd), "HTTP/1.1 200 OK\r\n"));
    close(fd);
}

static void what_waits_is_sent_before_the_end(void **state)
{
    int fd = open_stream(*state, 1);
    assert_int_equal(push(*state, "one,"), 0);
    assert_int_equal(push(*state, "two"), 0);
    rig_finish(*state);
    const char *all = read_answer(fd);
    assert_non_null(strstr(all, "one,"));
    assert_non_null(strstr(all, "two"));
    close(fd);
}

static void a_client_of_http_1_0_gets_a_stream_that_ends_by_closing(void **state)
{
    int fd = rig_connect(*state);
    send_text(fd, "GET /stream HTTP/1.0\r\n\r\n");
    rig_wait_streams(*state, 1);
    assert_int_equal(push(*state, "plain"), 0);
    rig_finish(*state);
    const char *all = read_to_end(fd);
    assert_non_null(strstr(all, "\r\n\r\nplain"));
    assert_null(strstr(all, "chunked"));
    close(fd);
}

static void a_client_that_leaves_is_noticed_once(void **state)
{
    struct linger reset = {.l_onoff = 1};
    for (int i = 1; i <= 10; i++) {
        int fd = open_stream(*state, i);
        read_until(fd, "\r\n\r\n");
        if (i % 2)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fd);
        rig_wait_gone(*state, i); /* without a push: no heart beat is needed for it */
    }
    assert_int_equal(push(*state, "nobody"), 0);
    assert_int_equal(rig_gone(*state), 10);
    assert_int_equal(rig_open_streams(*state), 0);
}

static void a_request_behind_a_stream_is_no_reason_to_end_it(void **state)
{
    int fd = open_stream(*state, 1);
    read_until(fd, "\r\n\r\n");
    send_text(fd, "GET /size HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_int_equal(push(*state, "still here"), 0);
    read_until(fd, "still here\r\n");
    rig_finish(*state);
    read_until(fd, "0\r\n\r\n");
    assert_non_null(strstr(read_answer(fd), "HTTP/1.1 200 OK\r\n"));
    assert_int_equal(rig_gone(*state), 0);
    close(fd);
}

static void a_client_that_stops_reading_is_cut_off(void **state)
{
    static char block[64U << 10];
    memset(block, 'x', sizeof(block));
    int slow = open_stream(*state, 1);
    int good = open_stream(*state, 2);
    read_until(good, "\r\n\r\n");
    int refused = 0;
    int pushes = 0;
    while (refused == 0 && pushes < 1000) { /* the kernel's buffers take some megabytes first */
        refused += rig_push(*state, block, sizeof(block));
        pushes++;
        for (size_t got = 0; got < sizeof(block);) {
            static char sink[sizeof(block)];
            ssize_t n = recv(good, sink, sizeof(block) - got, 0);
            assert_true(n > 0);
            got += (size_t)n;
        }
    }
    assert_int_equal(refused, 1);
    assert_true(pushes > 16); /* a megabyte at least */
    assert_int_equal(rig_open_streams(*state), 1);
    assert_int_equal(rig_gone(*state), 0); /* who was told by push is not told again */
    rig_finish(*state);
    /* Reading on shows a stream that breaks off, not one that ends well. */
    size_t n = 0;
    static char sink[1U << 20];
    char tail[8] = "";
    for (ssize_t got; (got = recv(slow, sink, sizeof(sink), 0)) > 0; n += (size_t)got) {
        size_t keep = got < 5 ? (size_t)got : 5;
        memcpy(tail, sink + (size_t)got - keep, keep);
    }
    assert_true(n < (size_t)pushes * sizeof(block));
    assert_string_not_equal(tail, "0\r\n\r\n");
    close(slow);
    close(good);
}

static void many_streams_get_every_event(void **state)
{
    enum { STREAMS = 500, EVENTS = 10 };
    static int fds[STREAMS];
    for (int i = 0; i < STREAMS; i++)
        fds[i] = open_stream(*state, i + 1);
    for (int e = 0; e < EVENTS; e++) {
        char event[32];
        snprintf(event, sizeof(event), "event %d\n", e);
        assert_int_equal(push(*state, event), 0);
    }
    rig_finish(*state);
    for (int i = 0; i < STREAMS; i++) {
        const char *all = read_answer(fds[i]);
        for (int e = 0; e < EVENTS; e++) {
            char event[32];
            snprintf(event, sizeof(event), "event %d\n", e);
            all = strstr(all, event);
            assert_non_null(all);
        }
        close(fds[i]);
    }
    assert_int_equal(rig_gone(*state), 0);
}

static void freeing_the_server_tells_the_streams(void **state)
{
    (void)state;
    struct rig *r = rig_new(NULL);
    int a = open_stream(r, 1);
    int b = open_stream(r, 2);
    rig_stop(r);
    rig_wait_gone(r, 2);
    rig_wait_stopped(r);
    rig_free(r);
    r = rig_new(NULL);
    int c = open_stream(r, 1);
    rig_free(r); /* without stop; the leak checker sees whether all was freed */
    close(a);
    close(b);
    close(c);
}

#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(events_arrive_as_they_are_pushed),
        T(what_waits_is_sent_before_the_end),
        T(a_client_of_http_1_0_gets_a_stream_that_ends_by_closing),
        T(a_client_that_leaves_is_noticed_once),
        T(a_request_behind_a_stream_is_no_reason_to_end_it),
        T(a_client_that_stops_reading_is_cut_off),
        T(many_streams_get_every_event),
        cmocka_unit_test(freeing_the_server_tells_the_streams),
    };
    return cmocka_run_group_tests_name("http_streams", tests, NULL, NULL);
}
