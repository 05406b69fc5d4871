#include "flows.h"

#include <stdio.h>
#include <stdlib.h>

enum { LONG = 4000 };

static void plain(struct rig *r)
{
    (void)r;
}

static void upgrade(struct rig *r)
{
    rig_run_for(r, 900 * MS);
    rig_edit(r);
    rig_run_for(r, 1 * MS);
}

static void kind(struct rig *r, enum upgrade_kind up, enum restore_kind restore)
{
    r->deployment.spec.upgrade_strategy = (int)up;
    r->deployment.spec.restore_strategy = (int)restore;
}

#define CELL(name, up, restore)                   \
    static void name(struct rig *r)               \
    {                                             \
        kind(r, UPGRADE_##up, RESTORE_##restore); \
    }
CELL(stateful_savepoint, STATEFUL, LATEST_SAVEPOINT)
CELL(stateful_none, STATEFUL, NONE)
CELL(stateless_state, STATELESS, LATEST_STATE)
CELL(stateless_savepoint, STATELESS, LATEST_SAVEPOINT)
CELL(stateless_none, STATELESS, NONE)
CELL(none_state, NONE, LATEST_STATE)
CELL(none_savepoint, NONE, LATEST_SAVEPOINT)
CELL(none_none, NONE, NONE)

static bool is_pending(const struct rig *r)
{
    return r->up && r->rule && r->rule->then == ACTION_REST &&
           r->deployment.status.pending_change && r->deployment.status.state == OBSERVED_RUNNING &&
           r->record.spec_version != r->record.current.spec_version;
}

/* What the user wants by now is reached. */
static bool is_settled(const struct rig *r)
{
    if (r->deployment.spec.state == DESIRED_SUSPENDED)
        return is_suspended(r);
    if (r->deployment.spec.state == DESIRED_CANCELLED)
        return is_cancelled(r);
    return is_running(r) || is_pending(r);
}

static void take_savepoint(struct rig *r)
{
    rig_run_for(r, 900 * MS);
    rig_request_savepoint(r);
    rig_run_for(r, 1 * MS);
}

static bool has_savepoint(const struct rig *r)
{
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_USER_REQUEST);
    return s && s->status.state != SAVEPOINT_STARTED && is_settled(r);
}

/* Blocked is right when that savepoint failed: there was state, and nothing may be started empty. An edit
 * changes nothing in that. */
static bool runs_or_has_no_savepoint(const struct rig *r)
{
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_USER_REQUEST);
    return is_settled(r) || (is_blocked(r) && s && s->status.state == SAVEPOINT_FAILED);
}

static bool savepoint_is_over(const struct rig *r)
{
    const struct savepoint *s = rig_newest_savepoint(r, ORIGIN_USER_REQUEST);
    return s && s->status.state != SAVEPOINT_STARTED && runs_or_has_no_savepoint(r);
}

/* With a savepoint that a recovery under LATEST_SAVEPOINT can go back to. */
static void upgrade_with_savepoint(struct rig *r)
{
    take_savepoint(r);
    rig_until(r, savepoint_is_over, LONG * S);
    upgrade(r);
}

static void suspend(struct rig *r)
{
    rig_run_for(r, 900 * MS);
    rig_want(r, DESIRED_SUSPENDED);
    rig_run_for(r, 1 * MS);
}

static void resume(struct rig *r)
{
    suspend(r);
    rig_until(r, is_settled, LONG * S);
    rig_want(r, DESIRED_RUNNING);
    rig_run_for(r, 1 * MS);
}

static void cancel(struct rig *r)
{
    rig_run_for(r, 900 * MS);
    rig_want(r, DESIRED_CANCELLED);
    rig_run_for(r, 1 * MS);
}

static void cancel_and_start(struct rig *r)
{
    cancel(r);
    rig_until(r, is_settled, LONG * S);
    rig_want(r, DESIRED_RUNNING);
    rig_run_for(r, 1 * MS);
}

static void lose_jobmanager(struct rig *r)
{
    rig_run_for(r, 900 * MS);
    world_kill_jobmanager(&r->world, r->record.current.number, "killed");
    rig_run_for(r, 2500 * MS);
}

static void lose_taskmanager(struct rig *r)
{
    rig_run_for(r, 900 * MS);
    world_kill_taskmanager(&r->world, r->record.current.number, 0);
    rig_run_for(r, 2500 * MS);
}

static void job_fails(struct rig *r)
{
    rig_run_for(r, 900 * MS);
    flink_job_fails(&r->world, r->record.current.number, "its own code throws");
    rig_run_for(r, 2500 * MS);
}

static void savepoint_and_fail(struct rig *r)
{
    take_savepoint(r);
    rig_until(r, runs_or_has_no_savepoint, LONG * S);
    job_fails(r);
}

static void two_failing_tries(struct rig *r)
{
    world_fate(&r->world, FATED_TRIGGER, FATE_FAILS);
    world_fate(&r->world, FATED_TRIGGER, FATE_STOP_FAILS);
}

static void failing_starts(struct rig *r)
{
    world_fate(&r->world, FATED_PROVISION, FATE_FAILS);
    world_fate(&r->world, FATED_SUBMIT, FATE_FAILS);
    world_fate(&r->world, FATED_SUBMIT, FATE_JOB_FAILS);
}

static void forgotten_trigger(struct rig *r)
{
    world_fate(&r->world, FATED_TRIGGER, FATE_FORGOTTEN);
}

static void fails_while_stopping(struct rig *r)
{
    world_fate(&r->world, FATED_TRIGGER, FATE_JOB_FAILS_STOPPING);
}

static void remove_it(struct rig *r)
{
    cancel(r);
    rig_delete(r);
}

static bool is_removed(const struct rig *r)
{
    return r->removed;
}

const struct flow flows[] = {
    {"start", plain, NULL, is_running, LONG *S},
    {"start after failures", failing_starts, NULL, is_running, LONG *S},
    {"upgrade STATEFUL, LATEST_STATE", plain, upgrade, is_running, LONG *S},
    {"upgrade STATEFUL, LATEST_SAVEPOINT", stateful_savepoint, upgrade_with_savepoint,
     runs_or_has_no_savepoint, LONG *S},
    {"upgrade STATEFUL, NONE", stateful_none, upgrade, is_running, LONG *S},
    {"upgrade STATELESS, LATEST_STATE", stateless_state, upgrade, is_running, LONG *S},
    {"upgrade STATELESS, LATEST_SAVEPOINT", stateless_savepoint, upgrade_with_savepoint,
     runs_or_has_no_savepoint, LONG *S},
    {"upgrade STATELESS, NONE", stateless_none, upgrade, is_running, LONG *S},
    {"upgrade NONE, LATEST_STATE", none_state, upgrade, is_settled, LONG *S},
    {"upgrade NONE, LATEST_SAVEPOINT", none_savepoint, upgrade_with_savepoint,
     runs_or_has_no_savepoint, LONG *S},
    {"upgrade NONE, NONE", none_none, upgrade, is_settled, LONG *S},
    {"upgrade with failing tries", two_failing_tries, upgrade, is_running, LONG *S},
    {"upgrade with a forgotten trigger", forgotten_trigger, upgrade, is_running, LONG *S},
    {"upgrade of a job that fails while it stops", fails_while_stopping, upgrade, is_running,
     LONG *S},
    {"suspend", plain, suspend, is_suspended, LONG *S},
    {"suspend and resume", plain, resume, is_running, LONG *S},
    {"cancel", plain, cancel, is_cancelled, LONG *S},
    {"cancel and start", plain, cancel_and_start, is_running, LONG *S},
    {"JobManager lost", plain, lose_jobmanager, is_running, LONG *S},
    {"TaskManager lost", plain, lose_taskmanager, is_running, LONG *S},
    {"job failed", plain, job_fails, is_running, LONG *S},
    {"job failed, LATEST_SAVEPOINT", stateful_savepoint, savepoint_and_fail,
     runs_or_has_no_savepoint, LONG *S},
    {"savepoint on request", plain, take_savepoint, has_savepoint, LONG *S},
    {"cancel and delete", plain, remove_it, is_removed, LONG *S},
};
const size_t n_flows = sizeof(flows) / sizeof(flows[0]);

static bool is_idle(const struct rig *r)
{
    return r->removed || rig_is_silent(r, 25 * S);
}

bool flow_runs(const struct flow *f, enum fault fault, int64_t at, int64_t down_for,
               struct rig **ret)
{
    struct arena *a = arena_new();
    struct rig *r = ARENA_NEW(a, struct rig);
    rig_init(r, a);
    r->verbose = getenv("RIG_VERBOSE") != NULL; /* every step, for who looks for a fault */
    r->fault = fault;
    r->fault_at = at;
    r->down_for = down_for;
    f->before(r);
    rig_touch(r);
    rig_start_daemon(r);
    if (f->user) {
        rig_until(r, is_settled, LONG * S);
        f->user(r);
    }
    /* The fault may have been a user's act: then the end is what that user asked for. */
    bool other = fault >= FAULT_USER_SUSPENDS && f->ends != is_removed &&
                 f->ends != runs_or_has_no_savepoint;
    bool (*holds)(const struct rig *) = other ? is_settled : f->ends;
    bool ends = rig_until(r, holds, f->most_us);
    /* Then nothing more happens, and it stays there. */
    bool idle = ends && rig_until(r, is_idle, 300 * S);
    bool stays = idle && (r->removed || rig_until(r, holds, 30 * S));
    if (!stays || r->world.trouble[0]) {
        fprintf(stderr, "%s, %s %lld, down for %.1f s: %s %s\n", f->name, fault_names[fault],
                (long long)at, (double)down_for / (double)S,
                r->world.trouble[0] ? r->world.trouble
                : !ends             ? "does not come to its end"
                : !idle             ? "does not come to rest"
                                    : "does not stay there",
                r->fault_done ? "" : "(the fault did not strike)");
        rig_print(r);
    }
    bool well = stays && !r->world.trouble[0];
    *ret = r;
    return well;
}
