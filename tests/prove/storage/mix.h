/* Numbers that only a seed decides, and fingerprints of bytes. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t mix_next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* 0 .. n - 1; 0 for n = 0 */
static inline unsigned mix_below(uint64_t *state, unsigned n)
{
    uint64_t number = mix_next(state);
    return n ? (unsigned)(number % n) : 0;
}

static inline uint64_t mix_two(uint64_t a, uint64_t b)
{
    uint64_t state = a ^ (b + 1) * UINT64_C(0xd6e8feb86659fd93);
    return mix_next(&state);
}

/* Tells two contents apart; it need not withstand anybody. */
static inline uint64_t mix_bytes(uint64_t seed, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;
    uint64_t hash = seed ^ n * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t word;
    for (; n >= sizeof(word); n -= sizeof(word), at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0xd6e8feb86659fd93);
        hash ^= hash >> 32;
    }
    for (; n; n--, at++)
        hash = (hash ^ *at) * UINT64_C(0x100000001b3);
    return mix_two(hash, seed);
}
