/* port/snapshots.h for what this process can reach through its file system: "file:" URIs and plain
 * absolute paths. Everything else is UNKNOWN, as is whatever cannot be read: an error is never
 * taken for absence. */
#pragma once

#include "port/loop.h"
#include "port/snapshots.h"

struct snapshots_file;

/* `loop` gives the pool and must outlive it. */
struct snapshots_file *snapshots_file_new(struct loop loop);
/* After the last callback has come. NULL is allowed. */
void snapshots_file_free(struct snapshots_file *s);
struct snapshots snapshots_file_port(struct snapshots_file *s);
