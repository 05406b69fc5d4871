#include "model/flinkconf.h"

enum match { EXACT, PREFIX, SUFFIX };

#define PORTS     "Sluice gives every job addresses and ports of its own"
#define IDENTITY  "it identifies the job, which Sluice does"
#define RESTORE   "what a job is restored from is said by spec.restoreStrategy and spec.restoreFrom"
#define LAUNCH    "Sluice starts the processes and submits the program itself"
#define DIRECTORY "Sluice gives every attempt directories of its own"
#define ARTIFACT  "the program is described by spec.template.spec.artifact"
#define RESOURCES "sizes of processes are said by spec.template.spec.resources"
#define ONE_JOB   "Sluice relies on how snapshots of one job are laid out"

static const struct {
    enum match match;
    const char *key;
    const char *why;
} refused[] = {
    {PREFIX, "$internal.", "it is internal to Flink"},
    {PREFIX, "jobmanager.rpc.", PORTS},
    {SUFFIX, ".bind-host", PORTS},
    {SUFFIX, ".bind-address", PORTS},
    {SUFFIX, ".bind-port", PORTS},
    {SUFFIX, ".bind-policy", PORTS},
    {EXACT, "taskmanager.host", PORTS},
    {EXACT, "taskmanager.hostname", PORTS},
    {EXACT, "taskmanager.rpc.port", PORTS},
    {EXACT, "taskmanager.data.port", PORTS},
    {EXACT, "rest.address", PORTS},
    {EXACT, "rest.port", PORTS},
    {EXACT, "rest.path", PORTS},
    {EXACT, "web.port", PORTS},
    {EXACT, "web.address", PORTS},
    {EXACT, "jobmanager.web.port", PORTS},
    {EXACT, "blob.server.port", PORTS},
    {EXACT, "metrics.internal.query-service.port", PORTS},
    {PREFIX, "queryable-state.", PORTS},
    {EXACT, "high-availability.jobmanager.port", PORTS},
    {EXACT, "taskmanager.resource-id", IDENTITY},
    {EXACT, "jobmanager.resource-id", IDENTITY},
    {EXACT, "high-availability.cluster-id", IDENTITY},
    {EXACT, "high-availability.job-id", IDENTITY},
    {EXACT, "high-availability.zookeeper.path.namespace", IDENTITY},
    {EXACT, "kubernetes.cluster-id", IDENTITY},
    {EXACT, "kubernetes.namespace", "the target says where a job runs"},
    {EXACT, "pipeline.job-id", IDENTITY},
    {PREFIX, "jobstore.", "Sluice reads from it how a job ended"},
    {PREFIX, "job-result-store.", "Sluice reads from it how a job ended"},
    {EXACT, "execution.savepoint-restore-mode", RESTORE},
    {EXACT, "execution.state-recovery.claim-mode", RESTORE},
    {EXACT, "execution.state-recovery.path", RESTORE},
    {EXACT, "execution.savepoint.path", RESTORE},
    {EXACT, "execution.state-recovery.ignore-unclaimed-state", RESTORE},
    {EXACT, "execution.savepoint.ignore-unclaimed-state", RESTORE},
    {EXACT, "execution.checkpointing.create-subdir", ONE_JOB},
    {EXACT, "state.checkpoints.create-subdir", ONE_JOB},
    {EXACT, "web.submit.enable", LAUNCH},
    {EXACT, "web.cancel.enable", LAUNCH},
    {EXACT, "execution.target", LAUNCH},
    {EXACT, "execution.attached", LAUNCH},
    {EXACT, "execution.shutdown-on-attached-exit", LAUNCH},
    {EXACT, "execution.shutdown-on-application-finish", LAUNCH},
    {EXACT, "execution.submit-failed-job-on-application-error", LAUNCH},
    {PREFIX, "env.", LAUNCH},
    {PREFIX, "containerized.", LAUNCH},
    {EXACT, "web.upload.dir", DIRECTORY},
    {EXACT, "jobmanager.web.upload.dir", DIRECTORY},
    {EXACT, "web.tmpdir", DIRECTORY},
    {EXACT, "web.log.path", DIRECTORY},
    {EXACT, "io.tmp.dirs", DIRECTORY},
    {EXACT, "taskmanager.tmp.dirs", DIRECTORY},
    {EXACT, "taskmanager.log.path", DIRECTORY},
    {PREFIX, "process.", DIRECTORY},
    {EXACT, "pipeline.jars", ARTIFACT},
    {EXACT, "pipeline.classpaths", ARTIFACT},
    {EXACT, "jobmanager.memory.process.size", RESOURCES},
    {EXACT, "jobmanager.memory.flink.size", RESOURCES},
    {EXACT, "jobmanager.heap.size", RESOURCES},
    {EXACT, "jobmanager.heap.mb", RESOURCES},
    {EXACT, "taskmanager.memory.process.size", RESOURCES},
    {EXACT, "taskmanager.memory.flink.size", RESOURCES},
    {EXACT, "taskmanager.heap.size", RESOURCES},
    {EXACT, "taskmanager.heap.mb", RESOURCES},
    {EXACT, "taskmanager.memory.size", "its name is taskmanager.memory.managed.size"},
    {EXACT, "taskmanager.memory.fraction", "its name is taskmanager.memory.managed.fraction"},
    {PREFIX, "taskmanager.network.memory.m", "its name begins with taskmanager.memory.network."},
    {EXACT, "taskmanager.network.memory.fraction",
     "its name is taskmanager.memory.network.fraction"},
    {EXACT, "taskmanager.cpu.cores", RESOURCES},
};

const char *flink_key_refused(struct str key)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct str pattern = str_of(refused[i].key);
        bool hit = refused[i].match == EXACT    ? str_eq(key, pattern)
                   : refused[i].match == PREFIX ? str_starts_with(key, pattern)
                                                : str_ends_with(key, pattern);
        if (hit)
            return refused[i].why;
    }
    return NULL;
}

bool flink_memory_parse(struct str s, int64_t *ret_bytes)
{
    static const struct {
        const char *names[4];
        int shift;
    } units[] = {
        {{"", "b", "bytes"}, 0},        {{"k", "kb", "kibibytes"}, 10},
        {{"m", "mb", "mebibytes"}, 20}, {{"g", "gb", "gibibytes"}, 30},
        {{"t", "tb", "tebibytes"}, 40},
    };
    size_t n = 0;
    int64_t value;
    s = str_trim(s);
    while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
        n++;
    if (!str_to_i64(str_take(s, n), &value))
        return false;
    struct str unit = str_trim(str_skip(s, n));
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        for (size_t k = 0; units[i].names[k]; k++)
            if (str_eq_nocase(unit, str_of(units[i].names[k])))
                return !__builtin_mul_overflow(value, INT64_C(1) << units[i].shift, ret_bytes);
    return false;
}
