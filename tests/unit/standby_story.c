#include "standby_story.h"

void given_standby(enum standby_step step)
{
    core_story_begin(NULL);
    given_a_checked_edit_under(UPGRADE_STATEFUL);
    c.deployment.spec.warm_standby = true;
    if (step == STANDBY_STEP_NONE)
        return;
    c.record.top = 2;
    c.record.standby.step = (int)step;
    c.record.standby.timer = c.seen.standby.timer = 3;
    c.seen.standby.timer_since = NOW - US_PER_S;
    c.record.standby.attempt = (struct attempt){
        .number = 2, .job_id = STR(STANDBY_JOB), .phase = PHASE_RESERVED, .spec_version = 2};
    c.standby_job.metadata.id = STR(STANDBY_JOB);
    given_clusters(1, 2);
    c.seen.clusters[1].incarnation = STR("two");
    c.seen.clusters[1].rest_url = STR("http://two");
    c.seen.standby.part.at = NOW - 1;
    c.seen.standby.incarnation = STR("two");
    c.seen.standby.sight =
        (struct flink_sight){.outcome = OUTCOME_DONE, .taskmanager_ids = {c.taskmanagers, 1}};
}

struct platform_cluster *its_cluster(void)
{
    return &c.seen.clusters[1];
}

void given_its_answer(enum outcome outcome, int status)
{
    c.seen.standby.call = (struct seen_call){.timer = 3,
                                             .sent = true,
                                             .sent_at = NOW - US_PER_S,
                                             .times = 1,
                                             .answered = true,
                                             .outcome = outcome,
                                             .status = status,
                                             .text = STR("what it says"),
                                             .jar_id = STR("jar-2")};
}

void given_its_call_is_under_way(void)
{
    c.seen.standby.call = (struct seen_call){.timer = 3, .sent = true, .sent_at = NOW - 1};
}

void given_it_waited(int64_t us)
{
    c.seen.standby.timer_since = NOW - us;
}

void given_the_plan(enum outcome outcome)
{
    c.seen.standby.plan_part.at = NOW - 1;
    c.seen.standby.plan_outcome = outcome;
    c.seen.standby.plan_text = STR("main() throws");
}

void then_its_step_is(enum standby_step step)
{
    assert_string_equal(standby_step_names[c.out.record.standby.step], standby_step_names[step]);
}
