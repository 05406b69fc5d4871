/* sluice-shim: stands between the daemon and one Flink process, so that the process outlives the
 * daemon and still leaves its exit status behind.
 *
 *   sluice-shim RUN_DIRECTORY NAME OUTPUT_FILE USER|- PROGRAM ARGUMENT...
 *
 * The order makes every process findable whatever dies in between: the child exists but waits at a
 * gate; RUN_DIRECTORY/NAME.pid becomes durable; only then the gate opens. When the record cannot
 * be written (it exists: the name was used; the directory is gone: the attempt was ended
 * meanwhile) the child ends without having run anything. Until the record exists both carry
 * SLUICE_DATA in their environment, which a scan of /proc finds.
 *
 * Descriptor 3 takes one line for the daemon: "ok" or what went wrong. Started with setsid.
 *
 *   sluice-shim --reach USER [rwx]...=PATH...
 *
 * becomes the user and says on descriptor 3 "ok", or the first path that the user may not use so. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapt/local/pidfile.h"
#include "base/slice.h"

#define READY_FD 3
/* Standard output of the process: cut back to its last part when it grows beyond the first. */
#define OUTPUT_MOST    (8 << 20)
#define OUTPUT_KEPT    (1 << 20)
#define OUTPUT_LOOK_MS 10000

struct shim {
    const char *run;
    const char *name;
    const char *output;
    const char *user;
    char **argv;
    int run_fd; /* survives the renaming of the directory, for the exit status */
};

__attribute__((format(printf, 1, 2))) static int tell(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vdprintf(READY_FD, fmt, args);
    va_end(args);
    return 1;
}

static const char *text_of(int number)
{
    const char *text = strerrordesc_np(number);
    return text ? text : "unknown error";
}

/* Writes a file and has it on disk; 0 or -1 with errno. */
static int durable(int dir, const char *name, const struct buf *content)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return -1;
    ssize_t n = write(fd, content->ptr, content->len);
    int failed = n != (ssize_t)content->len ? ENOSPC : fsync(fd) < 0 ? errno : 0;
    close(fd);
    errno = failed;
    return failed ? -1 : 0;
}

/* By path and not by descriptor: ending an attempt renames the directory, and a record must not
 * come into being after that. */
static int publish(const struct shim *s, pid_t child)
{
    struct pid_record r = {0};
    r.shim.pid = getpid();
    r.java.pid = child;
    if (boot_id_read(r.boot) < 0 || process_start_time("/proc", r.shim.pid, &r.shim.start) < 0 ||
        process_start_time("/proc", child, &r.java.start) < 0)
        return -1;
    struct buf content = {0};
    char fresh[4096];
    char final[4096];
    pid_record_write(&content, &r);
    snprintf(fresh, sizeof(fresh), "%s/%s.%d.new", s->run, s->name, (int)getpid());
    snprintf(final, sizeof(final), "%s/%s.pid", s->run, s->name);
    int failed = durable(AT_FDCWD, fresh, &content) < 0 ? errno : 0;
    if (failed == 0 && link(fresh, final) < 0) /* never replaces a record */
        failed = errno;
    unlink(fresh);
    if (failed == 0 && fsync(s->run_fd) < 0)
        failed = errno;
    buf_fini(&content);
    errno = failed;
    return failed ? -1 : 0;
}

static int become(const char *user)
{
    struct passwd *p = getpwnam(user);
    if (!p) {
        errno = ENOENT;
        return -1;
    }
    if (initgroups(user, p->pw_gid) < 0 || setgid(p->pw_gid) < 0 || setuid(p->pw_uid) < 0)
        return -1;
    /* No program that it runs shall give it rights back. */
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* Asked as the user itself: access lists, groups and mounts count as they will count. */
static int reach(char **argv)
{
    if (become(argv[0]) < 0)
        return tell("cannot become %s: %s", argv[0], text_of(errno));
    for (char **arg = argv + 1; *arg; arg++) {
        int mode = F_OK;
        const char *p = *arg;
        for (; *p && *p != '='; p++)
            mode |= *p == 'r' ? R_OK : *p == 'w' ? W_OK : X_OK;
        if (*p == '=' && access(p + 1, mode) < 0)
            return tell("%s: %s", p + 1, text_of(errno));
    }
    tell("ok");
    return 0;
}

/* In the child: waits for the gate, then becomes the program. Reports an errno through `report`. */
static _Noreturn void child(const struct shim *s, int gate, int report, int output)
{
    char byte;
    if (read(gate, &byte, 1) != 1)
        _exit(0);
    const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        signal(signals[i], SIG_DFL);
    slice_default();
    int failed = 0;
    if (dup2(output, 1) < 0 || dup2(output, 2) < 0)
        failed = errno;
    if (failed == 0 && strcmp(s->user, "-") != 0 && become(s->user) < 0)
        failed = errno;
    if (failed == 0) {
        close(READY_FD);
        execv(s->argv[0], s->argv);
        failed = errno;
    }
    if (write(report, &failed, sizeof(failed)) < 0)
        _exit(126);
    _exit(127);
}

/* Cuts the output back. The writer appends, so it goes on at the new end. */
static void bound_output(int output)
{
    struct stat st;
    if (fstat(output, &st) < 0 || st.st_size <= OUTPUT_MOST)
        return;
    static char kept[OUTPUT_KEPT];
    ssize_t n = pread(output, kept, sizeof(kept), st.st_size - OUTPUT_KEPT);
    if (n <= 0 || ftruncate(output, 0) < 0)
        return;
    if (write(output, kept, (size_t)n) < 0)
        return;
}

static void record_end(const struct shim *s, const struct buf *what)
{
    char name[256];
    snprintf(name, sizeof(name), "%s.exit", s->name);
    if (durable(s->run_fd, name, what) == 0)
        fsync(s->run_fd);
}

static void wait_for(const struct shim *s, pid_t pid, int output)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (fd >= 0) {
        int n = poll(&p, 1, OUTPUT_LOOK_MS);
        if (n > 0 || (n < 0 && errno != EINTR))
            break;
        bound_output(output);
    }
    siginfo_t info = {0};
    while (waitid(P_PID, (id_t)pid, &info, WEXITED) < 0 && errno == EINTR)
        ;
    struct buf what = {0};
    buf_fmt(&what, "%s %d\n", info.si_code == CLD_EXITED ? "exit" : "signal", info.si_status);
    record_end(s, &what);
    buf_fini(&what);
}

static int run(const struct shim *s, int output)
{
    int gate[2];
    int report[2];
    if (pipe2(gate, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0)
        return tell("cannot make a pipe: %s", text_of(errno));
    pid_t pid = fork();
    if (pid < 0)
        return tell("cannot fork: %s", text_of(errno));
    if (pid == 0) {
        close(gate[1]);
        child(s, gate[0], report[1], output);
    }
    close(gate[0]);
    close(report[1]);
    if (publish(s, pid) < 0) {
        int failed = errno;
        close(gate[1]);
        waitpid(pid, NULL, 0);
        return tell("cannot record the process in %s: %s", s->run, text_of(failed));
    }
    if (write(gate[1], "g", 1) != 1)
        return tell("the process ended before it began");
    close(gate[1]);
    int failed = 0;
    if (read(report[0], &failed, sizeof(failed)) == (ssize_t)sizeof(failed)) {
        struct buf what = {0};
        buf_fmt(&what, "cannot run %s: %s\n", s->argv[0], text_of(failed));
        record_end(s, &what);
        return tell("%s", what.ptr);
    }
    tell("ok\n");
    close(READY_FD);
    wait_for(s, pid, output);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "--reach") == 0)
        return reach(argv + 2);
    if (argc < 6)
        return tell("usage: sluice-shim RUN_DIRECTORY NAME OUTPUT_FILE USER|- PROGRAM ARGUMENT...");
    struct shim s = {argv[1], argv[2], argv[3], argv[4], argv + 5, -1};
    const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN); /* it ends when the process has, not before */
    /* What the process forks and leaves behind stays our child and is found by its environment. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    umask(022);
    s.run_fd = open(s.run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s.run_fd < 0)
        return tell("cannot open %s: %s", s.run, text_of(errno));
    int output = open(s.output, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (output < 0)
        return tell("cannot open %s: %s", s.output, text_of(errno));
    /* The directory may be another account's: nothing of anybody else's is written to. */
    struct stat st;
    if (fstat(output, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1)
        return tell("%s is not a file of its own", s.output);
    return run(&s, output);
}
