/* State handles of `_metadata`: where each piece of state lies and how large it is. A tag says the
 * layout; tags are independent of the file's version. */
#include "model/flink_metadata_in.h"

enum stream_tag {
    STREAM_NONE = 0,
    STREAM_BYTES = 1,
    STREAM_FILE = 2,
    STREAM_KEY_GROUPS = 3,
    STREAM_RELATIVE_FILE = 6,
    STREAM_SEGMENT = 15,
    STREAM_EMPTY_SEGMENT = 16,
};

enum operator_tag {
    OPERATOR_NONE = 0,
    OPERATOR_STREAM = 4,
    OPERATOR_MERGED = 17,
};

enum keyed_tag {
    KEYED_NONE = 0,
    KEYED_GROUPS = 3,
    KEYED_INCREMENTAL = 5,
    KEYED_SAVEPOINT = 7,
    KEYED_CHANGELOG = 8,
    KEYED_CHANGELOG_BYTES = 9,
    KEYED_CHANGELOG_FILE = 10,
    KEYED_INCREMENTAL_V2 = 11,
    KEYED_GROUPS_V2 = 12,
    KEYED_CHANGELOG_FILE_V2 = 13,
    KEYED_CHANGELOG_V2 = 14,
};

enum channel_tag {
    CHANNEL_INPUT = 1,
    CHANNEL_RESULT = 2,
    CHANNEL_MERGED_INPUT = 3,
    CHANNEL_MERGED_RESULT = 4,
};

static const struct metadata_state no_state;

static void add_file(struct metadata_in *in, struct flink_file file)
{
    if (in->failed)
        return;
    if (in->n_files == in->files_cap) {
        size_t cap = in->files_cap ? in->files_cap * 2 : 16;
        struct flink_file *grown = ARENA_ARRAY(in->arena, struct flink_file, cap);
        if (in->n_files)
            memcpy(grown, in->files, in->n_files * sizeof(*grown));
        in->files = grown;
        in->files_cap = cap;
    }
    in->files[in->n_files++] = file;
}

static void skip_longs(struct metadata_in *in)
{
    metadata_skip(in, metadata_count(in, 8) * 8);
}

static struct metadata_state segment(struct metadata_in *in)
{
    int64_t start = metadata_size(in);
    int64_t size = metadata_size(in);
    (void)metadata_i32(in); /* scope */
    struct str path = metadata_utf(in);
    metadata_skip_utf(in); /* logical file id */
    int64_t end = 0;
    if (__builtin_add_overflow(start, size, &end))
        metadata_fail(in, "a segment ends beyond any file");
    add_file(in, (struct flink_file){FLINK_FILE_ABSOLUTE, true, path, end});
    return (struct metadata_state){size, true};
}

static struct metadata_state stream_of(struct metadata_in *in, unsigned tag)
{
    struct metadata_state state = {0, true};
    struct str path;
    switch (tag) {
    case STREAM_NONE: return no_state;
    case STREAM_BYTES:
        metadata_skip_utf(in);
        state.size = (int64_t)metadata_count(in, 1);
        metadata_skip(in, (size_t)state.size);
        return state;
    case STREAM_FILE:
        state.size = metadata_size(in);
        path = metadata_utf(in);
        add_file(in, (struct flink_file){FLINK_FILE_ABSOLUTE, false, path, state.size});
        return state;
    case STREAM_KEY_GROUPS:
        (void)metadata_i32(in); /* first key group */
        skip_longs(in);
        return metadata_stream(in);
    case STREAM_RELATIVE_FILE: /* path before size: the other way round than STREAM_FILE */
        path = metadata_utf(in);
        state.size = metadata_size(in);
        add_file(in, (struct flink_file){FLINK_FILE_RELATIVE, false, path, state.size});
        return state;
    case STREAM_SEGMENT: return segment(in);
    case STREAM_EMPTY_SEGMENT: return no_state;
    default: metadata_fail_tag(in, "an unknown kind of stream handle"); return no_state;
    }
}

static bool enter(struct metadata_in *in)
{
    if (in->failed)
        return false;
    if (in->depth >= METADATA_DEPTH) {
        metadata_fail(in, "handles are nested too deeply");
        return false;
    }
    in->depth++;
    return true;
}

struct metadata_state metadata_stream(struct metadata_in *in)
{
    if (!enter(in))
        return no_state;
    struct metadata_state state = stream_of(in, metadata_u8(in));
    in->depth--;
    return state;
}

static struct metadata_state operator_handle(struct metadata_in *in)
{
    unsigned tag = metadata_u8(in);
    if (tag == OPERATOR_NONE)
        return no_state;
    if (tag != OPERATOR_STREAM && tag != OPERATOR_MERGED) {
        metadata_fail_tag(in, "an unknown kind of operator state");
        return no_state;
    }
    size_t n = metadata_count(in, 7);
    for (size_t i = 0; i < n && !in->failed; i++) {
        metadata_skip_utf(in); /* name */
        metadata_skip(in, 1);  /* distribution mode */
        skip_longs(in);
    }
    if (tag == OPERATOR_MERGED) {
        metadata_skip_utf(in); /* task-owned directory */
        metadata_skip_utf(in); /* shared directory */
        metadata_skip(in, 1);  /* is empty */
    }
    return metadata_stream(in);
}

struct metadata_state metadata_operator_state(struct metadata_in *in)
{
    struct metadata_state sum = no_state;
    for (int i = 0; i < 2; i++) { /* managed, raw */
        if (metadata_i32(in) != 0)
            metadata_add(&sum, operator_handle(in));
    }
    return sum;
}

static struct metadata_state named_streams(struct metadata_in *in)
{
    struct metadata_state sum = no_state;
    size_t n = metadata_count(in, 3);
    for (size_t i = 0; i < n && !in->failed; i++) {
        metadata_skip_utf(in); /* local name */
        metadata_add(&sum, metadata_stream(in));
    }
    return sum;
}

static struct metadata_state key_groups(struct metadata_in *in, bool with_id)
{
    (void)metadata_i32(in); /* first key group */
    skip_longs(in);
    struct metadata_state state = metadata_stream(in);
    if (with_id)
        metadata_skip_utf(in);
    return state;
}

static struct metadata_state incremental(struct metadata_in *in, bool v2)
{
    metadata_skip(in, 8);  /* checkpoint id */
    metadata_skip_utf(in); /* backend id */
    metadata_skip(in, 8);  /* key groups: first and number */
    if (v2)
        metadata_skip(in, 8); /* size of what this checkpoint added */
    struct metadata_state sum = metadata_stream(in);
    metadata_add(&sum, named_streams(in)); /* shared */
    metadata_add(&sum, named_streams(in)); /* private */
    if (v2)
        metadata_skip_utf(in);
    return sum;
}

static struct metadata_state keyed_list(struct metadata_in *in)
{
    struct metadata_state sum = no_state;
    size_t n = metadata_count(in, 1);
    for (size_t i = 0; i < n && !in->failed; i++)
        metadata_add(&sum, metadata_keyed(in));
    return sum;
}

static struct metadata_state changelog(struct metadata_in *in, bool v2)
{
    metadata_skip(in, 8); /* key groups */
    metadata_skip(in, 8); /* checkpointed size */
    struct metadata_state sum = keyed_list(in);
    metadata_add(&sum, keyed_list(in)); /* changes since */
    sum.any = true;
    metadata_skip(in, v2 ? 16 : 8); /* materialization id, checkpoint id */
    metadata_skip_utf(in);
    return sum;
}

static struct metadata_state changelog_bytes(struct metadata_in *in)
{
    struct metadata_state sum = {0, true};
    metadata_skip(in, 8);  /* key groups */
    metadata_skip(in, 16); /* from, to */
    size_t n = metadata_count(in, 8);
    for (size_t i = 0; i < n && !in->failed; i++) {
        metadata_skip(in, 4); /* key group */
        size_t len = metadata_count(in, 1);
        metadata_skip(in, len);
        metadata_add(&sum, (struct metadata_state){(int64_t)len, true});
    }
    metadata_skip_utf(in);
    return sum;
}

static struct metadata_state changelog_file(struct metadata_in *in, bool v2)
{
    metadata_skip(in, 8); /* key groups */
    size_t n = metadata_count(in, 9);
    for (size_t i = 0; i < n && !in->failed; i++) {
        metadata_skip(in, 8); /* offset */
        (void)metadata_stream(in);
    }
    struct metadata_state state = {metadata_size(in), true};
    metadata_skip(in, 8); /* checkpointed size */
    metadata_skip_utf(in);
    if (v2)
        metadata_skip_utf(in); /* storage */
    return state;
}

static struct metadata_state keyed_of(struct metadata_in *in, unsigned tag)
{
    switch (tag) {
    case KEYED_NONE: return no_state;
    case KEYED_GROUPS:
    case KEYED_SAVEPOINT: return key_groups(in, false);
    case KEYED_GROUPS_V2: return key_groups(in, true);
    case KEYED_INCREMENTAL: return incremental(in, false);
    case KEYED_INCREMENTAL_V2: return incremental(in, true);
    case KEYED_CHANGELOG: return changelog(in, false);
    case KEYED_CHANGELOG_V2: return changelog(in, true);
    case KEYED_CHANGELOG_BYTES: return changelog_bytes(in);
    case KEYED_CHANGELOG_FILE: return changelog_file(in, false);
    case KEYED_CHANGELOG_FILE_V2: return changelog_file(in, true);
    default: metadata_fail_tag(in, "an unknown kind of keyed state"); return no_state;
    }
}

struct metadata_state metadata_keyed(struct metadata_in *in)
{
    if (!enter(in))
        return no_state;
    struct metadata_state state = keyed_of(in, metadata_u8(in));
    in->depth--;
    return state;
}

static struct metadata_state channel(struct metadata_in *in)
{
    unsigned tag = in->version >= 6 ? metadata_u8(in) : CHANNEL_INPUT;
    struct metadata_state state = {0, true};
    metadata_skip(in, 4); /* subtask */
    switch (tag) {
    case CHANNEL_INPUT:
    case CHANNEL_RESULT:
        metadata_skip(in, 8); /* gate and channel, or partition and subpartition */
        skip_longs(in);
        state.size = metadata_size(in);
        (void)metadata_stream(in); /* shared between channels: the size above is this one's */
        return state;
    case CHANNEL_MERGED_INPUT:
    case CHANNEL_MERGED_RESULT:
        state.size = metadata_size(in);
        (void)metadata_stream(in);
        metadata_skip(in, metadata_count(in, 1));
        return state;
    default: metadata_fail_tag(in, "an unknown kind of channel state"); return no_state;
    }
}

struct metadata_state metadata_channels(struct metadata_in *in)
{
    struct metadata_state sum = no_state;
    for (int direction = 0; direction < 2; direction++) {
        size_t n = metadata_count(in, 17);
        for (size_t i = 0; i < n && !in->failed; i++)
            metadata_add(&sum, channel(in));
    }
    return sum;
}
