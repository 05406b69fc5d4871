/* What the store must hold after some transactions, worked out in the simplest way there is. */
#pragma once

#include "port/store.h"

struct txn {
    struct store_write *writes;
    size_t n;
};

struct model {
    struct store_row *rows; /* in the order in which they are read: events last, by number */
    size_t n;
    size_t room;
    int64_t last_seq;
};

void model_apply(struct model *m, const struct txn *txn);
void model_clear(struct model *m);
void model_free(struct model *m);
/* NULL when there is no such row. */
const struct store_row *model_find(const struct model *m, enum store_table table, struct str id);

/* Fingerprints of contents: start with 0, add each row in reading order, then the last number. */
uint64_t digest_row(uint64_t digest, const struct store_row *row);
uint64_t digest_end(uint64_t digest, int64_t last_seq);
uint64_t model_digest(const struct model *m);
