/* A set of fingerprints. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
    uint64_t *slots; /* 0 = free */
    size_t room;     /* a power of two */
    size_t n;
};

/* False when it is there already. */
bool seen_add(struct seen *s, uint64_t fingerprint);
void seen_free(struct seen *s);
