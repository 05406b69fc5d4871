/* What every implementation of port/store.h must do. */
#pragma once

#include "port/loop.h"
#include "port/store.h"

struct store_maker {
    const char *name;
    /* An empty place for a store; the next `open` calls open the store in it, again and again. */
    void (*fresh)(void *arg);
    int (*open)(void *arg, struct loop loop, struct store *ret, struct err *e);
    void *arg;
};

/* Runs the suite under cmocka; returns the number of failures. */
int store_contract_run(const struct store_maker *maker);
