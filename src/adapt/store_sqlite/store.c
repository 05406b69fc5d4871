/* The port's members: each makes a job for the store thread. All on the loop thread. */
#include "adapt/store_sqlite/store_sqlite.h"

#include <sys/stat.h>
#include <unistd.h>

#include "adapt/store_sqlite/home.h"
#include "adapt/store_sqlite/thread.h"

struct sqlite_store {
    struct store_thread *thread;
    struct arena *arena;
    const char *file;
    const char *log;
    int lock_fd;
};

static size_t copy_size(const struct store_write *writes, size_t n)
{
    size_t size = n * sizeof(*writes);
    for (size_t i = 0; i < n; i++)
        size += writes[i].row.id.len + writes[i].row.owner.len + writes[i].row.body.len;
    return size;
}

static struct str copy_text(char **at, struct str s)
{
    struct str copy = {*at, s.len};
    if (s.len)
        memcpy(*at, s.ptr, s.len);
    *at += s.len;
    return copy;
}

/* One piece of memory for the job and everything it says. */
static struct job *commit_job(const struct store_write *writes, size_t n, size_t size)
{
    struct job *job = mem_alloc(sizeof(*job) + size);
    struct store_write *copies = (struct store_write *)(job + 1);
    char *texts = (char *)(copies + n);
    for (size_t i = 0; i < n; i++) {
        copies[i] = writes[i];
        copies[i].row.id = copy_text(&texts, writes[i].row.id);
        copies[i].row.owner = copy_text(&texts, writes[i].row.owner);
        copies[i].row.body = copy_text(&texts, writes[i].row.body);
    }
    job->txn = (struct db_txn){.writes = copies, .n = n};
    job->bytes = size;
    return job;
}

static struct job *refused_job(struct str text)
{
    struct job *job = mem_alloc(sizeof(*job));
    job->txn = (struct db_txn){.outcome = STORE_REFUSED, .text = text};
    return job;
}

static void store_commit(void *ctx, const struct store_write *writes, size_t n,
                         void (*fn)(void *arg, const struct store_result *result), void *arg)
{
    struct sqlite_store *s = ctx;
    size_t size = copy_size(writes, n);
    struct job *job;
    if (store_thread_has_room(s->thread, size))
        job = commit_job(writes, n, size);
    else
        job = refused_job(STR("too many writes wait for the disk, or the store is closing"));
    job->kind = JOB_COMMIT;
    job->on_commit = fn;
    job->arg = arg;
    store_thread_send(s->thread, job);
}

static struct job *read_job(enum job_kind kind, const struct store_event_query *q)
{
    struct job *job = mem_alloc(sizeof(*job));
    job->kind = kind;
    job->arena = arena_new();
    job->query = *q;
    job->query.owner = arena_str(job->arena, q->owner);
    /* what it answers when the store closes before it was read */
    job->status = err_set(&job->err, ERR_UNAVAILABLE, "the store is closing");
    return job;
}

static void store_events(void *ctx, const struct store_event_query *q,
                         void (*fn)(void *arg, const struct store_row *rows, size_t n,
                                    const struct err *e),
                         void *arg)
{
    struct sqlite_store *s = ctx;
    struct job *job = read_job(JOB_EVENTS, q);
    job->on_rows = fn;
    job->arg = arg;
    store_thread_send(s->thread, job);
}

static void store_owned(void *ctx, enum store_table table, struct str owner,
                        void (*fn)(void *arg, const struct store_row *rows, size_t n,
                                   const struct err *e),
                        void *arg)
{
    struct sqlite_store *s = ctx;
    struct store_event_query q = {.owner = owner};
    struct job *job = read_job(JOB_OWNED, &q);
    job->table = table;
    job->on_rows = fn;
    job->arg = arg;
    store_thread_send(s->thread, job);
}

static int store_load(void *ctx, enum store_table table,
                      int (*row)(void *arg, const struct store_row *row, struct err *e), void *arg,
                      struct err *e)
{
    struct sqlite_store *s = ctx;
    struct job job = {.kind = JOB_LOAD, .table = table, .on_row = row, .arg = arg};
    store_thread_send_and_wait(s->thread, &job);
    if (job.status < 0 && e)
        *e = job.err;
    return job.status;
}

static int store_last_seq(void *ctx, int64_t *ret, struct err *e)
{
    struct sqlite_store *s = ctx;
    struct job job = {.kind = JOB_LAST_SEQ};
    store_thread_send_and_wait(s->thread, &job);
    if (job.status < 0 && e)
        *e = job.err;
    if (job.status == 0)
        *ret = job.last_seq;
    return job.status;
}

static int64_t size_of_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

static void store_stats(void *ctx, int64_t *bytes, int64_t *commits, int64_t *groups)
{
    struct sqlite_store *s = ctx;
    *bytes = size_of_file(s->file) + size_of_file(s->log);
    store_thread_count(s->thread, commits, groups);
}

static void store_close(void *ctx)
{
    struct sqlite_store *s = ctx;
    store_thread_stop(s->thread);
    close(s->lock_fd);
    arena_free(s->arena);
    mem_free(s);
}

static const struct store_ops ops = {
    .commit = store_commit,
    .load = store_load,
    .events = store_events,
    .owned = store_owned,
    .last_seq = store_last_seq,
    .stats = store_stats,
    .close = store_close,
};

int store_sqlite_open(const struct store_sqlite_options *options, struct store *ret, struct err *e)
{
    struct db *db;
    int lock_fd;
    if (home_make(options->directory, e) < 0 || home_lock(options->directory, &lock_fd, e) < 0)
        return -1;
    if (db_open(options->directory, options->vfs, &db, e) < 0) {
        close(lock_fd);
        return -1;
    }
    struct sqlite_store *s = mem_alloc(sizeof(*s));
    s->arena = arena_new();
    s->lock_fd = lock_fd;
    s->file = arena_fmt(s->arena, "%s", db->path).ptr;
    s->log = arena_fmt(s->arena, "%s-wal", db->path).ptr;
    s->thread = store_thread_start(options->loop, db);
    if (s->thread) {
        *ret = (struct store){&ops, s};
        return 0;
    }
    db_close(db, true);
    close(lock_fd);
    arena_free(s->arena);
    mem_free(s);
    return err_set(e, ERR_UNAVAILABLE, "cannot start the store thread");
}
