#include "adapt/local/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#define TREE_DEPTH_MOST  64
#define DIR_ENTRIES_MOST 100000U

const char *errno_text(int number)
{
    const char *text = strerrordesc_np(number);
    return text ? text : "unknown error";
}

int err_file(struct err *e, const char *what, struct str path, int number)
{
    return err_set(e, ERR_UNAVAILABLE, "cannot %s %.*s: %s", what, STR_ARG(path),
                   errno_text(number));
}

/* Paths come NUL-terminated from arena_fmt and arena_str; a slice of something longer is a bug. */
static const char *c_path(struct str path)
{
    return path.ptr;
}

/* Reads `n` bytes from `offset`, fewer at the end of the file. */
static int read_at(int fd, char *to, size_t n, off_t offset, size_t *ret)
{
    size_t have = 0;
    while (have < n) {
        ssize_t got = pread(fd, to + have, n - have, offset + (off_t)have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *ret = have;
    return 0;
}

/* whole: refuse what is longer than `most`; otherwise read its last `most` bytes. */
static enum file_read read_some(struct arena *a, struct str path, size_t most, bool whole,
                                struct str *ret, struct err *e)
{
    /* A file in a directory of Flink's account may be anything by now: no link is followed, and no
     * pipe waited for. */
    int fd = open(c_path(path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return FILE_ABSENT;
    if (fd < 0) {
        err_file(e, "open", path, errno);
        return FILE_FAILED;
    }
    struct stat st;
    size_t n = 0;
    if (fstat(fd, &st) < 0)
        goto failed;
    if (!S_ISREG(st.st_mode)) {
        errno = ENOENT;
        goto failed;
    }
    size_t size = st.st_size > 0 ? (size_t)st.st_size : 0;
    if (size > most && whole) {
        errno = EFBIG;
        goto failed;
    }
    size_t want = size > most ? most : size;
    char *text = arena_alloc(a, want + 1);
    if (read_at(fd, text, want, (off_t)(size - want), &n) < 0)
        goto failed;
    close(fd);
    *ret = (struct str){text, n};
    return FILE_READ;
failed:
    err_file(e, "read", path, errno);
    close(fd);
    return FILE_FAILED;
}

enum file_read file_read(struct arena *a, struct str path, size_t limit, struct str *ret,
                         struct err *e)
{
    return read_some(a, path, limit, true, ret, e);
}

enum file_read file_tail(struct arena *a, struct str path, size_t most, struct str *ret,
                         struct err *e)
{
    return read_some(a, path, most, false, ret, e);
}

static int write_all(int fd, struct str s)
{
    while (s.len > 0) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        s = str_skip(s, (size_t)n);
    }
    return 0;
}

static struct str parent_of(struct arena *a, struct str path)
{
    size_t n = path.len;
    while (n > 1 && path.ptr[n - 1] != '/')
        n--;
    return arena_str(a, str_take(path, n));
}

static int replace(struct arena *a, struct str path, struct str content, mode_t mode, bool durable,
                   struct err *e)
{
    struct str fresh = arena_fmt(a, "%.*s.new", STR_ARG(path));
    int fd = open(c_path(fresh), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return err_file(e, "create", fresh, errno);
    if (write_all(fd, content) < 0 || fchmod(fd, mode) < 0 || (durable && fsync(fd) < 0)) {
        int number = errno;
        close(fd);
        unlink(c_path(fresh));
        return err_file(e, "write", fresh, number);
    }
    close(fd);
    if (rename(c_path(fresh), c_path(path)) < 0)
        return err_file(e, "put in place", path, errno);
    return durable ? dir_sync(parent_of(a, path), e) : 0;
}

int file_write(struct arena *a, struct str path, struct str content, mode_t mode, struct err *e)
{
    return replace(a, path, content, mode, true, e);
}

int file_put(struct arena *a, struct str path, struct str content, mode_t mode, struct err *e)
{
    return replace(a, path, content, mode, false, e);
}

static int copy_content(int in, int out)
{
    if (ioctl(out, FICLONE, in) == 0)
        return 0;
    for (;;) {
        ssize_t n = copy_file_range(in, NULL, out, NULL, 1U << 24, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return (int)n;
    }
}

/* Into an open directory, past whoever may change what its path means. 0 or errno. */
static int copy_into(int in, int dir, const char *fresh, const char *name)
{
    unlinkat(dir, fresh, 0);
    int out = openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (out < 0)
        return errno;
    int failed = copy_content(in, out) < 0 || fchmod(out, 0644) < 0 || fsync(out) < 0 ? errno : 0;
    close(out);
    if (failed == 0 && renameat(dir, fresh, dir, name) < 0)
        failed = errno;
    if (failed != 0)
        unlinkat(dir, fresh, 0);
    return failed;
}

int file_copy(struct arena *a, struct str from, struct file_place to, struct err *e)
{
    int in = open(c_path(from), O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return err_file(e, "open", from, errno);
    struct str fresh = arena_fmt(a, ".%.*s.new", STR_ARG(to.name));
    int failed = copy_into(in, to.dir, fresh.ptr, c_path(to.name));
    close(in);
    return failed ? err_file(e, "copy a file to", to.name, failed) : 0;
}

int file_give(struct arena *a, struct str from, struct str to, bool own, struct err *e)
{
    if (path_exists(to) || (!own && (link(c_path(from), c_path(to)) == 0 || errno == EEXIST)))
        return 0;
    struct str parent = parent_of(a, to);
    int dir = open(c_path(parent), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return err_file(e, "open the directory", parent, errno);
    struct file_place place = {dir, str_skip(to, parent.len)};
    int result = file_copy(a, from, place, e);
    close(dir);
    return result;
}

int dir_make(struct str path, mode_t mode, struct err *e)
{
    /* The mode is meant as it is said, whatever the umask. */
    if ((mkdir(c_path(path), mode) == 0 && chmod(c_path(path), mode) == 0) || errno == EEXIST)
        return 0;
    return err_file(e, "create the directory", path, errno);
}

int dir_sync(struct str path, struct err *e)
{
    int fd = open(c_path(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_file(e, "open the directory", path, errno);
    int failed = fsync(fd) < 0 ? errno : 0;
    close(fd);
    return failed ? err_file(e, "write the directory", path, failed) : 0;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

enum file_read dir_list(struct arena *a, struct str path, struct str_list *ret, struct err *e)
{
    DIR *d = opendir(c_path(path));
    if (!d && (errno == ENOENT || errno == ENOTDIR))
        return FILE_ABSENT;
    if (!d) {
        err_file(e, "list", path, errno);
        return FILE_FAILED;
    }
    struct str_list list = {0};
    size_t room = 0;
    errno = 0;
    for (struct dirent *entry; (entry = readdir(d)) != NULL; errno = 0) {
        struct str name = str_of(entry->d_name);
        if (str_eq(name, STR(".")) || str_eq(name, STR("..")))
            continue;
        if (list.n == DIR_ENTRIES_MOST) {
            errno = E2BIG;
            break;
        }
        if (list.n == room) {
            room = room ? 2 * room : 16;
            struct str *items = ARENA_ARRAY(a, struct str, room);
            if (list.n > 0)
                memcpy(items, list.items, list.n * sizeof(*items));
            list.items = items;
        }
        list.items[list.n++] = arena_str(a, name);
    }
    int failed = errno;
    closedir(d);
    if (failed != 0) {
        err_file(e, "list", path, failed);
        return FILE_FAILED;
    }
    if (list.n > 1)
        qsort(list.items, list.n, sizeof(list.items[0]), by_name);
    *ret = list;
    return FILE_READ;
}

/* Removes what is in the directory `fd`, and closes it. 0 or -1 with errno. */
static int empty_dir(int fd, int depth)
{
    DIR *d = depth < TREE_DEPTH_MOST ? fdopendir(fd) : NULL;
    if (!d) {
        if (depth >= TREE_DEPTH_MOST)
            errno = ELOOP;
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    int failed = 0;
    for (struct dirent *entry; (entry = readdir(d)) != NULL && failed == 0;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
            continue;
        int sub = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (sub < 0 || empty_dir(sub, depth + 1) < 0 ||
            unlinkat(fd, entry->d_name, AT_REMOVEDIR) < 0)
            failed = errno == ENOENT ? 0 : errno;
    }
    closedir(d);
    errno = failed;
    return failed ? -1 : 0;
}

int tree_remove(struct str path, struct err *e)
{
    if (unlink(c_path(path)) == 0 || errno == ENOENT)
        return 0;
    int fd = open(c_path(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? 0 : err_file(e, "remove", path, errno);
    if (empty_dir(fd, 0) < 0)
        return err_file(e, "remove", path, errno);
    if (rmdir(c_path(path)) < 0 && errno != ENOENT)
        return err_file(e, "remove", path, errno);
    return 0;
}

/* Gives away what is in the directory `fd`, and closes it. 0 or -1 with errno. */
static int give_dir(int fd, uint32_t user, uint32_t group, int depth)
{
    DIR *d = depth < TREE_DEPTH_MOST ? fdopendir(fd) : NULL;
    if (!d) {
        close(fd);
        errno = depth < TREE_DEPTH_MOST ? EIO : ELOOP;
        return -1;
    }
    int failed = 0;
    for (struct dirent *entry; failed == 0 && (entry = readdir(d)) != NULL;) {
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
            failed = errno == ENOENT ? 0 : errno;
            continue;
        }
        /* A file with a second name may be somebody else's under that one. */
        bool whole = S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && st.st_nlink == 1);
        if (whole && fchownat(fd, entry->d_name, user, group, AT_SYMLINK_NOFOLLOW) < 0)
            failed = errno == ENOENT ? 0 : errno;
        if (!S_ISDIR(st.st_mode) || failed != 0)
            continue;
        int sub = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (sub < 0 || give_dir(sub, user, group, depth + 1) < 0)
            failed = errno == ENOENT ? 0 : errno;
    }
    closedir(d);
    errno = failed;
    return failed ? -1 : 0;
}

int tree_give(struct str path, uint32_t user, uint32_t group, struct err *e)
{
    int fd = open(c_path(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_file(e, "open the directory", path, errno);
    int top = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    /* Its own owner last: until then it is seen as one that was not given away. */
    int failed = give_dir(fd, user, group, 0) < 0 ? errno : 0;
    if (failed == 0 && (top < 0 || fchown(top, user, group) < 0))
        failed = errno;
    if (top >= 0)
        close(top);
    return failed ? err_file(e, "hand over", path, failed) : 0;
}

bool path_exists(struct str path)
{
    struct stat st;
    return lstat(c_path(path), &st) == 0;
}
