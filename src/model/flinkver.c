#include "model/flinkver.h"

bool flink_version_parse(struct str s, struct flink_version *ret)
{
    struct str rest;
    int64_t parts[3] = {0, 0, -1};
    size_t n = 0;
    for (; n < 3 && s.len; n++) {
        struct str part = str_split(s, '.', &rest);
        bool dangling = part.len < s.len && rest.len == 0;
        if (part.len > 4 || dangling || !str_to_i64(part, &parts[n]) || parts[n] < 0)
            return false;
        s = rest;
    }
    if (n < 2 || s.len)
        return false;
    *ret = (struct flink_version){(int)parts[0], (int)parts[1], (int)parts[2]};
    return true;
}

int flink_metadata_version_most(struct flink_version v)
{
    if (v.major == 1)
        return v.minor <= 15 ? 3 : 4;
    if (v.major == 2)
        return v.minor == 0 ? 5 : 6;
    return 0;
}

enum flink_reads flink_can_read(const struct flink_version *from, struct flink_version to,
                                int64_t metadata_version)
{
    int most = flink_metadata_version_most(to);
    if (most == 0)
        return FLINK_READ_UNKNOWN;
    if (metadata_version > most)
        return FLINK_CANNOT_READ;
    if (from && from->major > to.major)
        return FLINK_CANNOT_READ;
    if (from && from->major < to.major)
        return FLINK_MAY_READ;
    /* An older line of the same major reads the format, but was never promised to. */
    if (from && from->minor > to.minor)
        return FLINK_MAY_READ;
    return from || metadata_version > 0 ? FLINK_READS : FLINK_READ_UNKNOWN;
}
