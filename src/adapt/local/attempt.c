#include "adapt/local/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define RECORD_MOST 4096U
#define CAUSE_TAIL  (64U << 10)

struct str attempt_path(struct arena *a, const struct attempt *at, const char *name)
{
    return arena_fmt(a, "%.*s/%s", STR_ARG(at->dir), name);
}

struct str attempt_run_dir(struct arena *a, const struct attempt *at)
{
    return attempt_path(a, at, at->stage == STAGE_ENDING ? "run.ended" : "run");
}

bool deployment_id_is_safe(struct str id)
{
    if (id.len == 0 || id.len > LIMIT_NAME)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-'))
            return false;
    }
    return true;
}

bool process_is_jobmanager(struct str name)
{
    return str_eq(name, STR(JOBMANAGER));
}

static int find_stage(struct arena *a, struct attempt *at, struct err *e)
{
    if (path_exists(attempt_path(a, at, "ended"))) {
        at->stage = STAGE_ENDED;
        return 0;
    }
    if (path_exists(attempt_path(a, at, "run.ended"))) {
        at->stage = STAGE_ENDING;
    } else if (path_exists(attempt_path(a, at, "run"))) {
        at->stage = STAGE_PREPARED;
    } else {
        at->stage = STAGE_ABSENT;
        return 0;
    }
    struct str text;
    switch (file_read(a, attempt_path(a, at, "cluster"), RECORD_MOST, &text, e)) {
    case FILE_READ: break;
    case FILE_ABSENT:
        return err_set(e, ERR_UNAVAILABLE, "%.*s has no file cluster", STR_ARG(at->dir));
    case FILE_FAILED: return -1;
    }
    struct lease *x = &at->lease;
    if (sscanf(text.ptr,
               "rpc %" SCNd64 "\nrest %" SCNd64 "\nblob %" SCNd64 "\ntaskmanagers %" SCNd64,
               &x->rpc, &x->rest, &x->blob, &x->taskmanagers) != 4)
        return err_set(e, ERR_UNAVAILABLE, "%.*s/cluster makes no sense", STR_ARG(at->dir));
    return 0;
}

static enum alive of_this_boot(struct local *l, const struct pid_record *r, struct process_id id,
                               struct err *e)
{
    /* Another boot: whatever has this number now is somebody else. */
    return strcmp(r->boot, l->boot_id) != 0 ? ALIVE_NO : process_alive(l->proc, id, e);
}

static int read_process(struct local *l, struct arena *a, const struct attempt *at, struct str file,
                        struct process *p, struct err *e)
{
    struct str text;
    struct str run = attempt_run_dir(a, at);
    struct str path = arena_fmt(a, "%.*s/%.*s", STR_ARG(run), STR_ARG(file));
    p->name = str_take(file, file.len - strlen(".pid"));
    if (file_read(a, path, RECORD_MOST, &text, e) != FILE_READ ||
        !pid_record_read(text, &p->record))
        return err_set(e, ERR_UNAVAILABLE, "cannot make out %.*s", STR_ARG(path));
    p->shim = of_this_boot(l, &p->record, p->record.shim, e);
    p->java = of_this_boot(l, &p->record, p->record.java, e);
    if (p->shim == ALIVE_UNKNOWN || p->java == ALIVE_UNKNOWN)
        return -1;
    path = arena_fmt(a, "%.*s/%.*s.exit", STR_ARG(run), STR_ARG(p->name));
    if (file_read(a, path, RECORD_MOST, &text, e) == FILE_READ)
        p->end = str_trim(text);
    return 0;
}

int attempt_read(struct local *l, struct arena *a, struct str deployment, int64_t number,
                 struct attempt *ret, struct err *e)
{
    struct attempt at = {.deployment = deployment, .number = number};
    at.dir = arena_fmt(a, "%.*s/%.*s/%" PRId64, STR_ARG(l->clusters), STR_ARG(deployment), number);
    if (find_stage(a, &at, e) < 0)
        return -1;
    if (at.stage == STAGE_PREPARED || at.stage == STAGE_ENDING) {
        struct str_list names;
        if (dir_list(a, attempt_run_dir(a, &at), &names, e) != FILE_READ)
            return err_wrap(e, "attempt %" PRId64, number);
        at.processes = ARENA_ARRAY(a, struct process, names.n);
        for (size_t i = 0; i < names.n; i++) {
            if (!str_ends_with(names.items[i], STR(".pid")))
                continue;
            if (read_process(l, a, &at, names.items[i], &at.processes[at.n_processes++], e) < 0)
                return -1;
        }
    }
    *ret = at;
    return 0;
}

static int by_number(const void *x, const void *y)
{
    int64_t p = *(const int64_t *)x;
    int64_t q = *(const int64_t *)y;
    return p < q ? -1 : p > q;
}

int attempt_list(struct local *l, struct arena *a, struct str deployment, int64_t **ret,
                 size_t *ret_n, struct err *e)
{
    struct str_list names = {0};
    struct str dir = arena_fmt(a, "%.*s/%.*s", STR_ARG(l->clusters), STR_ARG(deployment));
    if (dir_list(a, dir, &names, e) == FILE_FAILED)
        return -1;
    int64_t *numbers = ARENA_ARRAY(a, int64_t, names.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < names.n; i++)
        if (str_to_i64(names.items[i], &numbers[n]) && numbers[n] >= 0)
            n++;
    qsort(numbers, n, sizeof(numbers[0]), by_number);
    *ret = numbers;
    *ret_n = n;
    return 0;
}

int attempt_fence(struct arena *a, const struct attempt *at, struct err *e)
{
    struct str run = attempt_path(a, at, "run");
    if (rename(run.ptr, attempt_path(a, at, "run.ended").ptr) < 0)
        return err_file(e, "put aside", run, errno);
    return 0;
}

void attempt_tidy(struct arena *a, struct str dir)
{
    /* The last one says that there is something left to remove. */
    static const char *const parts[] = {"tmp", "upload", "lib", "conf", "run.ended"};
    struct err ignored;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (tree_remove(arena_fmt(a, "%.*s/%s", STR_ARG(dir), parts[i]), &ignored) < 0)
            return;
}

/* Removes the logs of all but the newest ended attempts. */
static int forget_old(struct local *l, struct arena *a, const struct attempt *ended, struct err *e)
{
    struct str deployment = ended->deployment;
    int64_t *numbers;
    size_t n;
    if (attempt_list(l, a, deployment, &numbers, &n, e) < 0)
        return -1;
    int64_t kept = 0;
    bool newest = true;
    for (size_t i = n; i-- > 0;) {
        struct attempt at = {0};
        at.dir = arena_fmt(a, "%.*s/%.*s/%" PRId64, STR_ARG(l->clusters), STR_ARG(deployment),
                           numbers[i]);
        if (find_stage(a, &at, e) < 0)
            return -1;
        if (at.stage != STAGE_ENDED)
            continue;
        /* The newest says for all before it that they are over; the last one may be older, where a
         * standby ended before it. Without logs, that is all they do. */
        bool has_logs = path_exists(attempt_path(a, &at, "log"));
        bool last = numbers[i] == ended->number;
        bool stays = newest || last || (has_logs && kept < l->config.logs_kept);
        kept += has_logs;
        newest = false;
        /* The daemon may have died before it was tidied; `ended` must not go before `run.ended`. */
        if (numbers[i] != ended->number && path_exists(attempt_path(a, &at, "run.ended")))
            attempt_tidy(a, at.dir);
        if (stays)
            continue;
        if (tree_remove(at.dir, e) < 0)
            return -1;
    }
    return 0;
}

/* An attempt that never had a process is over too once its end was asked for: the mark is what a
 * provision finds that comes late. */
static int make_mark(struct local *l, struct arena *a, const struct attempt *at, struct err *e)
{
    struct str parent = arena_fmt(a, "%.*s/%.*s", STR_ARG(l->clusters), STR_ARG(at->deployment));
    if (dir_make(parent, 0755, e) < 0 || dir_make(at->dir, 0755, e) < 0 ||
        dir_sync(l->clusters, e) < 0 || dir_sync(parent, e) < 0)
        return -1;
    return file_write(a, attempt_path(a, at, "ended"), STR("never started\n"), 0644, e);
}

int attempt_is_over(struct local *l, struct arena *a, const struct attempt *at, bool *ret,
                    struct err *e)
{
    int64_t *numbers;
    size_t n;
    *ret = at->stage == STAGE_ENDING || at->stage == STAGE_ENDED;
    if (*ret || at->stage == STAGE_PREPARED)
        return 0;
    if (attempt_list(l, a, at->deployment, &numbers, &n, e) < 0)
        return -1;
    for (size_t i = n; i > 0 && numbers[i - 1] > at->number && !*ret; i--) {
        struct attempt later = {0};
        later.dir = arena_fmt(a, "%.*s/%.*s/%" PRId64, STR_ARG(l->clusters),
                              STR_ARG(at->deployment), numbers[i - 1]);
        if (find_stage(a, &later, e) < 0)
            return -1;
        *ret = later.stage == STAGE_ENDED;
    }
    return 0;
}

int attempt_end(struct local *l, struct arena *a, const struct attempt *at, struct err *e)
{
    if (at->stage == STAGE_ABSENT && make_mark(l, a, at, e) < 0)
        return -1;
    if (at->stage == STAGE_ENDING) {
        if (file_write(a, attempt_path(a, at, "ended"), STR("ended\n"), 0644, e) < 0)
            return -1;
        ports_mark(&l->ports, at->lease.rpc, false);
        ports_mark(&l->ports, at->lease.rest, false);
        ports_mark(&l->ports, at->lease.blob, false);
    }
    return forget_old(l, a, at, e);
}

const struct process *attempt_process(const struct attempt *at, struct str name)
{
    for (size_t i = 0; i < at->n_processes; i++)
        if (str_eq(at->processes[i].name, name))
            return &at->processes[i];
    return NULL;
}

enum alive process_state(const struct process *p)
{
    return p->shim == ALIVE_NO && p->java == ALIVE_NO ? ALIVE_NO : ALIVE_YES;
}

struct str process_incarnation(struct arena *a, const struct process *p)
{
    return arena_fmt(a, "%s:%" PRId64 ":%" PRIu64, p->record.boot, p->record.java.pid,
                     p->record.java.start);
}

struct owner attempt_owner(const struct local *l, const struct attempt *at, struct str process)
{
    return (struct owner){l->data_id, at->deployment, at->number, process};
}

struct str process_cause(struct arena *a, const struct attempt *at, const struct process *p)
{
    struct str log = {0};
    struct str output = {0};
    struct err ignored;
    struct str base = arena_fmt(a, "%.*s/log/%.*s", STR_ARG(at->dir), STR_ARG(p->name));
    /* A log that cannot be read leaves the exit status as the cause. */
    if (file_tail(a, arena_fmt(a, "%.*s.log", STR_ARG(base)), CAUSE_TAIL, &log, &ignored) !=
        FILE_READ)
        log = (struct str){0};
    if (file_tail(a, arena_fmt(a, "%.*s.out", STR_ARG(base)), CAUSE_TAIL, &output, &ignored) !=
        FILE_READ)
        output = (struct str){0};
    return cause_of(a, log, output, p->end);
}
