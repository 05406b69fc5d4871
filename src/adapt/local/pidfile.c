#include "adapt/local/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void pid_record_write(struct buf *b, const struct pid_record *r)
{
    buf_fmt(b, "boot %s\nshim %" PRId64 " %" PRIu64 "\njava %" PRId64 " %" PRIu64 "\n", r->boot,
            r->shim.pid, r->shim.start, r->java.pid, r->java.start);
}

static bool id_read(struct str line, struct str name, struct process_id *ret)
{
    struct str rest;
    int64_t start = 0;
    if (!str_eq(str_split(line, ' ', &rest), name))
        return false;
    struct str pid = str_split(rest, ' ', &rest);
    if (!str_to_i64(pid, &ret->pid) || ret->pid <= 0 || !str_to_i64(rest, &start) || start < 0)
        return false;
    ret->start = (uint64_t)start;
    return true;
}

bool pid_record_read(struct str text, struct pid_record *ret)
{
    struct pid_record r = {0};
    struct str rest;
    struct str boot;
    if (!str_eq(str_split(str_split(text, '\n', &rest), ' ', &boot), STR("boot")))
        return false;
    if (boot.len == 0 || boot.len >= sizeof(r.boot))
        return false;
    memcpy(r.boot, boot.ptr, boot.len);
    if (!id_read(str_split(rest, '\n', &rest), STR("shim"), &r.shim))
        return false;
    /* The last newline is part of the record: without it the file was cut. */
    if (!str_ends_with(rest, STR("\n")))
        return false;
    if (!id_read(str_split(rest, '\n', &rest), STR("java"), &r.java))
        return false;
    *ret = r;
    return true;
}

/* Up to size - 1 bytes of a small file, NUL-terminated; the length, or -1 with errno. */
static ssize_t small_file(const char *path, char *ret, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t n = read(fd, ret, size - 1);
    int saved = errno;
    close(fd);
    errno = saved;
    if (n >= 0)
        ret[n] = '\0';
    return n;
}

int boot_id_read(char ret[BOOT_ID_MOST])
{
    const char *given = getenv("SLUICE_BOOT_ID");
    if (given && *given && strlen(given) < BOOT_ID_MOST) {
        memcpy(ret, given, strlen(given) + 1);
        return 0;
    }
    ssize_t n = small_file("/proc/sys/kernel/random/boot_id", ret, BOOT_ID_MOST);
    if (n < 0)
        return -1;
    ret[strcspn(ret, "\n")] = '\0';
    if (ret[0] != '\0')
        return 0;
    errno = EBADMSG;
    return -1;
}

int process_start_time(const char *proc, int64_t pid, uint64_t *ret)
{
    char path[128];
    char text[1024];
    snprintf(path, sizeof(path), "%s/%" PRId64 "/stat", proc, pid);
    if (small_file(path, text, sizeof(text)) < 0)
        return -1;
    /* The name in field 2 may hold anything, brackets and spaces too: count from its end. */
    const char *at = strrchr(text, ')');
    for (int field = 2; at && field < 22; field++) {
        at = strchr(at, ' ');
        if (at)
            at++;
    }
    char *end = NULL;
    errno = 0;
    uint64_t start = at ? strtoull(at, &end, 10) : 0;
    if (!at || end == at || errno != 0) {
        errno = EBADMSG;
        return -1;
    }
    *ret = start;
    return 0;
}
