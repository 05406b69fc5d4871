/* Where a snapshot lies. Flink writes "file:/x", people also write "file:///x", "/x" and "/x/", and
 * name the `_metadata` file instead of its directory: all of these are one place. Flink's spelling
 * has no percent encoding. Other schemes are compared as text, but for slashes at the end. */
#pragma once

#include "base/arena.h"

/* The local absolute path of the directory, without superfluous slashes, NUL-terminated behind its
 * length; empty when the location is not local. */
struct str snapshot_location_path(struct arena *a, struct str location);
bool snapshot_location_equal(struct str a, struct str b);
/* The directory that it lies in, of a location as Flink writes it; empty when it names none. */
struct str snapshot_location_parent(struct str location);
