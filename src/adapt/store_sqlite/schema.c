/* The schema and how to get to it: user_version counts the steps taken. A released step is never
 * changed; a new schema is a new step at the end. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "adapt/store_sqlite/db.h"
#include "adapt/store_sqlite/home.h"

#define APPLICATION_ID 0x534c4331 /* "SLC1", marks the file as ours */
#define AS_TEXT_(x)    #x
#define AS_TEXT(x)     AS_TEXT_(x)

#define ROWS                                                                \
    "(id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''), owner TEXT NOT NULL, " \
    "version INTEGER NOT NULL CHECK (version >= 1), body TEXT NOT NULL) STRICT;"

static const char *const steps[] = {
    /* 1: AUTOINCREMENT remembers the highest event number after the event itself was pruned */
    "CREATE TABLE deployment " ROWS "CREATE TABLE record " ROWS "CREATE TABLE job " ROWS
    "CREATE INDEX job_owner ON job (owner);"
    "CREATE TABLE \"savepoint\" " ROWS "CREATE INDEX savepoint_owner ON \"savepoint\" (owner);"
    "CREATE TABLE event (seq INTEGER PRIMARY KEY AUTOINCREMENT, "
    "id TEXT NOT NULL UNIQUE CHECK (id <> ''), owner TEXT NOT NULL, "
    "version INTEGER NOT NULL CHECK (version >= 1), body TEXT NOT NULL) STRICT;"
    "CREATE INDEX event_owner ON event (owner);"
    "CREATE TABLE target " ROWS "CREATE TABLE defaults " ROWS "CREATE TABLE namespace " ROWS
    "PRAGMA application_id = " AS_TEXT(APPLICATION_ID) ";",
    /* 2: the index finds an owner's rows in their order */
    "CREATE TABLE revision " ROWS "CREATE INDEX revision_owner ON revision (owner, id);",
    /* 3: answers to requests with an Idempotency-Key */
    "CREATE TABLE reply " ROWS "CREATE INDEX reply_owner ON reply (owner);",
};

enum { NEWEST = sizeof(steps) / sizeof(steps[0]) };

static int number(sqlite3 *conn, const char *pragma, int *ret)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(conn, pragma, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? 0 : -1;
}

/* One step and its number, in one transaction. */
static int take_step(sqlite3 *conn, int step)
{
    char count[64];
    snprintf(count, sizeof(count), "PRAGMA user_version = %d; COMMIT;", step + 1);
    if (sqlite3_exec(conn, "BEGIN IMMEDIATE;", NULL, NULL, NULL) != SQLITE_OK)
        return -1;
    if (sqlite3_exec(conn, steps[step], NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(conn, count, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    return -1; /* the connection is closed next, which rolls back */
}

static int take_steps(sqlite3 *conn, int from)
{
    for (int step = from; step < NEWEST; step++)
        if (take_step(conn, step) < 0)
            return -1;
    return 0;
}

int schema_identify(struct db *db, struct err *e)
{
    int version = 0;
    int application = 0;
    if (number(db->writer, "PRAGMA user_version", &version) < 0 ||
        number(db->writer, "PRAGMA application_id", &application) < 0)
        return db_fail(db, db->writer, e);
    if (application != APPLICATION_ID)
        return err_set(e, ERR_STORE_BROKEN,
                       "%s is a database, but not one of Sluice's. Move it away and start again",
                       db->path);
    if (version > NEWEST)
        return err_set(e, ERR_CONFLICT,
                       "%s was written by a newer Sluice (schema %d, this one knows %d). Start "
                       "that version, or restore the backup made before the upgrade",
                       db->path, version, (int)NEWEST);
    return 0;
}

int schema_migrate(struct db *db, struct err *e)
{
    int version = 0;
    if (number(db->writer, "PRAGMA user_version", &version) < 0)
        return db_fail(db, db->writer, e);
    return take_steps(db->writer, version) < 0 ? db_fail(db, db->writer, e) : 0;
}

/* A new file is made beside its name and renamed, so that a file of that name is never half made:
 * an empty or damaged one has always lost something. */
int schema_create(const char *path, const char *vfs, struct err *e)
{
    struct arena *a = arena_new();
    struct db fresh = {.path = arena_cstr(a, arena_fmt(a, "%s.new", path))};
    unlink(fresh.path);
    unlink(arena_fmt(a, "%s-journal", fresh.path).ptr);
    int status = 0;
    int fd = open(fresh.path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        status = err_set(e, errno == ENOSPC ? ERR_STORE_FULL : ERR_UNAVAILABLE,
                         "cannot create %s: %s", fresh.path, strerrordesc_np(errno));
    else
        close(fd);
    if (status == 0 && (sqlite3_open_v2(fresh.path, &fresh.writer, SQLITE_OPEN_READWRITE, vfs) ||
                        take_steps(fresh.writer, 0) < 0))
        status = db_fail(&fresh, fresh.writer, e);
    sqlite3_close(fresh.writer);
    if (status == 0 && rename(fresh.path, path) < 0)
        status = err_set(e, ERR_UNAVAILABLE, "cannot name %s: %s", path, strerrordesc_np(errno));
    if (status == 0)
        status = home_sync_directory_of(path, e);
    arena_free(a);
    return status;
}
