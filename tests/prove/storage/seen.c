#include "seen.h"

#include "base/arena.h"

static bool put(struct seen *s, uint64_t fingerprint)
{
    size_t at = (size_t)fingerprint & (s->room - 1);
    while (s->slots[at] && s->slots[at] != fingerprint)
        at = (at + 1) & (s->room - 1);
    bool fresh = !s->slots[at];
    s->slots[at] = fingerprint;
    return fresh;
}

static void grow(struct seen *s)
{
    struct seen larger = {.room = s->room ? s->room * 2 : 1024};
    larger.slots = mem_alloc(larger.room * sizeof(uint64_t));
    for (size_t i = 0; i < s->room; i++)
        if (s->slots[i])
            put(&larger, s->slots[i]);
    larger.n = s->n;
    mem_free(s->slots);
    *s = larger;
}

bool seen_add(struct seen *s, uint64_t fingerprint)
{
    if (s->n * 2 >= s->room)
        grow(s);
    bool fresh = put(s, fingerprint | 1);
    s->n += fresh;
    return fresh;
}

void seen_free(struct seen *s)
{
    mem_free(s->slots);
}
