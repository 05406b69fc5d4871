/* Flink releases: which there are, and which can read whose snapshots (flink.md 8). */
#pragma once

#include "base/str.h"

struct flink_version {
    int major;
    int minor;
    int patch; /* -1 = only the line is given: "1.20" */
};

/* "1.20" or "1.20.5"; false on anything else. */
bool flink_version_parse(struct str s, struct flink_version *ret);
/* The highest version of a snapshot's _metadata that this Flink reads; 0 = not known. */
int flink_metadata_version_most(struct flink_version v);

enum flink_reads {
    FLINK_READS,    /* within the range that Flink promises */
    FLINK_MAY_READ, /* the format can be read; Flink promises nothing (1.x to 2.x) */
    FLINK_CANNOT_READ,
    FLINK_READ_UNKNOWN, /* a version that is not known, or no metadata version at hand (0) */
};
/* Whether `to` can be started from a snapshot with this metadata version that `from` wrote. When
 * nothing is known of `from`, pass NULL. */
enum flink_reads flink_can_read(const struct flink_version *from, struct flink_version to,
                                int64_t metadata_version);
