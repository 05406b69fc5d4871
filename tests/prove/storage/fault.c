#include "fault.h"

const char *fault_name(enum fault fault)
{
    static const char *const names[FAULTS] = {
        [FAULT_NONE] = "none",
        [FAULT_SYNC_IGNORED] = "sync-ignored",
        [FAULT_FILE_SYNC_IGNORED] = "file-sync-ignored",
        [FAULT_HOME_SYNC_IGNORED] = "home-sync-ignored",
        [FAULT_OPEN_WITHOUT_SYNC] = "open-without-sync",
        [FAULT_DIRECTORY_SYNC_IGNORED] = "directory-sync-ignored",
        [FAULT_SYNCHRONOUS_OFF] = "synchronous-off",
        [FAULT_SYNCHRONOUS_NORMAL] = "synchronous-normal",
        [FAULT_SPLIT] = "split",
    };
    return names[fault];
}
