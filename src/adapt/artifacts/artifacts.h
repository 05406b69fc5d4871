/* port/artifacts.h over a directory of pinned copies, `<sha256>.jar`. Loop thread only; files are
 * read and hashed on the loop's pool.
 *
 * A file: source is unchanged as long as device, inode, size, mtime and ctime are; this is remembered
 * until the process ends, then the source is hashed again. An http: source is downloaded again unless
 * the server confirms (304) that it still has what it gave before: by a strong ETag, else by a
 * Last-Modified that was a minute old (RFC 9110, 8.8). What is not a proof that the artifact is missing or
 * wrong is UNKNOWN: no room, a file that changes while it is read, every HTTP status but 200, 404
 * and 410. */
#pragma once

#include "base/err.h"
#include "port/artifacts.h"
#include "port/http_client.h"
#include "port/loop.h"

struct artifacts_options {
    const char *directory; /* created (0700) when missing; its parent must exist */
    struct loop loop;
    const struct http_client *http; /* must outlive the artifacts; NULL: http(s): is refused */
};

/* Everything but the client is copied. 0, or -1 and e: UNAVAILABLE, the directory cannot be used. */
int artifacts_open(const struct artifacts_options *options, struct artifacts *ret,
                   struct err *e) ERR_CHECK;
/* No callback runs any more; what is under way ends by itself. Not from inside a callback. */
void artifacts_close(struct artifacts *artifacts);
