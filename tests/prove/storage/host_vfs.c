/* SQLite's files on the host. Where it matters what the system's VFS (os_unix.c) does, this one does
 * the same: which files have their directory synced with them, what counts as there, what the disk
 * is said to guarantee. */
#include "host_vfs.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "host_locks.h"

struct file {
    sqlite3_file base;
    struct lock_holder locks;
    int file;
    bool directory_too; /* at the first sync of a log or journal its name is made durable as well */
    const char *path;
};

static struct file *mine(sqlite3_file *file)
{
    return (struct file *)file;
}

static int file_close(sqlite3_file *file)
{
    locks_leave(&mine(file)->locks);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *into, int n, sqlite3_int64 at)
{
    if (host_is_killed())
        return SQLITE_IOERR_READ;
    size_t there = host_read(mine(file)->file, (size_t)at, into, (size_t)n);
    return there == (size_t)n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    bool good = host_write(mine(file)->file, (size_t)at, bytes, (size_t)n);
    return good ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return host_resize(mine(file)->file, (size_t)size) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int file_sync(sqlite3_file *file, int flags)
{
    struct file *f = mine(file);
    (void)flags;
    if (!host_sync(f->file))
        return SQLITE_IOERR_FSYNC;
    if (f->directory_too && !host_sync_directory_of(f->path))
        return SQLITE_IOERR_DIR_FSYNC;
    f->directory_too = false;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)host_size(mine(file)->file);
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level)
{
    return locks_take(&mine(file)->locks, level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return locks_give(&mine(file)->locks, level);
}

static int file_check_lock(sqlite3_file *file, int *ret)
{
    *ret = locks_reserved(&mine(file)->locks);
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    (void)file;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
    (void)file;
    return HOST_SECTOR;
}

static int file_traits(sqlite3_file *file)
{
    (void)file;
    return HOST_TRAITS;
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return locks_memory(&mine(file)->locks, page, size, extend, ret);
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return locks_memory_lock(&mine(file)->locks, offset, n, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    (void)file;
    __sync_synchronize();
}

static int shm_unmap(sqlite3_file *file, int remove)
{
    (void)remove; /* it goes with the last that has the file open */
    locks_memory_leave(&mine(file)->locks);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
    struct file *f = mine(file);
    (void)vfs;
    *f = (struct file){0};
    if (!name)
        return SQLITE_CANTOPEN; /* the store has its temporary files in memory */
    f->file = host_find(name);
    if (f->file < 0 && (flags & SQLITE_OPEN_CREATE))
        f->file = host_create(name);
    if (f->file < 0 || host_is_killed())
        return SQLITE_CANTOPEN;
    f->path = host_path(name);
    f->directory_too =
        (flags & SQLITE_OPEN_CREATE) && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL));
    locks_join(&f->locks, f->file);
    f->base.pMethods = &methods;
    if (ret)
        *ret = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    (void)vfs;
    if (host_find(name) < 0)
        return SQLITE_IOERR_DELETE_NOENT;
    if (!host_unlink(name))
        return SQLITE_IOERR_DELETE;
    if (sync_directory && !host_sync_directory_of(name))
        return SQLITE_IOERR_DIR_FSYNC;
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    (void)vfs;
    int file = host_find(name);
    /* an empty file is as good as none, except for whoever wants to write to it */
    *ret = file >= 0 && (flags != SQLITE_ACCESS_EXISTS || host_size(file) > 0);
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int n, char *ret)
{
    (void)vfs;
    sqlite3_snprintf(n, ret, "%s", name);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int n, char *ret)
{
    (void)vfs;
    host_random(ret, (size_t)n);
    return n;
}

void host_vfs_register(void)
{
    static sqlite3_vfs vfs;
    const sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    if (vfs.zName)
        return;
    vfs = *system; /* sleeping and clocks */
    vfs.zName = HOST_VFS;
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct file);
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    vfs.xFullPathname = vfs_full_path;
    vfs.xRandomness = vfs_random;
    /* the default one is where SQLite gets its random numbers from */
    sqlite3_vfs_register(&vfs, 1);
}
