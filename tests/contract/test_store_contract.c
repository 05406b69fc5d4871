/* The contract, kept by the SQLite store. */
#include "adapt/store_sqlite/store_sqlite.h"
#include "scratch.h"
#include "store_contract.h"

static void fresh(void *arg)
{
    const char **directory = arg;
    *directory = scratch_fresh();
}

static int open_sqlite(void *arg, struct loop loop, struct store *ret, struct err *e)
{
    const char **directory = arg;
    struct store_sqlite_options options = {.directory = *directory, .loop = loop};
    return store_sqlite_open(&options, ret, e);
}

int main(void)
{
    const char *directory = NULL;
    struct store_maker maker = {"store_sqlite", fresh, open_sqlite, &directory};
    int failures = store_contract_run(&maker);
    scratch_remove();
    return failures;
}
