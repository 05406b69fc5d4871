/* Actions of section 500: reserve, provision, upload, submit. */
#include "base/uuid.h"
#include "core/facts_impl.h"
#include "core/step_impl.h"

static struct job *describe_job(struct step *s, const struct job_template *t,
                                const struct attempt *at)
{
    const struct deployment *d = s->in->deployment;
    char hex[HEX_ID_TEXT + 1];
    uuid_to_hex(at->job_id, hex);
    struct str_pair *annotation = ARENA_NEW(s->a, struct str_pair);
    *annotation = (struct str_pair){STR(ANNOTATION_SPEC_VERSION),
                                    arena_fmt(s->a, "%lld", (long long)at->spec_version)};
    struct job *job = ARENA_NEW(s->a, struct job);
    s->out->jobs[s->out->n_jobs++] = job;
    job->metadata = (struct job_metadata){
        .id = at->job_id,
        .namespace_name = d->metadata.namespace_name,
        .deployment_id = d->metadata.id,
        .deployment_name = d->metadata.name,
        .created_at = s->in->wall_us,
        .modified_at = s->in->wall_us,
        .annotations = {annotation, 1},
        .attempt = at->number,
    };
    job->spec.template_ = *t;
    job->spec.user_flink_configuration = t->flink_configuration;
    job->spec.template_.flink_configuration = core_effective_configuration(s->a, s->in, t);
    job->spec.template_annotations = d->spec.template_.annotations;
    job->spec.deployment_target_id = d->spec.deployment_target_id;
    job->spec.deployment_target_name = d->spec.deployment_target_name;
    job->spec.allow_non_restored_state = d->spec.allow_non_restored_state;
    job->status.state = JOB_STARTING;
    job->status.flink_job_id = arena_str(s->a, str_of(hex));
    job->status.last_update_time = s->in->wall_us;
    return job;
}

/* Beside the template: what is edited meanwhile is pending, and not what this attempt shows. */
static void runs_what_ran(struct job_spec *job, const struct job_spec *last)
{
    job->user_flink_configuration = last->user_flink_configuration;
    job->template_annotations = last->template_annotations;
    job->deployment_target_id = last->deployment_target_id;
    job->deployment_target_name = last->deployment_target_name;
}

/* Number and job id are durable before anything of the attempt exists, and are never used again. */
struct attempt step_next_attempt(struct step *s)
{
    s->rec->top = (s->rec->top > s->rec->beyond ? s->rec->top : s->rec->beyond) + 1;
    return (struct attempt){
        .number = s->rec->top,
        .job_id = s->in->ids[0],
        .phase = PHASE_RESERVED,
        .spec_version = core_target_version(s->in),
        .artifact_sha256 = s->in->seen->artifact.sha256,
        .artifact_name = s->in->seen->artifact.name,
        .dependency_sha256s = s->in->seen->artifact.dependency_sha256s,
        .entry_class = s->in->seen->artifact.entry_class,
        .reserved_at = s->in->wall_us,
    };
}

struct job *step_next_job(struct step *s, const struct attempt *at)
{
    /* A recovery under upgrade NONE runs the recorded template, which already is effective. */
    bool recorded = at->spec_version != s->rec->spec_version;
    struct job *job = describe_job(s, core_target_template(s->in), at);
    if (recorded)
        runs_what_ran(&job->spec, &s->in->last_job->spec);
    return job;
}

void act_reserve(struct step *s)
{
    s->rec->current = step_next_attempt(s);
    step_next_job(s, &s->rec->current);
    step_event(s, "CREATING_A_NEW_JOB", "Attempt %d of spec version %d begins", (int)s->rec->top,
               (int)s->rec->current.spec_version);
    step_intend(s, INTENT_PROVISION, s->rec->top);
    step_call(s);
}

void act_upload(struct step *s)
{
    step_intend(s, INTENT_UPLOAD, s->rec->current.number);
    step_call(s);
}

/* It was broken when it was recorded, and is whole now. */
static void note_mended(struct step *s, const struct savepoint *chosen)
{
    const struct snapshot_sight *sight = &s->in->seen->snapshot.sight;
    if (chosen->status.verified != VERIFIED_BROKEN)
        return;
    struct savepoint *put = step_put_savepoint(s, chosen);
    put->status.verified = sight->verified;
    put->status.verified_text = sight->text;
    put->status.verified_at = s->in->wall_us;
}

/* This commit is the second read: from here on the attempt counts as possibly running. */
void act_submit(struct step *s)
{
    struct choice c = core_choose(s->a, s->in, false);
    struct attempt *at = &s->rec->current;
    at->phase = PHASE_SUBMITTED;
    at->source = c.kind == PICK_SNAPSHOT ? SOURCE_SNAPSHOT : SOURCE_EMPTY;
    at->restore_nonce = c.restore_nonce;
    struct job *job = step_put_job(s);
    if (c.kind == PICK_SNAPSHOT) {
        at->source_savepoint_id = c.savepoint->metadata.id;
        at->source_location = c.savepoint->spec.savepoint_location;
        job->spec.savepoint_id = at->source_savepoint_id;
        job->spec.savepoint_location = at->source_location;
        note_mended(s, c.savepoint);
        step_event(s, "RESTORING_FROM_A_SNAPSHOT", "Attempt %d restores %.*s: %.*s",
                   (int)at->number, STR_ARG(at->source_location), STR_ARG(c.reason));
    } else {
        step_event(s, "STARTING_WITHOUT_STATE", "Attempt %d starts empty: %.*s", (int)at->number,
                   STR_ARG(c.reason));
    }
    job->spec.allow_non_restored_state = s->in->deployment->spec.allow_non_restored_state;
    step_intend(s, INTENT_SUBMIT, at->number);
    step_call(s);
}

static struct str broken_choice(struct step *s, const struct choice *c)
{
    const struct seen_snapshot *seen = &s->in->seen->snapshot;
    if (c->kind != PICK_SNAPSHOT)
        return c->reason;
    return arena_fmt(s->a, "the newest eligible snapshot %.*s cannot be used: %.*s",
                     STR_ARG(c->savepoint->spec.savepoint_location),
                     STR_ARG(seen->text.len ? seen->text : seen->sight.text));
}

void act_block_choice(struct step *s)
{
    struct choice c = core_choose(s->a, s->in, false);
    step_give_up(s, "BLOCKED_NO_SNAPSHOT", broken_choice(s, &c));
}

void act_block_preflight(struct step *s)
{
    const struct seen_artifact *a = &s->in->seen->artifact;
    bool ours = a->part.at > 0 && a->spec_version == core_target_version(s->in);
    if (core_plan_is_refused(s->in)) {
        step_give_up(s, "BLOCKED_PLAN_REFUSED", s->rec->standby.reason);
    } else if (ours && a->outcome == OUTCOME_REFUSED) {
        step_give_up(s, "BLOCKED_CANNOT_START", a->text);
    } else if (core_choice_is_settled(s->in)) {
        act_block_choice(s);
    } else {
        step_give_up(s, "BLOCKED_FLINK_CANNOT_READ",
                     STR("the Flink version asked for cannot read what the running one writes"));
    }
}
