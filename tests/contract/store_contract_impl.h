/* What the files of the store's contract share. */
#pragma once

#include "store_contract.h"
#include "store_world.h"

struct world {
    const struct store_maker *maker;
    struct hand_loop *loop;
    struct store store;
};

/* As after a restart of the daemon. */
void store_reopen(struct world *w);
void assert_listed(struct world *w, enum store_table table, const char *expected);

/* store_contract_reads.c */
void an_owners_rows_are_read_whole_and_in_order(void **state);
void events_come_in_rising_order_the_newest_of_them(void **state);
void an_event_number_is_given_once(void **state);
void the_last_event_number_outlives_the_event(void **state);
void a_number_of_an_undone_transaction_does_not_count(void **state);
void an_owner_keeps_its_newest_events(void **state);
