/* Writing a group of transactions as one durable commit. */
#include "adapt/store_sqlite/db.h"
#include "base/limits.h"

struct group {
    struct db *db;
    struct arena *arena;
    int rc; /* what ended the group, else SQLITE_OK */
};

static int run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    int again = sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? again : rc;
}

static void bind_text(sqlite3_stmt *stmt, int at, struct str s)
{
    /* cannot fail for lack of memory: the text is not copied. Too long a text fails the step. */
    sqlite3_bind_text64(stmt, at, s.len ? s.ptr : "", s.len, SQLITE_STATIC, SQLITE_UTF8);
}

static struct str conflict_text(struct group *g, const struct store_write *w)
{
    const char *table = db_table_name(w->row.table);
    if (w->kind == STORE_PUT && w->expect == 0)
        return arena_fmt(g->arena, "%s %.*s exists already", table, STR_ARG(w->row.id));
    return arena_fmt(g->arena, "%s %.*s is not there in version %lld", table, STR_ARG(w->row.id),
                     (long long)w->expect);
}

/* Which share of an event's owners are looked at for pruning: one in 64 inserts, chosen by a mix of
 * the number's bits, so that no pattern of writers escapes it for long. */
static bool prune_is_due(int64_t seq)
{
    uint64_t x = (uint64_t)seq * UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return (x >> 58) == 0;
}

static int prune(struct db *db, struct str owner)
{
    bind_text(db->prune, 1, owner);
    sqlite3_bind_int64(db->prune, 2, LIMIT_EVENTS_KEPT);
    return run(db->prune);
}

static int execute(struct db *db, const struct store_write *w, bool *ret_matched)
{
    const struct store_row *row = &w->row;
    struct db_table *t = &db->tables[row->table];
    sqlite3_stmt *stmt = t->remove_owned;
    if (w->kind == STORE_PUT)
        stmt = w->expect == 0 ? t->insert : t->update;
    else if (w->kind == STORE_DELETE)
        stmt = t->remove;
    bind_text(stmt, 1, w->kind == STORE_DELETE_OWNED ? row->owner : row->id);
    if (w->kind == STORE_DELETE)
        sqlite3_bind_int64(stmt, 2, w->expect);
    if (w->kind == STORE_PUT) {
        bind_text(stmt, 2, row->owner);
        sqlite3_bind_int64(stmt, 3, row->version);
        bind_text(stmt, 4, row->body);
        if (w->expect != 0)
            sqlite3_bind_int64(stmt, 5, w->expect);
        else if (row->table == STORE_EVENT)
            sqlite3_bind_int64(stmt, 5, row->seq);
    }
    int rc = run(stmt);
    *ret_matched = w->kind == STORE_DELETE_OWNED || sqlite3_changes(db->writer) == 1;
    if (rc == SQLITE_OK && *ret_matched && stmt == t->insert && row->table == STORE_EVENT &&
        prune_is_due(row->seq))
        rc = prune(db, row->owner);
    return rc;
}

/* False when the transaction must be undone: it alone (its outcome says so), or the whole group
 * (g->rc says so). */
static bool write_row(struct group *g, struct db_txn *txn, const struct store_write *w)
{
    bool matched;
    int rc = execute(g->db, w, &matched);
    int primary = rc & 0xff;
    if (primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG) {
        txn->outcome = STORE_REFUSED;
        txn->text = arena_fmt(g->arena, "%s %.*s: %.*s", db_table_name(w->row.table),
                              STR_ARG(w->row.id), STR_ARG(db_error(g->db->writer, g->arena)));
        return false;
    }
    if (rc != SQLITE_OK) {
        g->rc = rc;
        return false;
    }
    if (!matched) {
        txn->outcome = STORE_CONFLICT;
        txn->text = conflict_text(g, w);
    }
    return matched;
}

/* A savepoint is what lets one transaction fail alone; a single row needs none. */
static void write_txn(struct group *g, struct db_txn *txn)
{
    struct db *db = g->db;
    bool several = txn->n > 1;
    bool good = true;
    txn->outcome = STORE_DONE;
    txn->text = STR("");
    if (several)
        g->rc = run(db->savepoint);
    for (size_t i = 0; i < txn->n && good && g->rc == SQLITE_OK; i++)
        good = write_row(g, txn, &txn->writes[i]);
    if (several && !good && g->rc == SQLITE_OK)
        g->rc = run(db->savepoint_undo);
    if (several && g->rc == SQLITE_OK)
        g->rc = run(db->savepoint_release);
}

static int write_group(struct group *g, struct db_txn *txns, size_t n)
{
    g->rc = run(g->db->begin);
    for (size_t i = 0; i < n && g->rc == SQLITE_OK; i++)
        write_txn(g, &txns[i]);
    return g->rc == SQLITE_OK ? run(g->db->commit) : g->rc;
}

static void set_all(struct db_txn *txns, size_t n, enum store_outcome outcome, struct str text)
{
    for (size_t i = 0; i < n; i++) {
        txns[i].outcome = outcome;
        txns[i].text = text;
    }
}

bool db_write(struct db *db, struct db_txn *txns, size_t n, struct arena *a)
{
    struct group g = {.db = db, .arena = a};
    int rc = write_group(&g, txns, n);
    if (rc == SQLITE_OK)
        return true;
    struct str why = db_error(db->writer, a);
    if (!db_nothing_written(rc)) {
        set_all(txns, n, STORE_UNKNOWN, arena_fmt(a, "%s: %.*s", db->path, STR_ARG(why)));
        return false;
    }
    /* SQLite may have rolled back by itself */
    if (!sqlite3_get_autocommit(db->writer) && run(db->rollback) != SQLITE_OK) {
        set_all(
            txns, n, STORE_UNKNOWN,
            arena_fmt(a, "%s: cannot roll back: %.*s", db->path, STR_ARG(db_error(db->writer, a))));
        return false;
    }
    const char *what = (rc & 0xff) == SQLITE_FULL ? "no room" : "locked by another program";
    set_all(txns, n, STORE_REFUSED, arena_fmt(a, "%s: %s: %.*s", db->path, what, STR_ARG(why)));
    return true;
}
