/* port/snapshots.h, kept by the adapter for files: what is whole, what is broken, and above all
 * what cannot be said. Snapshots are written by the test, byte by byte as Flink does. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "model/savepoint.h"
#include "model/snapshot_location.h"
#include "scratch.h"
#include "snapshots_rig.h"

static void a_snapshot_with_all_its_state_inside_is_full(void **state)
{
    (void)state;
    const char *location = snapshot("savepoint-aaaaaa-1", 7, NULL);

    verify(location);

    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.sight.verified, VERIFIED_FULL);
    assert_int_equal(got.sight.checkpoint_id, 7);
    assert_int_equal(got.sight.metadata_version, 4);
    assert_int_equal(got.sight.size_bytes, 30);
    assert_false(got.sight.incremental);
    assert_true(got.sight.modified_at > INT64_C(1600000000000000));
    assert_true(str_eq(got.sight.location, str_of(location))); /* Flink's spelling */
}

static void what_metadata_says_is_told(void **state)
{
    (void)state;
    read_at(snapshot("savepoint-aaaaaa-1", 7, NULL));
    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.sight.verified, VERIFIED_FULL);
    assert_true(got.understood);
    assert_int_equal(got.n_operators, 1);
    /* also when a file is missing, which the sight tells */
    read_at(snapshot("chk-2", 2, &(struct refs){NULL, 0, "own", 50}));
    assert_int_equal(got.sight.verified, VERIFIED_BROKEN);
    assert_true(got.understood);
    assert_int_equal(truncate(at("chk-2/_metadata"), 40), 0);
    read_at(at("chk-2"));
    assert_int_equal(got.sight.verified, VERIFIED_BROKEN);
    assert_false(got.understood);
    read_at(at("chk-3"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
    read_at("s3://bucket/chk-3");
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
}

static void every_spelling_of_a_place_is_read(void **state)
{
    (void)state;
    const char *location = snapshot("chk-7", 7, NULL);
    const char *spellings[] = {
        at("chk-7"),
        arena_fmt(arena, "file://%s/", at("chk-7")).ptr,
        arena_fmt(arena, "file:%s/_metadata", at("chk-7")).ptr,
    };
    for (size_t i = 0; i < 3; i++) {
        verify(spellings[i]);
        assert_int_equal(got.sight.verified, VERIFIED_FULL);
        assert_true(str_eq(got.sight.location, str_of(location)));
    }
}

static void files_of_its_own_count_when_they_are_large_enough(void **state)
{
    (void)state;
    const char *own = arena_fmt(arena, "file:%s", at("chk-3/own")).ptr;
    const char *location = snapshot("chk-3", 3, &(struct refs){own, 100, "data/../../out", 50});
    write_zeros(at("chk-3/own"), 100);
    write_zeros(at("out"), 50);
    assert_int_equal(mkdir(at("chk-3/data"), 0755), 0);
    verify(location);
    assert_int_equal(got.sight.verified, VERIFIED_BROKEN); /* climbs: Flink never writes that */
    says("outside its directory");
    assert_int_equal(rmdir(at("chk-3/data")), 0);

    location = snapshot("chk-3", 3, &(struct refs){own, 100, "data", 50});
    write_zeros(at("chk-3/data"), 51); /* more is no harm */
    verify(location);
    assert_int_equal(got.sight.verified, VERIFIED_FULL);
    assert_false(got.sight.incremental);

    write_zeros(at("chk-3/data"), 49);
    verify(location);
    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.sight.verified, VERIFIED_BROKEN);
    says("data is too short: 49 of 50 bytes");
}

static void a_shared_file_that_is_missing_breaks_it_and_is_named(void **state)
{
    (void)state;
    assert_int_equal(mkdir(at("shared"), 0755), 0);
    const char *shared = arena_fmt(arena, "file:%s", at("shared/sst-1")).ptr;
    const char *location = snapshot("chk-4", 4, &(struct refs){shared, 10, NULL, 0});
    write_zeros(at("shared/sst-1"), 10);
    verify(location);
    assert_int_equal(got.sight.verified, VERIFIED_FULL);
    assert_true(got.sight.incremental);

    unlink(at("shared/sst-1"));
    verify(location);
    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.sight.verified, VERIFIED_BROKEN);
    says("shared/sst-1 is missing");
    assert_int_equal(got.sight.checkpoint_id, 4); /* it still says which one it was */
}

static void files_on_other_storage_leave_it_at_metadata(void **state)
{
    (void)state;
    verify(snapshot("chk-5", 5, &(struct refs){"s3://bucket/shared/x", 10, NULL, 0}));
    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.sight.verified, VERIFIED_METADATA);
    assert_true(got.sight.incremental);
    says("1 of 1 files");
}

static void what_is_not_there_is_refused(void **state)
{
    (void)state;
    verify(at("chk-1"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
    says("chk-1 is not there");
    assert_int_equal(mkdir(at("chk-1"), 0755), 0);
    verify(at("chk-1"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
    says("_metadata is not there");
    list(at("no-such-directory"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
}

static void other_schemes_cannot_be_read_from_here(void **state)
{
    (void)state;
    static const char *const places[] = {"s3://bucket/chk-1", "hdfs:/x/chk-1", "relative/chk-1",
                                         ""};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        verify(places[i]);
        assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
        says("cannot be read from here");
        list(places[i]);
        assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
        remove_at(places[i]);
        assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
    }
}

static void a_cut_file_is_broken(void **state)
{
    (void)state;
    const char *location = snapshot("chk-9", 9, NULL);
    assert_int_equal(truncate(at("chk-9/_metadata"), 60), 0);
    verify(location);
    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.sight.verified, VERIFIED_BROKEN);
    says("at byte");
}

static void what_cannot_be_read_is_unknown_and_never_absent(void **state)
{
    (void)state;
    const char *location = snapshot("chk-2", 2, NULL);
    assert_int_equal(chmod(root.ptr, 0755), 0);
    assert_int_equal(chmod(at("chk-2/_metadata"), 0), 0);
    as_nobody(verify, location);
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
    says("Permission denied");
    as_nobody(list, root.ptr); /* one that cannot be read makes the listing incomplete */
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(got.listing.n, 0);

    assert_int_equal(chmod(at("chk-2"), 0), 0);
    as_nobody(verify, location);
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
    as_nobody(list, at("chk-2")); /* an error while listing is not an empty list */
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(chmod(at("chk-2"), 0755), 0);

    unlink(at("chk-2/_metadata"));
    assert_int_equal(symlink("_metadata", at("chk-2/_metadata")), 0);
    verify(location);
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN); /* a loop of links says nothing */
}

static void a_pipe_does_not_hold_it_up(void **state)
{
    (void)state;
    assert_int_equal(mkdir(at("chk-1"), 0755), 0);
    assert_int_equal(mkfifo(at("chk-1/_metadata"), 0644), 0);
    verify(at("chk-1"));
    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.sight.verified, VERIFIED_BROKEN);
}

static void metadata_larger_than_the_limit_is_unknown(void **state)
{
    (void)state;
    const char *location = snapshot("chk-2", 2, NULL);
    assert_int_equal(truncate(at("chk-2/_metadata"), (off_t)LIMIT_METADATA_FILE + 1), 0);
    verify(location);
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
    says("more than the");
}

static void a_listing_is_in_order_of_number_and_leaves_out_the_unfinished(void **state)
{
    (void)state;
    (void)snapshot("chk-10", 10, NULL);
    (void)snapshot("chk-9", 9, NULL);
    (void)snapshot("savepoint-aaaaaa-000000000001", 12, NULL);
    (void)snapshot("chk-11", 11, NULL);
    assert_int_equal(truncate(at("chk-11/_metadata"), 100), 0);
    assert_int_equal(mkdir(at("chk-13"), 0755), 0); /* never finished */
    write_zeros(at("chk-13/part"), 10);
    assert_int_equal(mkdir(at("shared"), 0755), 0);
    (void)snapshot("chk-x", 99, NULL);
    (void)snapshot("other", 98, NULL);
    write_zeros(at("chk-14"), 1); /* not a directory */

    list(arena_fmt(arena, "file://%.*s/", STR_ARG(root)).ptr);

    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.listing.n, 4);
    static const int64_t ids[] = {9, 10, 11, 12};
    static const enum verified verified[] = {VERIFIED_FULL, VERIFIED_FULL, VERIFIED_BROKEN,
                                             VERIFIED_FULL};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(got.listing.items[i].checkpoint_id, ids[i]);
        assert_int_equal(got.listing.items[i].verified, verified[i]);
    }
    assert_true(snapshot_location_equal(got.listing.items[1].location, str_of(at("chk-10"))));
}

static void an_empty_directory_is_an_empty_listing(void **state)
{
    (void)state;
    list(root.ptr);
    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_int_equal(got.listing.n, 0);
}

static void too_many_to_list_is_unknown(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= LIMIT_SNAPSHOTS_LISTED; i++)
        assert_int_equal(mkdir(arena_fmt(arena, "%.*s/chk-%u", STR_ARG(root), i).ptr, 0755), 0);
    list(root.ptr);
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
    says("more than 4096 snapshots");
}

static void removing_takes_the_directory_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(mkdir(at("shared"), 0755), 0);
    write_zeros(at("shared/sst-1"), 10);
    const char *shared = arena_fmt(arena, "file:%s", at("shared/sst-1")).ptr;
    const char *location = snapshot("chk-4", 4, &(struct refs){shared, 10, NULL, 0});
    write_zeros(at("chk-4/own"), 10);
    assert_int_equal(symlink("../shared/sst-1", at("chk-4/link")), 0);
    assert_int_equal(symlink("../shared", at("chk-4/directory-link")), 0);

    remove_at(location);

    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_false(exists(at("chk-4")));
    assert_true(exists(at("shared/sst-1")));

    remove_at(location);
    assert_int_equal(got.outcome, OUTCOME_DONE);
    says("was gone already");
}

static void removing_goes_on_where_it_was_interrupted(void **state)
{
    (void)state;
    assert_int_equal(mkdir(at("chk-4"), 0755), 0); /* all but the directory was removed */
    remove_at(at("chk-4"));
    assert_int_equal(got.outcome, OUTCOME_DONE);
    assert_false(exists(at("chk-4")));
}

static void what_is_not_a_snapshot_is_never_removed(void **state)
{
    (void)state;
    (void)snapshot("data", 1, NULL);
    remove_at(at("data"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
    assert_true(exists(at("data/_metadata")));

    (void)snapshot("chk-1", 1, NULL);
    assert_int_equal(mkdir(at("chk-1/sub"), 0755), 0);
    remove_at(at("chk-1"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
    says("holds the directory sub");
    assert_true(exists(at("chk-1/_metadata")));

    assert_int_equal(mkdir(at("chk-2"), 0755), 0);
    write_zeros(at("chk-2/file"), 1);
    remove_at(at("chk-2"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
    assert_true(exists(at("chk-2/file")));

    assert_int_equal(symlink("data", at("chk-3")), 0);
    remove_at(at("chk-3"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
    assert_true(exists(at("data/_metadata")));

    remove_at(at("data/../chk-3"));
    assert_int_equal(got.outcome, OUTCOME_REFUSED);
}

static void a_storage_that_is_away_is_not_a_removal(void **state)
{
    (void)state;
    remove_at(at("not-mounted/chk-1"));
    assert_int_equal(got.outcome, OUTCOME_UNKNOWN);
}

static int leave(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_snapshot_with_all_its_state_inside_is_full),
        STORY(what_metadata_says_is_told),
        STORY(every_spelling_of_a_place_is_read),
        STORY(files_of_its_own_count_when_they_are_large_enough),
        STORY(a_shared_file_that_is_missing_breaks_it_and_is_named),
        STORY(files_on_other_storage_leave_it_at_metadata),
        STORY(what_is_not_there_is_refused),
        STORY(other_schemes_cannot_be_read_from_here),
        STORY(a_cut_file_is_broken),
        STORY(what_cannot_be_read_is_unknown_and_never_absent),
        STORY(a_pipe_does_not_hold_it_up),
        STORY(metadata_larger_than_the_limit_is_unknown),
        STORY(a_listing_is_in_order_of_number_and_leaves_out_the_unfinished),
        STORY(an_empty_directory_is_an_empty_listing),
        STORY(too_many_to_list_is_unknown),
        STORY(removing_takes_the_directory_and_nothing_else),
        STORY(removing_goes_on_where_it_was_interrupted),
        STORY(what_is_not_a_snapshot_is_never_removed),
        STORY(a_storage_that_is_away_is_not_a_removal),
    };
    return cmocka_run_group_tests_name("snapshots", tests, NULL, leave);
}
