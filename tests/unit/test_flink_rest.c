/* Flink's REST answers as outcomes, with bodies as 1.20 and 2.3 really send them. Above all: what is
 * not a complete answer of Flink's says nothing, least of all that a job is absent. */
#include "adapt/flink_rest/flink_rest.h"
#include "base/limits.h"
#include "base/timefmt.h"
#include "story.h"

#define URL     "http://127.0.0.1:8081"
#define JOB     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01"
#define OTHER   "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb02"
#define TRIGGER "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a02"

/* A scripted HTTP client: answers in the order in which the test wrote them, later, and keeps what
 * was asked. */
#define MOST 8

static struct {
    struct http_answer answers[MOST];
    size_t n_answers;
    struct http_call calls[MOST];
    size_t n_calls;
    void (*fn)(void *arg, const struct http_answer *answer); /* of the call under way */
    void *arg;
    void (*posted)(void *arg);
    void *posted_arg;
} http;

static void http_send(void *ctx, const struct http_call *call,
                      void (*fn)(void *arg, const struct http_answer *answer), void *arg)
{
    (void)ctx;
    assert_null(http.fn);
    assert_true(http.n_calls < MOST);
    struct http_call *kept = &http.calls[http.n_calls++];
    *kept = *call;
    kept->url = arena_str(story_arena, call->url);
    kept->body = arena_str(story_arena, call->body);
    http.fn = fn;
    http.arg = arg;
}

static void loop_post(void *ctx, void (*fn)(void *arg), void *arg)
{
    (void)ctx;
    assert_null(http.posted);
    http.posted = fn;
    http.posted_arg = arg;
}

/* Answers all calls; each from memory that is gone afterwards. */
static void run(void)
{
    if (http.posted) {
        http.posted(http.posted_arg);
        http.posted = NULL;
    }
    for (size_t i = 0; http.fn; i++) {
        void (*fn)(void *arg, const struct http_answer *answer) = http.fn;
        http.fn = NULL;
        if (i >= http.n_answers)
            fail_msg("an unexpected request: %s", http.calls[i].url.ptr);
        struct http_answer answer = http.answers[i];
        char *body = mem_alloc(answer.body.len ? answer.body.len : 1);
        if (answer.body.len)
            memcpy(body, answer.body.ptr, answer.body.len);
        answer.body.ptr = body;
        fn(http.arg, &answer);
        mem_free(body);
    }
}

static void script(struct http_answer answer)
{
    assert_true(http.n_answers < MOST);
    http.answers[http.n_answers++] = answer;
}

static void script_body(int status, const char *body)
{
    script((struct http_answer){
        .outcome = OUTCOME_DONE, .status = status, .body = str_of(body), .took_us = 1000});
}

static void script_silence(const char *why)
{
    script((struct http_answer){.outcome = OUTCOME_UNKNOWN, .text = str_of(why)});
}

static struct flink_rest *adapter;
static struct flink flink;

static void fresh(void)
{
    memset(&http, 0, sizeof(http));
}

static int begin(void **state)
{
    static const struct http_client_ops client = {.send = http_send};
    static const struct loop_ops loop = {.post = loop_post};
    fresh();
    adapter = flink_rest_new((struct http_client){&client, NULL}, (struct loop){&loop, NULL});
    flink = flink_rest_port(adapter);
    return story_begin(state);
}

static int end(void **state)
{
    flink_rest_free(adapter);
    return story_end(state);
}

#undef STORY
#define STORY(test) cmocka_unit_test_setup_teardown(test, begin, end)

static void assert_call(size_t i, const char *method, const char *path)
{
    assert_true(i < http.n_calls);
    assert_string_equal(http.calls[i].method, method);
    assert_text(http.calls[i].url, arena_fmt(story_arena, "%s%s", URL, path).ptr);
    assert_int_equal(http.calls[i].most_bytes, LIMIT_FLINK_ANSWER);
    assert_false(http.calls[i].follow_redirects);
    assert_int_equal(http.calls[i].to_fd, -1);
}

/* --- look --- */

#define TASKS(total, running, finished)                                                          \
    "{\"running\":" running ",\"canceling\":0,\"canceled\":0,\"total\":" total ",\"created\":0," \
    "\"scheduled\":0,\"deploying\":0,\"reconciling\":0,\"finished\":" finished                   \
    ",\"initializing\":0,\"failed\":0}"
#define JOB_1_20(id, state, tasks)                                                           \
    "{\"jid\":\"" id "\",\"name\":\"counter\",\"start-time\":1795393259871,\"end-time\":-1," \
    "\"duration\":15202,\"state\":\"" state "\",\"last-modification\":1795393271892,"        \
    "\"tasks\":" tasks "}"
#define JOB_2_3(id, state, tasks)                                                            \
    "{\"jid\":\"" id "\",\"name\":\"counter\",\"start-time\":1795393259871,\"end-time\":-1," \
    "\"duration\":15202,\"state\":\"" state "\",\"last-modification\":1795393271892,"        \
    "\"tasks\":" tasks ",\"pending-operators\":0,\"jobType\":\"STREAMING\","                 \
    "\"schedulerType\":\"Default\"}"
#define JOBS(list) "{\"jobs\":[" list "]}"
#define TASKMANAGERS                                                                           \
    "{\"taskmanagers\":[{\"id\":\"tm-1\",\"path\":\"pekko.tcp://flink@127.0.0.1:44349/user\"," \
    "\"dataPort\":37735,\"slotsNumber\":2,\"freeSlots\":1},{\"id\":\"tm-2\",\"path\":\"p\"}]}"

static struct flink_sight sight;
static bool sight_came;

static void on_sight(void *arg, const struct flink_sight *s)
{
    (void)arg;
    assert_false(sight_came);
    sight_came = true;
    sight = *s;
    sight.text = arena_str(story_arena, s->text);
    sight.taskmanager_ids.items = ARENA_ARRAY(story_arena, struct str, s->taskmanager_ids.n);
    for (size_t i = 0; i < s->taskmanager_ids.n; i++)
        sight.taskmanager_ids.items[i] = arena_str(story_arena, s->taskmanager_ids.items[i]);
}

static void look_at(const char *job_id)
{
    sight_came = false;
    flink.ops->look(flink.ctx, STR(URL "/"), str_of(job_id), on_sight, NULL);
    assert_false(sight_came); /* never from inside the call */
    run();
    assert_true(sight_came);
}

static void look(void)
{
    look_at(JOB);
}

static void a_running_job_is_seen_on_both_versions(void **state)
{
    (void)state;
    static const char *const overviews[] = {
        JOBS(JOB_1_20(OTHER, "FAILED", TASKS("3", "0", "0")) "," JOB_1_20(JOB, "RUNNING",
                                                                          TASKS("4", "2", "1"))),
        JOBS(JOB_2_3(JOB, "RUNNING", TASKS("4", "2", "1"))),
    };
    for (size_t i = 0; i < 2; i++) {
        fresh();
        script_body(200, overviews[i]);
        script_body(200, TASKMANAGERS);
        script_body(200, "[{\"id\":\"numRestarts\",\"value\":\"3\"}]");

        look();

        assert_call(0, "GET", "/jobs/overview");
        assert_call(1, "GET", "/taskmanagers");
        assert_call(2, "GET", "/jobs/" JOB "/metrics?get=numRestarts");
        assert_int_equal(http.calls[0].timeout_us, 5 * US_PER_S);
        assert_int_equal(http.calls[2].timeout_us, 5 * US_PER_S - 2000); /* one deadline for all */
        assert_int_equal(sight.outcome, OUTCOME_DONE);
        assert_int_equal(sight.job, FLINK_JOB_RUNNING);
        assert_int_equal(sight.tasks_total, 4);
        assert_int_equal(sight.tasks_up, 3);
        assert_int_equal(sight.start_time_ms, 1795393259871);
        assert_int_equal(sight.end_time_ms, -1);
        assert_int_equal(sight.restarts, 3);
        assert_int_equal(sight.taskmanagers, 2);
        assert_text(sight.taskmanager_ids.items[0], "tm-1");
        assert_text(sight.taskmanager_ids.items[1], "tm-2");
    }
}

static void every_state_of_flink_has_its_value(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum flink_job_status status;
    } states[] = {
        {"INITIALIZING", FLINK_JOB_INITIALIZING}, {"CREATED", FLINK_JOB_CREATED},
        {"RESTARTING", FLINK_JOB_RESTARTING},     {"FAILING", FLINK_JOB_FAILING},
        {"CANCELLING", FLINK_JOB_CANCELLING},     {"SUSPENDED", FLINK_JOB_SUSPENDED},
        {"RECONCILING", FLINK_JOB_RECONCILING},   {"FINISHED", FLINK_JOB_FINISHED},
        {"CANCELED", FLINK_JOB_CANCELED},         {"FAILED", FLINK_JOB_FAILED},
    };
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        fresh();
        const char *body = JOBS(JOB_1_20(JOB, "STATE", TASKS("2", "0", "2")));
        const char *at = strstr(body, "STATE");
        script_body(
            200,
            arena_fmt(story_arena, "%.*s%s%s", (int)(at - body), body, states[i].name, at + 5).ptr);
        script_body(200, TASKMANAGERS);
        look();
        assert_int_equal(sight.outcome, OUTCOME_DONE);
        assert_int_equal(sight.job, states[i].status);
        assert_int_equal(sight.restarts, -1); /* asked of running jobs only */
    }
}

static void a_list_without_the_job_proves_its_absence(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "{\"jobs\":[]}",
        JOBS(JOB_1_20(OTHER, "RUNNING", TASKS("1", "1", "0"))),
    };
    for (size_t i = 0; i < 2; i++) {
        fresh();
        script_body(200, lists[i]);
        script_body(200, "{\"taskmanagers\":[]}");
        look();
        assert_int_equal(sight.outcome, OUTCOME_DONE);
        assert_int_equal(sight.job, FLINK_JOB_ABSENT);
        assert_int_equal(sight.taskmanagers, 0);
    }
}

static void assert_nothing_seen(void)
{
    assert_int_equal(sight.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(sight.job, FLINK_JOB_UNKNOWN);
    assert_int_equal(sight.taskmanagers, 0);
    assert_true(sight.text.len > 0);
}

#define LEADER                                                                                  \
    "{\"errors\":[\"Service temporarily unavailable due to an ongoing leader election. Please " \
    "refresh.\"]}"

static void whatever_is_not_flinks_list_is_unknown(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
    } answers[] = {
        {200, "<html><form action=\"/login\">Sign in</form></html>"},
        {200, ""},
        {200, "null"},
        {200, "{}"},
        {200, "[]"},
        {200, "{\"jobs\":{}}"},
        {200, "{\"jobs\":null}"},
        {200, "{\"jobs\":[{}]}"},
        {200, "{\"jobs\":[{\"jid\":\"x\",\"state\":\"RUNNING\"}]}"},
        {200, "{\"errors\":[\"x\"]}"},
        {200, JOBS(JOB_1_20(JOB, "DREAMING", TASKS("1", "1", "0")))},
        {200, JOBS("{\"jid\":\"" JOB "\",\"state\":\"RUNNING\"}")},
        {200, JOBS(JOB_1_20(JOB, "RUNNING", TASKS("1", "2", "0")))},
        {200, JOBS(JOB_1_20(JOB, "RUNNING", TASKS("1", "-1", "0")))},
        {200, JOBS(JOB_1_20(JOB, "RUNNING", TASKS("1", "1", "0")) "," JOB_1_20(
                  JOB, "FAILED", TASKS("1", "1", "0")))},
        {204, ""},
        {302, ""},
        {401, "{\"errors\":[\"who are you\"]}"},
        {404, "{\"errors\":[\"Not found: /jobs/overview\"]}"},
        {404, "{\"jobs\":[]}"},
        {500, "{\"errors\":[\"Internal server error.\"]}"},
        {502, "<html>Bad Gateway</html>"},
        {503, LEADER},
    };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        fresh();
        script_body(answers[i].status, answers[i].body);
        look();
        assert_nothing_seen();
        assert_int_equal(http.n_calls, 1);
    }
    assert_text(sight.text, "HTTP 503: Service temporarily unavailable due to an ongoing leader "
                            "election. Please refresh.");
}

static void a_list_cut_at_any_byte_is_unknown(void **state)
{
    (void)state;
    const char *body = JOBS(JOB_1_20(OTHER, "RUNNING", TASKS("1", "1", "0")));
    for (size_t n = 0; n < strlen(body); n++) {
        fresh();
        script_body(200, arena_fmt(story_arena, "%.*s", (int)n, body).ptr);
        look();
        assert_nothing_seen();
    }
}

static void no_answer_is_unknown_whatever_was_known_before(void **state)
{
    (void)state;
    script_silence("timed out after 5s");
    look();
    assert_nothing_seen();
    assert_text(sight.text, "timed out after 5s");

    fresh(); /* refused by the kernel: nobody is there, which is not "no such job" either */
    script((struct http_answer){.outcome = OUTCOME_REFUSED, .text = STR("connection refused")});
    look();
    assert_nothing_seen();

    fresh();
    script_body(200, "{\"jobs\":[]}");
    script_body(503, LEADER);
    look();
    assert_nothing_seen();
}

static void taskmanagers_of_another_shape_are_unknown(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{}", "{\"taskmanagers\":[{}]}", "<html>",
                                         "{\"taskmanagers\":[{\"id\":7}]}"};
    for (size_t i = 0; i < 4; i++) {
        fresh();
        script_body(200, "{\"jobs\":[]}");
        script_body(200, bodies[i]);
        look();
        assert_nothing_seen();
    }
}

static void restarts_may_stay_unknown(void **state)
{
    (void)state;
    static const char *const bodies[] = {"[]", "{}", "<html>", "[{\"id\":\"x\",\"value\":\"1\"}]",
                                         "[{\"id\":\"numRestarts\",\"value\":\"NaN\"}]"};
    for (size_t i = 0; i < 5; i++) {
        fresh();
        script_body(200, JOBS(JOB_1_20(JOB, "RUNNING", TASKS("1", "1", "0"))));
        script_body(200, TASKMANAGERS);
        script_body(200, bodies[i]);
        look();
        assert_int_equal(sight.outcome, OUTCOME_DONE);
        assert_int_equal(sight.job, FLINK_JOB_RUNNING);
        assert_int_equal(sight.restarts, -1);
    }
}

static void what_is_no_id_or_address_is_never_sent(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "x", "../../jars", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA01",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01?mode=cancel"};
    for (size_t i = 0; i < 5; i++) {
        fresh();
        look_at(ids[i]);
        assert_nothing_seen();
        assert_int_equal(http.n_calls, 0);
    }
    static const char *const urls[] = {"", "file:///etc", "127.0.0.1:8081",
                                       "http://x/?q=", "http://x y"};
    for (size_t i = 0; i < 5; i++) {
        fresh();
        sight_came = false;
        flink.ops->look(flink.ctx, str_of(urls[i]), STR(JOB), on_sight, NULL);
        run();
        assert_nothing_seen();
        assert_int_equal(http.n_calls, 0);
    }
}

/* --- checkpoints --- */

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
#define STATISTICS(completed, savepoint, failed, restored, history)                                 \
    "{\"counts\":{\"restored\":0,\"total\":16,\"in_progress\":0,\"completed\":4,\"failed\":12},"    \
    "\"summary\":{\"state_size\":{\"min\":0,\"p50\":\"NaN\"}},\"latest\":{\"completed\":" completed \
    ",\"savepoint\":" savepoint ",\"failed\":" failed ",\"restored\":" restored                     \
    "},\"history\":[" history "]}"
#define CONFIG(interval, deleted)                                                                    \
    "{\"mode\":\"exactly_once\",\"interval\":" interval ",\"timeout\":600000,\"min_pause\":0,"       \
    "\"max_concurrent\":1,\"externalization\":{\"enabled\":true,\"delete_on_cancellation\":" deleted \
    "},\"state_backend\":\"HashMapStateBackend\"}"
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
    run();
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

    ask_checkpoints();

    assert_call(0, "GET", "/jobs/" JOB "/checkpoints");
    assert_call(1, "GET", "/jobs/" JOB "/checkpoints/config");
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
}

static void the_newest_of_both_kinds_counts(void **state)
{
    (void)state;
    script_body(200, STATISTICS(CHK_4, SP_7, "null", "null", SP_7 "," CHK_4));
    script_body(200, CONFIG("9223372036854775807", "true"));
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
                               "{\"counts\":{\"completed\":1},\"latest\":{\"completed\":%s},"
                               "\"history\":[]}",
                               in_memory)
                         .ptr);
    script_body(200, CONFIG("1000", "false"));
    ask_checkpoints();
    assert_int_equal(stats.latest_completed.id, 4);
    assert_text(stats.latest_completed.path, "");
}

static void only_flinks_own_word_says_that_checkpointing_is_off(void **state)
{
    (void)state;
    script_body(404, "{\"errors\":[\"org.apache.flink.runtime.rest.handler.RestHandlerException: "
                     "Checkpointing has not been enabled.\\n\\tat x\"]}");
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
        {200, "{\"counts\":{\"completed\":1},\"latest\":{},\"history\":{}}"},
        {200, "{\"counts\":{\"completed\":1},\"latest\":{\"completed\":{}},\"history\":[]}"},
        {200, "{\"counts\":{\"completed\":1},\"latest\":{},\"history\":[{}]}"},
        {503, LEADER},
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        fresh();
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
        fresh();
        script_body(200, STATISTICS(CHK_4, "null", "null", "null", CHK_4));
        script_body(200, bodies[i]);
        ask_checkpoints();
        assert_int_equal(stats.outcome, OUTCOME_UNKNOWN);
    }
}

static void statistics_cut_at_any_byte_are_unknown(void **state)
{
    (void)state;
    const char *body = STATISTICS(CHK_4, SP_3, FAILED_5, "null", CHK_4);
    for (size_t n = 0; n < strlen(body); n++) {
        fresh();
        script_body(200, arena_fmt(story_arena, "%.*s", (int)n, body).ptr);
        ask_checkpoints();
        assert_int_equal(stats.outcome, OUTCOME_UNKNOWN);
        assert_int_equal(stats.latest_completed.id, 0);
    }
}

/* --- trigger --- */

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
    fresh();
    script_body(status, body);
    result_came = false;
    flink.ops->trigger(flink.ctx, STR(URL), STR(JOB), STR(TRIGGER), on_trigger, NULL);
    run();
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
            "org.apache.flink.runtime.scheduler.stopwithsavepoint.StopWithSavepointStoppingException"
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

/* --- cause and writes --- */

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
    run();
    assert_true(answer_came);
}

static void ask_cause(int status, const char *body)
{
    fresh();
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
    fresh();
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

static void a_jar_id_cannot_lead_elsewhere(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "..", "a/b", "a\\b", "a\nb"};
    for (size_t i = 0; i < 5; i++) {
        fresh();
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
    fresh();
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
        const char *body;
        enum outcome outcome;
    } cases[] = {
        {202, "{\"request-id\":\"" OTHER "\"}", OUTCOME_UNKNOWN},
        {202, "<html>", OUTCOME_UNKNOWN},
        {200, ACCEPTED, OUTCOME_UNKNOWN},
        {400, "{\"errors\":[\"Request did not match expected format X.\"]}", OUTCOME_REFUSED},
        {400, "<html>", OUTCOME_UNKNOWN},
        {500, "{\"errors\":[\"Internal server error.\"]}", OUTCOME_UNKNOWN},
        {503, LEADER, OUTCOME_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        post_savepoint(&stop_job, cases[i].status, cases[i].body);
        assert_int_equal(answer.outcome, cases[i].outcome);
        assert_true(answer.text.len > 0);
    }
    struct flink_stop s = stop_job;
    s.directory = STR("");
    fresh(); /* Flink would use its default directory, which is not the try's own */
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
        const char *body;
        enum outcome outcome;
    } cases[] = {
        {202, "{}", OUTCOME_DONE},
        {404, "{\"errors\":[\"org.apache.flink.x: Job could not be found.\"]}", OUTCOME_REFUSED},
        {409,
         "{\"errors\":[\"Job cancellation failed because the job has already reached another "
         "terminal state (FINISHED).\"]}",
         OUTCOME_REFUSED},
        {404, "<html>", OUTCOME_UNKNOWN},
        {200, "{}", OUTCOME_UNKNOWN},
        {202, "<html>", OUTCOME_UNKNOWN},
        {408, "{\"errors\":[\"Job cancellation timed out.\"]}", OUTCOME_UNKNOWN},
        {503, LEADER, OUTCOME_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fresh();
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
        STORY(a_running_job_is_seen_on_both_versions),
        STORY(every_state_of_flink_has_its_value),
        STORY(a_list_without_the_job_proves_its_absence),
        STORY(whatever_is_not_flinks_list_is_unknown),
        STORY(a_list_cut_at_any_byte_is_unknown),
        STORY(no_answer_is_unknown_whatever_was_known_before),
        STORY(taskmanagers_of_another_shape_are_unknown),
        STORY(restarts_may_stay_unknown),
        STORY(what_is_no_id_or_address_is_never_sent),
        STORY(statistics_and_configuration_are_one_answer),
        STORY(the_newest_of_both_kinds_counts),
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
        STORY(the_cause_of_a_failure_is_its_deepest),
        STORY(a_cause_is_one_bounded_line),
        STORY(a_submission_says_all_that_flink_must_know),
        STORY(a_jar_id_cannot_lead_elsewhere),
        STORY(any_other_complete_answer_refuses_a_submission),
        STORY(no_answer_to_a_submission_is_unknown),
        STORY(stop_and_savepoint_spell_the_directory_differently),
        STORY(only_a_202_of_flinks_accepts_a_savepoint),
        STORY(a_cancel_is_accepted_or_refused_by_flink_itself),
    };
    return cmocka_run_group_tests_name("flink_rest", tests, NULL, NULL);
}
