#include "store_hooks.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "host.h"

/* The store copies its log at 4000 frames (db.c); at this many here. */
#define LOG_FRAMES  20
#define LOG_STRETCH (4000 / LOG_FRAMES)

enum { COMMITS_MOST = 256 };

typedef int wal_hook(void *arg, sqlite3 *conn, const char *name, int frames);

int __real_sqlite3_wal_checkpoint_v2(sqlite3 *conn, const char *name, int mode, int *frames,
                                     int *done);
int __wrap_sqlite3_wal_checkpoint_v2(sqlite3 *conn, const char *name, int mode, int *frames,
                                     int *done);
void *__real_sqlite3_wal_hook(sqlite3 *conn, wal_hook *fn, void *arg);
void *__wrap_sqlite3_wal_hook(sqlite3 *conn, wal_hook *fn, void *arg);

static struct {
    enum fault fault;
    wal_hook *fn;
    void *arg;
    size_t commits;
    size_t times[COMMITS_MOST];
} hooks;

void hooks_begin(enum fault fault)
{
    hooks.fault = fault;
    hooks.commits = 0;
}

size_t hooks_commits(void)
{
    return hooks.commits;
}

size_t hooks_commit_time(size_t number)
{
    return hooks.times[number];
}

static int on_commit(void *arg, sqlite3 *conn, const char *name, int frames)
{
    (void)arg;
    if (hooks.commits == COMMITS_MOST)
        abort();
    hooks.times[hooks.commits++] = host_time();
    return hooks.fn(hooks.arg, conn, name, frames * LOG_STRETCH);
}

void *__wrap_sqlite3_wal_hook(sqlite3 *conn, wal_hook *fn, void *arg)
{
    hooks.fn = fn;
    hooks.arg = arg;
    if (hooks.fault == FAULT_SYNCHRONOUS_OFF)
        sqlite3_exec(conn, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    if (hooks.fault == FAULT_SYNCHRONOUS_NORMAL)
        sqlite3_exec(conn, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    return __real_sqlite3_wal_hook(conn, on_commit, NULL);
}

/* The store asks for this mode when it opens, and only then. */
int __wrap_sqlite3_wal_checkpoint_v2(sqlite3 *conn, const char *name, int mode, int *frames,
                                     int *done)
{
    if (hooks.fault == FAULT_OPEN_WITHOUT_SYNC && mode == SQLITE_CHECKPOINT_TRUNCATE)
        return SQLITE_OK;
    return __real_sqlite3_wal_checkpoint_v2(conn, name, mode, frames, done);
}
