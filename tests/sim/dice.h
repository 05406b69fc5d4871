/* One of these for each concern: what is drawn for one shifts nothing of another. */
#pragma once

#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline struct dice dice_of(uint64_t seed, uint64_t concern)
{
    return (struct dice){(seed + 1) * 0x9E3779B97F4A7C15ULL ^ concern * 0xD1B54A32D192ED03ULL};
}

/* 0..n-1 */
static inline int64_t roll(struct dice *d, int64_t n)
{
    uint64_t x = d->state += 0x9E3779B97F4A7C15ULL;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
    return (int64_t)((x ^ x >> 31) % (uint64_t)n);
}
