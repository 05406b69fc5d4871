/* Clocks and randomness, so that a simulator can own them. */
#pragma once

#include "base/str.h"

struct clock_ops {
    /* Monotonic microseconds since boot (CLOCK_BOOTTIME: counts while suspended). */
    int64_t (*mono_us)(void *ctx);
    /* Wall clock, microseconds since 1970. For people only, never for a decision. */
    int64_t (*wall_us)(void *ctx);
    /* Fills `ret` with unpredictable bytes. */
    void (*random)(void *ctx, void *ret, size_t n);
};

struct clock {
    const struct clock_ops *ops;
    void *ctx;
};
