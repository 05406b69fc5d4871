/* Removing one snapshot's own directory. Flink keeps snapshot directories flat, so anything else is
 * left alone, and nothing is ever followed out of the directory. `_metadata` goes last: a snapshot
 * that is half removed still shows, as broken, and removing it again finishes the work. */
#include "adapt/snapshots_file/read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct removal {
    struct arena *arena;
    struct str path;
    DIR *dir;
    int fd; /* of dir */
    bool has_metadata;
    bool has_others;
    struct remove_result result; /* set when it ends early */
};

static struct remove_result ended(struct arena *a, enum outcome outcome, struct str path,
                                  const char *what)
{
    return (struct remove_result){outcome, arena_fmt(a, "%.*s %s", STR_ARG(path), what)};
}

static struct remove_result failed(struct arena *a, struct str path, const char *what)
{
    struct str why = snapshot_errno(a, errno);
    return (struct remove_result){
        OUTCOME_UNKNOWN, arena_fmt(a, "cannot %s %.*s: %.*s", what, STR_ARG(path), STR_ARG(why))};
}

static bool is_metadata(const struct dirent *entry)
{
    return str_eq(str_of(entry->d_name), STR("_metadata"));
}

/* Calls fn for every entry; false when it or the listing failed. */
static bool each_entry(struct removal *r, bool (*fn)(struct removal *r, const struct dirent *entry))
{
    rewinddir(r->dir);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(r->dir);
        if (!entry && errno == 0)
            return true;
        if (!entry) {
            r->result = failed(r->arena, r->path, "list");
            return false;
        }
        struct str name = str_of(entry->d_name);
        if (!str_eq(name, STR(".")) && !str_eq(name, STR("..")) && !fn(r, entry))
            return false;
    }
}

static bool look_at(struct removal *r, const struct dirent *entry)
{
    struct stat st;
    if (fstatat(r->fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        r->result = failed(r->arena, r->path, "look into");
        return false;
    }
    if (S_ISDIR(st.st_mode)) {
        r->result = (struct remove_result){
            OUTCOME_REFUSED,
            arena_fmt(r->arena, "%.*s holds the directory %s: not a snapshot that Flink wrote",
                      STR_ARG(r->path), entry->d_name)};
        return false;
    }
    if (is_metadata(entry))
        r->has_metadata = true;
    else
        r->has_others = true;
    return true;
}

static bool remove_entry(struct removal *r, const struct dirent *entry)
{
    if (is_metadata(entry) || unlinkat(r->fd, entry->d_name, 0) == 0 || errno == ENOENT)
        return true;
    r->result = failed(r->arena, r->path, "remove a file of");
    return false;
}

static struct remove_result remove_content(struct removal *r, int parent, const char *name)
{
    if (!each_entry(r, look_at))
        return r->result;
    if (!r->has_metadata && r->has_others)
        return ended(r->arena, OUTCOME_REFUSED, r->path, "has no _metadata: not a snapshot");
    if (!each_entry(r, remove_entry))
        return r->result;
    if (r->has_metadata && unlinkat(r->fd, "_metadata", 0) != 0 && errno != ENOENT)
        return failed(r->arena, r->path, "remove _metadata of");
    if (unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        return failed(r->arena, r->path, "remove");
    return ended(r->arena, OUTCOME_DONE, r->path, "is removed");
}

static struct remove_result remove_below(struct arena *a, int parent, struct str path,
                                         const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return ended(a, OUTCOME_DONE, path, "was gone already");
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        return ended(a, OUTCOME_REFUSED, path, "is not a directory");
    struct removal r = {.arena = a, .path = path};
    r.dir = fd < 0 ? NULL : fdopendir(fd);
    r.fd = fd;
    if (!r.dir) {
        struct remove_result result = failed(a, path, "open");
        if (fd >= 0)
            close(fd);
        return result;
    }
    struct remove_result result = remove_content(&r, parent, name);
    closedir(r.dir);
    return result;
}

struct remove_result snapshot_remove(struct arena *a, struct str path)
{
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    struct str name = str_skip(path, slash);
    struct str above = arena_str(a, str_take(path, slash));
    struct str steps = path;
    while (!str_is_empty(steps)) {
        if (str_eq(str_split(steps, '/', &steps), STR("..")))
            return ended(a, OUTCOME_REFUSED, path, "is not a plain path");
    }
    if (!snapshot_name(name))
        return ended(a, OUTCOME_REFUSED, path, "is not named like a snapshot's directory");
    int parent = open(above.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) /* all of the storage may be away, so this proves nothing */
        return failed(a, above, "open");
    struct remove_result result = remove_below(a, parent, path, name.ptr);
    close(parent);
    return result;
}
