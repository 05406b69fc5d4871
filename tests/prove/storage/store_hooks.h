/* Inside the store as it is: when its commits return, a log that seems longer than it is, so that it
 * is copied into the file and begun anew within a few commits, and settings broken on purpose. */
#pragma once

#include <stddef.h>

#include "fault.h"

/* Forgets the commits so far; concerns stores that are opened from now on. */
void hooks_begin(enum fault fault);
/* Durable commits (groups) that have returned, and the host's time when one did. */
size_t hooks_commits(void);
size_t hooks_commit_time(size_t number);
