/* The proof itself: it must find what is broken, in a store and on a disk, and say where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "check.h"
#include "daemon.h"
#include "host_vfs.h"
#include "proof.h"

/* ---- runs ---- */

static struct proof_counts prove(struct proof_options o)
{
    FILE *quiet = fopen("/dev/null", "w");
    if (!quiet)
        abort();
    o.out = quiet;
    struct proof_counts counts = proof_run(&o);
    fclose(quiet);
    return counts;
}

static struct proof_counts prove_some(uint64_t images, enum fault fault)
{
    return prove((struct proof_options){
        .seed = 7, .images = images, .fault = fault, .point = PROOF_ALL, .image = PROOF_ALL});
}

static void the_store_as_it_is_survives_every_damage(void **state)
{
    (void)state;
    struct proof_counts counts = prove_some(4000, FAULT_NONE);
    assert_int_equal(0, counts.violations);
    assert_int_equal(4000, counts.passed);
    for (int i = 0; i < DAMAGES; i++)
        assert_in_range(counts.by_damage[i], 10, 4000);
    assert_in_range(counts.under_way, 1, 4000);
    assert_in_range(counts.acknowledged, 4000, UINT32_MAX);
    assert_in_range(counts.kills, 1, 100);
    assert_in_range(counts.groups, 1, 100);
    assert_in_range(counts.logs, 3, 1000);
    assert_in_range(counts.copied, 20, 10000);
}

static void the_same_seed_makes_the_same_images(void **state)
{
    (void)state;
    struct proof_counts one = prove_some(1000, FAULT_NONE);
    struct proof_counts two = prove_some(1000, FAULT_NONE);
    assert_int_equal(one.fingerprint, two.fingerprint);
    assert_int_equal(one.acknowledged, two.acknowledged);
}

static void assert_found(enum fault fault)
{
    struct proof_counts counts = prove_some(20000, fault);
    print_message("%s: found with image %d\n", fault_name(fault), (int)counts.images);
    assert_int_equal(1, counts.violations);
    /* and that image alone shows it again */
    struct proof_counts again = prove((struct proof_options){.seed = counts.bad_seed,
                                                             .images = 20000,
                                                             .fault = fault,
                                                             .point = counts.bad_point,
                                                             .image = counts.bad_image});
    assert_int_equal(1, again.violations);
    assert_int_equal(1, again.images);
}

static void a_disk_that_only_says_that_it_has_synced_is_found(void **state)
{
    (void)state;
    assert_found(FAULT_SYNC_IGNORED);
}

static void a_disk_that_forgets_names_is_found(void **state)
{
    (void)state;
    assert_found(FAULT_DIRECTORY_SYNC_IGNORED);
}

static void a_disk_that_loses_what_the_log_was_copied_to_is_found(void **state)
{
    (void)state;
    assert_found(FAULT_FILE_SYNC_IGNORED);
}

static void a_store_that_does_not_keep_its_name_is_found(void **state)
{
    (void)state;
    assert_found(FAULT_HOME_SYNC_IGNORED);
}

static void a_store_that_believes_what_a_killed_process_left_is_found(void **state)
{
    (void)state;
    assert_found(FAULT_OPEN_WITHOUT_SYNC);
}

static void a_store_that_never_syncs_is_found(void **state)
{
    (void)state;
    assert_found(FAULT_SYNCHRONOUS_OFF);
}

static void a_store_that_syncs_now_and_then_is_found(void **state)
{
    (void)state;
    assert_found(FAULT_SYNCHRONOUS_NORMAL);
}

static void a_store_that_writes_half_transactions_is_found(void **state)
{
    (void)state;
    assert_found(FAULT_SPLIT);
}

/* ---- found with it ---- */

/* Of the disk that is on the host: nothing that could be lost is kept. */
static struct disk least_after(const struct journal *j)
{
    struct crash c = crash_begin(j);
    struct image none;
    while (crash_advance(&c))
        ;
    image_choose(&c, 0, c.n > 6 ? 1 : 0, &none);
    struct disk disk = image_apply(&c, &none);
    crash_free(&c);
    return disk;
}

/* The first process is killed when it has made its directory and synced nothing. */
static void a_directory_that_a_killed_process_made_is_kept(void **state)
{
    (void)state;
    const struct disk empty = {0};
    struct daemon_process d;
    host_boot(&empty, true, FAULT_NONE, 1);
    host_kill_at(1, false);
    assert_false(daemon_begin(&d, FAULT_NONE));
    host_kill_at(SIZE_MAX, false);
    assert_true(daemon_begin(&d, FAULT_NONE));
    daemon_end(&d);
    struct journal j = host_shut_down();
    struct disk disk = least_after(&j);
    assert_in_range(disk_find(&disk, HOST_FILE), 0, 10);
    disk_free(&disk);
    journal_free(&j);
}

/* ---- one image ---- */

/* The disk of a process that has committed one row and ended. */
static struct disk disk_with(struct history *h, const char *id)
{
    const struct disk empty = {0};
    struct daemon_process d;
    struct daemon_answers a = {0};
    struct store_row row = {
        .table = STORE_NAMESPACE, .id = str_of(id), .version = 1, .body = STR("body")};
    struct store_write *put = ARENA_NEW(h->arena, struct store_write);
    struct txn *txn = ARENA_NEW(h->arena, struct txn);
    *put = (struct store_write){STORE_PUT, row, 0};
    *txn = (struct txn){put, 1};
    host_boot(&empty, true, FAULT_NONE, 1);
    assert_true(daemon_begin(&d, FAULT_NONE));
    size_t index = history_send(h, txn, 0);
    daemon_send(&d, txn, &a);
    assert_true(daemon_await(&d, &a));
    history_ack(h, index, 0);
    daemon_end(&d);
    struct journal j = host_shut_down();
    struct crash c = crash_begin(&j);
    struct image all;
    while (crash_advance(&c))
        ;
    image_choose(&c, 0, ((size_t)1 << c.n) - 1, &all);
    struct disk disk = image_apply(&c, &all);
    crash_free(&c);
    journal_free(&j);
    return disk;
}

static void assert_refused(const struct disk *disk, const struct history *h, const char *part)
{
    struct verdict v = check_image(disk, h, 0);
    assert_false(v.good);
    if (!strstr(v.text, part))
        fail_msg("\"%s\" does not say \"%s\"", v.text, part);
}

static void an_image_is_judged_by_what_was_acknowledged(void **state)
{
    (void)state;
    struct history h = history_new();
    struct history other = history_new();
    struct disk disk = disk_with(&h, "one");
    struct disk another = disk_with(&other, "two");
    const struct disk empty = {0};
    assert_true(check_image(&disk, &h, 0).good);
    assert_refused(&empty, &h, "holds 0 transactions; 1 were acknowledged");
    assert_refused(&another, &h, "part of something");
    memset(disk.files[disk_find(&disk, HOST_FILE)].bytes + 100, 0xa5, 50);
    assert_refused(&disk, &h, "does not open");
    disk_free(&disk);
    disk_free(&another);
    history_free(&h);
    history_free(&other);
}

/* The commit that is tried on every image meets its own row. */
static void an_image_that_takes_no_further_commit_is_refused(void **state)
{
    (void)state;
    struct history h = history_new();
    struct disk disk = disk_with(&h, "after");
    assert_refused(&disk, &h, "a further commit has outcome");
    disk_free(&disk);
    history_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_is_judged_by_what_was_acknowledged),
        cmocka_unit_test(an_image_that_takes_no_further_commit_is_refused),
        cmocka_unit_test(a_disk_that_only_says_that_it_has_synced_is_found),
        cmocka_unit_test(a_disk_that_forgets_names_is_found),
        cmocka_unit_test(a_disk_that_loses_what_the_log_was_copied_to_is_found),
        cmocka_unit_test(a_store_that_does_not_keep_its_name_is_found),
        cmocka_unit_test(a_store_that_believes_what_a_killed_process_left_is_found),
        cmocka_unit_test(a_store_that_never_syncs_is_found),
        cmocka_unit_test(a_store_that_syncs_now_and_then_is_found),
        cmocka_unit_test(a_store_that_writes_half_transactions_is_found),
        cmocka_unit_test(a_directory_that_a_killed_process_made_is_kept),
        cmocka_unit_test(the_same_seed_makes_the_same_images),
        cmocka_unit_test(the_store_as_it_is_survives_every_damage),
    };
    host_vfs_register();
    return cmocka_run_group_tests_name("prove_storage", tests, NULL, NULL);
}
