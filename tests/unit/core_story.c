#include "core_story.h"

#include <stdio.h>

struct core_story c;

static void begin_afresh(void)
{
    c = (struct core_story){0};
    c.conf[0] = (struct str_pair){STR("execution.checkpointing.dir"), STR("file:/cp")};
    c.deployment.metadata.id = STR("d0");
    c.deployment.spec.state = DESIRED_RUNNING;
    c.deployment.spec.upgrade_strategy = UPGRADE_STATEFUL;
    c.deployment.spec.restore_strategy = RESTORE_LATEST_STATE;
    c.deployment.spec.max_job_creation_attempts = 4;
    c.deployment.spec.max_savepoint_creation_attempts = 4;
    c.job = (struct job){.metadata.id = STR(JOB), .metadata.attempt = 1};
    c.job.status.flink_job_id = STR("d1000000000040008000000000000001");
    c.job.spec.template_.flink_configuration = (struct str_map){c.conf, 1};
    c.record = (struct record){.version = 2,
                               .wanted_spec_version = 1,
                               .spec_version = 1,
                               .wanted_state = DESIRED_RUNNING,
                               .top = 1};
    c.record.current = (struct attempt){.number = 1,
                                        .job_id = STR(JOB),
                                        .spec_version = 1,
                                        .phase = PHASE_UP,
                                        .incarnation = STR("one"),
                                        .checkpointing = CHECKPOINTING_ON,
                                        .checkpoint_directory = STR(CHECKPOINTS),
                                        .restored = RESTORED_AS_ASKED};
    c.taskmanagers[0] = STR("tm-1");
    c.cluster = (struct platform_cluster){.attempt = 1,
                                          .incarnation = STR("one"),
                                          .jobmanager_alive = true,
                                          .taskmanager_ids = {c.taskmanagers, 1},
                                          .taskmanagers_wanted = 1,
                                          .taskmanagers_alive = 1};
    c.seen = (struct seen){.committed_at = NOW - US_PER_S, .timer_since = NOW - US_PER_S};
    c.seen.world_part.at = c.seen.job_part.at = NOW - 1;
    c.seen.world_outcome = OUTCOME_DONE;
    c.seen.clusters = &c.cluster;
    c.seen.n_clusters = 1;
    c.seen.job_incarnation = STR("one");
    c.seen.job = (struct flink_sight){.outcome = OUTCOME_DONE,
                                      .job = FLINK_JOB_RUNNING,
                                      .tasks_total = 2,
                                      .tasks_up = 2,
                                      .taskmanager_ids = {c.taskmanagers, 1}};
    c.seen.listings = c.listings;
}

int core_story_begin(void **state)
{
    story_begin(state);
    begin_afresh();
    return 0;
}

struct core_in core_story_in(void)
{
    return (struct core_in){.env = &c.env,
                            .deployment = &c.deployment,
                            .record = &c.record,
                            .savepoints = c.list,
                            .n_savepoints = c.n_rows,
                            .job = &c.job,
                            .standby_job = c.record.standby.attempt.number ? &c.standby_job : NULL,
                            .last_job = &c.job,
                            .seen = &c.seen,
                            .mono_us = NOW,
                            .wall_us = NOW,
                            .ids = {STR(FRESH_ID), STR("d1000000-0000-4000-8000-000000000003")}};
}

void then_it_does(enum action action)
{
    struct core_in in = core_story_in();
    core_step(story_arena, &in, &c.out);
    assert_non_null(c.out.rule);
    assert_string_equal(action_name(c.out.rule->then), action_name(action));
}

void given_request_waited(const char *id, int64_t us)
{
    snprintf(c.seen.request, sizeof(c.seen.request), "%s", id);
    c.seen.request_since = NOW - us;
}

struct savepoint *given_row(const char *id, enum savepoint_state state)
{
    assert_true(c.n_rows < CORE_STORY_ROWS);
    struct savepoint *s = &c.rows[c.n_rows];
    s->metadata.id = str_of(id);
    s->spec.savepoint_location = arena_fmt(story_arena, "file:/sp/%s", id);
    s->status.state = (int)state;
    c.list[c.n_rows++] = s;
    return s;
}

void given_try(enum intent_kind kind)
{
    c.record.intent = (struct intent){.kind = (int)kind,
                                      .attempt = 1,
                                      .trigger_id = STR("t1"),
                                      .savepoint_id = STR("s1"),
                                      .directory = STR(TRY)};
    c.tries[0] = (struct trigger_try){.trigger_id = STR("t1"),
                                      .savepoint_id = STR("s1"),
                                      .directory = STR(TRY),
                                      .stop = kind == INTENT_STOP};
    c.record.current.tries = (struct list){c.tries, 1};
    given_row("s1", SAVEPOINT_STARTED);
}

void given_a_trigger(enum intent_kind kind, enum flink_trigger_state state)
{
    given_call(kind, PHASE_UP);
    given_answer(OUTCOME_DONE);
    c.seen.trigger.part.at = NOW - 2;
    c.seen.trigger.trigger_id = STR("t1");
    c.seen.trigger.state = state;
    c.seen.trigger.location = STR(PLACE);
}

void given_it_was_read(enum outcome outcome, enum verified verified)
{
    c.seen.snapshot.part.at = NOW - 1;
    c.seen.snapshot.location = STR(PLACE);
    c.seen.snapshot.outcome = outcome;
    c.seen.snapshot.sight = (struct snapshot_sight){
        .verified = (int)verified, .checkpoint_id = 7, .text = STR("as read")};
}

void given_it_is_late(void)
{
    given_waited(DEADLINE_SAVEPOINT_US + 1);
}

void given_a_checked_edit_under(enum upgrade_kind upgrade)
{
    static struct str_pair version[1];
    version[0] = (struct str_pair){STR(ANNOTATION_SPEC_VERSION), STR("2")};
    c.deployment.metadata.annotations = (struct str_map){version, 1};
    c.record.spec_version = c.record.wanted_spec_version = 2;
    c.deployment.spec.template_.spec.parallelism = 2;
    c.deployment.spec.upgrade_strategy = (int)upgrade;
    c.seen.artifact.part.at = NOW - 1;
    c.seen.artifact.spec_version = 2;
    c.seen.artifact.outcome = OUTCOME_DONE;
}

struct snapshot_sight *given_listing(const char *directory, enum outcome outcome,
                                     int64_t checkpoint)
{
    size_t i = c.seen.n_listings++;
    c.listings[i] = (struct seen_listing){.directory = str_of(directory), .outcome = outcome};
    c.listings[i].part.at = NOW - 1;
    if (!checkpoint)
        return NULL;
    c.sights[i] = (struct snapshot_sight){
        .location = arena_fmt(story_arena, "%s/%lld", directory, (long long)checkpoint),
        .verified = VERIFIED_FULL,
        .checkpoint_id = checkpoint};
    c.listings[i].items = &c.sights[i];
    c.listings[i].n = 1;
    return &c.sights[i];
}

void given_waited(int64_t us)
{
    c.seen.timer_since = c.seen.chance_since = NOW - us;
}

void given_call(enum intent_kind kind, enum phase phase)
{
    begin_afresh();
    c.record.current.phase = (int)phase;
    if (kind == INTENT_STOP || kind == INTENT_SAVEPOINT)
        given_try(kind);
    else
        c.record.intent = (struct intent){.kind = (int)kind, .attempt = 1};
    if (kind == INTENT_DISCARD)
        c.record.intent.savepoint_id = given_row("s1", SAVEPOINT_DELETING)->metadata.id;
    c.seen.call = (struct seen_call){.sent = true, .times = 1, .sent_at = NOW - 3};
}

void given_answer(enum outcome outcome)
{
    c.seen.call.answered = true;
    c.seen.call.answered_at = NOW - 2;
    c.seen.call.outcome = outcome;
    c.seen.call.status = outcome == OUTCOME_REFUSED ? 400 : 0;
    c.seen.call.text = STR("what it says");
}

void given_nobody_heard(void)
{
    c.seen.call = (struct seen_call){0};
}

void given_wanted(enum desired_state state)
{
    c.deployment.spec.state = (int)state;
    c.record.wanted_state = (int)state;
}

void given_its_jobmanager_is_dead(void)
{
    c.cluster.jobmanager_alive = false;
    c.cluster.jobmanager_dead = true;
}

void given_nothing_exists(void)
{
    c.seen.n_clusters = 0;
}

void then_row(int number, enum action action)
{
    if (number < SECTION_STANDBY) {
        then_it_does(action);
        assert_int_equal(c.out.rule->number, number);
        return;
    }
    struct core_in in = core_story_in();
    core_step(story_arena, &in, &c.out);
    assert_non_null(c.out.standby);
    assert_string_equal(action_name(c.out.standby->then), action_name(action));
    assert_int_equal(c.out.standby->number, number);
}

void given_clusters(int64_t first, int64_t second)
{
    static struct platform_cluster clusters[2];
    clusters[0] = clusters[1] = c.cluster;
    clusters[0].attempt = first;
    clusters[1].attempt = second;
    c.seen.clusters = clusters;
    c.seen.n_clusters = 2;
}

struct end_evidence judged(void)
{
    struct core_in in = core_story_in();
    return core_end_evidence(story_arena, &in);
}

void given_it_is_gone(int64_t final_checkpoint)
{
    static struct final_checkpoint finals[1];
    c.seen.n_clusters = 0;
    c.record.current.phase = PHASE_GONE;
    c.record.current.end = END_FAILED;
    c.record.current.stats_known = true;
    finals[0] = (struct final_checkpoint){.id = final_checkpoint};
    c.record.current.final_checkpoints = (struct list){finals, final_checkpoint ? 1 : 0};
}

struct str said(const char *event)
{
    for (size_t i = 0; i < c.out.n_events; i++)
        if (str_eq(c.out.events[i].name, str_of(event)))
            return c.out.events[i].message;
    return (struct str){0};
}

const struct savepoint *put_of(const char *id)
{
    for (size_t i = 0; i < c.out.n_savepoints; i++)
        if (str_eq(c.out.savepoints[i].metadata.id, str_of(id)))
            return &c.out.savepoints[i];
    return NULL;
}

bool looks(enum effect_kind kind)
{
    for (size_t i = 0; i < c.out.n_effects; i++)
        if (c.out.effects[i].kind == kind)
            return true;
    return false;
}
