/* The SQLite store when the disk fails: each operation of a small workload fails once, in every way,
 * and the file is looked at afterwards with a sound disk. No acknowledged write may be lost, no half
 * transaction be seen, and what became of each transaction must be as it was told (invariant 5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cmocka.h>

#include "adapt/store_sqlite/store_sqlite.h"
#include "base/arena.h"
#include "fault_vfs.h"
#include "scratch.h"
#include "store_world.h"

#define TXNS 6

static int open_store(struct store *s, struct hand_loop *l, const char *directory, const char *vfs,
                      struct err *e)
{
    struct store_sqlite_options options = {directory, hand_loop_port(l), vfs};
    *e = (struct err){0};
    return store_sqlite_open(&options, s, e);
}

/* Transaction i: a new deployment, the counter from version i to i + 1, and an event. */
static enum store_outcome write_one(struct store *s, struct hand_loop *l, int i,
                                    struct answers *ret)
{
    static const char body[] = "0123456789 0123456789 0123456789 0123456789 0123456789";
    struct store_write writes[] = {
        put_new(row_of(STORE_DEPLOYMENT, id_of("d", i), 1, body)),
        put_over(row_of(STORE_RECORD, "counter", i + 1, body), i),
        put_new(event_row(i + 1, "d")),
    };
    *ret = (struct answers){.loop = l};
    begin_commit(s, ret, writes, 3);
    await_answers(ret);
    return ret->last;
}

struct history {
    enum store_outcome outcome[TXNS];
    int version; /* of the counter, as far as is known */
};

/* Transactions that were refused leave the counter as it was, so the next one fits again. */
static void run_workload(struct store *s, struct hand_loop *l, struct history *h)
{
    bool unknown = false;
    h->version = 1;
    for (int i = 0; i < TXNS; i++) {
        struct answers a;
        h->outcome[i] = write_one(s, l, h->version, &a);
        assert_int_not_equal(STORE_CONFLICT, h->outcome[i]);
        if (unknown)
            assert_int_equal(STORE_UNKNOWN, h->outcome[i]); /* for good */
        unknown |= h->outcome[i] == STORE_UNKNOWN;
        if (h->outcome[i] == STORE_DONE)
            h->version++;
        else
            assert_true(a.text[0] != '\0');
    }
}

/* Opens with the sound disk; whatever the file holds must be whole, and what was told. */
static void check_afterwards(const char *directory, struct hand_loop *l, const struct history *h)
{
    struct store s;
    struct err e;
    if (open_store(&s, l, directory, NULL, &e) < 0)
        fail_msg("cannot be opened afterwards: %s", e.text);
    size_t done = 0;
    bool unknown = false;
    for (int i = 0; i < TXNS; i++) {
        done += h->outcome[i] == STORE_DONE;
        unknown |= h->outcome[i] == STORE_UNKNOWN;
    }
    size_t seen = list_table(&s, STORE_DEPLOYMENT).rows;
    assert_in_range(seen, done, done + (unknown ? 1 : 0));
    char counter[32];
    snprintf(counter, sizeof(counter), "counter:%zu:", seen + 1);
    struct listing record = list_table(&s, STORE_RECORD);
    assert_int_equal(1, record.rows);
    assert_non_null(strstr(record.text, counter));
    assert_int_equal(seen, list_events(&s, l, "", 0, 100).rows);
    struct answers a;
    assert_int_equal(STORE_DONE, write_one(&s, l, (int)seen + 1, &a));
    s.ops->close(s.ctx);
}

static void start_counter(struct store *s, struct hand_loop *l)
{
    assert_int_equal(STORE_DONE, COMMIT(s, l, put_new(row_of(STORE_RECORD, "counter", 1, ""))));
}

/* A fresh store on the disk that can fail. */
struct ground {
    struct hand_loop *l;
    const char *directory;
    struct store s;
};

static struct ground ground_new(void)
{
    struct ground g = {.l = hand_loop_new(), .directory = scratch_fresh()};
    struct err e;
    assert_int_equal(0, open_store(&g.s, g.l, g.directory, FAULT_VFS, &e));
    return g;
}

static struct ground ground_with_counter(void)
{
    struct ground g = ground_new();
    start_counter(&g.s, g.l);
    return g;
}

static void ground_free(struct ground *g)
{
    g->s.ops->close(g->s.ctx);
    fault_disarm();
    hand_loop_free(g->l);
}

/* One round: true when the fault was met. `ret` says what the workload was told. */
static bool round_with(struct fault fault, struct history *ret)
{
    struct ground g = ground_with_counter();
    fault_arm(fault);
    run_workload(&g.s, g.l, ret);
    g.s.ops->close(g.s.ctx);
    bool met = fault_was_hit();
    fault_disarm();
    check_afterwards(g.directory, g.l, ret);
    hand_loop_free(g.l);
    return met;
}

static size_t count_outcome(const struct history *h, enum store_outcome outcome)
{
    size_t n = 0;
    for (int i = 0; i < TXNS; i++)
        n += h->outcome[i] == outcome;
    return n;
}

static void no_room_is_refused_and_passes(void **state)
{
    (void)state;
    size_t refused = 0;
    struct fault fault = {.kind = FAULT_FULL};
    do {
        struct history h;
        fault.at++;
        if (!round_with(fault, &h))
            break;
        assert_int_equal(0, count_outcome(&h, STORE_UNKNOWN));
        assert_in_range(count_outcome(&h, STORE_REFUSED), 0, 1);
        refused += count_outcome(&h, STORE_REFUSED);
    } while (fault.at < 1000);
    print_message("%ld operations failed in turn\n", fault.at - 1);
    assert_in_range(refused, TXNS, 1000);
    assert_in_range(fault.at, TXNS, 999);
}

static void a_disk_that_stays_full_refuses_everything_from_then_on(void **state)
{
    (void)state;
    struct fault fault = {.kind = FAULT_FULL, .stays = true, .only_in_log = true};
    do {
        struct history h;
        fault.at++;
        if (!round_with(fault, &h))
            break;
        assert_int_equal(0, count_outcome(&h, STORE_UNKNOWN));
        assert_int_equal(STORE_REFUSED, h.outcome[TXNS - 1]);
    } while (fault.at < 1000);
    assert_in_range(fault.at, TXNS, 999);
}

static void every_io_error(enum fault_kind kind, bool stays)
{
    size_t unknown = 0;
    struct fault fault = {.kind = kind, .stays = stays};
    do {
        struct history h;
        fault.at++;
        if (!round_with(fault, &h))
            break;
        assert_int_equal(0, count_outcome(&h, STORE_REFUSED));
        unknown += count_outcome(&h, STORE_UNKNOWN) > 0;
    } while (fault.at < 1000);
    print_message("%ld operations failed in turn\n", fault.at - 1);
    assert_in_range(unknown, TXNS, 1000);
    assert_in_range(fault.at, TXNS, 999);
}

static void an_io_error_makes_the_outcome_unknown_and_stops_writing(void **state)
{
    (void)state;
    every_io_error(FAULT_IO, false);
}

static void an_io_error_that_stays_does_no_more_harm(void **state)
{
    (void)state;
    every_io_error(FAULT_IO, true);
}

/* The bytes got there, the error came all the same. */
static void a_write_that_succeeds_with_an_error_is_unknown_too(void **state)
{
    (void)state;
    every_io_error(FAULT_IO_LATE, false);
}

static void a_read_error_loses_nothing(void **state)
{
    (void)state;
    struct fault fault = {.kind = FAULT_READ};
    struct history h;
    do
        fault.at++;
    while (round_with(fault, &h) && fault.at < 1000);
    print_message("%ld operations failed in turn\n", fault.at - 1);
    assert_in_range(fault.at, 1, 999);
}

/* As a killed process does: what it wrote is in the log alone. */
static void leave_a_log(struct hand_loop *l, const char *directory)
{
    struct store s;
    struct err e;
    assert_int_equal(0, open_store(&s, l, directory, FAULT_VFS, &e));
    start_counter(&s, l);
    fault_arm((struct fault){.kind = FAULT_IO, .at = 1, .stays = true, .only_in_file = true});
    s.ops->close(s.ctx);
    assert_true(fault_was_hit());
    fault_disarm();
}

/* The making of the file, the opening of one with a log, and the first write. */
static void opening_with(enum fault_kind kind, bool first_start)
{
    bool met = true;
    struct fault fault = {.kind = kind, .at = 1};
    for (; met && fault.at < 1000; fault.at++) {
        struct hand_loop *l = hand_loop_new();
        const char *directory = scratch_fresh();
        struct store s;
        struct err e;
        if (!first_start)
            leave_a_log(l, directory);
        fault_arm(fault);
        int status = open_store(&s, l, directory, FAULT_VFS, &e);
        if (status == 0)
            s.ops->close(s.ctx);
        else
            assert_in_range(e.code, ERR_INTERNAL, ERR_STORE_FULL);
        if (status < 0 && kind == FAULT_FULL)
            assert_int_equal(ERR_STORE_FULL, e.code);
        met = fault_was_hit();
        fault_disarm();
        if (open_store(&s, l, directory, NULL, &e) < 0)
            fail_msg("operation %ld: %s", fault.at, e.text);
        assert_int_equal(first_start ? 0 : 1, list_table(&s, STORE_RECORD).rows);
        s.ops->close(s.ctx);
        hand_loop_free(l);
    }
    print_message("%ld operations failed in turn\n", fault.at - 2);
    assert_false(met);
}

static void a_start_that_fails_says_so_and_can_be_repeated(void **state)
{
    (void)state;
    opening_with(FAULT_FULL, true);
    opening_with(FAULT_IO, true);
    opening_with(FAULT_FULL, false);
    opening_with(FAULT_IO, false);
}

static void reading_goes_on_when_writing_has_stopped(void **state)
{
    (void)state;
    struct ground g = ground_with_counter();
    struct answers a;
    assert_int_equal(STORE_DONE, write_one(&g.s, g.l, 1, &a));
    fault_arm((struct fault){.kind = FAULT_IO, .at = 1});
    assert_int_equal(STORE_UNKNOWN, write_one(&g.s, g.l, 2, &a));
    assert_non_null(strstr(a.text, "sluice.db"));
    assert_int_equal(STORE_UNKNOWN, write_one(&g.s, g.l, 2, &a));
    assert_non_null(strstr(a.text, "started again"));
    assert_int_equal(1, list_table(&g.s, STORE_DEPLOYMENT).rows);
    assert_int_equal(1, list_events(&g.s, g.l, "d", 0, 10).rows);
    ground_free(&g);
}

static void write_large(struct store *s, struct answers *a, int i)
{
    enum { SIZE = 512 << 10 };
    char *large = mem_alloc(SIZE + 1);
    memset(large, 'x', SIZE);
    struct store_write write = put_new(row_of(STORE_TARGET, id_of("t", i), 1, large));
    begin_commit(s, a, &write, 1);
    await_answers(a);
    mem_free(large);
}

/* Copying the log into the file fails at its first write, in the middle, at its sync. The log still
 * has everything. */
static void checkpoint_with(enum fault_kind kind, long at)
{
    enum { LARGE = 36 };
    struct ground g = ground_new();
    struct answers a = {.loop = g.l};
    struct err e;
    fault_arm((struct fault){.kind = kind, .at = at, .stays = true, .only_in_file = true});
    for (int i = 0; i < LARGE; i++)
        write_large(&g.s, &a, i);
    assert_true(fault_was_hit());
    g.s.ops->close(g.s.ctx);
    fault_disarm();
    assert_int_equal(0, a.by_outcome[STORE_REFUSED]);
    if (kind == FAULT_FULL)
        assert_int_equal(LARGE, a.by_outcome[STORE_DONE]);
    else
        assert_true(a.by_outcome[STORE_UNKNOWN] > 0);
    assert_int_equal(0, open_store(&g.s, g.l, g.directory, NULL, &e));
    assert_int_equal(a.by_outcome[STORE_DONE], list_table(&g.s, STORE_TARGET).rows);
    ground_free(&g);
}

static void a_checkpoint_that_fails_loses_nothing(void **state)
{
    (void)state;
    checkpoint_with(FAULT_FULL, 1);
    checkpoint_with(FAULT_FULL, 2000);
    checkpoint_with(FAULT_IO, 1);
    checkpoint_with(FAULT_IO, 2000);
    checkpoint_with(FAULT_IO_LATE, 3000);
}

/* Bigger than SQLite's cache: pages go into the log before the commit, so a full disk shows in the
 * middle of a statement. */
static void a_transaction_that_outgrows_the_cache_is_undone_whole(void **state)
{
    enum { SIZE = 1 << 20, ROWS = 24 };
    (void)state;
    struct ground g = ground_new();
    char *large = mem_alloc(SIZE + 1);
    memset(large, 'x', SIZE);
    struct store_write writes[ROWS + 1];
    for (int i = 0; i < ROWS; i++)
        writes[i] = put_new(owned_row(STORE_JOB, id_of("j", i), "d", large));
    writes[ROWS] = delete_owned(STORE_JOB, "nobody");
    for (long at = 1; at < 12000; at = at * 3 + 1) {
        fault_arm((struct fault){.kind = FAULT_FULL, .at = at, .only_in_log = true});
        assert_int_equal(STORE_REFUSED, commit_now(&g.s, g.l, writes, ROWS + 1));
        fault_disarm();
        assert_int_equal(0, list_table(&g.s, STORE_JOB).rows);
    }
    assert_int_equal(STORE_DONE, commit_now(&g.s, g.l, writes, ROWS + 1));
    /* and now one statement that touches them all */
    struct store_write remove = delete_owned(STORE_JOB, "d");
    fault_arm((struct fault){.kind = FAULT_FULL, .at = 1, .only_in_log = true});
    assert_int_equal(STORE_REFUSED, commit_now(&g.s, g.l, &remove, 1));
    fault_disarm();
    assert_int_equal(ROWS, list_table(&g.s, STORE_JOB).rows);
    assert_int_equal(STORE_DONE, commit_now(&g.s, g.l, &remove, 1));
    mem_free(large);
    ground_free(&g);
}

static void no_answer_comes_before_the_log_was_synced(void **state)
{
    (void)state;
    struct ground g = ground_with_counter();
    struct answers a;
    for (int i = 1; i < 10; i++) {
        fault_arm((struct fault){.kind = FAULT_SYNC, .only_in_log = true});
        assert_int_equal(STORE_DONE, write_one(&g.s, g.l, i, &a));
        assert_in_range(fault_counted(), 1, 10);
    }
    ground_free(&g);
}

/* A killed process may have written what it never synced, and it would be seen. */
static void what_was_left_is_synced_before_it_is_read(void **state)
{
    (void)state;
    struct hand_loop *l = hand_loop_new();
    const char *directory = scratch_fresh();
    struct store s;
    struct err e;
    leave_a_log(l, directory);
    fault_arm((struct fault){.kind = FAULT_SYNC, .at = 1, .only_in_file = true});
    assert_int_equal(-1, open_store(&s, l, directory, FAULT_VFS, &e));
    fault_arm((struct fault){.kind = FAULT_SYNC, .only_in_file = true});
    assert_int_equal(0, open_store(&s, l, directory, FAULT_VFS, &e));
    assert_in_range(fault_counted(), 1, 10);
    s.ops->close(s.ctx);
    fault_disarm();
    hand_loop_free(l);
}

/* After a write that nobody knows the end of, the file is left alone. */
static void closing_after_an_io_error_does_not_touch_the_file(void **state)
{
    (void)state;
    struct ground g = ground_with_counter();
    struct answers a;
    fault_arm((struct fault){.kind = FAULT_SYNC, .at = 1, .only_in_log = true});
    assert_int_equal(STORE_UNKNOWN, write_one(&g.s, g.l, 1, &a));
    fault_arm((struct fault){.kind = FAULT_IO, .only_in_file = true});
    g.s.ops->close(g.s.ctx);
    assert_int_equal(0, fault_counted());
    fault_disarm();
    hand_loop_free(g.l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_room_is_refused_and_passes),
        cmocka_unit_test(a_disk_that_stays_full_refuses_everything_from_then_on),
        cmocka_unit_test(an_io_error_makes_the_outcome_unknown_and_stops_writing),
        cmocka_unit_test(an_io_error_that_stays_does_no_more_harm),
        cmocka_unit_test(a_write_that_succeeds_with_an_error_is_unknown_too),
        cmocka_unit_test(a_read_error_loses_nothing),
        cmocka_unit_test(a_start_that_fails_says_so_and_can_be_repeated),
        cmocka_unit_test(reading_goes_on_when_writing_has_stopped),
        cmocka_unit_test(a_checkpoint_that_fails_loses_nothing),
        cmocka_unit_test(a_transaction_that_outgrows_the_cache_is_undone_whole),
        cmocka_unit_test(no_answer_comes_before_the_log_was_synced),
        cmocka_unit_test(what_was_left_is_synced_before_it_is_read),
        cmocka_unit_test(closing_after_an_io_error_does_not_touch_the_file),
    };
    /* a thousand starts: what is tested here needs no real disk */
    struct statvfs memory;
    if (access("/dev/shm", W_OK) == 0 && statvfs("/dev/shm", &memory) == 0 &&
        memory.f_bavail * memory.f_frsize > 256 << 20)
        setenv("TMPDIR", "/dev/shm", 0);
    fault_vfs_register();
    int failures = cmocka_run_group_tests_name("store_faults", tests, NULL, NULL);
    scratch_remove();
    return failures;
}
