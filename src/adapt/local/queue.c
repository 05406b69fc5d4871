/* Operations run on the pool; those of one deployment one after the other, in the order in which
 * they came, so that none sees another's half-done work. */
#include "adapt/local/internal.h"

static void start_or_wait(struct operation *o);

struct operation *operation_new(struct local *l, struct str deployment, int64_t attempt)
{
    struct operation *o = mem_alloc(sizeof(*o));
    o->l = l;
    o->a = arena_new();
    o->deployment = arena_str(o->a, deployment);
    o->attempt = attempt;
    return o;
}

static void operation_free(struct operation *o)
{
    arena_free(o->a);
    mem_free(o);
}

static void append(struct operation **list, struct operation *o)
{
    while (*list)
        list = &(*list)->next;
    *list = o;
    o->next = NULL;
}

static void take_out(struct operation **list, struct operation *o)
{
    while (*list != o)
        list = &(*list)->next;
    *list = o->next;
}

static bool is_busy(const struct operation *list, struct str deployment)
{
    for (; list; list = list->next)
        if (str_eq(list->deployment, deployment))
            return true;
    return false;
}

static void on_pool(void *arg)
{
    struct operation *o = arg;
    o->run(o);
}

static void start_next(struct local *l, struct str deployment)
{
    for (struct operation *o = l->waiting; o; o = o->next) {
        if (str_eq(o->deployment, deployment)) {
            take_out(&l->waiting, o);
            start_or_wait(o);
            return;
        }
    }
}

static void on_done(void *arg)
{
    struct operation *o = arg;
    struct local *l = o->l;
    take_out(&l->running, o);
    if (!l->closing) {
        o->done(o);
        start_next(l, o->deployment);
    }
    operation_free(o);
    local_pool_end(l);
}

static void start_or_wait(struct operation *o)
{
    struct local *l = o->l;
    if (is_busy(l->running, o->deployment)) {
        append(&l->waiting, o);
        return;
    }
    append(&l->running, o);
    local_pool(l, on_pool, on_done, o);
}

void operation_submit(struct operation *o)
{
    start_or_wait(o);
}

static void run_nothing(struct operation *o)
{
    (void)o;
}

void operation_refuse(struct operation *o, const char *text)
{
    o->run = run_nothing;
    o->result = (struct operation_result){.outcome = OUTCOME_REFUSED};
    o->result.text = arena_str(o->a, str_of(text));
    operation_submit(o);
}

static size_t pick_provisions(const struct operation *list, struct str deployment,
                              const struct operation **ret, size_t most)
{
    size_t n = 0;
    for (; list; list = list->next) {
        if (list->run != provision_run || !str_eq(list->deployment, deployment))
            continue;
        if (n < most)
            ret[n] = list;
        n++;
    }
    return n;
}

size_t operations_to_provision(const struct local *l, struct arena *a, struct str deployment,
                               const struct operation ***ret)
{
    const struct operation *none[1];
    size_t in_line = pick_provisions(l->line, deployment, none, 0);
    size_t n = in_line + pick_provisions(l->waiting, deployment, none, 0);
    *ret = ARENA_ARRAY(a, const struct operation *, n + 1);
    pick_provisions(l->line, deployment, *ret, n);
    pick_provisions(l->waiting, deployment, *ret + in_line, n - in_line);
    return n;
}

static void free_all(struct operation **list)
{
    while (*list) {
        struct operation *o = *list;
        *list = o->next;
        operation_free(o);
    }
}

void operations_close(struct local *l)
{
    free_all(&l->waiting);
    free_all(&l->line);
}
