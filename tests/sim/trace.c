#include "trace.h"

#include "model/snapshot_location.h"

/* A cluster, as it was told last. */
struct told_cluster {
    bool jobmanager;
    bool job;
    bool ended; /* the job */
    bool lacking;
    bool orphans;
    enum flink_job_status status;
    size_t n_triggers;
    enum flink_trigger_state triggers[MOST_TRIGGERS];
};

struct trace {
    struct told_cluster clusters[MOST_CLUSTERS];
    struct record record;
    char snapshot[LOCATION_TEXT]; /* the last one */
    char line[200];               /* the last one, without its time */
    struct sim_wish submit_wish;  /* at the last submission */
};

static FILE *told_to;

void trace_to(FILE *to)
{
    told_to = to;
}

void trace_begin(struct sim *s)
{
    if (told_to)
        s->trace = ARENA_NEW(s->a, struct trace);
}

/* Of the same thing again nothing follows that the first did not. */
static void tell(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct sim *s, const char *fmt, ...)
{
    char line[sizeof(s->trace->line)];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    if (strcmp(line, s->trace->line) == 0)
        return;
    memcpy(s->trace->line, line, sizeof(line));
    fprintf(told_to, "%.3f %s\n", (double)s->world.now / (double)S, line);
}

static void tell_world(struct sim *s, const struct w_cluster *c, const char *what)
{
    tell(s, "world %lld %s", (long long)c->attempt, what);
}

/* ---- the world ---- */

/* Is what it restores still the newest, by what the user wished when it was submitted? */
static bool starts_from_the_newest(struct sim *s, const struct w_job *j)
{
    struct sim_wish now = s->wish;
    s->wish = s->trace->submit_wish;
    const char *newest = s->wish.restore == RESTORE_NONE ? NULL : oracle_newest(s);
    s->wish = now;
    return newest ? snapshot_location_equal(str_of(j->restored), str_of(newest)) : !j->restored[0];
}

static bool is_stopped(const struct w_cluster *c)
{
    for (size_t i = 0; i < c->n_triggers; i++)
        if (c->triggers[i].stop && c->triggers[i].state == FLINK_TRIGGER_COMPLETED)
            return true;
    return false;
}

static void tell_trigger(struct sim *s, const struct w_cluster *c, int64_t number,
                         enum flink_trigger_state state)
{
    static const char *const what[] = {
        [FLINK_TRIGGER_IN_PROGRESS] = "begins",
        [FLINK_TRIGGER_COMPLETED] = "stops the job",
        [FLINK_TRIGGER_STOP_FAILED] = "saves and does not stop",
        [FLINK_TRIGGER_FAILED] = "fails",
    };
    /* Where the job has ended, that says it all. */
    if (state == FLINK_TRIGGER_FAILED && flink_is_final(c->job.status))
        return;
    tell(s, "world %lld stop %lld %s", (long long)c->attempt, (long long)number, what[state]);
}

static void tell_triggers(struct sim *s, const struct w_cluster *c, struct told_cluster *told)
{
    int64_t stops = 0;
    for (size_t i = 0; i < c->n_triggers; i++) {
        const struct w_trigger *t = &c->triggers[i];
        bool fresh = i >= told->n_triggers;
        stops += t->stop;
        if (t->stop && fresh)
            tell_trigger(s, c, stops, FLINK_TRIGGER_IN_PROGRESS);
        if (t->stop && t->state != FLINK_TRIGGER_IN_PROGRESS &&
            (fresh || told->triggers[i] != t->state))
            tell_trigger(s, c, stops, t->state);
        told->triggers[i] = t->state;
    }
    told->n_triggers = c->n_triggers;
}

static void tell_end(struct sim *s, const struct w_cluster *c, struct told_cluster *told)
{
    bool asked = told->status == FLINK_JOB_CANCELLING;
    told->status = c->job.status;
    if (told->ended || !(flink_is_final(c->job.status) || is_stopped(c)))
        return;
    told->ended = true;
    if (is_stopped(c))
        return;
    tell_world(s, c,
               c->job.status == FLINK_JOB_FINISHED            ? "job finishes"
               : asked && c->job.status == FLINK_JOB_CANCELED ? "job is cancelled"
                                                              : "job fails");
}

static void tell_job(struct sim *s, const struct w_cluster *c, struct told_cluster *told)
{
    if (c->job.exists && !told->job)
        tell_world(s, c,
                   starts_from_the_newest(s, &c->job) ? "job starts from the newest"
                                                      : "job starts from an older one");
    told->job = c->job.exists;
    if (!told->job || told->ended)
        return;
    tell_triggers(s, c, told);
    tell_end(s, c, told);
}

static void tell_taskmanagers(struct sim *s, const struct w_cluster *c, struct told_cluster *told)
{
    int64_t n = 0;
    if (!told->job || told->ended || c->ending)
        return;
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        n += c->taskmanagers[i].alive && c->taskmanagers[i].registered;
    if (told->lacking != (n < c->wanted))
        tell_world(s, c, told->lacking ? "taskmanager is back" : "taskmanager is missing");
    told->lacking = n < c->wanted;
}

/* TaskManagers that work without their JobManager. */
static void tell_orphans(struct sim *s, const struct w_cluster *c, struct told_cluster *told)
{
    bool work = false;
    for (size_t i = 0; i < c->n_taskmanagers; i++)
        work = work || c->taskmanagers[i].works;
    if (told->orphans && !work)
        tell_world(s, c, "orphans end");
    told->orphans = told->orphans && work;
}

static void tell_jobmanager(struct sim *s, const struct w_cluster *c, struct told_cluster *told)
{
    if (told->jobmanager && !c->jobmanager_alive) {
        tell_world(s, c, c->there ? "jobmanager dies" : "cluster ends");
        told->orphans = c->there && told->job && !told->ended;
    }
    told->jobmanager = c->jobmanager_alive;
}

static void tell_cluster(struct sim *s, const struct w_cluster *c, struct told_cluster *told)
{
    if (c->jobmanager_alive && !told->jobmanager) {
        tell_world(s, c, "jobmanager starts");
        told->jobmanager = true;
    }
    if (c->jobmanager_alive) {
        tell_job(s, c, told);
        tell_taskmanagers(s, c, told);
    }
    tell_jobmanager(s, c, told);
    tell_orphans(s, c, told);
}

/* That of a stop is told with its trigger; of a user's import nobody is told. */
static void tell_snapshot(struct sim *s)
{
    const struct w_world *w = &s->world;
    const struct w_snapshot *x = w->n_snapshots ? &w->snapshots[w->n_snapshots - 1] : NULL;
    if (!x || strcmp(s->trace->snapshot, x->location) == 0)
        return;
    memcpy(s->trace->snapshot, x->location, sizeof(x->location));
    if (!x->stop && !x->imported)
        tell(s, "world %lld snapshot", (long long)x->attempt);
}

void trace_world(struct sim *s)
{
    if (!s->trace)
        return;
    tell_snapshot(s);
    for (size_t i = 0; i < s->world.n_clusters; i++)
        tell_cluster(s, &s->world.clusters[i], &s->trace->clusters[i]);
}

/* ---- the daemon ---- */

static int64_t stops_of(const struct attempt *at)
{
    const struct trigger_try *tries = at->tries.items;
    int64_t n = 0;
    for (size_t i = 0; i < at->tries.n; i++)
        n += tries[i].stop;
    return n;
}

static void tell_user(struct sim *s, const struct record *was, const struct record *is)
{
    if (was->wanted_spec_version == 0)
        return;
    if (was->wanted_state != is->wanted_state)
        tell(s, "user %s", desired_state_names[is->wanted_state]);
    if (was->wanted_spec_version != is->wanted_spec_version)
        tell(s, "user edits %lld %s", (long long)is->wanted_spec_version,
             upgrade_kind_names[s->wish.upgrade]);
}

void trace_durable(struct sim *s)
{
    const struct record *r = &s->record;
    if (!s->trace)
        return;
    trace_world(s);
    tell_user(s, &s->trace->record, r);
    if (r->standby.attempt.number)
        tell(s, "standby %lld %s", (long long)r->standby.attempt.number,
             standby_step_names[r->standby.step]);
    if (r->current.number && !r->current.reopened)
        tell(s, "record %lld of version %lld %s intent %s stops %lld end %s",
             (long long)r->current.number, (long long)r->current.spec_version,
             phase_names[r->current.phase], intent_names[r->intent.kind],
             (long long)stops_of(&r->current), end_names[r->current.end]);
    if (r->halted)
        tell(s, "record halts");
    s->trace->record = *r;
}

void trace_sent(struct sim *s, const struct w_call *c)
{
    if (!s->trace || c->kind < SIM_PROVISION || c->kind == SIM_DELIVER || c->kind == SIM_REMOVE ||
        (c->kind == SIM_SAVEPOINT && !c->stop))
        return;
    trace_world(s);
    if (c->kind == SIM_SUBMIT)
        s->trace->submit_wish = s->wish;
    if (c->kind == SIM_SAVEPOINT)
        tell(s, "call stop %lld %lld", (long long)c->attempt,
             (long long)stops_of(&s->record.current));
    else
        tell(s, "call %s %lld", sim_call_names[c->kind], (long long)c->attempt);
}

void trace_crash(struct sim *s)
{
    if (!s->trace)
        return;
    trace_world(s);
    tell(s, "daemon dies");
}
