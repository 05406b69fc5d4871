/* All snapshots directly below a directory. A listing is complete or it is UNKNOWN: half of one
 * could hide the newest snapshot. */
#include "adapt/snapshots_file/read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"

struct names {
    struct str *items;
    size_t n;
};

static struct snapshot_listing not_listed(enum outcome outcome, struct str text)
{
    return (struct snapshot_listing){.outcome = outcome, .text = text};
}

/* Fills *ret with the entries that are named like snapshots. False: *bad says why not. */
static bool read_names(struct arena *a, struct str path, DIR *dir, struct names *ret,
                       struct snapshot_listing *bad)
{
    ret->items = ARENA_ARRAY(a, struct str, LIMIT_SNAPSHOTS_LISTED);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry && errno == 0)
            return true;
        if (!entry) {
            struct str why = snapshot_errno(a, errno);
            *bad = not_listed(OUTCOME_UNKNOWN,
                              arena_fmt(a, "cannot list %.*s: %.*s", STR_ARG(path), STR_ARG(why)));
            return false;
        }
        struct str name = str_of(entry->d_name);
        if (!snapshot_name(name))
            continue;
        if (ret->n == LIMIT_SNAPSHOTS_LISTED) {
            *bad = not_listed(OUTCOME_UNKNOWN, arena_fmt(a, "%.*s holds more than %u snapshots",
                                                         STR_ARG(path), LIMIT_SNAPSHOTS_LISTED));
            return false;
        }
        ret->items[ret->n++] = arena_str(a, name);
    }
}

static int by_checkpoint(const void *x, const void *y)
{
    const struct snapshot_sight *a = x;
    const struct snapshot_sight *b = y;
    if (a->checkpoint_id != b->checkpoint_id)
        return a->checkpoint_id < b->checkpoint_id ? -1 : 1;
    return str_cmp(a->location, b->location);
}

static struct snapshot_listing verify_each(struct arena *a, struct str path,
                                           const struct names *names)
{
    struct snapshot_listing listing = {.outcome = OUTCOME_DONE};
    listing.items = ARENA_ARRAY(a, struct snapshot_sight, names->n);
    struct str base = path.len > 1 ? path : (struct str){NULL, 0}; /* "/" ends in its slash */
    for (size_t i = 0; i < names->n; i++) {
        struct str one = arena_fmt(a, "%.*s/%.*s", STR_ARG(base), STR_ARG(names->items[i]));
        struct verify_result v = snapshot_verify(a, one, NULL);
        if (v.outcome == OUTCOME_UNKNOWN)
            return not_listed(OUTCOME_UNKNOWN, v.text);
        if (v.outcome == OUTCOME_REFUSED)
            continue;                      /* never finished, or removed since it was listed */
        if (v.sight.metadata_version == 0) /* unreadable: its name is all that is known */
            (void)snapshot_checkpoint_name(names->items[i], &v.sight.checkpoint_id);
        listing.items[listing.n++] = v.sight;
    }
    if (listing.n > 1)
        qsort(listing.items, listing.n, sizeof(*listing.items), by_checkpoint);
    return listing;
}

struct snapshot_listing snapshot_list(struct arena *a, struct str path)
{
    int fd = open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        int error = errno;
        struct str why = snapshot_errno(a, error);
        if (fd >= 0)
            close(fd);
        bool absent = error == ENOENT || error == ENOTDIR;
        return not_listed(absent ? OUTCOME_REFUSED : OUTCOME_UNKNOWN,
                          arena_fmt(a, "cannot list %.*s: %.*s", STR_ARG(path), STR_ARG(why)));
    }
    struct names names = {0};
    struct snapshot_listing bad;
    bool complete = read_names(a, path, dir, &names, &bad);
    closedir(dir);
    return complete ? verify_each(a, path, &names) : bad;
}
