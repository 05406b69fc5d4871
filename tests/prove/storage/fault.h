/* What can be broken on purpose, to see that the proof finds it. */
#pragma once

enum fault {
    FAULT_NONE,
    FAULT_SYNC_IGNORED,           /* the disk says that it has synced a file, and has not */
    FAULT_FILE_SYNC_IGNORED,      /* the same for the database file alone, not its log */
    FAULT_DIRECTORY_SYNC_IGNORED, /* the same for directories, */
    FAULT_HOME_SYNC_IGNORED,      /* or for those alone that the store syncs by itself */
    FAULT_OPEN_WITHOUT_SYNC,      /* the store believes what it finds, synced or not */
    FAULT_SYNCHRONOUS_OFF,        /* the store asks for no sync at all */
    FAULT_SYNCHRONOUS_NORMAL,     /* the store syncs its log before a checkpoint only */
    FAULT_SPLIT,                  /* the rows of a transaction are committed one by one */
    FAULTS,
};

/* Names for a command line: "sync-ignored". */
const char *fault_name(enum fault fault);
