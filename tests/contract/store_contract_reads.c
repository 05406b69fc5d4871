/* Events, and the rows of an owner: what is read while the daemon runs. */
#include "store_contract_impl.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/limits.h"

void an_owners_rows_are_read_whole_and_in_order(void **state)
{
    struct world *w = *state;
    COMMIT(&w->store, w->loop, put_new(owned_row(STORE_REVISION, "d/2", "d", "two")),
           put_new(owned_row(STORE_REVISION, "d/1", "d", "one")),
           put_new(owned_row(STORE_REVISION, "e/1", "e", "other")),
           put_new(owned_row(STORE_JOB, "j", "d", "job")));
    assert_listed(w, STORE_REVISION, "d/1@d:1: d/2@d:1: e/1@e:1: ");
    assert_string_equal("d/1@d:1:one d/2@d:1:two ",
                        list_owned(&w->store, w->loop, STORE_REVISION, "d").text);
    assert_string_equal("j@d:1:job ", list_owned(&w->store, w->loop, STORE_JOB, "d").text);
    assert_string_equal("", list_owned(&w->store, w->loop, STORE_REVISION, "nobody").text);
    /* also what was written a moment ago, and not answered yet */
    struct answers a = {.loop = w->loop};
    struct store_write write = delete_row(STORE_REVISION, "d/1", 1);
    begin_commit(&w->store, &a, &write, 1);
    assert_string_equal("d/2@d:1:two ", list_owned(&w->store, w->loop, STORE_REVISION, "d").text);
    await_answers(&a);
}

void events_come_in_rising_order_the_newest_of_them(void **state)
{
    struct world *w = *state;
    for (int64_t seq = 1; seq <= 9; seq++)
        COMMIT(&w->store, w->loop, put_new(event_row(seq, seq % 2 ? "odd" : "even")));
    struct store *s = &w->store;
    assert_string_equal("e8@even:1:happened e9@odd:1:happened ",
                        list_events(s, w->loop, "", 0, 2).text);
    assert_string_equal("e7@odd:1:happened e9@odd:1:happened ",
                        list_events(s, w->loop, "odd", 0, 2).text);
    assert_string_equal("e6@even:1:happened e8@even:1:happened ",
                        list_events(s, w->loop, "even", 4, 100).text);
    assert_string_equal("", list_events(s, w->loop, "", 9, 100).text);
    assert_string_equal("", list_events(s, w->loop, "nobody", 0, 100).text);
    assert_int_equal(9, list_events(s, w->loop, "", 0, 100).rows);
    assert_int_equal(0, list_events(s, w->loop, "", 0, 0).rows);
}

void an_event_number_is_given_once(void **state)
{
    struct world *w = *state;
    struct store_row again = event_row(1, "d");
    again.id = STR("another");
    COMMIT(&w->store, w->loop, put_new(event_row(1, "d")));
    assert_int_equal(STORE_CONFLICT, COMMIT(&w->store, w->loop, put_new(again)));
}

/* Invariant 7: numbers only grow, whatever is deleted in between. */
void the_last_event_number_outlives_the_event(void **state)
{
    struct world *w = *state;
    assert_int_equal(0, last_seq(&w->store));
    COMMIT(&w->store, w->loop, put_new(event_row(41, "d")), put_new(event_row(42, "d")));
    assert_int_equal(42, last_seq(&w->store));
    COMMIT(&w->store, w->loop, delete_owned(STORE_EVENT, "d"));
    store_reopen(w);
    assert_int_equal(42, last_seq(&w->store));
}

void a_number_of_an_undone_transaction_does_not_count(void **state)
{
    struct world *w = *state;
    COMMIT(&w->store, w->loop, put_new(event_row(1, "d")));
    assert_int_equal(STORE_CONFLICT, COMMIT(&w->store, w->loop, put_new(event_row(2, "d")),
                                            put_over(row_of(STORE_RECORD, "missing", 2, ""), 1)));
    assert_int_equal(1, last_seq(&w->store));
}

void an_owner_keeps_its_newest_events(void **state)
{
    enum { MANY = 3 * LIMIT_EVENTS_KEPT };
    struct world *w = *state;
    struct answers a = {.loop = w->loop};
    for (int64_t seq = 1; seq <= MANY; seq++) {
        struct store_write write = put_new(event_row(seq, seq <= 3 ? "quiet" : "busy"));
        begin_commit(&w->store, &a, &write, 1);
    }
    await_answers(&a);
    assert_int_equal(MANY, a.by_outcome[STORE_DONE]);
    size_t left = list_events(&w->store, w->loop, "busy", 0, 10 * MANY).rows;
    assert_in_range(left, LIMIT_EVENTS_KEPT, 2 * LIMIT_EVENTS_KEPT);
    assert_int_equal(LIMIT_EVENTS_KEPT,
                     list_events(&w->store, w->loop, "busy", MANY - LIMIT_EVENTS_KEPT, MANY).rows);
    assert_int_equal(3, list_events(&w->store, w->loop, "quiet", 0, 10).rows);
}
