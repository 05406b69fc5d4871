/* One open database: connections, prepared statements, and what an SQLite error means to us.
 * Everything here runs on the store thread, or before that thread starts. */
#pragma once

#include <sqlite3.h>

#include "base/arena.h"
#include "base/err.h"
#include "port/store.h"

struct db_table {
    sqlite3_stmt *insert; /* 1 id, 2 owner, 3 version, 4 body, 5 seq (events) */
    sqlite3_stmt *update; /* 1 id, 2 owner, 3 version, 4 body, 5 the version that must be there */
    sqlite3_stmt *remove; /* 1 id, 2 the version that must be there */
    sqlite3_stmt *remove_owned; /* 1 owner */
    sqlite3_stmt *load;         /* no events */
    sqlite3_stmt *owned;        /* 1 owner; no events */
};

struct db {
    sqlite3 *writer;
    sqlite3 *reader; /* opened read-only, so that reading goes on when writing has stopped */
    char *path;
    struct db_table tables[STORE_TABLES];
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    sqlite3_stmt *rollback;
    sqlite3_stmt *savepoint;
    sqlite3_stmt *savepoint_release;
    sqlite3_stmt *savepoint_undo;
    sqlite3_stmt *prune;           /* 1 owner, 2 how many to keep */
    sqlite3_stmt *events[2];       /* 1 after, 2 limit; the newest, the oldest */
    sqlite3_stmt *events_owned[2]; /* 1 after, 2 limit, 3 owner; the same */
    sqlite3_stmt *last_seq;
    int wal_frames; /* in the log since it was last copied into the file */
};

/* Opens the database file in `directory`, creating it when there never was one; see store_sqlite.h
 * for the errors. On failure nothing stays open. */
int db_open(const char *directory, const char *vfs, struct db **ret, struct err *e) ERR_CHECK;
/* `trusted` false: a write failed in an unknown way, so the log is left for the next start. */
void db_close(struct db *db, bool trusted);

/* Copies the log into the file when it has grown. 0, or -1 and e when the file cannot be trusted any
 * more (a full disk is not that: the log just grows on). */
int db_checkpoint(struct db *db, struct err *e) ERR_CHECK;

/* The table's name in the file. */
const char *db_table_name(enum store_table table);

/* Text of the last error of a connection, with SQLite's and the system's number. */
struct str db_error(sqlite3 *conn, struct arena *a);
/* Sets e to what the last failure of opening or reading means, with advice. -1. */
int db_fail(const struct db *db, sqlite3 *conn, struct err *e);
/* True for the codes after which the transaction is known not to have been written. */
bool db_nothing_written(int rc);

/* schema.c */

/* Makes a new, empty file at `path`, whole or not at all. */
int schema_create(const char *path, const char *vfs, struct err *e) ERR_CHECK;
/* Refuses a file that is not ours, or of a newer schema; reads only. */
int schema_identify(struct db *db, struct err *e) ERR_CHECK;
/* Brings the file to the newest schema. */
int schema_migrate(struct db *db, struct err *e) ERR_CHECK;

/* write.c */

struct db_txn {
    const struct store_write *writes;
    size_t n;
    enum store_outcome outcome;
    struct str text; /* in the arena given to db_write */
};

/* Writes n transactions in one durable commit; sets outcome and text of each. Returns false when the
 * effect of a failure is not known: every one of them is UNKNOWN then, and nothing may be written
 * through this connection any more. */
bool db_write(struct db *db, struct db_txn *txns, size_t n, struct arena *a);

/* read.c */

int db_load(struct db *db, enum store_table table,
            int (*row)(void *arg, const struct store_row *row, struct err *e), void *arg,
            struct err *e) ERR_CHECK;
/* Rows in rising order, allocated from a. */
int db_events(struct db *db, const struct store_event_query *q, struct arena *a,
              struct store_row **ret, size_t *ret_n, struct err *e) ERR_CHECK;
struct db_rows {
    struct store_row *items;
    size_t n;
};
/* The same of an owner's rows in a table, by id. */
int db_owned(struct db *db, enum store_table table, struct str owner, struct arena *a,
             struct db_rows *ret, struct err *e) ERR_CHECK;
int db_last_seq(struct db *db, int64_t *ret, struct err *e) ERR_CHECK;
