#include "adapt/store_sqlite/db.h"

#include <stdio.h>
#include <sys/stat.h>

#include "adapt/store_sqlite/home.h"
#include "base/buf.h"

/* Pages in the log before it is copied into the file: rare enough to cost little per commit, small
 * enough (16 MiB) to be read again quickly at a start. */
#define CHECKPOINT_FRAMES 4000
/* Up to this size every page is looked at when opening; beyond it, pages are checked as they are
 * read, so that a start is never minutes of checking. */
#define CHECK_ALL_BYTES ((int64_t)256 << 20)

static const char *const table_names[STORE_TABLES] = {
    [STORE_DEPLOYMENT] = "deployment",
    [STORE_RECORD] = "record",
    [STORE_JOB] = "job",
    [STORE_SAVEPOINT] = "savepoint",
    [STORE_EVENT] = "event",
    [STORE_TARGET] = "target",
    [STORE_DEFAULTS] = "defaults",
    [STORE_NAMESPACE] = "namespace",
    [STORE_REVISION] = "revision",
};

const char *db_table_name(enum store_table table)
{
    return table_names[table];
}

struct str db_error(sqlite3 *conn, struct arena *a)
{
    int system = sqlite3_system_errno(conn);
    return arena_fmt(a, "%s (SQLite %d%s%s)", sqlite3_errmsg(conn), sqlite3_extended_errcode(conn),
                     system ? ", " : "", system ? strerrordesc_np(system) : "");
}

bool db_nothing_written(int rc)
{
    /* FULL comes from a write that did not fit, and the write that makes a commit valid is the last
     * one (a failed sync is IOERR); BUSY and LOCKED come before any write. */
    int primary = rc & 0xff;
    return primary == SQLITE_FULL || primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
}

int db_fail(const struct db *db, sqlite3 *conn, struct err *e)
{
    struct arena *a = arena_new();
    struct str why = db_error(conn, a);
    switch (sqlite3_errcode(conn)) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        err_set(e, ERR_STORE_BROKEN,
                "%s is damaged: %.*s. Keep a copy of it and of the -wal file "
                "beside it; restore a backup, or rescue what can be read with the sqlite3 command "
                "(.recover) into a new file of that name",
                db->path, STR_ARG(why));
        break;
    case SQLITE_FULL:
        err_set(e, ERR_STORE_FULL, "%s: no room: %.*s. Free some and start again", db->path,
                STR_ARG(why));
        break;
    default: err_set(e, ERR_UNAVAILABLE, "%s: %.*s", db->path, STR_ARG(why));
    }
    arena_free(a);
    return -1;
}

static int on_wal(void *arg, sqlite3 *conn, const char *name, int frames)
{
    struct db *db = arg;
    (void)conn;
    (void)name;
    db->wal_frames = frames;
    return SQLITE_OK;
}

int db_checkpoint(struct db *db, struct err *e)
{
    if (db->wal_frames < CHECKPOINT_FRAMES)
        return 0;
    db->wal_frames = 0;
    int rc = sqlite3_wal_checkpoint_v2(db->writer, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return rc == SQLITE_OK || db_nothing_written(rc) ? 0 : db_fail(db, db->writer, e);
}

/* The first word that a pragma or check answers; true when it is `want`. */
static bool answers(sqlite3 *conn, const char *sql, const char *want, char *ret, size_t size)
{
    sqlite3_stmt *stmt = NULL;
    ret[0] = '\0';
    if (sqlite3_prepare_v2(conn, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        snprintf(ret, size, "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return strcmp(ret, want) == 0;
}

static int look_for_damage(struct db *db, struct err *e)
{
    struct stat st;
    char found[200];
    if (stat(db->path, &st) == 0 && st.st_size > CHECK_ALL_BYTES)
        return 0;
    if (answers(db->writer, "PRAGMA quick_check(1)", "ok", found, sizeof(found)))
        return 0;
    if (!found[0])
        return db_fail(db, db->writer, e);
    return err_set(e, ERR_STORE_BROKEN,
                   "%s is damaged: %s. Keep a copy of it; restore a backup, or rescue what can be "
                   "read with the sqlite3 command (.recover) into a new file of that name",
                   db->path, found);
}

/* Looks before it touches: until the file is known to be ours and sound, nothing is written. */
static int open_writer(struct db *db, const char *vfs, struct err *e)
{
    static const char settings[] =
        "PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
        "PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864;"
        "PRAGMA temp_store = MEMORY;";
    char mode[16];
    /* one thread at a time uses it: SQLite need not lock */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(db->path, &db->writer, flags, vfs) != SQLITE_OK)
        return db_fail(db, db->writer, e);
    sqlite3_extended_result_codes(db->writer, 1);
    sqlite3_busy_timeout(db->writer, 5000);
    if (sqlite3_exec(db->writer, settings, NULL, NULL, NULL) != SQLITE_OK)
        return db_fail(db, db->writer, e);
    if (schema_identify(db, e) < 0 || look_for_damage(db, e) < 0)
        return -1;
    if (!answers(db->writer, "PRAGMA journal_mode = WAL", "wal", mode, sizeof(mode)))
        return db_fail(db, db->writer, e);
    /* A killed process may have written a commit that was never synced, or whose sync failed. It is
     * visible now, so it must be durable before anybody acts on it. */
    if (sqlite3_wal_checkpoint_v2(db->writer, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
        SQLITE_OK)
        return db_fail(db, db->writer, e);
    sqlite3_wal_hook(db->writer, on_wal, db);
    return schema_migrate(db, e);
}

static bool prepare(sqlite3 *conn, const char *sql, sqlite3_stmt **ret)
{
    return sqlite3_prepare_v3(conn, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) == SQLITE_OK;
}

static bool prepare_table(struct db *db, enum store_table table, struct arena *a)
{
    const char *name = table_names[table];
    bool event = table == STORE_EVENT;
    struct db_table *t = &db->tables[table];
    struct str insert = arena_fmt(a,
                                  "INSERT INTO \"%s\" (id, owner, version, body%s) VALUES "
                                  "(?1, ?2, ?3, ?4%s) ON CONFLICT DO NOTHING",
                                  name, event ? ", seq" : "", event ? ", ?5" : "");
    struct str update = arena_fmt(a,
                                  "UPDATE \"%s\" SET owner = ?2, version = ?3, body = ?4 "
                                  "WHERE id = ?1 AND version = ?5",
                                  name);
    struct str remove = arena_fmt(a, "DELETE FROM \"%s\" WHERE id = ?1 AND version = ?2", name);
    struct str owned = arena_fmt(a, "DELETE FROM \"%s\" WHERE owner = ?1", name);
    const char *body = table == STORE_REVISION ? "''" : "body";
    struct str load =
        arena_fmt(a, "SELECT id, owner, version, 0, %s FROM \"%s\" ORDER BY id", body, name);
    struct str of_owner = arena_fmt(a,
                                    "SELECT id, owner, version, 0, body FROM \"%s\" "
                                    "WHERE owner = ?1 ORDER BY id",
                                    name);
    return prepare(db->writer, insert.ptr, &t->insert) &&
           prepare(db->writer, update.ptr, &t->update) &&
           prepare(db->writer, remove.ptr, &t->remove) &&
           prepare(db->writer, owned.ptr, &t->remove_owned) &&
           prepare(db->reader, load.ptr, &t->load) && prepare(db->reader, of_owner.ptr, &t->owned);
}

static bool prepare_all(struct db *db)
{
    struct arena *a = arena_new();
    bool good = true;
    for (int t = 0; good && t < STORE_TABLES; t++)
        good = prepare_table(db, (enum store_table)t, a);
    arena_free(a);
    return good && prepare(db->writer, "BEGIN IMMEDIATE", &db->begin) &&
           prepare(db->writer, "COMMIT", &db->commit) &&
           prepare(db->writer, "ROLLBACK", &db->rollback) &&
           prepare(db->writer, "SAVEPOINT one", &db->savepoint) &&
           prepare(db->writer, "RELEASE one", &db->savepoint_release) &&
           prepare(db->writer, "ROLLBACK TO one", &db->savepoint_undo) &&
           prepare(db->writer,
                   "DELETE FROM event WHERE owner = ?1 AND seq <= (SELECT seq FROM event "
                   "WHERE owner = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
                   &db->prune) &&
           prepare(db->reader,
                   "SELECT id, owner, version, seq, body FROM event WHERE seq > ?1 "
                   "ORDER BY seq DESC LIMIT ?2",
                   &db->events) &&
           prepare(db->reader,
                   "SELECT id, owner, version, seq, body FROM event WHERE seq > ?1 AND owner = ?3 "
                   "ORDER BY seq DESC LIMIT ?2",
                   &db->events_owned) &&
           prepare(db->reader, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'event'",
                   &db->last_seq);
}

/* The directory's name first: an earlier process may have made the directory and been killed before
 * it was durable, so that it is there says nothing. */
static int first_start(struct db *db, const char *directory, const char *vfs, struct err *e)
{
    if (home_sync_directory_of(directory, e) < 0)
        return -1;
    return schema_create(db->path, vfs, e);
}

static int open_steps(struct db *db, const char *directory, const char *vfs, struct err *e)
{
    bool exists;
    if (home_look(db->path, &exists, e) < 0)
        return -1;
    if (!exists && first_start(db, directory, vfs, e) < 0)
        return -1;
    if (open_writer(db, vfs, e) < 0)
        return -1;
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(db->path, &db->reader, flags, vfs) != SQLITE_OK)
        return db_fail(db, db->reader, e);
    sqlite3_extended_result_codes(db->reader, 1);
    if (prepare_all(db))
        return 0;
    bool writer_failed = sqlite3_errcode(db->writer) != SQLITE_OK;
    return db_fail(db, writer_failed ? db->writer : db->reader, e);
}

int db_open(const char *directory, const char *vfs, struct db **ret, struct err *e)
{
    struct buf path = {0};
    buf_fmt(&path, "%s/sluice.db", directory);
    struct db *db = mem_alloc(sizeof(*db));
    db->path = path.ptr;
    *ret = db;
    if (open_steps(db, directory, vfs, e) == 0)
        return 0;
    db_close(db, false);
    *ret = NULL;
    return -1;
}

/* Finalizes whatever was prepared. */
static void close_connection(sqlite3 *conn)
{
    if (!conn)
        return;
    for (sqlite3_stmt *s; (s = sqlite3_next_stmt(conn, NULL)) != NULL;)
        sqlite3_finalize(s);
    sqlite3_close(conn);
}

void db_close(struct db *db, bool trusted)
{
    close_connection(db->reader);
    if (db->writer && !trusted)
        sqlite3_db_config(db->writer, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    close_connection(db->writer);
    mem_free(db->path);
    mem_free(db);
}
