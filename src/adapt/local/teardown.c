/* Ending an attempt: fence, TaskManagers, JobManager, whatever else carries its identity, sweep. */
#include "adapt/local/internal.h"

#include <inttypes.h>
#include <signal.h>

/* A killed process is gone within a few milliseconds: worth a nap of the pool thread, no more. */
#define NAP_MS 30

struct teardown {
    struct local *l;
    struct arena *a;
    struct attempt at;
    struct strays strays; /* of this attempt only */
    struct process_id *signalled;
    size_t n_signalled;
};

static int signal_one(struct teardown *x, struct process_id id, struct str name, int signo,
                      struct err *e)
{
    struct owner owner = attempt_owner(x->l, &x->at, name);
    if (process_signal(x->l->proc, id, &owner, signo, e) != OUTCOME_DONE)
        return -1;
    x->signalled[x->n_signalled++] = id;
    return 0;
}

/* The process, and with it the shim when there is no time left to write down how it ended; once the
 * process is gone nobody will read that. */
static int signal_process(struct teardown *x, const struct process *p, int signo, bool shim_too,
                          struct err *e)
{
    if (p->java == ALIVE_YES && signal_one(x, p->record.java, p->name, signo, e) < 0)
        return -1;
    bool shim = shim_too || p->java == ALIVE_NO;
    if (shim && p->shim == ALIVE_YES && signal_one(x, p->record.shim, p->name, SIGKILL, e) < 0)
        return -1;
    return 0;
}

/* TaskManagers end at once: what they hold that matters is in checkpoints, and a record that one
 * of them still processes is what the end of an attempt has to rule out. */
static int end_taskmanagers(struct teardown *x, struct err *e)
{
    for (size_t i = 0; i < x->at.n_processes; i++) {
        const struct process *p = &x->at.processes[i];
        if (!process_is_jobmanager(p->name) && signal_process(x, p, SIGKILL, true, e) < 0)
            return -1;
    }
    for (size_t i = 0; i < x->strays.n; i++) {
        const struct stray *s = &x->strays.items[i];
        if (!process_is_jobmanager(s->owner.process) && !stray_is_recorded(&x->at, s) &&
            signal_one(x, s->id, s->owner.process, SIGKILL, e) < 0)
            return -1;
    }
    return 0;
}

static int end_jobmanager(struct teardown *x, bool hard, struct err *e)
{
    const struct process *p = attempt_process(&x->at, STR(JOBMANAGER));
    bool polite = p && p->java == ALIVE_YES && !hard;
    if (p && signal_process(x, p, polite ? SIGTERM : SIGKILL, hard, e) < 0)
        return -1;
    /* Its children, and processes without a record, once it is gone itself. */
    for (size_t i = 0; i < x->strays.n && !polite; i++) {
        const struct stray *s = &x->strays.items[i];
        if (!stray_is_recorded(&x->at, s) && signal_one(x, s->id, s->owner.process, SIGKILL, e) < 0)
            return -1;
    }
    return 0;
}

static bool any_alive(const struct teardown *x, bool taskmanagers_only)
{
    for (size_t i = 0; i < x->at.n_processes; i++) {
        const struct process *p = &x->at.processes[i];
        if (process_state(p) == ALIVE_YES && !(taskmanagers_only && process_is_jobmanager(p->name)))
            return true;
    }
    for (size_t i = 0; i < x->strays.n; i++)
        if (!(taskmanagers_only && process_is_jobmanager(x->strays.items[i].owner.process)))
            return true;
    return false;
}

/* Somebody whose end allows the next step: TaskManagers before the JobManager, a process before its
 * shim. */
static struct process_id first_alive(const struct teardown *x)
{
    struct process_id found = {0};
    for (size_t i = 0; i < x->strays.n; i++)
        found = x->strays.items[i].id;
    for (size_t i = 0; i < x->at.n_processes; i++) {
        const struct process *p = &x->at.processes[i];
        bool last = process_is_jobmanager(p->name);
        if (process_state(p) == ALIVE_YES && (!last || found.pid == 0))
            found = p->java == ALIVE_YES ? p->record.java : p->record.shim;
    }
    return found;
}

/* Looks at the whole attempt: its records, and a scan for what they do not name. */
static int look(struct teardown *x, struct str deployment, int64_t number, struct err *e)
{
    struct strays all;
    if (attempt_read(x->l, x->a, deployment, number, &x->at, e) < 0 ||
        strays_of(x->l, x->a, deployment, true, &all, e) < 0)
        return -1;
    x->strays.items = ARENA_ARRAY(x->a, struct stray, all.n + 1);
    x->strays.n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (all.items[i].owner.attempt == number)
            x->strays.items[x->strays.n++] = all.items[i];
    x->signalled = ARENA_ARRAY(x->a, struct process_id, 2 * x->at.n_processes + all.n + 1);
    x->n_signalled = 0;
    return 0;
}

static int step(struct teardown *x, const struct operation *o, struct operation_result *ret,
                struct err *e)
{
    struct str deployment = o->deployment;
    int64_t number = o->attempt;
    bool hard = o->hard;
    if (look(x, deployment, number, e) < 0)
        return -1;
    if (x->at.stage == STAGE_PREPARED) {
        if (attempt_fence(x->a, &x->at, e) < 0 || look(x, deployment, number, e) < 0)
            return -1;
    }
    if (any_alive(x, true)) {
        if (end_taskmanagers(x, e) < 0)
            return -1;
        process_wait(x->signalled, x->n_signalled, NAP_MS);
        if (look(x, deployment, number, e) < 0)
            return -1;
    }
    if (!any_alive(x, true) && any_alive(x, false)) {
        if (end_jobmanager(x, hard, e) < 0)
            return -1;
        process_wait(x->signalled, x->n_signalled, NAP_MS);
        if (look(x, deployment, number, e) < 0)
            return -1;
    }
    ret->again = any_alive(x, false);
    ret->awaited = first_alive(x);
    if (ret->again || x->at.stage == STAGE_ENDED)
        return 0;
    ret->untidy = x->at.dir;
    return attempt_end(x->l, x->a, &x->at, e);
}

void teardown_run(struct operation *o)
{
    struct err e = {0};
    struct teardown x = {.l = o->l, .a = o->a};
    o->result = (struct operation_result){.outcome = OUTCOME_DONE};
    if (step(&x, o, &o->result, &e) == 0)
        return;
    /* The step is worth taking again: what could not be told may be told next time. */
    o->result = (struct operation_result){
        .outcome = OUTCOME_UNKNOWN, .again = true, .text = arena_str(o->a, str_of(e.text))};
}
