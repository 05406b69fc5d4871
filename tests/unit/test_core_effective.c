/* What Sluice adds to a user's Flink configuration, and where savepoints go: what the user wrote wins. */
#include "core_story.h"

static struct str directory(void)
{
    struct core_in in = core_story_in();
    return core_savepoint_directory(story_arena, &in, STR("s1"));
}

static void savepoints_go_where_the_job_was_told(void **state)
{
    (void)state;
    c.env.storage_base_uri = STR("file:/base");
    c.deployment.metadata.namespace_name = STR("default");
    assert_text(directory(), "file:/base/namespaces/default/deployments/d0/savepoints/s1");
    c.conf[0] = (struct str_pair){STR("state.savepoints.dir"), STR("file:/old//")};
    assert_text(directory(), "file:/old/s1");
    c.conf[0].key = STR("execution.checkpointing.savepoint-dir");
    assert_text(directory(), "file:/old/s1");
    c.conf[0].value = STR("/");
    assert_text(directory(), "/s1");
    struct core_in in = core_story_in();
    in.job = NULL; /* a plan of the first start: what the Deployment says */
    assert_text(core_savepoint_directory(story_arena, &in, STR("s1")),
                "file:/base/namespaces/default/deployments/d0/savepoints/s1");
}

static struct str effective(const char *key)
{
    struct core_in in = core_story_in();
    struct str_map m = core_effective_configuration(story_arena, &in, &c.job.spec.template_);
    for (size_t i = 1; i < m.n; i++)
        assert_true(str_cmp(m.items[i - 1].key, m.items[i].key) < 0);
    for (size_t i = 0; i < m.n; i++)
        if (str_eq(m.items[i].key, str_of(key)))
            return m.items[i].value;
    return (struct str){0};
}

static void only_what_the_user_left_open_is_added(void **state)
{
    (void)state;
    c.conf[0] = (struct str_pair){STR("execution.checkpointing.num-retained"), STR("9")};
    assert_text(effective("execution.checkpointing.num-retained"), "9");
    assert_text(effective("execution.checkpointing.externalized-checkpoint-retention"),
                "RETAIN_ON_CANCELLATION");
    c.conf[0].key = STR("state.checkpoints.num-retained"); /* its name in older Flinks */
    assert_text(effective("state.checkpoints.num-retained"), "9");
    assert_text(effective("execution.checkpointing.num-retained"), "");
    c.conf[0].key = STR("parallelism.default");
    assert_text(effective("execution.checkpointing.num-retained"), "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORE_STORY(savepoints_go_where_the_job_was_told),
        CORE_STORY(only_what_the_user_left_open_is_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
