/* File work of the local target. Blocking: pool threads only. Errors carry what was tried, on which
 * path, and why it failed. */
#pragma once

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "data/fields.h"

enum file_read { FILE_READ, FILE_ABSENT, FILE_FAILED };

/* Plain text of an errno. */
const char *errno_text(int number);
/* Sets UNAVAILABLE: "cannot <what> <path>: <errno>". Returns -1. */
int err_file(struct err *e, const char *what, struct str path, int number);

/* Content of a file of at most `limit` bytes (FAILED when longer). */
enum file_read file_read(struct arena *a, struct str path, size_t limit, struct str *ret,
                         struct err *e) ERR_CHECK;
/* The last `most` bytes of a file. */
enum file_read file_tail(struct arena *a, struct str path, size_t most, struct str *ret,
                         struct err *e) ERR_CHECK;
/* Replaces the file as a whole: after a crash there is the old content or the new one, and after
 * return it is on disk. */
int file_write(struct arena *a, struct str path, struct str content, mode_t mode,
               struct err *e) ERR_CHECK;
/* The same without waiting for the disk: for what nobody reads after a crash of the machine. */
int file_put(struct arena *a, struct str path, struct str content, mode_t mode,
             struct err *e) ERR_CHECK;
/* Makes `to` have the content of `from`: a hard link where the file system can and `own` is not
 * asked for, else a copy (sharing blocks where it can). Replaces nothing: EEXIST is success. */
int file_give(struct arena *a, struct str from, struct str to, bool own, struct err *e) ERR_CHECK;
/* A name in an open directory. */
struct file_place {
    int dir;
    struct str name;
};
/* Copies to that place, readable for all; what was there is replaced. Follows no link. */
int file_copy(struct arena *a, struct str from, struct file_place to, struct err *e) ERR_CHECK;
/* Makes the directory if it is not there. */
int dir_make(struct str path, mode_t mode, struct err *e) ERR_CHECK;
int dir_sync(struct str path, struct err *e) ERR_CHECK;
/* Names in the directory without "." and "..", sorted; an absent directory is ABSENT. */
enum file_read dir_list(struct arena *a, struct str path, struct str_list *ret,
                        struct err *e) ERR_CHECK;
/* Removes the tree; absent is fine. Follows no symbolic link. */
int tree_remove(struct str path, struct err *e) ERR_CHECK;
/* Makes the account the owner of the tree. Follows no symbolic link. */
int tree_give(struct str path, uint32_t user, uint32_t group, struct err *e) ERR_CHECK;
bool path_exists(struct str path);
