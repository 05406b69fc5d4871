/* The frame of `_metadata`: header, master states, operators, and what must stand at the end. */
#include "model/flink_metadata_in.h"

#include <stdlib.h>

#define MAGIC        0x4960672DU
#define MASTER_MAGIC 0xC96B1696U
/* Flink's upper bound of the maximum parallelism. */
#define MOST_SUBTASKS 32768

static void skip_master_states(struct metadata_in *in)
{
    size_t n = metadata_count(in, 9);
    for (size_t i = 0; i < n && !in->failed; i++) {
        if ((uint32_t)metadata_i32(in) != MASTER_MAGIC)
            metadata_fail(in, "a master state does not start as one");
        metadata_skip(in, metadata_count(in, 1));
    }
}

static struct metadata_state read_subtask(struct metadata_in *in)
{
    if (in->version == 2) {
        metadata_skip(in, 8); /* duration */
        if (metadata_i32(in) != 0)
            metadata_fail(in, "it holds legacy operator state, which no supported Flink reads");
    }
    struct metadata_state sum = metadata_operator_state(in);
    metadata_add(&sum, metadata_keyed(in)); /* managed */
    metadata_add(&sum, metadata_keyed(in)); /* raw */
    if (in->version >= 3)
        metadata_add(&sum, metadata_channels(in));
    return sum;
}

static void read_subtasks(struct metadata_in *in, struct flink_operator *op)
{
    int32_t n = metadata_i32(in);
    if (n < 0 && in->version >= 3) {
        op->finished = true;
        return;
    }
    if (n < 0 || n > MOST_SUBTASKS || (size_t)n > metadata_left(in) / 4) {
        metadata_fail(in, "the number of subtasks cannot be");
        return;
    }
    op->subtasks = ARENA_ARRAY(in->arena, struct flink_subtask, (size_t)n);
    struct metadata_state sum = {op->size, op->has_state};
    for (int32_t i = 0; i < n && !in->failed; i++) {
        struct flink_subtask *s = &op->subtasks[op->n_subtasks++];
        s->index = metadata_i32(in);
        if (s->index < 0 && in->version >= 3) {
            s->index = -(s->index + 1);
            s->finished = true;
            continue;
        }
        struct metadata_state state = read_subtask(in);
        s->size = state.size;
        metadata_add(&sum, state);
    }
    op->size = sum.size;
    op->has_state = sum.any;
}

/* Stream handle that Flink accepts here only inline or absent. */
static struct metadata_state read_coordinator(struct metadata_in *in)
{
    if (metadata_left(in) > 0 && in->bytes[in->at] > 1)
        metadata_fail(in, "the coordinator's state is of a kind that cannot stand here");
    return metadata_stream(in);
}

static void read_operator(struct metadata_in *in, struct flink_operator *op)
{
    static const char hex[] = "0123456789abcdef";
    if (in->version >= 5) {
        op->name = metadata_utf(in);
        op->uid = metadata_utf(in);
    }
    const unsigned char *id = metadata_bytes(in, 16);
    for (size_t i = 0; id && i < 16; i++) {
        op->id[2 * i] = hex[id[i] >> 4];
        op->id[2 * i + 1] = hex[id[i] & 15];
    }
    op->parallelism = metadata_i32(in);
    op->max_parallelism = metadata_i32(in);
    if (in->version == 2) {
        metadata_skip(in, 4); /* length of the chain */
    } else {
        struct metadata_state state = read_coordinator(in);
        op->size = state.size;
        op->has_state = state.any;
    }
    read_subtasks(in, op);
}

static int by_path(const void *x, const void *y)
{
    const struct flink_file *a = x;
    const struct flink_file *b = y;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return str_cmp(a->path, b->path);
}

/* Channels, key groups and merged files name the same file many times. */
static void unite_files(struct metadata_in *in, struct flink_metadata *m)
{
    if (!in->files)
        return;
    if (in->n_files > 1)
        qsort(in->files, in->n_files, sizeof(*in->files), by_path);
    for (size_t i = 0; i < in->n_files; i++) {
        struct flink_file *last = m->n_files ? &in->files[m->n_files - 1] : NULL;
        if (!last || by_path(last, &in->files[i]) != 0)
            in->files[m->n_files++] = in->files[i];
        else if (in->files[i].size > last->size)
            last->size = in->files[i].size;
    }
    m->files = in->files;
}

static void read_operators(struct metadata_in *in, struct flink_metadata *m)
{
    size_t least = in->version >= 5 ? 33 : in->version >= 3 ? 29 : 32;
    size_t n = metadata_count(in, least);
    m->operators = ARENA_ARRAY(in->arena, struct flink_operator, n);
    struct metadata_state sum = {0, false};
    for (size_t i = 0; i < n && !in->failed; i++) {
        struct flink_operator *op = &m->operators[m->n_operators++];
        read_operator(in, op);
        metadata_add(&sum, (struct metadata_state){op->size, op->has_state});
    }
    m->size = sum.size;
}

static void read_file(struct metadata_in *in, struct flink_metadata *m)
{
    if ((uint32_t)metadata_i32(in) != MAGIC)
        metadata_fail(in, "it is not a snapshot's metadata");
    m->version = in->version = metadata_i32(in);
    if (in->version > FLINK_METADATA_NEWEST)
        metadata_fail(in, "a newer Flink wrote it, in a version that is not known here");
    if (in->version < FLINK_METADATA_OLDEST)
        metadata_fail(in, "its version is too old for any supported Flink");
    m->checkpoint_id = metadata_size(in);
    skip_master_states(in);
    read_operators(in, m);
    if (in->version >= 4)
        metadata_properties(in, m);
    if (metadata_left(in) > 0)
        metadata_fail(in, "more follows behind its end");
    unite_files(in, m);
}

int flink_metadata_read(struct arena *a, struct str bytes, struct flink_metadata *ret,
                        struct err *e)
{
    struct metadata_in in = {
        .arena = a, .bytes = (const unsigned char *)bytes.ptr, .len = bytes.len};
    struct flink_metadata m = {0};
    read_file(&in, &m);
    if (in.failed)
        return err_set(e, ERR_MALFORMED, "_metadata is damaged: %.*s, at byte %zu of %zu",
                       STR_ARG(in.why), in.failed_at, in.len);
    *ret = m;
    return 0;
}
