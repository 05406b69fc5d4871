/* A library for LD_PRELOAD under which one call of one kind fails in sluiced, at one place.
 *
 *     FAIL_KIND=memory|read|write|sync|open|socket|process|name
 *     FAIL_REPORT=FILE     each place is written there as it is first met, "PLACE FUNCTION"; a call that
 *                          is made to fail, "FAILED PLACE FUNCTION";
 *                          "DIED SIGNAL FILE" at its end, with who was to blame
 *     FAIL_PLACE=PLACE     the first call at this place fails; without it none does
 *
 * A place is the innermost addresses of the stack, so it is the same in each run as long as addresses
 * are not randomized. A call fails as the kernel's would: files as on a full or broken disk, sockets as
 * when the other side is gone, open and socket as when no descriptor is left. What no kernel refuses (an
 * eventfd, a pipe) does not fail. Children inherit nothing of it. */
#undef _FILE_OFFSET_BITS /* here open and open64 are two functions */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { MEMORY, READ, WRITE, SYNC, OPEN, SOCKET, PROCESS, NAME, KINDS };
static const char *const kind_names[KINDS] = {"memory", "read",   "write",   "sync",
                                              "open",   "socket", "process", "name"};

enum { DEPTH = 7, OWN_FRAMES = 3, PLACES = 1 << 16 };

static enum kind armed = KINDS;
static uint64_t wanted;
static int report = -1;
static _Atomic(uint64_t) places[PLACES];
/* Its storage is there before anything is allocated. */
static __thread bool inside __attribute__((tls_model("initial-exec")));

/* Who let it die: the innermost program or library on the stack that is neither this one nor the C
 * library, in which everybody dies. These signals are the thread's own fault, raised where it stands. */
/* NOLINTBEGIN(bugprone-signal-handler) */
static void dies(int signo)
{
    enum { DEEP = 40 };
    void *frames[DEEP];
    Dl_info info = {0};
    char line[300];
    inside = true;
    int n = backtrace(frames, DEEP);
    for (int i = 1; i < n; i++)
        if (dladdr(frames[i], &info) && !strstr(info.dli_fname, "failing_calls") &&
            !strstr(info.dli_fname, "libc.so"))
            break;
    int size = snprintf(line, sizeof(line), "DIED %d %s\n", signo, info.dli_fname);
    syscall(SYS_write, report, line, (size_t)size);
    _exit(100);
}
/* NOLINTEND(bugprone-signal-handler) */

__attribute__((constructor)) static void begin(void)
{
    char kind[20] = "";
    const char *asked = getenv("FAIL_KIND");
    const char *path = getenv("FAIL_REPORT");
    const char *place = getenv("FAIL_PLACE");
    void *frames[DEPTH];
    inside = true;
    backtrace(frames, DEPTH); /* the first one loads a library */
    if (asked)
        snprintf(kind, sizeof(kind), "%s", asked);
    if (place)
        wanted = strtoull(place, NULL, 16);
    if (path)
        report = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    unsetenv("FAIL_KIND");
    unsetenv("FAIL_REPORT");
    unsetenv("FAIL_PLACE");
    unsetenv("LD_PRELOAD");
    signal(SIGSEGV, dies);
    signal(SIGBUS, dies);
    signal(SIGABRT, dies);
    inside = false;
    for (enum kind k = 0; report >= 0 && k < KINDS; k++)
        if (strcmp(kind, kind_names[k]) == 0)
            armed = k;
}

static uint64_t place_here(void)
{
    void *frames[DEPTH + OWN_FRAMES];
    int n = backtrace(frames, DEPTH + OWN_FRAMES);
    uint64_t h = 0xCBF29CE484222325ULL;
    for (int i = OWN_FRAMES; i < n; i++)
        h = (h ^ (uint64_t)(uintptr_t)frames[i]) * 0x100000001B3ULL;
    return h ? h : 1;
}

static bool is_first_here(uint64_t place)
{
    for (size_t i = place % PLACES;; i = (i + 1) % PLACES) {
        uint64_t none = 0;
        if (atomic_compare_exchange_strong(&places[i], &none, place))
            return true;
        if (none == place)
            return false;
    }
}

static void tell(const char *what, uint64_t place, const char *function)
{
    char line[200];
    int n =
        snprintf(line, sizeof(line), "%s%016llx %s\n", what, (unsigned long long)place, function);
    syscall(SYS_write, report, line, (size_t)n);
}

__attribute__((noinline)) static bool fails(enum kind kind, const char *function)
{
    if (kind != armed || inside)
        return false;
    inside = true;
    uint64_t place = place_here();
    bool now = false;
    if (is_first_here(place)) {
        tell("", place, function);
        now = place == wanted;
        if (now)
            tell("FAILED ", place, function);
    }
    inside = false;
    return now;
}

static bool fails_with(enum kind kind, const char *function, int error)
{
    if (!fails(kind, function))
        return false;
    errno = error;
    return true;
}

/* Of files and sockets; nothing else is refused by a kernel. */
static bool io_fails(enum kind kind, int fd, const char *function, int file, int sock)
{
    struct stat st;
    if (kind != armed || inside || fstat(fd, &st) < 0)
        return false;
    if (S_ISREG(st.st_mode))
        return fails_with(kind, function, file);
    return S_ISSOCK(st.st_mode) && fails_with(kind, function, sock);
}

/* ---- memory: the C library's own entries, as looking one up would allocate ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
    return fails_with(MEMORY, "malloc", ENOMEM) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails_with(MEMORY, "calloc", ENOMEM) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return fails_with(MEMORY, "realloc", ENOMEM) ? NULL : __libc_realloc(p, size);
}

/* ---- the rest: the next library's function of that name ---- */

/* As POSIX wants it done: a function pointer through an object pointer. */
#define REAL(name)                                 \
    static __typeof__(name) *real;                 \
    if (!real) {                                   \
        bool was = inside;                         \
        inside = true;                             \
        *(void **)&real = dlsym(RTLD_NEXT, #name); \
        inside = was;                              \
    }

#define ON_FD(kind, file, sock, type, name, parameters, ...)                   \
    type name parameters                                                       \
    {                                                                          \
        REAL(name)                                                             \
        return io_fails(kind, fd, #name, file, sock) ? -1 : real(__VA_ARGS__); \
    }
#define PLAIN(kind, error, type, failed, name, parameters, ...)               \
    type name parameters                                                      \
    {                                                                         \
        REAL(name)                                                            \
        return fails_with(kind, #name, error) ? (failed) : real(__VA_ARGS__); \
    }

/* clang-format off */
ON_FD(READ, EIO, ECONNRESET, ssize_t, read, (int fd, void *to, size_t n), fd, to, n)
ON_FD(READ, EIO, ECONNRESET, ssize_t, readv, (int fd, const struct iovec *v, int n), fd, v, n)
ON_FD(READ, EIO, ECONNRESET, ssize_t, pread64, (int fd, void *to, size_t n, off64_t at), fd, to, n, at)
ON_FD(READ, EIO, ECONNRESET, ssize_t, recv, (int fd, void *to, size_t n, int flags), fd, to, n, flags)
ON_FD(READ, EIO, ECONNRESET, ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), fd, m, flags)
ON_FD(WRITE, ENOSPC, EPIPE, ssize_t, write, (int fd, const void *from, size_t n), fd, from, n)
ON_FD(WRITE, ENOSPC, EPIPE, ssize_t, writev, (int fd, const struct iovec *v, int n), fd, v, n)
ON_FD(WRITE, ENOSPC, EPIPE, ssize_t, pwrite64, (int fd, const void *from, size_t n, off64_t at), fd, from, n, at)
ON_FD(WRITE, ENOSPC, EPIPE, ssize_t, send, (int fd, const void *from, size_t n, int flags), fd, from, n, flags)
ON_FD(WRITE, ENOSPC, EPIPE, ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags), fd, m, flags)
ON_FD(WRITE, ENOSPC, EPIPE, int, ftruncate64, (int fd, off64_t size), fd, size)
PLAIN(SYNC, EIO, int, -1, fsync, (int fd), fd)
PLAIN(SYNC, EIO, int, -1, fdatasync, (int fd), fd)
PLAIN(OPEN, EMFILE, FILE *, NULL, fopen64, (const char *path, const char *mode), path, mode)
PLAIN(OPEN, EMFILE, FILE *, NULL, fopen, (const char *path, const char *mode), path, mode)
PLAIN(SOCKET, EMFILE, int, -1, socket, (int domain, int type, int protocol), domain, type, protocol)
PLAIN(SOCKET, ENETUNREACH, int, -1, connect, (int fd, __CONST_SOCKADDR_ARG a, socklen_t n), fd, a, n)
PLAIN(SOCKET, ENOBUFS, int, -1, listen, (int fd, int n), fd, n)
PLAIN(SOCKET, EADDRINUSE, int, -1, bind, (int fd, __CONST_SOCKADDR_ARG a, socklen_t n), fd, a, n)
PLAIN(SOCKET, EMFILE, int, -1, accept4, (int fd, __SOCKADDR_ARG a, socklen_t *n, int flags), fd, a, n, flags)
PLAIN(PROCESS, EMFILE, int, -1, pipe2, (int fd[2], int flags), fd, flags)
PLAIN(PROCESS, EAGAIN, int, EAGAIN, posix_spawn, (pid_t *pid, const char *path, const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]), pid, path, files, attributes, argv, envp)
PLAIN(PROCESS, EAGAIN, int, EAGAIN, posix_spawnp, (pid_t *pid, const char *path, const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]), pid, path, files, attributes, argv, envp)
PLAIN(PROCESS, EAGAIN, int, EAGAIN, pthread_create, (pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *arg), thread, attributes, run, arg)
PLAIN(OPEN, EMFILE, int, -1, mkostemp64, (char *path, int flags), path, flags)
PLAIN(OPEN, EMFILE, DIR *, NULL, opendir, (const char *path), path)
PLAIN(NAME, ENOSPC, int, -1, mkdir, (const char *path, mode_t mode), path, mode)
PLAIN(NAME, ENOSPC, int, -1, mkdirat, (int at, const char *path, mode_t mode), at, path, mode)
PLAIN(NAME, ENOSPC, int, -1, rename, (const char *from, const char *to), from, to)
PLAIN(NAME, ENOSPC, int, -1, renameat, (int at, const char *from, int to_at, const char *to), at, from, to_at, to)
PLAIN(NAME, ENOSPC, int, -1, link, (const char *from, const char *to), from, to)
PLAIN(NAME, EIO, int, -1, unlink, (const char *path), path)
PLAIN(NAME, EIO, int, -1, unlinkat, (int at, const char *path, int flags), at, path, flags)
PLAIN(NAME, EIO, int, -1, rmdir, (const char *path), path)
/* clang-format on */

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPENS(name, parameters, ...)                                           \
    int name parameters                                                        \
    {                                                                          \
        va_list more;                                                          \
        REAL(name)                                                             \
        va_start(more, flags);                                                 \
        mode_t mode = mode_of(flags, more);                                    \
        va_end(more);                                                          \
        return fails_with(OPEN, #name, EMFILE) ? -1 : real(__VA_ARGS__, mode); \
    }

OPENS(open, (const char *path, int flags, ...), path, flags)
OPENS(open64, (const char *path, int flags, ...), path, flags)
OPENS(openat, (int at, const char *path, int flags, ...), at, path, flags)
OPENS(openat64, (int at, const char *path, int flags, ...), at, path, flags)
