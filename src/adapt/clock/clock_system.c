#include "adapt/clock/clock_system.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t mono_us(void *ctx)
{
    (void)ctx;
    return read_us(CLOCK_BOOTTIME);
}

static int64_t wall_us(void *ctx)
{
    (void)ctx;
    return read_us(CLOCK_REALTIME);
}

/* Ids and tokens rest on this: without it there is no going on. */
static void fill_random(void *ctx, void *ret, size_t n)
{
    (void)ctx;
    char *p = ret;
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            perror("sluice: no random numbers");
            abort();
        }
        p += got;
        n -= (size_t)got;
    }
}

struct clock clock_system(void)
{
    static const struct clock_ops OPS = {mono_us, wall_us, fill_random};
    return (struct clock){&OPS, NULL};
}
