/* Where a Deployment can be when an edit comes, and how it gets there. Each begins with a job that ran
 * for a while, has one savepoint of its own, and another two lie elsewhere. */
#include "desired.h"

enum { LONG = 4000 };

/* Of the fields that have a default each says something else, where it can. */
#define BASE                                                                                      \
    "{\"state\":\"RUNNING\",\"deploymentTargetName\":\"local\","                                  \
    "\"upgradeStrategy\":{\"kind\":\"STATEFUL\"},\"restoreStrategy\":{\"kind\":\"LATEST_STATE\"," \
    "\"allowNonRestoredState\":true},\"maxSavepointCreationAttempts\":3,"                         \
    "\"maxJobCreationAttempts\":3,\"jobFailureExpirationTime\":\"1h\","                           \
    "\"savepointFormat\":\"NATIVE\",\"template\":{\"spec\":{"                                     \
    "\"artifact\":{\"kind\":\"JAR\",\"jarUri\":\"file:/jobs/counter.jar\","                       \
    "\"flinkVersion\":\"1.20\"},\"parallelism\":2,\"resources\":{"                                \
    "\"jobmanager\":{\"cpu\":0.5,\"memory\":\"1200m\"},"                                          \
    "\"taskmanager\":{\"cpu\":0.5,\"memory\":\"2200m\"}},"                                        \
    "\"flinkConfiguration\":{\"taskmanager.numberOfTaskSlots\":\"2\"},"                           \
    "\"logging\":{\"loggingProfile\":\"loud\"}}}}"
#define FAILURES 3 /* until the base gives up */

static struct str savepoint_location(const struct grid_run *r)
{
    const struct sim *s = r->s;
    for (size_t i = s->world.n_snapshots; i > 0; i--)
        if (s->world.snapshots[i - 1].savepoint && !s->world.snapshots[i - 1].imported)
            return str_of(s->world.snapshots[i - 1].location);
    return (struct str){0};
}

/* ---- the beginning ---- */

static struct str make_target(struct sim *s, const char *name)
{
    struct str body =
        arena_fmt(s->a, "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"kind\":\"LOCAL\"}}", name);
    struct user_answer x = user_sends(s, "POST", STR(SIM_NAMESPACE "/deployment-targets"), body);
    if (x.status != 201)
        world_trouble(&s->world, "target %.10s is answered with %d", name, x.status);
    return arena_str(s->a, json_str_or(json_path(x.body, "metadata.id"), STR("")));
}

static void make_targets(struct grid_run *r)
{
    char longest[64];
    memset(longest, 'x', 63);
    longest[63] = '\0';
    make_target(r->s, "t");
    make_target(r->s, longest);
    r->target_ids[0] = make_target(r->s, "other");
    r->target_ids[1] = make_target(r->s, "another");
}

static void make_snapshot(struct grid_run *r, const char *location)
{
    struct w_snapshot *x = storage_add(&r->s->world, location);
    x->savepoint = x->imported = true;
    x->id = 5;
    x->position = 123456;
}

static bool runs(struct sim *s)
{
    return s->record.current.phase == PHASE_UP && user_sees(s) == OBSERVED_RUNNING;
}

static void begin(struct grid_run *r)
{
    struct sim *s = r->s;
    r->written = grid_json(s->a, STR(BASE));
    make_targets(r);
    struct user_answer x =
        user_sends(s, "POST", STR(SIM_NAMESPACE "/deployments"),
                   STR("{\"metadata\":{\"name\":\"counter\"},\"spec\":" BASE "}"));
    s->deployment_id = arena_str(s->a, json_str_or(json_path(x.body, "metadata.id"), STR("")));
    if (x.status != 201 || !sim_until(s, runs, LONG * S))
        world_trouble(&s->world, "it is not created");
    user_requests_savepoint(s);
    sim_until(s, has_savepoint, LONG * S);
    make_snapshot(r, "file:/elsewhere/savepoint-1");
    make_snapshot(r, "file:/elsewhere/savepoint-2");
    sim_run_for(s, 600 * MS);
    if (!grid_same(s->a, r->spec, r->written))
        world_trouble(&s->world, "what is created is not as written: %.*s",
                      STR_ARG(json_text(s->a, r->spec)));
    r->begins = (struct due){.spec = r->spec, .what = r->spec};
}

/* ---- at rest ---- */

static bool has_given_up(struct sim *s)
{
    return s->record.gave_up.len > 0;
}

/* Goes there; at rest nothing of how it came there is left. */
static void goes_to(struct grid_run *r, const char *state, bool (*holds)(struct sim *s))
{
    struct sim *s = r->s;
    struct str patch = arena_fmt(s->a, "{\"state\":\"%s\"}", state);
    struct user_answer x = user_sends(s, "PATCH", STR(SIM_DEPLOYMENT),
                                      arena_fmt(s->a, "{\"spec\":%.*s}", STR_ARG(patch)));
    r->written = grid_merge(s->a, r->written, grid_json(s->a, patch));
    if (x.status != 200 || (holds && !sim_until(s, holds, LONG * S)))
        world_trouble(&s->world, "it does not get to %s", state);
    r->begins.spec = r->spec;
}

static void is_running(struct grid_run *r)
{
    begin(r);
}

static void is_suspended_now(struct grid_run *r)
{
    begin(r);
    goes_to(r, "SUSPENDED", is_suspended);
    r->begins.what = (struct json){0};
}

static void is_cancelled_now(struct grid_run *r)
{
    begin(r);
    goes_to(r, "CANCELLED", is_cancelled);
    r->begins.what = (struct json){0};
}

static void no_start_succeeded(struct grid_run *r)
{
    is_suspended_now(r);
    for (int i = 0; i < FAILURES; i++)
        world_fate(&r->s->world, FATED_SUBMIT, FATE_FAILS);
    goes_to(r, "RUNNING", has_given_up);
    r->begins.gave_up = true;
}

static void no_savepoint_succeeded(struct grid_run *r)
{
    begin(r);
    for (int i = 0; i < FAILURES; i++)
        world_fate(&r->s->world, FATED_TRIGGER, FATE_FAILS);
    goes_to(r, "SUSPENDED", has_given_up);
    r->begins.gave_up = true;
}

static void is_blocked(struct grid_run *r)
{
    is_suspended_now(r);
    sim_run_for(r->s, 61 * S); /* what was verified just now is not looked at again */
    struct w_snapshot *newest = storage_find(&r->s->world, savepoint_location(r));
    if (!newest)
        return;
    newest->broken = true;
    goes_to(r, "RUNNING", has_given_up);
    r->begins.broken = r->begins.blocked = true;
}

static void is_finished_now(struct grid_run *r)
{
    begin(r);
    r->s->finished_attempt = r->s->record.current.number;
    flink_job_finishes(&r->s->world, r->s->finished_attempt);
    if (!sim_until(r->s, is_finished, LONG * S))
        world_trouble(&r->s->world, "it does not finish");
    r->begins.what = (struct json){0};
    r->begins.finished = true;
}

/* ---- under way: the edit of the state is the first of the path ---- */

static void asks_for(struct grid_run *r, const char *state, bool (*holds)(struct sim *s))
{
    struct due begins = r->begins;
    goes_to(r, state, holds);
    r->begins = begins;
    r->path[r->n_path++] = r->spec;
}

static bool is_reserved(struct sim *s)
{
    return s->record.current.phase == PHASE_RESERVED;
}

static bool is_submitted(struct sim *s)
{
    return s->record.current.phase == PHASE_SUBMITTED;
}

static bool is_stopping(struct sim *s)
{
    return s->record.intent.kind == INTENT_STOP;
}

static bool is_cancelling(struct sim *s)
{
    return s->record.intent.kind == INTENT_CANCEL;
}

static void is_starting(struct grid_run *r)
{
    is_suspended_now(r);
    asks_for(r, "RUNNING", is_reserved);
}

static void is_coming_up(struct grid_run *r)
{
    is_suspended_now(r);
    asks_for(r, "RUNNING", is_submitted);
}

static void is_being_suspended(struct grid_run *r)
{
    begin(r);
    asks_for(r, "SUSPENDED", is_stopping);
}

static void is_being_cancelled(struct grid_run *r)
{
    begin(r);
    asks_for(r, "CANCELLED", is_cancelling);
}

const struct grid_place grid_places[] = {
    {"RUNNING", is_running, false},
    {"SUSPENDED", is_suspended_now, false},
    {"CANCELLED", is_cancelled_now, false},
    {"FAILED, nothing runs", no_start_succeeded, false},
    {"FAILED, the job runs", no_savepoint_succeeded, false},
    {"BLOCKED", is_blocked, false},
    {"FINISHED", is_finished_now, false},
    {"starting", is_starting, true},
    {"submitted", is_coming_up, true},
    {"stopping with a savepoint", is_being_suspended, true},
    {"cancelling", is_being_cancelled, true},
};
const size_t n_grid_places = sizeof(grid_places) / sizeof(grid_places[0]);
