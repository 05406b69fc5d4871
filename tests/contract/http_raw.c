/* The client side of the rig: raw sockets. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "http_rig.h"

static char text[4U << 20];

int rig_connect(const struct rig *r)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        abort(); /* out of descriptors: no test makes sense then */
    struct timeval ten = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &ten, sizeof(ten));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &ten, sizeof(ten));
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)rig_port(r)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

void send_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
            return; /* the server has heard enough; its answer is still to be read */
        assert_true(sent > 0);
        bytes += sent;
        n -= (size_t)sent;
    }
}

void send_text(int fd, const char *what)
{
    send_all(fd, what, strlen(what));
}

/* One more byte; false at the end of the connection. Byte by byte, so that the next answer stays
 * in the socket. */
static bool read_one(int fd, size_t *n)
{
    assert_true(*n + 1 < sizeof(text));
    ssize_t got = recv(fd, text + *n, 1, 0);
    if (got < 0 && errno == EAGAIN)
        fail_msg("nothing came for 10 s after: %.*s", (int)*n, text);
    if (got <= 0)
        return false;
    text[++*n] = '\0';
    return true;
}

static bool ends_with(size_t n, const char *end)
{
    size_t len = strlen(end);
    return n >= len && memcmp(text + n - len, end, len) == 0;
}

static size_t content_length(void)
{
    const char *at = strcasestr(text, "\r\ncontent-length:");
    return at ? strtoul(at + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

static void read_exactly(int fd, size_t *n, size_t more)
{
    while (more) {
        assert_true(*n + more < sizeof(text));
        ssize_t got = recv(fd, text + *n, more, 0);
        if (got <= 0)
            break;
        *n += (size_t)got;
        more -= (size_t)got;
    }
    text[*n] = '\0';
}

const char *read_answer(int fd)
{
    size_t n = 0;
    text[0] = '\0';
    while (!ends_with(n, "\r\n\r\n")) {
        if (!read_one(fd, &n))
            return text;
    }
    if (strcasestr(text, "transfer-encoding: chunked")) {
        while (!ends_with(n, "\r\n0\r\n\r\n") && read_one(fd, &n))
            ;
    } else {
        read_exactly(fd, &n, content_length());
    }
    return text;
}

const char *read_until(int fd, const char *end)
{
    size_t n = 0;
    text[0] = '\0';
    while (!ends_with(n, end)) {
        if (!read_one(fd, &n))
            fail_msg("the connection closed before '%s' came: %s", end, text);
    }
    return text;
}

const char *read_to_end(int fd)
{
    size_t n = 0;
    text[0] = '\0';
    while (read_one(fd, &n))
        ;
    return text;
}

bool is_closed(int fd)
{
    char c;
    ssize_t got = recv(fd, &c, 1, 0);
    if (got < 0 && errno == EAGAIN)
        return false;
    return got <= 0;
}

const char *ask(const struct rig *r, const char *request)
{
    int fd = rig_connect(r);
    send_text(fd, request);
    const char *answer = read_answer(fd);
    close(fd);
    return answer;
}
