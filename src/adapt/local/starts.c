/* At most maxConcurrentStarts at once: a JVM's first seconds cost more than anything after, and
 * many at once make all of them late. A start lasts from the spawn until the JobManager's REST port
 * takes connections, the JobManager is gone, or a deadline. */
#include "adapt/local/internal.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/timefmt.h"

/* The next in line waits for it; a look is a refused connection and a poll of the process. */
#define LOOK_EVERY_US (20 * US_PER_MS)
#define LOOKS_MOST    4500 /* 90 s */

struct start {
    struct start *next;
    struct local *l;
    struct str deployment;
    int64_t attempt;
    struct arena *a;
    int64_t rest_port; /* 0: the provision has not run yet */
    int fd;            /* of the JobManager's process, -1: not opened yet */
    int looks;
    bool up; /* it takes connections */
    bool over;
    bool on_pool;
    struct loop_timer *timer;
};

static struct start *find(struct local *l, struct str deployment, int64_t attempt)
{
    for (struct start *s = l->starts; s; s = s->next)
        if (s->attempt == attempt && str_eq(s->deployment, deployment))
            return s;
    return NULL;
}

static void start_free(struct start *s)
{
    if (s->timer)
        s->l->loop->ops->timer_free(s->timer);
    if (s->fd >= 0)
        close(s->fd);
    arena_free(s->a);
    mem_free(s);
}

static void look(void *arg);

static struct start *start_new(struct local *l, struct operation *provision)
{
    struct start *s = mem_alloc(sizeof(*s));
    s->l = l;
    s->a = arena_new();
    s->deployment = arena_str(s->a, provision->deployment);
    s->attempt = provision->attempt;
    s->fd = -1;
    s->timer = l->loop->ops->timer_new(l->loop->ctx, look, s);
    s->next = l->starts;
    l->starts = s;
    l->n_starts++;
    return s;
}

static void next_in_line(struct local *l)
{
    while (l->line && l->n_starts < l->config.max_concurrent_starts) {
        struct operation *o = l->line;
        l->line = o->next;
        starts_enter(o);
    }
}

static void leave(struct start *s)
{
    struct local *l = s->l;
    struct start **at = &l->starts;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    l->n_starts--;
    if (s->up)
        sharing_came_up(l);
    else
        sharing_came_to_nothing(l, s->deployment, s->attempt);
    start_free(s);
    next_in_line(l);
}

static bool takes_connections(int64_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool ok = connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;
    close(fd);
    return ok;
}

/* Opens the JobManager's process; false: there is none any more. What cannot be told now is looked
 * at again. */
static bool open_jobmanager(struct start *s)
{
    struct arena *a = arena_new();
    struct attempt at;
    struct err ignored;
    bool there = true;
    if (attempt_read(s->l, a, s->deployment, s->attempt, &at, &ignored) == 0) {
        const struct process *p = attempt_process(&at, STR(JOBMANAGER));
        there = p && p->java != ALIVE_NO && at.stage == STAGE_PREPARED;
        if (there)
            s->fd = process_watch(s->l->proc, p->record.java);
    }
    arena_free(a);
    return there;
}

static bool jobmanager_has_ended(struct start *s)
{
    if (s->fd < 0)
        return !open_jobmanager(s);
    struct pollfd ended = {.fd = s->fd, .events = POLLIN};
    return poll(&ended, 1, 0) > 0;
}

static void look_on_pool(void *arg)
{
    struct start *s = arg;
    s->up = takes_connections(s->rest_port);
    s->over = s->up || jobmanager_has_ended(s);
}

static void looked(void *arg)
{
    struct start *s = arg;
    struct local *l = s->l;
    s->on_pool = false;
    if (l->closing)
        start_free(s);
    else if (s->over || ++s->looks >= LOOKS_MOST)
        leave(s);
    else
        l->loop->ops->timer_arm(s->timer, LOOK_EVERY_US);
    local_pool_end(l);
}

static void look(void *arg)
{
    struct start *s = arg;
    s->on_pool = true;
    local_pool(s->l, look_on_pool, looked, s);
}

void starts_enter(struct operation *provision)
{
    struct local *l = provision->l;
    /* One that is coming up already has its place: its TaskManagers need no second one. */
    if (!find(l, provision->deployment, provision->attempt)) {
        if (l->n_starts >= l->config.max_concurrent_starts) {
            struct operation **at = &l->line;
            while (*at)
                at = &(*at)->next;
            *at = provision;
            provision->next = NULL;
            return;
        }
        start_new(l, provision);
    }
    operation_submit(provision);
}

void starts_ran(struct operation *provision)
{
    struct start *s = find(provision->l, provision->deployment, provision->attempt);
    if (!s || s->rest_port > 0)
        return;
    s->rest_port = provision->result.starting_rest_port;
    if (s->rest_port > 0)
        s->l->loop->ops->timer_arm(s->timer, LOOK_EVERY_US);
    else
        leave(s);
}

void starts_drop(struct local *l, struct str deployment, int64_t attempt)
{
    for (struct operation **at = &l->line; *at;) {
        struct operation *o = *at;
        if (o->attempt != attempt || !str_eq(o->deployment, deployment)) {
            at = &o->next;
            continue;
        }
        *at = o->next;
        operation_refuse(o, "the attempt was ended while it waited for its start");
    }
}

void starts_close(struct local *l)
{
    while (l->starts) {
        struct start *s = l->starts;
        l->starts = s->next;
        if (s->on_pool) {
            l->loop->ops->timer_free(s->timer);
            s->timer = NULL;
        } else {
            start_free(s);
        }
    }
}
