/* What the store asks of the system beside SQLite: making, finding, naming and syncing files. The
 * linker hands its calls to these (--wrap); a path outside of the host goes on to the system. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

int __real_access(const char *path, int mode);
int __real_close(int fd);
int __real_fsync(int fd);
int __real_mkdir(const char *path, mode_t mode);
int __real_open64(const char *path, int flags, ...);
int __real_rename(const char *from, const char *to);
int __real_stat64(const char *path, struct stat *ret);
int __real_unlink(const char *path);
int __wrap_access(const char *path, int mode);
int __wrap_close(int fd);
int __wrap_fsync(int fd);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_rename(const char *from, const char *to);
int __wrap_stat64(const char *path, struct stat *ret);
int __wrap_unlink(const char *path);

/* The directory that is open: the store has one open at a time. */
static int directory_fd = -1;
static const char *directory;

static bool ours(const char *path)
{
    return strncmp(path, HOST_ROOT, sizeof(HOST_ROOT) - 1) == 0;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static bool is_there(const char *path)
{
    return strcmp(path, HOST_ROOT) == 0 || host_find(path) != DISK_NO_FILE;
}

int __wrap_access(const char *path, int mode)
{
    if (!ours(path))
        return __real_access(path, mode);
    return is_there(path) ? 0 : fail(ENOENT);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    if (!ours(path))
        return __real_mkdir(path, mode);
    if (is_there(path))
        return fail(EEXIST);
    return host_make_directory(path) ? 0 : fail(EIO);
}

/* The lock file is a real one without a name: what is in it decides nothing, and nobody else opens
 * it. A new file's descriptor is only closed again. */
int __wrap_open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (!ours(path))
        return __real_open64(path, flags, mode);
    if ((flags & O_DIRECTORY) && !is_there(path))
        return fail(ENOENT);
    if ((flags & O_EXCL) && is_there(path))
        return fail(EEXIST);
    if ((flags & O_EXCL) && host_create(path) < 0)
        return fail(EIO);
    int fd = memfd_create("host", MFD_CLOEXEC);
    if (flags & O_DIRECTORY) {
        directory_fd = fd;
        directory = path;
    }
    return fd;
}

int __wrap_fsync(int fd)
{
    if (fd < 0 || fd != directory_fd)
        return __real_fsync(fd);
    return host_sync_home(directory) ? 0 : fail(EIO);
}

int __wrap_close(int fd)
{
    if (fd == directory_fd)
        directory_fd = -1;
    return __real_close(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    if (!ours(from))
        return __real_rename(from, to);
    if (!is_there(from))
        return fail(ENOENT);
    return host_rename(from, to) ? 0 : fail(EIO);
}

int __wrap_stat64(const char *path, struct stat *ret)
{
    if (!ours(path))
        return __real_stat64(path, ret);
    int file = host_find(path);
    if (!is_there(path))
        return fail(ENOENT);
    *ret = (struct stat){.st_mode = file >= 0 ? S_IFREG | 0600 : S_IFDIR | 0700,
                         .st_size = file >= 0 ? (off_t)host_size(file) : 0};
    return 0;
}

int __wrap_unlink(const char *path)
{
    if (!ours(path))
        return __real_unlink(path);
    if (!is_there(path))
        return fail(ENOENT);
    return host_unlink(path) ? 0 : fail(EIO);
}
