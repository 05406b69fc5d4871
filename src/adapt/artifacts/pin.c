#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "adapt/artifacts/parts.h"
#include "base/limits.h"

#define PIECE (256U << 10)
/* File times move in ticks of up to 10 ms. */
#define FRESH_NS (INT64_C(100) * 1000 * 1000)

struct verdict verdict_refused(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct verdict v = {OUTCOME_REFUSED, arena_vfmt(a, fmt, args)};
    va_end(args);
    return v;
}

struct verdict verdict_unknown(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct verdict v = {OUTCOME_UNKNOWN, arena_vfmt(a, fmt, args)};
    va_end(args);
    return v;
}

static int64_t ns_of(struct timespec t)
{
    return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

struct identity identity_of(const struct stat *st)
{
    return (struct identity){
        .device = st->st_dev,
        .inode = st->st_ino,
        .size = st->st_size,
        .mtime_ns = ns_of(st->st_mtim),
        .ctime_ns = ns_of(st->st_ctim),
    };
}

bool identity_same(const struct identity *x, const struct identity *y)
{
    return x->device == y->device && x->inode == y->inode && x->size == y->size &&
           x->mtime_ns == y->mtime_ns && x->ctime_ns == y->ctime_ns;
}

bool identity_is_fresh(const struct identity *i)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t newest = i->mtime_ns > i->ctime_ns ? i->mtime_ns : i->ctime_ns;
    return ns_of(now) - newest < FRESH_NS;
}

struct str pinned_path(struct arena *a, const char *directory, const char *hex)
{
    return arena_fmt(a, "%s/%s.jar", directory, hex);
}

struct verdict temp_file(struct arena *a, const char *directory, int *ret_fd, struct str *ret_path)
{
    char *path = arena_cstr(a, arena_fmt(a, "%s/.fetch-XXXXXX", directory));
    *ret_fd = mkostemp(path, O_CLOEXEC);
    if (*ret_fd < 0)
        return verdict_unknown(a, "cannot write into %s: %s", directory, strerrordesc_np(errno));
    *ret_path = str_of(path);
    return VERDICT_DONE;
}

/* What the file system says for certain is a refusal; what may pass (no descriptors, a server that
 * does not answer) is not. */
static struct verdict cannot_open(struct arena *a, const char *path, int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR: return verdict_refused(a, "%s does not exist", path);
    case EACCES:
    case EPERM:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO: return verdict_refused(a, "%s cannot be read: %s", path, strerrordesc_np(error));
    default: return verdict_unknown(a, "%s cannot be read: %s", path, strerrordesc_np(error));
    }
}

struct verdict source_open(struct arena *a, const char *path, int *ret_fd, struct identity *ret)
{
    struct stat st;
    /* a pipe of that name must not block the pool */
    *ret_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*ret_fd < 0)
        return cannot_open(a, path, errno);
    if (fstat(*ret_fd, &st) < 0)
        return verdict_unknown(a, "%s cannot be looked at: %s", path, strerrordesc_np(errno));
    if (!S_ISREG(st.st_mode))
        return verdict_refused(a, "%s is not a regular file", path);
    if (st.st_size > (int64_t)LIMIT_JAR)
        return verdict_refused(a, "%s is larger than %u bytes", path, LIMIT_JAR);
    *ret = identity_of(&st);
    return VERDICT_DONE;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static struct verdict copy_pieces(struct arena *a, EVP_MD_CTX *hash, int from, int to,
                                  int64_t *ret_size)
{
    char *piece = arena_alloc(a, PIECE);
    *ret_size = 0;
    for (;;) {
        ssize_t n = read(from, piece, PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return verdict_unknown(a, "cannot be read: %s", strerrordesc_np(errno));
        if (n == 0)
            return VERDICT_DONE;
        *ret_size += n;
        if (*ret_size > (int64_t)LIMIT_JAR)
            return verdict_refused(a, "larger than %u bytes", LIMIT_JAR);
        if (EVP_DigestUpdate(hash, piece, (size_t)n) != 1)
            return verdict_unknown(a, "cannot be hashed");
        if (to >= 0 && !write_all(to, piece, (size_t)n))
            return verdict_unknown(a, "cannot be copied: %s", strerrordesc_np(errno));
    }
}

struct verdict copy_and_hash(struct arena *a, const EVP_MD *md, int from, int to,
                             struct digest *ret)
{
    unsigned char sum[SHA256_HEX / 2];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    struct verdict v = VERDICT_DONE;
    if (!hash || EVP_DigestInit_ex2(hash, md, NULL) != 1)
        v = verdict_unknown(a, "cannot be hashed");
    if (v.outcome == OUTCOME_DONE)
        v = copy_pieces(a, hash, from, to, &ret->size);
    if (v.outcome == OUTCOME_DONE && EVP_DigestFinal_ex(hash, sum, NULL) != 1)
        v = verdict_unknown(a, "cannot be hashed");
    EVP_MD_CTX_free(hash);
    if (v.outcome == OUTCOME_DONE)
        for (size_t i = 0; i < sizeof(sum); i++)
            snprintf(ret->hex + 2 * i, 3, "%02x", sum[i]);
    return v;
}

static bool sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* True when a file of that name holds that content: then it stays, and who knows it still does. */
static bool holds_already(struct arena *a, const EVP_MD *md, const char *path,
                          const struct digest *digest, struct identity *ret)
{
    struct digest found;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    bool same = fd >= 0 && fstat(fd, &st) == 0 && st.st_size == digest->size &&
                copy_and_hash(a, md, fd, -1, &found).outcome == OUTCOME_DONE &&
                strcmp(found.hex, digest->hex) == 0;
    if (fd >= 0)
        close(fd);
    if (same)
        *ret = identity_of(&st);
    return same;
}

struct verdict pin(struct arena *a, const struct shelf *shelf, int fd, struct str temp,
                   const struct digest *digest, struct identity *ret)
{
    struct stat st;
    struct str path = pinned_path(a, shelf->directory, digest->hex);
    if (holds_already(a, shelf->md, path.ptr, digest, ret))
        return VERDICT_DONE;
    if (fchmod(fd, 0400) < 0 || fsync(fd) < 0 || rename(temp.ptr, path.ptr) < 0 ||
        !sync_directory(shelf->directory) || fstat(fd, &st) < 0)
        return verdict_unknown(a, "cannot be kept as %s: %s", path.ptr, strerrordesc_np(errno));
    *ret = identity_of(&st);
    return VERDICT_DONE;
}
