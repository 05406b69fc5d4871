#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char path[200];

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(name);
}

void scratch_remove(void)
{
    if (path[0])
        nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_fresh(void)
{
    if (!path[0]) {
        const char *parent = getenv("TMPDIR");
        snprintf(path, sizeof(path), "%s/sluice-test-XXXXXX", parent ? parent : "/tmp");
        if (!mkdtemp(path))
            abort();
        return path;
    }
    scratch_remove();
    if (mkdir(path, 0700) != 0)
        abort();
    return path;
}
