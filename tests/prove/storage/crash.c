#include "crash.h"

#include <stdlib.h>
#include <string.h>

struct crash crash_begin(const struct journal *j)
{
    return (struct crash){.journal = j, .durable = disk_copy(&j->base)};
}

void crash_free(struct crash *c)
{
    disk_free(&c->durable);
}

const struct op *crash_op(const struct crash *c, size_t i)
{
    return &c->journal->ops[c->pending[i]];
}

unsigned crash_sectors(const struct op *op, size_t sector)
{
    if (op->kind != OP_WRITE || op->n == 0)
        return 1;
    return (unsigned)((op->at + op->n - 1) / sector - op->at / sector + 1);
}

static void apply_write(struct disk *d, const struct journal *j, const struct op *op, size_t sector,
                        uint64_t kept)
{
    unsigned sectors = crash_sectors(op, sector);
    if (sectors > 64)
        abort();
    for (unsigned i = 0; i < sectors; i++) {
        size_t begin = i == 0 ? op->at : (op->at / sector + i) * sector;
        size_t end = (op->at / sector + i + 1) * sector;
        if (end > op->at + op->n)
            end = op->at + op->n;
        if (kept & UINT64_C(1) << i)
            disk_write(d, op->file, begin, j->data + op->data + (begin - op->at), end - begin);
    }
}

void crash_apply(struct disk *d, const struct journal *j, const struct op *op, size_t sector,
                 uint64_t kept)
{
    if (!kept)
        return;
    if (op->kind == OP_WRITE)
        apply_write(d, j, op, sector, kept);
    else
        op_apply_whole(d, op);
}

static bool lies_in(const char *path, const char *directory)
{
    size_t n = strlen(directory);
    return strncmp(path, directory, n) == 0 && path[n] == '/' && !strchr(path + n + 1, '/');
}

static bool makes_durable(const struct op *sync, const struct op *op)
{
    bool content = op->kind == OP_WRITE || op->kind == OP_RESIZE;
    if (sync->kind == OP_SYNC)
        return content && op->file == sync->file;
    return !content && lies_in(op->path, sync->path);
}

bool crash_advance(struct crash *c)
{
    const struct journal *j = c->journal;
    if (c->time == j->n_ops)
        return false;
    const struct op *next = &j->ops[c->time];
    if (next->kind == OP_LINK && next->file >= 0)
        disk_have_file(&c->durable, next->file);
    if (next->kind != OP_SYNC && next->kind != OP_SYNC_DIRECTORY) {
        if (c->n == PENDING_MOST)
            abort();
        c->pending[c->n++] = c->time++;
        return true;
    }
    size_t left = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct op *op = crash_op(c, i);
        if (makes_durable(next, op))
            crash_apply(&c->durable, j, op, 4096, UINT64_MAX);
        else
            c->pending[left++] = c->pending[i];
    }
    c->n = left;
    c->time++;
    return true;
}
