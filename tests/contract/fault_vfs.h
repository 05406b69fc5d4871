/* An SQLite VFS in front of the system's that fails a chosen operation. */
#pragma once

#include <stdbool.h>

#define FAULT_VFS "fault"

enum fault_kind {
    FAULT_NONE,
    FAULT_FULL,    /* a write finds no room; its first half was written */
    FAULT_IO,      /* a write, sync or truncate ends in an I/O error; the write was done by half */
    FAULT_IO_LATE, /* as FAULT_IO, but a write that fails was done completely */
    FAULT_READ,    /* a read ends in an I/O error */
    FAULT_SYNC,    /* a sync or truncate ends in an I/O error */
};

struct fault {
    enum fault_kind kind;
    long at;           /* the how-manieth operation of that kind fails, from 1 */
    bool stays;        /* and all after it */
    bool only_in_log;  /* counts operations on the log alone, */
    bool only_in_file; /* or on the database file alone */
};

void fault_vfs_register(void);
/* From now on; forgets what was counted. */
void fault_arm(struct fault fault);
void fault_disarm(void);
/* True when something failed since it was armed. */
bool fault_was_hit(void);
/* Operations of the armed kind since then; with `at` 0, none fails and they are only counted. */
long fault_counted(void);
