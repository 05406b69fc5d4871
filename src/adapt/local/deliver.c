/* The jar into the JobManager's own upload directory, and logs out. */
#include "adapt/local/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/uuid.h"

#define LOG_MOST (4 << 20)
/* Where Flink keeps uploads below web.upload.dir; it makes this itself when it comes up. */
#define UPLOADS "flink-web-upload"

/* Is this very JobManager alive? 1 yes, 0 no (text says), -1 cannot be told. */
static int is_incarnation(struct local *l, struct arena *a, struct attempt *at,
                          struct str incarnation, struct err *e)
{
    if (attempt_read(l, a, at->deployment, at->number, at, e) < 0)
        return -1;
    const struct process *p = attempt_process(at, STR(JOBMANAGER));
    if (at->stage != STAGE_PREPARED || !p || p->java != ALIVE_YES) {
        err_set(e, ERR_CONFLICT, "the JobManager of attempt %" PRId64 " is not running",
                at->number);
        return 0;
    }
    if (str_eq(process_incarnation(a, p), incarnation))
        return 1;
    err_set(e, ERR_CONFLICT, "the JobManager of attempt %" PRId64 " is %.*s, not %.*s", at->number,
            STR_ARG(process_incarnation(a, p)), STR_ARG(incarnation));
    return 0;
}

/* Flink's id of an uploaded jar is its file name: one path component that ends in .jar. */
static bool name_is_safe(struct str name)
{
    if (name.len == 0 || name.len > 200 || name.ptr[0] == '.' || !str_ends_with(name, STR(".jar")))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/' || (unsigned char)name.ptr[i] <= ' ' || name.ptr[i] == '\\' ||
            name.ptr[i] == '%' || name.ptr[i] == '?' || name.ptr[i] == '#')
            return false;
    return true;
}

/* The directory is the account's: what it makes of its paths must not become root's doing. */
static int place_as_root(struct local *l, struct arena *a, struct str upload,
                         struct platform_artifact jar, struct err *e)
{
    int parent = open(upload.ptr, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (parent < 0)
        return err_file(e, "open the directory", upload, errno);
    int failed = 0;
    int dir = -1;
    if (mkdirat(parent, UPLOADS, 0755) < 0 && errno != EEXIST)
        failed = errno;
    if (failed == 0 &&
        ((dir = openat(parent, UPLOADS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0 ||
         fchown(dir, l->user_id, l->group_id) < 0))
        failed = errno;
    close(parent);
    int result = failed ? err_file(e, "prepare uploads in", upload, failed)
                        : file_copy(a, jar.path, (struct file_place){dir, jar.name}, e);
    if (dir >= 0)
        close(dir);
    return result;
}

static int place(struct local *l, struct arena *a, const struct attempt *at,
                 const struct platform_artifact *jar, struct str *ret_id, struct err *e)
{
    uint8_t random[16];
    char uuid[UUID_TEXT + 1];
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return err_set(e, ERR_UNAVAILABLE, "no random numbers: %s", errno_text(errno));
    uuid_format(random, uuid);
    struct str name = name_is_safe(jar->name) ? jar->name : STR("job.jar");
    struct str id = arena_fmt(a, "%s_%.*s", uuid, STR_ARG(name));
    *ret_id = id;
    if (l->config.user.len > 0)
        return place_as_root(l, a, attempt_path(a, at, "upload"),
                             (struct platform_artifact){.path = jar->path, .name = id}, e);
    struct str dir = attempt_path(a, at, "upload/" UPLOADS);
    if (dir_make(dir, 0755, e) < 0)
        return -1;
    return file_give(a, jar->path, arena_fmt(a, "%.*s/%.*s", STR_ARG(dir), STR_ARG(id)), false, e);
}

void deliver_run(struct operation *o)
{
    struct local *l = o->l;
    struct arena *a = o->a;
    struct operation_result *ret = &o->result;
    struct err e = {0};
    struct attempt at = {.deployment = o->deployment, .number = o->attempt};
    struct str id = {0};
    int is = is_incarnation(l, a, &at, o->text, &e);
    if (is == 1 && place(l, a, &at, &o->jar, &id, &e) < 0)
        is = 0;
    /* Still the same one: the id belongs to it and to no other. */
    if (is == 1)
        is = is_incarnation(l, a, &at, o->text, &e);
    *ret = (struct operation_result){.outcome = is == 1   ? OUTCOME_DONE
                                                : is == 0 ? OUTCOME_REFUSED
                                                          : OUTCOME_UNKNOWN};
    ret->text = arena_str(a, str_of(e.text));
    if (is == 1)
        ret->jar_id = id;
}

static bool is_log_name(struct str process)
{
    return process_is_jobmanager(process) || plan_taskmanager_number(process) > 0;
}

void logs_run(struct operation *o)
{
    struct arena *a = o->a;
    struct str process = o->text;
    struct operation_result *ret = &o->result;
    static const char *const endings[] = {"log", "out"};
    struct err e = {0};
    size_t limit = o->most <= 0 ? 0 : o->most > LOG_MOST ? LOG_MOST : (size_t)o->most;
    *ret = (struct operation_result){.outcome = OUTCOME_REFUSED};
    ret->text =
        arena_fmt(a, "attempt %" PRId64 " has no log of %.*s", o->attempt, STR_ARG(process));
    if (!is_log_name(process) || str_find_char(process, '/') < process.len)
        return;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        struct str text;
        struct str path =
            arena_fmt(a, "%.*s/%.*s/%" PRId64 "/log/%.*s.%s", STR_ARG(o->l->clusters),
                      STR_ARG(o->deployment), o->attempt, STR_ARG(process), endings[i]);
        enum file_read read = file_tail(a, path, limit, &text, &e);
        if (read == FILE_READ && text.len > 0) {
            *ret = (struct operation_result){.outcome = OUTCOME_DONE, .text = text};
            return;
        }
        if (read == FILE_FAILED) {
            *ret = (struct operation_result){.outcome = OUTCOME_UNKNOWN};
            ret->text = arena_str(a, str_of(e.text));
            return;
        }
    }
}
