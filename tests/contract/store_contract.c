#include "store_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "store_contract_impl.h"

static const struct store_maker *maker_in_use;

static void open_store(struct world *w)
{
    struct err e = {0};
    if (w->maker->open(w->maker->arg, hand_loop_port(w->loop), &w->store, &e) < 0)
        fail_msg("%s", e.text);
}

void store_reopen(struct world *w)
{
    w->store.ops->close(w->store.ctx);
    open_store(w);
}

static int setup(void **state)
{
    struct world *w = mem_alloc(sizeof(*w));
    w->maker = maker_in_use;
    w->maker->fresh(w->maker->arg);
    w->loop = hand_loop_new();
    open_store(w);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    w->store.ops->close(w->store.ctx);
    hand_loop_free(w->loop);
    mem_free(w);
    return 0;
}

void assert_listed(struct world *w, enum store_table table, const char *expected)
{
    assert_string_equal(list_table(&w->store, table).text, expected);
}

static void what_is_done_is_there_after_a_restart(void **state)
{
    struct world *w = *state;
    assert_int_equal(STORE_DONE,
                     COMMIT(&w->store, w->loop, put_new(row_of(STORE_DEPLOYMENT, "d", 1, "one")),
                            put_new(owned_row(STORE_JOB, "j", "d", "job"))));
    store_reopen(w);
    assert_listed(w, STORE_DEPLOYMENT, "d:1:one ");
    assert_listed(w, STORE_JOB, "j@d:1:job ");
}

static void every_table_keeps_its_own_rows(void **state)
{
    struct world *w = *state;
    for (int t = 0; t < STORE_TABLES; t++) {
        struct store_row row = row_of((enum store_table)t, "same", 1, id_of("body", t));
        row.seq = t == STORE_EVENT ? 1 : 0;
        assert_int_equal(STORE_DONE, COMMIT(&w->store, w->loop, put_new(row)));
    }
    assert_listed(w, STORE_DEPLOYMENT, "same:1:body0 ");
    assert_listed(w, STORE_RECORD, "same:1:body1 ");
    assert_listed(w, STORE_JOB, "same:1:body2 ");
    assert_listed(w, STORE_SAVEPOINT, "same:1:body3 ");
    assert_listed(w, STORE_TARGET, "same:1:body5 ");
    assert_listed(w, STORE_DEFAULTS, "same:1:body6 ");
    assert_listed(w, STORE_NAMESPACE, "same:1:body7 ");
    assert_listed(w, STORE_REVISION, "same:1: ");
}

static void a_new_row_is_refused_where_one_exists(void **state)
{
    struct world *w = *state;
    COMMIT(&w->store, w->loop, put_new(row_of(STORE_RECORD, "r", 1, "first")));
    assert_int_equal(STORE_CONFLICT,
                     COMMIT(&w->store, w->loop, put_new(row_of(STORE_RECORD, "r", 1, "second"))));
    assert_listed(w, STORE_RECORD, "r:1:first ");
}

static void a_row_is_replaced_only_in_the_version_expected(void **state)
{
    struct world *w = *state;
    COMMIT(&w->store, w->loop, put_new(row_of(STORE_RECORD, "r", 1, "first")));
    struct store_row second = row_of(STORE_RECORD, "r", 2, "second");
    assert_int_equal(STORE_DONE, COMMIT(&w->store, w->loop, put_over(second, 1)));
    assert_int_equal(STORE_CONFLICT, COMMIT(&w->store, w->loop, put_over(second, 1)));
    assert_int_equal(STORE_CONFLICT, COMMIT(&w->store, w->loop, put_over(second, 3)));
    assert_listed(w, STORE_RECORD, "r:2:second ");
}

static void a_row_that_is_not_there_cannot_be_replaced(void **state)
{
    struct world *w = *state;
    struct store_row row = row_of(STORE_RECORD, "r", 2, "body");
    assert_int_equal(STORE_CONFLICT, COMMIT(&w->store, w->loop, put_over(row, 1)));
    assert_listed(w, STORE_RECORD, "");
}

static void a_row_is_deleted_only_in_the_version_expected(void **state)
{
    struct world *w = *state;
    COMMIT(&w->store, w->loop, put_new(row_of(STORE_TARGET, "t", 5, "body")));
    assert_int_equal(STORE_CONFLICT, COMMIT(&w->store, w->loop, delete_row(STORE_TARGET, "t", 4)));
    assert_listed(w, STORE_TARGET, "t:5:body ");
    assert_int_equal(STORE_DONE, COMMIT(&w->store, w->loop, delete_row(STORE_TARGET, "t", 5)));
    assert_int_equal(STORE_CONFLICT, COMMIT(&w->store, w->loop, delete_row(STORE_TARGET, "t", 5)));
    assert_listed(w, STORE_TARGET, "");
}

/* Whichever row of a transaction conflicts, none of it is written. */
static void a_conflict_anywhere_undoes_the_whole_transaction(void **state)
{
    struct world *w = *state;
    COMMIT(&w->store, w->loop, put_new(row_of(STORE_RECORD, "there", 1, "old")),
           put_new(owned_row(STORE_JOB, "kept", "d", "job")));
    for (size_t bad = 0; bad < 4; bad++) {
        struct store_write writes[] = {
            put_new(row_of(STORE_DEPLOYMENT, "new", 1, "x")),
            put_over(row_of(STORE_RECORD, "there", 2, "changed"), 1),
            delete_owned(STORE_JOB, "d"),
            put_new(event_row((int64_t)bad + 1, "d")),
        };
        writes[bad] = put_over(row_of(STORE_TARGET, "missing", 2, "x"), 1);
        assert_int_equal(STORE_CONFLICT, commit_now(&w->store, w->loop, writes, 4));
        assert_listed(w, STORE_DEPLOYMENT, "");
        assert_listed(w, STORE_RECORD, "there:1:old ");
        assert_listed(w, STORE_JOB, "kept@d:1:job ");
        assert_int_equal(0, list_events(&w->store, w->loop, "", 0, 10).rows);
    }
}

static void a_conflict_says_which_row_and_why(void **state)
{
    struct world *w = *state;
    struct answers a = {.loop = w->loop};
    struct store_write write = put_over(row_of(STORE_RECORD, "some-id", 8, ""), 7);
    begin_commit(&w->store, &a, &write, 1);
    await_answers(&a);
    assert_non_null(strstr(a.text, "some-id"));
    assert_non_null(strstr(a.text, "7"));
}

/* Later writes of one transaction see the earlier ones. */
static void the_writes_of_a_transaction_happen_in_order(void **state)
{
    struct world *w = *state;
    assert_int_equal(STORE_DONE,
                     COMMIT(&w->store, w->loop, put_new(row_of(STORE_RECORD, "r", 1, "one")),
                            put_over(row_of(STORE_RECORD, "r", 2, "two"), 1),
                            delete_row(STORE_RECORD, "r", 2),
                            put_new(row_of(STORE_RECORD, "r", 1, "again"))));
    assert_listed(w, STORE_RECORD, "r:1:again ");
}

static void an_empty_transaction_is_done(void **state)
{
    struct world *w = *state;
    assert_int_equal(STORE_DONE, commit_now(&w->store, w->loop, NULL, 0));
}

static void all_rows_of_an_owner_go_and_no_others(void **state)
{
    struct world *w = *state;
    COMMIT(&w->store, w->loop, put_new(owned_row(STORE_JOB, "a1", "a", "x")),
           put_new(owned_row(STORE_JOB, "a2", "a", "x")),
           put_new(owned_row(STORE_JOB, "b1", "b", "x")),
           put_new(owned_row(STORE_SAVEPOINT, "a3", "a", "x")), put_new(event_row(1, "a")));
    assert_int_equal(STORE_DONE, COMMIT(&w->store, w->loop, delete_owned(STORE_JOB, "a")));
    assert_listed(w, STORE_JOB, "b1@b:1:x ");
    assert_listed(w, STORE_SAVEPOINT, "a3@a:1:x ");
    assert_int_equal(1, list_events(&w->store, w->loop, "a", 0, 10).rows);
    assert_int_equal(STORE_DONE, COMMIT(&w->store, w->loop, delete_owned(STORE_JOB, "nobody")));
}

static void rows_are_read_in_id_order(void **state)
{
    struct world *w = *state;
    COMMIT(&w->store, w->loop, put_new(row_of(STORE_TARGET, "b", 1, "")),
           put_new(row_of(STORE_TARGET, "a", 1, "")), put_new(row_of(STORE_TARGET, "B", 1, "")));
    assert_listed(w, STORE_TARGET, "B:1: a:1: b:1: ");
}

static int stop_at_second(void *arg, const struct store_row *row, struct err *e)
{
    size_t *seen = arg;
    (void)row;
    return ++*seen == 2 ? err_set(e, ERR_INVALID, "cannot be decoded") : 0;
}

static void a_row_that_cannot_be_taken_stops_the_reading(void **state)
{
    struct world *w = *state;
    size_t seen = 0;
    struct err e = {0};
    for (int i = 0; i < 3; i++)
        COMMIT(&w->store, w->loop, put_new(row_of(STORE_TARGET, id_of("t", i), 1, "")));
    assert_int_equal(-1, w->store.ops->load(w->store.ctx, STORE_TARGET, stop_at_second, &seen, &e));
    assert_int_equal(2, seen);
    assert_string_equal("cannot be decoded", e.text);
    assert_int_equal(3, list_table(&w->store, STORE_TARGET).rows);
}

struct order {
    size_t next;
    size_t n;
    bool wrong;
};

struct numbered {
    struct order *order;
    size_t number;
};

static void on_numbered(void *arg, const struct store_result *result)
{
    const struct numbered *n = arg;
    (void)result;
    n->order->wrong |= n->number != n->order->next;
    n->order->next++;
}

static bool order_is_complete(void *arg)
{
    const struct order *o = arg;
    return o->next == o->n;
}

/* Good, conflicting and refused ones between each other. */
static void answers_come_in_the_order_of_the_calls(void **state)
{
    enum { MANY = 2000 };
    struct world *w = *state;
    struct order order = {.n = MANY};
    struct numbered *numbers = mem_alloc(MANY * sizeof(*numbers));
    for (size_t i = 0; i < MANY; i++) {
        bool bad = i % 7 == 3;
        int64_t version = i % 11 == 5 ? 0 : 1; /* 0 is no version: refused */
        struct store_write write =
            put_new(row_of(STORE_RECORD, bad ? "r0" : id_of("r", (int64_t)i), version, ""));
        numbers[i] = (struct numbered){&order, i};
        w->store.ops->commit(w->store.ctx, &write, 1, on_numbered, &numbers[i]);
    }
    assert_true(hand_loop_until(w->loop, order_is_complete, &order));
    assert_false(order.wrong);
    mem_free(numbers);
}

/* Neighbours in one group do not share a fate. */
static void a_conflict_harms_no_other_transaction(void **state)
{
    enum { MANY = 300 };
    struct world *w = *state;
    struct answers a = {.loop = w->loop};
    for (int64_t i = 0; i < MANY; i++) {
        struct store_write writes[] = {
            put_new(row_of(STORE_DEPLOYMENT, id_of("d", i), 1, "")),
            put_new(row_of(STORE_RECORD, i % 3 ? id_of("r", i) : "the same", 1, "")),
        };
        begin_commit(&w->store, &a, writes, 2);
    }
    await_answers(&a);
    assert_int_equal(MANY / 3 - 1, a.by_outcome[STORE_CONFLICT]);
    assert_int_equal(MANY - MANY / 3 + 1, a.by_outcome[STORE_DONE]);
    assert_int_equal(MANY - MANY / 3 + 1, list_table(&w->store, STORE_DEPLOYMENT).rows);
    assert_int_equal(MANY - MANY / 3 + 1, list_table(&w->store, STORE_RECORD).rows);
}

static void a_row_that_the_store_cannot_hold_is_refused_alone(void **state)
{
    struct world *w = *state;
    assert_int_equal(STORE_REFUSED,
                     COMMIT(&w->store, w->loop, put_new(row_of(STORE_RECORD, "a", 1, "")),
                            put_new(row_of(STORE_RECORD, "r", 0, "no version"))));
    assert_int_equal(STORE_REFUSED,
                     COMMIT(&w->store, w->loop, put_new(row_of(STORE_RECORD, "", 1, "no id"))));
    assert_listed(w, STORE_RECORD, "");
    assert_int_equal(STORE_DONE,
                     COMMIT(&w->store, w->loop, put_new(row_of(STORE_RECORD, "r", 1, "sound"))));
}

static void waiting_transactions_share_a_durable_write(void **state)
{
    enum { MANY = 1000 };
    struct world *w = *state;
    struct answers a = {.loop = w->loop};
    for (int64_t i = 0; i < MANY; i++) {
        struct store_write write = put_new(row_of(STORE_RECORD, id_of("r", i), 1, "body"));
        begin_commit(&w->store, &a, &write, 1);
    }
    await_answers(&a);
    int64_t bytes;
    int64_t commits;
    int64_t groups;
    w->store.ops->stats(w->store.ctx, &bytes, &commits, &groups);
    assert_int_equal(MANY, commits);
    assert_in_range(groups, 1, MANY / 2);
    assert_true(bytes > MANY * 4);
    store_reopen(w);
    assert_int_equal(MANY, list_table(&w->store, STORE_RECORD).rows);
}

struct body_check {
    struct str expected;
    size_t same;
};

static int check_body(void *arg, const struct store_row *row, struct err *e)
{
    struct body_check *c = arg;
    (void)e;
    c->same += str_eq(c->expected, row->body);
    return 0;
}

static void assert_body_comes_back(struct world *w, const char *id, struct str body)
{
    struct body_check check = {.expected = body};
    struct store_row row = row_of(STORE_DEPLOYMENT, id, 1, "");
    row.body = body;
    assert_int_equal(STORE_DONE, COMMIT(&w->store, w->loop, put_new(row)));
    store_reopen(w);
    assert_int_equal(0,
                     w->store.ops->load(w->store.ctx, STORE_DEPLOYMENT, check_body, &check, NULL));
    assert_int_equal(1, check.same);
}

static void texts_come_back_byte_by_byte(void **state)
{
    struct world *w = *state;
    assert_body_comes_back(w, "d1", STR("Grüße, 世界 🌍, e\u0301, \"quoted\" 'it''s' \\ \n\t%s"));
    assert_body_comes_back(w, "d2", STR("'); DROP TABLE deployment; --"));
    assert_body_comes_back(w, "Ключ '\" ; --", STR("a strange id"));
    assert_body_comes_back(w, "d3", STR(""));
}

static void a_body_may_be_as_large_as_a_request_and_more(void **state)
{
    struct world *w = *state;
    size_t size = 4 * LIMIT_REQUEST_BODY;
    char *large = mem_alloc(size);
    for (size_t i = 0; i < size; i++)
        large[i] = (char)('a' + i % 23);
    assert_body_comes_back(w, "large", (struct str){large, size});
    mem_free(large);
}

static void what_is_given_is_copied(void **state)
{
    struct world *w = *state;
    struct answers a = {.loop = w->loop};
    char id[] = "id";
    char body[] = "body";
    struct store_write write = put_new(row_of(STORE_TARGET, id, 1, body));
    begin_commit(&w->store, &a, &write, 1);
    memset(id, '?', 2);
    memset(body, '?', 4);
    write = (struct store_write){0};
    await_answers(&a);
    assert_listed(w, STORE_TARGET, "id:1:body ");
}

/* Nobody waits for the answers here: reading and closing do. */
static void reading_and_closing_wait_for_the_commits_before_them(void **state)
{
    struct world *w = *state;
    struct answers a = {.loop = w->loop};
    for (int64_t i = 0; i < 100; i++) {
        struct store_write write = put_new(row_of(STORE_RECORD, id_of("r", i), 1, ""));
        begin_commit(&w->store, &a, &write, 1);
    }
    assert_int_equal(100, list_table(&w->store, STORE_RECORD).rows);
    for (int64_t i = 100; i < 200; i++) {
        struct store_write write = put_new(row_of(STORE_RECORD, id_of("r", i), 1, ""));
        begin_commit(&w->store, &a, &write, 1);
    }
    store_reopen(w);
    assert_int_equal(200, a.by_outcome[STORE_DONE]);
    assert_int_equal(200, list_table(&w->store, STORE_RECORD).rows);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int store_contract_run(const struct store_maker *maker)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_done_is_there_after_a_restart),
        CASE(every_table_keeps_its_own_rows),
        CASE(an_owners_rows_are_read_whole_and_in_order),
        CASE(a_new_row_is_refused_where_one_exists),
        CASE(a_row_is_replaced_only_in_the_version_expected),
        CASE(a_row_that_is_not_there_cannot_be_replaced),
        CASE(a_row_is_deleted_only_in_the_version_expected),
        CASE(a_conflict_anywhere_undoes_the_whole_transaction),
        CASE(a_conflict_says_which_row_and_why),
        CASE(the_writes_of_a_transaction_happen_in_order),
        CASE(an_empty_transaction_is_done),
        CASE(all_rows_of_an_owner_go_and_no_others),
        CASE(rows_are_read_in_id_order),
        CASE(a_row_that_cannot_be_taken_stops_the_reading),
        CASE(events_come_in_rising_order_the_newest_of_them),
        CASE(an_event_number_is_given_once),
        CASE(the_last_event_number_outlives_the_event),
        CASE(a_number_of_an_undone_transaction_does_not_count),
        CASE(an_owner_keeps_its_newest_events),
        CASE(answers_come_in_the_order_of_the_calls),
        CASE(a_conflict_harms_no_other_transaction),
        CASE(a_row_that_the_store_cannot_hold_is_refused_alone),
        CASE(waiting_transactions_share_a_durable_write),
        CASE(texts_come_back_byte_by_byte),
        CASE(a_body_may_be_as_large_as_a_request_and_more),
        CASE(what_is_given_is_copied),
        CASE(reading_and_closing_wait_for_the_commits_before_them),
    };
    maker_in_use = maker;
    return cmocka_run_group_tests_name(maker->name, tests, NULL, NULL);
}
