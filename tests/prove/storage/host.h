/* The machine that the store runs on: what its programs see on the disk, and a journal of all that
 * they asked of it, from which crash.h works out what a power cut may leave. One host at a time, as
 * the VFS and the wrapped calls have no other way to know where they are. */
#pragma once

#include "disk.h"
#include "fault.h"

/* Everything below is in memory; any other path is the real system's. */
#define HOST_ROOT "/power"
#define HOST_HOME HOST_ROOT "/data"
#define HOST_FILE HOST_HOME "/sluice.db"
#define HOST_VFS  "power"

enum op_kind { OP_WRITE, OP_RESIZE, OP_SYNC, OP_LINK, OP_UNLINK, OP_RENAME, OP_SYNC_DIRECTORY };

struct op {
    enum op_kind kind;
    int file;    /* of writes, resizes, syncs, links, renames */
    size_t at;   /* of a write; the new size of a resize */
    size_t n;    /* of a write */
    size_t data; /* of a write: where its bytes are in the journal */
    const char *path;
    const char *to; /* of a rename */
};

struct journal {
    struct disk base; /* before the first of them; all of it durable */
    struct op *ops;
    size_t n_ops;
    size_t room_ops;
    uint8_t *data;
    size_t n_data;
    size_t room_data;
};

/* Boots from a copy of `base`. Only a host that `records` has a journal. `salt` decides what SQLite
 * takes for random. */
void host_boot(const struct disk *base, bool records, enum fault fault, uint64_t salt);
/* Takes the journal (which must be freed) and ends the host. */
struct journal host_shut_down(void);
void journal_free(struct journal *j);
/* Does to the disk what an operation does that cannot come about in part: all but a write. */
void op_apply_whole(struct disk *d, const struct op *op);
/* How many operations there were. */
size_t host_time(void);

/* The process is killed before its operation of that number, or the first sync from then on: it and
 * all later ones fail and leave nothing. SIZE_MAX = it lives. */
void host_kill_at(size_t time, bool in_sync);
bool host_is_killed(void);

/* The next operation waits until it is let go, so that what is sent meanwhile forms one group. */
void host_hold(void);
/* False when nothing came to be held for a minute. */
bool host_await_held(void);
void host_let_go(void);

/* Calls of the programs. Those that return bool answer false when the process is killed. */
const char *host_path(const char *path); /* the same text, kept for ever */
int host_find(const char *path);
/* A new file of that name; DISK_NO_FILE when killed. */
int host_create(const char *path);
bool host_make_directory(const char *path);
bool host_unlink(const char *path);
bool host_rename(const char *from, const char *to);
bool host_sync_directory_of(const char *path);
/* The same when it is not SQLite that asks. */
bool host_sync_home(const char *directory);
/* What lies behind the end of the file reads as zeros; returns how many bytes do not. */
size_t host_read(int file, size_t at, void *into, size_t n);
size_t host_size(int file);
bool host_write(int file, size_t at, const void *bytes, size_t n);
bool host_resize(int file, size_t size);
bool host_sync(int file);
void host_random(void *into, size_t n);
