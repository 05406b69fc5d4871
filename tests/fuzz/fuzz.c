/* Writes the seeds into a directory of its own before libFuzzer looks at its arguments, and names it as
 * the first corpus: what is found goes there, and not into those that are stored. */
#include "fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char directory[] = "/tmp/sluice-fuzz-XXXXXX";
static unsigned seeds;

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(name);
}

static void remove_directory(void)
{
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

__attribute__((weak)) void fuzz_seeds(void)
{
}

void fuzz_add_seed(struct str bytes)
{
    char path[sizeof(directory) + 16];
    snprintf(path, sizeof(path), "%s/seed-%u", directory, seeds++);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes.ptr, 1, bytes.len, f) != bytes.len || fclose(f) != 0)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char *with_corpus[64];
    if (*argc > 60 || !mkdtemp(directory))
        abort();
    atexit(remove_directory);
    fuzz_seeds();
    with_corpus[0] = (*argv)[0];
    with_corpus[1] = directory;
    for (int i = 1; i < *argc; i++)
        with_corpus[i + 1] = (*argv)[i];
    ++*argc;
    *argv = with_corpus;
    return 0;
}
