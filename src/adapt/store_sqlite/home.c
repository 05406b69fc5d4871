#include "adapt/store_sqlite/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

static int fail(struct err *e, const char *what, const char *path)
{
    return err_set(e, errno == ENOSPC ? ERR_STORE_FULL : ERR_UNAVAILABLE, "cannot %s %s: %s", what,
                   path, strerrordesc_np(errno));
}

int home_sync_directory_of(const char *path, struct err *e)
{
    struct arena *a = arena_new();
    struct str name = str_of(path);
    while (name.len > 1 && name.ptr[name.len - 1] == '/')
        name.len--;
    size_t n = name.len;
    while (n > 0 && name.ptr[n - 1] != '/')
        n--;
    /* "x" lies in ".", "/x" in "/", "/x/y/" in "/x" */
    const char *parent = n == 0 ? "." : arena_cstr(a, str_take(name, n == 1 ? 1 : n - 1));
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int status = 0;
    if (fd < 0 || fsync(fd) < 0)
        status = fail(e, "make durable", parent);
    if (fd >= 0)
        close(fd);
    arena_free(a);
    return status;
}

int home_make(const char *directory, struct err *e)
{
    if (mkdir(directory, 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return fail(e, "create the data directory", directory);
    struct stat st;
    if (stat(directory, &st) < 0)
        return fail(e, "look at the data directory", directory);
    if (!S_ISDIR(st.st_mode))
        return err_set(e, ERR_UNAVAILABLE, "%s is not a directory", directory);
    return 0;
}

/* Who holds it is told to the person who started the second daemon; the lock itself is flock's. */
static int lock_taken(int fd, const char *directory, struct err *e)
{
    char holder[32] = {0};
    int64_t pid;
    ssize_t n = pread(fd, holder, sizeof(holder) - 1, 0);
    struct str text = str_trim((struct str){holder, n > 0 ? (size_t)n : 0});
    if (!str_to_i64(text, &pid))
        text = STR("unknown");
    return err_set(e, ERR_CONFLICT,
                   "the data directory %s is in use by another sluiced (process %.*s); "
                   "stop that one first or give this one a directory of its own",
                   directory, STR_ARG(text));
}

int home_lock(const char *directory, int *ret_fd, struct err *e)
{
    struct arena *a = arena_new();
    const char *path = arena_fmt(a, "%s/sluice.lock", directory).ptr;
    int status = 0;
    /* close-on-exec: job processes outlive the daemon and must not inherit its lock */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        status = fail(e, "open", path);
    else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        status = errno == EWOULDBLOCK ? lock_taken(fd, directory, e) : fail(e, "lock", path);
    else if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0)
        status = fail(e, "write", path);
    arena_free(a);
    if (status < 0 && fd >= 0)
        close(fd);
    *ret_fd = fd;
    return status;
}

int home_look(const char *database, bool *ret_exists, struct err *e)
{
    struct stat st;
    *ret_exists = stat(database, &st) == 0;
    if (*ret_exists && st.st_size > 0) {
        /* the log and its index get the permissions of the file */
        if ((st.st_mode & 0077) && chmod(database, 0600) < 0)
            return fail(e, "restrict the permissions of", database);
        return 0;
    }
    if (*ret_exists)
        return err_set(
            e, ERR_STORE_BROKEN,
            "%s is empty: its content is lost. Put a backup in its place; or, to give up "
            "what it held, move it and the files beside it away and start again",
            database);
    if (errno != ENOENT)
        return fail(e, "look at", database);
    struct arena *a = arena_new();
    const char *log = arena_fmt(a, "%s-wal", database).ptr;
    bool log_left = access(log, F_OK) == 0;
    arena_free(a);
    if (log_left)
        return err_set(e, ERR_STORE_BROKEN,
                       "%s is gone, but its log %s-wal is there. Put the file back (or a backup, "
                       "without the log); or, to give it up, move the log away and start again",
                       database, database);
    return 0;
}
