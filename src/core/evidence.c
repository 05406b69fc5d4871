#include "core/evidence.h"

#include "base/uuid.h"
#include "core/pace.h"
#include "model/snapshot_location.h"

static bool needs_checkpoint_directory(const struct attempt *at)
{
    /* Flink deletes the checkpoints of a job that finished; a job never submitted has none. */
    return at->end != END_FINISHED && at->end != END_ABANDONED &&
           at->checkpointing != CHECKPOINTING_OFF;
}

/* As Flink named it, or as it was configured. Empty when neither is known. */
static struct str checkpoint_directory(struct arena *a, const struct core_in *in)
{
    const struct attempt *at = &in->record->current;
    if (at->checkpoint_directory.len || !in->job)
        return at->checkpoint_directory;
    static const struct str keys[] = {{"execution.checkpointing.dir", 27},
                                      {"state.checkpoints.dir", 21}};
    const struct str_map *conf = &in->job->spec.template_.flink_configuration;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < conf->n; i++)
            if (str_eq(conf->items[i].key, keys[k]))
                return arena_fmt(a, "%.*s/%.*s", STR_ARG(conf->items[i].value),
                                 STR_ARG(in->job->status.flink_job_id));
    return (struct str){0};
}

/* The listing of a directory that began after the record was durable. */
static const struct seen_listing *listing(const struct core_in *in, struct str directory)
{
    for (size_t i = 0; i < in->seen->n_listings; i++) {
        const struct seen_listing *l = &in->seen->listings[i];
        if (str_eq(l->directory, directory))
            return l->part.at > 0 && l->part.at >= in->seen->committed_at ? l : NULL;
    }
    return NULL;
}

/* Without it nothing about the attempt's end is known. */
static struct str unlisted_needed(struct arena *a, const struct core_in *in)
{
    const struct attempt *at = &in->record->current;
    const struct trigger_try *tries = at->tries.items;
    for (size_t i = 0; i < at->tries.n; i++) {
        const struct seen_listing *l = listing(in, tries[i].directory);
        /* What was read and recorded while the job ran needs no second witness. */
        if (!l || (l->outcome == OUTCOME_UNKNOWN && !tries[i].settled))
            return tries[i].directory;
    }
    if (!needs_checkpoint_directory(at))
        return (struct str){0};
    struct str directory = checkpoint_directory(a, in);
    const struct seen_listing *l = listing(in, directory);
    return directory.len && (!l || l->outcome == OUTCOME_UNKNOWN) ? directory : (struct str){0};
}

/* A completed savepoint whose number nobody told, nor can its directory be listed: NULL = there is
 * none. That of a stop that ended the job is newer than all else of the attempt. Every directory has
 * its listing by now, if only one that failed (unlisted_needed). */
static const struct trigger_try *unnumbered(const struct core_in *in, size_t from)
{
    const struct attempt *at = &in->record->current;
    const struct trigger_try *tries = at->tries.items;
    for (size_t i = from; i < at->tries.n; i++) {
        const struct seen_listing *l = listing(in, tries[i].directory);
        bool ended = tries[i].stop && at->end == END_FINISHED;
        if (tries[i].settled && !tries[i].checkpoint_id && !ended && l->outcome == OUTCOME_UNKNOWN)
            return &tries[i];
    }
    return NULL;
}

struct str core_unlisted_directory(struct arena *a, const struct core_in *in)
{
    struct str needed = unlisted_needed(a, in);
    const struct trigger_try *try_ = needed.len ? NULL : unnumbered(in, 0);
    return try_ ? try_->directory : needed;
}

static bool in_final_statistics(const struct attempt *at, const struct snapshot_sight *s)
{
    const struct final_checkpoint *f = at->final_checkpoints.items;
    for (size_t i = 0; i < at->final_checkpoints.n; i++)
        if (f[i].id == s->checkpoint_id)
            return true;
    return false;
}

static void add_found(struct end_evidence *e, struct left_behind found)
{
    size_t at = e->n_found++;
    for (; at > 0 && e->found[at - 1].sight->checkpoint_id > found.sight->checkpoint_id; at--)
        e->found[at] = e->found[at - 1];
    e->found[at] = found;
}

static struct end_evidence conflict(struct end_evidence e, struct str text)
{
    e.verdict = EVIDENCE_CONFLICT;
    e.conflict = text;
    return e;
}

/* The newest checkpoint that its JobManager knew must lie in the directory. */
static bool newest_final_is_listed(const struct attempt *at, const struct seen_listing *l)
{
    const struct final_checkpoint *f = at->final_checkpoints.items;
    int64_t newest = 0;
    for (size_t i = 0; i < at->final_checkpoints.n; i++)
        newest = f[i].id > newest ? f[i].id : newest;
    for (size_t i = 0; l && i < l->n; i++)
        if (l->items[i].checkpoint_id == newest)
            return true;
    return newest == 0;
}

/* The lowest that the number of its savepoint can be. */
static int64_t lowest(const struct core_in *in, const struct trigger_try *t)
{
    for (size_t i = 0; i < in->n_savepoints; i++)
        if (str_eq(in->savepoints[i]->metadata.id, t->savepoint_id) &&
            in->savepoints[i]->status.state == SAVEPOINT_COMPLETED)
            return in->savepoints[i]->status.checkpoint_id;
    return INT64_MAX; /* it is deleted, or to be: it is chosen no more */
}

/* What was found may be older or newer than a savepoint without a number. A later try's is newer for
 * certain: it was asked for when the other was complete. */
static struct end_evidence judge_unnumbered(struct arena *a, const struct core_in *in,
                                            struct end_evidence e)
{
    const struct trigger_try *tries = in->record->current.tries.items;
    for (const struct trigger_try *t = unnumbered(in, 0); t;
         t = unnumbered(in, (size_t)(t - tries) + 1))
        for (size_t k = 0; k < e.n_found; k++)
            if (e.found[k].sight->checkpoint_id > lowest(in, t) && !e.found[k].unconfirmed &&
                e.found[k].sight->verified != VERIFIED_BROKEN &&
                !(e.found[k].try_ && e.found[k].try_ > t))
                return conflict(
                    e, arena_fmt(a,
                                 "whether %.*s is newer than the savepoint in %.*s, which "
                                 "cannot be listed, is not known",
                                 STR_ARG(e.found[k].sight->location), STR_ARG(t->directory)));
    return e;
}

static struct end_evidence judge_checkpoints(struct arena *a, const struct core_in *in,
                                             struct end_evidence e)
{
    const struct attempt *at = &in->record->current;
    struct str directory = checkpoint_directory(a, in);
    const struct seen_listing *l = listing(in, directory);
    if (!directory.len && at->checkpointing == CHECKPOINTING_ON)
        return conflict(e, STR("the job took checkpoints, and where is not known"));
    if (l && l->outcome == OUTCOME_REFUSED && at->checkpointing == CHECKPOINTING_ON)
        return conflict(e, arena_fmt(a, "the job took checkpoints, but %.*s does not exist",
                                     STR_ARG(directory)));
    /* Where a job checkpoints may be set in its own code; the configured place proves nothing then. */
    if (at->unwatched && at->checkpointing == CHECKPOINTING_UNKNOWN &&
        (!l || l->outcome == OUTCOME_REFUSED))
        return conflict(e, STR("the job was lost before it was seen where it takes checkpoints"));
    if (!newest_final_is_listed(at, l))
        return conflict(e, arena_fmt(a, "its JobManager named a newer checkpoint than %.*s holds",
                                     STR_ARG(directory)));
    for (size_t i = 0; l && i < l->n; i++)
        add_found(&e, (struct left_behind){.sight = &l->items[i],
                                           .unconfirmed = at->stats_known &&
                                                          !in_final_statistics(at, &l->items[i])});
    return e;
}

/* A user's recorded decision that does without this attempt's snapshots: CANCELLED takes none, and
 * what is to be deleted is never started again. SUSPENDED is no such decision, as it keeps the state. */
static bool is_overruled(const struct core_in *in)
{
    const struct deployment_spec *spec = &in->deployment->spec;
    const struct restore_from *from = &spec->restore_from;
    struct str nonce = from->nonce.len          ? from->nonce
                       : from->savepoint_id.len ? from->savepoint_id
                                                : from->location;
    return in->record->removing || spec->state == DESIRED_CANCELLED ||
           spec->restore_strategy == RESTORE_NONE ||
           (nonce.len && !str_eq(nonce, in->record->used_nonce));
}

struct end_evidence core_end_evidence(struct arena *a, const struct core_in *in)
{
    const struct attempt *at = &in->record->current;
    struct end_evidence e = {.verdict = EVIDENCE_READY};
    struct str missing = unlisted_needed(a, in);
    bool late = in->seen->timer == in->record->timer &&
                in->mono_us - in->seen->timer_since > WAIT_LISTING_US;
    if (!late && core_unlisted_directory(a, in).len)
        return (struct end_evidence){.verdict = EVIDENCE_NONE};
    if (missing.len)
        e = conflict(e, arena_fmt(a, "%.*s cannot be listed", STR_ARG(missing)));
    size_t most = 0;
    for (size_t i = 0; i < in->seen->n_listings; i++)
        most += in->seen->listings[i].n;
    e.found = ARENA_ARRAY(a, struct left_behind, most);
    const struct trigger_try *tries = at->tries.items;
    struct str broken = {0};
    for (size_t i = 0; i < at->tries.n; i++) {
        const struct seen_listing *l = listing(in, tries[i].directory);
        for (size_t k = 0; l && k < l->n; k++) {
            add_found(&e, (struct left_behind){.sight = &l->items[k], .try_ = &tries[i]});
            if (tries[i].stop && l->items[k].verified != VERIFIED_BROKEN)
                e.stopped_by_us = true;
            else if (tries[i].stop && !tries[i].settled)
                broken = l->items[k].text;
        }
    }
    if (e.verdict == EVIDENCE_READY && at->end == END_FINISHED && !e.stopped_by_us && broken.len)
        e = conflict(e, arena_fmt(a,
                                  "the job has finished, and the savepoint of its stop cannot be "
                                  "used: %.*s",
                                  STR_ARG(broken)));
    if (e.verdict == EVIDENCE_READY && needs_checkpoint_directory(at))
        e = judge_checkpoints(a, in, e);
    if (e.verdict == EVIDENCE_READY)
        e = judge_unnumbered(a, in, e);
    if (e.verdict == EVIDENCE_CONFLICT && is_overruled(in)) {
        e.verdict = EVIDENCE_READY;
        e.unread = !in->record->removing;
    }
    return e;
}

/* Flink itself may have restarted the tasks since, from a checkpoint of this very attempt. */
static bool is_own_checkpoint(const struct attempt *at, struct str path)
{
    char job[HEX_ID_TEXT + 1];
    uuid_to_hex(at->job_id, job);
    return str_contains(path, str_of(job));
}

static bool restored_otherwise(const struct attempt *at, const struct flink_checkpoints *c)
{
    if (c->has_restored && is_own_checkpoint(at, c->restored.path))
        return false;
    if (at->source != SOURCE_SNAPSHOT)
        return c->has_restored;
    return !c->has_restored || !snapshot_location_equal(c->restored.path, at->source_location);
}

enum evidence core_running_evidence(const struct core_in *in, bool *ret_mismatch)
{
    const struct attempt *at = &in->record->current;
    const struct seen *seen = in->seen;
    const struct flink_checkpoints *c = &seen->stats;
    *ret_mismatch = false;
    if (seen->stats_part.at == 0 || seen->stats_part.at < seen->committed_at)
        return EVIDENCE_NONE;
    if (c->outcome == OUTCOME_REFUSED)
        return at->checkpointing == CHECKPOINTING_UNKNOWN || at->restored == RESTORED_UNCHECKED
                   ? EVIDENCE_READY
                   : EVIDENCE_NONE;
    if (c->outcome != OUTCOME_DONE)
        return EVIDENCE_NONE;
    bool news = at->checkpointing == CHECKPOINTING_UNKNOWN ||
                (at->checkpoint_directory.len == 0 && c->latest_completed.id > 0 &&
                 !c->latest_completed.is_savepoint && c->latest_completed.path.len) ||
                (!in->record->had_snapshot && c->completed_count > 0);
    if (at->restored == RESTORED_UNCHECKED) {
        news = true;
        *ret_mismatch = restored_otherwise(at, c);
    }
    if (!news)
        return EVIDENCE_NONE;
    return *ret_mismatch ? EVIDENCE_CONFLICT : EVIDENCE_READY;
}

bool core_stop_is_recorded(const struct core_in *in)
{
    const struct attempt *at = &in->record->current;
    const struct trigger_try *tries = at->tries.items;
    for (size_t i = 0; i < at->tries.n; i++)
        for (size_t k = 0; tries[i].stop && k < in->n_savepoints; k++)
            if (str_eq(in->savepoints[k]->metadata.id, tries[i].savepoint_id) &&
                in->savepoints[k]->status.state == SAVEPOINT_COMPLETED)
                return true;
    return false;
}

int64_t core_told_checkpoint(const struct flink_checkpoints *c, struct str location)
{
    if (c->outcome != OUTCOME_DONE)
        return 0;
    if (snapshot_location_equal(c->latest_savepoint.path, location))
        return c->latest_savepoint.id;
    for (size_t i = 0; i < c->n_history; i++)
        if (c->history[i].completed && c->history[i].path.len &&
            snapshot_location_equal(c->history[i].path, location))
            return c->history[i].id;
    return 0;
}

bool core_has_new_restarts(const struct core_in *in)
{
    const struct seen *seen = in->seen;
    bool counts = seen->stats_part.at > 0 && seen->stats_part.at >= seen->committed_at &&
                  seen->stats.outcome != OUTCOME_UNKNOWN;
    return counts && seen->stats.restarts > in->job->status.observed_flink_job_restarts;
}
