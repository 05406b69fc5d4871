#include "proof.h"

#include <inttypes.h>
#include <time.h>

#include "check.h"
#include "mix.h"
#include "seen.h"
#include "workload.h"

/* Power cuts in a row, each on what the one before left. */
enum { BOOTS = 3, PROGRESS_S = 5 };

/* A run of fewer images than these looks at some of the points only, so that it meets as many boots. */
enum { EVERY_POINT = 100000, THINNEST = 16 };

/* SQLite's: how the journal's operations are told apart when they are counted. */
enum { LOG_HEADER = 32, PAGE = 4096 };

struct seed_run {
    const struct proof_options *options;
    struct proof_counts *counts;
    uint64_t seed;
    uint64_t rng;
    struct history history;
    struct seen seen;
    size_t first_point; /* of the boot that is looked at */
    struct timespec *told;
};

static bool enough(const struct seed_run *r)
{
    return r->counts->violations || r->counts->images >= r->options->images;
}

static void report(struct seed_run *r, const struct crash *c, const struct image *image,
                   size_t number, const struct verdict *v)
{
    FILE *out = r->options->out;
    size_t point = r->first_point + c->time;
    r->counts->violations++;
    r->counts->bad_seed = r->seed;
    r->counts->bad_point = point;
    r->counts->bad_image = number;
    fprintf(out, "VIOLATION: %s\n  at: --seed %" PRIu64 " --point %zu --image %zu", v->text,
            r->seed, point, number);
    if (r->options->fault != FAULT_NONE)
        fprintf(out, " --break %s", fault_name(r->options->fault));
    fputc('\n', out);
    image_print(c, image, out);
}

static void count(struct seed_run *r, const struct crash *c, const struct image *image,
                  const struct verdict *v)
{
    struct proof_counts *n = r->counts;
    unsigned damage = image_damage(c, image);
    n->images++;
    n->passed += v->good;
    n->undamaged += damage == 0;
    for (int i = 0; i < DAMAGES; i++)
        n->by_damage[i] += damage >> i & 1;
    n->acknowledged += v->looked_at;
    n->under_way += v->good && r->history.entries[v->entry].state->number > v->looked_at;
}

static void tell_progress(struct seed_run *r, size_t point)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec - r->told->tv_sec < PROGRESS_S)
        return;
    *r->told = now;
    fprintf(r->options->out, "%" PRIu64 " images, at point %zu of seed %" PRIu64 "\n",
            r->counts->images, point, r->seed);
    fflush(r->options->out);
}

static void try_image(struct seed_run *r, const struct crash *c, size_t number)
{
    struct image image;
    image_choose(c, mix_two(r->seed, r->first_point), number, &image);
    struct disk disk = image_apply(c, &image);
    uint64_t required = history_required(&r->history, c->time);
    uint64_t hash = disk_hash(&disk);
    if (seen_add(&r->seen, mix_two(hash, required + r->first_point))) {
        r->counts->fingerprint = mix_two(r->counts->fingerprint, hash);
        struct verdict v = check_image(&disk, &r->history, c->time);
        count(r, c, &image, &v);
        if (!v.good)
            report(r, c, &image, number, &v);
    } else {
        r->counts->repeats++;
    }
    disk_free(&disk);
}

static bool is_left_out(const struct seed_run *r, size_t point)
{
    uint64_t one_in = EVERY_POINT / (r->options->images + 1) + 1;
    return mix_two(r->seed, point) % (one_in < THINNEST ? one_in : THINNEST) != 0;
}

static void try_point(struct seed_run *r, const struct crash *c)
{
    const struct proof_options *o = r->options;
    size_t point = r->first_point + c->time;
    if (o->point == PROOF_ALL ? is_left_out(r, point) : o->point != point)
        return;
    r->counts->points++;
    for (size_t i = 0; i < image_count(c) && !enough(r); i++)
        if (o->image == PROOF_ALL || o->image == i)
            try_image(r, c, i);
    tell_progress(r, point);
}

/* The cut that is taken to go on from: any, with any image. */
static void cut(struct seed_run *r, const struct journal *j, struct disk *ret)
{
    size_t time = mix_below(&r->rng, (unsigned)j->n_ops);
    struct crash c = crash_begin(j);
    struct image image;
    while (c.time < time)
        crash_advance(&c);
    size_t number = mix_below(&r->rng, (unsigned)image_count(&c));
    image_choose(&c, mix_two(r->seed, r->first_point), number, &image);
    *ret = image_apply(&c, &image);
    struct verdict v = check_image(ret, &r->history, time);
    if (!v.good)
        report(r, &c, &image, number, &v);
    history_reboot(&r->history, time);
    crash_free(&c);
}

static void try_points(struct seed_run *r, const struct journal *j)
{
    struct crash c = crash_begin(j);
    do
        try_point(r, &c);
    while (!enough(r) && crash_advance(&c));
    crash_free(&c);
}

static void count_workload(struct seed_run *r, const struct workload *done, const struct journal *j)
{
    const struct history *h = &r->history;
    struct proof_counts *n = r->counts;
    n->commits +=
        h->entries[history_required(h, SIZE_MAX - 1)].state->number - h->entries[0].state->number;
    n->kills += done->kills;
    n->groups += done->groups;
    for (size_t i = 0; i < j->n_ops; i++) {
        const struct op *op = &j->ops[i];
        n->logs += op->kind == OP_WRITE && op->at == 0 && op->n == LOG_HEADER;
        n->copied += op->kind == OP_WRITE && op->n == PAGE && op->at % PAGE == 0;
    }
}

/* One boot from `disk`, which becomes what its power cut left. */
static bool run_boot(struct seed_run *r, struct disk *disk)
{
    host_boot(disk, true, r->options->fault, mix_next(&r->rng));
    struct workload done = workload_run(&r->history, &r->rng, r->options->fault);
    struct journal j = host_shut_down();
    count_workload(r, &done, &j);
    if (done.why[0]) {
        r->counts->violations++;
        fprintf(r->options->out, "VIOLATION: %s\n  at: --seed %" PRIu64 ", without a power cut\n",
                done.why, r->seed);
    } else {
        try_points(r, &j);
        disk_free(disk);
        if (!r->counts->violations)
            cut(r, &j, disk);
        r->first_point += j.n_ops + 1;
    }
    journal_free(&j);
    return !r->counts->violations;
}

static void run_seed(struct seed_run *r)
{
    struct disk disk = {0};
    r->rng = mix_two(r->seed, 0);
    r->history = history_new();
    r->first_point = 0;
    for (int i = 0; i < BOOTS && !enough(r); i++)
        if (!run_boot(r, &disk))
            break;
    r->counts->seeds++;
    disk_free(&disk);
    seen_free(&r->seen);
    history_free(&r->history);
}

struct proof_counts proof_run(const struct proof_options *options)
{
    struct proof_counts counts = {0};
    struct timespec told;
    clock_gettime(CLOCK_MONOTONIC, &told);
    uint64_t seed = options->seed;
    struct seed_run r;
    do {
        r = (struct seed_run){.options = options, .counts = &counts, .seed = seed++, .told = &told};
        run_seed(&r);
    } while (options->point == PROOF_ALL && !enough(&r));
    return counts;
}

void proof_print(const struct proof_counts *counts, double seconds, FILE *out)
{
    fprintf(out, "%" PRIu64 " images of %" PRIu64 " points of %" PRIu64 " seeds in %.1f s",
            counts->images, counts->points, counts->seeds, seconds);
    fprintf(out, " (%" PRIu64 " more were equal to one of them)\n", counts->repeats);
    for (int i = 0; i < DAMAGES; i++)
        fprintf(out, "%10" PRIu64 " with: %s\n", counts->by_damage[i], damage_name((enum damage)i));
    fprintf(out, "%10" PRIu64 " with no damage\n", counts->undamaged);
    fprintf(out, "%10" PRIu64 " with a transaction that was not yet acknowledged, whole\n",
            counts->under_way);
    fprintf(out, "%" PRIu64 " acknowledged transactions, looked for %" PRIu64 " times\n",
            counts->commits, counts->acknowledged);
    fprintf(out,
            "%" PRIu64 " kills, %" PRIu64 " groups, %" PRIu64 " logs begun, %" PRIu64
            " pages copied into the file\n",
            counts->kills, counts->groups, counts->logs, counts->copied);
    fprintf(out, "%" PRIu64 " passed, %" PRIu64 " failed\n", counts->passed, counts->violations);
}
