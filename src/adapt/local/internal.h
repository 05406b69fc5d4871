/* What the files of the local target share. Functions marked (pool) block and run on pool threads;
 * those marked (pure) have no effects. */
#pragma once

#include <pthread.h>

#include "adapt/local/files.h"
#include "adapt/local/local.h"
#include "adapt/local/procfs.h"
#include "base/limits.h"
#include "model/memory.h"

#define JOBMANAGER "jobmanager"

struct ports {
    pthread_mutex_t lock;
    int64_t first;
    int64_t last;
    int64_t next;
    uint8_t *leased; /* one per port from first */
};

/* What an attempt was given when it was prepared: the file `cluster`. */
struct lease {
    int64_t rpc;
    int64_t rest;
    int64_t blob;
    int64_t taskmanagers;
};

struct local {
    struct arena *arena;
    struct local_config config; /* defaults filled in */
    const struct loop *loop;
    struct str clusters; /* DATA/clusters */
    struct str data_id;
    const char *proc;
    char boot_id[BOOT_ID_MOST];
    uint32_t user_id; /* that Flink runs under: not our own when config.user says another one */
    uint32_t group_id;
    struct str storage; /* path of config.storage_uri; empty = on no file system of ours */
    struct str notice;
    struct ports ports;

    pthread_mutex_t lock; /* guards what is below */
    bool in_doubt;        /* a process may exist that no record names: scan before answering */
    struct arena *strays_arena;
    struct strays strays;    /* as of the last scan */
    struct sharing *sharing; /* sharing.c: the archives that are being made, NULL = none */

    /* Loop thread. */
    struct operation *running; /* queue.c: at most one of a deployment */
    struct operation *waiting;
    struct start *starts; /* starts.c: JobManagers that are coming up */
    int64_t n_starts;
    struct operation *line; /* provisions that wait for their turn, in order */
    struct ending *endings; /* endings.c: attempts that are being ended */
    int64_t in_flight;      /* on the pool */
    bool closing;
};

/* --- attempt.c: one attempt's directory --- */

struct process {
    struct str name; /* "jobmanager" or a resource id */
    struct pid_record record;
    enum alive shim;
    enum alive java;
    struct str end; /* what the shim wrote at its end: "exit 143", "signal 9", ... */
};

enum attempt_stage {
    STAGE_ABSENT,   /* nothing there, or preparations that never led to a process */
    STAGE_PREPARED, /* processes may be started */
    STAGE_ENDING,   /* fenced: nothing can start any more */
    STAGE_ENDED,    /* swept; only logs are left */
};

struct attempt {
    struct str deployment;
    int64_t number;
    struct str dir;
    enum attempt_stage stage;
    struct lease lease; /* from STAGE_PREPARED on */
    struct process *processes;
    size_t n_processes;
};

/* Path inside the attempt's directory. (pure) */
struct str attempt_path(struct arena *a, const struct attempt *at, const char *name);
struct str attempt_run_dir(struct arena *a, const struct attempt *at);
/* A deployment id that is safe as a file name. (pure) */
bool deployment_id_is_safe(struct str id);
/* Reads everything and looks who is alive. -1: it could not be established. (pool) */
int attempt_read(struct local *l, struct arena *a, struct str deployment, int64_t number,
                 struct attempt *ret, struct err *e) ERR_CHECK;
/* Numbers of the deployment's attempts that have a directory, ascending. (pool) */
int attempt_list(struct local *l, struct arena *a, struct str deployment, int64_t **ret,
                 size_t *ret_n, struct err *e) ERR_CHECK;
/* STAGE_PREPARED → STAGE_ENDING: after it no shim can get a process going. (pool) */
int attempt_fence(struct arena *a, const struct attempt *at, struct err *e) ERR_CHECK;
/* Was its end asked for? Then it may never be started (again). (pool) */
int attempt_is_over(struct local *l, struct arena *a, const struct attempt *at, bool *ret,
                    struct err *e) ERR_CHECK;
/* → STAGE_ENDED: frees the ports; all its processes must be gone. (pool) */
int attempt_end(struct local *l, struct arena *a, const struct attempt *at,
                struct err *e) ERR_CHECK;
/* Removes what an ended attempt needs no more: all but its logs. What fails is left for the next end
 * of an attempt of this deployment. (pool, beside other operations) */
void attempt_tidy(struct arena *a, struct str dir);
const struct process *attempt_process(const struct attempt *at, struct str name);
bool process_is_jobmanager(struct str name);
/* The shim and what it runs are one: alive while either may be. */
enum alive process_state(const struct process *p);
/* "boot:pid:start" of the process itself. */
struct str process_incarnation(struct arena *a, const struct process *p);
struct owner attempt_owner(const struct local *l, const struct attempt *at, struct str process);
/* Deepest useful line of why the process ended; begins with "port taken: " when a leased port was
 * in use. (pool) */
struct str process_cause(struct arena *a, const struct attempt *at, const struct process *p);

/* --- cause.c (pure) --- */
/* From the ends of a log and of standard output, and the exit status. */
struct str cause_of(struct arena *a, struct str log, struct str output, struct str end);

/* --- strays.c --- */
/* Scans /proc if in doubt, then gives the strays of the deployment that are still alive, those of
 * records included. (pool) */
int strays_of(struct local *l, struct arena *a, struct str deployment, bool rescan,
              struct strays *ret, struct err *e) ERR_CHECK;
void strays_doubt(struct local *l);
bool stray_is_recorded(const struct attempt *at, const struct stray *s);

/* --- ports.c --- */
void ports_init(struct ports *p, int64_t first, int64_t last);
void ports_fini(struct ports *p);
/* Leases n ports that nobody listens on right now. (pool) */
int ports_lease(struct ports *p, int64_t *ret, size_t n, struct err *e) ERR_CHECK;
/* Leased before this daemon started. Ports outside the range are left alone. */
void ports_mark(struct ports *p, int64_t port, bool leased);

/* --- plan.c (pure): from the specification to files and command lines --- */

struct cluster_plan {
    struct str deployment;
    int64_t attempt;
    struct str dir;
    struct lease lease;
    struct str_map user; /* Flink configuration as handed over */
    int64_t slots;
    struct memory_jobmanager jobmanager;
    struct memory_taskmanager taskmanager;
    int64_t taskmanager_cpu_milli;
    struct str root_level;
    struct str_map loggers;
    struct str log_template; /* replaces our log4j configuration when not empty */
    struct str flink_version;
    struct str home; /* Flink home, resolved */
    int quick_start;
    struct str java;
    struct str_list class_path;
    struct str archives[2]; /* class data sharing: JobManager, TaskManager; empty = none */
    bool class_lists;       /* the JVMs shall list the classes that they load */
};

struct str plan_config_yaml(struct arena *a, const struct cluster_plan *p);
struct str plan_log4j(struct arena *a, const struct cluster_plan *p);
/* Name of the log configuration file: log4j decides by its ending. */
const char *plan_log4j_name(const struct cluster_plan *p);
/* NULL-terminated. `process` is "jobmanager" or a resource id. */
char **plan_command(struct arena *a, const struct cluster_plan *p, struct str process);
struct str plan_class_path(struct arena *a, struct str_list jars);
struct str plan_taskmanager_id(struct arena *a, const struct cluster_plan *p, int64_t number);
/* Number in a resource id of ours, 0 for anything else. */
int64_t plan_taskmanager_number(struct str id);

/* --- homes.c (pool) --- */
int home_find(const struct local *l, struct arena *a, struct str version, struct str *ret_home,
              struct err *e) ERR_CHECK;
int home_class_path(struct arena *a, struct str home, struct str_list *ret,
                    struct err *e) ERR_CHECK;
int java_find(const struct local *l, struct arena *a, struct str *ret, struct err *e) ERR_CHECK;

/* --- sharing.c --- */
/* Puts the archives that exist into the plan, or asks for the lists to make them of. The first
 * n_home_jars of the class path are the home's. (pool) */
void sharing_plan(struct local *l, struct arena *a, struct cluster_plan *p, size_t n_home_jars);
/* File that the process shall list its classes in; empty = none. (pure) */
struct str sharing_list(struct arena *a, const struct cluster_plan *p, struct str process);
/* A cluster is up: a good time to make archives is soon. (loop thread) */
void sharing_came_up(struct local *l);
/* A start has failed: lists of what it loaded until then would make poor archives. The next one lists
 * anew. (loop thread) */
void sharing_came_to_nothing(struct local *l, struct str deployment, int64_t attempt);
/* The attempt in `dir` is over: keeps the lists that its JVMs wrote, before they are removed. (pool) */
void sharing_keep(struct local *l, struct str dir);
void sharing_close(struct local *l);

/* --- spawn.c --- */
/* Starts the shim with the command and waits until the process is recorded and runs. REFUSED: it
 * never ran. UNKNOWN: it may come up yet; raises the doubt. (pool) */
enum outcome spawn_process(struct local *l, struct arena *a, const struct attempt *at,
                           struct str name, char **command, struct err *e);

/* Asks as config.user: "MODE=PATH" each, MODE of r, w, x. -1: e names the first that cannot be used
 * so. Blocks. */
int spawn_reach(struct local *l, struct arena *a, struct str_list wants, struct err *e) ERR_CHECK;

/* --- account.c --- */
/* Settles under which account Flink runs, and prepares directories for it; at the start. -1: the
 * configuration cannot be meant. */
int account_choose(struct local *l, struct err *e) ERR_CHECK;
/* Can the account use what a start needs? (pool) */
int account_check(struct local *l, struct arena *a, struct str java, struct str home,
                  struct err *e) ERR_CHECK;

/* --- operations --- */

struct start_request { /* copied from platform_cluster_spec on the loop thread */
    struct cluster_plan plan;
    struct str_list dependency_paths;
    struct str_list dependency_names;
    bool beside; /* see struct platform_cluster_spec */
};

/* --- room.c --- */
/* -1: the cluster does not fit beside what runs, or that cannot be told. (pool) */
int room_check(const struct local *l, struct arena *a, const struct cluster_plan *p,
               struct err *e) ERR_CHECK;
/* Free bytes, from the texts of /proc/meminfo, and of memory.max, memory.current and memory.stat of a
 * cgroup; false: they do not say, or there is no limit. (pure) */
bool room_of_machine(struct str meminfo, int64_t *ret);
bool room_of_cgroup(struct str most, struct str used, struct str stat, int64_t *ret);

struct operation_result {
    enum outcome outcome;
    struct str text;
    struct str jar_id;
    int64_t starting_rest_port; /* provision: of the JobManager just started, else 0 */
    bool again;                 /* teardown: not over yet */
    /* With again: the end of this process changes something. pid 0: of none that is known. */
    struct process_id awaited;
    struct str untidy; /* teardown: directory of the attempt that is over now */
};

/* Copies what a start needs out of the specification; -1 when it cannot work. (pure) */
int start_request_fill(struct arena *a, const struct local_config *c,
                       const struct platform_cluster_spec *spec, struct start_request *ret,
                       struct err *e) ERR_CHECK;

/* --- queue.c: the operations of one deployment run one after the other (loop thread) --- */

struct operation {
    struct operation *next;
    struct local *l;
    struct arena *a; /* owns everything of the operation */
    struct str deployment;
    int64_t attempt;
    void (*run)(struct operation *o);  /* pool */
    void (*done)(struct operation *o); /* loop thread; may start operations */

    struct operation_result result;
    struct platform_inventory inventory;
    struct start_request request;
    struct platform_artifact jar;
    struct str text; /* incarnation, or the process whose log is wanted */
    int64_t most;
    bool hard;
    void (*on_result)(void *arg, const struct platform_result *r);
    void (*on_inventory)(void *arg, const struct platform_inventory *i);
    void *arg;
};

/* What operations do on the pool; each fills result or inventory. */
void provision_run(struct operation *o);
void inventory_run(struct operation *o);
/* Adds the attempts whose provision still waits: each may become processes. (loop thread) */
void inventory_add_waiting(struct operation *o);
void deliver_run(struct operation *o);
/* One step towards the end; o->hard = the grace is over. result.again = not over yet. */
void teardown_run(struct operation *o);
void logs_run(struct operation *o);

struct operation *operation_new(struct local *l, struct str deployment, int64_t attempt);
/* Runs it after those of the same deployment that were submitted before; frees it after done. */
void operation_submit(struct operation *o);
/* Ends it with this result in the next turn, without having run. */
void operation_refuse(struct operation *o, const char *text);
/* To the pool and back; local_pool_end is the last thing that `done` does. */
void local_pool(struct local *l, void (*work)(void *arg), void (*done)(void *arg), void *arg);
void local_pool_end(struct local *l);
/* Provisions of the deployment that were asked for and have not run; their number. */
size_t operations_to_provision(const struct local *l, struct arena *a, struct str deployment,
                               const struct operation ***ret);
/* Frees what waits and never ran. */
void operations_close(struct local *l);

/* --- starts.c: at most maxConcurrentStarts JobManagers come up at once (loop thread) --- */

/* Submits the provision now, or when it is its turn. */
void starts_enter(struct operation *provision);
/* After the provision ran: a JobManager that it started holds its place until it answers. */
void starts_ran(struct operation *provision);
/* Refuses the provisions of the attempt that still wait. */
void starts_drop(struct local *l, struct str deployment, int64_t attempt);
void starts_close(struct local *l);

/* --- endings.c: goes on with a teardown until the attempt is gone (loop thread) --- */
/* Takes over its answer (on_result becomes NULL), unless its step failed. */
void endings_add(struct operation *teardown);
/* Nobody waits for it: the next cluster may start meanwhile. */
void endings_tidy(struct local *l, struct str dir);
void endings_close(struct local *l);
