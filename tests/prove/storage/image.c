#include "image.h"

#include <string.h>

#include "mix.h"

/* Up to so many operations, all their subsets are tried. */
enum { ENUMERATED_MOST = 6, DRAWN = 14 };

static const uint64_t whole = UINT64_MAX;

static size_t enumerated(const struct crash *c)
{
    return c->n > ENUMERATED_MOST ? 2 : (size_t)1 << c->n;
}

size_t image_count(const struct crash *c)
{
    return c->n ? enumerated(c) + DRAWN : 1;
}

static uint64_t any_sectors(const struct crash *c, const struct image *image, size_t i,
                            uint64_t *rng)
{
    unsigned sectors = crash_sectors(crash_op(c, image->parts[i].pending), image->sector);
    return sectors < 2 ? whole * mix_below(rng, 2) : mix_next(rng) & ((UINT64_C(1) << sectors) - 1);
}

/* All of it but one sector. */
static uint64_t all_but_one(const struct crash *c, const struct image *image, size_t i,
                            uint64_t *rng)
{
    unsigned sectors = crash_sectors(crash_op(c, image->parts[i].pending), image->sector);
    return sectors < 2 ? 0 : ~(UINT64_C(1) << mix_below(rng, sectors));
}

static void shuffle(struct image *image, uint64_t *rng)
{
    for (size_t i = image->n; i > 1; i--) {
        size_t k = mix_below(rng, (unsigned)i);
        size_t pending = image->parts[i - 1].pending;
        image->parts[i - 1].pending = image->parts[k].pending;
        image->parts[k].pending = pending;
    }
}

/* A few shapes that power cuts have, each as likely as another. */
static void draw(const struct crash *c, struct image *image, uint64_t *rng)
{
    size_t one = mix_below(rng, (unsigned)c->n);
    unsigned shape = mix_below(rng, 9);
    if (shape == 8)
        shuffle(image, rng);
    for (size_t i = 0; i < c->n; i++) {
        uint64_t *kept = &image->parts[i].kept;
        switch (shape) {
        case 0: *kept = i == one ? 0 : whole; break;
        case 1: *kept = i == one ? whole : 0; break;
        case 2: *kept = i == one ? all_but_one(c, image, i, rng) : whole; break;
        case 3: *kept = i == one ? any_sectors(c, image, i, rng) : whole; break;
        case 4: *kept = i < one ? whole : i > one ? 0 : any_sectors(c, image, i, rng); break;
        case 5: *kept = i < one ? 0 : whole; break;
        case 6: *kept = any_sectors(c, image, i, rng); break;
        case 7: *kept = mix_below(rng, 8) ? whole : any_sectors(c, image, i, rng); break;
        default: *kept = mix_below(rng, 4) ? whole : 0;
        }
    }
}

void image_choose(const struct crash *c, uint64_t seed, size_t number, struct image *ret)
{
    uint64_t rng = mix_two(mix_two(seed, c->time), number);
    size_t subsets = enumerated(c);
    ret->n = c->n;
    ret->sector = mix_below(&rng, 2) ? 512 : 4096;
    ret->extension = EXTEND_NOT;
    for (size_t i = 0; i < c->n; i++) {
        ret->parts[i].pending = i;
        if (c->n <= ENUMERATED_MOST)
            ret->parts[i].kept = number & (size_t)1 << i ? whole : 0;
        else
            ret->parts[i].kept = number == 0 ? whole : 0;
    }
    if (number < subsets)
        return;
    draw(c, ret, &rng);
    if (mix_below(&rng, 2))
        ret->extension = mix_below(&rng, 2) ? EXTEND_ZEROS : EXTEND_GARBAGE;
}

/* Where a file would end if nothing were lost; 0 when nothing is pending for it. */
static size_t end_of(const struct crash *c, int file)
{
    size_t end = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct op *op = crash_op(c, i);
        if (op->kind == OP_WRITE && op->file == file && op->at + op->n > end)
            end = op->at + op->n;
    }
    return end;
}

static void extend(const struct crash *c, const struct image *image, struct disk *d)
{
    for (int file = 0; file < d->n_files; file++) {
        size_t size = d->files[file].size;
        size_t end = end_of(c, file);
        if (end <= size)
            continue;
        disk_resize(d, file, end);
        if (image->extension == EXTEND_GARBAGE)
            memset(d->files[file].bytes + size, 0xa5, end - size);
    }
}

struct disk image_apply(const struct crash *c, const struct image *image)
{
    struct disk d = disk_copy(&c->durable);
    if (image->extension != EXTEND_NOT)
        extend(c, image, &d);
    for (size_t i = 0; i < image->n; i++)
        crash_apply(&d, c->journal, crash_op(c, image->parts[i].pending), image->sector,
                    image->parts[i].kept);
    disk_drop_unreachable(&d);
    return d;
}

static uint64_t all_sectors(const struct op *op, size_t sector)
{
    return (UINT64_C(1) << crash_sectors(op, sector)) - 1;
}

static unsigned damage_of(const struct op *op, size_t sector, uint64_t kept)
{
    uint64_t all = all_sectors(op, sector);
    if ((kept & all) == all)
        return 0;
    if (op->kind != OP_WRITE && op->kind != OP_RESIZE)
        return 1U << DAMAGE_NAMES;
    if ((kept & all) == 0)
        return 1U << DAMAGE_LOST;
    return 1U << (sector == 512 ? DAMAGE_TORN_512 : DAMAGE_TORN_4096);
}

unsigned image_damage(const struct crash *c, const struct image *image)
{
    unsigned damage = 0;
    for (size_t i = 0; i < image->n; i++) {
        const struct op *op = crash_op(c, image->parts[i].pending);
        damage |= damage_of(op, image->sector, image->parts[i].kept);
        if (image->parts[i].pending != i)
            damage |= 1U << DAMAGE_REORDERED;
        if (image->extension != EXTEND_NOT && op->kind == OP_WRITE &&
            end_of(c, op->file) > c->durable.files[op->file].size)
            damage |= 1U << (image->extension == EXTEND_ZEROS ? DAMAGE_EXTENDED : DAMAGE_GARBAGE);
    }
    return damage;
}

const char *damage_name(enum damage damage)
{
    static const char *const names[DAMAGES] = {
        [DAMAGE_LOST] = "writes lost",
        [DAMAGE_TORN_512] = "torn at 512 B",
        [DAMAGE_TORN_4096] = "torn at 4 KiB",
        [DAMAGE_REORDERED] = "reordered",
        [DAMAGE_NAMES] = "directory entries lost",
        [DAMAGE_EXTENDED] = "extended with zeros",
        [DAMAGE_GARBAGE] = "extended with garbage",
    };
    return names[damage];
}
