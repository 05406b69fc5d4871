/* The data directory: made, locked, and looked over before SQLite touches anything. */
#pragma once

#include "base/err.h"

/* Makes the directory (0700) if it is missing. Its name is not durable yet. */
int home_make(const char *directory, struct err *e) ERR_CHECK;
/* Takes the lock file; the descriptor holds the lock until it is closed. CONFLICT names the pid. */
int home_lock(const char *directory, int *ret_fd, struct err *e) ERR_CHECK;
/* Tells a first start (*ret_exists false) from a file that was there and is gone or empty, which is
 * STORE_BROKEN. Narrows the file's permissions to 0600. */
int home_look(const char *database, bool *ret_exists, struct err *e) ERR_CHECK;
/* fsync of the directory that holds `path`. */
int home_sync_directory_of(const char *path, struct err *e) ERR_CHECK;
