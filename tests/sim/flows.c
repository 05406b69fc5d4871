#include "flows.h"

#include <stdio.h>

#include "stale.h"

enum { LONG = 4000 };

static int64_t attempt_now(const struct sim *s)
{
    return s->record.current.number;
}

/* ---- what happened before ---- */

static void some_checkpoints(struct sim *s)
{
    sim_run_for(s, 900 * MS);
}

static void a_savepoint(struct sim *s)
{
    some_checkpoints(s);
    user_requests_savepoint(s);
    sim_until(s, has_savepoint, LONG * S);
    some_checkpoints(s);
}

/* The first may go: it is not the newest. */
static void two_savepoints(struct sim *s)
{
    a_savepoint(s);
    struct str first = s->savepoint_id;
    a_savepoint(s);
    s->savepoint_id = first;
}

/* And a savepoint that a person asked for, older than all of them. */
static void three_upgrades(struct sim *s)
{
    a_savepoint(s);
    for (int i = 0; i < 3; i++) {
        user_edits(s);
        sim_until(s, runs_as_wished, LONG * S);
        some_checkpoints(s);
    }
}

static void a_suspension(struct sim *s)
{
    some_checkpoints(s);
    user_wants(s, DESIRED_SUSPENDED);
    sim_until(s, is_suspended, LONG * S);
}

static void a_cancellation(struct sim *s)
{
    some_checkpoints(s);
    user_wants(s, DESIRED_CANCELLED);
    sim_until(s, is_cancelled, LONG * S);
}

static void two_failing_savepoints_to_come(struct sim *s)
{
    some_checkpoints(s);
    world_fate(&s->world, FATED_TRIGGER, FATE_FAILS);
    world_fate(&s->world, FATED_TRIGGER, FATE_STOP_FAILS);
}

static void a_forgotten_savepoint_to_come(struct sim *s)
{
    some_checkpoints(s);
    world_fate(&s->world, FATED_TRIGGER, FATE_FORGOTTEN);
}

static void a_failure_while_stopping_to_come(struct sim *s)
{
    some_checkpoints(s);
    world_fate(&s->world, FATED_TRIGGER, FATE_JOB_FAILS_STOPPING);
}

static void failing_starts_to_come(struct sim *s)
{
    a_suspension(s);
    world_fate(&s->world, FATED_PROVISION, FATE_FAILS);
    world_fate(&s->world, FATED_SUBMIT, FATE_FAILS);
    world_fate(&s->world, FATED_SUBMIT, FATE_JOB_FAILS);
    world_fate(&s->world, FATED_SUBMIT, FATE_RUNS_ANYWAY);
}

static void every_start_failed(struct sim *s)
{
    a_suspension(s);
    for (int i = 0; i < 4; i++)
        world_fate(&s->world, FATED_SUBMIT, FATE_FAILS);
    user_wants(s, DESIRED_RUNNING);
    sim_until(s, is_failed, LONG * S);
}

#define ELSEWHERE "file:/elsewhere/savepoint-1"

static void a_suspension_and_a_snapshot_elsewhere(struct sim *s)
{
    a_suspension(s);
    struct w_snapshot *x = storage_add(&s->world, ELSEWHERE);
    x->savepoint = x->imported = true;
    x->id = 5;
    x->position = 123456;
}

/* ---- what is done ---- */

static void keep_one_and_edit(struct sim *s)
{
    user_keeps(s, 1);
    user_edits(s);
}

static void suspend(struct sim *s)
{
    user_wants(s, DESIRED_SUSPENDED);
}

static void run(struct sim *s)
{
    user_wants(s, DESIRED_RUNNING);
}

static void cancel(struct sim *s)
{
    user_wants(s, DESIRED_CANCELLED);
}

static void cancel_and_delete(struct sim *s)
{
    user_wants(s, DESIRED_CANCELLED);
    user_deletes(s);
}

static void restore_elsewhere(struct sim *s)
{
    user_restores_from(s, ELSEWHERE);
}

/* It runs, and what the next start restores changes nothing in that until there is one. */
static void restore_older_savepoint(struct sim *s)
{
    size_t i = 0;
    while (!s->world.snapshots[i].savepoint)
        i++;
    user_restores_from(s, s->world.snapshots[i].location);
    user_edits(s);
}

/* ---- with a standby ---- */

static void no_room_to_come(struct sim *s)
{
    some_checkpoints(s);
    world_fate(&s->world, FATED_PROVISION, FATE_FAILS);
}

static void a_standby_that_dies_to_come(struct sim *s)
{
    some_checkpoints(s);
    world_fate(&s->world, FATED_PLAN, FATE_JOBMANAGER_DIES);
}

static bool has_standby(struct sim *s)
{
    return s->record.standby.step >= STANDBY_STEP_UPLOAD || s->record.current.number > 1;
}

static void edit_and_have_a_standby(struct sim *s)
{
    user_edits(s);
    sim_until(s, has_standby, LONG * S);
}

static void edit_again(struct sim *s)
{
    edit_and_have_a_standby(s);
    user_edits(s);
}

static void edit_and_suspend(struct sim *s)
{
    edit_and_have_a_standby(s);
    user_wants(s, DESIRED_SUSPENDED);
}

static void edit_and_delete(struct sim *s)
{
    edit_and_have_a_standby(s);
    cancel_and_delete(s);
}

static void edit_and_lose_jobmanager(struct sim *s)
{
    edit_and_have_a_standby(s);
    world_kill_jobmanager(&s->world, attempt_now(s), "killed");
}

static void lose_jobmanager(struct sim *s)
{
    world_kill_jobmanager(&s->world, attempt_now(s), "killed");
}

static void lose_taskmanager(struct sim *s)
{
    world_kill_taskmanager(&s->world, attempt_now(s), 0);
}

static void fail_job(struct sim *s)
{
    flink_job_fails(&s->world, attempt_now(s), "its own code throws");
}

static void reboot(struct sim *s)
{
    world_reboot(&s->world);
}

/* ---- the table ---- */

#define UPGRADE(up, restore, before, ends) \
    {"upgrade " #up ", " #restore, UPGRADE_##up, RESTORE_##restore, before, user_edits, ends, false}
#define RECOVERY(name, restore, before, act) \
    {name ", " #restore, UPGRADE_STATEFUL, RESTORE_##restore, before, act, runs_as_wished, false}
#define PLAIN(name, before, act, ends) \
    {name, UPGRADE_STATEFUL, RESTORE_LATEST_STATE, before, act, ends, false}
#define STANDBY(name, up, before, act, ends) \
    {"standby: " name, UPGRADE_##up, RESTORE_LATEST_STATE, before, act, ends, true}

const struct flow flows[] = {
    PLAIN("start", NULL, NULL, runs_as_wished),
    PLAIN("start after failures", failing_starts_to_come, run, runs_as_wished),
    UPGRADE(STATEFUL, LATEST_STATE, some_checkpoints, runs_as_wished),
    UPGRADE(STATEFUL, LATEST_SAVEPOINT, a_savepoint, runs_as_wished),
    UPGRADE(STATEFUL, NONE, some_checkpoints, runs_as_wished),
    UPGRADE(STATELESS, LATEST_STATE, some_checkpoints, runs_as_wished),
    UPGRADE(STATELESS, LATEST_SAVEPOINT, a_savepoint, runs_as_wished),
    UPGRADE(STATELESS, NONE, some_checkpoints, runs_as_wished),
    UPGRADE(NONE, LATEST_STATE, some_checkpoints, runs_as_before),
    UPGRADE(NONE, LATEST_SAVEPOINT, a_savepoint, runs_as_before),
    UPGRADE(NONE, NONE, some_checkpoints, runs_as_before),
    PLAIN("upgrade with failing savepoints", two_failing_savepoints_to_come, user_edits,
          runs_as_wished),
    PLAIN("upgrade with a forgotten savepoint", a_forgotten_savepoint_to_come, user_edits,
          runs_as_wished),
    PLAIN("upgrade of a job that fails while it stops", a_failure_while_stopping_to_come,
          user_edits, runs_as_wished),
    PLAIN("suspend", some_checkpoints, suspend, is_suspended),
    RECOVERY("resume", LATEST_STATE, a_suspension, run),
    RECOVERY("resume", LATEST_SAVEPOINT, a_suspension, run),
    RECOVERY("resume", NONE, a_suspension, run),
    PLAIN("cancel", some_checkpoints, cancel, is_cancelled),
    PLAIN("start after a cancellation", a_cancellation, run, runs_as_wished),
    PLAIN("cancel and delete", some_checkpoints, cancel_and_delete, is_removed),
    RECOVERY("JobManager lost", LATEST_STATE, some_checkpoints, lose_jobmanager),
    RECOVERY("JobManager lost", LATEST_SAVEPOINT, a_savepoint, lose_jobmanager),
    RECOVERY("JobManager lost", NONE, some_checkpoints, lose_jobmanager),
    RECOVERY("job failed", LATEST_STATE, some_checkpoints, fail_job),
    RECOVERY("job failed", LATEST_SAVEPOINT, a_savepoint, fail_job),
    RECOVERY("job failed", NONE, some_checkpoints, fail_job),
    PLAIN("TaskManager lost", some_checkpoints, lose_taskmanager, runs_as_wished),
    PLAIN("reboot", some_checkpoints, reboot, runs_as_wished),
    PLAIN("savepoint on request", some_checkpoints, user_requests_savepoint, has_savepoint),
    PLAIN("discard", two_savepoints, user_discards_savepoint, has_no_savepoint),
    PLAIN("retention", three_upgrades, keep_one_and_edit, keeps_as_wished),
    PLAIN("retry", every_start_failed, user_retries, runs_as_wished),
    PLAIN("restore from elsewhere", a_suspension_and_a_snapshot_elsewhere, restore_elsewhere,
          runs_restored),
    PLAIN("restore from an older savepoint", a_savepoint, restore_older_savepoint, runs_restored),
    STANDBY("upgrade STATEFUL", STATEFUL, some_checkpoints, user_edits, runs_as_wished),
    STANDBY("upgrade STATELESS", STATELESS, some_checkpoints, user_edits, runs_as_wished),
    STANDBY("no room", STATEFUL, no_room_to_come, user_edits, runs_as_wished),
    STANDBY("it dies", STATEFUL, a_standby_that_dies_to_come, user_edits, runs_as_wished),
    STANDBY("edited again", STATEFUL, some_checkpoints, edit_again, runs_as_wished),
    STANDBY("suspended meanwhile", STATEFUL, some_checkpoints, edit_and_suspend, is_suspended),
    STANDBY("deleted meanwhile", STATEFUL, some_checkpoints, edit_and_delete, is_removed),
    STANDBY("JobManager lost meanwhile", STATEFUL, some_checkpoints, edit_and_lose_jobmanager,
            runs_as_wished),
};
const size_t n_flows = sizeof(flows) / sizeof(flows[0]);

/* ---- a run ---- */

static void create(struct sim *s, const struct flow *f)
{
    s->warm_standby = f->warm_standby;
    user_creates(s, f->upgrade, f->restore);
}

/* It comes to its end, then nothing more happens, and it stays there. */
static const char *comes_to_its_end(struct sim *s, const struct flow *f)
{
    if (!sim_until(s, f->ends, LONG * S))
        return "does not come to its end";
    s->counting = false;
    if (!sim_until(s, is_silent, 300 * S))
        return "does not come to rest";
    return sim_until(s, f->ends, 30 * S) ? NULL : "does not stay there";
}

static void print_trouble(const struct sim *s, const struct flow *f, const char *wrong)
{
    fprintf(stderr, "%s", f->name);
    for (size_t i = 0; i < s->n_troubles; i++)
        fprintf(stderr, ", %s %lld%s", sim_point_names[s->troubles[i].point],
                (long long)s->troubles[i].at, i < s->struck ? "" : " (did not strike)");
    if (s->stale)
        fprintf(stderr, ", %.3f s later, %s %lld is told %s",
                (double)s->stale->act_after / (double)S, sim_call_names[s->stale->place.kind],
                (long long)s->stale->place.nth, distortion_names[s->stale->how]);
    fprintf(stderr, ", down for %.1f s: %s\n", (double)s->down_for / (double)S,
            s->world.trouble[0] ? s->world.trouble : wrong);
}

static bool play(const struct flow *f, struct sim *s)
{
    s->counting = !f->act;
    create(s, f);
    if (f->act) {
        sim_until(s, runs_as_wished, LONG * S);
        f->before(s);
        if (s->stale)
            sim_run_for(s, s->stale->act_after);
        s->counting = true;
        f->act(s);
    }
    const char *wrong = comes_to_its_end(s, f);
    if (!wrong && !s->world.trouble[0])
        return true;
    print_trouble(s, f, wrong);
    return false;
}

bool flow_runs(const struct flow *f, const struct sim_trouble *troubles, size_t n, int64_t down_for,
               struct sim **ret)
{
    struct sim *s = sim_new();
    *ret = s;
    for (; s->n_troubles < n; s->n_troubles++)
        s->troubles[s->n_troubles] = troubles[s->n_troubles];
    s->down_for = down_for;
    return play(f, s);
}

bool flow_runs_misled(const struct flow *f, struct stale *stale, struct sim **ret)
{
    struct sim *s = sim_new();
    *ret = s;
    stale_begin(s, stale);
    return play(f, s);
}
