/* Effects become messages to the world, and its answers become part of what is seen. */
#include <stdio.h>

#include "base/uuid.h"
#include "core/choice.h"
#include "rig.h"

static struct seen_listing *listing(struct rig *r, struct str directory)
{
    struct seen *seen = &r->seen;
    for (size_t i = 0; i < seen->n_listings; i++)
        if (str_eq(seen->listings[i].directory, directory))
            return &seen->listings[i];
    struct seen_listing *grown = ARENA_ARRAY(r->a, struct seen_listing, seen->n_listings + 1);
    if (seen->n_listings)
        memcpy(grown, seen->listings, seen->n_listings * sizeof(*grown));
    seen->listings = grown;
    grown[seen->n_listings].directory = arena_str(r->a, directory);
    return &grown[seen->n_listings++];
}

static struct seen_part *part_of(struct rig *r, const struct w_call *c)
{
    struct seen *seen = &r->seen;
    switch ((enum effect_kind)c->kind) {
    case LOOK_WORLD: return &seen->world_part;
    case LOOK_TASKMANAGERS:
    case LOOK_JOB: return &seen->job_part;
    case LOOK_STATS: return &seen->stats_part;
    case LOOK_TRIGGER: return &seen->trigger.part;
    case LOOK_DIRECTORY: return &listing(r, c->subject)->part;
    case LOOK_SNAPSHOT: return &seen->snapshot.part;
    case LOOK_CAUSE: return &seen->cause_part;
    case LOOK_ARTIFACT: return &seen->artifact.part;
    case LOOK_STANDBY: return &seen->standby.part;
    case LOOK_PLAN: return &seen->standby.plan_part;
    case CALL_PROVISION:
    case CALL_UPLOAD:
    case CALL_SUBMIT:
    case CALL_STOP:
    case CALL_CANCEL:
    case CALL_TEARDOWN:
    case CALL_DISCARD:
    case CALL_STANDBY_PROVISION:
    case CALL_STANDBY_UPLOAD:
    case CALL_STANDBY_TEARDOWN:
    case EFFECT_KINDS:
    default: return NULL;
    }
}

static void fold_world(struct seen *seen, const struct w_call *c)
{
    seen->world_outcome = c->outcome;
    if (c->outcome != OUTCOME_DONE)
        return;
    seen->clusters = c->clusters;
    seen->n_clusters = c->n_clusters;
    seen->newest_attempt = c->newest;
    seen->ended = c->ended;
    seen->n_ended = c->n_ended;
}

static void fold_standby(struct seen_standby *seen, const struct w_call *c)
{
    if (c->kind == LOOK_PLAN) {
        seen->plan_outcome = c->outcome;
        seen->plan_text = c->text;
        return;
    }
    seen->sight = c->sight;
    seen->incarnation = c->incarnation;
}

/* What a look brought. */
static void fold(struct rig *r, struct w_call *c)
{
    struct seen *seen = &r->seen;
    switch ((enum effect_kind)c->kind) {
    case LOOK_WORLD: fold_world(seen, c); break;
    case LOOK_TASKMANAGERS:
    case LOOK_JOB:
        seen->job = c->sight;
        if (!str_eq(seen->job_incarnation, c->incarnation))
            seen->job_told_at = 0;
        seen->job_incarnation = c->incarnation;
        if (c->outcome == OUTCOME_DONE)
            seen->job_good_at = r->world.now;
        if (c->outcome == OUTCOME_DONE && c->sight.job != FLINK_JOB_UNKNOWN)
            seen->job_told_at = r->world.now;
        break;
    case LOOK_STATS: seen->stats = c->stats; break;
    case LOOK_CAUSE: seen->cause = c->text; break;
    case LOOK_TRIGGER:
        seen->trigger.trigger_id = c->trigger_id;
        seen->trigger.state = c->trigger;
        seen->trigger.location = c->directory;
        seen->trigger.text = c->text;
        break;
    case LOOK_DIRECTORY: {
        struct seen_listing *l = listing(r, c->subject);
        l->outcome = c->outcome;
        l->items = c->items;
        l->n = c->n_items;
        break;
    }
    case LOOK_SNAPSHOT:
        seen->snapshot.location = c->subject;
        seen->snapshot.outcome = c->outcome;
        seen->snapshot.sight = c->n_items ? c->items[0] : (struct snapshot_sight){0};
        seen->snapshot.text = c->text;
        break;
    case LOOK_ARTIFACT:
        seen->artifact.spec_version = c->spec_version;
        seen->artifact.outcome = c->outcome;
        seen->artifact.text = c->text;
        seen->artifact.sha256 = STR("abc");
        seen->artifact.name = STR("counter.jar");
        break;
    case CALL_PROVISION:
    case CALL_UPLOAD:
    case CALL_SUBMIT:
    case CALL_STOP:
    case CALL_CANCEL:
    case CALL_TEARDOWN:
    case LOOK_STANDBY:
    case LOOK_PLAN: fold_standby(&seen->standby, c); break;
    case CALL_DISCARD:
    case CALL_STANDBY_PROVISION:
    case CALL_STANDBY_UPLOAD:
    case CALL_STANDBY_TEARDOWN:
    case EFFECT_KINDS:
    default: break;
    }
}

static struct seen_call *call_slot(struct rig *r, int kind)
{
    return kind >= CALL_STANDBY_PROVISION ? &r->seen.standby.call : &r->seen.call;
}

static void answered(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct rig *r = w->watch_arg;
    struct w_call *c = p;
    (void)x;
    (void)y;
    if (c->daemon != r->life || !r->up)
        return;
    struct seen_part *part = part_of(r, c);
    if (part) {
        part->asked = false;
        part->at = c->sent_at;
        fold(r, c);
    } else if (call_slot(r, c->kind)->timer == c->timer && call_slot(r, c->kind)->sent) {
        struct seen_call *call = call_slot(r, c->kind);
        call->answered = true;
        call->answered_at = w->now;
        call->outcome = c->outcome;
        call->status = c->status;
        call->text = c->text;
        call->jar_id = c->jar_id;
    }
    rig_wake(r);
}

static void look_at_artifact(struct w_world *w, struct w_call *c)
{
    bool missing = w->artifact_missing == c->spec_version;
    c->outcome = missing ? OUTCOME_REFUSED : OUTCOME_DONE;
    c->text = missing ? STR("there is no such file") : (struct str){0};
}

static void arrives(struct w_world *w, int64_t answer, int64_t y, void *p)
{
    static void (*const calls[])(struct w_world *w, struct w_call *c) = {
        [LOOK_WORLD] = world_inventory,
        [LOOK_TASKMANAGERS] = flink_look_taskmanagers,
        [LOOK_JOB] = flink_look,
        [LOOK_STATS] = flink_stats,
        [LOOK_TRIGGER] = flink_read_trigger,
        [LOOK_DIRECTORY] = storage_list,
        [LOOK_SNAPSHOT] = storage_verify,
        [LOOK_CAUSE] = flink_cause,
        [LOOK_ARTIFACT] = look_at_artifact,
        [CALL_PROVISION] = world_provision,
        [CALL_UPLOAD] = world_deliver,
        [CALL_SUBMIT] = flink_submit,
        [CALL_STOP] = flink_trigger_savepoint,
        [CALL_CANCEL] = flink_cancel,
        [CALL_TEARDOWN] = world_teardown,
        [CALL_DISCARD] = storage_remove,
        [LOOK_STANDBY] = flink_look_taskmanagers,
        [LOOK_PLAN] = flink_make_plan,
        [CALL_STANDBY_PROVISION] = world_provision,
        [CALL_STANDBY_UPLOAD] = world_deliver,
        [CALL_STANDBY_TEARDOWN] = world_teardown,
    };
    struct w_call *c = p;
    (void)y;
    calls[c->kind](w, c);
    bool no_answer = c->outcome == OUTCOME_UNKNOWN && c->kind >= CALL_PROVISION;
    if (!answer)
        return;
    int64_t takes = w->pace.latency;
    if (c->kind == CALL_SUBMIT)
        takes += w->pace.main_method + w->pace.job_init; /* when the job is made, or cannot be */
    if (c->kind == LOOK_PLAN)
        takes += c->outcome == OUTCOME_UNKNOWN ? w->pace.time_out : w->pace.main_method;
    if (no_answer) /* main() may take long: a submission is waited for long */
        takes = c->kind == CALL_SUBMIT && !c->status ? 100 * S : w->pace.time_out;
    world_at(w, w->now + takes, answered, 0, 0, c);
}

/* The answer that a caller gives itself. */
static void times_out(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct w_call *c = p;
    struct w_call *nothing = ARENA_NEW(w->a, struct w_call);
    *nothing = (struct w_call){.kind = c->kind,
                               .attempt = c->attempt,
                               .subject = c->subject,
                               .sent_at = c->sent_at,
                               .daemon = c->daemon,
                               .timer = c->timer,
                               .text = STR("no answer"),
                               .trigger_id = c->trigger_id,
                               .incarnation = c->incarnation,
                               .spec_version = c->spec_version};
    answered(w, x, y, nothing);
}

static struct str copy(struct rig *r, struct str s)
{
    return arena_str(r->a, s);
}

static struct w_call *compose(struct rig *r, const struct effect *e)
{
    const struct record *rec = &r->record;
    struct w_call *c = ARENA_NEW(r->a, struct w_call);
    char hex[HEX_ID_TEXT + 1] = "";
    struct core_in in = rig_in(r);
    bool standby =
        e->kind == LOOK_STANDBY || e->kind == LOOK_PLAN || e->kind >= CALL_STANDBY_PROVISION;
    const struct attempt *at = standby ? &rec->standby.attempt : &rec->current;
    const struct job *job = standby ? in.standby_job : in.job;
    if (at->job_id.len)
        uuid_to_hex(at->job_id, hex);
    *c = (struct w_call){
        .kind = (int)e->kind,
        .attempt = standby ? at->number : e->attempt,
        .subject = copy(r, e->subject),
        .sent_at = r->world.now,
        .daemon = r->life,
        .timer = standby ? rec->standby.timer : rec->timer,
        .job_id = copy(r, str_of(hex)),
        .trigger_id = e->kind == LOOK_TRIGGER ? copy(r, e->subject) : rec->intent.trigger_id,
        .directory = rec->intent.directory,
        .restore = at->source_location,
        .jar_id = at->jar_id,
        .stop = rec->intent.kind == INTENT_STOP,
        .spec_version = core_target_version(&in),
    };
    if (job)
        c->checkpoints = str_map_get_or(&job->spec.template_.flink_configuration,
                                        STR("execution.checkpointing.dir"), (struct str){0});
    for (size_t i = 0; i < r->seen.n_clusters; i++)
        if (r->seen.clusters[i].attempt == at->number)
            c->incarnation = r->seen.clusters[i].incarnation;
    return c;
}

static void send_call(struct rig *r, const struct effect *e)
{
    struct w_world *w = &r->world;
    int64_t late = 20 * S;
    r->calls++;
    r->calls_of[e->kind]++;
    r->last_change = w->now;
    if (rig_fault_hits(r, FAULT_CRASH_BEFORE_CALL, r->calls)) {
        rig_crash(r, r->down_for);
        return;
    }
    oracle_call(r, e);
    struct w_call *c = compose(r, e);
    struct seen_call *call = call_slot(r, c->kind);
    bool again = call->timer == c->timer && call->sent;
    if (!again || call->answered)
        *call = (struct seen_call){
            .timer = c->timer,
            .sent = true,
            .sent_at = w->now,
            .times = again ? call->times + 1 : 1,
            .submitted = e->kind == CALL_SUBMIT ? r->record.current.number : 0,
        };
    if (rig_fault_hits(r, FAULT_REQUEST_LOST, r->calls)) {
        world_at(w, w->now + w->pace.time_out, times_out, 0, 0, c);
    } else if (rig_fault_hits(r, FAULT_ANSWER_LOST, r->calls)) {
        world_at(w, w->now + w->pace.latency, arrives, 0, 0, c);
        world_at(w, w->now + w->pace.time_out, times_out, 0, 0, c);
    } else if (rig_fault_hits(r, FAULT_REQUEST_LATE, r->calls)) {
        world_at(w, w->now + w->pace.time_out, times_out, 0, 0, c);
        world_at(w, w->now + late, arrives, 0, 0, c);
    } else {
        world_at(w, w->now + w->pace.latency, arrives, 1, 0, c);
        if (rig_fault_hits(r, FAULT_CRASH_AFTER_CALL, r->calls))
            rig_crash(r, r->down_for);
    }
}

void rig_send(struct rig *r, const struct effect *e)
{
    if (r->verbose)
        fprintf(stderr, "%9.3f      -> %d %.*s\n", (double)r->world.now / (double)S, (int)e->kind,
                STR_ARG(e->subject));
    if (e->kind >= CALL_PROVISION) {
        send_call(r, e);
        return;
    }
    struct w_call *c = compose(r, e);
    struct seen_part *part = part_of(r, c);
    part->asked = true;
    part->asked_at = r->world.now;
    world_at(&r->world, r->world.now + r->world.pace.latency, arrives, 1, 0, c);
}
