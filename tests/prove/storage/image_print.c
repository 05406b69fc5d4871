#include <inttypes.h>

#include "image.h"

static const char *file_name(const struct crash *c, int file)
{
    const char *name = "a file";
    const struct journal *j = c->journal;
    for (int i = 0; i < DISK_NAMES; i++)
        if (j->base.names[i].path && j->base.names[i].file == file)
            name = j->base.names[i].path;
    for (size_t i = 0; i < c->time; i++) {
        if (j->ops[i].kind == OP_LINK && j->ops[i].file == file)
            name = j->ops[i].path;
        if (j->ops[i].kind == OP_RENAME && j->ops[i].file == file)
            name = j->ops[i].to;
    }
    return name;
}

static void print_op(const struct crash *c, const struct op *op, FILE *out)
{
    switch (op->kind) {
    case OP_WRITE: fprintf(out, "write %s %zu+%zu", file_name(c, op->file), op->at, op->n); break;
    case OP_RESIZE: fprintf(out, "resize %s to %zu", file_name(c, op->file), op->at); break;
    case OP_LINK: fprintf(out, "make %s", op->path); break;
    case OP_UNLINK: fprintf(out, "remove %s", op->path); break;
    case OP_RENAME: fprintf(out, "rename %s to %s", op->path, op->to); break;
    case OP_SYNC:
    case OP_SYNC_DIRECTORY: break;
    }
}

static void print_kept(const struct op *op, size_t sector, uint64_t kept, FILE *out)
{
    unsigned sectors = crash_sectors(op, sector);
    uint64_t all = (UINT64_C(1) << sectors) - 1;
    if ((kept & all) == all || (kept & all) == 0) {
        fprintf(out, "%s\n", kept & all ? "kept" : "lost");
        return;
    }
    fprintf(out, "torn, of %u sectors kept:", sectors);
    for (unsigned i = 0; i < sectors; i++)
        if (kept & UINT64_C(1) << i)
            fprintf(out, " %u", i);
    fputc('\n', out);
}

void image_print(const struct crash *c, const struct image *image, FILE *out)
{
    static const char *const extensions[] = {"as written", "extended with zeros",
                                             "extended with garbage"};
    fprintf(out, "  sectors of %zu bytes, file ends %s; of what was not synced, in this order:\n",
            image->sector, extensions[image->extension]);
    for (size_t i = 0; i < image->n; i++) {
        size_t pending = image->parts[i].pending;
        const struct op *op = crash_op(c, pending);
        fprintf(out, "  operation %zu: ", c->pending[pending]);
        print_op(c, op, out);
        fputs(": ", out);
        print_kept(op, image->sector, image->parts[i].kept, out);
    }
}
