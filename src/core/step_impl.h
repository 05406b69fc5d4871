/* What the parts of the step share. */
#pragma once

#include "core/choice.h"
#include "core/evidence.h"
#include "core/step.h"

struct step {
    struct arena *a;
    const struct core_in *in;
    struct core_out *out;
    struct record *rec; /* out->record, to be changed */
    const struct rule *rule;
    struct facts facts;
    struct standby_facts standby; /* when the rule is of section 700 */
};

/* One event, with the rule that decided. */
void step_event(struct step *s, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void step_effect(struct step *s, enum effect_kind kind, int64_t attempt, struct str subject);
/* Begins an intent: durable before its call, which follows in the same step. */
void step_intend(struct step *s, enum intent_kind kind, int64_t attempt);
void step_clear_intent(struct step *s);
/* A wait or deadline begins now. */
void step_restart_timer(struct step *s);
/* The row to be put for this Savepoint, with its version's content copied; add once per id. */
struct savepoint *step_put_savepoint(struct step *s, const struct savepoint *old);
/* Of a Savepoint: the spec version that the current attempt runs. */
struct str_map step_version_annotation(struct step *s);
const struct savepoint *step_find_savepoint(const struct step *s, struct str id);
/* The Job row of the current attempt, to be changed and put. */
struct job *step_put_job(struct step *s);
void step_append(struct step *s, struct list *list, size_t size, const void *item);
/* The call of the intent in the record. */
void step_call(struct step *s);
/* The current attempt went on from spec.restoreFrom, if that was its source: it is used up, and what
 * is older is behind. */
void step_restored_from(struct step *s);
void step_give_up(struct step *s, const char *event, struct str message);

/* A savepoint try of the operation is used up; gives up with the last one. */
void step_spend_try(struct step *s);

/* Where the job checkpoints, by one of its retained checkpoints: its own code may have set that. */
void step_note_checkpoint_directory(struct step *s, const struct flink_checkpoint *c);
/* A Savepoint row for a snapshot that no row is about yet: once, however often it is found. */
void step_register_snapshot(struct step *s, const struct left_behind *found,
                            enum savepoint_origin origin);
/* A submission that was answered with an error, though its job runs. */
void step_note_submission_error(struct step *s);

/* By section of the table. */
void act_call_again(struct step *s);
void act_note_provisioned(struct step *s);
void act_setback(struct step *s);
void act_drop_intent(struct step *s);
void act_note_uploaded(struct step *s);
void act_note_submitted(struct step *s);
void act_fail_start(struct step *s);
void act_note_late_start(struct step *s);
void act_note_savepoint(struct step *s);
void act_cancel_after_savepoint(struct step *s);
void act_note_try_failed(struct step *s);
void act_note_savepoint_failed(struct step *s);
void act_supersede_by_cancel(struct step *s);
void act_note_discarded(struct step *s);
void act_note_discard_failed(struct step *s);
void act_note_end(struct step *s);
void act_note_lost(struct step *s);
void act_end_by_teardown(struct step *s);
void act_abandon(struct step *s);
void act_note_read(struct step *s);
void act_teardown(struct step *s);
void act_sweep(struct step *s);
void act_note_gone(struct step *s);
void act_collect(struct step *s);
void act_block_evidence(struct step *s);
void act_note_up(struct step *s);
void act_note_evidence(struct step *s);
void act_cancel(struct step *s);
void act_stop(struct step *s);
void act_spend_try(struct step *s);
void act_savepoint(struct step *s);
void act_discard(struct step *s);
void act_replace(struct step *s);
void act_give_up(struct step *s);
void act_block_preflight(struct step *s);
void act_block_choice(struct step *s);
void act_reopen(struct step *s);
void act_reserve(struct step *s);
void act_adopt(struct step *s);
void act_upload(struct step *s);
void act_submit(struct step *s);
void act_halt(struct step *s);
void act_remove(struct step *s);

/* Section 700. */
void act_standby_begin(struct step *s);
void act_standby_call_again(struct step *s);
void act_standby_upload(struct step *s);
void act_standby_warm(struct step *s);
void act_standby_note_ready(struct step *s);
void act_standby_give_up(struct step *s);
void act_standby_refuse(struct step *s);
void act_standby_end(struct step *s);
void act_standby_note_gone(struct step *s);

/* The next attempt: its number and what it will run, and its Job. */
struct attempt step_next_attempt(struct step *s);
struct job *step_next_job(struct step *s, const struct attempt *at);

/* look.c: asks for what is missing and says when to wake. */
void step_look(struct step *s);
