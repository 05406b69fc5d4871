/* Checkpoint statistics and the results of savepoints, as 1.20 and 2.3 tell them over REST. */
#include "base/timefmt.h"
#include "flink_script.h"

#define RESTARTS(n) "[{\"id\":\"numRestarts\",\"value\":\"" n "\"}]"
#define COMPLETED(id, savepoint, path)                                                       \
    "{\"className\":\"completed\",\"id\":" id                                                \
    ",\"status\":\"COMPLETED\",\"is_savepoint\":" savepoint                                  \
    ",\"savepointFormat\":null,\"trigger_timestamp\":1795393275068,"                         \
    "\"latest_ack_timestamp\":1795393275127,\"checkpointed_size\":5497,\"state_size\":5497," \
    "\"end_to_end_duration\":59,\"num_subtasks\":2,\"num_acknowledged_subtasks\":2,"         \
    "\"checkpoint_type\":\"CHECKPOINT\",\"tasks\":{},\"external_path\":\"" path              \
    "\",\"discarded\":false}"
#define FAILED_5                                                                        \
    "{\"className\":\"failed\",\"id\":5,\"status\":\"FAILED\",\"is_savepoint\":false,"  \
    "\"trigger_timestamp\":1795393276068,\"latest_ack_timestamp\":-1,\"state_size\":0," \
    "\"failure_timestamp\":1795393276090,\"failure_message\":\"Checkpoint was declined.\"}"
#define IN_PROGRESS_6                                                                            \
    "{\"className\":\"in_progress\",\"id\":6,\"status\":\"IN_PROGRESS\",\"is_savepoint\":false," \
    "\"trigger_timestamp\":1795393277068,\"latest_ack_timestamp\":-1,\"state_size\":0}"
#define STATISTICS(completed, savepoint, failed, restored, history)                              \
    "{\"counts\":{\"restored\":0,\"total\":16,\"in_progress\":0,\"completed\":4,\"failed\":12}," \
    "\"summary\":{\"state_size\":{\"min\":0,\"p50\":\"NaN\"}},\"latest\":{"                      \
    "\"completed\":" completed ",\"savepoint\":" savepoint ",\"failed\":" failed                 \
    ",\"restored\":" restored "},\"history\":[" history "]}"
#define CONFIG(interval, deleted)                                                              \
    "{\"mode\":\"exactly_once\",\"interval\":" interval ",\"timeout\":600000,\"min_pause\":0," \
    "\"max_concurrent\":1,\"externalization\":{\"enabled\":true,"                              \
    "\"delete_on_cancellation\":" deleted "},\"state_backend\":\"HashMapStateBackend\"}"
#define CHK_4 COMPLETED("4", "false", "file:/c/" JOB "/chk-4")
#define SP_3  COMPLETED("3", "true", "file:/s/savepoint-aaaaaa-1c3b4d0c9b42")
#define SP_7  COMPLETED("7", "true", "file:/s/savepoint-aaaaaa-1c3b4d0c9b47")

static struct flink_checkpoints stats;
static bool stats_came;

static void on_checkpoints(void *arg, const struct flink_checkpoints *c)
{
    (void)arg;
    stats_came = true;
    stats = *c;
    stats.text = arena_str(story_arena, c->text);
    stats.latest_completed.path = arena_str(story_arena, c->latest_completed.path);
    stats.latest_savepoint.path = arena_str(story_arena, c->latest_savepoint.path);
    stats.latest_failed.failure = arena_str(story_arena, c->latest_failed.failure);
    stats.restored.path = arena_str(story_arena, c->restored.path);
    stats.history = ARENA_ARRAY(story_arena, struct flink_checkpoint, c->n_history);
    for (size_t i = 0; i < c->n_history; i++)
        stats.history[i] = c->history[i];
}

static void ask_checkpoints(void)
{
    stats_came = false;
    flink.ops->checkpoints(flink.ctx, STR(URL), STR(JOB), on_checkpoints, NULL);
    script_run();
    assert_true(stats_came);
}

static void statistics_and_configuration_are_one_answer(void **state)
{
    (void)state;
    script_body(200, STATISTICS(CHK_4, SP_3, FAILED_5,
                                "{\"id\":2,\"restore_timestamp\":1795393658321,\"is_savepoint\":"
                                "true,\"external_path\":\"file:/s/savepoint-bbbbbb-5f82a37a1475\"}",
                                IN_PROGRESS_6 "," FAILED_5 "," CHK_4 "," SP_3));
    script_body(200, CONFIG("1000", "false"));
    script_body(200, RESTARTS("3"));

    ask_checkpoints();

    assert_call(0, "GET", "/jobs/" JOB "/checkpoints");
    assert_call(1, "GET", "/jobs/" JOB "/checkpoints/config");
    assert_call(2, "GET", "/jobs/" JOB "/metrics?get=numRestarts");
    assert_int_equal(http.calls[0].timeout_us, 5 * US_PER_S);
    assert_int_equal(http.calls[1].timeout_us, 5 * US_PER_S - 1000); /* one deadline for all */
    assert_int_equal(http.calls[2].timeout_us, 5 * US_PER_S - 1000);
    assert_int_equal(stats.outcome, OUTCOME_DONE);
    assert_int_equal(stats.completed_count, 4);
    assert_int_equal(stats.latest_completed.id, 4);
    assert_text(stats.latest_completed.path, "file:/c/" JOB "/chk-4");
    assert_int_equal(stats.latest_completed.triggered_ms, 1795393275068);
    assert_int_equal(stats.latest_completed.acked_ms, 1795393275127);
    assert_int_equal(stats.latest_completed.state_size, 5497);
    assert_true(stats.latest_completed.completed);
    assert_int_equal(stats.latest_savepoint.id, 3);
    assert_true(stats.latest_savepoint.is_savepoint);
    assert_text(stats.latest_failed.failure, "Checkpoint was declined.");
    assert_true(stats.has_restored);
    assert_int_equal(stats.restored.id, 2);
    assert_text(stats.restored.path, "file:/s/savepoint-bbbbbb-5f82a37a1475");
    assert_int_equal(stats.n_history, 4);
    assert_false(stats.history[0].completed);
    assert_int_equal(stats.history[3].id, 3);
    assert_int_equal(stats.interval_ms, 1000);
    assert_true(stats.retained);
    assert_int_equal(stats.restarts, 3);
}

static void restarts_may_stay_unknown(void **state)
{
    (void)state;
    static const char *const bodies[] = {"[]", "{}", "<html>", "[{\"id\":\"x\",\"value\":\"1\"}]",
                                         "[{\"id\":\"numRestarts\",\"value\":\"NaN\"}]"};
    for (size_t i = 0; i < 5; i++) {
        script_fresh();
        script_body(200, STATISTICS("null", "null", "null", "null", ""));
        script_body(200, CONFIG("1000", "false"));
        script_body(200, bodies[i]);
        ask_checkpoints();
        assert_int_equal(stats.outcome, OUTCOME_DONE);
        assert_int_equal(stats.restarts, -1);
    }
}

static void a_job_without_checkpointing_tells_its_restarts(void **state)
{
    (void)state;
    script_body(404, "{\"errors\":[\"org.apache.flink.runtime.rest.handler.RestHandlerException: "
                     "Checkpointing has not been enabled.\\n\\tat x\"]}");
    script_body(200, RESTARTS("2"));
    ask_checkpoints();
    assert_int_equal(stats.outcome, OUTCOME_REFUSED);
    assert_int_equal(stats.restarts, 2);
}

static void the_newest_of_both_kinds_counts(void **state)
{
    (void)state;
    script_body(200, STATISTICS(CHK_4, SP_7, "null", "null", SP_7 "," CHK_4));
    script_body(200, CONFIG("9223372036854775807", "true"));
    script_body(200, RESTARTS("0"));
    ask_checkpoints();
    assert_int_equal(stats.latest_completed.id, 7);
    assert_true(stats.latest_completed.is_savepoint);
    assert_false(stats.has_restored);
    assert_int_equal(stats.interval_ms, -1); /* periodic checkpoints are off */
    assert_false(stats.retained);
}

static void a_job_that_has_none_yet_has_id_zero(void **state)
{
    (void)state;
    script_body(200, STATISTICS("null", "null", "null", "null", ""));
    script_body(200, CONFIG("1000", "false"));
    script_body(200, RESTARTS("0"));
    ask_checkpoints();
    assert_int_equal(stats.outcome, OUTCOME_DONE);
    assert_int_equal(stats.latest_completed.id, 0);
    assert_int_equal(stats.n_history, 0);
}

static void a_checkpoint_in_memory_has_no_path(void **state)
{
    (void)state;
    const char *in_memory = COMPLETED("4", "false", "<checkpoint-not-externally-addressable>");
    script_body(200, arena_fmt(story_arena,
                               "{\"counts\":{\"completed\":1},\"latest\":{\"completed\":%s,"
                               "\"savepoint\":null,\"failed\":null,\"restored\":null},"
                               "\"history\":[]}",
                               in_memory)
                         .ptr);
    script_body(200, CONFIG("1000", "false"));
    script_body(200, RESTARTS("0"));
    ask_checkpoints();
    assert_int_equal(stats.latest_completed.id, 4);
    assert_text(stats.latest_completed.path, "");
}

static void only_flinks_own_word_says_that_checkpointing_is_off(void **state)
{
    (void)state;
    script_body(404, "{\"errors\":[\"org.apache.flink.runtime.rest.handler.RestHandlerException: "
                     "Checkpointing has not been enabled.\\n\\tat x\"]}");
    script_body(200, RESTARTS("0"));
    ask_checkpoints();
    assert_int_equal(stats.outcome, OUTCOME_REFUSED);

    static const struct {
        int status;
        const char *body;
    } others[] = {
        {404, "{\"errors\":[\"org.apache.flink.runtime.rest.NotFoundException: Job " JOB
              " not found\"]}"},
        {404, "<html>Checkpointing has not been enabled.</html>"},
        {500, "{\"errors\":[\"Checkpointing has not been enabled.\"]}"},
        {200, "{}"},
        {200, "{\"counts\":{\"completed\":1},\"latest\":{},\"history\":[]}"},
        {200, STATISTICS("{}", "null", "null", "null", "")},
        {200, STATISTICS("null", "null", "null", "{\"id\":2,\"is_savepoint\":true}", "")},
        {200, STATISTICS("null", "null", "null", "null", "{}")},
        {200, STATISTICS("null", "null", "null", "null",
                         "{\"id\":1,\"status\":\"DONE\",\"is_savepoint\":false,"
                         "\"trigger_timestamp\":1}")},
        {200, "{\"counts\":{\"completed\":1},\"latest\":{\"completed\":null,\"savepoint\":null,"
              "\"failed\":null,\"restored\":null},\"history\":{}}"},
        {503, LEADER},
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        script_fresh();
        script_body(others[i].status, others[i].body);
        ask_checkpoints();
        assert_int_equal(stats.outcome, OUTCOME_UNKNOWN);
        assert_int_equal(stats.latest_completed.id, 0);
        assert_true(stats.text.len > 0);
    }
}

static void statistics_without_their_configuration_are_unknown(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{}", "<html>", "{\"interval\":\"1000\"}"};
    for (size_t i = 0; i < 3; i++) {
        script_fresh();
        script_body(200, STATISTICS(CHK_4, "null", "null", "null", CHK_4));
        script_body(200, bodies[i]);
        script_body(200, RESTARTS("0"));
        ask_checkpoints();
        assert_int_equal(stats.outcome, OUTCOME_UNKNOWN);
    }
}

static void statistics_cut_at_any_byte_are_unknown(void **state)
{
    (void)state;
    const char *body = STATISTICS(CHK_4, SP_3, FAILED_5, "null", CHK_4);
    for (size_t n = 0; n < strlen(body); n++) {
        script_fresh();
        script_body(200, arena_fmt(story_arena, "%.*s", (int)n, body).ptr);
        ask_checkpoints();
        assert_int_equal(stats.outcome, OUTCOME_UNKNOWN);
        assert_int_equal(stats.latest_completed.id, 0);
    }
}

static struct flink_trigger result;
static bool result_came;

static void on_trigger(void *arg, const struct flink_trigger *t)
{
    (void)arg;
    result_came = true;
    result = *t;
    result.text = arena_str(story_arena, t->text);
    result.location = arena_str(story_arena, t->location);
}

static void ask_trigger(int status, const char *body)
{
    script_fresh();
    script_body(status, body);
    result_came = false;
    flink.ops->trigger(flink.ctx, STR(URL), STR(JOB), STR(TRIGGER), on_trigger, NULL);
    script_run();
    assert_true(result_came);
    assert_call(0, "GET", "/jobs/" JOB "/savepoints/" TRIGGER);
}

#define CAUSE(trace)                                                                  \
    "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"failure-cause\":{\"class\":" \
    "\"java.util.concurrent.CompletionException\",\"stack-trace\":\"" trace           \
    "\",\"serialized-throwable\":\"rO0ABXNy\"}}}"
#define NO_SUCH_TRIGGER                                                                       \
    "{\"errors\":[\"org.apache.flink.runtime.rest.handler.RestHandlerException: There is no " \
    "savepoint operation with triggerId=" TRIGGER " for job " JOB                             \
    ".\\n\\tat org.apache.flink.x(SavepointHandlers.java:325)\"]}"

static void a_trigger_is_pending_then_done(void **state)
{
    (void)state;
    ask_trigger(200, "{\"status\":{\"id\":\"IN_PROGRESS\"},\"operation\":null}");
    assert_int_equal(result.state, FLINK_TRIGGER_IN_PROGRESS);
    ask_trigger(200, "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"location\":"
                     "\"file:/s/savepoint-aaaaaa-1c3b4d0c9b42\"}}");
    assert_int_equal(result.state, FLINK_TRIGGER_COMPLETED);
    assert_text(result.location, "file:/s/savepoint-aaaaaa-1c3b4d0c9b42");
}

static void completed_is_not_success(void **state)
{
    (void)state;
    ask_trigger(200,
                CAUSE("java.util.concurrent.CompletionException: "
                      "org.apache.flink.runtime.checkpoint.CheckpointException: An Exception "
                      "occurred while triggering the checkpoint. IO-problem detected.\\n\\tat "
                      "java.base/java.util.concurrent.CompletableFuture.x(F.java:368)\\n"
                      "Caused by: org.apache.flink.runtime.checkpoint.CheckpointException: An "
                      "Exception occurred while triggering the checkpoint. IO-problem "
                      "detected.\\n\\tSuppressed: java.lang.Exception\\n\\tCaused by: "
                      "java.lang.Error: not this one\\nCaused by: java.io.IOException: Failed "
                      "to create savepoint directory at file:/proc/nowhere\\n\\t... 3 more\\n"));
    assert_int_equal(result.state, FLINK_TRIGGER_FAILED);
    assert_text(result.text,
                "java.io.IOException: Failed to create savepoint directory at file:/proc/nowhere");
    assert_text(result.location, "");
}

static void a_savepoint_whose_stop_failed_is_found_anywhere_in_the_trace(void **state)
{
    (void)state;
    ask_trigger(
        200,
        CAUSE(
            "java.util.concurrent.CompletionException: x\\n\\tat y\\nCaused by: "
            "org.apache.flink.runtime.scheduler.stopwithsavepoint."
            "StopWithSavepointStoppingException"
            ": A savepoint has been created at: file:/s/savepoint-aaaaaa-1c3b4d0c9b42, but the "
            "corresponding job " JOB " failed during stopping. The savepoint is consistent, but "
            "might have uncommitted transactions.\\nCaused by: java.lang.RuntimeException: boom"));
    assert_int_equal(result.state, FLINK_TRIGGER_STOP_FAILED);
    assert_text(result.location, "file:/s/savepoint-aaaaaa-1c3b4d0c9b42");
    assert_text(result.text, "java.lang.RuntimeException: boom");

    ask_trigger(200, CAUSE("X: A savepoint has been created at: file:/s/cut"));
    assert_int_equal(result.state, FLINK_TRIGGER_FAILED);
}

static void only_flink_itself_says_that_it_does_not_know_a_trigger(void **state)
{
    (void)state;
    ask_trigger(404, NO_SUCH_TRIGGER);
    assert_int_equal(result.state, FLINK_TRIGGER_NOT_KNOWN);
    static const struct {
        int status;
        const char *body;
    } others[] = {
        {404, "<html>There is no savepoint operation</html>"},
        {404, "{\"errors\":[\"Not found: /x\"]}"},
        {500, NO_SUCH_TRIGGER},
        {503, LEADER},
        {200, "{}"},
        {200, "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":null}"},
        {200, "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"location\":\"\"}}"},
        {200, "{\"status\":{\"id\":\"COMPLETED\"}}"},
        {200, "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"failure-cause\":{}}}"},
        {200, "{\"status\":{\"id\":\"SOON\"},\"operation\":{\"location\":\"file:/x\"}}"},
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        ask_trigger(others[i].status, others[i].body);
        assert_int_equal(result.state, FLINK_TRIGGER_UNREACHABLE);
        assert_true(result.text.len > 0);
    }
}

static void a_trigger_cut_at_any_byte_is_unreachable(void **state)
{
    (void)state;
    const char *bodies[] = {
        "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"location\":\"file:/s/savepoint-1\"}}",
        CAUSE("X: A savepoint has been created at: file:/s/1, but the corresponding job y"),
    };
    for (size_t i = 0; i < 2; i++) {
        for (size_t n = 0; n < strlen(bodies[i]); n++) {
            ask_trigger(200, arena_fmt(story_arena, "%.*s", (int)n, bodies[i]).ptr);
            assert_int_equal(result.state, FLINK_TRIGGER_UNREACHABLE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(statistics_and_configuration_are_one_answer),
        STORY(the_newest_of_both_kinds_counts),
        STORY(restarts_may_stay_unknown),
        STORY(a_job_without_checkpointing_tells_its_restarts),
        STORY(a_job_that_has_none_yet_has_id_zero),
        STORY(a_checkpoint_in_memory_has_no_path),
        STORY(only_flinks_own_word_says_that_checkpointing_is_off),
        STORY(statistics_without_their_configuration_are_unknown),
        STORY(statistics_cut_at_any_byte_are_unknown),
        STORY(a_trigger_is_pending_then_done),
        STORY(completed_is_not_success),
        STORY(a_savepoint_whose_stop_failed_is_found_anywhere_in_the_trace),
        STORY(only_flink_itself_says_that_it_does_not_know_a_trigger),
        STORY(a_trigger_cut_at_any_byte_is_unreachable),
    };
    return cmocka_run_group_tests_name("flink_rest_state", tests, NULL, NULL);
}
