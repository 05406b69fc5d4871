#include "adapt/store_sqlite/db.h"

static struct str column(sqlite3_stmt *stmt, int at)
{
    /* as a blob: the bytes as they are, nothing is converted or allocated */
    const char *bytes = sqlite3_column_blob(stmt, at);
    return (struct str){bytes, (size_t)sqlite3_column_bytes(stmt, at)};
}

/* The columns are id, owner, version, seq, body. */
static struct store_row row_of(sqlite3_stmt *stmt, enum store_table table)
{
    return (struct store_row){
        .table = table,
        .id = column(stmt, 0),
        .owner = column(stmt, 1),
        .version = sqlite3_column_int64(stmt, 2),
        .seq = sqlite3_column_int64(stmt, 3),
        .body = column(stmt, 4),
    };
}

int db_load(struct db *db, enum store_table table,
            int (*fn)(void *arg, const struct store_row *row, struct err *e), void *arg,
            struct err *e)
{
    sqlite3_stmt *stmt = db->tables[table].load;
    int status = 0;
    int rc = SQLITE_DONE;
    while (status == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct store_row row = row_of(stmt, table);
        status = fn(arg, &row, e);
    }
    if (status == 0 && rc != SQLITE_DONE)
        status = db_fail(db, db->reader, e);
    sqlite3_reset(stmt);
    return status;
}

/* What the bound statement gives, in its order. */
static int read_rows(struct db *db, sqlite3_stmt *stmt, enum store_table table, struct arena *a,
                     struct db_rows *ret, struct err *e)
{
    size_t cap = 0;
    size_t n = 0;
    struct store_row *rows = NULL;
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (n == cap) {
            struct store_row *more = ARENA_ARRAY(a, struct store_row, cap ? cap * 2 : 64);
            if (n)
                memcpy(more, rows, n * sizeof(*rows));
            rows = more;
            cap = cap ? cap * 2 : 64;
        }
        struct store_row row = row_of(stmt, table);
        row.id = arena_str(a, row.id);
        row.owner = arena_str(a, row.owner);
        row.body = arena_str(a, row.body);
        rows[n++] = row;
    }
    int status = rc == SQLITE_DONE ? 0 : db_fail(db, db->reader, e);
    sqlite3_reset(stmt);
    *ret = (struct db_rows){rows, status == 0 ? n : 0};
    return status;
}

int db_events(struct db *db, const struct store_event_query *q, struct arena *a,
              struct store_row **ret, size_t *ret_n, struct err *e)
{
    sqlite3_stmt *stmt =
        str_is_empty(q->owner) ? db->events[q->oldest] : db->events_owned[q->oldest];
    sqlite3_bind_int64(stmt, 1, q->after_seq);
    sqlite3_bind_int64(stmt, 2, q->limit > INT64_MAX ? INT64_MAX : (int64_t)q->limit);
    if (!str_is_empty(q->owner))
        sqlite3_bind_text64(stmt, 3, q->owner.ptr, q->owner.len, SQLITE_STATIC, SQLITE_UTF8);
    struct db_rows found;
    int status = read_rows(db, stmt, STORE_EVENT, a, &found, e);
    struct store_row *rows = *ret = found.items;
    size_t n = *ret_n = found.n;
    for (size_t i = 0; !q->oldest && i < n / 2; i++) {
        struct store_row newest = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = newest;
    }
    return status;
}

int db_owned(struct db *db, enum store_table table, struct str owner, struct arena *a,
             struct db_rows *ret, struct err *e)
{
    sqlite3_stmt *stmt = db->tables[table].owned;
    sqlite3_bind_text64(stmt, 1, owner.ptr, owner.len, SQLITE_STATIC, SQLITE_UTF8);
    return read_rows(db, stmt, table, a, ret, e);
}

int db_last_seq(struct db *db, int64_t *ret, struct err *e)
{
    int status = 0;
    if (sqlite3_step(db->last_seq) == SQLITE_ROW)
        *ret =
            sqlite3_column_int64(db->last_seq, 0); /* NULL, when there never was one, reads as 0 */
    else
        status = db_fail(db, db->reader, e);
    sqlite3_reset(db->last_seq);
    return status;
}
