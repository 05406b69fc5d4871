#include "host.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "mix.h"

#define PATIENCE_S 60

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t turned;
    struct disk live;
    struct journal journal;
    bool records;
    enum fault fault;
    size_t killed_at;
    bool killed_in_sync;
    bool killed;
    bool hold;
    bool held;
    uint64_t randomness;
} host = {.mutex = PTHREAD_MUTEX_INITIALIZER, .turned = PTHREAD_COND_INITIALIZER};

void host_boot(const struct disk *base, bool records, enum fault fault, uint64_t salt)
{
    host.live = disk_copy(base);
    host.journal = (struct journal){0};
    if (records)
        host.journal.base = disk_copy(base);
    host.records = records;
    host.fault = fault;
    host.killed_at = SIZE_MAX;
    host.killed = false;
    host.hold = false;
    host.held = false;
    host.randomness = salt;
}

struct journal host_shut_down(void)
{
    disk_free(&host.live);
    return host.journal;
}

void journal_free(struct journal *j)
{
    disk_free(&j->base);
    mem_free(j->ops);
    mem_free(j->data);
}

size_t host_time(void)
{
    pthread_mutex_lock(&host.mutex);
    size_t time = host.journal.n_ops;
    pthread_mutex_unlock(&host.mutex);
    return time;
}

void host_kill_at(size_t time, bool in_sync)
{
    host.killed_at = time;
    host.killed_in_sync = in_sync;
    host.killed = false;
}

bool host_is_killed(void)
{
    pthread_mutex_lock(&host.mutex);
    bool killed = host.killed;
    pthread_mutex_unlock(&host.mutex);
    return killed;
}

void host_hold(void)
{
    pthread_mutex_lock(&host.mutex);
    host.hold = true;
    host.held = false;
    pthread_mutex_unlock(&host.mutex);
}

bool host_await_held(void)
{
    struct timespec deadline;
    int rc = 0;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&host.mutex);
    while (!host.held && rc == 0)
        rc = pthread_cond_clockwait(&host.turned, &host.mutex, CLOCK_MONOTONIC, &deadline);
    pthread_mutex_unlock(&host.mutex);
    return rc == 0;
}

void host_let_go(void)
{
    pthread_mutex_lock(&host.mutex);
    host.hold = false;
    pthread_cond_broadcast(&host.turned);
    pthread_mutex_unlock(&host.mutex);
}

const char *host_path(const char *path)
{
    static const char *kept[64];
    static int n;
    for (int i = 0; i < n; i++)
        if (strcmp(kept[i], path) == 0)
            return kept[i];
    if (n == 64)
        abort();
    size_t size = strlen(path) + 1;
    char *copy = mem_alloc(size);
    memcpy(copy, path, size);
    kept[n] = copy;
    return kept[n++];
}

/* Before every operation, with the mutex: false when there is no process any more to ask for it. */
static bool admit(enum op_kind kind)
{
    while (host.hold) {
        host.held = true;
        pthread_cond_broadcast(&host.turned);
        pthread_cond_wait(&host.turned, &host.mutex);
    }
    if (host.journal.n_ops >= host.killed_at && (!host.killed_in_sync || kind == OP_SYNC))
        host.killed = true;
    return !host.killed;
}

static void note(struct op op, const void *bytes)
{
    struct journal *j = &host.journal;
    if (!host.records)
        return;
    if (j->n_ops == j->room_ops) {
        j->room_ops = j->room_ops ? j->room_ops * 2 : 256;
        j->ops = mem_realloc(j->ops, j->room_ops * sizeof(op));
    }
    if (j->n_data + op.n > j->room_data) {
        j->room_data = (j->n_data + op.n) * 2;
        j->data = mem_realloc(j->data, j->room_data);
    }
    op.data = j->n_data;
    if (op.n)
        memcpy(j->data + j->n_data, bytes, op.n);
    j->n_data += op.n;
    j->ops[j->n_ops++] = op;
}

static bool ignored(const struct op *op)
{
    if (op->kind == OP_SYNC_DIRECTORY)
        return host.fault == FAULT_DIRECTORY_SYNC_IGNORED;
    if (op->kind != OP_SYNC)
        return false;
    return host.fault == FAULT_SYNC_IGNORED ||
           (host.fault == FAULT_FILE_SYNC_IGNORED && op->file == disk_find(&host.live, HOST_FILE));
}

void op_apply_whole(struct disk *d, const struct op *op)
{
    switch (op->kind) {
    case OP_RESIZE: disk_resize(d, op->file, op->at); break;
    case OP_LINK: disk_link(d, op->path, op->file); break;
    case OP_UNLINK: disk_unlink(d, op->path); break;
    case OP_RENAME:
        disk_unlink(d, op->path);
        disk_link(d, op->to, op->file);
        break;
    case OP_WRITE: /* its sectors are the caller's */
    case OP_SYNC:
    case OP_SYNC_DIRECTORY: break;
    }
}

static void change(const struct op *op, const void *bytes)
{
    if (op->kind == OP_WRITE)
        disk_write(&host.live, op->file, op->at, bytes, op->n);
    else
        op_apply_whole(&host.live, op);
}

static bool perform(struct op op, const void *bytes)
{
    pthread_mutex_lock(&host.mutex);
    bool admitted = admit(op.kind);
    if (admitted) {
        change(&op, bytes);
        if (!ignored(&op))
            note(op, bytes);
    }
    pthread_mutex_unlock(&host.mutex);
    return admitted;
}

int host_find(const char *path)
{
    pthread_mutex_lock(&host.mutex);
    int file = disk_find(&host.live, path);
    pthread_mutex_unlock(&host.mutex);
    return file;
}

int host_create(const char *path)
{
    pthread_mutex_lock(&host.mutex);
    int file = disk_new_file(&host.live);
    pthread_mutex_unlock(&host.mutex);
    struct op op = {.kind = OP_LINK, .file = file, .path = host_path(path)};
    return perform(op, NULL) ? file : DISK_NO_FILE;
}

bool host_make_directory(const char *path)
{
    return perform((struct op){.kind = OP_LINK, .file = DISK_DIRECTORY, .path = host_path(path)},
                   NULL);
}

bool host_unlink(const char *path)
{
    return perform((struct op){.kind = OP_UNLINK, .path = host_path(path)}, NULL);
}

bool host_rename(const char *from, const char *to)
{
    struct op op = {
        .kind = OP_RENAME, .file = host_find(from), .path = host_path(from), .to = host_path(to)};
    return perform(op, NULL);
}

bool host_sync_directory_of(const char *path)
{
    char parent[200] = {0};
    const char *slash = strrchr(path, '/');
    memcpy(parent, path, (size_t)(slash - path));
    return perform((struct op){.kind = OP_SYNC_DIRECTORY, .path = host_path(parent)}, NULL);
}

bool host_sync_home(const char *directory)
{
    struct op op = {.kind = OP_SYNC_DIRECTORY, .path = host_path(directory)};
    return host.fault == FAULT_HOME_SYNC_IGNORED || perform(op, NULL);
}

size_t host_read(int file, size_t at, void *into, size_t n)
{
    pthread_mutex_lock(&host.mutex);
    const struct disk_file *f = &host.live.files[file];
    size_t there = at < f->size ? f->size - at : 0;
    if (there > n)
        there = n;
    if (there)
        memcpy(into, f->bytes + at, there);
    pthread_mutex_unlock(&host.mutex);
    memset((uint8_t *)into + there, 0, n - there);
    return there;
}

size_t host_size(int file)
{
    pthread_mutex_lock(&host.mutex);
    size_t size = host.live.files[file].size;
    pthread_mutex_unlock(&host.mutex);
    return size;
}

bool host_write(int file, size_t at, const void *bytes, size_t n)
{
    return perform((struct op){.kind = OP_WRITE, .file = file, .at = at, .n = n}, bytes);
}

bool host_resize(int file, size_t size)
{
    return perform((struct op){.kind = OP_RESIZE, .file = file, .at = size}, NULL);
}

bool host_sync(int file)
{
    return perform((struct op){.kind = OP_SYNC, .file = file}, NULL);
}

void host_random(void *into, size_t n)
{
    for (uint8_t *at = into; n; n--)
        *at++ = (uint8_t)mix_next(&host.randomness);
}
