/* What is sent to Flink to change something, what its answers prove, and why something failed. */
#include "base/timefmt.h"
#include "flink_script.h"

static struct flink_answer answer;
static bool answer_came;

static void on_answer(void *arg, const struct flink_answer *a)
{
    (void)arg;
    answer_came = true;
    answer = *a;
    answer.text = arena_str(story_arena, a->text);
}

static void finish(void)
{
    assert_false(answer_came);
    script_run();
    assert_true(answer_came);
}

static void ask_cause(int status, const char *body)
{
    script_fresh();
    script_body(status, body);
    answer_came = false;
    flink.ops->cause(flink.ctx, STR(URL), STR(JOB), on_answer, NULL);
    finish();
    assert_call(0, "GET", "/jobs/" JOB "/exceptions?maxExceptions=1");
}

#define INIT_FAILED                                                                           \
    "{\"exceptionName\":\"org.apache.flink.runtime.client.JobInitializationException\","      \
    "\"stacktrace\":\"org.apache.flink.runtime.client.JobInitializationException: Could not " \
    "start the JobMaster.\\n\\tat x\\nCaused by: java.util.concurrent.CompletionException: "  \
    "java.io.EOFException\\n\\tat y\\nCaused by: java.io.EOFException\\n\\tat z\\n\","        \
    "\"timestamp\":1795403009300}"

static void the_cause_of_a_failure_is_its_deepest(void **state)
{
    (void)state;
    ask_cause(200, "{\"root-exception\":\"x\",\"timestamp\":1,\"all-exceptions\":[],\"truncated\":"
                   "false,\"exceptionHistory\":{\"entries\":[" INIT_FAILED
                   "],\"truncated\":false}}"); /* 1.20 */
    assert_int_equal(answer.outcome, OUTCOME_DONE);
    assert_text(answer.text, "java.io.EOFException");
    ask_cause(200, "{\"exceptionHistory\":{\"entries\":[" INIT_FAILED
                   "],\"truncated\":false}}"); /* 2.3 */
    assert_text(answer.text, "java.io.EOFException");
    ask_cause(200, "{\"exceptionHistory\":{\"entries\":[],\"truncated\":false}}");
    assert_int_equal(answer.outcome, OUTCOME_DONE);
    assert_text(answer.text, "");
    ask_cause(200, "{\"exceptionHistory\":{}}");
    assert_int_equal(answer.outcome, OUTCOME_UNKNOWN);
    ask_cause(200, "{\"exceptionHistory\":{\"entries\":[{}]}}");
    assert_int_equal(answer.outcome, OUTCOME_UNKNOWN);
    ask_cause(404, "{\"errors\":[\"org.apache.flink.runtime.rest.NotFoundException: Job not found"
                   "\"]}");
    assert_int_equal(answer.outcome, OUTCOME_UNKNOWN);
}

static void a_cause_is_one_bounded_line(void **state)
{
    (void)state;
    struct buf long_text = {0};
    buf_add(&long_text,
            STR("{\"exceptionHistory\":{\"entries\":[{\"stacktrace\":\"X: a\\tb\\u0001c "));
    for (int i = 0; i < 1000; i++)
        buf_add(&long_text, STR("\xC3\xA9"));
    buf_add(&long_text, STR("\\nsecond line\\n\\tat x\"}]}}"));
    ask_cause(200, arena_cstr(story_arena, buf_str(&long_text)));
    buf_fini(&long_text);
    assert_true(str_starts_with(answer.text, STR("X: a b c \xC3\xA9")));
    assert_true(str_ends_with(answer.text, STR("\xC3\xA9...")));
    assert_true(answer.text.len < 620);
    assert_true(str_is_utf8(answer.text));
}

static struct flink_submit submission(void)
{
    static struct str args[] = {{"--rate", 6}, {"say \"50\"", 8}};
    return (struct flink_submit){
        .jar_id = STR("8f2e_counter job.jar"),
        .job_id = STR(JOB),
        .entry_class = STR("lab.CounterJob"),
        .args = {args, 2},
        .parallelism = 2,
        .savepoint_path = STR("file:/s/savepoint-1"),
        .allow_non_restored_state = true,
        .timeout_us = 70 * US_PER_S,
    };
}

static void submit(const struct flink_submit *s, int status, const char *body)
{
    script_fresh();
    script_body(status, body);
    answer_came = false;
    flink.ops->submit(flink.ctx, STR(URL), s, on_answer, NULL);
    finish();
}

static void a_submission_says_all_that_flink_must_know(void **state)
{
    (void)state;
    struct flink_submit s = submission();
    submit(&s, 200, "{\"jobid\":\"" JOB "\"}");
    assert_call(0, "POST", "/jars/8f2e_counter%20job.jar/run");
    assert_int_equal(http.calls[0].timeout_us, 70 * US_PER_S);
    assert_string_equal(http.calls[0].content_type, "application/json");
    assert_text(http.calls[0].body,
                "{\"entryClass\":\"lab.CounterJob\",\"programArgsList\":[\"--rate\",\"say "
                "\\\"50\\\"\"],\"parallelism\":2,\"jobId\":\"" JOB
                "\",\"savepointPath\":\"file:/s/savepoint-1\",\"allowNonRestoredState\":true}");
    assert_int_equal(answer.outcome, OUTCOME_DONE);

    s.entry_class = s.savepoint_path = STR("");
    submit(&s, 200, "{\"jobid\":\"" JOB "\",\"applicationId\":\"" JOB "\"}"); /* 2.3 */
    assert_text(http.calls[0].body, "{\"programArgsList\":[\"--rate\",\"say \\\"50\\\"\"],"
                                    "\"parallelism\":2,\"jobId\":\"" JOB "\"}");
    assert_int_equal(answer.outcome, OUTCOME_DONE);
}

static void plan(struct str jar_id, int status, const char *body)
{
    static struct str args[] = {{"--rate", 6}, {"50", 2}};
    struct flink_plan p = {.job_id = STR(JOB),
                           .jar_id = jar_id,
                           .entry_class = STR("lab.CounterJob"),
                           .args = {args, 2},
                           .parallelism = 2,
                           .timeout_us = 50 * US_PER_S};
    script_fresh();
    if (body)
        script_body(status, body);
    answer_came = false;
    flink.ops->plan(flink.ctx, STR(URL), &p, on_answer, NULL);
    finish();
}

/* A proxy's page, or half an answer, proves nothing: only Flink says that no job can be made. */
static void a_plan_is_made_or_refused_by_flink(void **state)
{
    (void)state;
    plan(STR("8f2e_job.jar"), 200, "{\"plan\":{\"jid\":\"" JOB "\",\"nodes\":[{\"id\":\"a\"}]}}");
    assert_call(0, "POST", "/jars/8f2e_job.jar/plan");
    assert_int_equal(http.calls[0].timeout_us, 50 * US_PER_S);
    assert_text(http.calls[0].body, "{\"entryClass\":\"lab.CounterJob\",\"programArgsList\":"
                                    "[\"--rate\",\"50\"],\"parallelism\":2,\"jobId\":\"" JOB "\"}");
    assert_int_equal(answer.outcome, OUTCOME_DONE);
    plan(STR("j.jar"), 200, "{\"plan\":{}}");
    assert_int_equal(answer.outcome, OUTCOME_UNKNOWN);
    assert_text(answer.text, "the plan is not of Flink's form");
    plan(STR("j.jar"), 500,
         "{\"errors\":[\"Internal server error.\",\"<Exception on server side:\\n"
         "java.lang.IllegalStateException: no such table\\n\\tat x\\n\"]}");
    assert_int_equal(answer.outcome, OUTCOME_REFUSED);
    assert_text(answer.text, "HTTP 500: java.lang.IllegalStateException: no such table");
    plan(STR("j.jar"), 502, "<html>Bad Gateway</html>");
    assert_int_equal(answer.outcome, OUTCOME_UNKNOWN);
    plan(STR(".."), 0, NULL);
    assert_int_equal(answer.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(http.n_calls, 0);
}

static void a_jar_id_cannot_lead_elsewhere(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "..", "a/b", "a\\b", "a\nb"};
    for (size_t i = 0; i < 5; i++) {
        script_fresh();
        struct flink_submit s = submission();
        s.jar_id = str_of(ids[i]);
        answer_came = false;
        flink.ops->submit(flink.ctx, STR(URL), &s, on_answer, NULL);
        finish();
        assert_int_equal(answer.outcome, OUTCOME_UNKNOWN);
        assert_int_equal(http.n_calls, 0);
    }
}

#define DUPLICATE                                                                             \
    "{\"errors\":[\"org.apache.flink.runtime.rest.handler.RestHandlerException: Could not "   \
    "execute application.\\n\\tat x\\nCaused by: java.util.concurrent.CompletionException: "  \
    "org.apache.flink.util.FlinkRuntimeException: Could not execute application.\\n\\t... 1 " \
    "more\\nCaused by: org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job " \
    "has already been submitted.\\n\\tat y\\n\"]}"
#define NO_JAR                                                                                 \
    "{\"errors\":[\"Internal server error.\",\"<Exception on server side:\\n"                  \
    "java.util.concurrent.CompletionException: org.apache.flink.runtime.rest.handler."         \
    "RestHandlerException: Jar file /up/x.jar does not exist\\n\\tat x\\nCaused by: "          \
    "org.apache.flink.runtime.rest.handler.RestHandlerException: Jar file /up/x.jar does not " \
    "exist\\n\\t... 51 more\\n\\nEnd of exception on server side>\"]}"

static void any_other_complete_answer_refuses_a_submission(void **state)
{
    (void)state;
    struct flink_submit s = submission();
    submit(&s, 400, DUPLICATE);
    assert_int_equal(answer.outcome, OUTCOME_REFUSED);
    assert_int_equal(answer.status, 400);
    assert_text(answer.text,
                "HTTP 400: org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job "
                "has already been submitted.");
    submit(&s, 500, NO_JAR);
    assert_int_equal(answer.outcome, OUTCOME_REFUSED);
    assert_text(answer.text, "HTTP 500: org.apache.flink.runtime.rest.handler.RestHandlerException:"
                             " Jar file /up/x.jar does not exist");
    static const struct {
        int status;
        const char *body;
    } others[] = {{200, "{\"jobid\":\"" OTHER "\"}"},
                  {200, "<html>"},
                  {200, "{}"},
                  {202, "{\"jobid\":\"" JOB "\"}"},
                  {503, LEADER}};
    for (size_t i = 0; i < 5; i++) {
        submit(&s, others[i].status, others[i].body);
        assert_int_equal(answer.outcome, OUTCOME_REFUSED);
        assert_true(answer.text.len > 0);
    }
}

static void no_answer_to_a_submission_is_unknown(void **state)
{
    (void)state;
    struct flink_submit s = submission();
    script_silence("the connection was reset");
    answer_came = false;
    flink.ops->submit(flink.ctx, STR(URL), &s, on_answer, NULL);
    finish();
    assert_int_equal(answer.outcome, OUTCOME_UNKNOWN);
    assert_text(answer.text, "the connection was reset");
}

static void post_savepoint(const struct flink_stop *s, int status, const char *body)
{
    script_fresh();
    script_body(status, body);
    answer_came = false;
    flink.ops->savepoint(flink.ctx, STR(URL), s, on_answer, NULL);
    finish();
}

static const struct flink_stop stop_job = {
    .job_id = {JOB, 32},
    .trigger_id = {TRIGGER, 32},
    .directory = {"file:/s/try-1", 13},
    .stop = true,
};

#define ACCEPTED "{\"request-id\":\"" TRIGGER "\"}"

static void stop_and_savepoint_spell_the_directory_differently(void **state)
{
    (void)state;
    struct flink_stop s = stop_job;
    post_savepoint(&s, 202, ACCEPTED);
    assert_call(0, "POST", "/jobs/" JOB "/stop");
    assert_int_equal(http.calls[0].timeout_us, 30 * US_PER_S);
    assert_text(http.calls[0].body, "{\"targetDirectory\":\"file:/s/try-1\",\"drain\":false,"
                                    "\"formatType\":\"CANONICAL\",\"triggerId\":\"" TRIGGER "\"}");
    assert_int_equal(answer.outcome, OUTCOME_DONE);

    s.stop = false;
    s.native = true;
    post_savepoint(&s, 202, ACCEPTED);
    assert_call(0, "POST", "/jobs/" JOB "/savepoints");
    assert_text(http.calls[0].body, "{\"target-directory\":\"file:/s/try-1\",\"cancel-job\":false,"
                                    "\"formatType\":\"NATIVE\",\"triggerId\":\"" TRIGGER "\"}");

    s.stop = s.drain = true;
    post_savepoint(&s, 202, ACCEPTED);
    assert_true(str_contains(http.calls[0].body, STR("\"drain\":true")));
}

static void only_a_202_of_flinks_accepts_a_savepoint(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum outcome outcome;
        const char *body;
    } cases[] = {
        {202, OUTCOME_UNKNOWN, "{\"request-id\":\"" OTHER "\"}"},
        {202, OUTCOME_UNKNOWN, "<html>"},
        {200, OUTCOME_UNKNOWN, ACCEPTED},
        {400, OUTCOME_REFUSED, "{\"errors\":[\"Request did not match expected format X.\"]}"},
        {400, OUTCOME_UNKNOWN, "<html>"},
        {500, OUTCOME_UNKNOWN, "{\"errors\":[\"Internal server error.\"]}"},
        {503, OUTCOME_UNKNOWN, LEADER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        post_savepoint(&stop_job, cases[i].status, cases[i].body);
        assert_int_equal(answer.outcome, cases[i].outcome);
        assert_true(answer.text.len > 0);
    }
    struct flink_stop s = stop_job;
    s.directory = STR("");
    script_fresh(); /* Flink would use its default directory, which is not the try's own */
    answer_came = false;
    flink.ops->savepoint(flink.ctx, STR(URL), &s, on_answer, NULL);
    finish();
    assert_int_equal(http.n_calls, 0);
}

static void a_cancel_is_accepted_or_refused_by_flink_itself(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum outcome outcome;
        const char *body;
    } cases[] = {
        {202, OUTCOME_DONE, "{}"},
        {404, OUTCOME_REFUSED, "{\"errors\":[\"org.apache.flink.x: Job could not be found.\"]}"},
        {409, OUTCOME_REFUSED,
         "{\"errors\":[\"Job cancellation failed because the job has already reached another "
         "terminal state (FINISHED).\"]}"},
        {404, OUTCOME_UNKNOWN, "<html>"},
        {200, OUTCOME_UNKNOWN, "{}"},
        {202, OUTCOME_UNKNOWN, "<html>"},
        {408, OUTCOME_UNKNOWN, "{\"errors\":[\"Job cancellation timed out.\"]}"},
        {503, OUTCOME_UNKNOWN, LEADER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        script_fresh();
        script_body(cases[i].status, cases[i].body);
        answer_came = false;
        flink.ops->cancel(flink.ctx, STR(URL), STR(JOB), on_answer, NULL);
        finish();
        assert_call(0, "PATCH", "/jobs/" JOB "?mode=cancel");
        assert_int_equal(answer.outcome, cases[i].outcome);
        assert_int_equal(answer.status, cases[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_cause_of_a_failure_is_its_deepest),
        STORY(a_cause_is_one_bounded_line),
        STORY(a_submission_says_all_that_flink_must_know),
        STORY(a_plan_is_made_or_refused_by_flink),
        STORY(a_jar_id_cannot_lead_elsewhere),
        STORY(any_other_complete_answer_refuses_a_submission),
        STORY(no_answer_to_a_submission_is_unknown),
        STORY(stop_and_savepoint_spell_the_directory_differently),
        STORY(only_a_202_of_flinks_accepts_a_savepoint),
        STORY(a_cancel_is_accepted_or_refused_by_flink_itself),
    };
    return cmocka_run_group_tests_name("flink_rest_writes", tests, NULL, NULL);
}
