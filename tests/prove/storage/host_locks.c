#include "host_locks.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/arena.h"

enum { PLACES = 16, PAGES = 64 };

struct lock_place {
    int file;
    int users; /* 0 = a free place */
    int readers;
    const struct lock_holder *reserved;
    const struct lock_holder *exclusive;
    void *pages[PAGES];
    int sharing[SQLITE_SHM_NLOCK];
    unsigned taken; /* bits: locks that somebody has alone */
};

static struct lock_place places[PLACES];

void locks_join(struct lock_holder *h, int file)
{
    struct lock_place *place = NULL;
    for (int i = 0; i < PLACES; i++) {
        if (places[i].users && places[i].file == file) {
            place = &places[i];
            break;
        }
        if (!places[i].users && !place)
            place = &places[i];
    }
    if (!place)
        abort();
    place->file = file;
    place->users++;
    *h = (struct lock_holder){.place = place};
}

void locks_leave(struct lock_holder *h)
{
    struct lock_place *p = h->place;
    locks_memory_leave(h);
    locks_give(h, SQLITE_LOCK_NONE);
    if (--p->users)
        return;
    for (int i = 0; i < PAGES; i++)
        mem_free(p->pages[i]);
    *p = (struct lock_place){0};
}

static bool others(const struct lock_holder *who, const struct lock_holder *h)
{
    return who && who != h;
}

int locks_take(struct lock_holder *h, int level)
{
    struct lock_place *p = h->place;
    if (h->level >= level)
        return SQLITE_OK;
    if (others(p->exclusive, h) || (level >= SQLITE_LOCK_RESERVED && others(p->reserved, h)) ||
        (level == SQLITE_LOCK_EXCLUSIVE && p->readers > 1))
        return SQLITE_BUSY;
    if (h->level == SQLITE_LOCK_NONE)
        p->readers++;
    if (level >= SQLITE_LOCK_RESERVED)
        p->reserved = h;
    if (level == SQLITE_LOCK_EXCLUSIVE)
        p->exclusive = h;
    h->level = level;
    return SQLITE_OK;
}

int locks_give(struct lock_holder *h, int level)
{
    struct lock_place *p = h->place;
    if (h->level <= level)
        return SQLITE_OK;
    if (p->reserved == h)
        p->reserved = NULL;
    if (p->exclusive == h)
        p->exclusive = NULL;
    if (level == SQLITE_LOCK_NONE)
        p->readers--;
    h->level = level;
    return SQLITE_OK;
}

bool locks_reserved(const struct lock_holder *h)
{
    return h->place->reserved != NULL;
}

int locks_memory(struct lock_holder *h, int page, int size, int extend, void volatile **ret)
{
    struct lock_place *p = h->place;
    if (page >= PAGES)
        return SQLITE_FULL;
    if (!p->pages[page] && extend)
        p->pages[page] = mem_alloc((size_t)size);
    *ret = p->pages[page];
    return SQLITE_OK;
}

static void unlock(struct lock_holder *h, unsigned bits)
{
    struct lock_place *p = h->place;
    for (int i = 0; i < SQLITE_SHM_NLOCK; i++)
        if (h->shared & bits & 1U << i)
            p->sharing[i]--;
    p->taken &= ~(h->exclusive & bits);
    h->shared &= ~bits;
    h->exclusive &= ~bits;
}

int locks_memory_lock(struct lock_holder *h, int offset, int n, int flags)
{
    struct lock_place *p = h->place;
    unsigned bits = ((1U << n) - 1) << offset;
    if (flags & SQLITE_SHM_UNLOCK) {
        unlock(h, bits);
        return SQLITE_OK;
    }
    if (p->taken & bits & ~h->exclusive)
        return SQLITE_BUSY;
    if (flags & SQLITE_SHM_SHARED) {
        if (!(h->shared & bits))
            p->sharing[offset]++;
        h->shared |= bits;
        return SQLITE_OK;
    }
    for (int i = offset; i < offset + n; i++)
        if (p->sharing[i] > (h->shared & 1U << i ? 1 : 0))
            return SQLITE_BUSY;
    p->taken |= bits;
    h->exclusive |= bits;
    return SQLITE_OK;
}

void locks_memory_leave(struct lock_holder *h)
{
    unlock(h, ~0U);
}
