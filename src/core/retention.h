/* Which snapshots may go: the rules of deletion (behaviour.md 5), and spec.snapshotRetention within them
 * (docs/decisions/0009). Pure. What only the whole server knows, that another Savepoint has the same
 * location, is asked by the caller. */
#pragma once

#include "base/arena.h"
#include "core/input.h"

/* Why the data of a Savepoint of this Deployment must stay; NULL: nothing speaks for it. */
const char *core_needed_because(struct arena *a, const struct core_in *in,
                                const struct savepoint *s);

/* Those that spec.snapshotRetention lets go now, the oldest first; NULL when there is none. Only of
 * what Sluice made by itself, and never what a start of any strategy would be restored from. */
const struct savepoint **core_expired(struct arena *a, const struct core_in *in, size_t *ret_n);
