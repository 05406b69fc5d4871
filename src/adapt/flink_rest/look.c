/* What runs on a cluster: /jobs/overview, /taskmanagers and one metric. Only a complete and
 * well-formed list of jobs proves that a job is not there. */
#include "adapt/flink_rest/codec.h"

#include "base/uuid.h"

static const struct {
    const char *name;
    enum flink_job_status status;
} states[] = {
    {"INITIALIZING", FLINK_JOB_INITIALIZING},
    {"CREATED", FLINK_JOB_CREATED},
    {"RUNNING", FLINK_JOB_RUNNING},
    {"RESTARTING", FLINK_JOB_RESTARTING},
    {"FAILING", FLINK_JOB_FAILING},
    {"CANCELLING", FLINK_JOB_CANCELLING},
    {"SUSPENDED", FLINK_JOB_SUSPENDED},
    {"RECONCILING", FLINK_JOB_RECONCILING},
    {"FINISHED", FLINK_JOB_FINISHED},
    {"CANCELED", FLINK_JOB_CANCELED},
    {"FAILED", FLINK_JOB_FAILED},
};

static enum flink_job_status state_of(struct str name)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (str_eq(name, str_of(states[i].name)))
            return states[i].status;
    }
    return FLINK_JOB_UNKNOWN;
}

static bool decode_job(struct json job, struct flink_sight *ret)
{
    struct json tasks = json_get(job, STR("tasks"));
    int64_t running = 0;
    int64_t finished = 0;
    ret->job = state_of(json_str_or(json_get(job, STR("state")), STR("")));
    bool whole = ret->job != FLINK_JOB_UNKNOWN &&
                 json_i64(json_get(job, STR("start-time")), &ret->start_time_ms) &&
                 json_i64(json_get(job, STR("end-time")), &ret->end_time_ms) &&
                 json_i64(json_get(tasks, STR("total")), &ret->tasks_total) &&
                 json_i64(json_get(tasks, STR("running")), &running) &&
                 json_i64(json_get(tasks, STR("finished")), &finished);
    if (!whole || running < 0 || finished < 0 || ret->tasks_total < 0 ||
        running > ret->tasks_total || finished > ret->tasks_total - running)
        return false;
    ret->tasks_up = running + finished;
    return true;
}

bool decode_overview(struct arena *a, const struct http_answer *answer, struct str job_id,
                     struct flink_sight *ret, struct str *why)
{
    struct json v;
    if (!answer_json(a, answer, 200, &v, why))
        return false;
    struct json jobs = json_get(v, STR("jobs"));
    bool whole = json_kind(jobs) == JSON_ARRAY;
    size_t found = 0;
    struct json_iter it = json_each(jobs);
    struct str key;
    struct json job;
    while (whole && json_next(&it, &key, &job)) {
        struct str id = json_str_or(json_get(job, STR("jid")), STR(""));
        whole = hex_id_is_valid(id);
        if (whole && str_eq(id, job_id)) {
            whole = decode_job(job, ret);
            found++;
        }
    }
    if (!whole || found > 1) {
        *why = STR("the list of jobs is not of Flink's form");
        return false;
    }
    if (found == 0)
        ret->job = FLINK_JOB_ABSENT;
    return true;
}

bool decode_taskmanagers(struct arena *a, const struct http_answer *answer, struct flink_sight *ret,
                         struct str *why)
{
    struct json v;
    if (!answer_json(a, answer, 200, &v, why))
        return false;
    struct json list = json_get(v, STR("taskmanagers"));
    bool whole = json_kind(list) == JSON_ARRAY;
    struct str_list ids = {ARENA_ARRAY(a, struct str, json_len(list)), 0};
    struct json_iter it = json_each(list);
    struct str key;
    struct json tm;
    while (whole && json_next(&it, &key, &tm)) {
        struct str id;
        whole = json_str(json_get(tm, STR("id")), &id) && !str_is_empty(id);
        if (whole)
            ids.items[ids.n++] = id;
    }
    if (!whole) {
        *why = STR("the list of TaskManagers is not of Flink's form");
        return false;
    }
    ret->taskmanager_ids = ids;
    return true;
}

int64_t decode_restarts(struct arena *a, const struct http_answer *answer)
{
    struct json v;
    struct str why;
    int64_t n = -1;
    if (!answer_json(a, answer, 200, &v, &why))
        return -1;
    struct json metric = json_at(v, 0);
    if (!str_eq(json_str_or(json_get(metric, STR("id")), STR("")), STR("numRestarts")))
        return -1;
    if (!str_to_i64(json_str_or(json_get(metric, STR("value")), STR("")), &n) || n < 0)
        return -1;
    return n;
}
