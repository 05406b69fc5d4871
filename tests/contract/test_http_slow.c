/* What a server must do with clients that cost it a connection: too many, too slow, gone. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "http_rig.h"

static void wait_until_closed(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    assert_int_equal(poll(&p, 1, 10000), 1);
}

static void a_quiet_connection_is_closed(void **state)
{
    (void)state;
    struct rig *r = rig_new(&(struct rig_options){.quiet_us = 1000000});
    int silent = rig_connect(r);
    int half = rig_connect(r);
    send_text(half, "POST /size HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nab");
    int idle = rig_connect(r);
    send_text(idle, "GET /size " END);
    assert_status(read_answer(idle), 200, "GET /size");
    int waiting = rig_connect(r);
    send_text(waiting, "GET /hold " END);
    rig_wait_held(r, 1);
    wait_until_closed(silent);
    wait_until_closed(half);
    wait_until_closed(idle);
    rig_release(r, "the server may take its time");
    assert_status(read_answer(waiting), 200, "GET /hold");
    close(silent);
    close(half);
    close(idle);
    close(waiting);
    rig_free(r);
}

/* Sends one byte every 50 ms until the server has had enough of it. */
static void drip(struct rig *r, const char *head, const char *drop)
{
    int fd = rig_connect(r);
    send_text(fd, head);
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    int i = 0;
    while (poll(&p, 1, 50) == 0) {
        assert_true(++i < 200);
        send_text(fd, drop);
    }
    close(fd);
}

static void a_client_that_drips_does_not_stay_for_ever(void **state)
{
    (void)state;
    struct rig *r = rig_new(&(struct rig_options){.quiet_us = 5000000, .request_us = 300000});
    drip(r, "GET /size HTTP/1.1\r\nX: ", "a");
    drip(r, "POST /size HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n", "a");
    int waiting = rig_connect(r);
    send_text(waiting, "GET /hold " END);
    rig_wait_held(r, 1);
    drip(r, "", "\r\n"); /* outlasts the limit; the answer may */
    rig_release(r, "late");
    assert_status(read_answer(waiting), 200, "GET /hold");
    send_text(waiting, "GET /size " END); /* and counts from the answer on */
    assert_status(read_answer(waiting), 200, "GET /size");
    close(waiting);
    rig_free(r);
}

static void connections_over_the_limit_wait_their_turn(void **state)
{
    static int fds[LIMIT_CONNECTIONS];
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++) {
        fds[i] = rig_connect(*state);
        send_text(fds[i], "GET /size " END);
        assert_status(read_answer(fds[i]), 200, "GET /size");
    }
    int late = rig_connect(*state);
    send_text(late, "GET /echo?late " END);
    send_text(fds[5], "GET /size " END); /* those inside are served */
    assert_status(read_answer(fds[5]), 200, "GET /size");
    struct pollfd p = {.fd = late, .events = POLLIN};
    assert_int_equal(poll(&p, 1, 0), 0);
    close(fds[7]);
    assert_has(read_answer(late), "GET /echo?late\n");
    close(late);
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++) {
        if (i != 7)
            close(fds[i]);
    }
}

static void a_client_that_leaves_early_leaves_nothing_behind(void **state)
{
    static const char *const PARTS[] = {"",
                                        "G",
                                        "GET /ec",
                                        "GET /echo HTTP/1.1\r\nHo",
                                        "POST /size HTTP/1.1\r\n" HOST
                                        "Content-Length: 10\r\n\r\nab",
                                        "GET /echo " END,
                                        "GET /big " END};
    struct linger reset = {.l_onoff = 1};
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
            int fd = rig_connect(*state);
            send_text(fd, PARTS[i]);
            if (round % 2)
                setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
            close(fd);
        }
    }
    assert_still_serves(*state);
}

#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_connection_is_closed),
        cmocka_unit_test(a_client_that_drips_does_not_stay_for_ever),
        T(connections_over_the_limit_wait_their_turn),
        T(a_client_that_leaves_early_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("http_slow", tests, NULL, NULL);
}
