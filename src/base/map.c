/* Linear probing with backward-shift deletion; at most three quarters full. */
#include "base/map.h"

#include "base/arena.h"

static size_t hash_of(struct str s)
{
    uint64_t h = 0xCBF29CE484222325ULL;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.ptr[i]) * 0x100000001B3ULL;
    return (size_t)(h ^ (h >> 29));
}

static size_t place_of(const struct map *m, struct str key)
{
    size_t i = hash_of(key) & (m->capacity - 1);
    while (m->slots[i].key.ptr && !str_eq(m->slots[i].key, key))
        i = (i + 1) & (m->capacity - 1);
    return i;
}

void map_fini(struct map *m)
{
    mem_free(m->slots);
    *m = (struct map){0};
}

void *map_find(const struct map *m, struct str key)
{
    if (m->n == 0 || !key.ptr)
        return NULL;
    return m->slots[place_of(m, key)].value;
}

static void grow(struct map *m)
{
    struct map bigger = {.capacity = m->capacity ? m->capacity * 2 : 16, .n = m->n};
    bigger.slots = mem_alloc(bigger.capacity * sizeof(*bigger.slots));
    for (size_t i = 0; i < m->capacity; i++)
        if (m->slots[i].key.ptr)
            bigger.slots[place_of(&bigger, m->slots[i].key)] = m->slots[i];
    mem_free(m->slots);
    *m = bigger;
}

void map_put(struct map *m, struct str key, void *value)
{
    if ((m->n + 1) * 4 > m->capacity * 3)
        grow(m);
    size_t i = place_of(m, key);
    if (!m->slots[i].key.ptr)
        m->n++;
    m->slots[i] = (struct map_slot){key, value};
}

void *map_take(struct map *m, struct str key)
{
    if (m->n == 0 || !key.ptr)
        return NULL;
    size_t i = place_of(m, key);
    void *value = m->slots[i].value;
    if (!m->slots[i].key.ptr)
        return NULL;
    m->slots[i] = (struct map_slot){0};
    m->n--;
    for (size_t k = (i + 1) & (m->capacity - 1); m->slots[k].key.ptr;
         k = (k + 1) & (m->capacity - 1)) {
        struct map_slot moved = m->slots[k];
        m->slots[k] = (struct map_slot){0};
        m->slots[place_of(m, moved.key)] = moved;
    }
    return value;
}
