/* The SQLite store when processes are killed, start twice, or find their file damaged. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "adapt/store_sqlite/store_sqlite.h"
#include "base/arena.h"
#include "scratch.h"
#include "store_world.h"

struct world {
    const char *directory;
    char file[300];
    struct hand_loop *loop;
    struct store store;
    struct err err;
};

static int try_open(struct world *w)
{
    struct store_sqlite_options options = {
        .directory = w->directory,
        .loop = hand_loop_port(w->loop),
    };
    w->err = (struct err){0};
    return store_sqlite_open(&options, &w->store, &w->err);
}

static void open_store(struct world *w)
{
    if (try_open(w) < 0)
        fail_msg("%s", w->err.text);
}

static void close_store(struct world *w)
{
    w->store.ops->close(w->store.ctx);
}

static int setup(void **state)
{
    struct world *w = mem_alloc(sizeof(*w));
    w->directory = scratch_fresh();
    w->loop = hand_loop_new();
    snprintf(w->file, sizeof(w->file), "%s/sluice.db", w->directory);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    hand_loop_free(w->loop);
    mem_free(w);
    return 0;
}

static void assert_says(struct world *w, const char *part)
{
    if (!strstr(w->err.text, part))
        fail_msg("\"%s\" does not say \"%s\"", w->err.text, part);
}

/* ---- a child that writes until it is killed ---- */

struct stream {
    struct world *w;
    int fd; /* numbers of acknowledged transactions go here */
    int64_t next;
};

struct sent {
    struct stream *stream;
    int64_t number;
};

static void send_next(struct stream *stream);

/* One more for each answer. */
static void on_written(void *arg, const struct store_result *result)
{
    struct sent *sent = arg;
    if (result->outcome != STORE_DONE ||
        write(sent->stream->fd, &sent->number, sizeof(sent->number)) != sizeof(sent->number))
        _exit(3);
    send_next(sent->stream);
    mem_free(sent);
}

/* Two rows and the overwriting of a third, so that a half transaction would show. */
static void send_next(struct stream *stream)
{
    struct sent *sent = mem_alloc(sizeof(*sent));
    int64_t i = stream->next++;
    *sent = (struct sent){stream, i};
    struct store_write writes[] = {
        put_new(row_of(STORE_DEPLOYMENT, id_of("d", i), 1, "body")),
        put_new(row_of(STORE_RECORD, id_of("r", i), 1, "body")),
        put_over(row_of(STORE_TARGET, "counter", i + 1, "body"), i),
    };
    stream->w->store.ops->commit(stream->w->store.ctx, writes, 3, on_written, sent);
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

static void child(struct world *w, int fd, int64_t first)
{
    struct stream stream = {w, fd, first};
    if (try_open(w) < 0)
        _exit(2);
    for (int i = 0; i < 8; i++)
        send_next(&stream);
    hand_loop_until(w->loop, never, NULL);
    _exit(4);
}

/* Runs a child that starts at `first`, kills it after so many acknowledgements, and returns the
 * highest number that was acknowledged. */
static int64_t run_and_kill(struct world *w, int64_t first, int after)
{
    int ends[2];
    int status;
    int64_t number = 0;
    int64_t highest = first - 1;
    assert_int_equal(0, pipe2(ends, O_CLOEXEC));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        child(w, ends[1], first);
    close(ends[1]);
    for (int i = 0; read(ends[0], &number, sizeof(number)) == sizeof(number); i++) {
        assert_int_equal(highest + 1, number);
        highest = number;
        if (i == after)
            assert_int_equal(0, kill(pid, SIGKILL));
    }
    close(ends[0]);
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_true(WIFSIGNALED(status));
    return highest;
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
    struct world *w = *state;
    int64_t rows = 0;
    open_store(w);
    COMMIT(&w->store, w->loop, put_new(row_of(STORE_TARGET, "counter", 1, "body")));
    close_store(w);
    for (int round = 0; round < 12; round++) {
        int64_t highest = run_and_kill(w, rows + 1, 1 + round * 37);
        open_store(w);
        size_t deployments = list_table(&w->store, STORE_DEPLOYMENT).rows;
        char counter[32];
        /* what was in flight may be there or not, but only whole and without a gap */
        assert_in_range(deployments, highest, highest + 1000);
        assert_int_equal(deployments, list_table(&w->store, STORE_RECORD).rows);
        snprintf(counter, sizeof(counter), "counter:%zu:", deployments + 1);
        assert_non_null(strstr(list_table(&w->store, STORE_TARGET).text, counter));
        close_store(w);
        rows = (int64_t)deployments;
    }
    assert_true(rows > 1000);
}

/* ---- one daemon per directory ---- */

static void a_second_opener_is_refused_and_told_who_holds_it(void **state)
{
    struct world *w = *state;
    struct world second = *w;
    char pid[32];
    open_store(w);
    assert_int_equal(-1, try_open(&second));
    assert_int_equal(ERR_CONFLICT, second.err.code);
    snprintf(pid, sizeof(pid), "process %d)", (int)getpid());
    assert_says(&second, pid);
    assert_says(&second, w->directory);
    assert_int_equal(STORE_DONE,
                     COMMIT(&w->store, w->loop, put_new(row_of(STORE_TARGET, "t", 1, ""))));
    close_store(w);
    open_store(&second);
    close_store(&second);
}

/* Job processes outlive the daemon; they must not keep its lock. */
static void a_process_that_was_started_does_not_hold_the_lock(void **state)
{
    struct world *w = *state;
    int ends[2];
    open_store(w);
    assert_int_equal(0, pipe(ends));
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        dup2(ends[0], 0);
        execlp("cat", "cat", (char *)NULL);
        _exit(1);
    }
    close(ends[0]);
    close_store(w);
    /* the child holds what it inherited until it has become cat */
    int opened = -1;
    for (int tries = 0; opened < 0 && tries < 1000; tries++, usleep(10000))
        opened = try_open(w);
    assert_int_equal(0, opened);
    assert_int_equal(0, waitpid(pid, NULL, WNOHANG));
    close_store(w);
    close(ends[1]);
    assert_int_equal(pid, waitpid(pid, NULL, 0));
}

static void files_are_the_owners_alone(void **state)
{
    static const char *const files[] = {"sluice.db", "sluice.db-wal", "sluice.lock"};
    struct world *w = *state;
    struct stat st;
    char path[400];
    char directory[300];
    snprintf(directory, sizeof(directory), "%s/data", w->directory);
    mode_t before = umask(0);
    w->directory = directory;
    open_store(w);
    COMMIT(&w->store, w->loop, put_new(row_of(STORE_TARGET, "t", 1, "")));
    umask(before);
    assert_int_equal(0, stat(directory, &st));
    assert_int_equal(0700, st.st_mode & 07777);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, files[i]);
        assert_int_equal(0, stat(path, &st));
        assert_int_equal(0600, st.st_mode & 07777);
    }
    close_store(w);
}

/* ---- damage ---- */

static void fill(struct world *w)
{
    char *body = mem_alloc(2001);
    memset(body, 'x', 2000);
    open_store(w);
    for (int64_t i = 0; i < 50; i++)
        COMMIT(&w->store, w->loop, put_new(row_of(STORE_DEPLOYMENT, id_of("d", i), 1, body)));
    close_store(w);
    mem_free(body);
}

static void overwrite(const char *path, off_t at, size_t n, char with)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(1, pwrite(fd, &with, 1, at + (off_t)i));
    close(fd);
}

/* A sum over the bytes, to see that nobody wrote. */
static uint64_t sum_of(const char *path)
{
    unsigned char piece[4096];
    uint64_t sum = 0;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    while ((n = read(fd, piece, sizeof(piece))) > 0)
        for (ssize_t i = 0; i < n; i++)
            sum = sum * 31 + piece[i] + 1;
    close(fd);
    return sum;
}

static void assert_broken_and_untouched(struct world *w)
{
    uint64_t before = sum_of(w->file);
    assert_int_equal(-1, try_open(w));
    assert_int_equal(ERR_STORE_BROKEN, w->err.code);
    assert_says(w, w->file);
    assert_true(before == sum_of(w->file));
    /* and the lock is free again */
    assert_int_equal(-1, try_open(w));
    assert_int_equal(ERR_STORE_BROKEN, w->err.code);
}

static void a_truncated_file_is_refused(void **state)
{
    static const off_t sizes[] = {0, 1, 50, 100, 512, 4096, 5000, 40000};
    struct world *w = *state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        w->directory = scratch_fresh();
        fill(w);
        assert_int_equal(0, truncate(w->file, sizes[i]));
        assert_broken_and_untouched(w);
    }
}

static void a_garbled_file_is_refused(void **state)
{
    static const struct {
        off_t at;
        size_t n;
    } places[] = {{0, 16}, {100, 60}, {4096, 4096}, {3 * 4096, 8}, {0, 60000}};
    struct world *w = *state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        w->directory = scratch_fresh();
        fill(w);
        overwrite(w->file, places[i].at, places[i].n, (char)0xa5);
        assert_broken_and_untouched(w);
    }
}

static void a_file_that_is_gone_is_not_made_anew_beside_its_log(void **state)
{
    struct world *w = *state;
    char log[400];
    fill(w);
    assert_int_equal(0, unlink(w->file));
    snprintf(log, sizeof(log), "%s-wal", w->file);
    overwrite(log, 0, 100, 'x');
    assert_int_equal(-1, try_open(w));
    assert_int_equal(ERR_STORE_BROKEN, w->err.code);
    assert_int_equal(-1, access(w->file, F_OK));
}

static void run_sql(struct world *w, const char *sql)
{
    sqlite3 *conn;
    assert_int_equal(SQLITE_OK, sqlite3_open(w->file, &conn));
    assert_int_equal(SQLITE_OK, sqlite3_exec(conn, sql, NULL, NULL, NULL));
    sqlite3_close(conn);
}

static void a_foreign_database_is_refused(void **state)
{
    struct world *w = *state;
    run_sql(w, "CREATE TABLE deployment (id TEXT); PRAGMA user_version = 1");
    assert_broken_and_untouched(w);
}

static void a_newer_schema_is_refused(void **state)
{
    struct world *w = *state;
    fill(w);
    run_sql(w, "PRAGMA user_version = 999");
    assert_int_equal(-1, try_open(w));
    assert_int_equal(ERR_CONFLICT, w->err.code);
    assert_says(w, "999");
}

/* As the step before the last one left it. */
static void undo_last_step(struct world *w, const char *undo)
{
    sqlite3 *conn;
    sqlite3_stmt *stmt;
    char sql[200];
    assert_int_equal(SQLITE_OK, sqlite3_open(w->file, &conn));
    assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(conn, "PRAGMA user_version", -1, &stmt, NULL));
    assert_int_equal(SQLITE_ROW, sqlite3_step(stmt));
    snprintf(sql, sizeof(sql), "%s; PRAGMA user_version = %d", undo,
             sqlite3_column_int(stmt, 0) - 1);
    sqlite3_finalize(stmt);
    sqlite3_close(conn);
    run_sql(w, sql);
}

/* A store from before there were revisions is brought up to date, once, and nothing of it is lost. */
static void an_older_schema_is_brought_up_to_date(void **state)
{
    struct world *w = *state;
    open_store(w);
    assert_int_equal(STORE_DONE,
                     COMMIT(&w->store, w->loop, put_new(row_of(STORE_TARGET, "t", 1, "kept"))));
    close_store(w);
    undo_last_step(w, "DROP TABLE revision");
    open_store(w);
    assert_string_equal("t:1:kept ", list_table(&w->store, STORE_TARGET).text);
    struct store_row row = owned_row(STORE_REVISION, "d/1", "d", "new");
    assert_int_equal(STORE_DONE, COMMIT(&w->store, w->loop, put_new(row)));
    close_store(w);
    open_store(w);
    assert_string_equal("d/1@d:1:new ", list_owned(&w->store, w->loop, STORE_REVISION, "d").text);
    close_store(w);
}

static void a_directory_that_cannot_be_used_is_named(void **state)
{
    struct world *w = *state;
    char path[300];
    snprintf(path, sizeof(path), "%s/missing/data", w->directory);
    w->directory = path;
    assert_int_equal(-1, try_open(w));
    assert_int_equal(ERR_UNAVAILABLE, w->err.code);
    assert_says(w, path);
}

/* An administrator's sqlite3 that holds the write lock delays, then refuses; nothing is lost. */
static void a_file_locked_by_another_program_refuses_and_recovers(void **state)
{
    struct world *w = *state;
    sqlite3 *other;
    open_store(w);
    assert_int_equal(SQLITE_OK, sqlite3_open(w->file, &other));
    assert_int_equal(SQLITE_OK, sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    struct answers a = {.loop = w->loop};
    struct store_write write = put_new(row_of(STORE_TARGET, "t", 1, ""));
    begin_commit(&w->store, &a, &write, 1);
    await_answers(&a);
    assert_int_equal(STORE_REFUSED, a.last);
    assert_non_null(strstr(a.text, "locked by another program"));
    assert_int_equal(SQLITE_OK, sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL));
    sqlite3_close(other);
    begin_commit(&w->store, &a, &write, 1);
    await_answers(&a);
    assert_int_equal(STORE_DONE, a.last);
    close_store(w);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_was_acknowledged_survives_a_kill),
        CASE(a_second_opener_is_refused_and_told_who_holds_it),
        CASE(a_process_that_was_started_does_not_hold_the_lock),
        CASE(files_are_the_owners_alone),
        CASE(a_truncated_file_is_refused),
        CASE(a_garbled_file_is_refused),
        CASE(a_file_that_is_gone_is_not_made_anew_beside_its_log),
        CASE(a_foreign_database_is_refused),
        CASE(a_newer_schema_is_refused),
        CASE(an_older_schema_is_brought_up_to_date),
        CASE(a_directory_that_cannot_be_used_is_named),
        CASE(a_file_locked_by_another_program_refuses_and_recovers),
    };
    int failures = cmocka_run_group_tests_name("store_crash", tests, NULL, NULL);
    scratch_remove();
    return failures;
}
