/* Snapshots that a user names: whether they can be used, and where they stand in the lineage. */
#include "api/write.h"

int register_check_location(struct str location, struct str pointer, struct err *e)
{
    enum { MOST = 4096 };
    if (location.len == 0 || location.len > MOST)
        return err_at(e, ERR_INVALID, pointer, "the location must have 1 to %d bytes", MOST);
    for (size_t i = 0; i < location.len; i++)
        if ((unsigned char)location.ptr[i] < 0x20 || location.ptr[i] == 0x7f)
            return err_at(e, ERR_INVALID, pointer, "the location has a control character");
    return 0;
}

int register_fail_going(struct str pointer, struct err *e)
{
    return err_at(e, ERR_CONFLICT, pointer, "what lies there is being deleted as a Savepoint");
}

int register_snapshot(struct arena *a, const struct named_snapshot *named, struct savepoint *ret,
                      struct err *e)
{
    const struct snapshot_sight *sight = named->sight;
    struct str location = named->location;
    struct str text = named->text;
    enum outcome outcome = named->outcome;
    struct str pointer = named->pointer;
    bool read = outcome == OUTCOME_DONE;
    if (outcome == OUTCOME_REFUSED)
        return err_at(e, ERR_INVALID, pointer, "there is no snapshot at %.*s: %.*s",
                      STR_ARG(str_take(location, 200)), STR_ARG(str_take(text, 200)));
    if (read && sight->verified == VERIFIED_BROKEN)
        return err_at(e, ERR_INVALID, pointer, "the snapshot at %.*s cannot be used: %.*s",
                      STR_ARG(str_take(location, 200)), STR_ARG(str_take(sight->text, 200)));
    *ret = (struct savepoint){0};
    ret->metadata.origin = ORIGIN_COPIED;
    ret->metadata.type = !read                ? SAVEPOINT_TYPE_UNKNOWN
                         : sight->incremental ? SAVEPOINT_TYPE_INCREMENTAL
                                              : SAVEPOINT_TYPE_FULL;
    ret->spec.savepoint_location = arena_str(a, location);
    ret->spec.flink_savepoint_id = STR("00000000-0000-0000-0000-000000000000");
    ret->status.state = SAVEPOINT_COMPLETED;
    ret->status.verified = read ? sight->verified : VERIFIED_REPORTED;
    ret->status.verified_text = arena_str(a, read ? sight->text : text);
    ret->status.size_bytes = read ? sight->size_bytes : 0;
    ret->status.metadata_version = read ? sight->metadata_version : 0;
    ret->status.state_taken_at = read ? sight->modified_at : 0;
    return 0;
}

static int64_t most(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

void register_place(const struct entry *e, struct savepoint *s)
{
    s->status.attempt = s->status.checkpoint_id = 0;
    s->status.sequence = 1;
    if (!e)
        return;
    const struct record *r = entry_record(e);
    const struct final_checkpoint *final = r->current.final_checkpoints.items;
    int64_t head = record_head(r);
    int64_t newest = 0;
    /* Until its restore was checked by them, what was seen are the statistics of an older attempt. */
    bool own = r->current.number == head && r->current.restored != RESTORED_UNCHECKED;
    if (own && e->seen.stats_part.at > 0 && e->seen.stats.outcome == OUTCOME_DONE)
        newest = e->seen.stats.latest_completed.id;
    for (size_t i = 0; i < r->current.final_checkpoints.n; i++)
        newest = most(newest, final[i].id);
    for (size_t i = 0; i < e->n_savepoints; i++) {
        const struct savepoint *old = e->savepoints[i]->value;
        if (old->status.attempt == head)
            newest = most(newest, old->status.checkpoint_id);
    }
    s->status.attempt = head;
    s->status.checkpoint_id = newest;
    s->status.sequence = r->sequence + 1;
}
