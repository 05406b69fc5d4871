/* Durable writes: 64 clients through the store against one writer with fdatasync, in turns.
 *
 * A client replaces its own row, waits for the answer, replaces it again. The lone writer overwrites
 * records of the same size in a file that was written before: no metadata changes, the quickest
 * single durable write there is. Both lie in the same directory. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "adapt/loop_uv/loop_uv.h"
#include "adapt/store_sqlite/store_sqlite.h"
#include "base/arena.h"
#include "base/timefmt.h"

#define CLIENTS      64
#define LONE_RECORDS 4096
#define ROUNDS_MOST  99

struct bench {
    struct loop loop;
    struct store store;
    char *body;
    size_t size;
    int64_t until_us;
    size_t writing;
    int64_t done;
};

struct client {
    struct bench *bench;
    char id[16];
    int64_t version;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

static void give_up(const char *why)
{
    fprintf(stderr, "bench_store: %s\n", why);
    exit(1);
}

static void write_row(struct client *c);

static void on_answer(void *arg, const struct store_result *result)
{
    struct client *c = arg;
    struct bench *b = c->bench;
    if (result->outcome != STORE_DONE)
        give_up("a write was not done");
    c->version++;
    b->done++;
    if (now_us() < b->until_us)
        write_row(c);
    else if (--b->writing == 0)
        b->loop.ops->stop(b->loop.ctx);
}

static void write_row(struct client *c)
{
    struct bench *b = c->bench;
    struct store_write write = {
        .kind = STORE_PUT,
        .row = {.table = STORE_RECORD,
                .id = str_of(c->id),
                .version = c->version + 1,
                .body = {b->body, b->size}},
        .expect = c->version,
    };
    b->store.ops->commit(b->store.ctx, &write, 1, on_answer, c);
}

/* Writes per second through the store. */
static double run_store(struct bench *b, struct client *clients, int64_t for_us)
{
    int64_t start = now_us();
    b->until_us = start + for_us;
    b->done = 0;
    b->writing = CLIENTS;
    for (size_t i = 0; i < CLIENTS; i++)
        write_row(&clients[i]);
    b->loop.ops->run(b->loop.ctx);
    return (double)b->done * (double)US_PER_S / (double)(now_us() - start);
}

static void lone_write(int fd, const struct bench *b, int64_t i)
{
    off_t at = (off_t)(i % LONE_RECORDS) * (off_t)b->size;
    if (pwrite(fd, b->body, b->size, at) != (ssize_t)b->size || fdatasync(fd) < 0)
        give_up("the lone writer cannot write");
}

/* Writes per second with an fdatasync each. */
static double run_lone(const struct bench *b, int fd, int64_t for_us)
{
    int64_t start = now_us();
    int64_t n = 0;
    do
        lone_write(fd, b, n++);
    while (now_us() < start + for_us);
    return (double)n * (double)US_PER_S / (double)(now_us() - start);
}

static int lone_file(const struct bench *b, const char *directory)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/lone", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        give_up("cannot make a file");
    for (int64_t i = 0; i < LONE_RECORDS; i++)
        if (write(fd, b->body, b->size) != (ssize_t)b->size)
            give_up("cannot fill a file");
    if (fsync(fd) < 0)
        give_up("cannot sync a file");
    return fd;
}

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x;
    double b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void measure(struct bench *b, const char *directory, size_t rounds, int64_t for_us)
{
    static struct client clients[CLIENTS];
    double store[ROUNDS_MOST];
    double lone[ROUNDS_MOST];
    double ratio[ROUNDS_MOST];
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i].bench = b;
        snprintf(clients[i].id, sizeof(clients[i].id), "client-%zu", i);
    }
    int fd = lone_file(b, directory);
    run_store(b, clients, for_us / 2); /* the rows are made, the log has its size */
    run_lone(b, fd, for_us / 2);
    for (size_t i = 0; i < rounds; i++) {
        lone[i] = run_lone(b, fd, for_us);
        store[i] = run_store(b, clients, for_us);
        ratio[i] = store[i] / lone[i];
        printf("round %zu: store %.0f/s, fdatasync %.0f/s, ratio %.2f\n", i + 1, store[i], lone[i],
               ratio[i]);
    }
    close(fd);
    int64_t bytes;
    int64_t commits;
    int64_t groups;
    b->store.ops->stats(b->store.ctx, &bytes, &commits, &groups);
    printf("%zu bytes a row, %d clients, %.1f rows a group\n", b->size, CLIENTS,
           (double)commits / (double)groups);
    printf("median: store %.0f/s, fdatasync %.0f/s\n", median(store, rounds), median(lone, rounds));
    printf("ratio %.2f\n", median(ratio, rounds));
}

int main(int argc, char **argv)
{
    int64_t rounds;
    int64_t ms;
    int64_t size;
    if (argc != 5 || !str_to_i64(str_of(argv[2]), &rounds) || !str_to_i64(str_of(argv[3]), &ms) ||
        !str_to_i64(str_of(argv[4]), &size) || rounds < 1 || rounds > ROUNDS_MOST || ms < 1 ||
        size < 1 || size > 1 << 20) {
        fprintf(stderr, "usage: bench_store DIRECTORY ROUNDS MS_PER_ROUND BYTES_PER_ROW\n");
        return 2;
    }
    struct bench b = {.loop = loop_uv_new(), .size = (size_t)size};
    struct store_sqlite_options options = {.directory = argv[1], .loop = b.loop};
    struct err e;
    b.body = mem_alloc(b.size);
    memset(b.body, 'x', b.size);
    if (store_sqlite_open(&options, &b.store, &e) < 0)
        give_up(e.text);
    measure(&b, argv[1], (size_t)rounds, ms * 1000);
    b.store.ops->close(b.store.ctx);
    loop_uv_free(&b.loop);
    mem_free(b.body);
    return 0;
}
