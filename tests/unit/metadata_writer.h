/* Writes `_metadata` files as Flink does, of every version and with every kind of handle, so that
 * no file of Flink's has to be kept. Layouts: MetadataV2V3SerializerBase and its successors. */
#pragma once

#include "base/buf.h"

/* Numbers, big-endian, and Java's strings. */
void put_u8(struct buf *b, unsigned v);
void put_u16(struct buf *b, unsigned v);
void put_i32(struct buf *b, int64_t v);
void put_i64(struct buf *b, int64_t v);
void put_utf(struct buf *b, const char *s);

/* Stream handles. */
void put_inline(struct buf *b, size_t n);
void put_file(struct buf *b, const char *uri, int64_t size);
void put_relative(struct buf *b, const char *path, int64_t size);
void put_segment(struct buf *b, const char *uri, int64_t start, int64_t size);
void put_key_groups_stream(struct buf *b, const char *uri, int64_t size);
void put_empty_segment(struct buf *b);

/* Keyed state by its tag: every layout, with files whose names start with `prefix`. */
void put_keyed(struct buf *b, unsigned tag, const char *prefix);
/* Operator state, tag 4 or 17, of n inline bytes. */
void put_operator_state(struct buf *b, unsigned tag, size_t n);
/* A channel's state of `size` bytes in a file; tag only since version 6 (1 to 4). */
void put_channel(struct buf *b, int version, unsigned tag, const char *uri, int64_t size);

void put_header(struct buf *b, int version, int64_t checkpoint_id, int32_t n_operators);
/* Up to and including the number of subtasks (-1: finished). */
void put_operator(struct buf *b, int version, const char *name, const char *uid,
                  int32_t n_subtasks);
/* The parts of a subtask around its keyed state. */
void put_subtask_begin(struct buf *b, int version, int32_t index);
void put_subtask_end(struct buf *b, int version);

enum properties { PROPERTIES_CHECKPOINT, PROPERTIES_CANONICAL, PROPERTIES_NATIVE };
/* The Java object at the end, since version 4. */
void put_properties(struct buf *b, int version, enum properties kind);

/* One file with everything that the version can hold. Checkpoint id 42. */
void put_everything(struct buf *b, int version);
/* One small whole file: a stateful operator "counter" of two subtasks, inline state of 30 bytes and
 * the files that `refs` writes (as one keyed handle of subtask 0), or none when refs is NULL. */
void put_small(struct buf *b, int version, int64_t checkpoint_id, enum properties kind,
               void (*refs)(struct buf *b, void *arg), void *arg);
