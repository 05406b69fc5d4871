#include "workload.h"

#include <stdarg.h>
#include <stdio.h>

#include "daemon.h"
#include "host.h"
#include "mix.h"
#include "plan.h"
#include "store_hooks.h"

enum { PROCESSES = 3, GROUP_MOST = 4 };

struct run {
    struct history *history;
    uint64_t *rng;
    enum fault fault;
    struct daemon_process daemon;
    size_t commits; /* durable commits that the process should have made */
    struct workload done;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct run *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(r->done.why, sizeof(r->done.why), fmt, args);
    va_end(args);
    return false;
}

static size_t send_planned(struct run *r, struct daemon_answers *a)
{
    const struct txn *txn = plan_txn(&r->history->model, r->rng, r->history->arena);
    size_t index = history_send(r->history, txn, host_time());
    daemon_send(&r->daemon, txn, a);
    return index;
}

/* Before its checkpoint the store has handed out its answers: so what is acknowledged is so from the
 * moment its commit returned. Should an answer come before that, then from the moment of the answer.
 * `number` is that of the commit in this process. */
static size_t answer_time(size_t number)
{
    return number < hooks_commits() ? hooks_commit_time(number) : host_time();
}

/* True while the process goes on. */
static bool take_answers(struct run *r, const struct daemon_answers *a, size_t first_index,
                         size_t conflict)
{
    for (size_t i = 0; i < a->n; i++) {
        enum store_outcome wanted = i == conflict ? STORE_CONFLICT : STORE_DONE;
        if (host_is_killed() && a->outcomes[i] == STORE_UNKNOWN)
            return false;
        if (a->outcomes[i] != wanted)
            return fail(r, "transaction %zu has outcome %d: %s", i, (int)a->outcomes[i], a->text);
    }
    size_t n = a->n - (conflict < a->n);
    for (size_t i = 0; i < n; i++)
        history_ack(r->history, first_index + i, answer_time(r->commits));
    r->commits++;
    return true;
}

static bool commit_one(struct run *r)
{
    struct daemon_answers a = {0};
    size_t index = send_planned(r, &a);
    if (!daemon_await(&r->daemon, &a))
        return fail(r, "a commit is not answered");
    bool goes_on = take_answers(r, &a, index, SIZE_MAX);
    daemon_settle(&r->daemon);
    return goes_on;
}

/* The store is held in a first commit while others are sent, so that they become one group. One of
 * them, sometimes, is refused for itself. */
static bool commit_group(struct run *r)
{
    struct daemon_answers first = {0};
    struct daemon_answers rest = {0};
    host_hold();
    size_t index = send_planned(r, &first);
    if (!host_await_held())
        return fail(r, "a commit does not begin");
    size_t n = 2 + mix_below(r->rng, GROUP_MOST - 1);
    size_t conflict = mix_below(r->rng, 2) ? mix_below(r->rng, (unsigned)n) : SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (i == conflict)
            daemon_send(&r->daemon, plan_conflict(r->rng, r->history->arena), &rest);
        else
            send_planned(r, &rest);
    }
    host_let_go();
    if (!daemon_await(&r->daemon, &first) || !daemon_await(&r->daemon, &rest))
        return fail(r, "a commit is not answered");
    r->done.groups++;
    bool goes_on =
        take_answers(r, &first, index, SIZE_MAX) && take_answers(r, &rest, index + 1, conflict);
    daemon_settle(&r->daemon);
    return goes_on;
}

/* FAULT_SPLIT: a daemon that does not know transactions. */
static bool commit_split(struct run *r)
{
    const struct txn *txn = plan_txn(&r->history->model, r->rng, r->history->arena);
    size_t index = history_send(r->history, txn, host_time());
    for (size_t i = 0; i < txn->n; i++) {
        struct daemon_answers a = {0};
        daemon_send(&r->daemon, &(struct txn){&txn->writes[i], 1}, &a);
        if (!daemon_await(&r->daemon, &a))
            return fail(r, "a commit is not answered");
        daemon_settle(&r->daemon);
        if (a.outcomes[0] != STORE_DONE)
            return false;
    }
    history_ack(r->history, index, host_time());
    return true;
}

/* The contents that it finds must be some that it may find; they must not go from then on. */
static bool begin_process(struct run *r)
{
    uint64_t digest;
    if (!daemon_begin(&r->daemon, r->fault)) {
        if (!host_is_killed())
            fail(r, "the store does not open after a kill: %s", r->daemon.err.text);
        return false;
    }
    bool read = daemon_read(&r->daemon, &digest, NULL, NULL);
    size_t index = read ? history_find(r->history, digest, host_time()) : HISTORY_NONE;
    if (index != HISTORY_NONE) {
        history_reopen(r->history, index, host_time());
        return true;
    }
    if (!host_is_killed())
        fail(r, "after a kill the store %s", read ? "holds what it must not" : "cannot be read");
    daemon_end(&r->daemon);
    return false;
}

static void run_process(struct run *r)
{
    bool killed = mix_below(r->rng, 2);
    bool in_sync = mix_below(r->rng, 2); /* where the most is written and not yet durable */
    unsigned lives_for = 1 + mix_below(r->rng, 160);
    unsigned groups = 3 + mix_below(r->rng, 5);
    host_kill_at(killed ? host_time() + lives_for : SIZE_MAX, in_sync);
    if (!begin_process(r))
        return;
    r->commits = hooks_commits(); /* to bring the store up to date takes some of its own */
    bool goes_on = true;
    for (unsigned i = 0; goes_on && i < groups; i++) {
        if (r->fault == FAULT_SPLIT)
            goes_on = commit_split(r);
        else
            goes_on = mix_below(r->rng, 3) || host_is_killed() ? commit_one(r) : commit_group(r);
    }
    if (goes_on && r->fault != FAULT_SPLIT && r->commits != hooks_commits())
        fail(r, "%zu durable commits instead of %zu", hooks_commits(), r->commits);
    daemon_end(&r->daemon);
}

struct workload workload_run(struct history *h, uint64_t *rng, enum fault fault)
{
    struct run r = {.history = h, .rng = rng, .fault = fault};
    for (int i = 0; !r.done.why[0] && i < PROCESSES; i++) {
        run_process(&r);
        r.done.kills += host_is_killed();
    }
    host_kill_at(SIZE_MAX, false);
    return r.done;
}
