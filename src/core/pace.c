#include "core/pace.h"

int64_t pace_look_us(int64_t waited, int64_t under_way)
{
    int64_t every = waited / (waited < WAIT_LONG_US ? 1000 : 50);
    int64_t least = under_way > 1 ? under_way * LOOK_BUSY_US : LOOK_BUSY_US;
    if (every < least)
        every = least;
    return every > LOOK_SLOW_US ? LOOK_SLOW_US : every;
}

int64_t pace_backoff_us(int64_t n, int64_t seed)
{
    if (n <= 0)
        return 0;
    int64_t wait = n > 6 ? 60 * US_PER_S : US_PER_S << (n - 1);
    uint64_t mixed = ((uint64_t)seed * 0x9E3779B97F4A7C15ULL) ^ (uint64_t)n;
    mixed ^= mixed >> 29;
    mixed *= 0xBF58476D1CE4E5B9ULL;
    int64_t quarter = wait / 4;
    return wait - (int64_t)((mixed >> 33) % (uint64_t)(quarter + 1));
}
