#include "moments.h"

/* ---- the user ---- */

static void user_edits_again(struct play *p, const struct moment *m)
{
    (void)m;
    p->operations++;
    user_edits(p->sim);
}

static void user_wants_state(struct play *p, const struct moment *m)
{
    p->operations++;
    user_wants(p->sim, (enum desired_state)m->kind->y);
}

static void user_asks_for_savepoint(struct play *p, const struct moment *m)
{
    (void)m;
    p->operations++;
    user_requests_savepoint(p->sim);
}

static void user_discards(struct play *p, const struct moment *m)
{
    (void)m;
    p->operations++;
    user_discards_some_savepoint(p->sim);
}

static void user_asks_to_retry(struct play *p, const struct moment *m)
{
    (void)m;
    p->operations++;
    user_retries(p->sim);
}

/* ---- the daemon and its messages ---- */

static void point_is_armed(struct play *p, const struct moment *m)
{
    if (p->n_armed < MOST_ARMED)
        p->armed[p->n_armed++] = (struct armed){(enum sim_point)m->kind->y, m->x};
}

static void daemon_is_killed(struct play *p, const struct moment *m)
{
    (void)m;
    if (!p->sim->life)
        return;
    p->faults++;
    sim_crash(p->sim);
}

/* Nobody gets a turn for so long: neither the daemon nor what it looks at. */
static void everything_sleeps(struct play *p, const struct moment *m)
{
    world_sleep(&p->sim->world, m->x * 60 * S);
}

/* ---- the world ---- */

static int64_t attempt_now(const struct play *p)
{
    return p->sim->record.current.number;
}

static struct w_cluster *cluster_now(struct play *p)
{
    return world_cluster(&p->sim->world, attempt_now(p));
}

static bool job_lives(struct play *p)
{
    const struct w_cluster *c = cluster_now(p);
    return c && c->job.exists && !flink_is_final(c->job.status);
}

static void jobmanager_dies(struct play *p, const struct moment *m)
{
    const struct w_cluster *c = cluster_now(p);
    (void)m;
    p->faults += c && !c->jobmanager_dead;
    world_kill_jobmanager(&p->sim->world, attempt_now(p), "killed");
}

static void taskmanager_dies(struct play *p, const struct moment *m)
{
    const struct w_cluster *c = cluster_now(p);
    (void)m;
    p->faults += c && c->taskmanagers[0].alive;
    world_kill_taskmanager(&p->sim->world, attempt_now(p), 0);
}

static int64_t standby_now(const struct play *p)
{
    return p->sim->record.standby.attempt.number;
}

static void standby_dies(struct play *p, const struct moment *m)
{
    const struct w_cluster *c = world_cluster(&p->sim->world, standby_now(p));
    (void)m;
    p->faults += c && c->jobmanager_alive;
    world_kill_jobmanager(&p->sim->world, standby_now(p), "killed");
}

static void standby_loses_taskmanager(struct play *p, const struct moment *m)
{
    const struct w_cluster *c = world_cluster(&p->sim->world, standby_now(p));
    (void)m;
    p->faults += c && c->taskmanagers[0].alive;
    world_kill_taskmanager(&p->sim->world, standby_now(p), 0);
}

static void job_fails(struct play *p, const struct moment *m)
{
    (void)m;
    p->faults += job_lives(p);
    flink_job_fails(&p->sim->world, attempt_now(p), "its own code throws");
}

static void job_restarts(struct play *p, const struct moment *m)
{
    p->faults += job_lives(p);
    flink_job_restarts(&p->sim->world, attempt_now(p), m->x * 100 * MS);
}

static void job_finishes(struct play *p, const struct moment *m)
{
    struct sim *s = p->sim;
    const struct w_cluster *c = cluster_now(p);
    (void)m;
    if (!c || !c->job.up || c->job.status != FLINK_JOB_RUNNING)
        return;
    p->faults++;
    s->finished_attempt = c->attempt;
    flink_job_finishes(&s->world, c->attempt);
}

static void somebody_cancels(struct play *p, const struct moment *m)
{
    (void)m;
    p->faults += job_lives(p);
    flink_job_cancelled_by_somebody(&p->sim->world, attempt_now(p));
}

static void machine_reboots(struct play *p, const struct moment *m)
{
    (void)m;
    p->faults++;
    world_reboot(&p->sim->world);
    if (p->sim->life)
        sim_crash(p->sim);
}

/* ---- what cannot be seen for a while ---- */

static void is_seen_again(struct w_world *w, int64_t x, int64_t y, void *p)
{
    bool *hidden = p;
    (void)w;
    (void)x;
    (void)y;
    *hidden = false;
}

static void is_hidden(struct play *p, const struct moment *m, bool *hidden)
{
    struct w_world *w = &p->sim->world;
    p->faults++;
    *hidden = true;
    world_at(w, w->now + m->x * S, is_seen_again, 0, 0, hidden);
}

static void flink_is_unreachable(struct play *p, const struct moment *m)
{
    is_hidden(p, m, &p->sim->world.flink_unreachable);
}

static void inventory_fails(struct play *p, const struct moment *m)
{
    is_hidden(p, m, &p->sim->world.inventory_fails);
}

static void storage_is_unreadable(struct play *p, const struct moment *m)
{
    is_hidden(p, m, &p->sim->world.storage_unreadable);
}

/* ---- what the next of its kind comes to ---- */

static void fate_is_set(struct play *p, const struct moment *m)
{
    struct w_world *w = &p->sim->world;
    enum fated what = (enum fated)m->kind->z;
    if (w->n_fates[what] < MOST_FATES)
        world_fate(w, what, (enum fate)m->kind->y);
}

static void four_savepoints_will_fail(struct play *p, const struct moment *m)
{
    enum { ALL_TRIES = 4 };
    for (int i = 0; i < ALL_TRIES; i++)
        fate_is_set(p, m);
}

/* ---- the table ---- */

#define USER(text, happens)        {text, GROUP_USER, 0, happens, 0, 0}
#define WANTS(text, state)         {text, GROUP_USER, 0, user_wants_state, state, 0}
#define CRASH(text, most, point)   {text, GROUP_CRASH, most, point_is_armed, point, 0}
#define MESSAGE(text, most, point) {text, GROUP_MESSAGE, most, point_is_armed, point, 0}
#define FATE(text, what, fate)     {text, GROUP_FATE, 0, fate_is_set, fate, what}

const struct moment_kind moment_kinds[] = {
    USER("the user edits what runs", user_edits_again),
    WANTS("the user wants RUNNING", DESIRED_RUNNING),
    WANTS("the user wants SUSPENDED", DESIRED_SUSPENDED),
    WANTS("the user wants CANCELLED", DESIRED_CANCELLED),
    USER("the user asks for a savepoint", user_asks_for_savepoint),
    USER("the user asks to RETRY", user_asks_to_retry),
    USER("the user gives up some savepoint", user_discards),

    {"the daemon is killed", GROUP_CRASH, 0, daemon_is_killed, 0, 0},
    CRASH("the daemon will die before durable write", 6, POINT_BEFORE_WRITE),
    CRASH("the daemon will die after durable write", 6, POINT_AFTER_WRITE),
    CRASH("the daemon will die before call", 30, POINT_BEFORE_CALL),
    CRASH("the daemon will die after call", 30, POINT_AFTER_CALL),
    CRASH("the daemon will die after answer", 30, POINT_AFTER_ANSWER),

    MESSAGE("lost will be request", 30, POINT_REQUEST_LOST),
    MESSAGE("late will be request", 30, POINT_REQUEST_LATE),
    MESSAGE("lost will be answer", 30, POINT_ANSWER_LOST),
    MESSAGE("late will be answer", 30, POINT_ANSWER_LATE),

    {"the JobManager dies", GROUP_WORLD, 0, jobmanager_dies, 0, 0},
    {"a TaskManager dies", GROUP_WORLD, 0, taskmanager_dies, 0, 0},
    {"the standby's JobManager dies", GROUP_WORLD, 0, standby_dies, 0, 0},
    {"a TaskManager of the standby dies", GROUP_WORLD, 0, standby_loses_taskmanager, 0, 0},
    {"the job fails", GROUP_WORLD, 0, job_fails, 0, 0},
    {"the job is restarted by Flink in tenths of a second", GROUP_WORLD, 50, job_restarts, 0, 0},
    {"the job finishes by itself", GROUP_WORLD, 0, job_finishes, 0, 0},
    {"somebody else cancels the job", GROUP_WORLD, 0, somebody_cancels, 0, 0},
    {"the machine reboots", GROUP_WORLD, 0, machine_reboots, 0, 0},
    {"everything sleeps for minutes", GROUP_REST, 1440, everything_sleeps, 0, 0},

    {"Flink is unreachable for seconds", GROUP_BLIND, 60, flink_is_unreachable, 0, 0},
    {"processes cannot be listed for seconds", GROUP_BLIND, 60, inventory_fails, 0, 0},
    {"storage cannot be read for seconds", GROUP_BLIND, 60, storage_is_unreadable, 0, 0},

    FATE("the next savepoint will fail", FATED_TRIGGER, FATE_FAILS),
    {"the next four savepoints will fail", GROUP_FATE, 0, four_savepoints_will_fail, FATE_FAILS,
     FATED_TRIGGER},
    FATE("the next deletion will fail", FATED_DISCARD, FATE_FAILS),
    FATE("the next stop will take a savepoint and not stop", FATED_TRIGGER, FATE_STOP_FAILS),
    FATE("the next savepoint will be forgotten by Flink", FATED_TRIGGER, FATE_FORGOTTEN),
    FATE("the next stop will fail the job after its savepoint", FATED_TRIGGER,
         FATE_JOB_FAILS_STOPPING),
    FATE("the next submission will be refused", FATED_SUBMIT, FATE_FAILS),
    FATE("the next submission will be refused and run", FATED_SUBMIT, FATE_RUNS_ANYWAY),
    FATE("the next job will fail before it is up", FATED_SUBMIT, FATE_JOB_FAILS),
    FATE("the next submission will kill its JobManager", FATED_SUBMIT, FATE_JOBMANAGER_DIES),
    FATE("the next cluster will not be had", FATED_PROVISION, FATE_FAILS),
    FATE("the next plan will be refused", FATED_PLAN, FATE_FAILS),
    FATE("the next plan will not be answered", FATED_PLAN, FATE_HANGS),
    FATE("the next plan will kill its JobManager", FATED_PLAN, FATE_JOBMANAGER_DIES),
    FATE("the next cancellation will hang", FATED_CANCEL, FATE_HANGS),
};
const size_t n_moment_kinds = sizeof(moment_kinds) / sizeof(moment_kinds[0]);
