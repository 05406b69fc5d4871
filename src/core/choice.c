#include "core/choice.h"

#include "base/timefmt.h"
#include "model/flinkver.h"
#include "model/snapshot_location.h"

int savepoint_order(const struct savepoint *x, const struct savepoint *y)
{
    const int64_t a[] = {x->status.attempt, x->status.checkpoint_id, x->status.sequence};
    const int64_t b[] = {y->status.attempt, y->status.checkpoint_id, y->status.sequence};
    for (size_t i = 0; i < 3; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

bool savepoint_is_usable(const struct savepoint *s)
{
    return s->status.state == SAVEPOINT_COMPLETED && s->status.verified != VERIFIED_BROKEN &&
           s->status.verified != VERIFIED_UNCONFIRMED;
}

int64_t core_target_version(const struct core_in *in)
{
    const struct record *r = in->record;
    bool keeps = in->deployment->spec.upgrade_strategy == UPGRADE_NONE &&
                 r->operation.kind == OPERATION_RECOVER && in->last_job;
    return keeps ? r->operation.to_spec_version : r->spec_version;
}

const struct job_template *core_target_template(const struct core_in *in)
{
    return core_target_version(in) == in->record->spec_version
               ? &in->deployment->spec.template_.spec
               : &in->last_job->spec.template_;
}

const struct attempt *core_recorded_jars(const struct core_in *in)
{
    const struct attempt *at = &in->record->current;
    const struct artifact *wanted = &core_target_template(in)->artifact;
    bool same = in->record->operation.kind == OPERATION_RECOVER &&
                at->spec_version == core_target_version(in) && at->artifact_sha256.len > 0 &&
                at->dependency_sha256s.n == wanted->additional_dependencies.n;
    return same ? at : NULL;
}

/* Behind the point that an explicit restore went back to. Imports made since are not. */
static bool is_behind(const struct record *r, const struct savepoint *s)
{
    return r->floor_attempt > 0 && s->status.attempt < r->floor_attempt &&
           s->status.sequence <= r->floor_sequence &&
           !str_eq(s->metadata.id, r->floor_savepoint_id);
}

static bool is_too_old(const struct core_in *in, const struct savepoint *s)
{
    int64_t most = in->deployment->spec.max_state_age.us;
    return most > 0 && s->status.state_taken_at > 0 &&
           in->wall_us - s->status.state_taken_at > most;
}

/* The nonce, or what it names when the user gave none: the same value again does nothing. */
static struct str restore_nonce(const struct restore_from *from)
{
    if (from->nonce.len)
        return from->nonce;
    return from->savepoint_id.len ? from->savepoint_id : from->location;
}

bool core_restore_from_is_due(const struct core_in *in)
{
    struct str nonce = restore_nonce(&in->deployment->spec.restore_from);
    return nonce.len && !str_eq(nonce, in->record->used_nonce);
}

static bool is_named(const struct restore_from *from, const struct savepoint *s)
{
    return from->savepoint_id.len
               ? str_eq(s->metadata.id, from->savepoint_id)
               : snapshot_location_equal(s->spec.savepoint_location, from->location);
}

/* Why it cannot be considered at all; REJECT_OLDER = it can, unless something newer can too. */
static enum reject judge(const struct core_in *in, const struct savepoint *s)
{
    const struct deployment_spec *spec = &in->deployment->spec;
    if (s->status.state != SAVEPOINT_COMPLETED)
        return REJECT_NOT_COMPLETED;
    if (core_restore_from_is_due(in))
        return is_named(&spec->restore_from, s) ? REJECT_OLDER : REJECT_NOT_NAMED;
    if (spec->restore_strategy == RESTORE_NONE)
        return REJECT_STRATEGY;
    if (spec->restore_strategy == RESTORE_LATEST_SAVEPOINT &&
        s->metadata.origin == ORIGIN_RETAINED_CHECKPOINT)
        return REJECT_STRATEGY;
    if (s->status.verified == VERIFIED_UNCONFIRMED)
        return REJECT_UNCONFIRMED;
    return is_behind(in->record, s) ? REJECT_BEHIND : REJECT_OLDER;
}

/* The newest eligible one, broken or not: a broken newest blocks, it is never skipped. */
static const struct savepoint *newest(const struct core_in *in)
{
    const struct savepoint *best = NULL;
    for (size_t i = 0; i < in->n_savepoints; i++) {
        const struct savepoint *s = in->savepoints[i];
        if (judge(in, s) == REJECT_OLDER && (!best || savepoint_order(s, best) > 0))
            best = s;
    }
    return best;
}

/* A user's write asked for the start that is under way, and for one that takes no savepoint first. */
static bool start_was_asked(const struct core_in *in)
{
    const struct operation *o = &in->record->operation;
    return o->by_user && !(o->kind == OPERATION_UPGRADE &&
                           in->deployment->spec.upgrade_strategy == UPGRADE_STATEFUL);
}

bool core_edit_decides_state(const struct core_in *in)
{
    const struct record *r = in->record;
    bool runs = r->current.phase == PHASE_SUBMITTED || r->current.phase == PHASE_UP;
    return runs || r->operation.kind == OPERATION_NONE || start_was_asked(in);
}

/* Whether starting empty needs nobody's further word (invariant 4). */
static bool may_start_empty(const struct core_in *in)
{
    const struct record *r = in->record;
    if (in->deployment->spec.require_state)
        return false;
    return start_was_asked(in) || !r->had_snapshot;
}

static struct choice choose_empty(const struct core_in *in)
{
    const struct deployment_spec *spec = &in->deployment->spec;
    if (spec->restore_strategy == RESTORE_NONE)
        return (struct choice){.kind = PICK_EMPTY,
                               .reason = STR("restore strategy NONE starts empty")};
    if (may_start_empty(in))
        return (struct choice){.kind = PICK_EMPTY,
                               .reason = in->record->had_snapshot
                                             ? STR("no eligible snapshot exists; the user's write "
                                                   "asked for this start")
                                             : STR("no completed snapshot of any kind was "
                                                   "ever seen")};
    return (struct choice){.kind = PICK_FORBIDDEN,
                           .reason = spec->require_state
                                         ? STR("requireState is set and there is no eligible "
                                               "snapshot")
                                         : STR("there was state, and no eligible snapshot of it "
                                               "is known")};
}

/* When it was recorded it could not be read; it was looked at since, and now it can. */
static bool is_whole_by_now(const struct core_in *in, const struct savepoint *s)
{
    const struct seen_snapshot *seen = &in->seen->snapshot;
    return seen->outcome == OUTCOME_DONE && seen->sight.verified != VERIFIED_BROKEN &&
           snapshot_location_equal(seen->location, s->spec.savepoint_location);
}

static struct choice choose_snapshot(struct arena *a, const struct core_in *in,
                                     const struct savepoint *s)
{
    struct choice c = {.savepoint = s};
    struct str version = core_target_template(in)->artifact.flink_version;
    struct flink_version to;
    if (s->status.verified == VERIFIED_BROKEN && !is_whole_by_now(in, s)) {
        c.kind = PICK_BAD;
        c.reason = arena_fmt(a, "the newest eligible snapshot cannot be used: %.*s",
                             STR_ARG(s->status.verified_text));
    } else if (flink_version_parse(version, &to) &&
               flink_can_read(NULL, to, s->status.metadata_version) == FLINK_CANNOT_READ) {
        c.kind = PICK_BAD;
        c.reason = arena_fmt(a, "Flink %.*s cannot read a snapshot of format %d", STR_ARG(version),
                             (int)s->status.metadata_version);
    } else if (is_too_old(in, s)) {
        c.kind = PICK_FORBIDDEN;
        c.reason = STR("the newest eligible snapshot is older than maxStateAge");
    } else {
        c.kind = PICK_SNAPSHOT;
        c.reason = in->deployment->spec.restore_strategy == RESTORE_LATEST_SAVEPOINT
                       ? STR("the newest completed savepoint")
                       : STR("the newest completed snapshot");
    }
    return c;
}

static enum reject explain_one(const struct core_in *in, const struct choice *c,
                               const struct savepoint *s)
{
    enum reject why = judge(in, s);
    if (why != REJECT_OLDER || s != c->savepoint)
        return why;
    if (c->kind == PICK_SNAPSHOT)
        return REJECT_CHOSEN;
    if (c->kind == PICK_FORBIDDEN)
        return REJECT_TOO_OLD;
    return s->status.verified == VERIFIED_BROKEN ? REJECT_BROKEN : REJECT_UNREADABLE;
}

static void explain_all(struct arena *a, const struct core_in *in, struct choice *c)
{
    c->candidates = ARENA_ARRAY(a, struct candidate, in->n_savepoints);
    for (size_t i = 0; i < in->n_savepoints; i++) {
        const struct savepoint *s = in->savepoints[i];
        size_t at = c->n_candidates++;
        for (; at > 0 && savepoint_order(c->candidates[at - 1].savepoint, s) < 0; at--)
            c->candidates[at] = c->candidates[at - 1];
        c->candidates[at] = (struct candidate){s, explain_one(in, c, s)};
    }
}

/* What an attempt left behind may be newer than `best`. An import counts from its registration, and
 * what lies behind an explicit restore counts no more. */
static bool may_be_newer(const struct record *r, int64_t attempt, const struct savepoint *best)
{
    if (attempt < r->floor_attempt)
        return false;
    return !best || best->status.attempt < attempt ||
           (best->status.attempt == attempt && best->metadata.origin != ORIGIN_COPIED);
}

/* Restore NONE and restoreFrom do without what could not be read; whoever wants the newest again
 * must know it first (invariant 3). */
static bool newest_is_unknown(struct arena *a, const struct core_in *in,
                              const struct savepoint *best, struct choice *ret)
{
    const struct record *r = in->record;
    const struct attempt *unread = r->unread.items;
    const struct attempt *last = r->unread.n ? &unread[r->unread.n - 1] : NULL;
    if (in->deployment->spec.restore_strategy == RESTORE_NONE || core_restore_from_is_due(in))
        return false;
    bool lost = r->unread_lost > 0 && may_be_newer(r, r->unread_lost, best);
    bool to_read = last && may_be_newer(r, last->number, best);
    if (!lost && !to_read)
        return false;
    *ret = (struct choice){
        .kind = PICK_BAD,
        .unread = to_read ? last : NULL,
        .reason = arena_fmt(a, "what attempt %d left behind was never read, and may be newer",
                            (int)(to_read ? last->number : r->unread_lost)),
    };
    return true;
}

static struct choice choose_known(struct arena *a, const struct core_in *in,
                                  const struct savepoint *best)
{
    if (best)
        return choose_snapshot(a, in, best);
    if (core_restore_from_is_due(in))
        return (struct choice){.kind = PICK_BAD,
                               .reason = STR("spec.restoreFrom names no completed snapshot")};
    return choose_empty(in);
}

struct choice core_choose(struct arena *a, const struct core_in *in, bool explain)
{
    const struct savepoint *best = newest(in);
    struct choice c;
    if (!newest_is_unknown(a, in, best, &c))
        c = choose_known(a, in, best);
    if (core_restore_from_is_due(in)) {
        c.restore_nonce = restore_nonce(&in->deployment->spec.restore_from);
        if (c.kind == PICK_SNAPSHOT)
            c.reason = STR("spec.restoreFrom names it");
    }
    if (explain)
        explain_all(a, in, &c);
    return c;
}

const char *reject_name(enum reject r)
{
    static const char *const names[] = {
        [REJECT_CHOSEN] = "CHOSEN",
        [REJECT_OLDER] = "OLDER",
        [REJECT_NOT_COMPLETED] = "NOT_COMPLETED",
        [REJECT_STRATEGY] = "STRATEGY",
        [REJECT_UNCONFIRMED] = "UNCONFIRMED",
        [REJECT_BROKEN] = "BROKEN",
        [REJECT_BEHIND] = "BEHIND",
        [REJECT_NOT_NAMED] = "NOT_NAMED",
        [REJECT_UNREADABLE] = "UNREADABLE",
        [REJECT_TOO_OLD] = "TOO_OLD",
    };
    return names[r];
}
