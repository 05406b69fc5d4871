/* Faults: each strikes once in a run, at the commit, call or step of a given number. */
#include "rig.h"

const char *const fault_names[FAULT_VALUES] = {
    [FAULT_NONE] = "nothing",
    [FAULT_CRASH_BEFORE_COMMIT] = "crash before commit",
    [FAULT_CRASH_AFTER_COMMIT] = "crash after commit",
    [FAULT_CONFLICT] = "conflict at commit",
    [FAULT_CRASH_BEFORE_CALL] = "crash before call",
    [FAULT_CRASH_AFTER_CALL] = "crash after call",
    [FAULT_REQUEST_LOST] = "request lost of call",
    [FAULT_ANSWER_LOST] = "answer lost of call",
    [FAULT_REQUEST_LATE] = "request late of call",
    [FAULT_CRASH_BEFORE_STEP] = "crash before step",
    [FAULT_JOBMANAGER_DIES] = "JobManager dies at commit",
    [FAULT_TASKMANAGER_DIES] = "TaskManager dies at commit",
    [FAULT_REBOOT] = "reboot at commit",
    [FAULT_JOB_FAILS] = "job fails at commit",
    [FAULT_FLINK_UNREACHABLE] = "Flink unreachable from commit",
    [FAULT_INVENTORY_FAILS] = "inventory fails from commit",
    [FAULT_STORAGE_UNREADABLE] = "storage unreadable from commit",
    [FAULT_USER_SUSPENDS] = "user suspends at commit",
    [FAULT_USER_CANCELS] = "user cancels at commit",
    [FAULT_USER_RUNS] = "user wants it to run at commit",
    [FAULT_USER_EDITS] = "user edits at commit",
    [FAULT_USER_RETRIES] = "user retries at commit",
    [FAULT_USER_TAKES_SAVEPOINT] = "user takes a savepoint at commit",
};

bool rig_fault_hits(struct rig *r, enum fault fault, int64_t count)
{
    if (r->fault != fault || r->fault_done || r->fault_at != count)
        return false;
    r->fault_done = true;
    return true;
}

static void recovers(struct w_world *w, int64_t x, int64_t y, void *p)
{
    (void)x;
    (void)y;
    (void)p;
    w->flink_unreachable = w->inventory_fails = w->storage_unreadable = false;
}

static void user_acts(struct w_world *w, int64_t fault, int64_t y, void *p)
{
    struct rig *r = p;
    (void)w;
    (void)y;
    if (r->record.removing)
        return; /* the API refuses nearly any change of what is being deleted */
    if (fault == FAULT_USER_SUSPENDS)
        rig_want(r, DESIRED_SUSPENDED);
    else if (fault == FAULT_USER_CANCELS)
        rig_want(r, DESIRED_CANCELLED);
    else if (fault == FAULT_USER_RUNS)
        rig_want(r, DESIRED_RUNNING);
    else if (fault == FAULT_USER_EDITS)
        rig_edit(r);
    else if (fault == FAULT_USER_RETRIES)
        rig_retry(r);
    else if (fault == FAULT_USER_TAKES_SAVEPOINT)
        rig_request_savepoint(r);
}

void rig_fault_strikes(struct rig *r)
{
    struct w_world *w = &r->world;
    if (r->fault < FAULT_JOBMANAGER_DIES || !rig_fault_hits(r, r->fault, r->commits))
        return;
    int64_t attempt = r->record.current.number;
    world_at(w, w->now + 15 * S, recovers, 0, 0, NULL);
    world_at(w, w->now, user_acts, r->fault, 0, r);
    if (r->fault == FAULT_JOBMANAGER_DIES)
        world_kill_jobmanager(w, attempt, "killed");
    else if (r->fault == FAULT_TASKMANAGER_DIES)
        world_kill_taskmanager(w, attempt, 0);
    else if (r->fault == FAULT_REBOOT)
        world_reboot(w);
    else if (r->fault == FAULT_JOB_FAILS)
        flink_job_fails(w, attempt, "its code throws");
    w->flink_unreachable = r->fault == FAULT_FLINK_UNREACHABLE;
    w->inventory_fails = r->fault == FAULT_INVENTORY_FAILS;
    w->storage_unreadable = r->fault == FAULT_STORAGE_UNREADABLE;
}
