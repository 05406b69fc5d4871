/* Whether one snapshot is whole: its `_metadata` parses to the last byte, and every file that it
 * names is there with at least the size that it had (behaviour.md 5). */
#include "adapt/snapshots_file/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "model/flink_metadata.h"
#include "model/savepoint.h"
#include "model/snapshot_location.h"

struct str snapshot_errno(struct arena *a, int error)
{
    const char *text = strerrordesc_np(error);
    return text ? str_of(text) : arena_fmt(a, "error %d", error);
}

bool snapshot_checkpoint_name(struct str name, int64_t *ret)
{
    struct str digits = str_skip(name, 4);
    if (!str_starts_with(name, STR("chk-")) || str_is_empty(digits))
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
    }
    return str_to_i64(digits, ret);
}

bool snapshot_name(struct str name)
{
    int64_t id = 0;
    struct str prefix = STR("savepoint-");
    return snapshot_checkpoint_name(name, &id) ||
           (str_starts_with(name, prefix) && name.len > prefix.len);
}

static bool proves_absence(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

static struct verify_result not_done(enum outcome outcome, struct str text)
{
    return (struct verify_result){.outcome = outcome, .text = text};
}

static struct verify_result judged(struct snapshot_sight sight, enum verified verified,
                                   struct str text)
{
    sight.verified = (int)verified;
    sight.text = text;
    return (struct verify_result){.outcome = OUTCOME_DONE, .sight = sight};
}

/* Reads the n bytes that fstat promised; false with errno (0: the file has become shorter). */
static bool read_all(int fd, char *to, size_t n)
{
    for (size_t got = 0; got < n;) {
        ssize_t more = read(fd, to + got, n - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0) {
            errno = more == 0 ? 0 : errno;
            return false;
        }
        got += (size_t)more;
    }
    return true;
}

/* Opens a file for reading, never waiting on a pipe somebody put there; -1 with errno. */
static int open_plain(int directory, const char *name, struct stat *ret)
{
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, ret) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* A path that a relative handle may name: inside the snapshot's directory. */
static bool stays_inside(struct str path)
{
    if (str_is_empty(path) || path.ptr[0] == '/' || memchr(path.ptr, '\0', path.len))
        return false;
    struct str rest = path;
    while (!str_is_empty(rest)) {
        if (str_eq(str_split(rest, '/', &rest), STR("..")))
            return false;
    }
    return true;
}

static bool is_below(struct str path, struct str directory)
{
    return str_starts_with(path, directory) && path.len > directory.len &&
           path.ptr[directory.len] == '/';
}

struct check {
    struct arena *arena;
    int directory;
    struct str path; /* of the directory */
    struct snapshot_sight sight;
    size_t elsewhere;                /* files on storage that cannot be read from here */
    struct flink_metadata *metadata; /* once it was understood */
};

/* Looks at one file. True: go on. False: *ret says why not. */
static bool check_file(struct check *c, const struct flink_file *f, struct verify_result *ret)
{
    struct str name = f->path;
    if (f->kind == FLINK_FILE_ABSOLUTE) {
        name = snapshot_location_path(c->arena, f->path);
        c->sight.incremental |= str_is_empty(name) || !is_below(name, c->path);
        if (str_is_empty(name)) {
            c->elsewhere++;
            return true;
        }
    } else if (!stays_inside(name)) {
        *ret = judged(
            c->sight, VERIFIED_BROKEN,
            arena_fmt(c->arena, "it names the file %.*s, outside its directory", STR_ARG(name)));
        return false;
    }
    struct stat st;
    if (fstatat(c->directory, name.ptr, &st, 0) != 0) {
        int error = errno;
        struct str why = snapshot_errno(c->arena, error);
        if (proves_absence(error))
            *ret = judged(c->sight, VERIFIED_BROKEN,
                          arena_fmt(c->arena, "the file %.*s is missing", STR_ARG(name)));
        else
            *ret = not_done(OUTCOME_UNKNOWN, arena_fmt(c->arena, "cannot look at %.*s: %.*s",
                                                       STR_ARG(name), STR_ARG(why)));
        return false;
    }
    if (S_ISREG(st.st_mode) && st.st_size >= f->size)
        return true;
    *ret =
        judged(c->sight, VERIFIED_BROKEN,
               arena_fmt(c->arena, "the file %.*s is too short: %lld of %lld bytes", STR_ARG(name),
                         S_ISREG(st.st_mode) ? (long long)st.st_size : 0LL, (long long)f->size));
    return false;
}

static struct verify_result check_files(struct check *c, const struct flink_metadata *m)
{
    struct verify_result bad;
    for (size_t i = 0; i < m->n_files; i++) {
        if (!check_file(c, &m->files[i], &bad))
            return bad;
    }
    if (c->elsewhere > 0)
        return judged(c->sight, VERIFIED_METADATA,
                      arena_fmt(c->arena,
                                "read to its last byte; %zu of %zu files are on storage that "
                                "cannot be read from here",
                                c->elsewhere, m->n_files));
    if (m->n_files == 0)
        return judged(c->sight, VERIFIED_FULL, STR("read to its last byte; all state is inside"));
    return judged(
        c->sight, VERIFIED_FULL,
        arena_fmt(c->arena, "read to its last byte; its %zu files are there", m->n_files));
}

static struct verify_result check_bytes(struct check *c, struct str bytes)
{
    struct flink_metadata *m = ARENA_NEW(c->arena, struct flink_metadata);
    struct err e = {0};
    if (flink_metadata_read(c->arena, bytes, m, &e) != 0)
        return judged(c->sight, VERIFIED_BROKEN, arena_str(c->arena, str_of(e.text)));
    c->metadata = m;
    c->sight.checkpoint_id = m->checkpoint_id;
    c->sight.metadata_version = m->version;
    c->sight.size_bytes = m->size;
    return check_files(c, m);
}

static struct verify_result check_metadata(struct check *c, int fd, const struct stat *st)
{
    if (!S_ISREG(st->st_mode))
        return judged(c->sight, VERIFIED_BROKEN, STR("its _metadata is not a file"));
    if (st->st_size > (off_t)LIMIT_METADATA_FILE)
        return not_done(OUTCOME_UNKNOWN,
                        arena_fmt(c->arena,
                                  "%.*s/_metadata has %lld bytes, more than the %u that "
                                  "are read",
                                  STR_ARG(c->path), (long long)st->st_size, LIMIT_METADATA_FILE));
    size_t n = (size_t)st->st_size;
    char *bytes = mem_alloc(n + 1);
    struct verify_result result;
    if (read_all(fd, bytes, n)) {
        result = check_bytes(c, (struct str){bytes, n});
    } else {
        struct str why = errno ? snapshot_errno(c->arena, errno) : STR("it shrinks meanwhile");
        result = not_done(OUTCOME_UNKNOWN, arena_fmt(c->arena, "cannot read %.*s/_metadata: %.*s",
                                                     STR_ARG(c->path), STR_ARG(why)));
    }
    mem_free(bytes);
    return result;
}

static struct verify_result cannot_open(struct arena *a, struct str path, const char *what)
{
    int error = errno;
    if (proves_absence(error))
        return not_done(OUTCOME_REFUSED, arena_fmt(a, "%.*s%s is not there", STR_ARG(path), what));
    struct str why = snapshot_errno(a, error);
    return not_done(OUTCOME_UNKNOWN,
                    arena_fmt(a, "cannot open %.*s%s: %.*s", STR_ARG(path), what, STR_ARG(why)));
}

struct verify_result snapshot_verify(struct arena *a, struct str path, struct flink_metadata **ret)
{
    struct check c = {.arena = a, .path = path};
    c.directory = open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c.directory < 0)
        return cannot_open(a, path, "");
    struct stat st;
    int fd = open_plain(c.directory, "_metadata", &st);
    struct verify_result result;
    if (fd < 0) {
        result = cannot_open(a, path, "/_metadata");
    } else {
        c.sight.location = arena_fmt(a, "file:%.*s", STR_ARG(path));
        c.sight.modified_at =
            (int64_t)st.st_mtim.tv_sec * 1000000 + (int64_t)st.st_mtim.tv_nsec / 1000;
        result = check_metadata(&c, fd, &st);
        close(fd);
    }
    close(c.directory);
    if (ret)
        *ret = c.metadata;
    return result;
}
