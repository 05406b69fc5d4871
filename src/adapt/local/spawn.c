#include "adapt/local/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_FD      3
#define READY_MOST_MS 15000 /* three writes to disk on a bad day */

/* The rest of the daemon's environment is not Flink's business: it may hold secrets. */
static const char *const passed_on[] = {
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "JAVA_HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "HADOOP_CONF_DIR",
    "HADOOP_CLASSPATH",
    "SLUICE_BOOT_ID",
    "ASAN_OPTIONS",
};

/* Identity first, so that a scan finds it at once. */
static char **environment(struct local *l, struct arena *a, const struct attempt *at,
                          struct str name)
{
    size_t n = 0;
    char **env = ARENA_ARRAY(a, char *, sizeof(passed_on) / sizeof(passed_on[0]) + 8);
    env[n++] = arena_cstr(a, arena_fmt(a, "SLUICE_DATA=%.*s", STR_ARG(l->data_id)));
    env[n++] = arena_cstr(a, arena_fmt(a, "SLUICE_DEPLOYMENT=%.*s", STR_ARG(at->deployment)));
    env[n++] = arena_cstr(a, arena_fmt(a, "SLUICE_ATTEMPT=%" PRId64, at->number));
    env[n++] = arena_cstr(a, arena_fmt(a, "SLUICE_PROCESS=%.*s", STR_ARG(name)));
    env[n++] = arena_cstr(a, arena_fmt(a, "FLINK_CONF_DIR=%.*s/conf", STR_ARG(at->dir)));
    for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
        const char *value = getenv(passed_on[i]);
        if (l->config.user.len > 0 && strcmp(passed_on[i], "HOME") == 0)
            env[n++] = arena_cstr(a, arena_fmt(a, "HOME=%.*s/tmp", STR_ARG(at->dir)));
        else if (value)
            env[n++] = arena_cstr(a, arena_fmt(a, "%s=%s", passed_on[i], value));
    }
    return env;
}

static char **shim_command(struct local *l, struct arena *a, const struct attempt *at,
                           struct str name, char **command)
{
    size_t n = 0;
    while (command[n])
        n++;
    char **argv = ARENA_ARRAY(a, char *, n + 6);
    argv[0] = arena_cstr(a, l->config.shim);
    argv[1] = arena_cstr(a, attempt_path(a, at, "run"));
    argv[2] = arena_cstr(a, name);
    argv[3] = arena_cstr(a, arena_fmt(a, "%.*s/log/%.*s.out", STR_ARG(at->dir), STR_ARG(name)));
    argv[4] = arena_cstr(a, l->config.user.len ? l->config.user : STR("-"));
    memcpy(argv + 5, command, n * sizeof(*command));
    return argv;
}

static int start_shim(char **argv, char **env, const char *cwd, int ready, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    int failed = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                     POSIX_SPAWN_SETSIGDEF);
    if (!failed)
        failed = posix_spawnattr_setsigmask(&attr, &none);
    if (!failed)
        failed = posix_spawnattr_setsigdefault(&attr, &all);
    for (int fd = 0; fd < 3 && !failed; fd++)
        failed = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&files, ready, READY_FD);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(&files, READY_FD + 1);
    if (!failed)
        failed = posix_spawn_file_actions_addchdir_np(&files, cwd);
    if (!failed)
        failed = posix_spawn(ret, argv[0], &files, &attr, argv, env);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return failed;
}

/* The one line of the shim. */
static enum outcome read_ready(int fd, struct err *e)
{
    char line[512];
    size_t n = 0;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int polled = poll(&p, 1, READY_MOST_MS);
        if (polled < 0 && errno == EINTR)
            continue;
        if (polled <= 0) {
            err_set(e, ERR_UNAVAILABLE, "no word yet from the process that was started");
            return OUTCOME_UNKNOWN;
        }
        ssize_t got = read(fd, line + n, sizeof(line) - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (n == sizeof(line) - 1)
            break;
    }
    struct str text = str_trim((struct str){line, n});
    if (str_eq(text, STR("ok")))
        return OUTCOME_DONE;
    if (text.len > 0) {
        err_set(e, ERR_UNAVAILABLE, "%.*s", STR_ARG(text));
        return OUTCOME_REFUSED;
    }
    err_set(e, ERR_UNAVAILABLE, "the shim ended without a word");
    return OUTCOME_UNKNOWN;
}

int spawn_reach(struct local *l, struct arena *a, struct str_list wants, struct err *e)
{
    int ready[2];
    pid_t pid = 0;
    char **argv = ARENA_ARRAY(a, char *, wants.n + 4);
    argv[0] = arena_cstr(a, l->config.shim);
    argv[1] = arena_cstr(a, STR("--reach"));
    argv[2] = arena_cstr(a, l->config.user);
    for (size_t i = 0; i < wants.n; i++)
        argv[3 + i] = arena_cstr(a, wants.items[i]);
    if (pipe2(ready, O_CLOEXEC) < 0)
        return err_set(e, ERR_UNAVAILABLE, "cannot make a pipe: %s", errno_text(errno));
    int failed = start_shim(argv, environ, "/", ready[1], &pid);
    close(ready[1]);
    if (failed != 0)
        err_set(e, ERR_UNAVAILABLE, "cannot start %s: %s", argv[0], errno_text(failed));
    bool good = failed == 0 && read_ready(ready[0], e) == OUTCOME_DONE;
    close(ready[0]);
    while (failed == 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return good ? 0 : -1;
}

enum outcome spawn_process(struct local *l, struct arena *a, const struct attempt *at,
                           struct str name, char **command, struct err *e)
{
    int ready[2];
    pid_t pid = 0;
    if (pipe2(ready, O_CLOEXEC) < 0) {
        err_set(e, ERR_UNAVAILABLE, "cannot make a pipe: %s", errno_text(errno));
        return OUTCOME_REFUSED;
    }
    char **argv = shim_command(l, a, at, name, command);
    char **env = environment(l, a, at, name);
    struct str cwd = attempt_path(a, at, "tmp");
    int failed = start_shim(argv, env, cwd.ptr, ready[1], &pid);
    close(ready[1]);
    enum outcome result;
    if (failed != 0) {
        err_set(e, ERR_UNAVAILABLE, "cannot start %s: %s", argv[0], errno_text(failed));
        result = OUTCOME_REFUSED;
    } else {
        result = read_ready(ready[0], e);
    }
    close(ready[0]);
    if (result == OUTCOME_UNKNOWN)
        strays_doubt(l);
    return result;
}
