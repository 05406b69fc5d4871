#include "adapt/local/internal.h"

#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

void ports_init(struct ports *p, int64_t first, int64_t last)
{
    uint32_t offset = 0;
    *p = (struct ports){.first = first, .last = last, .next = first};
    pthread_mutex_init(&p->lock, NULL);
    p->leased = mem_alloc((size_t)(last - first + 1));
    /* Somewhere else each time: another daemon on this machine may use the same range. */
    if (getrandom(&offset, sizeof(offset), GRND_NONBLOCK) == sizeof(offset))
        p->next = first + (int64_t)offset % (last - first + 1);
}

void ports_fini(struct ports *p)
{
    mem_free(p->leased);
    pthread_mutex_destroy(&p->lock);
}

static bool is_free(int64_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int on = 1;
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    /* As Flink binds: connections of the past in TIME_WAIT do not count. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    bool ok = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;
    close(fd);
    return ok;
}

int ports_lease(struct ports *p, int64_t *ret, size_t n, struct err *e)
{
    size_t have = 0;
    pthread_mutex_lock(&p->lock);
    for (int64_t tried = p->first; tried <= p->last && have < n; tried++) {
        int64_t port = p->next;
        p->next = port == p->last ? p->first : port + 1;
        if (p->leased[port - p->first] || !is_free(port))
            continue;
        p->leased[port - p->first] = 1;
        ret[have++] = port;
    }
    if (have < n)
        for (size_t i = 0; i < have; i++)
            p->leased[ret[i] - p->first] = 0;
    pthread_mutex_unlock(&p->lock);
    if (have == n)
        return 0;
    return err_set(e, ERR_UNAVAILABLE, "no free port between %d and %d", (int)p->first,
                   (int)p->last);
}

void ports_mark(struct ports *p, int64_t port, bool leased)
{
    if (port < p->first || port > p->last)
        return;
    pthread_mutex_lock(&p->lock);
    p->leased[port - p->first] = leased;
    pthread_mutex_unlock(&p->lock);
}
