/* The transactions of the workload: what the daemon writes, in small. */
#pragma once

#include "model.h"

/* One that fits what the model holds. Lives in `a`. */
struct txn *plan_txn(const struct model *m, uint64_t *rng, struct arena *a);
/* One whose first row would fit and whose second cannot: it must leave nothing. */
struct txn *plan_conflict(uint64_t *rng, struct arena *a);
