#include "fault_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

/* The system's file follows this struct in the memory that SQLite provides. */
struct fault_file {
    sqlite3_file base;
    sqlite3_file *real;
    int flags;
};

static sqlite3_vfs *system_vfs;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct fault armed;
static long counted;
static bool hit;

void fault_arm(struct fault fault)
{
    pthread_mutex_lock(&mutex);
    armed = fault;
    counted = 0;
    hit = false;
    pthread_mutex_unlock(&mutex);
}

void fault_disarm(void)
{
    pthread_mutex_lock(&mutex);
    armed.kind = FAULT_NONE;
    pthread_mutex_unlock(&mutex);
}

bool fault_was_hit(void)
{
    pthread_mutex_lock(&mutex);
    bool was = hit;
    pthread_mutex_unlock(&mutex);
    return was;
}

long fault_counted(void)
{
    pthread_mutex_lock(&mutex);
    long n = counted;
    pthread_mutex_unlock(&mutex);
    return n;
}

enum operation { OP_READ, OP_WRITE, OP_SYNC };

static bool concerns(enum operation op)
{
    switch (armed.kind) {
    case FAULT_NONE: return false;
    case FAULT_FULL: return op == OP_WRITE;
    case FAULT_IO:
    case FAULT_IO_LATE: return op != OP_READ;
    case FAULT_READ: return op == OP_READ;
    case FAULT_SYNC: return op == OP_SYNC;
    }
    return false;
}

/* The kind of failure due now, or NONE. */
static enum fault_kind due(const struct fault_file *f, enum operation op)
{
    enum fault_kind kind = FAULT_NONE;
    pthread_mutex_lock(&mutex);
    bool place = !(armed.only_in_log && !(f->flags & SQLITE_OPEN_WAL)) &&
                 !(armed.only_in_file && !(f->flags & SQLITE_OPEN_MAIN_DB));
    if (place && concerns(op)) {
        counted++;
        if (counted == armed.at || (armed.stays && counted > armed.at)) {
            hit = true;
            kind = armed.kind;
        }
    }
    pthread_mutex_unlock(&mutex);
    return kind;
}

static sqlite3_file *real(sqlite3_file *file)
{
    return ((struct fault_file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
    return real(file)->pMethods->xClose(real(file));
}

static int file_read(sqlite3_file *file, void *into, int n, sqlite3_int64 at)
{
    if (due((struct fault_file *)file, OP_READ) != FAULT_NONE)
        return SQLITE_IOERR_READ;
    return real(file)->pMethods->xRead(real(file), into, n, at);
}

static int file_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    enum fault_kind kind = due((struct fault_file *)file, OP_WRITE);
    int some = kind == FAULT_FULL || kind == FAULT_IO ? n / 2 : n;
    int rc = real(file)->pMethods->xWrite(real(file), bytes, some, at);
    if (kind == FAULT_NONE)
        return rc;
    return kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (due((struct fault_file *)file, OP_SYNC) != FAULT_NONE)
        return SQLITE_IOERR_TRUNCATE;
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    if (due((struct fault_file *)file, OP_SYNC) != FAULT_NONE)
        return SQLITE_IOERR_FSYNC;
    return real(file)->pMethods->xSync(real(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int file_check_lock(sqlite3_file *file, int *ret)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), ret);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    return real(file)->pMethods->xFileControl(real(file), op, arg);
}

static int file_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int file_traits(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, ret);
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int shm_unmap(sqlite3_file *file, int remove)
{
    return real(file)->pMethods->xShmUnmap(real(file), remove);
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
    struct fault_file *f = (struct fault_file *)file;
    (void)vfs;
    f->real = (sqlite3_file *)(f + 1);
    f->flags = flags;
    int rc = system_vfs->xOpen(system_vfs, name, f->real, flags, ret);
    f->base.pMethods = rc == SQLITE_OK ? &methods : NULL;
    return rc;
}

void fault_vfs_register(void)
{
    static sqlite3_vfs vfs;
    if (system_vfs)
        return;
    system_vfs = sqlite3_vfs_find(NULL);
    vfs = *system_vfs;
    vfs.zName = FAULT_VFS;
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct fault_file) + system_vfs->szOsFile;
    vfs.xOpen = vfs_open;
    sqlite3_vfs_register(&vfs, 0);
}
