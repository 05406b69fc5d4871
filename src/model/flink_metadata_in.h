/* Inside of the `_metadata` reader: a cursor over the bytes with a sticky failure, and the readers
 * of the parts. After a failure every read gives zero and every loop ends at its next turn, so the
 * callers check once, at the end. */
#pragma once

#include "model/flink_metadata.h"

struct metadata_in {
    struct arena *arena;
    const unsigned char *bytes;
    size_t len;
    size_t at;
    bool failed;
    size_t failed_at;
    struct str why;
    unsigned depth; /* of handles within handles */
    int64_t version;
    struct flink_file *files;
    size_t n_files;
    size_t files_cap;
};

/* Deeper nesting is never written. */
#define METADATA_DEPTH 8U

/* Records the first failure; `why` must live as long as the cursor. */
void metadata_fail(struct metadata_in *in, const char *why);
/* The same, of the tag that was read just now. */
void metadata_fail_tag(struct metadata_in *in, const char *why);
size_t metadata_left(const struct metadata_in *in);
unsigned metadata_u8(struct metadata_in *in);
unsigned metadata_u16(struct metadata_in *in);
int32_t metadata_i32(struct metadata_in *in);
int64_t metadata_i64(struct metadata_in *in);
/* A length or size of 64 bits: negative ones are a failure. */
int64_t metadata_size(struct metadata_in *in);
/* A number of things that take at least `least` (> 0) bytes each. */
size_t metadata_count(struct metadata_in *in, size_t least);
/* The next n bytes, or NULL. */
const unsigned char *metadata_bytes(struct metadata_in *in, size_t n);
void metadata_skip(struct metadata_in *in, size_t n);
/* Java's modified UTF-8 with its length in front. */
struct str metadata_utf(struct metadata_in *in); /* as plain UTF-8, copied */
void metadata_skip_utf(struct metadata_in *in);

/* What a handle holds. */
struct metadata_state {
    int64_t size;
    bool any; /* there is a handle at all, were it one of zero bytes */
};
void metadata_add(struct metadata_state *sum, struct metadata_state part);

struct metadata_state metadata_stream(struct metadata_in *in);
struct metadata_state metadata_keyed(struct metadata_in *in);
/* What comes before and behind the keyed state in a subtask. */
struct metadata_state metadata_operator_state(struct metadata_in *in);
struct metadata_state metadata_channels(struct metadata_in *in);

/* The properties of version 4 and later: one Java-serialized object up to the last byte. */
void metadata_properties(struct metadata_in *in, struct flink_metadata *ret);
