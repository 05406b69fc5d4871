/* What a server must refuse, and how: a 4xx that says why, the connection closed where it cannot be
 * understood any more, and everybody else served as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "http_rig.h"

static void targets_that_are_no_clean_path_are_refused(void **state)
{
    static const char *const TARGETS[] = {
        "*",
        "echo",
        "",
        "http://localhost/echo",
        "/..",
        "/.",
        "/a/../b",
        "/a/./b",
        "/a/..",
        "/%2e%2e/b",
        "/a/%2E%2e",
        "/a/.%2e/b",
        "/a%2f..%2fb",
        "/%",
        "/%1",
        "/%zz",
        "/%4",
        "/a%",
        "/%00",
        "/a%00b",
        "/%ff",
        "/%c3",
        "/%c3%28",
        "/%ed%a0%80",
        "/%c0%ae%c0%ae",
        "/%f4%90%80%80",
        "/\xff",
        "/a%0d%0aX:1",
        "/%7f",
        "/%1b[2J",
        "/a b",
        "/echo?a b",
        "/\x01",
        "/echo?\x7f",
    };
    for (size_t i = 0; i < sizeof(TARGETS) / sizeof(TARGETS[0]); i++) {
        char request[256];
        snprintf(request, sizeof(request), "GET %s " END, TARGETS[i]);
        const char *answer = ask(*state, request);
        if (TARGETS[i][0])
            assert_problem(answer, 400, request);
        else
            assert_status(answer, 400, request);
    }
    assert_still_serves(*state);
}

static void a_nul_does_not_hide_the_rest(void **state)
{
    static const char TARGET[] = "GET /echo\0/../secret " END;
    static const char VALUE[] = "GET /echo HTTP/1.1\r\nHost: localhost\0.evil\r\n\r\n";
    static const char NAME[] = "GET /echo HTTP/1.1\r\nHost: localhost\r\nX\0: y\r\n\r\n";
    static const struct str REQUESTS[] = {
        {TARGET, sizeof(TARGET) - 1}, {VALUE, sizeof(VALUE) - 1}, {NAME, sizeof(NAME) - 1}};
    for (size_t i = 0; i < 3; i++) {
        int fd = rig_connect(*state);
        send_all(fd, REQUESTS[i].ptr, REQUESTS[i].len);
        assert_status(read_answer(fd), 400, REQUESTS[i].ptr);
        close(fd);
    }
}

static void targets_with_odd_but_clean_names_pass(void **state)
{
    static const char *const TARGETS[] = {"/...",        "/a..b",      "/.a", "/%25",  "/a//b",
                                          "/echo?../..", "/%e2%82%ac", "/+",  "/%2525"};
    for (size_t i = 0; i < sizeof(TARGETS) / sizeof(TARGETS[0]); i++) {
        char request[256];
        snprintf(request, sizeof(request), "GET %s " END, TARGETS[i]);
        assert_status(ask(*state, request), 200, request);
    }
    assert_has(ask(*state, "GET /%2525 " END), "GET /%25?\n"); /* decoded once */
}

static void framing_that_can_be_read_in_two_ways_is_refused(void **state)
{
    static const char *const HEADERS[] = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "Content-Length: 3, 3\r\n\r\nabc",
        "Content-Length: +3\r\n\r\nabc",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x3\r\n\r\nabc",
        "Content-Length: \r\n\r\n",
        "Transfer-Encoding: gzip\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\nabc",
        "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length : 3\r\n\r\nabc",
        "Content-Length\t: 3\r\n\r\nabc",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Bad Name: x\r\n\r\n",
        ": x\r\n\r\n",
        "no colon\r\n\r\n",
        "X: a\x01z\r\n\r\n",
        "X: a\r\n b: c\r\n\r\n", /* a folded line */
        "Transfer-Encodin: chunked\r\n g\r\n\r\n0\r\n\r\n",
        "X: a\nContent-Length: 3\r\n\r\nabc", /* a bare line feed */
        "X: a\r\n\nabc",
        "X: a\r\rb: c\r\n\r\n",
        "Host: localhost\r\n\r\n", /* a second one */
    };
    for (size_t i = 0; i < sizeof(HEADERS) / sizeof(HEADERS[0]); i++) {
        char request[512];
        snprintf(request, sizeof(request), "POST /size HTTP/1.1\r\n" HOST "%s", HEADERS[i]);
        int fd = rig_connect(*state);
        send_text(fd, request);
        /* What stands behind must never be taken for a request. */
        send_text(fd, "GET /echo?smuggled HTTP/1.1\r\nConnection: close\r\n" HOST "\r\n");
        const char *answer = read_to_end(fd);
        assert_status(answer, 400, request);
        if (strstr(answer, "smuggled"))
            fail_msg("'%s' let a second request in: %s", request, answer);
        close(fd);
    }
    assert_still_serves(*state);
}

static void broken_chunks_are_refused(void **state)
{
    static const char *const BODIES[] = {"x\r\n", "3\r\nabcd\r\n0\r\n\r\n", "-1\r\n",
                                         "fffffffffffffffff\r\n", ";\r\n"};
    for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++) {
        int fd = rig_connect(*state);
        send_text(fd, "POST /size HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
        send_text(fd, BODIES[i]);
        const char *answer = read_answer(fd);
        assert_true(strncmp(answer, "HTTP/1.1 4", 10) == 0);
        assert_true(is_closed(fd));
        close(fd);
    }
}

static void garbage_is_answered_or_cut_off(void **state)
{
    static const char *const LINES[] = {
        "GARBAGE\r\n\r\n",
        "GET\r\n\r\n",
        "GET /echo\r\n\r\n",
        "GET /echo HTTP/2.0\r\n\r\n",
        "GET /echo HTTP/0.9\r\n\r\n",
        "GET /echo HTTP/9\r\n\r\n",
        "GET /echo http/1.1\r\n\r\n",
        " GET /echo " END,
        "G\xc3\xa9T /echo " END,
        "G(T /echo " END,
        "\x16\x03\x01\x02\x01\x01\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        int fd = rig_connect(*state);
        send_text(fd, LINES[i]);
        struct str answer = str_of(read_answer(fd));
        if (answer.len && !str_starts_with(answer, STR("HTTP/1.1 4")) &&
            !str_starts_with(answer, STR("HTTP/1.1 5")))
            fail_msg("'%s' was answered: %s", LINES[i], answer.ptr);
        assert_true(is_closed(fd));
        close(fd);
    }
    assert_still_serves(*state);
}

static void a_url_has_a_limit(void **state)
{
    static char request[64U << 10];
    for (size_t over = 0; over <= 2; over++) {
        size_t n = LIMIT_URL + (over == 2 ? 50000 : over);
        char *at = stpcpy(request, "GET /");
        memset(at, 'a', n - 1);
        memcpy(at + n - 1, " " END, sizeof(" " END));
        assert_status(ask(*state, request), over ? 414 : 200, "a long URL");
    }
}

static void headers_have_a_limit(void **state)
{
    static char request[64U << 10];
    static const size_t SIZES[] = {LIMIT_REQUEST_HEADERS - 1000, LIMIT_REQUEST_HEADERS + 4000,
                                   LIMIT_REQUEST_HEADERS + 40000};
    for (size_t i = 0; i < 3; i++) {
        char *at = stpcpy(request, "GET /size HTTP/1.1\r\n" HOST "X: ");
        memset(at, 'a', SIZES[i]);
        memcpy(at + SIZES[i], "\r\n\r\n", 5);
        assert_status(ask(*state, request), i ? 431 : 200, "long headers");
    }
    char *at = stpcpy(request, "GET /size HTTP/1.1\r\n" HOST);
    for (int i = 0; i < 5000; i++)
        at = stpcpy(at, "a:b\r\n");
    stpcpy(at, "\r\n");
    assert_status(ask(*state, request), 431, "many headers");
    assert_still_serves(*state);
}

/* Sends n zero bytes; false when the server closes before. */
static bool send_zeros(int fd, size_t n)
{
    static char zeros[64U << 10];
    while (n) {
        size_t part = n < sizeof(zeros) ? n : sizeof(zeros);
        if (send(fd, zeros, part, MSG_NOSIGNAL) != (ssize_t)part)
            return false;
        n -= part;
    }
    return true;
}

static int post(struct rig *r, const char *path, const char *length)
{
    char head[256];
    snprintf(head, sizeof(head), "POST %s HTTP/1.1\r\n" HOST "Content-Length: %s\r\n\r\n", path,
             length);
    int fd = rig_connect(r);
    send_text(fd, head);
    return fd;
}

static void a_body_has_a_limit(void **state)
{
    int fd = post(*state, "/size", "1048576");
    assert_true(send_zeros(fd, LIMIT_REQUEST_BODY));
    assert_has(read_answer(fd), "\r\n\r\n1048576");
    close(fd);
    /* Who sends too much hears of it, and may go on. */
    fd = post(*state, "/size", "3000000");
    assert_true(send_zeros(fd, 3000000));
    assert_problem(read_answer(fd), 413, "3 MB");
    send_text(fd, "GET /echo?next " END);
    assert_has(read_answer(fd), "GET /echo?next\n");
    close(fd);
}

static void a_body_that_is_far_too_large_is_not_waited_for(void **state)
{
    static const char *const LENGTHS[] = {"100000000", "18446744073709551615",
                                          "18446744073709551616"};
    for (size_t i = 0; i < 3; i++) {
        int fd = post(*state, "/size", LENGTHS[i]);
        assert_status(read_answer(fd), 413, LENGTHS[i]);
        close(fd);
    }
    int fd = post(*state, "/size", "2000000\r\nExpect: 100-continue"); /* who asks is told */
    assert_problem(read_answer(fd), 413, "expecting");
    assert_true(is_closed(fd));
    close(fd);
}

static void a_refused_body_is_not_kept_and_not_mistaken(void **state)
{
    int fd = post(*state, "/../x", "200000");
    assert_true(send_zeros(fd, 200000));
    assert_problem(read_answer(fd), 400, "/../x");
    send_text(fd, "GET /echo?next " END);
    assert_has(read_answer(fd), "GET /echo?next\n");
    close(fd);
}

static bool send_chunks(int fd, int n)
{
    for (int i = 0; i < n; i++) {
        send_text(fd, "100000\r\n"); /* 1 MiB */
        if (!send_zeros(fd, 1U << 20))
            return false;
        send_text(fd, "\r\n");
    }
    return true;
}

static void a_body_in_chunks_has_the_same_limit(void **state)
{
    static const char HEAD[] = "POST /size HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n";
    int fd = rig_connect(*state);
    send_text(fd, HEAD);
    assert_true(send_chunks(fd, 1));
    send_text(fd, "0\r\n\r\n");
    assert_has(read_answer(fd), "\r\n\r\n1048576");
    send_text(fd, HEAD);
    assert_true(send_chunks(fd, 3));
    send_text(fd, "0\r\n\r\n");
    assert_problem(read_answer(fd), 413, "3 MiB in chunks");
    send_text(fd, HEAD);
    send_chunks(fd, 70); /* cut off on the way */
    assert_problem(read_answer(fd), 413, "70 MiB in chunks");
    assert_true(is_closed(fd));
    close(fd);
    assert_still_serves(*state);
}

static void a_page_of_another_site_cannot_reach_a_local_server(void **state)
{
    static const char *const GOOD[] = {"localhost",   "LOCALHOST:8080", "127.0.0.1",
                                       "127.1.2.3:1", "[::1]",          "[::1]:80"};
    static const char *const BAD[] = {"evil.example",
                                      "localhost.evil.example",
                                      "127.0.0.1.evil",
                                      "10.0.0.1",
                                      "",
                                      "[::2]",
                                      "::1",
                                      "0.0.0.0",
                                      "[::1"};
    char request[256];
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        snprintf(request, sizeof(request), "GET /size HTTP/1.1\r\nHost: %s\r\n\r\n", GOOD[i]);
        assert_status(ask(*state, request), 200, request);
    }
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        snprintf(request, sizeof(request), "GET /size HTTP/1.1\r\nHost: %s\r\n\r\n", BAD[i]);
        assert_problem(ask(*state, request), 421, request);
    }
    assert_problem(ask(*state, "GET /size HTTP/1.1\r\n\r\n"), 400, "no Host");
}

static void a_server_for_all_answers_to_any_name(void **state)
{
    (void)state;
    struct rig *r = rig_new(&(struct rig_options){.host = "0.0.0.0"});
    const char *answer = ask(r, "GET /size HTTP/1.1\r\nHost: sluice.example\r\n\r\n");
    assert_status(answer, 200, "any name");
    rig_free(r);
}

#define T(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(targets_that_are_no_clean_path_are_refused),
        T(a_nul_does_not_hide_the_rest),
        T(targets_with_odd_but_clean_names_pass),
        T(framing_that_can_be_read_in_two_ways_is_refused),
        T(broken_chunks_are_refused),
        T(garbage_is_answered_or_cut_off),
        T(a_url_has_a_limit),
        T(headers_have_a_limit),
        T(a_body_has_a_limit),
        T(a_body_that_is_far_too_large_is_not_waited_for),
        T(a_refused_body_is_not_kept_and_not_mistaken),
        T(a_body_in_chunks_has_the_same_limit),
        T(a_page_of_another_site_cannot_reach_a_local_server),
        cmocka_unit_test(a_server_for_all_answers_to_any_name),
    };
    return cmocka_run_group_tests_name("http_limits", tests, NULL, NULL);
}
