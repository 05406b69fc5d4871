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

static bool is_java_options(struct str key)
{
    return str_eq(key, STR("env.java.opts")) || str_eq(key, STR("env.java.opts.all")) ||
           str_eq(key, STR("env.java.opts.jobmanager")) ||
           str_eq(key, STR("env.java.opts.taskmanager"));
}

const char *flink_key_refused(struct str key)
{
    if (is_java_options(key))
        return NULL;
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

bool java_options_next(struct str *rest, struct buf *word)
{
    struct str text = *rest;
    bool inside = false;
    char quote = 0;
    size_t i = 0;
    buf_clear(word);
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!quote && space && inside)
            break;
        if (!quote && space)
            continue;
        inside = true;
        if (quote ? c == quote : (c == '"' || c == '\''))
            quote = quote ? 0 : c;
        else
            buf_add_char(word, c);
    }
    *rest = str_skip(text, i);
    return inside;
}

#define SIZES "Sluice sizes the JVM by spec.template.spec.resources and taskmanager.memory.*"

static const struct {
    const char *begin;
    const char *why;
} bad_options[] = {
    {"-Xmx", SIZES},
    {"-Xms", SIZES},
    {"-XX:MaxHeapSize=", SIZES},
    {"-XX:InitialHeapSize=", SIZES},
    {"-XX:MaxDirectMemorySize=", SIZES},
    {"-XX:MaxMetaspaceSize=", SIZES},
    {"-XX:MaxRAM", SIZES},
    {"-Dlog.file=", DIRECTORY},
    {"-Dlog4j.configuration", "logging is said by spec.template.spec.logging"},
    {"-Djava.io.tmpdir=", DIRECTORY},
    {"-XX:ErrorFile=", DIRECTORY},
    {"-XX:Flags=", LAUNCH},
    {"-XX:VMOptionsFile=", LAUNCH},
    {"-cp", LAUNCH},
    {"-classpath", LAUNCH},
    {"--class-path", LAUNCH},
    {"-jar", LAUNCH},
    {"-m", LAUNCH},
    {"--module", LAUNCH},
    {"--source", LAUNCH},
    {"--dry-run", LAUNCH},
    {"-version", LAUNCH},
    {"--version", LAUNCH},
    {"-help", LAUNCH},
    {"--help", LAUNCH},
};

/* Options of java(1) whose value may be the next word. */
static bool takes_a_word(struct str option)
{
    static const char *const names[] = {"--add-opens",          "--add-exports",   "--add-modules",
                                        "--add-reads",          "--limit-modules", "--patch-module",
                                        "--upgrade-module-path"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_eq(option, str_of(names[i])))
            return true;
    return false;
}

static const char *bad_option(struct str word)
{
    if (!str_starts_with(word, STR("-")) || word.len < 2)
        return "each word must be an option of java(1), which begins with -";
    for (size_t i = 0; i < sizeof(bad_options) / sizeof(bad_options[0]); i++)
        if (str_starts_with(word, str_of(bad_options[i].begin)))
            return bad_options[i].why;
    return NULL;
}

const char *flink_value_refused(struct str key, struct str value)
{
    struct buf word = {0};
    const char *why = NULL;
    bool is_value = false;
    size_t n = 0;
    if (!is_java_options(key))
        return NULL;
    if (str_find_char(value, '\0') < value.len)
        return "there is a NUL in it";
    while (!why && java_options_next(&value, &word)) {
        struct str w = buf_str(&word);
        why = is_value ? NULL : bad_option(w);
        is_value = !is_value && takes_a_word(w);
        if (++n > JAVA_OPTIONS_MOST)
            why = "more than 50 words";
    }
    if (!why && is_value)
        why = "its last option has no value";
    buf_fini(&word);
    return why;
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
