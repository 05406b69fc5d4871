/* Command lines of Flink's processes. */
#include "adapt/local/internal.h"

#include <inttypes.h>

#include "model/flinkconf.h"

#define ARGS_MOST 256U

static const char *const always[] = {
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-XX:-UsePerfData", /* no files of ours outside the attempt's directory */
    "-Dfile.encoding=UTF-8",
};

/* What Flink's own conf sets as env.java.opts.all for Java 17. */
static const char *const opens[] = {
    "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
    "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
    "--add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED",
    "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
    "--add-exports=jdk.compiler/com.sun.tools.javac.parser=ALL-UNNAMED",
    "--add-exports=jdk.compiler/com.sun.tools.javac.tree=ALL-UNNAMED",
    "--add-exports=jdk.compiler/com.sun.tools.javac.util=ALL-UNNAMED",
    "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.net=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-opens=java.base/java.text=ALL-UNNAMED",
    "--add-opens=java.base/java.time=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED",
};

struct args {
    struct arena *a;
    char **v;
    size_t n;
};

/* Leaves room for the NULL; what is beyond the limit are the user's own options. */
static void add(struct args *x, struct str arg)
{
    if (x->n + 1 < ARGS_MOST)
        x->v[x->n++] = arena_cstr(x->a, arg);
}

static void add_all(struct args *x, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(x, str_of(list[i]));
}

struct str plan_taskmanager_id(struct arena *a, const struct cluster_plan *p, int64_t number)
{
    /* Unlike any other attempt's, so that a straggler is told apart by its name. */
    return arena_fmt(a, "tm-%.*s-%" PRId64 "-%" PRId64, STR_ARG(str_take(p->deployment, 8)),
                     p->attempt, number);
}

int64_t plan_taskmanager_number(struct str id)
{
    int64_t number = 0;
    size_t from = id.len;
    while (from > 0 && id.ptr[from - 1] != '-')
        from--;
    if (!str_starts_with(id, STR("tm-")) || !str_to_i64(str_skip(id, from), &number))
        return 0;
    return number;
}

static struct str user_value(const struct cluster_plan *p, const char *key)
{
    for (size_t i = 0; i < p->user.n; i++)
        if (str_eq(p->user.items[i].key, str_of(key)))
            return p->user.items[i].value;
    return (struct str){0};
}

static void add_words(struct args *x, struct str text)
{
    struct buf word = {0};
    while (java_options_next(&text, &word))
        add(x, buf_str(&word));
    buf_fini(&word);
}

static void add_memory(struct args *x, const struct cluster_plan *p, bool jobmanager)
{
    const struct memory_taskmanager *t = &p->taskmanager;
    int64_t heap = jobmanager ? p->jobmanager.heap : t->framework_heap + t->task_heap;
    int64_t metaspace = jobmanager ? p->jobmanager.metaspace : t->metaspace;
    add(x, arena_fmt(x->a, "-Xms%" PRId64, heap));
    add(x, arena_fmt(x->a, "-Xmx%" PRId64, heap));
    add(x, arena_fmt(x->a, "-XX:MaxMetaspaceSize=%" PRId64, metaspace));
    if (!jobmanager)
        add(x, arena_fmt(x->a, "-XX:MaxDirectMemorySize=%" PRId64,
                         t->framework_off_heap + t->task_off_heap + t->network));
}

/* Two collectors at once, and the JVM does not start. */
static bool chooses_collector(const struct cluster_plan *p, bool jobmanager)
{
    const char *const keys[] = {"env.java.opts", "env.java.opts.all",
                                jobmanager ? "env.java.opts.jobmanager"
                                           : "env.java.opts.taskmanager"};
    struct buf word = {0};
    bool found = false;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct str text = user_value(p, keys[i]);
        while (java_options_next(&text, &word))
            found |= str_starts_with(buf_str(&word), STR("-XX:+Use")) &&
                     str_ends_with(buf_str(&word), STR("GC"));
    }
    buf_fini(&word);
    return found;
}

static void add_jvm(struct args *x, const struct cluster_plan *p, struct str process)
{
    bool jobmanager = process_is_jobmanager(process);
    add_all(x, always, sizeof(always) / sizeof(always[0]));
    if (p->quick_start == QUICK_ALL || (p->quick_start == QUICK_JOBMANAGER && jobmanager)) {
        if (!chooses_collector(p, jobmanager))
            add(x, STR("-XX:+UseSerialGC"));
        add(x, STR("-XX:TieredStopAtLevel=1"));
    }
    struct str archive = p->archives[jobmanager ? 0 : 1];
    struct str list = sharing_list(x->a, p, process);
    if (archive.len > 0) {
        /* An archive that does not fit is left aside by the JVM. */
        add(x, arena_fmt(x->a, "-XX:SharedArchiveFile=%.*s", STR_ARG(archive)));
        add(x, STR("-Xshare:auto"));
    } else if (list.len > 0) {
        add(x, arena_fmt(x->a, "-XX:DumpLoadedClassList=%.*s", STR_ARG(list)));
    }
    add_memory(x, p, jobmanager);
    add_all(x, opens, sizeof(opens) / sizeof(opens[0]));
    add(x, arena_fmt(x->a, "-Djava.io.tmpdir=%.*s/tmp", STR_ARG(p->dir)));
    add(x, arena_fmt(x->a, "-XX:ErrorFile=%.*s/log/%.*s.hs_err.log", STR_ARG(p->dir),
                     STR_ARG(process)));
    add(x, arena_fmt(x->a, "-Dlog.file=%.*s/log/%.*s.log", STR_ARG(p->dir), STR_ARG(process)));
    add(x, arena_fmt(x->a, "-Dlog4j.configurationFile=file:%.*s/conf/%s", STR_ARG(p->dir),
                     plan_log4j_name(p)));
    add_words(x, user_value(p, "env.java.opts")); /* its name until Flink 1.17 */
    add_words(x, user_value(p, "env.java.opts.all"));
    add_words(x,
              user_value(p, jobmanager ? "env.java.opts.jobmanager" : "env.java.opts.taskmanager"));
}

struct str plan_class_path(struct arena *a, struct str_list list)
{
    struct buf b = {0};
    for (size_t i = 0; i < list.n; i++)
        buf_fmt(&b, "%s%.*s", i > 0 ? ":" : "", STR_ARG(list.items[i]));
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}

char **plan_command(struct arena *a, const struct cluster_plan *p, struct str process)
{
    struct args x = {.a = a, .v = ARENA_ARRAY(a, char *, ARGS_MOST)};
    add(&x, p->java);
    add_jvm(&x, p, process);
    /* The rest has its place reserved: the user's options cannot push it out. */
    x.n = x.n < ARGS_MOST - 12 ? x.n : ARGS_MOST - 12;
    add(&x, STR("-classpath"));
    add(&x, plan_class_path(a, p->class_path));
    if (process_is_jobmanager(process))
        add(&x, STR("org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"));
    else
        add(&x, STR("org.apache.flink.runtime.taskexecutor.TaskManagerRunner"));
    add(&x, STR("--configDir"));
    add(&x, arena_fmt(a, "%.*s/conf", STR_ARG(p->dir)));
    if (!process_is_jobmanager(process)) {
        add(&x, STR("-D"));
        add(&x, arena_fmt(a, "taskmanager.resource-id=%.*s", STR_ARG(process)));
    }
    return x.v;
}
