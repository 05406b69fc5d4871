#include "metadata_writer.h"
#include "model/flink_metadata.h"
#include "model/savepoint.h"
#include "wire.h"

enum { VERSION = 4 };

/* Cut at a place of its own: its magic, a handle, the properties. */
static void cut(struct buf *b, struct str location)
{
    size_t at = location.len * 7919 % b->len;
    b->len = at;
}

static void read_one(struct arena *a, struct snapshot_sight *s)
{
    struct flink_metadata m;
    struct err e = {0};
    struct buf b = {0};
    put_small(&b, VERSION, s->checkpoint_id,
              s->incremental ? PROPERTIES_CHECKPOINT : PROPERTIES_CANONICAL, NULL, NULL);
    if (s->verified == VERIFIED_BROKEN)
        cut(&b, s->location);
    s->verified = VERIFIED_BROKEN;
    s->checkpoint_id = s->metadata_version = s->size_bytes = 0;
    if (flink_metadata_read(a, buf_str(&b), &m, &e) == 0) {
        s->verified = VERIFIED_FULL;
        s->checkpoint_id = m.checkpoint_id;
        s->metadata_version = m.version;
        s->size_bytes = m.size;
    } else {
        s->text = arena_str(a, str_of(e.text));
    }
    buf_fini(&b);
}

void wire_read_metadata(struct arena *a, struct snapshot_sight *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        read_one(a, &items[i]);
}
