/* A hash map from strings to pointers. Keys are borrowed and must outlive their entry. Iteration
 * order is insertion order as long as nothing is removed; never decide anything by it. */
#pragma once

#include "base/str.h"

struct map_slot {
    struct str key;
    void *value;
};

struct map {
    struct map_slot *slots; /* capacity is a power of two; key.ptr NULL = free */
    size_t capacity;
    size_t n;
};

void map_fini(struct map *m);
/* NULL when there is none. */
void *map_find(const struct map *m, struct str key);
/* Replaces what was there. value must not be NULL. */
void map_put(struct map *m, struct str key, void *value);
/* Returns the value that was there, or NULL. */
void *map_take(struct map *m, struct str key);
