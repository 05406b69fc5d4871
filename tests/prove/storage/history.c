#include "history.h"

static void add(struct history *h, struct entry entry)
{
    if (h->n == h->room) {
        h->room = h->room ? h->room * 2 : 64;
        h->entries = mem_realloc(h->entries, h->room * sizeof(entry));
    }
    h->entries[h->n++] = entry;
}

struct history history_new(void)
{
    struct history h = {.arena = arena_new()};
    struct state *empty = ARENA_NEW(h.arena, struct state);
    empty->digest = model_digest(&h.model);
    add(&h, (struct entry){.state = empty});
    return h;
}

void history_free(struct history *h)
{
    model_free(&h->model);
    mem_free(h->entries);
    arena_free(h->arena);
}

size_t history_send(struct history *h, const struct txn *txn, size_t time)
{
    struct state *state = ARENA_NEW(h->arena, struct state);
    const struct state *before = h->entries[h->n - 1].state;
    model_apply(&h->model, txn);
    *state = (struct state){before, txn, model_digest(&h->model), before->number + 1};
    add(h, (struct entry){state, time, SIZE_MAX});
    return h->n - 1;
}

void history_ack(struct history *h, size_t index, size_t time)
{
    h->entries[index].acked = time;
}

static void replay(const struct state *state, struct model *m)
{
    if (!state->txn)
        return;
    replay(state->before, m);
    model_apply(m, state->txn);
}

void history_model(const struct history *h, size_t index, struct model *ret)
{
    model_clear(ret);
    replay(h->entries[index].state, ret);
}

void history_reopen(struct history *h, size_t index, size_t time)
{
    add(h, (struct entry){h->entries[index].state, time, time});
    history_model(h, h->n - 1, &h->model);
}

size_t history_required(const struct history *h, size_t time)
{
    size_t at = h->n - 1;
    while (h->entries[at].acked > time)
        at--;
    return at;
}

size_t history_find(const struct history *h, uint64_t digest, size_t time)
{
    for (size_t i = history_required(h, time); i < h->n && h->entries[i].sent <= time; i++)
        if (h->entries[i].state->digest == digest)
            return i;
    return HISTORY_NONE;
}

size_t history_find_any(const struct history *h, uint64_t digest)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->entries[i].state->digest == digest)
            return i;
    return HISTORY_NONE;
}

void history_reboot(struct history *h, size_t time)
{
    size_t first = history_required(h, time);
    size_t n = 0;
    for (size_t i = first; i < h->n && h->entries[i].sent <= time; i++)
        h->entries[n++] = (struct entry){h->entries[i].state, 0, SIZE_MAX};
    h->entries[0].acked = 0;
    h->n = n;
}
