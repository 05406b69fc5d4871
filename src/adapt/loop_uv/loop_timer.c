/* Timers. libuv counts in milliseconds and, in 1.44, runs a timer that rearms itself with 0 for
 * ever without looking at a descriptor. So delay 0 goes its own way: a list that is run once in
 * each turn, which also makes "next turn" cost microseconds instead of a millisecond. */
#include "adapt/loop_uv/loop_internal.h"
#include "base/arena.h"

struct loop_timer {
    uv_timer_t uv;
    struct link link; /* in loop_uv.soon or in the batch that is running; else to itself */
    struct loop_uv *loop;
    void (*fn)(void *arg);
    void *arg;
};

#define TIMER_OF(l) ((struct loop_timer *)(void *)((char *)(l) - offsetof(struct loop_timer, link)))

static void link_init(struct link *l)
{
    l->next = l;
    l->prev = l;
}

static void link_remove(struct link *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
    link_init(l);
}

static void link_append(struct link *head, struct link *l)
{
    l->prev = head->prev;
    l->next = head;
    head->prev->next = l;
    head->prev = l;
}

static bool link_is_empty(const struct link *head)
{
    return head->next == head;
}

/* Runs those armed before this turn; what they arm waits for the next one. */
static void run_soon(uv_idle_t *idle)
{
    struct loop_uv *l = idle->data;
    struct link batch;
    link_init(&batch);
    while (!link_is_empty(&l->soon)) {
        struct link *first = l->soon.next;
        link_remove(first);
        link_append(&batch, first);
    }
    while (!link_is_empty(&batch)) {
        struct loop_timer *t = TIMER_OF(batch.next);
        link_remove(&t->link);
        t->fn(t->arg);
    }
    if (link_is_empty(&l->soon))
        uv_idle_stop(idle);
}

static void run_later(uv_timer_t *uv)
{
    struct loop_timer *t = uv->data;
    t->fn(t->arg);
}

static void free_timer(uv_handle_t *uv)
{
    mem_free(uv->data);
}

void loop_timers_init(struct loop_uv *l)
{
    link_init(&l->soon);
    uv_idle_init(&l->uv, &l->soon_idle);
    l->soon_idle.data = l;
}

struct loop_timer *loop_timer_new(void *ctx, void (*fn)(void *arg), void *arg)
{
    struct loop_uv *l = ctx;
    struct loop_timer *t = mem_alloc(sizeof(*t));
    uv_timer_init(&l->uv, &t->uv);
    t->uv.data = t;
    link_init(&t->link);
    t->loop = l;
    t->fn = fn;
    t->arg = arg;
    return t;
}

void loop_timer_arm(struct loop_timer *t, int64_t delay_us)
{
    loop_timer_disarm(t);
    if (uv_is_closing((uv_handle_t *)&t->loop->soon_idle))
        return; /* loop_uv_free waits for work, not for time */
    if (delay_us <= 0) {
        link_append(&t->loop->soon, &t->link);
        uv_idle_start(&t->loop->soon_idle, run_soon);
        return;
    }
    /* The loop's idea of now is as old as this turn, and cut to a millisecond: both would make
     * the timer early. One more millisecond makes sure that it never is. */
    uv_update_time(&t->loop->uv);
    uv_timer_start(&t->uv, run_later, (uint64_t)(delay_us - 1) / 1000 + 2, 0);
}

void loop_timer_disarm(struct loop_timer *t)
{
    link_remove(&t->link);
    uv_timer_stop(&t->uv);
}

void loop_timer_free(struct loop_timer *t)
{
    loop_timer_disarm(t);
    uv_close((uv_handle_t *)&t->uv, free_timer);
}
