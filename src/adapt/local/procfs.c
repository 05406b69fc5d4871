#include "adapt/local/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapt/local/files.h"

/* Our own variables come first in what we start; a child may have added any amount in front. */
#define ENVIRON_MOST (256U << 10)
#define WAIT_MOST    64U
#define SCAN_MOST    65536U

static bool is_absent(int number)
{
    return number == ENOENT || number == ESRCH;
}

static int open_pidfd(int64_t pid)
{
    return (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
}

static bool has_ended(int pidfd)
{
    struct pollfd p = {.fd = pidfd, .events = POLLIN};
    if (poll(&p, 1, 0) <= 0 || !(p.revents & (POLLIN | POLLHUP)))
        return false;
    /* Ours to bury when it was our child; harmless otherwise. */
    siginfo_t info;
    waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG);
    return true;
}

/* Opens the process if it is alive and this very one: the descriptor first, then the start time, so
 * that what is compared is what the descriptor means. */
static enum alive open_process(const char *proc, struct process_id id, int *ret_fd, struct err *e)
{
    int fd = open_pidfd(id.pid);
    if (fd < 0 && is_absent(errno))
        return ALIVE_NO;
    if (fd < 0) {
        err_set(e, ERR_UNAVAILABLE, "cannot look at process %" PRId64 ": %s", id.pid,
                errno_text(errno));
        return ALIVE_UNKNOWN;
    }
    uint64_t start = 0;
    int failed = process_start_time(proc, id.pid, &start) < 0 ? errno : 0;
    enum alive result = ALIVE_YES;
    if (has_ended(fd) || is_absent(failed) || (failed == 0 && start != id.start)) {
        result = ALIVE_NO;
    } else if (failed != 0) {
        err_set(e, ERR_UNAVAILABLE, "cannot read the start time of process %" PRId64 ": %s", id.pid,
                errno_text(failed));
        result = ALIVE_UNKNOWN;
    }
    if (result == ALIVE_YES)
        *ret_fd = fd;
    else
        close(fd);
    return result;
}

enum alive process_alive(const char *proc, struct process_id id, struct err *e)
{
    int fd = -1;
    enum alive alive = open_process(proc, id, &fd, e);
    if (fd >= 0)
        close(fd);
    return alive;
}

int process_watch(const char *proc, struct process_id id)
{
    int fd = -1;
    struct err ignored;
    return open_process(proc, id, &fd, &ignored) == ALIVE_YES ? fd : -1;
}

/* "environ" or "cmdline" as it was at exec; empty for a process that has ended or a kernel thread.
 * 0 or -1 with errno. */
static int strings_read(struct arena *a, const char *proc, int64_t pid, const char *file,
                        struct str *ret)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%" PRId64 "/%s", proc, pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    char *text = mem_alloc(ENVIRON_MOST);
    size_t n = 0;
    ssize_t got = 1;
    while (got > 0 && n < ENVIRON_MOST) {
        got = read(fd, text + n, ENVIRON_MOST - n);
        n += got > 0 ? (size_t)got : 0;
    }
    int failed = got < 0 ? errno : 0;
    close(fd);
    if (failed == 0)
        *ret = arena_str(a, (struct str){text, n});
    mem_free(text);
    errno = failed;
    return failed ? -1 : 0;
}

static bool owner_of(struct str environ_text, struct owner *ret)
{
    struct owner o = {.attempt = -1};
    struct str rest = environ_text;
    while (rest.len > 0) {
        struct str value;
        struct str entry = str_split(rest, '\0', &rest);
        struct str name = str_split(entry, '=', &value);
        if (str_eq(name, STR("SLUICE_DATA")))
            o.data = value;
        else if (str_eq(name, STR("SLUICE_DEPLOYMENT")))
            o.deployment = value;
        else if (str_eq(name, STR("SLUICE_PROCESS")))
            o.process = value;
        else if (str_eq(name, STR("SLUICE_ATTEMPT")) && !str_to_i64(value, &o.attempt))
            o.attempt = -1;
    }
    *ret = o;
    return o.data.len > 0 && o.deployment.len > 0 && o.attempt >= 0;
}

/* What the environment of a process says. */
enum ownership { OWNED, NOT_OWNED, NO_ENVIRONMENT, OWNER_UNKNOWN };

static enum ownership ownership_of(const char *proc, int64_t pid, const struct owner *owner,
                                   struct err *e)
{
    struct arena *a = arena_new();
    struct str text = {0};
    struct owner found;
    enum ownership result = NOT_OWNED;
    if (strings_read(a, proc, pid, "environ", &text) < 0) {
        result = is_absent(errno) ? NO_ENVIRONMENT : OWNER_UNKNOWN;
        err_set(e, ERR_UNAVAILABLE, "cannot read the environment of process %" PRId64 ": %s", pid,
                errno_text(errno));
    } else if (text.len == 0) {
        result = NO_ENVIRONMENT;
    } else if (owner_of(text, &found)) {
        bool same = str_eq(found.data, owner->data) &&
                    str_eq(found.deployment, owner->deployment) && found.attempt == owner->attempt;
        result = same ? OWNED : NOT_OWNED;
    }
    arena_free(a);
    return result;
}

enum outcome process_signal(const char *proc, struct process_id id, const struct owner *owner,
                            int signo, struct err *e)
{
    int fd = -1;
    enum alive alive = open_process(proc, id, &fd, e);
    if (alive != ALIVE_YES)
        return alive == ALIVE_NO ? OUTCOME_DONE : OUTCOME_UNKNOWN;
    enum outcome result = OUTCOME_DONE;
    switch (ownership_of(proc, id.pid, owner, e)) {
    case OWNED:
        if (syscall(SYS_pidfd_send_signal, fd, signo, NULL, 0) < 0 && errno != ESRCH) {
            result = OUTCOME_UNKNOWN;
            err_set(e, ERR_UNAVAILABLE, "cannot signal process %" PRId64 ": %s", id.pid,
                    errno_text(errno));
        }
        break;
    case NOT_OWNED:
        result = OUTCOME_REFUSED;
        err_set(e, ERR_CONFLICT, "process %" PRId64 " does not carry the identity of %.*s/%" PRId64,
                id.pid, STR_ARG(owner->deployment), owner->attempt);
        break;
    case NO_ENVIRONMENT: break; /* on its way out: there is nothing left to signal */
    case OWNER_UNKNOWN: result = OUTCOME_UNKNOWN; break;
    }
    close(fd);
    return result;
}

void process_wait(const struct process_id *ids, size_t n, int most_ms)
{
    struct pollfd fds[WAIT_MOST];
    nfds_t used = 0;
    for (size_t i = 0; i < n && used < WAIT_MOST; i++) {
        int fd = open_pidfd(ids[i].pid);
        if (fd >= 0)
            fds[used++] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
    if (used > 0)
        poll(fds, used, most_ms);
    for (nfds_t i = 0; i < used; i++)
        close(fds[i].fd);
}

/* May a process of this user be one of ours? Reading others' environments is not ours to do, except
 * for root, whose Flink may have run under yet another account. */
static bool may_be_ours(const char *proc, int64_t pid, uint32_t user)
{
    char path[128];
    struct stat st;
    snprintf(path, sizeof(path), "%s/%" PRId64, proc, pid);
    return stat(path, &st) == 0 && (geteuid() == 0 || st.st_uid == geteuid() || st.st_uid == user);
}

static void strays_add(struct arena *a, struct strays *s, struct stray one)
{
    if ((s->n & (s->n - 1)) == 0) { /* full at each power of two */
        struct stray *items = ARENA_ARRAY(a, struct stray, s->n ? 2 * s->n : 1);
        if (s->n > 0)
            memcpy(items, s->items, s->n * sizeof(*items));
        s->items = items;
    }
    s->items[s->n++] = one;
}

/* Nothing but its command line can be read: is it none of ours? */
static bool is_stranger(struct arena *a, const char *proc, int64_t pid, struct str place)
{
    struct str text;
    if (strings_read(a, proc, pid, "cmdline", &text) < 0)
        return is_absent(errno);
    return !str_contains(text, place);
}

struct scan {
    struct arena *a;
    struct arena *scratch;
    const char *proc;
    const struct scan_for *what;
    struct strays found;
};

/* The owner that the environment of a process names, when it is one of ours. 0, or -1 when it could
 * not be told whose it is. */
static int scan_owner(struct scan *s, int64_t pid, struct owner *ret, bool *ret_ours, struct err *e)
{
    struct str text = {0};
    *ret_ours = false;
    if (strings_read(s->scratch, s->proc, pid, "environ", &text) == 0) {
        *ret_ours = owner_of(text, ret) && str_eq(ret->data, s->what->data);
        return 0;
    }
    int failed = errno;
    bool closed = failed == EACCES || failed == EPERM;
    if (is_absent(failed) || (closed && is_stranger(s->scratch, s->proc, pid, s->what->place)))
        return 0;
    return err_set(e, ERR_UNAVAILABLE, "cannot look at process %" PRId64 ": %s", pid,
                   errno_text(failed));
}

/* Looks at one entry of /proc. Nearly all are strangers, so the environment comes first. The start
 * time between two looks at it is of the process that carries it, and of none that got its number. */
static int scan_one(struct scan *s, int64_t pid, struct err *e)
{
    struct stray one = {.id.pid = pid};
    bool ours = false;
    if (!may_be_ours(s->proc, pid, s->what->user))
        return 0;
    if (scan_owner(s, pid, &one.owner, &ours, e) < 0)
        return -1;
    if (!ours)
        return 0;
    if (process_start_time(s->proc, pid, &one.id.start) < 0) {
        int failed = errno;
        return is_absent(failed)
                   ? 0
                   : err_set(e, ERR_UNAVAILABLE, "cannot look at process %" PRId64 ": %s", pid,
                             errno_text(failed));
    }
    if (scan_owner(s, pid, &one.owner, &ours, e) < 0)
        return -1;
    if (!ours)
        return 0;
    one.owner.data = arena_str(s->a, one.owner.data);
    one.owner.deployment = arena_str(s->a, one.owner.deployment);
    one.owner.process = arena_str(s->a, one.owner.process);
    strays_add(s->a, &s->found, one);
    return 0;
}

int process_scan(struct arena *a, const char *proc, const struct scan_for *what, struct strays *ret,
                 struct err *e)
{
    DIR *d = opendir(proc);
    if (!d)
        return err_file(e, "list", str_of(proc), errno);
    struct scan s = {.a = a, .scratch = arena_new(), .proc = proc, .what = what};
    int result = 0;
    size_t seen = 0;
    errno = 0;
    for (struct dirent *entry; result == 0 && (entry = readdir(d)) != NULL; errno = 0) {
        int64_t pid = 0;
        if (!str_to_i64(str_of(entry->d_name), &pid))
            continue;
        if (++seen > SCAN_MOST)
            result = err_set(e, ERR_UNAVAILABLE, "too many processes to look through");
        else
            result = scan_one(&s, pid, e);
        arena_reset(s.scratch);
    }
    if (result == 0 && errno != 0)
        result = err_file(e, "list", str_of(proc), errno);
    closedir(d);
    arena_free(s.scratch);
    if (result == 0)
        *ret = s.found;
    return result;
}
