/* What Flink's REST says of a cluster's jobs, with bodies as 1.20 and 2.3 really send them. What is
 * not a complete answer of Flink's says nothing, least of all that a job is absent. */
#include "base/timefmt.h"
#include "flink_script.h"

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

static void look_at(const char *url, const char *job_id, enum flink_look what)
{
    sight_came = false;
    flink.ops->look(flink.ctx, str_of(url), str_of(job_id), what, on_sight, NULL);
    assert_false(sight_came); /* never from inside the call */
    script_run();
    assert_true(sight_came);
}

static void look(void)
{
    look_at(URL "/", JOB, FLINK_LOOK_JOB);
}

static void look_for_taskmanagers(void)
{
    look_at(URL "/", JOB, FLINK_LOOK_TASKMANAGERS);
}

static void a_running_job_is_seen_on_both_versions(void **state)
{
    (void)state;
    static const char *const overviews[] = {
        JOBS(JOB_1_20(OTHER, "FAILED", TASKS("3", "0", "0")) "," JOB_1_20(JOB, "RUNNING",
                                                                          TASKS("4", "3", "1"))),
        JOBS(JOB_2_3(JOB, "RUNNING", TASKS("4", "3", "1"))),
    };
    for (size_t i = 0; i < 2; i++) {
        script_fresh();
        script_body(200, overviews[i]);

        look();

        assert_int_equal(http.n_calls, 1);
        assert_call(0, "GET", "/jobs/overview");
        assert_int_equal(http.calls[0].timeout_us, 5 * US_PER_S);
        assert_int_equal(sight.outcome, OUTCOME_DONE);
        assert_int_equal(sight.job, FLINK_JOB_RUNNING);
        assert_int_equal(sight.tasks_total, 4);
        assert_int_equal(sight.tasks_up, 4);
        assert_int_equal(sight.start_time_ms, 1795393259871);
        assert_int_equal(sight.end_time_ms, -1);
    }
}

static void registered_taskmanagers_are_named_and_the_job_is_not_asked_for(void **state)
{
    (void)state;
    script_body(200, TASKMANAGERS);

    look_for_taskmanagers();

    assert_int_equal(http.n_calls, 1);
    assert_call(0, "GET", "/taskmanagers");
    assert_int_equal(http.calls[0].timeout_us, 5 * US_PER_S);
    assert_int_equal(sight.outcome, OUTCOME_DONE);
    assert_int_equal(sight.taskmanager_ids.n, 2);
    assert_text(sight.taskmanager_ids.items[0], "tm-1");
    assert_text(sight.taskmanager_ids.items[1], "tm-2");
    assert_int_equal(sight.job, FLINK_JOB_UNKNOWN); /* not asked is not absent */
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
        script_fresh();
        const char *body = JOBS(JOB_1_20(JOB, "STATE", TASKS("2", "0", "2")));
        const char *at = strstr(body, "STATE");
        script_body(
            200,
            arena_fmt(story_arena, "%.*s%s%s", (int)(at - body), body, states[i].name, at + 5).ptr);
        script_body(200, TASKMANAGERS);
        look();
        assert_int_equal(sight.outcome, OUTCOME_DONE);
        assert_int_equal(sight.job, states[i].status);
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
        script_fresh();
        script_body(200, lists[i]);
        look();
        assert_int_equal(sight.outcome, OUTCOME_DONE);
        assert_int_equal(sight.job, FLINK_JOB_ABSENT);
    }
}

static void assert_nothing_seen(void)
{
    assert_int_equal(sight.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(sight.job, FLINK_JOB_UNKNOWN);
    assert_int_equal(sight.taskmanager_ids.n, 0);
    assert_true(sight.text.len > 0);
}

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
        script_fresh();
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
        script_fresh();
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

    script_fresh(); /* refused by the kernel: nobody is there, which is not "no such job" either */
    script_answer(
        (struct http_answer){.outcome = OUTCOME_REFUSED, .text = STR("connection refused")});
    look();
    assert_nothing_seen();

    script_fresh();
    script_body(503, LEADER);
    look_for_taskmanagers();
    assert_nothing_seen();
}

static void taskmanagers_of_another_shape_are_unknown(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{}", "{\"taskmanagers\":[{}]}", "<html>",
                                         "{\"taskmanagers\":[{\"id\":7}]}"};
    for (size_t i = 0; i < 4; i++) {
        script_fresh();
        script_body(200, bodies[i]);
        look_for_taskmanagers();
        assert_nothing_seen();
    }
}

static void what_is_no_id_or_address_is_never_sent(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "x", "../../jars", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA01",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01?mode=cancel"};
    for (size_t i = 0; i < 5; i++) {
        script_fresh();
        look_at(URL "/", ids[i], FLINK_LOOK_JOB);
        assert_nothing_seen();
        assert_int_equal(http.n_calls, 0);
    }
    static const char *const urls[] = {"", "file:///etc", "127.0.0.1:8081",
                                       "http://x/?q=", "http://x y"};
    for (size_t i = 0; i < 5; i++) {
        script_fresh();
        look_at(urls[i], JOB, FLINK_LOOK_TASKMANAGERS);
        assert_nothing_seen();
        assert_int_equal(http.n_calls, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_running_job_is_seen_on_both_versions),
        STORY(registered_taskmanagers_are_named_and_the_job_is_not_asked_for),
        STORY(every_state_of_flink_has_its_value),
        STORY(a_list_without_the_job_proves_its_absence),
        STORY(whatever_is_not_flinks_list_is_unknown),
        STORY(a_list_cut_at_any_byte_is_unknown),
        STORY(no_answer_is_unknown_whatever_was_known_before),
        STORY(taskmanagers_of_another_shape_are_unknown),
        STORY(what_is_no_id_or_address_is_never_sent),
    };
    return cmocka_run_group_tests_name("flink_rest", tests, NULL, NULL);
}
