/* The store of port/store.h in one SQLite file, `sluice.db` in the data directory.
 *
 * Durable means: in a write-ahead log that was fsynced before the callback runs (invariant 5). What
 * an earlier process wrote without living to see it synced is made durable before anything is read.
 * One daemon per directory: `sluice.lock` is held with flock until close. */
#pragma once

#include "port/loop.h"
#include "port/store.h"

struct store_sqlite_options {
    const char *directory; /* created (0700) when missing; its parent must exist */
    struct loop loop;      /* only `post` is used; callbacks run there */
    const char *vfs;       /* an SQLite VFS by name; NULL = the system's */
};

/* Opens or creates the store and starts its thread. Everything in options is copied. 0, or -1 and e:
 *   CONFLICT      another process holds the directory (its pid is in the text), or a newer Sluice
 *                 wrote the file
 *   STORE_BROKEN  the file is damaged, foreign or half gone; the text says what to do; nothing was
 *                 changed
 *   STORE_FULL    no room to make earlier writes durable
 *   UNAVAILABLE   it cannot be opened (permissions, I/O error)
 *
 * On the port's members, beyond its contract:
 * commit: REFUSED also when the queue is full, when another program keeps the file locked, and for
 *   a row that the schema does not allow (version < 1, empty id). Events beyond LIMIT_EVENTS_KEPT of
 *   one owner are pruned now and then, the oldest first.
 * load, last_seq: see every commit called before them; the caller waits, and the row function runs
 *   on the store thread meanwhile.
 * close: on the loop thread; every callback has run when it returns. */
int store_sqlite_open(const struct store_sqlite_options *options, struct store *ret,
                      struct err *e) ERR_CHECK;
