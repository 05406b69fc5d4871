/* The reader of `_metadata`: every version and handle is understood, and nothing that was cut or
 * damaged is taken for a whole file or read past its end. */
#include <stdio.h>

#include "metadata_writer.h"
#include "model/flink_metadata.h"
#include "model/snapshot_location.h"
#include "story.h"

/* Reads from a copy of exactly this size, so that a sanitizer sees any byte read too much. */
static int read_exactly(struct arena *a, struct str bytes, struct flink_metadata *m, struct err *e)
{
    char *copy = mem_alloc(bytes.len ? bytes.len : 1);
    if (bytes.len)
        memcpy(copy, bytes.ptr, bytes.len);
    int result = flink_metadata_read(a, (struct str){copy, bytes.len}, m, e);
    mem_free(copy);
    return result;
}

static const struct flink_file *find_file(const struct flink_metadata *m, const char *path)
{
    for (size_t i = 0; i < m->n_files; i++) {
        if (str_eq(m->files[i].path, str_of(path)))
            return &m->files[i];
    }
    return NULL;
}

static void operator_ids_are_those_of_flink(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {
        {"uid1", "56669276f6f08c868fc17f16b2a5b825"},
        {"source-uid", "bef22c5df1ab33dd94bb7a6ecac555fb"},
        {"CheckpointingSource1", "69f32d314b97c6f7f9ed7873983167f2"},
        {"CheckpointingKeyedStateFlatMap1", "d5c8b168c6cbfe8c507a10f88b325243"},
        {"", "00000000000000000000000000000000"},
    };
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        char id[HEX_ID_TEXT + 1];
        flink_operator_id(str_of(vectors[i][0]), id);
        assert_string_equal(id, vectors[i][1]);
    }
}

static void every_version_and_every_handle_is_understood(void **state)
{
    (void)state;
    for (int version = 2; version <= 6; version++) {
        struct buf b = {0};
        struct flink_metadata m;
        struct err e = {0};
        put_everything(&b, version);
        if (read_exactly(story_arena, buf_str(&b), &m, &e) != 0)
            fail_msg("version %d: %s", version, e.text);

        assert_int_equal(m.version, version);
        assert_int_equal(m.checkpoint_id, 42);
        assert_int_equal(m.n_operators, version >= 3 ? 4 : 2);
        assert_int_equal(m.kind, version >= 4 ? FLINK_SNAPSHOT_SAVEPOINT : FLINK_SNAPSHOT_UNSAID);
        assert_int_equal(m.format, version >= 4 ? FLINK_FORMAT_NATIVE : FLINK_FORMAT_UNSAID);

        const struct flink_operator *keyed = &m.operators[0];
        assert_string_equal(keyed->id, "56669276f6f08c868fc17f16b2a5b825");
        assert_text(keyed->name, version >= 5 ? "keyed" : "");
        assert_text(keyed->uid, version >= 5 ? "uid1" : "");
        assert_int_equal(keyed->parallelism, 2);
        assert_int_equal(keyed->max_parallelism, 128);
        assert_true(keyed->has_state);
        assert_int_equal(keyed->n_subtasks, 10);
        /* By tag: 3, 5, 7, 8, 9, 10, 11, 12, 13, 14. */
        static const int64_t sizes[] = {11, 123, 11, 53, 8, 34, 123, 11, 34, 53};
        for (size_t i = 0; i < 10; i++)
            assert_int_equal(keyed->subtasks[i].size, sizes[i]);

        const struct flink_operator *streams = &m.operators[1];
        assert_int_equal(streams->size, 6 + 7 + 1000 + 2000 + 4000 + 100 + 5000);
        int64_t channels = version < 3 ? 0 : version < 6 ? 120 : 240;
        assert_int_equal(m.size, keyed->size + streams->size + channels);
        buf_fini(&b);
    }
}

static void referenced_files_are_listed_once_with_their_least_size(void **state)
{
    (void)state;
    struct buf b = {0};
    struct flink_metadata m;
    struct err e;
    put_everything(&b, 6);
    assert_int_equal(read_exactly(story_arena, buf_str(&b), &m, &e), 0);

    assert_int_equal(find_file(&m, "file:/c/absolute")->size, 1000);
    assert_int_equal(find_file(&m, "file:/c/absolute")->kind, FLINK_FILE_ABSOLUTE);
    assert_int_equal(find_file(&m, "relative")->size, 2000);
    assert_int_equal(find_file(&m, "relative")->kind, FLINK_FILE_RELATIVE);
    assert_int_equal(find_file(&m, "file:/c/segments")->size, 4300); /* the end of the last */
    assert_true(find_file(&m, "file:/c/segments")->segment);
    assert_int_equal(find_file(&m, "file:/c/groups")->size, 5000);
    assert_int_equal(find_file(&m, "file:/c/channels")->size, 500); /* four channels share it */
    assert_int_equal(find_file(&m, "file:/c/shared.sst")->size, 100);
    assert_int_equal(find_file(&m, "file:/c/private.opt")->size, 20);
    assert_int_equal(find_file(&m, "file:/c/changes")->size, 50);
    assert_int_equal(m.n_files, 8);
    buf_fini(&b);
}

static void finished_operators_and_subtasks_have_no_state(void **state)
{
    (void)state;
    struct buf b = {0};
    struct flink_metadata m;
    struct err e;
    put_everything(&b, 3);
    assert_int_equal(read_exactly(story_arena, buf_str(&b), &m, &e), 0);

    assert_int_equal(m.operators[2].n_subtasks, 2);
    assert_false(m.operators[2].subtasks[0].finished);
    assert_true(m.operators[2].subtasks[1].finished);
    assert_int_equal(m.operators[2].subtasks[1].index, 1);
    assert_true(m.operators[3].finished);
    assert_false(m.operators[3].has_state);
    buf_fini(&b);
}

static void properties_tell_savepoints_from_checkpoints(void **state)
{
    (void)state;
    static const struct {
        enum properties written;
        enum flink_snapshot_kind kind;
        enum flink_snapshot_format format;
    } cases[] = {
        {PROPERTIES_CHECKPOINT, FLINK_SNAPSHOT_CHECKPOINT, FLINK_FORMAT_UNSAID},
        {PROPERTIES_CANONICAL, FLINK_SNAPSHOT_SAVEPOINT, FLINK_FORMAT_CANONICAL},
        {PROPERTIES_NATIVE, FLINK_SNAPSHOT_SAVEPOINT, FLINK_FORMAT_NATIVE},
    };
    for (size_t i = 0; i < 3; i++) {
        struct buf b = {0};
        struct flink_metadata m;
        struct err e;
        put_small(&b, 4, 7, cases[i].written, NULL, NULL);
        assert_int_equal(read_exactly(story_arena, buf_str(&b), &m, &e), 0);
        assert_int_equal(m.kind, cases[i].kind);
        assert_int_equal(m.format, cases[i].format);
        assert_int_equal(m.n_files, 0);
        assert_int_equal(m.size, 30);
        buf_fini(&b);
    }
}

static void a_file_cut_at_any_byte_is_refused(void **state)
{
    (void)state;
    for (int version = 2; version <= 6; version++) {
        struct buf b = {0};
        put_everything(&b, version);
        for (size_t n = 0; n < b.len; n++) {
            struct arena *a = arena_new();
            struct flink_metadata m;
            struct err e;
            if (read_exactly(a, str_take(buf_str(&b), n), &m, &e) == 0)
                fail_msg("version %d is taken for whole at %zu of %zu bytes", version, n, b.len);
            assert_int_equal(e.code, ERR_MALFORMED);
            arena_free(a);
        }
        buf_fini(&b);
    }
}

static void bytes_behind_the_end_are_refused(void **state)
{
    (void)state;
    for (int version = 2; version <= 6; version++) {
        struct buf b = {0};
        struct flink_metadata m;
        struct err e;
        put_everything(&b, version);
        buf_add_char(&b, 'x');
        assert_int_equal(read_exactly(story_arena, buf_str(&b), &m, &e), -1);
        assert_non_null(strstr(e.text, "more follows"));
        buf_fini(&b);
    }
}

/* Damage may go unseen (a byte of a name), but never leads astray: what is read stays within the
 * bytes and within sane memory. */
static void a_damaged_byte_anywhere_does_no_harm(void **state)
{
    (void)state;
    static const unsigned char values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    for (int version = 2; version <= 6; version++) {
        struct buf b = {0};
        put_everything(&b, version);
        for (size_t i = 0; i < b.len * (sizeof(values) + 1); i++) {
            char *at = &b.ptr[i / (sizeof(values) + 1)];
            char before = *at;
            size_t which = i % (sizeof(values) + 1);
            *at = which == sizeof(values) ? (char)(before ^ 1) : (char)values[which];
            struct arena *a = arena_new();
            struct flink_metadata m;
            struct err e;
            (void)!read_exactly(a, buf_str(&b), &m, &e);
            assert_true(arena_used(a) < 64 * b.len);
            arena_free(a);
            *at = before;
        }
        buf_fini(&b);
    }
}

static void refuse(struct arena *a, struct buf *b, const char *why)
{
    struct flink_metadata m;
    struct err e = {0};
    assert_int_equal(read_exactly(a, buf_str(b), &m, &e), -1);
    if (!strstr(e.text, why))
        fail_msg("\"%s\" does not say \"%s\"", e.text, why);
    buf_fini(b);
}

static void a_later_version_is_named_as_such(void **state)
{
    (void)state;
    struct buf b = {0};
    put_everything(&b, 6);
    b.ptr[7] = 7;
    refuse(story_arena, &b, "a newer Flink wrote it");

    struct buf old = {0};
    put_everything(&old, 2);
    old.ptr[7] = 1;
    refuse(story_arena, &old, "too old");
}

static void unknown_tags_are_refused_with_their_offset(void **state)
{
    (void)state;
    struct buf b = {0};
    put_header(&b, 3, 1, 1);
    put_operator(&b, 3, "", "uid1", 1);
    put_subtask_begin(&b, 3, 0);
    put_i32(&b, 0);
    put_i32(&b, 0);
    size_t offset = b.len;
    put_u8(&b, 99);
    char expected[64];
    snprintf(expected, sizeof(expected), "unknown kind of keyed state, at byte %zu", offset);
    refuse(story_arena, &b, expected);
}

static void counts_larger_than_the_file_are_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    put_i32(&b, 0x4960672D);
    put_i32(&b, 3);
    put_i64(&b, 1);
    put_i32(&b, 0);
    put_i32(&b, INT32_MAX);
    refuse(story_arena, &b, "a count is larger than what follows");
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    put_header(&b, 3, 1, 1);
    put_operator(&b, 3, "", "uid1", 1);
    put_subtask_begin(&b, 3, 0);
    put_i32(&b, 0);
    put_i32(&b, 0);
    for (int i = 0; i < 1000; i++) { /* changelogs within changelogs */
        put_u8(&b, 8);
        put_i64(&b, 0);
        put_i64(&b, 0);
        put_i32(&b, 1);
    }
    refuse(story_arena, &b, "nested too deeply");
}

static void properties_may_refer_to_a_class_seen_before(void **state)
{
    (void)state;
    struct buf b = {0};
    struct flink_metadata m;
    struct err e = {0};
    put_header(&b, 4, 1, 0);
    put_i32(&b, (int64_t)0xACED0005);
    put_u8(&b, 0x73);
    put_u8(&b, 0x72); /* class Pair { Object x, y; } */
    put_utf(&b, "Pair");
    put_i64(&b, 1);
    put_u8(&b, 2);
    put_u16(&b, 2);
    put_u8(&b, 'L');
    put_utf(&b, "x");
    put_u8(&b, 0x74);
    put_utf(&b, "Ljava/lang/Object;");
    put_u8(&b, 'L');
    put_utf(&b, "y");
    put_u8(&b, 0x71); /* the same text */
    put_i32(&b, 0x7E0001);
    put_u8(&b, 0x78);
    put_u8(&b, 0x70);
    put_u8(&b, 0x73); /* x: class One { int n; } with a part in its own format */
    put_u8(&b, 0x72);
    put_utf(&b, "One");
    put_i64(&b, 1);
    put_u8(&b, 3);
    put_u16(&b, 1);
    put_u8(&b, 'I');
    put_utf(&b, "n");
    put_u8(&b, 0x78);
    put_u8(&b, 0x70);
    for (int i = 0; i < 2; i++) {
        if (i == 1) { /* y: another One */
            put_u8(&b, 0x73);
            put_u8(&b, 0x71);
            put_i32(&b, 0x7E0003);
        }
        put_i32(&b, i);
        put_u8(&b, 0x77);
        put_u8(&b, 2);
        put_u16(&b, 0x7878); /* end marks inside the block are none */
        put_u8(&b, 0x78);
    }
    if (read_exactly(story_arena, buf_str(&b), &m, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(m.kind, FLINK_SNAPSHOT_UNSAID);
    buf_fini(&b);
}

static void names_become_plain_utf8(void **state)
{
    (void)state;
    struct buf b = {0};
    struct flink_metadata m;
    struct err e;
    put_header(&b, 5, 1, 1);
    /* NUL as two bytes, a smiley as two surrogates, and half of one. */
    put_operator(&b, 5, "a\xC0\x80z\xED\xA0\xBD\xED\xB8\x80\xED\xA0\xBD!", "", -1);
    put_properties(&b, 5, PROPERTIES_CHECKPOINT);
    assert_int_equal(read_exactly(story_arena, buf_str(&b), &m, &e), 0);
    struct str expected = STR("a\0z\xF0\x9F\x98\x80\xEF\xBF\xBD!");
    assert_true(str_eq(m.operators[0].name, expected));
    buf_fini(&b);
}

static void one_place_has_many_spellings(void **state)
{
    (void)state;
    static const char *const same[] = {"file:/a/b", "file:///a/b", "/a/b",
                                       "/a/b/",     "file:/a//b/", "/a/b/_metadata"};
    for (size_t i = 0; i < 6; i++) {
        assert_true(snapshot_location_equal(str_of(same[0]), str_of(same[i])));
        assert_text(snapshot_location_path(story_arena, str_of(same[i])), "/a/b");
    }
    assert_false(snapshot_location_equal(STR("file:/a/b"), STR("file:/a/bc")));
    assert_false(snapshot_location_equal(STR("file:/a/b"), STR("s3:/a/b")));
    assert_false(snapshot_location_equal(STR("file:/a/b"), STR("file://a/b"))); /* a host */
    assert_true(snapshot_location_equal(STR("s3://x/y/"), STR("s3://x/y")));
    assert_false(snapshot_location_equal(STR(""), STR("/")));
    assert_text(snapshot_location_path(story_arena, STR("/")), "/");
    assert_text(snapshot_location_path(story_arena, STR("s3://x/y")), "");
    assert_text(snapshot_location_path(story_arena, STR("file://host/y")), "");
    assert_text(snapshot_location_path(story_arena, STR("relative/y")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(operator_ids_are_those_of_flink),
        STORY(every_version_and_every_handle_is_understood),
        STORY(referenced_files_are_listed_once_with_their_least_size),
        STORY(finished_operators_and_subtasks_have_no_state),
        STORY(properties_tell_savepoints_from_checkpoints),
        STORY(a_file_cut_at_any_byte_is_refused),
        STORY(bytes_behind_the_end_are_refused),
        STORY(a_damaged_byte_anywhere_does_no_harm),
        STORY(a_later_version_is_named_as_such),
        STORY(unknown_tags_are_refused_with_their_offset),
        STORY(counts_larger_than_the_file_are_refused),
        STORY(deep_nesting_is_refused),
        STORY(properties_may_refer_to_a_class_seen_before),
        STORY(names_become_plain_utf8),
        STORY(one_place_has_many_spellings),
    };
    return cmocka_run_group_tests_name("flink_metadata", tests, NULL, NULL);
}
