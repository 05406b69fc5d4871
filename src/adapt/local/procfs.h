/* Who is alive, and whose: pid, start time and boot id together, the environment as a second proof.
 * Everything here may block for as long as /proc does: pool threads only. */
#pragma once

#include "adapt/local/pidfile.h"
#include "base/err.h"
#include "port/outcome.h"

enum alive { ALIVE_UNKNOWN, ALIVE_NO, ALIVE_YES };

/* Whose a process is, as its environment says. */
struct owner {
    struct str data;       /* SLUICE_DATA: which data directory's daemon started it */
    struct str deployment; /* SLUICE_DEPLOYMENT */
    int64_t attempt;       /* SLUICE_ATTEMPT */
    struct str process;    /* SLUICE_PROCESS: "jobmanager" or a TaskManager's resource id */
};

struct stray {
    struct process_id id;
    struct owner owner;
};

struct strays {
    struct stray *items;
    size_t n;
};

/* Is this very process (of this boot) alive? UNKNOWN when /proc cannot say, with the reason in e.
 * A process that ended counts as gone even while nobody has waited for it. */
enum alive process_alive(const char *proc, struct process_id id, struct err *e);
/* Signals this very process, after comparing start time and environment. DONE: sent, or it is gone.
 * REFUSED: the process is not the owner's, nothing was sent. UNKNOWN: it could not be told. */
enum outcome process_signal(const char *proc, struct process_id id, const struct owner *owner,
                            int signo, struct err *e);
/* A descriptor that is readable once this very process has ended; -1 when it has already. */
int process_watch(const char *proc, struct process_id id);
/* Waits until one of the processes ends or the time is over; a pool thread's short nap. */
void process_wait(const struct process_id *ids, size_t n, int most_ms);
/* What a scan looks for. */
struct scan_for {
    struct str data;  /* SLUICE_DATA */
    uint32_t user;    /* account that Flink runs under, besides this daemon's own */
    struct str place; /* a path that every command line of ours holds */
};
/* All living processes whose SLUICE_DATA is the one looked for: shims and children of children too.
 * A process whose environment may not be read (a container's init has more rights than its root
 * here) is a stranger, unless its command line names our place. -1: the list may be incomplete. */
int process_scan(struct arena *a, const char *proc, const struct scan_for *what, struct strays *ret,
                 struct err *e) ERR_CHECK;
