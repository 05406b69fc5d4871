#include "disk.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mix.h"

struct disk disk_copy(const struct disk *d)
{
    struct disk copy = *d;
    copy.files = mem_alloc((size_t)d->n_files * sizeof(*d->files) + 1);
    for (int i = 0; i < d->n_files; i++) {
        const struct disk_file *from = &d->files[i];
        struct disk_file *to = &copy.files[i];
        *to = (struct disk_file){.size = from->size, .room = from->size};
        if (from->size) {
            to->bytes = mem_realloc(NULL, from->size);
            memcpy(to->bytes, from->bytes, from->size);
        }
    }
    return copy;
}

void disk_free(struct disk *d)
{
    for (int i = 0; i < d->n_files; i++)
        mem_free(d->files[i].bytes);
    mem_free(d->files);
    *d = (struct disk){0};
}

uint64_t disk_hash(const struct disk *d)
{
    uint64_t hash = 0;
    for (int i = 0; i < DISK_NAMES; i++) {
        const struct disk_name *name = &d->names[i];
        if (!name->path)
            continue;
        uint64_t one = mix_bytes(1, name->path, strlen(name->path));
        if (name->file >= 0)
            one = mix_bytes(one, d->files[name->file].bytes, d->files[name->file].size);
        hash ^= one; /* in whatever order the names stand */
    }
    return hash;
}

void disk_have_file(struct disk *d, int file)
{
    if (file < d->n_files)
        return;
    size_t more = (size_t)(file + 1 - d->n_files);
    d->files = mem_realloc(d->files, (size_t)(file + 1) * sizeof(*d->files));
    memset(d->files + d->n_files, 0, more * sizeof(*d->files));
    d->n_files = file + 1;
}

int disk_new_file(struct disk *d)
{
    disk_have_file(d, d->n_files);
    return d->n_files - 1;
}

static void grow(struct disk_file *f, size_t size)
{
    if (size > f->room) {
        f->room = size * 2;
        f->bytes = mem_realloc(f->bytes, f->room);
    }
    if (size > f->size) {
        memset(f->bytes + f->size, 0, size - f->size);
        f->size = size;
    }
}

void disk_write(struct disk *d, int file, size_t at, const void *bytes, size_t n)
{
    struct disk_file *f = &d->files[file];
    grow(f, at + n);
    if (n)
        memcpy(f->bytes + at, bytes, n);
}

void disk_resize(struct disk *d, int file, size_t size)
{
    struct disk_file *f = &d->files[file];
    grow(f, size);
    f->size = size;
}

static struct disk_name *name_of(struct disk *d, const char *path)
{
    for (int i = 0; i < DISK_NAMES; i++)
        if (d->names[i].path && strcmp(d->names[i].path, path) == 0)
            return &d->names[i];
    return NULL;
}

int disk_find(const struct disk *d, const char *path)
{
    for (int i = 0; i < DISK_NAMES; i++)
        if (d->names[i].path && strcmp(d->names[i].path, path) == 0)
            return d->names[i].file;
    return DISK_NO_FILE;
}

void disk_link(struct disk *d, const char *path, int file)
{
    struct disk_name *name = name_of(d, path);
    for (int i = 0; !name && i < DISK_NAMES; i++)
        if (!d->names[i].path)
            name = &d->names[i];
    if (!name)
        abort();
    *name = (struct disk_name){path, file};
}

void disk_unlink(struct disk *d, const char *path)
{
    struct disk_name *name = name_of(d, path);
    if (name)
        name->path = NULL;
}

void disk_drop_unreachable(struct disk *d)
{
    for (int i = 0; i < DISK_NAMES; i++) {
        const char *path = d->names[i].path;
        bool kept = !path || d->names[i].file == DISK_DIRECTORY;
        for (int k = 0; !kept && k < DISK_NAMES; k++) {
            const struct disk_name *dir = &d->names[k];
            size_t n = dir->path ? strlen(dir->path) : 0;
            kept = dir->path && dir->file == DISK_DIRECTORY && strncmp(path, dir->path, n) == 0 &&
                   path[n] == '/';
        }
        if (!kept)
            d->names[i].path = NULL;
    }
}
