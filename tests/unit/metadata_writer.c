#include "metadata_writer.h"

#include <string.h>

#include "model/flink_metadata.h"

void put_u8(struct buf *b, unsigned v)
{
    buf_add_char(b, (char)v);
}

void put_u16(struct buf *b, unsigned v)
{
    put_u8(b, v >> 8 & 0xFF);
    put_u8(b, v & 0xFF);
}

void put_i32(struct buf *b, int64_t v)
{
    put_u16(b, (unsigned)((uint64_t)v >> 16 & 0xFFFF));
    put_u16(b, (unsigned)((uint64_t)v & 0xFFFF));
}

void put_i64(struct buf *b, int64_t v)
{
    put_i32(b, v >> 32);
    put_i32(b, v);
}

void put_utf(struct buf *b, const char *s)
{
    put_u16(b, (unsigned)strlen(s));
    buf_add(b, str_of(s));
}

static void put_zeros(struct buf *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_u8(b, 0);
}

static void put_longs(struct buf *b, int n)
{
    put_i32(b, n);
    for (int i = 0; i < n; i++)
        put_i64(b, i * 8);
}

void put_inline(struct buf *b, size_t n)
{
    put_u8(b, 1);
    put_utf(b, "inline");
    put_i32(b, (int64_t)n);
    put_zeros(b, n);
}

void put_file(struct buf *b, const char *uri, int64_t size)
{
    put_u8(b, 2);
    put_i64(b, size);
    put_utf(b, uri);
}

void put_relative(struct buf *b, const char *path, int64_t size)
{
    put_u8(b, 6);
    put_utf(b, path);
    put_i64(b, size);
}

void put_segment(struct buf *b, const char *uri, int64_t start, int64_t size)
{
    put_u8(b, 15);
    put_i64(b, start);
    put_i64(b, size);
    put_i32(b, 1);
    put_utf(b, uri);
    put_utf(b, "logical-1");
}

void put_key_groups_stream(struct buf *b, const char *uri, int64_t size)
{
    put_u8(b, 3);
    put_i32(b, 0);
    put_longs(b, 2);
    put_file(b, uri, size);
}

void put_empty_segment(struct buf *b)
{
    put_u8(b, 16);
}

static void put_named_file(struct buf *b, const char *prefix, const char *name, int64_t size)
{
    struct buf path = {0};
    buf_fmt(&path, "%s%s", prefix, name);
    buf_add_char(&path, '\0');
    put_i32(b, 1);
    put_utf(b, name);
    put_file(b, path.ptr, size);
    buf_fini(&path);
}

static void put_incremental(struct buf *b, bool v2, const char *prefix)
{
    put_i64(b, 41);
    put_utf(b, "6f1c2d3e-0000-4000-8000-000000000001");
    put_i32(b, 0);
    put_i32(b, 128);
    if (v2)
        put_i64(b, 5);
    put_inline(b, 3);
    put_named_file(b, prefix, "shared.sst", 100);
    put_named_file(b, prefix, "private.opt", 20);
    if (v2)
        put_utf(b, "state-handle-id");
}

static void put_changelog(struct buf *b, bool v2, const char *prefix)
{
    put_i32(b, 0);
    put_i32(b, 128);
    put_i64(b, 7);
    put_i32(b, 1);
    put_keyed(b, 12, prefix);
    put_i32(b, 2);
    put_keyed(b, 9, prefix);
    put_keyed(b, 13, prefix);
    put_i64(b, 3);
    if (v2)
        put_i64(b, 42);
    put_utf(b, "state-handle-id");
}

static void put_changelog_bytes(struct buf *b)
{
    put_i32(b, 0);
    put_i32(b, 128);
    put_i64(b, 1);
    put_i64(b, 9);
    put_i32(b, 2);
    for (int i = 0; i < 2; i++) {
        put_i32(b, i);
        put_i32(b, 4);
        put_zeros(b, 4);
    }
    put_utf(b, "state-handle-id");
}

static void put_changelog_file(struct buf *b, bool v2, const char *prefix)
{
    struct buf path = {0};
    buf_fmt(&path, "%schanges", prefix);
    buf_add_char(&path, '\0');
    put_i32(b, 0);
    put_i32(b, 128);
    put_i32(b, 1);
    put_i64(b, 16);
    put_file(b, path.ptr, 50);
    put_i64(b, 34);
    put_i64(b, 34);
    put_utf(b, "state-handle-id");
    if (v2)
        put_utf(b, "filesystem");
    buf_fini(&path);
}

void put_keyed(struct buf *b, unsigned tag, const char *prefix)
{
    put_u8(b, tag);
    if (tag == 3 || tag == 7 || tag == 12) {
        put_i32(b, 0);
        put_longs(b, 2);
        put_inline(b, 11);
        if (tag == 12)
            put_utf(b, "state-handle-id");
    } else if (tag == 5 || tag == 11) {
        put_incremental(b, tag == 11, prefix);
    } else if (tag == 8 || tag == 14) {
        put_changelog(b, tag == 14, prefix);
    } else if (tag == 9) {
        put_changelog_bytes(b);
    } else if (tag == 10 || tag == 13) {
        put_changelog_file(b, tag == 13, prefix);
    }
}

void put_operator_state(struct buf *b, unsigned tag, size_t n)
{
    put_u8(b, tag);
    put_i32(b, 1);
    put_utf(b, "offsets");
    put_u8(b, 1);
    put_longs(b, 1);
    if (tag == 17) {
        put_utf(b, "file:/c/taskowned");
        put_utf(b, "file:/c/shared");
        put_u8(b, 0);
    }
    put_inline(b, n);
}

void put_channel(struct buf *b, int version, unsigned tag, const char *uri, int64_t size)
{
    if (version >= 6)
        put_u8(b, tag);
    put_i32(b, 0);
    if (version < 6 || tag < 3) {
        put_i32(b, 0);
        put_i32(b, 1);
        put_longs(b, 1);
        put_i64(b, size);
        put_file(b, uri, 500);
    } else {
        put_i64(b, size);
        put_file(b, uri, 500);
        put_i32(b, 4);
        put_i32(b, 0);
    }
}

void put_header(struct buf *b, int version, int64_t checkpoint_id, int32_t n_operators)
{
    put_i32(b, 0x4960672D);
    put_i32(b, version);
    put_i64(b, checkpoint_id);
    put_i32(b, 1); /* one master state, of 15 bytes */
    put_i32(b, (int64_t)0xC96B1696);
    put_i32(b, 15);
    put_i32(b, 1);
    put_utf(b, "hook");
    put_i32(b, 1);
    put_u8(b, 'x');
    put_i32(b, n_operators);
}

void put_operator(struct buf *b, int version, const char *name, const char *uid, int32_t n_subtasks)
{
    char id[HEX_ID_TEXT + 1];
    flink_operator_id(str_of(uid), id);
    if (version >= 5) {
        put_utf(b, name);
        put_utf(b, uid);
    }
    for (int i = 0; i < 16; i++) {
        unsigned high = (unsigned)(id[2 * i] <= '9' ? id[2 * i] - '0' : id[2 * i] - 'a' + 10);
        unsigned low =
            (unsigned)(id[2 * i + 1] <= '9' ? id[2 * i + 1] - '0' : id[2 * i + 1] - 'a' + 10);
        put_u8(b, high << 4 | low);
    }
    put_i32(b, 2);
    put_i32(b, 128);
    if (version == 2)
        put_i32(b, 1);
    else
        put_u8(b, 0);
    put_i32(b, n_subtasks);
}

void put_subtask_begin(struct buf *b, int version, int32_t index)
{
    put_i32(b, index);
    if (version == 2) {
        put_i64(b, 12);
        put_i32(b, 0);
    }
}

void put_subtask_end(struct buf *b, int version)
{
    if (version >= 3) {
        put_i32(b, 0);
        put_i32(b, 0);
    }
}

/* A class description up to its superclass; fields as "Zname" with the type in front. */
static void put_class(struct buf *b, const char *name, unsigned flags, const char *const *fields,
                      size_t n)
{
    put_u8(b, 0x72);
    put_utf(b, name);
    put_i64(b, 2);
    put_u8(b, flags);
    put_u16(b, (unsigned)n);
    for (size_t i = 0; i < n; i++) {
        put_u8(b, (unsigned char)fields[i][0]);
        put_utf(b, fields[i] + 1);
        if (fields[i][0] == 'L') {
            put_u8(b, 0x74);
            put_utf(b, "Ljava/lang/Object;");
        }
    }
    put_u8(b, 0x78);
}

/* A constant of an enum whose class is written here for the first time. `base`: java.lang.Enum was
 * written before and has this handle, or 0. */
static void put_enum(struct buf *b, const char *class_name, const char *constant, unsigned base)
{
    put_u8(b, 0x7E);
    put_class(b, class_name, 0x12, NULL, 0);
    if (base != 0) {
        put_u8(b, 0x71);
        put_i32(b, base);
    } else {
        put_class(b, "java.lang.Enum", 0x12, NULL, 0);
        put_u8(b, 0x70);
    }
    put_u8(b, 0x74);
    put_utf(b, constant);
}

void put_properties(struct buf *b, int version, enum properties kind)
{
    static const char *const properties[] = {
        "ZdiscardCancelled", "ZdiscardFailed", "ZdiscardFinished", "ZdiscardSubsumed",
        "ZdiscardSuspended", "Zforced",        "Zunclaimed",       "LcheckpointType"};
    static const char *const savepoint[] = {"LformatType", "Lname", "LpostCheckpointAction"};
    static const char *const checkpoint[] = {"Lname", "LsharingFilesStrategy"};
    if (version < 4)
        return;
    put_i32(b, (int64_t)0xACED0005);
    put_u8(b, 0x73);
    /* Handles from 0x7E0000: the class, the name of its object's type, the object, ... */
    put_class(b, "org.apache.flink.runtime.checkpoint.CheckpointProperties", 2, properties, 8);
    put_u8(b, 0x70);
    put_zeros(b, 7);
    put_u8(b, 0x73);
    if (kind == PROPERTIES_CHECKPOINT) {
        put_class(b, "org.apache.flink.runtime.checkpoint.CheckpointType", 2, checkpoint, 2);
        put_u8(b, 0x70);
        put_u8(b, 0x74);
        put_utf(b, "Checkpoint");
        put_enum(b, "org.apache.flink.runtime.checkpoint.SnapshotType$SharingFilesStrategy",
                 "FORWARD_BACKWARD", 0);
        return;
    }
    put_class(b, "org.apache.flink.runtime.checkpoint.SavepointType", 2, savepoint, 3);
    put_u8(b, 0x70);
    put_enum(b, "org.apache.flink.core.execution.SavepointFormatType",
             kind == PROPERTIES_NATIVE ? "NATIVE" : "CANONICAL", 0);
    put_u8(b, 0x74);
    put_utf(b, "Savepoint");
    put_enum(b, "org.apache.flink.runtime.checkpoint.SavepointType$PostCheckpointAction", "NONE",
             0x7E0009); /* Enum: after 3 of the properties, 5 of the type and 1 of the format */
}

static void put_keyed_of_every_kind(struct buf *b, int version)
{
    static const unsigned tags[] = {3, 5, 7, 8, 9, 10, 11, 12, 13, 14};
    int32_t n = (int32_t)(sizeof(tags) / sizeof(tags[0]));
    put_operator(b, version, "keyed", "uid1", n);
    for (int32_t i = 0; i < n; i++) {
        put_subtask_begin(b, version, i);
        put_i32(b, 0);
        put_i32(b, 0);
        put_keyed(b, tags[i], "file:/c/");
        put_u8(b, 0);
        put_subtask_end(b, version);
    }
}

static void put_streams_of_every_kind(struct buf *b, int version)
{
    put_operator(b, version, "streams", "source-uid", 1);
    put_subtask_begin(b, version, 0);
    put_i32(b, 1);
    put_operator_state(b, 4, 6);
    put_i32(b, 1);
    put_operator_state(b, 17, 7);
    put_u8(b, 8); /* a changelog whose parts are one stream of each kind */
    put_i32(b, 0);
    put_i32(b, 128);
    put_i64(b, 0);
    put_i32(b, 6);
    for (int i = 0; i < 6; i++) {
        put_u8(b, 3);
        put_i32(b, 0);
        put_longs(b, 0);
        switch (i) {
        case 0: put_file(b, "file:/c/absolute", 1000); break;
        case 1: put_relative(b, "relative", 2000); break;
        case 2: put_segment(b, "file:/c/segments", 0, 100); break;
        case 3: put_segment(b, "file:/c/segments", 300, 4000); break;
        case 4: put_key_groups_stream(b, "file:/c/groups", 5000); break;
        default: put_empty_segment(b); break;
        }
    }
    put_i32(b, 0);
    put_i64(b, 1);
    put_utf(b, "id");
    put_u8(b, 0);
    put_subtask_end(b, version);
}

static void put_channels(struct buf *b, int version)
{
    unsigned n = version >= 6 ? 2 : 1;
    put_operator(b, version, "channels", "", 2);
    put_subtask_begin(b, version, 0);
    put_i32(b, 0);
    put_i32(b, 0);
    put_u8(b, 0);
    put_u8(b, 0);
    for (unsigned direction = 0; direction < 2; direction++) {
        put_i32(b, n);
        for (unsigned i = 0; i < n; i++)
            put_channel(b, version, 1 + direction + 2 * i, "file:/c/channels", 60);
    }
    put_i32(b, -2); /* subtask 1 is finished */
    put_operator(b, version, "finished", "gone", -1);
}

void put_everything(struct buf *b, int version)
{
    put_header(b, version, 42, version >= 3 ? 4 : 2);
    put_keyed_of_every_kind(b, version);
    put_streams_of_every_kind(b, version);
    if (version >= 3)
        put_channels(b, version);
    put_properties(b, version, PROPERTIES_NATIVE);
}

void put_small(struct buf *b, int version, int64_t checkpoint_id, enum properties kind,
               void (*refs)(struct buf *b, void *arg), void *arg)
{
    put_header(b, version, checkpoint_id, 1);
    put_operator(b, version, "counter", "counter-uid", 2);
    for (int32_t i = 0; i < 2; i++) {
        put_subtask_begin(b, version, i);
        put_i32(b, 1);
        put_operator_state(b, 4, 15);
        put_i32(b, 0);
        if (i == 0 && refs)
            refs(b, arg);
        else
            put_u8(b, 0);
        put_u8(b, 0);
        put_subtask_end(b, version);
    }
    put_properties(b, version, kind);
}
