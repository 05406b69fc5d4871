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
