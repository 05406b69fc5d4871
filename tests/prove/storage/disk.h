/* What a disk holds: files by number, and the names that lead to them. A value: it can be copied,
 * changed and compared, and nothing else knows of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_NO_FILE   (-1)
#define DISK_DIRECTORY (-2) /* the "file" of a directory's name */

enum { DISK_NAMES = 8 };

struct disk_file {
    uint8_t *bytes;
    size_t size;
    size_t room;
};

struct disk_name {
    const char *path; /* lives as long as the program; NULL = free */
    int file;
};

struct disk {
    struct disk_file
        *files; /* numbers are never used again, so that a lost removal can be undone */
    int n_files;
    struct disk_name names[DISK_NAMES];
};

struct disk disk_copy(const struct disk *d);
void disk_free(struct disk *d);
/* Equal for disks whose names lead to equal bytes. */
uint64_t disk_hash(const struct disk *d);

/* The number of a new, empty file without a name. */
int disk_new_file(struct disk *d);
/* The same for a number that another disk has given. */
void disk_have_file(struct disk *d, int file);
/* Grows the file when it ends before. */
void disk_write(struct disk *d, int file, size_t at, const void *bytes, size_t n);
/* Grows with zeros. */
void disk_resize(struct disk *d, int file, size_t size);

/* DISK_NO_FILE when there is no such name. */
int disk_find(const struct disk *d, const char *path);
void disk_link(struct disk *d, const char *path, int file);
void disk_unlink(struct disk *d, const char *path);
/* Takes away what lies in directories that have no name. */
void disk_drop_unreachable(struct disk *d);
