#include "store_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct store_row row_of(enum store_table table, const char *id, int64_t version, const char *body)
{
    return (struct store_row){
        .table = table, .id = str_of(id), .version = version, .body = str_of(body)};
}

struct store_row owned_row(enum store_table table, const char *id, const char *owner,
                           const char *body)
{
    struct store_row row = row_of(table, id, 1, body);
    row.owner = str_of(owner);
    return row;
}

const char *id_of(const char *prefix, int64_t number)
{
    static char ring[4096][24];
    static size_t next;
    char *id = ring[next++ % 4096];
    snprintf(id, sizeof(ring[0]), "%s%lld", prefix, (long long)number);
    return id;
}

struct store_row event_row(int64_t seq, const char *owner)
{
    struct store_row row = owned_row(STORE_EVENT, id_of("e", seq), owner, "happened");
    row.seq = seq;
    return row;
}

struct store_write put_new(struct store_row row)
{
    return (struct store_write){STORE_PUT, row, 0};
}

struct store_write put_over(struct store_row row, int64_t expect)
{
    return (struct store_write){STORE_PUT, row, expect};
}

struct store_write delete_row(enum store_table table, const char *id, int64_t expect)
{
    return (struct store_write){STORE_DELETE, row_of(table, id, 0, ""), expect};
}

struct store_write delete_owned(enum store_table table, const char *owner)
{
    return (struct store_write){STORE_DELETE_OWNED, owned_row(table, "", owner, ""), 0};
}

static void on_answer(void *arg, const struct store_result *result)
{
    struct answers *a = arg;
    a->n++;
    a->last = result->outcome;
    a->by_outcome[result->outcome]++;
    if (result->outcome != STORE_DONE)
        snprintf(a->text, sizeof(a->text), "%.*s", STR_ARG(result->text));
}

void begin_commit(struct store *s, struct answers *a, const struct store_write *writes, size_t n)
{
    a->expected++;
    s->ops->commit(s->ctx, writes, n, on_answer, a);
}

static bool all_answered(void *arg)
{
    const struct answers *a = arg;
    return a->n == a->expected;
}

void await_answers(struct answers *a)
{
    assert_true(hand_loop_until(a->loop, all_answered, a));
}

enum store_outcome commit_now(struct store *s, struct hand_loop *l,
                              const struct store_write *writes, size_t n)
{
    struct answers a = {.loop = l};
    begin_commit(s, &a, writes, n);
    await_answers(&a);
    return a.last;
}

static void list_row(struct listing *l, const struct store_row *row)
{
    size_t at = strlen(l->text);
    l->rows++;
    l->bytes += row->body.len;
    struct str body = str_take(row->body, 40);
    snprintf(l->text + at, sizeof(l->text) - at, "%.*s%s%.*s:%lld:%.*s ", STR_ARG(row->id),
             row->owner.len ? "@" : "", STR_ARG(row->owner), (long long)row->version,
             STR_ARG(body));
}

static int on_row(void *arg, const struct store_row *row, struct err *e)
{
    (void)e;
    list_row(arg, row);
    return 0;
}

struct listing list_table(struct store *s, enum store_table table)
{
    struct listing l = {0};
    struct err e = {0};
    if (s->ops->load(s->ctx, table, on_row, &l, &e) < 0)
        fail_msg("%s", e.text);
    return l;
}

struct rows_answer {
    struct listing listing;
    bool answered;
    struct err err;
};

static void on_rows(void *arg, const struct store_row *rows, size_t n, const struct err *e)
{
    struct rows_answer *a = arg;
    a->answered = true;
    if (e)
        a->err = *e;
    for (size_t i = 0; i < n; i++)
        list_row(&a->listing, &rows[i]);
}

static bool rows_answered(void *arg)
{
    return ((const struct rows_answer *)arg)->answered;
}

struct listing list_events(struct store *s, struct hand_loop *l, const char *owner, int64_t after,
                           size_t limit)
{
    struct rows_answer a = {0};
    struct store_event_query q = {.owner = str_of(owner), .after_seq = after, .limit = limit};
    s->ops->events(s->ctx, &q, on_rows, &a);
    assert_true(hand_loop_until(l, rows_answered, &a));
    assert_int_equal(a.err.code, ERR_OK);
    return a.listing;
}

struct listing list_owned(struct store *s, struct hand_loop *l, enum store_table table,
                          const char *owner)
{
    struct rows_answer a = {0};
    s->ops->owned(s->ctx, table, str_of(owner), on_rows, &a);
    assert_true(hand_loop_until(l, rows_answered, &a));
    assert_int_equal(a.err.code, ERR_OK);
    return a.listing;
}

int64_t last_seq(struct store *s)
{
    int64_t seq = -1;
    struct err e = {0};
    if (s->ops->last_seq(s->ctx, &seq, &e) < 0)
        fail_msg("%s", e.text);
    return seq;
}
