/* Class data sharing: an archive of parsed classes for each kind of process of a Flink home, which
 * spares a start a third of its processor time. Made once, in the background, from the list of
 * classes that a real cluster loaded; nothing waits for it, and a start without one is only slower.
 *
 * The key covers Java and every jar of the home, so a changed home gets an archive of its own; the
 * JVM checks the same once more and goes on without an archive that does not fit. */
#include "adapt/local/internal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/slice.h"
#include "base/timefmt.h"

/* By then a first job has been submitted, and its classes are in the list too, or all is over. */
#define AFTER_START_US (20 * US_PER_S)
#define LOOK_EVERY_US  US_PER_S
#define LOOKS_MOST     300
#define LIST_MOST      (8U << 20)
#define KINDS          2

static const char *const kinds[KINDS] = {"jobmanager", "taskmanager"};

/* One attempt whose class lists become archives. */
struct sharing {
    struct local *l;
    struct arena *a;
    struct str java;
    struct str class_path;
    struct str archives[KINDS];
    struct str lists[KINDS];  /* as the JVMs write them */
    struct loop_timer *timer; /* NULL: no cluster has come up yet */
    int kind;                 /* that is being made */
    pid_t pid;
    int looks;
    bool dumping;
    bool on_pool;
};

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    return h;
}

static uint64_t mix_file(uint64_t h, struct str path)
{
    struct stat st;
    h = mix(h, path.ptr, path.len);
    if (stat(path.ptr, &st) == 0) {
        h = mix(h, &st.st_size, sizeof(st.st_size));
        h = mix(h, &st.st_mtim, sizeof(st.st_mtim));
    }
    return h;
}

static struct str list_path(struct arena *a, const struct cluster_plan *p, struct str process)
{
    return arena_fmt(a, "%.*s/tmp/%.*s.classes", STR_ARG(p->dir), STR_ARG(process));
}

void sharing_plan(struct local *l, struct arena *a, struct cluster_plan *p, size_t n_home_jars)
{
    if (!l->config.class_data_sharing)
        return;
    uint64_t h = mix_file(UINT64_C(14695981039346656037), p->java);
    for (size_t i = 0; i < n_home_jars; i++)
        h = mix_file(h, p->class_path.items[i]);
    bool missing = false;
    for (int i = 0; i < KINDS; i++) {
        struct str path = arena_fmt(a, "%.*s/cds/%016" PRIx64 "-%s.jsa",
                                    STR_ARG(l->config.cache_dir), h, kinds[i]);
        if (path_exists(path))
            p->archives[i] = path;
        else
            missing = true;
    }
    pthread_mutex_lock(&l->lock);
    if (missing && !l->sharing) {
        struct sharing *s = mem_alloc(sizeof(*s));
        s->l = l;
        s->a = arena_new();
        s->java = arena_str(s->a, p->java);
        struct str_list home = {p->class_path.items, n_home_jars};
        s->class_path = plan_class_path(s->a, home);
        for (int i = 0; i < KINDS; i++)
            s->archives[i] = arena_fmt(s->a, "%.*s/cds/%016" PRIx64 "-%s.jsa",
                                       STR_ARG(l->config.cache_dir), h, kinds[i]);
        s->lists[0] = list_path(s->a, p, STR(JOBMANAGER));
        s->lists[1] = list_path(s->a, p, plan_taskmanager_id(a, p, 1));
        l->sharing = s;
        p->class_lists = true;
    }
    pthread_mutex_unlock(&l->lock);
}

struct str sharing_list(struct arena *a, const struct cluster_plan *p, struct str process)
{
    return p->class_lists ? list_path(a, p, process) : (struct str){0};
}

static struct str list_copy(struct arena *a, struct str archive)
{
    return arena_fmt(a, "%.*s.classes", STR_ARG(archive));
}

/* The end of an attempt and the making of archives may want the same copy at the same time. */
static pthread_mutex_t one_copy = PTHREAD_MUTEX_INITIALIZER;

/* Copies what a JVM wrote, as far as it is whole: it may still be running. (pool) */
static int keep_list(const struct local *l, struct arena *a, struct str list, struct str archive)
{
    struct err ignored;
    struct str text;
    if (file_read(a, list, LIST_MOST, &text, &ignored) != FILE_READ)
        return -1;
    while (text.len > 0 && text.ptr[text.len - 1] != '\n')
        text.len--;
    /* Classes of other places than the home's jars are no business of an archive for all. */
    struct buf kept = {0};
    while (text.len > 0) {
        struct str line = str_split(text, '\n', &text);
        if (!str_contains(line, STR("source:")))
            buf_fmt(&kept, "%.*s\n", STR_ARG(line));
    }
    struct str dir = arena_fmt(a, "%.*s/cds", STR_ARG(l->config.cache_dir));
    pthread_mutex_lock(&one_copy);
    int result = kept.len == 0 || dir_make(l->config.cache_dir, 0755, &ignored) < 0 ||
                         dir_make(dir, 0755, &ignored) < 0
                     ? -1
                     : file_write(a, list_copy(a, archive), buf_str(&kept), 0644, &ignored);
    pthread_mutex_unlock(&one_copy);
    buf_fini(&kept);
    return result;
}

void sharing_keep(struct local *l, struct str dir)
{
    struct arena *a = arena_new();
    struct str lists[KINDS];
    struct str archives[KINDS];
    pthread_mutex_lock(&l->lock);
    const struct sharing *s = l->sharing;
    bool its = s && s->timer && str_starts_with(s->lists[0], arena_fmt(a, "%.*s/", STR_ARG(dir)));
    for (int i = 0; i < KINDS && its; i++) {
        lists[i] = arena_str(a, s->lists[i]);
        archives[i] = arena_str(a, s->archives[i]);
    }
    pthread_mutex_unlock(&l->lock);
    for (int i = 0; i < KINDS && its; i++)
        if (!path_exists(archives[i]))
            keep_list(l, a, lists[i], archives[i]);
    arena_free(a);
}

static struct str fresh_archive(struct sharing *s)
{
    return arena_fmt(s->a, "%.*s.new", STR_ARG(s->archives[s->kind]));
}

static int spawn_dump(struct sharing *s, struct str list)
{
    struct arena *a = s->a;
    char *argv[] = {
        arena_cstr(a, STR("nice")),
        arena_cstr(a, STR("-n19")),
        arena_cstr(a, s->java),
        arena_cstr(a, STR("-Xshare:dump")),
        arena_cstr(a, STR("-Xlog:disable")),
        arena_cstr(a, arena_fmt(a, "-XX:SharedClassListFile=%.*s", STR_ARG(list))),
        arena_cstr(a, arena_fmt(a, "-XX:SharedArchiveFile=%.*s", STR_ARG(fresh_archive(s)))),
        arena_cstr(a, STR("-classpath")),
        arena_cstr(a, s->class_path),
        NULL,
    };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attr, &none);
    int failed = 0;
    for (int fd = 0; fd < 3 && !failed; fd++)
        failed = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(&files, 3);
    slice_default(); /* it takes over this thread's */
    if (!failed)
        failed = posix_spawnp(&s->pid, argv[0], &files, &attr, argv, environ);
    slice_short();
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return failed ? -1 : 0;
}

static void dump_on_pool(void *arg)
{
    struct sharing *s = arg;
    struct str archive = s->archives[s->kind];
    struct str list = list_copy(s->a, archive);
    s->pid = 0;
    if (path_exists(archive))
        return;
    /* Of an attempt that was over sooner it was kept then. */
    bool listed = keep_list(s->l, s->a, s->lists[s->kind], archive) == 0 || path_exists(list);
    if (!listed || spawn_dump(s, list) < 0)
        s->pid = -1;
}

static void sharing_free(struct sharing *s)
{
    if (s->timer)
        s->l->loop->ops->timer_free(s->timer);
    arena_free(s->a);
    mem_free(s);
}

static void forget(struct sharing *s)
{
    struct local *l = s->l;
    pthread_mutex_lock(&l->lock);
    l->sharing = NULL;
    pthread_mutex_unlock(&l->lock);
    sharing_free(s);
}

static void dumped(void *arg)
{
    struct sharing *s = arg;
    struct local *l = s->l;
    s->on_pool = false;
    s->looks = 0;
    if (!l->closing)
        l->loop->ops->timer_arm(s->timer, LOOK_EVERY_US);
    else
        sharing_free(s);
    local_pool_end(l);
}

/* Has the dump ended? An archive that was not made whole is removed. */
static bool has_ended(struct sharing *s)
{
    siginfo_t info = {0};
    if (s->pid <= 0)
        return true;
    if (waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOHANG) == 0 && info.si_pid == 0) {
        if (++s->looks < LOOKS_MOST)
            return false;
        kill(s->pid, SIGKILL); /* our child, not waited for: the number is its own */
        return false;
    }
    struct str fresh = fresh_archive(s);
    if (info.si_code == CLD_EXITED && info.si_status == 0)
        rename(fresh.ptr, arena_cstr(s->a, s->archives[s->kind]));
    else
        unlink(fresh.ptr);
    unlink(list_copy(s->a, s->archives[s->kind]).ptr);
    return true;
}

static void on_timer(void *arg)
{
    struct sharing *s = arg;
    if (s->dumping && !has_ended(s)) {
        s->l->loop->ops->timer_arm(s->timer, LOOK_EVERY_US);
        return;
    }
    s->kind += s->dumping;
    if (s->kind == KINDS) {
        forget(s);
        return;
    }
    s->dumping = true;
    s->on_pool = true;
    local_pool(s->l, dump_on_pool, dumped, s);
}

void sharing_came_up(struct local *l)
{
    pthread_mutex_lock(&l->lock);
    struct sharing *s = l->sharing;
    bool first = s && !s->timer;
    if (first)
        s->timer = l->loop->ops->timer_new(l->loop->ctx, on_timer, s);
    pthread_mutex_unlock(&l->lock);
    if (first)
        l->loop->ops->timer_arm(s->timer, AFTER_START_US);
}

void sharing_came_to_nothing(struct local *l, struct str deployment, int64_t attempt)
{
    struct arena *a = arena_new();
    struct str place = arena_fmt(a, "/%.*s/%" PRId64 "/tmp/", STR_ARG(deployment), attempt);
    pthread_mutex_lock(&l->lock);
    struct sharing *s = l->sharing;
    bool its = s && !s->timer && str_contains(s->lists[0], place);
    if (its)
        l->sharing = NULL;
    pthread_mutex_unlock(&l->lock);
    arena_free(a);
    if (its)
        sharing_free(s);
}

void sharing_close(struct local *l)
{
    pthread_mutex_lock(&l->lock);
    struct sharing *s = l->sharing;
    l->sharing = NULL;
    pthread_mutex_unlock(&l->lock);
    if (!s)
        return;
    if (s->on_pool) {
        l->loop->ops->timer_free(s->timer);
        s->timer = NULL;
    } else {
        sharing_free(s);
    }
}
