/* What a client must make of whatever else happens: one of three outcomes, and a request that may
 * have been heard is never called refused. The other side is a socket with a script. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "client_world.h"

/* A port where nobody listens: bound, so that nobody else takes it. */
static int closed_port(int *fd)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        abort(); /* no test makes sense then */
    assert_int_equal(bind(*fd, (struct sockaddr *)&at, size), 0);
    assert_int_equal(getsockname(*fd, (struct sockaddr *)&at, &size), 0);
    return ntohs(at.sin_port);
}

static void a_refused_connection_is_the_only_refusal(void **state)
{
    struct world *w = *state;
    int fd = -1;
    struct http_call call = world_get(w, "");
    call.url = world_url(closed_port(&fd), "/");
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_REFUSED);
    assert_true(w->text[0] != '\0');
    close(fd);
    call.url = STR("http://sluice.invalid/");
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_UNKNOWN);
}

/* Accepts connections and sends each the same bytes, then closes; on its own thread. */
struct script {
    const char *answer;
    int fd;
    int connections;
    int closes_listener_after; /* connections; 0: never */
    pthread_t thread;
};

static void *play(void *arg)
{
    struct script *s = arg;
    for (int i = 0; i < s->connections; i++) {
        int fd = accept(s->fd, NULL, NULL);
        char request[4096];
        if (fd < 0)
            break;
        if (s->closes_listener_after == i + 1)
            close(s->fd);
        ssize_t n = recv(fd, request, sizeof(request), 0);
        n = n > 0 ? send(fd, s->answer, strlen(s->answer), MSG_NOSIGNAL) : n;
        (void)n;
        close(fd);
    }
    return NULL;
}

static int start_script(struct script *s)
{
    int port = closed_port(&s->fd);
    assert_int_equal(listen(s->fd, 8), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, play, s), 0);
    return port;
}

static void answers_that_are_none_are_unknown(void **state)
{
    struct world *w = *state;
    static const char *const ANSWERS[] = {
        "",
        "garbage",
        "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
        struct script s = {.answer = ANSWERS[i], .connections = 1};
        struct http_call call = world_get(w, "");
        call.url = world_url(start_script(&s), "/");
        call.timeout_us = 5 * SECOND;
        world_call(w, &call);
        pthread_join(s.thread, NULL);
        close(s.fd);
        if (w->answer.outcome != OUTCOME_UNKNOWN || !w->text[0])
            fail_msg("outcome %d, '%s', after: %s", w->answer.outcome, w->text, ANSWERS[i]);
    }
}

/* Accepts one connection, answers a request on it, reads the next and dies: the listener is gone
 * by then, so sending again would be refused; and the first sending was heard. */
static void *die_while_answering(void *arg)
{
    struct script *s = arg;
    char request[4096];
    int fd = accept(s->fd, NULL, NULL);
    close(s->fd);
    if (fd < 0)
        return NULL;
    if (recv(fd, request, sizeof(request), 0) > 0 &&
        send(fd, s->answer, strlen(s->answer), MSG_NOSIGNAL) > 0)
        s->connections = recv(fd, request, sizeof(request), 0) > 0;
    close(fd);
    return NULL;
}

static void a_request_that_died_with_its_connection_was_not_refused(void **state)
{
    struct world *w = *state;
    struct script s = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    int port = closed_port(&s.fd);
    assert_int_equal(listen(s.fd, 8), 0);
    assert_int_equal(pthread_create(&s.thread, NULL, die_while_answering, &s), 0);
    struct http_call call = world_get(w, "");
    call.url = world_url(port, "/");
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_UNKNOWN);
    pthread_join(s.thread, NULL);
    assert_int_equal(s.connections, 1); /* it was heard */
}

/* Answers one request for each of two connections and reads one more on the first. */
struct twice {
    int fd;
    int heard; /* requests in all */
    pthread_t thread;
};

static void *count_requests(void *arg)
{
    struct twice *t = arg;
    static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    char request[4096];
    int kept = accept(t->fd, NULL, NULL);
    if (kept < 0)
        return NULL;
    t->heard += recv(kept, request, sizeof(request), 0) > 0;
    ssize_t n = send(kept, ANSWER, sizeof(ANSWER) - 1, MSG_NOSIGNAL);
    for (int fd; (fd = accept(t->fd, NULL, NULL)) >= 0;) { /* until shutdown() */
        t->heard += recv(fd, request, sizeof(request), 0) > 0;
        close(fd); /* dies without a word */
    }
    (void)n;
    close(kept);
    return NULL;
}

static void a_post_is_sent_at_most_once(void **state)
{
    struct world *w = *state;
    struct twice t = {0};
    int port = closed_port(&t.fd);
    assert_int_equal(listen(t.fd, 8), 0);
    assert_int_equal(pthread_create(&t.thread, NULL, count_requests, &t), 0);
    struct http_call call = world_get(w, "");
    call.url = world_url(port, "/");
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    call.method = "POST";
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_UNKNOWN);
    shutdown(t.fd, SHUT_RDWR);
    pthread_join(t.thread, NULL);
    assert_int_equal(t.heard, 2);
    close(t.fd);
}

/* Answers the first request of a connection and then never again on it, as a peer does that went away
 * without a word. Two connections. */
static void *fall_silent(void *arg)
{
    struct script *s = arg;
    int fds[2] = {-1, -1};
    for (int i = 0; i < 2; i++) {
        char request[4096];
        fds[i] = accept(s->fd, NULL, NULL);
        if (fds[i] < 0)
            break;
        s->connections++;
        if (recv(fds[i], request, sizeof(request), 0) > 0 &&
            send(fds[i], s->answer, strlen(s->answer), MSG_NOSIGNAL) < 0)
            break;
    }
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return NULL;
}

/* F27: by our own deadline, and the call after it does not wait for that peer again. */
static void a_kept_connection_that_fell_silent_costs_one_deadline(void **state)
{
    struct world *w = *state;
    struct script s = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    int port = closed_port(&s.fd);
    assert_int_equal(listen(s.fd, 8), 0);
    assert_int_equal(pthread_create(&s.thread, NULL, fall_silent, &s), 0);
    struct http_call call = world_get(w, "");
    call.url = world_url(port, "/");
    call.timeout_us = 300000;
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_UNKNOWN);
    assert_in_range(w->answer.took_us, 250000, 2000000);
    world_call(w, &call);
    assert_int_equal(w->answer.outcome, OUTCOME_DONE);
    pthread_join(s.thread, NULL);
    assert_int_equal(s.connections, 2);
    close(s.fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_refused_connection_is_the_only_refusal),
        T(answers_that_are_none_are_unknown),
        T(a_request_that_died_with_its_connection_was_not_refused),
        T(a_post_is_sent_at_most_once),
        T(a_kept_connection_that_fell_silent_costs_one_deadline),
    };
    return cmocka_run_group_tests_name("http_outcomes", tests, NULL, NULL);
}
