/* Which contents the store may show after a power cut, by the host's time of the cut. */
#pragma once

#include "model.h"

/* Contents: a transaction after other contents. */
struct state {
    const struct state *before;
    const struct txn *txn; /* NULL for the empty store */
    uint64_t digest;
    size_t number; /* how many transactions lead here */
};

struct entry {
    const struct state *state;
    size_t sent;  /* it may be seen when the cut is not before */
    size_t acked; /* it, or a later one, must be; SIZE_MAX = never acknowledged */
};

struct history {
    struct arena *arena;
    struct entry *entries; /* in the order in which they were sent */
    size_t n;
    size_t room;
    struct model model; /* after the last of them */
};

#define HISTORY_NONE SIZE_MAX

struct history history_new(void);
void history_free(struct history *h);
/* Returns its index. */
size_t history_send(struct history *h, const struct txn *txn, size_t time);
void history_ack(struct history *h, size_t index, size_t time);
/* A process has begun, and it sees the contents of that index: from now on they must not go. */
void history_reopen(struct history *h, size_t index, size_t time);
/* After a power cut at that time: what could be seen then, with time beginning at 0. */
void history_reboot(struct history *h, size_t time);

/* The last entry that was acknowledged at that time. */
size_t history_required(const struct history *h, size_t time);
/* The entry with that digest that may be seen after a cut at that time, else HISTORY_NONE. */
size_t history_find(const struct history *h, uint64_t digest, size_t time);
/* The same whether it may be seen or not. */
size_t history_find_any(const struct history *h, uint64_t digest);
/* The contents of an entry. */
void history_model(const struct history *h, size_t index, struct model *ret);
