#include "daemon.h"

#include <sqlite3.h>
#include <stdio.h>

#include "adapt/store_sqlite/store_sqlite.h"
#include "host.h"
#include "store_hooks.h"

bool daemon_begin(struct daemon_process *d, enum fault fault)
{
    *d = (struct daemon_process){.loop = hand_loop_new()};
    struct store_sqlite_options options = {HOST_HOME, hand_loop_port(d->loop), HOST_VFS};
    hooks_begin(fault);
    sqlite3_randomness(0, NULL); /* begins anew, with the host's random numbers */
    if (store_sqlite_open(&options, &d->store, &d->err) == 0)
        return true;
    hand_loop_free(d->loop);
    return false;
}

void daemon_end(struct daemon_process *d)
{
    d->store.ops->close(d->store.ctx);
    hand_loop_free(d->loop);
}

static void on_answer(void *arg, const struct store_result *result)
{
    struct daemon_answers *a = arg;
    a->outcomes[a->n++] = result->outcome;
    if (result->outcome != STORE_DONE)
        snprintf(a->text, sizeof(a->text), "%.*s", STR_ARG(result->text));
}

void daemon_send(struct daemon_process *d, const struct txn *txn, struct daemon_answers *ret)
{
    ret->expected++;
    d->store.ops->commit(d->store.ctx, txn->writes, txn->n, on_answer, ret);
}

static bool all_answered(void *arg)
{
    const struct daemon_answers *a = arg;
    return a->n == a->expected;
}

bool daemon_await(struct daemon_process *d, struct daemon_answers *a)
{
    return hand_loop_until(d->loop, all_answered, a);
}

void daemon_settle(struct daemon_process *d)
{
    int64_t seq;
    /* the store thread reads after all else is done; what it reads, or cannot, is not asked here */
    (void)!d->store.ops->last_seq(d->store.ctx, &seq, NULL);
}

struct reading {
    uint64_t digest;
    struct model *rows;
    struct arena *arena;
    bool answered;
    struct err *err;
};

static void take_row(struct reading *r, const struct store_row *row)
{
    r->digest = digest_row(r->digest, row);
    if (!r->rows)
        return;
    struct store_row copy = *row;
    copy.id = arena_str(r->arena, row->id);
    copy.owner = arena_str(r->arena, row->owner);
    copy.body = arena_str(r->arena, row->body);
    struct store_write put = {STORE_PUT, copy, 0};
    model_apply(r->rows, &(struct txn){&put, 1});
}

static int on_row(void *arg, const struct store_row *row, struct err *e)
{
    (void)e;
    take_row(arg, row);
    return 0;
}

static void on_events(void *arg, const struct store_row *rows, size_t n, const struct err *e)
{
    struct reading *r = arg;
    r->answered = true;
    if (e)
        *r->err = *e;
    for (size_t i = 0; i < n; i++)
        take_row(r, &rows[i]);
}

static bool is_answered(void *arg)
{
    return ((const struct reading *)arg)->answered;
}

bool daemon_read(struct daemon_process *d, uint64_t *digest, struct model *ret, struct arena *a)
{
    struct reading r = {.rows = ret, .arena = a, .err = &d->err};
    const struct store *s = &d->store;
    int64_t seq = 0;
    d->err = (struct err){0};
    for (int table = 0; table < STORE_TABLES; table++)
        if (table != STORE_EVENT &&
            s->ops->load(s->ctx, (enum store_table)table, on_row, &r, &d->err) < 0)
            return false;
    struct store_event_query all = {.limit = SIZE_MAX};
    s->ops->events(s->ctx, &all, on_events, &r);
    if (!hand_loop_until(d->loop, is_answered, &r) || d->err.code != ERR_OK ||
        s->ops->last_seq(s->ctx, &seq, &d->err) < 0)
        return false;
    if (ret)
        ret->last_seq = seq;
    *digest = digest_end(r.digest, seq);
    return true;
}
