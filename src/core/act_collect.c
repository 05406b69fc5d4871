/* Actions of section 300 once nothing of the attempt lives: collect what it left behind. */
#include "base/uuid.h"
#include "core/step_impl.h"

/* The same snapshot of the same job always gets the same id: collecting twice adds nothing. */
static struct str derived_id(struct step *s, int64_t checkpoint_id)
{
    uint64_t h[2] = {0xCBF29CE484222325ULL, 0x84222325CBF29CE4ULL};
    struct str text =
        arena_fmt(s->a, "%.*s/%lld", STR_ARG(s->rec->current.job_id), (long long)checkpoint_id);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < text.len; i++)
            h[k] = (h[k] ^ (uint8_t)text.ptr[i]) * 0x100000001B3ULL;
    char id[UUID_TEXT + 1];
    uint8_t bytes[16];
    for (size_t i = 0; i < 16; i++)
        bytes[i] = (uint8_t)(h[i / 8] >> (i % 8 * 8));
    uuid_format(bytes, id);
    return arena_str(s->a, str_of(id));
}

static void fill(struct step *s, struct savepoint *put, const struct left_behind *found)
{
    bool read = found->sight->verified != VERIFIED_REPORTED;
    put->metadata.type = !read                       ? SAVEPOINT_TYPE_UNKNOWN
                         : found->sight->incremental ? SAVEPOINT_TYPE_INCREMENTAL
                                                     : SAVEPOINT_TYPE_FULL;
    put->spec.savepoint_location = found->sight->location;
    put->status.state = SAVEPOINT_COMPLETED;
    put->status.verified = found->unconfirmed ? VERIFIED_UNCONFIRMED : found->sight->verified;
    put->status.verified_text = found->sight->text;
    put->status.verified_at = read ? s->in->wall_us : 0;
    put->status.attempt = s->rec->current.number;
    put->status.checkpoint_id = found->sight->checkpoint_id;
    put->status.sequence = ++s->rec->sequence;
    put->status.size_bytes = found->sight->size_bytes;
    put->status.metadata_version = found->sight->metadata_version;
    put->status.state_taken_at = found->sight->modified_at;
    s->rec->had_snapshot = true;
}

void step_register_snapshot(struct step *s, const struct left_behind *found,
                            enum savepoint_origin origin)
{
    struct str id = derived_id(s, found->sight->checkpoint_id);
    if (step_find_savepoint(s, id))
        return;
    struct savepoint *put = step_put_savepoint(s, NULL);
    put->metadata = (struct savepoint_metadata){
        .id = id,
        .namespace_name = s->in->deployment->metadata.namespace_name,
        .deployment_id = s->in->deployment->metadata.id,
        .job_id = s->rec->current.job_id,
        .origin = (int)origin,
        .created_at = s->in->wall_us,
        .modified_at = s->in->wall_us,
        .annotations = step_version_annotation(s),
    };
    put->spec.flink_savepoint_id = STR("00000000-0000-0000-0000-000000000000");
    fill(s, put, found);
}

/* The newest that its directory holds, and that can be used. */
static const struct left_behind *left_by(const struct end_evidence *e, const struct trigger_try *t)
{
    const struct left_behind *best = NULL;
    for (size_t k = 0; k < e->n_found; k++)
        if (e->found[k].try_ == t && e->found[k].sight->verified != VERIFIED_BROKEN)
            best = &e->found[k];
    return best;
}

/* Its result was never read, or only Flink told of it and storage can be read now. */
static bool is_open(const struct savepoint *row, const struct left_behind *left)
{
    bool unread = row->status.state == SAVEPOINT_STARTED || row->status.state == SAVEPOINT_FAILED;
    bool told =
        row->status.state == SAVEPOINT_COMPLETED && row->status.verified == VERIFIED_REPORTED;
    return unread || (left && told);
}

/* The directory of a try has the last word. */
static void settle_try(struct step *s, const struct end_evidence *e, const struct trigger_try *t)
{
    const struct savepoint *old = step_find_savepoint(s, t->savepoint_id);
    const struct left_behind *left = left_by(e, t);
    if (!old || !is_open(old, left))
        return;
    struct savepoint *put = step_put_savepoint(s, old);
    if (left) {
        fill(s, put, left);
        if (old->status.state != SAVEPOINT_COMPLETED)
            step_event(s, "TRANSITIONED_TO_COMPLETED", "Savepoint %.*s was found complete in %.*s",
                       STR_ARG(put->metadata.id), STR_ARG(t->directory));
        return;
    }
    put->status.state = SAVEPOINT_FAILED;
    put->status.failure_message =
        e->unread ? STR("the job ended, and whether it left a complete savepoint was not read")
                  : STR("the job ended and left no complete savepoint");
    put->status.failed_at = s->in->wall_us;
}

/* Where its directory cannot be listed: a savepoint that ended the job is newer than every try before
 * it, also than what of those is found complete only now (invariant 3). */
static void keep_stop_newest(struct step *s, const struct trigger_try *stop, int64_t before)
{
    const struct savepoint *old = step_find_savepoint(s, stop->savepoint_id);
    if (!old || old->status.state != SAVEPOINT_COMPLETED ||
        old->status.verified != VERIFIED_REPORTED || stop->checkpoint_id)
        return;
    struct savepoint *put = step_put_savepoint(s, old);
    if (put->status.checkpoint_id < before)
        put->status.checkpoint_id = before;
    put->status.sequence = ++s->rec->sequence;
}

static void settle_tries(struct step *s, const struct end_evidence *e)
{
    const struct trigger_try *tries = s->rec->current.tries.items;
    bool finished = s->rec->current.end == END_FINISHED;
    int64_t before = 0; /* the highest checkpoint of the tries so far */
    for (size_t i = 0; i < s->rec->current.tries.n; i++) {
        const struct left_behind *left = left_by(e, &tries[i]);
        settle_try(s, e, &tries[i]);
        if (finished && tries[i].stop && !left)
            keep_stop_newest(s, &tries[i], before);
        if (left && left->sight->checkpoint_id > before)
            before = left->sight->checkpoint_id;
    }
}

static void collect_checkpoints(struct step *s, const struct end_evidence *e)
{
    enum { MOST = 100 };
    size_t first = e->n_found > MOST ? e->n_found - MOST : 0;
    size_t n = 0;
    for (size_t k = first; k < e->n_found; k++) {
        if (e->found[k].try_)
            continue;
        step_register_snapshot(s, &e->found[k], ORIGIN_RETAINED_CHECKPOINT);
        n++;
        if (e->found[k].unconfirmed || e->found[k].sight->verified == VERIFIED_BROKEN)
            step_event(s, "RETAINED_CHECKPOINT_LEFT_OUT", "%.*s is not chosen by itself: %.*s",
                       STR_ARG(e->found[k].sight->location),
                       STR_ARG(e->found[k].unconfirmed
                                   ? STR("its JobManager did not name it as completed")
                                   : e->found[k].sight->text));
    }
    if (n)
        step_event(s, "RETAINED_CHECKPOINTS_COLLECTED",
                   "%d retained checkpoint%s of attempt %d found", (int)n, n == 1 ? "" : "s",
                   (int)s->rec->current.number);
}

static void finish_job_row(struct step *s, bool finished)
{
    struct job *job = step_put_job(s);
    job->status.state = finished                        ? JOB_FINISHED
                        : job->status.failure.failed_at ? JOB_FAILED
                                                        : JOB_TERMINATED;
    job->status.rest_url = (struct str){0};
    job->metadata.terminated_at = s->in->wall_us;
}

/* Desired SUSPENDED or CANCELLED is reached once nothing of the job is left. */
static void complete_stop(struct step *s)
{
    if (s->in->deployment->spec.state == DESIRED_RUNNING)
        return;
    step_event(s, "STATE_TRANSITION_IS_COMPLETED", "The Deployment is %s",
               s->in->deployment->spec.state == DESIRED_SUSPENDED ? "SUSPENDED" : "CANCELLED");
    s->rec->operation = (struct operation){0};
}

/* It went on from what spec.restoreFrom named, though it was never seen up: naming it once must not
 * rewind what it did since. */
static void use_restore_from(struct step *s, const struct end_evidence *e)
{
    bool went_on = false;
    for (size_t k = 0; k < e->n_found; k++)
        went_on =
            went_on || (!e->found[k].unconfirmed && e->found[k].sight->verified != VERIFIED_BROKEN);
    if (went_on && s->rec->current.up_at == 0)
        step_restored_from(s);
}

/* Nobody needs the rest now; who does later has it read then. */
static void keep_unread(struct step *s, struct str why)
{
    struct record *r = s->rec;
    struct attempt kept = r->current;
    kept.reopened = true;
    if (r->unread.n == RECORD_UNREAD) {
        struct attempt *all = r->unread.items;
        r->unread_lost = all[0].number > r->unread_lost ? all[0].number : r->unread_lost;
        r->unread = (struct list){all + 1, r->unread.n - 1};
    }
    /* The newest: what was read once more was the last of them. */
    step_append(s, &r->unread, sizeof(kept), &kept);
    step_event(s, "SNAPSHOTS_LEFT_UNREAD",
               "What attempt %d left behind is not read, as nobody asks for it now: %.*s",
               (int)kept.number, STR_ARG(why));
}

void act_reopen(struct step *s)
{
    struct choice c = core_choose(s->a, s->in, false);
    struct record *r = s->rec;
    r->current = *c.unread;
    r->unread.n--; /* it is the last of them */
    step_event(s, "READING_AN_ATTEMPT_THAT_IS_OVER",
               "What attempt %d left behind was never read, and may be the newest",
               (int)r->current.number);
    step_restart_timer(s);
}

/* A stop of ours was posted, and what became of it is left unread. */
static bool may_be_stopped_by_us(const struct step *s, const struct end_evidence *e)
{
    const struct trigger_try *tries = s->rec->current.tries.items;
    for (size_t i = 0; e->unread && i < s->rec->current.tries.n; i++)
        if (tries[i].stop && !tries[i].settled)
            return true;
    return false;
}

static bool finished_by_itself(const struct step *s, const struct end_evidence *e)
{
    return s->rec->current.end == END_FINISHED && !e->stopped_by_us &&
           !core_stop_is_recorded(s->in) && !may_be_stopped_by_us(s, e);
}

void act_collect(struct step *s)
{
    struct end_evidence e = core_end_evidence(s->a, s->in);
    struct attempt *at = &s->rec->current;
    use_restore_from(s, &e);
    bool finished = finished_by_itself(s, &e);
    settle_tries(s, &e);
    collect_checkpoints(s, &e);
    if (e.unread)
        keep_unread(s, e.conflict);
    /* What is read once more was over long ago. */
    finished = finished && !at->reopened;
    if (!at->reopened)
        finish_job_row(s, finished);
    at->phase = finished ? PHASE_DONE : PHASE_NONE;
    if (finished) {
        step_event(s, "TRANSITIONED_TO_FINISHED_STATE", "The job finished by itself");
        s->rec->operation = (struct operation){0};
    }
    step_restart_timer(s);
    complete_stop(s);
}

void act_block_evidence(struct step *s)
{
    struct end_evidence e = core_end_evidence(s->a, s->in);
    /* Every write makes the listings before it old ones. That they are awaited again is no news: to
     * write it down would have them awaited again for ever. */
    bool is_said = str_eq(s->rec->gave_up, STR("BLOCKED_STATE_NOT_ESTABLISHED"));
    if (!is_said || !core_unlisted_directory(s->a, s->in).len)
        step_give_up(s, "BLOCKED_STATE_NOT_ESTABLISHED", e.conflict);
}
