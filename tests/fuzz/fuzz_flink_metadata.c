/* The `_metadata` reader, from files of every version. What it takes for whole must not be whole
 * any more when its last byte is gone, and memory stays in proportion to the input. */
#include "fuzz.h"
#include "metadata_writer.h"
#include "model/flink_metadata.h"

static bool is_whole(struct str bytes)
{
    struct arena *a = arena_new();
    struct flink_metadata m;
    struct err e = {0};
    bool whole = flink_metadata_read(a, bytes, &m, &e) == 0;
    FUZZ_RULE(arena_used(a) <= 4096 + 64 * bytes.len);
    if (whole) {
        FUZZ_RULE(m.version >= FLINK_METADATA_OLDEST && m.version <= FLINK_METADATA_NEWEST);
        FUZZ_RULE(m.size >= 0 && m.checkpoint_id >= 0);
        for (size_t i = 0; i < m.n_files; i++)
            FUZZ_RULE(m.files[i].size >= 0 && m.files[i].path.ptr[m.files[i].path.len] == '\0');
    } else {
        FUZZ_RULE(e.code == ERR_MALFORMED && e.text[0] != '\0');
    }
    arena_free(a);
    return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str all = {(const char *)bytes, n};
    if (is_whole(all))
        FUZZ_RULE(!is_whole(str_take(all, n - 1)));
    return 0;
}

void fuzz_seeds(void)
{
    for (int version = FLINK_METADATA_OLDEST; version <= FLINK_METADATA_NEWEST; version++) {
        struct buf everything = {0};
        struct buf small = {0};
        put_everything(&everything, version);
        put_small(&small, version, 7, PROPERTIES_CHECKPOINT, NULL, NULL);
        fuzz_add_seed(buf_str(&everything));
        fuzz_add_seed(buf_str(&small));
        buf_fini(&everything);
        buf_fini(&small);
    }
}
