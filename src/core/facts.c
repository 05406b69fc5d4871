/* From (record, seen, now) to facts. What was seen counts only if the look began after the record
 * was durable, and, where it is about the job, if the very process of the intent answered. */
#include "core/facts.h"

#include "core/choice.h"
#include "core/evidence.h"
#include "core/facts_impl.h"
#include "core/pace.h"
#include "model/flinkver.h"
#include "model/snapshot_location.h"

bool facts_are_fresh(const struct core_in *in, const struct seen_part *part)
{
    return part->at > 0 && part->at >= in->seen->committed_at &&
           in->mono_us - part->at <= SIGHT_FRESH_US;
}

int64_t facts_since_timer(const struct core_in *in)
{
    return in->seen->timer == in->record->timer ? in->mono_us - in->seen->timer_since : 0;
}

int64_t facts_since_chance(const struct core_in *in)
{
    const struct seen *seen = in->seen;
    bool noticed = seen->chance_since > 0 && seen->chance == in->record->chance;
    return noticed ? in->mono_us - seen->chance_since : 0;
}

static enum want want_of(const struct core_in *in)
{
    switch ((enum desired_state)in->deployment->spec.state) {
    case DESIRED_SUSPENDED: return WANT_SUSPEND;
    case DESIRED_CANCELLED: return WANT_CANCEL;
    case DESIRED_UNSET:
    case DESIRED_RUNNING:
    default: return WANT_RUN;
    }
}

/* A finished job belongs to its spec version: anything newer makes it "no attempt". */
static enum phase phase_of(const struct core_in *in)
{
    const struct attempt *at = &in->record->current;
    if (at->phase == PHASE_DONE &&
        (want_of(in) != WANT_RUN || at->spec_version != in->record->spec_version))
        return PHASE_NONE;
    return (enum phase)at->phase;
}

static bool owns_a_cluster(enum phase phase)
{
    return phase != PHASE_NONE && phase != PHASE_GONE && phase != PHASE_DONE;
}

/* Nobody else's TaskManager is registered, and enough of ours are. Flink still lists a dead one of
 * ours for a while. */
bool facts_lists_only_ours(const struct flink_sight *job, const struct platform_cluster *c)
{
    if ((int64_t)job->taskmanager_ids.n < c->taskmanagers_wanted)
        return false;
    for (size_t i = 0; i < job->taskmanager_ids.n; i++) {
        bool ours = false;
        for (size_t k = 0; k < c->taskmanager_ids.n; k++)
            ours = ours || str_eq(job->taskmanager_ids.items[i], c->taskmanager_ids.items[k]);
        if (!ours)
            return false;
    }
    return true;
}

static bool job_sight_counts(const struct core_in *in, const struct platform_cluster *c)
{
    return in->seen->job.outcome == OUTCOME_DONE &&
           str_eq(in->seen->job_incarnation, c->incarnation);
}

/* Before the submission exactly our TaskManagers must be registered; afterwards Flink may still list
 * a dead one for a while, and what counts is that enough of ours live. */
static enum world own_world(const struct core_in *in, const struct platform_cluster *c)
{
    enum phase phase = (enum phase)in->record->current.phase;
    /* Another process than the one that was given the jar knows nothing of the attempt. */
    bool replaced = in->record->current.incarnation.len > 0 && c->incarnation.len > 0 &&
                    !str_eq(c->incarnation, in->record->current.incarnation);
    if (c->jobmanager_dead || replaced)
        return WORLD_HALFDEAD;
    if (!c->jobmanager_alive)
        return WORLD_STARTING;
    bool complete = c->taskmanagers_alive >= c->taskmanagers_wanted;
    bool judged_by_job = phase == PHASE_RESERVED || phase == PHASE_PROVISIONED ||
                         phase == PHASE_SUBMITTED || phase == PHASE_UP;
    if (judged_by_job && !facts_are_fresh(in, &in->seen->job_part))
        return WORLD_UNKNOWN;
    if (!complete)
        return WORLD_SHORT;
    if (phase != PHASE_RESERVED && phase != PHASE_PROVISIONED)
        return WORLD_READY;
    return job_sight_counts(in, c) && facts_lists_only_ours(&in->seen->job, c) ? WORLD_READY
                                                                               : WORLD_STARTING;
}

bool core_is_ended(const struct core_in *in, int64_t attempt)
{
    for (size_t i = 0; i < in->seen->n_ended; i++)
        if (in->seen->ended[i] == attempt)
            return true;
    return false;
}

/* Every attempt is in the record before anything of it exists, and so is the intent of its teardown:
 * what contradicts that was done by a newer record than this one. */
static bool is_newer_world(const struct core_in *in)
{
    const struct record *r = in->record;
    enum phase phase = (enum phase)r->current.phase;
    int64_t known = r->top > r->beyond ? r->top : r->beyond;
    bool may_live = owns_a_cluster(phase) && phase != PHASE_READ;
    bool ended =
        may_live && r->current.number > r->ended_unasked && core_is_ended(in, r->current.number);
    return ended || in->seen->newest_attempt > known;
}

static enum world world_of(const struct core_in *in)
{
    const struct seen *seen = in->seen;
    const struct record *r = in->record;
    const struct platform_cluster *own = NULL;
    bool other = false;
    if (r->halted)
        return WORLD_NEWER;
    if (!facts_are_fresh(in, &seen->world_part) || seen->world_outcome != OUTCOME_DONE)
        return WORLD_UNKNOWN;
    if (is_newer_world(in))
        return WORLD_NEWER;
    for (size_t i = 0; i < seen->n_clusters; i++) {
        const struct platform_cluster *c = &seen->clusters[i];
        if (c->attempt > r->top)
            return WORLD_NEWER;
        if (c->attempt == r->current.number && owns_a_cluster((enum phase)r->current.phase))
            own = c;
        else if (c->attempt != r->standby.attempt.number)
            other = true;
    }
    if (!other)
        return own ? own_world(in, own) : WORLD_NOTHING;
    /* Leftovers must not hide that the attempt itself is dead: its open call would wait for ever. */
    enum phase phase = (enum phase)r->current.phase;
    bool was_up = owns_a_cluster(phase) && phase != PHASE_RESERVED && phase != PHASE_PROVISIONED;
    bool dead = was_up && (!own || own_world(in, own) == WORLD_HALFDEAD);
    return dead ? WORLD_HALFDEAD : WORLD_LEFTOVER;
}

static enum job_fact flink_status_fact(const struct core_in *in)
{
    const struct flink_sight *job = &in->seen->job;
    bool was_up = in->record->current.phase == PHASE_UP;
    switch (job->job) {
    case FLINK_JOB_ABSENT: return SIGHT_ABSENT;
    case FLINK_JOB_FINISHED: return SIGHT_FINISHED;
    case FLINK_JOB_CANCELED: return SIGHT_CANCELED;
    case FLINK_JOB_FAILED: return SIGHT_FAILED;
    case FLINK_JOB_RUNNING:
        if (job->tasks_total > 0 && job->tasks_up == job->tasks_total)
            return SIGHT_UP;
        return was_up ? SIGHT_RESTARTING : SIGHT_STARTING;
    case FLINK_JOB_INITIALIZING:
    case FLINK_JOB_CREATED: return was_up ? SIGHT_RESTARTING : SIGHT_STARTING;
    case FLINK_JOB_RESTARTING:
    case FLINK_JOB_FAILING:
    case FLINK_JOB_CANCELLING:
    case FLINK_JOB_SUSPENDED:
    case FLINK_JOB_RECONCILING: return SIGHT_RESTARTING;
    case FLINK_JOB_UNKNOWN:
    default: return SIGHT_UNKNOWN;
    }
}

static enum job_fact job_of(const struct core_in *in)
{
    const struct seen *seen = in->seen;
    if (!facts_are_fresh(in, &seen->job_part) || seen->job.outcome != OUTCOME_DONE ||
        !str_eq(seen->job_incarnation, in->record->current.incarnation))
        return SIGHT_UNKNOWN;
    /* What was seen before a submission was answered says nothing about what it did. */
    if (in->record->intent.kind == INTENT_SUBMIT && seen->call.answered &&
        seen->job_part.at < seen->call.answered_at)
        return SIGHT_UNKNOWN;
    return flink_status_fact(in);
}

static bool same_map(const struct str_map *x, const struct str_map *y)
{
    if (x->n != y->n)
        return false;
    for (size_t i = 0; i < x->n; i++)
        if (!str_eq(x->items[i].key, y->items[i].key) ||
            !str_eq(x->items[i].value, y->items[i].value))
            return false;
    return true;
}

/* An edit that was taken back before it took effect: what runs is what is wanted again. */
static bool is_taken_back(const struct core_in *in)
{
    const struct deployment_spec *spec = &in->deployment->spec;
    if (!str_eq(in->job->spec.deployment_target_id, spec->deployment_target_id) ||
        !str_eq(in->job->spec.deployment_target_name, spec->deployment_target_name) ||
        !same_map(&in->job->spec.template_annotations, &spec->template_.annotations))
        return false;
    /* Most edits show here already; to compare the whole of it takes long. */
    const struct job_template *wanted = &spec->template_.spec;
    struct job_template ran = in->job->spec.template_;
    if (!str_eq(ran.artifact.jar_uri, wanted->artifact.jar_uri) ||
        ran.parallelism != wanted->parallelism)
        return false;
    ran.flink_configuration = in->job->spec.user_flink_configuration;
    struct arena *a = arena_new();
    bool same = fields_diff(a, &job_template_fields, &ran, wanted).n == 0;
    arena_free(a);
    return same;
}

static enum drift drift_of(const struct core_in *in)
{
    const struct attempt *at = &in->record->current;
    enum phase phase = phase_of(in);
    if (phase == PHASE_NONE || phase == PHASE_DONE || at->spec_version == core_target_version(in))
        return DRIFT_NONE;
    if (is_taken_back(in))
        return DRIFT_NONE;
    if (phase == PHASE_RESERVED || phase == PHASE_PROVISIONED)
        return DRIFT_STATELESS;
    switch ((enum upgrade_kind)in->deployment->spec.upgrade_strategy) {
    case UPGRADE_NONE: return DRIFT_PENDING;
    case UPGRADE_STATELESS: return DRIFT_STATELESS;
    case UPGRADE_UNSET:
    case UPGRADE_STATEFUL:
    default: return DRIFT_STATEFUL;
    }
}

bool core_runs_as_wanted(const struct core_in *in)
{
    enum drift drift = drift_of(in);
    return in->record->spent == SPENT_NOTHING && want_of(in) == WANT_RUN &&
           job_of(in) == SIGHT_UP && (drift == DRIFT_NONE || drift == DRIFT_PENDING);
}

static enum evidence running_evidence(const struct core_in *in)
{
    bool mismatch;
    enum evidence e = core_running_evidence(in, &mismatch);
    bool over = in->record->operation.kind != OPERATION_NONE && core_runs_as_wanted(in);
    bool restarted = job_of(in) == SIGHT_UP && core_has_new_restarts(in) &&
                     in->mono_us - in->seen->committed_at >= NOTE_RESTARTS_US;
    return e == EVIDENCE_NONE && (over || restarted) ? EVIDENCE_READY : e;
}

bool facts_may_start_late(const struct core_in *in)
{
    const struct attempt *at = &in->record->current;
    return at->end == END_FAILED && at->unwatched;
}

/* READY: nothing of its job was there when its cluster was told to end, or nobody can be asked.
 * CONFLICT: its job is there. */
static enum evidence late_start_evidence(const struct core_in *in)
{
    if (!facts_may_start_late(in) || facts_call_is_ours(in))
        return EVIDENCE_READY;
    enum job_fact job = job_of(in);
    if (job != SIGHT_UNKNOWN)
        return job == SIGHT_ABSENT ? EVIDENCE_READY : EVIDENCE_CONFLICT;
    return facts_since_timer(in) > WAIT_STATISTICS_US ? EVIDENCE_READY : EVIDENCE_NONE;
}

static enum evidence evidence_of(const struct core_in *in)
{
    switch (phase_of(in)) {
    case PHASE_READ: return late_start_evidence(in);
    case PHASE_UP: return running_evidence(in);
    case PHASE_ENDED: {
        /* Flink deletes the checkpoints of a job that finished, and what we stopped it with is known:
         * its statistics decide nothing. */
        if (in->record->current.end == END_FINISHED && core_stop_is_recorded(in))
            return EVIDENCE_READY;
        bool read = in->seen->stats_part.at >= in->seen->committed_at &&
                    in->seen->stats_part.at > 0 && in->seen->stats.outcome != OUTCOME_UNKNOWN;
        bool told =
            in->record->current.end != END_FAILED ||
            (in->seen->cause_part.at > 0 && in->seen->cause_part.at >= in->seen->committed_at);
        return (read && told) || facts_since_timer(in) > WAIT_STATISTICS_US ? EVIDENCE_READY
                                                                            : EVIDENCE_NONE;
    }
    case PHASE_GONE: {
        struct arena *a = arena_new();
        enum evidence verdict = core_end_evidence(a, in).verdict;
        arena_free(a);
        return verdict;
    }
    case PHASE_NONE:
    case PHASE_RESERVED:
    case PHASE_PROVISIONED:
    case PHASE_SUBMITTED:
    case PHASE_DONE:
    default: return EVIDENCE_NONE;
    }
}

static enum choice_fact verified_fact(const struct core_in *in, const struct savepoint *s)
{
    const struct seen_snapshot *seen = &in->seen->snapshot;
    if (seen->part.at == 0 || in->mono_us - seen->part.at > VERIFIED_FRESH_US ||
        !snapshot_location_equal(seen->location, s->spec.savepoint_location))
        return CHOICE_UNKNOWN;
    if (seen->outcome == OUTCOME_REFUSED)
        return CHOICE_BAD;
    if (seen->outcome == OUTCOME_UNKNOWN)
        return s->status.verified == VERIFIED_REPORTED ? CHOICE_VERIFIED : CHOICE_UNKNOWN;
    return seen->sight.verified == VERIFIED_BROKEN ? CHOICE_BAD : CHOICE_VERIFIED;
}

static enum choice_fact next_choice(const struct core_in *in)
{
    struct arena *a = arena_new();
    struct choice c = core_choose(a, in, false);
    arena_free(a);
    switch (c.kind) {
    case PICK_SNAPSHOT: return verified_fact(in, c.savepoint);
    case PICK_EMPTY: return CHOICE_EMPTY;
    case PICK_FORBIDDEN: return CHOICE_FORBIDDEN;
    case PICK_BAD:
    default: return c.unread ? CHOICE_UNREAD : CHOICE_BAD;
    }
}

static enum choice_fact choice_of(const struct core_in *in)
{
    enum phase phase = phase_of(in);
    bool due = want_of(in) == WANT_RUN && (phase == PHASE_NONE || phase == PHASE_PROVISIONED);
    return due ? next_choice(in) : CHOICE_UNKNOWN;
}

bool core_choice_is_settled(const struct core_in *in)
{
    enum phase phase = phase_of(in);
    enum drift drift = drift_of(in);
    if (want_of(in) != WANT_RUN || (phase != PHASE_SUBMITTED && phase != PHASE_UP))
        return false;
    if (drift == DRIFT_STATELESS &&
        in->deployment->spec.restore_strategy == RESTORE_LATEST_SAVEPOINT)
        return true;
    return (drift == DRIFT_STATELESS || drift == DRIFT_STATEFUL) && core_restore_from_is_due(in);
}

/* What the old Flink writes, the new one must be able to read. */
static bool reads_what_runs(const struct core_in *in)
{
    struct flink_version from;
    struct flink_version to;
    bool runs =
        in->record->current.phase == PHASE_UP || in->record->current.phase == PHASE_SUBMITTED;
    if (!runs || in->deployment->spec.restore_strategy == RESTORE_NONE ||
        !flink_version_parse(in->job->spec.template_.artifact.flink_version, &from) ||
        !flink_version_parse(core_target_template(in)->artifact.flink_version, &to))
        return true;
    return flink_can_read(&from, to, flink_metadata_version_most(from)) != FLINK_CANNOT_READ;
}

static enum preflight preflight_of(const struct core_in *in)
{
    const struct seen_artifact *a = &in->seen->artifact;
    enum choice_fact choice = core_choice_is_settled(in) ? next_choice(in) : CHOICE_VERIFIED;
    if (!reads_what_runs(in) || core_plan_is_refused(in) || choice == CHOICE_BAD ||
        choice == CHOICE_FORBIDDEN || choice == CHOICE_UNREAD)
        return PREFLIGHT_REFUSED;
    if (choice == CHOICE_UNKNOWN || a->part.at == 0 || a->spec_version != core_target_version(in) ||
        a->outcome == OUTCOME_UNKNOWN)
        return PREFLIGHT_UNKNOWN;
    return a->outcome == OUTCOME_DONE ? PREFLIGHT_OK : PREFLIGHT_REFUSED;
}

/* A Savepoint row that a user made and that no try of ours is about yet. */
static const struct savepoint *first_in_state(const struct core_in *in, enum savepoint_state state)
{
    for (size_t i = 0; i < in->n_savepoints; i++)
        if (in->savepoints[i]->status.state == (int)state)
            return in->savepoints[i];
    return NULL;
}

const struct savepoint *core_requested_savepoint(const struct core_in *in)
{
    const struct trigger_try *tries = in->record->current.tries.items;
    for (size_t i = 0; i < in->n_savepoints; i++) {
        const struct savepoint *s = in->savepoints[i];
        bool taken = s->status.state != SAVEPOINT_STARTED;
        for (size_t k = 0; !taken && k < in->record->current.tries.n; k++)
            taken = str_eq(tries[k].savepoint_id, s->metadata.id);
        if (!taken)
            return s;
    }
    return NULL;
}

const struct savepoint *core_discarded_savepoint(const struct core_in *in)
{
    const struct savepoint *asked = first_in_state(in, SAVEPOINT_PENDING_DELETION);
    return asked ? asked : in->expired;
}

static enum request request_of(const struct core_in *in)
{
    if (core_requested_savepoint(in))
        return REQUEST_SAVEPOINT;
    if (core_discarded_savepoint(in))
        return REQUEST_DISCARD;
    return in->record->removing ? REQUEST_REMOVE : REQUEST_NONE;
}

static int64_t counted_failures(const struct core_in *in)
{
    const struct failure_time *f = in->record->failures.items;
    int64_t most = in->deployment->spec.job_failure_expiration_time.us;
    int64_t n = 0;
    for (size_t i = 0; i < in->record->failures.n; i++)
        if (most <= 0 || in->wall_us - f[i].at < most)
            n++;
    return n;
}

static enum pace start_pace(const struct core_in *in)
{
    int64_t failures = counted_failures(in);
    int64_t wait = pace_backoff_us(failures + in->record->setbacks, in->record->top);
    if (in->record->spent == SPENT_STARTS ||
        failures >= in->deployment->spec.max_job_creation_attempts)
        return PACE_SPENT;
    return facts_since_timer(in) < wait ? PACE_WAIT : PACE_GO;
}

static bool request_is_late(const struct core_in *in)
{
    const struct savepoint *asked = core_requested_savepoint(in);
    const struct seen *seen = in->seen;
    return asked && str_eq(asked->metadata.id, str_of(seen->request)) &&
           in->mono_us - seen->request_since > WAIT_SAVEPOINTABLE_US;
}

static enum pace stop_pace(const struct core_in *in)
{
    const struct record *r = in->record;
    int64_t tries = r->operation.savepoint_tries;
    bool up = job_of(in) == SIGHT_UP;
    enum drift drift = drift_of(in);
    bool stopping = want_of(in) == WANT_SUSPEND || drift == DRIFT_STATEFUL;
    bool given_up = r->spent == SPENT_SAVEPOINTS && (stopping || drift == DRIFT_STATELESS);
    /* TaskManagers are replaced at a pace, tries left or not. */
    if (facts_since_timer(in) < pace_backoff_us(r->setbacks, r->top))
        return PACE_WAIT;
    if (given_up || (stopping && tries >= in->deployment->spec.max_savepoint_creation_attempts))
        return PACE_SPENT;
    if (facts_since_timer(in) < pace_backoff_us((stopping ? tries : 0) + r->setbacks, r->top))
        return PACE_WAIT;
    if (!up && request_is_late(in))
        return PACE_LATE;
    return stopping && !up && facts_since_chance(in) > WAIT_SAVEPOINTABLE_US ? PACE_LATE : PACE_GO;
}

struct facts core_facts(const struct core_in *in)
{
    enum phase phase = phase_of(in);
    enum drift drift = drift_of(in);
    bool may_run = phase == PHASE_SUBMITTED || phase == PHASE_UP;
    return (struct facts){
        .want = want_of(in),
        .phase = phase,
        .world = world_of(in),
        .job = job_of(in),
        .intent = (enum intent_kind)in->record->intent.kind,
        .result = facts_result(in),
        .drift = drift,
        .evidence = evidence_of(in),
        .choice = choice_of(in),
        .preflight = preflight_of(in),
        .pace = may_run ? stop_pace(in) : start_pace(in),
        .request = request_of(in),
        .standby = core_standby_fact(in, phase, drift),
    };
}
