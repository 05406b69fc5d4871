/* One mutex guards what both sides touch; the database belongs to the store thread alone. */
#include "adapt/store_sqlite/thread.h"

#include <signal.h>
#include <stdatomic.h>

#include "base/buf.h"

/* What goes into one durable write; bounds how long the first of a group waits for the last. */
#define GROUP_MOST       512U
#define GROUP_MOST_BYTES ((size_t)8 << 20)

struct job_list {
    struct job *first;
    struct job **last; /* NULL = empty */
};

struct store_thread {
    struct loop loop;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t work;     /* the queue has a job, or closing */
    pthread_cond_t answered; /* a waiting caller's job is finished */
    struct job_list queue;
    struct job_list done;
    size_t waiting; /* jobs sent and not yet done */
    size_t waiting_bytes;
    bool closing;
    bool delivery_posted;
    /* store thread alone */
    struct db *db;
    char *stop_reason; /* set once: nothing is written any more */
    /* loop thread alone */
    bool closed; /* the posted delivery frees this */
    _Atomic int64_t commits;
    _Atomic int64_t groups;
};

static void push(struct job_list *list, struct job *job)
{
    if (!list->last)
        list->last = &list->first;
    job->next = NULL;
    *list->last = job;
    list->last = &job->next;
}

static struct job *take_all(struct job_list *list)
{
    struct job *first = list->first;
    *list = (struct job_list){0};
    return first;
}

static void job_free(struct job *job)
{
    arena_free(job->arena);
    mem_free(job);
}

/* ---- loop thread: delivery ---- */

static void call_back(struct job *job)
{
    if (job->kind != JOB_COMMIT) {
        job->on_rows(job->arg, job->rows, job->n_rows, job->status < 0 ? &job->err : NULL);
        return;
    }
    struct store_result result = {job->txn.outcome, job->txn.text};
    job->on_commit(job->arg, &result);
}

static void deliver_all(struct store_thread *t)
{
    for (;;) {
        pthread_mutex_lock(&t->mutex);
        struct job *job = take_all(&t->done);
        pthread_mutex_unlock(&t->mutex);
        if (!job)
            return;
        while (job) {
            struct job *next = job->next;
            call_back(job);
            job_free(job);
            job = next;
        }
    }
}

static void thread_free(struct store_thread *t)
{
    pthread_cond_destroy(&t->answered);
    pthread_cond_destroy(&t->work);
    pthread_mutex_destroy(&t->mutex);
    mem_free(t->stop_reason);
    mem_free(t);
}

static void deliver(void *arg)
{
    struct store_thread *t = arg;
    pthread_mutex_lock(&t->mutex);
    t->delivery_posted = false;
    pthread_mutex_unlock(&t->mutex);
    if (t->closed)
        thread_free(t);
    else
        deliver_all(t);
}

/* The mutex is held. */
static void add_done(struct store_thread *t, struct job *job)
{
    push(&t->done, job);
    t->waiting--;
    t->waiting_bytes -= job->bytes;
}

/* ---- store thread ---- */

static void stop_writing(struct store_thread *t, struct str why)
{
    struct buf text = {0};
    buf_fmt(&text,
            "the store writes no more until sluiced is started again, because it is not known "
            "what an earlier write left behind: %.*s",
            STR_ARG(why));
    t->stop_reason = text.ptr;
}

/* One durable write. Jobs that were refused at the door only pass through, in their place. */
static void write_jobs(struct store_thread *t, struct job **jobs, size_t n)
{
    struct db_txn txns[GROUP_MOST];
    struct arena *a = arena_new();
    size_t n_txns = 0;
    for (size_t i = 0; i < n; i++)
        if (jobs[i]->txn.outcome != STORE_REFUSED)
            txns[n_txns++] = jobs[i]->txn;
    if (n_txns && t->stop_reason) {
        for (size_t i = 0; i < n_txns; i++) {
            txns[i].outcome = STORE_UNKNOWN;
            txns[i].text = str_of(t->stop_reason);
        }
    } else if (n_txns) {
        if (!db_write(t->db, txns, n_txns, a))
            stop_writing(t, txns[0].text);
        atomic_fetch_add_explicit(&t->groups, 1, memory_order_relaxed);
    }
    size_t next = 0;
    int64_t good = 0;
    for (size_t i = 0; i < n; i++) {
        struct job *job = jobs[i];
        if (job->txn.outcome == STORE_REFUSED)
            continue;
        job->txn = txns[next++];
        good += job->txn.outcome == STORE_DONE;
        if (job->txn.outcome != STORE_DONE) {
            job->arena = arena_new();
            job->txn.text = arena_str(job->arena, job->txn.text);
        }
    }
    atomic_fetch_add_explicit(&t->commits, good, memory_order_relaxed);
    arena_free(a);
}

static void finish(struct store_thread *t, struct job **jobs, size_t n)
{
    pthread_mutex_lock(&t->mutex);
    for (size_t i = 0; i < n; i++)
        add_done(t, jobs[i]);
    bool post = !t->delivery_posted && !t->closing;
    t->delivery_posted |= post;
    pthread_mutex_unlock(&t->mutex);
    if (post)
        t->loop.ops->post(t->loop.ctx, deliver, t);
}

static void run_commits(struct store_thread *t, struct job *first)
{
    struct job *group[GROUP_MOST];
    struct err e;
    while (first) {
        size_t n = 0;
        for (size_t bytes = 0; first && n < GROUP_MOST && bytes < GROUP_MOST_BYTES;) {
            bytes += first->bytes;
            group[n++] = first;
            first = first->next;
        }
        write_jobs(t, group, n);
        finish(t, group, n);
        if (!t->stop_reason && db_checkpoint(t->db, &e) < 0)
            stop_writing(t, str_of(e.text));
    }
}

static void run_read(struct store_thread *t, struct job *job)
{
    if (job->kind == JOB_EVENTS) {
        job->status =
            db_events(t->db, &job->query, job->arena, &job->rows, &job->n_rows, &job->err);
        finish(t, &job, 1);
        return;
    }
    if (job->kind == JOB_OWNED) {
        struct db_rows rows;
        job->status = db_owned(t->db, job->table, job->query.owner, job->arena, &rows, &job->err);
        job->rows = rows.items;
        job->n_rows = rows.n;
        finish(t, &job, 1);
        return;
    }
    if (job->kind == JOB_LOAD)
        job->status = db_load(t->db, job->table, job->on_row, job->arg, &job->err);
    else
        job->status = db_last_seq(t->db, &job->last_seq, &job->err);
    pthread_mutex_lock(&t->mutex);
    t->waiting--;
    job->finished = true;
    pthread_cond_signal(&t->answered);
    pthread_mutex_unlock(&t->mutex);
}

/* Writes first, so that a read sees every commit that was called before it. */
static void run_jobs(struct store_thread *t, struct job *first)
{
    struct job_list commits = {0};
    struct job_list reads = {0};
    for (struct job *next; first; first = next) {
        next = first->next;
        push(first->kind == JOB_COMMIT ? &commits : &reads, first);
    }
    run_commits(t, take_all(&commits));
    for (struct job *job = take_all(&reads), *next; job; job = next) {
        next = job->next;
        run_read(t, job);
    }
}

static void *thread_main(void *arg)
{
    struct store_thread *t = arg;
    for (;;) {
        pthread_mutex_lock(&t->mutex);
        while (!t->queue.first && !t->closing)
            pthread_cond_wait(&t->work, &t->mutex);
        struct job *jobs = take_all(&t->queue);
        pthread_mutex_unlock(&t->mutex);
        if (!jobs)
            return NULL;
        run_jobs(t, jobs);
    }
}

/* ---- the loop thread's side ---- */

struct store_thread *store_thread_start(struct loop loop, struct db *db)
{
    struct store_thread *t = mem_alloc(sizeof(*t));
    t->loop = loop;
    t->db = db;
    pthread_mutex_init(&t->mutex, NULL);
    pthread_cond_init(&t->work, NULL);
    pthread_cond_init(&t->answered, NULL);
    /* signals are the loop thread's */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&t->thread, NULL, thread_main, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed)
        return t;
    thread_free(t);
    return NULL;
}

bool store_thread_has_room(struct store_thread *t, size_t bytes)
{
    pthread_mutex_lock(&t->mutex);
    bool room =
        !t->closing && t->waiting < QUEUE_MOST_JOBS && t->waiting_bytes + bytes <= QUEUE_MOST_BYTES;
    pthread_mutex_unlock(&t->mutex);
    return room;
}

void store_thread_send(struct store_thread *t, struct job *job)
{
    pthread_mutex_lock(&t->mutex);
    t->waiting++;
    t->waiting_bytes += job->bytes;
    /* a callback of the last delivery may still call: it is answered by the same delivery */
    if (t->closing)
        add_done(t, job);
    else
        push(&t->queue, job);
    pthread_mutex_unlock(&t->mutex);
    pthread_cond_signal(&t->work);
}

void store_thread_send_and_wait(struct store_thread *t, struct job *job)
{
    store_thread_send(t, job);
    pthread_mutex_lock(&t->mutex);
    while (!job->finished)
        pthread_cond_wait(&t->answered, &t->mutex);
    pthread_mutex_unlock(&t->mutex);
}

void store_thread_count(struct store_thread *t, int64_t *commits, int64_t *groups)
{
    *commits = atomic_load_explicit(&t->commits, memory_order_relaxed);
    *groups = atomic_load_explicit(&t->groups, memory_order_relaxed);
}

void store_thread_stop(struct store_thread *t)
{
    pthread_mutex_lock(&t->mutex);
    t->closing = true;
    pthread_cond_signal(&t->work);
    pthread_mutex_unlock(&t->mutex);
    pthread_join(t->thread, NULL);
    deliver_all(t);
    db_close(t->db, !t->stop_reason);
    t->closed = true;
    if (!t->delivery_posted)
        thread_free(t);
}
