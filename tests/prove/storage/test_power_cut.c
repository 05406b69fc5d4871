/* What the host keeps over a power cut, and that it is like the system where that matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "adapt/store_sqlite/home.h"
#include "adapt/store_sqlite/store_sqlite.h"
#include "daemon.h"
#include "host_vfs.h"
#include "image.h"
#include "scratch.h"

/* ---- what a power cut may do ---- */

static struct journal write_twice(void)
{
    static const char before[] = "before before";
    static const char after[] = "AFTER";
    const struct disk empty = {0};
    host_boot(&empty, true, FAULT_NONE, 1);
    assert_true(host_make_directory(HOST_HOME));
    assert_true(host_sync_directory_of(HOST_HOME));
    int file = host_create(HOST_FILE);
    assert_true(host_write(file, 506, before, 13));
    assert_true(host_sync(file));
    assert_true(host_write(file, 509, after, 5));
    return host_shut_down();
}

static void assert_content(const struct crash *c, const struct image *image, const char *content)
{
    struct disk d = image_apply(c, image);
    int file = disk_find(&d, HOST_FILE);
    assert_int_equal(content ? 0 : DISK_NO_FILE, file);
    if (content)
        assert_memory_equal(content, d.files[file].bytes + 506, 13);
    disk_free(&d);
}

static void what_was_synced_stays_and_all_else_may_go(void **state)
{
    (void)state;
    struct journal j = write_twice();
    struct crash c = crash_begin(&j);
    while (crash_advance(&c))
        ;
    /* the file's name, and the second write */
    assert_int_equal(2, c.n);
    struct image image = {.sector = 512, .n = 2, .parts = {{0, 1}, {1, 0}}};
    assert_content(&c, &image, "before before");
    image.parts[1].kept = 3;
    assert_content(&c, &image, "befAFTERefore");
    image.parts[1].kept = 1;
    assert_content(&c, &image, "befAFT before");
    image.parts[1].kept = 2;
    assert_content(&c, &image, "beforeERefore");
    image.parts[0].kept = 0;
    assert_content(&c, &image, NULL);
    crash_free(&c);
    journal_free(&j);
}

static void few_operations_are_lost_in_every_combination(void **state)
{
    (void)state;
    struct journal j = write_twice();
    struct crash c = crash_begin(&j);
    bool had[2][2] = {0};
    while (crash_advance(&c))
        ;
    for (size_t i = 0; i < 4; i++) {
        struct image image;
        image_choose(&c, 1, i, &image);
        had[image.parts[0].kept != 0][image.parts[1].kept != 0] = true;
    }
    assert_true(had[0][0] && had[0][1] && had[1][0] && had[1][1]);
    crash_free(&c);
    journal_free(&j);
}

/* ---- the host is like the system ---- */

static int directories_opened;
typedef int open_directory_fn(const char *path, int *ret);
static open_directory_fn *open_directory;

static int count_directories(const char *path, int *ret)
{
    directories_opened++;
    return open_directory(path, ret);
}

static void one_commit(const char *directory, const char *vfs)
{
    struct daemon_process d = {.loop = hand_loop_new()};
    struct store_sqlite_options options = {directory, hand_loop_port(d.loop), vfs};
    struct store_row row = {
        .table = STORE_TARGET, .id = STR("local"), .version = 1, .body = STR("")};
    struct store_write put = {STORE_PUT, row, 0};
    struct daemon_answers a = {0};
    if (store_sqlite_open(&options, &d.store, &d.err) < 0)
        fail_msg("%s", d.err.text);
    daemon_send(&d, &(struct txn){&put, 1}, &a);
    assert_true(daemon_await(&d, &a));
    assert_int_equal(STORE_DONE, a.outcomes[0]);
    daemon_end(&d);
}

/* The store itself syncs two: where its directory is made, and where its file is named. */
static void directories_are_synced_when_the_system_syncs_them(void **state)
{
    (void)state;
    char directory[300];
    const struct disk empty = {0};
    sqlite3_vfs *system = sqlite3_vfs_find("unix");
    snprintf(directory, sizeof(directory), "%s/data", scratch_fresh());
    open_directory = (open_directory_fn *)system->xGetSystemCall(system, "openDirectory");
    system->xSetSystemCall(system, "openDirectory", (sqlite3_syscall_ptr)count_directories);
    one_commit(directory, "unix");
    system->xSetSystemCall(system, "openDirectory", NULL);
    host_boot(&empty, true, FAULT_NONE, 1);
    one_commit(HOST_HOME, HOST_VFS);
    struct journal j = host_shut_down();
    int synced = 0;
    for (size_t i = 0; i < j.n_ops; i++)
        synced += j.ops[i].kind == OP_SYNC_DIRECTORY;
    journal_free(&j);
    assert_in_range(directories_opened, 1, 10);
    assert_int_equal(directories_opened + 2, synced);
}

static void the_directory_of_a_name_is_synced_however_it_is_written(void **state)
{
    static const char *const names[] = {HOST_HOME, HOST_HOME "/", HOST_HOME "//", HOST_FILE};
    static const char *const directories[] = {HOST_ROOT, HOST_ROOT, HOST_ROOT, HOST_HOME};
    (void)state;
    const struct disk empty = {0};
    host_boot(&empty, true, FAULT_NONE, 1);
    assert_true(host_make_directory(HOST_HOME));
    for (int i = 0; i < 4; i++)
        assert_int_equal(0, home_sync_directory_of(names[i], NULL));
    struct journal j = host_shut_down();
    assert_int_equal(5, j.n_ops);
    for (int i = 0; i < 4; i++)
        assert_string_equal(directories[i], j.ops[i + 1].path);
    journal_free(&j);
}

static void the_disk_promises_what_the_system_says_of_disks(void **state)
{
    (void)state;
    char path[300];
    sqlite3 *conn;
    sqlite3_file *file;
    snprintf(path, sizeof(path), "%s/any.db", scratch_fresh());
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    assert_int_equal(SQLITE_OK, sqlite3_open_v2(path, &conn, flags, "unix"));
    assert_int_equal(SQLITE_OK,
                     sqlite3_file_control(conn, "main", SQLITE_FCNTL_FILE_POINTER, &file));
    assert_int_equal(HOST_SECTOR, file->pMethods->xSectorSize(file));
    assert_int_equal(HOST_TRAITS, file->pMethods->xDeviceCharacteristics(file));
    sqlite3_close(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_synced_stays_and_all_else_may_go),
        cmocka_unit_test(few_operations_are_lost_in_every_combination),
        cmocka_unit_test(directories_are_synced_when_the_system_syncs_them),
        cmocka_unit_test(the_directory_of_a_name_is_synced_however_it_is_written),
        cmocka_unit_test(the_disk_promises_what_the_system_says_of_disks),
    };
    host_vfs_register();
    int failures = cmocka_run_group_tests_name("power_cut", tests, NULL, NULL);
    scratch_remove();
    return failures;
}
