/* Flink's memory model, computed instead of asked for (flink.md 3.5), so that processes start
 * without Flink's shell scripts. Pure. All sizes in bytes.
 *
 * Where the parts that Flink derives by default do not fit into a small process (VVP's 1G
 * TaskManager), they are made smaller, all by the same share of what lies between their usual size
 * and the smallest that is known to work. What the user wrote into flinkConfiguration is never
 * changed; when it does not fit, the error says the numbers. */
#pragma once

#include "data/fields.h"

struct memory_jobmanager {
    int64_t process; /* the sum of all below */
    int64_t heap;    /* -Xms and -Xmx */
    int64_t off_heap;
    int64_t metaspace; /* -XX:MaxMetaspaceSize */
    int64_t overhead;
    int64_t unused; /* given to no part, because the user fixed all that could grow */
    bool shrunk;    /* smaller than Flink's defaults would make it */
};

struct memory_taskmanager {
    int64_t process; /* the sum of all below */
    int64_t framework_heap;
    int64_t task_heap; /* -Xms and -Xmx: framework_heap + task_heap */
    int64_t managed;
    int64_t framework_off_heap;
    int64_t task_off_heap;
    int64_t network; /* -XX:MaxDirectMemorySize: both off-heaps + network */
    int64_t metaspace;
    int64_t overhead;
    int64_t unused;
    bool shrunk;
};

/* `process` is what resources.memory says. Errors: INVALID, with the pointer to what must change. */
int memory_jobmanager(int64_t process, const struct str_map *configuration,
                      struct memory_jobmanager *ret, struct err *e) ERR_CHECK;
int memory_taskmanager(int64_t process, const struct str_map *configuration,
                       struct memory_taskmanager *ret, struct err *e) ERR_CHECK;

/* The options that a TaskManager started without scripts insists on (it exits when one is missing),
 * as "<bytes>b". Sorted. */
struct str_map memory_taskmanager_options(struct arena *a, const struct memory_taskmanager *m);
