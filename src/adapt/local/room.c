/* Whether another cluster fits beside what runs: a standby must not cost the running job its memory. */
#include "adapt/local/internal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

enum { MEMINFO_MOST = 16384, CGROUP_MOST = 65536 };
#define MIB (1024 * 1024)

/* Bytes behind "NAME" at the start of a line; a unit of kB is taken into account. */
static bool number_after(struct str text, struct str name, int64_t *ret)
{
    while (text.len > 0) {
        struct str line = str_split(text, '\n', &text);
        if (!str_starts_with(line, name))
            continue;
        struct str rest = str_trim(str_skip(line, name.len));
        struct str unit;
        struct str number = str_split(rest, ' ', &unit);
        if (!str_to_i64(number, ret))
            return false;
        if (str_eq(str_trim(unit), STR("kB")))
            *ret *= 1024;
        return true;
    }
    return false;
}

bool room_of_machine(struct str meminfo, int64_t *ret)
{
    return number_after(meminfo, STR("MemAvailable:"), ret);
}

/* What a limit leaves; files that were read and not used lately do not count as used. */
bool room_of_cgroup(struct str most, struct str used, struct str stat, int64_t *ret)
{
    int64_t limit;
    int64_t now;
    int64_t files = 0;
    if (!str_to_i64(str_trim(most), &limit) || !str_to_i64(str_trim(used), &now))
        return false; /* "max": no limit */
    number_after(stat, STR("inactive_file "), &files);
    *ret = limit - now + files;
    return true;
}

/* What the kernel writes has no size beforehand. */
static bool read_text(struct arena *a, struct str path, size_t most, struct str *ret)
{
    char *text = arena_alloc(a, most);
    int fd = open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t n = 0;
    ssize_t got = 1;
    while (n < most && got > 0) {
        got = read(fd, text + n, most - n);
        n += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    *ret = (struct str){text, n};
    return got == 0; /* to its end */
}

/* Of the cgroup that Flink's processes are started in, which is ours; none that can be read limits
 * nothing. */
static bool cgroup_leaves(struct arena *a, const char *proc, int64_t *ret)
{
    struct str own;
    struct str most;
    struct str used;
    struct str stat;
    if (!read_text(a, arena_fmt(a, "%s/self/cgroup", proc), CGROUP_MOST, &own) ||
        !str_starts_with(own, STR("0::")))
        return false;
    struct str rest;
    struct str name = str_split(str_skip(own, strlen("0::")), '\n', &rest);
    struct str dir = arena_fmt(a, "/sys/fs/cgroup%.*s", STR_ARG(name));
    return read_text(a, arena_fmt(a, "%.*s/memory.max", STR_ARG(dir)), MEMINFO_MOST, &most) &&
           read_text(a, arena_fmt(a, "%.*s/memory.current", STR_ARG(dir)), MEMINFO_MOST, &used) &&
           read_text(a, arena_fmt(a, "%.*s/memory.stat", STR_ARG(dir)), CGROUP_MOST, &stat) &&
           room_of_cgroup(most, used, stat, ret);
}

int room_check(const struct local *l, struct arena *a, const struct cluster_plan *p, struct err *e)
{
    struct str meminfo;
    int64_t need = p->jobmanager.process + p->lease.taskmanagers * p->taskmanager.process;
    int64_t room = 0;
    int64_t limit = 0;
    if (!read_text(a, arena_fmt(a, "%s/meminfo", l->proc), MEMINFO_MOST, &meminfo) ||
        !room_of_machine(meminfo, &room))
        return err_set(e, ERR_UNAVAILABLE, "how much memory is free cannot be told");
    if (cgroup_leaves(a, l->proc, &limit) && limit < room)
        room = limit;
    if (need <= room)
        return 0;
    return err_set(e, ERR_UNAVAILABLE,
                   "it needs %" PRId64 " MiB beside what runs, and %" PRId64 " MiB are free",
                   need / MIB, room / MIB);
}
