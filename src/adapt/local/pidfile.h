/* The record of one started process, written by the shim before the process may run anything, read
 * by the daemon. Three lines: the boot it belongs to, the shim, and what the shim runs.
 * A process id alone proves nothing: only id, start time and boot together name one process. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

#define BOOT_ID_MOST 64

struct process_id {
    int64_t pid;
    uint64_t start; /* field 22 of /proc/PID/stat: clock ticks since boot */
};

struct pid_record {
    char boot[BOOT_ID_MOST];
    struct process_id shim;
    struct process_id java;
};

void pid_record_write(struct buf *b, const struct pid_record *r);
/* False when the text is not a whole record. */
bool pid_record_read(struct str text, struct pid_record *ret);

/* The id of this boot, or what SLUICE_BOOT_ID says (tests play a reboot with it).
 * 0, or -1 with errno. */
int boot_id_read(char ret[BOOT_ID_MOST]);
/* Start time of a process from the file system at `proc`; 0, or -1 with errno (ENOENT, ESRCH: there
 * is no such process; EBADMSG: the file makes no sense). */
int process_start_time(const char *proc, int64_t pid, uint64_t *ret);
