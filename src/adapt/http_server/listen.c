/* The listening socket: exactly the address that was asked for. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapt/http_server/server_internal.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static int listen_at(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    /* "::" is asked for by who wants IPv6; IPv4 would come along unasked. */
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

int listen_on(struct str host, int port, struct err *e)
{
    struct str name = host;
    if (name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        name = str_take(str_skip(name, 1), name.len - 2);
    if (port < 0 || port > 65535)
        return err_set(e, ERR_INVALID, "cannot listen on port %d: ports end at 65535", port);
    char node[256];
    char service[8];
    if (name.len == 0 || name.len >= sizeof(node))
        return err_set(e, ERR_INVALID, "cannot listen on '%.*s': not an address", STR_ARG(host));
    memcpy(node, name.ptr, name.len);
    node[name.len] = '\0';
    snprintf(service, sizeof(service), "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(node, service, &hints, &found);
    if (rc != 0)
        return err_set(e, ERR_INVALID, "cannot listen on %s port %d: %s", node, port,
                       gai_strerror(rc));
    int fd = listen_at(found);
    if (fd < 0)
        err_set(e, ERR_UNAVAILABLE, "cannot listen on %s port %d: %s", node, port,
                strerrordesc_np(errno));
    freeaddrinfo(found);
    return fd;
}

static union address address_of(int fd)
{
    union address a = {0};
    socklen_t size = sizeof(a);
    getsockname(fd, &a.any, &size);
    return a;
}

int port_of(int fd)
{
    union address a = address_of(fd);
    return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

bool is_on_loopback(int fd)
{
    union address a = address_of(fd);
    if (a.any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&a.v6.sin6_addr);
    return ntohl(a.v4.sin_addr.s_addr) >> 24 == 127;
}
